"""The workbook of a visit goes out, is filled in as an officer would, and comes back: changes, refusals, once."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pandas as pd
import pypdfium2
import pytest
import small_city
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl.worksheet.worksheet import Worksheet
from signed_in import acting, sign, stranger
from soup import soup
from werkzeug.test import TestResponse

from app import runs, store
from app.auth.accounts import Wish
from app.current import reading
from app.db import current, session
from app.ledger_desk import visits
from app.models import FieldOutcome, LedgerStep, LedgerTask
from geo.gaps import walk

HERE, THERE = small_city.COUNTIES
BUILDING = "building:990101:云帆大厦"
WHERE = f"/visits/list.xlsx?building={BUILDING}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    people = (Wish("li", "李干事", "editor", HERE), Wish("zhao", "赵干事", "editor", HERE))
    return small_city.loaded(tmp_path_factory.mktemp("visits"), people=people, form_tokens=False)


@pytest.fixture
def app(made: Flask) -> Iterator[Flask]:
    """``made``, with nothing recorded before and after each test."""
    yield made
    with made.app_context(), session(write=True) as opened:
        for table in (LedgerStep, LedgerTask, FieldOutcome):
            opened.execute(sa.delete(table))


def editor(app: Flask, login: str = "li") -> FlaskClient:
    return sign(stranger(app), login)


def opened_book(data: bytes) -> tuple[openpyxl.Workbook, Worksheet, dict[str, int]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book["走访表"]
    return book, page, {str(cell.value): cell.column for cell in page[1]}


def filled(data: bytes, rows: dict[int, dict[str, Any]]) -> bytes:
    """Fill in rows of a workbook by their headings."""
    book, page, heads = opened_book(data)
    for row, values in rows.items():
        for heading, value in values.items():
            page.cell(row, heads[heading], value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def brought(client: FlaskClient, data: bytes, name: str = "visit.xlsx") -> TestResponse:
    return client.post("/visits/return", data={"file": (io.BytesIO(data), name)}, follow_redirects=True)


def told(answer: TestResponse) -> tuple[list[int], list[tuple[str, str, str, str]]]:
    """The figures rows, applied, unchanged, conflicts, refused, and the refused cells."""
    from bs4 import BeautifulSoup

    page = BeautifulSoup(answer.text, "html.parser").find(id="report")
    assert page is not None
    figures = [int("".join(filter(str.isdigit, each.text))) for each in page.select(".kpi-value")]
    tables = page.select("table")
    cells = []
    if "没有采用的单元格" in [head.text for head in page.select("h3")]:
        cells = [tuple(c.text.strip() for c in row.select("th,td")) for row in tables[0].select("tbody tr")]
    return figures, cells


def steps(app: Flask) -> pd.DataFrame:
    with app.app_context(), session() as opened:
        return store.read(opened, "steps", store.CITY)


def test_the_workbook_is_made_for_the_visit(app: Flask) -> None:
    book, page, heads = opened_book(app.test_client().get(WHERE).data)
    assert book.sheetnames == ["说明", "走访表", "地图", "选项"] and book["选项"].sheet_state == "hidden"
    assert page.freeze_panes == "C2" and page.print_title_rows == "$1:$1"
    assert (page.page_setup.orientation, str(page.page_setup.paperSize)) == ("landscape", "9")
    assert len(book["地图"]._images) == 1, "a picture of the place"
    with acting(app):
        firms = reading().survey.firms
        wanted = walk(firms[firms["gap"].astype(bool) & firms["building"].eq(BUILDING).fillna(value=False)])
    keys = [page.cell(row, heads["企业编号（勿改）"]).value for row in range(2, page.max_row + 1)]
    assert keys == list(wanted.index), "each firm once, in the order of the walk"
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    last = page.max_row
    for heading, kind, count in (("推进阶段", "list", 11), ("主要原因", "list", 17), ("走访结果", "list", 9)):
        letter = openpyxl.utils.get_column_letter(heads[heading])
        rule = rules[f"{letter}2:{letter}{last}"]
        assert rule.type == kind
        sheet, cells = rule.formula1.split("!")
        values = [cell.value for (cell,) in book[sheet.strip("'")][cells.replace("$", "")]]
        assert len(values) == count and all(values), heading
    blank = [page.cell(2, heads[name]).value for name in ("日期", "走访结果", "主要原因", "推进阶段", "备注")]
    assert blank == [None] * 5


def test_a_filled_sheet_changes_what_it_says_refuses_nonsense_by_cell_and_nothing_the_second_time(app: Flask) -> None:
    client = editor(app)
    out = client.get(WHERE).data
    _book, page, heads = opened_book(out)
    keys = [page.cell(row, heads["企业编号（勿改）"]).value for row in range(2, page.max_row + 1)]
    assert len(keys) >= 7
    back = filled(
        out,
        {
            2: {"日期": datetime(2026, 3, 5, tzinfo=UTC).replace(tzinfo=None), "走访结果": "核实在营", "现有职工": 31,
                "女职工": "12", "主要原因": "R04 企业经营者认识不足／意愿不强", "第二原因": "R05",
                "推进阶段": "P1 已实地核查"},
            3: {"日期": "2026年3月5日", "现有职工": "很多", "推进阶段": "P7 上级工会批复成立", "主要原因": "其他",
                "文号": "1号"},
            4: {"走访结果": "已迁走"},
            5: {"日期": "2026/3/6", "走访结果": "飞走了", "备注": "=HYPERLINK(1)"},
            6: {"日期": "2026-03-06", "推进阶段": "PX 暂缓", "主要原因": "R06"},
            7: {"日期": "2999-01-01", "走访结果": "核实在营"},
            8: {"日期": "2026-03-06", "走访结果": "核实在营", "企业编号（勿改）": "row:nobody"},
        },
    )  # fmt: skip
    figures, cells = told(brought(client, back))
    assert figures == [len(keys), 3, 0, 0, 4]
    letter = {name: openpyxl.utils.get_column_letter(column) for name, column in heads.items()}
    assert {(cell[0], cell[3].split("；")[0]) for cell in cells} == {
        (f"{letter['现有职工']}3", "“很多”不是整数"),
        (f"{letter['推进阶段']}3", "不能接在P0 未核查之后"),
        (f"{letter['日期']}4", "没有填"),
        (f"{letter['走访结果']}5", "“飞走了”不在可选项中"),
        (f"{letter['备注']}5", "单元格有错误"),
        (f"{letter['下次日期']}6", "阶段PX 暂缓需要填这一项"),
        (f"{letter['日期']}7", f"晚于今天（{runs.survey.today()}）"),
        (f"{letter['企业编号（勿改）']}8", "没有这家企业"),
    }
    found = steps(app).set_index("enterprise_id")
    assert sorted(found.index) == sorted([keys[0], keys[1], keys[4]])
    first, second, third = found.loc[keys[0]], found.loc[keys[1]], found.loc[keys[4]]
    assert (first.stage, first.reason, first.second_reason, first.workers, first.women) == ("P1", "R04", "R05", 31, 12)
    assert first.taken_on == pd.Timestamp("2026-03-05") and first.basis == "workbook" and first.taken_by == "李干事"
    assert pd.isna(second.stage) and second.reason == "R99" and pd.isna(second.workers)
    assert pd.isna(third.stage) and third.reason == "R06", "what makes sense of a row is taken"
    again, refused = told(brought(client, back))
    assert again == [len(keys), 0, 3, 0, 4] and refused == cells
    pd.testing.assert_frame_equal(steps(app).set_index("enterprise_id"), found)


def test_a_count_below_the_members_signed_up_is_taken_told_and_listed(app: Flask) -> None:
    client = editor(app)
    out = client.get(WHERE).data
    _book, page, heads = opened_book(out)
    key = page.cell(2, heads["企业编号（勿改）"]).value
    for stage in ({"stage": "P1"}, {"stage": "P2"}, {"stage": "P3"}, {"stage": "P5", "members": 30, "workers": 40}):
        form = {"taken_on": "2026-03-04", "taken_by": "李", "document": "1号", **stage}
        assert client.post(f"/ledger/firm/{key}", data=form).status_code == 302, stage
    out = client.get(WHERE).data
    answer = brought(client, filled(out, {2: {"日期": "2026-03-05", "现有职工": 10, "走访结果": "核实在营"}}))
    assert told(answer)[0][1] == 1 and "1 家企业与台账矛盾" in answer.text and "少于已登记的会员" in answer.text
    assert steps(app)["workers"].tolist()[-1] == 10
    assert key in client.get("/ledger?show=anew&because=fewer_than_members").text
    assert key not in client.get("/ledger?show=anew&because=now_25").text


def test_days_and_counts_are_read_as_officers_write_them_and_the_inbox_names_each_bad_cell(app: Flask) -> None:
    client = editor(app)
    out = client.get(WHERE).data
    back = filled(
        out,
        {
            2: {"日期": "20260305", "现有职工": "1,234人"},
            3: {"日期": 20260306, "现有职工": " 68 "},
            4: {"日期": "2026-03-05", "走访结果": "飞走了"},
            5: {"日期": "2026-03-05", "现有职工": -5},
            6: {"日期": "20261305", "现有职工": "3"},
        },
    )
    figures, cells = told(brought(client, back))
    assert figures[1:] == [2, 0, 0, 3]
    found = steps(app)
    assert [str(day.date()) for day in found["taken_on"]] == ["2026-03-05", "2026-03-06"]
    assert list(found["workers"]) == [1234, 68]
    assert "-5" in [cell[2] for cell in cells], "as it was typed"
    inbox = client.get("/inbox").text
    assert "“飞走了”不在可选项中" in inbox and "没有填任何内容" not in inbox


def test_columns_may_be_moved_rows_sorted_and_the_key_is_what_counts(app: Flask) -> None:
    client = editor(app)
    _book, page, heads = opened_book(client.get(WHERE).data)
    keys = [page.cell(row, heads["企业编号（勿改）"]).value for row in range(2, page.max_row + 1)]
    book = openpyxl.Workbook()
    other = book.active
    other.append(["街道走访汇总"])
    other.append([])
    other.append(["推进阶段", "企业编号（勿改）", "日期", "上级批示"])
    for key in reversed(keys[:3]):
        other.append(["P2 已宣传走访", key, date(2026, 3, 5), "阅"])
    stream = io.BytesIO()
    book.save(stream)
    figures, cells = told(brought(client, stream.getvalue()))
    assert figures == [3, 3, 0, 0, 0] and cells == []
    assert list(steps(app)["enterprise_id"]) == list(reversed(keys[:3]))


def test_rows_of_another_county_are_refused_with_the_reason(app: Flask) -> None:
    data = app.test_client().get(f"/visits/list.xlsx?county={THERE}").data
    back = filled(data, {2: {"日期": "2026-03-05", "走访结果": "核实在营"}})
    figures, cells = told(brought(editor(app), back))
    assert figures[1] == 0 and figures[4] == 1 and steps(app).empty
    assert cells[0][3] in ("企业不在本县（市、区）", "没有这家企业")


def test_a_sheet_that_did_not_see_somebody_elses_step_waits_in_conflict(app: Flask) -> None:
    out = editor(app).get(WHERE).data
    _book, page, heads = opened_book(out)
    key = page.cell(2, heads["企业编号（勿改）"]).value
    form = {"taken_on": "2026-03-04", "stage": "P2", "taken_by": "赵干事"}
    assert editor(app, "zhao").post(f"/ledger/firm/{key}", data=form).status_code == 302
    back = filled(out, {2: {"日期": "2026-03-05", "推进阶段": "P1 已实地核查"}})
    figures, _cells = told(brought(editor(app), back))
    assert figures[3] == 1 and list(steps(app)["stage"]) == ["P2"]
    newer = filled(editor(app).get(WHERE).data, {2: {"日期": "2026-03-06", "推进阶段": "P1 已实地核查"}})
    assert told(brought(editor(app), newer))[0][1] == 1, "a sheet that saw it goes on from it"


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken", b"a,b\n1,2\n"])
def test_what_is_no_visit_is_refused_in_words(app: Flask, content: bytes) -> None:
    answer = brought(editor(app), content)
    assert answer.status_code == 200 and "没有导入" in answer.text and steps(app).empty


def test_a_workbook_without_headings_of_a_visit_says_so(app: Flask) -> None:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["企业名称", "地址"])
    book.save(stream)
    assert "没有走访表的表头" in brought(editor(app), stream.getvalue()).text


def test_all_places_of_a_kind_are_packed_by_a_run_for_ones_own_area_alone(app: Flask) -> None:
    client = editor(app)
    client.post("/visits/pack", data={"kind": "building"})
    with app.app_context():
        run = runs.execute(current())
    assert run is not None and run.status == runs.DONE and run.tally["places"] == 2
    link = next(a["href"] for a in soup(client, "/visits").select("#pack-list a"))
    with client.get(link) as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        books = [opened_book(archive.read(name))[1] for name in names]
    assert len(names) == 2 and all("大厦" in name or "中心" in name for name in names)
    assert all(page.max_row > 1 for page in books)
    assert app.test_client().get(link).status_code == 404, "the city has its own packs"
    assert client.get("/visits/pack/..%2Fatlas.zip").status_code == 404
    with app.app_context():
        assert visits.file_of("../../x").parent.name == "visits"
    assert client.post("/visits/pack", data={"kind": "x"}).status_code == 404


def test_the_list_comes_as_pages_to_print_and_as_a_table(app: Flask) -> None:
    client = app.test_client()
    book = pypdfium2.PdfDocument(client.get(f"/visits/list.pdf?county={HERE}").data)
    text = "".join("".join(page.get_textpage().get_text_range() for page in book).split())
    assert len(book) >= 2 and "走访表" in text and "试验" in text and "已登记阶段" in text
    assert all(head in text for head in ("发展会员数", "委员人数", "文号", "经办人")), "what the later stages need"
    rows = client.get(f"/visits/list.csv?building={BUILDING}").data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("序号,企业名称") and len(rows) == opened_book(client.get(WHERE).data)[1].max_row


def test_a_place_without_firms_gives_an_empty_workbook_without_a_map(app: Flask) -> None:
    book = openpyxl.load_workbook(io.BytesIO(app.test_client().get("/visits/list.xlsx?text=没有这家").data))
    assert book.sheetnames == ["说明", "走访表", "选项"] and book["走访表"].max_row == 1


def test_industries_and_the_campaigns_priority_types_have_their_lists(app: Flask) -> None:
    client = app.test_client()
    for kind in ("sector", "priority"):
        rows = soup(client, f"/visits?kind={kind}").select("table.data tbody tr")
        assert rows, kind
        for row in rows:
            due = int(row.select_one("td.n").text.replace(",", ""))
            link = row.find("a", string="CSV")["href"]
            assert len(client.get(link).data.decode("utf-8-sig").splitlines()) == due + 1, (kind, link)
    book = opened_book(client.get("/visits/list.xlsx?priority=trade").data)[0]
    assert book["说明"]["A1"].value == "商贸 走访表"
