"""The survey as one function, on an invented city small enough to check by hand."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from invented import ON, decisions, enterprises, memberships, places, rules, unions
from shapely import LineString, Point, box

from geo.coverage import measure
from geo.errors import AtlasError
from geo.frames import ALIASES, CRS, DIVISIONS, FIRMS, GROUPINGS, GROUPS, LINKS, OUTLINES, PLACES, SURVEYED_UNIONS
from geo.gazetteer import Kept, known_doors
from geo.survey import STAGES, CountError, Inputs, Survey, _Steps, known_names, survey

TOWER, STREET = "building:990101:云帆大厦", "street:990101:望江路"


def divisions() -> pd.DataFrame:
    rows = {
        "990100": ("试验市", "city", "990000"),
        "990101": ("东沟区", "county", "990100"),
        "990102": ("西塘县", "county", "990100"),
        "990101001": ("柳桥街道", "town", "990101"),
        "990102101": ("石埠镇", "town", "990102"),
        "990102101201": ("双墩村委会", "village", "990102101"),
    }
    return DIVISIONS.conform(pd.DataFrame.from_dict(rows, orient="index", columns=["name", "level", "parent"]))


def outlines() -> gpd.GeoDataFrame:
    shapes = [box(121.0, 32.0, 121.2, 32.2), box(121.2, 32.0, 121.4, 32.2)]
    frame = pd.DataFrame({"name": ["东沟区", "西塘县"], "level": "county"}, index=["990101", "990102"])
    return OUTLINES.conform(gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS))


def known_places() -> gpd.GeoDataFrame:
    doors = {
        f"address:990101:望江路{n}号": {
            "geometry": Point(121.05 + n / 1e5, 32.1),
            "number": str(n),
            "parent": STREET,
        }
        for n in range(1, 60, 2)
    }
    return places(
        {
            TOWER: {"geometry": box(121.1, 32.1, 121.101, 32.101), "town_code": "990101001"},
            STREET: {"geometry": LineString([(121.05, 32.1), (121.06, 32.1)]), "town_code": "990101001"},
            **doors,
        }
    )


FIRMS_GIVEN: dict[str, dict[str, Any]] = {
    "t1": {"address": "试验市东沟区云帆大厦3楼301室", "workers": 12},
    "t2": {"address": "试验市东沟区云帆大厦12层", "workers": 9},
    "t3": {"address": "东沟区云帆大厦1705", "workers": 8},
    "t4": {"address": "东沟区云帆大厦5楼", "workers": 7},
    "s1": {"address": "东沟区望江路11号", "workers": 10},
    "s2": {"address": "东沟区望江路21号", "workers": 9},
    "s3": {"address": "东沟区望江路31号2幢", "workers": 9},
    "v1": {"address": "西塘县石埠镇双墩村3组", "workers": 40},
    "v2": {"address": "西塘县石埠镇双墩村", "workers": 6},
    "gone": {"address": "西塘县石埠镇", "status": "closed", "workers": 5},
    "shop": {"address": "东沟区望江路41号", "legal_person": False, "workers": 2},
    "lost": {"address": "查无此地", "workers": None},
    "own": {"address": "东沟区望江路51号", "workers": 80},
}


def inputs(**changes: Any) -> Inputs:
    full = {
        "divisions": divisions(),
        "aliases": ALIASES.empty(),
        "outlines": outlines(),
        "places": known_places(),
        "enterprises": enterprises(FIRMS_GIVEN),
        "unions": unions(
            {
                "union:own": {"host_name": "own有限公司", "county_code": "990101", "members": 70},
                "union:tower": {"kind": "building", "place_name": "云帆大厦", "covered_units": 2, "members": 12},
            }
        ),
        "memberships": memberships({"m1": {"union_id": "union:tower", "member_name": "t4有限公司"}}),
        "decisions": decisions(),
    }
    return Inputs(**{**full, **changes})


@pytest.fixture(scope="module")
def found() -> Survey:
    return survey(inputs(), on=ON, rules=rules())


def test_what_is_kept_of_the_layers_changes_no_names_and_goes_with_them(found: Survey) -> None:
    kept = Kept()
    first, second = (known_names(inputs(), kept=kept)[0] for _ in range(2))
    assert found.gazetteer_hash == first.hash == second.hash
    assert first.points == second.points
    moved = known_places()
    doors = moved["kind"].eq("address")
    moved.loc[doors, "geometry"] = moved.loc[doors, "geometry"].translate(yoff=0.05)
    again = known_names(inputs(places=moved), kept=kept)[0].points["990101", "望江路"]
    both = zip(second.points["990101", "望江路"].points, again.points, strict=True)
    assert [round(there.lat - here.lat, 6) for here, there in both] == [0.05] * 30


def test_layers_are_laid_out_once_for_as_long_as_they_say_the_same() -> None:
    kept, layers = Kept(), (divisions(), ALIASES.empty(), known_places())
    names = kept.names(*layers)
    assert kept.doors(names) is None
    doors = kept.keep(names, known_doors(names, layers[2]))
    assert kept.names(divisions(), ALIASES.empty(), known_places()) is names
    assert kept.doors(names) is doors
    renamed = known_places().assign(number=lambda frame: frame["number"] + "0")
    other = kept.names(*layers[:2], renamed)
    assert other is not names
    assert kept.doors(other) is None
    assert kept.keep(names, doors) is doors  # of layers that are gone: given back, not kept
    assert kept.doors(other) is None


def test_every_enterprise_has_one_row_in_the_order_of_the_register(found: Survey) -> None:
    assert found.firms.index.tolist() == list(FIRMS_GIVEN)
    for spec, frame in (
        (FIRMS, found.firms), (SURVEYED_UNIONS, found.unions), (LINKS, found.links), (GROUPS, found.groups),
        (GROUPINGS, found.groupings), (PLACES, found.places),
    ):  # fmt: skip
        pd.testing.assert_frame_equal(spec.conform(frame), frame)


def test_each_stage_gives_as_many_rows_as_it_took(found: Survey) -> None:
    assert [stage.stage for stage in found.tally] == list(STAGES)
    for stage in found.tally[1:]:
        assert stage.taken == stage.given == sum(stage.counts.values())
    assert dict(found.tally[-1].counts)["excluded"] == 2


def test_the_register_s_own_position_and_status_keep_their_words(found: Survey) -> None:
    assert found.firms.loc["gone", "status"] == "closed"
    assert set(found.firms["location_status"]) <= {"auto", "review", "none", "outside"}


def test_who_is_covered_and_who_is_a_gap(found: Survey) -> None:
    firms = found.firms
    assert firms.loc["own", ["primary", "union_id"]].tolist() == ["own", "union:own"]
    assert firms.loc["t4", ["primary", "union_id"]].tolist() == ["joint", "union:tower"]
    assert firms.loc["v1", ["gap", "path", "path_rules"]].tolist() == [True, "own_promote", ["F2"]]
    assert firms.loc["gone", "excluded_because"] == "closed"
    assert firms.loc["shop", "excluded_because"] == "not_legal_person"
    assert firms.loc["lost", ["gap", "size_class", "path"]].tolist() == [True, "unknown", "unknown"]
    city = measure(firms, found.unions, by=None).loc["all"]
    assert city[["firms", "eligible", "own", "joint", "gap", "members"]].tolist() == [13, 11, 1, 1, 9, 82]


def test_the_tower_s_union_takes_the_neighbours_in_and_the_street_forms_its_own(found: Survey) -> None:
    firms = found.firms
    tower = found.groups[found.groups["place_id"] == "union:tower"].iloc[0]
    assert tower[["kind", "firms", "workers"]].tolist() == ["existing", 3, 29]
    assert found.unions["place_id"].fillna("").tolist() == ["", TOWER]
    street = found.groups[found.groups["kind"] == "street"].iloc[0]
    assert street[["place_id", "firms", "workers"]].tolist() == [STREET, 3, 28]
    assert street["chainage_to_m"] - street["chainage_from_m"] == pytest.approx(19, abs=2)
    assert set(firms.index[firms["group_id"] == street.name]) == {"s1", "s2", "s3"}
    assert firms.loc[["v2", "lost"], "left_because"].tolist() == ["R1", "R4"]
    assert firms.loc[["v1", "own", "gone"], ["group_id", "left_because"]].isna().all().all()


def test_the_same_inputs_give_the_same_survey(found: Survey) -> None:
    again = survey(inputs(), on=ON, rules=rules())
    pd.testing.assert_frame_equal(found.firms, again.firms)
    pd.testing.assert_frame_equal(found.groups, again.groups)
    assert found.gazetteer_hash == again.gazetteer_hash


def test_a_shuffled_register_gives_the_same_groups(found: Survey) -> None:
    mixed = enterprises(FIRMS_GIVEN).sample(frac=1, random_state=8)
    again = survey(inputs(enterprises=mixed), on=ON, rules=rules())
    assert again.firms.index.tolist() == mixed.index.tolist()
    pd.testing.assert_frame_equal(found.groups, again.groups)
    pd.testing.assert_frame_equal(found.groupings, again.groupings)


def test_a_decided_link_is_an_input_of_the_next_run() -> None:
    chosen = decisions({"d": {"kind": "link", "subject": "union:own", "target": "v1"}})
    again = survey(inputs(decisions=chosen), on=ON, rules=rules())
    assert again.firms.loc[["v1", "own"], "primary"].tolist() == ["own", "none"]


def test_a_city_without_firms_or_unions_is_surveyed_too() -> None:
    empty = survey(
        inputs(enterprises=enterprises({}), unions=unions({}), memberships=memberships()), on=ON, rules=rules()
    )
    assert len(empty.firms) == len(empty.groups) == len(empty.links) == 0
    assert all(stage.given == 0 for stage in empty.tally[1:])


def test_progress_tells_each_stage_once_and_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    survey(inputs(), on=ON, rules=rules(), progress=lambda *step: told.append(step))
    assert told == [*((stage, n, len(STAGES)) for n, stage in enumerate(STAGES)), ("joint", len(STAGES), len(STAGES))]


def test_a_stage_that_loses_a_row_is_stopped() -> None:
    steps = _Steps(None)
    taken = enterprises({"a": {}, "b": {}})
    with pytest.raises(CountError, match="took 2 rows and gave 1"):
        steps.count("geocode", taken, taken.iloc[:1], taken["status"].iloc[:1])
    with pytest.raises(CountError):
        steps.count("geocode", taken, taken.iloc[::-1], taken["status"])


def test_without_a_city_nothing_can_be_located() -> None:
    with pytest.raises(AtlasError):
        survey(inputs(divisions=DIVISIONS.empty()), on=ON, rules=rules())


def test_two_records_of_one_firm_count_once_and_both_stay() -> None:
    """A second register lists a firm again, without a code: it counts once, knows both, and a person can undo it."""
    name = "云帆精密机械制造有限公司"
    code = {"name": name, "uscc": "91990101759691234X", "address": "东沟区望江路61号", "workers": None}
    again = {"name": name, "address": "东沟区望江路61号", "workers": 30, "counts_on": "2025-06-30"}
    twice = enterprises({**FIRMS_GIVEN, "code": code, "again": again})
    union = unions({"union:own": {"name": f"{name}工会委员会", "county_code": "990101", "members": 20}})
    found = survey(inputs(enterprises=twice, unions=union), on=ON, rules=rules())
    assert found.same.loc["again=code", ["firm", "status"]].tolist() == ["code", "auto"]
    firms = found.firms
    assert firms.loc["again", ["eligible", "excluded_because", "same_as"]].tolist() == [False, "same_firm", "code"]
    assert firms.loc["code", ["workers", "primary", "union_id"]].tolist() == [30, "own", "union:own"]
    assert found.links.loc["union:own|host", "member_id"] == "code"
    assert {stage.stage: stage.counts for stage in found.tally}["same"]["merged"] == 1
    total = measure(firms, found.unions, by=None).loc["all"]
    assert total["firms"] == len(twice)
    told = decisions({"d": {"kind": "unlink", "subject": "code", "target": "again"}})
    apart = survey(inputs(enterprises=twice, unions=union, decisions=told), on=ON, rules=rules())
    assert apart.same.loc["again=code", "status"] == "none"
    assert apart.firms.loc["again", "eligible"]
    assert measure(apart.firms, apart.unions, by=None).loc["all", "eligible"] == total["eligible"] + 1


def test_a_firm_without_an_address_stays_unlocated_and_stops_nobody() -> None:
    found = survey(inputs(enterprises=enterprises({**FIRMS_GIVEN, "bare": {"address": None}})), on=ON, rules=rules())
    assert found.firms.loc["bare", "level"] == "none"
    assert found.firms.loc["t1", "level"] != "none"


def test_a_zone_that_only_an_alias_of_its_county_tells_is_a_place_with_a_name() -> None:
    alias = pd.DataFrame({"alias": ["试验经济技术开发区"], "target": ["990101"], "kind": ["former"]}, index=["z"])
    firm = {"address": "试验经济技术开发区星湖大道8号", "workers": 7}
    done = survey(
        inputs(aliases=ALIASES.conform(alias), enterprises=enterprises({**FIRMS_GIVEN, "z1": firm})),
        on=ON,
        rules=rules(),
    )
    zone = done.firms.loc["z1", "zone"]
    assert done.places.loc[zone, ["kind", "name", "county_code"]].tolist() == ["zone", "试验经济技术开发区", "990101"]
    for kind in ("zone", "building", "market", "street"):
        assert set(done.firms[kind].dropna()) <= set(done.places.index)
