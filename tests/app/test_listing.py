"""Lists are ordered and cut on the server."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from app.listing import ordered, page

ROWS = pd.DataFrame(
    {"name": ["乙", "甲", "丙"], "workers": pd.array([5, None, 9], dtype="Int64")}, index=["b", "a", "c"]
)


def test_missing_values_stand_last_both_ways() -> None:
    assert list(ordered(ROWS, "workers", ["workers"]).index) == ["b", "c", "a"]
    assert list(ordered(ROWS, "-workers", ["workers"]).index) == ["c", "b", "a"]


def test_a_column_that_is_not_offered_changes_nothing() -> None:
    assert list(ordered(ROWS, "-__class__", ["workers"]).index) == ["b", "a", "c"]


@given(st.integers(0, 500), st.integers(1, 60))
def test_pages_show_every_row_once(total: int, size: int) -> None:
    frame = pd.DataFrame({"n": range(total)})
    pages = page(frame, 1, size).pages
    shown = [row for number in range(1, pages + 1) for row in page(frame, number, size).rows["n"]]
    assert shown == list(range(total))


@given(st.integers(-5, 80))
def test_a_page_beyond_the_ends_is_the_nearest(number: int) -> None:
    found = page(pd.DataFrame({"n": range(101)}), number, 10)
    assert 1 <= found.number <= found.pages == 11
    window = [n for n in found.window if n is not None]
    assert window == sorted(set(window))
    assert {1, 11, found.number} <= set(window)
