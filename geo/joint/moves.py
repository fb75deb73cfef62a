"""Moves on a solution: what is tried is written down and taken back if it does not pay.

Every move keeps every rule; a firm leaves a group only if the group can spare it.
"""

from typing import NamedTuple

import numpy as np

from geo.joint.compiled import compiled
from geo.joint.problem import Flags, Integers, Net


class State(NamedTuple):
    """A solution in the making, and the record of what was changed since it was last accepted."""

    arc: Integers
    """By firm: the arc it is on, -1 outside."""
    opened: Flags
    count: Integers
    mass: Integers
    heads: Integers
    frozen: Flags
    """Firms that stay where they are."""
    sealed: Flags
    """Seats that nobody joins or opens."""
    total: Integers
    """One number: the value of the solution."""
    record: Integers
    """Firm and former arc, or minus one minus seat, of each change."""
    length: Integers
    """One number: changes on record."""


@compiled
def state_for(net: Net) -> State:
    """Make an empty solution in which seats that cost and ask nothing are open."""
    firms, seats = len(net.workers), len(net.founding)
    state = State(
        np.full(firms, -1, np.int64), np.zeros(seats, np.bool_), np.zeros(seats, np.int64), np.zeros(seats, np.int64),
        np.zeros(seats, np.int64), np.zeros(firms, np.bool_), np.zeros(seats, np.bool_), np.zeros(1, np.int64),
        np.zeros((12 * firms + 8 * seats + 64, 2), np.int64), np.zeros(1, np.int64),
    )  # fmt: skip
    for seat in range(seats):
        state.opened[seat] = free(net, seat)
    return state


@compiled
def free(net: Net, seat: int) -> bool:
    """Whether a seat costs and asks nothing, as an existing union with room does."""
    return net.founding[seat] == 0 and net.least_workers[seat] <= 0 and net.least_firms[seat] <= 0


@compiled
def put(net: Net, state: State, firm: int, arc: int) -> None:
    """Put a firm on an arc (-1: outside) and write it down."""
    at = state.length[0]
    state.record[at, 0], state.record[at, 1] = firm, state.arc[firm]
    state.length[0] = at + 1
    _shift(net, state, firm, arc)


@compiled
def _shift(net: Net, state: State, firm: int, arc: int) -> None:
    old = state.arc[firm]
    if old >= 0:
        _count(net, state, old, firm, -1)
    if arc >= 0:
        _count(net, state, arc, firm, 1)
    state.arc[firm] = arc


@compiled
def _count(net: Net, state: State, arc: int, firm: int, sign: int) -> None:
    seat = net.seat[arc]
    state.count[seat] += sign
    state.mass[seat] += sign * net.workers[firm]
    state.heads[seat] += sign * net.heads[firm]
    state.total[0] += sign * net.value[arc]


@compiled
def flip(net: Net, state: State, seat: int) -> None:
    """Open a closed seat or close an open one and write it down."""
    at = state.length[0]
    state.record[at, 0] = -1 - seat
    state.length[0] = at + 1
    _turn(net, state, seat)


@compiled
def _turn(net: Net, state: State, seat: int) -> None:
    state.opened[seat] = not state.opened[seat]
    state.total[0] += -net.founding[seat] if state.opened[seat] else net.founding[seat]


@compiled
def back(net: Net, state: State, to: int) -> None:
    """Take back all changes after the first ``to``."""
    while state.length[0] > to:
        state.length[0] -= 1
        who = state.record[state.length[0], 0]
        if who < 0:
            _turn(net, state, -1 - who)
        else:
            _shift(net, state, who, state.record[state.length[0], 1])


@compiled
def value_of(net: Net, state: State, firm: int) -> int:
    """What a firm adds where it is."""
    return net.value[state.arc[firm]] if state.arc[firm] >= 0 else 0


@compiled
def may_leave(net: Net, state: State, firm: int) -> bool:
    """Whether the group of a firm can spare it."""
    if state.frozen[firm]:
        return False
    if state.arc[firm] < 0:
        return True
    seat = net.seat[state.arc[firm]]
    return bool(
        state.mass[seat] - net.workers[firm] >= net.least_workers[seat]
        and state.heads[seat] - net.heads[firm] >= net.least_firms[seat]
    )


@compiled
def best_arc(net: Net, state: State, firm: int, above: int, shunned: int) -> int:
    """Best arc of a firm to an open seat with room that is worth more than ``above``; -1 if none."""
    for at in range(net.first_of_firm[firm], net.first_of_firm[firm + 1]):
        arc = net.arcs_of_firm[at]
        if net.value[arc] <= above:
            return -1
        seat = net.seat[arc]
        if state.opened[seat] and seat != shunned and not state.sealed[seat] and state.count[seat] < net.most[seat]:
            return arc
    return -1


@compiled
def close(net: Net, state: State, seat: int) -> bool:
    """Close a seat, its members going to the best others; false, and nothing done, if a member may not move."""
    start = state.length[0]
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        if state.arc[firm] == arc:
            if state.frozen[firm]:
                back(net, state, start)
                return False
            put(net, state, firm, best_arc(net, state, firm, 0, seat))
    flip(net, state, seat)
    return True


@compiled
def may_pay(net: Net, state: State, seat: int, least: int) -> bool:
    """Whether opening a seat could gain more than ``least``, if every firm it attracts might come."""
    gain = -net.founding[seat] - least
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        rise = net.value[arc] - value_of(net, state, firm)
        if rise > 0 and not state.frozen[firm]:
            gain += rise
            if gain > 0:
                return True
    return False


@compiled
def open_seat(net: Net, state: State, seat: int) -> bool:
    """Open a seat with the firms it attracts and, if need be, the cheapest others; false if the rules do not allow it.

    The caller compares the total and takes it back where it does not pay.
    """
    start = state.length[0]
    flip(net, state, seat)
    least = _threshold(net, state, seat)
    _attract(net, state, seat, least + 1)
    _attract(net, state, seat, least)
    while state.mass[seat] < net.least_workers[seat] or state.heads[seat] < net.least_firms[seat]:
        arc = _cheapest(net, state, seat) if state.count[seat] < net.most[seat] else -1
        if arc < 0:
            back(net, state, start)
            return False
        put(net, state, net.firm[arc], arc)
    return True


@compiled
def _threshold(net: Net, state: State, seat: int) -> int:
    """The least rise worth taking: 1, or more where more firms are attracted than there is room."""
    rises = np.zeros(net.first[seat + 1] - net.first[seat], np.int64)
    found = 0
    for arc in range(net.first[seat], net.first[seat + 1]):
        rise = net.value[arc] - value_of(net, state, net.firm[arc])
        if rise > 0 and may_leave(net, state, net.firm[arc]):
            rises[found] = rise
            found += 1
    if found <= net.most[seat]:
        return 1
    return np.sort(rises[:found])[found - net.most[seat]]


@compiled
def _attract(net: Net, state: State, seat: int, least: int) -> None:
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        if state.count[seat] >= net.most[seat]:
            return
        if net.value[arc] - value_of(net, state, firm) >= least and may_leave(net, state, firm):
            put(net, state, firm, arc)


@compiled
def _cheapest(net: Net, state: State, seat: int) -> int:
    """The arc that fills a lack at the least loss, per worker while workers lack; -1 if there is none."""
    best, best_loss, best_size = -1, 0, 1
    workers = state.mass[seat] < net.least_workers[seat]
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        size = net.workers[firm] if workers else net.heads[firm]
        if size > 0 and state.arc[firm] != arc and may_leave(net, state, firm):
            loss = value_of(net, state, firm) - net.value[arc]
            if best < 0 or loss * best_size < best_loss * size:
                best, best_loss, best_size = arc, loss, size
    return best
