"""Steps of suggested unions as stored: numbered within their case, so that two decisions at once cannot both hold."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import CaseStep, Headcount, LaborUnion, Membership
from app.store import rows, versions, writing
from geo.frames import CASE_STEPS


class TakenError(Exception):
    """Somebody else has decided on the case since it was read."""


def record(session: Session, step: Mapping[str, Any], *, number: int) -> str:
    """Add the step of a number (from 1) of a case and return its key.

    Raises
    ------
    TakenError
        If the case has a step of that number.
    """
    key = f"{step['case_id']}:{number:04d}"
    if session.scalar(sa.select(CaseStep.key).where(CaseStep.key == key)) is not None:
        raise TakenError(key)
    frame = pd.DataFrame([dict(step)], index=[key]).reindex(columns=list(CASE_STEPS.columns)).astype("object")
    writing.write(session, "case_steps", CASE_STEPS.conform(frame.where(frame.notna(), None)))
    return key


def clear(session: Session) -> None:
    """Forget every case, with the unions and memberships that approvals stored: what was tried on invented firms."""
    made = sa.select(CaseStep.union_id).where(CaseStep.union_id.is_not(None))
    founded = [key for key in session.scalars(made.where(CaseStep.kind != "existing").distinct()) if key]
    session.execute(sa.delete(Membership).where(Membership.union_id.in_(list(session.scalars(made.distinct())))))
    session.execute(sa.delete(LaborUnion).where(LaborUnion.key.in_(founded)))
    session.execute(sa.delete(Headcount).where(Headcount.subject_kind == "union", Headcount.subject_key.in_(founded)))
    session.execute(sa.delete(CaseStep))
    versions.bump(session, versions.INPUTS)


def steps(session: Session, case_id: str) -> pd.DataFrame:
    """Return CASE_STEPS of one case, oldest first; whoever asks has looked at the area."""
    table = CaseStep.__table__
    assert isinstance(table, sa.Table)
    return rows.fetch(session, CASE_STEPS, table, table.c.case_id == case_id)
