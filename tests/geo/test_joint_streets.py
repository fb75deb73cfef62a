"""The exact cut of streets, against trying everything and against optimal microaggregation."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest

from geo.joint import JointOptions
from geo.joint.streets import cut, piece_value

LIMITS = JointOptions()


def best_by_brute_force(at: list[int], workers: list[int], run: list[int], options: JointOptions) -> int:
    """The best total over every way to cut the row of firms into pieces and left-out firms."""
    n = len(at)

    def admissible(first: int, end: int) -> bool:
        gaps = [b - a for a, b in itertools.pairwise(at[first:end])]
        return (
            options.min_firms <= end - first <= options.max_firms
            and run[first] == run[end - 1]
            and sum(workers[first:end]) >= options.min_workers
            and at[end - 1] - at[first] <= options.street_span_m
            and max(gaps, default=0) <= options.street_gap_m
        )

    best = [0] * (n + 1)
    for end in range(1, n + 1):
        best[end] = best[end - 1]
        for first in range(end):
            if admissible(first, end):
                value = piece_value(np.array(at[first:end]), np.array(workers[first:end]), options=options)
                best[end] = max(best[end], best[first] + (value if value is not None else -1))
    return best[n]


def total_by_all_subsets(at: list[int], workers: list[int], run: list[int], options: JointOptions) -> int:
    """The same without any dynamic programming: every set of cuts, every choice of pieces kept."""
    n, best = len(at), 0
    for cuts in range(1 << max(0, n - 1)):
        ends = [0, *(k + 1 for k in range(n - 1) if cuts >> k & 1), n]
        total = 0
        for first, end in itertools.pairwise(ends):
            alone = best_by_brute_force(at[first:end], workers[first:end], run[first:end], _whole(options, end - first))
            total += alone
        best = max(best, total)
    return best


def _whole(options: JointOptions, size: int) -> JointOptions:
    """Options under which only the whole part may be one piece."""
    return replace(options, min_firms=max(options.min_firms, size), max_firms=max(options.max_firms, 2 * size + 1))


def random_street(seed: int, most: int) -> tuple[list[int], list[int], list[int], JointOptions]:
    draw = random.Random(seed)
    n = draw.randint(0, most)
    run = sorted(draw.randint(0, 1 + n // 6) for _ in range(n))
    at: list[int] = []
    for k in range(n):
        at.append((at[-1] if k and run[k] == run[k - 1] else 0) + draw.choice([0, 5, 40, 120, 150, 151, 400]))
    workers = [draw.randint(0, 24) for _ in range(n)]
    options = JointOptions(
        min_firms=draw.choice([2, 3]),
        min_workers=draw.choice([0, 10, 25, 60]),
        max_firms=draw.choice([5, 7, 100]),
        street_span_m=draw.choice([200, 1000]),
        founding_street=draw.choice([0, 10, 30]),
        distance_milli=draw.choice([0, 300, 800]),
        penalty_street_milli=draw.choice([0, 50]),
    )
    return at, workers, run, options


def cut_total(at: list[int], workers: list[int], run: list[int], options: JointOptions) -> int:
    arrays = [np.array(part, dtype=np.int64) for part in (at, workers, run)]
    pieces = cut(*arrays, unit=np.ones(len(at), dtype=np.int64), options=options)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(pieces))
    values = [piece_value(arrays[0][i:j], arrays[1][i:j], options=options) for i, j in pieces]
    assert None not in values
    return sum(values)


@pytest.mark.law(11)
@pytest.mark.parametrize("seed", range(500))
def test_the_cut_of_a_street_is_the_best_there_is(seed: int) -> None:
    case = random_street(seed, 14)
    assert cut_total(*case) == best_by_brute_force(*case)


@pytest.mark.parametrize("seed", range(60))
def test_and_so_says_trying_every_set_of_cuts(seed: int) -> None:
    case = random_street(1000 + seed, 8)
    assert cut_total(*case) == total_by_all_subsets(*case)


@pytest.mark.law(24)
@pytest.mark.parametrize("seed", range(40))
def test_a_street_measured_from_its_other_end_has_the_same_value(seed: int) -> None:
    at, workers, run, options = random_street(seed, 14)
    top, last = max(at, default=0), max(run, default=0)
    mirrored = ([top - a for a in at[::-1]], workers[::-1], [last - r for r in run[::-1]])
    assert cut_total(at, workers, run, options) == cut_total(*mirrored, options)


def test_twenty_thousand_firms_are_cut_street_by_street() -> None:
    draw = np.random.default_rng(3)
    run = np.sort(draw.integers(0, 166, 20_000))
    at = draw.integers(0, 5_000, 20_000)
    order = np.lexsort((at, run))
    at, run, workers = at[order], run[order], draw.integers(1, 25, 20_000)
    pieces = cut(at, workers, run, unit=np.ones(20_000, dtype=np.int64), options=LIMITS)
    assert len(pieces) > 100
    alone: list[tuple[int, int]] = []  # work grows with the firms of a street, not of the city: streets stand alone
    for number in range(166):
        (rows,) = np.nonzero(run == number)
        own = cut(at[rows], workers[rows], run[rows], unit=np.ones(len(rows), dtype=np.int64), options=LIMITS)
        alone += [(int(rows[0]) + start, int(rows[0]) + end) for start, end in own]
    assert pieces == alone
