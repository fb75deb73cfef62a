"""How a city numbers its streets, learned from the doors that are known, and where an unknown number lies.

Along a street the position wanders around an even pace: a random walk in the number with a slope that differs from
street to street. So an unknown number is the best linear prediction from the doors around it (kriging), which
interpolates between neighbours, goes on beyond the last at the street's own pace, and says how sure it is. Pace, wander
and noise are the city's own where its doors tell them.
"""

import math
import operator
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import shapely

from geo.gazetteer.extents import METRES
from geo.gazetteer.sparse import FEW_DOORS, NO_PACES, Manner, Paces, weigh

_AROUND = 5
"""Doors on each side of a number that are looked at."""
_LEAST = 12
_ALIKE = 0.25
_MOST_PACES = 300
_NINE_OF_TEN = math.sqrt(-2 * math.log(0.1))
"""Radius that holds nine of ten points of a round normal spread of one metre."""


class StreetPoint(NamedTuple):
    """A known house number of a street, in the order of the numbers; ``county`` is "" where it is not known."""

    main: int
    number: str
    lon: float
    lat: float
    town: str
    county: str = ""


@dataclass(frozen=True)
class Habits:
    """How a city numbers its streets.

    ``pace`` is the mean way in metres (east, north) from one number to the next, ``pace_spread`` the variance of a
    street's own pace around it (per axis), ``wander`` the variance in m² that each number adds, ``noise`` that of one
    door's position, ``across`` that between the two sides of a street, ``within`` that between doors of one main
    number; ``paces`` are the metres per number of its streets, a sample, and ``by_length`` those of streets with a
    course, beside its length.
    """

    pace: tuple[float, float] = (0.0, 0.0)
    pace_spread: float = 4.0
    wander: float = 40.0
    noise: float = 400.0
    across: float = 250.0
    within: float = 2_000.0
    paces: tuple[float, ...] = field(default=(), repr=False)
    by_length: Paces = field(default=NO_PACES, compare=False, repr=False)

    def likelihood(self, metres_per_number: float) -> float:
        """Return how often the city's streets keep about such a pace (a density of its logarithm)."""
        if not self.paces:
            return 0.0
        away = (np.log(np.array(self.paces)) - math.log(metres_per_number)) / _ALIKE
        return float(np.exp(-0.5 * away * away).mean())

    @property
    def stride(self) -> float:
        """How many metres a street goes on from one number to the next, as a rule."""
        return math.sqrt(self.pace[0] ** 2 + self.pace[1] ** 2 + 2 * self.pace_spread)


class Doors:
    """The known doors of one street, sorted by number, on a plane of metres: east and north of the middle door.

    With ``course`` (degrees) the plane is the street itself: ``x`` is the way along it, ``y`` to its left.
    """

    __slots__ = ("_course", "_numbered", "_scale", "lat", "length_m", "lon", "mains", "points", "x", "y")

    def __init__(self, points: Sequence[StreetPoint], course: shapely.LineString | None = None) -> None:
        self.points = tuple(sorted(points))
        self.mains = [point.main for point in self.points]
        middle = self.points[len(self.points) // 2]
        self.lon, self.lat = middle.lon, middle.lat
        self._scale = METRES * math.cos(math.radians(middle.lat))
        self.x = [(point.lon - self.lon) * self._scale for point in self.points]
        self.y = [(point.lat - self.lat) * METRES for point in self.points]

        self._numbered: dict[str, list[int]] = {}
        self._course: _Course | None = None
        self.length_m = math.nan
        """Length of the course, NaN if it is not known."""
        if course is not None:
            self._follow(course)

    def at(self, number: str) -> Sequence[int]:
        """Return the places of the doors with this number as compared (88, 88-1)."""
        if not self._numbered:
            for k, point in enumerate(self.points):
                self._numbered.setdefault(point.number, []).append(k)
        return self._numbered.get(number, ())

    def _follow(self, course: shapely.LineString) -> None:
        """Measure the doors along and across a course."""
        scale = np.array([self._scale, METRES])
        line = shapely.transform(course, lambda at: (at - (self.lon, self.lat)) * scale)
        doors = shapely.points(self.x, self.y)
        along = shapely.line_locate_point(line, doors)
        self._course, self.length_m = _Course(line), float(line.length)
        stations = [self._course.station(way) for way in along.tolist()]
        pairs = zip(self.x, self.y, stations, strict=True)
        left = [(x - at_x) * left_x + (y - at_y) * left_y for x, y, (at_x, at_y, left_x, left_y) in pairs]
        self.x, self.y = along.tolist(), left

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Return lon and lat of a place on the plane; along a course it ends where the course does."""
        if self._course is not None:
            at_x, at_y, left_x, left_y = self._course.station(x)
            x, y = at_x + y * left_x, at_y + y * left_y
        return self.lon + x / self._scale, self.lat + y / METRES


class _Course:
    """A line that is asked for single points, which costs Shapely as much as hundreds at once."""

    __slots__ = ("_at", "_corners")

    def __init__(self, line: shapely.LineString) -> None:
        self._corners: list[tuple[float, float]] = list(map(tuple, shapely.get_coordinates(line).tolist()))
        steps = (math.dist(a, b) for a, b in pairwise(self._corners))
        self._at = list(accumulate(steps, initial=0.0))

    def station(self, along: float) -> tuple[float, float, float, float]:
        """Return the point of the line at the way ``along`` it, and the unit vector to its left there."""
        (ahead_x, ahead_y), (behind_x, behind_y) = self._point(along + _EYE_M), self._point(along - _EYE_M)
        way_x, way_y = ahead_x - behind_x, ahead_y - behind_y
        size = max(math.hypot(way_x, way_y), 1e-9)
        return (*self._point(along), -way_y / size, way_x / size)

    def _point(self, along: float) -> tuple[float, float]:
        at = self._at
        if along <= 0:
            return self._corners[0]
        if along >= at[-1]:
            return self._corners[-1]
        k = bisect_right(at, along) - 1
        (x, y), (next_x, next_y) = self._corners[k], self._corners[k + 1]
        share = (along - at[k]) / (at[k + 1] - at[k])
        return x + share * (next_x - x), y + share * (next_y - y)


_EYE_M = 15.0


class Guess(NamedTuple):
    """Where a number should lie: a place on the street's plane, its spread (m, one axis), and what it rests on.

    ``gap`` is the difference of the two numbers around it, -1 if it lies beyond all; ``difference`` that to the
    nearest.
    """

    x: float
    y: float
    spread: float
    gap: int
    difference: int
    near: tuple[int, ...]


def guess(
    doors: Doors, number: float, habits: Habits, *, without: int = -1, only: Sequence[int] | None = None
) -> Guess | None:
    """Predict where a number lies from the doors around it; ``without`` leaves one door out, ``only`` all but some.

    None if no door is left.
    """
    chosen = sorted(only) if only is not None else _neighbours(doors.mains, number, without)
    if not chosen:
        return None
    mains = [doors.mains[k] for k in chosen]
    origin = float(min(mains, key=lambda main: abs(main - number)))
    straight, parity = math.isnan(doors.length_m), int(number) % 2
    known = len(chosen) if only is not None else len(doors.mains) - (without >= 0)
    if not straight and known <= FEW_DOORS and origin != number:
        return _weighed(doors, number, habits, chosen)
    noise = [habits.noise + (habits.across if main % 2 != parity else 0.0) for main in mains]
    x = [doors.x[k] for k in chosen]
    at = [main - origin for main in mains]
    if not straight:
        start = _start(mains, x, doors.length_m, habits)
        if not math.isnan(start):
            at, x, noise = [*at, -origin], [*x, start], [*noise, _START_M**2]
    at.append(number - origin)
    weights, variance = _kriged(
        np.array(at), noise, habits.pace_spread if straight else habits.stride**2, habits.wander
    )
    variance += habits.within if origin == number else habits.noise
    if straight:
        y = [doors.y[k] for k in chosen]
        away = np.array(at)
        east, north = (
            float(weights @ (np.array(v) - p * away[:-1]) + p * at[-1])
            for v, p in zip((x, y), habits.pace, strict=True)
        )
    else:
        east, north = min(max(float(weights @ np.array(x)), 0.0), doors.length_m), _side(doors, chosen, int(number))
    gap = _gap(mains, number)
    spread = math.sqrt(max(variance, habits.noise))
    return Guess(east, north, spread, gap, int(abs(origin - number)), tuple(chosen))


def _weighed(doors: Doors, number: float, habits: Habits, chosen: Sequence[int]) -> Guess:
    """Predict a number of a street with few known doors along its course."""
    mains = [doors.mains[k] for k in chosen]
    manner = Manner(habits.wander, habits.noise, habits.across, habits.stride)
    paces = habits.by_length.prior(doors.length_m)
    place, radius = weigh(mains, [doors.x[k] for k in chosen], number, doors.length_m, paces=paces, manner=manner)
    difference = int(min(abs(main - number) for main in mains))
    side = _side(doors, chosen, int(number))
    return Guess(place, side, radius / _NINE_OF_TEN, _gap(mains, number), difference, tuple(chosen))


_START_M = 60.0
"""How exactly a street begins with number 0 where it ends on the map."""


def _kriged(at: np.ndarray, noise: Sequence[float], spread: float, wander: float) -> tuple[np.ndarray, float]:
    """Return the weights of the doors for the last number of ``at``, and the variance of what they predict."""
    size = len(at) - 1
    covariance = spread * (at[:, None] * at) - 0.5 * wander * np.abs(at[:, None] - at)
    wanted = covariance[size].copy()
    wanted[size] = 1.0
    own = float(covariance[size, size])
    covariance[size] = covariance[:, size] = 1.0  # the weights sum to one
    covariance[size, size] = 0.0
    covariance.flat[: size * (size + 2) : size + 2] += noise
    weights = np.linalg.solve(covariance, wanted)
    return weights[:size], own - float(weights @ wanted)


def _start(mains: Sequence[int], along: Sequence[float], length: float, habits: Habits) -> float:
    """Return at which end of its course a street begins to count, NaN if the doors leave it open.

    Several doors tell by their order, and must fit a beginning there; a single one by the pace that either end means.
    """
    middle, way = sum(mains) / len(mains), sum(along) / len(along)
    if max(mains) - min(mains) >= 2:
        away = [main - middle for main in mains]
        slope = sum(map(operator.mul, away, along)) / sum(map(operator.mul, away, away))
        end = 0.0 if slope > 0 else length
        off = abs(way - slope * middle - end)
        return end if off <= max(150.0, 0.35 * abs(slope) * middle) else math.nan
    number = max(middle, 1.0)
    first, last = (habits.likelihood(max(reach, 1.0) / number) for reach in (way, length - way))
    if max(first, last) < 3 * min(first, last) or max(first, last) <= 0:
        return math.nan
    return 0.0 if first > last else length


def _side(doors: Doors, chosen: Sequence[int], number: int) -> float:
    """Return how far to the left of its course a number stands: as the nearest doors of its side do."""
    own = [k for k in chosen if doors.mains[k] % 2 == number % 2]
    own.sort(key=lambda k: (abs(doors.mains[k] - number), k))
    ways = sorted(doors.y[k] for k in own[:3])
    return ways[len(ways) // 2] if ways else 0.0


def _neighbours(mains: Sequence[int], number: float, without: int) -> list[int]:
    """Return the places of the nearest doors below and above; of a side with few, what there is."""
    at = bisect_left(mains, number)
    below = [k for k in range(max(at - _AROUND - 1, 0), at) if k != without][-_AROUND:]
    above = [k for k in range(at, min(at + _AROUND + 1, len(mains))) if k != without][:_AROUND]
    return below + above


def _gap(known: Sequence[int], number: float) -> int:
    below, above = [main for main in known if main <= number], [main for main in known if main >= number]
    return min(above) - max(below) if below and above else -1


def learn_habits(streets: Sequence[Doors]) -> Habits:
    """Learn how a city numbers its streets from the doors it knows; where they are too few, what is usual holds."""
    usual = Habits()
    pace, spread, paces = _paces(streets, usual)
    steps = _steps(streets)
    wander, noise = _wander(steps[steps[:, 4] == 0], usual) if len(steps) else (usual.wander, usual.noise)
    across = _extra(steps[steps[:, 4] == 1], wander, noise, usual.across) if len(steps) else usual.across
    return Habits(pace, spread, wander, noise, across, max(_within(streets, noise), noise), paces)


def _paces(streets: Sequence[Doors], usual: Habits) -> tuple[tuple[float, float], float, tuple[float, ...]]:
    """Return mean and variance of the streets' paces, and a sample; wrong doors make paces that no street keeps."""
    found = []
    for street in streets:
        mains = np.array(street.mains, dtype="float64")
        if mains[-1] - mains[0] < _LEAST_RANGE:
            continue
        away = mains - mains.mean()
        found.append(((away @ np.array(street.x)) / (away @ away), (away @ np.array(street.y)) / (away @ away)))
    if len(found) < _LEAST:
        return usual.pace, usual.pace_spread, ()
    paces = np.array(found)
    strides = np.hypot(*paces.T)
    paces = paces[strides <= 6 * np.median(strides)]
    mean = paces.mean(axis=0)
    sample = strides[(strides > 0.1) & (strides <= 6 * np.median(strides))][:: max(1, len(strides) // _MOST_PACES)]
    spread = max(float(((paces - mean) ** 2).mean()), 0.05)
    return (float(mean[0]), float(mean[1])), spread, tuple(float(stride) for stride in sample)


_LEAST_RANGE = 20


def _steps(streets: Sequence[Doors]) -> np.ndarray:
    """Return how far doors lie from the even way between their neighbours.

    Rows of: squared distance (m²), what the wander adds to it per unit, what the noise adds, the gap, whether the
    neighbours stand across the street.
    """
    rows: list[tuple[float, float, float, float, float]] = []
    for street in streets:
        sides = [[k for k, main in enumerate(street.mains) if main % 2 == parity] for parity in (0, 1)]
        for side in sides:
            rows += [_step(street, a, b, c, across=False) for (a, b), (_, c) in pairwise(pairwise(side))]
        rows += [
            _step(street, a, a + 1, a + 2, across=True)
            for a in range(len(street.mains) - 2)
            if street.mains[a] % 2 == street.mains[a + 2] % 2 != street.mains[a + 1] % 2
        ]
        if len(rows) > _MOST_STEPS:
            break
    table = np.array(rows, dtype="float64").reshape(-1, 5)
    return table[(table[:, 3] > 0) & np.isfinite(table[:, 0])]


_MOST_STEPS = 30_000


def _step(street: Doors, a: int, b: int, c: int, *, across: bool) -> tuple[float, float, float, float, float]:
    low, number, high = street.mains[a], street.mains[b], street.mains[c]
    gap = high - low
    if not low < number < high:
        return (math.nan, 0.0, 0.0, 0.0, 0.0)
    share = (number - low) / gap
    x = street.x[b] - street.x[a] - share * (street.x[c] - street.x[a])
    y = street.y[b] - street.y[a] - share * (street.y[c] - street.y[a])
    return (x * x + y * y, share * (1 - share) * gap, 1 + share**2 + (1 - share) ** 2, float(gap), float(across))


def _wander(steps: np.ndarray, usual: Habits) -> tuple[float, float]:
    """Fit wander and noise to the steps by likelihood with heavy tails, so that wrong doors hardly count."""
    if len(steps) < 2 * _LEAST:
        return usual.wander, usual.noise
    wanders = np.geomspace(0.2, 2_000.0, 33)
    noises = np.geomspace(4.0, 40_000.0, 33)
    steps = steps[:: max(1, len(steps) // 4_000)]
    best = max((_likelihood(steps[:, 0], w * steps[:, 1] + n * steps[:, 2]), -w, -n) for w in wanders for n in noises)
    return -best[1], -best[2]


def _likelihood(squares: np.ndarray, variance: np.ndarray, tail: float = 4.0) -> float:
    return float((-np.log(variance) - (tail / 2 + 1) * np.log1p(squares / (tail * variance))).sum())


def _extra(steps: np.ndarray, wander: float, noise: float, usual: float) -> float:
    """Return what a neighbour across the street adds to the noise."""
    if len(steps) < 2 * _LEAST:
        return usual
    grid = np.geomspace(1.0, 40_000.0, 40)
    steps = steps[:: max(1, len(steps) // 4_000)]
    base = wander * steps[:, 1] + noise * steps[:, 2]
    return float(max(grid, key=lambda extra: (_likelihood(steps[:, 0], base + extra), -extra)))


_WITHIN = 5.0
"""How many times the noise of one door those of one number vary, where too few tell."""


def _within(streets: Sequence[Doors], noise: float) -> float:
    """Return how far doors of one main number (88, 88-1, 88弄5号) lie apart, as a variance of one axis."""
    squares = [
        (street.x[a] - street.x[b]) ** 2 + (street.y[a] - street.y[b]) ** 2
        for street in streets
        for a, b in pairwise(range(len(street.mains)))
        if street.mains[a] == street.mains[b]
    ]
    if len(squares) < _LEAST:
        return _WITHIN * noise
    return float(np.quantile(squares, 0.9)) / (_NINE_OF_TEN**2)


def round_radius(spread: float) -> float:
    """Return the radius that holds nine of ten points of a round normal spread."""
    return _NINE_OF_TEN * spread
