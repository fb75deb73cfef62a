"""From prices to a solution: seats are opened in the order of their worth, then improved move by move.

All orders are those of the indices, so equal inputs give equal solutions.
"""

import numpy as np

from geo.joint.compiled import compiled
from geo.joint.moves import (
    ARC,
    AT,
    FROZEN,
    HELD,
    LENGTH,
    OPENED,
    PLENTY,
    ROOM,
    SEALED,
    SPARE_FIRMS,
    SPARE_WORKERS,
    TO_MERGE,
    TO_OPEN,
    TO_SWAP,
    TOTAL,
    State,
    accept,
    back,
    best_arc,
    close,
    flip,
    free,
    may_leave,
    open_seat,
    put,
)
from geo.joint.problem import FOUNDING, Flags, Integers, Net

ROUNDS = 12
"""Rounds of local search at most; more have not been seen to be used."""
NEAR = 8
"""Seats that a swap tries, those of greatest worth."""
PROMISING = 20
"""Seats tried for a merger, beside three for each that is open."""


@compiled
def load(net: Net, state: State, arcs: Integers) -> None:
    """Begin with given arcs (-1: outside); groups that the rules forbid are dissolved, free firms going elsewhere."""
    for seat in range(len(net.terms)):
        if (state.seats[seat, OPENED] == 1) != free(net, seat):
            flip(net, state, seat)
    for firm in range(len(arcs)):
        put(net, state, firm, -1)
    accept(net, state)
    for firm in range(len(arcs)):
        if arcs[firm] >= 0:
            seat = net.seat[arcs[firm]]
            if state.seats[seat, ROOM] > 0:
                put(net, state, firm, arcs[firm])
                if not state.seats[seat, OPENED]:
                    flip(net, state, seat)
    accept(net, state)
    for seat in range(len(net.terms)):
        if state.seats[seat, OPENED] and _short(state, seat):
            close(net, state, seat, -PLENTY)
            accept(net, state)


@compiled
def _short(state: State, seat: int) -> bool:
    return bool(state.seats[seat, SPARE_WORKERS] < 0 or state.seats[seat, SPARE_FIRMS] < 0)


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
        if state.seats[seat, OPENED] and worth[seat] < 0 and not free(net, seat) and not state.seats[seat, SEALED]:
            close(net, state, seat, -PLENTY)
            accept(net, state)


@compiled
def try_open(net: Net, state: State, seat: int) -> bool:
    """Open one seat if it pays."""
    if open_seat(net, state, seat, state.sums[TOTAL]):
        accept(net, state)
        return True
    return False


@compiled
def reassign(net: Net, state: State) -> bool:
    """Move single firms to better open seats; whether any moved."""
    moved = False
    for firm in range(len(state.firms)):
        if not state.firms[firm, FROZEN]:
            arc = best_arc(net, state, firm, state.firms[firm, HELD], -1)
            if arc >= 0 and may_leave(net, state, firm):
                put(net, state, firm, arc)
                moved = True
    accept(net, state)
    return moved


@compiled
def close_where_it_pays(net: Net, state: State) -> bool:
    """Close seats whose members are better off elsewhere; whether any closed."""
    closed = False
    for seat in range(len(net.terms)):
        stays = not state.seats[seat, OPENED] or free(net, seat) or state.seats[seat, SEALED]
        if not stays and close(net, state, seat, state.sums[TOTAL]):
            closed = True
            accept(net, state)
    return closed


@compiled
def open_where_it_pays(net: Net, state: State) -> bool:
    """Open closed seats; whether any opened."""
    opened = False
    for seat in range(len(net.terms)):
        if state.seats[seat, TO_OPEN]:
            state.seats[seat, TO_OPEN] = 0
            opened = try_open(net, state, seat) or opened
    return opened


@compiled
def swap(net: Net, state: State, worth: Integers, mark: Flags) -> bool:
    """Close a seat and open the best of the most promising ones near it; whether any swap paid."""
    swapped = False
    for seat in range(len(net.terms)):
        if (
            state.seats[seat, TO_SWAP]
            and state.seats[seat, OPENED]
            and not free(net, seat)
            and not state.seats[seat, SEALED]
        ):
            state.seats[seat, TO_SWAP] = 0
            before = state.sums[TOTAL]
            near = _near(net, state, seat, worth, mark)
            if close(net, state, seat, -PLENTY):
                _open_best(net, state, near, before)
            if state.sums[TOTAL] > before:
                swapped = True
                accept(net, state)
            else:
                back(net, state, 0)
    return swapped


@compiled
def _near(net: Net, state: State, seat: int, worth: Integers, mark: Flags) -> Integers:
    """The closed seats of greatest worth among those that members of a seat may use; -1 where there are fewer."""
    found = np.full(NEAR, -1, np.int64)
    mark[:] = False
    for arc in range(net.first[seat], net.first[seat + 1]):
        if state.firms[net.firm[arc], ARC] == arc:
            for at in range(net.first_of_firm[net.firm[arc]], net.first_of_firm[net.firm[arc] + 1]):
                other = net.seat[net.arcs_of_firm[at]]
                if not mark[other]:
                    mark[other] = True
                    if not state.seats[other, OPENED] and not state.seats[other, SEALED]:
                        _insert(found, other, worth)
    return found


@compiled
def _insert(found: Integers, seat: int, worth: Integers) -> None:
    """Keep a short list in the order of worth."""
    at = len(found) - 1
    if found[at] >= 0 and worth[found[at]] >= worth[seat]:
        return
    while at > 0 and (found[at - 1] < 0 or worth[found[at - 1]] < worth[seat]):
        found[at] = found[at - 1]
        at -= 1
    found[at] = seat


@compiled
def _open_best(net: Net, state: State, near: Integers, before: int) -> None:
    """Open the one of these seats that lifts the total above ``before`` most."""
    best, best_total = -1, before
    for seat in near:
        if seat >= 0:
            total = _total_with(net, state, seat, best_total)
            if total > best_total:
                best, best_total = seat, total
    if best >= 0:
        open_seat(net, state, best, before)


@compiled
def _total_with(net: Net, state: State, seat: int, least: int) -> int:
    """Total if a seat were opened; no more than ``least`` where it cannot pay."""
    start = state.sums[LENGTH]
    total = least
    if open_seat(net, state, seat, least):
        total = state.sums[TOTAL]
    back(net, state, start)
    return total


@compiled
def _open(state: State) -> int:
    count = 0
    for seat in range(len(state.seats)):
        count += state.seats[seat, OPENED]
    return count


@compiled
def merge(net: Net, state: State, worth: Integers, mark: Flags) -> bool:
    """Open a seat and close those that its coming has made not worth keeping; whether any such step paid."""
    merged = False
    order = np.argsort(-worth, kind="mergesort")
    for at in range(min(len(order), PROMISING + 3 * _open(state))):
        seat, before = order[at], state.sums[TOTAL]
        if not state.seats[seat, TO_MERGE]:
            continue
        state.seats[seat, TO_MERGE] = 0
        if open_seat(net, state, seat, before - 2 * net.terms[seat, FOUNDING]):
            _close_around(net, state, seat, mark)
        if state.sums[TOTAL] > before:
            merged = True
            accept(net, state)
        else:
            back(net, state, 0)
    return merged


@compiled
def _close_around(net: Net, state: State, seat: int, mark: Flags) -> None:
    mark[:] = False
    mark[seat] = True
    for arc in range(net.first[seat], net.first[seat + 1]):
        other = state.firms[net.firm[arc], AT]
        if other == len(net.terms) or mark[other]:
            continue
        mark[other] = True
        if not free(net, other) and not state.seats[other, SEALED]:
            close(net, state, other, state.sums[TOTAL])


@compiled
def improve(net: Net, state: State, worth: Integers, mark: Flags, deep: bool) -> None:
    """Improve until no move pays."""
    for _ in range(ROUNDS):
        before = state.sums[TOTAL]
        reassign(net, state)
        close_where_it_pays(net, state)
        open_where_it_pays(net, state)
        if deep:
            swap(net, state, worth, mark)
            merge(net, state, worth, mark)
        if state.sums[TOTAL] == before:
            return
