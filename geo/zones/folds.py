"""Where a ring folds: crossings, spikes, holes that do not fit; and the repair that would be right."""

import re
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.zones.lattice import polygonal

SPIKE_DEGREES = 0.5
"""Turn of a vertex, from the way back, below which it is the tip of a spike."""

MOST_REPAIRED = 50_000
"""Vertices of a shape up to which a repair is worked out."""

MOST_BESIDE = 50
"""Edges whose boxes meet that of an edge, on average, up to which a repair is worked out: a scribble has billions."""

_SAMPLED = 100

_BLUNTED = 50

_CODES = {
    "Self-intersection": "SHAPE_SELF_CROSSING",
    "Ring Self-intersection": "SHAPE_SELF_TOUCHING",
    "Interior is disconnected": "SHAPE_SELF_TOUCHING",
    "Hole lies outside shell": "SHAPE_HOLE_OUTSIDE",
    "Holes are nested": "SHAPE_HOLES_OVERLAP",
    "Nested shells": "SHAPE_PARTS_OVERLAP",
    "Duplicate Rings": "SHAPE_HOLES_OVERLAP",
    "Too few points in geometry component": "SHAPE_TOO_FEW_POINTS",
}
_PLACE = re.compile(r"^(?P<why>[^\[]+)\[(?P<x>\S+) (?P<y>[^\]\s]+)")


def fault(shape: Any) -> tuple[str, tuple[float, float] | None]:
    """Return the code of what makes a polygon invalid, and where."""
    found = _PLACE.match(str(shapely.is_valid_reason(shape)))
    if found is None:
        return "SHAPE_INVALID", None
    at = (float(found["x"]), float(found["y"]))
    code = _CODES.get(found["why"].strip(), "SHAPE_INVALID")
    return ("SHAPE_PARTS_OVERLAP" if code == "SHAPE_SELF_CROSSING" and _parts_sound(shape) else code), at


def repaired(shape: Any) -> Any:
    """Return what a shape would be if repaired by its structure: holes cut, crossings untied.

    None if it is too large or too tangled for that: each crossing takes memory.
    """
    if shapely.get_num_coordinates(shape) > MOST_REPAIRED or _is_scribble(shape):
        return None
    return polygonal(shapely.make_valid(shape, method="structure", keep_collapsed=False))


def spike(shape: Any) -> NDArray[np.float64] | None:
    """Return the tip of the first spike: a vertex from which the ring runs back the way it came."""
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        tips = _tips(shapely.get_coordinates(ring))
        if len(tips):
            return np.asarray(shapely.get_coordinates(ring)[tips[0]])
    return None


def without_spikes(shape: Any) -> Any:
    """Return a shape without its spikes; None if nothing valid is left."""
    if shapely.get_num_coordinates(shape) > MOST_REPAIRED:
        return None
    parts = []
    for part in shapely.get_parts(shape):
        rings = [_blunt(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        if len(rings[0]) >= 4:
            parts.append(shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring) >= 4]))
    if not parts:
        return None
    whole = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return whole if shapely.is_valid(whole) else repaired(whole)


def crossing(line: Any) -> tuple[float, float] | None:
    """Return where a line first crosses itself."""
    noded = shapely.get_parts(shapely.node(line))
    if len(noded) < 2:
        return None
    x, y = shapely.get_coordinates(noded[0])[-1]
    return float(x), float(y)


def _is_scribble(shape: Any) -> bool:
    xy = shapely.get_coordinates(shape)
    edges = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    if len(edges) <= 2 * _SAMPLED:
        return False
    sample = edges[:: len(edges) // _SAMPLED]
    return bool(shapely.STRtree(edges).query(sample).shape[1] > MOST_BESIDE * len(sample))


def _parts_sound(shape: Any) -> bool:
    return shape.geom_type == "MultiPolygon" and bool(shapely.is_valid(shapely.get_parts(shape)).all())


def _tips(ring: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows of a closed ring (without its last) that are tips of spikes."""
    points = ring[:-1]
    if len(points) < 3:
        return np.empty(0, dtype=np.int64)
    squeeze = np.array([np.cos(np.radians(points[0, 1])), 1.0])
    back, ahead = (np.roll(points, 1, axis=0) - points) * squeeze, (np.roll(points, -1, axis=0) - points) * squeeze
    cross = np.abs(back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0])
    along = (back * ahead).sum(axis=1)
    return np.flatnonzero((along > 0) & (np.arctan2(cross, along) < np.radians(SPIKE_DEGREES)))


def _blunt(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    for _ in range(_BLUNTED):
        tips = _tips(ring)
        if not len(tips):
            return ring
        apart = tips[np.diff(tips, prepend=-2) > 1]
        points = np.delete(ring[:-1], apart, axis=0)
        repeated = (points == np.roll(points, 1, axis=0)).all(axis=1)
        points = points[~repeated] if len(points) > 1 else points
        ring = np.vstack([points, points[:1]])
    return ring
