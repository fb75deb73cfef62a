"""Hard edits of suggested unions: what a form asks for, what it would change in its township, and what stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import store
from app.labels import label
from app.reading import Reading
from app.store import Scope
from app.suggesting.proposals import Proposal
from geo.errors import AtlasError
from geo.frames import DECISIONS
from geo.joint import Suggested, edits, existing, laid_out, life
from geo.joint.former import seat_name
from geo.joint.replan import Change, replan
from geo.survey import JointInputs, suggest_joint

ACTS: Mapping[str, str] = {
    "lock": edits.LOCK, "bar": edits.BAR, "out": edits.OUT, "must": edits.MUST, "close": edits.CLOSE,
}  # fmt: skip
"""What a form can ask for, and the kind of decision that it becomes."""

MOST_NAMED = 20
"""Firms named on a line; the rest is counted."""


class AdjustError(AtlasError):
    """An edit cannot be made as asked; ``detail`` holds a code of ``adjust_refusal``."""

    code = "ADJUST"


@dataclass(frozen=True)
class Edit:
    """What is about to be settled: columns of DECISIONS, and the firms that it is about."""

    act: str
    rows: list[dict[str, str | None]]
    touched: list[str]


@dataclass(frozen=True)
class Entry:
    """One act of a person on record."""

    act: str
    kind: str
    firms: list[str]
    where: str
    target: str
    """Name of the seat, of a lock the key of the group; empty for a firm that is taken out altogether."""
    group: str
    by: str
    on: Any
    waiting: bool
    """Made after the newest survey read what was decided."""
    unmet: tuple[str, ...]
    """Codes of ``adjust_unmet`` where that survey could not keep it."""


def refuse_unmet(opened: Session, reading: Reading, edit: Edit) -> None:
    """Refuse what cannot be met before it is kept.

    Raises
    ------
    AdjustError
        With the fault ``unmet``: the firm stays where it is.
    """
    if edit.act == "must" and unmet(edit, preview(opened, reading, edit)):
        raise _refused("unmet")


def about(found: list[Entry], proposal: Proposal) -> list[Entry]:
    """Return which of ``entries`` wait for the next survey and concern a suggestion: its seat, its group, its firms."""
    seat = seat_name(str(proposal.group["kind"]), str(proposal.group["place_id"]))
    mine = set(proposal.members)
    return [
        entry for entry in found
        if entry.waiting and (proposal.key == entry.target or seat == entry.target or mine & set(entry.firms))
    ]  # fmt: skip


def read(form: "MultiDict[str, str]", reading: Reading, proposal: Proposal) -> Edit:
    """Return what a form asks for.

    Raises
    ------
    AdjustError
        With a code of ``adjust_refusal`` in ``detail["fault"]``.
    """
    act, group = form.get("act", ""), proposal.group
    if act not in ACTS:
        raise _refused("act")
    if proposal.state != life.SUGGESTED or proposal.key not in reading.survey.groups.index:
        raise _refused("decided")
    seat = seat_name(str(group["kind"]), str(group["place_id"]))
    if act == "lock":
        members = tuple(sorted(proposal.members))
        return Edit(act, [edits.row(edits.LOCK, "", proposal.key, members)], list(members))
    if act == "close":
        county = "" if pd.isna(group["county_code"]) else str(group["county_code"])
        return Edit(act, [edits.row(edits.CLOSE, county, seat)], list(proposal.members))
    firms = _to_join(form, reading, proposal) if act == "must" else [
        key for key in form.getlist("member") if key in proposal.members
    ]  # fmt: skip
    if not firms:
        raise _refused("none")
    target = None if act == "out" else seat
    return Edit(act, [edits.row(ACTS[act], key, target) for key in firms], [*firms, *proposal.members])


def _to_join(form: "MultiDict[str, str]", reading: Reading, proposal: Proposal) -> list[str]:
    """Firms that have to join: those ticked, and the one named."""
    firms, name = reading.survey.firms, form.get("firm", "").strip()
    found = [key for key in form.getlist("other") if key in firms.index]
    if name:
        named = firms.index[(firms["name"].eq(name) | firms["uscc"].eq(name.upper())).fillna(value=False)]
        if not len(named):
            raise _refused("unknown")
        if len(named) > 1:
            raise _refused("several")
        found.append(str(named[0]))
    found = [key for key in dict.fromkeys(found) if key not in proposal.members]
    if not set(found) <= set(reading.survey.groupings.index):
        raise _refused("no_candidate")
    return found


def _refused(fault: str) -> AdjustError:
    return AdjustError(fault, detail={"fault": fault})


def preview(opened: Session, reading: Reading, edit: Edit) -> Change:
    """Solve the townships of an edit without and with it, around the groups of the survey.

    What they are without it is kept while the data version stands, so whoever tries one edit after the other waits for
    one answer each time, not for two.
    """
    survey, kept = reading.survey, reading.kept
    options, version = survey.joint, store.data_version(opened)
    now: JointInputs = kept.get(("joint inputs", version), lambda: _inputs(opened, survey.groupings))
    made = pd.DataFrame(edit.rows, index=[f"decision:~{number}" for number in range(len(edit.rows))])
    made = DECISIONS.conform(made.reindex(columns=list(DECISIONS.columns)))
    more = DECISIONS.conform(pd.concat([now.decisions, made])) if len(now.decisions) else made
    then = replace(now, decisions=more)
    firms = kept.get("laid out", lambda: laid_out(survey.firms, survey.places, options=options))
    answer = partial(suggest_joint, places=survey.places, options=options)

    def hosts(here: pd.DataFrame, unions: pd.DataFrame) -> pd.DataFrame:
        return kept.get(
            ("joint hosts", version, _who(here)),
            lambda: existing(here, unions, places=survey.places, divisions=now.divisions, options=options),
        )

    def before(here: pd.DataFrame, unions: pd.DataFrame) -> Suggested:
        known = hosts(here, unions)
        return kept.get(("joint before", version, _who(here)), lambda: answer(here, unions, now, hosts=known))

    def after(here: pd.DataFrame, unions: pd.DataFrame) -> Suggested:
        return answer(here, unions, then, hosts=hosts(here, unions))

    change = replan(firms, survey.unions, survey.groupings, edit.touched, (before, after))
    return replace(change, closed=frozenset(str(row["target"]) for row in edit.rows if row["kind"] == edits.CLOSE))


def _who(here: pd.DataFrame) -> tuple[str, ...]:
    """The firms that take part, which say what is solved and with how much room in each union."""
    return tuple(here.index[here["gap"]])


def _inputs(opened: Session, before: pd.DataFrame) -> JointInputs:
    layers = {name: store.read(opened, name, store.CITY) for name in ("divisions", "decisions", "case_steps")}
    return JointInputs(**layers, before=before)


def unmet(edit: Edit, change: Change) -> dict[tuple[str, str], str]:
    """Return what of an edit the answer with it does not keep (``edits.unmet``)."""
    rows = pd.DataFrame(edit.rows).reindex(columns=["kind", "subject", "target", "text"])
    return edits.unmet(edits.read(rows), change.after.groups, change.after.groupings)


def entries(opened: Session, reading: Reading, scope: Scope) -> list[Entry]:
    """Return the edits of an area that stand, the newest first."""
    made = store.read(opened, "decisions", scope)
    made = made[made["kind"].isin(edits.KINDS)]
    told = edits.unmet(edits.read(made), reading.survey.groups, reading.survey.groupings)
    since = store.decisions.read_before(opened, store.surveys.record(opened))
    of = pd.Series([store.decisions.act_of(str(key)) for key in made.index], index=made.index, dtype="object")
    acts = made.groupby(of, sort=False)
    found = [_entry(str(act), rows, reading, told, since) for act, rows in acts]
    return sorted(found, key=lambda entry: entry.act, reverse=True)


def _entry(act: str, rows: pd.DataFrame, reading: Reading, told: Mapping[tuple[str, str], str], since: str) -> Entry:
    first = rows.iloc[0]
    kind, target = str(first["kind"]), "" if pd.isna(first["target"]) else str(first["target"])
    known = edits.read(rows)
    firms = [*(key for members in known.lock.values() for key in members)] or [
        key for key in rows["subject"].astype(str) if kind != edits.CLOSE
    ]  # fmt: skip
    waiting = act > since
    names = [target] if kind == edits.LOCK else rows["subject"].astype(str).tolist()
    codes = () if waiting else tuple(sorted({told[kind, name] for name in names if (kind, name) in told}))
    group = target if kind == edits.LOCK and target in reading.survey.groups.index else ""
    where = reading.group_name(target) if group else "" if kind == edits.LOCK else seat_words(reading, target)
    return Entry(
        act, kind, firms, where, target, group, str(first["decided_by"] or ""), first["decided_on"], waiting, codes
    )


def seat_words(reading: Reading, name: str) -> str:
    """Return what a seat is called (``former.seat_name``): the place, and which kind of union."""
    kind, _sign, place = name.partition("/")
    if not place:
        return ""
    groups = reading.survey.groups
    hit = groups.index[groups["kind"].eq(kind) & groups["place_id"].eq(place)]
    around = kind == "community" and len(hit)
    called = str(groups.at[hit[0], "name"]) if around else reading.named(place)
    return f"{called} · {label('group_kind', kind)}"
