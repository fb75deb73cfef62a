"""Runs as pages list them."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Run
from app.runs import execution


def get(session: Session, key: str) -> Run | None:
    """Return a run, with the progress of this moment if this process is doing it."""
    found = session.scalar(sa.select(Run).where(Run.key == key))
    return None if found is None else _fresh(session, found)


def latest(session: Session, *, kind: str | None = None, limit: int = 50, offset: int = 0) -> list[Run]:
    """Return runs, newest first."""
    query = sa.select(Run).order_by(Run.fid.desc()).limit(limit).offset(offset)
    if kind is not None:
        query = query.where(Run.kind == kind)
    return [_fresh(session, run) for run in session.scalars(query).all()]


def _fresh(session: Session, run: Run) -> Run:
    now = execution.live(run.key)
    session.expunge(run)
    if now is not None:
        run.stage, run.progress = now[0] or None, now[1]
    return run
