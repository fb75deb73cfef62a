"""The model: firms, seats and the arcs between them, in whole milli-workers.

Typed-seat facility location with a smallest and a largest group and firms that may stay out::

    max   sum value[arc] * x[arc]  -  sum founding[seat] * y[seat]
    s.t.  each firm on one arc at most; an open seat holds at least ``least_workers`` workers and ``least_firms``
          employers and at most ``most`` firms; a closed seat holds nobody

Arcs stand only between a firm and a seat of one jurisdiction where the firm may join. Theory: facility location with
lower bounds and outliers (Ahmadian and Swamy 2016); NP-hard, so ``solver`` works between two bounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

Integers = npt.NDArray[np.int64]
Short = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

MILLI = 1_000
"""Values are in thousandths of a worker."""


def ranges(first: Integers, count: Integers) -> Integers:
    """Return the whole numbers from ``first``, ``count`` of them for each pair, one after another."""
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count - first, count)


WORKERS, HEADS = 0, 1
FOUNDING, LEAST_WORKERS, LEAST_FIRMS, MOST = 0, 1, 2, 3


class Net(NamedTuple):
    """The arrays of a problem as the loops read them; few and wide, as each call hands all of them over."""

    sizes: Integers
    """By firm: WORKERS, HEADS."""
    terms: Integers
    """By seat: FOUNDING, LEAST_WORKERS, LEAST_FIRMS, MOST."""
    first: Integers
    """By seat, and one more: where its arcs begin."""
    firm: Short
    """By arc."""
    seat: Short
    """By arc."""
    value: Integers
    """By arc."""
    first_of_firm: Integers
    arcs_of_firm: Short
    """Arcs of each firm, the most valuable first."""


@dataclass(frozen=True)
class Problem:
    """Firms and seats in canonical order; equal problems give equal solutions to the last digit."""

    workers: Integers
    """By firm."""
    heads: Integers
    """By firm: 1 for the first firm of an employer, 0 for its others, which count as members but not as employers."""
    founding: Integers
    """By seat, milli-workers; 0 for an existing union."""
    least_workers: Integers
    least_firms: Integers
    most: Integers
    first: Integers
    """By seat, and one more: where its arcs begin."""
    firm: Integers
    """By arc."""
    value: Integers
    """By arc, milli-workers."""

    @property
    def firms(self) -> int:
        """Number of firms."""
        return len(self.workers)

    @property
    def seats(self) -> int:
        """Number of seats."""
        return len(self.founding)

    def seat_of_arc(self) -> Integers:
        """Seat of each arc."""
        return np.repeat(np.arange(self.seats, dtype=np.int64), np.diff(self.first))


class Inside(NamedTuple):
    """Which firms, seats and arcs of a problem, ascending."""

    firms: Integers
    seats: Integers
    arcs: Integers


class Part(NamedTuple):
    """A part of a problem that no arc leaves: what happens elsewhere cannot change it."""

    firms: Integers
    """Which firms of the problem, ascending."""
    seats: Integers
    arcs: Integers
    net: Net


def net_of(problem: Problem) -> Net:
    """Return the arrays of a whole problem."""
    seat = problem.seat_of_arc()
    order = np.lexsort((-problem.value, problem.firm))
    begins = np.zeros(problem.firms + 1, dtype=np.int64)
    np.cumsum(np.bincount(problem.firm, minlength=problem.firms), out=begins[1:])
    return Net(
        np.stack([problem.workers, problem.heads], axis=1),
        np.stack([problem.founding, problem.least_workers, problem.least_firms, problem.most], axis=1),
        problem.first, problem.firm.astype(np.int32), seat.astype(np.int32), problem.value, begins,
        order.astype(np.int32),
    )  # fmt: skip


def parts(problem: Problem) -> Iterator[Part]:
    """Split a problem into parts that no arc connects, in canonical order; firms without an arc are in none."""
    seat = problem.seat_of_arc()
    size = problem.firms + problem.seats
    graph = csr_matrix((np.ones(len(seat), dtype=np.int8), (problem.firm, seat + problem.firms)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    of_firm, of_seat = label[: problem.firms].astype(np.int64), label[problem.firms :].astype(np.int64)
    if count == 1:
        every = (np.arange(problem.firms), np.arange(problem.seats), np.arange(len(seat)))
        yield Part(*every, net_of(problem))
        return
    firms, seats = np.argsort(of_firm, kind="stable"), np.argsort(of_seat, kind="stable")
    arcs = np.argsort(of_seat[seat], kind="stable")
    ends = [
        np.searchsorted(keys, np.arange(count + 1)) for keys in (of_firm[firms], of_seat[seats], of_seat[seat][arcs])
    ]
    place = np.empty(problem.firms, dtype=np.int64)
    place[firms] = np.arange(problem.firms) - ends[0][of_firm[firms]]
    for part in range(count):
        inside = Inside(
            *(rows[end[part] : end[part + 1]] for rows, end in zip((firms, seats, arcs), ends, strict=True))
        )
        if len(inside.arcs):
            yield Part(inside.firms, inside.seats, inside.arcs, net_of(_cut(problem, inside, place)))


def _cut(problem: Problem, inside: Inside, place: Integers) -> Problem:
    firms, seats, arcs = inside
    sizes = problem.first[seats + 1] - problem.first[seats]
    return Problem(
        problem.workers[firms], problem.heads[firms], problem.founding[seats], problem.least_workers[seats],
        problem.least_firms[seats], problem.most[seats], np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        place[problem.firm[arcs]], problem.value[arcs],
    )  # fmt: skip
