"""Snapping: a drawn border takes over the vertices, edges and street lines that run beside it."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.zones import folds
from geo.zones.errors import ShapeError
from geo.zones.lattice import from_metric, metric, polygonal, scale, to_degrees, to_lattice
from geo.zones.shapes import lattice_shape

Points = NDArray[np.float64]


def snap(shape: Any, targets: Iterable[Any], tolerance_m: float) -> Any:
    """Return a drawn polygon with its border on what runs beside it.

    A vertex goes to the nearest target vertex within the tolerance, or else to the nearest point of a target line.
    Where two vertices in a row lie on one target line and the line between them keeps within the tolerance, the border
    takes that line's vertices over, so that both coincide. Vertices that lie on a target already stay.

    Parameters
    ----------
    shape : GeoJSON, its text, or a polygon, EPSG:4326
    targets : outlines of neighbours and lines of streets, EPSG:4326
    tolerance_m : metres

    Raises
    ------
    ShapeError
        ``SNAP_FOLDS`` if the border would cross itself, with where; a smaller tolerance may do.
    """
    lines = [to_lattice(target) for target in targets if target is not None and not target.is_empty]
    return to_degrees(snapped(lattice_shape(shape), lines, tolerance_m))


def snapped(shape: Any, targets: Iterable[Any], tolerance_m: float) -> Any:
    """Do the same on the lattice.

    Raises
    ------
    ShapeError
    """
    by = scale(shape)
    plane = metric(shape, by)
    lines = _lines(targets, by, near=plane, reach=tolerance_m)
    if not len(lines) or not tolerance_m > 0:
        return shape
    guide = _Guide(lines, tolerance_m)
    parts = []
    for part in shapely.get_parts(plane):
        rings = [guide.ring(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        if len(rings[0]) >= 4:
            parts.append(shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring) >= 4]))
    result = shapely.remove_repeated_points(from_metric(_whole(parts), by))
    if result.is_empty or not shapely.is_valid(result):
        _, at = folds.fault(to_degrees(result)) if not result.is_empty else ("", None)
        detail = {"tolerance_m": tolerance_m} | ({"at": [round(value, 7) for value in at]} if at else {})
        raise ShapeError("snapped, the border crosses itself", code="SNAP_FOLDS", detail=detail)
    return polygonal(result)


class _Guide:
    """Target lines in metres, cut into segments, with what a vertex or a piece of border finds there."""

    def __init__(self, lines: NDArray[np.object_], tolerance: float) -> None:
        self._lines, self._tolerance = lines, tolerance
        self._line_tree = shapely.STRtree(lines)
        xy = shapely.get_coordinates(lines)
        self._vertices = np.unique(xy, axis=0)
        self._vertex_tree = shapely.STRtree(shapely.points(self._vertices))

    def ring(self, xy: Points) -> Points:
        """Return a closed ring on the targets; fewer than four rows if it collapsed."""
        moved = self._vertices_moved(xy[:-1])
        pieces = []
        for start, end in zip(moved, np.roll(moved, -1, axis=0), strict=True):
            pieces.append(start[None])
            pieces.append(self._between(start, end))
        points = np.vstack(pieces)
        points = points[np.any(points != np.roll(points, 1, axis=0), axis=1)]
        points = _without_ways_back(points)
        return np.vstack([points, points[:1]]) if len(points) >= 3 else np.empty((0, 2))

    def _vertices_moved(self, xy: Points) -> Points:
        points, moved = shapely.points(xy), xy.copy()
        at, line = self._line_tree.query_nearest(points, max_distance=self._tolerance, all_matches=False)
        if not len(at):
            return moved
        way = shapely.line_locate_point(self._lines[line], points[at])
        moved[at] = shapely.get_coordinates(shapely.line_interpolate_point(self._lines[line], way))
        still = np.hypot(*(moved[at] - xy[at]).T) < 0.02  # on a line already
        moved[at[still]] = xy[at[still]]
        at_vertex, vertex = self._vertex_tree.query_nearest(points, max_distance=self._tolerance, all_matches=False)
        free = ~np.isin(at_vertex, at[still])
        moved[at_vertex[free]] = self._vertices[vertex[free]]
        return moved

    def _between(self, start: Points, end: Points) -> Points:
        """The vertices of the target line between two points on it, if it keeps near the straight way."""
        ends = shapely.points([start, end])
        common = [
            k
            for k in self._line_tree.query(ends[0], predicate="dwithin", distance=0.02)
            if shapely.dwithin(self._lines[k], ends[1], 0.02)
        ]
        straight = shapely.linestrings([start, end])
        for k in sorted(common):
            for way in _ways(self._lines[k], ends):
                if len(way) and shapely.hausdorff_distance(shapely.linestrings(way), straight) <= self._tolerance:
                    return way[1:-1]
        return np.empty((0, 2))


def _ways(line: Any, ends: NDArray[np.object_]) -> list[Points]:
    """Return the ways along a line from one point to another, both around if it is a ring."""
    a, b = shapely.line_locate_point(line, ends)
    if a == b:
        return []
    xy = shapely.get_coordinates(line)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    first, last = shapely.get_coordinates(ends)
    low, high = min(a, b), max(a, b)
    inner = xy[(along > low + 0.02) & (along < high - 0.02)]
    ways = [np.vstack([first, inner if a < b else inner[::-1], last])]
    if shapely.is_closed(line):
        outer = np.vstack([xy[:-1][along[:-1] > high + 0.02], xy[:-1][along[:-1] < low - 0.02]])
        ways.append(np.vstack([first, outer[::-1] if a < b else outer, last]))
    return ways


def _lines(targets: Iterable[Any], by: tuple[float, float], *, near: Any, reach: float) -> NDArray[np.object_]:
    found = np.array(list(targets), dtype=object)
    if not len(found):
        return found
    planes = metric(found, by)
    planes = planes[shapely.dwithin(near, planes, reach)]
    areal = np.isin(shapely.get_type_id(planes), (3, 6))
    lines = np.concatenate([shapely.get_rings(planes[areal]), shapely.get_parts(planes[~areal])])
    lines = lines[np.isin(shapely.get_type_id(lines), (1, 2))]
    return np.array([shapely.LineString(line) for line in lines], dtype=object)


def _without_ways_back(points: Points) -> Points:
    """Drop tips where the ring goes to a vertex and straight back, which snapping two vertices to one line makes."""
    for _ in range(len(points)):
        back = np.all(np.roll(points, 1, axis=0) == np.roll(points, -1, axis=0), axis=1)
        if not back.any() or len(points) < 3:
            return points
        tip = int(np.argmax(back))
        points = np.delete(points, [tip, (tip + 1) % len(points)], axis=0)
    return points


def _whole(parts: list[Any]) -> Any:
    if not parts:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
