"""Words that lead away from a place (北200米, 向东500米): the position follows them where it can be computed.

Sides and ends without a distance (东侧, 北首) are not computed: they say on which part of a street, not where on it.
"""

import math
import re
from collections.abc import Sequence

import numpy as np
import shapely

from geo.address import Address
from geo.gazetteer import Gazetteer
from geo.gazetteer.extents import METRES
from geo.geocode.numbers import Spot

_AWAY = re.compile(
    r"(?P<way>[东南西北]{1,2})(?:侧|边|面|方向?)?(?:约|大约)?(?P<much>\d+(?:\.\d+)?)(?:多|余)?(?P<unit>米|公里|千米|M|KM)"
)
_SOMEWHERE = re.compile(r"(?<![\d.])(?P<much>\d+(?:\.\d+)?)(?:多|余)?(?P<unit>米|M)")
"""A distance whose way is not told (附近500米). 35公里 is a stone on the road."""
_WAYS = {"东": (1.0, 0.0), "西": (-1.0, 0.0), "南": (0.0, -1.0), "北": (0.0, 1.0)}
_FARTHEST_M = 5_000.0
_STILL_M = 50.0
"""Who stands further from a door than this is not at the door any more; nor beside it, opposite it or near it."""
_ALONG = 0.7
_BESIDE_M = 120.0
_VAGUE = 0.3
"""How inexact a distance in words is, as a share of it."""


def follow(gazetteer: Gazetteer, county: str, address: Address, road: str | None, spot: Spot | None) -> Spot | None:
    """Return the spot that the relation of an address leads to, away from ``spot``.

    A distance along the street's way goes along its course, any other straight. Where a distance has no way the spot
    stays and reaches as far. Without such words ``spot`` stays as it is.
    """
    if spot is None:
        return None
    lines = gazetteer.courses.get((county, road or "")) or gazetteer.courses.get(("", road or "")) or ()
    away = _AWAY.search(address.text, begin(address))  # 交叉口北 and 0.5公里 may be two components
    if away is not None:
        return _moved(spot, away, lines)
    around = stray(address)
    if around <= _STILL_M:
        return spot
    return spot._replace(level="street", radius_m=math.hypot(spot.radius_m, around), settled=True)


def begin(address: Address) -> int:
    """Return where the words of an address's relation begin in its text, the text's end without any."""
    return min((start for label, start, _ in address.components if label == "assist"), default=len(address.text))


def beyond_reach(address: Address) -> str | None:
    """Return the words of a distance that no place beside another can lie away (往西100公里), ``None`` without one."""
    away = _AWAY.search(address.text) if address.relation is not None else None
    return away.group() if away is not None and _metres(away) > _FARTHEST_M else None


def stray(address: Address) -> float:
    """Return how far (m) the relation of an address may lead away from the place named, where it was not followed."""
    away = _AWAY.search(address.text)
    assists = (address.text[start:end] for label, start, end in address.components if label == "assist")
    told = [away] if away is not None else filter(None, map(_SOMEWHERE.search, assists))
    return max(_STILL_M, min(max(map(_metres, told), default=0.0), _FARTHEST_M))


def leaves(address: Address) -> bool:
    """Whether an address is too far from the place it names to be in it (华辰大厦北200米)."""
    return address.relation is not None and stray(address) > _STILL_M


def _metres(away: re.Match[str]) -> float:
    return float(away["much"]) * (1_000.0 if away["unit"] in ("公里", "千米", "KM") else 1.0)


def _moved(spot: Spot, away: re.Match[str], lines: Sequence[shapely.LineString]) -> Spot:
    metres = _metres(away)
    if not 0 < metres <= _FARTHEST_M:
        return spot
    way = np.array([_WAYS[letter] for letter in away["way"]]).sum(axis=0)
    length = float(np.hypot(*way))
    if length == 0:
        return spot
    lon, lat = _step(spot, way / length, metres, lines)
    level = spot.level if metres <= _STILL_M else "street"
    radius = math.hypot(spot.radius_m, _VAGUE * metres)
    return spot._replace(lon=lon, lat=lat, level=level, radius_m=radius, settled=True, moved=away.group())


def _step(spot: Spot, way: np.ndarray, metres: float, lines: Sequence[shapely.LineString]) -> tuple[float, float]:
    """Go along the course beside the spot if it runs that way, else straight."""
    scale = np.array([METRES * math.cos(math.radians(spot.lat)), METRES])
    for course in lines:
        line = shapely.transform(course, lambda at: (at - (spot.lon, spot.lat)) * scale)
        here = shapely.Point(0, 0)
        if line.distance(here) > _BESIDE_M:
            continue
        along = line.project(here)
        ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [max(along - 15, 0), along + 15]))
        heading = (ends[1] - ends[0]) / max(float(np.hypot(*(ends[1] - ends[0]))), 1e-9)
        agrees = float(heading @ way)
        if abs(agrees) >= _ALONG:
            reached = along + math.copysign(metres, agrees)
            if 0 <= reached <= line.length:
                foot, there = (shapely.get_coordinates(line.interpolate(at))[0] for at in (along, reached))
                return _degrees(spot, (there - foot) / scale)
    return _degrees(spot, way * metres / scale)


def _degrees(spot: Spot, step: np.ndarray) -> tuple[float, float]:
    return spot.lon + float(step[0]), spot.lat + float(step[1])
