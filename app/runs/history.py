"""Runs as pages list them."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Run
from app.runs import execution
from app.store.scope import CITY, Scope


def get(session: Session, key: str, scope: Scope = CITY) -> Run | None:
    """Return a run within a scope, with the progress of this moment if this process is doing it."""
    found = session.scalar(sa.select(Run).where(Run.key == key, *_within(scope)))
    return None if found is None else _fresh(session, found)


def latest(
    session: Session, scope: Scope = CITY, *, kind: str | None = None, limit: int = 50, offset: int = 0
) -> list[Run]:
    """Return runs, newest first; a county sees those of its own imports."""
    query = sa.select(Run).where(*_within(scope)).order_by(Run.fid.desc()).limit(limit).offset(offset)
    if kind is not None:
        query = query.where(Run.kind == kind)
    return [_fresh(session, run) for run in session.scalars(query).all()]


def _within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    return [] if scope.county_code is None else [Run.county_code == scope.county_code]


def _fresh(session: Session, run: Run) -> Run:
    now = execution.live(run.key)
    session.expunge(run)
    if now is not None:
        run.stage, run.progress = now[0] or None, now[1]
    return run
