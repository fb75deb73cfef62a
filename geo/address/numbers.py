"""House numbers and floors as values: 88, 88-1, 88号附1, 60号、65号, 88-96号, 3楼, 负1层, B1."""

import re
from typing import NamedTuple


class Number(NamedTuple):
    """A house number. ``main`` is its leading number, ``last`` the end of a range, ``lane`` tells a 弄.

    ``text`` is the number without 号: ``88``, ``88-1``, ``附88``; of a list the first one is kept and ``listed`` set.
    """

    text: str
    main: int
    last: int | None = None
    listed: bool = False
    lane: bool = False

    def with_sub(self, sub: str) -> "Number":
        """Return the number with a second one behind it: 88号附1 → ``88-1``."""
        return self._replace(text=f"{self.text}-{sub.removeprefix('附')}")

    def as_listed(self) -> "Number":
        """Return the number as the first of a list."""
        return self._replace(listed=True)


_NUMBER = re.compile(r"(?P<pre>附|甲|乙|丙|丁|特|临)?[A-Z]*(?P<main>\d+)(?P<rest>.*)", re.DOTALL)
_END = re.compile(r"[-~至]+(\d{1,9})$")
_LISTED = re.compile(r"[、,/&.和]")
_FIRST = re.compile(r"[^、,/&.和至~]+")
_FLOOR = re.compile(r"(?P<minus>地下|负|-|B)?(?P<floor>\d+)")
_WORDS = {"底": "1", "裙": "1", "一": "1", "地": "-1", "负": "-1"}
_WIDEST_RANGE = 400
_DIGITS = 9
"""Digits that count of a number."""


def read_number(value: str, unit: str) -> Number | None:
    """Read the digits of a house number as the scanner gives them; ``None`` if there are none."""
    if value.isdecimal() and len(value) <= _DIGITS:
        return Number(value, int(value), None, False, unit == "弄")
    found = _NUMBER.match(value)
    if found is None:
        return None
    main, rest = int(found["main"][:_DIGITS]), found["rest"]
    end = _END.match(rest)
    last = int(end[1]) if end is not None else None
    if last is not None and not (main < last <= main + _WIDEST_RANGE and len(end[1]) >= len(found["main"])):  # type: ignore[index]
        last = None
    first = _FIRST.match(value)
    text = first.group() if first is not None else value
    return Number(text, main, last, bool(_LISTED.search(rest)), unit == "弄")


def read_floor(words: str) -> str | None:
    """Return the floor as a number (``3``, ``-1``); the first one of a range; words that name no number stay words."""
    found = _FLOOR.search(words)
    if found:
        return ("-" if found["minus"] else "") + found["floor"]
    return _WORDS.get(words[0], words)
