"""Writes the sample's files so that they come out byte for byte the same everywhere: csv, GeoJSON, and plain xlsx.

No library writes the workbooks: their bytes would change with its version, its XML parser and the zlib below it.
A workbook here is stored, not compressed, with fixed dates.
"""

import csv
import datetime as dt
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from shapely.geometry.base import BaseGeometry

Cell = str | int | float | dt.date | None
_STAMP = (2026, 1, 5, 9, 0, 0)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}"><fonts count="1"><font><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, encoding: str = "utf-8-sig") -> int:
    """Write a table with commas and CRLF line ends, as office programs do; return the number of rows."""
    counted = _Counted(["" if cell is None else cell for cell in row] for row in rows)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(counted)
    return counted.count


class _Counted:
    """Counts what passes, so that a million rows need not be held at once."""

    def __init__(self, things: Iterable[Any]) -> None:
        self._things = things
        self.count = 0

    def __iter__(self) -> Iterator[Any]:
        for thing in self._things:
            self.count += 1
            yield thing


def write_xlsx(
    path: Path, sheet: str, titles: Sequence[str], header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> int:
    """Write a workbook of one sheet: merged titles, header, rows, days as real dates; return the number of rows."""
    merged = "".join(f'<mergeCell ref="A{i}:{_column(len(header) - 1)}{i}"/>' for i in range(1, len(titles) + 1))
    parts = _PARTS | {
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    }
    counted = _Counted(rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as book:
        for name, xml in parts.items():
            book.writestr(_entry(name), _DECLARATION + xml)
        with book.open(_entry("xl/worksheets/sheet1.xml"), "w") as part:
            part.write(f'{_DECLARATION}<worksheet xmlns="{_SHEET}"><sheetData>'.encode())
            for number, cells in enumerate(chain(((title,) for title in titles), (header,), counted), start=1):
                part.write(_line(number, cells).encode())
            part.write(f'</sheetData><mergeCells count="{len(titles)}">{merged}</mergeCells></worksheet>'.encode())
    return counted.count


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.create_system = 0
    return entry


def _line(number: int, cells: Sequence[Cell]) -> str:
    return (
        f'<row r="{number}">' + "".join(_cell(f"{_column(i)}{number}", cell) for i, cell in enumerate(cells)) + "</row>"
    )


def _cell(where: str, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, dt.date):
        return f'<c r="{where}" s="1"><v>{(cell - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{where}"><v>{cell}</v></c>'


def _column(index: int) -> str:
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def write_layer(path: Path, name: str, features: Iterable[tuple[dict[str, Cell], dict[str, Any]]], *, note: str) -> int:
    """Write a GeoJSON layer, a feature a line; return the number of features."""
    lines = [
        json.dumps(
            {"type": "Feature", "properties": properties, "geometry": geometry},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, geometry in features
    ]
    head = (
        json.dumps({"type": "FeatureCollection", "name": name, "note": note}, ensure_ascii=False)[:-1]
        + ', "features":[\n'
    )
    path.write_bytes((head + ",\n".join(lines) + "\n]}\n").encode())
    return len(lines)


def geometry(shape: BaseGeometry, place: Any) -> dict[str, Any]:
    """Return a shape on the plane as a GeoJSON geometry; ``place`` turns points into longitude and latitude."""
    if shape.geom_type == "LineString":
        return {"type": "LineString", "coordinates": [list(place(x, y)) for x, y in shape.coords]}
    parts = [
        [[list(place(x, y)) for x, y in ring.coords] for ring in (part.exterior, *part.interiors)]
        for part in getattr(shape, "geoms", [shape])
    ]
    return {"type": "Polygon", "coordinates": parts[0]} if len(parts) == 1 else {
        "type": "MultiPolygon", "coordinates": parts,
    }  # fmt: skip


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
