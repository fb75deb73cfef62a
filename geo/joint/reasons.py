"""Why a group is suggested, what to be careful about, why a firm is left over: codes and figures, no words."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from geo.joint.check import Facts
from geo.joint.engine import Draft, admitted
from geo.joint.options import JointOptions
from geo.joint.reach import reach

Reason = list[Any]
"""``[code, {detail}]``."""

LEFT_CODES = ("R1", "R2", "R3", "R4", "R5", "R6")
"""R1 too few workers or employers in reach of every seat · R2 those in reach are better used elsewhere · R3 only the
border of a jurisdiction is in the way · R4 no usable place · R5 the union in reach is full · R6 workers unknown."""


SEVERAL_BLOCKS = 3
"""Blocks from which a building is said to be a complex or a housing estate; our own choice."""

_COARSE = {
    "building": ("street", "market", "zone", "village", "town", "county", "none"),
    "market": ("street", "zone", "village", "town", "county", "none"),
    "zone": ("zone", "village", "town", "county", "none"),
}
"""Levels at which a member of a group is known to be there, but not where in it."""


def of_group(draft: Draft, facts: Facts, *, hosts: pd.DataFrame, options: JointOptions) -> list[Reason]:
    """Reasons of a group in order of weight; every figure is the checker's."""
    reasons: list[Reason] = []
    existing = draft.kind == "existing"
    if existing:
        union = hosts.loc[draft.seat]
        reasons.append(_room(union))
        reasons.append(["same_place", {"kind": str(union["kind"]), "place": str(union["seat"]), "firms": facts.firms}])
    elif draft.kind == "street":
        reasons.append(["along_street", _street(facts)])
    elif draft.kind == "community":
        reasons.append(["around_address", {"firms": facts.firms, "farthest_m": facts.farthest_m}])
    else:
        reasons.append(["same_place", {"kind": draft.kind, "place": draft.seat, "firms": facts.firms}])
    if len(facts.towns) == 1 and not facts.town_unknown:
        reasons.append(["same_town", {"town": facts.towns[0]}])
    if not existing:
        reasons.append(_enough_of(facts, options))
        reasons.append(["law", {"rule": "F3", "min_units": options.min_units, "units": facts.units}])
        reasons.append(["may_leave", {"firms": facts.spread}])
    if draft.parts > 1:
        reasons.append(["part_of_place", {"part": draft.part, "parts": draft.parts}])
    return reasons


def _room(union: pd.Series) -> Reason:
    """Say what a union holds by its own account and by the firms linked to it; they differ."""
    detail = {"spare": int(union["spare"]), "checked": int(union["checked"])}
    if pd.isna(union["reported"]):
        return ["existing_union_unreported", detail]
    return ["existing_union", {**detail, "reported": int(union["reported"])}]


def _street(facts: Facts) -> dict[str, Any]:
    ends = {"from_m": facts.from_m, "to_m": facts.to_m, "widest_gap_m": facts.widest_gap_m}
    return {"firms": facts.firms, **ends, "numbers": list(facts.numbers or ())}


def _enough_of(facts: Facts, options: JointOptions) -> Reason:
    counted = facts.workers + facts.unknown * options.workers_if_unknown
    least = {"min_workers": options.min_workers, "min_firms": options.min_firms}
    detail = {"workers": counted, "firms": facts.firms, **least}
    if not facts.unknown:
        return ["enough", detail]
    return ["enough_estimated", {**detail, "unknown": facts.unknown, "each": options.workers_if_unknown}]


def cautions(draft: Draft, facts: Facts, *, options: JointOptions) -> list[Reason]:
    """What to check before acting on a group."""
    coarse = sum(n for level, n in facts.levels.items() if level in _COARSE.get(draft.kind, ()))
    notes: list[tuple[bool, Reason]] = [
        (facts.unknown > 0, ["workers_assumed", {"firms": facts.unknown, "each": options.workers_if_unknown}]),
        (len(facts.towns) > 1, ["several_towns", {"towns": list(facts.towns)}]),
        (facts.town_unknown > 0, ["town_unknown", {"firms": facts.town_unknown}]),
        (len(facts.counties) == 0, ["county_unknown", {"firms": facts.firms}]),
        (facts.by_numbers, ["distance_from_numbers", {"metres_per_number": options.metres_per_number}]),
        (coarse > 0, ["coarse_places", {"firms": coarse}]),
        (facts.blocks >= SEVERAL_BLOCKS, ["several_blocks", {"blocks": facts.blocks}]),
        (facts.firms > options.advise_sections_above, ["advise_sections", {"firms": facts.firms}]),
        (draft.kind != "existing" and facts.spread == 0, ["fragile", {"largest": facts.largest}]),
    ]
    return [note for hit, note in notes if hit]


def left_over(pool: pd.DataFrame, drafts: Sequence[Draft], *, unions: pd.DataFrame, options: JointOptions) -> pd.Series:
    """Return why each candidate outside all drafts is left over, by key: one of ``LEFT_CODES``.

    The figures that prove it are told by ``certificates``, from the rows.
    """
    taken = {key for draft in drafts for key in draft.members}
    left = pool[~pool.index.isin(taken)]
    counted = pool if options.workers_if_unknown else pool[pool["known"]]
    asked = left.index.intersection(counted.index)
    inside = reach(counted, asked, options, borders=True)
    short = inside.index[inside["seat"] & ~inside["enough"]]
    across = reach(counted, short, options, borders=False)
    code = pd.Series("R2", index=left.index, dtype="string")
    code[short] = "R1"
    code[across.index[across["enough"]]] = "R3"
    code[_full(left, unions, drafts, options)] = "R5"
    code[inside.index[~inside["seat"]]] = "R4"
    code[~code.index.isin(asked)] = "R6"
    return code


def _full(pool: pd.DataFrame, unions: pd.DataFrame, drafts: Sequence[Draft], options: JointOptions) -> pd.Series:
    """Firms that a union could take in that has no room, or none any more after those who join it now."""
    joining = pd.Series({draft.seat: len(draft.members) for draft in drafts if draft.kind == "existing"}, dtype="int64")
    full = unions[unions["seat"].notna() & (unions["spare"] <= joining.reindex(unions.index).fillna(0))]
    result = pd.Series(data=False, index=pool.index)
    for union in full.astype("object").where(full.notna(), None).to_dict("records"):
        here = pool[pool[union["kind"]].eq(union["seat"]).fillna(value=False)].astype("object")
        rows = here.where(here.notna(), None).to_dict("index")
        result[[key for key, row in rows.items() if admitted(row, union, options)]] = True
    return result
