"""Words for codes: phrases and sentences from ``data/codes`` in the language of the moment.

``geo`` answers in codes; here they get their words. A code that no list knows is shown as it is: nothing is hidden.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from app.config import settings
from app.i18n import language
from geo.io.codes import Code, CodeBook, read_codes

_BETWEEN = re.compile(r"\s*/ ")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")

SEARCHED = {
    "excluded_because": ("excluded", "reason"),
    "excluded": ("excluded", "reason"),
    "zone_kind": ("zone_operation", "boundary_operation"),
}
"""Kinds that draw on several lists, in the order of search."""

ALIASES = {"method": "link_method", "role": "link_role", "group": "group_kind"}
"""Other names of kinds."""


def label(kind: str, code: Any) -> str:
    """Return the phrase of a code: "" for none, the code itself where no list knows it."""
    if _nothing(code):
        return ""
    found = _find(kind, str(code))
    return _phrase(found) if found else str(code)


def in_both(kind: str, code: str) -> tuple[str, str]:
    """Return the phrase of a code in Chinese and in English; the code itself where no list knows it."""
    found = _find(kind, code)
    return (found.zh, found.en) if found else (code, code)


def explain(
    kind: str, code: Any, detail: Mapping[str, Any] | None = None, *, names: Callable[[str], str] | None = None
) -> str:
    """Return a code as a sentence with the figures of ``detail``; its phrase if it has none or a figure is missing.

    Parameters
    ----------
    kind, code
        As for ``label``.
    detail
        What ``geo`` put beside the code. Lists are joined; place keys are shown by their name.
    names
        Turns keys of divisions, places and unions into names; ``shown`` by default.
    """
    if _nothing(code):
        return ""
    found = _find(kind, str(code))
    sentence = _sentence(found) if found else ""
    if not sentence:
        return label(kind, code)
    words = {key: _words(value, names or shown) for key, value in (detail or {}).items()}
    try:
        return sentence.format_map(words)
    except KeyError:
        return label(kind, code)


def refusal_text(code: str, detail: Mapping[str, Any] | None) -> str:
    """Return why a file or run was refused, in words."""
    for kind in ("refusal", "run_error", "fault"):
        told = explain(kind, code, detail or {})
        if told != code:
            return told
    return code


def options(kind: str) -> list[tuple[str, str]]:
    """Return (code, phrase) of a list in its order, for select boxes; empty for a kind that does not exist."""
    return [(code.code, _phrase(code)) for name in _kinds(kind) if name in book() for code in book()[name].values()]


def title(kind: str) -> str:
    """Return what a list is called; the kind itself where it does not exist."""
    for name in _kinds(kind):
        if name in book():
            return book()[name].zh if language() == "zh" else book()[name].en
    return kind


def shown(key: str) -> str:
    """Return the name within a place key (``building:320613:华辰大厦#2`` -> 华辰大厦); other text as it is."""
    kind, _, rest = key.partition(":")
    if not rest or kind not in book()["place_kind"].codes:
        return key
    return rest.rpartition(":")[2].partition("#")[0]


def in_language(text: str) -> str:
    """Return the half of a text in both languages (``中文 / English``, several by ``; ``) that the page speaks.

    A text whose halves are of one language stays whole: it is what somebody wrote.
    """
    return "; ".join(_half(part) for part in text.split("; "))


def _half(text: str) -> str:
    halves = [half.strip() for half in _BETWEEN.split(text, maxsplit=1)]
    chinese = [bool(_CHINESE.search(half)) for half in halves]
    return halves[0 if language() == "zh" else 1] if chinese == [True, False] else text


def _words(value: Any, names: Callable[[str], str]) -> str:
    if isinstance(value, str):
        return names(value)
    if isinstance(value, Iterable):
        return ("、" if language() == "zh" else ", ").join(_words(item, names) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _find(kind: str, code: str) -> Code | None:
    lists = (book()[name].codes for name in _kinds(kind) if name in book())
    return next((codes[code] for codes in lists if code in codes), None)


def _kinds(kind: str) -> tuple[str, ...]:
    kind = ALIASES.get(kind, kind)
    return SEARCHED.get(kind, (kind,))


def _phrase(code: Code) -> str:
    return code.zh if language() == "zh" else code.en


def _sentence(code: Code) -> str:
    return code.say_zh if language() == "zh" else code.say_en


def _nothing(code: Any) -> bool:
    return code is None or code is pd.NA or code == "" or code != code


def book() -> CodeBook:
    """Return all lists of codes."""
    return _read(settings().data / "codes")


@lru_cache(maxsize=4)
def _read(folder: Path) -> CodeBook:
    return read_codes(folder)
