"""Cells that list units read into names, and marks of what may be compared and need not be kept."""

import pytest

from geo.registry.marks import person_mark, phone_mark
from geo.registry.units import Unit, UnitList, read_units, split_units
from geo.text import Fault, read_registration_number

A, B, C = "南通甲纺织有限公司", "海门乙机械厂", "如皋市丙商行"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"{A}、{B}，{C}", [A, B, C]),
        (f"{A}\n{B}\r\n\n{C}", [A, B, C]),
        (f"1.{A}2.{B}3.{C}", [A, B, C]),
        (f"①{A} ②{B}", [A, B]),
        (f"（1）{A}；（2）{B}；", [A, B]),
        (f"1 {A}\n2 {B}", [A, B]),
        (f"{A} {B} {C}", [A, B, C]),
        ("南通 甲 纺织有限公司", ["南通 甲 纺织有限公司"]),
        (f"{A}以及{B}", [A, B]),
        (f"{A}和如皋市丙商行", [A, C]),
        ("南通苏果超市有限公司和平桥店", ["南通苏果超市有限公司和平桥店"]),
        (f"涵盖单位：{A}、{B}", [A, B]),
        (f"成员单位有：{A}、{B}", [A, B]),
        (f"{A}（25人）、{B}（职工12人）、{C} 6人", [A, B, C]),
        (f"{A}、{B}、{A}", [A, B]),
        ("佳鑫盛（南通，海安）金属制品有限公司,乙厂", ["佳鑫盛（南通，海安）金属制品有限公司", "乙厂"]),
        ("三家村酒楼、百家企业管理有限公司", ["三家村酒楼", "百家企业管理有限公司"]),
        ("", []),
    ],
)
def test_a_list_in_one_cell(text: str, names: list[str]) -> None:
    assert split_units(text) == names


@pytest.mark.parametrize(
    ("text", "listed", "said"),
    [
        (f"{A}、{B}等12家", 2, 12),
        (f"{A}等十二家企业", 1, 12),
        (f"{A}、{B}，共2家单位", 2, 2),
        (f"{A}；{B}；共计 15 户", 2, 15),
        (f"{A}、{B}等", 2, None),
        ("36家商户", 0, 36),
    ],
)
def test_what_a_list_says_it_holds(text: str, listed: int, said: int | None) -> None:
    found = read_units(text)
    assert (len(found.units), found.said) == (listed, said)
    assert not any("等" in unit.name for unit in found.units)


def test_codes_beside_names_are_read() -> None:
    found = read_units(f"{A}（91110000600037341L）、{B} 60003734-1、{C}(统一社会信用代码：91110000600037341M)")
    assert found == UnitList((Unit(A, "91110000600037341L"), Unit(B, "600037341"), Unit(C)))


@pytest.mark.parametrize("text", ["详见附件", "见附表1", "名单附后", "（见附件）"])
def test_a_list_that_is_elsewhere_is_told(text: str) -> None:
    assert read_units(text) == UnitList((), None, elsewhere=True)


def test_telephones_and_persons_are_marks() -> None:
    assert phone_mark("0513-85551234") == phone_mark("85551234 ") == phone_mark("０５１３８５５５１２３４")
    assert set((phone_mark("13812345678、85551234") or "").split()) == {
        phone_mark("+86 138 1234 5678"), phone_mark("(0513)85551234"),
    }  # fmt: skip
    assert phone_mark("无") is None
    assert "13812345678" not in str(phone_mark("13812345678"))
    assert person_mark("张 三") == person_mark("张三（法人）")
    assert person_mark("无") is person_mark(None) is None


@pytest.mark.parametrize(
    ("raw", "value", "fault"),
    [
        ("320611000035098", "320611000035098", None),
        ("320611000035099", None, Fault.CHECK_DIGIT),
        ("3206112301234", "3206112301234", None),
        ("3.20611E+14", None, Fault.EXCEL),
        ("32061100003509A", None, Fault.CHARACTERS),
        ("91110000600037341L", None, Fault.LENGTH),
        ("无", None, Fault.EMPTY),
    ],
)
def test_registration_numbers_of_old_registers(raw: str, value: str | None, fault: Fault | None) -> None:
    code = read_registration_number(raw)
    assert (code.value, code.fault) == (value, fault)
