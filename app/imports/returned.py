"""Rows that were not taken, given back as a workbook: mend them there and import the same file again."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy.orm import Session

from app import store
from app.db import Database
from app.labels import explain, label
from geo.registry import REJECT, SKIP, WARN

_BAD = PatternFill("solid", fgColor="F9DCDC")
_LOOK = PatternFill("solid", fgColor="FFF1C9")
_HEAD = PatternFill("solid", fgColor="E8EBEF")
_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?%?")
COMMENTED = 2_000
"""Rows of a sheet whose cells at fault carry the reason as a comment, too; more of them make workbooks slow to open."""
ROW_LIMIT = 1_000_000
"""Most rows of a sheet; what goes beyond stays on record and on the page."""


def write_rejected(database: Database, batch: str, path: Path) -> int:
    """Write the rows of an import that were returned, skipped or warned of to a workbook; return how many."""
    with database.session() as session:
        book, count = rejected_book(partial(rows_of, session, batch))
    book.save(path)
    return count


def rows_of(session: Session, batch: str, severity: str) -> Iterator[store.imports.Row]:
    """Yield the rows of a severity that an import left on record."""
    return store.imports.rows(session, batch, severity=severity)


def rejected_book(rows: Callable[[str], Iterator[store.imports.Row]]) -> tuple[Workbook, int]:
    """Return the workbook of the rows not taken: row number, reasons, then the file's own columns as they stood.

    A sheet for those returned, one for those to look at, and, if there are any, one for those skipped. ``rows`` gives
    the rows of a severity. Cells at fault are coloured and carry the reason; where no cell is, the reason's own cell is
    coloured. No cell can act as a formula. The extra columns have names that no import reads.
    """
    book = Workbook(write_only=True)
    count = 0
    for severity in (REJECT, WARN):
        count += _sheet(book, label("severity", severity), islice(rows(severity), ROW_LIMIT))
    skipped = rows(SKIP)
    first = next(skipped, None)
    if first is not None:
        count += _sheet(book, label("severity", SKIP), islice(chain((first,), skipped), ROW_LIMIT))
    return book, count


def _sheet(book: Workbook, title: str, rows: Iterator[store.imports.Row]) -> int:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C2"
    first = next(rows, None)
    names = list(first.raw) if first else []
    sheet.column_dimensions["B"].width = 48
    for place in range(len(names)):
        sheet.column_dimensions[get_column_letter(place + 3)].width = 18
    sheet.append([_cell(sheet, name, fill=_HEAD, bold=True) for name in ("原行号", "问题", *names)])
    count = 0
    for row in (first, *rows) if first else ():
        fill = {REJECT: _BAD, SKIP: _HEAD}.get(row.severity, _LOOK)
        told = _told(row)
        cells = [_cell(sheet, row.raw.get(name, ""), fill=fill if name in told else None) for name in names]
        if count < COMMENTED:
            for name, cell in zip(names, cells, strict=True):
                if name in told:
                    cell.comment = Comment("\n".join(told[name]), "Atlas")
        why = _cell(sheet, "；".join(reasons(row)), fill=None if told.keys() & set(names) else fill, wrap=True)
        sheet.append([row.row_no, why, *cells])
        count += 1
    return count


def _told(row: store.imports.Row) -> dict[str, list[str]]:
    """Return what is wrong with a row by column, for the faults that have one."""
    told: dict[str, list[str]] = {}
    for _field, column, code, detail, _value in row.faults:
        if column:
            told.setdefault(column, []).append(explain("fault", code, detail))
    return told


def reasons(row: store.imports.Row) -> list[str]:
    """Return what is wrong with a row, a sentence a fault, with the column before it."""
    told = []
    for _field, column, code, detail, _value in row.faults:
        sentence = explain("fault", code, detail)
        told.append(f"{column}：{sentence}" if column else sentence)
    return told


def _cell(sheet: Any, text: str, *, fill: PatternFill | None = None, bold: bool = False, wrap: bool = False) -> Any:
    acts = text.startswith(_MARKS) and not _NUMBER.fullmatch(text)
    cell = WriteOnlyCell(sheet, value=f"'{text}" if acts else text)
    cell.data_type = "s"
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = Font(bold=True)
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
