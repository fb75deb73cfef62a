"""Numbers of streets that know but a few doors: every pace and beginning that may be, weighed by the city's own.

A street whose doors leave open at which end of its course it begins to count, and how fast, is no street of the usual
pace: long roads outside the towns count otherwise, and are those with few known doors. So its pace is drawn from
streets of like length, where there are some, then from all, then from anywhere; each beginning and pace says where a
number lies; and the radius holds nine of ten of what they say together.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from geo.gazetteer.extents import SHARE

FEW_DOORS = 5
"""Known doors of a street up to which it is weighed here."""
_PACES = np.geomspace(0.7, 220.0, 32)
"""Metres from one number to the next that are thought of."""
_STEP = math.log(_PACES[1] / _PACES[0]) / math.sqrt(12)
"""Deviation of a pace from the nearest of them, as a share."""
_LIKE_PACE, _LIKE_LENGTH = 0.2, 0.25
"""Widths, as logarithms, within which paces and lengths count as alike."""
_ENOUGH = 4.0
"""Streets whose word counts as much as that of the wider group behind it."""
_LEAST_STREETS = 12
START_M = 60.0
"""How exactly a street begins with number 0 where it ends on the map."""
_ELSEWHERE = 0.15
"""Chance that a street begins at neither end of its course."""
_CELLS = 40
_OFF = 0.05
"""Weight left to a pace by which the number asked for would lie beyond the street's end."""


@dataclass(frozen=True)
class Paces:
    """The paces of a city's streets: logarithms of metres per number and of the course's length, a street each."""

    paces: np.ndarray
    lengths: np.ndarray
    _told: dict[float, np.ndarray] = field(default_factory=dict, compare=False, repr=False)

    def prior(self, length_m: float) -> np.ndarray:
        """Return the chances of the paces thought of, for a street of this length."""
        found = self._told.get(length_m)
        if found is None:
            found = self._told[length_m] = self._prior(length_m)
        return found

    def _prior(self, length_m: float) -> np.ndarray:
        anywhere = np.full(len(_PACES), 1.0 / len(_PACES))
        if len(self.paces) < _LEAST_STREETS:
            return anywhere
        all_streets = _shrunk(self._kernel.sum(axis=1), float(len(self.paces)), anywhere)
        alike = np.exp(-0.5 * ((math.log(length_m) - self.lengths) / _LIKE_LENGTH) ** 2)
        return _shrunk(self._kernel @ alike, float(alike.sum()), all_streets)

    @cached_property
    def _kernel(self) -> np.ndarray:
        kernel = np.exp(-0.5 * ((np.log(_PACES)[:, None] - self.paces) / _LIKE_PACE) ** 2)
        return np.asarray(kernel / kernel.sum(axis=0))


def _shrunk(found: np.ndarray, count: float, behind: np.ndarray) -> np.ndarray:
    """Return the chances that a group tells, drawn to those of the wider group the more, the smaller it is."""
    return (found + _ENOUGH * behind) / (count + _ENOUGH)


def learn_paces(streets: Iterable[tuple[Sequence[int], Sequence[float], float]]) -> Paces:
    """Learn the paces of streets from their doors: numbers, ways along the course (m), length of the course (m)."""
    found = []
    for mains, along, length in streets:
        if mains and mains[-1] - mains[0] >= _LEAST_RANGE:
            away = np.array(mains, dtype="float64") - sum(mains) / len(mains)
            pace = abs(float(away @ np.array(along))) / float(away @ away)
            if _PACES[0] <= pace <= _PACES[-1]:
                found.append((math.log(pace), math.log(max(length, 1.0))))
    table = np.array(found).reshape(-1, 2)
    return Paces(table[:, 0], table[:, 1])


_LEAST_RANGE = 6
NO_PACES = Paces(np.empty(0), np.empty(0))


class Manner(NamedTuple):
    """What the city's streets have in common: variances in m² by number and by door, metres from one to the next."""

    wander: float
    noise: float
    across: float
    stride: float


def weigh(
    mains: Sequence[int], along: Sequence[float], number: float, length_m: float, *, paces: np.ndarray, manner: Manner
) -> tuple[float, float]:
    """Return where along its course a number lies, and the radius that holds it nine of ten times.

    ``mains`` and ``along`` are the known doors; ``paces`` the chances of the paces thought of.
    """
    at = np.array([*mains, number], dtype="float64")
    x = np.array(along, dtype="float64")
    middle, spread, chance = _told(at, x, length_m, manner)
    with np.errstate(divide="ignore"):
        chance = chance + np.log(paces) + _LOG_BEGINNINGS
    inside = np.clip((np.minimum(middle, length_m - middle) / spread + 1.5) / 3.0, _OFF, 1.0)
    weight = np.exp(chance - chance.max()) * inside
    best = int(weight.sum(axis=1).argmax())
    place = float(np.clip((weight[best] @ middle[best]) / weight[best].sum(), 0.0, length_m))
    return place, _radius(middle.ravel(), spread.ravel(), weight.ravel(), (place, length_m))


_WAYS = np.array([1.0, -1.0])
"""Whether numbers rise along the course or against it."""
_BEGINNINGS = np.array([(1 - _ELSEWHERE) / 2, (1 - _ELSEWHERE) / 2, _ELSEWHERE / 2, _ELSEWHERE / 2])
"""Chances of beginning at the first end of the course, at its last, and at neither, rising along it or against it."""
_LOG_BEGINNINGS = np.log(_BEGINNINGS)[:, None]


def _told(at: np.ndarray, x: np.ndarray, length: float, manner: Manner) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, by beginning and pace, where the last number of ``at`` lies, how surely, and how well the doors fit."""
    known, scale = at[:-1], (_PACES / manner.stride) ** 2
    side = np.where(known % 2 != at[-1] % 2, manner.across, 0.0)
    walk = manner.wander * np.minimum(at[:, None], at)  # how far a street strays, it strays in numbers
    walk.flat[:: len(at) + 1] += [*side, 0.0]
    cover = scale[:, None, None] * walk + (_PACES * _STEP)[:, None, None] ** 2 * (at[:, None] * at)
    cover.reshape(len(_PACES), -1)[:, :: len(at) + 1] += manner.noise
    cover = cover + np.array([START_M**2, length**2 / 12])[:, None, None, None]
    inner, outer = cover[..., :-1, :-1], cover[..., -1, :-1]
    starts = np.array([[0.0, length], [length / 2, length / 2]])
    mean = starts[:, :, None, None] + (_WAYS[:, None] * _PACES)[..., None] * at
    off = x - mean[..., :-1]
    right = np.moveaxis(np.concatenate([off, outer[:, None]], axis=1), 1, -1)
    solved = np.moveaxis(np.linalg.solve(inner, right), -1, 1)
    middle = mean[..., -1] + (outer[:, None] * solved[:, :-1]).sum(axis=-1)
    variance = cover[..., -1, -1] - (outer * solved[:, -1]).sum(axis=-1)
    fit = -0.5 * ((off * solved[:, :-1]).sum(axis=-1) + np.linalg.slogdet(inner)[1][:, None])
    spread = np.broadcast_to(np.sqrt(np.maximum(variance, 1.0))[:, None], middle.shape)
    return tuple(found.reshape(-1, len(_PACES)) for found in (middle, spread, fit))  # type: ignore[return-value]


def _radius(middle: np.ndarray, spread: np.ndarray, weight: np.ndarray, at: tuple[float, float]) -> float:
    """Return the radius around a place that holds nine of ten of a mixture, no farther than the street goes."""
    place, length = at
    told = weight > 1e-3 * weight.max()
    middle, spread, weight = middle[told], spread[told], weight[told] / weight[told].sum()
    farthest = max(place, length - place)
    reach = _geometric(max(farthest, 2.0))
    far, near = ((place + way * reach[:, None] - middle) / spread for way in (1, -1))
    held = (_normal(far) - _normal(near)) @ weight
    return float(np.interp(SHARE, held, reach)) if held[-1] > SHARE else float(reach[-1])


def _geometric(last: float) -> np.ndarray:
    """Return what ``np.geomspace(1.0, last, _CELLS)`` does, which takes longer to look at its arguments."""
    found = 10.0 ** (_STEPS * (np.log10(last) / (_CELLS - 1)))
    found[0], found[-1] = 1.0, last
    return found


_STEPS = np.arange(float(_CELLS))


def _normal(z: np.ndarray) -> np.ndarray:
    """Return the share of a normal distribution below ``z``, by the logistic curve that is hardly another."""
    return 1.0 / (1.0 + np.exp(-np.clip(z * (1.5976 + 0.070566 * z * z), -60.0, 60.0)))
