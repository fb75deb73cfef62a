"""Decisions as stored: written in acts that can be withdrawn whole, counted since a survey read them.

The key of a decision says when it was made and to which act it belongs, so that several on one day keep their order and
a survey knows which of them it has read: ``decision:2025-12-31T08:15:02.123456:9f3a:0``.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Decision, Run, SurveyRecord
from app.store import versions, writing
from geo.frames import DECISIONS

_PREFIX = "decision:"


def record(session: Session, rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime) -> str:
    """Store the decisions of one act of a person and return the act's key."""
    act = f"{_stamp(at)}:{secrets.token_hex(3)}"
    day = at.astimezone().date()
    table = {f"{act}:{n}": {**row, "decided_by": by, "decided_on": day} for n, row in enumerate(rows)}
    frame = pd.DataFrame.from_dict(table, orient="index").astype("object")
    writing.write(session, "decisions", DECISIONS.conform(frame.where(frame.notna(), None)))
    return act


def withdraw(session: Session, act: str) -> int:
    """Delete the decisions of an act and return how many there were; the next survey is made without them."""
    if not act.startswith(_PREFIX):
        return 0
    gone = session.execute(sa.delete(Decision).where(Decision.key.startswith(act + ":", autoescape=True)))
    count = int(gone.rowcount)  # type: ignore[attr-defined]
    if count:
        versions.bump(session, versions.INPUTS)
    return count


def act_of(key: str) -> str:
    """Return the act that a decision belongs to."""
    return key.rpartition(":")[0]


def waiting(session: Session, survey: SurveyRecord | None) -> int:
    """Return how many decisions were made after a survey began to read, all of them where there is none."""
    query = sa.select(sa.func.count()).select_from(Decision)
    if survey is not None:
        query = query.where(Decision.key > read_before(session, survey))
    return int(session.scalar(query) or 0)


def read_before(session: Session, survey: SurveyRecord | None) -> str:
    """Return what the keys of the decisions lie below that a survey has read; without one, none does."""
    if survey is None:
        return ""
    began = session.scalar(sa.select(Run.started_at).where(Run.key == survey.key)) or survey.made_at
    return _stamp(began)


def _stamp(at: datetime) -> str:
    return f"{_PREFIX}{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
