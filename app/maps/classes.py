"""Classes of a map: breaks found once over the whole city, rounded so that people can say them, with a colour each."""

import itertools
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app import palette
from app.pages import number, percent

MOST = 5
HEAVY = 150
"""More values than this: heavy-tailed counts, split at the mean of the rest again and again."""


@dataclass(frozen=True)
class Classes:
    """Upper breaks between classes, rising; a value equal to a break belongs to the class above it."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    rate: bool = False

    def index(self, value: float) -> int:
        """Return the class of a value, -1 if there is none."""
        return -1 if math.isnan(value) else int(np.searchsorted(self.breaks, value, side="right"))

    def indices(self, values: np.ndarray) -> np.ndarray:
        """Return the class of each value, -1 for NaN."""
        return np.where(np.isnan(values), -1, np.searchsorted(self.breaks, values, side="right"))

    def colour(self, value: float) -> str:
        """Return the colour of a value's class."""
        index = self.index(value)
        return palette.NO_DATA if index < 0 else self.colours[index]

    def say(self, value: float) -> str:
        """Return the value as the map writes it."""
        return percent(value, 0) if self.rate else number(value)

    def labels(self) -> tuple[str, ...]:
        """Return what to write beside each colour: whole numbers do not overlap, shares meet at their breaks."""
        edges: list[float] = [-math.inf, *self.breaks, math.inf]
        return tuple(self._label(low, high) for low, high in itertools.pairwise(edges))

    def _label(self, low: float, high: float) -> str:
        if math.isinf(low) and math.isinf(high):
            return "0–100%" if self.rate else "≥ 1"
        if math.isinf(low):
            if self.rate:
                return f"< {self.say(high)}"
            low = 1  # nought is a class of its own
        if math.isinf(high):
            return f"≥ {self.say(low)}"
        if self.rate:
            return f"{self.say(low)}–{self.say(high)}"
        return self.say(low) if high - low <= 1 else f"{self.say(low)}–{self.say(high - 1)}"


def of_counts(values: Sequence[float] | np.ndarray, colours: Sequence[str] = palette.GAP) -> Classes:
    """Return classes of counts above nought: natural breaks, or head/tail breaks for many heavy-tailed values."""
    given = np.asarray(values, dtype=float)
    given = given[given > 0]
    raw = _breaks(given)
    return _shaded(sorted({_round(value) for value in raw if _round(value) > 1}), colours, rate=False)


def of_rates(values: Sequence[float] | np.ndarray, colours: Sequence[str] = palette.GAP) -> Classes:
    """Return classes of shares (0..1): natural breaks, rounded to 5 %."""
    given = np.asarray(values, dtype=float)
    given = given[~np.isnan(given)]
    raw = _breaks(given)
    inner = sorted({round(round(value * 20) / 20, 2) for value in raw})
    return _shaded([value for value in inner if 0 < value < 1], colours, rate=True)


def of_densities(values: np.ndarray, colours: Sequence[str] = palette.GAP) -> Classes:
    """Return classes of a surface: head/tail breaks above nought, rounded to 1, 2 or 5; below the first is clear."""
    import mapclassify

    given = values[values > 0]
    raw = mapclassify.HeadTailBreaks(given).bins[: len(colours)] if len(given) else []
    breaks = sorted({ceiling(float(value)) for value in raw})[: len(colours) - 1]
    return Classes(tuple(breaks), tuple(_spread(colours[1:], len(breaks))[: len(breaks)]))


def ceiling(value: float) -> float:
    """Return the next number that starts with 1, 2 or 5."""
    if value <= 0:
        return 0.0
    size = 10.0 ** math.floor(math.log10(value))
    return float(next(round(step * size, 12) for step in (1, 2, 5, 10) if value <= step * size * (1 + 1e-9)))


def floor(value: float) -> float:
    """Return the last number up to ``value`` that starts with 1, 2 or 5."""
    if value <= 0:
        return 0.0
    size = 10.0 ** math.floor(math.log10(value))
    return float(next(round(step * size, 12) for step in (5, 2, 1) if value >= step * size * (1 - 1e-9)))


def _spread(colours: Sequence[str], count: int) -> list[str]:
    places = np.linspace(0, len(colours) - 1, max(count, 1)).round().astype(int)
    return [colours[place] for place in places]


def _breaks(values: np.ndarray) -> list[float]:
    import mapclassify

    distinct = np.unique(values)
    if len(distinct) <= MOST:
        return [float(value) for value in distinct[1:]]
    if len(values) > HEAVY:
        return _between(distinct, mapclassify.HeadTailBreaks(values).bins[: MOST - 1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it recommends numba, which so few values do not need
        return _between(distinct, mapclassify.FisherJenks(values, k=MOST).bins[:-1])


def _between(distinct: np.ndarray, tops: np.ndarray) -> list[float]:
    """Turn the largest values of classes into breaks half-way to the next value."""
    following = np.minimum(np.searchsorted(distinct, tops, side="right"), len(distinct) - 1)
    return [float(value) for value in (tops + distinct[following]) / 2]


def _shaded(breaks: list[float], colours: Sequence[str], *, rate: bool) -> Classes:
    chosen = breaks[: len(colours) - 1]
    shades = colours[2:3] if not chosen else _spread(colours, len(chosen) + 1)
    return Classes(tuple(chosen), tuple(shades), rate)


def _round(value: float) -> float:
    """Round to a number with one or two leading digits (1, 2, 5 and their halves between)."""
    if value < 10:
        return float(math.ceil(value))
    step = 10 ** math.floor(math.log10(value)) / 2
    return float(round(value / step) * step)
