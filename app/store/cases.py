"""Steps of suggested unions as stored: numbered within their case, so that two decisions at once cannot both hold."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import CaseStep
from app.store import rows, writing
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


def steps(session: Session, case_id: str) -> pd.DataFrame:
    """Return CASE_STEPS of one case, oldest first; whoever asks has looked at the area."""
    table = CaseStep.__table__
    assert isinstance(table, sa.Table)
    return rows.fetch(session, CASE_STEPS, table, table.c.case_id == case_id)
