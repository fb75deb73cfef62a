"""Names one slip apart are found by what is left of them without one character."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import enterprises
from rapidfuzz.distance import OSA

from geo.linkage import LinkOptions, Match, Query, match, prepare
from geo.linkage.neighbours import neighbours
from geo.linkage.slips import form_slipped
from geo.text import read_name

LIMITS = LinkOptions()
WORDS = {"南通": "320600", "南通市": "320600", "海门": "320614", "海门市": "320614", "启东": "320681"}
TEXTS = st.lists(st.text("南通海门纺织机", min_size=4, max_size=9), min_size=1, max_size=12)


@given(TEXTS, st.text("南通海门纺织机", min_size=4, max_size=9))
def test_whatever_is_one_slip_away_is_found_and_nothing_beyond_two(texts: list[str], asked: str) -> None:
    found = neighbours([(text,) for text in texts]).of([asked])
    apart = [int(OSA.distance(asked, text)) for text in texts]
    assert found == sorted(set(found))
    assert {row for row, edits in enumerate(apart) if edits <= 1} <= set(found)
    assert all(apart[row] <= 2 for row in found)


def test_short_and_empty_texts_have_no_neighbours() -> None:
    assert neighbours([]).of(["南通华能"]) == []
    assert neighbours([("华能", ""), ("华能电",)]).of(["华能", "", "\ud800"]) == []


def answer(name: str, county: str | None, firms: dict[str, tuple[str, str | None]]) -> tuple[str | None, Match]:
    table = enterprises({key: {"name": named} for key, (named, _) in firms.items()})
    counties = pd.Series({key: code for key, (_, code) in firms.items()}, dtype="object")
    register = prepare(table.assign(county_code=counties), WORDS)
    found = match(Query(name, None, county), register, options=LIMITS)
    return (None if found.row is None else register.keys[found.row]), found


TRADES = ("源贸易", "达贸易", "丰贸易", "泰贸易", "盛纺织", "宏纺织")
MANY = {f"x{own}{trade}": (f"南通{own}{trade}有限公司", None) for own in "海华达新通盛金荣恒安" for trade in TRADES}


@pytest.mark.parametrize(
    "slip", ["南通海辰贸易有限公司", "南诵海晨贸易有限公司", "南通海晨贸易有公司", "南通海贸晨易有限公司"]
)
def test_one_slip_is_found_among_many_names_that_share_more_of_it(slip: str) -> None:
    key, found = answer(slip, None, {**MANY, "k": ("南通海晨贸易有限公司", None)})
    assert key == "k"
    assert found.status in ("auto", "review")


@pytest.mark.parametrize("form", ["股有份限公司", "股份友限公司", "股份有公司", "股份有有限公司", "份有限公司"])
def test_a_slip_in_the_legal_form_tells_no_firms_apart(form: str) -> None:
    """The branch's words begin behind the form, so a slip in it hides them; they are the same all the same."""
    banks = {
        f"b{n}": (f"中国农业银行股份有限公司南通{place}支行", None)
        for n, place in enumerate(["城南", "城北", "人民路"])
    }
    key, found = answer(f"中国农业银行{form}南通城南支行", None, banks)
    assert (key, found.status) == ("b0", "auto")
    assert dict(found.reasons)["similar_name"]["edits"] == 1


@pytest.mark.parametrize(
    ("listed", "is_one"),
    [
        ("南通云帆股份有公司", True),
        ("南通云帆股份有限限公司", True),
        ("南通云帆股份品有限公司", False),
        ("南通云帆品股份有限公司", False),
        ("南通云机股份有限公司", False),
        ("南通云帆股份有限公司", False),
        ("南通云帆有限公司", False),
    ],
)
def test_only_a_slip_inside_the_form_is_one_of_the_form(listed: str, is_one: bool) -> None:
    """A character more in front of it is a word more (纺织品), a whole word less is another form."""
    assert form_slipped(read_name(listed, WORDS), read_name("南通云帆股份有限公司", WORDS)) is is_one


def test_of_two_firms_as_near_the_one_that_sounds_alike_comes_first_then_the_one_in_the_county() -> None:
    firms = {"a": ("南通瑞海时装有限公司", "320614"), "b": ("南通瑞景时装有限公司", "320614")}
    key, found = answer("南通瑞井时装有限公司", "320614", firms)
    assert (key, found.status) == ("b", "review")
    firms = {"a": ("南通瑞海时装有限公司", None), "b": ("南通瑞通时装有限公司", "320614")}
    key, found = answer("南通瑞一时装有限公司", "320614", firms)
    assert (key, found.status) == ("b", "review")


def test_a_zone_before_a_name_is_a_place_and_no_part_of_it() -> None:
    key, found = answer("忠平建材有限公司", None, {"k": ("南通开发区忠平建材有限公司", None)})
    assert (key, found.method, found.status) == ("k", "name_core", "auto")
    assert answer("建设有限公司", None, {"k": ("南通开发区建设有限公司", None)})[1].method != "name_core"
