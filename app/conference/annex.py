"""The annex as a workbook: every table of the documents as numbers, and the trace of each figure to its list."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.conference.content import SHARES, Content
from app.conference.facts import CITY, PLACE, Fact
from app.conference.stable import stable
from app.conference.words import say
from app.i18n import spoken
from app.labels import explain, label
from app.reports.cells import cell
from app.reports.sheet import a4_landscape
from geo.targets import FIGURES

PARTS = ("base", "now", "done", "target", "rate")
HEAD, WIDEST = 6, 46
"""Width in letters that a heading asks for, longer ones run over lines; and that no column exceeds."""
_HEAD, _EDGE = PatternFill("solid", fgColor="E9EDF1"), Side(style="thin", color="B9C2CC")
_TEXT = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=1)
_FIGURE = Alignment(vertical="top", horizontal="right")
_LINE = 15.5
_EDGES = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


@spoken("zh")
def annex(content: Content, facts: Sequence[Fact]) -> bytes:
    """Return the workbook."""
    book = Workbook()
    _notes(book.active, content)
    _counties(book.create_sheet(say("sheet_counties")), content)
    _places(book.create_sheet(say("sheet_zones")), content, content.zones, PLACE)
    reached = (*PLACE, "group_firms", "group_workers")
    _places(book.create_sheet(say("sheet_buildings")), content, content.buildings, reached)
    _places(book.create_sheet(say("sheet_markets")), content, content.markets, reached)
    _targets(book.create_sheet(say("sheet_targets")), content)
    _years(book.create_sheet(say("sheet_years")), content)
    _checks(book.create_sheet(say("sheet_checks")), content)
    _trace(book.create_sheet(say("sheet_trace")), facts)
    for page in book.worksheets:
        page.print_options.gridLines = False
        page.oddHeader.left.text = f"{say('deck_title', city=content.city)}　{page.title}"
        foot = "　".join(filter(None, (say("on", day=content.read.on.isoformat()), content.watermark, content.stamp)))
        page.oddFooter.left.text, page.oddFooter.right.text = foot.replace("&", "&&"), "&P / &N"
    book.properties.creator = book.properties.lastModifiedBy = content.mark.by
    stream = io.BytesIO()
    book.save(stream)
    return stable(stream.getvalue(), content.mark.at)


def _notes(page: Worksheet, content: Content) -> None:
    page.title = say("sheet_notes")
    page.column_dimensions["A"].width = 110
    a4_landscape(page)
    told = [say("deck_title", city=content.city), *content.footer.split("　"), content.watermark, content.stamp]
    told += [say(f"method_{n}") for n in (1, 2, 3)]
    for line, text in enumerate(filter(None, told), 1):
        page.cell(line, 1, cell(text)).alignment = Alignment(wrap_text=True)
    page["A1"].font = Font(bold=True, size=16)


def _places(page: Worksheet, content: Content, table: pd.DataFrame, names: Sequence[str]) -> None:
    heads = [say("col_rank"), say("col_place"), say("col_where"), *(_called(name) for name in names)]
    rows: list[list[Any]] = [
        [place, row["name"], row["where"], *(_told(content, row, name) for name in names)]
        for place, (_key, row) in enumerate(table.iterrows(), 1)
    ]
    _fill(page, heads, rows, {place for place, name in enumerate(names, 4) if name in SHARES})


def _across(
    page: Worksheet, figures: Sequence[str], places: Sequence[str], rows: Iterable[Sequence[Any]], shares: set[int]
) -> None:
    """Write a table with many figures of few places: a figure a row, so that a page holds it."""
    _fill(page, [say("col_figure"), *places], ([name, *row] for name, row in zip(figures, rows, strict=True)), set())
    for line in shares:
        for place in range(len(places)):
            page.cell(line + 2, place + 2).number_format = "0.0%"


def _counties(page: Worksheet, content: Content) -> None:
    rows = [*(row for _key, row in content.counties.iterrows()), content.total]
    places = [*content.counties["name"], content.city]
    told = ([_told(content, row, name) for row in rows] for name in CITY)
    _across(page, [_called(name) for name in CITY], places, told, {n for n, name in enumerate(CITY) if name in SHARES})


def _called(name: str) -> str:
    return say(f"col_{name}") if name.startswith("group_") else label("rate" if name in SHARES else "figure", name)


def _told(content: Content, row: pd.Series, name: str) -> Any:
    return row.get(name) if content.value(row, name) is not None else content.text(row, name)


def _known(value: Any) -> Any:
    return say("not_known") if pd.isna(value) else value


def _targets(page: Worksheet, content: Content) -> None:
    parts = [(figure, part) for figure in FIGURES for part in PARTS]
    named = zip(content.counties.index, content.counties["name"], strict=True)
    places = [(key, name) for key, name in named if (key, "unions") in content.counties_progress.index]
    tables = [content.progress, *(content.counties_progress.loc[key] for key, _name in places)]
    heads = [f"{label('target_figure', figure)} {label('target_part', part)}" for figure, part in parts]
    rows = ([_known(table.loc[figure, part]) for table in tables] for figure, part in parts)
    shares = {n for n, (_figure, part) in enumerate(parts) if part == "rate"}
    _across(page, heads, [content.city, *(name for _key, name in places)], rows, shares)


def _years(page: Worksheet, content: Content) -> None:
    names = ("eligible", "covered", "own", "joint", "gap", "unions", "members", "rate")
    heads = [say("col_day"), *(_called(name) for name in names)]
    rows = [[on, *(_told(content, row, name) for name in names)] for on, row in content.series]
    _fill(page, heads, rows, {1 + len(names)})


def _checks(page: Worksheet, content: Content) -> None:
    heads = [say("col_number"), say("col_check"), say("col_found"), say("sheet_notes")]
    rows = [
        [place, label("trap", code), found, explain("trap", code)]
        for place, (code, found) in enumerate(content.traps, 1)
    ]
    _fill(page, heads, rows, set())


def _trace(page: Worksheet, facts: Sequence[Fact]) -> None:
    heads = [say(f"col_{name}") for name in ("code", "place", "figure", "value", "shown", "basis", "list", "digest")]
    rows = [[f.code, f.place, f.title, f.value, f.shown, f.basis, f.link, f.digest] for f in facts]
    _fill(page, heads, rows, set())


def _fill(page: Worksheet, heads: Sequence[str], rows: Iterable[Sequence[Any]], shares: set[int]) -> None:
    widest = [min(_width(head), HEAD) for head in heads]
    for place, head in enumerate(heads, 1):
        made = page.cell(1, place, head)
        made.font, made.fill = Font(bold=True), _HEAD
        made.alignment, made.border = Alignment(wrap_text=True, vertical="center", horizontal="center"), _EDGES
    told = [[cell(value) for value in row] for row in rows]
    for row in told:
        widest = [max(wide, _width(value)) for wide, value in zip(widest, row, strict=True)]
    widths = [min(width + 3, WIDEST) for width in widest]
    counted = [any(isinstance(row[n], (int, float)) for row in told) for n in range(len(heads))]
    for line, row in enumerate(told, 2):
        for place, value in enumerate(row, 1):
            made = page.cell(line, place, value)
            made.border = _EDGES
            made.alignment = _TEXT if isinstance(value, str) and not counted[place - 1] else _FIGURE
            if place in shares:
                made.number_format = "0.0%"
            elif isinstance(value, (int, float)):
                made.number_format = "#,##0" if float(value).is_integer() else "0.0000"
        page.row_dimensions[line].height = _LINE * _lines(row, widths)
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.row_dimensions[1].height = _LINE * _lines(heads, widths)
    page.freeze_panes, page.print_title_rows = "C2", "1:1"
    a4_landscape(page)


def _lines(row: Sequence[Any], widths: Sequence[float]) -> int:
    """Return over how many lines the longest text of a row runs; programs other than Excel do not find out."""
    lines = [-(-_width(value) // int(width - 2)) for value, width in zip(row, widths, strict=True)]
    # Addresses break where they can and not where they must: one line more.
    return max(count + (width == WIDEST and count > 1) for count, width in zip(lines, widths, strict=True)) or 1


def _width(value: Any) -> int:
    """Return the width of a value in Latin letters; a Chinese one is two wide, a fraction is shown in few digits."""
    if isinstance(value, float):
        return 8
    text = "" if value is None else str(value)
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
