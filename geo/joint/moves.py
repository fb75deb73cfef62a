"""Moves on a solution: what is tried is written down and taken back if it does not pay.

Every move keeps every rule; a firm leaves a group only if the group can spare it. Loops over arcs spell out their
conditions: a call would hand over every array of a state for each arc, at a hundred times the price.
"""

from typing import NamedTuple

import numpy as np

from geo.joint.compiled import compiled
from geo.joint.problem import FOUNDING, HEADS, LEAST_FIRMS, LEAST_WORKERS, MOST, WORKERS, Integers, Net

PLENTY = 1 << 60


ARC, AT, HELD, FROZEN = 0, 1, 2, 3
OPENED, ROOM, SPARE_WORKERS, SPARE_FIRMS, SEALED, TO_OPEN, TO_SWAP, TO_MERGE, TO_MOVE = 0, 1, 2, 3, 4, 5, 6, 7, 8
TOTAL, LENGTH = 0, 1


class State(NamedTuple):
    """A solution in the making, and the record of what was changed since it was last accepted."""

    firms: Integers
    """By firm: its ARC (-1 outside), its seat AT (outside one more than the last), what is HELD of value there, and
    whether it is FROZEN and stays."""
    seats: Integers
    """By seat, and outside: OPENED, ROOM for more firms, SPARE_WORKERS and SPARE_FIRMS above the minimum, SEALED (none
    joins or opens it), TO_OPEN, TO_SWAP, TO_MERGE and TO_MOVE (something changed around it since that was last
    found not to pay)."""
    sums: Integers
    """TOTAL value and LENGTH of the record."""
    record: Integers
    """Firm and former arc, or minus one minus seat, of each change."""


@compiled
def state_for(net: Net) -> State:
    """Make an empty solution in which seats that cost and ask nothing are open."""
    firms, seats = len(net.sizes), len(net.terms)
    state = State(
        np.zeros((firms, 4), np.int64), np.zeros((seats + 1, 9), np.int64), np.zeros(2, np.int64),
        np.zeros((12 * firms + 8 * seats + 64, 2), np.int64),
    )  # fmt: skip
    for firm in range(firms):
        state.firms[firm, ARC], state.firms[firm, AT] = -1, seats
    for seat in range(seats):
        state.seats[seat, OPENED], state.seats[seat, ROOM] = free(net, seat), net.terms[seat, MOST]
        state.seats[seat, SPARE_WORKERS] = -net.terms[seat, LEAST_WORKERS]
        state.seats[seat, SPARE_FIRMS] = -net.terms[seat, LEAST_FIRMS]
        state.seats[seat, TO_OPEN:] = 1
    for outside in (ROOM, SPARE_WORKERS, SPARE_FIRMS):
        state.seats[seats, outside] = PLENTY
    return state


@compiled
def free(net: Net, seat: int) -> bool:
    """Whether a seat costs and asks nothing, as an existing union with room does."""
    return bool(
        net.terms[seat, FOUNDING] == 0 and net.terms[seat, LEAST_WORKERS] <= 0 and net.terms[seat, LEAST_FIRMS] <= 0
    )


@compiled
def put(net: Net, state: State, firm: int, arc: int) -> None:
    """Put a firm on an arc (-1: outside) and write it down."""
    length = state.sums[LENGTH]
    state.record[length, 0], state.record[length, 1] = firm, state.firms[firm, ARC]
    state.sums[LENGTH] = length + 1
    _shift(net, state, firm, arc)


@compiled
def _shift(net: Net, state: State, firm: int, arc: int) -> None:
    old, new, worth = state.firms[firm, AT], len(net.terms), 0
    if arc >= 0:
        new, worth = net.seat[arc], net.value[arc]
    state.seats[old, ROOM] += 1
    state.seats[old, SPARE_WORKERS] += -net.sizes[firm, WORKERS]
    state.seats[old, SPARE_FIRMS] -= net.sizes[firm, HEADS]
    state.seats[new, ROOM] -= 1
    state.seats[new, SPARE_WORKERS] += net.sizes[firm, WORKERS]
    state.seats[new, SPARE_FIRMS] += net.sizes[firm, HEADS]
    state.sums[TOTAL] += worth - state.firms[firm, HELD]
    state.firms[firm, ARC], state.firms[firm, AT], state.firms[firm, HELD] = arc, new, worth


@compiled
def flip(net: Net, state: State, seat: int) -> None:
    """Open a closed seat or close an open one and write it down."""
    state.record[state.sums[LENGTH], 0] = -1 - seat
    state.sums[LENGTH] += 1
    _turn(net, state, seat)


@compiled
def _turn(net: Net, state: State, seat: int) -> None:
    state.seats[seat, OPENED] = 1 - state.seats[seat, OPENED]
    state.sums[TOTAL] += -net.terms[seat, FOUNDING] if state.seats[seat, OPENED] else net.terms[seat, FOUNDING]


@compiled
def back(net: Net, state: State, to: int) -> None:
    """Take back all changes after the first ``to``."""
    while state.sums[LENGTH] > to:
        state.sums[LENGTH] -= 1
        who = state.record[state.sums[LENGTH], 0]
        if who < 0:
            _turn(net, state, -1 - who)
        else:
            _shift(net, state, who, state.record[state.sums[LENGTH], 1])


@compiled
def accept(net: Net, state: State) -> None:
    """Keep what was changed; the seats around it are due again."""
    for at in range(state.sums[LENGTH]):
        who = state.record[at, 0]
        if who < 0:
            _due(state, -1 - who)
        else:
            for arc in range(net.first_of_firm[who], net.first_of_firm[who + 1]):
                _due(state, net.seat[net.arcs_of_firm[arc]])
    state.sums[LENGTH] = 0


@compiled
def _due(state: State, seat: int) -> None:
    state.seats[seat, TO_OPEN] = state.seats[seat, TO_SWAP] = 1
    state.seats[seat, TO_MERGE] = state.seats[seat, TO_MOVE] = 1


@compiled
def may_leave(net: Net, state: State, firm: int) -> bool:
    """Whether the group of a firm can spare it."""
    at = state.firms[firm, AT]
    return bool(
        not state.firms[firm, FROZEN]
        and state.seats[at, SPARE_WORKERS] >= net.sizes[firm, WORKERS]
        and state.seats[at, SPARE_FIRMS] >= net.sizes[firm, HEADS]
    )


@compiled
def best_arc(net: Net, state: State, firm: int, above: int, shunned: int) -> int:
    """Best arc of a firm to an open seat with room that is worth more than ``above``; -1 if none."""
    for at in range(net.first_of_firm[firm], net.first_of_firm[firm + 1]):
        arc = net.arcs_of_firm[at]
        if net.value[arc] <= above:
            return -1
        seat = net.seat[arc]
        if (
            state.seats[seat, OPENED]
            and seat != shunned
            and not state.seats[seat, SEALED]
            and state.seats[seat, ROOM] > 0
        ):
            return arc
    return -1


@compiled
def close(net: Net, state: State, seat: int, least: int) -> bool:
    """Close a seat, its members going to the best others.

    False, and nothing done, if a member may not move or the total would not be above ``least``: where every firm has
    its best open seat, none gains by moving, so the first loss that founding does not make good settles it.
    """
    start, floor = state.sums[LENGTH], least - net.terms[seat, FOUNDING]
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        if state.firms[firm, ARC] == arc:
            if state.firms[firm, FROZEN]:
                back(net, state, start)
                return False
            put(net, state, firm, best_arc(net, state, firm, 0, seat))
            if state.sums[TOTAL] <= floor:
                back(net, state, start)
                return False
    flip(net, state, seat)
    return state.sums[TOTAL] > least


@compiled
def open_seat(net: Net, state: State, seat: int, least: int) -> bool:
    """Open a seat with the firms it attracts and, if need be, the cheapest others.

    False, and nothing done, if the rules do not allow it or the total would not be above ``least``.
    """
    if state.seats[seat, OPENED] or state.seats[seat, SEALED]:
        return False
    found, gain = _attracted(net, state, seat)
    if gain <= least - state.sums[TOTAL] + net.terms[seat, FOUNDING]:
        return False
    start = state.sums[LENGTH]
    flip(net, state, seat)
    if found > net.terms[seat, MOST]:
        threshold = _threshold(net, state, seat, found)
        _attract(net, state, seat, threshold + 1)
        _attract(net, state, seat, threshold)
    else:
        _attract(net, state, seat, 1)
    while state.seats[seat, SPARE_WORKERS] < 0 or state.seats[seat, SPARE_FIRMS] < 0:
        arc = _cheapest(net, state, seat) if state.seats[seat, ROOM] > 0 and state.sums[TOTAL] > least else -1
        if arc < 0:
            back(net, state, start)
            return False
        put(net, state, net.firm[arc], arc)
    if state.sums[TOTAL] > least:
        return True
    back(net, state, start)
    return False


@compiled
def _attracted(net: Net, state: State, seat: int) -> tuple[int, int]:
    """How many firms would rather be at a seat and may come, and what all of them would gain."""
    found, gain = 0, 0
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        rise, at = net.value[arc] - state.firms[firm, HELD], state.firms[firm, AT]
        may = (
            state.seats[at, SPARE_WORKERS] >= net.sizes[firm, WORKERS]
            and state.seats[at, SPARE_FIRMS] >= net.sizes[firm, HEADS]
        )
        if rise > 0 and may and not state.firms[firm, FROZEN]:
            found, gain = found + 1, gain + rise
    return found, gain


@compiled
def _threshold(net: Net, state: State, seat: int, found: int) -> int:
    """The least rise worth taking where more firms are attracted than there is room."""
    rises, count = np.zeros(found, np.int64), 0
    for arc in range(net.first[seat], net.first[seat + 1]):
        rise = net.value[arc] - state.firms[net.firm[arc], HELD]
        if rise > 0 and may_leave(net, state, net.firm[arc]):
            rises[count] = rise
            count += 1
    return max(1, np.sort(rises)[found - net.terms[seat, MOST]])


@compiled
def _attract(net: Net, state: State, seat: int, least: int) -> None:
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        rise, at = net.value[arc] - state.firms[firm, HELD], state.firms[firm, AT]
        may = (
            state.seats[at, SPARE_WORKERS] >= net.sizes[firm, WORKERS]
            and state.seats[at, SPARE_FIRMS] >= net.sizes[firm, HEADS]
        )
        if rise >= least and may and not state.firms[firm, FROZEN] and state.seats[seat, ROOM] > 0:
            put(net, state, firm, arc)


@compiled
def _cheapest(net: Net, state: State, seat: int) -> int:
    """The arc that fills a lack at the least loss, per worker while workers lack; -1 if there is none."""
    best, best_loss, best_size = -1, 0, 1
    lack = state.seats[seat, SPARE_WORKERS] < 0
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        size, at = net.sizes[firm, WORKERS] if lack else net.sizes[firm, HEADS], state.firms[firm, AT]
        may = (
            state.seats[at, SPARE_WORKERS] >= net.sizes[firm, WORKERS]
            and state.seats[at, SPARE_FIRMS] >= net.sizes[firm, HEADS]
        )
        if size > 0 and at != seat and may and not state.firms[firm, FROZEN]:
            loss = state.firms[firm, HELD] - net.value[arc]
            if best < 0 or loss * best_size < best_loss * size:
                best, best_loss, best_size = arc, loss, size
    return best
