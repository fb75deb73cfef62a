"""Kernel ratios and local Moran's I: against sums by hand, against the library, and on cities without any pattern."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from test_rate_flags import squares

from geo.rates import density, local_moran, ratio
from geo.rates.association import standardised

HIGH, WIDE = 60, 80


def scattered(seed: int, firms: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of firms, three in four of them in the middle."""
    draw = np.random.default_rng(seed)
    row = np.where(draw.random(firms) < 0.75, draw.normal(30, 8, firms), draw.uniform(0, HIGH, firms))
    column = np.where(draw.random(firms) < 0.75, draw.normal(40, 10, firms), draw.uniform(0, WIDE, firms))
    return row.clip(0, HIGH - 1).astype(int), column.clip(0, WIDE - 1).astype(int)


def raster(row: np.ndarray, column: np.ndarray) -> np.ndarray:
    return np.bincount(row * WIDE + column, minlength=HIGH * WIDE).reshape(HIGH, WIDE).astype(float)


EVERYWHERE = np.ones((HIGH, WIDE), dtype=bool)


def test_a_ratio_is_the_weighted_mean_of_the_firms_around() -> None:
    row, column = scattered(1, 400)
    lacks = np.random.default_rng(2).random(400) < 0.3
    found = ratio(raster(row[lacks], column[lacks]), raster(row, column), EVERYWHERE, sigma=4.0)
    for y, x in ((30, 40), (22, 35), (40, 52)):
        weight = np.exp(-((row - y) ** 2 + (column - x) ** 2) / 32)
        weight[(np.abs(row - y) > 12) | (np.abs(column - x) > 12)] = 0
        share = (weight * lacks).sum() / weight.sum()
        deviation = np.sqrt(lacks.mean() * (1 - lacks.mean()) * (weight**2).sum()) / weight.sum()
        assert found.share[y, x] == pytest.approx(share, abs=1e-3)
        assert found.score[y, x] == pytest.approx((share - lacks.mean()) / deviation, abs=0.05)


def test_where_next_to_nobody_is_nothing_is_told() -> None:
    inside = EVERYWHERE.copy()
    inside[:, :10] = False
    whole = np.zeros((HIGH, WIDE))
    whole[30, 40], whole[30, 12] = 100, 2
    found = ratio(whole * 0.5, whole, inside, sigma=3.0)
    assert found.share[30, 40] == pytest.approx(0.5)
    assert np.isnan(found.share[30, 12]) and np.isnan(found.share[5, 70])
    assert np.isnan(found.share[~inside]).all() and np.isnan(found.score[~inside]).all()


def test_a_city_without_a_pattern_is_beyond_chance_as_often_as_chance_says() -> None:
    hit, told = 0, 0
    for seed in range(40):
        row, column = scattered(seed, 3000)
        lacks = np.random.default_rng(1000 + seed).random(3000) < 0.4
        score = ratio(raster(row[lacks], column[lacks]), raster(row, column), EVERYWHERE, sigma=4.0).score
        hit, told = hit + (np.abs(score) > 1.96).sum(), told + np.isfinite(score).sum()
    assert 0.03 < hit / told < 0.07


def test_a_block_with_more_firms_without_a_union_stands_out() -> None:
    row, column = scattered(3, 3000)
    block = (np.abs(row - 30) < 6) & (np.abs(column - 40) < 6)
    lacks = np.random.default_rng(4).random(3000) < np.where(block, 0.7, 0.4)
    found = ratio(raster(row[lacks], column[lacks]), raster(row, column), EVERYWHERE, sigma=3.0)
    assert found.score[30, 40] > 4 and found.share[30, 40] > 0.55


def test_a_density_keeps_the_firms_at_the_border() -> None:
    inside = EVERYWHERE.copy()
    inside[:, 40:] = False
    even = np.where(inside, 1.0, 0.0)
    assert np.abs(density(even, inside, sigma=4.0)[inside] - 1).max() < 1e-5
    assert np.isnan(density(even, inside, sigma=4.0)[~inside]).all()


@pytest.mark.parametrize("part", [-1.0, 3.0])
def test_rasters_that_are_none_are_refused(part: float) -> None:
    with pytest.raises(ValueError, match="between zero and its whole"):
        ratio(np.full((3, 3), part), np.full((3, 3), 2.0), np.ones((3, 3), dtype=bool), sigma=1.0)
    with pytest.raises(ValueError, match="same shape"):
        ratio(np.zeros((3, 2)), np.zeros((3, 3)), np.ones((3, 3), dtype=bool), sigma=1.0)


# --- places among their like -----------------------------------------------------------------------------------------


def test_scores_are_those_of_the_published_example() -> None:
    """Eight regions of the library's manual (after Assuncao and Reis 1999)."""
    part, whole = pd.Series([30, 25, 25, 15, 33, 21, 30, 20]), pd.Series([100, 100, 110, 90, 100, 90, 110, 90])
    assert standardised(part, whole)[:4].tolist() == pytest.approx([1.03843594, -0.04099089, -0.56250375, -1.73061861])


def test_sudden_infant_deaths_have_the_library_s_local_moran() -> None:
    import libpysal
    from esda.moran import Moran_Local_Rate

    around = squares(10)
    lines = {n: around.indices[around.indptr[n] : around.indptr[n + 1]].tolist() for n in range(100)}
    table = libpysal.io.open(libpysal.examples.get_path("sids2.dbf"))
    x, n = (np.array(table.by_col(name), dtype="float64") for name in ("SID74", "BIR74"))
    table.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = libpysal.weights.W(lines, silence_warnings=True)
        library = Moran_Local_Rate(x, n, weights, permutations=0)  # they would be compiled, for 15 s
    ours = local_moran(pd.Series(x), pd.Series(n), around)
    assert np.abs(ours["moran"] * 99 / 100 - library.Is).max() < 1e-9 or np.abs(ours["moran"] - library.Is).max() < 1e-9


def test_its_chance_is_that_of_shuffling_the_others() -> None:
    draw, around = np.random.default_rng(8), squares(7)
    whole = pd.Series(draw.integers(20, 60, 49))
    part = pd.Series(draw.binomial(whole, 0.4))
    found = local_moran(part, whole, around)
    z = found["score"].to_numpy()
    z = (z - z.mean()) / z.std()
    for place in (0, 24, 30):
        others, count = np.delete(z, place), int(around[[place]].sum())
        means = np.array([draw.choice(others, count, replace=False).mean() for _ in range(4000)])
        lag = (around[[place]] @ z)[0] / count
        shuffled = (np.abs(means - means.mean()) >= abs(lag - means.mean())).mean()
        assert found["p"][place] == pytest.approx(shuffled, abs=0.05)


def test_a_block_is_high_among_high_and_a_city_without_a_pattern_has_next_to_none() -> None:
    draw, around = np.random.default_rng(5), squares(20)
    at = np.arange(400)
    block = (np.abs(at // 20 - 10) < 3) & (np.abs(at % 20 - 10) < 3)
    flagged, right, none = 0, 0, 0
    for _ in range(20):
        n = draw.integers(20, 80, 400)
        high = local_moran(pd.Series(draw.binomial(n, np.where(block, 0.7, 0.4))), pd.Series(n), around)["kind"].eq(
            "HH"
        )
        flagged, right = flagged + high.sum(), right + (high & block).sum()
        flat = local_moran(pd.Series(draw.binomial(n, 0.4)), pd.Series(n), around)["kind"]
        none += flat.ne("none").sum()
    assert right / (20 * block.sum()) > 0.6 and right / flagged > 0.75
    assert none / (20 * 400) < 0.01


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=9, max_size=9))
@settings(max_examples=60, deadline=None)
def test_whatever_the_counts_each_place_has_one_kind(counts: list[tuple[int, int]]) -> None:
    part = pd.Series([min(pair) for pair in counts])
    whole = pd.Series([max(pair) for pair in counts])
    found = local_moran(part, whole, squares(3))
    assert found["kind"].isin(["none", "HH", "LL", "HL", "LH"]).all()
    assert found["p"].between(0, 1).all()
    assert found["moran"][whole.eq(0)].isna().all()


def test_a_place_without_neighbours_is_none() -> None:
    empty = csr_array((3, 3))
    assert local_moran(pd.Series([1, 2, 3]), pd.Series([4, 4, 4]), empty)["kind"].eq("none").all()
    with pytest.raises(ValueError, match="3 by 3"):
        local_moran(pd.Series([1, 2, 3]), pd.Series([4, 4, 4]), squares(2))
