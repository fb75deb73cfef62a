"""Imports by a county's account: own rows are taken, all others returned with the reason, nothing else told."""

import io
import json

import openpyxl
import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from installed import installed
from signed_in import sign, stranger
from test_import_pages import form_of, upload, work

from app import ground, store
from app.auth.accounts import Wish
from app.db import attached, session

HERE, THERE = "320614", "320612"  # 海门区, 通州区
EDITOR = Wish("c-editor", "甲", "editor", HERE)
COLLEAGUE = Wish("c-colleague", "乙", "editor", HERE)
OTHER = Wish("c-other", "丙", "editor", THERE)
HEADER = ["企业名称", "统一社会信用代码", "所在县区", "注册地址", "职工人数", "经度", "纬度"]
STORED = ["南通市通州区环球物流有限公司", "91320612138743640B", "通州区", "南通市通州区金沙镇金通路60号", "30", "", ""]
ROWS = {
    "own": ["海门市直属机关消费合作社", "913206841387832638", "海门区", "市政府大院内", "25", "", ""],
    "named": ["甲公司", "", "崇川区", "人民路1号", "4", "", ""],
    "unknown": ["乙公司", "", "某某区", "人民路2号", "4", "", ""],
    "address": ["丙公司", "", "", "如东县掘港街道解放路3号", "4", "", ""],
    "silent": ["丁公司", "", "", "解放路4号", "4", "", ""],
    "placed": ["戊公司", "", "", "解放路5号", "4", "120.85", "32.01"],
    "stored": ["改了名的物流公司", "91320612138743640B", "", "解放路6号", "9", "", ""],
    "total": ["合计", "", "", "", "76", "", ""],
}


@pytest.fixture
def app(tmp_path) -> Flask:
    people = (EDITOR, COLLEAGUE, OTHER)
    made = installed(tmp_path / "instance", with_divisions, people=people, form_tokens=False, worker=False)
    made.testing = True
    return made


def with_divisions(app: Flask) -> None:
    ground.lay(attached(app), data=app.config["ATLAS"].data, city="320600")


def of(app: Flask, wish: Wish) -> FlaskClient:
    return sign(stranger(app), wish.login)


def planned(app: Flask, client: FlaskClient, place: str, **changed: str):
    form = form_of(client.get(place).get_data(as_text=True))
    client.post(place, data={**form, **changed, "act": "plan"})
    return work(app, "import_plan")


def imported(app: Flask, client: FlaskClient, rows, kind: str = "enterprises", **form: str):
    place = upload(client, rows=rows, kind=kind, **form)
    planned(app, client, place)
    client.post(f"{place}/commit")
    return work(app, "import")


def names(app: Flask, layer: str) -> set[str]:
    with app.app_context(), session() as opened:
        return set(store.read(opened, layer, store.CITY)["name"])


def codes(app: Flask, batch: str) -> dict[int, set[str]]:
    with app.app_context(), session() as opened:
        return {row.row_no: {fault[2] for fault in row.faults} for row in store.imports.rows(opened, batch)}


def test_own_rows_are_taken_and_all_others_returned_with_the_reason(app: Flask) -> None:
    imported(app, app.test_client(), (HEADER, STORED))
    client = of(app, EDITOR)
    place = upload(client, rows=(HEADER, *ROWS.values()), source="县局")
    plan = planned(app, client, place).tally["tally"]
    assert (plan["rows_in"], plan["new"], plan["changed"], plan["unchanged"], plan["rejected"]) == (8, 2, 0, 0, 6)
    page = client.get(place).get_data(as_text=True)
    assert "不是本县（市、区）的行：崇川区" in page and "环球物流" not in page, "nothing stored elsewhere is told"
    assert "环球物流" not in json.dumps(plan, ensure_ascii=False)
    client.post(f"{place}/commit")
    run = work(app, "import")
    batch = run.tally["batch"]
    assert names(app, "enterprises") == {STORED[0], ROWS["own"][0], ROWS["silent"][0]}
    found = codes(app, batch)
    assert {row: found[row] for row in (3, 4, 5, 7)} == {key: {"OTHER_COUNTY"} for key in (3, 4, 5, 7)}
    assert found[8] == {"OTHER_COUNTY_STORED"} and found[9] == {"TOTAL_ROW"}
    with app.app_context(), session() as opened:
        firms = store.read(opened, "enterprises", store.CITY).set_index("name")
    assert firms.at["丁公司", "address"] == "海门区解放路4号", "its county is the file's"
    assert firms.at[STORED[0], "workers"] == 30
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/imports/{batch}/rejected.xlsx").data))
    told = {str(row[2].value): str(row[1].value) for row in book.worksheets[0].iter_rows(min_row=2)}
    assert told["甲公司"].endswith("不是本县（市、区）的行：崇川区") and len(told) == 5
    assert "别的县（市、区）" in told["改了名的物流公司"]


def test_the_same_file_by_the_city_takes_all(app: Flask) -> None:
    run = imported(app, app.test_client(), (HEADER, *ROWS.values()))
    assert run.tally["tally"]["new"] == 7


def test_a_wrong_choice_of_column_is_corrected_before_anything_is_written(app: Flask) -> None:
    client = of(app, EDITOR)
    rows = (["名称", "备注", "地址"], ["甲有限公司", "海门市乙有限公司", "海门区人民路1号"])
    place = upload(client, rows=rows)
    columns = ["名称", "备注", "地址"]
    client.post(
        place, data={"column": columns, "field": ["", "name", "address"], "before": "name address", "act": "plan"}
    )
    assert work(app, "import_plan").tally["tally"]["new"] == 1
    assert "导入 1 行" in client.get(place).text and names(app, "enterprises") == set()
    client.post(
        place, data={"column": columns, "field": ["name", "", "address"], "before": "name address", "act": "plan"}
    )
    assert "排队等候试算" in client.get(place).text, "what was worked out before holds no more"
    work(app, "import_plan")
    client.post(f"{place}/commit")
    work(app, "import")
    assert names(app, "enterprises") == {"甲有限公司"}


def test_lists_are_shown_within_the_area_and_only_ones_own_imports_are_taken_back(app: Flask) -> None:
    city = imported(app, app.test_client(), (HEADER, STORED), name="全市.csv")
    mine = imported(app, of(app, EDITOR), (HEADER, ROWS["own"]), name="海门.csv")
    batch = mine.tally["batch"]
    for wish, sees in ((EDITOR, True), (COLLEAGUE, True), (OTHER, False)):
        client = of(app, wish)
        listed = client.get("/imports").text + client.get("/runs").text
        assert ("海门.csv" in listed) == sees and "全市.csv" not in listed
        assert client.get(f"/imports/{batch}").status_code == (200 if sees else 404)
        assert client.get(f"/runs/{mine.key}").status_code == (200 if sees else 404)
        for key in (city.tally["batch"], city.key):
            assert {client.get(f"/{where}/{key}").status_code for where in ("imports", "runs")} == {404}
        assert client.get(f"/imports/{city.tally['batch']}/rejected.xlsx").status_code == 404
    assert of(app, OTHER).post(f"/imports/{batch}/undo").status_code == 404
    assert of(app, COLLEAGUE).post(f"/imports/{batch}/undo").status_code == 403
    assert "撤回这次导入" not in of(app, COLLEAGUE).get(f"/imports/{batch}").text
    assert of(app, EDITOR).post(f"/imports/{city.tally['batch']}/undo").status_code == 404
    assert names(app, "enterprises") == {STORED[0], ROWS["own"][0]}
    assert "撤回这次导入" in of(app, EDITOR).get(f"/imports/{batch}").text
    assert of(app, EDITOR).post(f"/imports/{batch}/undo").status_code == 302
    assert names(app, "enterprises") == {STORED[0]}
    for path in ("/imports/clear-sample", "/runs"):
        assert of(app, EDITOR).post(path).status_code == 403


def test_an_upload_is_its_owners(app: Flask) -> None:
    place = upload(of(app, EDITOR), rows=(HEADER, ROWS["own"]))
    for wish in (COLLEAGUE, OTHER):
        client = of(app, wish)
        assert client.get(place).status_code == 404
        assert {client.post(f"{place}{step}").status_code for step in ("", "/commit", "/drop", "/datum")} == {404}
    assert of(app, EDITOR).get(place).status_code == 200


def test_what_one_account_holds_is_bounded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.views.imports.MOST_HELD", 1)
    client = of(app, EDITOR)
    place = upload(client, rows=(HEADER, ROWS["own"]))
    assert upload(client, rows=(HEADER, ROWS["own"])) == "/imports"
    assert "没有导入或放弃" in client.get("/imports").text
    client.post(f"{place}/drop")
    assert upload(client, rows=(HEADER, ROWS["own"])).startswith("/imports/draft/")


def test_unions_members_counts_and_places_alike(app: Flask) -> None:
    city, client = app.test_client(), of(app, EDITOR)
    imported(app, city, (["工会名称", "县区"], ["通州甲厂工会", "通州区"], ["市直机关工会", ""]), kind="unions")
    imported(app, city, (HEADER, STORED, ROWS["own"]))
    unions = (
        ["工会名称", "县区", "地址"],
        ["海门甲厂工会", "海门区", ""],
        ["海门乙厂工会", "", ""],
        ["如东丙厂工会", "如东县", ""],
        ["通州丁厂工会", "", "南通市通州区金沙镇1号"],
    )
    run = imported(app, client, unions, kind="unions")
    assert (run.tally["tally"]["new"], run.tally["tally"]["rejected"]) == (2, 2)
    with app.app_context(), session() as opened:
        stored = store.read(opened, "unions", store.Scope(HERE))
    assert set(stored["name"]) == {"海门甲厂工会", "海门乙厂工会"}, "a union without a county is the county's"
    members = (
        ["工会名称", "单位名称"],
        ["海门甲厂工会", "海门一店有限公司"],
        ["通州甲厂工会", "某某有限公司"],
        ["市直机关工会", "另某有限公司"],
    )
    run = imported(app, client, members, kind="members")
    assert (run.tally["tally"]["new"], run.tally["tally"]["rejected"]) == (1, 2)
    assert {tuple(found) for found in codes(app, run.tally["batch"]).values()} == {("OTHER_COUNTY_STORED",)}
    counts = (
        ["统一社会信用代码", "职工人数", "人数截止日"],
        [ROWS["own"][1], "40", "2025-12-31"],
        [STORED[1], "99", "2025-12-31"],
    )
    run = imported(app, client, counts, kind="headcounts")
    assert (run.tally["tally"]["changed"], run.tally["tally"]["rejected"]) == (1, 1)
    places = (
        ["名称", "县区", "地址", "经度", "纬度"],
        ["甲大厦", "海门区", "", "121.18", "31.89"],
        ["乙大厦", "", "", "", ""],
        ["丙大厦", "崇川区", "", "", ""],
        ["丁大厦", "", "", "120.85", "32.01"],
    )
    run = imported(app, client, places, kind="places:building")
    assert (run.tally["tally"]["new"], run.tally["tally"]["rejected"]) == (2, 2)
    with app.app_context(), session() as opened:
        found = store.read(opened, "places", store.CITY)
    assert list(found["county_code"]) == [HERE, HERE]
    assert list(found.index) == [f"building:{HERE}:甲大厦", f"building:{HERE}:乙大厦"]


def test_a_layer_is_confined_by_where_it_lies(app: Flask) -> None:
    def point(name: str, lon: float, lat: float) -> dict[str, object]:
        return {
            "type": "Feature",
            "properties": {"名称": name},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }

    features = [point("甲市场", 121.18, 31.89), point("乙市场", 120.85, 32.01), point("丙市场", 125.0, 31.0)]
    file = io.BytesIO(json.dumps({"type": "FeatureCollection", "features": features}).encode())
    client = of(app, EDITOR)
    place = client.post("/imports", data={"kind": "places:market", "file": (file, "市场.geojson")}).location
    tally = planned(app, client, place).tally["tally"]
    assert (tally["rows_in"], tally["new"], tally["codes"]["OTHER_COUNTY"]) == (3, 2, 1)


def test_divisions_are_the_citys(app: Flask) -> None:
    client = of(app, EDITOR)
    page = client.get("/imports").text
    assert "places:division" not in page and "places:building" in page and "只导入海门区的行" in page
    file = (io.BytesIO("代码,名称\n320614,海门区\n".encode()), "区划.csv")
    answer = client.post("/imports", data={"kind": "places:division", "file": file})
    assert answer.status_code == 422 and "行政区划由市级账号导入" in answer.text


def test_columns_chosen_by_a_county_are_remembered_for_it_alone(app: Flask) -> None:
    rows = (["甲列", "乙列"], ["海门一厂有限公司", "海门区人民路1号"])
    client = of(app, EDITOR)
    place = upload(client, rows=rows, source="同一来源")
    client.post(place, data={"column": ["甲列", "乙列"], "field": ["name", "address"], "before": "", "act": "plan"})
    work(app, "import_plan")
    client.post(f"{place}/commit")
    work(app, "import")
    mine = form_of(client.get(upload(client, rows=rows, source="同一来源")).text)
    assert mine["field"] == ["name", "address"]
    assert "name" not in form_of_or_none(of(app, OTHER), rows)


def form_of_or_none(client: FlaskClient, rows) -> list[str]:
    page = client.get(upload(client, rows=rows, source="同一来源")).text
    return form_of(page)["field"] if 'name="before"' in page else []


def test_where_the_latest_survey_found_a_firm_is_its_county(tmp_path) -> None:
    made = small_city.loaded(tmp_path)
    with made.app_context(), session() as opened:
        survey = store.surveys.latest(opened, store.CITY)
        assert survey is not None
        known = survey.firms["county_code"].dropna()
        asked = list(survey.firms.index)
        assert store.whereabouts(opened, asked) == known.to_dict()
        assert store.whereabouts(opened, ["nobody"]) == {}


def test_uploads_that_wait_are_listed_to_whoever_brought_them_and_can_be_given_up(app: Flask) -> None:
    client = of(app, EDITOR)
    place = upload(client, rows=(HEADER, ROWS["own"]), source="县局")
    token = place.rsplit("/", 1)[1]
    assert f"/imports/draft/{token}" in client.get("/imports").text
    assert token not in of(app, COLLEAGUE).get("/imports").text
    client.post(f"{place}/drop")
    assert token not in client.get("/imports").text


def test_a_county_does_not_import_boundaries_past_draft_and_approval(app: Flask) -> None:
    answer = of(app, EDITOR).post(
        "/imports",
        data={
            "kind": "places:zone",
            "file": (io.BytesIO(b'{"type":"FeatureCollection","features":[]}'), "zone.geojson"),
        },
        follow_redirects=True,
    )
    assert "请在“园区边界”起草" in answer.text
