"""Texts made comparable: addresses, company names, register codes."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from geo.text import (
    Fault,
    fold,
    name_core,
    normal,
    normalise,
    read_credit_code,
    read_name,
    read_org_code,
    read_register_code,
)
from geo.text.normal import _TABLE

REGIONS = frozenset(("江苏省", "江苏", "南通市", "南通", "通州区", "通州", "海门市", "海门", "上海市", "上海", "中国"))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("工农路１２０号", "工农路120号"),
        ("工农路 120 号", "工农路120号"),
        ("工农路8 8号", "工农路88号"),
        ("工农路一百零八号", "工农路108号"),
        ("双楼村十二组", "双楼村12组"),
        ("孙家桥村六、八组", "孙家桥村6、8组"),
        ("二〇三室", "203室"),
        ("负一层", "负1层"),
        ("以东三公里", "以东3公里"),
        ("北侧二百米处", "北侧200米处"),
        ("六米村", "六米村"),
        ("经6路8号", "经六路8号"),
        ("纬１４路", "纬十四路"),
        ("中山东1路20号", "中山东一路20号"),
        ("临江20街21巷", "临江二十街二十一巷"),
        ("广州路56路", "广州路56路"),
        ("3号路", "3号路"),
        ("第3大街88号", "第三大街88号"),
        ("东方大道36路", "东方大道36路"),
        ("福寿路3巷8号", "福寿路三巷8号"),
        ("福寿路18号3巷", "福寿路18号3巷"),
        ("3大厦", "3大厦"),
        ("终点12路公交站", "终点12路公交站"),
        ("曹杨3街坊", "曹杨3街坊"),
        ("G15路", "G15路"),
        ("江海204路", "江海204路"),
        ("三厂街道", "三厂街道"),
        ("五接镇五接村", "五接镇五接村"),
        ("三余镇二甲村", "三余镇二甲村"),
        ("五号桥北首", "五号桥北首"),
        ("崇川區人民東路88號", "崇川区人民东路88号"),
        ("【工农路】〔88〕号", "(工农路)(88)号"),
        ("a座101室", "A座101室"),
        ("88—1号", "88-1号"),
        ("工农路88号\u200b", "工农路88号"),
        ("工农路88号13800001234", "工农路88号,"),
        ("工农路88号(电话：0513-85001234转8001)", "工农路88号(,)"),
        ("工农路88号邮编226001", "工农路88号,"),
        ("工农路13号1380室", "工农路13号1380室"),
        (None, ""),
        (float("nan"), ""),
        ("", ""),
    ],
)
def test_an_address_has_one_writing(raw: object, text: str) -> None:
    assert normalise(raw).text == text


def test_spans_lead_back_to_the_raw_text() -> None:
    raw = "南通市　五总镇十二组（８８号）"
    norm = normalise(raw)
    at = norm.text.index("12组")
    assert raw[slice(*norm.span(at, at + 3))] == "十二组"
    assert raw[slice(*norm.span(norm.text.index("88"), norm.text.index("号)") + 1))] == "８８号"
    longer = normalise("荷舷21路5号")
    assert [longer.span(k, k + 1) for k in range(2, 7)] == [(2, 3), (3, 4), (3, 4), (4, 5), (5, 6)]


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("南通市崇川区工农路十二三〇号组幢室（）-、 　１2aA1380513电话"), st.characters()
        )
    )
)
def test_normalising_is_idempotent_and_offsets_stay_inside(raw: str) -> None:
    norm = normalise(raw)
    assert normalise(norm.text).text == norm.text
    for k in range(len(norm.text)):
        start, end = norm.span(k, k + 1)
        assert 0 <= start <= end <= len(raw)
    spans = [norm.span(k, k + 1) for k in range(len(norm.text))]
    assert spans == sorted(spans)


@given(st.text(alphabet=st.sampled_from("崇川工农路号组室十二三〇TELtel电话手机邮编()-,:.0138A ")))
def test_plain_texts_are_those_that_normalising_would_not_change(raw: str) -> None:
    if normal._PLAIN.fullmatch(raw):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(normal, "_PLAIN", re.compile("(?!)"))
            assert normalise(raw) == (raw, None, None)


@given(st.text())
def test_folding_twice_changes_nothing(raw: str) -> None:
    assert fold(fold(raw)) == fold(raw)


# --- names


@pytest.mark.parametrize(
    ("name", "core", "regions", "branch"),
    [
        ("南通市通州区二甲印染厂有限公司", "二甲印染厂", ("南通市", "通州区"), None),
        ("二甲印染厂（南通）有限责任公司", "二甲印染厂", ("南通",), None),
        ("南通华能(集团)有限公司(原南通电厂)", "华能", ("南通",), None),
        ("上海平安服装有限公司南通分公司", "平安服装", ("上海",), "南通分公司"),
        ("中国银行股份有限公司南通城港支行", "中国银行", (), "南通城港支行"),
        ("江苏文峰大世界股份有限公司第二分公司", "文峰大世界", ("江苏",), "二分公司"),
        ("海门市凯凯不锈钢加工厂", "凯凯不锈钢加工厂", ("海门市",), None),
        ("南通开发区忠平建材有限公司", "忠平建材", ("南通", "开发区"), None),
        ("南通经济技术开发区自来水公司", "经济技术开发区自来水", ("南通",), None),
        ("南通天利国有资产控股", "天利国有资产", ("南通",), None),
    ],
)
def test_a_company_name_is_taken_apart(name: str, core: str, regions: tuple[str, ...], branch: str | None) -> None:
    read = read_name(name, REGIONS)
    assert (read.core, set(read.regions), read.branch) == (core, set(regions), branch)
    assert read.is_branch is (branch is not None)


def test_union_tail_and_former_name_are_kept_apart() -> None:
    union = read_name("南通第一建筑有限公司工会委员会", REGIONS)
    assert (union.core, union.union_tail, union.form) == ("第一建筑", "工会委员会", "有限公司")
    assert read_name("南通华能有限公司（曾用名：南通电厂）", REGIONS).former == "南通电厂"


@pytest.mark.parametrize("name", ["", "工会", "有限公司", "（）", "公司公司"])
def test_odd_names_keep_something(name: str) -> None:
    assert bool(name_core(name, REGIONS)) is bool(fold(name))


@given(st.text())
def test_reading_a_name_never_raises(name: str) -> None:
    assert isinstance(read_name(name, REGIONS).core, str)


# --- codes


def test_a_sound_credit_code_and_the_organisation_code_inside() -> None:
    assert read_credit_code("91110000600037341l").value == "91110000600037341L"
    assert read_credit_code("91110000600037341L").org_code == read_org_code("60003734-1").value


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("", Fault.EMPTY),
        ("无", Fault.EMPTY),
        ("9.13206E+17", Fault.EXCEL),
        (9.13206e17, Fault.EXCEL),
        ("913206123456789000", Fault.EXCEL),
        ("91110000600037341M", Fault.CHECK_DIGIT),
        ("9111000060003734", Fault.LENGTH),
        ("320600000012345", Fault.OLD_REGISTER),
        ("中1110000600037341L", Fault.CHARACTERS),
    ],
)
def test_a_code_that_cannot_be_used_says_why(raw: object, fault: Fault) -> None:
    code = read_credit_code(raw)
    assert (code.value, code.fault) == (None, fault)


def test_look_alikes_are_mended_only_if_the_check_digit_holds() -> None:
    assert read_credit_code("9111OOOO600037341L").value == "91110000600037341L"
    assert read_credit_code("9111OOOO600037341L").repaired
    assert read_credit_code("９１１１００００６０００３７３４１Ｌ").value == "91110000600037341L"


_DIGITS = st.text("0123456789", min_size=8, max_size=8)


def organisation_code(eight: str) -> str:
    """Return the code with its check digit, as GB 11714 gives it."""
    total = sum(weight * int(digit) for weight, digit in zip((3, 7, 9, 10, 5, 8, 4, 2), eight, strict=True))
    return eight + "0123456789X0"[11 - total % 11]


def spoilt(code: str, digits: str) -> Iterator[str]:
    """Every single-digit error and every swap of unlike neighbours."""
    for place, char in enumerate(code):
        yield from (code[:place] + other + code[place + 1 :] for other in digits if other != char)
        if place and code[place - 1] != char:
            yield code[: place - 1] + char + code[place - 1] + code[place + 1 :]


@given(_DIGITS, st.sampled_from(["91320600", "92320614", "93320681", "51320600", "81320682"]))
@settings(max_examples=60)
def test_every_wrong_digit_and_every_swap_in_a_credit_code_is_seen(eight: str, head: str) -> None:
    body = head + organisation_code(eight)
    sound = body + uscc.calc_check_digit(body)
    assert read_credit_code(sound).value == sound
    assert read_credit_code(sound).org_code == organisation_code(eight)
    assert [wrong for wrong in spoilt(sound, "0123456789") if read_credit_code(wrong).value is not None] == []


@given(_DIGITS)
@settings(max_examples=100)
def test_every_wrong_digit_and_every_swap_in_an_organisation_code_is_seen(eight: str) -> None:
    sound = organisation_code(eight)
    assert read_org_code(sound).value == sound
    assert read_org_code(f"{sound[:8]}-{sound[8]}").value == sound
    assert [wrong for wrong in spoilt(sound, "0123456789") if read_org_code(wrong).value is not None] == []


def test_a_cell_may_hold_either_code() -> None:
    assert read_register_code("60003734-1").org_code == "600037341"
    assert read_register_code("60003734-1").value is None
    assert read_register_code("91110000600037341L").value == "91110000600037341L"


def test_texts_that_folding_spares_are_those_it_would_not_change() -> None:
    """The short cut for plain texts gives what character by character folding gives, for every character there is."""
    for code in range(0x110000):
        character = chr(code)
        assert fold(character) == _TABLE[code], hex(code)
