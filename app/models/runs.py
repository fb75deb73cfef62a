"""Long work as rows."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key


class Run(Base):
    """A piece of long work (survey, import …): what was asked, how far it is, what came of it.

    ``status``: queued · running · done · failed · stale (given up after several lost workers). ``stage`` and
    ``error_code`` are codes that labels speak; ``progress`` runs from 0 to 1.
    ``county_code``: whose accounts may see it, beside the city's.
    """

    __tablename__ = "run"

    key: Mapped[Key]
    kind: Mapped[str] = mapped_column(index=True)
    county_code: Mapped[str | None]
    status: Mapped[str] = mapped_column(index=True)
    params: Mapped[Json]
    on_day: Mapped[date | None]
    rules_day: Mapped[date | None]
    code_version: Mapped[str]
    input_version: Mapped[int | None]
    input_hash: Mapped[str | None]
    progress: Mapped[float]
    stage: Mapped[str | None]
    tally: Mapped[Json | None]
    error_code: Mapped[str | None]
    error_detail: Mapped[Json | None]
    tries: Mapped[int]
    worker: Mapped[str | None]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
