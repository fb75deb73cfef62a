"""A table on its way to a file: title, notes on what it counts, columns and rows; written as xlsx or csv."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from app.reports import markup
from app.reports.cells import cell, neutral

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}

_INK, _LINE = "1C2430", "B9C2CC"
_HEAD = PatternFill("solid", fgColor="E9EDF1")
_BLANK = PatternFill("solid", fgColor="FFF7E0")
WRAPPED = Alignment(wrap_text=True, vertical="top")
_EDGE = Side(style="thin", color=_LINE)


@dataclass(frozen=True)
class Column:
    """A column: heading, width in characters, and what is peculiar to it.

    ``blank``: filled in by hand · ``share``: shown as a percentage · ``printed``: inside the print area (all are, if
    no column says so) · ``wrap``: long text runs over lines.
    """

    heading: str
    width: int = 12
    blank: bool = False
    share: bool = False
    printed: bool = False
    wrap: bool = False


@dataclass(frozen=True)
class Sheet:
    """A titled table.

    ``notes`` (label, text) go to a cover sheet: basis, day, firms without a position, notices; ``stamp`` are those that
    a file without a cover carries in columns. ``mark`` is who took it out of the atlas and when: on the cover and at
    the foot of every page.
    """

    title: str
    notes: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    name: str
    stamp: Sequence[tuple[str, str]] = ()
    mark: str = ""


def foot(sheet: Sheet) -> str:
    """Return what stands at the foot of each page that is carried about."""
    return "　".join(filter(None, (_("工作台账，非统计调查表；内部使用"), sheet.mark)))


def xlsx(sheet: Sheet, *, labels: tuple[str, str], more: Sequence[Sheet] = ()) -> bytes:
    """Return the workbook: a cover and the list, header frozen and repeated on print, A4 landscape.

    Parameters
    ----------
    sheet : the table; its rows are read once
    labels : names of the two worksheets: cover and list
    more : further lists behind it, each a worksheet of its title
    """
    book = Workbook(write_only=True)
    cover(book.create_sheet(labels[0]), sheet)
    bodies = [_list(book.create_sheet(labels[1]), sheet)]
    bodies += [_list(book.create_sheet(other.title), other) for other in more]
    return markup.save(book, bodies)


def comma_separated(sheet: Sheet) -> bytes:
    """Return the table as CSV in UTF-8 with a mark that Excel reads: the header first, then rows, nothing else.

    What a cover sheet would say stands in columns at the end, the same in each row (``sheet.stamp``).
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    stamp = [neutral(text) for _heading, text in sheet.stamp]
    writer.writerow([*(column.heading for column in sheet.columns), *(name for name, _text in sheet.stamp)])
    width = len(sheet.columns)  # rows end before the blank columns
    writer.writerows([*map(cell, row), *[None] * (width - len(row)), *stamp] for row in sheet.rows)
    return stream.getvalue().encode("utf-8-sig")


def cover(page: Worksheet, sheet: Sheet) -> None:
    """Write title and notes of a sheet to the cover page of its workbook."""
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 22, 96
    a4_landscape(page)
    page.print_options.gridLines, page.row_dimensions[1].height = False, 26
    page.append([styled(page, sheet.title, font=Font(bold=True, size=16, color=_INK))])
    page.append([])
    for label, text in [*sheet.notes, *([(_("导出"), sheet.mark)] if sheet.mark else [])]:
        wrap = Alignment(wrap_text=True, vertical="top")
        page.append([styled(page, label, font=Font(bold=True), align=wrap), styled(page, text, align=wrap)])


def _list(page: Worksheet, sheet: Sheet) -> markup.Rows:
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.freeze_panes = "C2"
    page.print_title_rows = "1:1"
    a4_landscape(page)
    page.oddHeader.left.text = sheet.title.replace("&", "&&")
    page.oddFooter.left.text, page.oddFooter.right.text = sheet.mark.replace("&", "&&"), "&P / &N"
    page.append([heading(page, column) for column in sheet.columns])
    looks = {n: peculiar(page, column) for n, column in enumerate(sheet.columns) if column.share or column.wrap}
    body = markup.written(page, sheet.rows, looks)
    printed, last = sum(column.printed for column in sheet.columns) or len(sheet.columns), body.count + 1
    page.print_area = f"A1:{get_column_letter(printed)}{last}"
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{last}"
    return body


def peculiar(page: Worksheet, column: Column) -> WriteOnlyCell:
    """Return a cell formatted as its column wants: the look of all its values."""
    made = WriteOnlyCell(page)
    if column.share:
        made.number_format = "0.0%"
    if column.wrap:
        made.alignment = WRAPPED
    return made


def a4_landscape(page: Worksheet) -> None:
    """Let a page print on A4 across, as wide as the paper."""
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    # Head and foot stand between the paper's edge and the rows: where their margins are the page's own, LibreOffice
    # leaves them out.
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.7, bottom=0.6, header=0.35, footer=0.25)
    page.print_options.gridLines = True


def heading(page: Worksheet, column: Column) -> WriteOnlyCell:
    """Return the cell that heads a column; one to be filled by hand is tinted."""
    made = styled(
        page, column.heading, font=Font(bold=True, color=_INK), align=Alignment(wrap_text=True, vertical="center")
    )
    made.fill = _BLANK if column.blank else _HEAD
    made.border = Border(bottom=_EDGE, right=_EDGE)
    return made


def styled(page: Worksheet, text: str, *, font: Font | None = None, align: Alignment | None = None) -> WriteOnlyCell:
    """Return a cell of text, harmless to spreadsheet programs."""
    made = WriteOnlyCell(page, value=neutral(text))
    made.font, made.alignment = font or Font(color=_INK), align or Alignment(vertical="top")
    return made
