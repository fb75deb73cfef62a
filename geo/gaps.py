"""Gaps: which firms have no union, chosen by any property, and which places hold most of them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.coverage import PRECISE, UNLOCATED, UNPLACED, measure
from geo.coverage.path import legal_path
from geo.frames import SURVEYED_UNIONS

_NO_UNIONS = SURVEYED_UNIONS.empty()

__all__ = ["FIGURES", "KINDS", "Filter", "by_place", "legal_path", "opened", "select"]

KINDS = MappingProxyType(
    {
        "county": "county_code",
        "town": "town_code",
        "village": "village_code",
        "zone": "zone",
        "building": "building",
        "market": "market",
        "street": "street",
    }
)
"""Kinds of places and the column of FIRMS that holds their key."""

_CHOICES = MappingProxyType(
    dict(KINDS)
    | {
        "sector": "sector",
        "ownership": "ownership",
        "size": "size_class",
        "primary": "primary",
        "union": "union_id",
        "path": "path",
        "reason": "reason",
        "stage": "stage",
        "level": "level",
        "location": "location_status",
        "excluded": "excluded_because",
        "group": "group_id",
        "left": "left_because",
        "source": "source",
    }
)
_SWITCHES = MappingProxyType(
    {
        "eligible": "eligible",
        "covered": "covered",
        "gap": "gap",
        "secondary": "secondary",
        "federation_only": "federation_only",
        "party_org": "party_org",
        "top500": "top500",
    }
)


@dataclass(frozen=True)
class Filter:
    """A choice of firms; every condition that is set must hold.

    A tuple names the allowed values, ``UNPLACED`` ("") among them means "not known"; an empty tuple allows all. A
    switch is True, False (also where unknown) or None for either.
    """

    county: tuple[str, ...] = ()
    town: tuple[str, ...] = ()
    village: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    building: tuple[str, ...] = ()
    market: tuple[str, ...] = ()
    street: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    primary: tuple[str, ...] = ()
    union: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    location: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    """Firms with any of these flags."""
    federation: tuple[str, ...] = ()
    """Firms under any of these federations."""
    eligible: bool | None = None
    covered: bool | None = None
    gap: bool | None = None
    secondary: bool | None = None
    federation_only: bool | None = None
    party_org: bool | None = None
    top500: bool | None = None
    located: bool | None = None
    """Placed in a town or finer, with or without a point."""
    precise: bool | None = None
    """Placed at a building, number or market."""
    point: bool | None = None
    """With a position that may be drawn."""
    workers_known: bool | None = None
    text: str = ""
    """Words, each of which must occur in name, credit code or address."""

    def but(self, **changes: Any) -> "Filter":
        """Return a copy with some conditions replaced."""
        return replace(self, **changes)

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that are set, by field name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) not in ((), None, "")}


FIGURES: Mapping[str, Filter] = MappingProxyType(
    {
        "firms": Filter(),
        "eligible": Filter(eligible=True),
        "excluded": Filter(eligible=False),
        "covered": Filter(eligible=True, covered=True),
        "own": Filter(eligible=True, primary=("own",)),
        "joint": Filter(eligible=True, primary=("joint",)),
        "federation_counted": Filter(eligible=True, covered=True, primary=("none",)),
        "primary_any": Filter(eligible=True, primary=("own", "joint")),
        "covered_units": Filter(primary=("own", "joint")),
        "gap": Filter(gap=True),
        "gap_25": Filter(gap=True, size=("25_and_over",)),
        "gap_under_25": Filter(gap=True, size=("under_25",)),
        "gap_unknown": Filter(gap=True, size=("unknown",)),
        "gap_workers": Filter(gap=True, workers_known=True),
        "gap_workers_unknown": Filter(gap=True, workers_known=False),
        "workers": Filter(eligible=True, workers_known=True),
        "workers_unknown": Filter(eligible=True, workers_known=False),
        "covered_workers": Filter(eligible=True, covered=True, workers_known=True),
        "eligible_25": Filter(eligible=True, size=("25_and_over",)),
        "own_25": Filter(eligible=True, size=("25_and_over",), primary=("own",)),
        "without_own_25": Filter(eligible=True, size=("25_and_over",), primary=("joint", "none")),
        "secondary": Filter(eligible=True, secondary=True),
        "located": Filter(eligible=True, located=True),
        "unlocated": Filter(eligible=True, located=False),
        "precise": Filter(eligible=True, precise=True),
    }
)
"""The list of firms behind each count of ``coverage.measure``: as many rows as the count says."""


def opened(figure: str, kind: str | None = None, key: str = UNPLACED) -> Filter:
    """Return the filter that opens the list behind one figure of one place; KeyError for an unknown figure or kind."""
    chosen = FIGURES[figure]
    if kind is None:
        return chosen
    if kind not in KINDS:
        raise KeyError(kind)
    return chosen.but(**{kind: (key,)})


def select(firms: pd.DataFrame, chosen: Filter) -> pd.DataFrame:
    """Return the rows of FIRMS that meet a filter, in their order."""
    keep = pd.Series(data=True, index=firms.index)
    for name, column in _CHOICES.items():
        allowed = getattr(chosen, name)
        if allowed:
            keep &= firms[column].fillna(UNPLACED).isin(allowed)
    for name, column in _SWITCHES.items():
        wanted = getattr(chosen, name)
        if wanted is not None:
            keep &= firms[column].fillna(False).astype(bool) == wanted
    for name, column in (("flag", "flags"), ("federation", "federations")):
        allowed = set(getattr(chosen, name))
        if allowed:
            keep &= firms[column].map(lambda values, allowed=allowed: not allowed.isdisjoint(values)).astype(bool)
    return firms[keep & _placed(firms, chosen) & _named(firms, chosen.text)]


def by_place(firms: pd.DataFrame, places: gpd.GeoDataFrame | pd.DataFrame, kind: str) -> pd.DataFrame:
    """Rank the places of a kind by what a visit reaches: firms without a union, then their workers.

    Parameters
    ----------
    firms : FIRMS, or a selection of them
    places : PLACES for zones, buildings, markets and streets, DIVISIONS for counties, towns and villages
    kind : a key of ``KINDS``

    Returns
    -------
    one row per place that holds firms, ``UNPLACED`` last: ``rank`` (1 is first; equal gaps share no rank, the key
    decides), ``name`` (NA if unknown), ``drawn`` (it has a geometry), the counts and rates of ``coverage.measure``
    that need no unions, each with its denominator.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    table = measure(firms, _NO_UNIONS, by=KINDS[kind]).drop(columns=list(_UNION_COLUMNS))
    known = places.reindex(table.index)
    table.insert(0, "name", known["name"].astype("string"))
    geometry = known["geometry"].notna() if "geometry" in known else known["lon"].notna()
    table.insert(1, "drawn", geometry.to_numpy())
    order = table.assign(last=table.index == UNPLACED, key=table.index).sort_values(
        ["last", "gap", "gap_workers", "key"], ascending=[True, False, False, True]
    )
    table = table.loc[order.index]
    table.insert(0, "rank", range(1, len(table) + 1))
    table.index.name = kind
    return table


def _placed(firms: pd.DataFrame, chosen: Filter) -> pd.Series:
    keep = pd.Series(data=True, index=firms.index)
    tests = {
        "located": ~firms["level"].isin(UNLOCATED),
        "precise": firms["level"].isin(PRECISE),
        "point": firms["lon"].notna() & firms["lat"].notna(),
        "workers_known": firms["workers"].notna(),
    }
    for name, holds in tests.items():
        wanted = getattr(chosen, name)
        if wanted is not None:
            keep &= holds.astype(bool) == wanted
    return keep


def _named(firms: pd.DataFrame, text: str) -> pd.Series:
    keep = pd.Series(data=True, index=firms.index)
    for word in text.split():
        found = pd.Series(data=False, index=firms.index)
        for column in ("name", "uscc", "address", "operating_address"):
            found |= firms[column].str.contains(word, case=False, regex=False, na=False).astype(bool)
        keep &= found
    return keep


_UNION_COLUMNS = (
    "unions",
    "unions_own",
    "unions_joint",
    "members",
    "members_unknown",
    "census_units",
    "rate_census",
    "rate_members",
    "rate_members_unionised",
    "flags",
)
