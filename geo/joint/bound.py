"""An upper bound on every solution, by prices on firms (Lagrangian relaxation of "one seat a firm").

With a price on each firm, seats fall apart: a seat's best group is the arcs worth more than their firms' prices, and,
where these do not reach the minimum, the cheapest others that fill it up, by dynamic programming over the few workers
and firms that lack. So a seat's question is answered in whole numbers and the bound can be better than that of the
linear relaxation. Where a group would be too large or a minimum beyond the table, a rule is dropped, which only
raises the bound. Prices move by Polyak's step (1969) along deflected directions (Camerini, Fratta and Maffioli 1975).
"""

from typing import NamedTuple

import numpy as np

from geo.joint.compiled import compiled
from geo.joint.problem import FOUNDING, LEAST_FIRMS, LEAST_WORKERS, MOST, WORKERS, Integers, Net

TABLE_WORKERS, TABLE_FIRMS = 40, 6
"""Lacks up to these are filled exactly; larger ones are dropped from the bound."""
FAR = 1 << 60


class Desk(NamedTuple):
    """Room to work in, made once a problem."""

    rest: Integers
    item: Integers
    cost: Integers
    take: Integers


@compiled
def desk_for(net: Net) -> Desk:
    """Make room for the widest seat."""
    widest = 1
    for seat in range(len(net.terms)):
        widest = max(widest, net.first[seat + 1] - net.first[seat])
    states = (TABLE_WORKERS + 1) * (TABLE_FIRMS + 1)
    return Desk(
        np.zeros(widest, np.int64), np.zeros(widest, np.int64), np.zeros(states, np.int64),
        np.zeros((widest, states), np.int64),
    )  # fmt: skip


@compiled
def evaluate(net: Net, price: Integers, worth: Integers, times: Integers, desk: Desk) -> int:
    """Return the bound at these prices; write each seat's worth and how often each firm is wanted.

    ``worth`` is no less than the best a group at the seat can add at these prices.
    """
    total = 0
    for firm in range(len(price)):
        total += price[firm]
        times[firm] = 0
    for seat in range(len(worth)):
        worth[seat] = _seat(net, seat, price, times, desk)
        if worth[seat] > 0:
            total += worth[seat]
    return total


@compiled
def _seat(net: Net, seat: int, price: Integers, times: Integers, desk: Desk) -> int:
    gain, count, mass = 0, 0, 0
    for arc in range(net.first[seat], net.first[seat + 1]):
        rest = net.value[arc] - price[net.firm[arc]]
        if rest > 0:
            desk.rest[count] = rest
            gain, count, mass = gain + rest, count + 1, mass + net.sizes[net.firm[arc], WORKERS]
    least = 1
    if count > net.terms[seat, MOST]:
        gain, least = _largest(desk.rest, count, net.terms[seat, MOST])
        mass, count = net.terms[seat, LEAST_WORKERS], net.terms[seat, LEAST_FIRMS]
    gain -= net.terms[seat, FOUNDING]
    if gain <= 0:
        return gain
    lack_workers, lack_firms = (
        max(0, net.terms[seat, LEAST_WORKERS] - mass),
        max(0, net.terms[seat, LEAST_FIRMS] - count),
    )
    if (lack_workers or lack_firms) and lack_workers <= TABLE_WORKERS and lack_firms <= TABLE_FIRMS:
        gain -= _fill(net, seat, price, lack_workers, lack_firms, gain, times, desk)
    if gain > 0:
        _want(net, seat, price, least, net.terms[seat, MOST], times)
    return gain


@compiled
def _largest(rest: Integers, count: int, most: int) -> tuple[int, int]:
    """Sum of the ``most`` largest of the first ``count`` numbers, and the least of them; 1 if none may be taken."""
    if most <= 0:
        return 0, FAR
    ranked = np.sort(rest[:count])
    return ranked[count - most :].sum(), ranked[count - most]


@compiled
def _want(net: Net, seat: int, price: Integers, least: int, most: int, times: Integers) -> None:
    """Mark the firms of a seat's group: all above the least, then as many equal to it as there is room."""
    room = most
    for arc in range(net.first[seat], net.first[seat + 1]):
        if net.value[arc] - price[net.firm[arc]] > least:
            times[net.firm[arc]] += 1
            room -= 1
    for arc in range(net.first[seat], net.first[seat + 1]):
        if net.value[arc] - price[net.firm[arc]] == least and room > 0:
            times[net.firm[arc]] += 1
            room -= 1


@compiled
def _fill(
    net: Net, seat: int, price: Integers, workers: int, firms: int, most: int, times: Integers, desk: Desk
) -> int:
    """Least loss that fills up a group; ``most`` where that loss would not pay. Marks the firms it takes."""
    items = 0
    for arc in range(net.first[seat], net.first[seat + 1]):
        loss = price[net.firm[arc]] - net.value[arc]
        if 0 <= loss < most:
            desk.item[items], desk.rest[items] = net.firm[arc], loss
            items += 1
    wide = firms + 1
    states = (workers + 1) * wide
    desk.cost[0] = 0
    for state in range(1, states):
        desk.cost[state] = FAR
    for item in range(items):
        _offer(desk, item, net.sizes[desk.item[item], WORKERS], workers, wide)
    if desk.cost[states - 1] >= most:
        return most
    _trace(net, desk, items, workers, wide, times)
    return desk.cost[states - 1]


@compiled
def _offer(desk: Desk, item: int, mass: int, workers: int, wide: int) -> None:
    loss = desk.rest[item]
    for left in range(workers, -1, -1):
        for few in range(wide - 1, -1, -1):
            state = left * wide + few
            desk.take[item, state] = 0
            before = max(0, left - mass) * wide + max(0, few - 1)
            if before < state and desk.cost[before] + loss < desk.cost[state]:
                desk.cost[state] = desk.cost[before] + loss
                desk.take[item, state] = 1


@compiled
def _trace(net: Net, desk: Desk, items: int, workers: int, wide: int, times: Integers) -> None:
    left, few = workers, wide - 1
    for item in range(items - 1, -1, -1):
        if desk.take[item, left * wide + few]:
            times[desk.item[item]] += 1
            left = max(0, left - net.sizes[desk.item[item], WORKERS])
            few = max(0, few - 1)


@compiled
def move_prices(net: Net, price: Integers, times: Integers, course: Integers, above: int, share: float) -> None:
    """Move prices against what is wanted too often or not at all; ``above`` is how far the bound is over its target."""
    norm = 0.0
    for firm in range(len(price)):
        slope = 1000 * (1 - times[firm])
        course[firm] = (7 * slope + 3 * course[firm]) // 10
        if (price[firm] == 0 and course[firm] > 0) or (course[firm] < 0 and price[firm] >= _highest(net, firm)):
            course[firm] = 0
        norm += float(course[firm]) * float(course[firm])
    if norm == 0.0:
        return
    step = share * float(above) * 1000.0 / norm
    for firm in range(len(price)):
        moved = price[firm] - int(np.floor(step * float(course[firm]) + 0.5))
        price[firm] = min(max(moved, 0), _highest(net, firm))


@compiled
def _highest(net: Net, firm: int) -> int:
    """Value of a firm's best arc: a price above it is never of use."""
    if net.first_of_firm[firm] == net.first_of_firm[firm + 1]:
        return 0
    return max(0, net.value[net.arcs_of_firm[net.first_of_firm[firm]]])
