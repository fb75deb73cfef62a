"""Addresses say which firms they list, and say the same again when read back."""

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app import query
from geo.gaps import FIGURES, Filter

KEY = st.sampled_from(["", "990101", "building:990101:云帆大厦", "#2", "a&b=c"])
KEYS = st.lists(KEY, max_size=3, unique=True).map(tuple)
SWITCH = st.sampled_from([True, False, None])
FILTERS = st.builds(
    Filter, county=KEYS, building=KEYS, size=KEYS, flag=KEYS, gap=SWITCH, eligible=SWITCH, located=SWITCH,
    text=st.sampled_from(["", "贸易", "云帆 贸易", "50%_x"]),
)  # fmt: skip


def args_of(chosen: Filter) -> MultiDict[str, str]:
    return MultiDict(
        [
            (name, value)
            for name, values in query.write(chosen).items()
            for value in ([values] if isinstance(values, str) else values)
        ]
    )


@given(FILTERS)
def test_an_address_read_back_is_the_same_choice(chosen: Filter) -> None:
    assert query.read(args_of(chosen)) == chosen


@given(FILTERS)
def test_a_choice_met_twice_is_itself(chosen: Filter) -> None:
    if not chosen.text:
        assert query.both(chosen, chosen) == chosen
    assert query.both(Filter(), chosen) == chosen


def test_choices_that_exclude_each_other_lead_nowhere() -> None:
    assert query.both(Filter(gap=True), Filter(gap=False)) is None
    assert query.both(Filter(county=("1",)), Filter(county=("2",))) is None
    assert query.both(Filter(county=("1", "2")), Filter(county=("2", "3"))) == Filter(county=("2",))


def test_a_figure_of_a_place_is_read_within_what_the_page_chose() -> None:
    found = query.behind("gap_25", "building", "b1", Filter(county=("990101",)))
    assert found == Filter(county=("990101",), building=("b1",), gap=True, size=("25_and_over",))
    assert query.behind("gap_25", "building", "b1", Filter(size=("under_25",))) is None
    assert query.behind("gap", None, "", Filter()) == FIGURES["gap"]


def test_what_is_not_understood_does_not_restrict() -> None:
    assert query.read(MultiDict([("gap", "maybe"), ("nonsense", "1"), ("county", "")])) == Filter()
    assert query.read(MultiDict([("text", "  a \u3000 b  ")])).text == "a b"
    assert query.read(MultiDict([("text", "a\x00b\ufffe")])).text == "a b"
    assert len(query.read(MultiDict([("text", "x" * 5000)])).text) == query.MOST_TEXT
