"""Addresses taken apart by grammar alone, without a gazetteer."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.address import Address, parse, read_floor, read_number, segment, tokens
from geo.text import normalise


def read(raw: str) -> Address:
    return parse(normalise(raw).text)


def labelled(raw: str) -> str:
    address = read(raw)
    return " ".join(f"{address.text[start:end]}/{label}" for label, start, end in address.components)


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("江苏省南通市崇川区工农路88号", "江苏省/prov 南通市/city 崇川区/district 工农路/road 88号/roadno"),
        ("海安县曲塘镇郭楼村十二组", "海安县/district 曲塘镇/town 郭楼村/community 12组/road"),
        ("观音山街道办事处新胜村", "观音山街道办事处/town 新胜村/community"),
        ("工农路88号华辰大厦2座302室", "工农路/road 88号/roadno 华辰大厦/poi 2座/houseno 302室/roomno"),
        ("竹海花园12-3-1001", "竹海花园/poi 12/houseno -/redundant 3/cellno -/redundant 1001/roomno"),
        ("东海家园10-909室", "东海家园/poi 10-909室/roomno"),
        ("西溪花苑18幢二单元101", "西溪花苑/poi 18幢/houseno 2单元/cellno 101/roomno"),
        ("东中街29号东环广场B座5层", "东中街/road 29号/roadno 东环广场/poi B座/houseno 5层/floorno"),
        ("通盛大道188", "通盛大道/road 188/roadno"),
        ("石港镇工业园南区68号", "石港镇/town 工业园/poi 南区/subpoi 68号/houseno"),
        ("新金路与建设路交叉口西南角", "新金路/road 与/assist 建设路/subroad 交叉口西南角/assist"),
        ("车站向东200米", "车站/poi 向东200米/assist"),
        ("人民路北侧", "人民路/road 北侧/assist"),
        ("外环北路1号桥北首", "外环北路/road 1号桥/poi 北首/assist"),
        ("纬14路28号", "纬十四路/road 28号/roadno"),
        ("204国道旁", "204国道/road 旁/assist"),
        ("磨头镇三组（本公司所属房屋内）", "磨头镇/town 3组/road 本公司所属房屋内/redundant"),
    ],
)
def test_components_are_what_a_person_would_mark(raw: str, parts: str) -> None:
    assert labelled(raw) == parts


@pytest.mark.parametrize(
    ("raw", "text", "main", "last", "listed"),
    [
        ("工农路88号", "88", 88, None, False),
        ("工农路88-1号", "88-1", 88, None, False),
        ("工农路88号-1", "88-1", 88, None, False),
        ("工农路88号附1", "88-1", 88, None, False),
        ("工农路88号附1号", "88-1", 88, None, False),
        ("工农路附88号", "附88", 88, None, False),
        ("工农路甲88号", "甲88", 88, None, False),
        ("工农路88、90号", "88", 88, None, True),
        ("工农路60号、65号", "60", 60, None, True),
        ("工农路88-96号", "88-96", 88, 96, False),
        ("工农路88～96号", "88", 88, 96, False),
        ("工农路八十八号", "88", 88, None, False),
        ("工农路0号", "0", 0, None, False),
        ("工农路12345号", "12345", 12345, None, False),
        ("工农路188", "188", 188, None, False),
    ],
)
def test_house_numbers(raw: str, text: str, main: int, last: int | None, listed: bool) -> None:
    number = read(raw).number
    assert number is not None
    assert (number.text, number.main, number.last, number.listed) == (text, main, last, listed)


@pytest.mark.parametrize(
    "raw", ["工农路1号桥北首", "青岛路6号厂房", "工农路2号楼", "5号路", "三号路", "二号桥村", "1号门东侧"]
)
def test_names_and_blocks_are_not_house_numbers(raw: str) -> None:
    assert read(raw).number is None


@pytest.mark.parametrize(
    ("raw", "unit", "floor", "room"),
    [
        ("华辰大厦2座302室", "2座", None, "302"),
        ("华辰大厦B座12层1203室", "B座", "12", "1203"),
        ("虹桥西村41幢店9室", "41幢", None, "店9"),
        ("紫琅路30号2号楼负一层", "2号楼", "-1", None),
        ("紫琅路30号北楼三层", "北楼", "3", None),
        ("紫琅路30号底层", None, "1", None),
        ("紫琅路30号B1层", None, "-1", None),
        ("紫琅路30号地下二层", None, "-2", None),
        ("世纪城20幢1803室、1804室", "20幢", None, "1803"),
        ("世纪城24幢0106、0107室", "24幢", None, "0106、0107"),
        ("汇东新村11-104", "11", None, "104"),
        ("西溪花苑18幢二单元101", "18幢2单元", None, "101"),
        ("科技园B1幢3楼", "B1幢", "3", None),
        ("A区3号楼5层", "A区3号楼", "5", None),
    ],
)
def test_units_floors_and_rooms(raw: str, unit: str | None, floor: str | None, room: str | None) -> None:
    address = read(raw)
    assert (address.unit, address.floor, address.room) == (unit, floor, room)


@pytest.mark.parametrize(
    ("raw", "called"),
    [("黄海大道（中）39号", "黄海大道"), ("人民路(西)3号", "人民西路"), ("人民路（东段）3号", "人民东路")],
)
def test_a_part_of_a_road_in_brackets_belongs_to_its_name(raw: str, called: str) -> None:
    address = read(raw)
    assert address.texts == [called]
    assert address.relation is None


def test_relations_and_crossings_are_noticed() -> None:
    assert read("中山路与大司马路交叉口").crossing
    assert read("车站北200米").relation == "北200米"
    assert read("工农路88号").relation is None


def test_a_known_name_wins_over_the_grammar() -> None:
    text = "三厂镇人民路1号"
    whole = [text[s[0] : s[1]] for s in segment(text, [(0, 6, "road", 20.0, None)])]
    assert whole == ["三厂镇人民路", "1号"]


@pytest.mark.parametrize(
    ("words", "floor"), [("3楼", "3"), ("负1层", "-1"), ("B1", "-1"), ("底层", "1"), ("1-4层", "1"), ("夹层", "夹层")]
)
def test_floors(words: str, floor: str) -> None:
    assert read_floor(words) == floor


def test_a_number_without_digits_is_none() -> None:
    assert read_number("附", "号") is None


ANY = st.text(
    alphabet=st.one_of(
        st.sampled_from("南通市区县镇村路街号幢座层室组-、（）()内侧与期店0123456789ABF附甲第"), st.characters()
    )
)


@settings(deadline=None)  # the first traditional character loads a converter
@given(ANY)
def test_any_text_is_read_and_covered_in_order(raw: str) -> None:
    text = normalise(raw).text
    pieces = segment(text)
    assert "".join(text[start:end] for start, end, *_ in pieces) == text
    address = parse(text)
    spans = [(start, end) for _, start, end in address.components]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


@settings(deadline=None)  # the first traditional character loads a converter
@given(ANY)
def test_reading_is_the_same_twice(raw: str) -> None:
    text = normalise(raw).text
    assert parse(text) == parse(text)


PARTS = st.sampled_from([
    *("交叉口", "交", "路", "街", "东", "西", "侧", "北", "边", "与", "和", "(中)", "(东段)", ")", "(", "米", "200"),
    *("公里", "处", "内", "旁", "对面", "以东", "店", "门面", "12", "A", "室", "商铺", "3", "号", "市", "仓库", "摊位"),
    *("柜台", "车库", "储藏室", "门市部", "营业房", "、", "隔壁", "楼上", "后面", "背后", "沿街", "之间", "十字", "口"),
    *("门口", "方向", "偏", "约", "首", "堍", "商业用房", "商办"),
])  # fmt: skip


@settings(max_examples=400)
@given(st.lists(PARTS, min_size=1, max_size=7).map("".join))
def test_a_quick_look_misses_no_relation_and_no_shop(text: str) -> None:
    for pattern, quick in ((tokens._REL, tokens._REL_GATE), (tokens._SHOP_NUMBER, tokens._MAY_SHOP)):
        assert pattern.search(text) is None or quick.search(text) is not None
        assert pattern.search(text) is None or tokens._MORE.search(text) is not None
