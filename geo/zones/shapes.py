"""Drawn shapes and lines, read from anybody's GeoJSON: taken as they are, or refused with what, where, what is right.

What changes nothing of the land is taken without a word: the turn of rings, points that stand twice in a row, heights,
a Feature around the geometry. Everything else is refused; where a repair is clear the error carries it as a preview.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.zones import folds, positions
from geo.zones.errors import ShapeError
from geo.zones.lattice import area_m2, polygonal, scale, to_degrees, to_lattice

MOST_POINTS = 200_000
"""Vertices that a shape may have: a county border of all its bends has tens of thousands."""

MOST_TEXT = 64_000_000
"""Characters of a GeoJSON text."""

LEAST_M2 = 1.0
"""Area below which a shape is a slip of the hand."""

_WRAPPERS = 2


def read_shape(geojson: Mapping[str, Any] | str, *, within: Any = None) -> Any:
    """Read a drawn Polygon or MultiPolygon.

    Parameters
    ----------
    geojson : geometry, Feature, or FeatureCollection of one, as mapping or text; EPSG:4326
    within : polygon in EPSG:4326 (the county) that the shape has to touch, and by which swapped axes are told

    Returns
    -------
    Polygon or MultiPolygon in EPSG:4326, valid, 2D, outer rings anticlockwise; coordinates as they came.

    Raises
    ------
    ShapeError
        With ``code`` of ``data/codes/zones.yaml`` (kind ``shape_fault``) and ``detail``.
    """
    geometry = _geometry(geojson, ("Polygon", "MultiPolygon"))
    rings = positions.polygons(geometry)
    _checked_positions(np.vstack([ring for part in rings for ring in part]), within, rings=rings)
    open_ring = next((ring for part in rings for ring in part if not np.array_equal(ring[0], ring[-1])), None)
    if open_ring is not None:
        closed = _assembled([[_closed(ring) for ring in part] for part in rings])
        raise _refusal("SHAPE_UNCLOSED", "a ring does not close", at=open_ring[0], repaired=closed)
    shape = _assembled(rings)
    _checked_shape(shape)
    _checked_county(shape, within)
    return shapely.orient_polygons(shape)


def read_line(geojson: Mapping[str, Any] | str, *, within: Any = None) -> Any:
    """Read a drawn LineString, with the same promises as ``read_shape``; it may not cross itself.

    Raises
    ------
    ShapeError
    """
    geometry = _geometry(geojson, ("LineString",))
    xy = positions.line(geometry)
    _checked_positions(xy, within)
    line = shapely.remove_repeated_points(shapely.linestrings(xy))
    if shapely.get_num_points(line) < 2 or shapely.length(line) == 0:
        raise _refusal("SHAPE_TOO_FEW_POINTS", "a line needs two different points", at=xy[0], least=2)
    if not shapely.is_simple(line):
        raise _refusal("LINE_CROSSES_ITSELF", "the line crosses itself", at=folds.crossing(line))
    _checked_county(line, within)
    return line


def lattice_shape(shape: Any) -> Any:
    """Return a polygon given as GeoJSON, text or geometry in EPSG:4326 on the lattice.

    Raises
    ------
    ShapeError
    """
    if isinstance(shape, Mapping | str):
        shape = read_shape(shape)
    elif getattr(shape, "geom_type", None) not in ("Polygon", "MultiPolygon"):
        raise _refusal("SHAPE_TYPE", "no polygon", found=str(getattr(shape, "geom_type", type(shape).__name__)))
    else:
        _checked_shape(shape)
    result = polygonal(shapely.remove_repeated_points(to_lattice(shape)))
    if result.is_empty or not shapely.is_valid(result):
        raise _refusal("SHAPE_TOO_SMALL", "nothing is left on the lattice", area_m2=0.0, least_m2=LEAST_M2)
    return result


def lattice_line(line: Any) -> Any:
    """Return a line given as GeoJSON, text or LineString in EPSG:4326 on the lattice.

    Raises
    ------
    ShapeError
    """
    if isinstance(line, Mapping | str):
        line = read_line(line)
    elif getattr(line, "geom_type", None) != "LineString" or line.is_empty:
        raise _refusal("SHAPE_TYPE", "no line", found=str(getattr(line, "geom_type", type(line).__name__)))
    return shapely.remove_repeated_points(to_lattice(line))


def _geometry(geojson: Mapping[str, Any] | str, kinds: tuple[str, ...]) -> Mapping[str, Any]:
    value = _parsed(geojson) if isinstance(geojson, str) else geojson
    for _ in range(_WRAPPERS):
        value = _unwrapped(value)
    found = value.get("type") if isinstance(value, Mapping) else type(value).__name__
    if found not in kinds:
        repaired = _collected(value) if isinstance(value, Mapping) and "Polygon" in kinds else None
        raise _refusal("SHAPE_TYPE", f"{found!r} is not {' or '.join(kinds)}", found=_short(found), repaired=repaired)
    coordinates = value.get("coordinates")
    if isinstance(coordinates, list | tuple) and len(coordinates) == 0:
        raise _refusal("SHAPE_EMPTY", "no coordinates")
    return value


def _parsed(text: str) -> Any:
    if len(text) > MOST_TEXT:
        raise _refusal("SHAPE_TOO_MANY_POINTS", "the text is too long", most=MOST_POINTS)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _refusal("SHAPE_NOT_JSON", "not JSON") from None


def _unwrapped(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if value.get("type") == "Feature":
        if value.get("geometry") is None:
            raise _refusal("SHAPE_EMPTY", "a feature without geometry")
        return value["geometry"]
    if value.get("type") == "FeatureCollection" and isinstance(value.get("features"), list | tuple):
        features = value["features"]
        if len(features) != 1:
            code = "SHAPE_TYPE" if features else "SHAPE_EMPTY"
            raise _refusal(code, "a collection of other than one feature", found=f"FeatureCollection ({len(features)})")
        return features[0]
    return value


def _collected(value: Mapping[str, Any]) -> Any:
    """The polygons of a collection as one, as a preview; None if there are none or they are not sound."""
    found: list[Any] = []
    waiting: list[Any] = [value]
    while waiting and len(found) < 1000:
        one = waiting.pop()
        if not isinstance(one, Mapping):
            return None
        if one.get("type") == "GeometryCollection" and isinstance(one.get("geometries"), list | tuple):
            waiting.extend(one["geometries"])
        elif one.get("type") in ("Polygon", "MultiPolygon"):
            try:
                found.append(read_shape(one))
            except ShapeError:
                return None
    return polygonal(shapely.union_all(found)) if found else None


def _checked_positions(xy: NDArray[np.float64], within: Any, *, rings: Any = None) -> None:
    if len(xy) > MOST_POINTS:
        raise _refusal("SHAPE_TOO_MANY_POINTS", "too many vertices", points=len(xy), most=MOST_POINTS)
    code, at = positions.fault(xy, within)
    if not code:
        return
    repaired = None
    if code == "SHAPE_SWAPPED_AXES" and rings is not None:
        repaired = _assembled([[_closed(ring[:, ::-1]) for ring in part] for part in rings])
    raise _refusal(code, "positions that cannot be", at=xy[at], repaired=repaired)


def _checked_shape(shape: Any) -> None:
    if shape.is_empty:
        raise _refusal("SHAPE_EMPTY", "an empty shape")
    if shapely.get_num_coordinates(shape) > MOST_POINTS:
        points = int(shapely.get_num_coordinates(shape))
        raise _refusal("SHAPE_TOO_MANY_POINTS", "too many vertices", points=points, most=MOST_POINTS)
    spike = folds.spike(shape)
    if spike is not None:
        raise _refusal("SHAPE_SPIKE", "a spike", at=spike, repaired=folds.without_spikes(shape), before=shape)
    if not shapely.is_valid(shape):
        code, at = folds.fault(shape)
        raise _refusal(code, "not valid", at=at, repaired=folds.repaired(shape), before=shape)
    area = _area(shape)
    if area < LEAST_M2:
        raise _refusal("SHAPE_TOO_SMALL", "too small", area_m2=round(area, 2), least_m2=LEAST_M2)


def _checked_county(shape: Any, within: Any) -> None:
    if within is not None and not shapely.intersects(within, shape):
        xy = shapely.get_coordinates(shape)[0]
        away = shapely.distance(shapely.points(xy), within) * scale(to_lattice(within))[1] * 1e7
        raise _refusal("SHAPE_OUTSIDE", "wholly outside", at=xy, away_m=int(away))


def _assembled(rings: list[list[NDArray[np.float64]]]) -> Any:
    parts = [_polygon(part) for part in rings]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _polygon(rings: list[NDArray[np.float64]]) -> Any:
    made = []
    for ring in rings:
        if len(np.unique(ring, axis=0)) < 3:
            raise _refusal("SHAPE_TOO_FEW_POINTS", "a ring needs three different points", at=ring[0], least=3)
        made.append(shapely.linearrings(ring))
    return shapely.remove_repeated_points(shapely.polygons(made[0], made[1:] or None))


def _closed(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    return ring if np.array_equal(ring[0], ring[-1]) else np.vstack([ring, ring[:1]])


def _refusal(
    code: str, why: str, *, at: Any = None, repaired: Any = None, before: Any = None, **more: Any
) -> ShapeError:
    detail: dict[str, Any] = dict(more)
    if at is not None and np.isfinite(at).all():
        detail["at"] = [float(np.round(value, 7)) for value in at]
    if repaired is not None and not repaired.is_empty and shapely.is_valid(repaired):
        detail["repaired"] = json.loads(shapely.to_geojson(shapely.orient_polygons(repaired)))
        detail["after_m2"] = round(_area(repaired), 1)
        if before is not None:
            detail["before_m2"] = round(_area(before), 1)
            detail["changed_m2"] = round(abs(detail["after_m2"] - detail["before_m2"]), 1)
    return ShapeError(f"shape: {why}", code=code, detail=detail)


def _area(shape: Any) -> float:
    return float(area_m2(shapely.transform(shape, lambda xy: xy * 1e7)))


def _short(found: object) -> str:
    return str(found)[:40]


__all__ = ["LEAST_M2", "MOST_POINTS", "lattice_line", "lattice_shape", "read_line", "read_shape", "to_degrees"]
