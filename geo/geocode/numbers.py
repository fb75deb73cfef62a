"""Where a house number lies on its street: known, between two known numbers of its side, or near one.

The levels follow what was measured (design notes, section 2): the position is only as good as the way it was
matched, so a number that lies far from every known one earns the street, not the number.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from geo.address import Number
from geo.gazetteer import NumberedStreet, StreetPoint, door_text, metres
from geo.geocode.options import LocateOptions

_SLACK = 1.4
"""The spacing of three quarters of the known numbers, stretched to hold for nine of ten unknown ones."""


class Spot(NamedTuple):
    """A position on a street. ``level`` is ``number`` or ``street``; ``code`` and ``detail`` say how it was found."""

    lon: float
    lat: float
    radius_m: float
    level: str
    code: str
    detail: dict[str, object]
    town: str = ""


def spot(street: NumberedStreet, number: Number | None, options: LocateOptions, *, length_m: float) -> Spot:
    """Return the position of a number among the known numbers of its street.

    Without a number the middle of the known ones stands for the street. ``length_m`` is the street's own length, NaN if
    it is not on the map.
    """
    points = street.points
    if number is None:
        return _middle(points, options)
    text = door_text(number)
    exact = [p for p in points if p.number == text] or [p for p in points if p.main == number.main]
    if exact:
        lon, lat = sum(p.lon for p in exact) / len(exact), sum(p.lat for p in exact) / len(exact)
        return Spot(lon, lat, options.exact_radius_m, "number", "NUMBER_EXACT", {}, exact[0].town)
    side = [p for p in points if p.main % 2 == number.main % 2]
    found = (
        _between(side, number.main, options, one_side=True),
        _between(points, number.main, options, one_side=False),
        _nearest(street, number.main, options, length_m),
    )
    return min((s for s in found if s is not None), key=lambda s: s.radius_m)


def _between(points: Sequence[StreetPoint], main: int, options: LocateOptions, *, one_side: bool) -> Spot | None:
    """Interpolate between the neighbours; across the street the two rows of numbers need not keep step."""
    at = bisect_left(points, main, key=lambda p: p.main)
    if not 0 < at < len(points):
        return None
    low, high = points[at - 1], points[at]
    gap = high.main - low.main
    share = (main - low.main) / gap
    lon, lat = low.lon + share * (high.lon - low.lon), low.lat + share * (high.lat - low.lat)
    town = low.town if low.town == high.town else ""
    if one_side and gap <= options.gap:
        return Spot(lon, lat, options.interpolated_radius_m, "number", "NUMBER_INTERPOLATED", {"gap": gap}, town)
    radius = options.stretched_radius_m + (0.25 if one_side else 0.4) * metres(low, high)
    return Spot(lon, lat, min(radius, options.street_radius_m), "street", "NUMBER_INTERPOLATED", {"gap": gap}, town)


def _nearest(street: NumberedStreet, main: int, options: LocateOptions, length_m: float) -> Spot:
    """Take the nearest number; how far off it may be, the spacing of the numbers or the length of the street tells."""
    best = min(street.points, key=lambda p: (abs(p.main - main), p))
    difference = abs(best.main - main)
    told = max(
        (_SLACK * street.metres_per_number, length_m / max(main, street.points[-1].main)),
        key=lambda value: -1.0 if math.isnan(value) else value,
    )
    step = options.metres_per_number if math.isnan(told) else told
    radius = min(options.stretched_radius_m + difference * step, options.street_radius_m)
    return Spot(best.lon, best.lat, radius, "street", "NUMBER_NEAREST", {"difference": difference}, best.town)


def _middle(points: Sequence[StreetPoint], options: LocateOptions) -> Spot:
    middle = points[len(points) // 2]
    reach = sorted(metres(middle, p) for p in points)
    radius = max(reach[int(0.9 * (len(reach) - 1))], options.stretched_radius_m)
    towns = {p.town for p in points}
    return Spot(middle.lon, middle.lat, radius, "street", "STREET_MIDDLE", {}, towns.pop() if len(towns) == 1 else "")
