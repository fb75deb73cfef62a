"""Files as offices hand them over: read, or refused with a code, never a stack trace and never half."""

import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import FileRefused
from geo.io.tables import SPILL, count_rows, open_table, read_chunks, read_table
from geo.io.words import read_words
from geo.registry import BadCell, match_columns

WORDS = read_words(Path(__file__).parents[2] / "data" / "words")
HEADER = ["企业名称", "统一社会信用代码", "注册地址", "职工人数"]
LINES = [
    ["南通甲有限公司", "913206841387832638", "崇川区人民路1号", "25"],
    ["南通乙有限公司", "", "海门区长江路2号", "3"],
]


def write_csv(path, *, encoding="utf-8", separator=",", rows=(HEADER, *LINES)):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path, *rows, sheets=None):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in (sheets or {"Sheet1": rows}).items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    book.save(path)
    return path


def refused(path, kind="enterprises", **options):
    with pytest.raises(FileRefused) as caught:
        read_table(open_table(path, kind, WORDS, **options))
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_tables_in_every_encoding_and_separator(tmp_path, encoding, separator):
    table = open_table(write_csv(tmp_path / "a.csv", encoding=encoding, separator=separator), "enterprises", WORDS)
    rows = read_table(table)
    assert table.columns == tuple(HEADER)
    assert rows.to_numpy().tolist() == LINES
    assert list(rows.index) == [2, 3]


def test_row_numbers_are_those_a_person_sees(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows=[["企业名册"], [], HEADER, LINES[0], ["", "", "", ""], LINES[1]])
    rows = read_table(open_table(path, "enterprises", WORDS))
    assert list(rows.index) == [4, 6]


def test_cells_beyond_the_header_are_counted_not_lost(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows=[HEADER, [*LINES[0], "多出来的"], LINES[1]])
    rows = read_table(open_table(path, "enterprises", WORDS))
    assert list(rows[SPILL]) == [1, None]


def test_a_workbook_with_titles_merged_cells_dates_and_numbers(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "南通市未建会企业名册"
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append(["企业名称", "成立日期", "职工人数", None])
    sheet.merge_cells("C3:D3")
    sheet.append([None, None, "合计", "女"])
    sheet.merge_cells("A3:A4")
    sheet.append(["南通甲有限公司", dt.date(2023, 1, 5), 25, 10])
    book.save(tmp_path / "a.xlsx")
    table = open_table(tmp_path / "a.xlsx", "enterprises", WORDS)
    assert table.columns == ("企业名称", "成立日期", "职工人数", "女")
    assert read_table(table).to_numpy().tolist() == [["南通甲有限公司", dt.date(2023, 1, 5), 25.0, 10.0]]
    matching = match_columns(table.columns, "enterprises", WORDS)
    assert matching.columns == {"name": "企业名称", "established": "成立日期", "workers": "职工人数", "women": "女"}


def test_the_sheet_with_the_fitting_header_is_read_and_others_alike_are_told(tmp_path):
    sheets = {
        "说明": [["请按表填写"]],
        "崇川": [HEADER, *LINES],
        "海门": [HEADER, LINES[0]],
        "小表": [["企业名称"], ["x"]],
    }
    path = write_xlsx(tmp_path / "a.xlsx", sheets=sheets)
    table = open_table(path, "enterprises", WORDS)
    assert (table.sheet, table.sheets) == ("崇川", ("说明", "崇川", "海门", "小表"))
    assert table.notes == (("SHEETS_LEFT", {"read": "崇川", "left": ["海门"]}),)
    assert open_table(path, "enterprises", WORDS, sheet="海门").sheet == "海门"
    assert open_table(path, "enterprises", WORDS, sheet="3").sheet == "海门"
    assert refused(path, sheet="南通").code == "UNKNOWN_SHEET"


def test_formulas_without_value_and_errors_are_marked_and_cached_values_read(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", HEADER, ["=A1&1", "#N/A", "人民路", "=1+1"])
    cells = read_table(open_table(path, "enterprises", WORDS)).iloc[0].tolist()
    assert cells == [BadCell("FORMULA", "=A1&1"), BadCell("CELL_ERROR", "#N/A"), "人民路", BadCell("FORMULA", "=1+1")]
    calculated = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(calculated, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, re.sub(rb"<f>1\+1</f><v(?: ?/|></v)>", b"<f>1+1</f><v>2</v>", data))
    assert read_table(open_table(calculated, "enterprises", WORDS)).iloc[0, 3] == 2


def test_a_page_under_the_name_of_a_workbook_is_read(tmp_path):
    path = tmp_path / "导出.xls"
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in [HEADER, *LINES])
    path.write_bytes(f"<html><meta charset=gbk><table border=1>{body}</table></html>".encode("gbk"))
    table = open_table(path, "enterprises", WORDS)
    assert read_table(table).to_numpy().tolist() == LINES
    assert table.notes == (("FILE_SUFFIX", {"is": "html", "suffix": ".xls"}),)


def test_a_workbook_under_another_name_is_read_and_told(tmp_path):
    path = write_xlsx(tmp_path / "a.csv", HEADER, *LINES)
    table = open_table(path, "enterprises", WORDS)
    assert table.kind == "xlsx"
    assert table.notes[0][0] == "FILE_SUFFIX"


def test_a_file_that_calls_itself_census_data_is_told(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows=[["第五次经济普查单位底册"], HEADER, *LINES])
    assert [code for code, _ in open_table(path, "enterprises", WORDS).notes] == ["CENSUS_MICRODATA"]


def test_two_hundred_columns(tmp_path):
    extra = [f"列{number}" for number in range(196)]
    path = write_xlsx(tmp_path / "a.xlsx", [*HEADER, *extra], [*LINES[0], *range(196)])
    table = open_table(path, "enterprises", WORDS)
    assert len(table.columns) == 200
    assert read_table(table).shape == (1, 200)


def test_chunks_hold_no_more_than_their_size_and_lose_nothing(tmp_path):
    lines = [[f"南通{number}有限公司", "", "人民路", number] for number in range(2500)]
    path = write_csv(tmp_path / "a.csv", rows=[HEADER, *lines])
    sizes = [len(chunk) for chunk in read_chunks(open_table(path, "enterprises", WORDS), 1000)]
    assert sizes == [1000, 1000, 500]


HEADS = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<html><table>",
    b"\xff\xfe",
    "企业名称,地址\n".encode(),
]


def encrypted(path):
    import msoffcrypto

    plain = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.save(plain)
    plain.seek(0)
    with path.open("wb") as file:
        msoffcrypto.OfficeFile(plain).encrypt("secret", file)


def test_files_that_cannot_be_read_are_refused_with_their_reason(tmp_path):
    whole = write_xlsx(tmp_path / "whole.xlsx", HEADER, *LINES).read_bytes()
    encrypted(tmp_path / "locked.xlsx")
    files = {
        "empty.csv": (b"", "FILE_EMPTY"),
        "blank.csv": (b"\xef\xbb\xbf \r\n\r\n", "FILE_EMPTY"),
        "cut.xlsx": (whole[: len(whole) // 2], "FILE_TRUNCATED"),
        "bytes.xlsx": (b"PK\x03\x04" + bytes(range(256)), "FILE_TRUNCATED"),
        "cut.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "FILE_TRUNCATED"),
        "a.pdf": (b"%PDF-1.7 ...", "FILE_KIND"),
        "photo.xlsx": (b"\x89PNG\r\n\x1a\n", "FILE_KIND"),
        "cut.csv": ("企业名称,地址\n南通甲有限公司,崇川".encode()[:-1], "FILE_TRUNCATED"),
        "odd.csv": (b"\xc6\xf3\xff\xff,a\n", "FILE_ENCODING"),
        "quotes.csv": (('企业名称,地址\n"' + "甲" * 200_000).encode(), "FILE_QUOTES"),
        "words.csv": ("随便写点什么\n没有表头\n".encode(), "NO_HEADER"),
    }
    for name, (data, code) in files.items():
        (tmp_path / name).write_bytes(data)
        assert refused(tmp_path / name).code == code, name
    assert refused(tmp_path / "locked.xlsx").code == "FILE_PASSWORD"
    assert refused(tmp_path / "gone.xlsx").code == "FILE_MISSING"
    assert refused(write_xlsx(tmp_path / "none.xlsx", ())).code == "NO_ROWS"


def test_a_refusal_for_want_of_a_header_shows_what_was_found_and_looked_for(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows=[["甲列", "乙列"], ["1", "2"]])
    error = refused(path)
    assert error.code == "NO_HEADER"
    assert error.detail["found"] == ["甲列", "乙列"]
    assert "name" in error.detail["fields"]
    assert open_table(path, "enterprises", WORDS, columns=["甲列"]).columns == ("甲列", "乙列")
    assert open_table(path, "enterprises", WORDS, header_row=1).columns == ("甲列", "乙列")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(HEADS), tail=st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(tmp_path, head, tail):
    path = tmp_path / "random.xls"
    path.write_bytes(head + tail)
    try:
        read_table(open_table(path, "enterprises", WORDS))
    except FileRefused as error:
        assert error.code != "FILE_REFUSED"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 5_000), byte=st.integers(0, 255), cut=st.integers(0, 400))
def test_damaged_workbooks_are_read_or_refused(tmp_path, place, byte, cut):
    whole = bytearray(write_xlsx(tmp_path / "w.xlsx", HEADER, *LINES).read_bytes())
    whole[place % len(whole)] = byte
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(bytes(whole[: len(whole) - cut]))
    try:
        read_table(open_table(path, "enterprises", WORDS))
    except FileRefused as error:
        assert error.code != "FILE_REFUSED"


@pytest.mark.parametrize("suffix", [".xls", ".ods", ".et", ".csv"])
def test_a_workbook_is_read_by_its_content_not_by_its_name(tmp_path, suffix):
    path = write_xlsx(tmp_path / "whole.xlsx", HEADER, *LINES).rename(tmp_path / f"register{suffix}")
    table = open_table(path, "enterprises", WORDS)
    assert table.kind == "xlsx"
    assert len(read_table(table)) == len(LINES)
    assert count_rows(table) >= len(LINES)
    assert [code for code, _ in table.notes] == ["FILE_SUFFIX"]


@pytest.mark.parametrize("before", [1, 3_000])
def test_null_bytes_are_left_out_and_told_with_their_row(tmp_path, before):
    path = tmp_path / "a.csv"
    lines = ["企业名称,注册地址", *["南通甲有限公司,人民路1号"] * before, "南通\0乙有限公司,人民\0路2号"]
    path.write_text("\n".join(lines), encoding="utf-8")
    table = open_table(path, "enterprises", WORDS)
    assert ("FILE_NUL", {"row": before + 2, "count": 2}) in table.notes
    assert list(read_table(table).iloc[-1]) == ["南通乙有限公司", "人民路2号"]


def test_a_cell_too_long_is_refused_with_its_row(tmp_path):
    csv.field_size_limit(10**9)  # scipy does that when it is loaded, for the whole process
    good = "南通甲有限公司,人民路1号\n"
    for text, code in (("x" * 140_000, "FILE_CELL"), ('"' + good * 10_000 + '"', "FILE_QUOTES")):
        path = tmp_path / f"{code}.csv"
        path.write_text("企业名称,注册地址\n" + good * 60 + f"南通乙有限公司,{text}\n", encoding="utf-8")
        with pytest.raises(FileRefused) as caught:
            read_table(open_table(path, "enterprises", WORDS))
        assert (caught.value.code, caught.value.detail["row"]) == (code, 62)
