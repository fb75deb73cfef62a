"""The second opinion: recompute every group from the survey's rows, trusting nothing the engine says.

What it finds is what pages and lists print about a group.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from geo.errors import AtlasError
from geo.joint.engine import Draft
from geo.joint.options import JointOptions

_COLUMN = {"building": "building", "market": "market", "zone": "zone", "street": "street", "village": "village_code"}


class CheckError(AtlasError):
    """A suggested group breaks a rule: a programmer's fault, never a user's."""

    code = "CHECK"


@dataclass(frozen=True)
class Facts:
    """What is true of a group, counted from FIRMS."""

    firms: int
    workers: int
    """Known counts only."""
    unknown: int
    """Members without a count."""
    units: int
    towns: tuple[str, ...]
    town_unknown: int
    counties: tuple[str, ...]
    levels: dict[str, int]
    from_m: int | None
    to_m: int | None
    widest_gap_m: int | None
    by_numbers: bool
    numbers: tuple[str, str] | None
    """First and last house number of a street piece."""
    largest: int
    """Workers of the largest member."""
    spread: int
    """How many of the largest members may leave before the group falls below the minimum; 0 if none may."""


def recompute(draft: Draft, firms: pd.DataFrame, along: pd.DataFrame, *, options: JointOptions) -> Facts:
    """Count a draft's facts from FIRMS and the chainages."""
    rows = firms.loc[list(draft.members)]
    known = rows["workers"].dropna().astype(int)
    at = along.loc[rows.index, "chainage_m"].dropna().astype(int).sort_values(kind="stable")
    street = draft.kind == "street" and len(at) > 0
    steps = [later - earlier for earlier, later in pairwise(at)]
    counts = sorted([int(n) for n in known] + [options.workers_if_unknown] * (len(rows) - len(known)), reverse=True)
    return Facts(
        firms=len(rows),
        workers=int(known.sum()),
        unknown=len(rows) - len(known),
        units=len(set(_units(rows))),
        towns=tuple(sorted(set(rows["town_code"].dropna()))),
        town_unknown=int(rows["town_code"].isna().sum()),
        counties=tuple(sorted(set(rows["county_code"].dropna()))),
        levels=dict(sorted(Counter(rows["level"]).items())),
        from_m=at.iloc[0] if street else None,
        to_m=at.iloc[-1] if street else None,
        widest_gap_m=max(steps, default=0) if street else None,
        by_numbers=bool(street and along.loc[rows.index, "chainage_by"].eq("number").any()),
        numbers=_numbers(rows, at) if street else None,
        largest=counts[0],
        spread=_may_leave(counts, options),
    )


def check(
    drafts: Sequence[Draft], firms: pd.DataFrame, *, unions: pd.DataFrame, along: pd.DataFrame, options: JointOptions
) -> list[Facts]:
    """Verify that every draft keeps every rule and return the facts of each, in order.

    Raises
    ------
    CheckError
        Naming every broken rule of every group.
    """
    faults: list[str] = []
    seen = Counter(key for draft in drafts for key in draft.members)
    faults += [f"{key} stands in {n} groups" for key, n in seen.items() if n > 1]
    result = []
    for draft in drafts:
        facts = recompute(draft, firms, along, options=options)
        rows = firms.loc[list(draft.members)]
        found = _members(rows) + (
            _attached(draft, facts, rows, unions=unions, options=options)
            if draft.kind == "existing"
            else _founded(draft, facts, rows, options=options)
        )
        faults += [f"{draft.group_id}: {fault}" for fault in found]
        result.append(facts)
    faults += _interrupted(drafts, along)
    if faults:
        raise CheckError("; ".join(faults[:20]), detail={"faults": faults})
    return result


def _units(rows: pd.DataFrame) -> list[str]:
    code = rows["org_code"].fillna(rows["uscc"].str[8:17])
    return [key if pd.isna(unit) else unit for key, unit in code.items()]


def _members(rows: pd.DataFrame) -> list[str]:
    faults = []
    if not rows["gap"].all() or not rows["eligible"].all():
        faults.append("a member is covered or not in the denominator")
    if rows["size_class"].eq("25_and_over").any() or rows["path"].isin(["own_must", "own_promote"]).any():
        faults.append("a member is large enough for its own union")
    return faults


def _founded(draft: Draft, facts: Facts, rows: pd.DataFrame, *, options: JointOptions) -> list[str]:
    most = options.max_firms_in_place if draft.kind in ("building", "market", "zone") else options.max_firms
    tests = {
        "members lie in several places": not rows[_COLUMN[draft.kind]].eq(draft.seat).fillna(False).all(),
        "too few firms": facts.firms < options.min_firms or facts.units < options.min_units,
        "too many firms": facts.firms > most,
        "too few workers": facts.workers + facts.unknown * options.workers_if_unknown < options.min_workers,
        "several counties": len(facts.counties) > 1,
        "unknown counts though none may be assumed": bool(facts.unknown and not options.workers_if_unknown),
    }
    if draft.kind == "street":
        ends = (facts.to_m or 0) - (facts.from_m or 0)
        tests["too long"] = ends > options.street_span_m
        tests["a gap too wide"] = (facts.widest_gap_m or 0) > options.street_gap_m
        tests["several towns"] = len(facts.towns) > 1
    return [fault for fault, hit in tests.items() if hit]


def _attached(
    draft: Draft, facts: Facts, rows: pd.DataFrame, *, unions: pd.DataFrame, options: JointOptions
) -> list[str]:
    union = unions.loc[draft.seat]
    column = _COLUMN[str(union["kind"])]
    tests = {
        "members lie elsewhere than the union": not rows[column].eq(union["seat"]).fillna(False).all(),
        "the union has no room": facts.firms > int(union["spare"]),
        "several counties": len(facts.counties) > 1,
        "unknown counts though none may be assumed": bool(facts.unknown and not options.workers_if_unknown),
    }
    return [fault for fault, hit in tests.items() if hit]


def _interrupted(drafts: Sequence[Draft], along: pd.DataFrame) -> list[str]:
    """Street pieces must not overlap: sorted by where they begin, each ends before the next begins."""
    pieces: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for draft in drafts:
        if draft.kind == "street":
            at = along.loc[list(draft.members), "chainage_m"]
            pieces.setdefault((draft.seat, draft.jurisdiction), []).append(
                (int(at.min()), int(at.max()), draft.group_id)
            )
    faults = []
    for ends in pieces.values():
        ordered = sorted(ends)
        faults += [f"{b[2]} begins before {a[2]} ends" for a, b in pairwise(ordered) if b[0] < a[1]]
    return faults


def _numbers(rows: pd.DataFrame, at: pd.Series) -> tuple[str, str] | None:
    numbers = rows.loc[at.index, "house_no"].dropna()
    return (str(numbers.iloc[0]), str(numbers.iloc[-1])) if len(numbers) else None


def _may_leave(counts: list[int], options: JointOptions) -> int:
    """Largest k such that the group holds after its k largest members leave."""
    total, left = sum(counts), 0
    for gone, count in enumerate(counts, start=1):
        total -= count
        if total < options.min_workers or len(counts) - gone < options.min_firms:
            break
        left = gone
    return left
