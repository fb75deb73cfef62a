"""What a suggested union would mean, by hand on a few firms."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import firms

from geo.frames import GROUPS
from geo.joint import JointOptions
from geo.joint.house import WAYS, way
from geo.joint.outlook import NOT_INCLUDED, alternatives, holds_at, lifted, neighbours

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
    }
    return firms(rows)


def test_neighbours_say_why_they_are_not_included() -> None:
    found = neighbours(town(), pd.Index(["t0", "t1", "t2", "t3"]), ("building", TOWER))
    assert found.to_dict() == {
        "own": "covered", "big": "own_size", "gone": "not_counted", "near": "left_over", "other": "other_group",
    }  # fmt: skip
    assert set(found) == set(NOT_INCLUDED)
    lonely = firms({"a": {"lon": None, "lat": None}, "b": {}})
    assert neighbours(lonely, pd.Index(["a"]), None).empty


def test_alternatives_are_the_places_that_most_members_share() -> None:
    rows = town().loc[["t0", "t1", "t2", "t3"]].copy()
    rows.loc["t3", "street"] = None
    found = alternatives(rows, "building")
    assert found.loc["street"].tolist() == [ROAD, 3, 30, 1] and list(found.index) == ["street"]
    assert alternatives(rows, "street").index.tolist() == ["building"]
    assert alternatives(rows.head(2), "village").empty


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
