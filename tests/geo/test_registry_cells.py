"""Single cells as offices write them."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.io.words import read_words
from geo.registry import cells
from geo.registry.cells import BadCell
from geo.registry.reading import READERS, field_reader

WORDS = read_words(Path(__file__).parents[2] / "data" / "words")
JUNK = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (25, 25, None),
        (25.0, 25, None),
        ("25人", 25, None),
        ("２５", 25, None),
        (" 1,234 ", 1234, None),
        ("二十五", 25, "COUNT_WORDS"),
        ("1.2万", 12000, "COUNT_WORDS"),
        ("-5", None, "COUNT_NEGATIVE"),
        (-1, None, "COUNT_NEGATIVE"),
        (12.5, None, "COUNT_FRACTION"),
        ("99999999", None, "COUNT_ABSURD"),
        (float("inf"), None, "COUNT_ABSURD"),
        ("约30", 30, "COUNT_ESTIMATED"),
        ("大约20人左右", 20, "COUNT_ESTIMATED"),
        ("20-30", 20, "COUNT_ESTIMATED"),
        ("20人至30人", 20, "COUNT_ESTIMATED"),
        ("100～200", 100, "COUNT_ESTIMATED"),
        ("30余人", 30, "COUNT_ESTIMATED"),
        ("30多人", 30, "COUNT_ESTIMATED"),
        ("近百人", 100, "COUNT_ESTIMATED"),
        ("二十余人", 20, "COUNT_ESTIMATED"),
        ("十几人", 10, "COUNT_ESTIMATED"),
        ("25人以上", 25, "COUNT_ESTIMATED"),
        ("25人以下", 25, "COUNT_ESTIMATED"),
        ("不足25人", 24, "COUNT_ESTIMATED"),
        ("<25", 24, "COUNT_ESTIMATED"),
        ("≤25", 25, "COUNT_ESTIMATED"),
        ("超过25", 26, "COUNT_ESTIMATED"),
        (">=25", 25, "COUNT_ESTIMATED"),
        ("不超过25", 25, "COUNT_ESTIMATED"),
        ("50+", 50, "COUNT_ESTIMATED"),
        ("=1+1", None, "COUNT_UNREADABLE"),
        ("30±5", None, "COUNT_UNREADABLE"),
        ("约30或40", None, "COUNT_APPROXIMATE"),
        ("几十人", None, "COUNT_APPROXIMATE"),
        ("约", None, "COUNT_APPROXIMATE"),
        ("约-5", None, "COUNT_NEGATIVE"),
        ("约99999999", None, "COUNT_ABSURD"),
        ("不知道", None, "COUNT_UNREADABLE"),
        (datetime.fromisoformat("2023-01-05"), None, "COUNT_UNREADABLE"),
        ("/", None, None),
        ("无", None, None),
        ("", None, None),
        (BadCell("FORMULA", "=A1+B1"), None, "FORMULA"),
        (BadCell("CELL_ERROR", "#N/A"), None, "CELL_ERROR"),
    ],
)
def test_a_count_is_read_or_refused_with_its_reason(cell, value, code):
    read, fault = cells.read_count(cell, WORDS)
    assert (read, fault and fault[0]) == (value, code)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (datetime.fromisoformat("2023-01-05T08:30"), date(2023, 1, 5), None),
        (date(2023, 1, 5), date(2023, 1, 5), None),
        ("2023-01-05", date(2023, 1, 5), None),
        ("2023/1/5", date(2023, 1, 5), None),
        ("2023.1.5", date(2023, 1, 5), None),
        ("2023-01-05 00:00:00", date(2023, 1, 5), None),
        ("2023-01-05T00:00:00Z", date(2023, 1, 5), None),
        ("2023年1月5日", date(2023, 1, 5), None),
        ("２０２３年１月５日", date(2023, 1, 5), None),
        ("二〇二三年一月五日", date(2023, 1, 5), None),
        ("二〇二三年十二月三十一日", date(2023, 12, 31), None),
        ("20230105", date(2023, 1, 5), None),
        (20230105, date(2023, 1, 5), None),
        (44931, date(2023, 1, 5), "DAY_SERIAL"),
        (44931.25, date(2023, 1, 5), "DAY_SERIAL"),
        ("44931", date(2023, 1, 5), "DAY_SERIAL"),
        ("2023年1月", date(2023, 1, 1), "DAY_MONTH_ONLY"),
        ("2023.01", date(2023, 1, 1), "DAY_MONTH_ONLY"),
        ("202301", date(2023, 1, 1), "DAY_MONTH_ONLY"),
        ("2023年", date(2023, 1, 1), "DAY_YEAR_ONLY"),
        (2023, date(2023, 1, 1), "DAY_YEAR_ONLY"),
        ("25/12/2023", date(2023, 12, 25), None),
        ("5/1/2023", None, "DAY_AMBIGUOUS"),
        ("2023-02-30", None, "DAY_IMPOSSIBLE"),
        ("1023-02-03", None, "DAY_IMPOSSIBLE"),
        ("明天", None, "DAY_UNREADABLE"),
        ("23.1.5", None, "DAY_UNREADABLE"),
        (True, None, "DAY_UNREADABLE"),
        ("长期", None, None),
        ("—", None, None),
    ],
)
def test_a_day_is_read_or_refused_with_its_reason(cell, value, code):
    read, fault = cells.read_day(cell, WORDS)
    assert (read, fault and fault[0]) == (value, code)


CREDIT, ORGANISATION = "913206841387832638", "138783263"


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (CREDIT, (CREDIT, ORGANISATION), None),
        (" ９１３２０６８４１３８７８３２６３８ ", (CREDIT, ORGANISATION), None),
        ("91320684467856902r", ("91320684467856902R", "467856902"), None),
        ("13878326-3", (None, ORGANISATION), None),
        (138783263.0, (None, ORGANISATION), None),
        ("913206841387832639", None, "CODE_CHECK_DIGIT"),
        (9.13206841387833e17, None, "CODE_DESTROYED_BY_EXCEL"),
        (913206841387832638, None, "CODE_DESTROYED_BY_EXCEL"),
        ("9.13206E+17", None, "CODE_DESTROYED_BY_EXCEL"),
        ("913206841387832000", None, "CODE_DESTROYED_BY_EXCEL"),
        ("320683000103802", None, "CODE_OLD_REGISTER_NUMBER"),
        ("91320684", None, "CODE_LENGTH"),
        ("无", None, None),
    ],
)
def test_a_code_is_read_or_refused_with_its_reason(cell, value, code):
    read, fault = field_reader("uscc", WORDS)(cell)
    assert (read, fault and str(fault[0])) == (value, code)


@pytest.mark.parametrize(
    ("cell", "value"),
    [(120.86, 120.86), ("120.86", 120.86), ("120°51′36″", 120.86), ("东经120.86°", 120.86), ("120.86E", 120.86)],
)
def test_degrees_are_read_decimal_or_with_minutes(cell, value):
    assert cells.read_degrees(cell, WORDS) == (pytest.approx(value), None)


@pytest.mark.parametrize(
    ("book", "text", "code"),
    [
        ("status", "存续（在营、开业、在册）", "active"),
        ("status", "吊销，未注销", "closed"),
        ("status", "已迁出", "moved"),
        ("union_kind", "楼宇联合工会", "building"),
        ("union_kind", "单独", "own"),
        ("union_kind", "村（社区）联合工会", "village"),
        ("union_kind", "行业性工会联合会", "federation"),
        ("home_grade", "市级模范职工之家", "city"),
        ("chair_election", "会员代表大会选举", "delegates"),
        ("ownership", "有限责任公司(自然人投资或控股)", "170"),
        ("unit_type", "个体工商户", "not"),
        ("zone_level", "省级", "provincial"),
    ],
)
def test_words_of_registers_become_codes(book, text, code):
    assert WORDS.books[book].code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("制造业", "03"),
        ("C 制造业", "03"),
        ("C", "03"),
        ("C3311", "03"),
        ("3311", "03"),
        ("6513", "09"),
        ("06", "06"),
        ("78", "14"),
        (3311.0, "03"),
        ("专业技术服务业", "13"),
        ("批发业", "06"),
        ("天外来客", None),
        ("9912", None),
    ],
)
def test_industries_are_read_by_name_letter_place_or_class(text, code):
    assert field_reader("sector", WORDS)(text)[0] == code


@pytest.mark.parametrize(
    ("text", "code"), [("R02", "R02"), ("r02", "R02"), ("企业经营者认识不足／意愿不强", "R04"), ("?", None)]
)
def test_reasons_are_read_by_code_and_by_phrase(text, code):
    assert field_reader("reason", WORDS)(text)[0] == code


@given(cell=JUNK, name=st.sampled_from(sorted(READERS)))
def test_no_cell_whatever_is_in_it_breaks_a_reader(cell, name):
    _, fault = field_reader(name, WORDS)(cell)
    assert fault is None or (isinstance(fault[0], str) and isinstance(fault[1], dict))


@given(day=st.dates(min_value=date(1900, 3, 1), max_value=date(2099, 12, 31)))
def test_every_writing_of_a_day_is_read_as_that_day(day):
    writings = [
        day,
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%Y%m%d"),
    ]
    assert {cells.read_day(writing, WORDS)[0] for writing in writings} == {day}
