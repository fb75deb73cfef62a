"""Lists of firms and rankings of places."""

import geopandas as gpd
import pandas as pd

from geo.coverage import UNPLACED, measure
from geo.frames import SURVEYED_UNIONS
from geo.gaps.columns import Columns
from geo.gaps.filters import KINDS, Filter
from geo.gaps.floors import floors

_NO_UNIONS = SURVEYED_UNIONS.empty()


def select(firms: pd.DataFrame, chosen: Filter) -> pd.DataFrame:
    """Return the rows of FIRMS that meet a filter, in their order."""
    return firms[Columns(firms).rows(chosen)]


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
