"""Empty workbooks with the columns that a kind of file may have: what an office fills in, the atlas reads."""

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from app.imports.opening import word_lists
from geo.registry import column_kind

_LEFT_OUT = frozenset({"term", "datum", "place", "room"})


def template_book(kind: str) -> Workbook:
    """Return the empty workbook of a kind as the pages name it (``places:building``)."""
    main, _, place_kind = kind.partition(":")
    fields = word_lists().columns[column_kind(main, place_kind)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.freeze_panes = "A2"
    cells: list[WriteOnlyCell] = []
    for number, (name, words) in enumerate(fields.items()):
        if name in _LEFT_OUT or (name == "name" and place_kind == "address"):
            continue
        cell = WriteOnlyCell(sheet, value=words[0])
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EBEF")
        sheet.column_dimensions[get_column_letter(len(cells) + 1)].width = 26 if number < 4 else 16
        cells.append(cell)
    sheet.append(cells)
    return book
