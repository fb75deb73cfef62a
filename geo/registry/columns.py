"""Columns of a registry recognised by their names, and the header row found below titles and merged cells."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.errors import FileRefused
from geo.registry.words import Words, word_key

HEADER_WITHIN = 40
"""Rows looked at from the top for a header."""
_DATUM = re.compile(r"(WGS84|GCJ02|BD09|CGCS2000)(?:LL)?$")
_KEY_FIELDS = ("name", "uscc", "union_name", "member_name", "code", "address", "street")


@dataclass(frozen=True)
class Header:
    """The header of a table: its first and last row (1-based), the column names as written, what stands above it."""

    first: int
    last: int
    names: tuple[str, ...]
    titles: tuple[str, ...]
    score: int


@dataclass(frozen=True)
class Matching:
    """Which column is read as which field. ``datum`` is what the names of the position columns say (``lng_gcj02``)."""

    kind: str
    columns: Mapping[str, str]
    spare: tuple[str, ...] = ()
    datum: str | None = None
    doubles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, name: str) -> str | None:
        """Return the column read as the field, or None."""
        return self.columns.get(name)


def match_columns(
    names: Sequence[str], kind: str, words: Words, *, chosen: Mapping[str, str] | None = None
) -> Matching:
    """Match the columns of a table to the fields of ``kind``.

    ``chosen`` (field → column) overrules the word lists; an empty column leaves the field unread. A column serves
    one field only.

    Raises
    ------
    FileRefused
        ``UNKNOWN_FIELD`` or ``UNKNOWN_COLUMN`` if ``chosen`` names what there is not, ``COLUMN_TWICE`` if it gives a
        column twice.
    """
    chosen = dict(chosen or {})
    _check_chosen(names, kind, words, chosen)
    taken = {column for column in chosen.values() if column}
    found = {name: column for name, column in chosen.items() if column}
    doubles: dict[str, tuple[str, ...]] = {}
    datum = None
    folded = {name: word_key(name) for name in names}
    for name, spellings in words.columns[kind].items():
        if name in chosen:
            continue
        hits = sorted(
            (
                (spellings.index(key), column)
                for column, key in _keys(folded)
                if key in spellings and column not in taken
            )
        )
        if hits:
            found[name] = hits[0][1]
            taken.add(hits[0][1])
            if len(hits) > 1:
                doubles[name] = tuple(column for _, column in hits[1:])
    for name in ("lon", "lat"):
        match = _DATUM.search(folded.get(found.get(name, ""), ""))
        datum = datum or (match.group(1).lower() if match else None)
    return Matching(kind, found, tuple(c for c in names if c not in taken), datum, doubles)


def _keys(folded: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(column, _DATUM.sub("", key) or key) for column, key in folded.items()]


def _check_chosen(names: Sequence[str], kind: str, words: Words, chosen: Mapping[str, str]) -> None:
    used: dict[str, str] = {}
    for name, column in chosen.items():
        if name not in words.columns[kind]:
            detail = {"field": name, "fields": list(words.columns[kind])}
            raise FileRefused(f"{kind} have no field {name!r}", code="UNKNOWN_FIELD", detail=detail)
        if column and column not in names:
            detail = {"field": name, "column": column, "columns": list(names)}
            raise FileRefused(f"the table has no column {column!r}", code="UNKNOWN_COLUMN", detail=detail)
        if column and used.setdefault(column, name) != name:
            detail = {"column": column, "fields": [used[column], name]}
            raise FileRefused(f"column {column!r} is given to two fields", code="COLUMN_TWICE", detail=detail)


def find_header(rows: Sequence[Sequence[Any]], kind: str, words: Words) -> Header | None:
    """Find the header in the first rows of a table: the row in which most cells are known column names.

    A second row under merged cells (职工人数 over 合计, 女) belongs to it. Returns None if no row names a column
    that identifies a row.
    """
    known = words.headers[kind]
    keys = {word for name in _KEY_FIELDS for word in words.columns[kind].get(name, ())}
    best: tuple[int, int] | None = None
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        cells = [_DATUM.sub("", key) or key for key in (word_key(cell) for cell in row if isinstance(cell, str))]
        hits = sum(cell in known for cell in dict.fromkeys(cells))
        if hits and any(cell in keys for cell in cells) and (best is None or hits > best[0]):
            best = (hits, number)
    if best is None or (best[0] == 1 and sum(_filled(cell) for cell in rows[best[1]]) > 6):
        return None
    score, first = best
    last = first + 1 if first + 1 < len(rows) and _continues(rows[first], rows[first + 1], known) else first
    names = header_names(rows[first], rows[last] if last > first else ())
    titles = tuple(str(cell).strip() for row in rows[:first] for cell in row if _filled(cell))
    return Header(first + 1, last + 1, names, titles, score)


def header_names(upper: Sequence[Any], lower: Sequence[Any] = ()) -> tuple[str, ...]:
    """Return unique column names from a header row and, if there is one, the row under it."""
    width = max(len(upper), len(lower))
    names: list[str] = []
    group = ""
    for index in range(width):
        above = _text(upper[index]) if index < len(upper) else ""
        below = _text(lower[index]) if index < len(lower) else ""
        group = above or (group if below else "")
        names.append(
            (group + below if below in ("合计", "总数", "小计") else below) if below and group != below else group
        )
    return _unique([_leading(name) for name in names])


def _leading(name: str) -> str:
    return re.sub(r"(合计|总数|小计)$", "", name) or name


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    result = []
    for index, name in enumerate(names):
        label = name or f"#{index + 1}"
        seen[label] = seen.get(label, 0) + 1
        result.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
    return tuple(result)


def _continues(upper: Sequence[Any], lower: Sequence[Any], known: frozenset[str]) -> bool:
    """Tell whether ``lower`` is a header's second row: texts, some known, gaps where ``upper`` is merged."""
    cells = [(index, _text(cell)) for index, cell in enumerate(lower) if _filled(cell)]
    if not cells or any(not isinstance(lower[index], str) or any(c.isdigit() for c in text) for index, text in cells):
        return False
    gaps = sum(
        1 for index, cell in enumerate(upper) if _filled(cell) and not (index < len(lower) and _filled(lower[index]))
    )
    under = sum(1 for index, _ in cells if index >= len(upper) or not _filled(upper[index]))
    hits = sum(word_key(text) in known or text in ("合计", "总数", "小计") for _, text in cells)
    return gaps > 0 and under > 0 and hits >= max(1, len(cells) // 2)


def _text(cell: Any) -> str:
    return re.sub(r"\s+", "", str(cell)) if _filled(cell) else ""


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""
