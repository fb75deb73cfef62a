"""The ``import`` commands: exit status 0 done, 1 rows rejected, 2 nothing done; one sentence for a refusal."""

import json
from datetime import date

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
    nothing = run("enterprises", write(tmp_path / "e.csv", HEADER, FIRM), "--rejected", tmp_path / "none.xlsx")
    assert "没有未导入的行" in nothing.output
    assert "none.xlsx" not in nothing.output
    assert not (tmp_path / "none.xlsx").exists()
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
    path = shared / "osm" / "shanghai_center.osm"
    done = run("places", path, "--kind", "street")
    assert done.exit_code == 1, done.output
    assert "整个文件不在本市；如选错了文件，请撤回" in done.output
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
    assert done.exit_code == 1, done.output
    assert "整个文件不在本市" in done.output
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


def test_imports_are_listed_with_their_numbers_and_undo_knows_none_but_these(run, app, tmp_path):
    assert create_app(app.config["ATLAS"]).test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    assert run("enterprises", tmp_path / "none.csv").exit_code == 2
    assert "还没有导入过" in run("list").output
    nothing = run("undo", "999")
    assert nothing.exit_code == 2
    assert "没有编号为 999 的导入；现在也没有可以撤回的导入" in nothing.output
    path = write(tmp_path / "a.csv", HEADER, FIRM, FIRM, ",,崇川区人民路1号,3")
    batch = run("enterprises", path, "--source", "市场监管").output.split("import undo ")[1].split(")")[0]
    line = run("list").output
    assert batch in line
    assert "完成  企业名录  3 行：新增 1，变更 0，相同 0，退回 1，跳过 1  a.csv（市场监管）" in line
    unknown = run("undo", "999")
    assert f"没有编号为 999 的导入；可以撤回的有：{batch}" in unknown.output
    assert run("undo", batch).exit_code == 0
    assert "已撤回" in run("list").output
    assert "已经撤回" in run("undo", batch).output


def test_a_file_of_another_city_is_told_with_the_way_back(run, app, tmp_path):
    header = "楼宇名称,经度,纬度"
    hangzhou = [f"钱塘{n}大厦,{120.2 + n / 500},{30.2 + n / 700}" for n in range(1, 7)]
    path = write(tmp_path / "a.csv", header, *hangzhou)
    planned = run("places", path, "--kind", "building", "--dry-run")
    assert planned.exit_code == 1
    assert "LAYER_ELSEWHERE" in planned.output
    assert stored(app, "places").empty
    done = run("places", path, "--kind", "building")
    assert done.exit_code == 1
    assert len(stored(app, "places")) == 6
    batch = done.stderr.split("import undo ")[1].split()[0]
    assert run("undo", batch).exit_code == 0
    assert stored(app, "places").empty
    mixed = run(
        "places", write(tmp_path / "b.csv", header, *hangzhou, "濠河大厦,120.861234,32.012345"), "--kind", "building"
    )
    assert mixed.exit_code == 0
    assert "LAYER_OUTSIDE" in mixed.output


def test_a_header_without_a_row_is_refused(run, app, tmp_path):
    assert create_app(app.config["ATLAS"]).test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    empty = {"type": "FeatureCollection", "features": []}
    layer = tmp_path / "z.geojson"
    layer.write_text(json.dumps(empty))
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "注册地址"])
    book.save(tmp_path / "h.xlsx")
    for command in (
        ("enterprises", write(tmp_path / "a.csv", HEADER)),
        ("enterprises", write(tmp_path / "b.csv", HEADER, ",,,", "")),
        ("enterprises", tmp_path / "h.xlsx"),
        ("unions", write(tmp_path / "u.csv", "工会名称,会员数")),
        ("places", write(tmp_path / "z.csv", "园区名称,经度,纬度"), "--kind", "zone"),
        ("places", layer, "--kind", "zone"),
    ):
        for more in ((), ("--dry-run",)):
            refused = run(*command, *more)
            assert refused.exit_code == 2, command
            assert "没有数据行" in refused.output
    assert run("list").output.count("没有数据行") == 6


def test_sentences_of_refusals_are_chinese_and_their_advice_fits(run, tmp_path):
    empty = run("enterprises", write(tmp_path / "a.csv", ""))
    assert "文件是空的：a.csv。请确认导出时选了内容" in empty.output
    gone = run("enterprises", tmp_path / "b.csv")
    assert "文件不存在：b.csv。请检查路径" in gone.output
    cut = tmp_path / "c.xlsx"
    cut.write_bytes(b"PK\x03\x04broken")
    for answer in (empty, gone, run("enterprises", cut)):
        assert "加密" not in answer.output
        assert "表头" not in answer.output
        assert not [word for word in ("is empty", "does not exist", "cut short") if word in answer.output]


def test_unused_columns_are_counted_and_named_if_asked_for(run, tmp_path):
    spare = [f"备注{n}" for n in range(1, 201)]
    path = write(tmp_path / "a.csv", ",".join([HEADER, *spare]), ",".join([FIRM, *["x"] * 200]))
    few = run("enterprises", path, "--dry-run").output
    assert "未用 200 列" in few
    assert "备注8" in few
    assert "备注9" not in few
    assert "备注200" in run("enterprises", path, "--dry-run", "--all-columns").output


def test_a_list_that_is_no_ledger_of_unions_is_doubted_row_by_row_and_as_a_whole(run, app, tmp_path, shared):
    path = next((shared / "union-facilities").glob("*.csv"))
    for more in (("--dry-run",), ()):
        told = run("unions", path, *more)
        assert told.exit_code == 0
        assert "36 行中有 30 行的名称不像工会" in told.output
        assert "NAME_NOT_A_UNION): 30 " in told.output
    assert len(stored(app, "unions")) == 36
    ledger = write(tmp_path / "u.csv", "工会名称,会员数", "南通甲有限公司工会委员会,30", "崇川区总工会,5", "南通乙厂,3")
    told = run("unions", ledger)
    assert "NAME_NOT_A_UNION): 1 " in told.output
    assert "行的名称不像工会" not in told.output


def test_head_counts_that_are_not_exact_are_estimates(run, app, tmp_path):
    rows = ["南通甲有限公司,人民路1号,约20", "南通乙有限公司,人民路2号,20-30", "南通丙有限公司,人民路3号,30"]
    path = write(tmp_path / "a.csv", "企业名称,注册地址,职工人数,人数来源", *[f"{row},社保" for row in rows])
    done = run("enterprises", path)
    assert "COUNT_ESTIMATED): 2 " in done.output
    firms = stored(app, "enterprises")
    assert firms["workers"].tolist() == [20, 20, 30]
    assert firms["counts_basis"].tolist() == ["estimated；社保", "estimated；社保", "社保"]
    path = write(tmp_path / "h.csv", "企业名称,统计日期,职工人数", "南通丙有限公司,2025-12-31,不足40人")
    assert run("headcounts", path).exit_code == 0
    with app.app_context(), attached(app).session() as session:
        key = firms.index[2]
        assert store.headcounts.basis(session, "enterprise", key, date(2026, 1, 1)) == "estimated"
        assert store.headcounts.basis(session, "enterprise", key, date(2020, 1, 1)) == "社保"


def test_columns_about_persons_are_known_and_not_stored(run, tmp_path):
    path = write(tmp_path / "u.csv", "工会名称,会员数,工会主席,联系电话", "南通甲有限公司工会,30,张三,13800000000")
    done = run("unions", path)
    assert "工会主席、联系电话：认得这些列，但属个人信息" in done.output
    assert "张三".encode() not in (tmp_path / "instance" / "atlas.gpkg").read_bytes()
