"""Workbooks (xlsx, xlsb, xls, ods): sheets and their rows, with cells that hold no value marked as such."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import xlrd
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from geo.errors import FileRefused
from geo.registry import BadCell

STREAM_FROM = 400_000_000
"""Bytes of a sheet's XML above which rows are streamed (slower, but within bounded memory)."""
BAD_CELLS_LIMIT = 100_000
ROW_LIMIT = 64_000_000
"""Most bytes between the ends of two rows; 16,384 full cells need less."""
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REF = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>[^<]+</|<(?:\w+:)?is\b")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*>([^<]*)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def list_sheets(path: Path) -> list[str]:
    """Return the names of the visible worksheets, in order; hidden ones only if there are no others."""
    book = _open(path)
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    return visible or [sheet.name for sheet in sheets]


def sheet_height(path: Path, sheet: str) -> int:
    """Return the number of the last row of a sheet that holds anything."""
    end = guard(path, lambda: _open(path).get_sheet_by_name(sheet).end)
    return int(end[0]) + 1 if end else 0


def read_sheet(path: Path, kind: str, sheet: str) -> Iterator[list[Any]]:
    """Yield the rows of a sheet from its first row on; empty cells are None, unusable ones ``BadCell``.

    Raises
    ------
    FileRefused
        ``FILE_TRUNCATED`` if the workbook is damaged, ``FILE_FORMULAS`` if too many formulas have no value.
    """
    part = _sheet_part(path, sheet) if kind == "xlsx" else None
    bad = _bad_cells(path, part) if part else _bad_cells_old(path, sheet) if kind == "xls" else {}
    rows = _stream(path, sheet) if part and _size(path, part) > STREAM_FROM else _load(path, sheet)
    for number, cells in rows:
        for column, cell in bad.get(number, {}).items():
            cells.extend([None] * (column + 1 - len(cells)))
            if cells[column] is None:
                cells[column] = cell
        yield cells


def _open(path: Path) -> CalamineWorkbook:
    """Open a workbook by what it is: the library goes by the name, and offices rename xlsx to xls and back."""

    def look() -> CalamineWorkbook:
        try:
            return CalamineWorkbook.from_path(path)
        except Exception:
            with path.open("rb") as file:
                return CalamineWorkbook.from_filelike(file)

    return guard(path, look)


def guard(path: Path, read: Any) -> Any:
    """Call ``read`` and turn what damaged files make libraries raise (also panics of compiled code) into a refusal."""
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, FileRefused):
        raise
    except BaseException as error:
        code = "FILE_PASSWORD" if type(error).__name__ == "PasswordError" else "FILE_TRUNCATED"
        detail = {"file": path.name, "reason": str(error)[:200]}
        raise FileRefused(f"{path.name} cannot be read: {error}", code=code, detail=detail) from None


def _load(path: Path, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    book = _open(path)
    content = guard(path, lambda: book.get_sheet_by_name(sheet))
    if content.start is None:
        return
    top, left = content.start
    for number in range(top):
        yield number + 1, []
    for number, cells in enumerate(content.iter_rows(), start=top + 1):
        yield number, [None] * left + [None if cell == "" else _plain(cell) for cell in cells]


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) and not isinstance(cell, datetime) and cell.year < 1900 else cell


def _stream(path: Path, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    with path.open("rb") as file:  # by its content: the library refuses names that do not end as it wants
        yield from _streamed(guard(path, lambda: openpyxl.load_workbook(file, read_only=True, data_only=True)), sheet)


def _streamed(book: Any, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    try:
        for number, cells in enumerate(book[sheet].iter_rows(values_only=True), start=1):
            yield (
                number,
                [
                    None if isinstance(cell, str) and cell.startswith("#") and cell[-1] in "!?A0" else cell
                    for cell in cells
                ],
            )
    finally:
        book.close()


def _sheet_part(path: Path, sheet: str) -> str | None:
    def look() -> str | None:
        with zipfile.ZipFile(path) as archive:
            book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  (expat bounds entity growth)
            links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
            targets = {link.get("Id"): link.get("Target", "") for link in links}
            for entry in book.iter():
                if entry.tag.endswith("}sheet") and entry.get("name") == sheet:
                    target = targets.get(entry.get(_RELATION), "")
                    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                    return part if part in archive.namelist() else None
        return None

    found: str | None = guard(path, look)
    return found


def _size(path: Path, part: str) -> int:
    with zipfile.ZipFile(path) as archive:
        return archive.getinfo(part).file_size


def _bad_cells(path: Path, part: str) -> Mapping[int, dict[int, BadCell]]:
    """Find cells of an xlsx sheet that hold an error or a formula never calculated; the reader gives both as empty."""

    def look() -> Mapping[int, dict[int, BadCell]]:
        bad: dict[int, dict[int, BadCell]] = {}
        count = 0
        with zipfile.ZipFile(path) as archive, archive.open(part) as file:
            rest = b""
            while block := file.read(1 << 20):
                seam = max(len(rest) - 6, 0)  # what stands before has been searched
                rest += block
                cut = max(rest.rfind(b"</row>", seam) + 6, rest.rfind(b":row>", seam) + 5)
                piece, rest = (rest[:cut], rest[cut:]) if cut > 5 else (b"", rest)
                if len(rest) > ROW_LIMIT:
                    detail = {"file": path.name, "bytes": len(rest), "limit": ROW_LIMIT}
                    raise FileRefused(f"{path.name} has a row without end", code="FILE_TOO_LARGE", detail=detail)
                if b't="e"' not in piece and b"<f" not in piece and b":f>" not in piece:
                    continue
                for row, column, cell in _scan(piece):
                    bad.setdefault(row, {})[column] = cell
                    count += 1
                if count > BAD_CELLS_LIMIT:
                    detail = {"file": path.name, "cells": count}
                    raise FileRefused(
                        f"{path.name}: formulas were never calculated", code="FILE_FORMULAS", detail=detail
                    )
        return bad

    found: Mapping[int, dict[int, BadCell]] = guard(path, look)
    return found


def _scan(piece: bytes) -> Iterator[tuple[int, int, BadCell]]:
    for match in _CELL.finditer(piece):
        attributes, inside = match.group(1), match.group(2) or b""
        reference = _REF.search(attributes)
        if reference is None:
            continue
        formula = _FORMULA.search(inside)
        if b't="e"' in attributes:
            text = re.sub(rb"<[^>]*>", b"", inside.rpartition(b"<v")[2].partition(b">")[2]).decode("utf-8", "replace")
            yield int(reference.group(2)), _column(reference.group(1)), BadCell("CELL_ERROR", text or "#")
        elif formula and not _VALUE.search(inside) and b't="str"' not in attributes:
            yield (
                int(reference.group(2)),
                _column(reference.group(1)),
                BadCell("FORMULA", "=" + unescape(formula.group(1).decode("utf-8", "replace"))),
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _bad_cells_old(path: Path, sheet: str) -> Mapping[int, dict[int, BadCell]]:
    """Find error cells of an xls sheet."""
    try:
        content = xlrd.open_workbook(path, on_demand=True, logfile=_Silence()).sheet_by_name(sheet)
    except Exception:
        return {}
    bad: dict[int, dict[int, BadCell]] = {}
    for row in range(content.nrows):
        for column, kind in enumerate(content.row_types(row)):
            if kind == xlrd.XL_CELL_ERROR:
                text = xlrd.error_text_from_code.get(content.cell_value(row, column), "#")
                bad.setdefault(row + 1, {})[column] = BadCell("CELL_ERROR", text)
    return bad


class _Silence:
    """A log that keeps nothing."""

    def write(self, _: str) -> None:
        """Drop the text."""

    def flush(self) -> None:
        """Do nothing."""
