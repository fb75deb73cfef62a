"""What waits for a person: two versions of one firm, positions from the field, outcomes that could not be taken."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import store
from app.ledger_desk import arrivals, recording
from app.ledger_desk.arrivals import CONFLICT, REFUSED, SETTLED, WAITING
from app.ledger_desk.recording import Sender
from app.models import FieldOutcome
from app.reading import Reading
from app.store import Scope

MOST = 200
ACCEPTED, DISMISSED = "accepted", "refused"


def waiting(opened: Session, scope: Scope) -> list[FieldOutcome]:
    """Return what waits within the area, conflicts first, each kind in the order of arrival."""
    waits = sa.or_(FieldOutcome.status.in_([CONFLICT, REFUSED]), FieldOutcome.fix_status == WAITING)
    query = sa.select(FieldOutcome).where(waits).order_by(FieldOutcome.status != CONFLICT, FieldOutcome.fid)
    return list(opened.scalars(_within(query, scope).limit(MOST)))


def count(opened: Session, scope: Scope) -> int:
    """Return how many wait."""
    waits = sa.or_(FieldOutcome.status.in_([CONFLICT, REFUSED]), FieldOutcome.fix_status == WAITING)
    query = _within(sa.select(sa.func.count()).select_from(FieldOutcome).where(waits), scope)
    return int(opened.scalar(query) or 0)


def find(opened: Session, key: str, scope: Scope) -> FieldOutcome | None:
    """Return one of the area by its client's key."""
    return opened.scalar(_within(sa.select(FieldOutcome).where(FieldOutcome.client_id == key), scope))


def take(opened: Session, row: FieldOutcome, read: Reading, who: str) -> bool:
    """Record the version that waits, as the sender's; the other one stays in the history. False if nothing fits now."""
    if row.status != CONFLICT or row.enterprise_id not in read.survey.firms.index:
        return False
    before = recording.before(opened, row.enterprise_id, read.survey.firms.loc[row.enterprise_id])
    body: dict[str, Any] = dict(row.body)
    step, _refused = arrivals.salvaged(body, {**before, "stage_on": None}, str(body.get("name") or row.account))
    if step is None:
        return False
    sender = Sender(row.account, str(body.get("name") or row.account), str(body.get("basis") or "field"))
    row.step = recording.record(opened, row.enterprise_id, {**step, "client_id": row.client_id}, sender)
    _settle(row, who)
    return True


def leave(row: FieldOutcome, who: str) -> None:
    """Let what is recorded stand; the version that waited stays on record as settled."""
    _settle(row, who)


def accept_fix(opened: Session, row: FieldOutcome, name: str) -> None:
    """Make of a position from the field a pin, which the next survey reads."""
    pin = {"kind": "pin", "subject": row.enterprise_id, "target": None, "lon": row.lon, "lat": row.lat, "text": None}
    store.decisions.record(opened, [pin], by=name, at=datetime.now(UTC))
    row.fix_status = ACCEPTED


def _settle(row: FieldOutcome, who: str) -> None:
    row.status, row.settled_by, row.settled_at = SETTLED, who, datetime.now(UTC)


def _within(query: Any, scope: Scope) -> Any:
    return query if scope.county_code is None else query.where(FieldOutcome.county_code == scope.county_code)
