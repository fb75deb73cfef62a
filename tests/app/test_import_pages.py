"""The pages of imports and runs: from the upload to the result and back."""

import csv
import io
import json
import re
from datetime import date

import openpyxl
import pytest

from app import create_app, imports, runs, store
from app.config import Config
from app.db import attached
from app.views.imports import KINDS
from geo.datum import from_wgs84

HEADER = ["企业名称", "统一社会信用代码", "注册地址", "职工人数"]
FIRMS = [
    ["海门市直属机关消费合作社", "913206841387832638", "海门市政府大院内", "25"],
    ["南通市通州区环球物流有限公司", "91320612138743640X", "金沙镇金通路60号", "-3"],
    ["", "", "崇川区人民路1号", "4"],
]


@pytest.fixture
def app(tmp_path):
    found = create_app(Config.from_environment({}, instance=tmp_path / "instance", worker=False))
    found.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return found


@pytest.fixture
def client(app):
    return app.test_client()


def upload(client, rows=(HEADER, *FIRMS), name="名录.csv", **form):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file = (io.BytesIO(text.getvalue().encode("gb18030")), name)
    answer = client.post("/imports", data={"kind": "enterprises", "source": "试", "file": file, **form})
    assert answer.status_code == 302
    return answer.location


def work(app, kind):
    """Do the run of a kind that waits, as the worker would."""
    database = attached(app)
    with app.app_context(), database.session() as session:
        key = next(run.key for run in runs.latest(session) if run.kind == kind and run.status == runs.QUEUED)
    with app.app_context():
        return runs.execute(database, key)


def form_of(page):
    """The columns and fields as the page's form would send them."""
    columns = re.findall(r'name="column" value="([^"]*)"', page)
    selects = re.findall(r'<select class="form-select" name="field".*?</select>', page, re.DOTALL)
    fields = [(re.findall(r'value="([^"]*)" selected', select) or [""])[0] for select in selects]
    before = re.search(r'name="before" value="([^"]*)"', page).group(1)
    return {"column": columns, "field": fields, "before": before}


def test_an_import_from_upload_to_undo(app, client):
    place = upload(client, source="市场监管")
    page = client.get(place).get_data(as_text=True)
    form = form_of(page)
    assert dict(zip(form["column"], form["field"], strict=True)) == {
        "企业名称": "name",
        "统一社会信用代码": "uscc",
        "注册地址": "address",
        "职工人数": "workers",
    }
    client.post(place, data={**form, "act": "plan"})
    assert "排队等候试算" in client.get(place).get_data(as_text=True)
    assert work(app, "import_plan").status == "done"
    planned = client.get(place).get_data(as_text=True)
    assert "导入 2 行" in planned
    assert "缺少名称" in planned
    assert "数目为负" in planned
    run_page = client.post(f"{place}/commit").location
    assert work(app, "import").status == "done"
    shown = client.get(run_page).get_data(as_text=True)
    result = re.search(r'href="(/imports/[^"]+)">查看导入结果', shown).group(1)
    page = client.get(result).get_data(as_text=True)
    assert page.count("退回") >= 2
    assert "代码校验位不符" in page
    assert client.get(f"{result}?severity=warn").get_data(as_text=True).count("请核对") >= 1
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{result}/rejected.xlsx").data))
    assert [sheet.max_row for sheet in book] == [2, 2]
    with app.app_context(), attached(app).session() as session:
        assert len(store.read(session, "enterprises", store.CITY)) == 2
        assert [run.kind for run in runs.latest(session) if run.status == "queued"] == ["survey"]
    assert client.post(f"{result}/undo").location == result
    with app.app_context(), attached(app).session() as session:
        assert store.read(session, "enterprises", store.CITY).empty
    assert "已撤回" in client.get(result).get_data(as_text=True)
    assert client.get(place).status_code == 404


def test_of_several_sheets_one_is_shown_and_another_can_be_chosen(app, client):
    book = openpyxl.Workbook()
    book.active.title = "崇川"
    book.active.append(HEADER)
    book.active.append(FIRMS[0])
    other = book.create_sheet("海门")
    for line in (HEADER, *FIRMS[:2]):
        other.append(line)
    body = io.BytesIO()
    book.save(body)
    body.seek(0)
    place = client.post("/imports", data={"kind": "enterprises", "source": "试", "file": (body, "两表.xlsx")}).location
    page = client.get(place).get_data(as_text=True)
    assert "其他工作表未读" in page
    form = {**form_of(page), "sheet": "崇川", "shown": "崇川", "act": "plan"}
    client.post(place, data={**form, "sheet": "海门"})
    assert '<option value="海门" selected>' in client.get(place).get_data(as_text=True)
    client.post(place, data={**form, "sheet": "海门", "shown": "海门"})
    assert work(app, "import_plan").tally["tally"]["new"] == 2


def test_columns_can_be_chosen_by_hand_and_left_unread(app, client):
    place = upload(client, rows=[["甲", "企业名称", "乙"], ["x", "南通甲有限公司", "人民路1号"]])
    form = form_of(client.get(place).get_data(as_text=True))
    assert form["field"] == ["", "name", ""]
    client.post(place, data={**form, "field": ["name", "", "address"], "act": "look"})
    again = form_of(client.get(place).get_data(as_text=True))
    assert again["field"] == ["name", "", "address"]


def test_a_file_without_known_header_can_be_helped_by_hand(app, client):
    place = upload(client, rows=[["说明"], ["甲", "乙"], ["南通甲有限公司", "人民路1号"]])
    page = client.get(place).get_data(as_text=True)
    assert "找不到表头" in page
    client.post(place, data={"header_row": "2", "act": "look"})
    form = form_of(client.get(place).get_data(as_text=True))
    assert form["column"] == ["甲", "乙"]
    client.post(place, data={**form, "header_row": "2", "field": ["name", "address"], "act": "plan"})
    assert work(app, "import_plan").tally["tally"]["new"] == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.csv", b"", "文件是空的"),
        ("坏.xlsx", b"PK\x03\x04broken", "文件不完整"),
        ("图.xlsx", b"\x89PNG\r\n", "这不是表格文件"),
        ("说明.xlsx", "这是一份说明。\n没有表格，只有文字。".encode(), "这不是表格文件"),
        ("工具.exe", b"MZ plain text of a program", "这不是表格文件"),
        ("乱码.csv", bytes(range(1, 32)) * 4, "这不是表格文件"),
        ("乱.csv", b"\xff\xff\xff,\x80", "编码"),
        ("图层.geojson", b"{", "图层打不开"),
        ("只有表头.csv", ",".join(HEADER).encode(), "没有数据行"),
        ("空行.csv", (",".join(HEADER) + "\n,,,\n \n").encode(), "没有数据行"),
        ("空图层.geojson", b'{"type": "FeatureCollection", "features": []}', "没有数据行"),
    ],
)
def test_files_that_cannot_be_read_are_told_in_plain_words(client, name, data, words):
    place = client.post(
        "/imports", data={"kind": "enterprises", "source": "试", "file": (io.BytesIO(data), name)}
    ).location
    page = client.get(place)
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert words in text
    assert 'name="header_row"' not in text


def survey_done(app, on):
    """Put a survey of a day in line and do it."""
    with app.app_context(), attached(app).session(write=True) as session:
        key = runs.survey.order(session, on)
    with app.app_context():
        assert runs.execute(attached(app), key).status == "done"


def imported(app, client, rows):
    """Import rows through the pages and return the address of the result."""
    place = upload(client, rows=rows)
    client.post(place, data={**form_of(client.get(place).get_data(as_text=True)), "act": "plan"})
    work(app, "import_plan")
    run = client.post(f"{place}/commit").location
    assert work(app, "import").status == "done"
    return re.search(r'href="(/imports/[^"]+)">查看导入结果', client.get(run).get_data(as_text=True)).group(1)


def test_import_and_undo_recompute_every_day_that_was_surveyed_the_newest_first(app, client):
    newest, older = date(2025, 12, 31), date(2024, 12, 31)
    first = imported(app, client, [HEADER, FIRMS[0]])
    assert work(app, "survey").on_day == runs.survey.today()
    with app.app_context(), attached(app).session(write=True) as session:
        store.surveys.clear(session)
    survey_done(app, older)
    survey_done(app, newest)
    assert queued(app) == []
    banner, old = "数据已经更新", "按旧登记计算"
    assert banner not in client.get("/definitions").get_data(as_text=True)
    assert old not in client.get("/").get_data(as_text=True)
    second = imported(app, client, [HEADER, *FIRMS[:2], FIRMS[1]])
    assert queued(app) == [newest, older]
    page = client.get("/").get_data(as_text=True)
    assert page.count(f'">{old}</span>') == 2
    assert "正在按现在的登记重新计算" in page
    assert next_run(app).on_day == newest
    assert banner not in client.get("/definitions").get_data(as_text=True)
    page = client.get("/").get_data(as_text=True)
    assert page.count(f'">{old}</span>') == 1
    assert "2024-12-31 的数字还是按旧登记计算的" in page
    assert "2024-12-31*" in page
    assert next_run(app).on_day == older
    assert old not in client.get("/").get_data(as_text=True)
    assert "删除 1 条，恢复 0 条" in client.get(second).get_data(as_text=True)
    undone = client.post(f"{second}/undo", follow_redirects=True).get_data(as_text=True)
    assert "已撤回：删除 1 条，恢复 0 条" in undone
    client.post(f"{first}/undo")
    client.post("/runs")
    assert queued(app) == [newest, older]
    with app.app_context(), attached(app).session() as session:
        assert store.surveys.days(session) == [newest, older]


def test_years_of_old_registers_can_be_computed_anew_from_the_overview(app, client):
    imported(app, client, [HEADER, FIRMS[0]])
    work(app, "survey")
    for on in (date(2024, 12, 31), date(2025, 12, 31)):
        survey_done(app, on)
    with app.app_context(), attached(app).session(write=True) as session:
        store.versions.bump(session, store.versions.INPUTS)  # as a decision does, which asks for no survey
    assert "全部重新计算" in client.get("/").get_data(as_text=True)
    client.post("/runs")
    assert queued(app) == [runs.survey.today(), date(2025, 12, 31), date(2024, 12, 31)]
    page = client.get("/").get_data(as_text=True)
    assert "全部重新计算" not in page
    assert "正在按现在的登记重新计算" in page


def test_a_dry_run_does_not_wait_for_surveys(app, client):
    imported(app, client, [HEADER, FIRMS[0]])
    place = upload(client)
    client.post(place, data={**form_of(client.get(place).get_data(as_text=True)), "act": "plan"})
    assert next_run(app).kind == "import_plan"
    assert next_run(app).kind == "survey"


def queued(app):
    """The days that wait in line, in the order in which they were put there."""
    with app.app_context(), attached(app).session() as session:
        return [run.on_day for run in runs.latest(session) if run.status == runs.QUEUED][::-1]


def next_run(app):
    """Do the run whose turn it is."""
    with app.app_context():
        return runs.execute(attached(app))


def test_the_dry_run_gives_its_problem_rows_and_tells_skipped_from_returned(app, client):
    place = upload(client, rows=[HEADER, *FIRMS, FIRMS[0], ["合计", "", "", "54"]])
    client.post(place, data={**form_of(client.get(place).get_data(as_text=True)), "act": "plan"})
    tally = work(app, "import_plan").tally["tally"]
    assert (tally["rejected"], tally["skipped"]) == (3, 2)
    assert f"{place}/rejected.xlsx" in client.get(place).get_data(as_text=True)
    planned, warned, skipped = openpyxl.load_workbook(io.BytesIO(client.get(f"{place}/rejected.xlsx").data))
    assert [sheet.title for sheet in (planned, warned, skipped)] == ["退回", "请核对", "跳过"]
    assert [cell.value for cell in planned["A"]] == ["原行号", 4]
    assert [cell.value for cell in skipped["A"]] == ["原行号", 5, 6]
    assert warned["F2"].value == "-3"
    client.post(f"{place}/commit")
    done = work(app, "import")
    assert done.tally["tally"]["skipped"] == 2
    result = f"/imports/{done.tally['batch']}"
    page = client.get(f"{result}?severity=skip").get_data(as_text=True)
    assert page.count('<span class="badge-a ">跳过') == 2
    assert page.count('<div class="raw"><span><b>企业名称</b>') == 2
    again, _warned, _skipped = openpyxl.load_workbook(io.BytesIO(client.get(f"{result}/rejected.xlsx").data))
    assert [[cell.value for cell in row] for row in again] == [[cell.value for cell in row] for row in planned]


def test_no_file_bad_kind_and_gone_drafts(client):
    assert client.post("/imports", data={"kind": "enterprises"}).location == "/imports"
    answer = client.post("/imports", data={"kind": "nonsense", "file": (io.BytesIO(b"x"), "a.csv")})
    assert answer.status_code == 422
    assert client.get("/imports/draft/0123456789abcdef").status_code == 404
    assert client.get("/imports/draft/..%2f..%2fetc").status_code == 404
    assert client.get("/imports/none").status_code == 404
    assert client.get("/runs/none").status_code == 404
    assert client.post("/imports/none/undo").status_code in (404, 409, 422)


def test_an_upload_that_a_newer_version_refuses_shuts_nobody_out(app, client, tmp_path):
    token = upload(client).rpartition("/")[2]
    held = next((tmp_path / "instance").rglob(f"{token}/draft.json"))
    assert "名录.csv" in client.get("/imports").get_data(as_text=True)
    values = json.loads(held.read_text(encoding="utf-8"))
    values["request"] |= {"kind": "places", "place_kind": "zone", "county_code": "320602"}
    held.write_text(json.dumps(values), encoding="utf-8")
    answer = client.get("/imports")
    assert answer.status_code == 200
    assert "名录.csv" not in answer.get_data(as_text=True)


def test_registry_text_is_escaped(app, client):
    name = "<script>alert(1)</script>有限公司"
    place = upload(client, rows=[HEADER, [name, "", "<b>路</b>1号", "-1"]], name="<img>.csv")
    client.post(place, data={**form_of(client.get(place).get_data(as_text=True)), "act": "plan"})
    work(app, "import_plan")
    run = client.post(f"{place}/commit").location
    work(app, "import")
    result = re.search(r'href="(/imports/[^"]+)">查看导入结果', client.get(run).get_data(as_text=True)).group(1)
    for address in (result, "/imports", "/runs", run):
        page = client.get(address).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<b>路" not in page
        assert "<img>" not in page


def test_templates_are_read_back_with_every_column_known(client, tmp_path):
    from geo.io.tables import open_table
    from geo.io.words import read_words
    from geo.registry import column_kind, match_columns

    words = read_words(Config().data / "words")
    for kind in KINDS:
        answer = client.get(f"/imports/template/{kind}.xlsx")
        assert answer.status_code == 200
        path = tmp_path / "template.xlsx"
        path.write_bytes(answer.data)
        names = column_kind(*kind.split(":")) if ":" in kind else kind
        table = open_table(path, names, words)
        assert match_columns(table.columns, names, words).spare == ()


def test_the_sample_can_be_cleared_before_real_work_begins(app, client, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join(HEADER) + "\n" + ",".join(FIRMS[0]), encoding="utf-8")
    with app.app_context():
        imports.commit(attached(app), imports.Request(path, "enterprises", source="市场主体登记名录（演示）"))
        with attached(app).session(write=True) as session:
            store.settings.put(session, store.settings.SAMPLE, value=True)
    assert "清空演示数据" in client.get("/imports").get_data(as_text=True)
    client.post("/imports/clear-sample")
    assert "清空演示数据" not in client.get("/imports").get_data(as_text=True)
    with app.app_context(), attached(app).session() as session:
        assert store.read(session, "enterprises", store.CITY).empty
        assert not store.settings.is_sample(session)


def test_a_survey_is_put_in_line_and_listed(app, client):
    place = client.post("/runs", data={"on_day": "2026-01-31"}).location
    page = client.get(place).get_data(as_text=True)
    assert "排队中" in page
    assert 'hx-trigger="every 1s"' in page
    assert "2026-01-31" in client.get("/runs").get_data(as_text=True)
    partial = client.get(place, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in partial


def doors(shift, count=12):
    """House numbers along two streets, delivered in a datum, and the same known to the atlas."""
    header = ["所在县区", "道路名称", "门牌号", "经度", "纬度"]
    rows = []
    for number in range(count):
        points = shift(120.85 + number * 0.003, 31.98 + (number % 5) * 0.004)
        rows.append(["崇川区", "甲子路", str(2 * number + 1), *(f"{float(value):.6f}" for value in points)])
    return [header, *rows]


def test_a_wrong_datum_is_told_before_the_import_and_has_to_be_confirmed(app, client):
    known = upload(client, doors(lambda x, y: (x, y)), "known.csv", kind="places:address", source="规划局")
    client.post(known + "/commit")
    work(app, "import")
    place = upload(
        client, doors(lambda x, y: from_wgs84(x, y, "gcj02")), "new.csv", kind="places:address", source="导航"
    )
    client.post(place, data={**form_of(client.get(place).get_data(as_text=True)), "act": "plan", "datum": "wgs84"})
    work(app, imports.work.PLAN)
    page = client.get(place).get_data(as_text=True)
    assert "多半应是 GCJ-02" in page
    assert "按 GCJ-02（高德、腾讯） 重新试算" in page
    assert "坐标系没有选错，仍要导入" in page
    client.post(place + "/commit")
    failed = work(app, "import")
    assert (failed.status, failed.error_code) == (runs.FAILED, "DATUM_CONTRADICTED")
    client.post(place + "/datum", data={"datum": "gcj02"})
    work(app, imports.work.PLAN)
    page = client.get(place).get_data(as_text=True)
    assert "坐标系与已有地点相符" in page
    assert "重新试算" not in page


def test_a_datum_that_is_right_all_the_same_can_be_confirmed(app, client):
    client.post(
        upload(client, doors(lambda x, y: (x, y)), "known.csv", kind="places:address", source="规划局") + "/commit"
    )
    work(app, "import")
    place = upload(
        client, doors(lambda x, y: from_wgs84(x, y, "bd09")), "new.csv", kind="places:address", source="导航"
    )
    client.post(place + "/commit")
    assert work(app, "import").status == runs.FAILED
    client.post(place + "/commit", data={"datum_confirmed": "1"})
    assert work(app, "import").status == runs.DONE


def test_a_register_needs_its_source(client):
    body = io.BytesIO("企业名称,地址\n甲厂,一路1号\n".encode())
    answer = client.post("/imports", data={"kind": "unions", "file": (body, "台账.csv")})
    assert answer.location.startswith("/imports?") and "draft" not in answer.location
    assert "请写明名录来源" in client.get(answer.location).text


def test_what_a_file_holds_is_chosen_anew_without_another_upload(client):
    unions = [["工会名称", "批准日期"], ["崇川区某楼联合工会", "2024-05-06"]]
    place = upload(client, unions)
    page = client.get(place).get_data(as_text=True)
    assert "找不到表头" in page
    assert '<option value="enterprises" selected>' in page
    client.post(place, data={"kind": "unions", "header_row": "", "datum": "", "act": "plan"})
    page = client.get(place).get_data(as_text=True)
    assert '<option value="unions" selected>' in page
    assert dict(zip(*(form_of(page)[name] for name in ("column", "field")), strict=True)) == {
        "工会名称": "name",
        "批准日期": "approved_on",
    }
    assert client.post(place, data={"kind": "nonsense"}).status_code in (400, 422)


def test_a_column_about_persons_is_not_kept_of_faulty_rows_either(app, client):
    rows = [
        ["企业名称", "注册地址", "联系人"],
        ["", "崇川区人民路1号", "某某某"],
        ["海门某厂", "育才路1号", "某某"],
    ]
    place = upload(client, rows)
    client.post(place, data={**form_of(client.get(place).get_data(as_text=True)), "act": "plan"})
    work(app, "import_plan")
    run_page = client.post(f"{place}/commit").location
    work(app, "import")
    result = re.search(r'href="(/imports/[^"]+)">查看导入结果', client.get(run_page).get_data(as_text=True)).group(1)
    page = client.get(result).get_data(as_text=True)
    assert "缺少名称" in page
    assert "崇川区人民路1号" in page
    assert "某某某" not in page
