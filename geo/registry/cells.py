"""Single cells read: each reader takes a raw cell and returns its value and, if something is wrong, a fault.

A fault is ``(code, detail)``; the value beside it is None where the cell cannot be used.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from geo.registry.words import Wordbook, Words

Fault: TypeAlias = tuple[str, dict[str, Any]]
Reading: TypeAlias = tuple[Any, Fault | None]

COUNT_LIMIT = 1_000_000
"""More workers than the largest employer of a city can have."""
EXCEL_EPOCH = date(1899, 12, 30)
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SCIENTIFIC = re.compile(r"^[+-]?\d(?:\.\d+)?E\+?\d{1,3}$", re.IGNORECASE)
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_DAY = re.compile(r"^(\d{4})\D{1,2}?(\d{1,2})(?:\D{1,2}?(\d{1,2}))?\D?(?:[T日]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?Z?$")
_DAY_LAST = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_ABOUT = re.compile(
    r"大约|大概|约|接近|将近|近|不足|不到|不少于|不多于|不低于|不超过|至少|至多|超过|大于|多于|高于|小于|少于|低于|余|左右|上下|以上|以下|以内|几|多"
    r"|^[<>≤≥]=?|\+$|(?<=\d)[-~—–至到](?=\d)"
)
"""Words and signs of a number that is not exact."""
_ABOVE = re.compile(r"(?<!不)(?:超过|大于|多于|高于)|>(?!=)")
_BELOW = re.compile(r"不足|不到|小于|(?<!不)少于|(?<!不)低于|<(?!=)")
_RANGE_END = re.compile(r"(?<=\d)[-~—–至到]+\d[\d.]*")
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


@dataclass(frozen=True)
class BadCell:
    """What a cell holds instead of a value: ``FORMULA`` (never calculated) or ``CELL_ERROR`` (#N/A, #REF!)."""

    code: str
    text: str

    def __str__(self) -> str:
        return self.text


def is_empty(cell: Any) -> bool:
    """Tell whether a raw cell holds nothing at all."""
    return (
        cell is None or (isinstance(cell, float) and math.isnan(cell)) or (isinstance(cell, str) and not cell.strip())
    )


def show(cell: Any) -> str:
    """Return a raw cell as text, as a person sees it in the file."""
    if is_empty(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return _INVISIBLE.sub("", str(cell))


def tidy(cell: Any) -> str:
    """Return a cell's text as written, without invisible characters, line breaks and blanks at the ends."""
    return re.sub(r"[ \t\r\n\u3000\xa0]+", " ", show(cell)).strip()


def plain(cell: Any) -> str:
    """Return a cell's text as it is compared and parsed: NFKC, without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", show(cell)))


def read_text(cell: Any, words: Words) -> Reading:
    """Read free text; words for "nothing" (无, /, —) give None."""
    if isinstance(cell, BadCell):
        return None, (cell.code, {"text": cell.text})
    text = tidy(cell)
    return (None if words.blank(text) else text), None


def read_count(cell: Any, words: Words) -> Reading:
    """Read a number of people or units.

    Faults: ``COUNT_NEGATIVE``, ``COUNT_ABSURD`` (over ``COUNT_LIMIT``), ``COUNT_FRACTION``, ``COUNT_UNREADABLE``;
    ``COUNT_WORDS`` notes that words were read as a number (二十五, 1.2万), ``COUNT_ESTIMATED`` that the cell gives no
    exact number (约30, 20-30) and which one was read: never more than is written (see ``_estimate``).
    ``COUNT_APPROXIMATE`` is such a cell of which no number can be read (几十人).
    """
    if isinstance(cell, BadCell):
        return None, (cell.code, {"text": cell.text})
    if isinstance(cell, bool | date | time | timedelta):
        return None, ("COUNT_UNREADABLE", {})
    if isinstance(cell, int | float) and not is_empty(cell):
        return _count(float(cell))
    text = plain(cell)
    if words.blank(text):
        return None, None
    text = re.sub(r"[人名个家户]", "", text.replace(",", ""))
    if _NUMBER.match(text):
        return _count(float(text))
    if _ABOUT.search(text):
        return _estimate(text)
    return _count_in_words(text)


def _estimate(text: str) -> Reading:
    """Read a number that is not exact as the one written: of a range the lower end, below a bound the next under it.

    25以上 is 25 (以上 includes its number), 超过25 is 26, 不足25 is 24; so nobody is counted who is not written down.
    """
    number = _RANGE_END.sub("", text)
    step = 1 if _ABOVE.search(text) else -1 if _BELOW.search(text) else 0
    if number.startswith("几") or len(re.findall(r"\d[\d.]*", number)) > 1:
        return None, ("COUNT_APPROXIMATE", {})
    number = re.sub(r"^(?=[百千万])", "一", _ABOUT.sub("", number).replace("=", ""))
    value, fault = _count(float(number)) if _NUMBER.match(number) else _count_in_words(number)
    if value is None or (fault and fault[0] != "COUNT_WORDS"):
        unread = fault is None or fault[0] in ("COUNT_UNREADABLE", "COUNT_WORDS")
        return None, ("COUNT_APPROXIMATE", {}) if unread else fault
    read = max(value + step, 0)
    return read, ("COUNT_ESTIMATED", {"read_as": read})


def _count(number: float) -> Reading:
    if not math.isfinite(number) or number > COUNT_LIMIT:
        return None, ("COUNT_ABSURD", {"limit": COUNT_LIMIT})
    if number < 0:
        return None, ("COUNT_NEGATIVE", {})
    if not number.is_integer():
        return None, ("COUNT_FRACTION", {})
    return int(number), None


def _count_in_words(text: str) -> Reading:
    if not re.fullmatch(r"[\d.零〇一二两三四五六七八九十百千万]{1,12}", text):
        return None, ("COUNT_UNREADABLE", {})
    from cn2an import cn2an

    try:
        number = float(cn2an(text.replace("〇", "零"), "smart"))
    except (ValueError, TypeError, KeyError, IndexError):
        return None, ("COUNT_UNREADABLE", {})
    value, fault = _count(number)
    return value, fault or ("COUNT_WORDS", {"read_as": value})


def read_day(cell: Any, words: Words) -> Reading:
    """Read a day: 2023/1/5, 20230105, 2023年1月5日, 二〇二三年一月五日, or the serial number a spreadsheet keeps.

    Faults: ``DAY_UNREADABLE``, ``DAY_AMBIGUOUS`` (5/1/2023), ``DAY_IMPOSSIBLE`` (no such day, or outside 1900-2100);

    Notes
    -----
    ``DAY_SERIAL`` (read from a serial number), ``DAY_MONTH_ONLY`` (the first of the month taken), ``DAY_YEAR_ONLY``
    (1 January).
    """
    if isinstance(cell, BadCell):
        return None, (cell.code, {"text": cell.text})
    if isinstance(cell, datetime):
        return _within(cell.date())
    if isinstance(cell, date):
        return _within(cell)
    if isinstance(cell, bool | time | timedelta):
        return None, ("DAY_UNREADABLE", {})
    if isinstance(cell, int | float) and not is_empty(cell):
        return _day_from_number(float(cell))
    text = plain(cell)
    if words.blank(text) or text in ("长期", "永久"):
        return None, None
    if re.fullmatch(r"\d{5}(\.\d+)?|\d{4}|\d{6}|\d{8}", text):
        return _day_from_number(float(text))
    return _day_from_text(text)


def _day_from_number(number: float) -> Reading:
    if not math.isfinite(number):
        return None, ("DAY_UNREADABLE", {})
    whole = int(number)
    if 1900 <= whole <= 2100 and number == whole:
        return date(whole, 1, 1), ("DAY_YEAR_ONLY", {"read_as": f"{whole}-01-01"})
    if 190001 <= whole <= 210012 and 1 <= whole % 100 <= 12:
        return date(whole // 100, whole % 100, 1), (
            "DAY_MONTH_ONLY",
            {"read_as": f"{whole // 100}-{whole % 100:02d}-01"},
        )
    if 19000101 <= whole <= 21001231:
        return _day(whole // 10000, whole // 100 % 100, whole % 100)
    if 10000 <= whole <= 73050:
        day = EXCEL_EPOCH + timedelta(days=whole)
        return day, ("DAY_SERIAL", {"read_as": day.isoformat()})
    return None, ("DAY_UNREADABLE", {})


def _day_from_text(text: str) -> Reading:
    if re.search(r"[〇零○一二三四五六七八九十]", text):
        text = re.sub(r"[零〇○一二三四五六七八九十]+", _arabic, text)
    match = _DAY.match(text)
    if match:
        year, month, day = (int(part) if part else None for part in match.groups())
        if day is None:
            value, fault = _day(year or 0, month or 0, 1)
            return value, fault or ("DAY_MONTH_ONLY", {"read_as": value.isoformat()})
        return _day(year or 0, month or 0, day)
    match = _DAY_LAST.match(text)
    if not match:
        year_only = re.fullmatch(r"(\d{4})年", text)
        return _day_from_number(float(year_only.group(1))) if year_only else (None, ("DAY_UNREADABLE", {}))
    first, second, year = (int(part) for part in match.groups())
    if first <= 12 and second <= 12 and first != second:
        return None, (
            "DAY_AMBIGUOUS",
            {"either": [f"{year}-{first:02d}-{second:02d}", f"{year}-{second:02d}-{first:02d}"]},
        )
    return _day(year, min(first, second), max(first, second))


def _arabic(match: re.Match[str]) -> str:
    text = match.group()
    if "十" not in text:
        return text.translate(_CHINESE_DIGITS)
    tens, _, ones = text.partition("十")
    digits = (tens or "一").translate(_CHINESE_DIGITS), (ones or "零").translate(_CHINESE_DIGITS)
    return str(int(digits[0]) * 10 + int(digits[1])) if all(d.isdigit() for d in digits) else text


def _day(year: int, month: int, day: int) -> Reading:
    try:
        return _within(date(year, month, day))
    except ValueError:
        return None, ("DAY_IMPOSSIBLE", {})


def _within(day: date) -> Reading:
    return (day, None) if 1900 <= day.year <= 2100 else (None, ("DAY_IMPOSSIBLE", {}))


def read_coded(cell: Any, words: Words, book: Wordbook) -> Reading:
    """Read a word as the code it stands for; ``WORD_UNKNOWN`` if the list does not know it."""
    if isinstance(cell, BadCell):
        return None, (cell.code, {"text": cell.text})
    text = tidy(cell)
    code = book.code(text) if text else None
    if code is not None or words.blank(text):
        return code, None
    return None, ("WORD_UNKNOWN", {"known": sorted(set(book.words.values()))})


def read_flag(cell: Any, words: Words) -> Reading:
    """Read yes or no."""
    if isinstance(cell, bool):
        return cell, None
    code, fault = read_coded(cell, words, words.books["flag"])
    return (code == "yes" if code else None), fault


def read_degrees(cell: Any, words: Words) -> Reading:
    """Read degrees, decimal or 120°51′30″, else ``DEGREES_UNREADABLE``; the range is not checked here."""
    if isinstance(cell, BadCell):
        return None, (cell.code, {"text": cell.text})
    if isinstance(cell, int | float) and not isinstance(cell, bool) and not is_empty(cell):
        return (float(cell), None) if math.isfinite(cell) else (None, ("DEGREES_UNREADABLE", {}))
    text = plain(cell)
    if words.blank(text):
        return None, None
    text = re.sub(r"^[东北EN]经?纬?|[EN]$|度$", "", text, flags=re.IGNORECASE)
    match = re.fullmatch(r"(\d{1,3})[°度d](\d{1,2})['′分](?:(\d{1,2}(?:\.\d+)?)(?:\"|″|′′|''|秒)?)?", text)
    if match:
        degrees, minutes, seconds = (float(part or 0) for part in match.groups())
        return degrees + minutes / 60 + seconds / 3600, None
    text = text.rstrip("°")
    return (float(text), None) if _NUMBER.match(text) and len(text) < 40 else (None, ("DEGREES_UNREADABLE", {}))
