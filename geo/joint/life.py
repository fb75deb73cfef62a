"""The life of a suggestion: what may be done with it in which state, by which right, and what that needs to be said.

A suggestion that people decide on is a case. Its steps are added only; state, stage and firms are read off them. The
law asks for two units and for the approval of the next higher union (Trade Union Law 2021 art. 11, 12); the states and
their order are our own choice, the stages of the preparation are those of the ledger.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from geo.frames import CASE_STEPS
from geo.ledger import Refusal, following
from geo.ledger.refusals import EARLIEST, MOST_WORKERS

SUGGESTED, ACCEPTED, APPROVED, REJECTED, WITHDRAWN = STATES = (
    "suggested", "accepted", "approved", "rejected", "withdrawn",
)  # fmt: skip
"""Nobody has decided · a union in preparation · a union that covers its firms · not to be proposed again · taken back:
as if nobody had decided."""

LIVE = (ACCEPTED, APPROVED)
"""States whose firms are spoken for: no other group may take them."""

PREPARING = ("P3", "P4", "P5", "P6")
"""Stages that a union in preparation goes through, those of ``geo.ledger``."""

MOST_TEXT = 200


@dataclass(frozen=True)
class Move:
    """One move: from which states, to which, by which right, and the columns of CASE_STEPS it needs."""

    code: str
    before: tuple[str, ...]
    after: str
    right: str
    needs: tuple[str, ...] = ()


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        move.code: move
        for move in (
            Move("accept", (SUGGESTED, WITHDRAWN), ACCEPTED, "decide", ("name",)),
            Move("advance", (ACCEPTED,), ACCEPTED, "decide", ("stage",)),
            Move("approve", (ACCEPTED,), APPROVED, "approve", ("name", "document")),
            Move("reject", (SUGGESTED, WITHDRAWN, ACCEPTED), REJECTED, "decide", ("reason",)),
            Move("withdraw", (ACCEPTED,), WITHDRAWN, "decide", ("note",)),
            Move("reopen", (REJECTED,), WITHDRAWN, "decide", ("note",)),
            Move("annul", (APPROVED,), ACCEPTED, "approve", ("note",)),
        )
    }
)
"""The one table of moves. ``annul`` takes back an approval entered by mistake; a union that ends is revoked in the
register of unions instead."""

EVIDENCE: Mapping[str, str] = MappingProxyType({"P5": "counted", "P6": "counted", "P4": "document"})
"""What a stage of the preparation is shown by."""


def moves(state: str, rights: Collection[str]) -> tuple[Move, ...]:
    """Return the moves that somebody with some rights may make from a state."""
    return tuple(move for move in MOVES.values() if state in move.before and move.right in rights)


def case_id(kind: str, place_id: str, members: Collection[str]) -> str:
    """Return the key of the case of a group: the same kind, seat and firms have the same, whatever the survey."""
    told = "\n".join([kind, place_id, *sorted(members)])
    return f"case:{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def cases(steps: pd.DataFrame) -> pd.DataFrame:
    """Return each case as its steps have left it, by case key, the one decided last first.

    Parameters
    ----------
    steps : CASE_STEPS in the order in which they were recorded

    Returns
    -------
    the columns of CASE_STEPS as of the last step (each says how the case stands after it), and ``steps``, how many
    there are
    """
    if steps.empty:
        return CASE_STEPS.empty().drop(columns="case_id").rename_axis("case_id").assign(steps=pd.Series(dtype="int64"))
    last = steps.drop_duplicates("case_id", keep="last").set_index("case_id")
    number = steps.groupby("case_id").size().reindex(last.index)
    return last.assign(steps=number).iloc[::-1]


def refusals(
    move: str, given: Mapping[str, Any], case: Mapping[str, Any], *, today: date, reasons: Collection[str]
) -> list[Refusal]:
    """Return why a move cannot be made; nothing if it can.

    Parameters
    ----------
    move : a code of MOVES
    given : columns of CASE_STEPS, None for what is not given; ``members`` are those that the union is to have
    case : ``state``, ``stage``, ``taken_on`` of the case as it is, and ``barred``: members that can be in no union of
        this kind (see ``changes``)
    today : nothing is decided after it
    reasons : the codes of reasons there are
    """
    known = MOVES[move]
    if case["state"] not in known.before:
        return [Refusal("move", "state", {"state": case["state"]})]
    found = [Refusal(name, "missing") for name in known.needs if given.get(name) in (None, "")]
    found += _days(given, case, today) + _texts(given)
    if given.get("reason") and given["reason"] not in reasons:
        found.append(Refusal("reason", "unknown", {"value": str(given["reason"])}))
    if move == "reject" and given.get("reason") == "other" and not given.get("note"):
        found.append(Refusal("note", "missing"))
    counted = given.get("counted")
    if counted is not None and not 0 <= counted <= MOST_WORKERS:
        found.append(Refusal("counted", "range", {"most": MOST_WORKERS}))
    if move == "advance" and given.get("stage"):
        found += _stage(str(given["stage"]), given, case)
    if move == "approve":
        found += _approval(given, case)
    return found


def _days(given: Mapping[str, Any], case: Mapping[str, Any], today: date) -> list[Refusal]:
    taken, last = given.get("taken_on"), case.get("taken_on")
    if taken is None:
        return [Refusal("taken_on", "missing")]
    if taken > today:
        return [Refusal("taken_on", "ahead", {"today": today.isoformat()})]
    if taken < EARLIEST:
        return [Refusal("taken_on", "too_early", {"first": EARLIEST.isoformat()})]
    return [Refusal("taken_on", "before_last", {"last": last.isoformat()})] if last is not None and taken < last else []


def _texts(given: Mapping[str, Any]) -> list[Refusal]:
    names = ("name", "note", "document")
    return [
        Refusal(name, "too_long", {"most": MOST_TEXT}) for name in names if len(str(given.get(name) or "")) > MOST_TEXT
    ]


def _stage(stage: str, given: Mapping[str, Any], case: Mapping[str, Any]) -> list[Refusal]:
    last = case.get("stage") or "P0"
    allowed = [code for code in following(last) if code in PREPARING]
    if stage not in allowed:
        return [Refusal("stage", "order", {"last": last, "next": allowed})]
    name = EVIDENCE.get(stage)
    lacking = name is not None and given.get(name) in (None, "")
    return [Refusal(str(name), "evidence", {"stage": stage})] if lacking else []


def _approval(given: Mapping[str, Any], case: Mapping[str, Any]) -> list[Refusal]:
    last, members = case.get("stage") or "P0", list(given.get("members") or ())
    found = []
    if "P7" not in following(last):
        found.append(Refusal("stage", "order", {"last": last, "next": [s for s in following(last) if s in PREPARING]}))
    barred = sorted(set(members) & set(case.get("barred") or ()))
    if barred:
        found.append(Refusal("members", "barred", {"firms": len(barred)}))
    if len(members) < (1 if case.get("kind") == "existing" else 2):
        found.append(Refusal("members", "too_few", {"firms": len(members)}))
    return found


BARRED = ("left_the_register", "same_firm", "not_counted", "covered")
"""Changes after which a firm can be in no union of the case."""


def changes(case: Mapping[str, Any], firms: pd.DataFrame) -> pd.Series:
    """Return what has changed of each firm of a case since it was decided on: a code by enterprise key, NA for nothing.

    Parameters
    ----------
    case : ``members``, ``kind``, ``place_id``, ``union_id``
    firms : FIRMS of a survey

    Returns
    -------
    ``left_the_register`` · ``same_firm`` (another record stands for it now) · ``not_counted`` (closed, moved, or else
    out of the denominator) · ``covered`` by another union · ``now_25`` (large enough for its own) · ``elsewhere`` (no
    longer found at the seat)
    """
    members = pd.Index(list(case["members"]))
    here = firms.reindex(members)
    column = COLUMNS.get(str(case["kind"]))
    there = pd.Series(data=True, index=members) if column is None else here[column].eq(case["place_id"])
    own = case.get("union_id")
    covered = here["primary"].isin(["own", "joint"]) & ~here["union_id"].eq("" if pd.isna(own) else own)
    facts = {
        "elsewhere": ~there.fillna(value=False),
        "now_25": here["size_class"].eq("25_and_over"),
        "covered": covered,
        "not_counted": ~here["eligible"].eq(other=True),
        "same_firm": here["same_as"].notna(),
        "left_the_register": pd.Series(~members.isin(firms.index), index=members),
    }
    found = pd.Series(pd.NA, index=members, dtype="string")
    for code, hit in facts.items():
        found[hit.fillna(value=False).to_numpy(dtype=bool)] = code
    return found


COLUMNS: Mapping[str, str] = MappingProxyType(
    {"building": "building", "market": "market", "zone": "zone", "street": "street", "village": "village_code"}
)
"""Column of FIRMS that holds the seat of a group of each kind."""
