"""OpenStreetMap extracts: what their tags mean, what is left out, and files that are no extracts."""

import osmium
import pytest
import shapely

from geo.errors import FileRefused
from geo.frames import DIVISIONS
from geo.io.geocoding import join_places
from geo.io.osm import is_extract, read_osm, read_places
from geo.registry.osm import ATTRIBUTION, village_points
from tests.geo.osm_file import OsmFile, place


def town():
    osm = OsmFile()
    osm.way((0, 0), (500, 0), highway="secondary", oneway="yes", name="人民 中路")
    osm.way((500, 30), (0, 30), highway="secondary", oneway="yes", name="人民中路")
    osm.way((0, -20), (500, -20), highway="service", name="人民中路辅路")
    osm.way((500, 0), (520, 10), highway="secondary_link", name="人民中路")
    osm.way((520, 10), (530, 20), (520, 30), highway="secondary", junction="roundabout", name="人民中路")
    osm.way((500, 0), (900, 0), highway="residential", name="Renmin Lu", name__zh="和平路")
    osm.way((100, 30), (100, 90), (100, 150), highway="service", name="人民中路 88 弄")
    osm.way((0, 300), (90, 300), highway="residential")
    osm.area(40, 40, 30, 20, building="office", name="华辰大厦", building__levels="18", addr__street="人民中路",
             addr__housenumber="66")  # fmt: skip
    osm.area(41, 41, 5, 5, building="yes", name="华辰大厦")
    osm.area(140, 40, 30, 20, building="yes", name="3号楼")
    osm.area(200, 40, 80, 60, building="retail", name="万象城")
    osm.node(300, 50, amenity="marketplace", name="钟秀农贸市场")
    osm.area(400, 100, 300, 200, landuse="industrial", name="崇川科技园")
    osm.area(400, 400, 300, 200, landuse="industrial", name="南通某某机械有限公司")
    osm.area(800, 100, 200, 200, landuse="residential", name="虹桥新村")
    osm.node(20, -10, addr__street="人民中路", addr__housenumber="60;62")
    osm.node(2000, 2000, place="village", name="韩湘坝村")
    osm.node(0, 50, shop="bakery", name="面包店")
    return osm


def by_kind(path, kind="", outlines=None):
    return {found: rows for found, rows, _ in read_places(path, kind, outlines)}


def test_what_a_small_town_gives(tmp_path):
    path = town().write(tmp_path / "a.osm")
    found = by_kind(path)
    names = {kind: sorted(rows["name"]) for kind, rows in found.items()}
    assert names["zone"] == ["崇川科技园"]
    assert names["market"] == ["万象城", "钟秀农贸市场"]
    assert names["building"] == sorted(["华辰大厦", "南通某某机械有限公司", "虹桥新村"])
    assert sorted(set(names["street"])) == ["人民中路", "和平路"]
    assert names["street"].count("人民中路") == 3  # two carriageways and the side road; no ramp, no roundabout
    assert names["village"] == ["韩湘坝村"]
    house = found["building"].set_index("name").loc["华辰大厦"]
    assert (house["floors"], house["address"]) == ("18", "人民中路66号")
    assert house["geometry"].area > 1e-8
    assert {rows["source"].iloc[0] for rows in found.values()} == {f"{ATTRIBUTION} (2025-08-09)"}


def test_house_numbers_of_points_houses_and_lanes(tmp_path):
    rows = by_kind(town().write(tmp_path / "a.osm"), "address")["address"]
    assert sorted(zip(rows["street"], rows["number"], strict=True)) == [
        ("人民中路", "60"), ("人民中路", "66"), ("人民中路", "88"),
    ]  # fmt: skip
    lane = rows.set_index("number").loc["88"]
    assert lane["address"] == "人民中路88弄"
    assert (lane["geometry"].x, lane["geometry"].y) == pytest.approx(place(100, 30), abs=1e-6)


def test_areas_of_several_ways_and_ways_cut_off(tmp_path):
    osm = OsmFile()
    one = osm.way((0, 0), (300, 0), (300, 300))
    two = osm.way((300, 300), (0, 300), (0, 0))
    osm.relation(one, two, type="multipolygon", landuse="industrial", name="通州工业园")
    osm.way((0, 0), (50, 0), 99_999, (900, 0), highway="residential", name="断头路")
    osm.relation(77, type="multipolygon", landuse="industrial", name="半个工业园")
    extract = read_osm(osm.write(tmp_path / "a.osm"))
    assert extract.rows["kind"].tolist() == ["street", "zone"]
    assert extract.rows["geometry"].iloc[1].geom_type == "Polygon"
    assert extract.rows["geometry"].iloc[0].length == pytest.approx(place(50, 0)[0] - place(0, 0)[0], abs=1e-6)


def test_counties_of_the_extract_itself_are_told(tmp_path):
    osm = OsmFile()
    border = osm.area(-100, -100, 400, 400)
    osm.relation(border, type="boundary", boundary="administrative", admin_level="6", name="崇川区")
    osm.way((0, 0), (200, 0), highway="residential", name="人民路")
    osm.way((900, 0), (1200, 0), highway="residential", name="和平路")
    rows = by_kind(osm.write(tmp_path / "a.osm"), "street")["street"].set_index("name")
    assert rows["county"].to_dict() == {"人民路": "崇川区", "和平路": None}


def test_a_pbf_holds_the_same(tmp_path):
    path = town().write(tmp_path / "a.osm")
    packed = tmp_path / "city.osm.pbf"
    with osmium.SimpleWriter(packed) as writer:
        for thing in osmium.FileProcessor(path):
            writer.add(thing)
    assert is_extract(packed)
    assert is_extract(path)
    one, two = (read_osm(file).rows for file in (path, packed))
    assert one.drop(columns="geometry").equals(two.drop(columns="geometry"))
    assert shapely.equals_exact(one["geometry"].tolist(), two["geometry"].tolist(), 1e-7).all()


def test_villages_get_points_if_their_name_is_the_only_one():
    divisions = DIVISIONS.conform(
        DIVISIONS.empty().reindex(["320613001001", "320613001002", "320612001001", "320612001002"]).assign(
            name=["韩湘坝村村委会", "新桥村", "新桥村村委会", "石港社区"], level="village", parent="320613001",
            lon=[None, None, None, 121.0], lat=[None, None, None, 32.0],
        )
    )  # fmt: skip
    osm = OsmFile()
    for name in ("韩湘坝村", "新桥村", "石港社区", "无名村"):
        osm.node(len(name), 10, place="village", name=name)
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        rows = by_kind(osm.write(Path(folder) / "a.osm"), "village")["village"]
    placed = village_points(rows, divisions)
    assert list(placed.index) == ["320613001001"]
    assert placed["lon"].notna().all()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<?xml version='1.0'?><osm version='0.6'><node id='1' lat='32' lon='120'>", "FILE_TRUNCATED"),
        (b"<?xml version='1.0'?><osm version='0.6'></osm>", "NO_ROWS"),
        (b"<html><body>404</body></html>", "LAYER_UNREADABLE"),
        (b"<?xml version='1.0'?><osm version='0.6'><node id='x' lat='32' lon='120'/></osm>", "LAYER_UNREADABLE"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><osm version='0.6'></osm>", "LAYER_UNREADABLE"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c\x10\x71", "FILE_TRUNCATED"),
    ],
)
def test_files_that_are_no_extracts(tmp_path, content, code):
    path = tmp_path / "a.osm"
    if content.startswith(b"\x00"):
        path = tmp_path / "a.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        read_osm(path)
    assert caught.value.code == code
    assert caught.value.detail["file"] == path.name


def test_a_cut_pbf_is_told(tmp_path):
    whole = tmp_path / "whole.osm.pbf"
    with osmium.SimpleWriter(whole) as writer:
        for thing in osmium.FileProcessor(town().write(tmp_path / "a.osm")):
            writer.add(thing)
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(FileRefused) as caught:
        read_osm(cut)
    assert caught.value.code == "FILE_TRUNCATED"


def test_hostile_names_and_numbers_do_no_harm(tmp_path):
    osm = OsmFile()
    osm.way((0, 0), (200, 0), highway="residential", name="&lt;script&gt;路" + "长" * 200)
    osm.way((0, 50), (200, 50), highway="residential", name="=1+1路")
    osm.node(0, 0, addr__street="人民路", addr__housenumber="9" * 200)
    osm.node(5, 0, addr__street="人民路", addr__housenumber="甲;")
    found = by_kind(osm.write(tmp_path / "a.osm"))
    assert len(found["street"]) == 1
    assert len(found["address"]) == 2
    assert join_places([]).empty
