"""Coordinates of GeoJSON as arrays, and what can be wrong with positions."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datum import METRES_FROM, PositionFault, faults
from geo.zones.errors import ShapeError

Ring = NDArray[np.float64]

MOST_RINGS = 50_000
"""Rings that a shape may have."""


def polygons(geometry: Mapping[str, Any]) -> list[list[Ring]]:
    """Return the rings of each part of a GeoJSON Polygon or MultiPolygon, longitude and latitude.

    Raises
    ------
    ShapeError
        ``SHAPE_MALFORMED`` if the nesting is another, a value is no number, or a ring has fewer than three points;
        ``SHAPE_NOT_A_NUMBER`` for null, NaN and infinity.
    """
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if geometry["type"] == "Polygon" else coordinates
    found = [[_array(ring) for ring in _list(part)] for part in _list(parts)]
    if any(not part for part in found):
        raise ShapeError("a part without rings", code="SHAPE_EMPTY")
    short = next((ring for part in found for ring in part if len(ring) < 3), None)
    if short is not None:
        at = {"at": [float(value) for value in short[0]]} if len(short) else {}
        raise ShapeError("a ring of fewer than three points", code="SHAPE_TOO_FEW_POINTS", detail={"least": 3, **at})
    return found


def line(geometry: Mapping[str, Any]) -> Ring:
    """Return the positions of a GeoJSON LineString.

    Raises
    ------
    ShapeError
        As ``polygons``; a line of one point is ``SHAPE_TOO_FEW_POINTS``.
    """
    found = _array(geometry.get("coordinates"))
    if len(found) < 2:
        raise ShapeError("a line of one point", code="SHAPE_TOO_FEW_POINTS", detail={"least": 2})
    return found


def fault(xy: Ring, within: Any) -> tuple[str, int]:
    """Return the code of the worst fault of positions and the row of the first that has it, ``("", -1)`` if none.

    Swapped axes are told by China's box, or by the county: positions lie away from ``within``, swapped they meet it.
    """
    for code, where in _ranges(xy):
        if where.any():
            return code, int(np.argmax(where))
    if _across(xy):
        return "SHAPE_ANTIMERIDIAN", int(np.argmax(np.abs(np.diff(xy[:, 0], append=xy[-1, 0])) > 180))
    if within is not None:
        box = shapely.box(*shapely.bounds(within))
        if not _meets(box, xy) and _meets(box, xy[:, ::-1]):
            return "SHAPE_SWAPPED_AXES", 0
    return "", -1


def _ranges(xy: Ring) -> Sequence[tuple[str, Any]]:
    told = faults(xy[:, 0], xy[:, 1])
    return (
        ("SHAPE_NOT_A_NUMBER", ~np.isfinite(xy).all(axis=1)),
        ("SHAPE_SWAPPED_AXES", np.full(len(xy), fill_value=bool((told == PositionFault.SWAPPED.value).all()))),
        ("SHAPE_PROJECTED", (np.abs(xy) > METRES_FROM).all(axis=1)),
        ("SHAPE_OUT_OF_RANGE", (np.abs(xy[:, 0]) > 180) | (np.abs(xy[:, 1]) > 90)),
    )


def _across(xy: Ring) -> bool:
    return bool(np.ptp(xy[:, 0]) > 180)


def _meets(box: Any, xy: Ring) -> bool:
    return bool(shapely.intersects(box, shapely.box(*xy.min(axis=0), *xy.max(axis=0))))


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or not value:
        raise _malformed(value)
    if len(value) > MOST_RINGS:
        raise ShapeError("too many rings", code="SHAPE_TOO_MANY_POINTS", detail={"most": MOST_RINGS})
    return value


def _array(value: Any) -> Ring:
    if not isinstance(value, list | tuple):
        raise _malformed(value)
    try:
        array = np.asarray(value)
    except ValueError:
        array = _uneven(value)
    if array.dtype.kind == "O":
        array = _uneven(value)
    if array.dtype.kind not in "iuf" or array.ndim != 2 or array.shape[1] not in (2, 3, 4):
        raise _malformed(value)
    return array[:, :2].astype(np.float64)


def _uneven(positions: Sequence[Any]) -> Ring:
    """Positions some of which have heights, or hold what is no finite number."""
    rows = []
    for position in positions:
        if not isinstance(position, list | tuple) or not 2 <= len(position) <= 4:
            raise _malformed(position)
        rows.append([_number(value) for value in position[:2]])
    return np.array(rows, dtype=np.float64)


def _number(value: Any) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _malformed(value)
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _malformed(value: Any) -> ShapeError:
    return ShapeError(
        "coordinates are not nested as GeoJSON", code="SHAPE_MALFORMED", detail={"found": repr(value)[:60]}
    )
