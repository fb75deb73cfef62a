"""The ledger of firms without a union: steps that are never changed, tasks, and what was sent from the field."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key


class LedgerStep(Base):
    """One step of a firm; ``geo.frames.STEPS``. Rows are added only: a mistake is put right by a later step."""

    __tablename__ = "ledger_step"

    key: Mapped[Key]
    enterprise_id: Mapped[str] = mapped_column(index=True)
    taken_on: Mapped[date]
    stage: Mapped[str | None]
    reason: Mapped[str | None]
    second_reason: Mapped[str | None]
    outcome: Mapped[str | None]
    document: Mapped[str | None]
    members: Mapped[int | None]
    committee: Mapped[int | None]
    next_on: Mapped[date | None]
    workers: Mapped[int | None]
    women: Mapped[int | None]
    note: Mapped[str | None]
    taken_by: Mapped[str]
    account: Mapped[str]
    basis: Mapped[str]
    client_id: Mapped[str | None] = mapped_column(index=True)


class LedgerTask(Base):
    """A firm or union that somebody is to see to by a day; open while ``closed_at`` is empty, one open task a subject.

    ``person`` is the login of an account, ``team`` the name of a team; ``act`` is common to what was given out at once.
    """

    __tablename__ = "ledger_task"
    __table_args__ = (Index(None, "subject_kind", "subject"), Index(None, "person", "closed_at"))

    key: Mapped[Key]
    act: Mapped[str] = mapped_column(index=True)
    subject_kind: Mapped[str]
    subject: Mapped[str]
    county_code: Mapped[str | None] = mapped_column(index=True)
    person: Mapped[str | None]
    team: Mapped[str | None]
    due_on: Mapped[date | None]
    note: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]
    moved_from: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None]


class FieldOutcome(Base):
    """What a telephone or a filled sheet sent, as it arrived, and what became of it.

    ``client_id`` makes a second arrival known; ``base`` is the firm's last step as the sender saw it; ``status``:
    applied · conflict (somebody else had recorded a step since: both stand side by side until one is chosen) · refused
    · settled. ``fix_status`` of a position: waiting · accepted · refused.
    """

    __tablename__ = "field_outcome"

    client_id: Mapped[Key]
    enterprise_id: Mapped[str] = mapped_column(index=True)
    county_code: Mapped[str | None]
    account: Mapped[str]
    number: Mapped[int]
    said_at: Mapped[datetime]
    received_at: Mapped[datetime]
    base: Mapped[str | None]
    body: Mapped[Json]
    status: Mapped[str] = mapped_column(index=True)
    refusals: Mapped[Json]
    step: Mapped[str | None]
    other: Mapped[str | None]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    fix_status: Mapped[str | None] = mapped_column(index=True)
