"""A position as a person pastes it: two numbers, longitude first, in a datum; where it is refused, why."""

import math
import re
from typing import NamedTuple

from geo import datum

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
UNREADABLE, SWAPPED, OUTSIDE = "unreadable", "swapped", "outside"
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


class Written(NamedTuple):
    """A position (WGS-84, NaN where there is none); ``fault`` is ``""`` or why it is refused, x and y the numbers."""

    lon: float
    lat: float
    fault: str = ""
    x: float = math.nan
    y: float = math.nan


def read_written(text: str, of_datum: str, bounds: Bounds) -> Written:
    """Read two numbers out of a text; words, brackets and signs around them do not matter.

    ``swapped`` are numbers that lie within ``bounds`` the other way round; nothing is turned round by itself.
    """
    numbers = [float(number) for number in _NUMBER.findall(text)]
    if len(numbers) != 2:
        return Written(math.nan, math.nan, UNREADABLE)
    x, y = numbers
    if not within(x, y, bounds):
        fault = SWAPPED if within(y, x, bounds) else OUTSIDE
        return Written(math.nan, math.nan, fault, x, y)
    try:
        lon, lat = datum.to_wgs84([x], [y], of_datum)
    except ValueError:
        return Written(math.nan, math.nan, UNREADABLE)
    return Written(float(lon[0]), float(lat[0]), "", x, y)


def within(lon: float, lat: float, bounds: Bounds) -> bool:
    """Whether a position lies within bounds; NaN lies nowhere."""
    west, south, east, north = bounds
    return west <= lon <= east and south <= lat <= north
