"""The faces between borders: all linework noded on the lattice, each face with the zones it lies in.

Every operation that draws a line goes through here. Snap rounding (Hobby 1999; GEOS OverlayNG) puts a vertex wherever a
border passes through the cell of another's vertex, so zones built from faces share their borders exactly, whatever the
lines are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.zones.lattice import HAIR, Geometries, polygonal, width

_ROUNDS = 6
_REACH = 0.75
"""Units: the half diagonal of a lattice cell, rounded up."""


@dataclass(frozen=True)
class Mesh:
    """Faces and who owns them: ``owned[zone, face]``."""

    faces: Geometries
    owned: NDArray[np.bool_]

    def within(self, shape: Any) -> NDArray[np.bool_]:
        """Which faces lie in a polygon whose border is part of the mesh."""
        return _owned(self.faces, np.array([shape], dtype=object))[0]

    def shapes(self, owned: NDArray[np.bool_] | None = None) -> list[Any]:
        """Return the outline of each zone, put together from its faces; an empty polygon for one without."""
        rows = self.owned if owned is None else owned
        return [dissolve(self.faces[row]) for row in rows]

    def touching(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which faces share a border with one of the chosen."""
        one, other, _ = self.edges
        result = np.zeros(len(self.faces), dtype=bool)
        result[other[chosen[one]]] = True
        result[one[chosen[other]]] = True
        return result

    def rims(self) -> NDArray[np.float64]:
        """Return how much of each face's border lies on the outside of the mesh, in units."""
        one, other, length = self.edges
        shared = np.bincount(one, length, len(self.faces)) + np.bincount(other, length, len(self.faces))
        return np.maximum(shapely.length(self.faces) - shared, 0)

    @property
    def edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """The pairs of faces that share a segment, with its length in units; one row a segment."""
        one, other, start, end = self._shared
        return one, other, np.abs(end - start)

    @property
    def ends(self) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """The ends of the segments of ``edges`` as complex numbers."""
        return self._shared[2], self._shared[3]

    @cached_property
    def _shared(self) -> tuple[NDArray[Any], ...]:
        start, end, face = segments(self.faces)
        order = np.lexsort((end.imag, end.real, start.imag, start.real))
        same = (start[order][1:] == start[order][:-1]) & (end[order][1:] == end[order][:-1])
        first, second = order[:-1][same], order[1:][same]
        return face[first], face[second], start[first], end[first]


def mesh(shapes: Geometries, lines: Sequence[Any] = ()) -> Mesh:
    """Return the faces between the borders of valid lattice polygons and further lattice lines.

    Faces narrower than ``HAIR`` that lie in several zones, or in none but mostly between zones, are rounding: each goes
    to the one zone with which it shares the longest border.
    """
    linework = [*shapely.boundary(shapes), *lines]
    faces = faces_of(linework)
    owned = _owned(faces, shapes)
    return _without_hairs(Mesh(faces, owned))


def faces_of(linework: Sequence[Any]) -> Geometries:
    """Return the faces between lattice lines, noded until no vertex lies within another edge's reach."""
    lines = shapely.union_all(np.asarray(linework, dtype=object), grid_size=1.0)
    count = -1
    for _ in range(_ROUNDS):
        if count == shapely.get_num_coordinates(lines) or _is_noded(lines):
            break
        count = shapely.get_num_coordinates(lines)
        lines = shapely.union_all(np.array([lines], dtype=object), grid_size=1.0)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))


def _is_noded(lines: Any) -> bool:
    """Whether each vertex keeps off all segments that do not end in it, farther than rounding can reach."""
    xy, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    inner = line[1:] == line[:-1]
    segments_ = shapely.linestrings(np.stack([xy[:-1][inner], xy[1:][inner]], axis=1))
    points = shapely.points(np.unique(xy, axis=0))
    point, segment = shapely.STRtree(segments_).query(points, predicate="dwithin", distance=_REACH)
    return bool((shapely.distance(points[point], segments_[segment]) == 0).all())


def noded(shapes: Geometries) -> list[Any]:
    """Return valid lattice polygons with the vertices of each put into the borders of the others that meet them."""
    return mesh(shapes).shapes()


def dissolve(faces: Geometries) -> Any:
    """Return faces of one mesh as one outline, all vertices kept."""
    if not len(faces):
        return shapely.Polygon()
    return faces[0] if len(faces) == 1 else polygonal(shapely.coverage_union_all(faces))


def _owned(faces: Geometries, shapes: Geometries) -> NDArray[np.bool_]:
    owned = np.zeros((len(shapes), len(faces)), dtype=bool)
    if len(shapes) and len(faces):
        points = shapely.STRtree(shapely.point_on_surface(faces))
        zone, face = points.query(shapes, predicate="contains")
        owned[zone, face] = True
    return owned


def _without_hairs(raw: Mesh) -> Mesh:
    owners = raw.owned.sum(axis=0)
    thin = width(raw.faces) < HAIR
    doubtful = np.flatnonzero(thin & (owners != 1))
    if not len(doubtful):
        return raw
    owned = raw.owned.copy()
    one, other, length = raw.edges
    rim = raw.rims()
    for face in doubtful:
        beside = np.concatenate([other[one == face], one[other == face]])
        weight = np.concatenate([length[one == face], length[other == face]])
        solid = ~thin[beside]
        beside, weight = beside[solid], weight[solid]
        share = raw.owned[:, beside] @ weight
        if owners[face]:
            share = np.where(raw.owned[:, face], share, 0)
        elif 2 * weight[raw.owned[:, beside].any(axis=0)].sum() <= weight.sum() + rim[face]:
            continue
        if share.any():
            owned[:, face] = False
            owned[int(np.argmax(share)), face] = True
    return Mesh(raw.faces, owned)


def vertices(shapes: Geometries) -> NDArray[np.complex128]:
    """Return the vertices of lattice geometries as complex numbers."""
    xy = shapely.get_coordinates(shapes)
    return xy[:, 0] + 1j * xy[:, 1]


def edges_near(shapes: Geometries, linework: Any, reach: float) -> Geometries:
    """Return the edges of lattice polygons, each once, within reach of lines or of the borders of polygons."""
    start, end, _ = segments(shapes)
    bounds = shapely.total_bounds(linework)
    if not np.isfinite(bounds).all():
        return np.empty(0, dtype=object)
    west, south, east, north = bounds + np.array([-reach, -reach, reach, reach])
    low, high = np.minimum(start.imag, end.imag), np.maximum(start.imag, end.imag)
    there = (start.real <= east) & (end.real >= west) & (low <= north) & (high >= south)
    pairs = np.unique(np.stack([start[there], end[there]], axis=1), axis=0)
    edges = shapely.linestrings(np.stack([pairs.real, pairs.imag], axis=-1))
    lines = np.atleast_1d(np.asarray(linework, dtype=object))
    lines = np.where(shapely.get_dimensions(lines) == 2, shapely.boundary(lines), lines)
    return edges[np.unique(shapely.STRtree(edges).query(lines, predicate="dwithin", distance=reach)[1])]


def segments(faces: Geometries) -> tuple[NDArray[np.complex128], NDArray[np.complex128], NDArray[np.int64]]:
    """Return the border segments of polygons as complex numbers, the lesser end first, and the row of the polygon."""
    parts, part_of = shapely.get_parts(faces, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    face = part_of[part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    point = xy[:, 0] + 1j * xy[:, 1]
    same = ring[1:] == ring[:-1]
    start, end = point[:-1][same], point[1:][same]
    turned = (start.real > end.real) | ((start.real == end.real) & (start.imag > end.imag))
    return np.where(turned, end, start), np.where(turned, start, end), face[ring[1:][same]]
