"""Approved boundaries come in force on their day; every surveyed day is then counted anew on the lines of today."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app import store
from app.models import ZoneDraft
from app.store.zones import Act
from geo.zones import transitions
from geo.zones.transitions import CALENDAR, Caller

ACCOUNT = "calendar"
"""What the record of a draft calls the day that came."""


def bring_in_force(session: Session, day: date) -> list[str]:
    """Write the lines of the approved drafts whose day has come, and return their keys, the earliest first."""
    return [_enforce(session, draft) for draft in store.zones.due(session, day)]


def _enforce(session: Session, draft: ZoneDraft) -> str:
    act = Act(ACCOUNT, datetime.now(UTC))
    calendar = Caller(frozenset({CALENDAR}))
    status = transitions.take(draft.status, "enforce", calendar, draft.county_code, ())
    assert draft.effective_on is not None
    rows = [{**row, **_shape(row)} for row in draft.result or []]
    store.lines.write(session, rows, since=draft.effective_on, draft=draft.key)
    store.zones.change(session, draft, draft.version, act, status=status)
    store.zones.tell(session, draft, "enforce", act, detail={"places": [row["key"] for row in rows]})
    return draft.key


def _shape(row: dict[str, object]) -> dict[str, object]:
    return {"geometry": store.lines.shape_of(str(row["geometry"]))} if row.get("geometry") else {}
