"""Files that leave the atlas: harmless cells, a cover that says what is counted, blank columns for the visit."""

import csv
import io
from collections.abc import Iterator
from dataclasses import fields
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest
import small_city
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_in import acting

from app.current import reading
from app.reports import gap_list, rankings
from app.reports.cells import MARKS, MOST, cell, neutral
from app.reports.notes import CONDITIONS
from app.reports.sheet import Column, Sheet, comma_separated, xlsx
from geo.gaps import Filter


@given(st.text(max_size=60))
def test_no_text_can_act_as_a_formula(text: str) -> None:
    assert not neutral(text).startswith(MARKS)
    assert neutral(neutral(text)) == neutral(text)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=60))
def test_words_and_numbers_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@settings(max_examples=25, deadline=None)  # writes and reads a workbook each time
@given(st.text(alphabet=st.characters(), max_size=30))
def test_every_text_fits_a_workbook(text: str) -> None:
    made = xlsx(Sheet("清单", [("a", text)], [Column(text)], [[text]], "x"), labels=("说明", "清单"))
    assert openpyxl.load_workbook(io.BytesIO(made)).sheetnames == ["说明", "清单"]


def test_cells_are_values_that_excel_knows() -> None:
    assert cell(pd.NA) is None
    assert cell(float("nan")) is None
    assert cell(pd.Timestamp("2025-12-31")) == date(2025, 12, 31)
    assert cell(np.int64(3)) == 3
    assert cell("=1+1") == "'=1+1"
    assert len(cell("长" * 40_000)) <= MOST


@pytest.fixture
def in_request(app: Flask) -> Iterator[None]:
    with acting(app, "/firms?gap=1"):
        yield


@pytest.mark.usefixtures("in_request")
def test_the_list_for_the_visit_has_every_firm_and_blank_columns() -> None:
    read, chosen = reading(), Filter(gap=True)
    table = read.firms(chosen)
    book = openpyxl.load_workbook(io.BytesIO(xlsx(gap_list.sheet(read, chosen, table), labels=("说明", "清单"))))
    rows = list(book["清单"].iter_rows(values_only=True))
    head = rows[0]
    assert len(rows) - 1 == len(table) > 0
    assert [row[head.index("企业名称")].removeprefix("'") for row in rows[1:]] == list(table["name"])
    assert all(row[head.index("核查日期")] is None and row[head.index("备注")] is None for row in rows[1:])
    assert {row[head.index("建会状态")] for row in rows[1:]} == {"未建会"}


@pytest.mark.usefixtures("in_request")
def test_the_list_prints_on_a4_with_its_header_on_each_page() -> None:
    read = reading()
    made = gap_list.sheet(read, Filter(), read.firms(Filter()).head(3))
    page = openpyxl.load_workbook(io.BytesIO(xlsx(made, labels=("说明", "清单"))))["清单"]
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert page.print_title_rows == "$1:$1"
    assert page.freeze_panes == "C2"
    assert page.auto_filter.ref.endswith("4")
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_area.endswith("$Q$4")  # what the visit needs; the ledger stands to the right of it
    assert page["Q1"].value == "备注"


@pytest.mark.usefixtures("in_request")
def test_the_cover_says_what_is_counted() -> None:
    read = reading()
    made = gap_list.sheet(read, Filter(gap=True, county=("990101",)), read.firms(Filter(gap=True)).head(1))
    cover = openpyxl.load_workbook(io.BytesIO(xlsx(made, labels=("说明", "清单"))))["说明"]
    text = "\n".join(str(value) for row in cover.iter_rows(values_only=True) for value in row if value)
    for wanted in (
        "演示数据：街道、楼宇、企业、工会均为虚构",
        "2025-12-31",
        "名录口径",
        "未定位",
        "东沟区",
        "非统计调查表",
    ):
        assert wanted in text


@pytest.mark.usefixtures("in_request")
def test_the_csv_reads_back_with_hostile_names_harmless() -> None:
    read = reading()
    table = read.firms(Filter())
    text = comma_separated(gap_list.sheet(read, Filter(), table)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:2] == ["序号", "企业名称"]
    assert rows[0][-3:] == ["数据截止", "口径", "注意"]
    assert {tuple(row[-3:-1]) for row in rows[1:]} == {("2025-12-31", "名录口径")}
    assert {len(row) for row in rows} == {len(rows[0])}
    names = [row[1] for row in rows[1:]]
    assert len(names) == len(table)
    assert not any(name.startswith(MARKS) for name in names)
    assert set(small_city.HOSTILE) <= {name.removeprefix("'") for name in names}


@pytest.mark.usefixtures("in_request")
def test_a_firm_outside_the_denominator_is_not_listed_as_a_gap() -> None:
    read, chosen = reading(), Filter(eligible=False)
    made = gap_list.sheet(read, chosen, read.firms(chosen))
    at = [column.heading for column in made.columns].index("建会状态")
    said = [row[at] for row in made.rows]
    assert said
    assert set(said) == {"不计入"}


@pytest.mark.usefixtures("in_request")
def test_a_floor_that_only_the_room_tells_is_marked_and_the_basis_is_in_sentences() -> None:
    read, chosen = reading(), Filter(gap=True)
    table = read.firms(chosen).head(3)
    table = table.assign(floor=["3", None, None], room=["301", "1703", "乙"], path_rules=[["F2"], ["F1", "F3"], []])
    made = gap_list.sheet(read, chosen, table)
    heads = [column.heading for column in made.columns]
    rows = list(made.rows)
    floor, law = heads.index("楼层"), heads.index("依据")
    assert [cell(row[floor]) for row in rows] == ["3", "17（按房号）", None]
    assert "通工办〔2011〕29号" in rows[0][law]
    assert not any(rule in row[law].split() for row in rows for rule in ("F1", "F2", "F3"))
    assert rows[1][law].count("工会法") >= 1


def test_every_condition_of_a_filter_has_a_name() -> None:
    assert {field.name for field in fields(Filter)} == set(CONDITIONS)


@pytest.mark.usefixtures("in_request")
def test_a_ranking_of_places_sums_to_the_city() -> None:
    read = reading()
    for kind in ("building", "street", "county", "sector"):
        made = rankings.sheet(read, kind, Filter(), read.ranking(kind, Filter()))
        gap = 3 + rankings.FIELDS.index("gap")
        rows = list(made.rows)
        assert sum(row[gap] for row in rows) == read.total()["gap"]
        if kind != "sector":
            assert rows[-1][1].startswith("未归入任何")
