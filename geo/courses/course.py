"""The course of a street: pieces of one name joined into one line, ordered end to end.

Carriageways that run side by side become their middle, gaps at junctions, tunnels and bridges are closed, short side
arms are left out. The order of the pieces, their directions and where they are cut make no difference.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.courses.middle import middle, oriented, simpler
from geo.courses.net import Net
from geo.courses.options import CourseOptions

_METRES = 111_320.0


class Course(NamedTuple):
    """``line``: the course, a LineString, or a MultiLineString whose first part it is and whose others are long arms.

    ``length_m`` is that of the course, ``kept`` the share of the pieces' length that lies along ``line``.
    """

    line: shapely.LineString | shapely.MultiLineString
    length_m: float
    kept: float


class _Plane(NamedTuple):
    """A plane of metres around a place."""

    lon: float
    lat: float

    def flat(self, shapes: np.ndarray) -> np.ndarray:
        scale = np.array([_METRES * np.cos(np.radians(self.lat)), _METRES])
        return shapely.transform(shapes, lambda xy: (xy - (self.lon, self.lat)) * scale)

    def round(self, shape: shapely.Geometry) -> shapely.Geometry:
        scale = np.array([_METRES * np.cos(np.radians(self.lat)), _METRES])
        return shapely.transform(shape, lambda xy: np.round(xy / scale + (self.lon, self.lat), 7))


def trace(pieces: Sequence[shapely.Geometry], options: CourseOptions | None = None) -> list[Course]:
    """Return the courses of the pieces of one name, longest first; pieces far apart are streets of their own.

    ``pieces`` are LineStrings or MultiLineStrings in degrees (WGS-84); anything else is left out. A course runs from
    west to east or from south to north, whichever is the longer way; rings run counter-clockwise. A single piece stays
    as it is.
    """
    options = options or CourseOptions()
    lines = _lines(pieces)
    if not len(lines):
        return []
    if len(lines) == 1 and len(pieces) == 1 and not _turns_back(lines[0]):
        only = shapely.get_parts(pieces[0])
        length = float(shapely.length(_Plane(*shapely.get_coordinates(only)[0]).flat(only)).sum())
        return [Course(only[0] if len(only) == 1 else lines[0], length, 1.0)]
    west, south, east, north = shapely.total_bounds(lines)
    plane = _Plane((west + east) / 2, (south + north) / 2)
    flat = shapely.simplify(plane.flat(lines), 0.5)
    found = [_course(group, options) for group in _groups(flat, options)]
    found.sort(key=lambda course: (-round(course.length_m, 3), shapely.get_coordinates(course.line).tolist()[:1]))
    return [course._replace(line=plane.round(course.line)) for course in found]


def _lines(pieces: Sequence[shapely.Geometry]) -> np.ndarray:
    """Return the pieces as different lines in a fixed order, pieces end to end already joined."""
    parts = shapely.get_parts(np.array([p for p in pieces if p is not None], dtype=object))
    parts = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0)] if len(parts) else parts
    if not len(parts):
        return parts
    return _ordered(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(_ordered(parts)))))


def _ordered(lines: np.ndarray) -> np.ndarray:
    """Return different lines, each written one way, in a fixed order."""
    texts = np.unique(np.array(shapely.to_wkb(shapely.normalize(lines), hex=True), dtype=str))
    return np.atleast_1d(shapely.from_wkb(texts))


def _groups(lines: np.ndarray, options: CourseOptions) -> list[np.ndarray]:
    """Return the lines in groups that are one street each."""
    if len(lines) == 1:
        return [lines]
    tree = shapely.STRtree(lines)
    one, two = tree.query(lines, predicate="dwithin", distance=options.straight_gap)
    near = one < two
    one, two = one[near], two[near]
    gaps = shapely.distance(lines[one], lines[two])
    joined = gaps <= options.gap
    for k in np.flatnonzero(~joined):
        joined[k] = _goes_straight_on(lines[one[k]], lines[two[k]], options.straight)
    size = len(lines)
    links = coo_matrix((np.ones(joined.sum()), (one[joined], two[joined])), shape=(size, size))
    count, label = connected_components(links, directed=False)
    return [lines[label == k] for k in range(count)]


def _goes_straight_on(one: shapely.LineString, two: shapely.LineString, least: float) -> bool:
    """Whether two lines point at each other across the gap between them."""
    across = np.diff(shapely.get_coordinates(shapely.shortest_line(one, two)), axis=0)[0]
    across = across / max(float(np.hypot(*across)), 1e-9)
    return all(abs(float(_heading(line, other) @ across)) >= least for line, other in ((one, two), (two, one)))


def _heading(line: shapely.LineString, other: shapely.LineString) -> np.ndarray:
    """Return the direction of the last 100 m of a line, at its end nearest to another."""
    points = shapely.get_point(line, [0, -1])
    at_start = shapely.distance(points[0], other) <= shapely.distance(points[1], other)
    reach = min(100.0, line.length)
    inner = line.interpolate(reach if at_start else line.length - reach)
    way = shapely.get_coordinates(points[0 if at_start else 1])[0] - shapely.get_coordinates(inner)[0]
    return way / max(float(np.hypot(*way)), 1e-9)


def _turns_back(line: shapely.LineString) -> bool:
    """Whether a line may be two carriageways in one: its ends lie near each other for its length."""
    first, last = shapely.get_point(line, 0), shapely.get_point(line, -1)
    return bool(shapely.distance(first, last) < 0.4 * line.length)


def _course(lines: np.ndarray, options: CourseOptions) -> Course:
    total = float(shapely.length(lines).sum())
    if len(lines) == 1 and (total < options.beside or not _turns_back(lines[0])):
        return Course(oriented(simpler(lines[0])), total, 1.0)
    net = Net(lines, options)
    paths = net.paths()
    parts = [middle(path, lines, options.beside) for path in paths]
    whole = parts[0] if len(parts) == 1 else shapely.multilinestrings(parts)
    near = shapely.buffer(whole, options.beside)
    kept = float(shapely.length(shapely.intersection(lines, near)).sum()) / total
    return Course(whole, float(parts[0].length), min(kept, 1.0))
