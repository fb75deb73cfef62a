"""Solve a problem between two bounds: prices lower the upper one, solutions made from prices raise the lower one."""

from dataclasses import dataclass, field

import numpy as np

from geo.joint.bound import Desk, desk_for, evaluate, move_prices
from geo.joint.compiled import compiled
from geo.joint.moves import ARC, FROZEN, SEALED, TOTAL, State, state_for
from geo.joint.moving import move_groups
from geo.joint.problem import Flags, Integers, Net, Part, Problem, parts
from geo.joint.search import ROUNDS, close_worthless, improve, load, open_by_worth

LATE = 100
"""Moves of the prices after which solutions are made whether or not the bound has come close."""


@dataclass(frozen=True)
class Effort:
    """How long to try."""

    tolerance_milli: int = 2
    """Stop a part when its gap is at most so many thousandths of its bound."""
    iterations: int = 300
    """Moves of the prices at most."""
    every: int = 10
    """Solutions are made from every so many prices."""
    mild: bool = False
    """Only improve what there is, never begin anew."""


@dataclass(frozen=True)
class Fixed:
    """What is settled before: firms that stay where ``start`` puts them, seats that nobody joins."""

    frozen: Flags
    sealed: Flags


@dataclass(frozen=True)
class Solution:
    """A solution and the proof of how good it is."""

    arc: Integers
    """By firm: its arc, -1 outside."""
    value: int
    bound: int
    """No solution is worth more."""
    iterations: int = 0
    seats: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    """Seats that are open, ascending."""

    @property
    def gap(self) -> float:
        """Share of the bound that is not reached, at most."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def solve(
    problem: Problem, *, effort: Effort | None = None, start: Integers | None = None, fixed: Fixed | None = None
) -> Solution:
    """Find a solution and a bound on all solutions.

    Parameters
    ----------
    problem : firms, seats, arcs
    effort : tolerance and iterations of each part
    start : arcs to begin with (-1 outside); kept where nothing better than the tolerance is found
    fixed : firms that may not move from ``start``, seats that may not change; the bound then is that of the problem
        without these wishes
    """
    effort = effort or Effort()
    result = np.full(problem.firms, -1, dtype=np.int64)
    value, bound, iterations = 0, 0, 0
    place = np.full(len(problem.firm) + 1, -1, dtype=np.int64)
    for part in parts(problem):
        found = _solve_part(part, effort, start, fixed, place)
        on = found.arc >= 0
        result[part.firms[on]] = part.arcs[found.arc[on]]
        value, bound, iterations = value + found.value, bound + found.bound, max(iterations, found.iterations)
    seats = np.unique(problem.seat_of_arc()[result[result >= 0]])
    return Solution(result, value, bound, iterations, seats)


def _solve_part(part: Part, effort: Effort, start: Integers | None, fixed: Fixed | None, place: Integers) -> Solution:
    net = part.net
    begin = np.full(len(part.firms), -1, dtype=np.int64)
    if start is not None:
        place[part.arcs] = np.arange(len(part.arcs))
        begin = place[start[part.firms]]
    state = state_for(net)
    if fixed is not None:
        state.firms[:, FROZEN], state.seats[:-1, SEALED] = fixed.frozen[part.firms], fixed.sealed[part.seats]
    best = begin.copy()
    numbers = np.array(
        [effort.tolerance_milli, effort.iterations, effort.every, int(start is not None), int(effort.mild)], np.int64
    )
    value, bound, iterations = _between(net, state, desk_for(net), best, numbers)
    return Solution(best, int(value), int(bound), int(iterations))


@compiled
def _between(net: Net, state: State, desk: Desk, best: Integers, numbers: Integers) -> tuple[int, int, int]:
    """Fill ``best`` with the arcs of the best solution; return its value, the bound and the iterations used."""
    tolerance, most, every, warm, mild = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    every = min(every, 2 + len(net.firm) // 2000)
    price, times, course = first_prices(net), np.zeros(len(best), np.int64), np.zeros(len(best), np.int64)
    worth, mark = np.zeros(len(net.terms), np.int64), np.zeros(len(net.terms), np.bool_)
    load(net, state, best)
    if not warm:
        evaluate(net, price, worth, times, desk)
        open_by_worth(net, state, worth)
    improve(net, state, worth, mark, True)
    best[:] = state.firms[:, ARC]
    value, bound = state.sums[TOTAL], np.iinfo(np.int64).max
    share, stalled, done = 1.0, 0, 0
    for turn in range(most):
        now = evaluate(net, price, worth, times, desk)
        stalled = 0 if now < bound else stalled + 1
        bound = min(bound, now)
        done = turn + 1
        if 1000 * (bound - value) <= tolerance * bound:
            break
        close_by = (
            400 * (bound - value) <= max(tolerance, 2) * bound or turn % (4 * every) == 4 * every - 1 or turn >= LATE
        )
        if turn % every == every - 1 and close_by:
            if mild or turn // every % 2:
                load(net, state, best)
                close_worthless(net, state, worth)
            else:
                load(net, state, np.full(len(best), -1, np.int64))
            open_by_worth(net, state, worth)
            improve(net, state, worth, mark, True)
            if state.sums[TOTAL] > value + (tolerance * bound // 1000 if warm and not mild else 0):
                value = state.sums[TOTAL]
                best[:] = state.firms[:, ARC]
        if stalled >= 5:
            share, stalled = share * 0.6, 0
        move_prices(net, price, times, course, now - value, share)
    return _finish(net, state, best, worth, mark), bound, done


@compiled
def _finish(net: Net, state: State, best: Integers, worth: Integers, mark: Flags) -> int:
    """Move whole groups of the best solution to better seats until none is left; return its value."""
    load(net, state, best)
    tally = np.zeros((len(net.terms), 2), np.int64)
    for _ in range(ROUNDS):
        if not move_groups(net, state, tally):
            break
        improve(net, state, worth, mark, False)
    best[:] = state.firms[:, ARC]
    return int(state.sums[TOTAL])


@compiled
def first_prices(net: Net) -> Integers:
    """Prices to begin with: three quarters of what a firm's best arc is worth."""
    price = np.zeros(len(net.sizes), np.int64)
    for firm in range(len(price)):
        if net.first_of_firm[firm] < net.first_of_firm[firm + 1]:
            price[firm] = max(0, 3 * net.value[net.arcs_of_firm[net.first_of_firm[firm]]] // 4)
    return price
