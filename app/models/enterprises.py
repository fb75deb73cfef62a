"""Enterprises and head counts."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Base, Key


class EnterpriseColumns:
    """The columns of ``geo.frames.ENTERPRISES`` but the counts and the position."""

    name: Mapped[str]
    uscc: Mapped[str | None]
    org_code: Mapped[str | None]
    address: Mapped[str | None]
    operating_address: Mapped[str | None]
    scope: Mapped[str | None]
    sector: Mapped[str | None]
    ownership: Mapped[str | None]
    top500: Mapped[bool | None]
    party_org: Mapped[bool | None]
    legal_person: Mapped[bool | None]
    status: Mapped[str | None]
    established: Mapped[date | None]
    closed_on: Mapped[date | None]
    reason: Mapped[str | None]
    stage: Mapped[str | None]
    source: Mapped[str | None]
    source_date: Mapped[date | None]


class Enterprise(EnterpriseColumns, Base):
    """An enterprise of a register; its counts lie in ``headcount``, where it is in the results of a survey."""

    __tablename__ = "enterprise"
    __table_args__ = (Index(None, "name"), Index(None, "uscc"), Index(None, "org_code"), Index(None, "reg_no"))

    key: Mapped[Key]
    reg_no: Mapped[str | None]
    former_names: Mapped[str | None]
    phone_mark: Mapped[str | None]
    person_mark: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]


class Headcount(Base):
    """The counts of an enterprise or union on a day, so that yearly states stand side by side. Members are not workers.

    ``key`` is ``kind|subject|day``; a count without a day holds wherever nothing dated is known.
    """

    __tablename__ = "headcount"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_key", "as_of"),)

    key: Mapped[Key]
    subject_kind: Mapped[str]
    subject_key: Mapped[str]
    as_of: Mapped[date | None]
    workers: Mapped[int | None]
    women: Mapped[int | None]
    migrant: Mapped[int | None]
    agency_workers: Mapped[int | None]
    members: Mapped[int | None]
    women_members: Mapped[int | None]
    covered_units: Mapped[int | None]
    basis: Mapped[str | None]
