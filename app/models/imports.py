"""Imports: what was read, every row that was not taken, and what is needed to take an import back."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key


class ImportBatch(Base):
    """One file read once. ``status``: running · done · failed · undone; ``county_code``: whose rows alone it took."""

    __tablename__ = "import_batch"

    key: Mapped[Key]
    kind: Mapped[str] = mapped_column(index=True)
    filename: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[str | None]
    source_date: Mapped[date | None]
    datum: Mapped[str | None]
    options: Mapped[Json]
    status: Mapped[str]
    run_key: Mapped[str | None]
    user_key: Mapped[str | None]
    county_code: Mapped[str | None]
    rows_in: Mapped[int]
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    rejected: Mapped[int]
    warned: Mapped[int]
    error_code: Mapped[str | None]
    error_detail: Mapped[Json | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportRow(Base):
    """A row of a file that was returned, skipped or warned of: the values as they stood, and the faults cell by cell.

    ``raw`` is ``{column: value}``; ``faults`` is ``[[field, column, code, detail, value], …]``.
    """

    __tablename__ = "import_row"

    batch_key: Mapped[str] = mapped_column(index=True)
    sheet: Mapped[str | None]
    row_no: Mapped[int]
    severity: Mapped[str]
    raw: Mapped[Json]
    faults: Mapped[Json]


class ImportChange(Base):
    """A stored row that an import made (``before`` empty) or changed (``before`` holds the row as it was)."""

    __tablename__ = "import_change"

    batch_key: Mapped[str] = mapped_column(index=True)
    layer: Mapped[str]
    row_key: Mapped[str] = mapped_column(index=True)
    before: Mapped[Json | None]


class ColumnMapping(Base):
    """The columns that a person chose for files of one source, to be offered again."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("kind", "source"),)

    kind: Mapped[str]
    source: Mapped[str]
    mapping: Mapped[Json]
    changed_at: Mapped[datetime]
