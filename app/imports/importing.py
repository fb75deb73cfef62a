"""Importing: the same steps for the dry run, which writes nothing, and for the import, which is one transaction.

Command line, pages and the loader of the sample city all call ``plan`` and ``commit``.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import ground, store
from app.config import settings
from app.db import Database
from app.imports.opening import Opened, open_request
from app.imports.request import Request
from app.imports.taking import Keep, Progress, Tally, take
from app.models import Setting
from geo.errors import AtlasError
from geo.registry import Matching
from geo.registry.identity import column_kind

SAMPLE_MARK = "（演示）"
"""How the sources of the sample city end."""
SAMPLE_CLEARED = "sample_cleared"
"""Setting: the sample was taken out on purpose and must not come back by itself."""


@dataclass(frozen=True)
class Plan:
    """What an import would do, or did: its counts, its faults by code with examples, how its columns were read."""

    request: Request
    sha256: str
    matching: Matching
    sheet: str | None
    datum: str
    notes: tuple[tuple[str, dict[str, Any]], ...]
    tally: Tally
    earlier: str | None = None
    batch: str | None = None

    @property
    def nothing_to_do(self) -> bool:
        """Whether the file would change nothing."""
        return not (self.tally.new or self.tally.changed)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON can hold it, for the pages."""
        told = {
            "skipped": self.tally.skipped,
            "joined": self.tally.joined,
            "codes": dict(self.tally.codes),
            "samples": self.tally.samples,
        }
        told["findings"] = [list(finding) for finding in self.tally.findings]
        told["notes"] = [list(note) for note in self.tally.notes]
        tally = {**self.tally.counts(), **told}
        named = {
            "sha256": self.sha256,
            "sheet": self.sheet,
            "datum": self.datum,
            "earlier": self.earlier,
            "batch": self.batch,
        }
        return {
            **named,
            "columns": dict(self.matching.columns),
            "notes": [list(note) for note in self.notes],
            "tally": tally,
        }


def plan(
    database: Database,
    request: Request,
    *,
    day: date | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> Plan:
    """Say what the import would do; nothing is written. ``keep`` is given the rows at fault.

    Raises
    ------
    FileRefused
        If the file cannot be read at all.
    """
    with database.session() as session:
        opened = _opened(session, request)
        tally = take(session, opened, day=day, progress=progress, keep=keep)
        return _plan(session, opened, tally)


def commit(
    database: Database,
    request: Request,
    *,
    day: date | None = None,
    progress: Progress | None = None,
    run_key: str | None = None,
) -> Plan:
    """Import the file in one transaction, with every row not taken on record.

    Raises
    ------
    FileRefused
        If the file cannot be read; the refusal is on record, nothing else is written.
    """
    _lay_ground(database, request)
    try:
        with database.session(write=True) as session:
            opened = _opened(session, request)
            batch = store.imports.begin(session, _file(opened), **_whose(request, run_key))
            keep = partial(store.imports.add_rows, session, batch)
            tally = take(session, opened, day=day, progress=progress, keep=keep, batch=batch)
            result = _plan(session, opened, tally, batch=batch)
            _record(session, batch, result)
            return result
    except AtlasError as error:
        _record_failure(database, request, error, run_key)
        raise


def _lay_ground(database: Database, request: Request) -> None:
    """Store the divisions of the installation's city before the first import, so that counties are known."""
    with database.session() as session:
        bare = store.read(session, "divisions", store.CITY).empty
    if bare and request.place_kind != "division":
        ground.lay(database, data=settings().data, city=settings().city)


def undo(database: Database, batch: str) -> dict[str, dict[str, int]]:
    """Take an import back and return how many rows were removed and restored, by layer."""
    with database.session(write=True) as session:
        return store.imports.undo(session, batch)


def clear_sample(database: Database) -> int:
    """Take every import of the sample city back, its surveys with it, and return how many imports that were.

    For an office that goes on with its own registers in the database it tried the sample in. Imports of its own that
    changed rows of the sample stand in the way: they have to be taken back first.

    Raises
    ------
    app.store.undo.UndoRefusedError
        Nothing is changed then.
    """
    with database.session(write=True) as session:
        done = [batch for batch in store.imports.latest(session, limit=1000) if batch.status == "done"]
        sample = [batch.key for batch in done if (batch.source or "").endswith(SAMPLE_MARK)]
        for key in sample:
            store.imports.undo(session, key)
        store.surveys.clear(session)
        store.cases.clear(session)
        store.contacts.clear(session)
        store.settings.put(session, store.settings.SAMPLE, value=False)
        store.settings.put(session, SAMPLE_CLEARED, value=True)
        session.execute(sa.delete(Setting).where(Setting.key == "sample_loaded"))
    return len(sample)


def _opened(session: Session, request: Request) -> Opened:
    opened = open_request(request, session)
    opened.require()
    return opened


def _whose(request: Request, run_key: str | None) -> dict[str, Any]:
    return {"run_key": run_key, "user_key": request.user_key, "county_code": request.county_code}


def _file(opened: Opened) -> store.imports.File:
    request = opened.request
    options = {"place_kind": request.place_kind, "columns": dict(opened.matching.columns), "sheet": opened.sheet}
    return store.imports.File(
        kind=request.kind,
        filename=request.filename,
        sha256=request.digest(),
        options=options,
        source=request.source,
        source_date=request.source_date,
        datum=opened.datum,
    )


def _plan(session: Session, opened: Opened, tally: Tally, *, batch: str | None = None) -> Plan:
    digest = opened.request.digest()
    seen = store.imports.latest(session, store.Scope(opened.request.county_code), sha256=digest, limit=5)
    same = [found.key for found in seen if found.status == "done"]
    earlier = next((key for key in same if key != batch), None)
    request, matching, notes = opened.request, opened.matching, (*opened.notes, *tally.notes)
    return Plan(request, digest, matching, opened.sheet, opened.datum, notes, tally, earlier, batch)


def _record(session: Session, batch: str, result: Plan) -> None:
    request = result.request
    store.imports.finish(session, batch, **result.tally.counts())
    found = store.imports.get(session, batch)
    assert found is not None
    notes = [list(note) for note in result.notes]
    findings = [list(finding) for finding in result.tally.findings]
    told = {"codes": dict(result.tally.codes), "skipped": result.tally.skipped, "findings": findings}
    found.options = {**found.options, **told, "notes": notes}
    kind = column_kind(request.kind, request.place_kind)
    store.imports.remember(session, kind, request.remembered_as, dict(result.matching.columns))


def _record_failure(database: Database, request: Request, error: AtlasError, run_key: str | None) -> None:
    if not request.path.is_file():
        return
    options = {"place_kind": request.place_kind, "columns": dict(request.columns), "sheet": request.sheet}
    file = store.imports.File(
        kind=request.kind,
        filename=request.filename,
        sha256=request.digest(),
        options=options,
        source=request.source,
        source_date=request.source_date,
        datum=request.datum,
    )
    with database.session(write=True) as session:
        batch = store.imports.begin(session, file, **_whose(request, run_key))
        store.imports.fail(session, batch, error.code, {**error.detail, "message": str(error)[:500]})
