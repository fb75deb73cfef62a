"""Where a house number lies on its street: known, between two known numbers of its side, or near one.

The levels follow what was measured (design notes, section 2): the position is only as good as the way it was
matched, so a number that lies far from every known one earns the street, not the number.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from geo.address import Number
from geo.gazetteer import StreetPoint as Point
from geo.gazetteer import door_text
from geo.geocode.options import LocateOptions


class Spot(NamedTuple):
    """A position on a street. ``level`` is ``number`` or ``street``; ``code`` and ``detail`` say how it was found."""

    lon: float
    lat: float
    radius_m: float
    level: str
    code: str
    detail: dict[str, object]
    town: str = ""


def spot(points: Sequence[Point], number: Number, options: LocateOptions) -> Spot:
    """Return the position of a number among the known points of its street (not empty, sorted by number)."""
    text = door_text(number)
    exact = [p for p in points if p[1] == text] or [p for p in points if p[0] == number.main]
    if exact:
        lon, lat = sum(p.lon for p in exact) / len(exact), sum(p.lat for p in exact) / len(exact)
        return Spot(lon, lat, options.exact_radius_m, "number", "NUMBER_EXACT", {}, exact[0].town)
    side = [p for p in points if p[0] % 2 == number.main % 2]
    at = bisect_left(side, number.main, key=lambda p: p[0])
    if 0 < at < len(side):
        return _between(side[at - 1], side[at], number.main, options)
    return _nearest(points, number.main, options)


def _between(low: Point, high: Point, main: int, options: LocateOptions) -> Spot:
    gap = high[0] - low[0]
    share = (main - low[0]) / gap
    lon, lat = low[2] + share * (high[2] - low[2]), low[3] + share * (high[3] - low[3])
    close = gap <= options.gap
    radius = options.interpolated_radius_m if close else options.stretched_radius_m
    town = low.town if low.town == high.town else ""
    return Spot(lon, lat, radius, "number" if close else "street", "NUMBER_INTERPOLATED", {"gap": gap}, town)


def _nearest(points: Sequence[Point], main: int, options: LocateOptions) -> Spot:
    best = min(points, key=lambda p: (abs(p[0] - main), p))
    difference = abs(best[0] - main)
    close = difference <= options.nearest
    radius = options.nearest_radius_m if close else options.street_radius_m
    return Spot(best[2], best[3], radius, "street", "NUMBER_NEAREST", {"difference": difference})
