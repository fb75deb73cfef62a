"""The known doors of one street on its plane: metres east and north, or along and beside its course."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import shapely

from geo.gazetteer.extents import METRES


class StreetPoint(NamedTuple):
    """A known house number of a street, in the order of the numbers; ``county`` is "" where it is not known."""

    main: int
    number: str
    lon: float
    lat: float
    town: str
    county: str = ""


class Doors:
    """The known doors of one street, sorted by number, on a plane of metres: east and north of the middle door.

    With ``course`` (degrees) the plane is the street itself: ``x`` is the way along it, ``y`` to its left.
    """

    __slots__ = ("_course", "_numbered", "_scale", "lat", "length_m", "lon", "mains", "points", "x", "y")

    def __init__(self, points: Sequence[StreetPoint], course: shapely.LineString | None = None) -> None:
        self.points = tuple(sorted(points))
        self.mains = [point.main for point in self.points]
        middle = self.points[len(self.points) // 2]
        self.lon, self.lat = middle.lon, middle.lat
        self._scale = METRES * math.cos(math.radians(middle.lat))
        self.x = [(point.lon - self.lon) * self._scale for point in self.points]
        self.y = [(point.lat - self.lat) * METRES for point in self.points]

        self._numbered: dict[str, list[int]] = {}
        self._course: _Course | None = None
        self.length_m = math.nan
        """Length of the course, NaN if it is not known."""
        if course is not None:
            self._follow(course)

    def at(self, number: str) -> Sequence[int]:
        """Return the places of the doors with this number as compared (88, 88-1)."""
        if not self._numbered:
            for k, point in enumerate(self.points):
                self._numbered.setdefault(point.number, []).append(k)
        return self._numbered.get(number, ())

    def _follow(self, course: shapely.LineString) -> None:
        """Measure the doors along and across a course."""
        scale = np.array([self._scale, METRES])
        line = shapely.transform(course, lambda at: (at - (self.lon, self.lat)) * scale)
        doors = shapely.points(self.x, self.y)
        along = shapely.line_locate_point(line, doors)
        self._course, self.length_m = _Course(line), float(line.length)
        stations = [self._course.station(way) for way in along.tolist()]
        pairs = zip(self.x, self.y, stations, strict=True)
        left = [(x - at_x) * left_x + (y - at_y) * left_y for x, y, (at_x, at_y, left_x, left_y) in pairs]
        self.x, self.y = along.tolist(), left

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Return lon and lat of a place on the plane; along a course it ends where the course does."""
        if self._course is not None:
            at_x, at_y, left_x, left_y = self._course.station(x)
            x, y = at_x + y * left_x, at_y + y * left_y
        return self.lon + x / self._scale, self.lat + y / METRES


class _Course:
    """A line that is asked for single points, which costs Shapely as much as hundreds at once."""

    __slots__ = ("_at", "_corners")

    def __init__(self, line: shapely.LineString) -> None:
        self._corners: list[tuple[float, float]] = list(map(tuple, shapely.get_coordinates(line).tolist()))
        steps = (math.dist(a, b) for a, b in pairwise(self._corners))
        self._at = list(accumulate(steps, initial=0.0))

    def station(self, along: float) -> tuple[float, float, float, float]:
        """Return the point of the line at the way ``along`` it, and the unit vector to its left there."""
        (ahead_x, ahead_y), (behind_x, behind_y) = self._point(along + _EYE_M), self._point(along - _EYE_M)
        way_x, way_y = ahead_x - behind_x, ahead_y - behind_y
        size = max(math.hypot(way_x, way_y), 1e-9)
        return (*self._point(along), -way_y / size, way_x / size)

    def _point(self, along: float) -> tuple[float, float]:
        at = self._at
        if along <= 0:
            return self._corners[0]
        if along >= at[-1]:
            return self._corners[-1]
        k = bisect_right(at, along) - 1
        (x, y), (next_x, next_y) = self._corners[k], self._corners[k + 1]
        share = (along - at[k]) / (at[k + 1] - at[k])
        return x + share * (next_x - x), y + share * (next_y - y)


_EYE_M = 15.0
