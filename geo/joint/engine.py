"""The order in which seats are served: existing unions, buildings and markets, zones, streets, villages.

Each step takes what it can from the firms that are left, in canonical order, with integers only and nothing random. The
next engine may let all kinds compete; it will return the same ``Draft``s.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.joint.options import JointOptions
from geo.joint.streets import Weights, cut

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Draft:
    """A group before it is checked; ``seat`` is a place key, a village code or a union key."""

    kind: str
    seat: str
    jurisdiction: str
    part: int
    parts: int
    members: tuple[str, ...]

    @property
    def group_id(self) -> str:
        """Key of the group: stable while seat and part stay."""
        where = "" if self.kind == "existing" else f"@{self.jurisdiction}"
        return f"{self.kind}|{self.seat}{where}#{self.part}"


def group(pool: pd.DataFrame, unions: pd.DataFrame, *, options: JointOptions, weights: Weights) -> list[Draft]:
    """Group candidates into joint unions.

    Parameters
    ----------
    pool : ``seats.candidates``
    unions : ``seats.existing``
    options, weights : thresholds and prices

    Returns
    -------
    drafts in the order of their making; no candidate stands in two
    """
    left = pool if options.workers_if_unknown else pool[pool["known"]]
    drafts: list[Draft] = []
    for step in (_attached, _in_buildings, _in_markets, _in_zones, _on_streets, _in_villages, _in_large_zones):
        made = list(step(left, unions, options, weights))
        taken = [key for draft in made for key in draft.members]
        left = left.drop(index=taken)
        drafts += made
    return drafts


def parts_of(workers: Integers, unit: Integers, *, most: int, options: JointOptions) -> list[tuple[int, int]]:
    """Split firms in a given order into the fewest parts of nearly equal size, each within the thresholds.

    Returns
    -------
    half-open ranges; empty if not even one part meets the minimum, or no split does
    """
    n = len(workers)
    sums = _Sums(workers, unit, options)
    if not sums.admit(0, n):
        return []
    parts = -(-n // most)
    bounds = [n * part // parts for part in range(parts + 1)]
    even = list(pairwise(bounds))
    if all(sums.admit(*ends) for ends in even):
        return even
    return _least_squares(n, parts, most=most, sums=sums)


class _Sums:
    """Prefix sums over firms in order, to tell at once whether a range meets the minimum."""

    def __init__(self, workers: Integers, unit: Integers, options: JointOptions) -> None:
        self.mass, self.units = (np.concatenate([[0], np.cumsum(part)]) for part in (workers, unit))
        self.least_workers, self.least_units = options.min_workers, max(options.min_firms, options.min_units)

    def admit(self, first: Any, end: Any) -> Any:
        """Whether the firms from ``first`` to before ``end`` are enough; integers or arrays of them."""
        enough = self.mass[end] - self.mass[first] >= self.least_workers
        return enough & (self.units[end] - self.units[first] >= self.least_units)


def _least_squares(n: int, parts: int, *, most: int, sums: _Sums) -> list[tuple[int, int]]:
    """Exactly ``parts`` ranges with the least sum of squared sizes, by dynamic programming; empty if impossible."""
    far = np.iinfo(np.int64).max // 4
    cost = np.full(n + 1, far, dtype=np.int64)
    cost[0] = 0
    back = np.zeros((parts + 1, n + 1), dtype=np.int64)
    for part in range(1, parts + 1):
        new = np.full(n + 1, far, dtype=np.int64)
        for length in range(1, min(most, n) + 1):
            end = np.arange(length, n + 1)
            total = np.where(sums.admit(end - length, end), cost[end - length] + length**2, far)
            better = end[total < new[end]]
            new[better] = total[better - length]
            back[part, better] = better - length
        cost = new
    if cost[n] >= far:
        return []
    ranges, end_at = [], n
    for part in range(parts, 0, -1):
        ranges.append((int(back[part, end_at]), end_at))
        end_at = int(back[part, end_at])
    return ranges[::-1]


def _attached(left: pd.DataFrame, unions: pd.DataFrame, options: JointOptions, _: Weights) -> Iterator[Draft]:
    """Firms join an existing joint union of their place while it has room: nothing new has to be founded."""
    free = left
    for row in unions[unions["seat"].notna() & (unions["spare"] > 0)].itertuples():
        near = free[_admitted(free, row, options)]
        joining = near.sort_values("rank").index[: row.spare]
        if len(joining):
            yield Draft("existing", row.Index, "", 1, 1, tuple(sorted(joining)))
            free = free.drop(index=joining)


def _admitted(free: pd.DataFrame, union: Any, options: JointOptions) -> pd.Series:
    """Firms at the union's seat and in its jurisdiction: its county; along a street its town and within its span."""
    near = free[union.kind].eq(union.seat).fillna(False)
    if not pd.isna(union.county):
        near &= free["county"].eq(union.county).fillna(False)
    if union.kind != "street":
        return near
    if pd.isna(union.from_m):
        return near & False
    first, last = free["chainage_m"].clip(upper=union.from_m), free["chainage_m"].clip(lower=union.to_m)
    beside = (last - first <= options.street_span_m).fillna(False)
    return near & beside & free["town"].fillna("").eq("" if pd.isna(union.town) else union.town)


def _in_places(left: pd.DataFrame, kind: str, options: JointOptions) -> Iterator[Draft]:
    most = options.max_firms if kind == "village" else options.max_firms_in_place
    for (seat, county), members in left[left[kind].notna()].groupby([kind, left["county"].fillna("")], sort=True):
        ordered = members.sort_values("rank")
        ranges = parts_of(
            ordered["workers"].to_numpy(), (~ordered["unit"].duplicated()).to_numpy("int64"), most=most, options=options
        )
        for part, (first, end) in enumerate(ranges, start=1):
            yield Draft(kind, seat, county, part, len(ranges), tuple(sorted(ordered.index[first:end])))


def _in_buildings(left: pd.DataFrame, _: pd.DataFrame, options: JointOptions, __: Weights) -> Iterator[Draft]:
    return _in_places(left, "building", options)


def _in_markets(left: pd.DataFrame, _: pd.DataFrame, options: JointOptions, __: Weights) -> Iterator[Draft]:
    return _in_places(left, "market", options)


def _in_zones(left: pd.DataFrame, _: pd.DataFrame, options: JointOptions, __: Weights) -> Iterator[Draft]:
    """Zones that one union can hold; in a larger one streets and villages are nearer to the workers and come first."""
    size = left["zone"].map(left["zone"].value_counts())
    return _in_places(left[size <= options.max_firms], "zone", options)


def _in_large_zones(left: pd.DataFrame, _: pd.DataFrame, options: JointOptions, __: Weights) -> Iterator[Draft]:
    return _in_places(left, "zone", options)


def _in_villages(left: pd.DataFrame, _: pd.DataFrame, options: JointOptions, __: Weights) -> Iterator[Draft]:
    return _in_places(left, "village", options)


def _on_streets(left: pd.DataFrame, _: pd.DataFrame, options: JointOptions, weights: Weights) -> Iterator[Draft]:
    """Pieces of streets, cut inside each town (inside the county where the town is not known)."""
    lying = left[left["street"].notna() & left["chainage_m"].notna()]
    lying = lying.assign(within=lying["town"].fillna(lying["county"]).fillna(""), key=lying.index)
    lying = lying.sort_values(["street", "within", "chainage_m", "key"])
    run = lying.groupby(["street", "within"], sort=False).ngroup()
    pieces = cut(
        lying["chainage_m"].to_numpy("int64"),
        lying["workers"].to_numpy("int64"),
        run.to_numpy("int64"),
        unit=(~lying.assign(run=run).duplicated(["run", "unit"])).to_numpy("int64"),
        options=options,
        weights=weights,
    )
    count: dict[tuple[str, str], int] = {}
    for first, end in pieces:
        where = (lying["street"].iat[first], lying["within"].iat[first])
        count[where] = count.get(where, 0) + 1
        yield Draft("street", *where, count[where], 0, tuple(sorted(lying.index[first:end])))
