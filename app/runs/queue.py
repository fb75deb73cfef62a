"""Runs as rows: put in line, taken by exactly one worker, brought to an end. Works the same on both databases."""

import os
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Run
from app.runs.version import code_version
from app.store import versions

QUEUED, RUNNING, DONE, FAILED, STALE = "queued", "running", "done", "failed", "stale"

MAX_TRIES = 3
"""A run whose workers were lost so often is given up as stale."""

LOST_AFTER = timedelta(seconds=60)
"""Without a heartbeat for so long, the worker is taken for lost …"""

LOST_HERE_AFTER = timedelta(seconds=20)
"""… for so long, if it was a process of this machine that is no more …"""

ALIVE_FOR = timedelta(minutes=30)
"""… and for so long, if that process still lives: a long import holds the write lock that heartbeats need, too."""


@dataclass(frozen=True)
class Order:
    """What a run is to do: its kind, its parameters, and the days it works with."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    on_day: date | None = None
    rules_day: date | None = None
    input_hash: str | None = None
    county_code: str | None = None


def enqueue(session: Session, order: Order) -> str:
    """Put a run in line and return its key."""
    now = datetime.now(UTC)
    key = f"{order.kind}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    session.add(
        Run(
            key=key,
            kind=order.kind,
            county_code=order.county_code,
            status=QUEUED,
            params=dict(order.params),
            on_day=order.on_day,
            rules_day=order.rules_day,
            code_version=code_version(),
            input_version=versions.input_version(session),
            input_hash=order.input_hash,
            progress=0.0,
            tries=0,
            queued_at=now,
        )
    )
    session.flush()
    return key


def waiting(session: Session) -> bool:
    """Return whether a run is in line."""
    return session.scalar(sa.select(Run.fid).where(Run.status == QUEUED).limit(1)) is not None


def claim(session: Session, worker: str, key: str | None = None) -> Run | None:
    """Take the next run (or the one of ``key``) for ``worker``; None if there is none.

    Whoever waits for a file comes before surveys, and the newest day before older ones; else who waits longest.

    Of several workers exactly one gets it: PostgreSQL skips rows that another is taking, and the embedded file lets one
    writing transaction in at a time.
    """
    turn = (Run.on_day.is_not(None), Run.on_day.desc(), Run.fid)
    waits = sa.select(Run.fid).where(Run.status == QUEUED).order_by(*turn).limit(1)
    waits = waits.with_for_update(skip_locked=True)
    if key is not None:
        waits = waits.where(Run.key == key)
    now = datetime.now(UTC)
    taken = sa.update(Run).where(Run.fid == waits.scalar_subquery(), Run.status == QUEUED).returning(Run)
    values = {"status": RUNNING, "worker": worker, "started_at": now, "heartbeat_at": now, "tries": Run.tries + 1}
    return session.scalar(taken.values(**values, progress=0.0, stage=None, finished_at=None))


def beat(session: Session, key: str, worker: str, *, progress: float, stage: str | None) -> bool:
    """Say that ``worker`` lives and how far it is; False if the run is no longer its own."""
    values = {"heartbeat_at": datetime.now(UTC), "progress": progress, "stage": stage}
    return _own(session, key, worker, **values)


def finish(session: Session, key: str, worker: str, tally: Mapping[str, Any]) -> bool:
    """Bring a run to its good end; False if it is no longer ``worker``'s."""
    now = datetime.now(UTC)
    return _own(session, key, worker, status=DONE, progress=1.0, stage=None, tally=dict(tally), finished_at=now)


def fail(session: Session, key: str, worker: str, code: str, detail: Mapping[str, Any]) -> bool:
    """Bring a run to its bad end, with the code that says why; False if it is no longer ``worker``'s."""
    now = datetime.now(UTC)
    return _own(session, key, worker, status=FAILED, error_code=code, error_detail=dict(detail), finished_at=now)


def recover(session: Session, now: datetime | None = None) -> list[str]:
    """Put the runs of lost workers in line again, those lost too often aside as stale; return their keys."""
    now = now or datetime.now(UTC)
    running = session.scalars(sa.select(Run).where(Run.status == RUNNING).with_for_update(skip_locked=True))
    lost = [run for run in running if _lost(run, now)]
    for run in lost:
        given_up = run.tries >= MAX_TRIES
        run.status, run.worker = (STALE if given_up else QUEUED), None
        run.finished_at = now if given_up else None
        run.error_code = "WORKER_LOST" if given_up else None
    return [run.key for run in lost]


def lost_any(session: Session, now: datetime | None = None) -> bool:
    """Return whether ``recover`` would find something; needs no write lock."""
    now = now or datetime.now(UTC)
    return any(_lost(run, now) for run in session.scalars(sa.select(Run).where(Run.status == RUNNING)))


def worker_name() -> str:
    """Return a name that no other worker has, from which ``recover`` can tell machine and process."""
    return f"{platform.node()}:{os.getpid()}:{secrets.token_hex(4)}"


def _own(session: Session, key: str, worker: str, **values: Any) -> bool:
    query = sa.update(Run).where(Run.key == key, Run.worker == worker, Run.status == RUNNING).values(**values)
    return bool(session.execute(query).rowcount)  # type: ignore[attr-defined]


def _lost(run: Run, now: datetime) -> bool:
    silent = now - (run.heartbeat_at or run.queued_at)
    machine, _, rest = (run.worker or "").partition(":")
    if machine != platform.node():
        return silent > LOST_AFTER
    return silent > (ALIVE_FOR if _alive(int(rest.split(":")[0])) else LOST_HERE_AFTER)


def _alive(process: int) -> bool:
    if os.name == "nt":
        # There, signal 0 would end the process instead of asking for it.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
