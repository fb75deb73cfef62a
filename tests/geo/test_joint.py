"""Joint unions: the exact cut of streets against brute force, the cascade's promises, and why firms are left over."""

import itertools
import random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import firms, places, unions
from shapely import LineString, MultiLineString

from geo.frames import DIVISIONS, GROUPINGS, GROUPS, SURVEYED_UNIONS
from geo.joint import CheckError, JointOptions, OptionError, suggest
from geo.joint.check import Evidence, check
from geo.joint.engine import Draft, parts_of
from geo.joint.streets import AXIS, LINE, NUMBER, chainages

TOWER, MARKET, STREET = "building:990101:云帆大厦", "market:990101:家纺市场", "street:990101:望江路"
ZONE, VILLAGE = "zone:990101:东沟开发区", "990101001001"
NOBODY = SURVEYED_UNIONS.empty()
LIMITS = JointOptions(compete=0)
"""One kind after another."""
TOGETHER = JointOptions()
"""All kinds compete in one model."""


def divisions() -> pd.DataFrame:
    rows = {"990101001": ("柳桥街道", "town", "990101"), VILLAGE: ("前巷村委会", "village", "990101001")}
    return DIVISIONS.conform(pd.DataFrame.from_dict(rows, orient="index", columns=["name", "level", "parent"]))


def suggested(
    rows: dict[str, dict[str, Any]],
    *,
    known: gpd.GeoDataFrame | None = None,
    existing: pd.DataFrame = NOBODY,
    options: JointOptions = LIMITS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = places() if known is None else known
    found = suggest(firms(rows), existing, places=table, divisions=divisions(), options=options)
    return found.groups, found.groupings


def tenants(count: int, **same: Any) -> dict[str, dict[str, Any]]:
    return {f"f{n:03}": {"workers": 10, "street": None, **same} for n in range(count)}


def surveyed(rows: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """SURVEYED_UNIONS of joint unions in force."""
    table = unions(
        {key: {k: v for k, v in row.items() if k not in ("covered_firms", "town_code")} for key, row in rows.items()}
    )
    extra = {
        name: [row.get(name, 0 if name == "covered_firms" else None) for row in rows.values()]
        for name in ("covered_firms", "town_code")
    }
    lists = [[] for _ in rows]
    return SURVEYED_UNIONS.conform(table.assign(in_force=True, linked_firms=0, covered_workers=0, flags=lists, **extra))


# --- where a firm lies on its street ---------------------------------------------------------------------------------


def test_chainage_runs_along_a_bent_line_in_metres() -> None:
    line = LineString([(121.0, 32.0), (121.0, 32.009), (121.01, 32.009)])
    known = places({STREET: {"geometry": line}})
    table = firms(
        {
            "a": {"street": STREET, "lon": 121.0, "lat": 32.0},
            "b": {"street": STREET, "lon": 121.0, "lat": 32.009},
            "c": {"street": STREET, "lon": 121.01, "lat": 32.009},
            "off": {"street": STREET, "lon": 121.005, "lat": 32.004},
            "coarse": {"street": STREET, "lon": 121.0, "lat": 32.0, "radius_m": 900.0},
        }
    )
    found = chainages(table, known, options=LIMITS)
    assert found["chainage_m"].tolist()[:3] == pytest.approx([0, 1001, 1944], abs=4)
    assert found["chainage_m"].isna().tolist() == [False, False, False, True, True]
    assert found["chainage_by"].tolist()[:3] == [LINE] * 3


def test_a_line_in_parts_and_a_street_nobody_drew_are_measured_along_their_axis() -> None:
    parts = MultiLineString([[(121.0, 32.0), (121.004, 32.0)], [(121.006, 32.0), (121.01, 32.0)]])
    rows = {"a": {"street": STREET, "lon": 121.0, "lat": 32.0}, "b": {"street": STREET, "lon": 121.01, "lat": 32.0}}
    drawn = chainages(firms(rows), places({STREET: {"geometry": parts}}), options=LIMITS)
    bare = chainages(firms(rows), places(), options=LIMITS)
    assert drawn["chainage_m"].tolist() == pytest.approx([0, 943], abs=4)
    assert bare["chainage_m"].tolist() == pytest.approx([0, 943], abs=4)
    assert bare["chainage_by"].tolist() == [AXIS, AXIS]


def test_without_positions_house_numbers_stand_in_and_are_marked() -> None:
    rows = {
        key: {"street": STREET, "house_no": number, "lon": None, "lat": None}
        for key, number in (("a", "88"), ("b", "100-1"), ("c", None))
    }
    found = chainages(firms(rows), places(), options=LIMITS)
    assert found["chainage_m"].tolist()[:2] == [352, 400]
    assert found["chainage_by"].tolist()[:2] == [NUMBER, NUMBER]
    assert pd.isna(found.loc["c", "chainage_m"])
    none = chainages(firms(rows), places(), options=JointOptions(metres_per_number=0))
    assert none["chainage_m"].isna().all()


# --- one place -------------------------------------------------------------------------------------------------------


def test_three_firms_and_25_workers_in_one_building_make_a_group() -> None:
    groups, groupings = suggested({"a": {"workers": 9, "building": TOWER}, "b": {"workers": 9, "building": TOWER},
                                   "c": {"workers": 7, "building": TOWER}})  # fmt: skip
    row = groups.iloc[0]
    assert row[["kind", "place_id", "firms", "workers", "workers_unknown"]].tolist() == ["building", TOWER, 3, 25, 0]
    assert groupings["group_id"].nunique() == 1
    codes = [code for code, _ in row["reasons"]]
    assert codes == ["same_place", "enough", "law", "may_leave"]
    assert dict(row["reasons"])["may_leave"] == {"firms": 0}
    assert ["fragile", {"largest": 9}] in row["cautions"]


def test_an_estate_of_several_blocks_is_told_from_a_building() -> None:
    units = {"a": "60幢", "b": "18栋", "c": "18幢", "d": "90号楼", "e": None, "f": "2单元"}
    rows = {key: {"workers": 9, "building": TOWER, "unit": unit} for key, unit in units.items()}
    groups, _ = suggested(rows)
    assert ["several_blocks", {"blocks": 3}] in groups.iloc[0]["cautions"]
    rows["d"]["unit"] = "18号楼"
    groups, _ = suggested(rows)
    assert "several_blocks" not in dict(groups.iloc[0]["cautions"]), "two towers are one complex"


def test_workers_that_are_partly_assumed_are_told_as_an_estimate() -> None:
    groups, _ = suggested({"a": {"workers": 14, "building": TOWER}, "b": {"workers": 9, "building": TOWER},
                           "c": {"workers": None, "building": TOWER}})  # fmt: skip
    reasons = dict(groups.iloc[0]["reasons"])
    assert "enough" not in reasons
    assert {"workers": 28, "unknown": 1, "each": 5}.items() <= reasons["enough_estimated"].items()


@pytest.mark.parametrize("rows", [{"a": 12, "b": 13}, {"a": 8, "b": 8, "c": 8}])
def test_too_few_firms_or_workers_make_none_and_the_certificate_says_so(rows: dict[str, int]) -> None:
    groups, groupings = suggested({key: {"workers": n, "building": TOWER} for key, n in rows.items()})
    assert groups.empty
    assert set(groupings["left_because"]) == {"R1"}


def test_who_is_no_candidate_has_no_row() -> None:
    rows = tenants(4, building=TOWER)
    rows |= {"large": {"workers": 60, "building": TOWER}, "covered": {"primary": "joint", "building": TOWER}}
    rows |= {"closed": {"eligible": False, "building": TOWER}}
    groups, groupings = suggested(rows)
    assert groups["firms"].tolist() == [4]
    assert set(groupings.index) == {"f000", "f001", "f002", "f003"}


def test_unknown_counts_are_assumed_and_marked_or_left_out() -> None:
    rows = {f"f{n}": {"workers": None, "building": TOWER} for n in range(5)}
    groups, _ = suggested(rows)
    assert groups.iloc[0][["firms", "workers", "workers_unknown"]].tolist() == [5, 0, 5]
    assert groups.iloc[0]["cautions"][0] == ["workers_assumed", {"firms": 5, "each": 5}]
    none, groupings = suggested(rows, options=JointOptions(workers_if_unknown=0))
    assert none.empty
    assert set(groupings["left_because"]) == {"R6"}


def test_a_large_building_is_split_by_floor_into_the_fewest_even_parts() -> None:
    rows = tenants(250, building=TOWER)
    for n, row in enumerate(rows.values()):
        row["floor"] = str(n % 25 + 1)
    groups, groupings = suggested(rows, options=JointOptions(max_firms_in_place=100))
    assert sorted(groups["firms"]) == [83, 83, 84]
    floors = firms(rows)["floor"].astype(int).groupby(groupings["group_id"])
    ends = sorted(zip(floors.min(), floors.max(), strict=True))
    assert all(below[1] <= above[0] for below, above in itertools.pairwise(ends))
    assert ["part_of_place", {"part": 1, "parts": 3}] in groups["reasons"].tolist()[0] + groups["reasons"].tolist()[
        1
    ] + groups["reasons"].tolist()[2]


@given(st.lists(st.integers(0, 24), max_size=40), st.integers(5, 12), st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_a_split_keeps_every_firm_and_every_minimum(workers: list[int], most: int, least: int) -> None:
    options = JointOptions(min_workers=least, max_firms=most, max_firms_in_place=most)
    ranges = parts_of(
        np.array(workers, dtype=np.int64), np.ones(len(workers), dtype=np.int64), most=most, options=options
    )
    if ranges:
        assert [ranges[0][0], ranges[-1][1]] == [0, len(workers)]
        assert all(a[1] == b[0] for a, b in itertools.pairwise(ranges))
        assert all(3 <= end - first <= most and sum(workers[first:end]) >= least for first, end in ranges)
        assert len(ranges) == -(-len(workers) // most)
    elif len(workers) >= 3 and sum(workers) >= least:
        assert len(workers) > most, "what fits into one part is never left out"


@pytest.mark.law(4)
def test_one_employer_with_two_rows_counts_once() -> None:
    rows = {
        key: {"workers": 10, "building": TOWER, "org_code": code}
        for key, code in (("a", "111111111"), ("b", "111111111"), ("c", "222222222"))
    }
    groups, groupings = suggested(rows)
    assert groups.empty
    assert groupings["left_because"].notna().all()


def test_a_place_is_not_grouped_across_a_county_border() -> None:
    rows = tenants(2, zone=ZONE) | {"x": {"workers": 10, "zone": ZONE, "county_code": "990102"}}
    groups, groupings = suggested(rows)
    assert groups.empty
    assert set(groupings["left_because"]) == {"R3"}


# --- order of seats --------------------------------------------------------------------------------------------------


def test_an_existing_union_of_the_building_takes_its_neighbours_in_before_any_new_one() -> None:
    rows = tenants(5, building=TOWER)
    host = surveyed(
        {"union:j": {"kind": "building", "place_name": "云帆大厦", "covered_units": 20, "covered_firms": 18}}
    )
    groups, _ = suggested(rows, known=places({TOWER: {}}), existing=host)
    assert groups[["kind", "place_id", "firms"]].iloc[0].tolist() == ["existing", "union:j", 5]
    assert groups["reasons"].iloc[0][0] == ["existing_union", {"spare": 280, "checked": 18, "reported": 20}]


def test_a_union_that_reports_no_number_is_not_said_to_have_reported_one() -> None:
    host = surveyed({"union:j": {"kind": "building", "place_name": "云帆大厦", "covered_firms": 18}})
    groups, _ = suggested(tenants(5, building=TOWER), known=places({TOWER: {}}), existing=host)
    assert groups["reasons"].iloc[0][0] == ["existing_union_unreported", {"spare": 282, "checked": 18}]


def test_a_full_union_takes_nobody_and_the_reason_says_so() -> None:
    host = surveyed({"union:j": {"kind": "building", "place_name": "云帆大厦", "covered_units": 300}})
    groups, groupings = suggested(tenants(2, building=TOWER), known=places({TOWER: {}}), existing=host)
    assert groups.empty
    assert set(groupings["left_because"]) == {"R5"}


def test_a_union_that_fills_up_leaves_the_rest_for_that_reason() -> None:
    host = surveyed({"union:j": {"kind": "building", "place_name": "云帆大厦", "covered_units": 298}})
    groups, groupings = suggested(tenants(4, building=TOWER), known=places({TOWER: {}}), existing=host)
    assert groups["firms"].tolist() == [2]
    assert groupings["left_because"].dropna().tolist() == ["R5", "R5"]


def test_a_union_without_a_named_place_sits_where_its_firms_are() -> None:
    rows = tenants(2, building=TOWER)
    rows |= {f"c{n}": {"primary": "joint", "union_id": "union:j", "building": TOWER} for n in range(3)}
    host = surveyed({"union:j": {"kind": "joint", "covered_firms": 3}})
    groups, _ = suggested(rows, existing=host)
    assert groups[["kind", "firms"]].iloc[0].tolist() == ["existing", 2]


def test_a_village_union_is_found_by_the_bare_name_of_its_village() -> None:
    rows = tenants(2, village_code=VILLAGE, town_code="990101001")
    host = surveyed({"union:v": {"kind": "village", "place_name": "前巷村"}})
    groups, _ = suggested(rows, existing=host)
    assert groups[["kind", "place_id"]].iloc[0].tolist() == ["existing", "union:v"]


def test_a_street_union_takes_in_who_keeps_it_within_its_span() -> None:
    rows = {
        "near": {"workers": 5, "street": STREET, "house_no": "150", "lon": None, "lat": None, "town_code": "990101001"}
    }
    rows |= {"far": rows["near"] | {"house_no": "400"}}
    rows |= {
        f"c{n}": rows["near"] | {"primary": "joint", "union_id": "union:s", "house_no": str(100 + n)} for n in range(2)
    }
    host = surveyed({"union:s": {"kind": "street", "place_name": "望江路", "town_code": "990101001"}})
    _, groupings = suggested(rows, known=places({STREET: {}}), existing=host)
    assert groupings["group_id"].notna().tolist() == [False, True]


def test_firms_along_a_street_form_pieces_and_those_in_a_tower_do_not_count_there() -> None:
    rows = {
        f"s{n}": {
            "workers": 9,
            "street": STREET,
            "house_no": str(10 + 10 * n),
            "lon": None,
            "lat": None,
            "town_code": "990101001",
        }
        for n in range(4)
    }
    rows |= {f"t{n}": rows["s0"] | {"building": TOWER} for n in range(3)}
    groups, _ = suggested(rows, known=places({STREET: {}, TOWER: {}}))
    assert sorted(groups["kind"]) == ["building", "street"]
    street = groups[groups["kind"] == "street"].iloc[0]
    assert street[["firms", "chainage_from_m", "chainage_to_m", "town_code"]].tolist() == [4, 40.0, 160.0, "990101001"]
    assert dict(street["reasons"])["along_street"]["numbers"] == ["10", "40"]
    assert ["distance_from_numbers", {"metres_per_number": 4}] in street["cautions"]


def test_a_street_is_cut_where_the_town_ends() -> None:
    rows = {
        f"s{n}": {
            "workers": 13,
            "street": STREET,
            "house_no": str(n + 1),
            "lon": None,
            "lat": None,
            "town_code": f"99010100{n // 2}",
        }
        for n in range(4)
    }
    groups, groupings = suggested(rows)
    assert groups.empty
    assert set(groupings["left_because"]) == {"R3"}


def test_a_zone_too_large_for_one_union_waits_for_streets_and_villages() -> None:
    rows = tenants(130, zone=ZONE)
    for row in list(rows.values())[:30]:
        row |= {"village_code": VILLAGE, "town_code": "990101001"}
    groups, _ = suggested(rows)
    assert dict(zip(groups["kind"], groups["firms"], strict=True)) == {"village": 30, "zone": 100}


def test_neighbours_beyond_the_widest_gap_are_out_of_reach_not_better_used() -> None:
    rows = {
        f"s{n}": {"workers": 20, "street": STREET, "house_no": str(1 + 50 * n), "lon": None, "lat": None}
        for n in range(4)
    }
    groups, groupings = suggested(rows)
    assert groups.empty
    assert set(groupings["left_because"]) == {"R1"}


def test_whose_neighbours_went_to_another_union_is_told_so() -> None:
    rows = {
        f"s{n}": {"workers": 10, "street": STREET, "house_no": str(1 + n), "lon": None, "lat": None} for n in range(4)
    }
    for key in ("s0", "s1", "s2"):
        rows[key]["building"] = TOWER
    _, groupings = suggested(rows)
    assert groupings.loc["s3", "left_because"] == "R2"


def test_without_any_place_the_reason_is_r4() -> None:
    _, groupings = suggested(tenants(3, level="county"))
    assert set(groupings["left_because"]) == {"R4"}


# --- all kinds in one model ------------------------------------------------------------------------------------------


def test_one_model_founds_fewer_unions_than_one_kind_after_another() -> None:
    street = {"street": STREET, "lon": None, "lat": None, "town_code": "990101001"}
    rows = {f"s{n}": {"workers": 9, "house_no": str(10 + 10 * n), **street} for n in range(4)}
    rows |= {f"t{n}": rows["s0"] | {"building": TOWER} for n in range(3)}
    assert sorted(suggested(rows)[0]["kind"]) == ["building", "street"]
    assert suggested(rows, options=TOGETHER)[0][["kind", "firms"]].iloc[0].tolist() == ["street", 7]


def test_one_model_founds_rather_than_leaves_half_of_a_building_out() -> None:
    host = surveyed({"union:j": {"kind": "building", "place_name": "云帆大厦", "covered_units": 298}})
    known = places({TOWER: {}})
    _, groupings = suggested(tenants(4, building=TOWER), known=known, existing=host, options=TOGETHER)
    assert groupings["left_because"].isna().all()


@pytest.mark.parametrize("size", [3, 250, 301, 650])
def test_one_model_shares_a_large_building_evenly(size: int) -> None:
    groups, groupings = suggested(tenants(size, building=TOWER), options=TOGETHER)
    assert groupings["group_id"].notna().all()
    assert groups["firms"].max() - groups["firms"].min() <= 1
    assert len(groups) == -(-size // 300)


# --- promises that hold whatever comes -------------------------------------------------------------------------------


@st.composite
def a_city(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    size = draw(st.integers(0, 45))
    maybe = st.sampled_from
    return {
        f"k{n:02}": {
            "workers": draw(st.one_of(st.none(), st.integers(0, 40))),
            "eligible": draw(maybe([True, True, True, False])),
            "primary": draw(maybe(["none", "none", "none", "own", "joint"])),
            "county_code": draw(maybe(["990101", "990101", "990102", None])),
            "town_code": draw(maybe(["990101001", "990101002", None])),
            "village_code": draw(maybe([VILLAGE, None])),
            "building": draw(maybe([TOWER, None, None])),
            "market": draw(maybe([MARKET, None, None])),
            "zone": draw(maybe([ZONE, None])),
            "street": draw(maybe([STREET, None])),
            "house_no": draw(maybe(["1", "2", "30", "88-1", "250", None])),
            "floor": draw(maybe(["1", "-1", "17", None])),
            "lon": None,
            "lat": None,
        }
        for n in range(size)
    }


@pytest.mark.law(7, 31)
@given(a_city(), st.sampled_from([LIMITS, TOGETHER]))
@settings(max_examples=16, deadline=None)
def test_every_firm_has_exactly_one_fate_and_no_worker_is_lost(
    rows: dict[str, dict[str, Any]], options: JointOptions
) -> None:
    table = firms(rows)
    groups, groupings = suggested(rows, options=options)
    GROUPS.conform(groups)
    GROUPINGS.conform(groupings)
    candidate = table["gap"] & table["size_class"].isin(["under_25", "unknown"]) if len(table) else table["gap"]
    assert set(groupings.index) == set(table.index[candidate.astype(bool)])
    assert (groupings["group_id"].isna() ^ groupings["left_because"].isna()).all()
    assert groups["firms"].sum() == groupings["group_id"].notna().sum()
    known = table["workers"].fillna(0)
    grouped = known.reindex(groupings.index[groupings["group_id"].notna()]).sum()
    left = known.reindex(groupings.index[groupings["left_because"].notna()]).sum()
    excluded = known[~table.index.isin(groupings.index)].sum()
    assert groups["workers"].sum() == grouped
    assert grouped + left + excluded == known.sum()


@given(a_city(), st.randoms(), st.sampled_from([LIMITS, TOGETHER]))
@settings(max_examples=6, deadline=None)
def test_the_order_of_rows_changes_nothing(
    rows: dict[str, dict[str, Any]], draw: random.Random, options: JointOptions
) -> None:
    keys = list(rows)
    draw.shuffle(keys)
    first, second = (suggested(table, options=options) for table in (rows, {key: rows[key] for key in keys}))
    for one, other in zip(first, second, strict=True):
        pd.testing.assert_frame_equal(one, other)


@given(a_city(), st.sampled_from([LIMITS, TOGETHER]))
@settings(max_examples=8, deadline=None)
def test_what_is_left_over_in_one_place_was_not_enough_for_a_union(
    rows: dict[str, dict[str, Any]], options: JointOptions
) -> None:
    _, groupings = suggested(rows, options=options)
    table = firms(rows).loc[groupings.index[groupings["left_because"].notna()]]
    for kind in ("building", "market", "zone", "village_code"):
        counted = table["workers"].fillna(LIMITS.workers_if_unknown)
        told = table[table[kind].notna() & table["county_code"].notna()]  # an unknown county may be filled in
        for _, part in told.groupby([kind, "county_code"]):
            assert len(part) < LIMITS.min_firms or counted[part.index].sum() < LIMITS.min_workers


@pytest.mark.law(30)
@pytest.mark.parametrize("rows", [{}, {"a": {}}, {"a": {"workers": 24, "building": TOWER}}])
def test_degenerate_cities(rows: dict[str, dict[str, Any]]) -> None:
    groups, groupings = suggested(rows)
    assert groups.empty
    assert len(groupings) == len(rows)


def test_all_firms_at_one_house_number_are_one_piece() -> None:
    rows = tenants(6, town_code="990101001")
    for row in rows.values():
        row |= {"street": STREET, "house_no": "8", "lon": None, "lat": None}
    groups, _ = suggested(rows)
    assert groups[["kind", "firms", "chainage_from_m", "chainage_to_m"]].iloc[0].tolist() == ["street", 6, 32.0, 32.0]


# --- the checker -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "fault"),
    [
        (("building", TOWER, ("a", "b")), "too few firms"),
        (("building", TOWER, ("a", "b", "c", "big")), "large enough"),
        (("building", TOWER, ("a", "b", "c", "covered")), "covered"),
        (("building", TOWER, ("a", "b", "elsewhere")), "several places"),
        (("building", TOWER, ("a", "b", "idle")), "too few workers"),
    ],
)
def test_the_checker_finds_what_an_engine_might_do_wrong(draft: tuple[str, str, tuple[str, ...]], fault: str) -> None:
    rows = {
        "a": {"workers": 9}, "b": {"workers": 9}, "c": {"workers": 9}, "idle": {"workers": 0},
        "big": {"workers": 40}, "covered": {"primary": "own"}, "elsewhere": {"building": None},
    }  # fmt: skip
    table = firms({key: {"building": TOWER, **row} for key, row in rows.items()})
    table = table.assign(chainage_m=pd.NA, chainage_by=pd.NA)
    kind, seat, members = draft
    drafts = [Draft(kind, seat, "990101", 1, 1, members)]
    with pytest.raises(CheckError, match=fault):
        check(drafts, Evidence(table, table.index), unions=pd.DataFrame(), options=LIMITS)


def test_the_checker_finds_a_firm_in_two_groups() -> None:
    table = firms({key: {"workers": 9, "building": TOWER} for key in "abcde"}).assign(
        chainage_m=pd.NA, chainage_by=pd.NA
    )
    drafts = [
        Draft("building", TOWER, "", part, 2, members) for part, members in ((1, ("a", "b", "c")), (2, ("c", "d", "e")))
    ]
    with pytest.raises(CheckError, match="c stands in 2 groups"):
        check(drafts, Evidence(table, table.index), unions=pd.DataFrame(), options=LIMITS)


def test_options_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(OptionError):
        JointOptions(min_firms=1)
    with pytest.raises(OptionError):
        JointOptions(max_firms=4)
    with pytest.raises(OptionError, match="street_gap_m"):
        JointOptions(street_gap_m=-1)
