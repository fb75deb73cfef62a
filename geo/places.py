"""Which places a located firm lies in: by the names of its address and, where it has a position, by geometry."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.frames import LOCATIONS, PLACES
from geo.gazetteer import Entity

_KINDS = ("zone", "building", "market", "street")
_INSIDE = ("zone", "building", "market")
EXACT_LEVELS = ("building", "number", "market")
"""Levels of a position that lies in outlines; a coarser one tells of no place but its own."""

BY_OUTLINE = "IN_OUTLINE"
"""Reason that a place was told by its outline and not by the address."""

_METRES_PER_DEGREE = 111_320.0


def assign(locations: pd.DataFrame, places: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return ``LOCATIONS`` with the places filled that geometry tells and the address did not.

    A position of level building, number or market lies in the smallest zone, building or market outline around it, and
    in the county outline around it if no county was resolved. An identity read from the address is never overwritten:
    where the outline disagrees by more than the radius, the reason ``OUTLINE_DISAGREES`` is added and the status
    becomes review; where a border is nearer than the radius, ``NEAR_BORDER`` is added. Rows without a position stay.
    """
    result = LOCATIONS.conform(locations)
    located = result["lon"].notna() & result["lat"].notna() & result["level"].isin(EXACT_LEVELS)
    if not located.any():
        return result
    rows = np.flatnonzero(located.to_numpy())
    points = shapely.points(result["lon"].to_numpy()[rows], result["lat"].to_numpy()[rows])
    extra: dict[int, list[list[object]]] = {}
    inside: dict[int, list[list[object]]] = {}
    tree = shapely.STRtree(points)
    for kind in _INSIDE:
        _fill(result, rows, tree, _polygons(places, places["kind"] == kind), kind, inside)
    today = outlines[(outlines["level"] == "county") & outlines["valid_to"].isna()] if len(outlines) else outlines
    _counties(result, rows, points, today, extra)
    return _explained(result, extra, inside)


def told_by_outline(firms: pd.DataFrame, kind: str) -> np.ndarray:
    """Whether the zone, building or market of each row of FIRMS was told by its outline alone.

    Without the reasons (a survey read slim) every place of a row whose position lies in outlines is taken as told so.
    """
    if "location_reasons" not in firms.columns:
        return (firms["level"].isin(EXACT_LEVELS) & firms[kind].notna()).to_numpy(dtype=bool)
    told = np.zeros(len(firms), dtype=bool)
    rows = np.flatnonzero(firms[kind].notna().to_numpy(dtype=bool))
    for row, reasons in zip(rows.tolist(), firms["location_reasons"].iloc[rows].tolist(), strict=True):
        for code, detail in reversed(list(reasons) if isinstance(reasons, Sequence) else ()):  # behind all others
            if code != BY_OUTLINE:
                break
            told[row] |= detail["kind"] == kind
    return told


def with_named(places: gpd.GeoDataFrame, entities: Mapping[str, Entity], locations: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return ``PLACES`` with those added that ``LOCATIONS`` name although no layer holds them.

    A zone that only an alias of a division tells (南通经济技术开发区) is such a place: its name and county are known,
    its outline is not.
    """
    used = pd.unique(pd.concat([locations[kind] for kind in _KINDS]).dropna())
    new = [entities[key] for key in sorted(set(used) - set(places.index)) if key in entities]
    if not new:
        return places
    columns = {"kind": "kind", "name": "name", "county_code": "county", "town_code": "town", "origin": "origin"}
    rows = {column: [getattr(entity, field) for entity in new] for column, field in columns.items()}
    added = PLACES.conform(pd.DataFrame(rows, index=[entity.key for entity in new]))
    return PLACES.conform(pd.concat([places, added]))


def _polygons(places: gpd.GeoDataFrame, chosen: pd.Series) -> gpd.GeoSeries:
    shapes = places.geometry[chosen]
    areal = shapes.notna() & shapes.geom_type.isin(["Polygon", "MultiPolygon"])
    return shapes[areal]


def _fill(
    result: pd.DataFrame,
    rows: np.ndarray,
    points: shapely.STRtree,
    shapes: gpd.GeoSeries,
    kind: str,
    inside: dict[int, list[list[object]]],
) -> None:
    """Give each point the smallest shape around it, where the address named none."""
    if shapes.empty:
        return
    outlines = np.asarray(shapes.array)
    shape, at = points.query(outlines, predicate="intersects")  # the one asked for is prepared: few shapes, many points
    by_size = np.lexsort((shapes.index.to_numpy().astype(str), shapely.area(outlines)))
    rank = np.empty(len(shapes), dtype="int64")
    rank[by_size] = np.arange(len(shapes))
    smallest = np.full(len(rows), len(shapes), dtype="int64")
    np.minimum.at(smallest, at, rank[shape])
    keys = result[kind].astype("object").to_numpy().copy()
    told = [[BY_OUTLINE, {"kind": kind, "place": key}] for key in shapes.index]  # one value a place, not one a firm
    for k in np.flatnonzero(smallest < len(shapes)):
        row, found = int(rows[k]), by_size[smallest[k]]
        if pd.isna(keys[row]):
            keys[row] = shapes.index[found]
            inside.setdefault(row, []).append(told[found])
    result[kind] = pd.array(keys, dtype="string")


def _counties(
    result: pd.DataFrame,
    rows: np.ndarray,
    points: np.ndarray,
    outlines: gpd.GeoDataFrame,
    extra: dict[int, list[list[object]]],
) -> None:
    """Compare the county read from the address with the outline around the position; fill it where it is missing."""
    if not len(outlines):
        return
    names = outlines.index.to_numpy().astype(object)
    shapes, borders = np.asarray(outlines.geometry.array), shapely.boundary(np.asarray(outlines.geometry.array))
    shapely.prepare(shapes)
    shapely.prepare(borders)
    order, at = np.unique(shapely.STRtree(shapes).query(points, predicate="intersects"), axis=1)
    order, first = np.unique(order, return_index=True)
    around, rows, points = at[first], rows[order], points[order]
    codes = result["county_code"].astype("object").to_numpy().copy()
    radius = np.nan_to_num(result["radius_m"].to_numpy()[rows]) / _METRES_PER_DEGREE
    near = shapely.dwithin(borders[around], points, radius)
    known = {name: k for k, name in enumerate(names)}
    for row, found, close, point, reach in zip(rows, names[around], near, points, radius, strict=True):
        told = codes[row]
        if pd.isna(told):
            codes[row] = found
        elif told != found and told in known:
            if not shapely.dwithin(shapes[known[told]], point, reach):
                extra.setdefault(int(row), []).append(["OUTLINE_DISAGREES", {"outline": found, "address": told}])
        elif close:
            extra.setdefault(int(row), []).append(["NEAR_BORDER", {"county": found}])
    result["county_code"] = pd.array(codes, dtype="string")


def _explained(
    result: pd.DataFrame, extra: dict[int, list[list[object]]], inside: dict[int, list[list[object]]]
) -> pd.DataFrame:
    reasons = result["reasons"].tolist()
    status = result["status"].astype("object").to_numpy().copy()
    for row, added in extra.items():
        reasons[row] = added + list(reasons[row])
        if any(code == "OUTLINE_DISAGREES" for code, _ in added):
            status[row] = "review"
    for row, told in inside.items():
        reasons[row] = [*reasons[row], *told]
    return result.assign(reasons=reasons, status=pd.array(status, dtype="string"))
