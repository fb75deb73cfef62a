"""What stands before the model: firms, existing unions, seats and an earlier answer as whole numbers.

Kinds of places, jurisdictions and streets are numbers here; names are given back by ``towns`` and ``together``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geo.joint.problem import Flags, Integers, Problem

NONE = -1
KINDS = ("building", "market", "zone", "village", "street", "community", "existing")
"""Kinds of seats in canonical order; a number is a place in this row."""
PLACES = KINDS[:4]
VILLAGE = KINDS.index("village")
STREET, COMMUNITY, EXISTING = KINDS.index("street"), KINDS.index("community"), KINDS.index("existing")


@dataclass(frozen=True)
class Ground:
    """Firms in canonical order, as whole numbers; ``NONE`` where a firm has no such place."""

    wide: Integers
    """Jurisdiction for buildings, markets, zones and villages."""
    narrow: Integers
    """Jurisdiction along streets and around addresses; the same in a plain table."""
    workers: Integers
    heads: Integers
    """1 for the first firm of an employer, 0 for its others."""
    place: Integers
    """Firms × PLACES: number of the building, market, zone and village."""
    street: Integers
    chainage: Integers
    """Metres along the street; read only where there is a street."""
    located: Flags
    x: Integers
    """Metres east of anywhere, read only where located."""
    y: Integers
    industry: Integers


@dataclass(frozen=True)
class Hosts:
    """Existing joint unions with room, in canonical order."""

    jurisdiction: Integers
    """Wide or narrow, as the kind has it."""
    kind: Integers
    """Number in KINDS of what it sits in."""
    place: Integers
    """Number of the building, market, zone, village or street; ``NONE`` for a community union."""
    a: Integers
    """Street: where its members begin, metres; community: x."""
    b: Integers
    """Street: where its members end, metres; community: y."""
    spare: Integers

    @classmethod
    def none(cls) -> "Hosts":
        """Return no existing union."""
        return cls(*(np.zeros(0, np.int64) for _ in range(6)))


class Seats(NamedTuple):
    """What each seat of a problem is; equal rows are the same seat in any run."""

    kind: Integers
    place: Integers
    """Number of the place or street, ``NONE`` for a community; of an existing union its number in Hosts."""
    jurisdiction: Integers
    a: Integers
    """Street: metres along it; community: x."""
    b: Integers
    """Community: y; a place: which of its copies."""

    def row(self, seat: int) -> tuple[int, ...]:
        """Return one seat."""
        return tuple(int(column[seat]) for column in self)


@dataclass(frozen=True)
class Before:
    """An earlier suggestion, as far as its firms are still here."""

    seats: Seats
    seat_of: Integers
    """By firm: number in ``seats``, ``NONE`` if it was in no group."""


@dataclass(frozen=True)
class Laid:
    """A problem and what its seats are."""

    problem: Problem
    seats: Seats
    distance: Integers
    """By arc, metres."""
    start: Integers | None = None
    """By firm: its arc in the earlier suggestion, -1 if none; None without one."""
    bonus: Integers | None = None
    """By arc: what of its value is the bonus for who stays; None without an earlier suggestion."""
    rebate: Integers | None = None
    """By seat: what its founding costs less for having been suggested before."""
    usual: Integers | None = None
    """By seat: the industry of most firms in reach, ``industry.UNKNOWN`` where none counts."""
