"""A polygon that somebody drew on the map, as an address writes it."""

import re

import numpy as np
import shapely

MOST = 200
"""Characters of a drawn polygon: eleven corners."""
_CORNER = re.compile(r"-?\d{1,3}(?:\.\d{1,6})?,-?\d{1,2}(?:\.\d{1,6})?")


def parse(text: str) -> shapely.Polygon | None:
    """Return the polygon that an address writes (``lon,lat;lon,lat;…``, three corners or more), None if it is none."""
    if len(text) > MOST:
        return None
    parts = text.split(";")
    if len(parts) < 3 or not all(_CORNER.fullmatch(part) for part in parts):
        return None
    corners = np.array([[float(value) for value in part.split(",")] for part in parts])
    if (np.abs(corners) > (180, 85)).any():
        return None
    drawn = shapely.make_valid(shapely.Polygon(corners))
    return drawn if drawn.area > 0 else None
