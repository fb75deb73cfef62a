"""The annex as a workbook: every table of the documents as numbers, and the trace of each figure to its list."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from app.conference.content import SHARES, Content
from app.conference.facts import CITY, PLACE, Fact
from app.conference.stable import stable
from app.conference.words import say
from app.labels import explain, label
from app.reports.cells import cell
from geo.targets import FIGURES

PARTS = ("base", "now", "done", "target", "rate")
_HEAD, _EDGE = PatternFill("solid", fgColor="E9EDF1"), Side(style="thin", color="B9C2CC")


def annex(content: Content, facts: Sequence[Fact]) -> bytes:
    """Return the workbook."""
    book = Workbook()
    _notes(book.active, content)
    _places(book.create_sheet(say("sheet_counties")), content, content.counties, CITY, whole=True)
    _places(book.create_sheet(say("sheet_zones")), content, content.zones, PLACE)
    reached = (*PLACE, "group_firms", "group_workers")
    _places(book.create_sheet(say("sheet_buildings")), content, content.buildings, reached)
    _places(book.create_sheet(say("sheet_markets")), content, content.markets, reached)
    _targets(book.create_sheet(say("sheet_targets")), content)
    _years(book.create_sheet(say("sheet_years")), content)
    _checks(book.create_sheet(say("sheet_checks")), content)
    _trace(book.create_sheet(say("sheet_trace")), facts)
    book.properties.creator = book.properties.lastModifiedBy = content.mark.by
    stream = io.BytesIO()
    book.save(stream)
    return stable(stream.getvalue(), content.mark.at)


def _notes(page: Worksheet, content: Content) -> None:
    page.title = say("sheet_notes")
    page.column_dimensions["A"].width = 110
    told = [say("deck_title", city=content.city), *content.footer.split("　"), content.watermark, content.stamp]
    told += [say(f"method_{n}") for n in (1, 2, 3)]
    for line, text in enumerate(filter(None, told), 1):
        page.cell(line, 1, cell(text)).alignment = Alignment(wrap_text=True)
    page["A1"].font = Font(bold=True, size=16)


def _places(
    page: Worksheet, content: Content, table: pd.DataFrame, names: Sequence[str], *, whole: bool = False
) -> None:
    around = "where" in table.columns
    heads = [
        say("col_rank"),
        say("col_place"),
        *([say("col_where")] if around else []),
        *(_called(name) for name in names),
    ]
    rows: list[list[Any]] = [
        [place, row["name"], *([row["where"]] if around else []), *(_told(content, row, name) for name in names)]
        for place, (_key, row) in enumerate(table.iterrows(), 1)
    ]
    if whole:
        rows.append([None, content.city, *(_told(content, content.total, name) for name in names)])
    _fill(page, heads, rows, {place for place, name in enumerate(names, 3 + around) if name in SHARES})


def _called(name: str) -> str:
    return say(f"col_{name}") if name.startswith("group_") else label("rate" if name in SHARES else "figure", name)


def _told(content: Content, row: pd.Series, name: str) -> Any:
    return row.get(name) if content.value(row, name) is not None else content.text(row, name)


def _targets(page: Worksheet, content: Content) -> None:
    heads = [
        say("col_place"),
        *(f"{label('target_figure', f)} {label('target_part', p)}" for f in FIGURES for p in PARTS),
    ]
    rows = [[content.city, *(content.progress.loc[f, p] for f in FIGURES for p in PARTS)]]
    for key, name in zip(content.counties.index, content.counties["name"], strict=True):
        if (key, "unions") in content.counties_progress.index:
            rows.append([name, *(content.counties_progress.loc[(key, f)][p] for f in FIGURES for p in PARTS)])
    _fill(
        page,
        heads,
        rows,
        {2 + place for place in range(len(FIGURES) * len(PARTS)) if PARTS[place % len(PARTS)] == "rate"},
    )


def _years(page: Worksheet, content: Content) -> None:
    names = ("eligible", "covered", "own", "joint", "gap", "unions", "members", "rate")
    heads = [say("col_day"), *(_called(name) for name in names)]
    rows = [[on, *(_told(content, row, name) for name in names)] for on, row in content.series]
    _fill(page, heads, rows, {1 + len(names)})


def _checks(page: Worksheet, content: Content) -> None:
    heads = [say("col_rank"), say("col_check"), say("col_found"), say("sheet_notes")]
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
    widest = [_width(head) for head in heads]
    for place, head in enumerate(heads, 1):
        made = page.cell(1, place, head)
        made.font, made.fill = Font(bold=True), _HEAD
        made.alignment, made.border = Alignment(wrap_text=True, vertical="center"), Border(bottom=_EDGE)
    for line, row in enumerate(rows, 2):
        for place, value in enumerate(row, 1):
            made = page.cell(line, place, cell(value))
            widest[place - 1] = max(widest[place - 1], _width(value))
            if place in shares:
                made.number_format = "0.0%"
            elif isinstance(made.value, (int, float)):
                made.number_format = "#,##0" if float(made.value).is_integer() else "0.0000"
    for place, width in enumerate(widest, 1):
        page.column_dimensions[get_column_letter(place)].width = min(max(width + 2, 8), 46)
    page.freeze_panes, page.print_title_rows = "C2", "1:1"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.6, bottom=0.5)


def _width(value: Any) -> int:
    text = "" if value is None else str(value)[:60]
    return min(sum(2 if ord(letter) > 0x2E80 else 1 for letter in text), 40)
