"""The gazetteer: what names mean, and what the registry teaches."""

import random

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from geo import gazetteer
from geo.frames import ALIASES, CRS, DIVISIONS, PLACES
from geo.gazetteer import Gazetteer, GazetteerError, Learned, read

ROWS = {
    "990100": ("试验市", "city", None, None),
    "990101": ("东沟区", "county", "990100", None),
    "990102": ("西塘区", "county", "990100", None),
    "990181": ("石埠市", "county", "990100", None),
    "990103": ("老港区", "county", "990100", "2015-06-30"),
    "990101001": ("河口街道", "town", "990101", None),
    "990101002": ("柳桥街道", "town", "990101", None),
    "990102101": ("柳树镇", "town", "990102", None),
    "990181101": ("三厂镇", "town", "990181", None),
    "990102102": ("旧集乡", "town", "990102101", "2010-01-01"),
    "990101001001": ("新桥社区居委会", "village", "990101001", None),
    "990102101201": ("新桥村委会", "village", "990102101", None),
    "990181101201": ("双墩村委会", "village", "990181101", None),
}
OTHER_NAMES = [
    ("西塘县", "990102", "former"),
    ("老港区", "990101", "former"),
    ("试验经济技术开发区", "990101", "official"),
    ("柳桥镇", "990101002", "former"),
    ("远方市", "880100", "official"),
    ("远方省", "880000", "official"),
]


def divisions() -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(ROWS, orient="index", columns=["name", "level", "parent", "valid_to"])
    return DIVISIONS.conform(frame.assign(parent=frame["parent"].fillna("")))


def aliases(rows: list[tuple[str, str, str]] = OTHER_NAMES) -> pd.DataFrame:
    return ALIASES.conform(
        pd.DataFrame(rows, columns=["alias", "target", "kind"], index=[f"a{k}" for k in range(len(rows))])
    )


def places(**rows: dict[str, object]) -> gpd.GeoDataFrame:
    if not rows:
        empty = PLACES.empty()
        assert isinstance(empty, gpd.GeoDataFrame)
        return empty
    frame = pd.DataFrame(
        [{"origin": "layer", **row} for row in rows.values()], index=[str(r["id"]) for r in rows.values()]
    )
    layer = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(list(frame["geometry"]), index=frame.index, crs=CRS))
    conformed = PLACES.conform(layer)
    assert isinstance(conformed, gpd.GeoDataFrame)
    return conformed


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    return gazetteer.build(divisions(), aliases(), places())


REGISTER = [
    *(f"试验市东沟区望江路{k}号" for k in (1, 3, 5, 7)),
    *(f"试验市东沟区望江路8号锦程大厦{k}座302室" for k in "ABC"),
    "望江路8号锦程大厦A座1楼",
    *(f"石埠市滨江大道{k}号" for k in (2, 4, 6)),
    "石埠市三厂镇轻纺市场3幢",
    "石埠市轻纺市场5号店",
    "试验市中山路1号",
    "试验市中山路9号",
]


def taught(rows: list[str]) -> Learned:
    return gazetteer.learn(rows, gazetteer.build(divisions(), aliases(), places()))


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("试验市东沟区望江路1号", "990101"),
        ("西塘县柳树镇新桥村", "990102"),
        ("老港区望江路1号", "990101"),
        ("石埠市三厂镇双墩村3组", "990181"),
        ("石埠三厂镇", "990181"),
        ("柳桥镇1号", "990101"),
        ("旧集乡", "990102"),
        ("试验市经济开发区", "990101"),
        ("石埠经济开发区滨江大道1号", "990181"),
        ("试验石埠滨江大道1号", "990181"),
    ],
)
def test_a_named_division_tells_the_county(names: Gazetteer, text: str, county: str) -> None:
    reading = read(names, text)
    assert reading.county == county
    assert reading.chance > 0.9


def test_a_house_called_after_another_county_is_no_second_one(names: Gazetteer) -> None:
    reading = read(names, "东沟区石埠文化广场1号")
    assert reading.districts == {"990101"}


def test_the_zone_of_the_city_is_what_addresses_taught_where_no_layer_tells() -> None:
    unknown = aliases([row for row in OTHER_NAMES if row[0] != "试验经济技术开发区"])
    bare = gazetteer.build(divisions(), unknown, places())
    assert read(bare, "试验市经济技术开发区白石路9号").county == "990101"
    rows = [f"试验市西塘区试验经济技术开发区潮河路{k}号" for k in range(1, 7)]
    learned = gazetteer.learn(rows, bare)
    known = gazetteer.build(divisions(), unknown, learned.places, facts=learned.facts)
    assert read(known, "试验市经济技术开发区白石路9号").county == "990102"


def test_a_park_is_written_with_and_without_its_last_character() -> None:
    zone = {"kind": "zone", "name": "云帆科技园", "county_code": "990181", "geometry": None}
    names = gazetteer.build(divisions(), aliases(), places(zone={"id": "zone:990181:云帆科技园", **zone}))
    for text in ("云帆科技园望江路8号", "云帆科技园区望江路8号"):
        found = names.read(text)
        assert [found.text[start:end] for _label, start, end in found.components][1:] == ["望江路", "8号"]
        assert read(names, text).county == "990181"


def test_the_prefecture_alone_means_the_city_proper(names: Gazetteer) -> None:
    assert names.core == {"990101"}  # 西塘 was a county, 石埠 is a city of its own
    assert read(names, "试验市中山路1号").county == "990101"


def test_a_village_of_two_counties_stays_open(names: Gazetteer) -> None:
    assert read(names, "新桥村3组").chance < 0.9


@pytest.mark.parametrize("text", ["石埠路3号", "东沟大道5号", "柳树巷1号", "远方路2号", "三厂路1号"])
def test_place_names_inside_roads_are_not_places(names: Gazetteer, text: str) -> None:
    reading = read(names, text)
    assert reading.address.labels == ["road"]
    assert reading.outside is None


@pytest.mark.parametrize("text", ["远方市中山路1号", "远方省某某市中山路1号"])
def test_an_address_elsewhere_is_outside(names: Gazetteer, text: str) -> None:
    assert read(names, text).outside is not None


def test_two_counties_in_one_address_are_a_conflict(names: Gazetteer) -> None:
    assert read(names, "东沟区石埠市滨江大道2号").conflict
    assert not read(names, "试验市东沟区东沟区望江路").conflict


def test_divisions_without_a_county_are_the_city_itself() -> None:
    flat = divisions().loc[["990100"]]
    assert gazetteer.build(flat, aliases([]), places()).counties == ("990100",)
    with pytest.raises(GazetteerError):
        gazetteer.build(DIVISIONS.empty(), aliases([]), places())


# --- learning


def test_a_row_with_its_county_teaches_the_row_without() -> None:
    learned = taught(REGISTER)
    names = gazetteer.build(divisions(), aliases(), learned.places, facts=learned.facts)
    assert read(names, "滨江大道8号").county == "990181"
    assert read(names, "望江路11号").county == "990101"


def test_an_unknown_town_is_learned_from_the_county_written_or_a_town_beside_it_only() -> None:
    spread = [f"试验市无名镇兴隆街{k}号" for k in range(3)] + [f"试验市无名镇望江路{k}号" for k in range(3)]
    facts = taught([*REGISTER, *spread]).facts
    assert not facts["kind"].eq("town").any()
    written = taught([*spread, "试验市石埠市无名镇兴隆街9号"]).facts
    assert written.loc[written["kind"].eq("town"), ["county_code", "mentions"]].to_numpy().tolist() == [["990181", 1]]


def test_buildings_and_markets_that_several_addresses_name_become_places() -> None:
    learned = taught(REGISTER).places
    assert learned.at["building:990101:锦程大厦", "mentions"] == 4
    assert learned.at["building:990101:锦程大厦", "address"] == "望江路8号"
    assert learned.at["market:990181:轻纺市场", "mentions"] == 2
    assert learned.at["street:990181:滨江大道", "mentions"] == 3
    assert set(learned["origin"]) == {"registry"}
    assert learned.geometry.isna().all()
    assert learned.at["market:990181:轻纺市场", "town_code"] == "990181101"


def test_words_of_every_town_become_no_place() -> None:
    learned = taught([f"试验市东沟区河口街道办公楼{k}室" for k in range(5)] + ["东沟区水域", "东沟区水域东侧"]).places
    assert not set(learned["kind"]) & {"building", "market"}


def test_the_order_of_rows_does_not_matter() -> None:
    shuffled = REGISTER.copy()
    random.Random(5).shuffle(shuffled)
    one, two = taught(REGISTER), taught(shuffled)
    pd.testing.assert_frame_equal(one.facts, two.facts)
    pd.testing.assert_frame_equal(pd.DataFrame(one.places), pd.DataFrame(two.places))


def test_a_register_too_large_to_keep_teaches_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    one = taught(REGISTER)
    monkeypatch.setattr("geo.gazetteer.learning._KEPT", 0)
    two = taught(REGISTER)
    pd.testing.assert_frame_equal(one.facts, two.facts)
    pd.testing.assert_frame_equal(pd.DataFrame(one.places), pd.DataFrame(two.places))


def test_the_hash_tells_contents_apart_and_nothing_else() -> None:
    base = gazetteer.build(divisions(), aliases(), places())
    assert base.hash == gazetteer.build(divisions(), aliases()[::-1], places()).hash
    assert base.hash != gazetteer.build(divisions(), aliases(OTHER_NAMES[:-1]), places()).hash


STREET = {"id": "street:990181:远山路", "kind": "street", "name": "远山路", "county_code": "990181",
          "geometry": LineString([(121.0, 32.0), (121.01, 32.0)])}  # fmt: skip
PIECES = st.lists(
    st.sampled_from(
        ["试验市", "东沟区", "石埠市", "三厂镇", "望江路", "8号", "锦程大厦", "新桥村", "3组", "柳树", "室", "、"]
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PIECES.map("".join))
def test_an_unrelated_name_changes_no_answer(names: Gazetteer, text: str) -> None:
    more = gazetteer.build(divisions(), aliases(), places(street=STREET))
    one, two = read(names, text), read(more, text)
    assert (one.posterior, one.address.components) == (two.posterior, two.address.components)


WORDS = "试验市 东沟区 石埠市 三厂镇 三厂 河口 望江路 锦程大厦 新桥村 新桥 双墩 柳树 某路 某某工业园 东 市"
BEGINNINGS = st.lists(st.sampled_from(WORDS.split()), max_size=4)
ENDINGS = st.lists(
    st.sampled_from(["8", "12", "301", "-", "号", "组", "幢", "楼", "单元", "号楼", "室", "内", "路", "东"]), max_size=5
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(BEGINNINGS.map("".join), st.lists(ENDINGS, min_size=2, max_size=4))
def test_what_begins_alike_is_read_as_if_it_stood_alone(names: Gazetteer, begins: str, ends: list[str]) -> None:
    texts = [begins + end for end in ends]
    assert names.read_all(texts) == [names.read(text) for text in texts]


def test_a_name_among_numbers_is_found_behind_a_beginning_that_is_known() -> None:
    house = {"id": "building:990181:8号楼", "kind": "building", "name": "8号楼", "county_code": "990181"}
    names = gazetteer.build(divisions(), aliases(), places(house={**house, "geometry": None}))
    texts = ["石埠市三厂镇5号", "石埠市三厂镇8号楼", "石埠市三厂镇8号楼3室", "石埠市三厂镇5号"]
    assert names.read_all(texts) == [names.read(text) for text in texts]
    assert "poi" in names.read_all(texts)[1].labels


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_any_text_can_be_learned_from(raw: str) -> None:
    assert (
        len(gazetteer.learn([raw, raw, None, float("nan")], gazetteer.build(divisions(), aliases(), places())).facts)
        >= 0
    )


@pytest.mark.parametrize("text", ["试验市驻外办", "试验市内各工地", "试验市金桥大厦3楼", "试验市远近路3号"])
def test_one_guessed_address_teaches_itself_nothing(text: str) -> None:
    learned = taught([text])
    names = gazetteer.build(divisions(), aliases(), places(), facts=learned.facts)
    assert [name.text for _, name in read(names, text).voices if name.form == "learned"] == []
    assert read(names, text).chance <= read(gazetteer.build(divisions(), aliases(), places()), text).chance


def test_an_address_that_names_its_county_teaches_alone() -> None:
    learned = taught(["石埠市远近路3号"])
    names = gazetteer.build(divisions(), aliases(), places(), facts=learned.facts)
    assert read(names, "远近路5号").county == "990181"


def test_layers_give_streets_points_and_doors() -> None:
    shared = {"county_code": "990181"}
    point = {"id": "address:990181:远山路8号", "kind": "address", "name": "远山路8号", "number": "8", **shared}
    house = {"id": "building:990181:云帆楼", "kind": "building", "name": "云帆楼", "address": "远山路8号", **shared}
    layer = places(street=STREET, point={**point, "geometry": Point(121.005, 32.0)}, house={**house, "geometry": None})
    names = gazetteer.build(divisions(), aliases(), layer)
    assert [point.main for point in names.points["990181", "远山路"].points] == [8]
    assert names.doors["990181", "远山路", "8"] == "building:990181:云帆楼"
    assert read(names, "远山路3号").county == "990181"
