"""Imports end to end on both databases: dry run, commit, the same again, undo byte for byte, rows given back."""

import csv
import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa

from app import create_app, ground, imports, store
from app.config import Config
from app.imports import doubles
from app.models import Enterprise, Headcount, ImportBatch, LaborUnion, Membership, Place
from geo.datum import from_wgs84
from geo.errors import FileRefused
from geo.frames import DECISIONS, DIVISIONS

DAY = date(2026, 11, 1)
HEADER = ["企业名称", "统一社会信用代码", "注册地址", "职工人数", "统计日期"]
FIRMS = [
    ["海门市直属机关消费合作社", "913206841387832638", "海门市政府大院内", "25", "2025-12-31"],
    ["南通市通州区环球物流有限公司", "91320612138743640B", "金沙镇金通路60号", "3", "2025-12-31"],
    ["海门市建筑设计院有限公司", "", "海门市海门镇育才路135号", "40", "2025-12-31"],
]


@pytest.fixture(autouse=True)
def context(tmp_path):
    app = create_app(Config.from_environment({}, instance=tmp_path / "instance", worker=False))
    with app.app_context():
        yield app


@pytest.fixture
def database(database):
    """A database that knows two counties, so that no import has to lay the whole city's ground first."""
    rows = {"320613": ("崇川区", "county", "320600"), "320614": ("海门区", "county", "320600")}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["name", "level", "parent"])
    with database.session(write=True) as session:
        store.write(session, "divisions", DIVISIONS.conform(frame))
    return database


def test_the_first_import_lays_the_ground_of_the_city(embedded, tmp_path):
    commit(embedded, write(tmp_path / "a.csv", HEADER, *FIRMS))
    with embedded.session() as session:
        divisions = store.read(session, "divisions", store.CITY)
        assert (divisions["level"] == "county").sum() >= 7


def write(path, *rows):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def request(path, kind="enterprises", **options):
    return imports.Request(path, kind, **options)


def commit(database, path, kind="enterprises", **options):
    return imports.commit(database, request(path, kind, **options), day=DAY)


def counts(plan):
    return {name: count for name, count in plan.tally.counts().items() if count and name != "rows_in"}


def everything(database):
    """All rows of the tables that imports write, as the database gives them."""
    with database.session() as session:
        tables = [model.__table__ for model in (Enterprise, Headcount, LaborUnion, Membership, Place)]
        raw = {"geom"}
        return {
            table.name: session.execute(
                sa.select(
                    *[
                        sa.cast(c, sa.LargeBinary) if c.name in raw and database.embedded else c
                        for c in table.c
                        if c.name not in raw or database.embedded
                    ]
                ).order_by(table.c.key)
            ).all()
            for table in tables
        }


def test_dry_run_commit_and_the_same_file_again(database, tmp_path):
    path = write(tmp_path / "a.csv", HEADER, *FIRMS)
    planned = imports.plan(database, request(path), day=DAY)
    assert counts(planned) == {"new": 3}
    assert not any(everything(database).values())
    assert counts(commit(database, path)) == {"new": 3}
    again = imports.plan(database, request(path), day=DAY)
    assert counts(again) == {"unchanged": 3}
    assert again.nothing_to_do
    assert again.earlier is not None
    before = everything(database)
    assert counts(commit(database, path)) == {"unchanged": 3}
    assert everything(database) == before


def test_counts_new_changed_unchanged_rejected(database, tmp_path):
    commit(database, write(tmp_path / "a.csv", HEADER, *FIRMS))
    changed = [*FIRMS[0][:3], "26", "2025-12-31"]
    new = ["南通新有限公司", "", "崇川区人民路1号", "1", "2025-12-31"]
    lines = [changed, FIRMS[1], new, ["", "", "崇川区人民路2号", "", ""], FIRMS[1]]
    plan = commit(database, write(tmp_path / "b.csv", HEADER, *lines))
    assert counts(plan) == {"new": 1, "changed": 1, "unchanged": 1, "rejected": 2}
    assert plan.tally.rows_in == 5
    assert set(plan.tally.codes) == {"NAME_MISSING", "DUPLICATE_SAME"}


def test_a_firm_is_recognised_by_its_old_registration_number(database, tmp_path):
    """Registers of before 2015 carry 15 digits in the column of the credit code; a later one may name the firm anew."""
    commit(
        database,
        write(tmp_path / "a.csv", HEADER, ["南通港闸木器厂", "320611000035098", "城港路1号", "5", "2025-12-31"]),
    )
    plan = commit(
        database,
        write(tmp_path / "b.csv", HEADER, ["南通港闸家具厂", "320611000035098", "城港路9号", "6", "2025-12-31"]),
    )
    assert (plan.tally.new, plan.tally.changed) == (0, 1)
    with database.session() as session:
        firms = store.read(session, "enterprises", store.CITY)
    assert firms[["name", "reg_no"]].to_numpy().tolist() == [["南通港闸家具厂", "320611000035098"]]


def test_undo_restores_every_table_byte_for_byte(database, tmp_path):
    commit(database, write(tmp_path / "a.csv", HEADER, *FIRMS))
    before = everything(database)
    second = [[*FIRMS[0][:3], "99", "2025-12-31"], ["南通新有限公司", "", "崇川区人民路1号", "1", ""]]
    plan = commit(database, write(tmp_path / "b.csv", HEADER, *second))
    assert everything(database) != before
    imports.undo(database, plan.batch)
    assert everything(database) == before


def test_a_file_that_is_refused_leaves_nothing_but_the_record_of_it(database, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("随便\n写点\n")
    with pytest.raises(FileRefused) as caught:
        commit(database, path)
    assert caught.value.code == "NO_HEADER"
    assert not any(everything(database).values())
    with database.session() as session:
        batch = session.scalars(sa.select(ImportBatch)).one()
        assert (batch.status, batch.error_code) == ("failed", "NO_HEADER")


def test_a_failure_half_way_leaves_nothing(database, tmp_path, monkeypatch):
    from app.imports import importing

    lines = [[f"南通{number}有限公司", "", "崇川区", "1", ""] for number in range(50)]
    path = write(tmp_path / "a.csv", HEADER, *lines)
    monkeypatch.setattr("app.imports.opening.read_chunks", lambda table: _broken(importing, table))
    with pytest.raises(FileRefused):
        commit(database, path)
    assert not any(everything(database).values())


def _broken(_module, table):
    from geo.io.tables import read_chunks

    yield from read_chunks(table, 20)
    raise FileRefused("cut", code="FILE_TRUNCATED")


def test_a_file_with_fewer_columns_leaves_the_others_as_they_are(database, tmp_path):
    commit(database, write(tmp_path / "a.csv", HEADER, *FIRMS))
    plan = commit(
        database, write(tmp_path / "b.csv", ["企业名称", "统一社会信用代码", "经营状态"], [*FIRMS[0][:2], "注销"])
    )
    assert counts(plan) == {"changed": 1, "warned": 1}
    with database.session() as session:
        firm = session.scalars(sa.select(Enterprise).where(Enterprise.uscc == FIRMS[0][1])).one()
        assert (firm.status, firm.address) == ("closed", "海门市政府大院内")


def test_another_name_for_a_code_is_told_and_the_stored_one_kept(database, tmp_path):
    commit(database, write(tmp_path / "a.csv", HEADER, *FIRMS))
    renamed = write(tmp_path / "b.csv", HEADER, ["南通眼睛二号有限公司", *FIRMS[0][1:]])
    plan = commit(database, renamed)
    assert counts(plan) == {"changed": 1, "warned": 1}
    with database.session() as session:
        firm = store.read(session, "enterprises", store.CITY, keys=["913206841387832638"]).iloc[0]
    assert (firm["name"], firm["former_names"]) == ("南通眼睛二号有限公司", "海门市直属机关消费合作社")
    assert counts(commit(database, renamed)) == {"unchanged": 1}


def test_two_writings_of_one_row_are_the_same_row(database, tmp_path):
    wide = [FIRMS[0][0], "９１３２０６８４１３８７８３２６３８", *FIRMS[0][2:3], "２５", FIRMS[0][4]]
    plan = commit(database, write(tmp_path / "a.csv", HEADER, FIRMS[0], wide))
    assert plan.tally.codes["DUPLICATE_SAME"] == 1


def test_a_firm_keeps_its_key_when_a_later_file_brings_its_code(database, tmp_path):
    commit(database, write(tmp_path / "a.csv", HEADER, *FIRMS))
    with database.session() as session:
        key = session.scalars(sa.select(Enterprise.key).where(Enterprise.name == FIRMS[2][0])).one()
    assert key.startswith("row:")
    coded = [FIRMS[2][0], "91320684467856902R", *FIRMS[2][2:]]
    plan = commit(database, write(tmp_path / "b.csv", HEADER, coded))
    assert counts(plan) == {"changed": 1}
    with database.session() as session:
        firm = session.scalars(sa.select(Enterprise).where(Enterprise.name == FIRMS[2][0])).one()
        assert (firm.key, firm.uscc) == (key, "91320684467856902R")


def test_yearly_counts_stand_side_by_side_and_unknown_firms_are_rejected(database, tmp_path):
    commit(database, write(tmp_path / "a.csv", HEADER, *FIRMS))
    lines = [
        [FIRMS[0][1], "", "2023-12-31", "20"],
        [FIRMS[0][1], "", "2024-12-31", "22"],
        ["", FIRMS[2][0], "2024-12-31", "38"],
        ["", "没有的公司", "2024-12-31", "5"],
    ]
    path = write(tmp_path / "h.csv", ["统一社会信用代码", "企业名称", "统计日期", "职工人数"], *lines)
    plan = commit(database, path, "headcounts")
    assert counts(plan) == {"new": 3, "rejected": 1}
    assert dict(plan.tally.codes) == {"FIRM_UNKNOWN": 1}
    with database.session() as session:
        for day, workers in ((date(2023, 12, 31), 20), (date(2024, 12, 31), 22), (date(2025, 12, 31), 25)):
            frame = store.read(session, "enterprises", store.CITY, on=day, keys=[FIRMS[0][1]])
            assert frame["workers"].tolist() == [workers]


def test_unions_their_lists_and_a_separate_list_of_members(database, tmp_path):
    header = ["工会统计代码", "工会名称", "工会类型", "会员数", "职工人数", "涵盖单位名单"]
    lines = [
        ["1001", "华辰大厦联合工会", "楼宇工会", "30", "40", "南通甲有限公司、南通乙有限公司"],
        ["1002", "南通丙有限公司工会", "单独", "60", "50", ""],
    ]
    path = write(tmp_path / "u.csv", header, *lines)
    assert counts(commit(database, path, "unions")) == {"new": 2, "warned": 1}
    assert counts(commit(database, path, "unions")) == {"unchanged": 2, "warned": 1}
    lines = [
        ["1001", "", "南通丁有限公司", ""],
        ["", "华辰大厦联合工会", "南通戊有限公司", ""],
        ["9", "", "南通己有限公司", ""],
    ]
    path = write(tmp_path / "m.csv", ["工会统计代码", "工会名称", "涵盖单位名称", "统一社会信用代码"], *lines)
    plan = commit(database, path, "members")
    assert counts(plan) == {"new": 2, "rejected": 1}
    assert dict(plan.tally.codes) == {"UNION_UNKNOWN": 1}
    with database.session() as session:
        found = store.read(session, "memberships", store.CITY)
        assert set(found["union_id"]) == {"union:1001"}
        assert len(found) == 4


def test_places_from_a_table_and_undo(database, tmp_path):
    header = ["楼宇名称", "所在县区", "地址", "经度", "纬度"]
    lines = [["华辰大厦", "崇川区", "人民路1号", "120.86", "32.01"], ["南通大厦", "崇川区", "青年路2号", "", ""]]
    empty = everything(database)
    plan = commit(database, write(tmp_path / "p.csv", header, *lines), "places", place_kind="building", datum="gcj02")
    assert counts(plan) == {"new": 2}
    with database.session() as session:
        places = store.read(session, "places", store.CITY)
        assert places.geometry.notna().tolist() == [True, False]
        assert places.geometry.iloc[0].x == pytest.approx(120.8554, abs=2e-3)
        assert places.geometry.iloc[0].x != 120.86
    imports.undo(database, plan.batch)
    assert everything(database) == empty


def test_columns_chosen_once_are_remembered_for_the_source(database, tmp_path):
    first = write(tmp_path / "a.csv", ["甲", "乙"], ["南通甲有限公司", "人民路1号"])
    columns = {"name": "甲", "address": "乙"}
    assert counts(commit(database, first, source="税务", columns=columns)) == {"new": 1}
    second = write(tmp_path / "b.csv", ["甲", "乙"], ["南通乙有限公司", "人民路2号"])
    assert counts(commit(database, second, source="税务")) == {"new": 1}
    with pytest.raises(FileRefused):
        commit(database, second, source="工商")


def test_rows_not_taken_come_back_with_reasons_and_no_cell_is_a_formula(database, tmp_path):
    lines = [
        ["", "", "=cmd|'/c calc'!A1", "-5", ""],
        ["南通甲有限公司", "913206841387832639", "@SUM(A1)", "-5", ""],
    ]
    plan = commit(database, write(tmp_path / "a.csv", HEADER, *lines))
    assert imports.write_rejected(database, plan.batch, tmp_path / "r.xlsx") == 2
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    rejected, warned = book.worksheets
    assert [cell.value for cell in rejected[1]] == ["原行号", "问题", *HEADER]
    assert rejected["A2"].value == 2
    assert "名称" in rejected["B2"].value
    assert rejected["E2"].value == "'=cmd|'/c calc'!A1"
    assert warned["B2"].value.count("；") == 1
    assert warned["F2"].value == "-5"
    assert "负" in warned["F2"].comment.text
    assert warned["D2"].fill.fgColor.rgb.endswith("FFF1C9")
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    # Mended there, the same workbook is imported as it is.
    warned["D2"], warned["F2"] = "913206841387832638", 5
    del book[rejected.title]
    book.save(tmp_path / "mended.xlsx")
    mended = commit(database, tmp_path / "mended.xlsx")
    assert mended.tally.counts()["changed"] == 1
    assert not mended.tally.codes


@pytest.mark.slow
def test_the_5010_real_rows_import_and_import_again(database, shared):
    path = shared / "nantong" / "enterprises" / "nantong_enterprises_dev.csv"
    plan = commit(database, path)
    assert plan.tally.counts() == {
        "rows_in": 5010, "new": 5010, "changed": 0, "unchanged": 0, "rejected": 0, "warned": 294
    }  # fmt: skip
    assert imports.plan(database, request(path), day=DAY).tally.counts()["unchanged"] == 5010
    imports.undo(database, plan.batch)
    assert not any(everything(database).values())


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "wgs84"])
def test_a_layer_of_firms_is_converted_once(embedded, tmp_path, datum):
    point = from_wgs84(120.861234, 32.012345, datum)
    shape = {"type": "Point", "coordinates": [float(point.lon), float(point.lat)]}
    firm = {
        "type": "Feature",
        "geometry": shape,
        "properties": {"企业名称": "南通甲有限公司", "地址": "崇川区人民路1号"},
    }
    path = tmp_path / "firms.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [firm]}), encoding="utf-8")
    commit(embedded, path, datum=datum)
    with embedded.session() as session:
        stored = store.read(session, "enterprises", store.CITY).iloc[0]
    assert (stored["lon"], stored["lat"]) == pytest.approx((120.861234, 32.012345), abs=1e-8)


def test_the_own_earlier_file_is_no_witness_against_its_correction(embedded, tmp_path):
    rows = [[f"甲子路{n}号", 120.85 + n / 500, 32.0 + n % 3 / 300] for n in range(1, 15)]
    path = write(tmp_path / "doors.csv", ["地址", "经度", "纬度"], *rows)
    for datum in ("wgs84", "gcj02"):
        plan = commit(embedded, path, "places", place_kind="address", datum=datum, source="规划局")
        assert "LAYER_DATUM_UNTOLD" in dict(plan.tally.findings)
    other = imports.plan(
        embedded, request(path, "places", place_kind="address", datum="bd09", source="另一家"), day=DAY
    )
    assert dict(other.tally.findings)["LAYER_DATUM_WRONG"]["probable"] == "GCJ-02"
    with pytest.raises(FileRefused, match="LAYER_DATUM_WRONG"):
        commit(embedded, path, "places", place_kind="address", datum="bd09", source="另一家")


def test_a_file_without_one_usable_position_gets_a_sentence_and_imports_by_name(embedded, tmp_path):
    swapped = [[f"甲子路{n}号", 32.0 + n / 500, 120.85] for n in range(1, 8)]
    plan = commit(
        embedded, write(tmp_path / "a.csv", ["地址", "经度", "纬度"], *swapped), "places", place_kind="address"
    )
    found = dict(plan.tally.findings)
    assert found["LAYER_SWAPPED"] == {"rows": 7, "of": 7}
    assert found["LAYER_UNPLACED"]["refused"] == 7
    metres = [[f"甲子路{n}号", 577_000 + n * 100, 3_542_000] for n in range(1, 8)]
    path = write(tmp_path / "b.csv", ["地址", "经度", "纬度"], *metres)
    plan = imports.plan(embedded, request(path, "places", place_kind="address"), day=DAY)
    assert dict(plan.tally.findings)["LAYER_PROJECTED"]["crs"].startswith("EPSG:4549")


def test_pins_that_a_person_has_set_are_known_places(embedded, tmp_path):
    names = [f"天干{n}大厦" for n in "甲乙丙丁戊己"]
    pins = pd.DataFrame(
        {
            "kind": "pin",
            "subject": [f"building:320613:{name}" for name in names],
            "lon": [120.85 + n / 100 for n in range(6)],
            "lat": 32.0,
        },
        index=[f"d{n}" for n in range(6)],
    )
    with embedded.session(write=True) as session:
        store.write(session, "decisions", DECISIONS.conform(pins))
    rows = [[name, "崇川区", *from_wgs84(120.85 + n / 100, 32.0, "bd09")] for n, name in enumerate(names)]
    path = write(tmp_path / "a.csv", ["楼宇名称", "所在县区", "经度", "纬度"], *rows)
    plan = imports.plan(embedded, request(path, "places", place_kind="building", datum="gcj02"), day=DAY)
    found = dict(plan.tally.findings)["LAYER_DATUM_WRONG"]
    assert (found["probable"], found["pairs"]) == ("BD-09", 6)


@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
def test_borders_of_counties_are_held_against_those_of_the_city(embedded, tmp_path, true):
    root = Path(__file__).resolve().parents[2]
    ground.lay(embedded, data=root / "data", city="320600")
    layer = gpd.read_file(root / "data" / "boundaries" / "nantong.geojson")[["code", "name", "geometry"]]
    moved = shapely.transform(
        layer.geometry.to_numpy(), lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], true))
    )
    path = tmp_path / "counties.geojson"
    layer.set_geometry(list(moved), crs=layer.crs).to_file(path, driver="GeoJSON")
    plan = imports.plan(embedded, request(path, "places", place_kind="division", source="另一家"), day=DAY)
    found = dict(plan.tally.findings)
    if true == "wgs84":
        assert "LAYER_DATUM_AGREES_LINES" in found
    else:
        assert found["LAYER_DATUM_WRONG_LINES"]["datum"] == true


def test_new_rows_that_are_probably_known_firms_are_told_and_imported_all_the_same(database, tmp_path, monkeypatch):
    first = [
        ["海门环球物流有限公司", "91320612138743640B", "海门镇金通路60号", "3", "2025-12-31"],
        ["海门区宏图建筑设计院有限公司", "", "海门镇育才路135号", "40", "2025-12-31"],
    ]
    more = [
        ["环球物流（海门）有限责任公司", "", "海门镇金通路60号", "3", "2025-12-31"],
        ["海门宏图建筑设计院", "", "海门镇育才路135号", "40", "2025-12-31"],
        ["海门环球物流有限公司江滨分公司", "", "海门镇解放路1号", "3", "2025-12-31"],
        ["海门星辰物流有限公司", "", "海门镇解放路2号", "3", "2025-12-31"],
        ["崇川区宏图建筑设计院有限公司", "", "青年路1号", "3", "2025-12-31"],
    ]
    commit(database, write(tmp_path / "a.csv", HEADER, *first))
    path = write(tmp_path / "b.csv", HEADER, *more)
    for plan in (imports.plan(database, request(path), day=DAY), commit(database, path)):
        told = dict(plan.notes)["ROWS_PROBABLY_KNOWN"]
        assert (told["rows"], told["new"]) == (2, 5)
        assert [(row, stored) for row, _, _, stored in told["known"]] == [
            (2, "海门环球物流有限公司"),
            (3, "海门区宏图建筑设计院有限公司"),
        ]
        assert counts(plan) == {"new": 5}
    monkeypatch.setattr(doubles, "MOST", 3)
    third = write(tmp_path / "d.csv", HEADER, ["海门环球物流公司", "", "海门镇金通路61号", "3", "2025-12-31"])
    assert dict(imports.plan(database, request(third), day=DAY).notes)["NOT_ALL_COMPARED"] == {
        "stored": 7,
        "new": 1,
        "looked": 0,
    }
