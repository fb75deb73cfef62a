"""Why a group is suggested, what to be careful about, why a firm is left over: codes and figures, no words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.joint.check import Facts
from geo.joint.engine import Draft
from geo.joint.options import JointOptions
from geo.joint.seats import metres

FAR_M = 10_000_000
"""Towns are laid so far apart that no firm reaches over."""

Reason = list[Any]
"""``[code, {detail}]``."""

LEFT_CODES = ("R1", "R2", "R3", "R4", "R5", "R6")
"""R1 too few workers in reach of every seat · R2 those in reach are better used elsewhere · R3 only the border of a
jurisdiction is in the way · R4 no usable place · R5 the only union in reach is full · R6 workers unknown."""


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
        (facts.firms > options.advise_sections_above, ["advise_sections", {"firms": facts.firms}]),
        (draft.kind != "existing" and facts.spread == 0, ["fragile", {"largest": facts.largest}]),
    ]
    return [note for hit, note in notes if hit]


def left_over(
    pool: pd.DataFrame, drafts: Sequence[Draft], *, unions: pd.DataFrame, options: JointOptions
) -> pd.DataFrame:
    """Why each candidate outside all drafts is left over, with the certificate.

    Returns
    -------
    by enterprise key: ``left_because`` (one of ``LEFT_CODES``), ``reach_workers`` (the most workers at any one seat
    the firm may use, itself included; an upper bound along streets) and ``reach_firms``. R1 holds where even this
    bound is too small.
    """
    taken = {key for draft in drafts for key in draft.members}
    left = pool.index[~pool.index.isin(taken)]
    inside, across = _reach(pool, left, options, borders=True), _reach(pool, left, options, borders=False)
    table = pd.DataFrame({"reach_workers": inside["workers"], "reach_firms": inside["firms"]}, index=pool.index)
    code = pd.Series("R2", index=pool.index, dtype="string")
    code[~_enough(inside, options)] = "R1"
    code[~_enough(inside, options) & _enough(across, options)] = "R3"
    code[_full(pool, unions, drafts)] = "R5"
    code[inside["firms"] == 0] = "R4"
    if not options.workers_if_unknown:
        code[~pool["known"]] = "R6"
    table.insert(0, "left_because", code)
    return table[~pool.index.isin(taken)]


def _enough(reach: pd.DataFrame, options: JointOptions) -> pd.Series:
    return (reach["workers"] >= options.min_workers) & (reach["firms"] >= options.min_firms)


def _reach(pool: pd.DataFrame, left: pd.Index, options: JointOptions, *, borders: bool) -> pd.DataFrame:
    """The largest sums of workers and of firms over the seats each firm may use; zero where it has none."""
    counted = pool if options.workers_if_unknown else pool[pool["known"]]
    best = pd.DataFrame({"workers": 0, "firms": 0}, index=pool.index)
    for kind in ("building", "market", "zone", "village"):
        here = counted[counted[kind].notna()]
        keys = [here[kind], here["county"].fillna("")] if borders else [here[kind]]
        sums = here.groupby(keys)["workers"]
        found = pd.DataFrame({"workers": sums.transform("sum"), "firms": sums.transform("size")})
        best = best.combine(found.reindex(best.index).fillna(0), np.maximum)
    for found in (
        _street_reach(counted, options, borders=borders), around_reach(counted, left, options, borders=borders)
    ):  # fmt: skip
        best = best.combine(found.reindex(best.index).fillna(0), np.maximum)
    return best


def around_reach(pool: pd.DataFrame, left: pd.Index, options: JointOptions, *, borders: bool) -> pd.DataFrame:
    """The largest sums around any one address in reach of each firm of ``left``; firms without a position have no row.

    Parameters
    ----------
    pool : ``seats.candidates``
    borders : whether a union stays within a town
    """
    lying = pool[pool["lon"].notna()] if options.reach_m else pool[:0]
    asked = lying[lying.index.isin(left)]
    if not len(asked):
        return pd.DataFrame({"workers": 0, "firms": 0}, index=asked.index)
    x, y = metres(lying["lon"], lying["lat"], float(lying["east"].iloc[0]))
    town = pd.factorize(lying["town"])[0] * FAR_M if borders else np.zeros(len(lying))
    spots = np.stack([x - x.min(), y - y.min(), town], axis=1).astype("float64")
    tree, workers = cKDTree(spots), lying["workers"].to_numpy("int64")
    near = tree.query_ball_point(spots[lying.index.get_indexer(asked.index)], options.reach_m)
    mass, count = np.zeros(len(lying), dtype=np.int64), np.zeros(len(lying), dtype=np.int64)
    for seat in np.unique(np.concatenate(near)).astype(np.int64).tolist():
        there = tree.query_ball_point(spots[seat], options.reach_m)
        mass[seat], count[seat] = workers[there].sum(), len(there)
    best = {"workers": [mass[seats].max() for seats in near], "firms": [count[seats].max() for seats in near]}
    return pd.DataFrame(best, index=asked.index)


def _street_reach(pool: pd.DataFrame, options: JointOptions, *, borders: bool) -> pd.DataFrame:
    """Sums over the unbroken row of firms within a span to either side: no piece can hold more."""
    lying = pool[pool["street"].notna() & pool["chainage_m"].notna()]
    within = lying["county"].fillna("") + "/" + lying["street_town"].fillna("")
    lying = lying.assign(run=lying["street"] + "|" + (within if borders else "")).sort_values(["run", "chainage_m"])
    at = lying["chainage_m"].to_numpy("int64")
    other = np.diff(lying.groupby("run", sort=False).ngroup().to_numpy("int64"), prepend=0) != 0
    chain = np.cumsum(other | (np.diff(at, prepend=0) > options.street_gap_m))
    far = (int(at.max()) if len(at) else 0) + options.street_span_m + 1
    line = chain * 2 * far + at
    first = np.searchsorted(line, line - options.street_span_m, side="left")
    end = np.searchsorted(line, line + options.street_span_m, side="right")
    mass = np.concatenate([[0], np.cumsum(lying["workers"].to_numpy("int64"))])
    return pd.DataFrame({"workers": mass[end] - mass[first], "firms": end - first}, index=lying.index)


def _full(pool: pd.DataFrame, unions: pd.DataFrame, drafts: Sequence[Draft]) -> pd.Series:
    """Firms at the seat of a union that has no room, or none any more after those who join it now."""
    joining = pd.Series({draft.seat: len(draft.members) for draft in drafts if draft.kind == "existing"}, dtype="int64")
    full = unions[unions["seat"].notna() & (unions["spare"] <= joining.reindex(unions.index).fillna(0))]
    result = pd.Series(data=False, index=pool.index)
    for kind, seats in full.groupby("kind")["seat"]:
        result |= pool[str(kind)].isin(set(seats)).fillna(False).astype(bool)
    return result
