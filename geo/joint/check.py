"""The second opinion: recompute every group from the survey's rows, trusting nothing the engine says.

What it finds is what pages and lists print about a group.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from geo.errors import AtlasError
from geo.joint.engine import Draft
from geo.joint.options import JointOptions

_COLUMN = {"building": "building", "market": "market", "zone": "zone", "street": "street", "village": "village_code"}
_COLUMN |= {"town": "town_code"}
_BLOCK = re.compile(r"(?P<name>[A-Za-z]|\d{1,3}|[一二三四五六七八九十]{1,3})(?:幢|座|栋|号楼|楼)")
"""附 and what stands behind it is of the same block."""


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
    blocks: int
    """Of a group in a building: distinct blocks or towers that its addresses name."""
    largest: int
    """Workers of the largest member."""
    farthest_m: int | None
    """Of a union around an address: how far its farthest member is from it."""
    spread: int
    """How many of the largest members may leave before the group falls below the minimum; 0 if none may."""


class Evidence:
    """What a check reads of FIRMS and the chainages, by enterprise key; never the tables of the engine."""

    def __init__(self, firms: pd.DataFrame, keys: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(keys))
        names = ["gap", "eligible", "size_class", "path", "workers", "uscc", "org_code", "house_no", "level", "unit"]
        names += ["county_code", "town_code", "building", "market", "zone", "street", "village_code", "lon", "lat"]
        table = firms.loc[wanted, [*names, "chainage_m", "chainage_by"]].astype("object")
        table = table.where(table.notna(), None)
        self.rows: dict[str, dict[str, Any]] = {
            key: dict(zip(table.columns, values, strict=True))
            for key, values in zip(wanted, table.itertuples(index=False, name=None), strict=True)
        }

    def of(self, draft: Draft) -> list[dict[str, Any]]:
        """Rows of a draft's members, in order."""
        return [self.rows[key] for key in draft.members]


def recompute(draft: Draft, evidence: Evidence, *, options: JointOptions) -> Facts:
    """Count a draft's facts from the survey's rows."""
    rows = evidence.of(draft)
    known = [int(row["workers"]) for row in rows if row["workers"] is not None]
    counts = sorted([*known, *[options.workers_if_unknown] * (len(rows) - len(known))], reverse=True)
    lying = sorted((row for row in rows if row["chainage_m"] is not None), key=lambda row: int(row["chainage_m"]))
    at = [int(row["chainage_m"]) for row in lying] if draft.kind == "street" else []
    numbers = [str(row["house_no"]) for row in lying if row["house_no"] is not None] if at else []
    return Facts(
        firms=len(rows),
        workers=sum(known),
        unknown=len(rows) - len(known),
        units=len({_unit(key, row) for key, row in zip(draft.members, rows, strict=True)}),
        towns=_words(rows, "town_code"),
        town_unknown=sum(row["town_code"] is None for row in rows),
        counties=_words(rows, "county_code"),
        levels=dict(sorted(Counter(str(row["level"]) for row in rows).items())),
        from_m=at[0] if at else None,
        to_m=at[-1] if at else None,
        widest_gap_m=max((later - earlier for earlier, later in pairwise(at)), default=0) if at else None,
        by_numbers=bool(at) and any(row["chainage_by"] == "number" for row in lying),
        numbers=(numbers[0], numbers[-1]) if numbers else None,
        blocks=len({block for row in rows if (block := _block(row["unit"]))}) if draft.kind == "building" else 0,
        largest=counts[0],
        farthest_m=max(_metres(draft.seat, row) for row in rows) if draft.kind == "community" else None,
        spread=_may_leave(counts, options),
    )


def check(drafts: Sequence[Draft], evidence: Evidence, *, unions: pd.DataFrame, options: JointOptions) -> list[Facts]:
    """Verify that every draft keeps every rule and return the facts of each, in order.

    Raises
    ------
    CheckError
        Naming every broken rule of every group.
    """
    seen = Counter(key for draft in drafts for key in draft.members)
    faults = [f"{key} stands in {n} groups" for key, n in seen.items() if n > 1]
    seats = unions.astype("object").to_dict("index")
    result = []
    for draft in drafts:
        facts, rows = recompute(draft, evidence, options=options), evidence.of(draft)
        found = _members(rows)
        if draft.kind == "existing":
            found += _attached(facts, rows, union=seats[draft.seat], options=options)
        else:
            found += _founded(draft, facts, rows, options=options)
        faults += [f"{draft.group_id}: {fault}" for fault in found]
        result.append(facts)
    faults += _overlapping(drafts, result)
    if faults:
        raise CheckError("; ".join(faults[:20]), detail={"faults": faults})
    return result


def _block(unit: str | None) -> str | None:
    """Name of the block or tower that a unit says (A座 and A楼 are one), None if it says none."""
    found = _BLOCK.match(unit or "")
    return found["name"].upper() if found else None


def _unit(key: str, row: dict[str, Any]) -> str:
    uscc = row["uscc"]
    return str(row["org_code"] or (uscc[8:17] if uscc else key))


def _words(rows: list[dict[str, Any]], column: str) -> tuple[str, ...]:
    return tuple(sorted({str(row[column]) for row in rows if row[column] is not None}))


def _members(rows: list[dict[str, Any]]) -> list[str]:
    faults = []
    if not all(row["gap"] and row["eligible"] for row in rows):
        faults.append("a member is covered or not in the denominator")
    if any(row["size_class"] == "25_and_over" or row["path"] in ("own_must", "own_promote") for row in rows):
        faults.append("a member is large enough for its own union")
    return faults


def _founded(draft: Draft, facts: Facts, rows: list[dict[str, Any]], *, options: JointOptions) -> list[str]:
    most = options.max_firms_in_place if draft.kind in ("building", "market", "zone") else options.max_firms
    column = _COLUMN.get(draft.kind)
    tests = {
        "members lie in several places": column is not None and any(row[column] != draft.seat for row in rows),
        "too few firms": facts.firms < options.min_firms or facts.units < options.min_units,
        "too many firms": facts.firms > most,
        "too few workers": facts.workers + facts.unknown * options.workers_if_unknown < options.min_workers,
        "several counties": len(facts.counties) > 1,
        "unknown counts though none may be assumed": bool(facts.unknown and not options.workers_if_unknown),
    }
    if draft.kind == "street":
        tests["too long"] = (facts.to_m or 0) - (facts.from_m or 0) > options.street_span_m
        tests["a gap too wide"] = (facts.widest_gap_m or 0) > options.street_gap_m
        tests["several towns"] = len(facts.towns) > 1
        tests["a place on the street is unknown"] = any(row["chainage_m"] is None for row in rows)
    if draft.kind == "community":
        tests["a member is out of reach"] = (facts.farthest_m or 0) > 1.01 * options.reach_m + 2
        tests["several towns"] = len(facts.towns) != 1 or facts.town_unknown > 0
    return [fault for fault, hit in tests.items() if hit]


def _metres(seat: str, row: dict[str, Any]) -> int:
    """Metres from a seat at an address to a firm, by the scale of the place itself; very far without a position."""
    if row["lon"] is None:
        return 10**6
    lon, lat = (float(part) for part in seat.split(","))
    east = math.cos(math.radians(lat))
    return round(6_371_008.8 * math.hypot(math.radians(row["lon"] - lon) * east, math.radians(row["lat"] - lat)))


def _attached(facts: Facts, rows: list[dict[str, Any]], *, union: dict[str, Any], options: JointOptions) -> list[str]:
    column = _COLUMN[str(union["kind"])]
    tests = {
        "members lie elsewhere than the union": any(row[column] != union["seat"] for row in rows),
        "the union has no room": facts.firms > int(union["spare"]),
        "several counties": len(facts.counties) > 1,
        "unknown counts though none may be assumed": bool(facts.unknown and not options.workers_if_unknown),
    }
    return [fault for fault, hit in tests.items() if hit]


def _overlapping(drafts: Sequence[Draft], facts: Sequence[Facts]) -> list[str]:
    """Street pieces must not overlap: sorted by where they begin, each ends before the next begins."""
    pieces: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for draft, known in zip(drafts, facts, strict=True):
        if draft.kind == "street" and known.from_m is not None and known.to_m is not None:
            pieces.setdefault((draft.seat, draft.jurisdiction), []).append((known.from_m, known.to_m, draft.group_id))
    ordered = [pair for ends in pieces.values() for pair in pairwise(sorted(ends))]
    return [f"{later[2]} begins before {earlier[2]} ends" for earlier, later in ordered if later[0] < earlier[1]]


def _may_leave(counts: list[int], options: JointOptions) -> int:
    """Largest k such that the group holds after its k largest members leave."""
    total, left = sum(counts), 0
    for gone, count in enumerate(counts, start=1):
        total -= count
        if total < options.min_workers or len(counts) - gone < options.min_firms:
            break
        left = gone
    return left
