"""A step as a form or a telephone sends it: read, checked against the firm's state, recorded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app import store
from app.labels import label, options
from app.pages import known
from app.runs.survey import today
from geo.ledger import Refusal, refusals, states

DAYS, NUMBERS = ("taken_on", "next_on"), ("workers", "women", "members", "committee")
TEXTS = ("stage", "reason", "second_reason", "outcome", "document", "note", "taken_by")
FIELDS = (*DAYS, *NUMBERS, *TEXTS)
_MOST_DIGITS = 9
_GROUPED = re.compile(r"\d{1,3}(?:[,，]\d{3})+")


@dataclass(frozen=True)
class Sender:
    """Who records: the account's login and name, and by which way (``step_basis``)."""

    account: str
    name: str
    basis: str


def read(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Refusal]]:
    """Return the columns of STEPS that texts say, None for empty ones, and what could not be read."""
    step: dict[str, Any] = {name: str(given.get(name) or "").strip() or None for name in TEXTS}
    faults = []
    for name in DAYS:
        step[name], fault = _day(given.get(name))
        faults += [Refusal(name, "day", {"value": fault})] if fault else []
    for name in NUMBERS:
        step[name], fault = _number(given.get(name))
        faults += [Refusal(name, "number", {"value": fault})] if fault else []
    return step, faults


def check(step: Mapping[str, Any], before: Mapping[str, Any]) -> list[Refusal]:
    """Return what ``geo.ledger.refusals`` says today of a step after a state."""
    return refusals(step, before, today=today(), reasons={code for code, _phrase in options("reason")})


def before(opened: Session, key: str, register: Mapping[str, Any]) -> dict[str, Any]:
    """Return stage, its day and the workers of a firm as its steps have them now, else as the register does."""
    found = states(store.steps.of_firms(opened, [key]), today())
    state: Mapping[str, Any] = found.iloc[0] if len(found) else {}
    workers = workers_known(state, register)
    if known(state.get("stage")):
        return {"stage": str(state["stage"]), "stage_on": state["stage_on"].date(), "workers": workers}
    stage = register.get("stage")
    return {"stage": str(stage) if known(stage) else None, "stage_on": None, "workers": workers}


def workers_known(state: Mapping[str, Any], register: Mapping[str, Any]) -> int | None:
    """Return the workers that the last step counted, or the register's if these are of a later day; None if unknown."""
    counted: Any = state.get("workers")
    listed: Any = register.get("workers")
    since = register.get("counts_on")
    if known(counted) and not (known(listed) and known(since) and since > state["workers_on"]):
        return int(counted)
    return int(listed) if known(listed) else None


def record(opened: Session, key: str, step: Mapping[str, Any], sender: Sender) -> str | None:
    """Record a checked step and return its key, None if it was known already."""
    row = {**step, "enterprise_id": key, "account": sender.account, "basis": sender.basis}
    made = store.steps.record(opened, [row], at=datetime.now(UTC))
    return made[0] if made else None


def worded(fault: Refusal) -> Mapping[str, Any]:
    """Return the detail of a refusal with words for codes, as a phrase needs it."""
    words = {name: value for name, value in fault.detail.items() if name not in ("last", "next", "stage")}
    for name in ("last", "stage"):
        value = fault.detail.get(name)
        if value is not None:
            words[name] = f"{value} {label('stage', value)}" if str(value).startswith("P") else value
    if "next" in fault.detail:
        words["next"] = fault.detail["next"]
    return words


def _day(value: Any) -> tuple[date | None, str]:
    if isinstance(value, datetime):
        return value.date(), ""
    if isinstance(value, date):
        return value, ""
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value or "").strip()
    if not text:
        return None, ""
    if len(text) == len("20260305") and text.isdecimal():
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    parts = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-").split("-")
    try:
        year, month, day_of_month = (int(part) for part in parts)
        return date(year, month, day_of_month), ""
    except ValueError:
        return None, text[:40]


def _number(value: Any) -> tuple[int | None, str]:
    if value is None or (isinstance(value, float) and value != value):
        return None, ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (int(value), "") if float(value).is_integer() else (None, str(value))
    text = str(value).strip().removesuffix("人").strip()
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "").replace("，", "")
    if not text:
        return None, ""
    if text.lstrip("-").isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text), ""
    return None, text[:40]
