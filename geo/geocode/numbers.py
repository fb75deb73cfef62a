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
    Guess,
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
_TOO_FAR = "NUMBER_TOO_FAR"
"""The number lies so far from the known ones that the street is no narrower a place than what was predicted."""
_REACH_M, _BESIDE_M = 6_000.0, 150.0
"""Reach of a street around the middle of its known doors, usually one, where no course shows it (nine of ten doors of
Shanghai's main roads lie so near); the least reach of a course."""
_WAYS = 4.0
"""Reaches of a street beyond its known doors, at the usual pace, that no number on it can lie away."""
_HALF_M = 0.45
"""Share of a street's length within which nine of ten of its doors lie around its middle."""


def spot(
    known: NumberedStreet, number: Number | None, gazetteer: Gazetteer, options: LocateOptions, *, least_m: float
) -> Spot:
    """Return the position of a number among the known numbers of its street, its radius at least ``least_m``.

    Of a range the middle is meant and the circle holds both ends, of a list the first. Without a number the middle of
    the street stands for it, as it does for a number so far from the known ones that a prediction would leave the
    street.
    """
    if number is None:
        return _middle(known, gazetteer)
    text = door_text(number)
    for street in known.streets:
        exact = street.at(text) if number.last is None or text != str(number.main) else ()  # 8~72 is not door 8
        if exact:
            return _at_door(street, exact, gazetteer, least_m)
    wanted = number.main if number.last is None else (number.main + number.last) / 2
    street, found = best_guess(known, wanted, gazetteer.habits)
    kind = kind_of_guess(found)
    radius = max(_trusted(street, found, wanted, gazetteer), least_m)
    reach = _reach(street)
    away = max(radius, found.difference * gazetteer.habits.stride / _WAYS)
    if away > reach and kind == "beyond" and found.difference > options.gap:
        return _at_street(street, _TOO_FAR, {"difference": found.difference})
    radius = min(math.hypot(radius, _half_range(street, number, gazetteer)), 2 * reach)
    detail: dict[str, object] = {"gap": found.gap} if kind == "between" else {"difference": found.difference}
    code = {"same": _EXACT, "between": _BETWEEN, "beyond": _NEAREST}[kind]
    near = found.gap if kind == "between" else found.difference
    sure = radius <= options.number_radius_m and near <= options.gap and wanted > 0  # there is no number 0
    level = "number" if sure else "street"
    lon, lat = street.degrees(found.x, found.y)
    return Spot(lon, lat, radius, level, code, {} if kind == "same" else detail, _town(street, found.near, wanted))


def _trusted(street: Doors, found: Guess, wanted: float, gazetteer: Gazetteer) -> float:
    """Return the radius (m) that a prediction may be trusted with.

    Where no doors could try it out, a number between two lies no farther than the farther of them.
    """
    radius = gazetteer.trust.radius(trusted_as(street, found), round_radius(found.spread))
    if gazetteer.trust.tried or found.gap < 0:
        return radius
    low = max(k for k in found.near if street.mains[k] <= wanted)
    high = min(k for k in found.near if street.mains[k] >= wanted)
    return min(radius, max(math.hypot(street.x[k] - found.x, street.y[k] - found.y) for k in (low, high)))


def _half_range(street: Doors, number: Number, gazetteer: Gazetteer) -> float:
    """Return half the way (m) from the first to the last number of a range, 0 without one."""
    if number.last is None:
        return 0.0
    ends = [guess(street, end, gazetteer.habits) for end in (number.main, number.last)]
    (x, y), (to_x, to_y) = ((end.x, end.y) for end in ends if end is not None)
    return math.hypot(to_x - x, to_y - y) / 2


def _at_door(street: Doors, exact: Sequence[int], gazetteer: Gazetteer, least_m: float) -> Spot:
    """Take a door that is known; it is as good as the doors' positions fit each other."""
    doors = [street.points[k] for k in exact]
    lon, lat = sum(p.lon for p in doors) / len(doors), sum(p.lat for p in doors) / len(doors)
    habits = gazetteer.habits
    radius = gazetteer.trust.radius("same", round_radius(math.sqrt(habits.noise + habits.within)))
    radius = max(radius, least_m)
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
    if radius > _reach(street):
        return _at_street(street, _MIDDLE, {})
    return Spot(*street.degrees(found.x, found.y), radius, "street", _MIDDLE, {}, _only_town(street))


def _at_street(street: Doors, code: str, detail: dict[str, object]) -> Spot:
    """Return the middle of a street, with the reach of the whole of it."""
    if not math.isnan(street.length_m):
        x, y = street.length_m / 2, 0.0
    else:
        x, y = ((min(at) + max(at)) / 2 for at in (street.x, street.y))
    return Spot(*street.degrees(x, y), _reach(street), "street", code, detail, _only_town(street))


def _reach(street: Doors) -> float:
    """Return how far from its middle a street can reach (m): no position on it is known less well."""
    if not math.isnan(street.length_m):
        return max(street.length_m / 2, _BESIDE_M)
    return max(_REACH_M, math.dist((min(street.x), min(street.y)), (max(street.x), max(street.y))) / 2)


def _only_town(street: Doors) -> str:
    """Return the town that all doors of a street lie in, "" if they lie in several."""
    towns = {point.town for point in street.points}
    return towns.pop() if len(towns) == 1 else ""
