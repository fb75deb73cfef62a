"""Smoothed rates: the estimator by hand, its distribution by simulation, and a library for the Poisson case."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from geo.rates import prior, smooth


def series(*values: float) -> pd.Series:
    return pd.Series(values, index=[f"p{n}" for n in range(len(values))], dtype="float64")


def test_prior_and_posterior_as_computed_by_hand() -> None:
    # x = 1, 5, 9 of n = 10 each: p = 1/2; S = 10 (.16 + 0 + .16) = 3.2; S / (p (1-p)) = 12.8.
    # N - sum n^2 / N - (m-1) = 30 - 10 - 2 = 18; r = (12.8 - 2) / 18 = 0.6; strength = .4 / .6 = 2/3.
    mean, strength = prior(series(1, 5, 9), series(10, 10, 10))
    assert mean == pytest.approx(1 / 2)
    assert strength == pytest.approx(2 / 3)
    table = smooth(series(1, 5, 9), series(10, 10, 10))
    # (1 + 2/3 * 1/2) / (10 + 2/3) = (4/3) / (32/3) = 1/8
    assert table["smoothed"].tolist() == pytest.approx([1 / 8, 1 / 2, 7 / 8])
    assert table["raw"].tolist() == pytest.approx([0.1, 0.5, 0.9])
    assert table.loc["p0", ["low", "high"]].tolist() == pytest.approx(list(beta.ppf([0.05, 0.95], 4 / 3, 28 / 3)))


def test_places_that_differ_no_more_than_chance_are_all_shown_at_the_city_rate() -> None:
    mean, strength = prior(series(4, 5, 6), series(10, 10, 10))
    assert strength == 30.0
    smoothed = smooth(series(4, 5, 6), series(10, 10, 10))["smoothed"]
    assert smoothed.max() - smoothed.min() == pytest.approx(0.05)
    assert mean == 0.5


def test_the_estimator_finds_the_strength_that_made_the_counts() -> None:
    draw = np.random.default_rng(11)
    n = draw.integers(5, 60, 4_000)
    x = draw.binomial(n, draw.beta(4.0, 6.0, 4_000))
    mean, strength = prior(pd.Series(x), pd.Series(n))
    assert mean == pytest.approx(0.4, abs=0.01)
    assert strength == pytest.approx(10.0, rel=0.1)
    table = smooth(pd.Series(x), pd.Series(n))
    rates = draw.beta(4.0, 6.0, 4_000)
    again = draw.binomial(n, rates)
    held = smooth(pd.Series(again), pd.Series(n))
    inside = (held["low"] <= rates) & (rates <= held["high"])
    assert inside.mean() == pytest.approx(0.9, abs=0.02)
    assert (table["smoothed"] - 0.4).abs().mean() < (table["raw"] - 0.4).abs().mean()


def test_where_nothing_differs_the_error_is_a_quarter_of_the_raw_one() -> None:
    draw = np.random.default_rng(5)
    n = draw.integers(4, 200, 400)
    table = smooth(pd.Series(draw.binomial(n, 0.4)), pd.Series(n))
    raw, smoothed = (np.sqrt(((table[name] - 0.4) ** 2).mean()) for name in ("raw", "smoothed"))
    assert smoothed <= raw / 4


def test_shrinking_agrees_with_the_library_of_rare_events_in_their_common_limit() -> None:
    """Of rare events the binomial and the Poisson estimator of Marshall 1991 (esda) shrink alike."""
    from esda.smoothing import Empirical_Bayes

    draw = np.random.default_rng(2)
    n = draw.integers(20_000, 90_000, 60)
    x = draw.binomial(n, draw.gamma(4.0, 0.00025, 60))
    poisson = Empirical_Bayes(x, n).r.ravel()
    ours = smooth(pd.Series(x), pd.Series(n))["smoothed"].to_numpy()
    assert np.corrcoef(poisson, ours)[0, 1] > 0.999
    assert np.abs(ours / poisson - 1).max() < 0.05


def test_a_place_without_firms_has_no_raw_rate_and_the_widest_interval() -> None:
    table = smooth(series(0, 3, 8), series(0, 10, 10))
    assert np.isnan(table.loc["p0", "raw"])
    width = table["high"] - table["low"]
    assert width.idxmax() == "p0"


@pytest.mark.parametrize(("part", "whole"), [((0, 0), (0, 0)), ((), ())])
def test_no_firms_no_rates(part: tuple[float, ...], whole: tuple[float, ...]) -> None:
    assert smooth(series(*part), series(*whole)).isna().all().all()


@pytest.mark.parametrize("part", [(0, 0, 0), (5, 9, 2)])
def test_all_or_none_stays_all_or_none(part: tuple[int, ...]) -> None:
    whole = (5, 9, 2)
    smoothed = smooth(series(*part), series(*whole))["smoothed"]
    assert smoothed.tolist() == pytest.approx([part[0] / whole[0]] * 3)


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="between zero"):
        smooth(series(3), series(2))
    with pytest.raises(ValueError, match="same index"):
        smooth(series(1), pd.Series([2], index=["other"]))


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=30)
)
def test_a_smoothed_rate_lies_between_its_own_and_the_city_s(counts: list[tuple[int, int]]) -> None:
    x, n = series(*(c[0] for c in counts)), series(*(c[1] for c in counts))
    table = smooth(x, n)
    if n.sum() == 0:
        return
    mean = x.sum() / n.sum()
    own = table["raw"].fillna(mean)
    low, high = np.minimum(own, mean), np.maximum(own, mean)
    assert ((table["smoothed"] >= low - 1e-12) & (table["smoothed"] <= high + 1e-12)).all()
    assert ((table["low"] <= table["high"]) & (table["low"] >= 0) & (table["high"] <= 1)).all()


def test_sudden_infant_deaths_of_north_carolina_shrink_as_published() -> None:
    """100 counties of 1974-78 (Cressie and Chan 1989; libpysal's ``sids2``), against the textbook's own steps.

    Deaths are rare, so that the binomial estimator and Marshall's of the library must agree closely.
    """
    import libpysal
    from esda.smoothing import Empirical_Bayes

    table = libpysal.io.open(libpysal.examples.get_path("sids2.dbf"))
    x, n = (np.array(table.by_col(name), dtype="float64") for name in ("SID74", "BIR74"))
    table.close()
    assert (x.sum(), n.sum()) == (667, 329_962)
    ours = smooth(pd.Series(x), pd.Series(n))
    assert np.abs(ours["smoothed"] / Empirical_Bayes(x, n).r.ravel() - 1).max() < 0.03
    anson = int(np.flatnonzero(np.array(x / n) == (x / n).max())[0])
    assert x[anson] == 15 and n[anson] == 1_570
    assert ours["smoothed"].to_numpy().argmax() == anson
    mean = 667 / 329_962
    assert mean < ours.loc[anson, "smoothed"] < 15 / 1_570
