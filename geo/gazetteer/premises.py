"""How far the firms of a building stand from the door that is its address, measured where both are on the map."""

import math
from collections.abc import Mapping

import numpy as np

from geo.address import Number
from geo.gazetteer.doors import NumberedStreet, door_text
from geo.gazetteer.entries import Entity
from geo.gazetteer.extents import METRES, SHARE

_LEAST = 30
"""Buildings from which the layers tell it."""


def premises(
    addresses: Mapping[str, tuple[str, str, Number]],
    entities: Mapping[str, Entity],
    points: Mapping[tuple[str, str], NumberedStreet],
) -> float:
    """Return the radius (m) around a building's own door that holds nine of ten of its firms, 0 where too few tell.

    ``addresses`` are county, street and number of buildings and markets by place key.
    """
    found = [
        away
        for key, (county, road, number) in sorted(addresses.items())
        if (away := _away(entities[key], points.get((county, road)), door_text(number))) is not None
    ]
    return float(np.quantile(found, SHARE)) if len(found) >= _LEAST else 0.0


def _away(place: Entity, known: NumberedStreet | None, number: str) -> float | None:
    """Return how far a building reaches from its door, ``None`` unless both have a position."""
    if known is None or not place.placed:
        return None
    for street in known.streets:
        for k in street.at(number)[:1]:
            door = street.points[k]
            east = (place.lon - door.lon) * math.cos(math.radians(place.lat))
            return math.hypot(math.hypot(east, place.lat - door.lat) * METRES, place.radius_m)
    return None
