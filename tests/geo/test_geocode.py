"""From addresses to places and positions, with a level that is earned and a reason for everything."""

import math
from functools import partial
from random import Random

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from counted import calls
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geo import gazetteer
from geo.address.tokens import scan
from geo.frames import DECISIONS, LOCATIONS, OUTLINES
from geo.gazetteer import Gazetteer, index
from geo.geocode import LocateOptions, batch, locate
from geo.places import assign
from tests.geo.test_gazetteer import REGISTER, STREET, aliases, divisions, places

NUMBERS = {2: 0.0, 10: 0.001, 40: 0.004, 300: 0.03}
"""House numbers of 远山路 and how far east of 121.0 they lie."""


def doors() -> dict[str, dict[str, object]]:
    return {
        f"p{n}": {
            "id": f"address:990181:远山路{n}号",
            "kind": "address",
            "name": f"远山路{n}号",
            "number": str(n),
            "county_code": "990181",
            "town_code": "990181101",
            "geometry": Point(121.0 + east, 32.0),
        }
        for n, east in NUMBERS.items()
    }


def layers() -> gpd.GeoDataFrame:
    tower = {
        "id": "building:990101:云帆大厦",
        "kind": "building",
        "name": "云帆大厦",
        "county_code": "990101",
        "town_code": "990101002",
        "geometry": Point(121.5, 32.1),
    }
    zone = {
        "id": "zone:990181:远山工业园",
        "kind": "zone",
        "name": "远山工业园",
        "county_code": "990181",
        "geometry": box(121.0005, 31.99, 121.01, 32.01),
    }
    return places(street=STREET, tower=tower, zone=zone, **doors())


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    base = gazetteer.build(divisions(), aliases(), layers())
    learned = gazetteer.learn(REGISTER, base)
    every = pd.concat([layers(), learned.places.astype(layers().dtypes.to_dict())])
    return gazetteer.build(divisions(), aliases(), every, facts=learned.facts)


def one(text: object, names: Gazetteer, name: str | None = None, **options: object) -> pd.Series:
    frame = pd.DataFrame({"address": [text], "name": [name]}, index=["x"])
    return locate(frame, names, options=LocateOptions(**options)).iloc[0]  # type: ignore[arg-type]


def codes(row: pd.Series) -> list[str]:
    return [code for code, _ in row["reasons"]]


@pytest.mark.parametrize("text", ["远方市试验市望江路1号", "试验市东沟区望江路1号(远方市)", "试验市远方市望江路3号"])
def test_an_address_that_names_a_city_elsewhere_too_waits_for_a_person(names: Gazetteer, text: str) -> None:
    row = one(text, names)
    assert row["status"] == "review"
    assert ["OUTSIDE", {"place": "远方市", "code": "880100"}] in [list(reason) for reason in row["reasons"]]


def test_a_road_called_after_a_city_elsewhere_is_no_city(names: Gazetteer) -> None:
    assert one("试验市东沟区远方路1号", names)["status"] == "auto"


# --- numbers


def even_streets() -> dict[str, dict[str, object]]:
    """Return three streets of sixteen doors, a number each ten metres: they show that predictions can be trusted."""
    rows = {}
    for street, north in (("甲山路", 0.02), ("乙山路", 0.04), ("丙山路", 0.06)):
        for k in range(1, 17):
            key, at = f"address:990181:{street}{6 * k}号", Point(121.0 + 6e-4 * k, 32.0 + north)
            rows[key] = {
                "id": key, "kind": "address", "name": f"{street}{6 * k}号", "number": str(6 * k),
                "county_code": "990181", "geometry": at,
            }  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def tried() -> Gazetteer:
    return gazetteer.build(divisions(), aliases(), places(street=STREET, **doors(), **even_streets()))


def test_of_few_doors_only_their_own_numbers_are_numbers(names: Gazetteer, tried: Gazetteer) -> None:
    known, between = one("石埠市远山路10号", names), one("石埠市远山路20号", names)
    assert (known["level"], between["level"]) == ("number", "street")  # four doors show nothing of the city's habits
    assert one("石埠市远山路20号", tried)["radius_m"] < between["radius_m"]


@pytest.mark.parametrize(
    ("number", "level", "east", "code", "radius"),
    [
        ("10", "number", 0.001, "NUMBER_EXACT", (60, 130)),
        ("20", "number", 0.002, "NUMBER_INTERPOLATED", (40, 125)),
        ("20-22", "number", 0.0021, "NUMBER_INTERPOLATED", (40, 125)),
        ("100", "street", 0.004 + 60 / 260 * 0.026, "NUMBER_INTERPOLATED", (60, 800)),
        ("304", "number", 0.0304, "NUMBER_NEAREST", (50, 125)),
        ("560", "street", 0.0535, "NUMBER_NEAREST", (60, 3_000)),
        ("9999", "street", 0.015, "NUMBER_TOO_FAR", (5_900, 6_100)),
        ("12345678901234567890", "street", 0.015, "NUMBER_TOO_FAR", (5_900, 6_100)),
    ],
)
def test_a_number_earns_its_level_by_how_it_was_found(
    tried: Gazetteer, number: str, level: str, east: float, code: str, radius: tuple[float, float]
) -> None:
    row = one(f"石埠市远山路{number}号", tried)
    assert (row["level"], codes(row)[0]) == (level, code)
    assert row["lon"] == pytest.approx(121.0 + east, rel=0, abs=max(2e-4, 0.15 * east))
    assert radius[0] <= row["radius_m"] <= radius[1]
    assert row["street"] == "street:990181:远山路"


@pytest.mark.parametrize("number", ["9999", "12345678901234567890"])
def test_a_number_that_its_street_cannot_hold_is_the_whole_street(number: str) -> None:
    line = shapely.LineString([(121.0, 32.0), (121.04, 32.0)])
    along = places(street=STREET | {"geometry": line}, **doors())
    row = one(f"石埠市远山路{number}号", gazetteer.build(divisions(), aliases(), along))
    assert (row["level"], codes(row)[0]) == ("street", "NUMBER_TOO_FAR")
    assert row["lon"] == pytest.approx(121.02, rel=0, abs=2e-3)
    assert row["radius_m"] < 0.04 * 94_400  # the length of the street


def test_a_very_long_address_is_read_as_far_as_stated_and_says_so(
    names: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "石埠市远山路10号" + "南通市远山路8号" * 10_000
    sizes: list[int] = []
    monkeypatch.setattr(index, "scan", lambda part: sizes.append(len(part)) or scan(part))
    row = one(text, names)
    assert max(sizes) == 300  # the whole of it took two minutes
    assert (row["county_code"], row["status"]) == ("990181", "review")
    assert ["LONG_ADDRESS", {"read": 300, "of": len(text)}] in [list(reason) for reason in row["reasons"]]


@pytest.mark.parametrize("part", ["一", "一、", "南通市", "(", "1-", "附1", "10号", "路"])
def test_work_is_linear_in_the_size_of_an_address(names: Gazetteer, part: str) -> None:
    texts = [part * (size // len(part)) for size in (10_000, 20_000)]
    half, whole = (calls(partial(one, text, names)) for text in texts)
    assert whole <= 2.2 * half  # scripts/bench/parse tells the seconds


@pytest.mark.parametrize("number", ["2-40", "2~40", "2至40"])
def test_the_circle_of_a_range_holds_both_its_ends(names: Gazetteer, number: str) -> None:
    row = one(f"石埠市远山路{number}号", names)
    assert row["lon"] == pytest.approx(121.002, rel=0, abs=5e-4)
    assert row["radius_m"] > 0.0019 * 94_400
    assert row["level"] == "street"


def test_a_relation_widens_the_circle(names: Gazetteer) -> None:
    assert one("石埠市远山路10号对面", names)["radius_m"] > one("石埠市远山路10号", names)["radius_m"]


def test_house_numbers_make_a_county_as_narrow_as_they_stand_but_not_a_town() -> None:
    table = divisions()
    table.loc[["990181", "990181101"], ["lon", "lat"]] = (121.0, 32.03)
    rows = {key: row | {"town_code": "990181101"} for key, row in even_streets().items()}
    known = gazetteer.build(table, aliases(), places(**rows)).entities
    assert known["990181"].radius_m < 4_000  # all doors lie within 3.8 km
    assert known["990181101"].radius_m == 5_300.0  # the usual: outside the streets with numbers there is land, too


@pytest.mark.parametrize(("text", "away"), [("远山工业园附近", 50), ("远山工业园往北800米", 800)])
def test_a_relation_leads_away_by_metres_however_wide_the_place_is(names: Gazetteer, text: str, away: float) -> None:
    zone = one("石埠市远山工业园", names)["radius_m"]
    assert zone > 400
    assert one(f"石埠市{text}", names)["radius_m"] == pytest.approx(math.hypot(zone, away), abs=0.2)


def test_of_a_list_of_numbers_the_first_is_kept_and_the_others_stand_around() -> None:
    known = gazetteer.build(divisions(), aliases(), layers())
    door, listed = (one(f"石埠市远山路{number}号", known)["radius_m"] for number in ("10", "10、12"))
    assert listed == pytest.approx(math.hypot(door, 100), abs=0.2)


def houses(count: int) -> dict[str, dict[str, object]]:
    """Return houses whose doors, 40 m apart, lie 90 m south of them, and one more that only its address tells."""
    rows: dict[str, dict[str, object]] = {}
    for k in range(count + 1):
        house = {"kind": "building", "name": f"云帆{chr(0x4E00 + 7 * k)}大厦", "county_code": "990181"}
        door = {"kind": "address", "name": f"长岭路{2 * k + 2}号", "number": str(2 * k + 2), "county_code": "990181"}
        lon, at = 121.2 + k * 40 / 94_400, f"长岭路{2 * k + 2}号"
        north = Point(lon, 32.0 + 90 / 111_320) if k < count else None
        rows[f"house{k}"] = {"id": f"building:{k}", **house, "address": at, "geometry": north}
        rows[f"door{k}"] = {"id": f"address:{k}", **door, "geometry": Point(lon, 32.0)}
    return rows


@pytest.mark.parametrize(("count", "radius"), [(29, 75.0), (30, math.hypot(90, 40))])
def test_a_building_known_by_its_door_alone_reaches_as_far_as_others_do_from_theirs(count: int, radius: float) -> None:
    known = gazetteer.build(divisions(), aliases(), places(**houses(count)))
    row = one(f"石埠市云帆{chr(0x4E00 + 7 * count)}大厦", known)  # pins reach 40 m; fewer than 30 houses tell nothing
    assert (row["level"], codes(row)[0]) == ("building", "DOOR_OF_PLACE")
    assert row["radius_m"] == pytest.approx(radius, abs=0.2)


@pytest.mark.parametrize(("town", "status"), [("河口街道", "review"), ("柳桥街道", "auto")])
def test_a_building_whose_own_door_stands_in_another_town_waits_for_a_person(town: str, status: str) -> None:
    yard = {
        "id": "building:yard",
        "kind": "building",
        "name": "麋琬大院",
        "county_code": "990101",
        "address": "长岭路8号",
    }
    rows = {
        f"d{n}": {
            "id": f"address:{n}", "kind": "address", "name": f"长岭路{n}号", "number": str(n), "county_code": "990101",
            "town_code": "990101002", "geometry": Point(121.2 + n / 1e4, 32.0),
        }
        for n in (6, 8, 10)
    }  # fmt: skip
    row = one(
        f"东沟区{town}麋琬大院", gazetteer.build(divisions(), aliases(), places(yard=yard | {"geometry": None}, **rows))
    )
    assert (row["status"], "PLACE_NOT_IN_TOWN" in codes(row)) == (status, status == "review")


def test_the_town_of_a_known_number_is_told(names: Gazetteer) -> None:
    assert one("石埠市远山路10号", names)["town_code"] == "990181101"


# --- identity and position


def test_a_building_on_the_map_gives_its_point(names: Gazetteer) -> None:
    row = one("试验市东沟区云帆大厦3座501室", names)
    assert (row["building"], row["level"], row["lon"], row["lat"]) == (
        "building:990101:云帆大厦",
        "building",
        121.5,
        32.1,
    )
    assert (row["unit"], row["room"], row["town_code"]) == ("3座", "501", "990101002")


def test_a_learned_building_is_known_before_it_is_on_the_map(names: Gazetteer) -> None:
    row = one("望江路8号锦程大厦C座1室", names)
    assert (row["building"], row["level"], row["status"]) == ("building:990101:锦程大厦", "building", "auto")
    assert pd.isna(row["lon"]) and pd.isna(row["radius_m"])
    assert codes(row)[0] == "NOT_ON_MAP"


def test_the_door_stands_for_its_building(names: Gazetteer) -> None:
    row = one("试验市东沟区望江路8号", names)
    assert row["building"] == "building:990101:锦程大厦"
    assert "BUILDING_FROM_DOOR" in codes(row)


def test_a_village_of_two_counties_is_a_list_of_candidates(names: Gazetteer) -> None:
    row = one("新桥村3组", names)
    assert row["status"] != "auto"
    assert {candidate["place"] for candidate in row["candidates"]} & {"990101", "990102"}
    assert len(row["candidates"]) <= 5


def test_of_two_counties_that_an_address_names_both_are_offered(names: Gazetteer) -> None:
    row = one("东沟区望江路1号 西塘区", names)
    assert row["status"] == "review"
    assert "CONFLICT" in codes(row)
    assert {row["county_code"], *(c["place"] for c in row["candidates"])} >= {"990101", "990102"}


def test_what_an_address_alone_has_taught_is_no_reason_for_it() -> None:
    text = "试验市东沟区望江路9号瑞虹院"
    learned = gazetteer.learn([text], gazetteer.build(divisions(), aliases(), layers()))
    assert learned.facts.loc[learned.facts["name"].eq("瑞虹院"), "mentions"].tolist() == [1]
    row = one(text, gazetteer.build(divisions(), aliases(), layers(), facts=learned.facts))
    assert row["county_code"] == "990101"
    assert "瑞虹院" not in [detail.get("name") for _, detail in row["reasons"]]


@pytest.mark.parametrize("text", ["远方市中山路1号", "远方省某市1号"])
def test_elsewhere_is_outside_and_never_snapped(names: Gazetteer, text: str) -> None:
    row = one(text, names)
    assert (row["status"], row["level"]) == ("outside", "none")
    assert pd.isna(row["county_code"]) and pd.isna(row["lon"])


@pytest.mark.parametrize("text", ["", "无", None, "-", "同上"])
def test_no_address_is_none(names: Gazetteer, text: object) -> None:
    row = one(text, names)
    assert (row["status"], row["level"], codes(row)) == ("none", "none", ["EMPTY"])


# --- the firm's name


def test_the_firm_s_name_breaks_ties_but_is_never_accepted_alone(names: Gazetteer) -> None:
    row = one("永丰弄3号", names, name="石埠市大地五金厂")
    assert row["county_code"] == "990181"
    assert row["status"] == "review"
    assert "COMPANY_NAME" in codes(row)


def test_the_firm_s_name_does_not_overrule_the_address(names: Gazetteer) -> None:
    row = one("试验市东沟区望江路3号", names, name="石埠市大地五金厂")
    assert (row["county_code"], row["status"]) == ("990101", "auto")


def test_the_firm_s_name_can_be_switched_off(names: Gazetteer) -> None:
    with_it, without = (one("永丰弄3号", names, name="石埠市大地五金厂", company=use) for use in (True, False))
    assert with_it["county_code"] == "990181"
    assert "COMPANY_NAME" not in codes(without)


# --- frames


def test_the_operating_address_comes_first_where_it_is_known(names: Gazetteer) -> None:
    frame = pd.DataFrame(
        {"address": ["石埠市远山路10号"] * 3, "operating_address": ["试验市东沟区云帆大厦", None, "  "]},
        index=list("abc"),
    )
    assert locate(frame, names)["county_code"].tolist() == ["990101", "990181", "990181"]


def test_the_registered_address_helps_where_the_operating_one_is_open(names: Gazetteer) -> None:
    frame = pd.DataFrame(
        {"address": ["石埠市远山路10号"] * 2, "operating_address": ["新桥村3组", "同上"]}, index=list("ab")
    )
    found = locate(frame, names)
    assert found["county_code"].tolist()[1] == "990181"
    assert found["level"].tolist()[1] == "number"
    assert found["status"].tolist()[0] == "review"  # 新桥村 lies in two other counties


def test_a_city_without_counties_is_located_too() -> None:
    flat = gazetteer.build(divisions().loc[["990100"]], aliases([]), places())
    row = one("试验市望江路1号", flat, name="试验市大地五金厂")
    assert (row["county_code"], row["status"]) == ("990100", "auto")


def test_thresholds_are_arguments(names: Gazetteer) -> None:
    assert one("石埠市远山路10号", names, auto=0.999999)["status"] == "review"
    assert one("石埠市远山路10号", names, least=1.1)["status"] == "none"


def test_a_pin_is_an_input_and_wins(names: Gazetteer) -> None:
    pin = {"kind": "pin", "subject": "x", "lon": 121.3, "lat": 32.3, "decided_by": "李", "decided_on": "2026-01-01"}
    decisions = DECISIONS.conform(pd.DataFrame([pin], index=["d1"]))
    row = locate(pd.DataFrame({"address": ["石埠市远山路10号"]}, index=["x"]), names, decisions=decisions).iloc[0]
    assert (row["lon"], row["lat"], row["confidence"], codes(row)[0]) == (121.3, 32.3, 1.0, "PINNED")


def test_components_speak_of_the_raw_text(names: Gazetteer) -> None:
    raw = "石埠市　远山路１０号"
    for label, text, start, end in one(raw, names)["components"]:
        assert raw[start:end] == text
        assert label
    assert [part[0] for part in one(raw, names)["components"]] == ["district", "road", "roadno"]


TEXTS = st.lists(
    st.one_of(st.none(), st.text(max_size=30), st.sampled_from([*REGISTER, "远山路10号", "新桥村", "远方市"])),
    max_size=8,
)


@settings(deadline=None)
@given(TEXTS)
def test_every_row_is_answered_in_order(names: Gazetteer, texts: list[str | None]) -> None:
    frame = pd.DataFrame({"address": texts}, index=[f"r{k}" for k in range(len(texts))], dtype="object")
    found = locate(frame, names)
    assert list(found.index) == list(frame.index)
    assert list(found.columns) == list(LOCATIONS.columns)
    assert set(found["status"]) <= {"auto", "review", "none", "outside"}
    assert found["confidence"].between(0, 1).all()
    assert found["county_code"].isna().eq(found["status"].isin(["none", "outside"])).all()
    assert found["lon"].isna().eq(found["radius_m"].isna()).all()
    alone = [locate(frame.iloc[[k]], names).iloc[0].drop("reasons").to_dict() for k in range(len(frame))]
    assert str([found.iloc[k].drop("reasons").to_dict() for k in range(len(frame))]) == str(alone)


FIRMS = st.tuples(
    st.sampled_from([*REGISTER, "远山路10号", "东沟区柳桥街道", "东沟区", "云帆大厦(3楼", "柳桥街到", "远方市", ""]),
    st.sampled_from(["试验云帆大厦物业有限公司", "石埠市某厂", "某厂"]),
)


@settings(deadline=None)
@given(st.lists(FIRMS, max_size=9), st.integers(1, 4), st.randoms(use_true_random=False))
def test_neither_order_nor_the_size_of_blocks_changes_an_answer(
    names: Gazetteer, firms: list[tuple[str, str]], size: int, shuffler: Random
) -> None:
    frame = pd.DataFrame(firms, columns=["address", "name"], index=[f"r{k}" for k in range(len(firms))], dtype="object")
    mixed = frame.loc[shuffler.sample(list(frame.index), len(frame))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "_STEP", size)
        patch.setattr("geo.geocode.rows._MOST_TEXTS", size)
        patch.setattr("geo.geocode.alike._MOST", size)
        blocks = locate(mixed, names)
    assert str(locate(frame, names).loc[mixed.index].to_dict("index")) == str(blocks.to_dict("index"))


HEADS = [
    *("远方市远山路", "石埠市远山路", "东沟区柳桥街道", "石埠市新桥村", "云帆大厦", "东沟区柳桥街到", "石埠市飞云阁"),
    *REGISTER,
]
TAILS = [
    *(
        "",
        "10号",
        "11号",
        "300号",
        "10号云帆大厦",
        "10、12号",
        "10-20号",
        "10号旁",
        "5组",
        "3幢201室",
        "号",
        "(内)",
        "无",
    ),
    *("12号不在", "14号(已搬迁)", "10号江面", "12号店面3", "10号A座", "12号之间"),
]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(HEADS), st.sampled_from(TAILS)).map("".join), max_size=12))
def test_addresses_that_name_the_same_share_nothing_that_is_their_own(names: Gazetteer, texts: list[str]) -> None:
    frame = pd.DataFrame({"address": texts}, index=[f"r{k}" for k in range(len(texts))], dtype="object")
    together = locate(frame, names)
    alone = [locate(frame.iloc[[k]], names).iloc[0].to_dict() for k in range(len(frame))]
    assert str(together.to_dict("records")) == str(alone)


# --- places by geometry


def outlines() -> gpd.GeoDataFrame:
    frame = pd.DataFrame({"name": ["石埠市", "东沟区"], "level": "county"}, index=["990181", "990101"])
    shapes = [box(120.9, 31.9, 121.2, 32.2), box(121.2, 31.9, 121.6, 32.2)]
    conformed = OUTLINES.conform(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"))
    assert isinstance(conformed, gpd.GeoDataFrame)
    return conformed


def test_a_position_tells_the_zone_around_it(names: Gazetteer) -> None:
    frame = pd.DataFrame({"address": ["石埠市远山路10号", "石埠市远山路2号", "石埠市"]}, index=list("abc"))
    found = assign(locate(frame, names), layers(), outlines())
    assert found["zone"].fillna("").tolist() == ["zone:990181:远山工业园", "", ""]


def test_an_outline_that_disagrees_sends_the_row_to_a_person() -> None:
    row = {"county_code": "990101", "level": "number", "status": "auto", "confidence": 0.9, "lon": 121.0, "lat": 32.0,
           "radius_m": 60.0, "reasons": [[]]}  # fmt: skip
    frame = LOCATIONS.conform(pd.DataFrame(row, index=["x"]).assign(reasons=[[["NUMBER_EXACT", {}]]]))
    found = assign(frame, layers(), outlines()).iloc[0]
    assert found["status"] == "review"
    assert [code for code, _ in found["reasons"]] == ["OUTLINE_DISAGREES", "NUMBER_EXACT"]
    assert frame["status"].tolist() == ["auto"]


def test_a_position_near_a_border_is_told_and_an_unknown_county_filled() -> None:
    row = {"county_code": [None, "990181"], "level": "number", "status": "auto", "lon": [121.0, 121.1999], "lat": 32.0,
           "radius_m": 60.0}  # fmt: skip
    frame = LOCATIONS.conform(pd.DataFrame(row, index=["x", "y"]).assign(reasons=[[], []]))
    found = assign(frame, layers(), outlines())
    assert found["county_code"].tolist() == ["990181", "990181"]
    assert [[code for code, _ in reasons] for reasons in found["reasons"]] == [[], ["NEAR_BORDER"]]


def test_a_credit_code_breaks_a_tie_only_where_that_is_switched_on(names: Gazetteer) -> None:
    frame = pd.DataFrame({"address": ["人民路9号"], "uscc": ["91990181MA00000000"]}, index=["x"])
    plain, tied = (locate(frame, names, options=LocateOptions(credit_code=on)).iloc[0] for on in (False, True))
    assert "CREDIT_CODE" not in codes(plain)
    assert "CREDIT_CODE" in codes(tied)
    assert tied["status"] != "auto"
    named = frame.assign(address="东沟区人民路9号")
    row = locate(named, names, options=LocateOptions(credit_code=True)).iloc[0]
    assert "CREDIT_CODE" not in codes(row)
    assert row["county_code"] == "990101"


def test_a_place_in_the_firms_name_is_for_a_person_to_confirm(names: Gazetteer) -> None:
    row = one("东沟区柳桥街道", names, name="试验云帆大厦物业有限公司")
    assert (row["building"], row["status"]) == ("building:990101:云帆大厦", "review")
    assert "PLACE_BY_NAME" in codes(row)
    assert one("东沟区柳桥街道8号", names, name="试验云帆大厦物业有限公司")["building"] is pd.NA
    assert one("西塘区柳树镇", names, name="试验云帆大厦物业有限公司")["building"] is pd.NA
