"""What a suggested union would mean: what it lifts, how much it withstands, who nearby is left out.

Figures are recomputed from FIRMS; nothing here decides who is grouped.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pandas as pd

from geo.coverage import PRECISE, UNPLACED
from geo.joint.options import JointOptions

NEAR_M = 300
"""How far around a group neighbours are looked for, metres; our own choice."""


def lifted(groups: pd.DataFrame, *, covered: int, eligible: int) -> pd.DataFrame:
    """Return what the groups lift, one after the other in their order: ``firms``, ``workers``, ``rate`` reached.

    Parameters
    ----------
    groups : GROUPS whose firms are disjoint and without a union
    covered, eligible : firms covered and in the denominator before

    Returns
    -------
    by group key, sums up to and with the group; ``rate`` is NaN without a denominator
    """
    sums = groups[["firms", "workers"]].cumsum()
    rate = (covered + sums["firms"]) / eligible if eligible else np.nan
    return sums.assign(rate=rate)


def next_ones(members: Mapping[str, Collection[str]], workers: pd.Series, *, most: int) -> pd.DataFrame:
    """Return the suggestions that reach most workers, one after the other; a firm in several counts with the first.

    Each is the one that adds most to those before it, of equals the one with more firms, then the first key. Where
    groups overlap, this greedy order reaches at least 63 % of what the best choice of so many could (Nemhauser, Wolsey
    and Fisher 1978); where they do not, it is the best.

    Parameters
    ----------
    members : firms of each suggestion, by its key
    workers : by firm; of those not in it, nothing is counted
    most : how many to return at most

    Returns
    -------
    by key: ``firms`` and ``workers`` that it adds to those before it
    """
    counts = workers.fillna(0).astype("int64").to_dict()
    left = {key: {firm for firm in firms if firm in counts} for key, firms in members.items()}
    rows: dict[str, tuple[int, int]] = {}
    while left and len(rows) < most:
        worth = {key: (sum(counts[firm] for firm in firms), len(firms)) for key, firms in left.items()}
        best = min(worth, key=lambda key: (-worth[key][0], -worth[key][1], key))
        if not worth[best][1]:
            break
        rows[best] = worth[best][1], worth[best][0]
        taken = left.pop(best)
        left = {key: firms - taken for key, firms in left.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["firms", "workers"])


def lifted_in(firms: pd.DataFrame, taken: Collection[str], *, by: str | None = None) -> pd.DataFrame:
    """Return what covering some firms does to the coverage rate, of all or by a column of FIRMS.

    Parameters
    ----------
    firms : FIRMS
    taken : enterprise keys; those covered already or out of the denominator add nothing
    by : column, as ``county_code``, firms without it as ``UNPLACED``; None for one row ``all``

    Returns
    -------
    where anything is added, those with most first: eligible, covered, firms and workers added (known counts only),
    before and after (rates, NaN without a denominator)
    """
    eligible = firms["eligible"].astype(bool)
    covered = firms["covered"].astype(bool) & eligible
    more = eligible & ~covered & firms.index.isin(list(taken))
    table = pd.DataFrame({
        "eligible": eligible.astype("int64"), "covered": covered.astype("int64"), "firms": more.astype("int64"),
        "workers": firms["workers"].where(more).fillna(0).astype("int64"),
    })  # fmt: skip
    key = pd.Series("all", index=firms.index) if by is None else firms[by].astype("object").fillna(UNPLACED)
    sums = table.groupby(key).sum()
    sums = sums[sums["firms"] > 0].sort_values(["workers", "firms"], ascending=False, kind="stable")
    base = sums["eligible"].astype("float64").where(sums["eligible"] > 0)
    return sums.assign(before=sums["covered"] / base, after=(sums["covered"] + sums["firms"]) / base)


NOT_INCLUDED = (
    "covered", "own_size", "not_counted", "other_group", "border", "full", "too_far", "elsewhere", "left_over",
)  # fmt: skip
"""Why a firm nearby is not in a group: it has a union · it is large enough for its own · it is not in the denominator ·
another group takes it · another county or, along a street, town · the group holds as many firms as it may · too far
along the street · near but not at the place · it stays over for another reason (``left_because`` tells)."""


def neighbours(
    firms: pd.DataFrame,
    members: pd.Index,
    seat: tuple[str, str] | None,
    *,
    near_m: int = NEAR_M,
    most: int | None = None,
) -> pd.Series:
    """Return the firms at the seat or near the group that are not in it, each with a code of ``NOT_INCLUDED``.

    Parameters
    ----------
    firms : FIRMS
    members : keys of the group's firms
    seat : column of FIRMS and value, None for a group without one
    near_m : firms placed precisely within so many metres of the middle of the members placed precisely are near
    most : firms that the group may hold, None if nobody knows
    """
    others = firms[~firms.index.isin(members)]
    hit = pd.Series(data=False, index=others.index)
    if seat is not None:
        hit |= others[seat[0]].eq(seat[1]).fillna(value=False).astype(bool)
    dots = firms[firms.index.isin(members) & firms["level"].isin(PRECISE) & firms["lon"].notna()]
    if len(dots):
        lon, lat = dots["lon"].median(), dots["lat"].median()
        east = (others["lon"] - lon) * 111_320 * np.cos(np.radians(lat))
        north = (others["lat"] - lat) * 110_540
        close = np.hypot(east, north) <= near_m
        hit |= (close & others["level"].isin(PRECISE)).fillna(value=False).astype(bool)
    found = others[hit]
    there = pd.Series(data=True, index=found.index) if seat is None else found[seat[0]].eq(seat[1]).fillna(value=False)
    street = seat is not None and seat[0] == "street"
    ours = firms[firms.index.isin(members)]
    border = found["county_code"].notna() & ~found["county_code"].isin(set(ours["county_code"].dropna()))
    if street:
        border |= found["town_code"].notna() & ~found["town_code"].isin(set(ours["town_code"].dropna()))
    told = np.select(
        [
            ~found["eligible"].astype(bool), found["covered"].astype(bool),
            found["group_id"].notna(), found["size_class"].eq("25_and_over"),
            border.astype(bool), np.full(len(found), most is not None and len(members) >= most),
            ~there.astype(bool), np.full(len(found), street),
        ],
        ["not_counted", "covered", "other_group", "own_size", "border", "full", "elsewhere", "too_far"], "left_over",
    )  # fmt: skip
    return pd.Series(told, index=found.index, dtype="string")


@dataclass(frozen=True)
class Sturdiness:
    """How much a group may lose before it falls below its minimum; nothing is asked of an existing union."""

    any_firms: int
    """So many firms may leave, whichever they are."""
    most_firms: int
    """So many may leave if they are the smallest."""
    workers: int
    """So many workers may go, spread over firms that stay."""
    critical: int
    """Firms of which each alone would break it."""
    largest: int
    """Workers of the largest firm."""


def sturdiness(workers: Sequence[int], units: int, *, options: JointOptions) -> Sturdiness:
    """Return what a group of firms with these workers withstands; ``units`` are its distinct employers.

    Each firm that leaves is taken to be an employer of its own, so nothing is promised that would not hold.
    """
    counts = sorted(workers, reverse=True)
    spare_units, spare = units - options.min_firms, sum(counts) - options.min_workers

    def leave(order: Sequence[int]) -> int:
        gone = list(accumulate(order))
        return sum(n <= spare_units and lost <= spare for n, lost in enumerate(gone, start=1))

    critical = len(counts) if spare_units < 1 else sum(count > spare for count in counts)
    return Sturdiness(leave(counts), leave(counts[::-1]), max(0, spare), critical, max(counts, default=0))


def holds_at(workers: int, counted: int, *, least: int) -> float:
    """Return the share by which counts may be too high before a group falls below the least workers, 0 to 1.

    ``workers`` are all of the group, ``counted`` those that rest on counts: assumed numbers are not doubted twice.
    """
    spare = workers - least
    return max(0.0, min(1.0, spare / counted)) if counted else 0.0
