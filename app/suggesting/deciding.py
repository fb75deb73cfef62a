"""Moving a suggestion on: the move is checked, recorded, and what follows from it is stored in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import store
from app.labels import options
from app.ledger_desk import recording
from app.pages import known
from app.reading import Reading
from app.runs.survey import today
from app.store.cases import TakenError
from app.store.tasks import Order
from app.suggesting import charters, founding
from app.suggesting.proposals import Proposal, name_of
from geo.joint import life
from geo.ledger import Refusal, following, states

BASIS = "suggestion"
"""``step_basis`` of the steps that a move brings to the ledger of its firms."""
TEXTS = ("name", "stage", "reason", "note", "document")


@dataclass(frozen=True)
class Decider:
    """Who decides: login, name, and the orders for the firms' tasks if the move gives any."""

    account: str
    name: str
    order: Order | None = None


def read(form: Mapping[str, Any], members: Sequence[str]) -> tuple[dict[str, Any], list[Refusal]]:
    """Return the columns of CASE_STEPS that a form says, None for empty ones, and what could not be read."""
    step, faults = recording.read({"taken_on": form.get("taken_on"), "members": form.get("counted")})
    given: dict[str, Any] = {name: str(form.get(name) or "").strip() or None for name in TEXTS}
    given |= {"taken_on": step["taken_on"], "counted": step["members"], "members": sorted(members)}
    return given, [Refusal("counted" if fault.field == "members" else fault.field, fault.code, fault.detail)
                   for fault in faults]  # fmt: skip


def refusals(proposal: Proposal, move: str, given: Mapping[str, Any], live: pd.DataFrame) -> list[Refusal]:
    """Return why a move cannot be made now; ``live`` are the cases of the area whose firms are spoken for."""
    last = proposal.case
    case = {
        "state": proposal.state, "barred": proposal.barred, "kind": proposal.group["kind"],
        "stage": proposal.stage,
        "taken_on": last["taken_on"].date() if last is not None and proposal.state != life.SUGGESTED else None,
    }  # fmt: skip
    reasons = {code for code, _phrase in options("case_reason")}
    found = life.refusals(move, given, case, today=today(), reasons=reasons)
    if move == "advance" and given["stage"] == "P6" and given["counted"] and not found:
        found += _even(given["counted"], given["taken_on"])
    others = live[live.index != proposal.case_id]
    taken = {key for keys in others["members"] for key in keys} & set(given["members"])
    if move in ("accept", "approve") and taken:
        found.append(Refusal("members", "taken", {"firms": len(taken)}))
    if move == "approve" and not set(given["members"]) <= set(proposal.members):
        found.append(Refusal("members", "unknown", {"value": "…"}))
    return found


def _even(seats: int, day: date) -> list[Refusal]:
    """Refuse an even number of committee members where the rules of the day want an odd one."""
    table = charters.rules_on(day).seats
    told = {"value": seats, "day": table.period.first.isoformat() if table.period.first else "—"}
    return [Refusal("counted", "even", told)] if table.odd_only and seats % 2 == 0 else []


def make(
    opened: Session, reading: Reading, proposal: Proposal, move: str, given: Mapping[str, Any], who: Decider
) -> None:
    """Make a move that is not refused.

    Raises
    ------
    app.store.cases.TakenError
        If somebody else moved the case on meanwhile.
    """
    if move == "annul":
        given = {**given, "stage": _stage_before(opened, proposal)}
    step = _step(reading, proposal, move, given, who)
    if move == "approve":
        step["union_id"] = founding.found(opened, reading, proposal, step)
    if move == "annul":
        founding.dissolve(opened, proposal)
    store.cases.record(opened, step, number=proposal.steps + 1)
    _follow(opened, reading, step, who)


def _step(reading: Reading, proposal: Proposal, move: str, given: Mapping[str, Any], who: Decider) -> dict[str, Any]:
    """The whole step: what stood before, what the move says, and what follows for stage and union."""
    group, case = proposal.group, proposal.case
    before = {} if case is None else {name: value for name, value in case.items() if known_or_list(value)}
    fixed = {
        "case_id": proposal.case_id, "move": move, "state": life.MOVES[move].after, "group_id": proposal.key,
        "account": who.account, "taken_by": who.name, "taken_on": given["taken_on"],
        "workers": int(group["workers"]), "said": list(group["reasons"]),
        **{name: group[name] for name in ("kind", "place_id", "county_code", "town_code")},
        "members": list(given["members"]) if move == "approve" else list(proposal.members),
        "name": given.get("name") or before.get("name") or name_of(reading, proposal.key, group),
        **{name: given.get(name) for name in ("reason", "note", "counted")},
        "document": given.get("document") or before.get("document"),
        "stage": before.get("stage"), "union_id": before.get("union_id"),
    }  # fmt: skip
    after: Mapping[str, dict[str, Any]] = {
        "accept": {"stage": "P0", "document": None, "union_id": None},
        "advance": {"stage": given.get("stage")},
        "approve": {"stage": "P7"},
        "annul": {"stage": given.get("stage") or "P0", "union_id": None},
        "reject": {"stage": None}, "withdraw": {"stage": None}, "reopen": {"stage": None},
    }  # fmt: skip
    return fixed | after[move]


def _stage_before(opened: Session, proposal: Proposal) -> str:
    """Return the stage of the preparation before the approval that is taken back."""
    found = store.cases.steps(opened, proposal.case_id)
    stages = found["stage"][found["state"].eq(life.ACCEPTED)].dropna()
    return str(stages.iloc[-1]) if len(stages) else "P0"


def known_or_list(value: Any) -> bool:
    """Return whether a value is there: a list always is."""
    return isinstance(value, list) or known(value)


def _follow(opened: Session, reading: Reading, step: Mapping[str, Any], who: Decider) -> None:
    """Bring a step to the ledger and the tasks of its firms."""
    now, move = datetime.now(UTC), str(step["move"])
    firms = reading.survey.firms
    members = [key for key in step["members"] if key in firms.index]
    if move == "accept" and who.order is not None:
        counties = firms.loc[members, "county_code"].astype("object")
        subjects = {key: None if pd.isna(code) else str(code) for key, code in counties.items()}
        store.tasks.assign(opened, "enterprise", subjects, who.order, at=now)
    if move in ("reopen",) or (move == "reject" and step["stage"] is None and not _was_open(opened, step)):
        return
    stage = {"advance": step["stage"], "approve": "P7", "annul": "P0"}.get(move)
    rows = _ledger(opened, firms.loc[members], step, stage)
    if move == "annul" and step["stage"] != "P0":  # from P7 the ledger goes back to the beginning, and on from there
        rows += [{**row, "stage": step["stage"]} for row in rows if row["stage"] == "P0"]
    store.steps.record(opened, rows, at=now, closing=stage is not None or move in ("withdraw", "reject"))


def _was_open(opened: Session, step: Mapping[str, Any]) -> bool:
    """Tell whether a case had been accepted before the step just recorded."""
    found = store.cases.steps(opened, str(step["case_id"]))
    return len(found) > 1 and str(found["state"].iloc[-2]) == life.ACCEPTED


def _ledger(opened: Session, firms: pd.DataFrame, step: Mapping[str, Any], stage: str | None) -> list[dict[str, Any]]:
    """STEPS of the firms: a stage where the firm's own ledger lets it follow, else the note alone."""
    found = states(store.steps.of_firms(opened, list(firms.index)), today()).reindex(firms.index)
    last = found["stage"].fillna(firms["stage"]).fillna("P0")
    day = pd.Timestamp(step["taken_on"])
    later = (found["stage_on"] > day).fillna(value=False)
    same = {"account": step["account"], "taken_by": step["taken_by"], "taken_on": step["taken_on"], "basis": BASIS}
    note = _note(step)
    return [
        {
            **same, "enterprise_id": key, "note": note,
            "stage": stage if stage and not later[key] and stage in following(str(last[key])) else None,
            "document": step["document"] if stage in ("P3", "P4", "P7") else None,
        }
        for key in firms.index
    ]  # fmt: skip


def _note(step: Mapping[str, Any]) -> str:
    said = {
        "accept": _("列入联合建会：%(name)s", name=step["name"]),
        "advance": _("联合建会推进：%(name)s", name=step["name"]),
        "approve": _("由联合工会覆盖：%(name)s", name=step["name"]),
        "annul": _("撤销误录的批复：%(name)s", name=step["name"]),
        "withdraw": _("撤回联合建会：%(name)s", name=step["name"]),
        "reject": _("不采纳联合建会：%(name)s", name=step["name"]),
    }[str(step["move"])]
    return "；".join(filter(None, (said, step["note"])))


def task_order(person: str | None, team: str | None, due_on: date | None, name: str, by: str) -> Order:
    """Return the order by which the firms of an accepted suggestion are given out."""
    return Order(person, team, due_on, _("组建：%(name)s", name=name)[:200], by)


__all__ = ["BASIS", "Decider", "TakenError", "make", "read", "refusals", "task_order"]
