"""Flags, funnels and ranges: by hand, against a library, and on invented cities with and without a pattern."""

from fractions import Fraction
from math import comb

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo.rates import bounds, flag, funnel, gi_star, of_areas, of_hexagons, smooth, smooth_locally

SIDE = 20


def series(*values: float) -> pd.Series:
    return pd.Series(values, index=[f"p{n}" for n in range(len(values))], dtype="float64")


def chain(size: int) -> csr_array:
    return csr_array(np.eye(size, k=1) + np.eye(size, k=-1))


def squares(side: int) -> csr_array:
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    return of_areas(shapely.box(x.ravel(), y.ravel(), x.ravel() + 1, y.ravel() + 1))


def firms(draw: np.random.Generator) -> np.ndarray:
    """Firms of each cell: few in most, hundreds in some."""
    return np.rint(draw.lognormal(np.log(20), 1, SIDE * SIDE)).clip(4, 400).astype(int)


def test_windows_are_held_against_the_city_as_computed_by_hand() -> None:
    table = flag(series(3, 1, 0, 0), series(3, 3, 2, 2), chain(4))
    assert table["n"].tolist() == [6, 8, 7, 4]
    assert table["x"].tolist() == [4, 4, 1, 0]
    # Of 10 firms 4 lack a union; all 4 among the 6 of the first window: C(6,4) C(4,0) / C(10,4) = 15/210.
    assert table.loc["p0", "p_high"] == pytest.approx(float(Fraction(comb(6, 4), comb(10, 4))))
    # None among the 4 firms of the last window: C(6,4) / C(10,4), too.
    assert table.loc["p3", "p_low"] == pytest.approx(float(Fraction(comb(6, 4), comb(10, 4))))
    assert table["p_high"].max() <= 1
    assert table["flag"].tolist() == [0, 0, 0, 0]


def test_the_chance_of_a_window_is_that_of_firms_permuted_among_places() -> None:
    draw = np.random.default_rng(3)
    n = draw.integers(1, 9, 12)
    x = draw.binomial(n, 0.4)
    table = flag(pd.Series(x), pd.Series(n), chain(12))
    place, lacks = np.repeat(np.arange(12), n), np.zeros(n.sum(), dtype="int64")
    lacks[: x.sum()] = 1
    window = (chain(12) + csr_array(np.eye(12))).toarray()
    shuffled = (np.bincount(place, weights=draw.permutation(lacks), minlength=12) for _ in range(4_000))
    drawn = np.array([window @ counts for counts in shuffled])
    permuted = (drawn >= table["x"].to_numpy()).mean(axis=0)
    assert np.abs(permuted - table["p_high"]).max() < 0.03


def test_a_city_without_a_pattern_has_next_to_no_flags() -> None:
    draw, around = np.random.default_rng(1), squares(SIDE)
    shares = []
    for _ in range(60):
        n = firms(draw)
        table = flag(pd.Series(draw.binomial(n, 0.4)), pd.Series(n), around)
        shares.append((table["flag"] != 0).mean())
    assert np.mean(shares) <= 0.01


def test_one_block_with_more_firms_without_a_union_is_found() -> None:
    draw, around = np.random.default_rng(2), squares(SIDE)
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    block = (row >= 8) & (row < 12) & (column >= 5) & (column < 9)
    found = right = 0
    for _ in range(60):
        n = firms(draw)
        table = flag(
            pd.Series(draw.binomial(n, np.where(block, 0.6, 0.4))), pd.Series(n), around, false_discoveries=0.05
        )
        high = table["flag"].to_numpy() == 1
        found, right = found + high.sum(), right + (high & block).sum()
    assert right / (60 * block.sum()) >= 0.6
    assert right / found >= 0.75


def test_gi_star_equals_the_library_with_binary_weights() -> None:
    import warnings

    from esda.getisord import G_Local
    from libpysal.weights import W

    draw, around = np.random.default_rng(4), squares(9)
    values = draw.gamma(2.0, 1.0, 81)
    lines = {n: around.indices[around.indptr[n] : around.indptr[n + 1]].tolist() for n in range(81)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = G_Local(values, W(lines, silence_warnings=True), transform="B", star=True, permutations=0)
    assert np.abs(gi_star(values, around) - library.Zs).max() < 1e-9


def test_only_the_share_of_the_city_is_never_flagged() -> None:
    for x in (series(0, 0, 0), series(9, 9, 9)):
        assert flag(x, series(9, 9, 9), chain(3))["flag"].tolist() == [0, 0, 0]
    assert flag(series(), series(), csr_array((0, 0))).empty


@pytest.mark.parametrize(("x", "n"), [((2.0,), (1.0,)), ((-1.0,), (1.0,)), ((0.5,), (1.0,)), ((np.nan,), (1.0,))])
def test_counts_that_are_none_are_refused(x: tuple[float], n: tuple[float]) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        flag(series(*x), series(*n), csr_array((1, 1)))


def test_a_matrix_of_other_places_is_refused() -> None:
    with pytest.raises(ValueError, match="3 by 3"):
        flag(series(1, 1, 1), series(2, 2, 2), chain(4))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=25), st.randoms())
def test_flags_do_not_depend_on_the_order_of_places(counts: list[tuple[int, int]], random: object) -> None:
    size = len(counts)
    part, whole = pd.Series([min(c) for c in counts]), pd.Series([max(c) for c in counts])
    order = list(range(size))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight = flag(part, whole, chain(size))
    turned = flag(part.iloc[order], whole.iloc[order], csr_array(chain(size).toarray()[np.ix_(order, order)]))
    pd.testing.assert_frame_equal(straight.iloc[order], turned)


def test_hexagons_have_their_six_neighbours() -> None:
    q, r = (axis.ravel() for axis in np.meshgrid(np.arange(-2, 3), np.arange(-2, 3)))
    around = of_hexagons(q, r)
    middle = int(np.flatnonzero((q == 0) & (r == 0))[0])
    near = around.indices[around.indptr[middle] : around.indptr[middle + 1]]
    assert {(int(q[n]), int(r[n])) for n in near} == {(1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)}
    assert (around != around.T).nnz == 0
    assert of_hexagons(np.array([], dtype=int), np.array([], dtype=int)).shape == (0, 0)


def test_funnel_limits_are_interpolated_between_counts() -> None:
    # Four firms each, share of all 1/2: of 4 firms P(X <= 0) = 1/16, P(X <= 1) = 5/16, P(X <= 3) = 15/16.
    # At 80 % inside: low tail .1 falls into X = 1: 1 - (5/16 - .1) / (4/16) = .15;
    # high .9 into X = 3: 3 - (15/16 - .9) / (4/16) = 2.85.
    table = funnel(series(0, 2, 4), series(4, 4, 4), levels=(0.8,))
    assert table["low_80"].tolist() == pytest.approx([0.15 / 4] * 3)
    assert table["high_80"].tolist() == pytest.approx([2.85 / 4] * 3)
    assert table["beyond"].tolist() == [-1, 0, 1]


def test_a_funnel_narrows_with_size_and_holds_what_it_says() -> None:
    draw = np.random.default_rng(6)
    n = draw.integers(20, 400, 3_000)
    table = funnel(pd.Series(draw.binomial(n, 0.3)), pd.Series(n))
    assert list(table.columns) == ["share", "low_95", "high_95", "low_99.8", "high_99.8", "beyond"]
    assert (table["beyond"] != 0).mean() == pytest.approx(0.05, abs=0.012)
    width = (table["high_95"] - table["low_95"]).groupby(pd.cut(n, [0, 50, 150, 400])).mean()
    assert width.is_monotonic_decreasing


def test_a_funnel_without_firms_says_nothing() -> None:
    table = funnel(series(0, 0), series(0, 0))
    assert table.drop(columns="beyond").isna().all().all()
    assert funnel(series(0, 3), series(0, 3)).loc["p0", "beyond"] == 0


def test_unknown_firms_make_a_share_a_range() -> None:
    table = bounds(series(4, 4, 0), series(1, 2, 0), series(10, 10, 0))
    assert table["low"].tolist()[:2] == [0.4, 0.4]
    assert table["high"].tolist()[:2] == [0.5, 0.6]
    assert table["open"].tolist() == [False, True, False]
    with pytest.raises(ValueError, match="together"):
        bounds(series(4), series(7), series(10))


def test_local_smoothing_draws_to_the_neighbours() -> None:
    part, whole = series(9, 9, 1, 1, 1), series(10, 10, 2, 10, 10)
    local, city = smooth_locally(part, whole, chain(5)), smooth(part, whole)
    assert local.loc["p1", "smoothed"] > city.loc["p1", "smoothed"]
    assert local.loc["p4", "smoothed"] < city.loc["p4", "smoothed"]
    assert local["raw"].equals(city["raw"])
