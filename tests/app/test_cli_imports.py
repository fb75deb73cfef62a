"""The ``import`` commands: exit status 0 done, 1 rows rejected, 2 nothing done; one sentence for a refusal."""

import json

import openpyxl
import pytest

from app import create_app, runs, store
from app.config import Config
from app.db import attached
from tests.geo.osm_file import OsmFile

FIRM = "海门市直属机关消费合作社,913206841387832638,海门市政府大院内,25"
HEADER = "企业名称,统一社会信用代码,注册地址,职工人数"


@pytest.fixture
def app(tmp_path):
    return create_app(Config.from_environment({}, instance=tmp_path / "instance", worker=False))


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *args: runner.invoke(args=["import", *map(str, args)])


def write(path, *lines, encoding="utf-8"):
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def stored(app, layer):
    with app.app_context(), attached(app).session() as session:
        return store.read(session, layer, store.CITY)


def test_done_rejected_and_nothing_done_have_their_status(run, app, tmp_path):
    good = write(tmp_path / "a.csv", HEADER, FIRM, encoding="gb18030")
    assert run("enterprises", good, "--dry-run").exit_code == 0
    assert stored(app, "enterprises").empty
    done = run("enterprises", good, "--source", "市场监管", "--date", "2026-01-05")
    assert done.exit_code == 0, done.output
    assert "新增 1" in done.output
    firm = stored(app, "enterprises").iloc[0]
    assert (firm["source"], str(firm["source_date"].date()), firm["workers"]) == ("市场监管", "2026-01-05", 25)
    some = write(tmp_path / "b.csv", HEADER, FIRM, ",,崇川区人民路1号,3")
    returned = tmp_path / "r.xlsx"
    assert run("enterprises", some, "--rejected", returned).exit_code == 1
    assert openpyxl.load_workbook(returned).worksheets[0]["A2"].value == 3
    assert run("enterprises", write(tmp_path / "c.csv", HEADER, ",,崇川区人民路1号,3")).exit_code == 2
    refused = run("enterprises", write(tmp_path / "d.csv", "甲,乙", "1,2"))
    assert refused.exit_code == 2
    assert "找不到表头" in refused.output
    assert "Traceback" not in refused.output


def test_columns_by_map_and_its_faults(run, app, tmp_path):
    path = write(tmp_path / "a.csv", "甲,乙", "南通甲有限公司,人民路1号")
    assert run("enterprises", path, "--map", "name=甲", "--map", "address=乙").exit_code == 0
    assert list(stored(app, "enterprises")["address"]) == ["人民路1号"]
    for pairs in (["name=丙"], ["namen=甲"], ["name=甲", "address=甲"], ["name"]):
        bad = run("enterprises", path, *(part for pair in pairs for part in ("--map", pair)))
        assert bad.exit_code == 2, pairs
        assert "Traceback" not in bad.output


def test_a_layer_of_places_with_its_datum_and_undo(run, app, tmp_path):
    shape = {"type": "Point", "coordinates": [120.86, 32.01]}
    lost = {"type": "Point", "coordinates": [32.01, 120.86]}
    features = [
        {"type": "Feature", "geometry": shape, "properties": {"名称": "华辰大厦", "所在县区": "崇川区", "楼层数": 20}},
        {"type": "Feature", "geometry": lost, "properties": {"名称": "南通大厦", "所在县区": "港闸区"}},
        {"type": "Feature", "geometry": shape, "properties": {"名称": None}},
    ]
    path = tmp_path / "b.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    done = run("places", path, "--kind", "building", "--datum", "gcj02")
    assert done.exit_code == 1, done.output
    assert "POSITION_SWAPPED" in done.output
    places = stored(app, "places")
    assert list(places.index) == ["building:320613:华辰大厦", "building:320613:南通大厦"]
    assert places.geometry.notna().tolist() == [True, False]
    batch = done.output.split("import undo ")[1].split(")")[0]
    assert run("undo", batch).exit_code == 0
    assert stored(app, "places").empty
    assert run("undo", batch).exit_code == 2
    assert run("undo", "nothing").exit_code == 2


def test_a_kind_of_place_must_be_named(run, tmp_path):
    assert run("places", write(tmp_path / "a.csv", "名称", "华辰大厦")).exit_code == 2


def test_streets_from_an_openstreetmap_extract(run, app, shared):
    done = run("places", shared / "osm" / "shanghai_center.osm", "--kind", "street")
    assert done.exit_code == 0, done.output
    streets = stored(app, "places")
    assert len(streets) > 50
    assert set(streets.geometry.geom_type) <= {"LineString", "MultiLineString"}
    assert streets.index.is_unique
    assert (streets.geometry.geom_type == "LineString").mean() > 0.99
    assert streets["name"].duplicated().sum() < 0.01 * len(streets)
    assert streets["source"].str.startswith("© OpenStreetMap contributors, ODbL").all()


def test_all_that_an_extract_holds_comes_in_at_once(run, app, tmp_path):
    osm = OsmFile()
    osm.way((0, 0), (400, 0), highway="residential", name="青年东路")
    osm.area(40, 40, 30, 20, building="office", name="华辰大厦", addr__street="青年东路", addr__housenumber="66")
    osm.node(0, 0, place="village", name="小石桥社区")
    path = osm.write(tmp_path / "nantong.osm")
    done = run("places", path)
    assert done.exit_code == 0, done.output
    assert "ODbL" in done.output
    places = stored(app, "places")
    kinds = places["kind"].value_counts().to_dict()
    assert kinds == {"street": 1, "building": 1, "address": 1}
    assert set(places["county_code"]) == {"320613"}
    divisions = stored(app, "divisions")
    village = divisions[divisions["source"].str.contains("OpenStreetMap", na=False)]
    assert list(village["level"]) == ["village"]
    assert village["lon"].notna().all()
    again = run("places", path)
    assert again.exit_code == 0
    assert "新增 0" in again.output
    assert "变更 0" in again.output


def test_extracts_that_are_none_are_told_in_a_sentence(run, tmp_path):
    cut = tmp_path / "a.osm"
    cut.write_text("<?xml version='1.0'?><osm version='0.6'><node id='1'", encoding="utf-8")
    for path, words in ((cut, "不完整"), (write(tmp_path / "a.csv", "名称", "华辰大厦"), "请说明文件内容")):
        refused = run("places", path)
        assert refused.exit_code == 2
        assert words in refused.output
        assert "Traceback" not in refused.output


def test_the_real_facilities_import_with_their_three_kinds_of_error(run, app, shared):
    path = next((shared / "union-facilities").glob("*.csv"))
    done = run("places", path, "--kind", "address")
    assert done.exit_code in (0, 1), done.output
    for code in ("POSITION_OUT_OF_RANGE", "POSITION_COPIED", "POSITION_FAR"):
        assert code in done.output
    places = stored(app, "places")
    assert places.geometry.isna().sum() >= 3
    assert not places.geometry.dropna().x.gt(180).any()


def test_returned_and_skipped_rows_are_two_figures(run, tmp_path):
    path = write(tmp_path / "a.csv", HEADER, FIRM, FIRM, ",,崇川区人民路1号,3", "合计,,,25")
    done = run("enterprises", path)
    assert done.exit_code == 1
    assert "退回 1 returned, 跳过 2 skipped" in done.output


def test_import_and_undo_renew_the_newest_day_as_the_pages_do(run, app, tmp_path):
    def waiting():
        with app.app_context(), attached(app).session() as session:
            return [(found.status, str(found.on_day)) for found in runs.latest(session) if found.kind == "survey"]

    first = run("enterprises", write(tmp_path / "a.csv", HEADER, FIRM))
    assert "flask --app app survey" in first.output
    assert waiting() == []
    assert app.test_cli_runner().invoke(args=["survey", "--on", "2025-12-31"]).exit_code == 0
    again = run("enterprises", write(tmp_path / "b.csv", HEADER, FIRM.replace(",25", ",26")))
    assert "--drain" in again.output
    assert ("queued", "2025-12-31") in waiting()
    assert app.test_cli_runner().invoke(args=["worker", "--drain"]).exit_code == 0
    assert {status for status, _ in waiting()} == {"done"}
    batch = again.output.split("import undo ")[1].split(")")[0]
    assert "--drain" in run("undo", batch).output
    assert ("queued", "2025-12-31") in waiting()


def test_refusals_of_damaged_tables_are_sentences(run, tmp_path):
    rows = [HEADER, *[FIRM] * 60]
    long = run("enterprises", write(tmp_path / "a.csv", *rows, "南通乙有限公司,,人民路" + "1" * 140_000 + "号,1"))
    assert long.exit_code == 2
    assert "第 62 行有一格超过" in long.output
    null = run("enterprises", write(tmp_path / "b.csv", HEADER, FIRM, "南通\0乙有限公司,,人民路2号,1"))
    assert null.exit_code == 0
    assert "第 3 行起" in null.output
