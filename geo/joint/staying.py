"""What staying costs: where keeping the groups of an earlier suggestion has become too dear, the dearest are given up.

The bonus for who stays makes groups outlive the small changes of a month, and what that costs adds up over months. So
the kept groups are improved once more without any bonus, and the improvements, which fall apart into sets of groups
that share no firm, are taken up one by one, most gain for each firm that moves first, until what is left to gain is
small.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.joint.ground import Ground, Laid
from geo.joint.options import JointOptions
from geo.joint.problem import MILLI, Flags, Integers, Problem
from geo.joint.solver import Effort, Fixed, solve
from geo.joint.wishes import REWARD

TURNS = 100
"""Moves of the prices while the kept groups are improved."""


def plain(laid: Laid) -> Problem:
    """Return the problem without bonus and rebate."""
    problem = laid.problem
    if laid.bonus is None or laid.rebate is None:
        return problem
    return replace(problem, value=problem.value - laid.bonus, founding=problem.founding + laid.rebate)


def as_earlier(laid: Laid, arc: Integers, options: JointOptions) -> Laid:
    """Return the problem as the next run will have it when this solution is the earlier suggestion and nothing changes.

    What a person settled keeps its reward.
    """
    problem, seat_of = plain(laid), laid.problem.seat_of_arc()
    on = arc[arc >= 0]
    bonus = np.zeros_like(problem.value) if laid.bonus is None else np.where(laid.bonus >= REWARD, REWARD, 0)
    value = problem.value + bonus
    staying = problem.workers[problem.firm[on]] * options.stay_milli
    bonus[on] += staying
    value[on] += staying
    rebate, kept = np.zeros_like(problem.founding), np.unique(seat_of[on])
    rebate[kept] = problem.founding[kept] * options.stay_founding_milli // MILLI
    known = replace(problem, value=value, founding=problem.founding - rebate)
    return replace(laid, problem=known, start=arc, bonus=bonus, rebate=rebate)


def release(ground: Ground, laid: Laid, arc: Integers, *, most_milli: int, fixed: Fixed) -> Integers:
    """Give up what costs most for each firm that stays.

    Parameters
    ----------
    arc : by firm, a solution that keeps much of the earlier one
    most_milli : thousandths of the value that staying may cost in a jurisdiction; where it costs more, groups are given
        up until it no longer does
    fixed : firms that stay whatever it costs, as do those that have to join where they are

    Returns
    -------
    arcs; every group is one of ``arc`` or one of the improved solution
    """
    problem = plain(laid)
    held = Fixed(fixed.frozen | _rewarded(laid, arc), fixed.sealed)
    better = solve(problem, effort=Effort(tolerance_milli=0, iterations=TURNS, mild=True), start=arc, fixed=held).arc
    sets, result = _sets(ground, problem, arc, better), arc.copy()
    for town in np.unique(sets.town).tolist():
        here = np.flatnonzero(sets.town == town)
        loss, most = int(sets.gain[here].sum()), most_milli * int(sets.worth[town]) // MILLI
        for at in here[np.lexsort((here, -sets.gain[here] / sets.size[here]))].tolist():
            if loss <= most or sets.gain[at] <= 0:
                break
            loss -= int(sets.gain[at])
            given_up = sets.moved[sets.of_moved == at]
            result[given_up] = better[given_up]
    return result


def _rewarded(laid: Laid, arc: Integers) -> Flags:
    """Firms whose place is worth more by a reward than any bonus for staying: they have to join there."""
    rewarded = np.zeros(len(arc), dtype=bool)
    if laid.bonus is not None:
        on = np.flatnonzero(arc >= 0)
        rewarded[on] = laid.bonus[arc[on]] >= REWARD
    return rewarded


class _Sets(NamedTuple):
    """Two solutions apart: the firms that move between them, in sets of groups that share no firm with other sets."""

    moved: Integers
    """Firms, ascending."""
    of_moved: Integers
    """Set of each."""
    gain: Integers
    """By set."""
    size: Integers
    """By set: firms that move."""
    town: Integers
    """By set."""
    worth: Integers
    """By town: value of the second solution."""


def _sets(ground: Ground, problem: Problem, one: Integers, other: Integers) -> _Sets:
    seat_of = np.append(problem.seat_of_arc(), problem.seats)
    value = np.append(problem.value, 0)
    old, new = seat_of[one], seat_of[other]
    moved = np.flatnonzero(old != new)
    inside = moved[(old[moved] < problem.seats) & (new[moved] < problem.seats)]
    pairs = coo_matrix((np.ones(len(inside)), (old[inside], new[inside])), shape=(problem.seats, problem.seats))
    label = connected_components(pairs, directed=False)[1].astype(np.int64)
    names, of_moved = np.unique(label[np.minimum(old, new)[moved]], return_inverse=True)
    rise = np.bincount(of_moved, weights=(value[other] - value[one])[moved], minlength=len(names))
    for seats, sign in ((old, 1), (new, -1)):
        used = np.unique(seats[seats < problem.seats])
        used = used[np.isin(label[used], names)]
        cost = np.bincount(np.searchsorted(names, label[used]), weights=problem.founding[used], minlength=len(names))
        rise += sign * cost
    town = np.zeros(len(names), np.int64)
    town[of_moved] = ground.wide[moved]
    worth = np.bincount(ground.wide[other >= 0], weights=value[other][other >= 0], minlength=int(ground.wide.max()) + 1)
    size = np.bincount(of_moved, minlength=len(names))
    return _Sets(moved, of_moved, rise.astype(np.int64), size, town, worth.astype(np.int64))
