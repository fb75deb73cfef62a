"""Tables read from any file an office hands over: sheet and header found, rows as raw cells with their row numbers.

Nothing is interpreted here; ``geo.registry`` does that. Reading is by chunks, so that a million rows of text stay
within bounded memory; workbooks are held once in compact form by the reading library, or streamed where they are
very large.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import FileRefused
from geo.io import kinds
from geo.io.delimited import detect_encoding, find_null, guess_separator, read_rows
from geo.io.markup import read_markup
from geo.io.workbooks import list_sheets, read_sheet, sheet_height
from geo.registry import Header, Words, find_header
from geo.registry.cells import is_empty
from geo.registry.columns import HEADER_WITHIN, header_names
from geo.registry.words import word_key

CHUNK = 20_000
COLUMN_LIMIT = 2_000
SPILL = "…"
"""Name of the column that holds how many cells a row has beyond the header."""


@dataclass(frozen=True)
class Table:
    """One table of a file. ``notes`` are codes with detail about the file; ``sheets`` the names to choose from."""

    path: Path
    kind: str
    header: Header
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    encoding: str | None = None
    separator: str | None = None
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names, unique, in order."""
        return self.header.names


def open_table(
    path: Path,
    kind: str,
    words: Words,
    *,
    sheet: str | None = None,
    columns: Sequence[str] = (),
    header_row: int | None = None,
) -> Table:
    """Find sheet and header of a table that holds ``kind`` (a key of ``words.columns``).

    Parameters
    ----------
    sheet
        Name or number (from 1) of the sheet; without it the sheet whose header names most known columns.
    columns
        Column names that the caller knows to be there; they count as known words.
    header_row
        Row of the header, from 1, if the caller knows better.

    Raises
    ------
    FileRefused
        Codes of ``kinds.detect``; ``FILE_ENCODING``, ``FILE_QUOTES``, ``FILE_CELL``, ``NO_ROWS``, ``NO_HEADER`` (with
        the texts found and the words looked for), ``UNKNOWN_SHEET``, ``TOO_MANY_COLUMNS``.
    """
    form = kinds.detect(path)
    if form == "layer":
        raise FileRefused(
            f"{path.name} is a layer, not a table", code="FILE_KIND", detail={"file": path.name, "is": "layer"}
        )
    known = _with_columns(words, kind, columns)
    if form == "csv":
        table = _open_text(path, kind, known, header_row)
    elif form == "html":
        table = _chosen(path, [Table(path, form, _NOTHING, encoding=detect_encoding(path))], kind, known, header_row)
    else:
        table = _open_workbook(path, form, kind, known, sheet, header_row)
    if len(table.columns) > COLUMN_LIMIT:
        detail = {"file": path.name, "columns": len(table.columns), "limit": COLUMN_LIMIT}
        raise FileRefused(f"{path.name} has {len(table.columns)} columns", code="TOO_MANY_COLUMNS", detail=detail)
    return replace(table, notes=(*table.notes, *_file_notes(table, words)))


def read_chunks(table: Table, size: int = CHUNK) -> Iterator[pd.DataFrame]:
    """Yield the rows below the header as frames of raw cells, indexed by row number in the file, without blank rows.

    Columns are ``table.columns`` and, where a row has more cells than the header, ``SPILL`` with their number.
    """
    width = len(table.columns)
    lines: list[list[Any]] = []
    numbers: list[int] = []
    spilled = False
    for number, cells in enumerate(_raw(table), start=1):
        if number <= table.header.last or all(is_empty(cell) for cell in cells):
            continue
        extra = sum(not is_empty(cell) for cell in cells[width:])
        spilled = spilled or extra > 0
        lines.append([*cells[:width], *[None] * (width - len(cells)), extra or None])
        numbers.append(number)
        if len(lines) >= size:
            yield _frame(lines, numbers, table.columns, spilled)
            lines, numbers, spilled = [], [], False
    if lines:
        yield _frame(lines, numbers, table.columns, spilled)


def count_rows(table: Table) -> int:
    """Return about how many rows lie below the header, for progress; text files are counted by their lines."""
    if table.kind == "csv":
        with table.path.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        return max(lines - table.header.last, 1)
    if table.kind == "html":
        return max(len(list(_raw(table))) - table.header.last, 1)
    return max(sheet_height(table.path, table.sheet or "") - table.header.last, 1)


def read_table(table: Table) -> pd.DataFrame:
    """Return all rows of a table at once; for small ones."""
    chunks = list(read_chunks(table))
    return pd.concat(chunks) if chunks else _frame([], [], table.columns, False)


_NOTHING = Header(0, 0, (), (), 0)


def _frame(lines: list[list[Any]], numbers: list[int], columns: Sequence[str], spilled: bool) -> pd.DataFrame:
    data = {
        name: pd.Series([line[i] for line in lines], index=numbers, dtype="object")
        for i, name in enumerate([*columns, SPILL])
    }
    frame = pd.DataFrame(data, index=pd.Index(numbers, name="row"))
    return frame if spilled else frame.drop(columns=SPILL)


def _raw(table: Table) -> Iterator[list[Any]]:
    if table.kind == "csv":
        return read_rows(table.path, table.encoding or "utf-8", table.separator or ",")
    if table.kind == "html":
        return iter(read_markup(table.path.read_text(encoding=table.encoding, errors="replace")))
    return read_sheet(table.path, table.kind, table.sheet or "")


def _with_columns(words: Words, kind: str, columns: Sequence[str]) -> Words:
    if not columns:
        return words
    fields = {
        **words.columns[kind],
        "name": (*words.columns[kind].get("name", ()), *(word_key(column) for column in columns)),
    }
    return replace(words, columns={**words.columns, kind: fields})


def _open_text(path: Path, kind: str, words: Words, header_row: int | None) -> Table:
    encoding = detect_encoding(path)
    tables = [
        Table(path, "csv", _NOTHING, encoding=encoding, separator=mark) for mark in guess_separator(path, encoding)
    ]
    return _chosen(path, tables, kind, words, header_row)


def _open_workbook(path: Path, form: str, kind: str, words: Words, sheet: str | None, header_row: int | None) -> Table:
    names = list_sheets(path)
    wanted = names
    if sheet is not None:
        wanted = [name for number, name in enumerate(names, start=1) if sheet in (name, str(number))]
        if not wanted:
            detail = {"file": path.name, "sheet": sheet, "sheets": names}
            raise FileRefused(f"{path.name} has no sheet {sheet!r}", code="UNKNOWN_SHEET", detail=detail)
    tables = [Table(path, form, _NOTHING, sheet=name, sheets=tuple(names)) for name in wanted]
    return _chosen(path, tables, kind, words, header_row)


def _chosen(path: Path, tables: Sequence[Table], kind: str, words: Words, header_row: int | None) -> Table:
    """Return the table whose header names most known columns; the others are told."""
    heads: list[list[list[Any]]] = []
    refusals = []
    for table in tables:
        try:
            heads.append(list(islice(_raw(table), HEADER_WITHIN + 2)))
        except FileRefused as error:
            refusals.append(error)
            heads.append([])
    if len(refusals) == len(tables):
        raise refusals[0]
    if not any(not is_empty(cell) for head in heads for row in head for cell in row):
        raise FileRefused(f"{path.name} holds no rows", code="NO_ROWS", detail={"file": path.name})
    if header_row is not None:
        return replace(tables[0], header=_given(heads[0], header_row, path))
    found = [
        (table, header) for table, head in zip(tables, heads, strict=True) if (header := find_header(head, kind, words))
    ]
    if not found and refusals:
        raise refusals[0]
    if not found:
        if tables[0].kind == "csv" and not (kinds.expected_suffix("csv", path) or any(map(_tabular, heads))):
            detail = {"file": path.name, "is": "text"}
            raise FileRefused(f"{path.name} is text without columns", code="FILE_KIND", detail=detail)
        raise FileRefused(
            f"{path.name} has no header that is known", code="NO_HEADER", detail=_no_header(path, heads, kind, words)
        )
    table, header = max(found, key=lambda pair: pair[1].score)
    others = [other.sheet for other, its in found if other.sheet != table.sheet and its.score >= min(2, header.score)]
    notes: tuple[tuple[str, dict[str, Any]], ...] = (
        (("SHEETS_LEFT", {"read": table.sheet, "left": others}),) if others else ()
    )
    return replace(table, header=header, notes=notes)


def _tabular(head: Sequence[Sequence[Any]]) -> bool:
    """Tell whether lines of a text stand in columns: two of them in as many, more than one."""
    widths = Counter(len(row) for row in head if sum(not is_empty(cell) for cell in row) > 1)
    return any(count > 1 for count in widths.values())


def _given(head: Sequence[Sequence[Any]], row: int, path: Path) -> Header:
    if not 1 <= row <= len(head):
        detail = {"file": path.name, "row": row, "rows": len(head)}
        raise FileRefused(f"{path.name} has no row {row} near its top", code="NO_HEADER", detail=detail)
    titles = tuple(str(cell) for line in head[: row - 1] for cell in line if not is_empty(cell))
    return Header(row, row, header_names(head[row - 1]), titles, 0)


def _no_header(path: Path, heads: Sequence[Sequence[Sequence[Any]]], kind: str, words: Words) -> dict[str, Any]:
    rows = [row for head in heads[:1] for row in head]
    fullest = max(rows, key=lambda row: sum(isinstance(cell, str) and bool(cell.strip()) for cell in row), default=[])
    needed = [
        field
        for field in ("name", "uscc", "union_name", "member_name", "code", "address")
        if field in words.columns[kind]
    ]
    return {
        "file": path.name,
        "found": [str(cell)[:40] for cell in fullest if not is_empty(cell)][:30],
        "fields": needed,
    }


def _file_notes(table: Table, words: Words) -> list[tuple[str, dict[str, Any]]]:
    notes: list[tuple[str, dict[str, Any]]] = []
    if not kinds.expected_suffix(table.kind, table.path):
        notes.append(("FILE_SUFFIX", {"is": table.kind, "suffix": table.path.suffix}))
    null = find_null(table.path, table.encoding or "") if table.kind == "csv" else None
    if null:
        notes.append(("FILE_NUL", {"row": null[0], "count": null[1]}))
    said = " ".join([table.path.stem, table.sheet or "", *table.header.titles, *table.columns])
    if any(word in word_key(said) for word in words.lists["microdata"]):
        notes.append(
            ("CENSUS_MICRODATA", {"word": next(word for word in words.lists["microdata"] if word in word_key(said))})
        )
    return notes
