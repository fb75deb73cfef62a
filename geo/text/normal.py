"""Addresses and names made comparable, with the way back to the text as written.

One writing for one meaning: full-width and traditional characters, dashes, brackets, blanks and zero-width characters,
telephone numbers, and Chinese numerals where (and only where) they stand before a unit of an address. 三厂, 五接, 十总,
二甲 are names and keep their characters; the number in a road's name becomes the numeral of its sign (经6路 → 经六路).
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from geo.text.numerals import UNITS, numeral_value

_DASHES = "‐‑‒–—―−－─━ー﹘﹣⁃"
_OPENING, _CLOSING = "（［【〔〖｛{[﹙﹝<＜《〈「『", "）］】〕〗｝}]﹚﹞>＞》〉」』"
_FIXED = (
    {ord(c): "-" for c in _DASHES}
    | {ord(c): "(" for c in _OPENING}
    | {ord(c): ")" for c in _CLOSING}
    | {ord(c): "~" for c in "～〜∼"}
    | {ord(c): "," for c in "，；;。"}
    | {ord(c): "#" for c in "＃﹟"}
    | {ord(c): "〇" for c in "○◯"}
    | {ord("№"): ""}
    | {ord("·"): ".", ord("•"): ".", ord("．"): ".", ord("・"): "."}
    | {ord(c): "" for c in "\t\n\r\v\f　\u00a0\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u00ad \"'“”‘’`|"}
)


class _Folding(dict):
    """Character table for ``str.translate`` that works out and remembers what it has not met yet."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp", "Cs", "Co", "Cn"):
        return ""
    single = unicodedata.normalize("NFKC", character)
    character = single if len(single) == 1 else character
    fixed = _FIXED.get(ord(character))
    if fixed is not None:
        return fixed
    if len(character.upper()) == 1:
        character = character.upper()
    return character if _in_gb2312(character) else _simplified(character)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _converter():  # type: ignore[no-untyped-def]
    from opencc import OpenCC

    return OpenCC("t2s")


def _simplified(character: str) -> str:
    if not "\u3400" <= character <= "\u9fff":
        return character
    simple = str(_converter().convert(character))
    return simple if len(simple) == 1 else character


_TABLE = _Folding(_FIXED)
_HANZI = bytes(b for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF) for b in (row, cell)).decode(
    "gb2312", "ignore"
)
_FOLDED = re.compile(f"[{_HANZI}0-9A-Z(),#&/~.-]*")
"""Texts that folding leaves as they are: nearly all; to see that is faster than to fold them."""

_PHONE = re.compile(
    r"(?:联系)?(?:电话|手机|TEL)?[:：.]?(?<!\d)(?:\+?86-?)?(?:1[3-9]\d{9}|(?:\(0\d{2,3}\)|0\d{2,3}-?)\d{7,8}(?:-\d{1,5}|转\d{1,5})?)(?!\d)"
    r"|(?:联系)?(?:电话|TEL)[:：.]?\d{7,8}(?!\d)|邮(?:政)?编码?[:：.]?\d{6}(?!\d)"
)
_MAY_HOLD_PHONE = re.compile(r"\d{6}|电话|手机|TEL|邮")
_CN = "〇零一二两三四五六七八九十百廿"
_TELLING = frozenset(_CN + "电手邮")
_QUIET = "".join([c for c in _HANZI if c not in _TELLING])
_PLAIN = re.compile(f"(?:[{_QUIET}A-SU-Z(),#&/~.-]++|[0-9]{{1,5}}(?![0-9路街巷大]))*+")
"""Texts that hold nothing to fold, no Chinese numeral, no numbered road and nothing of a telephone number: most."""
_NUMERAL = re.compile(rf"[{_CN}]{{1,20}}(?=(?:[、,~-][{_CN}\d]{{1,20}}){{0,20}}(?:{UNITS})(?!桥))")
"""Lists of more numerals than people write are not looked through: that would take the square of their length."""
_NUMBERED_ROAD = re.compile(
    "(?<=[一-鿿])(?:(?<![号路街巷弄道])[1-9][0-9]?(?=路(?!公交|[电汽]?车)|街(?!坊)|大街|大道)|(?<![号巷])[1-9][0-9]?(?=巷))"
)
"""The number in a road's name, which signs and maps write as a numeral: 经6路, 中山东1路."""


class Normalised(NamedTuple):
    """A normalised text and, for each of its characters, where it comes from in the raw text.

    ``starts``/``ends`` are ``None`` where no character moved. ``span(start, end)`` takes positions in ``text`` and
    gives the half-open span in the raw text.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of the raw text behind ``text[start:end]`` (``start < end``)."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(raw: str) -> str:
    """Return the text with width, case, dashes, brackets and traditional characters folded and blanks removed."""
    return raw if _FOLDED.fullmatch(raw) else raw.translate(_TABLE)


def normalise(raw: object) -> Normalised:
    """Normalise an address or place name. ``None``, NaN and pandas' NA count as empty. Never raises; idempotent."""
    if not isinstance(raw, str):
        if raw is None or type(raw).__name__ == "NAType" or raw != raw:  # NA has no truth to ask for
            return Normalised("")
        raw = str(raw)
    if _PLAIN.fullmatch(raw):
        return Normalised(raw)
    text = fold(raw)
    moved = len(text) != len(raw)
    if not moved and not any(each.search(text) for each in (_NUMERAL, _MAY_HOLD_PHONE, _NUMBERED_ROAD)):
        return Normalised(text)
    starts = [i for i, c in enumerate(raw) if _TABLE[ord(c)]] if moved else list(range(len(raw)))
    ends = [i + 1 for i in starts]
    if _MAY_HOLD_PHONE.search(text):
        text, starts, ends = _replaced(text, starts, ends, _PHONE, lambda _phone: ",")
    text, starts, ends = _replaced(text, starts, ends, _NUMERAL, numeral_value)
    text, starts, ends = _replaced(text, starts, ends, _NUMBERED_ROAD, _numeral_of)
    return Normalised(text, tuple(starts), tuple(ends))


@cache
def _numeral_of(number: str) -> str:
    from cn2an import an2cn

    return str(an2cn(number))


def _replaced(
    text: str, starts: list[int], ends: list[int], pattern: re.Pattern[str], by: Callable[[str], str | None]
) -> tuple[str, list[int], list[int]]:
    """Replace each match by what is said for it; where that is ``None`` it stays."""
    parts: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    last = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        new = by(match.group())
        if new is None:
            continue
        parts += [text[last:start], new]
        new_starts += starts[last:start]
        new_ends += ends[last:start]
        for k in range(len(new)):
            new_starts.append(starts[min(start + k, end - 1)])
            new_ends.append(ends[end - 1] if k == len(new) - 1 else ends[min(start + k, end - 1)])
        last = end
    parts.append(text[last:])
    return "".join(parts), new_starts + starts[last:], new_ends + ends[last:]
