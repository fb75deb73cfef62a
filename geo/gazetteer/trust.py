"""How far predicted house numbers may be trusted, measured on the doors that a city knows."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from geo.gazetteer.extents import METRES, SHARE
from geo.gazetteer.habits import Habits
from geo.gazetteer.numbering import Guess, guess, round_radius
from geo.gazetteer.sparse import FEW_DOORS
from geo.gazetteer.street import Doors

_SAMPLE, _FEW_SAMPLE = 1_200, 400
_BIN = 80
_FEW = 2
_OF_FEW = " few"
"""What rests on few doors has one stretch for all radii: each street counts as one, and in groups of alike radii a few
streets would decide (ten times at one radius, half at the next)."""
_USUAL, _DOUBT, _FEWEST = math.log(4.0), 20.0, 24
"""Stretch (a logarithm) that predictions from doors few and far between want, as the shops of seven cities show; tries
against which it counts, where they tell of less; tries from which all kinds together tell anything."""
_SAME = "same"
_USUAL_SAME = ((0.0, math.log(2.0)),)
"""Stretch of a number that is known itself, where none could be tried: shops of one number stand in one mall."""
_ANY = "any"
"""All kinds together, for a kind that too few doors could try out."""


@dataclass(frozen=True)
class Trust:
    """By how much the radius of a prediction must be stretched to hold nine of ten, by kind and size of prediction.

    ``tried``: whether the city's own doors told, and not what is usual.
    """

    factors: Mapping[str, tuple[tuple[float, float], ...]]
    tried: bool = True
    _told: dict[tuple[str, float], float] = field(default_factory=dict, compare=False, repr=False)

    def radius(self, kind: str, radius: float) -> float:
        """Return the radius to state for a predicted one."""
        found = self._told.get((kind, radius))
        if found is None:
            found = self._told[kind, radius] = self._stretched(kind, radius)
        return found

    def _stretched(self, kind: str, radius: float) -> float:
        table = self.factors.get(kind) or self.factors.get(_ANY)
        if not table:
            return radius
        sizes, factors = zip(*table, strict=True)
        return radius * float(np.exp(np.interp(math.log(radius), sizes, factors)))


def kind_of_guess(found: Guess) -> str:
    """Return what a prediction rests on: ``same`` number, ``between`` two numbers, or ``beyond`` all of them."""
    if found.difference == 0:
        return _SAME
    return "between" if found.gap >= 0 else "beyond"


def trusted_as(street: Doors, found: Guess) -> str:
    """Return under what a prediction's radius was tried out: its kind, on how few doors, and whether along a course."""
    few = _OF_FEW if len(found.near) <= _FEW else ""
    return kind_of_guess(found) + few + ("" if math.isnan(street.length_m) else " along")


def try_out(streets: Iterable[Doors], habits: Habits) -> Trust:
    """Leave doors out and ask for them, and see by how much the predictions' radii fall short.

    Few tries leave that open, and doors that could be tried have others around them, as those asked for may not: a
    stretch below what is usual is believed as far as tries go.

    What is asked of few doors is tried on streets with few doors above all, and each street counts as one: those with
    many are not like them.
    """
    tried: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for at, (street, k) in enumerate(_sample(streets)):
        for only in (None, *(_few_others(len(street.mains), k) if at % 2 == 0 else ())):
            found = guess(street, street.mains[k], habits, without=k, only=only)
            if found is None:
                continue
            missed = math.hypot(found.x - street.x[k], found.y - street.y[k])
            radius = round_radius(found.spread)
            kind = trusted_as(street, found)
            weight = 1.0 / len(street.mains) if len(found.near) <= _FEW else 1.0
            pair = (math.log(radius), math.log(max(missed, 1.0) / radius), weight)
            tried[kind].append(pair)
            tried[_ANY].append(pair)
    factors = {
        kind: _factors(pairs, groups=1 if _OF_FEW in kind else max(1, len(pairs) // _BIN))
        for kind, pairs in sorted(tried.items())
        if len(pairs) >= (_BIN // 2 if kind != _ANY else _FEWEST)
    }
    return Trust(factors) if factors else Trust({_ANY: ((0.0, _USUAL),), _SAME: _USUAL_SAME}, tried=False)


def _few_others(size: int, left_out: int) -> list[list[int]]:
    """Return one door, and two, out of the others: what a street with fewer doors would know."""
    others = [k for k in range(size) if k != left_out]
    one, two = (7 * left_out + 3) % len(others), (5 * left_out + 1) % len(others)
    return [[others[one]]] if one == two else [[others[one]], [others[one], others[two]]]


def _sample(streets: Iterable[Doors]) -> list[tuple[Doors, int]]:
    """Return doors evenly from all streets, and more of those with few doors."""
    known = {id(street): street for street in streets}  # a street may be known in several counties
    doors = [(street, k) for street in known.values() for k in range(len(street.mains)) if len(street.mains) > 1]
    few = [(street, k) for street, k in doors if len(street.mains) <= FEW_DOORS]
    chosen = doors[:: max(1, math.ceil(len(doors) / _SAMPLE))] + few[:: max(1, math.ceil(len(few) / _FEW_SAMPLE))]
    return list({(id(street), k): (street, k) for street, k in chosen}.values())


def _factors(pairs: Sequence[tuple[float, float, float]], *, groups: int) -> tuple[tuple[float, float], ...]:
    """Return (log of radius, log of stretch) per group of alike radii, raised towards what is usual where few tell."""
    table = np.array(sorted(pairs))
    parts = np.array_split(table, groups)
    told = float(table[:, 2].sum())
    share = told / (told + _DOUBT)
    found = [(float(part[:, 0].mean()), _quantile(part[:, 1], part[:, 2])) for part in parts]
    return tuple((size, max(factor, share * factor + (1 - share) * _USUAL)) for size, factor in found)


def _quantile(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    held = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(SHARE * weights.sum(), held, values[order]))


def reach(doors: Iterable[tuple[float, float]], middle: tuple[float, float]) -> float:
    """Return the radius in metres around ``middle`` that holds nine of ten doors (lon, lat)."""
    at = np.array(list(doors), dtype="float64") - middle
    scale = (METRES * math.cos(math.radians(middle[1])), METRES)
    return float(np.quantile(np.hypot(*(at * scale).T), SHARE))
