"""Where an unknown house number lies.

Along a street the position wanders around an even pace: a random walk in the number with a slope that differs from
street to street. So an unknown number is the best linear prediction from the doors around it (kriging), which
interpolates between neighbours, goes on beyond the last at the street's own pace, and says how sure it is.
"""

import math
import operator
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from geo.gazetteer.habits import NINE_OF_TEN, Habits
from geo.gazetteer.sparse import FEW_DOORS, START_M, Manner, weigh
from geo.gazetteer.street import Doors

_AROUND = 5
"""Doors on each side of a number that are looked at."""


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
            at, x, noise = [*at, -origin], [*x, start], [*noise, START_M**2]
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
    return Guess(place, side, radius / NINE_OF_TEN, _gap(mains, number), difference, tuple(chosen))


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


def round_radius(spread: float) -> float:
    """Return the radius that holds nine of ten points of a round normal spread."""
    return NINE_OF_TEN * spread
