"""What the field page takes along, and what it brings back."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app.auth.signed import Account
from app.labels import label, options
from app.ledger_desk import standings, tasks
from app.ledger_desk.arrivals import Answer, Arrival
from app.ledger_desk.recording import worded
from app.links import finest_place
from app.pages import known
from app.reading import Reading
from app.store import Scope
from geo.coverage import PRECISE
from geo.datum import from_wgs84
from geo.gaps import floors
from geo.ledger import STAGES, following

MOST = 200
"""Outcomes in one message, and firms taken along."""
MOST_FIRMS = 1_500
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
LISTS = ("outcome", "reason", "stage", "step_field")


class OddMessageError(ValueError):
    """A message that no field page of ours sends."""


def today(opened: Session, read: Reading, who: Account, scope: Scope) -> list[dict[str, Any]]:
    """Return the firms that an account has on hand, in the order of a walk: where, facts, state, last step."""
    mine = tasks.of_account(opened, tasks.read(opened, read, scope), who)
    mine = mine[mine["subject_kind"].eq("enterprise")].drop_duplicates("subject").set_index("subject")
    walked = tasks.in_walk(read, mine.index)
    table = standings.table(read).loc[walked.index]
    told = floors(table)["floor"] if len(table) else pd.Series(dtype="object")
    return [_firm(read, mine.loc[row.Index], row, told[row.Index]) for row in table.head(MOST_FIRMS).itertuples()]


def words() -> dict[str, Any]:
    """Return the lists of codes, which stage may follow which, and what each needs."""
    lists = {kind: dict(options(kind)) for kind in LISTS}
    return {
        **lists,
        "following": {code: list(following(code)) for code in STAGES},
        "evidence": {code: [name for name in stage.evidence if name != "taken_by"] for code, stage in STAGES.items()},
    }


def arrivals(message: Any, now: datetime) -> list[Arrival]:
    """Return the outcomes of a message in their order.

    Raises
    ------
    OddMessageError
        If it is not of the form that the page sends, or holds more than ``MOST``.
    """
    sent = message.get("outcomes") if isinstance(message, dict) else None
    if not isinstance(sent, list) or len(sent) > MOST:
        raise OddMessageError
    return [_arrival(each, now) for each in sent]


def told(answer: Answer) -> dict[str, Any]:
    """Return an answer as the page reads it."""
    faults = [
        {"field": label("step_field", fault.field), "why": label("step_refusal", fault.code), **_said(fault)}
        for fault in answer.refusals
    ]
    key = answer.client_id.removeprefix("field:")
    return {"client_id": key, "status": answer.status, "known": answer.known, "refusals": faults}


def _said(fault: Any) -> dict[str, str]:
    from app.labels import explain

    return {"why": explain("step_refusal", fault.code, worded(fault))}


def _arrival(sent: Any, now: datetime) -> Arrival:
    if not isinstance(sent, dict) or not isinstance(sent.get("fields"), dict):
        raise OddMessageError
    key, firm, base = sent.get("client_id"), sent.get("enterprise_id"), sent.get("base")
    if not (isinstance(key, str) and _KEY.fullmatch(key) and isinstance(firm, str) and len(firm) <= MOST):
        raise OddMessageError
    fields = {
        str(name): value for name, value in sent["fields"].items() if isinstance(value, (str, int)) and value != ""
    }
    base = base[:MOST] if isinstance(base, str) and base else None
    return Arrival(f"field:{key}", firm, base, _instant(sent.get("said_at"), now), fields, _fix(sent.get("fix")))


def _instant(text: Any, now: datetime) -> datetime:
    """Return when the telephone says it was; a clock that runs ahead is taken as now."""
    try:
        said = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return now
    said = said if said.tzinfo else said.replace(tzinfo=UTC)
    return min(said, now + timedelta(minutes=5))


def _fix(sent: Any) -> tuple[float, float, float | None] | None:
    if not isinstance(sent, list) or len(sent) != 3 or not all(isinstance(v, (int, float)) for v in sent[:2]):
        return None
    lon, lat, radius = sent
    if not (-180 <= lon <= 180 and -85 <= lat <= 85):
        return None
    return float(lon), float(lat), float(radius) if isinstance(radius, (int, float)) else None


def _firm(read: Reading, task: Mapping[str, Any], firm: Any, floor: Any) -> dict[str, Any]:
    place = finest_place(firm) or ("county", firm.county_code)
    exact = firm.level in PRECISE and known(firm.lon) and known(firm.lat)
    return {
        "key": firm.Index, "name": firm.name, "place": read.name(*place) or "—",
        "door": _plain(firm.house_no) if place[0] == "street" else None, "floor": _plain(floor),
        "room": _plain(firm.room), "address": _plain(firm.address), "workers": _plain(firm.workers),
        "counts_on": _plain(firm.counts_on), "members": _plain(firm.members), "stage": firm.stage,
        "reason": _plain(firm.reason),
        "path": label("path", firm.path), "base": _plain(firm.last_step), "due": _plain(task["due_on"]),
        "state": task["state"], "task_note": task["note"], "at": [firm.lon, firm.lat] if exact else None,
        "at_gcj02": _shifted(firm.lon, firm.lat) if exact else None,
        "because": [label("contradiction", code) for code in firm.because],
    }  # fmt: skip


def _shifted(lon: float, lat: float) -> list[float]:
    """Return a position as a map drawn in GCJ-02 takes it."""
    there = from_wgs84([lon], [lat], "gcj02")
    return [round(float(there.lon[0]), 6), round(float(there.lat[0]), 6)]


def _plain(value: Any) -> Any:
    if not known(value):
        return None
    if isinstance(value, (date, datetime)):
        return value.strftime("%Y-%m-%d")
    return value.item() if hasattr(value, "item") else value
