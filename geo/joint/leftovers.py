"""Why a firm is left over, with the figures that prove it.

R1 too few workers in reach of every seat · R2 those in reach are better used elsewhere · R3 only the border of a
jurisdiction is in the way · R4 no usable place · R5 the only union in reach is full.
"""

from dataclasses import dataclass, replace

import numpy as np

from geo.joint.arcs import joining, lay
from geo.joint.ground import EXISTING, Ground, Hosts
from geo.joint.options import JointOptions
from geo.joint.problem import Flags, Integers


@dataclass(frozen=True)
class Reach:
    """By firm, at the seat it may use where most workers are in reach: these and their firms; zero without a seat."""

    workers: Integers
    firms: Integers
    enough: Flags
    """Whether any seat it may use could meet the minimum."""


def reach(ground: Ground, *, options: JointOptions) -> Reach:
    """Sum up who is in reach of each seat, grouped or not."""
    anything = replace(options, min_workers=0, min_firms=0, min_units=0)
    problem = lay(ground, Hosts.none(), options=anything).problem
    seat = problem.seat_of_arc()
    mass = np.bincount(seat, weights=ground.workers[problem.firm], minlength=problem.seats).astype(np.int64)
    count = np.bincount(seat, minlength=problem.seats).astype(np.int64)
    heads = np.bincount(seat, weights=ground.heads[problem.firm], minlength=problem.seats)
    good = (mass >= options.min_workers) & (heads >= options.min_firms)
    order = np.lexsort((count[seat], mass[seat], problem.firm))
    last = np.append(np.flatnonzero(np.diff(problem.firm[order])), len(order) - 1) if len(order) else order
    best = order[last]
    workers, firms = np.zeros(len(ground.workers), np.int64), np.zeros(len(ground.workers), np.int64)
    workers[problem.firm[best]], firms[problem.firm[best]] = mass[seat[best]], count[seat[best]]
    enough = np.zeros(len(ground.workers), dtype=bool)
    enough[problem.firm[good[seat]]] = True
    return Reach(workers, firms, enough)


def at_full_unions(ground: Ground, hosts: Hosts, joined: Integers, *, options: JointOptions) -> Flags:
    """Which firms could join an existing union if it had room left after the ``joined`` of each host."""
    result = np.zeros(len(ground.workers), dtype=bool)
    for host in np.flatnonzero(hosts.spare <= joined):
        result[joining(ground, hosts, int(host), options)[0]] = True
    return result


def left_because(
    ground: Ground, hosts: Hosts, seats: tuple[Integers, Integers, Integers], *, options: JointOptions
) -> list[str]:
    """Reason of each firm were it left over: ``R1 workers=18 firms=4 least=25`` and the like.

    Parameters
    ----------
    seats : kind and place of every seat, and the seat of each firm (-1 outside)
    """
    kind, place, seat = seats
    old = seat[(seat >= 0) & (kind[np.maximum(seat, 0)] == EXISTING)] if len(kind) else seat[:0]
    joined = np.bincount(place[old], minlength=len(hosts.kind))
    near, full = reach(ground, options=options), at_full_unions(ground, hosts, joined, options=options)
    said = []
    for firm in range(len(ground.workers)):
        figures = f"workers={near.workers[firm]} firms={near.firms[firm]}"
        if near.firms[firm] == 0:
            said.append("R4")
        elif full[firm]:
            said.append("R5")
        elif near.enough[firm]:
            said.append(f"R2 {figures}")
        else:
            said.append(f"R1 {figures} least={options.min_workers}/{options.min_firms}")
    return said
