"""What people decided, read by the stages: pins, names, counties, kinds, addresses; also lost and hostile ones."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from invented import ON, decisions, enterprises, rules
from shapely import Point, Polygon, box
from test_survey import TOWER, inputs

from geo.decisions import address_key, shape, standing
from geo.frames import DIVISIONS
from geo.survey import Survey, survey

RED, REDDISH = "building:990101:红星楼", "building:990101:红星综合楼"
"""Two names that the register writes and no layer knows."""
GIVEN: dict[str, dict[str, Any]] = {
    **{f"r{n}": {"address": f"试验市东沟区红星楼{n}楼{n}01室"} for n in range(1, 5)},
    **{f"q{n}": {"address": f"试验市东沟区红星综合楼{n}楼"} for n in range(1, 4)},
    **{f"g{n}": {"address": f"试验市东沟区长青路{n}号"} for n in range(1, 6)},
    "bare": {"address": "长青路18号"},
    "vague": {"address": "柳桥南首"},
    "vague2": {"address": "柳桥 南首"},
    "none": {"address": "某处"},
}


def surveyed(rows: dict[str, dict[str, Any]] | None = None, **changes: Any) -> Survey:
    chosen = decisions(rows) if rows else decisions()
    return survey(inputs(enterprises=enterprises(GIVEN), decisions=chosen, **changes), on=ON, rules=rules())


@pytest.fixture(scope="module")
def before() -> Survey:
    return surveyed()


def codes(found: Survey, firm: str) -> list[str]:
    return [code for code, _detail in found.firms.loc[firm, "location_reasons"]]


def decided(kind: str, subject: str, target: str | None = None, **more: Any) -> dict[str, dict[str, Any]]:
    return {"d1": {"kind": kind, "subject": subject, "target": target, "decided_by": "张三", "decided_on": ON, **more}}


def test_without_decisions_the_names_are_learned_and_nowhere_on_the_map(before: Survey) -> None:
    assert before.firms["building"].eq(RED).sum() == 4
    assert before.firms["building"].eq(REDDISH).sum() == 3
    assert before.firms.loc["r1", ["lon", "lat"]].isna().all()


def test_a_pin_on_a_learned_building_locates_all_its_firms() -> None:
    found = surveyed(decided("pin", RED, lon=121.08, lat=32.09))
    inside = found.firms[found.firms["building"].eq(RED)]
    assert len(inside) == 4
    assert set(inside["level"]) == {"building"}
    assert inside[["lon", "lat"]].drop_duplicates().to_numpy().tolist() == [[121.08, 32.09]]
    assert found.places.geometry[RED].equals(Point(121.08, 32.09))


def test_an_outline_is_kept_as_it_was_drawn() -> None:
    ring = box(121.08, 32.09, 121.081, 32.091)
    found = surveyed(decided("pin", RED, lon=121.0805, lat=32.0905, text=ring.wkt))
    assert found.places.geometry[RED].equals(ring)
    assert found.firms.loc["r1", "level"] == "building"


def test_a_pin_on_a_given_place_and_on_a_village_counts() -> None:
    moved = decided("pin", TOWER, lon=121.15, lat=32.15)
    village = {"d2": {"kind": "pin", "subject": "990102101201", "lon": 121.3, "lat": 32.1, "decided_on": ON}}
    given = enterprises({"t": {"address": "东沟区云帆大厦3楼"}, "v": {"address": "西塘县石埠镇双墩村3组"}})
    firms = survey(inputs(enterprises=given, decisions=decisions(moved | village)), on=ON, rules=rules()).firms
    assert firms.loc["t", ["lon", "lat", "level"]].tolist() == [121.15, 32.15, "building"]
    assert firms.loc["v", ["lon", "lat", "level"]].tolist() == [121.3, 32.1, "village"]


def test_a_decision_survives_another_writing_and_a_name_that_is_gone() -> None:
    other = {f"x{n}": {"address": f"东沟区试验市红星楼{n}层"} for n in range(3)}
    pin = decisions(decided("pin", "building:990101:试验市红星楼", lon=121.08, lat=32.09))
    named = survey(inputs(enterprises=enterprises(GIVEN | other), decisions=pin), on=ON, rules=rules())
    assert named.firms.loc["r1", "building"] == "building:990101:试验市红星楼"
    assert named.firms.loc["r1", "lon"] == 121.08
    gone = survey(
        inputs(enterprises=enterprises({"a": {"address": "东沟区望江路11号"}}), decisions=pin), on=ON, rules=rules()
    )
    assert gone.places.loc["building:990101:试验市红星楼", "origin"] == "decision"


def test_the_same_building_under_another_name_becomes_one() -> None:
    found = surveyed(decided("alias", REDDISH, RED, text="红星综合楼"))
    assert found.firms["building"].eq(RED).sum() == 7
    assert REDDISH not in found.places.index


def test_the_same_as_a_given_building_becomes_that_one() -> None:
    found = surveyed(decided("alias", RED, TOWER, text="红星楼"))
    assert found.firms.loc["r1", ["building", "level"]].tolist() == [TOWER, "building"]
    assert found.firms.loc["r1", "lon"] == pytest.approx(121.1005)


def test_a_chain_of_aliases_ends_at_the_last() -> None:
    rows = decided("alias", REDDISH, RED, text="红星综合楼") | {
        "d2": {"kind": "alias", "subject": RED, "target": TOWER, "text": "红星楼", "decided_on": ON}
    }
    assert set(surveyed(rows).firms.loc[["r1", "q1"], "building"]) == {TOWER}


def test_a_forbidden_name_is_no_place_and_teaches_nothing(before: Survey) -> None:
    found = surveyed(decided("forbid", RED))
    assert RED not in found.places.index
    assert found.firms.loc["r1", "building"] is pd.NA
    assert "COUNTY_FROM_ROAD" in codes(before, "bare")
    road = surveyed(decided("forbid", "road:990101:长青路"))
    assert "street:990101:长青路" not in road.places.index
    assert "COUNTY_FROM_ROAD" not in codes(road, "bare")


def test_accepting_takes_a_refusal_back() -> None:
    rows = decided("forbid", RED) | {"d2": {"kind": "accept", "subject": RED, "decided_on": ON}}
    assert surveyed(rows).firms.loc["r1", "building"] == RED


def test_a_name_is_put_into_another_county_and_kind() -> None:
    found = surveyed(decided("place", "road:990101:长青路", "990102"))
    assert found.firms.loc["bare", "county_code"] == "990102"
    market = surveyed(decided("retype", RED, text="market"))
    assert market.firms.loc["r1", "market"] == "market:990101:红星楼"
    assert market.firms.loc["r1", "building"] is pd.NA


def test_an_accepted_county_settles_all_that_name_the_road() -> None:
    given = enterprises({"a": {"address": "东新路8号"}, "b": {"address": "东新路9号2楼"}})
    rows = decisions(decided("accept", "road:990102:东新路"))
    firms = survey(inputs(enterprises=given, decisions=rows), on=ON, rules=rules()).firms
    assert firms["county_code"].tolist() == ["990102", "990102"]
    assert firms["location_status"].tolist() == ["auto", "auto"]


@pytest.mark.parametrize(
    ("label", "name"), [("road", "银杏路"), ("town", "银杏镇"), ("poi", "银杏大厦"), ("community", "银杏村")]
)
def test_a_county_told_for_a_name_outweighs_how_addresses_are_spread_but_no_county_written(
    label: str, name: str
) -> None:
    rows = enterprises(
        {
            **{f"c{n}": {"address": f"试验市{name}{n}号"} for n in range(1, 4)},
            "own": {"address": f"试验市东沟区{name}9号"},
        }
    )
    told = decisions(decided("accept", f"{label}:990102:{name}"))
    firms = survey(inputs(enterprises=rows, decisions=told), on=ON, rules=rules()).firms
    assert firms.loc[["c1", "c2", "c3"], "county_code"].tolist() == ["990102"] * 3
    assert firms.loc[["c1", "c2", "c3"], "location_status"].tolist() == ["auto"] * 3
    assert firms.loc["own", "county_code"] == "990101"


def test_an_address_is_placed_for_every_firm_that_writes_it(before: Survey) -> None:
    assert before.firms.loc["vague", "building"] is pd.NA
    found = surveyed(decided("place", address_key("柳桥南首"), TOWER)).firms
    assert found.loc[["vague", "vague2"], "building"].tolist() == [TOWER, TOWER]
    assert found.loc["vague", ["level", "location_status", "confidence"]].tolist() == ["building", "auto", 1.0]
    assert found.loc["vague", "location_reasons"][0] == ["DECIDED", {"place": TOWER, "by": "张三"}]


def test_a_county_chosen_is_read_again_within_it() -> None:
    found = surveyed(decided("place", "bare", "990102")).firms
    assert found.loc["bare", ["county_code", "location_status"]].tolist() == ["990102", "auto"]
    assert found.loc["bare", "street"] is pd.NA  # the road that was learned lies in the other county
    village = surveyed(decided("place", "vague", "990102101201")).firms
    where = village.loc["vague", ["county_code", "town_code", "village_code", "level"]]
    assert where.tolist() == ["990102", "990102101", "990102101201", "village"]


def test_a_county_confirmed_keeps_the_village_that_was_read_in_it() -> None:
    rows = enterprises({"v": {"address": "石埠镇双墩村3组"}, "far": {"address": "石埠镇云帆大厦5楼"}})
    told = decided("place", "v", "990102") | {"d2": {"kind": "place", "subject": "far", "target": "990102"}}
    firms = survey(inputs(enterprises=rows, decisions=decisions(told)), on=ON, rules=rules()).firms
    assert firms.loc["v", ["town_code", "village_code", "level"]].tolist() == ["990102101", "990102101201", "village"]
    assert firms.loc["far", ["town_code", "level"]].tolist() == ["990102101", "town"]


ELSEWHERE = {
    "990101002": ("山前镇", "town", "990101"),
    "990101003": ("山后镇", "town", "990101"),
}


@pytest.mark.parametrize("kind", ["building", "street"])
def test_who_chooses_the_town_takes_the_firm_out_of_the_place_in_another_town(kind: str) -> None:
    table = pd.DataFrame.from_dict(ELSEWHERE, orient="index", columns=["name", "level", "parent"])
    placed = table.assign(lon=121.6, lat=32.5)  # 60 km away
    whole = DIVISIONS.conform(pd.concat([inputs().divisions, placed]))
    rows = enterprises({"x": {"address": {"building": "山前镇云帆大厦5楼", "street": "东沟区山前镇望江路11号"}[kind]}})
    given = inputs(enterprises=rows, divisions=whole)
    doubt = survey(given, on=ON, rules=rules()).firms.loc["x"]
    assert doubt["location_status"] == "review"
    assert "PLACE_NOT_IN_TOWN" in [code for code, _ in doubt["location_reasons"]]
    place, chosen = doubt[kind], {c["place"] for c in doubt["candidates"]}
    assert {place, "990101002"} <= chosen
    told = decisions(decided("place", "x", "990101002"))
    town = survey(replace(given, decisions=told), on=ON, rules=rules()).firms.loc["x"]
    assert town[["town_code", "level", "location_status"]].tolist() == ["990101002", "town", "auto"]
    assert town[kind] is pd.NA
    assert town[["lon", "lat"]].tolist() == [121.6, 32.5]
    told = decisions(decided("place", "x", place))
    there = survey(replace(given, decisions=told), on=ON, rules=rules()).firms.loc["x"]
    assert there[[kind, "town_code"]].tolist() == [place, "990101001"]
    assert there["lon"] == pytest.approx(121.1, abs=0.05)


@pytest.mark.parametrize(("target", "code"), [("outside", "DECIDED_OUTSIDE"), ("none", "DECIDED_NOWHERE")])
def test_an_address_that_is_no_place_is_settled(target: str, code: str) -> None:
    row = surveyed(decided("place", address_key("某处"), target)).firms.loc["none"]
    assert row[["location_status", "level"]].tolist() == [target, "none"]
    assert row["county_code"] is pd.NA
    assert row["location_reasons"] == [[code, {"by": "张三"}]]


def test_what_is_no_longer_known_changes_nothing(before: Survey) -> None:
    rows = {
        "a": {"kind": "place", "subject": "vague", "target": "building:990101:没有这座楼"},
        "b": {"kind": "alias", "subject": "nothing at all", "target": RED, "text": "x"},
        "c": {"kind": "pin", "subject": "999999999999", "lon": 1.0, "lat": 2.0},
        "d": {"kind": "pin", "subject": RED, "text": "POLYGON ((0 0"},
        "e": {"kind": "retype", "subject": RED, "text": "street"},
        "f": {"kind": "place", "subject": "vague2", "target": "outside the world"},
    }
    pd.testing.assert_frame_equal(surveyed(rows).firms, before.firms)


def test_the_last_decision_of_a_subject_stands() -> None:
    rows = decisions({
        "a": {"kind": "forbid", "subject": "x", "decided_on": "2025-02-01"},
        "b": {"kind": "accept", "subject": "x", "decided_on": "2025-01-01"},
        "c": {"kind": "pin", "subject": "x"},
        "d": {"kind": "forbid", "subject": "y", "decided_on": "2025-02-01"},
        "e": {"kind": "accept", "subject": "y", "decided_on": "2025-02-01"},
    })  # fmt: skip
    assert standing(rows, "forbid", "accept")["kind"].to_dict() == {"a": "forbid", "e": "accept"}


@pytest.mark.parametrize(
    "text",
    [
        None,
        float("nan"),
        "",
        "POINT (1 2)",
        "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))",
        "POLYGON ((0 0, 900 0, 9 9, 0 0))",
        "<b>",
    ],
)
def test_a_faulty_outline_leaves_the_point(text: object) -> None:
    assert shape(121.0, 32.0, text) == Point(121.0, 32.0)
    assert shape(float("nan"), 32.0, text) is None


def test_an_outline_wins_over_its_point() -> None:
    ring = Polygon([(121, 32), (121.001, 32), (121.001, 32.001)])
    assert shape(121.0, 32.0, ring.wkt).equals(ring)  # type: ignore[union-attr]
    assert shape(121.0, 32.0, "LINESTRING (121 32, 121.01 32)").geom_type == "LineString"  # type: ignore[union-attr]


def test_a_point_for_a_zone_or_street_claims_no_more_than_it_knows() -> None:
    given = enterprises({"z": {"address": "东沟区东沟经济开发区"}, "s": {"address": "东沟区长青路3号"}})
    rows = decided("pin", "zone:990101:东沟经济开发区", lon=121.1, lat=32.1) | {
        "d2": {"kind": "pin", "subject": "street:990101:长青路", "lon": 121.1, "lat": 32.1, "decided_on": ON}
    }
    firms = survey(inputs(enterprises=given, decisions=decisions(rows)), on=ON, rules=rules()).firms
    assert firms["level"].tolist() == ["zone", "street"]
    assert firms["radius_m"].tolist() == [1_500.0, 1_000.0]


def test_codes_and_other_labels_of_a_row_teach_nothing_and_answer_nothing(before: Survey) -> None:
    given = enterprises(GIVEN)
    columns = ["uscc", "org_code", "source", "sector", "ownership", "scope"]
    other = given.assign(**{name: pd.array([f"99{k}" for k in range(len(given))], dtype="string") for name in columns})
    found = survey(inputs(enterprises=other), on=ON, rules=rules())
    pd.testing.assert_frame_equal(found.facts, before.facts)
    located = ["county_code", "town_code", "building", "street", "level", "confidence"]
    pd.testing.assert_frame_equal(found.firms[located], before.firms[located])
