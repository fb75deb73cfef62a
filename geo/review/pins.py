"""Places, villages and towns that firms name and nobody has put on the map."""

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.coverage import PRECISE
from geo.review.items import WEIGHTS, Candidate, Counts, Item

_ORDER = {
    level: rank
    for rank, level in enumerate(
        ("building", "number", "market", "street", "zone", "village", "town", "county", "none")
    )
}
"""Levels, finest first."""
_KINDS = ("building", "market", "street", "zone")
_CLOSED_BY = frozenset(("pin", "alias", "forbid", "place", "retype"))
_LEAST_GIVEN, _LEAST_INSIDE = 1, 3
_COARSE = ("village_code", "town_code")


def pins(
    firms: pd.DataFrame,
    places: gpd.GeoDataFrame,
    divisions: pd.DataFrame,
    counts: Counts,
    near: Mapping[str, list[str]],
) -> Iterator[Item]:
    """Yield an item for each place without a position that at least one firm would be located by.

    ``near`` names for a place the places whose name is similar.
    """
    nowhere = firms["lon"].isna().to_numpy()
    counties = firms["county_code"].to_numpy(dtype=object, na_value="")
    rank = firms["level"].map(_ORDER).to_numpy(dtype=float)
    shown = places.geometry.notna() & ~places.geometry.is_empty if len(places) else pd.Series(dtype=bool)
    for kind in _KINDS:
        helped = nowhere | (rank > max(_ORDER[kind], _ORDER["number"]))
        for key, rows in _grouped(firms[kind], helped).items():
            if key not in places.index or shown[key]:
                continue
            place = places.loc[key]
            yield counts.item(
                f"pin:{key}", "pin", rows, weight=WEIGHTS[kind], subject=key, place_kind=kind,
                name=str(place["name"]), county=_text(place["county_code"]), closed_by=_CLOSED_BY,
                subjects=frozenset((key,)), candidates=(*_given(firms, rows), *_similar(near.get(key, ()), places)),
            )  # fmt: skip
    middles = _middles(firms, divisions)
    for level, column in (("village", "village_code"), ("town", "town_code")):
        coarse = _grouped(firms[column], nowhere & firms["level"].eq(level).to_numpy(dtype=bool))
        for code, rows in coarse.items():
            known = code in divisions.index
            if known and pd.notna(divisions.at[code, "lon"]):
                continue
            inside = [middles[code]] if code in middles else []
            yield counts.item(
                f"pin:{code}", "pin", rows, weight=WEIGHTS[level], subject=code, place_kind=level,
                name=str(divisions.at[code, "name"]) if known else code, county=str(counties[rows[0]]),
                closed_by=frozenset(("pin",)),
                subjects=frozenset((code,)), candidates=(*_given(firms, rows), *inside),
            )  # fmt: skip


def _middles(firms: pd.DataFrame, divisions: pd.DataFrame) -> dict[str, Candidate]:
    """Return for each village and town the middle (median) of the distinct points that are known to lie in it.

    These are firms at a door, building or market, and, for a town, its villages; of fewer than ``_LEAST_INSIDE`` points
    none is made. It is a proposal for a person to confirm: a middle of what happens to be known is not a seat.
    """
    precise = firms[firms["level"].isin(PRECISE) & firms["lon"].notna()]
    villages = divisions[divisions["level"].eq("village") & divisions["lon"].notna() & divisions["valid_to"].isna()]
    parts = [precise[[column, "lon", "lat"]].set_axis(["key", "lon", "lat"], axis=1) for column in _COARSE]
    parts.append(villages[["parent", "lon", "lat"]].set_axis(["key", "lon", "lat"], axis=1))
    groups = pd.concat(parts).dropna().drop_duplicates().groupby("key")
    table = groups[["lon", "lat"]].median().assign(points=groups.size())
    table = table[table["points"] >= _LEAST_INSIDE]
    return {
        str(row.Index): Candidate("", "point", "inside", float(row.lon), float(row.lat), firms=int(row.points))
        for row in table.itertuples()
    }


def _grouped(keys: pd.Series, chosen: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rows of each key, among those chosen."""
    used = chosen & keys.notna().to_numpy()
    numbers, names = pd.factorize(keys.to_numpy(dtype=object)[used], sort=True)
    at = np.flatnonzero(used)
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers, minlength=len(names)))
    return dict(zip(names.tolist(), np.split(at[order], ends[:-1]), strict=True)) if len(names) else {}


def _given(firms: pd.DataFrame, rows: np.ndarray) -> Iterator[Candidate]:
    """Yield the middle of the positions that the register itself gives for these firms."""
    lon, lat = (firms[name].to_numpy(dtype=float, na_value=np.nan)[rows] for name in ("given_lon", "given_lat"))
    known = ~np.isnan(lon) & ~np.isnan(lat)
    if known.sum() >= _LEAST_GIVEN:
        middle = float(np.median(lon[known])), float(np.median(lat[known]))
        yield Candidate("", "point", "register", *middle, firms=int(known.sum()))


def _similar(keys: list[str] | tuple[str, ...], places: gpd.GeoDataFrame) -> Iterator[Candidate]:
    for key in keys:
        shape = places.geometry[key]
        point = shape.representative_point() if shape is not None and not shape.is_empty else None
        where = (point.x, point.y) if point is not None else (float("nan"), float("nan"))
        yield Candidate(key, str(places.at[key, "kind"]), "name", *where)


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)
