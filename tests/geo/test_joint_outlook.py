"""What a suggested union would mean, by hand on a few firms."""

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import firms

from geo.frames import GROUPS
from geo.joint import JointOptions
from geo.joint.house import WAYS, way
from geo.joint.outlook import NOT_INCLUDED, holds_at, lifted, lifted_in, neighbours, sturdiness

TOWER, ROAD, VILLAGE = "building:990101:云帆大厦", "street:990101:望江路", "990101001001"


def groups(*sizes: tuple[int, int]) -> pd.DataFrame:
    names = ["kind", "place_id", "firms", "workers"]
    rows = {f"g{n}": ("building", TOWER, *size) for n, size in enumerate(sizes)}
    return GROUPS.conform(pd.DataFrame.from_dict(rows, orient="index", columns=names))


def test_groups_lift_the_rate_one_after_the_other() -> None:
    found = lifted(groups((10, 80), (5, 60)), covered=50, eligible=100)
    assert found["firms"].tolist() == [10, 15] and found["workers"].tolist() == [80, 140]
    assert found["rate"].tolist() == [0.6, 0.65]
    assert lifted(groups((1, 1)), covered=0, eligible=0)["rate"].isna().all()


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 5000)), max_size=20))
def test_the_last_row_is_the_sum_of_all(sizes: list[tuple[int, int]]) -> None:
    found = lifted(groups(*sizes), covered=7, eligible=10_000)
    assert found["rate"].is_monotonic_increasing
    if sizes:
        assert found["firms"].iloc[-1] == sum(f for f, _w in sizes)


def town() -> pd.DataFrame:
    here = {"building": TOWER, "street": ROAD, "level": "building"}
    rows: dict[str, dict[str, object]] = {f"t{n}": {**here, "group_id": "g"} for n in range(4)}
    rows |= {
        "own": {**here, "primary": "own", "union_id": "u", "workers": 60},
        "big": {**here, "workers": 40},
        "gone": {**here, "eligible": False},
        "near": {"lon": 121.002, "left_because": "R1"},
        "far": {"lon": 121.01},
        "vague": {"lon": 121.0, "level": "town"},
        "other": {"lon": 121.001, "group_id": "h"},
        "late": {**here, "left_because": "R2"},
        "across": {**here, "county_code": "990102", "lon": 121.05},
    }
    return firms(rows)


def test_neighbours_say_why_they_are_not_included() -> None:
    members = pd.Index(["t0", "t1", "t2", "t3"])
    found = neighbours(town(), members, ("building", TOWER), most=300)
    assert found.to_dict() == {
        "own": "covered", "big": "own_size", "gone": "not_counted", "near": "elsewhere", "other": "other_group",
        "late": "left_over", "across": "border",
    }  # fmt: skip
    assert neighbours(town(), members, ("building", TOWER), most=4)["late"] == "full"
    lonely = firms({"a": {"lon": None, "lat": None}, "b": {}})
    assert neighbours(lonely, pd.Index(["a"]), None).empty


def test_along_a_street_a_firm_of_it_is_too_far_or_across_the_border_of_the_town() -> None:
    rows = {key: {"street": ROAD, "town_code": "990101001", "group_id": "g"} for key in "abc"}
    rows["d"] = {"street": ROAD, "town_code": "990101001", "lon": 121.02}
    rows["e"] = {"street": ROAD, "town_code": "990101002", "lon": 121.02}
    found = neighbours(firms(rows), pd.Index(list("abc")), ("street", ROAD))
    assert found.to_dict() == {"d": "too_far", "e": "border"}
    assert {"too_far", "border", "elsewhere", "full"} < set(NOT_INCLUDED)


def groups_of(counts: list[int]) -> bool:
    return len(counts) >= 3 and sum(counts) >= 25


def test_what_a_group_withstands_by_hand() -> None:
    found = sturdiness([20, 10, 9, 8, 7], 5, options=JointOptions())  # 54 workers
    assert (found.any_firms, found.most_firms, found.workers, found.critical, found.largest) == (1, 2, 29, 0, 20)
    one_large = sturdiness([20, 4, 4], 3, options=JointOptions())
    assert (one_large.any_firms, one_large.most_firms, one_large.critical) == (0, 0, 3), "three firms are the least"
    heavy = sturdiness([20, 4, 4, 4], 4, options=JointOptions())
    assert (heavy.any_firms, heavy.most_firms, heavy.critical, heavy.workers) == (0, 1, 1, 7)


@given(st.lists(st.integers(1, 24), min_size=3, max_size=7))
def test_any_firms_may_leave_as_many_as_are_said_and_not_one_more(counts: list[int]) -> None:
    if not groups_of(counts):
        return
    found = sturdiness(counts, len(counts), options=JointOptions())

    def after(gone: tuple[int, ...]) -> list[int]:
        return [count for at, count in enumerate(counts) if at not in gone]

    def outcomes(number: int) -> list[bool]:
        return [groups_of(after(gone)) for gone in combinations(range(len(counts)), number)]

    assert all(outcomes(found.any_firms)) and not all(outcomes(found.any_firms + 1))
    assert any(outcomes(found.most_firms)) and not any(outcomes(found.most_firms + 1))
    assert found.critical == outcomes(1).count(False)
    assert sum(counts) - found.workers >= 25 > sum(counts) - found.workers - 1


def test_how_far_counts_may_be_wrong() -> None:
    assert holds_at(50, 50, least=25) == 0.5
    assert holds_at(25, 25, least=25) == 0.0 and holds_at(20, 20, least=25) == 0.0
    assert holds_at(50, 20, least=25) == 1.0 and holds_at(50, 0, least=25) == 0.0


@pytest.mark.parametrize(
    ("rows", "kind", "code", "firm"),
    [
        ({}, "building", "unknown", None),
        ({"a": {"eligible": False}}, "building", "unknown", None),
        ({"a": {"primary": "own"}}, "building", "done", None),
        ({"a": {"workers": 90}, "b": {"workers": 10, "primary": "own"}}, "building", "single", "a"),
        ({k: {} for k in "abc"}, "building", "joint", None),
        ({k: {} for k in "abc"}, "market", "mall", None),
        ({**{k: {} for k in "abc"}, "z": {"primary": "own", "workers": 30}}, "building", "lead", "z"),
        ({"a": {"workers": 4}, "b": {"workers": 5}}, "building", "nearby", None),
        ({"a": {"workers": 4}, "b": {"workers": 5}}, "market", "nearby", None),
        ({k: {"workers": None} for k in "abcde"}, "building", "joint", None),
    ],
)
def test_each_building_has_one_way(rows: dict[str, dict[str, object]], kind: str, code: str, firm: str | None) -> None:
    found = way(firms(rows), kind, options=JointOptions())
    assert (found.code, found.firm) == (code, firm) and found.code in WAYS


def test_towns_and_the_firms_of_no_town_add_up_to_what_is_lifted() -> None:
    rows = {key: {"covered": False} for key in "abcd"} | {"e": {"covered": True}}
    found = firms({key: row | {"town_code": None if key in "cd" else "990101001"} for key, row in rows.items()})
    towns = lifted_in(found, list("abcd"), by="town_code")
    assert towns["firms"].to_dict() == {"990101001": 2, "": 2}
    assert towns["eligible"].to_dict() == {"990101001": 3, "": 2}
