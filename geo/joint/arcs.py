"""Where firms may join: seats of every kind and the arcs to them, from arrays of one or more jurisdictions.

Distances are whole metres and values whole milli-workers, so that equal inputs give equal arcs to the last digit.
"""

from typing import NamedTuple

import numpy as np

from geo.joint import industry
from geo.joint.compiled import compiled
from geo.joint.ground import (
    COMMUNITY,
    EXISTING,
    NONE,
    PLACES,
    STREET,
    VILLAGE,
    Before,
    Ground,
    Hosts,
    Laid,
    Seats,
)
from geo.joint.options import JointOptions
from geo.joint.problem import MILLI, Flags, Integers, Problem, ranges

FAR = 1 << 31
ARCS_A_FIRM, SQUARE_M = 400, 50
"""Where addresses are so dense that firms would have more arcs each, seats stand at one address in each square."""


class _Layer(NamedTuple):
    """Seats of one kind; how many arcs each has, their firms and distances, in the order of the seats."""

    seats: Seats
    size: Integers
    firm: Integers
    distance: Integers


def lay(ground: Ground, hosts: Hosts, *, options: JointOptions, before: Before | None = None) -> Laid:
    """Find all seats and arcs.

    Parameters
    ----------
    ground : firms
    hosts : existing unions
    options : reach, prices and thresholds
    before : an earlier suggestion: its seats are offered again, though nobody may be at their address any more, and
        who stays gets the bonus
    """
    layers = [_in_places(ground, kind, options) for kind in range(len(PLACES))]
    layers += [_along_streets(ground, options, before), _around_addresses(ground, options, before)]
    layers += [_at_hosts(ground, hosts, options)]
    seats = Seats(*(np.concatenate(columns) for columns in zip(*(layer.seats for layer in layers), strict=True)))
    count, firm, distance = (np.concatenate([layer[at] for layer in layers]) for at in (1, 2, 3))
    seat = np.repeat(np.arange(len(count)), count)
    founding, least_workers, least_firms, most = _terms(seats, hosts, options)
    value = _values(ground.workers[firm], seat, _kinds(seats, hosts), distance, options)
    usual = industry.usual(ground.industry[firm], count, seats.kind != STREET, options=options)
    value += industry.worth(ground.industry[firm], ground.workers[firm], usual[seat], options=options)
    start, bonus, rebate = None, None, None
    if before is not None:
        start = _stay(seats, before, seat, firm)
        staying = start[start >= 0]
        bonus, rebate, kept = np.zeros_like(value), np.zeros_like(founding), np.unique(seat[staying])
        bonus[staying] = ground.workers[firm[staying]] * options.stay_milli
        rebate[kept] = founding[kept] * options.stay_founding_milli // MILLI
        value, founding = value + bonus, founding - rebate
    first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    problem = Problem(ground.workers, ground.heads, founding, least_workers, least_firms, most, first, firm, value)
    return Laid(problem, seats, distance, start, bonus, rebate, usual)


def _kinds(seats: Seats, hosts: Hosts) -> Integers:
    """Kind of each seat, that of an existing union's place for one."""
    kind = seats.kind.copy()
    old = kind == EXISTING
    kind[old] = hosts.kind[seats.place[old]]
    return kind


def _terms(seats: Seats, hosts: Hosts, options: JointOptions) -> tuple[Integers, Integers, Integers, Integers]:
    """Founding cost, least workers, least firms and most firms of each seat."""
    old, spread = seats.kind == EXISTING, _spread(seats.kind)
    founding = np.where(seats.kind == STREET, options.founding_street, options.founding_place)
    founding = np.where(old, 0, np.where(spread, options.founding_community, founding))
    most = np.where(spread | (seats.kind == STREET), options.max_firms, options.max_firms_in_place)
    most[old] = hosts.spare[seats.place[old]]
    least = options.min_firms
    return (
        (founding * MILLI).astype(np.int64), np.where(old, 0, options.min_workers).astype(np.int64),
        np.where(old, 0, least).astype(np.int64), most.astype(np.int64),
    )  # fmt: skip


def _spread(kind: Integers) -> Flags:
    return (kind == COMMUNITY) | (kind == VILLAGE)


def _values(workers: Integers, seat: Integers, kind: Integers, distance: Integers, options: JointOptions) -> Integers:
    """Milli-workers that each arc adds: its firm's workers less what kind and distance take."""
    street = kind == STREET
    penalty = np.where(_spread(kind), options.penalty_community_milli, 0) + street * options.penalty_street_milli
    reach = np.where(street, max(1, options.street_span_m // 2), max(1, options.reach_m))
    return workers * (MILLI - penalty[seat]) - workers * options.distance_milli * distance // reach[seat]


def _stay(seats: Seats, before: Before, seat: Integers, firm: Integers) -> Integers:
    """Arc of each firm to its former seat, -1 without one."""
    number = {before.seats.row(at): at for at in range(len(before.seats.kind))}
    former = np.array([number.get(seats.row(at), -2) for at in range(len(seats.kind))], dtype=np.int64)
    arc = np.flatnonzero(former[seat] == before.seat_of[firm]) if len(seat) else np.zeros(0, np.int64)
    start = np.full(len(before.seat_of), -1, dtype=np.int64)
    start[firm[arc]] = arc
    return start


def _in_places(ground: Ground, kind: int, options: JointOptions) -> _Layer:
    """One seat for each place that can meet the minimum, or as many as it needs when it holds more than one can."""
    rows = np.flatnonzero(ground.place[:, kind] != NONE)
    rows = rows[np.lexsort((rows, ground.place[rows, kind], ground.wide[rows]))]
    begins = np.flatnonzero(_changes(ground.wide[rows], ground.place[rows, kind]))
    count = np.diff(np.append(begins, len(rows)))
    most = options.max_firms if kind == VILLAGE else options.max_firms_in_place
    copies = np.where(_enough(ground, rows, begins, count, options), -(-count // most), 0)
    which = np.repeat(np.arange(len(begins)), copies)
    firm, lead = rows[ranges(begins[which], count[which])], rows[begins[which]]
    number = np.arange(len(which)) - np.repeat(np.cumsum(copies) - copies, copies)
    seats = Seats(0 * number + kind, ground.place[lead, kind], ground.wide[lead], 0 * number, number)
    return _Layer(seats, count[which], firm, 0 * firm)


def _along_streets(ground: Ground, options: JointOptions, before: Before | None) -> _Layer:
    """A seat wherever a firm lies on a street, for the firms within half a span on the same unbroken row."""
    rows = np.flatnonzero(ground.street != NONE)
    rows = rows[np.lexsort((rows, ground.chainage[rows], ground.street[rows], ground.narrow[rows]))]
    line, lead = ground.chainage[rows].copy(), rows
    if len(rows):
        other = _changes(ground.narrow[rows], ground.street[rows])
        line += np.cumsum(other | (np.diff(line, prepend=0) > options.street_gap_m)) * FAR
    at, which = np.unique(line, return_index=True)
    lead = rows[which]
    seats = Seats(0 * at + STREET, ground.street[lead], ground.narrow[lead], ground.chainage[lead], 0 * at)
    if before is not None:
        seats, at = _kept_on_streets(seats, at, before)
    half = options.street_span_m // 2
    first = np.searchsorted(line, at - half, side="left")
    count = np.searchsorted(line, at + half, side="right") - first
    good = _enough(ground, rows, first, count, options)
    seats, first, count = Seats(*(column[good] for column in seats)), first[good], count[good]
    firm = rows[ranges(first, count)]
    return _Layer(seats, count, firm, np.abs(ground.chainage[firm] - np.repeat(seats.a, count)))


def _kept_on_streets(seats: Seats, at: Integers, before: Before) -> tuple[Seats, Integers]:
    """Add the former seats that stand on an unbroken row of today but where no firm lies any more."""
    known = {seats.row(seat) for seat in range(len(at))}
    rows, lines = [], []
    for old in np.flatnonzero(before.seats.kind == STREET):
        row = before.seats.row(int(old))
        here = np.flatnonzero((seats.place == row[1]) & (seats.jurisdiction == row[2]))
        if len(here) and row not in known:
            near = here[np.argmin(np.abs(seats.a[here] - row[3]))]
            rows.append(row)
            lines.append(at[near] + row[3] - seats.a[near])
    if not rows:
        return seats, at
    more = np.array(rows, dtype=np.int64).T
    return Seats(*(np.concatenate(pair) for pair in zip(seats, more, strict=True))), np.append(at, lines)


def _around_addresses(ground: Ground, options: JointOptions, before: Before | None) -> _Layer:
    """A seat at each address, for the firms within reach; in dense towns at one address in each 50 m square."""
    rows = np.flatnonzero(ground.located) if options.reach_m else np.zeros(0, np.int64)
    cell = max(options.reach_m, 100)
    key = _cell(ground.narrow[rows], ground.x[rows] // cell, ground.y[rows] // cell)
    order = np.lexsort((rows, key))
    rows, key = rows[order], key[order]
    x, y = ground.x[rows], ground.y[rows]
    spots = np.unique(np.stack([ground.narrow[rows], x, y], axis=1), axis=0).reshape(-1, 3)
    kept = np.zeros((0, 3), np.int64)
    if before is not None:
        old = before.seats.kind == COMMUNITY
        kept = np.stack([before.seats.jurisdiction[old], before.seats.a[old], before.seats.b[old]], axis=1)
        spots = np.unique(np.concatenate([spots, kept]), axis=0)
    count = near(spots, x, y, key, cell, options.reach_m, np.zeros((0, 2), np.int64))
    spots, count = _thinned(spots, count, kept, ground.narrow[rows])
    pairs = np.zeros((int(count.sum()), 2), np.int64)
    near(spots, x, y, key, cell, options.reach_m, pairs)
    firm = rows[pairs[:, 0]]
    begins = np.cumsum(count) - count
    good = _enough(ground, firm, begins, count, options)
    inside = np.repeat(good, count)
    spots, zero = spots[good], np.zeros(int(good.sum()), np.int64)
    seats = Seats(zero + COMMUNITY, zero + NONE, spots[:, 0], spots[:, 1], spots[:, 2])
    return _Layer(seats, count[good], firm[inside], pairs[inside, 1])


def _thinned(spots: Integers, count: Integers, kept: Integers, towns: Integers) -> tuple[Integers, Integers]:
    """Where firms would have more than ARCS_A_FIRM arcs each, keep one address in a square, and all former seats."""
    size = int(max(spots[:, 0].max(initial=0), towns.max(initial=0))) + 1
    firms, arcs = np.bincount(towns, minlength=size), np.bincount(spots[:, 0], weights=count, minlength=size)
    dense = (arcs > ARCS_A_FIRM * firms)[spots[:, 0]]
    if not dense.any():
        return spots, count
    first = np.zeros(len(spots), dtype=bool)
    squares = np.concatenate([spots[:, :1], spots[:, 1:] // SQUARE_M], axis=1)
    first[np.unique(squares, axis=0, return_index=True)[1]] = True
    old = np.array([tuple(spot) in set(map(tuple, kept.tolist())) for spot in spots.tolist()], dtype=bool)
    keep = ~dense | first | old
    return spots[keep], count[keep]


def _cell(town: Integers, column: Integers, row: Integers) -> Integers:
    """One number for a square of a town, ascending by town, column, row."""
    return (town << 42) + ((column + (1 << 20)) << 21) + row + (1 << 20)


@compiled
def near(spots: Integers, x: Integers, y: Integers, key: Integers, cell: int, reach: int, pairs: Integers) -> Integers:
    """Count, and where there is room for them write down, the points within reach of each spot and their distances."""
    count = np.zeros(len(spots), np.int64)
    done = 0
    for spot in range(len(spots)):
        town, column, row = spots[spot, 0] << 42, spots[spot, 1] // cell + (1 << 20), spots[spot, 2] // cell + (1 << 20)
        for beside in range(-1, 2):
            base = town + ((column + beside) << 21) + row
            first, end = np.searchsorted(key, base - 1), np.searchsorted(key, base + 1, side="right")
            for at in range(first, end):
                far = (x[at] - spots[spot, 1]) ** 2 + (y[at] - spots[spot, 2]) ** 2
                if far <= reach * reach:
                    if done < len(pairs):
                        pairs[done, 0], pairs[done, 1] = at, int(np.sqrt(far) + 0.5)
                        done += 1
                    count[spot] += 1
    return count


def _at_hosts(ground: Ground, hosts: Hosts, options: JointOptions) -> _Layer:
    """A seat for each existing union with room, for the firms at its place, along its street or within its reach."""
    found = [joining(ground, hosts, host, options) for host in range(len(hosts.kind))]
    which = [host for host, (rows, _) in enumerate(found) if len(rows) and hosts.spare[host] > 0]
    number = np.array(which, dtype=np.int64)
    zero = 0 * number
    seats = Seats(zero + EXISTING, number, hosts.jurisdiction[number], zero, zero)
    empty = [np.zeros(0, np.int64)]
    firm, distance = (np.concatenate([*empty, *(found[host][part] for host in which)]) for part in (0, 1))
    return _Layer(seats, np.array([len(found[host][0]) for host in which], dtype=np.int64), firm, distance)


def joining(ground: Ground, hosts: Hosts, host: int, options: JointOptions) -> tuple[Integers, Integers]:
    """Return the firms that may join an existing union, were there room, and their distances."""
    kind, town, place = hosts.kind[host], hosts.jurisdiction[host], hosts.place[host]
    a, b = hosts.a[host], hosts.b[host]
    if kind < len(PLACES):
        rows = np.flatnonzero((ground.place[:, kind] == place) & (ground.wide == town))
        return rows, 0 * rows
    if kind == STREET:
        rows = np.flatnonzero((ground.street == place) & (ground.narrow == town))
        at = ground.chainage[rows]
        rows = rows[np.maximum(at, b) - np.minimum(at, a) <= options.street_span_m]
        return rows, np.minimum(np.abs(ground.chainage[rows] - (a + b) // 2), max(1, options.street_span_m // 2))
    rows = np.flatnonzero(ground.located & (ground.narrow == town))
    far = np.rint(np.hypot(ground.x[rows] - a, ground.y[rows] - b)).astype(np.int64)
    return rows[far <= options.reach_m], far[far <= options.reach_m]


def _changes(*columns: Integers) -> Flags:
    """Whether a row differs from the row before it."""
    other = np.zeros(len(columns[0]), dtype=bool)
    other[:1] = True
    for column in columns:
        other[1:] |= column[1:] != column[:-1]
    return other


def _enough(ground: Ground, firm: Integers, first: Integers, count: Integers, options: JointOptions) -> Flags:
    mass, heads = (np.concatenate([[0], np.cumsum(part[firm])]) for part in (ground.workers, ground.heads))
    enough = mass[first + count] - mass[first] >= options.min_workers
    return enough & (heads[first + count] - heads[first] >= options.min_firms)
