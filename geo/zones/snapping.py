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

_ON = 0.02
"""Metres within which a point lies on a line: two lattice units."""


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
        xy, line = shapely.get_coordinates(lines, return_index=True)
        inner = line[1:] == line[:-1]
        self._starts, self._ends = xy[:-1][inner], xy[1:][inner]
        self._segment_tree = shapely.STRtree(shapely.linestrings(np.stack([self._starts, self._ends], axis=1)))
        self._vertices = np.unique(xy, axis=0)
        self._vertex_tree = shapely.STRtree(shapely.points(self._vertices))

    def ring(self, xy: Points) -> Points:
        """Return a closed ring on the targets; fewer than four rows if it collapsed."""
        moved = self._vertices_moved(xy[:-1])
        pieces = []
        for start, end, open_ in zip(moved, np.roll(moved, -1, axis=0), self._open(moved), strict=True):
            pieces.append(start[None])
            if open_:
                pieces.append(self._between(start, end))
        points = np.vstack(pieces)
        points = points[np.any(points != np.roll(points, 1, axis=0), axis=1)]
        points = _without_ways_back(points)
        return np.vstack([points, points[:1]]) if len(points) >= 3 else np.empty((0, 2))

    def _vertices_moved(self, xy: Points) -> Points:
        points, moved = shapely.points(xy), xy.copy()
        at, segment = self._segment_tree.query_nearest(points, max_distance=self._tolerance, all_matches=False)
        if not len(at):
            return moved
        start, along = self._starts[segment], self._ends[segment] - self._starts[segment]
        share = ((xy[at] - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
        moved[at] = start + along * np.clip(share, 0, 1)[:, None]
        still = np.hypot(*(moved[at] - xy[at]).T) < _ON  # on a line already
        moved[at[still]] = xy[at[still]]
        at_vertex, vertex = self._vertex_tree.query_nearest(points, max_distance=self._tolerance, all_matches=False)
        free = ~np.isin(at_vertex, at[still])
        moved[at_vertex[free]] = self._vertices[vertex[free]]
        return moved

    def _open(self, xy: Points) -> NDArray[np.bool_]:
        """Which edges have both ends on target lines and do not run along one already."""
        ends, middles = shapely.points(xy), shapely.points((xy + np.roll(xy, -1, axis=0)) / 2)
        on, along = (np.zeros(len(xy), dtype=bool) for _ in range(2))
        on[self._segment_tree.query(ends, predicate="dwithin", distance=_ON)[0]] = True
        along[self._segment_tree.query(middles, predicate="dwithin", distance=_ON)[0]] = True
        return on & np.roll(on, -1) & ~along

    def _between(self, start: Points, end: Points) -> Points:
        """The vertices of the target line between two points on it, if it keeps near the straight way."""
        ends = shapely.points([start, end])
        common = [
            k
            for k in self._line_tree.query(ends[0], predicate="dwithin", distance=_ON)
            if shapely.dwithin(self._lines[k], ends[1], _ON)
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
    inner = xy[(along > low + _ON) & (along < high - _ON)]
    ways = [np.vstack([first, inner if a < b else inner[::-1], last])]
    if shapely.is_closed(line):
        outer = np.vstack([xy[:-1][along[:-1] > high + _ON], xy[:-1][along[:-1] < low - _ON]])
        ways.append(np.vstack([first, outer[::-1] if a < b else outer, last]))
    return ways


def _lines(targets: Iterable[Any], by: tuple[float, float], *, near: Any, reach: float) -> NDArray[np.object_]:
    found = np.array(list(targets), dtype=object)
    if not len(found):
        return found
    planes = metric(found, by)
    planes = planes[shapely.dwithin(near, planes, reach)]
    areal = np.isin(shapely.get_type_id(planes), (3, 6))
    lines = np.concatenate([shapely.get_rings(shapely.get_parts(planes[areal])), shapely.get_parts(planes[~areal])])
    lines = lines[np.isin(shapely.get_type_id(lines), (1, 2))]
    return np.array([shapely.LineString(line) for line in lines], dtype=object)


def _without_ways_back(points: Points) -> Points:
    """Drop tips where the ring runs back over where it came from, as two vertices snapped to one line make it."""
    while len(points) >= 3:
        back, ahead = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
        longer = np.maximum(np.hypot(*back.T), np.hypot(*ahead.T))
        off = np.abs(back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0]) / np.maximum(longer, _ON)
        tips = np.flatnonzero((off <= _ON) & ((back * ahead).sum(axis=1) > 0))
        if not len(tips):
            break
        points = np.delete(points, tips[0], axis=0)
        points = points[np.any(np.abs(points - np.roll(points, 1, axis=0)) > 1e-9, axis=1)]
    return points


def _whole(parts: list[Any]) -> Any:
    if not parts:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
