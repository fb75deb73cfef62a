"""Policy switches that narrow the model before it is solved: the bound then is that of the narrowed problem."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.joint.ground import EXISTING, KINDS, Ground, Hosts, Laid
from geo.joint.options import JointOptions
from geo.joint.problem import Flags
from geo.joint.settling import Settled, settle
from geo.joint.wishes import Wishes, narrowed

BUILDING = KINDS.index("building")


class Names(NamedTuple):
    """What firms and seats of a problem are called in wishes, and the groups its firms had."""

    firms: Sequence[str]
    seats: Sequence[str]
    former: pd.Series


def settle_around(
    laid: Laid, ground: Ground, hosts: Hosts, *, options: JointOptions, wishes: Wishes | None, names: Names
) -> Settled:
    """Solve a problem (``arcs.lay``) around what a person settled and what the options order."""
    fixed, spared = None, np.zeros(laid.problem.firms, dtype=bool)
    if wishes is not None:
        laid = wishes.amend(laid, names.firms, names.seats)
        fixed = wishes.fixed(names.former)
        spared = fixed | np.fromiter((firm in wishes.must for firm in names.firms), dtype=bool, count=len(spared))
    if options.own_building:
        laid = own_buildings(laid, ground, hosts, options=options, spared=spared)
    return settle(laid, ground, options=options, fixed=fixed)


def own_buildings(laid: Laid, ground: Ground, hosts: Hosts, *, options: JointOptions, spared: Flags) -> Laid:
    """Leave the firms of each building that can hold a union no seat but the unions of that building.

    Parameters
    ----------
    laid : the problem of ``ground`` and ``hosts``, wishes included
    spared : firms for whom a person settled something else
    """
    problem, seat = laid.problem, laid.problem.seat_of_arc()
    kind = laid.seats.kind[seat]
    mine = (kind == BUILDING) & ~spared[problem.firm]
    mass = np.bincount(seat[mine], weights=ground.workers[problem.firm[mine]], minlength=problem.seats)
    heads = np.bincount(seat[mine], weights=ground.heads[problem.firm[mine]], minlength=problem.seats)
    good = (mass >= options.min_workers) & (heads >= options.min_firms)
    bound = np.zeros(problem.firms, dtype=bool)
    bound[problem.firm[mine & good[seat]]] = True
    host = np.where(kind == EXISTING, laid.seats.place[seat], 0)
    joins = (kind == EXISTING) & (hosts.kind[host] == BUILDING) if len(hosts.kind) else np.zeros(len(kind), dtype=bool)
    return narrowed(laid, ~bound[problem.firm] | (mine & good[seat]) | joins)
