"""How a city numbers its streets, learned from the doors that are known: pace, wander and noise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from geo.gazetteer.sparse import NO_PACES, Paces
from geo.gazetteer.street import Doors

_LEAST = 12
_ALIKE = 0.25
_MOST_PACES = 300
NINE_OF_TEN = math.sqrt(-2 * math.log(0.1))
"""Radius that holds nine of ten points of a round normal spread of one metre."""


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
    """Fit wander and noise to the steps by likelihood with heavy tails, so that wrong doors hardly count.

    A few dozen steps leave open how exactly doors stand: what is usual weighs in, as much as it matters with so few.
    """
    if len(steps) < 2 * _LEAST:
        return usual.wander, usual.noise
    wanders = np.geomspace(0.2, 2_000.0, 33)
    noises = np.geomspace(4.0, 40_000.0, 33)
    steps = steps[:: max(1, len(steps) // 4_000)]
    best = max(
        (_likelihood(steps[:, 0], w * steps[:, 1] + n * steps[:, 2]) - _unusual(w, n, usual), -w, -n)
        for w in wanders
        for n in noises
    )
    return -best[1], -best[2]


_USUAL = 1.0
"""Width, as a logarithm, within which most cities' wander and noise lie around what is usual."""


def _unusual(wander: float, noise: float, usual: Habits) -> float:
    """Return how much a wander and a noise speak against themselves before any step was seen (a log density)."""
    away = (math.log(wander / usual.wander), math.log(noise / usual.noise))
    return float(0.5 * (away[0] ** 2 + away[1] ** 2) / _USUAL**2)


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
    return float(np.quantile(squares, 0.9)) / (NINE_OF_TEN**2)
