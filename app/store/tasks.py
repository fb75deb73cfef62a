"""Tasks as stored: a firm or union that somebody is to see to; one open task a subject."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import dialect
from app.models import LedgerTask
from app.store import rows
from app.store.scope import Scope

COLUMNS = (
    "act", "subject_kind", "subject", "county_code", "person", "team", "due_on", "note", "made_by", "made_at",
    "moved_at", "moved_from", "closed_at", "closed_because",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """Who is to see to it, by when; a ``person`` (login), a ``team`` (name), or both."""

    person: str | None
    team: str | None
    due_on: date | None
    note: str | None
    made_by: str


def assign(
    session: Session, kind: str, subjects: Mapping[str, str | None], order: Order, *, at: datetime
) -> tuple[int, int]:
    """Give out subjects (key: county) and return how many are new and how many went from somebody else to these.

    A subject that has an open task keeps it: it goes to the new hands, and from whose is kept.
    """
    open_ones = {task.subject: task for task in _open(session, kind, list(subjects))}
    moved = 0
    for task in open_ones.values():
        if (task.person, task.team) != (order.person, order.team):
            task.moved_from, task.moved_at = task.person or task.team, at
            moved += 1
        task.person, task.team, task.due_on = order.person, order.team, order.due_on or task.due_on
        task.note = order.note or task.note
    act = f"task:{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}:{secrets.token_hex(3)}"
    new = [key for key in subjects if key not in open_ones]
    session.add_all(
        LedgerTask(
            key=f"{act}:{n:05d}", act=act, subject_kind=kind, subject=key, county_code=subjects[key],
            person=order.person, team=order.team, due_on=order.due_on, note=order.note, made_by=order.made_by,
            made_at=at, moved_at=None, moved_from=None, closed_at=None, closed_because=None,
        )
        for n, key in enumerate(new)
    )  # fmt: skip
    session.flush()
    return len(new), moved


def reassign(session: Session, keys: Sequence[str], order: Order, scope: Scope, *, at: datetime) -> int:
    """Give open tasks to other hands and return how many; those of another county are left alone."""
    found = [task for task in _of_keys(session, keys) if _mine(task, scope)]
    for task in found:
        task.moved_from, task.moved_at = task.person or task.team, at
        task.person, task.team = order.person, order.team
        task.due_on, task.note = order.due_on or task.due_on, order.note or task.note
    return len(found)


def drop(session: Session, keys: Sequence[str], scope: Scope, *, at: datetime, because: str = "dropped") -> int:
    """Close open tasks by hand and return how many; those of another county are left alone.

    ``because``: ``dropped`` where nothing was done, ``finished`` where no step can say so (tasks about unions).
    """
    found = [task for task in _of_keys(session, keys) if _mine(task, scope)]
    for task in found:
        task.closed_at, task.closed_because = at, because
    return len(found)


def close(session: Session, kind: str, because: Mapping[str, str], *, at: datetime) -> int:
    """Close the open tasks of subjects, each with what it was closed by, and return how many."""
    found = list(_open(session, kind, list(because)))
    for task in found:
        task.closed_at, task.closed_because = at, because[task.subject]
    return len(found)


def read(session: Session, scope: Scope, *, open_only: bool = True, person: str | None = None) -> pd.DataFrame:
    """Return tasks by key, oldest first, with the columns ``COLUMNS``; of a county, its own alone."""
    query = sa.select(LedgerTask).order_by(LedgerTask.fid)
    if scope.county_code is not None:
        query = query.where(LedgerTask.county_code == scope.county_code)
    if open_only:
        query = query.where(LedgerTask.closed_at.is_(None))
    if person is not None:
        query = query.where(LedgerTask.person == person)
    found = session.scalars(query).all()
    table: dict[str, list[Any]] = {name: [getattr(task, name) for task in found] for name in COLUMNS}
    return pd.DataFrame(table, index=pd.Index([task.key for task in found], name="task"), dtype="object")


def _open(session: Session, kind: str, subjects: Sequence[str]) -> list[LedgerTask]:
    return [
        task
        for part in rows.chunks(subjects)
        for task in session.scalars(
            sa.select(LedgerTask).where(
                LedgerTask.subject_kind == kind,
                LedgerTask.closed_at.is_(None),
                dialect.any_of(LedgerTask.subject, part),
            )
        )
    ]


def _of_keys(session: Session, keys: Sequence[str]) -> list[LedgerTask]:
    return [
        task
        for part in rows.chunks(keys)
        for task in session.scalars(
            sa.select(LedgerTask).where(LedgerTask.closed_at.is_(None), dialect.any_of(LedgerTask.key, part))
        )
    ]


def _mine(task: LedgerTask, scope: Scope) -> bool:
    return scope.county_code is None or task.county_code == scope.county_code
