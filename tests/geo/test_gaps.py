"""Filters, the list behind every figure, and the ranking of places."""

from dataclasses import fields
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import firms, places

from geo.coverage import UNPLACED, measure
from geo.coverage.figures import FIRM_COUNTS, UNKNOWN_COUNTS, WORKER_SUMS
from geo.frames import DIVISIONS, SURVEYED_UNIONS
from geo.gaps import FIGURES, KINDS, Filter, by_place, opened, select, walk

TOWER, OTHER = "building:990101:云帆大厦", "building:990101:锦程中心"
ROWS: dict[str, dict[str, Any]] = {
    "a": {"workers": 30, "building": TOWER, "name": "云帆纺织有限公司", "sector": "C", "party_org": True},
    "b": {"workers": 8, "building": TOWER, "reason": "R04", "stage": "P2"},
    "c": {"workers": None, "building": TOWER, "primary": "joint", "union_id": "union:j", "federations": ["union:f"]},
    "d": {"workers": 12, "building": OTHER, "flags": ["young"], "party_org": False, "name": "云帆物业服务有限公司"},
    "e": {"workers": 90, "county_code": None, "level": "none", "lon": None, "lat": None, "top500": True},
    "f": {"workers": 5, "building": OTHER, "eligible": False, "excluded_because": "closed"},
}


@pytest.mark.parametrize(
    ("chosen", "keys"),
    [
        (Filter(), "abcdef"),
        (Filter(building=(TOWER,)), "abc"),
        (Filter(building=(TOWER, OTHER), gap=True), "abd"),
        (Filter(building=(UNPLACED,)), "e"),
        (Filter(county=(UNPLACED,)), "e"),
        (Filter(placed=("building",)), "abcdf"),
        (Filter(placed=("building", UNPLACED)), "abcdef"),
        (Filter(placed=("market",)), ""),
        (Filter(placed=(UNPLACED,)), "e"),
        (Filter(size=("25_and_over",)), "ae"),
        (Filter(party_org=True), "a"),
        (Filter(party_org=False), "bcdef"),
        (Filter(top500=True), "e"),
        (Filter(priority=("foreign",)), "e"),
        (Filter(priority=("property", "finance")), "d"),
        (Filter(priority=(UNPLACED,)), "abcf"),
        (Filter(reason=("R04",)), "b"),
        (Filter(stage=("P2", "P3")), "b"),
        (Filter(flag=("young", "two_own")), "d"),
        (Filter(federation=("union:f",)), "c"),
        (Filter(located=False), "e"),
        (Filter(point=True), "abcdf"),
        (Filter(workers_known=False), "c"),
        (Filter(eligible=False, excluded=("closed",)), "f"),
        (Filter(text="云帆 纺织"), "a"),
        (Filter(text="云帆 不存在"), ""),
        (Filter(text="("), ""),
        (Filter(primary=("joint",), union=("union:j",)), "c"),
    ],
)
def test_a_filter_keeps_exactly_what_meets_all_its_conditions(chosen: Filter, keys: str) -> None:
    assert "".join(select(firms(ROWS), chosen).index) == keys


def test_the_order_of_rows_is_kept() -> None:
    table = firms(dict(reversed(ROWS.items())))
    assert select(table, Filter(building=(TOWER,))).index.tolist() == ["c", "b", "a"]


def test_conditions_and_copies() -> None:
    chosen = Filter(gap=True).but(county=("990101",))
    assert chosen.conditions() == {"gap": True, "county": ("990101",)}
    assert Filter(party_org=False).conditions() == {"party_org": False}
    assert hash(chosen) == hash(Filter(gap=True, county=("990101",)))


@st.composite
def a_register(draw: st.DrawFn) -> pd.DataFrame:
    maybe = st.sampled_from
    rows = {
        f"k{n}": {
            "workers": draw(st.one_of(st.none(), st.integers(0, 60))),
            "eligible": draw(maybe([True, False])),
            "primary": draw(maybe(["own", "joint", "none"])),
            "secondary": draw(st.booleans()),
            "building": draw(maybe([TOWER, OTHER, None])),
            "county_code": draw(maybe(["990101", None])),
            "level": draw(maybe(["building", "none"])),
        }
        for n in range(draw(st.integers(0, 20)))
    }
    return firms(rows)


@given(a_register(), st.sampled_from(["building", "county"]))
@settings(max_examples=25, deadline=None)
def test_every_figure_opens_exactly_the_list_behind_it(table: pd.DataFrame, kind: str) -> None:
    figures = measure(table, SURVEYED_UNIONS.empty(), by=KINDS[kind])
    for key, row in figures.iterrows():
        for name in (*FIRM_COUNTS, *UNKNOWN_COUNTS):
            if name in FIGURES:
                assert len(select(table, opened(name, kind, key))) == row[name], name
        for name in WORKER_SUMS:
            assert select(table, opened(name, kind, key))["workers"].sum() == row[name], name


def test_every_count_has_a_list() -> None:
    without = {"eligible_grown", "covered_grown"}  # parts of one rate, not shown as counts
    assert {*FIRM_COUNTS, *WORKER_SUMS, *UNKNOWN_COUNTS} - without <= set(FIGURES)
    with pytest.raises(KeyError):
        opened("no such figure")
    with pytest.raises(KeyError):
        opened("gap", "no such kind")


def test_places_are_ranked_by_firms_then_workers_and_the_unplaced_come_last() -> None:
    known = places({TOWER: {}, OTHER: {}})
    table = by_place(firms(ROWS), known, "building")
    assert table.index.tolist() == [TOWER, OTHER, UNPLACED]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table[["eligible", "gap", "gap_workers", "gap_25"]].iloc[0].tolist() == [3, 2, 38, 1]
    assert table["rate_gap"].iloc[0] == pytest.approx(2 / 3)
    assert table["name"].tolist()[:2] == ["云帆大厦", "锦程中心"]
    assert not table["drawn"].any()


def test_divisions_are_ranked_like_places() -> None:
    divisions = DIVISIONS.conform(
        pd.DataFrame({"name": ["东沟区"], "level": ["county"], "parent": ["990100"], "lon": [121.0]}, index=["990101"])
    )
    table = by_place(firms(ROWS), divisions, "county")
    assert table.loc["990101", ["name", "drawn", "gap"]].tolist() == ["东沟区", True, 3]


def test_each_field_of_a_filter_restricts() -> None:
    table = firms(ROWS)
    for field in fields(Filter):
        for value in ("none of this",), True, "none of this":
            if isinstance(getattr(Filter(), field.name), type(value)) or (
                value is True and getattr(Filter(), field.name) is None
            ):
                assert len(select(table, Filter(**{field.name: value}))) < len(table), field.name


def test_a_walk_goes_down_the_street_and_up_the_floors_whatever_the_order_of_the_register() -> None:
    street = {"street": "street:990101:望江路"}
    rows = {
        "e": {**street, "house_no": "88", "building": TOWER, "floor": "12", "room": "1201"},
        "b": {**street, "house_no": "9"},
        "c": {**street, "house_no": "88", "building": TOWER, "floor": "-1"},
        "d": {**street, "house_no": "88", "building": TOWER, "floor": None, "room": "302"},  # on the third floor
        "f": {**street, "house_no": None},
        "a": {"street": None, "county_code": "990100"},
        "g": {"street": None, "county_code": None},
    }
    assert "".join(walk(firms(rows)).index) == "abcdefg"
    ends = {"b": {**rows["b"], "county_code": "990102"}, "e": {**rows["e"], "town_code": "990101009"}}
    alone = {key: {**rows[key], **ends.get(key, {})} for key in "ebcdf"}
    assert "".join(walk(firms(alone)).index) == "bcdef"  # one street, through towns and counties
    assert "".join(walk(firms(dict(sorted(rows.items(), reverse=True)))).index) == "abcdefg"
