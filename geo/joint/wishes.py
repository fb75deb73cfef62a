"""What a person settled before the engine runs: locked groups, forbidden seats and pairs, must-joins, exclusions.

Seats and groups are named as in a plan: ``jurisdiction/kind/seat``. Wishes are arcs left out or fixed, so the bound
holds for the problem they leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from geo.joint.ground import STREET, Laid, Seats
from geo.joint.problem import Flags, Integers

REWARD = 100_000
"""Milli-workers by which a must-join is worth more: more than founding and filling up a group can cost."""


@dataclass(frozen=True)
class Wishes:
    """What is settled; names that nothing answers to are told by ``unmet``."""

    exclude: frozenset[str] = frozenset()
    """Firms that take no part."""
    lock: frozenset[str] = frozenset()
    """Groups of the earlier answer whose members stay; nobody joins but who stands inside a street piece."""
    forbid_seats: frozenset[str] = frozenset()
    forbid: frozenset[tuple[str, str]] = frozenset()
    """Pairs of firm and seat."""
    must: Mapping[str, str] = field(default_factory=dict)
    """Seat that a firm has to join, if the rules let it."""

    def amend(self, laid: Laid, ids: Sequence[str], names: Sequence[str]) -> Laid:
        """Leave out the arcs that are forbidden and reward those that must be used.

        Who cannot join where it must may join elsewhere as if nothing had been said.

        Parameters
        ----------
        laid : a problem; ``ids`` of its firms, ``names`` of its seats
        """
        if not (self.forbid_seats or self.forbid or self.must):
            return laid
        problem, seat = laid.problem, laid.problem.seat_of_arc()
        keep = ~np.isin(np.array(names, dtype=object), list(self.forbid_seats))[seat]
        reward = np.zeros(len(keep), np.int64)
        asked = {*self.must, *(firm for firm, _ in self.forbid)}
        named = np.fromiter((firm in asked for firm in ids), dtype=bool, count=len(ids))
        arcs = {arc: (ids[problem.firm[arc]], names[seat[arc]]) for arc in np.flatnonzero(named[problem.firm]).tolist()}
        can = {firm for arc, (firm, name) in arcs.items() if keep[arc] and self.must.get(firm) == name}
        for arc, (firm, name) in arcs.items():
            keep[arc] &= (firm, name) not in self.forbid and (firm not in can or self.must[firm] == name)
            reward[arc] = REWARD * (self.must.get(firm) == name)
        return narrowed(laid, keep, reward)

    def fixed(self, groups: pd.Series) -> Flags:
        """Which firms stay, by the groups they had."""
        return groups.isin(self.lock).to_numpy(dtype=bool)


def narrowed(laid: Laid, keep: Flags, reward: Integers | None = None) -> Laid:
    """Return a problem with some of its arcs, each worth ``reward`` milli-workers more, which counts as bonus."""
    problem = laid.problem
    reward = np.zeros(len(keep), np.int64) if reward is None else reward
    count = np.bincount(problem.seat_of_arc()[keep], minlength=problem.seats)
    bonus = (np.zeros(len(keep), np.int64) if laid.bonus is None else laid.bonus) + reward
    rebate = np.zeros(problem.seats, np.int64) if laid.rebate is None else laid.rebate
    number = np.where(keep, np.cumsum(keep) - 1, -1)
    start = laid.start
    if start is not None:
        start = np.where(start >= 0, number[np.maximum(start, 0)], -1)
    fewer = replace(
        problem, firm=problem.firm[keep], value=(problem.value + reward)[keep],
        first=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
    )  # fmt: skip
    return replace(laid, problem=fewer, distance=laid.distance[keep], start=start, bonus=bonus[keep], rebate=rebate)


def closed_to_newcomers(seats: Seats, locked: Flags) -> Flags:
    """Of the seats of locked groups those that nobody joins: all but streets, whose pieces hold all inside them."""
    return locked & (seats.kind != STREET)


def unmet(answer: pd.DataFrame, ids: pd.Series, wishes: Wishes) -> tuple[str, ...]:
    """Say which wishes a plan does not keep, and why not is for the caller to find: a name, or a rule in the way.

    Parameters
    ----------
    answer : ``planning.Plan.firms``; ``ids`` of its rows
    """
    group = dict(zip(ids.fillna(""), answer["group"].fillna(""), strict=True))
    held = set(group.values())
    told = [f"must {firm} {seat}" for firm, seat in wishes.must.items() if group.get(firm) != seat]
    told += [f"lock {name}" for name in wishes.lock if name not in held]
    told += [f"exclude {firm}" for firm in wishes.exclude if firm not in group]
    return tuple(sorted(told))
