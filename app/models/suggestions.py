"""What became of suggested unions: steps that are never changed."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key


class CaseStep(Base):
    """One step of a suggested union; ``geo.frames.CASE_STEPS``. The key is the case and the number of the step.

    ``members`` are the keys of its firms after the step, ``said`` the reasons of the group when it was decided on.
    """

    __tablename__ = "case_step"

    key: Mapped[Key]
    case_id: Mapped[str] = mapped_column(index=True)
    move: Mapped[str]
    state: Mapped[str]
    taken_on: Mapped[date]
    kind: Mapped[str]
    place_id: Mapped[str]
    group_id: Mapped[str]
    name: Mapped[str]
    county_code: Mapped[str | None] = mapped_column(index=True)
    town_code: Mapped[str | None]
    members: Mapped[Json]
    workers: Mapped[int | None]
    said: Mapped[Json | None]
    stage: Mapped[str | None]
    reason: Mapped[str | None]
    note: Mapped[str | None]
    document: Mapped[str | None]
    counted: Mapped[int | None]
    union_id: Mapped[str | None]
    taken_by: Mapped[str]
    account: Mapped[str]
