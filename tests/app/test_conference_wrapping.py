"""Lines of a printed paragraph: nothing is lost, closing marks end lines, opening ones begin them."""

from hypothesis import given
from hypothesis import strategies as st

from app.conference.wrapping import CLOSING, OPENING, wrapped

LETTERS = "工会联合楼宇，。（）、；0123456789.%A"


def wide(text: str) -> float:
    return float(sum(1 if letter.isascii() else 2 for letter in text))


def test_a_line_begins_with_no_closing_mark_and_ends_with_no_opening_one() -> None:
    text = "建会率56.9%（名录口径）。其中单独建会884家，联合建会7,520家。"
    lines = wrapped(text, wide, 24, indent=4)
    assert lines == ["建会率56.9%（名录口", "径）。其中单独建会884", "家，联合建会7,520家。"]


@given(st.text(alphabet=LETTERS, max_size=120), st.integers(12, 60))
def test_nothing_is_lost_and_marks_stay_with_their_words(text: str, room: int) -> None:
    lines = wrapped(text, wide, float(room))
    assert "".join(lines) == text
    assert all(line[0] not in CLOSING for line in lines[1:])
    assert all(line[-1] not in OPENING for line in lines[:-1])
