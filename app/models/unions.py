"""Unions and what they list as their members."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key


class UnionColumns:
    """The columns of ``geo.frames.UNIONS`` but the counts."""

    name: Mapped[str]
    kind: Mapped[str]
    code: Mapped[str | None]
    host_name: Mapped[str | None]
    host_uscc: Mapped[str | None]
    parent: Mapped[str | None]
    county_code: Mapped[str | None]
    address: Mapped[str | None]
    place_name: Mapped[str | None]
    approved_on: Mapped[date | None]
    approval_no: Mapped[str | None]
    revoked_on: Mapped[date | None]
    term_start: Mapped[date | None]
    term_end: Mapped[date | None]
    womens_body: Mapped[str | None]
    chair_election: Mapped[str | None]
    home_grade: Mapped[str | None]
    full_time_staff: Mapped[int | None]
    source: Mapped[str | None]
    source_date: Mapped[date | None]


class LaborUnion(UnionColumns, Base):
    """A union of the union register; its counts lie in ``headcount``."""

    __tablename__ = "labor_union"
    __table_args__ = (Index(None, "name"), Index(None, "code"), Index(None, "county_code"))

    key: Mapped[Key]


class Membership(Base):
    """An enterprise or union that a joint union or federation lists; ``geo.frames.MEMBERSHIPS``."""

    __tablename__ = "membership"

    key: Mapped[Key]
    union_id: Mapped[str] = mapped_column(index=True)
    member_kind: Mapped[str]
    member_name: Mapped[str]
    member_uscc: Mapped[str | None]
    member_id: Mapped[str | None]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]


class SurveyUnion(UnionColumns, Base):
    """A union as a survey found it, with its counts of that day; ``geo.frames.SURVEYED_UNIONS``."""

    __tablename__ = "survey_union"
    __table_args__ = (UniqueConstraint("run_key", "key"),)

    run_key: Mapped[str]
    key: Mapped[str]
    members: Mapped[int | None]
    women_members: Mapped[int | None]
    workers: Mapped[int | None]
    covered_units: Mapped[int | None]
    counts_on: Mapped[date | None]
    in_force: Mapped[bool]
    ended_because: Mapped[str | None]
    host_id: Mapped[str | None]
    place_id: Mapped[str | None]
    town_code: Mapped[str | None]
    linked_firms: Mapped[int]
    covered_firms: Mapped[int]
    covered_workers: Mapped[int]
    flags: Mapped[Json | None]
