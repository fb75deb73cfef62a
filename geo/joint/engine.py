"""The order in which seats are served: existing unions, buildings and markets, zones, streets, villages.

Each step takes what it can from the firms that are left, in canonical order, with integers only and nothing random. The
next engine may let all kinds compete; it will return the same ``Draft``s.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.joint.options import JointOptions
from geo.joint.streets import cut

Integers = npt.NDArray[np.int64]
Row = dict[str, Any]
Rows = dict[Any, Row]


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


def group(pool: pd.DataFrame, unions: pd.DataFrame, *, options: JointOptions) -> list[Draft]:
    """Group candidates into joint unions.

    Parameters
    ----------
    pool : ``seats.candidates``
    unions : ``existing.existing``
    options : thresholds and prices

    Returns
    -------
    drafts in the order of their making; no candidate stands in two
    """
    return _by_steps(pool, unions, STEPS, options)


def leftover_steps(pool: pd.DataFrame, unions: pd.DataFrame, *, options: JointOptions) -> list[Draft]:
    """Take the last steps of the cascade, for whom no place, street or village has taken."""
    return _by_steps(pool, unions, STEPS[-2:], options)


def _by_steps(pool: pd.DataFrame, unions: pd.DataFrame, steps: "Sequence[Step]", options: JointOptions) -> list[Draft]:
    table = pool if options.workers_if_unknown else pool[pool["known"]]
    table = table.rename_axis("key").reset_index().sort_values("rank").astype("object")
    rows = table.where(table.notna(), None).to_dict("records")
    left = {str(row["key"]): row for row in rows}
    hosts = unions.astype("object").where(unions.notna(), None).to_dict("index")
    drafts: list[Draft] = []
    for step in steps:
        made = list(step(left, hosts, options))
        taken = {key for draft in made for key in draft.members}
        left = {key: row for key, row in left.items() if key not in taken}
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
        self.least_workers, self.least_units = options.min_workers, options.min_firms

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


def _to_unions_of_places(left: Rows, unions: Rows, options: JointOptions) -> Iterator[Draft]:
    """Firms join an existing joint union of their place while it has room: nothing new has to be founded."""
    return _attached(left, {key: union for key, union in unions.items() if union["kind"] != "town"}, options)


def _to_unions_of_towns(left: Rows, unions: Rows, options: JointOptions) -> Iterator[Draft]:
    """Firms for which no union of their own place can be founded join the joint union of their town."""
    return _attached(left, {key: union for key, union in unions.items() if union["kind"] == "town"}, options)


def _attached(left: Rows, unions: Rows, options: JointOptions) -> Iterator[Draft]:
    at: dict[tuple[str, str], list[str]] = {}
    for kind in sorted({union["kind"] for union in unions.values() if union["seat"]}):
        for key, row in left.items():
            at.setdefault((kind, row[kind]), []).append(key)
    taken: set[str] = set()
    for union_id, union in unions.items():
        if union["seat"] and union["spare"] > 0:
            near = (key for key in at.get((union["kind"], union["seat"]), ()) if key not in taken)
            joining = [key for key in near if admitted(left[key], union, options)][: union["spare"]]
            if joining:
                taken.update(joining)
                yield Draft("existing", union_id, "", 1, 1, tuple(sorted(joining)))


def admitted(firm: Row, union: Row, options: JointOptions) -> bool:
    """Whether a firm at the union's seat lies in its jurisdiction: its county; along a street its town and span."""
    if union["county"] and firm["county"] != union["county"]:
        return False
    if union["kind"] != "street":
        return True
    if union["from_m"] is None or firm["chainage_m"] is None or firm["street_town"] != union["town"]:
        return False
    first, last = min(firm["chainage_m"], union["from_m"]), max(firm["chainage_m"], union["to_m"])
    return bool(last - first <= options.street_span_m)


def _in_places(left: Rows, kind: str, most: int, options: JointOptions) -> Iterator[Draft]:
    """Every place of a kind, cut at county borders; the firms stand in the order of their rank."""
    members: dict[tuple[str, str], list[str]] = {}
    for key, row in left.items():
        if row[kind] is not None:
            members.setdefault((row[kind], row["county"] or ""), []).append(key)
    for (seat, county), keys in sorted(members.items()):
        workers = np.array([left[key]["workers"] for key in keys], dtype=np.int64)
        ranges = parts_of(workers, _firsts([left[key]["unit"] for key in keys]), most=most, options=options)
        for part, (first, end) in enumerate(ranges, start=1):
            yield Draft(kind, seat, county, part, len(ranges), tuple(sorted(keys[first:end])))


def _firsts(units: Sequence[Any]) -> Integers:
    """1 where an employer occurs first, 0 where it is repeated."""
    first = dict(zip(reversed(units), range(len(units) - 1, -1, -1), strict=True))
    return np.array([first[unit] == place for place, unit in enumerate(units)], dtype=np.int64)


def _in_buildings(left: Rows, _: Rows, options: JointOptions) -> Iterator[Draft]:
    return _in_places(left, "building", options.max_firms_in_place, options)


def _in_markets(left: Rows, _: Rows, options: JointOptions) -> Iterator[Draft]:
    return _in_places(left, "market", options.max_firms_in_place, options)


def _in_zones(left: Rows, _: Rows, options: JointOptions) -> Iterator[Draft]:
    """Zones that one union can hold; in a larger one streets and villages are nearer to the workers and come first."""
    size = Counter(row["zone"] for row in left.values())
    small = {key: row for key, row in left.items() if size[row["zone"]] <= options.max_firms}
    return _in_places(small, "zone", options.max_firms_in_place, options)


def _in_large_zones(left: Rows, _: Rows, options: JointOptions) -> Iterator[Draft]:
    return _in_places(left, "zone", options.max_firms_in_place, options)


def _in_villages(left: Rows, _: Rows, options: JointOptions) -> Iterator[Draft]:
    return _in_places(left, "village", options.max_firms, options)


def _on_streets(left: Rows, _: Rows, options: JointOptions) -> Iterator[Draft]:
    """Pieces of streets, cut inside each town (inside the county where the town is not known)."""
    lying = sorted(
        (row["street"], _jurisdiction(row), row["chainage_m"], key)
        for key, row in left.items()
        if row["street"] is not None and row["chainage_m"] is not None
    )
    where = [row[:2] for row in lying]
    changes = [0, *(before != after for before, after in pairwise(where))]
    units = [(place, left[row[3]]["unit"]) for place, row in zip(where, lying, strict=True)]
    pieces = cut(
        np.array([row[2] for row in lying], dtype=np.int64),
        np.array([left[row[3]]["workers"] for row in lying], dtype=np.int64),
        np.cumsum(np.array(changes[: len(lying)], dtype=np.int64)),
        unit=_firsts(units),
        options=options,
    )
    count: Counter[tuple[str, str]] = Counter()
    for first, end in pieces:
        count[where[first]] += 1
        yield Draft("street", *where[first], count[where[first]], 0, tuple(sorted(row[3] for row in lying[first:end])))


def _jurisdiction(firm: Row) -> str:
    """County and town of a firm on a street, as far as known; a street is cut where either changes."""
    return "/".join(part for part in (firm["county"], firm["street_town"]) if part)


Step = Callable[[Rows, Rows, JointOptions], Iterator[Draft]]

STEPS: tuple[Step, ...] = (
    _to_unions_of_places,
    _in_buildings,
    _in_markets,
    _in_zones,
    _on_streets,
    _in_villages,
    _to_unions_of_towns,
    _in_large_zones,
)
"""The order in which seats are served; a policy of the project."""
