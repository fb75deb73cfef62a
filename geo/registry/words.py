"""The word lists a registry is read with: column names per kind of table, and the words its cells use for codes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geo.errors import RuleError
from geo.text import fold

_NOISE = re.compile(r"[*:,、_-]+")
_UNIT = re.compile(r"\((?:人|个|家|户|名|必填|选填|可选|单位.{0,4}|年月日|年/月/日|YYYY.{0,8}|\d{1,3})\)$")
_LONGEST_BLANK = 8


def word_key(text: str) -> str:
    """Return a word as it is compared: folded, without punctuation, and without a unit in brackets behind it."""
    return _UNIT.sub("", _NOISE.sub("", fold(text)))


@dataclass(frozen=True)
class Wordbook:
    """Words of one coded field: ``words`` for whole cells, ``contains`` for parts of a cell, longest first."""

    words: Mapping[str, str]
    contains: tuple[tuple[str, str], ...] = ()

    def code(self, text: str) -> str | None:
        """Return the code a cell stands for, or None."""
        folded = word_key(text)
        if folded in self.words:
            return self.words[folded]
        return next((code for part, code in self.contains if part in folded), None)


@dataclass(frozen=True)
class Words:
    """All word lists: ``columns[kind][field]`` header words, best first; ``books`` coded fields; ``lists``."""

    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    books: Mapping[str, Wordbook]
    lists: Mapping[str, frozenset[str]]

    @cached_property
    def headers(self) -> Mapping[str, frozenset[str]]:
        """Every known header word of a kind, folded."""
        return {kind: frozenset(w for words in fields.values() for w in words) for kind, fields in self.columns.items()}

    def blank(self, text: str) -> bool:
        """Tell whether a cell's text means that nothing was filled in."""
        return not text or (len(text) <= _LONGEST_BLANK and word_key(text) in self.lists["blank"])


def parse_words(
    columns: Mapping[str, Any],
    values: Mapping[str, Any],
    codes: Mapping[str, Mapping[str, Iterable[str]]] | None = None,
) -> Words:
    """Build the word lists from the two mappings of ``data/words``.

    ``codes`` gives for kinds of coded fields the names of each code; they count as words unless a list says otherwise.

    Raises
    ------
    RuleError
        If a field has no words or one word stands for two codes.
    """
    books, lists = {}, {}
    for name, entry in values.items():
        if isinstance(entry, Mapping):
            books[name] = _book(name, entry)
        else:
            lists[name] = frozenset(_folded(entry, keep_empty=True))
    for name, spellings in (codes or {}).items():
        books[name] = _with_names(books.get(name, Wordbook({})), spellings)
    fields = {kind: {field: _folded(words) for field, words in entry.items()} for kind, entry in columns.items()}
    return Words(fields, books, lists)


def _folded(words: Iterable[Any], *, keep_empty: bool = False) -> tuple[str, ...]:
    folded = dict.fromkeys(word_key(str(word)) for word in words)
    return tuple(word for word in folded if word or keep_empty)


def _with_names(book: Wordbook, names: Mapping[str, Iterable[str]]) -> Wordbook:
    words: dict[str, str] = {}
    for code, spellings in names.items():
        for spelling in (code, *spellings, *(f"{code}{spelling}" for spelling in spellings)):
            words.setdefault(word_key(spelling), code)
    return Wordbook({**words, **book.words}, book.contains)


def _book(name: str, entry: Mapping[str, Any]) -> Wordbook:
    words: dict[str, str] = {}
    for code, spellings in entry["words"].items():
        for word in _folded([code, *spellings]):
            if words.setdefault(word, str(code)) != str(code):
                raise RuleError(f"word {word!r} of {name} stands for two codes", detail={"list": name, "word": word})
    parts = sorted(
        ((word_key(part), str(code)) for part, code in entry.get("contains", {}).items()), key=lambda p: -len(p[0])
    )
    return Wordbook(words, tuple(parts))
