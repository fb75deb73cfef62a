"""Rows written as markup are what openpyxl would have written, and the map of a place shows what it is said to show."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pypdfium2
import pytest
import small_city
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font
from PIL import Image
from python_calamine import CalamineWorkbook
from signed_in import TESTER, acting

from app.current import reading
from app.reports import markup, pages
from app.reports import sheet as sheets
from app.reports.brush import Brush
from app.reports.cells import cell
from app.reports.site_map import picture
from app.reports.visit import workbook
from app.runs.survey import today
from geo.gaps import Filter

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), TEXT,
    st.dates(date(1950, 1, 1), date(2099, 1, 1)),
)  # fmt: skip


def written(rows: list[list[Any]], **looks: Any) -> bytes:
    book = Workbook(write_only=True)
    book.create_sheet("前")
    page = book.create_sheet("清单")
    page.append([f"列{n}" for n in range(6)])
    body = markup.written(page, rows, {n: look(page) for n, look in looks.items()} if looks else {})
    assert body.count == len(rows)
    return markup.save(book, [body])


@settings(max_examples=60, deadline=None)  # writes and reads a workbook each time
@given(st.lists(st.lists(VALUE, max_size=6), max_size=5))
def test_what_is_written_is_read_back(rows: list[list[Any]]) -> None:
    made = written(rows)
    page = openpyxl.load_workbook(io.BytesIO(made))["清单"]
    assert page.max_row <= 1 + len(rows)
    for line, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            back = page.cell(line, column).value
            wanted = cell(value)
            if isinstance(wanted, date):
                wanted = datetime(wanted.year, wanted.month, wanted.day)  # noqa: DTZ001 (days have no zone)
            assert back == wanted and isinstance(back, bool) == isinstance(wanted, bool), (value, back)
    CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_name("清单").to_python()


def test_each_column_keeps_its_look_and_days_are_days() -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("清单")
    page.append(["甲", "乙", "丙"])
    wrapped = sheets.peculiar(page, sheets.Column("甲", wrap=True))
    share = sheets.peculiar(page, sheets.Column("乙", share=True))
    small = sheets.styled(page, "", font=Font(size=8))
    rows = [["  长 文\n字", 0.25, pd.Timestamp("2026-03-05")], [pd.NaT, np.float64("nan"), datetime(2026, 3, 5, 8, 30)]]  # noqa: DTZ001
    body = markup.written(page, rows, {0: wrapped, 1: share, 2: small})
    back = openpyxl.load_workbook(io.BytesIO(markup.save(book, [body])))["清单"]
    assert back["A2"].value == "  长 文\n字" and back["A2"].alignment.wrap_text
    assert (back["B2"].value, back["B2"].number_format) == (0.25, "0.0%")
    assert back["C2"].is_date and back["C2"].number_format == "yyyy-mm-dd" and back["C2"].font.size == 8
    assert back["C3"].value == datetime(2026, 3, 5, 8, 30)  # noqa: DTZ001
    assert back["A3"].value is back["B3"].value is None


def test_many_rows_pass_through_a_file_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "IN_MEMORY", 1_000)
    made = written([[n, f"企业{n}"] for n in range(3_500)])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_name("清单").to_python()
    assert [row[:2] for row in rows[1:]] == [[n, f"企业{n}"] for n in range(3_500)]


@pytest.fixture
def in_request(app: Flask) -> Iterator[None]:
    with acting(app, "/visits"):
        yield


def drawn(body: bytes | None) -> np.ndarray:
    assert body is not None
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGB")).astype(int)


def test_a_brush_puts_places_where_they_are() -> None:
    brush = Brush((121.0, 32.0, 121.2, 32.1), (220, 130), (10, 10, 210, 110), "#ffffff")
    brush.dots(np.array([[121.1, 32.05], [121.15, 32.075]]), [4, 4], "#000000")
    brush.margins()
    dark = drawn(brush.png("#ffffff")).sum(axis=2) < 100
    ys, xs = np.nonzero(dark)
    assert {(round(x / 5) * 5, round(y / 5) * 5) for x, y in zip(xs, ys, strict=True)} <= {
        (a + dx, b + dy) for a, b in ((110, 60), (160, 35)) for dx in (-5, 0, 5) for dy in (-5, 0, 5)
    }
    assert dark[60, 110] and dark[35, 160]


def test_a_name_is_left_out_where_it_would_cover_another(app: Flask) -> None:
    with acting(app, "/"):
        from app.reports.site_map import font_file

        brush = Brush((0.0, 0.0, 1.0, 1.0), (400, 400), (0, 0, 400, 400), "#ffffff")
        at = (0.5, 0.5)
        assert brush.name(at, "通州路", font_file(), 12, "#000000")
        assert not brush.name(at, "通州路", font_file(), 12, "#000000")
        assert brush.name(at, "12", font_file(), 12, "#000000", "mwse"), "beside it there is room"
        assert not brush.name((0.999, 0.5), "海门区", font_file(), 12, "#000000"), "it would leave the map"


@pytest.mark.usefixtures("in_request")
def test_the_map_of_a_place_shows_outline_dots_and_nothing_beyond_its_frame() -> None:
    read = reading()
    rows = read.survey.firms.query("zone.notna() & lon.notna()")
    chosen = Filter(zone=(next(iter(small_city.ZONES)),))
    pixels = drawn(picture(read, chosen, rows, "东沟经济开发区"))
    assert pixels.shape == (760, 1188, 3)
    red = (pixels[..., 0] > 150) & (pixels[..., 1] < 80) & (pixels[..., 2] < 90)
    assert red.sum() > 200, "dots of firms"
    grey = pixels @ [0.299, 0.587, 0.114]
    assert abs(grey[red].mean() - 246) > 120, "dots stand out in grey"
    assert (pixels[46:722, :11] == 255).all() and (pixels[46:722, 1178:] == 255).all(), "nothing spills over"
    assert (pixels[:44].sum(axis=2) < 300).any() and (pixels[730:].sum(axis=2) < 500).any(), "title and note"


@pytest.mark.usefixtures("in_request")
def test_a_place_without_any_position_has_no_map() -> None:
    read = reading()
    assert picture(read, Filter(building=("building:990102:石埠商贸楼",)), read.survey.firms.iloc[:0], "x") is None


@pytest.mark.usefixtures("in_request")
def test_what_is_typed_into_a_visit_wraps_and_days_look_like_days() -> None:
    from app.reports import visit
    from geo.frames import STEPS
    from geo.ledger import stand, states

    read = reading()
    rows = stand(read.survey.firms.head(4), states(STEPS.empty(), read.on), on=read.on, leaving=frozenset())
    page = openpyxl.load_workbook(io.BytesIO(workbook(visit.sheet(read, Filter(), rows), 4, None)))["走访表"]
    letters = {str(made.value): made.column_letter for made in page[1]}
    assert page.column_dimensions[letters["备注"]].alignment.wrap_text
    assert page.column_dimensions[letters["日期"]].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize("address", ["/visits/list.xlsx", "/gaps/list.xlsx", "/ledger/list.xlsx"])
def test_head_and_foot_have_room_and_a_large_title_its_row(app: Flask, address: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(app.test_client().get(address).data))
    for page in book.worksheets:
        if page.sheet_state == "visible":
            margins = page.page_margins
            assert margins.header + 0.2 <= margins.top and margins.footer + 0.2 <= margins.bottom, page.title
    cover = book.worksheets[0]
    assert cover.row_dimensions[1].height >= 1.5 * cover["A1"].font.size


@pytest.mark.parametrize("address", ["/firms/list.xlsx", "/visits/list.xlsx", "/ledger/list.xlsx", "/unions/list.xlsx"])
def test_a_file_says_who_took_it_out_and_when(app: Flask, address: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(app.test_client().get(address).data))
    wanted = f"{TESTER.name} {today().isoformat()}"
    assert wanted in [row[1] for row in book.worksheets[0].iter_rows(values_only=True) if len(row) > 1]
    assert wanted in str(book.worksheets[1].oddFooter.left.text)


def test_a_printed_list_cuts_no_text_and_breaks_none_where_printers_would_not(app: Flask) -> None:
    rows = [
        ["江苏省如东县掘港乡鲸坞新材料产业园芦洲二路73-75号漪澔商务楼A座111室、112室", "W" * 50],
        ["如东县鲸坞新材料产业园凫坞路（煦颐站向西500米）", "很长的名字" * 60],
    ]
    columns = [sheets.Column("注册地址", 14, printed=True), sheets.Column("名称", 14, printed=True)]
    columns += [sheets.Column(f"栏{n}", 60, printed=True) for n in range(2)]
    with acting(app, "/"):
        made = sheets.Sheet("走访表", [], columns, [[*row, "", ""] for row in rows], "x")
        text = pypdfium2.PdfDocument(pages.pdf(made))[0].get_textpage().get_text_range()
    lines = [line.strip() for line in text.splitlines()]
    for row in rows:
        assert row[0] in "".join(lines), text
    assert "".join(lines).count("W") == 50, "a word that no line holds goes over several"
    assert sum("…" in line for line in lines) == 1, "what a row cannot hold says so"
    assert not any(line.startswith(("）", "、")) or line.endswith("（") for line in lines)
