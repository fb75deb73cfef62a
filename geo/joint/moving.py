"""Whole groups moved to better seats: the one place where all members may sit and are worth most."""

import numpy as np

from geo.joint.compiled import compiled
from geo.joint.moves import ARC, AT, FROZEN, OPENED, SEALED, TO_MOVE, State, accept, flip, free, put
from geo.joint.problem import FOUNDING, HEADS, LEAST_FIRMS, LEAST_WORKERS, MOST, WORKERS, Integers, Net

FIRMS, MASS, MEMBERS, VALUE = 0, 1, 2, 3


@compiled
def move_groups(net: Net, state: State, tally: Integers) -> bool:
    """Move each group to the closed seat where all its members are worth most, if that pays; whether any moved.

    Parameters
    ----------
    tally : seats × 2, zeros; zeros again afterwards
    """
    moved = False
    for seat in range(len(net.terms)):
        due = state.seats[seat, TO_MOVE] and state.seats[seat, OPENED] and not state.seats[seat, SEALED]
        state.seats[seat, TO_MOVE] = 0
        if due and not free(net, seat):
            other = _better(net, state, seat, tally)
            if other >= 0:
                _move(net, state, seat, other)
                moved = True
    return moved


@compiled
def _better(net: Net, state: State, seat: int, tally: Integers) -> int:
    """The closed seat that all members may use and where they are worth most; -1 if that is where they are."""
    group = np.zeros(4, np.int64)
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        if state.firms[firm, ARC] == arc:
            if state.firms[firm, FROZEN]:
                group[FIRMS] = 1 << 60
            group[FIRMS] += 1
            group[MASS] += net.sizes[firm, WORKERS]
            group[MEMBERS] += net.sizes[firm, HEADS]
            group[VALUE] += net.value[arc]
            _count(net, state, firm, tally, 1)
    best, member = -1, -1
    for arc in range(net.first[seat], net.first[seat + 1]):
        if state.firms[net.firm[arc], ARC] == arc:
            member = net.firm[arc]
    if member >= 0:
        best = _best_of(net, member, tally, group, group[VALUE] - net.terms[seat, FOUNDING])
    for arc in range(net.first[seat], net.first[seat + 1]):
        if state.firms[net.firm[arc], ARC] == arc:
            _count(net, state, net.firm[arc], tally, -1)
    return best


@compiled
def _best_of(net: Net, member: int, tally: Integers, group: Integers, most: int) -> int:
    """The first of the seats worth most above ``most`` that one member, and so all of them, may use; -1 if none."""
    best = -1
    for at in range(net.first_of_firm[member], net.first_of_firm[member + 1]):
        other = net.seat[net.arcs_of_firm[at]]
        if tally[other, 0] == group[FIRMS] and _admits(net, other, group):
            value = tally[other, 1] - net.terms[other, FOUNDING]
            if value > most or (value == most and 0 <= other < best):
                best, most = other, value
    return best


@compiled
def _count(net: Net, state: State, firm: int, tally: Integers, sign: int) -> None:
    for at in range(net.first_of_firm[firm], net.first_of_firm[firm + 1]):
        arc = net.arcs_of_firm[at]
        other = net.seat[arc]
        if not state.seats[other, OPENED] and not state.seats[other, SEALED]:
            tally[other, 0] += sign
            tally[other, 1] += sign * net.value[arc]


@compiled
def _admits(net: Net, seat: int, group: Integers) -> bool:
    return bool(
        net.terms[seat, MOST] >= group[FIRMS]
        and net.terms[seat, LEAST_WORKERS] <= group[MASS]
        and net.terms[seat, LEAST_FIRMS] <= group[MEMBERS]
    )


@compiled
def _move(net: Net, state: State, seat: int, other: int) -> None:
    flip(net, state, other)
    for arc in range(net.first[other], net.first[other + 1]):
        if state.firms[net.firm[arc], AT] == seat:
            put(net, state, net.firm[arc], arc)
    flip(net, state, seat)
    accept(net, state)
