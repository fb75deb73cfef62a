"""Whether a firm could sit anywhere: for each seat it may use, all who could sit there with it, grouped or not.

Decided seat by seat: workers of one seat and employers of another make no union. A seat along a street is an address
with the unbroken row of firms within half a span to either side, one around an address all within reach of it.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.joint.options import JointOptions
from geo.joint.problem import Flags, Integers, ranges
from geo.joint.seats import PLACE_KINDS, metres

FAR_M = 10_000_000
"""Towns are laid so far apart that no firm reaches over."""
AT_ONCE = 2_000
"""Addresses whose surroundings are looked at together."""


def reach(pool: pd.DataFrame, asked: pd.Index, options: JointOptions, *, borders: bool) -> pd.DataFrame:
    """Return whether firms have a seat at all, and one at which enough could sit.

    Parameters
    ----------
    pool : ``seats.candidates``, those that count
    asked : keys of the firms in question, a part of the pool
    borders : whether a union stays in its county, along a street and around an address in its town

    Returns
    -------
    by key of ``asked``: ``seat``, ``enough``
    """
    seat = pd.Series(data=False, index=pool.index)
    enough = seat.copy()
    for kind in PLACE_KINDS:
        here = pool[pool[kind].notna()]
        seat[here.index] = True
        enough[here.index] |= _in_places(here, kind, options, borders=borders)
    lying = pool[pool["street"].notna() & pool["chainage_m"].notna()]
    seat[lying.index] = True
    enough[lying.index] |= _along_streets(lying, options, borders=borders)
    if options.reach_m:
        placed = pool[pool["lon"].notna()]
        seat[placed.index] = True
        open_ = placed.index[placed.index.isin(asked) & ~enough[placed.index]]
        enough[open_] = _around(placed, open_, options, borders=borders)
    return pd.DataFrame({"seat": seat, "enough": enough}).reindex(asked)


def _in_places(here: pd.DataFrame, kind: str, options: JointOptions, *, borders: bool) -> Flags:
    keys = [here[kind], here["county"].fillna("")] if borders else [here[kind]]
    place = here.groupby(keys, sort=False).ngroup().to_numpy("int64")
    count = int(place.max()) + 1 if len(here) else 0
    first = ~pd.DataFrame({"place": place, "unit": here["unit"].to_numpy()}).duplicated().to_numpy()
    workers = np.bincount(place, weights=here["workers"].to_numpy("int64"), minlength=count)
    good = (workers >= options.min_workers) & (np.bincount(place[first], minlength=count) >= options.min_firms)
    return np.asarray(good[place], dtype=bool)


def _along_streets(lying: pd.DataFrame, options: JointOptions, *, borders: bool) -> pd.Series:
    """Whether any address within half a span, with no gap too wide between, has a row of enough around it."""
    within = lying["county"].fillna("") + "/" + lying["street_town"].fillna("")
    rows = lying.assign(run=lying["street"] + "|" + (within if borders else "")).sort_values(["run", "chainage_m"])
    at, half = rows["chainage_m"].to_numpy("int64"), options.street_span_m // 2
    other = np.diff(rows.groupby("run", sort=False).ngroup().to_numpy("int64"), prepend=0) != 0
    chain = np.cumsum(other | (np.diff(at, prepend=0) > options.street_gap_m))
    far = (int(at.max()) if len(at) else 0) + half + 1
    line = chain * 2 * far + at
    first, end = np.searchsorted(line, line - half, side="left"), np.searchsorted(line, line + half, side="right")
    workers = np.concatenate([[0], np.cumsum(rows["workers"].to_numpy("int64"))])
    good = workers[end] - workers[first] >= options.min_workers
    good &= end - first - _repeated(rows["unit"], first, end) >= options.min_firms
    open_ = np.concatenate([[0], np.cumsum(good)])
    return pd.Series(open_[end] > open_[first], index=rows.index).reindex(lying.index)


def _repeated(unit: pd.Series, first: Integers, end: Integers) -> Integers:
    """Of the rows ``first`` to before ``end``, both ascending, how many repeat an employer that stands before."""
    number, n = pd.factorize(unit)[0], len(unit)
    order = np.lexsort((np.arange(n), number))
    again = np.flatnonzero(np.diff(number[order], prepend=-1) == 0)
    here, before = order[again], order[again - 1]
    start, stop = np.searchsorted(end, here, side="right"), np.searchsorted(first, before, side="right")
    hit = start < stop
    steps = np.bincount(start[hit], minlength=n + 1) - np.bincount(stop[hit], minlength=n + 1)
    return np.cumsum(steps)[:n].astype(np.int64)


def _around(placed: pd.DataFrame, asked: pd.Index, options: JointOptions, *, borders: bool) -> Flags:
    """Whether any address within reach of each firm asked about has enough within its own reach."""
    if not len(asked):
        return np.zeros(0, dtype=bool)
    x, y = metres(placed["lon"], placed["lat"], float(placed["east"].iloc[0]))
    town = pd.factorize(placed["town"])[0] * FAR_M if borders else np.zeros(len(placed), np.int64)
    spots, spot = np.unique(np.stack([x - x.min(), y - y.min(), town], axis=1), axis=0, return_inverse=True)
    spot = spot.reshape(-1)
    tree = cKDTree(spots.astype("float64"))
    mine = spot[placed.index.get_indexer(asked)]
    ours = np.unique(mine)
    seats = np.unique(np.concatenate([near for _here, near in _near(tree, ours, options.reach_m)]))
    good = np.zeros(len(spots), dtype=bool)
    good[seats] = _enough_around(tree, seats, placed, spot, options)
    open_ = np.zeros(len(spots), dtype=bool)
    for here, near in _near(tree, ours, options.reach_m):
        open_[here[good[near]]] = True
    return np.asarray(open_[mine], dtype=bool)


def _enough_around(
    tree: cKDTree, seats: Integers, placed: pd.DataFrame, spot: Integers, options: JointOptions
) -> Flags:
    """Whether enough lie within reach of each seat, employers with several records there counted once."""
    twice = placed["unit"].duplicated(keep=False).to_numpy()
    workers = np.bincount(spot, weights=placed["workers"].to_numpy("int64"), minlength=tree.n)
    single = np.bincount(spot[~twice], minlength=tree.n)
    unit = pd.factorize(placed["unit"])[0].astype(np.int64)
    held = np.unique(np.stack([spot[twice], unit[twice]], axis=1), axis=0)
    begins = np.searchsorted(held[:, 0], np.arange(tree.n + 1))
    mass, heads, many = np.zeros(tree.n), np.zeros(tree.n, np.int64), int(unit.max()) + 1
    for here, near in _near(tree, seats, options.reach_m):
        mass += np.bincount(here, weights=workers[near], minlength=tree.n)
        heads += np.bincount(here, weights=single[near], minlength=tree.n).astype(np.int64)
        count = begins[near + 1] - begins[near]
        pairs = np.unique(np.repeat(here, count) * many + held[ranges(begins[near], count), 1])
        heads += np.bincount(pairs // many, minlength=tree.n)
    return np.asarray((mass[seats] >= options.min_workers) & (heads[seats] >= options.min_firms), dtype=bool)


def _near(tree: cKDTree, spots: Integers, reach_m: int) -> Iterator[tuple[Integers, Integers]]:
    """Pairs of each spot and one within reach of it, itself included; all pairs of one spot come together."""
    for start in range(0, len(spots), AT_ONCE):
        some = spots[start : start + AT_ONCE]
        found = cKDTree(tree.data[some]).sparse_distance_matrix(tree, reach_m, output_type="ndarray")
        yield some[found["i"]], found["j"].astype(np.int64)
