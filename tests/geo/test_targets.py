"""Targets: parts that add up, growth rounded up, progress against time, and where something would count twice."""

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import UNPLACED, statistical_year
from geo.errors import FrameError
from geo.targets import (
    FIGURES,
    TRAPS,
    apportion,
    count_traps,
    cumulative,
    differences,
    progress,
    propose,
    rounded_up,
    settle,
)


def table(**rows: tuple[int | None, ...]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(FIGURES)).astype("Int64")


def test_a_hundred_by_largest_remainder() -> None:
    # quotas 41.67 · 33.33 · 25.00: floors 41, 33, 25; the one left over goes to the largest rest
    shares = apportion(100, pd.Series({"a": 50, "b": 40, "c": 30}))
    assert shares.to_dict() == {"a": 42, "b": 33, "c": 25}


def test_equal_rests_serve_the_first() -> None:
    assert apportion(1, pd.Series({"a": 1, "b": 1})).to_dict() == {"a": 1, "b": 0}


def test_places_without_a_stock_share_alike() -> None:
    assert apportion(3, pd.Series({"a": 0, "b": 0})).to_dict() == {"a": 2, "b": 1}


def test_nothing_negative_and_nobody_to_give_to() -> None:
    with pytest.raises(FrameError):
        apportion(-1, pd.Series({"a": 1}))
    with pytest.raises(FrameError):
        apportion(1, pd.Series(dtype="int64"))
    assert apportion(0, pd.Series(dtype="int64")).empty


@given(st.integers(0, 100_000), st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_the_parts_add_up_and_no_part_is_off_by_one_or_more(total: int, weights: list[int]) -> None:
    shares = apportion(total, pd.Series(weights))
    assert shares.sum() == total
    if sum(weights):
        quotas = [total * weight / sum(weights) for weight in weights]
        assert all(abs(share - quota) < 1 for share, quota in zip(shares, quotas, strict=True))


@given(st.integers(1, 5_000), st.lists(st.integers(0, 1_000), min_size=2, max_size=12))
def test_who_weighs_more_never_gets_less(total: int, weights: list[int]) -> None:
    shares = apportion(total, pd.Series(weights))
    if sum(weights):
        pairs = sorted(zip(weights, shares, strict=True))
        assert all(more[1] >= less[1] - (more[0] == less[0]) for less, more in pairwise(pairs))


@pytest.mark.parametrize(("stock", "asked"), [(0, 0), (1, 1), (50, 3), (100, 6), (101, 7), (1_789_570, 107_375)])
def test_six_per_cent_is_rounded_up(stock: int, asked: int) -> None:
    assert rounded_up(stock, 0.06) == asked


def test_three_years_of_six_per_cent_are_nineteen_point_one() -> None:
    assert round(cumulative(0.06, 3), 4) == 0.1910


def test_counties_add_up_to_the_city_also_where_some_unions_are_in_none() -> None:
    base = table(**{"320602": (50, 30, 200, 9_000), "320612": (31, 20, 101, 4_000), UNPLACED: (2, 1, 0, 10)})
    whole = pd.Series({name: rounded_up(int(base[name].sum()), 0.06) for name in FIGURES})
    proposed = propose(base, whole=whole)
    assert list(proposed.index) == ["320602", "320612"]
    assert proposed.sum().to_dict() == whole.to_dict() == {"unions": 5, "own": 4, "joint_units": 19, "members": 781}
    assert (differences(whole, proposed) == 0).all()


def test_what_the_office_types_holds_and_the_difference_is_told() -> None:
    proposed = table(a=(3, 2, 10, 500), b=(2, 1, 5, 300))
    typed = table(a=(4, None, None, None), gone=(9, 9, 9, 9))
    settled = settle(proposed, typed)
    assert settled.loc["a"].tolist() == [4, 2, 10, 500]
    assert "gone" not in settled.index
    assert differences(pd.Series({"unions": 5, "own": 3, "joint_units": 15, "members": 800}), settled)["unions"] == -1


def test_an_unknown_stock_asks_for_nothing() -> None:
    proposed = propose(table(a=(3, 2, 1, None), b=(1, 1, 1, 5)), whole=pd.Series({"unions": 1, "own": 1}))
    assert proposed["members"].isna().all() and proposed["joint_units"].isna().all()
    assert proposed["unions"].tolist() == [1, 0]


def test_half_a_year_gone_and_51_per_cent_done_is_ahead() -> None:
    # Xingning in July 2012: 75 new unions were 51.3 %, 1,835 members 47.2 % of the year's target (domain notes 2.2)
    year = statistical_year(date(2012, 7, 1), (12, 31))
    found = progress(
        table(x=(100, 0, 0, 10_000)), table(x=(175, 0, 0, 11_835)), table(x=(146, 0, 0, 3_888)),
        elapsed=year.elapsed(date(2012, 7, 1)),
    )  # fmt: skip
    unions, members = found.loc[("x", "unions")], found.loc[("x", "members")]
    assert (unions["done"], round(unions["rate"], 3), unions["state"]) == (75, 0.514, "ahead")
    assert (members["done"], round(members["rate"], 3), members["state"]) == (1_835, 0.472, "behind")
    assert unions["growth"] == 0.75
    assert found.loc[("x", "own"), "state"] == "no_target"


def test_a_stock_that_shrank_is_a_negative_net_growth_and_an_unknown_base_is_unknown() -> None:
    found = progress(table(x=(10, 5, 5, None)), table(x=(8, 5, 9, 70)), table(x=(1, 1, 1, 1)), elapsed=0.5)
    assert found.loc[("x", "unions"), "done"] == -2
    assert found.loc[("x", "unions"), "state"] == "behind"
    assert found.loc[("x", "joint_units"), "state"] == "reached"
    assert found.loc[("x", "members"), "state"] == "unknown"


def test_each_of_the_ten_traps_is_looked_for() -> None:
    assert len(TRAPS) == 10
    firms = pd.DataFrame(
        {"flags": [["own_and_joint", "two_joint"], ["two_joint"], ["same_org_code", "same_in_review"]]}
    )
    unions = pd.DataFrame({"flags": [["members_over_workers"], ["joint_of_one", "joint_repeated"], []]})
    found = count_traps(firms, unions)
    assert found["own_and_joint"] == 1 and found["two_joint"] == 2 and found["registered_anew"] == 1
    assert found["members_over_workers"] == 1 and found["joint_once_a_firm"] == 1
    assert found["employer_ended"] == 0
