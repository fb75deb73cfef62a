"""A sheet as PDF: A4 across, the heading on every page, long text over lines; only its printed columns."""

import io
from collections.abc import Sequence
from typing import Any

from app.conference.wrapping import wrapped
from app.reports.cells import cell
from app.reports.sheet import Column, Sheet, foot
from app.reports.site_map import font_file

MARGIN, SIZE, LINE = 24.0, 7.0, 8.6
LEAST, MOST = 2, 6
"""Lines of a row: room to write by hand, and what no text exceeds; a longer one ends in an ellipsis."""
NAME = "NotoSansSC"


def pdf(sheet: Sheet, picture: bytes | None = None) -> bytes:
    """Return the PDF of a sheet's printed columns, with the place's map (PNG) on the last page where there is one."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if NAME not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(NAME, str(font_file())))
    stream = io.BytesIO()
    paper = landscape(A4)
    canvas = Canvas(stream, pagesize=paper, pageCompression=1, invariant=1)
    canvas.setTitle(sheet.title)
    shown = [n for n, column in enumerate(sheet.columns) if column.printed] or list(range(len(sheet.columns)))
    drawing = _Drawing(canvas, paper, sheet, [sheet.columns[n] for n in shown], pdfmetrics.stringWidth)
    for row in sheet.rows:
        drawing.row([row[n] for n in shown])
    drawing.end()
    if picture is not None:
        image = ImageReader(io.BytesIO(picture))
        wide, high = image.getSize()
        scale = min((paper[0] - 2 * MARGIN) / wide, (paper[1] - 2 * MARGIN) / high)
        canvas.drawImage(image, MARGIN, paper[1] - MARGIN - high * scale, wide * scale, high * scale)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


class _Drawing:
    """Rows from the top of the page down; a new page where the next one has no room."""

    def __init__(
        self, canvas: Any, paper: tuple[float, float], sheet: Sheet, columns: Sequence[Column], measure: Any
    ) -> None:
        self._canvas, self._paper, self._sheet, self._measure = canvas, paper, sheet, measure
        whole = sum(column.width for column in columns)
        room = paper[0] - 2 * MARGIN
        self._columns = columns
        self._widths = [column.width / whole * room for column in columns]
        self._letters: dict[str, float] = {}
        self._number, self._y = 0, 0.0
        self._page()

    def row(self, values: Sequence[Any]) -> None:
        """Write one row."""
        texts = [self._broken(_said(value), wide - 4) for value, wide in zip(values, self._widths, strict=True)]
        high = LINE * max(LEAST, *map(len, texts)) + 3
        if self._y - high < MARGIN + 10:
            self.end()
            self._page()
        self._written(texts, high)

    def end(self) -> None:
        """Finish the page."""
        self._canvas.setFont(NAME, SIZE)
        self._canvas.drawString(MARGIN, MARGIN - 10, foot(self._sheet))
        self._canvas.drawRightString(self._paper[0] - MARGIN, MARGIN - 10, str(self._number))
        self._canvas.showPage()

    def _page(self) -> None:
        self._number += 1
        self._y = self._paper[1] - MARGIN
        self._canvas.setFont(NAME, 11)
        self._canvas.drawString(MARGIN, self._y - 9, self._sheet.title)
        self._canvas.setFont(NAME, SIZE)
        stamp = "　".join(f"{name} {text}" for name, text in self._sheet.stamp)
        self._canvas.drawRightString(self._paper[0] - MARGIN, self._y - 9, stamp)
        self._y -= 16
        heads = [self._broken(c.heading, wide - 4) for c, wide in zip(self._columns, self._widths, strict=True)]
        self._canvas.setFillGray(0.9)
        high = LINE * max(LEAST, *map(len, heads)) + 3
        self._canvas.rect(MARGIN, self._y - high, sum(self._widths), high, stroke=0, fill=1)
        self._canvas.setFillGray(0)
        self._written(heads, high)

    def _written(self, texts: Sequence[Sequence[str]], high: float) -> None:
        x, canvas = MARGIN, self._canvas
        canvas.setFont(NAME, SIZE)
        canvas.setStrokeGray(0.6)
        canvas.setLineWidth(0.4)
        for lines, wide in zip(texts, self._widths, strict=True):
            for n, line in enumerate(lines):
                canvas.drawString(x + 2, self._y - LINE * (n + 1), line)
            canvas.rect(x, self._y - high, wide, high, stroke=1, fill=0)
            x += wide
        self._y -= high

    def _broken(self, text: str, room: float) -> list[str]:
        """Return the lines of a text as printers break them; a word that has no room on a line is cut."""
        lines = []
        for line in wrapped(text, self._wide, room):
            while self._wide(line) > room:
                count = next(n for n in range(1, len(line) + 1) if self._wide(line[: n + 1]) > room)
                lines.append(line[:count])
                line = line[count:]  # noqa: PLW2901 (what is left of it)
            lines.append(line)
        if len(lines) > MOST:
            lines = [*lines[: MOST - 1], lines[MOST - 1][:-1] + "…"]
        return lines

    def _wide(self, text: str) -> float:
        """Return the width of a text; that of a letter is asked for once."""
        for letter in text:
            if letter not in self._letters:
                self._letters[letter] = self._measure(letter, NAME, SIZE)
        return sum(map(self._letters.__getitem__, text))


def _said(value: Any) -> str:
    told = cell(value)
    return "" if told is None else str(told)
