"""Where a federation is offered, which suggestions come first, and one township solved anew around an edit."""

import itertools
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import firms, frame
from test_joint_edits import COUNTY, MART, TOWER, TOWN, asked, both, city, town

from geo.frames import SURVEYED_UNIONS
from geo.joint import JointOptions, edits
from geo.joint.federations import offers
from geo.joint.outlook import next_ones
from geo.joint.replan import replan

ZONE = f"zone:{COUNTY}:开发区"


def unions(*keys: str, **more: dict[str, Any]) -> pd.DataFrame:
    base = {
        "kind": "own", "county_code": COUNTY, "name": "工会", "in_force": True, "linked_firms": 1, "covered_firms": 1,
        "covered_workers": 9, "flags": [],
    }  # fmt: skip
    return frame(SURVEYED_UNIONS, {key: {**base, **more.get(key, {})} for key in keys})


def covered(*keys: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {f"f{key}": {"zone": ZONE, "primary": "own", "covered": True, "union_id": key, "workers": 30, **more}
            for key in keys}  # fmt: skip


def test_three_unions_in_a_zone_are_offered_a_federation_and_two_are_not() -> None:
    three = firms(covered("a", "b", "c") | {"g": {"zone": ZONE}})
    found = offers(three, unions("a", "b", "c"), options=JointOptions())
    assert found[["kind", "place_id", "unions", "own", "joint", "firms", "workers", "gap"]].to_numpy().tolist() == [
        ["zone", ZONE, 3, 3, 0, 3, 90, 1]
    ]
    assert offers(three, unions("a", "b"), options=JointOptions()).empty
    assert offers(three, unions("a", "b", "c"), options=JointOptions(federation_from=4)).empty
    assert offers(three, unions("a", "b", "c"), options=JointOptions(federation_from=0)).empty


def test_a_joint_union_that_sits_there_counts_once_and_those_in_a_federation_do_not() -> None:
    table = firms(covered("a", "b", primary="own") | covered("j", primary="joint"))
    known = unions("a", "b", "j", j={"kind": "joint", "place_id": ZONE})
    assert offers(table, known, options=JointOptions())[["unions", "own", "joint"]].to_numpy().tolist() == [[3, 2, 1]]
    wide = firms(covered("a", "b") | covered("j", primary="joint") | {
        f"w{n}": {"primary": "joint", "covered": True, "union_id": "j", "zone": None} for n in range(3)
    })  # fmt: skip
    town_union = unions("a", "b", "j", j={"kind": "joint", "place_id": None})
    assert offers(wide, town_union, options=JointOptions()).empty, "a union of the whole town is none of the zone"
    nobody = unions("a", "b", "k", k={"kind": "joint", "place_id": ZONE})
    assert offers(table, nobody, options=JointOptions())["joint"].tolist() == [1], "it sits there, its firms elsewhere"
    inside = firms(covered("a", "b") | covered("j", primary="joint", secondary=True))
    assert offers(inside, known, options=JointOptions()).empty
    ended = unions("a", "b", "j", j={"kind": "joint", "in_force": False})
    assert offers(table, ended, options=JointOptions()).empty


def test_who_overlaps_with_one_taken_counts_only_what_is_left() -> None:
    workers = pd.Series({"a": 10, "b": 9, "c": 8, "d": 5, "e": None})
    found = next_ones({"x": ["a", "b"], "y": ["b", "c"], "z": ["d", "e", "gone"], "none": []}, workers, most=3)
    assert found.to_dict("index") == {
        "x": {"firms": 2, "workers": 19}, "y": {"firms": 1, "workers": 8}, "z": {"firms": 2, "workers": 5}
    }  # fmt: skip
    assert next_ones({"x": ["a"]}, workers, most=0).empty


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 8), min_size=1), min_size=1, max_size=6), st.integers(1, 3))
def test_the_greedy_order_reaches_most_of_the_best_choice(groups: list[set[int]], most: int) -> None:
    members = {f"g{n}": [str(firm) for firm in each] for n, each in enumerate(groups)}
    workers = pd.Series({str(n): n + 1 for n in range(9)})
    found = next_ones(members, workers, most=most)
    reach = max(
        int(workers[sorted({firm for key in keys for firm in members[key]})].sum())
        for keys in itertools.combinations(members, min(most, len(members)))
    )
    assert 0.63 * reach <= found["workers"].sum() <= reach
    assert found["workers"].is_monotonic_decreasing


def test_without_an_edit_nothing_changes_and_with_one_its_price_is_told() -> None:
    first = asked(both())

    def plain(table: pd.DataFrame, _unions: pd.DataFrame) -> Any:
        return asked(table, before=first)

    def barred(table: pd.DataFrame, _unions: pd.DataFrame) -> Any:
        return asked(table, edits.row("joint_close", COUNTY, f"market/{MART}"), before=first)

    same = replan(both(), unions("u"), first.groupings, ["t0"], (plain, plain))
    assert same.price_milli == 0 and same.moved == 0 and set(same.groups()["code"]) == {"same"}
    other = replan(both(), unions("u"), first.groupings, ["t0"], (plain, barred))
    table = other.groups()
    assert other.price_milli == 50_000 and other.firms == -5 and other.workers == -50 and other.unions == 0
    assert other.moved == 5, "those of the market; the tower's firms go on together"
    assert table["code"].tolist() == ["changed"] and table["left"].tolist() == [[f"m{n}" for n in range(5)]]
    assert f"building|{TOWER}" in table["now"].iloc[0]


def test_other_townships_stay_out_and_keep_their_room() -> None:
    here, there = both().assign(town_code=TOWN), city(3, 60).assign(town_code="990101002")
    table = pd.concat([here, there])
    first = asked(table)
    seen: list[list[str]] = []

    def answer(sub: pd.DataFrame, _unions: pd.DataFrame) -> Any:
        seen.append(list(sub.index[sub["gap"].astype(bool)]))
        return asked(sub, before=first)

    replan(table, unions("u"), first.groupings, ["t0"], (answer, answer))
    assert seen == [list(here.index)] * 2


@pytest.mark.parametrize("joiners", [0, 2])
def test_firms_of_other_townships_that_join_a_union_take_its_room(joiners: int) -> None:
    table = pd.concat([town({f"o{n}": {"town_code": "990101002"} for n in range(joiners)}), both()])
    groupings = pd.DataFrame({"group_id": [*["existing|u#1"] * joiners, *[None] * 10]}, index=table.index)
    rooms: list[Any] = []

    def answer(sub: pd.DataFrame, known: pd.DataFrame) -> Any:
        rooms.append(known.at["u", "covered_units"])
        return asked(sub)

    replan(table, unions("u", u={"covered_units": 5}), groupings, ["t0"], (answer, answer))
    assert rooms == [5 + joiners] * 2
