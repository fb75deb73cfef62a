"""Single points that must be doubted: rounded to a few decimals, or far from the county that their own text names."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.registry.gates.verdict import DEGREE_M

COARSE_DECIMALS = 2
"""A point with no more decimals than this is off by up to 700 m: kept, and told (our own choice)."""
COARSE_FROM = 3
"""Fewer such points are rough pins of a person, no rounded file."""
OTHER_COUNTY_M = 3_000.0
"""A point this far outside of the county its text names is not used; no wrong datum moves so far (our own choice)."""
MOST_DECIMALS = 7

Fault = tuple[str, dict[str, Any]]


def decimals(lon: pd.Series, lat: pd.Series) -> pd.Series:
    """Return how many decimals each point has as delivered, the finer of its two numbers; NA without a position."""
    values = np.stack([lon.to_numpy(dtype="float64"), lat.to_numpy(dtype="float64")])
    count = np.full(values.shape, MOST_DECIMALS)
    for places in range(MOST_DECIMALS - 1, -1, -1):
        scaled = values * 10.0**places
        count[np.abs(scaled - np.round(scaled)) <= 1e-7 * 10.0**places] = places
    result = pd.Series(count.max(axis=0), index=lon.index, dtype="Int64")
    return result.mask((lon.isna() | lat.isna()).to_numpy())


def coarse_points(lon: pd.Series, lat: pd.Series) -> dict[Any, Fault]:
    """Return ``POSITION_COARSE`` for points of few decimals, with the most that they may be off."""
    count = decimals(lon, lat)
    found = count[(count <= COARSE_DECIMALS).fillna(value=False)]
    if len(found) < COARSE_FROM:
        return {}
    return {row: ("POSITION_COARSE", {"decimals": int(n), "about_m": about_m(int(n))}) for row, n in found.items()}


def about_m(places: int) -> int:
    """Return half the diagonal of a cell of that many decimals, in metres."""
    return round(0.5 * DEGREE_M * 10.0**-places * 1.31)


def far_from_county(points: pd.DataFrame, outlines: Mapping[str, Any], names: Mapping[str, str]) -> dict[Any, Fault]:
    """Return ``POSITION_OTHER_COUNTY`` for points far outside the county they name.

    ``points`` has ``lon``, ``lat`` (WGS-84) and ``county`` (code, "" if none is named); ``outlines`` holds shapes and
    ``names`` names by code. The detail says the county named, how far off the point is, and where it lies.
    """
    result: dict[Any, Fault] = {}
    for code, part in points[points["county"].isin(list(outlines))].groupby("county"):
        spots = shapely.points(part["lon"].to_numpy(dtype="float64"), part["lat"].to_numpy(dtype="float64"))
        shape = outlines[str(code)]
        shapely.prepare(shape)
        outside = np.flatnonzero(~shapely.dwithin(shape, spots, OTHER_COUNTY_M / DEGREE_M))
        for place in outside.tolist():
            away = _distance_m(spots[place], shape)
            if away > OTHER_COUNTY_M:
                inside = next((other for other, its in outlines.items() if its.covers(spots[place])), "")
                detail = {"county": names.get(str(code), str(code)), "distance_m": round(away)}
                result[part.index[place]] = ("POSITION_OTHER_COUNTY", {**detail, "lies_in": names.get(inside, "")})
    return result


def outside_all(points: pd.DataFrame, outlines: Mapping[str, Any]) -> int:
    """Return how many points lie in none of the outlines, with a few kilometres of grace."""
    if not outlines:
        return 0
    spots = shapely.points(points["lon"].to_numpy(dtype="float64"), points["lat"].to_numpy(dtype="float64"))
    near = np.zeros(len(spots), dtype=bool)
    for shape in outlines.values():
        shapely.prepare(shape)
        near |= shapely.dwithin(shape, spots, OTHER_COUNTY_M / DEGREE_M)
    return int((~near).sum())


def _distance_m(spot: Any, shape: Any) -> float:
    nearest = shapely.get_coordinates(shapely.shortest_line(spot, shape))
    (x1, y1), (x2, y2) = nearest[0], nearest[-1]
    return float(np.hypot((x2 - x1) * np.cos(np.radians(y1)), y2 - y1) * DEGREE_M)
