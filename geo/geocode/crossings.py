"""Where two streets meet: by their courses, else by the doors of the one that stand nearest to the other."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.address import Address
from geo.gazetteer import Gazetteer, NumberedStreet
from geo.gazetteer.extents import METRES
from geo.geocode.numbers import Spot

_MEETS_M, _NEAR_M, _DOORS_M = 30.0, 350.0, 250.0
"""Courses that come so near meet; so near, they nearly do; doors of two streets so near tell a crossing."""
_CORNER_M, _BLOCK_M, _UNSURE_M = 70.0, 200.0, 120.0
"""Radius of a crossing, of the block at its corner (长江路东、人民路北), and what doors add to their distance."""


def crossing(gazetteer: Gazetteer, county: str, address: Address) -> Spot | None:
    """Return where the streets of an address meet, as level ``street``; None if it names no crossing, or none is known.

    Two streets without a word between them, or with sides (东、北) only, mean their crossing if they truly meet.
    """
    if not may_cross(address):
        return None
    roads = list(dict.fromkeys(_roads(address)))
    if len(roads) < 2 or (not address.crossing and (address.number is not None or "之间" in address.text)):
        return None
    for k, one in enumerate(roads[:3]):
        for other in roads[k + 1 : 3]:
            spot = _met(gazetteer, county, (one, other), said=address.crossing, sides=address.relation is not None)
            if spot is not None:
                return spot
    return None


def may_cross(address: Address) -> bool:
    """Whether an address names two roads at least, the one of 工农路口 included."""
    roads = address.text.count("路口")
    if roads < 2 and len(address.names) + roads > 1:
        for piece in address.names:
            roads += piece[2] == "road"
    return roads > 1


def _roads(address: Address) -> Iterator[str]:
    """Yield the names of roads; 工农 of 工农路口 and 近工农路 are 工农路."""
    for words, piece in zip(address.texts, address.names, strict=True):
        _, end, label, _, _ = piece
        if label == "road":
            yield words.removeprefix("近") if len(words) > 3 else words
        elif address.text.startswith("路口", end):
            yield words + "路"


def _met(gazetteer: Gazetteer, county: str, roads: tuple[str, str], *, said: bool, sides: bool) -> Spot | None:
    one, other = (gazetteer.courses.get((county, road)) or gazetteer.courses.get(("", road)) for road in roads)
    detail: dict[str, object] = {"road": roads[0], "other": roads[1]}
    if one and other:
        lon, lat, apart = _nearest(one, other)
        if apart <= (_NEAR_M if said else _MEETS_M):
            radius = math.hypot(_CORNER_M if said else _BLOCK_M if sides else 2 * _CORNER_M, apart / 2)
            return Spot(lon, lat, radius, "street", "CROSSING", detail, settled=True)
    if not said:
        return None
    first, second = (gazetteer.points.get((county, road)) or gazetteer.points.get(("", road)) for road in roads)
    if first is None or second is None:
        return None
    lon, lat, apart = _between_doors(first, second)
    if apart > _DOORS_M:
        return None
    return Spot(lon, lat, apart / 2 + _UNSURE_M, "street", "CROSSING", detail, settled=True)


def _nearest(one: Sequence[shapely.LineString], other: Sequence[shapely.LineString]) -> tuple[float, float, float]:
    """Return the middle of the shortest way between two streets (their crossing, if they meet), and its length."""
    a, b = shapely.multilinestrings(list(one)), shapely.multilinestrings(list(other))
    ways = shapely.shortest_line(a, b)
    if shapely.intersects(a, b):
        meets = shapely.get_coordinates(shapely.centroid(shapely.get_parts(shapely.intersection(a, b))))
        return float(meets[:, 0].mean()), float(meets[:, 1].mean()), _widest(meets) / 2
    ends = shapely.get_coordinates(ways)
    lon, lat = ends.mean(axis=0)
    return float(lon), float(lat), _metres(ends[0], ends[1])


def _widest(points: np.ndarray) -> float:
    """Return how far the places where two streets cross lie apart: zero for one."""
    return max((_metres(points[0], point) for point in points[1:]), default=0.0)


def _metres(one: np.ndarray, two: np.ndarray) -> float:
    scale = math.cos(math.radians(float(one[1])))
    return float(np.hypot((two[0] - one[0]) * scale, two[1] - one[1])) * METRES


def _between_doors(one: NumberedStreet, other: NumberedStreet) -> tuple[float, float, float]:
    """Return the middle between the nearest doors of two streets, and how far they stand apart."""
    a, b = (np.array([(p.lon, p.lat) for p in street.points]) for street in (one, other))
    scale = np.array([math.cos(math.radians(float(a[0, 1]))), 1.0]) * METRES
    apart, at = cKDTree(b * scale).query(a * scale)
    k = int(np.argmin(apart))
    lon, lat = (a[k] + b[at[k]]) / 2
    return float(lon), float(lat), float(apart[k])
