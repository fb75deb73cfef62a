"""What a draft of boundaries would change: land, firms and unions that move, figures before and after.

It is counted as the next survey will count; it is no forecast of what the survey finds besides.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.coverage import UNPLACED
from geo.zones.difference import difference
from geo.zones.plan import Plan
from geo.zones.tally import Ground, moves, tally

FIGURES = ("eligible", "workers", "unions", "covered", "rate", "gap", "under_25", "unlocated")
"""Columns of a tally that the statement shows."""

COUNTED = tuple(name for name in FIGURES if name != "rate")


@dataclass(frozen=True, eq=False)
class Impact:
    """The statement: ``changes`` by zone (``geo.zones.difference``, rounding left out), ``moved`` (``moves``), tallies.

    ``before`` and ``after`` are tallies by place key with ``UNPLACED`` last: firms in no zone.
    """

    changes: gpd.GeoDataFrame
    moved: pd.DataFrame
    before: pd.DataFrame
    after: pd.DataFrame

    @property
    def firms(self) -> pd.DataFrame:
        """The enterprises that move."""
        return self.moved[self.moved["kind"].eq("firm")]

    @property
    def unions(self) -> pd.DataFrame:
        """The unions that move."""
        return self.moved[self.moved["kind"].eq("union")]

    @cached_property
    def figures(self) -> pd.DataFrame:
        """``FIGURES`` of each zone whose figures or land change, of all that is in no zone if that does.

        Columns ``before_…`` and ``after_…``; NA where the zone is not there yet, or no more.
        """
        both = [
            frame[list(FIGURES)].add_prefix(f"{name}_")
            for name, frame in (("before", self.before), ("after", self.after))
        ]
        keys = [*dict.fromkeys([*self.after.index[:-1], *self.before.index[:-1]]), UNPLACED]
        table = both[0].reindex(keys).join(both[1].reindex(keys))
        differs = pd.Series(data=False, index=table.index)
        for name in COUNTED:
            one, other = table[f"before_{name}"], table[f"after_{name}"]
            differs |= ~((one == other) | (one.isna() & other.isna()))
        counts = {f"{side}_{name}": "Int64" for side in ("before", "after") for name in COUNTED}
        return table[differs | table.index.isin(self.changes.index)].astype(counts)

    @cached_property
    def digest(self) -> str:
        """A short text that another impact does not have: what was seen is what is approved."""
        shapes = [
            shapely.to_wkb(shape, hex=True) if shape is not None else ""
            for name in ("added", "taken")
            for shape in self.changes[name]
        ]
        told = [
            list(self.changes.index), self.changes["change"].tolist(), [list(facts) for facts in self.changes["facts"]],
            shapes, list(self.moved.index), self.moved[["from", "to"]].fillna("").to_numpy().tolist(),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]


def impact(
    before: Plan,
    after: Plan,
    ground: Ground,
    *,
    others: gpd.GeoDataFrame,
    renamed: Mapping[str, str | None],
    county: str | None = None,
) -> Impact:
    """Return what changes between two plans.

    Parameters
    ----------
    ground : firms and unions of one survey
    others : PLACES with the zones outside of the plans, which hold firms too
    renamed : by key of a zone that is no more, the key that an address naming it will mean, None for none
    county : of what is in no zone, only that of this county is counted; None for all
    """
    found = difference(before, after)
    return Impact(
        found[found["change"].ne("rounded")],
        moves(before, after, ground, others=others, renamed=renamed),
        tally(before, ground, others=others, county=county),
        tally(after, ground, others=others, renamed=renamed, county=county),
    )


def heirs(before: Plan, after: Plan, merges: Iterable[tuple[Iterable[str], str]]) -> dict[str, str | None]:
    """Return the heir of each zone that is no more: what it was merged into, at last, or None.

    Parameters
    ----------
    merges : zones and the key they were put together under, in the order in which it was done
    """
    into: dict[str, str] = {}
    for keys, key in merges:
        into.update({one: key for one in keys if one != key})
        into.pop(key, None)
    return {key: _last(key, into, after) for key in before if key not in after}


def _last(key: str, into: Mapping[str, str], after: Plan) -> str | None:
    seen: set[Any] = set()
    while key in into and key not in seen:
        seen.add(key)
        key = into[key]
    return key if key in after else None
