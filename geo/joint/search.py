"""From prices to a solution: seats are opened in the order of their worth, then improved move by move.

All orders are those of the indices, so equal inputs give equal solutions.
"""

import numpy as np

from geo.joint.compiled import compiled
from geo.joint.moves import State, back, best_arc, close, flip, free, may_leave, may_pay, open_seat, put, value_of
from geo.joint.problem import Flags, Integers, Net

ROUNDS = 12
"""Rounds of local search at most; more have not been seen to be used."""


@compiled
def accept(state: State) -> None:
    """Keep what was changed."""
    state.length[0] = 0


@compiled
def load(net: Net, state: State, arcs: Integers) -> None:
    """Begin with given arcs (-1: outside); groups that the rules forbid are dissolved, free firms going elsewhere."""
    for seat in range(len(net.founding)):
        if state.opened[seat] != free(net, seat):
            flip(net, state, seat)
    for firm in range(len(arcs)):
        put(net, state, firm, -1)
    accept(state)
    for firm in range(len(arcs)):
        if arcs[firm] >= 0:
            seat = net.seat[arcs[firm]]
            if state.count[seat] < net.most[seat]:
                put(net, state, firm, arcs[firm])
                if not state.opened[seat]:
                    flip(net, state, seat)
    accept(state)
    for seat in range(len(net.founding)):
        if state.opened[seat] and _short(net, state, seat):
            close(net, state, seat)
            accept(state)


@compiled
def _short(net: Net, state: State, seat: int) -> bool:
    return bool(state.mass[seat] < net.least_workers[seat] or state.heads[seat] < net.least_firms[seat])


@compiled
def open_by_worth(net: Net, state: State, worth: Integers) -> None:
    """Open seats, those of greatest worth first, wherever it pays."""
    order = np.argsort(-worth, kind="mergesort")
    for at in range(len(order)):
        try_open(net, state, order[at])


@compiled
def close_worthless(net: Net, state: State, worth: Integers) -> None:
    """Close the seats that these prices say are not worth their founding, so that others get their turn."""
    for seat in range(len(worth)):
        if state.opened[seat] and worth[seat] < 0 and not free(net, seat) and not state.sealed[seat]:
            if not close(net, state, seat):
                back(net, state, 0)
            accept(state)


@compiled
def try_open(net: Net, state: State, seat: int) -> bool:
    """Open one seat if it pays."""
    if state.opened[seat] or state.sealed[seat] or not may_pay(net, state, seat, 0):
        return False
    before = state.total[0]
    if open_seat(net, state, seat) and state.total[0] > before:
        accept(state)
        return True
    back(net, state, 0)
    return False


@compiled
def reassign(net: Net, state: State) -> bool:
    """Move single firms to better open seats; whether any moved."""
    moved = False
    for firm in range(len(state.arc)):
        if not state.frozen[firm]:
            arc = best_arc(net, state, firm, value_of(net, state, firm), -1)
            if arc >= 0 and may_leave(net, state, firm):
                put(net, state, firm, arc)
                moved = True
    accept(state)
    return moved


@compiled
def close_where_it_pays(net: Net, state: State) -> bool:
    """Close seats whose members are better off elsewhere; whether any closed."""
    closed = False
    for seat in range(len(net.founding)):
        if state.opened[seat] and not free(net, seat) and not state.sealed[seat]:
            before = state.total[0]
            if close(net, state, seat) and state.total[0] > before:
                closed = True
                accept(state)
            else:
                back(net, state, 0)
    return closed


@compiled
def open_where_it_pays(net: Net, state: State) -> bool:
    """Open closed seats; whether any opened."""
    opened = False
    for seat in range(len(net.founding)):
        opened = try_open(net, state, seat) or opened
    return opened


@compiled
def swap(net: Net, state: State, mark: Flags) -> bool:
    """Close a seat and open the best one near it; whether any swap paid."""
    swapped = False
    for seat in range(len(net.founding)):
        if state.opened[seat] and not free(net, seat) and not state.sealed[seat]:
            before = state.total[0]
            if close(net, state, seat):
                _open_best_near(net, state, seat, before, mark)
            if state.total[0] > before:
                swapped = True
                accept(state)
            else:
                back(net, state, 0)
    return swapped


@compiled
def _open_best_near(net: Net, state: State, seat: int, before: int, mark: Flags) -> None:
    """Open the seat, of those that the former members of ``seat`` may use, that lifts the total above ``before`` most."""
    mark[:] = False
    mark[seat] = True
    start = state.length[0]
    best, best_total = -1, before
    for arc in range(net.first[seat], net.first[seat + 1]):
        firm = net.firm[arc]
        if _was_on(state, firm, arc, start):
            for at in range(net.first_of_firm[firm], net.first_of_firm[firm + 1]):
                other = net.seat[net.arcs_of_firm[at]]
                if not mark[other]:
                    mark[other] = True
                    total = _total_with(net, state, other, best_total)
                    if total > best_total:
                        best, best_total = other, total
    if best >= 0:
        open_seat(net, state, best)


@compiled
def _was_on(state: State, firm: int, arc: int, length: int) -> bool:
    for at in range(length):
        if state.record[at, 0] == firm and state.record[at, 1] == arc:
            return True
    return False


@compiled
def _total_with(net: Net, state: State, seat: int, least: int) -> int:
    """Total if a seat were opened; no more than ``least`` where it cannot pay."""
    if state.opened[seat] or state.sealed[seat] or not may_pay(net, state, seat, least - state.total[0]):
        return least
    start = state.length[0]
    total = least
    if open_seat(net, state, seat):
        total = state.total[0]
    back(net, state, start)
    return total


@compiled
def merge(net: Net, state: State, worth: Integers, mark: Flags) -> bool:
    """Open a seat and close those that its coming has made not worth keeping; whether any such step paid."""
    merged = False
    order = np.argsort(-worth, kind="mergesort")
    for at in range(len(order)):
        seat = order[at]
        reach = 2 * net.founding[seat]
        if not state.opened[seat] and not state.sealed[seat] and may_pay(net, state, seat, -reach):
            before = state.total[0]
            if open_seat(net, state, seat):
                _close_around(net, state, seat, mark)
            if state.total[0] > before:
                merged = True
                accept(state)
            else:
                back(net, state, 0)
    return merged


@compiled
def _close_around(net: Net, state: State, seat: int, mark: Flags) -> None:
    mark[:] = False
    mark[seat] = True
    for arc in range(net.first[seat], net.first[seat + 1]):
        at = state.arc[net.firm[arc]]
        if at >= 0:
            other = net.seat[at]
            if not mark[other] and not free(net, other) and not state.sealed[other]:
                mark[other] = True
                start, before = state.length[0], state.total[0]
                if not close(net, state, other) or state.total[0] <= before:
                    back(net, state, start)


@compiled
def improve(net: Net, state: State, worth: Integers, mark: Flags, deep: bool) -> None:
    """Improve until no move pays."""
    for _ in range(ROUNDS):
        before = state.total[0]
        reassign(net, state)
        close_where_it_pays(net, state)
        open_where_it_pays(net, state)
        if deep:
            swap(net, state, mark)
            merge(net, state, worth, mark)
        if state.total[0] == before:
            return
