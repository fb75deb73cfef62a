"""Shortcuts of the geocoder change no result: what is skipped could not have mattered."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.address import segments, tokens
from geo.address.segments import Segment, segment
from geo.address.tokens import Token, scan
from geo.gazetteer import index, variants

WORDS = """
A B C F G M 1 2 8 12 88 101 204 1001 - 、 , ( ) ~ . / #
人民路 海门路 江海大道 锦程大厦 天虹小区 轻纺市场 三厂镇 光明村 工业园区 崇川区 南通市 江苏省
交叉口 十字路口 对面 附近 背后 前面 隔壁 北200米 100M 12公里 门口 沿街 以东 东首 西侧 (中) 丁字路口 之间
营业房 门面 车库 店 商铺 本公司所属房屋内 自有房屋 丰巢 市辖区 国道 号线 B1 负一楼 顶层 一期 南区 地下室
"""
MARKS = "东南西北中上下前后内外旁侧首口交与和及以向约大路街道桥村镇乡市区县园楼座幢栋层室号弄组期店门面库房负第附甲底"
PIECES = st.sampled_from([*MARKS, *WORDS.split()])
TEXTS = st.lists(PIECES, max_size=9).map("".join)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_text_without_the_marks_of_a_relation_holds_none(text: str) -> None:
    if tokens._REL.search(text):
        assert tokens._REL_GATE.search(text)
        assert tokens._MORE.search(text)
    if tokens._SEP.search(text):
        assert tokens._MORE.search(text)
    if tokens._MAY_NOTE.search(text) and tokens._NOTE.search(text):
        assert tokens._MORE.search(text)
    if tokens._SHOP_NUMBER.search(text):
        assert tokens._MAY_SHOP.search(text)
        assert tokens._MORE.search(text)


@given(TEXTS, st.integers(0, 12))
@settings(max_examples=300, deadline=None)
def test_no_suffix_begins_with_a_character_that_its_mark_leaves_out(text: str, at: int) -> None:
    after = text[at : at + 1]
    if variants.ROADISH.match(text, at):
        assert after in index._ROADISH_MARKS
    if after in index._DIVISION_ENDS:
        assert variants.ROADISH.match(text, at)
    if variants.AFTER_TOWN.match(text, at):
        assert after in index._TOWN_MARKS
    if variants.AFTER_VILLAGE.match(text, at):
        assert after in index._VILLAGE_MARKS
    if variants.BARE_VILLAGE.match(text, at):
        assert not after or after in index._BARE_MARKS or after.isdecimal()


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_the_scanner_is_the_same_with_and_without_its_gates(text: str) -> None:
    def everything(text: str) -> list[Token]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tokens, "_MORE", re.compile(""))
            patch.setattr(tokens, "_REL_GATE", re.compile(""))
            patch.setattr(tokens, "_MAY_SHOP", re.compile(""))
            return scan(text)

    assert scan(text) == everything(text)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_dropping_hopeless_states_never_changes_the_best_reading(text: str) -> None:
    def exhaustive(text: str) -> list[Segment]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(segments, "_worth_going_on", lambda here: [(rank, state[0]) for rank, state in here.items()])
            patch.setattr(segments, "_MARGIN", 1e9)
            return segment(text)

    assert segment(text) == exhaustive(text)
