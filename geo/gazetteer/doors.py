"""The known doors of a city by street: read from address points, put together street by street, and tried out.

Doors of one street name that no street could join are streets of their own (人民路 of two towns). A street that runs
through several counties is one, known in each of them. How far predictions may be trusted is measured on the doors
themselves: each of a sample is left out and asked for.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.address import Address, Number, read_number
from geo.courses import trace
from geo.gazetteer.entries import Name
from geo.gazetteer.extents import METRES
from geo.gazetteer.habits import Habits, learn_habits
from geo.gazetteer.layers import Courses
from geo.gazetteer.numbering import Guess, guess
from geo.gazetteer.sparse import learn_paces
from geo.gazetteer.street import Doors, StreetPoint
from geo.gazetteer.trust import Trust, try_out
from geo.text import normalise

_REACH_M = 900.0
_STRETCH = 8.0
_FARTHEST_M = 10_000.0
_NEXT, _NEXT_M = 24, 1_500.0
"""Doors looked at around a door, and how near they must be, to tell that a street runs up to another county."""
_BESIDE_M, _MOST = 150.0, 0.9
"""A street has a course if so many of its doors stand so near it."""
_MOST_DOORS = 3_000
_PLAIN = re.compile(r"(?P<street>[\u4e00-\u9fff]{2,8}?(?:路|街|大道|巷|弄))(?P<number>\d+(?:-\d+)?)号?$")
_DIVISION = re.compile(r"[省市区县镇乡村]|街道")


class Door(NamedTuple):
    """What an address point says: its street, its number, and the county and town that it names or is given."""

    street: str
    number: Number
    county: str
    town: str


@dataclass(frozen=True)
class NumberedStreet:
    """The doors of one street name in one county: usually one street, else several, largest first."""

    streets: tuple[Doors, ...]

    @property
    def points(self) -> tuple[StreetPoint, ...]:
        """All doors, street by street."""
        return tuple(point for street in self.streets for point in street.points)


@dataclass(frozen=True)
class KnownDoors:
    """All that the doors of a city tell: streets by (county code or "", name), habits, and how far to trust them.

    ``courses`` are those of the streets that they were read with.
    """

    points: Mapping[tuple[str, str], NumberedStreet]
    habits: Habits
    trust: Trust
    courses: Courses


def know_doors(
    places: pd.DataFrame,
    read: Callable[[str], Address],
    counties: Mapping[str, Name],
    city: str,
    courses: Courses | None = None,
) -> KnownDoors:
    """Return the known doors of ``places`` (``PLACES`` of kind ``address``).

    ``read`` parses a normalised address; street and, where the columns are empty, number and county come from the
    name. ``counties`` are the counties by their names, ``city`` the city's name. Doors along one of the ``courses`` are
    numbered along it.
    """
    found: dict[str, list[StreetPoint]] = defaultdict(list)
    rows = places[places["kind"] == "address"] if len(places) else places
    reader = _Reader(read, counties, city)
    columns = [rows[c].tolist() for c in ("name", "number", "county_code", "town_code")]
    middles = shapely.point_on_surface(np.asarray(rows.geometry.array, dtype=object))
    where = (shapely.get_x(middles).tolist(), shapely.get_y(middles).tolist())
    for name, written, county, town, lon, lat in zip(*columns, *where, strict=True):
        door = None if math.isnan(lon) else reader.door(name, _text(written))
        if door is not None:
            text = door_text(door.number)
            found[door.street].append(
                StreetPoint(door.number.main, text, lon, lat, _text(town) or door.town, _text(county) or door.county)
            )
    named: dict[str, list[shapely.LineString]] = defaultdict(list)
    for (_, name), lines in (courses or {}).items():
        named[name] += lines
    streets = {name: tuple(_streets(points, named.get(name, ()))) for name, points in sorted(found.items())}
    habits = learn_habits([street for several in streets.values() for street in several])
    along = _along(streets, named)
    traced = ((s.mains, s.x, s.length_m) for several in along.values() for s in several if s.length_m > 0)
    habits = replace(habits, by_length=learn_paces(traced))
    points = _by_county(along)
    trust = try_out((street for known in points.values() for street in known.streets), habits)
    return KnownDoors(points, habits, trust, courses or {})


def _along(
    streets: Mapping[str, Sequence[Doors]], named: Mapping[str, Sequence[shapely.LineString]]
) -> dict[str, tuple[Doors, ...]]:
    """Return the streets with their courses, where most of their doors stand along one."""
    return {
        name: tuple(Doors(street.points, _course_of(street, named[name])) for street in several)
        if name in named
        else tuple(several)
        for name, several in streets.items()
    }


def _course_of(street: Doors, lines: Sequence[shapely.LineString]) -> shapely.LineString | None:
    """Return the course that most doors of a street stand along, pieces of it joined (it may cross a county border)."""
    doors = shapely.multipoints([(point.lon, point.lat) for point in street.points])
    near = [line for line in lines if shapely.dwithin(line, doors, _BESIDE_M / METRES)]
    if not near:
        return None
    course = near[0] if len(near) == 1 else shapely.get_parts(trace(near)[0].line)[0]
    scale = (METRES * math.cos(math.radians(street.lat)), METRES)
    flat, points = (shapely.transform(shape, lambda at: at * scale) for shape in (course, doors))
    beside = shapely.distance(flat, shapely.get_parts(points)) <= _BESIDE_M
    return course if beside.mean() >= _MOST else None


def _text(value: object) -> str | None:
    return None if value is None or value is pd.NA or value != value else str(value)


def door_text(number: Number) -> str:
    """Return a house number as doors are compared: 88附1 and 88-1 are one."""
    return number.text.replace("附", "-").strip("-")


class _Reader:
    """Reads address points; a plain 望江路88号, as most are, needs no parser, even behind its city and county."""

    def __init__(self, read: Callable[[str], Address], counties: Mapping[str, Name], city: str) -> None:
        self._read, self._city = read, city
        self._counties = {text: found for text, name in counties.items() if (found := _county_of(name))}
        self._longest = max(map(len, self._counties), default=0)

    def door(self, name: str, written: str | None) -> Door | None:
        """Return what an address point says, None if it names no street or no number."""
        text = normalise(name).text
        rest = text.removeprefix(self._city) if self._city else text
        county = ""
        for size in range(self._longest, 1, -1):
            if rest[:size] in self._counties:
                county, rest = self._counties[rest[:size]], rest[size:]
                break
        plain = _PLAIN.match(rest)
        if plain is not None and not _DIVISION.search(plain["street"]):
            digits = plain["number"]
            number = (
                Number(digits, int(digits)) if digits.isdecimal() and len(digits) < 9 else read_number(digits, "号")
            )
            return Door(plain["street"], number, county, "") if number is not None else None
        return self._parsed(text, written)

    def _parsed(self, text: str, written: str | None) -> Door | None:
        address = self._read(text)
        number = address.number or read_number(normalise(written or "").text, "号")
        roads = [k for k, label in enumerate(address.labels) if label == "road"]
        if number is None or not roads:
            return None
        road = address.number_after if address.number_after in roads else roads[0]
        county = town = ""
        for _, _, label, _, name in address.names:
            if isinstance(name, Name) and label == "district":
                county = county or _county_of(name)
            elif isinstance(name, Name) and label == "town" and len(name.entities) == 1:
                entity = name.entities[0]
                town = town or (entity.town or "" if entity.former else entity.key)
        return Door(address.texts[road], number, county, town)


def _county_of(name: Name) -> str:
    """Return today's code of the county that a name means, "" if it may mean several."""
    codes = {entity.county for entity in name.entities if entity.county}
    return codes.pop() if len(codes) == 1 else ""


def _streets(points: Sequence[StreetPoint], courses: Sequence[shapely.LineString]) -> Iterator[Doors]:
    """Yield the streets of one name, largest first: doors are one street if it could run from the one to the other."""
    ordered = sorted(points)
    count, label = _labels(ordered, courses)
    groups = [[point for point, at in zip(ordered, label, strict=True) if at == k] for k in range(count)]
    for group in sorted(groups, key=lambda group: (-len(group), group)):
        yield Doors(group)


def _labels(points: Sequence[StreetPoint], courses: Sequence[shapely.LineString]) -> tuple[int, np.ndarray]:
    size = len(points)
    main = np.array([point.main for point in points], dtype="float64")
    scale = METRES * math.cos(math.radians(points[0].lat))
    at = np.array([(point.lon * scale, point.lat * METRES) for point in points])
    if size == 1 or size > _MOST_DOORS or np.hypot(*np.ptp(at, axis=0)) <= _REACH_M:
        return 1, np.zeros(size, dtype=int)
    apart = np.hypot(at[:, 0, None] - at[None, :, 0], at[:, 1, None] - at[None, :, 1])
    reach = np.minimum(_REACH_M + _STRETCH * np.abs(main[:, None] - main[None, :]), _FARTHEST_M)
    near = apart <= reach
    for course in courses:  # however few they are, doors along one course stand on one street
        beside = shapely.dwithin(course, shapely.points([(p.lon, p.lat) for p in points]), _BESIDE_M / METRES)
        near |= beside[:, None] & beside[None, :]
    if near.diagonal(1).all():  # each door is near the next: one street, as nearly all are
        return 1, np.zeros(size, dtype=int)
    one, two = np.nonzero(near)
    links = coo_matrix((np.ones(len(one)), (one, two)), shape=(size, size))
    count, label = connected_components(links, directed=False)
    return int(count), label


def _by_county(streets: Mapping[str, Sequence[Doors]]) -> dict[tuple[str, str], NumberedStreet]:
    found: dict[tuple[str, str], list[Doors]] = {}
    for name, several in streets.items():
        for street in several:
            for county in sorted({point.county for point in street.points}):
                found.setdefault((county, name), []).append(street)
    for county, name, street in _next_door(streets):
        if (county, name) not in found:  # a street that goes on over the border, as far as the doors there tell
            found[county, name] = [street]
    return {key: NumberedStreet(tuple(several)) for key, several in sorted(found.items())}


def _next_door(streets: Mapping[str, Sequence[Doors]]) -> list[tuple[str, str, Doors]]:
    """Return the counties, other than its own, that have doors near a door of a street, with its name."""
    every = [(street, name) for name, several in streets.items() for street in several]
    counties = [point.county for street, _ in every for point in street.points]
    if len(set(counties) - {""}) < 2:
        return []
    at = np.array([(point.lon, point.lat) for street, _ in every for point in street.points])
    at *= (METRES * math.cos(math.radians(float(at[:, 1].mean()))), METRES)
    code = np.unique(counties, return_inverse=True)[1]
    found: list[tuple[str, str, Doors]] = []
    # a street is looked at from some of its doors; most doors have none of another county around
    chosen = np.concatenate([start_of + _some(len(street.points)) for start_of, (street, _) in _starts(every)])
    _, near = cKDTree(at).query(at[chosen], k=min(_NEXT, len(at)), distance_upper_bound=_NEXT_M)
    alien = (near < len(at)) & (code[np.minimum(near, len(at) - 1)] != code[chosen][:, None])
    rows = np.flatnonzero(alien.any(axis=1))
    ends = np.cumsum([len(street.points) for street, _ in every])
    others: dict[int, set[str]] = defaultdict(set)
    for row in rows.tolist():
        others[int(np.searchsorted(ends, chosen[row], side="right"))] |= {counties[k] for k in near[row][alien[row]]}
    for k, around in sorted(others.items()):
        street, name = every[k]
        own = {point.county for point in street.points}
        found += [(county, name, street) for county in sorted(around - own - {""})]
    return found


def _starts(every: Sequence[tuple[Doors, str]]) -> Iterator[tuple[int, tuple[Doors, str]]]:
    start = 0
    for street in every:
        yield start, street
        start += len(street[0].points)


def _some(size: int) -> np.ndarray:
    """Return the places of up to eight doors, evenly spread, the ends among them."""
    return np.unique(np.linspace(0, size - 1, min(size, 8)).astype(int))


def best_guess(known: NumberedStreet, number: float, habits: Habits) -> tuple[Doors, Guess]:
    """Return the surest prediction among the streets of one name, and the street it is made on."""
    guesses = [(street, guess(street, number, habits)) for street in known.streets]
    return min(((s, g) for s, g in guesses if g is not None), key=lambda pair: pair[1].spread)
