"""Imports on record: the files read, the rows that were not taken, and the columns chosen for files of one source."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import dialect
from app.db.types import to_json
from app.models import ColumnMapping, ImportBatch, ImportRow
from app.store.scope import CITY, Scope
from app.store.undo import undo

__all__ = ["File", "Row", "add_rows", "begin", "fail", "finish", "get", "latest", "recall", "remember", "rows", "undo"]

_CHUNK = 20_000


@dataclass(frozen=True)
class File:
    """The file of an import and how it is read: ``options`` holds columns chosen, sheet, kind of place and the like."""

    kind: str
    filename: str
    sha256: str
    options: Mapping[str, Any]
    source: str | None = None
    source_date: date | None = None
    datum: str | None = None


@dataclass(frozen=True)
class Row:
    """A row that was returned, skipped or warned of (``severity`` reject · skip · warn).

    ``raw`` is ``{column: value}`` as it stood; ``faults`` is ``[[field, column, code, detail, value], …]``.
    """

    sheet: str | None
    row_no: int
    severity: str
    raw: Mapping[str, Any]
    faults: list[list[Any]]


def begin(
    session: Session,
    file: File,
    *,
    run_key: str | None = None,
    user_key: str | None = None,
    county_code: str | None = None,
) -> str:
    """Put an import on record as running and return its key."""
    now = datetime.now(UTC)
    key = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    batch = ImportBatch(
        key=key,
        kind=file.kind,
        filename=file.filename,
        sha256=file.sha256,
        options=dict(file.options),
        source=file.source,
        source_date=file.source_date,
        datum=file.datum,
        status="running",
        run_key=run_key,
        user_key=user_key,
        county_code=county_code,
        started_at=now,
        **dict.fromkeys(("rows_in", "new", "changed", "unchanged", "rejected", "warned"), 0),
    )
    session.add(batch)
    session.flush()
    return key


def add_rows(session: Session, batch: str, found: Iterable[Row]) -> int:
    """Put rows on record, in bulk, and return how many."""
    table = ImportRow.__table__
    assert isinstance(table, sa.Table)
    names = ["batch_key", "sheet", "row_no", "severity", "raw", "faults"]
    source, count = iter(found), 0
    while part := list(islice(source, _CHUNK)):
        values = [(batch, r.sheet, r.row_no, r.severity, to_json(dict(r.raw)), to_json(r.faults)) for r in part]
        dialect.bulk_insert(session.connection(), table, names, values)
        count += len(part)
    return count


def finish(session: Session, batch: str, **counts: int) -> None:
    """Say that an import is done: rows_in, new, changed, unchanged, rejected, warned."""
    _close(session, batch, status="done", **counts)


def fail(session: Session, batch: str, code: str, detail: Mapping[str, Any] | None = None) -> None:
    """Say that an import failed; nothing of it may have been written."""
    _close(session, batch, status="failed", error_code=code, error_detail=dict(detail or {}))


def get(session: Session, batch: str, scope: Scope = CITY) -> ImportBatch | None:
    """Return an import by its key; a county sees its own."""
    return session.scalar(sa.select(ImportBatch).where(ImportBatch.key == batch, *_within(scope)))


def latest(
    session: Session,
    scope: Scope = CITY,
    *,
    limit: int = 50,
    offset: int = 0,
    kind: str | None = None,
    sha256: str | None = None,
) -> list[ImportBatch]:
    """Return imports, newest first, of one kind or of one file's content if asked."""
    query = sa.select(ImportBatch).where(*_within(scope)).order_by(ImportBatch.fid.desc()).limit(limit).offset(offset)
    if kind is not None:
        query = query.where(ImportBatch.kind == kind)
    if sha256 is not None:
        query = query.where(ImportBatch.sha256 == sha256)
    return list(session.scalars(query))


def rows(
    session: Session, batch: str, *, severity: str | None = None, offset: int = 0, limit: int | None = None
) -> Iterator[Row]:
    """Yield the rows on record of an import in the order of the file; read as they are taken."""
    query = sa.select(ImportRow).where(ImportRow.batch_key == batch).order_by(ImportRow.fid).offset(offset).limit(limit)
    if severity is not None:
        query = query.where(ImportRow.severity == severity)
    for row in session.scalars(query.execution_options(yield_per=1000)):
        yield Row(row.sheet, row.row_no, row.severity, row.raw, row.faults)


def remember(session: Session, kind: str, source: str, mapping: Mapping[str, str]) -> None:
    """Remember which column of this source's files holds which field."""
    found = _mapping(session, kind, source) or ColumnMapping(kind=kind, source=source)
    found.mapping, found.changed_at = dict(mapping), datetime.now(UTC)
    session.add(found)


def recall(session: Session, kind: str, source: str) -> dict[str, str]:
    """Return the columns remembered for a source, empty if there are none."""
    found = _mapping(session, kind, source)
    return dict(found.mapping) if found else {}


def _within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    return [] if scope.county_code is None else [ImportBatch.county_code == scope.county_code]


def _mapping(session: Session, kind: str, source: str) -> ColumnMapping | None:
    return session.scalar(sa.select(ColumnMapping).where(ColumnMapping.kind == kind, ColumnMapping.source == source))


def _close(session: Session, batch: str, **values: Any) -> None:
    values["finished_at"] = datetime.now(UTC)
    session.execute(sa.update(ImportBatch).where(ImportBatch.key == batch).values(**values))
