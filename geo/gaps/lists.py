"""Lists of firms and rankings of places."""

import geopandas as gpd
import pandas as pd

from geo.coverage import PRECISE, UNLOCATED, UNPLACED, measure
from geo.frames import SURVEYED_UNIONS
from geo.gaps.filters import CHOICES, KINDS, SWITCHES, Filter
from geo.gaps.floors import floors

_NO_UNIONS = SURVEYED_UNIONS.empty()


def select(firms: pd.DataFrame, chosen: Filter) -> pd.DataFrame:
    """Return the rows of FIRMS that meet a filter, in their order."""
    keep = pd.Series(data=True, index=firms.index)
    for name, column in CHOICES.items():
        allowed = getattr(chosen, name)
        if allowed:
            keep &= firms[column].fillna(UNPLACED).isin(allowed)
    for name, column in SWITCHES.items():
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


def walk(firms: pd.DataFrame) -> pd.DataFrame:
    """Return rows of FIRMS in the order of a walk: by street, house number, building, block, floor and room.

    County, town and village come first, unless all stand on one street, which is then walked from end to end. Numbers
    count as numbers (9号 before 88号, floor -1 before 1); what is not known stands last; a floor that only the room
    tells counts as that floor; ties by key, so the order of the input does not matter.
    """
    numbers = {
        name: pd.to_numeric(texts.str.extract(r"(-?\d+)", expand=False), errors="coerce").astype("float64")
        for name, texts in (
            ("door", firms["house_no"]),
            ("block", firms["unit"]),
            ("storey", floors(firms)["floor"]),
            ("door_in", firms["room"]),
        )
    }
    words = firms[["county_code", "town_code", "village_code", "street", "building", "market"]]
    table = words.assign(**numbers, block_name=firms["unit"], room_name=firms["room"], key=firms.index)
    area = ["county_code", "town_code", "village_code", "street"]
    inside = ["door", "building", "market", "block", "block_name", "storey", "door_in", "room_name"]
    one_street = firms["street"].notna().all() and firms["street"].nunique() == 1
    order = [*inside, *area, "key"] if one_street else [*area, *inside, "key"]
    return firms.loc[table.sort_values(order, na_position="last").index]


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
    "unions_own_uncounted",
    "members",
    "members_unknown",
    "unit_workers",
    "census_units",
    "rate_census",
    "rate_members",
    "rate_members_unionised",
    "flags",
)
