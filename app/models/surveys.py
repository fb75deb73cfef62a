"""Results of a survey: one row per firm with everything said of it, links, and suggested joint unions.

A survey is stored whole, inputs as it saw them included, so that every figure can be traced to its run. They are
read whole, hence without more indexes than their key.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key, geometry
from app.models.enterprises import EnterpriseColumns


class SurveyRecord(Base):
    """A survey whose results are stored: one a day, made by the run of the same key."""

    __tablename__ = "survey"

    key: Mapped[Key]
    on_day: Mapped[date] = mapped_column(unique=True)
    rules_day: Mapped[date]
    gazetteer_hash: Mapped[str]
    input_version: Mapped[int]
    tally: Mapped[Json]
    figures: Mapped[Json | None]
    """Figures of the whole city, so that a series of years need not read every firm of each."""
    proof: Mapped[Json | None]
    """Of the suggested unions: ``counties`` (rows of ``geo.joint.Proof``), ``options``, ``seconds``."""
    made_at: Mapped[datetime]


class CountColumns:
    """The counts of ``geo.frames.ENTERPRISES`` on the survey's day, and the position that the register gave."""

    workers: Mapped[int | None]
    women: Mapped[int | None]
    migrant: Mapped[int | None]
    agency_workers: Mapped[int | None]
    counts_on: Mapped[date | None]
    counts_basis: Mapped[str | None]
    given_lon: Mapped[float | None]
    given_lat: Mapped[float | None]


class LocationColumns:
    """The columns of ``geo.frames.LOCATIONS``, renamed as in ``geo.frames.FIRMS``."""

    county_code: Mapped[str | None]
    town_code: Mapped[str | None]
    village_code: Mapped[str | None]
    zone: Mapped[str | None]
    building: Mapped[str | None]
    market: Mapped[str | None]
    street: Mapped[str | None]
    house_no: Mapped[str | None]
    unit: Mapped[str | None]
    floor: Mapped[str | None]
    room: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    level: Mapped[str]
    radius_m: Mapped[float | None]
    confidence: Mapped[float | None]
    location_status: Mapped[str]
    location_reasons: Mapped[Json | None]
    candidates: Mapped[Json | None]
    components: Mapped[Json | None]


class CoverageColumns:
    """The columns of ``geo.frames.COVERAGE`` and ``geo.frames.GROUPINGS``."""

    eligible: Mapped[bool]
    same_as: Mapped[str | None]
    excluded_because: Mapped[str | None]
    primary: Mapped[str]
    union_id: Mapped[str | None]
    secondary: Mapped[bool | None]
    federations: Mapped[Json | None]
    federation_only: Mapped[bool | None]
    covered: Mapped[bool]
    gap: Mapped[bool]
    size_class: Mapped[str]
    path: Mapped[str | None]
    path_rules: Mapped[Json | None]
    flags: Mapped[Json | None]
    group_id: Mapped[str | None]
    left_because: Mapped[str | None]


class SurveyFirm(EnterpriseColumns, CountColumns, LocationColumns, CoverageColumns, Base):
    """A firm as a survey found it: register, counts, place, coverage (one primary union), suggested group.

    The columns of ``geo.frames.FIRMS``, and the earned position as a point.
    """

    __tablename__ = "survey_firm"
    __table_args__ = (UniqueConstraint("run_key", "key"),)

    run_key: Mapped[str]
    key: Mapped[str]
    geom: Mapped[Any] = geometry("POINT")


class SurveySame(Base):
    """Two records that are, or may be, one firm, and why; ``geo.frames.SAME``."""

    __tablename__ = "survey_same"
    __table_args__ = (UniqueConstraint("run_key", "key"),)

    run_key: Mapped[str]
    key: Mapped[str]
    one: Mapped[str]
    other: Mapped[str]
    firm: Mapped[str | None]
    method: Mapped[str]
    score: Mapped[float]
    bits: Mapped[float | None]
    status: Mapped[str]
    reasons: Mapped[Json | None]


class SurveyLink(Base):
    """A union's listed member and the enterprise or union it was found to be; ``geo.frames.LINKS``."""

    __tablename__ = "survey_link"
    __table_args__ = (UniqueConstraint("run_key", "key"),)

    run_key: Mapped[str]
    key: Mapped[str]
    union_id: Mapped[str]
    member_kind: Mapped[str]
    member_id: Mapped[str | None]
    role: Mapped[str]
    listed_name: Mapped[str | None]
    method: Mapped[str]
    score: Mapped[float | None]
    status: Mapped[str]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    reasons: Mapped[Json | None]


class SurveyFact(Base):
    """What the addresses taught of a name, as a survey used it; ``geo.frames.FACTS``."""

    __tablename__ = "survey_fact"
    __table_args__ = (UniqueConstraint("run_key", "key"),)

    run_key: Mapped[str]
    key: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    county_code: Mapped[str]
    mentions: Mapped[int]
    support: Mapped[float]
    detail: Mapped[str | None]
    surface: Mapped[str | None]


class SurveyGroup(Base):
    """A suggested joint union; ``geo.frames.GROUPS``."""

    __tablename__ = "survey_group"
    __table_args__ = (UniqueConstraint("run_key", "key"),)

    run_key: Mapped[str]
    key: Mapped[str]
    kind: Mapped[str]
    place_id: Mapped[str]
    name: Mapped[str | None]
    county_code: Mapped[str | None]
    town_code: Mapped[str | None]
    firms: Mapped[int]
    workers: Mapped[int]
    workers_unknown: Mapped[int | None]
    chainage_from_m: Mapped[float | None]
    chainage_to_m: Mapped[float | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    reasons: Mapped[Json | None]
    cautions: Mapped[Json | None]
    geom: Mapped[Any] = geometry("POINT")
