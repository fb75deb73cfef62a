"""Slips of the pen: what is mended, what is left alone, and what a person has to see."""

import pandas as pd
import pytest

from geo import gazetteer
from geo.gazetteer import Gazetteer
from geo.gazetteer.repairs import Edit, one_edit
from geo.geocode import locate
from geo.text.alike import looks_alike, sounds_alike, sounds_near
from tests.geo.test_gazetteer import aliases, divisions, places

TOWER = {
    "id": "building:990101:锦云轩大厦",
    "kind": "building",
    "name": "锦云轩大厦",
    "county_code": "990101",
    "geometry": None,
}


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    return gazetteer.build(divisions(), aliases(), places(tower=TOWER))


def one(text: str, names: Gazetteer) -> pd.Series:
    return locate(pd.DataFrame({"address": [text]}, index=["x"]), names).iloc[0]


def typo(row: pd.Series) -> list[str]:
    return [detail["to"] for code, detail in row["reasons"] if code == "TYPO"]


@pytest.mark.parametrize(
    ("one", "other", "edit"),
    [
        ("和平侨", "和平桥", Edit(2, "侨", "桥", False)),
        ("十六墩", "十六里墩", Edit(2, "", "里", False)),
        ("孙李家桥", "孙李桥", Edit(2, "家", "", False)),
        ("盘沟香", "盘香沟", Edit(1, "沟香", "香沟", True)),
        ("盘香沟", "盘香沟", None),
        ("甲乙丙", "丁乙戊", None),
        ("甲乙", "甲乙丙丁", None),
    ],
)
def test_one_slip_is_told_from_two(one: str, other: str, edit: Edit | None) -> None:
    assert one_edit(one, other) == edit


def test_characters_alike_by_ear_and_eye() -> None:
    assert sounds_alike("工", "公")
    assert not sounds_alike("门", "安")
    assert sounds_near("思", "世")
    assert looks_alike("祟", "崇")
    assert looks_alike("崇", "祟")
    assert not looks_alike("门", "安")


def test_a_building_is_mended_inside_its_county(names: Gazetteer) -> None:
    row = one("东沟区锦云宣大厦3楼", names)
    assert (row["building"], typo(row), row["floor"]) == ("building:990101:锦云轩大厦", ["锦云轩大厦"], "3")
    assert row["status"] == "auto"


def test_another_county_lends_no_name(names: Gazetteer) -> None:
    row = one("西塘区锦云宣大厦3楼", names)
    assert pd.isna(row["building"])
    assert not typo(row)


def test_spans_stay_those_of_the_text_as_written(names: Gazetteer) -> None:
    row = one("东沟区 锦轩云大厦 3楼", names)
    assert ["poi", "锦轩云大厦", 4, 9] in row["components"]
    assert row["building"] == "building:990101:锦云轩大厦"


def test_a_two_character_town_is_mended_by_ear_for_a_person_to_see(names: Gazetteer) -> None:
    row = one("西塘区柳数镇8号", names)
    assert (row["town_code"], row["status"]) == ("990102101", "review")


def test_what_is_known_is_never_changed(names: Gazetteer) -> None:
    row = one("西塘区柳树镇新桥村", names)
    assert not typo(row)
    assert row["village_code"] == "990102101201"
