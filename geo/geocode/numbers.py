"""Where a house number lies on its street: at a known door, or predicted from the doors around it.

A position is only as good as the way it was found, so its radius comes from what the city's own doors show when they
are left out and asked for; a number that earns no small radius earns the street, not the number.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from geo.address import Number
from geo.gazetteer import (
    Doors,
    Gazetteer,
    NumberedStreet,
    best_guess,
    door_text,
    guess,
    kind_of_guess,
    round_radius,
    trusted_as,
)
from geo.geocode.options import LocateOptions


class Spot(NamedTuple):
    """A position on a street. ``level`` is ``number`` or ``street``; ``code`` and ``detail`` say how it was found.

    ``settled``: the radius holds the relation of the address (旁, 北200米) already; ``moved``: the words it followed.
    """

    lon: float
    lat: float
    radius_m: float
    level: str
    code: str
    detail: dict[str, object]
    town: str = ""
    settled: bool = False
    moved: str = ""


_EXACT, _BETWEEN, _NEAREST, _MIDDLE = "NUMBER_EXACT", "NUMBER_INTERPOLATED", "NUMBER_NEAREST", "STREET_MIDDLE"
_HALF_M = 0.45
"""Share of a street's length within which nine of ten of its doors lie around its middle."""


def spot(known: NumberedStreet, number: Number | None, gazetteer: Gazetteer, options: LocateOptions) -> Spot:
    """Return the position of a number among the known numbers of its street.

    Of a range the middle is meant, of a list the first. Without a number the middle of the street stands for it.
    """
    if number is None:
        return _middle(known, gazetteer)
    text = door_text(number)
    for street in known.streets:
        exact = street.at(text)
        if exact:
            return _at_door(street, exact, gazetteer, options)
    wanted = number.main if number.last is None else (number.main + number.last) / 2
    street, found = best_guess(known, wanted, gazetteer.habits)
    kind = kind_of_guess(found)
    radius = max(gazetteer.trust.radius(trusted_as(street, found), round_radius(found.spread)), options.least_radius_m)
    detail: dict[str, object] = {"gap": found.gap} if kind == "between" else {"difference": found.difference}
    code = {"same": _EXACT, "between": _BETWEEN, "beyond": _NEAREST}[kind]
    near = found.gap if kind == "between" else found.difference
    sure = radius <= options.number_radius_m and near <= options.gap and wanted > 0  # there is no number 0
    level = "number" if sure else "street"
    lon, lat = street.degrees(found.x, found.y)
    return Spot(lon, lat, radius, level, code, {} if kind == "same" else detail, _town(street, found.near, wanted))


def _at_door(street: Doors, exact: Sequence[int], gazetteer: Gazetteer, options: LocateOptions) -> Spot:
    """Take a door that is known; it is as good as the doors' positions fit each other."""
    doors = [street.points[k] for k in exact]
    lon, lat = sum(p.lon for p in doors) / len(doors), sum(p.lat for p in doors) / len(doors)
    habits = gazetteer.habits
    radius = gazetteer.trust.radius("same", round_radius(math.sqrt(habits.noise + habits.within)))
    radius = max(radius, options.least_radius_m)
    return Spot(lon, lat, radius, "number", _EXACT, {}, doors[0].town)


def _town(street: Doors, near: tuple[int, ...], number: float) -> str:
    """Return the town of the doors next to a number, "" if they lie in several."""
    ordered = sorted(near, key=lambda k: (abs(street.mains[k] - number), k))
    towns = {street.points[k].town for k in ordered[:2]}
    return towns.pop() if len(towns) == 1 else ""


def _middle(known: NumberedStreet, gazetteer: Gazetteer) -> Spot:
    """Predict the middle number; around it lies the street, as long as its numbers make it."""
    street = known.streets[0]
    middle = street.mains[-1] / 2
    found = guess(street, middle, gazetteer.habits)
    assert found is not None
    half = _HALF_M * street.mains[-1] * gazetteer.habits.stride
    radius = math.hypot(half, gazetteer.trust.radius(trusted_as(street, found), round_radius(found.spread)))
    towns = {point.town for point in street.points}
    town = towns.pop() if len(towns) == 1 else ""
    return Spot(*street.degrees(found.x, found.y), radius, "street", _MIDDLE, {}, town)
