"""Doing a run: one function for the worker, the command line and the tests."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.db import Database
from app.db.faults import DatabaseError
from app.models import Run
from app.runs import queue
from geo.errors import AtlasError

BEAT_S = 5.0
"""Seconds between two heartbeats."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A run as its work sees it. ``progress`` fits ``geo.survey.Progress``."""

    key: str
    kind: str
    params: Mapping[str, Any]
    on_day: date | None
    rules_day: date | None
    database: Database
    progress: Callable[[str, int, int], None] = field(repr=False)


Work = Callable[[Job], Mapping[str, Any]]
"""Does a run and returns its tally (JSON)."""

_KINDS: dict[str, Work] = {}
_live: dict[str, tuple[str, float]] = {}


def register(kind: str, work: Work) -> None:
    """Say which function does the runs of a kind."""
    _KINDS[kind] = work


def kinds() -> list[str]:
    """Return the kinds of run there are."""
    return sorted(_KINDS)


def live(key: str) -> tuple[str, float] | None:
    """Return stage and progress (0..1) of a run that this process is doing, fresher than its row."""
    return _live.get(key)


def execute(database: Database, key: str | None = None, *, worker: str | None = None) -> Run | None:
    """Do the run of ``key`` (None: the one that waits longest) and return its row at the end; None if there is none.

    The row says how it ended; faults of the work are recorded there, not raised.
    """
    worker = worker or queue.worker_name()
    with database.session(write=True) as session:
        run = queue.claim(session, worker, key)
    if run is None:
        return None
    try:
        with _Heart(database, run.key, worker) as heart:
            outcome = _do(Job(run.key, run.kind, run.params, run.on_day, run.rules_day, database, heart.progress))
    except KeyboardInterrupt:
        with database.session(write=True) as session:
            queue.fail(session, run.key, worker, "INTERRUPTED", {})
        raise
    with database.session(write=True) as session:
        kept = outcome(session, run.key, worker)
    if not kept:
        _log.warning("run %s was given to another worker meanwhile", run.key)
    with database.session() as session:
        return session.scalar(sa.select(Run).where(Run.key == run.key))


def _do(job: Job) -> Callable[..., bool]:
    """Do the work and return how to record its end, as a function of session, key and worker."""
    try:
        if job.kind not in _KINDS:
            raise AtlasError(f"there is no work of kind {job.kind!r}", code="RUN_KIND", detail={"kind": job.kind})
        tally = _KINDS[job.kind](job)
    except AtlasError as error:
        _log.warning("run %s failed: %s", job.key, error)
        code, detail = error.code, {**error.detail, "message": str(error)}
    except Exception as error:
        _log.exception("run %s failed", job.key)
        code, detail = "INTERNAL", {"error": type(error).__name__, "message": str(error)}
    else:
        return lambda session, key, worker: queue.finish(session, key, worker, tally)
    return lambda session, key, worker: queue.fail(session, key, worker, code, detail)


class _Heart:
    """A thread that writes heartbeat and progress while the work goes on.

    The work itself only notes its progress: it may hold the embedded file's write lock, for which this thread waits.
    """

    def __init__(self, database: Database, key: str, worker: str) -> None:
        self._database, self._key, self._worker = database, key, worker
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heart of {key}", daemon=True)

    def progress(self, stage: str, done: int, of: int) -> None:
        """Note how far the work is."""
        _live[self._key] = (stage, done / of if of else 0.0)

    def __enter__(self) -> "_Heart":
        _live[self._key] = ("", 0.0)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        _live.pop(self._key, None)

    def _run(self) -> None:
        written = None
        while not self._stop.wait(1.0 if written != _live.get(self._key) else BEAT_S):
            written = _live[self._key]
            stage, progress = written
            try:
                with self._database.session(write=True) as session:
                    queue.beat(session, self._key, self._worker, progress=progress, stage=stage or None)
            except DatabaseError:
                _log.debug("no heartbeat of %s: the database is busy", self._key)
