"""The rows of a worksheet written as markup at once, and put below the headings of a workbook that openpyxl made.

openpyxl makes an object of every cell: over the firms of a large zone that is most of the time a list takes. Rows that
differ by their values alone need one text each; what is peculiar to a column is asked of openpyxl once.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

from app.reports.cells import cell

DAY, INSTANT = "yyyy-mm-dd", "yyyy-mm-dd h:mm:ss"
AT_ONCE = 1_000
"""Rows that are handed on together."""
IN_MEMORY = 16_000_000
"""Bytes of markup above which rows wait in a file."""
_END = b"</sheetData>"


@dataclass(frozen=True)
class Rows:
    """The rows of a worksheet below its headings, as markup; ``count`` of them."""

    page: Worksheet
    markup: IO[bytes]
    count: int


def written(page: Worksheet, rows: Iterable[Sequence[Any]], patterns: Mapping[int, WriteOnlyCell]) -> Rows:
    """Return rows as markup, from the second row on, each value as ``cell`` lets it be.

    Parameters
    ----------
    page : the worksheet, whose headings are its first row
    patterns : by number of a column (the first is 0), the cell whose look its values have
    """
    markup = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed by ``save``, which reads it)
    looks, count, told = _Looks(page, patterns), 0, []
    for count, values in enumerate(rows, 1):
        told.append(looks.row(count + 1, values))
        if not count % AT_ONCE:
            markup.write("".join(told).encode())
            told.clear()
    markup.write("".join(told).encode())
    return Rows(page, markup, count)


def save(book: Workbook, bodies: Sequence[Rows]) -> bytes:
    """Return a write-only workbook as a file with the rows of its worksheets in their place; their markup is closed."""
    made, whole = io.BytesIO(), io.BytesIO()
    places = {f"xl/worksheets/sheet{book.worksheets.index(body.page) + 1}.xml": body for body in bodies}
    book.save(made)
    with ExitStack() as used:
        for body in bodies:
            used.enter_context(body.markup)
        old, new = (used.enter_context(zipfile.ZipFile(*each)) for each in ((made,), (whole, "w")))
        for entry in old.infolist():
            copied = zipfile.ZipInfo(entry.filename, entry.date_time)
            copied.compress_type, copied.external_attr = zipfile.ZIP_DEFLATED, entry.external_attr
            with new.open(copied, "w") as part:
                for piece in _parts(old.read(entry), places.get(entry.filename)):
                    part.write(piece)
    return whole.getvalue()


def _parts(made: bytes, body: Rows | None) -> Iterator[bytes]:
    if body is None:
        yield made
        return
    head, end, tail = made.partition(_END)
    yield head
    body.markup.seek(0)
    while piece := body.markup.read(1 << 20):
        yield piece
    yield end + tail


class _Looks:
    """How the values of each column look: number of the style, and of the style of its days and instants."""

    def __init__(self, page: Worksheet, patterns: Mapping[int, WriteOnlyCell]) -> None:
        self._page, self._patterns = page, patterns
        self._letters: list[str] = []
        self._plain = {n: f' s="{made.style_id}"' for n, made in patterns.items()}
        self._dated: dict[tuple[int, str], str] = {}

    def row(self, number: int, values: Sequence[Any]) -> str:
        """Return the markup of one row."""
        while len(self._letters) < len(values):
            self._letters.append(get_column_letter(len(self._letters) + 1))
        letters, plain = self._letters, self._plain
        told = [
            self._cell(f"{letters[n]}{number}", n, plain.get(n, ""), value)
            for n, value in enumerate(values)
            if value is not None
        ]
        return f'<row r="{number}">{"".join(told)}</row>'

    def _cell(self, place: str, column: int, look: str, given: Any) -> str:
        value = cell(given)
        if isinstance(value, str):
            kept = ' xml:space="preserve"' if value != value.strip() else ""
            text = escape(value, {"\r": "&#13;"})
            return f'<c r="{place}"{look} t="inlineStr"><is><t{kept}>{text}</t></is></c>'
        if value is None:
            return ""
        if isinstance(value, bool):
            return f'<c r="{place}"{look} t="b"><v>{value:d}</v></c>'
        if isinstance(value, date):
            look = self._day(column, INSTANT if isinstance(value, datetime) else DAY)
            value = to_excel(value)
        return f'<c r="{place}"{look}><v>{value}</v></c>'

    def _day(self, column: int, form: str) -> str:
        if (column, form) not in self._dated:
            made, known = WriteOnlyCell(self._page), self._patterns.get(column)
            if known is not None:
                made.font, made.alignment = copy(known.font), copy(known.alignment)
            made.number_format = form
            self._dated[column, form] = f' s="{made.style_id}"'
        return self._dated[column, form]
