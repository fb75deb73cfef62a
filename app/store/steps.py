"""Steps of the ledger as stored: added in acts, once a client's key, never changed.

The key of a step says when it was recorded, so that of several on one day the last one holds.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import dialect
from app.models import LedgerStep
from app.store import rows, tasks, writing
from geo.frames import STEPS

_PREFIX = "step:"


def record(session: Session, steps: Sequence[Mapping[str, Any]], *, at: datetime, closing: bool = True) -> list[str]:
    """Add steps, close the open tasks of their firms, and return the keys; those whose ``client_id`` is known are not.

    ``closing`` False leaves tasks open: of steps that are no visit.
    ``steps`` are mappings of the columns of STEPS; nothing is checked here (``geo.ledger.refusals``).
    """
    known = _known(session, [str(step["client_id"]) for step in steps if step.get("client_id")])
    new = [step for step in steps if step.get("client_id") not in known]
    if not new:
        return []
    act = f"{_PREFIX}{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}:{secrets.token_hex(3)}"
    table = {f"{act}:{n:05d}": dict(step) for n, step in enumerate(new)}
    frame = pd.DataFrame.from_dict(table, orient="index").reindex(columns=list(STEPS.columns)).astype("object")
    writing.write(session, "steps", STEPS.conform(frame.where(frame.notna(), None)))
    if closing:
        tasks.close(session, "enterprise", {str(step["enterprise_id"]): _because(step) for step in new}, at=at)
    return list(table)


def version(session: Session) -> str:
    """Return what changes with every step: the key of the last one."""
    return session.scalar(sa.select(LedgerStep.key).order_by(LedgerStep.fid.desc()).limit(1)) or ""


def last_of(session: Session, enterprise: str) -> LedgerStep | None:
    """Return the step of a firm that was recorded last."""
    query = sa.select(LedgerStep).where(LedgerStep.enterprise_id == enterprise)
    return session.scalar(query.order_by(LedgerStep.fid.desc()).limit(1))


def of_firms(session: Session, enterprises: Sequence[str]) -> pd.DataFrame:
    """Return STEPS of some firms, in the order in which they were recorded; whoever asks has looked at the area."""
    table = LedgerStep.__table__
    assert isinstance(table, sa.Table)
    parts = [
        rows.fetch(session, STEPS, table, dialect.any_of(table.c.enterprise_id, part))
        for part in rows.chunks(enterprises)
    ]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts) if parts else STEPS.empty()


def _known(session: Session, keys: Sequence[str]) -> set[str]:
    column = LedgerStep.client_id
    return {
        str(key)
        for part in rows.chunks(keys)
        for key in session.scalars(sa.select(column).where(dialect.any_of(column, part)))
    }


def _because(step: Mapping[str, Any]) -> str:
    return str(step.get("outcome") or step.get("stage") or "step")
