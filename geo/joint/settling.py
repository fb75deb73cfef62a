"""From a solution of the model to groups that keep every rule: pieces of streets made whole, large places split evenly.

The model does not know that a street union's members stand next to one another. Where a solution breaks that, the
street is cut anew, exactly, among the firms that no place has taken; firms of community unions stay with them and part
the street. Then whoever is left over is offered every seat once more.
"""

from dataclasses import dataclass, replace

import numpy as np

from geo.joint.ground import EXISTING, NONE, STREET, VILLAGE, Ground, Laid
from geo.joint.options import JointOptions
from geo.joint.problem import MILLI, Flags, Integers
from geo.joint.solver import Effort, Fixed, solve
from geo.joint.staying import as_earlier, release
from geo.joint.streets import cut
from geo.joint.wishes import closed_to_newcomers

AGAIN = 4
"""How often an answer is taken as the earlier one of another run at most, until it is kept."""
NEAR = 2
"""Tolerances of the bound within which an answer is kept by the next run anyway, so that none is made to see."""


@dataclass(frozen=True)
class Settled:
    """Groups of firms, and the proof."""

    laid: Laid
    arc: Integers
    """By firm: its arc, -1 if it is left over."""
    value: int
    """Milli-workers, by the prices of the problem."""
    bound: int
    iterations: int

    @property
    def bonus(self) -> int:
        """What of the value is there only because somebody stays where an earlier suggestion had them."""
        if self.laid.bonus is None or self.laid.rebate is None:
            return 0
        used = np.unique(self.seat[self.seat >= 0])
        return int(self.laid.bonus[self.arc[self.arc >= 0]].sum() + self.laid.rebate[used].sum())

    @property
    def seat(self) -> Integers:
        """By firm: its seat, -1 if it is left over."""
        return _seats(self.laid, self.arc)


def settle(laid: Laid, ground: Ground, *, options: JointOptions, fixed: Flags | None = None) -> Settled:
    """Solve, and make whole; then again with the answer as the earlier one, until the next run would keep it.

    Parameters
    ----------
    laid : the problem of ``ground`` (``arcs.lay``), perhaps amended by wishes
    fixed : firms that stay where the earlier suggestion has them
    """
    held = _held(laid, ground, fixed, options)
    arc, bound, iterations = _once(laid, ground, held, options)
    while len(full := _overfull(ground, laid, arc, held.frozen, options)):
        held = Fixed(held.frozen & ~np.isin(_seats(laid, arc), full), held.sealed)
        arc, bound, iterations = _once(laid, ground, held, options)
    for _ in range(AGAIN):
        if MILLI * (bound - worth(laid, arc)) <= NEAR * options.tolerance_milli * bound:
            break
        again = _once(as_earlier(laid, arc, options), ground, held, options)[0]
        if np.array_equal(again, arc):
            break
        arc = again
    return Settled(laid, arc, worth(laid, arc), bound, iterations)


def _once(laid: Laid, ground: Ground, held: Fixed, options: JointOptions) -> tuple[Integers, int, int]:
    """Solve and make whole; arcs, bound and iterations."""
    effort = Effort(tolerance_milli=options.tolerance_milli)
    found = solve(laid.problem, effort=effort, start=laid.start, fixed=held)
    begun = found.arc
    if laid.start is not None:
        begun = release(ground, laid, begun, most_milli=options.stay_loss_milli, fixed=held)
    arc = _whole(ground, laid, begun, options, held.frozen)
    if not np.array_equal(arc, begun):
        arc = _offered(ground, laid, arc, held)
    arc = _joined_again(ground, laid, arc, options)
    if laid.start is None:
        arc = _even(laid, arc)
    return arc, found.bound, found.iterations


def worth(laid: Laid, arc: Integers) -> int:
    """Value of a solution by the definition of the model."""
    used = np.unique(laid.problem.seat_of_arc()[arc[arc >= 0]])
    return int(laid.problem.value[arc[arc >= 0]].sum() - laid.problem.founding[used].sum())


def _seats(laid: Laid, arc: Integers) -> Integers:
    """Seat of each firm, -1 outside."""
    seat = np.full(len(arc), -1, dtype=np.int64)
    seat[arc >= 0] = laid.problem.seat_of_arc()[arc[arc >= 0]]
    return seat


def _held(laid: Laid, ground: Ground, fixed: Flags | None, options: JointOptions) -> Fixed:
    """Firms that stay, and their seats, which nobody joins unless they stand along a street.

    A group that breaks a rule by now, for a member has left or shrunk, is not held.
    """
    frozen, locked = np.zeros(laid.problem.firms, dtype=bool), np.zeros(laid.problem.seats, dtype=bool)
    if fixed is not None and laid.start is not None:
        frozen = fixed & (laid.start >= 0)
        seat = _seats(laid, np.where(frozen, laid.start, -1))
        for one in np.unique(seat[frozen]).tolist():
            locked[one] = _keeps_rules(laid, ground, one, np.flatnonzero(seat == one), options)
        frozen &= locked[np.maximum(seat, 0)]
    return Fixed(frozen, closed_to_newcomers(laid.seats, locked))


def _keeps_rules(laid: Laid, ground: Ground, seat: int, members: Integers, options: JointOptions) -> bool:
    problem = laid.problem
    enough = problem.workers[members].sum() >= problem.least_workers[seat]
    enough &= problem.heads[members].sum() >= problem.least_firms[seat]
    if laid.seats.kind[seat] == STREET:
        at = np.sort(ground.chainage[members])
        enough &= at[-1] - at[0] <= options.street_span_m and np.diff(at).max(initial=0) <= options.street_gap_m
    return bool(enough and len(members) <= problem.most[seat])


@dataclass(frozen=True)
class _Row:
    """The firms of one street in one jurisdiction that no place or existing union has taken, in street order."""

    firms: Integers
    seat: Integers
    """Street seat of each, -1 outside every piece."""
    barred: Flags
    """Members of a community union."""


def _rows(ground: Ground, laid: Laid, arc: Integers) -> list[_Row]:
    seat = _seats(laid, arc)
    kind = np.full(len(seat), NONE, dtype=np.int64)
    kind[seat >= 0] = laid.seats.kind[seat[seat >= 0]]
    placed = ((kind >= 0) & (kind < VILLAGE)) | (kind == EXISTING)
    may = np.zeros(len(seat), dtype=bool)  # others may have an arc to no street: a piece passes over them
    may[laid.problem.firm[(laid.seats.kind == STREET)[laid.problem.seat_of_arc()]]] = True
    on = np.flatnonzero((ground.street != NONE) & ~placed & may)
    on = on[np.lexsort((on, ground.chainage[on], ground.street[on], ground.narrow[on]))]
    if not len(on):
        return []
    ends = np.flatnonzero((np.diff(ground.street[on]) != 0) | (np.diff(ground.narrow[on]) != 0)) + 1
    piece = np.where(kind == STREET, seat, -1)
    return [_Row(firms, piece[firms], (kind[firms] >= 0) & (kind[firms] != STREET)) for firms in np.split(on, ends)]


def _broken(ground: Ground, row: _Row, options: JointOptions) -> bool:
    """Whether a piece of a row has a stranger inside, or too wide a gap."""
    for seat in np.unique(row.seat[row.seat >= 0]):
        at = np.flatnonzero(row.seat == seat)
        if at[-1] - at[0] + 1 != len(at) or np.diff(ground.chainage[row.firms[at]]).max() > options.street_gap_m:
            return True
    return False


def _whole(ground: Ground, laid: Laid, arc: Integers, options: JointOptions, frozen: Flags) -> Integers:
    """Cut anew each street whose pieces do not stand together; locked pieces stay, with whoever stands inside them."""
    result = arc.copy()
    for row in _rows(ground, laid, arc):
        if not _broken(ground, row, options):
            continue
        held = frozen[row.firms] & (row.seat >= 0)
        for seat in np.unique(row.seat[held]).tolist():
            held |= _taken_inside(laid, row, seat, held, result)
        result[row.firms[~row.barred & ~held]] = -1
        _cut_into(ground, laid, replace(row, barred=row.barred | held), result, options)
    return result


def _overfull(ground: Ground, laid: Laid, arc: Integers, frozen: Flags, options: JointOptions) -> Integers:
    """Seats of locked pieces that have no room for somebody who stands inside them: these cannot be kept."""
    found = []
    for row in _rows(ground, laid, arc) if frozen.any() else []:
        if _broken(ground, row, options):
            found += np.unique(row.seat[frozen[row.firms] & (row.seat >= 0)]).tolist()
    return np.array(found, dtype=np.int64)


def _taken_inside(laid: Laid, row: _Row, seat: int, held: Flags, arc: Integers) -> Flags:
    """Whoever stands between the members of a locked piece and is in no other union, put into it while it has room."""
    mine = held & (row.seat == seat)
    at = np.flatnonzero(mine)
    inside = np.zeros(len(mine), dtype=bool)
    inside[at[0] : at[-1] + 1] = True
    inside &= ~mine & ~row.barred & ~held
    problem = laid.problem
    arcs = np.arange(problem.first[seat], problem.first[seat + 1])
    of_firm = dict(zip(problem.firm[arcs].tolist(), arcs.tolist(), strict=True))
    room = int(problem.most[seat]) - int(mine.sum())
    for place in np.flatnonzero(inside).tolist():
        on = of_firm.get(int(row.firms[place]), -1) if room > 0 else -1
        arc[row.firms[place]] = on
        room -= on >= 0
    return inside


def _cut_into(ground: Ground, laid: Laid, row: _Row, arc: Integers, options: JointOptions) -> None:
    firms = row.firms
    pieces = cut(
        ground.chainage[firms], ground.workers[firms], np.zeros(len(firms), np.int64), unit=ground.heads[firms],
        options=options, barred=row.barred,
    )  # fmt: skip
    for first, end in pieces:
        members = firms[first:end]
        arcs = _best_seat(laid, members, taken=_seats(laid, arc[firms]))
        if len(arcs):
            arc[members] = arcs


def _best_seat(laid: Laid, members: Integers, taken: Integers) -> Integers:
    """Arcs of the members to the street seat of most value that all of them reach and no other piece has taken.

    None where wishes leave none. A seat of the earlier suggestion would often be the best of several pieces.
    """
    problem, seat_of = laid.problem, laid.problem.seat_of_arc()
    arcs = np.flatnonzero(np.isin(problem.firm, members) & (laid.seats.kind[seat_of] == STREET))
    seats, count = np.unique(seat_of[arcs], return_counts=True)
    all_reach = seats[(count == len(members)) & ~np.isin(seats, taken)]
    if not len(all_reach):
        return all_reach[:0]
    totals = [problem.value[arcs[seat_of[arcs] == seat]].sum() - problem.founding[seat] for seat in all_reach]
    best = all_reach[int(np.argmax(totals))]
    mine = arcs[seat_of[arcs] == best]
    mine = mine[np.argsort(problem.firm[mine], kind="stable")]
    return mine[np.searchsorted(problem.firm[mine], members)]


def _offered(ground: Ground, laid: Laid, arc: Integers, settled: Fixed) -> Integers:
    """Offer what a new cut has left over to every seat but streets; pieces, and whoever stands inside one, stay."""
    held = settled.frozen | ((ground.street != NONE) & (_seats(laid, arc) >= 0))
    found = solve(
        laid.problem,
        effort=Effort(iterations=0),
        start=arc,
        fixed=Fixed(held, settled.sealed | (laid.seats.kind == STREET)),
    )  # fmt: skip
    return found.arc


def _joined_again(ground: Ground, laid: Laid, arc: Integers, options: JointOptions) -> Integers:
    """Make street pieces of those who are left over and stand together; nobody else moves."""
    result = arc.copy()
    for row in _rows(ground, laid, arc):
        taken = row.barred | (row.seat >= 0)
        left = row.firms[~taken]
        if ground.workers[left].sum() >= options.min_workers:
            _cut_into(ground, laid, replace(row, barred=taken), result, options)
    return result


def _even(laid: Laid, arc: Integers) -> Integers:
    """Share the members of a place that several unions have evenly among them, in the order of the firms."""
    result = arc.copy()
    seat = _seats(laid, arc)
    for first in np.flatnonzero((laid.seats.kind <= VILLAGE) & (laid.seats.b == 1)):
        copies = np.flatnonzero(
            (laid.seats.kind == laid.seats.kind[first]) & (laid.seats.place == laid.seats.place[first])
            & (laid.seats.jurisdiction == laid.seats.jurisdiction[first])
        )  # fmt: skip
        used = copies[np.isin(copies, seat)] if len(copies) > 1 else copies[:0]
        if len(used) > 1:
            _share(laid, np.flatnonzero(np.isin(seat, used)), used, result)
    return result


def _share(laid: Laid, members: Integers, copies: Integers, arc: Integers) -> None:
    problem = laid.problem
    parts = np.array_split(members, len(copies))
    least = problem.least_workers[copies[0]]
    if min(int(problem.workers[part].sum()) for part in parts) < least:
        return
    if min(int(problem.heads[part].sum()) for part in parts) < problem.least_firms[copies[0]]:
        return
    for copy, part in zip(copies, parts, strict=True):
        mine = np.arange(problem.first[copy], problem.first[copy + 1])
        of_firm = dict(zip(problem.firm[mine].tolist(), mine.tolist(), strict=True))
        arc[part] = [of_firm[firm] for firm in part.tolist()]
