"""The workbook for a visit: firms in the order of a walk, blank columns with drop-downs, the place's map.

What comes back filled is read by ``app.ledger_desk.returned``: it goes by the headings, so columns may be moved, rows
sorted or deleted; the last two columns say which firm a row is about and which step it was made after.
"""

import io
from collections.abc import Iterator
from typing import Any

import pandas as pd
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from app.labels import label, options
from app.ledger_desk.days import day
from app.links import finest_place
from app.reading import Reading
from app.reports import markup
from app.reports import sheet as sheets
from app.reports.cells import neutral
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from geo.gaps import KINDS, Filter, floors

FACTS = (
    ("name", 22), ("where", 12), ("floor", 5), ("room", 6), ("address", 29), ("workers", 6), ("stage", 10),
    ("reason", 12),
)  # fmt: skip
"""What is known, and the widths of its columns."""
ASKED = (
    ("taken_on", 10), ("outcome", 12), ("workers", 7), ("women", 7), ("reason", 12), ("second_reason", 12),
    ("stage", 12), ("next_on", 10), ("note", 14),
)  # fmt: skip
"""What is asked: columns of STEPS, under the headings of ``step_field``."""
LATER = (("members", 9), ("committee", 9), ("document", 14), ("taken_by", 10))
"""What later stages need: printed in the PDF; beyond the print area of the workbook, too small to read."""
KEYS = (("enterprise_id", 22), ("base", 16))
LISTS = {"outcome": "outcome", "reason": "reason", "second_reason": "reason", "stage": "stage"}
USED = ("name", "room", "address", "workers", "stage", "reason", "last_step")
DATES, NUMBERS = ("taken_on", "next_on"), ("workers", "women", "members", "committee")
PICTURE_PX = 980
_QUIET, _SMALL = Font(name="Calibri", size=8, color="8A95A1"), Font(name="Calibri", size=9)
_HEIGHT = 40.0


def choices(kind: str) -> list[str]:
    """Return what a drop-down of a list offers: the code, where people know it by its code, and the phrase."""
    coded = kind in ("stage", "reason")
    return [f"{code} {phrase}" if coded else phrase for code, phrase in options(kind)]


def sheet(read: Reading, chosen: Filter, rows: pd.DataFrame, place: str = "", mark: str = "") -> Sheet:
    """Return the table of the ledger's rows, in their order, as csv and PDF take it, too."""
    heads = [Column(_("序号"), 5, printed=True, wrap=True)]
    heads += [Column(_heading(name), width, printed=True, wrap=True) for name, width in FACTS]
    heads += [Column(label("step_field", name), width, blank=True, printed=True) for name, width in ASKED]
    heads += [Column(label("step_field", name), width, blank=True, printed=True) for name, width in LATER]
    heads += [Column(label("step_field", name), width) for name, width in KEYS]
    title = " ".join(filter(None, (place, _("走访表"))))
    on = day(read)
    facts = notes(read, chosen, _("一行一家企业，按走访顺序；浅黄色各栏现场填写，填好后原样导回"))
    name = f"{title.replace(' ', '_').replace('/', '_')}_{on}"
    return Sheet(title, facts, heads, _rows(read, rows), name, stamp(read), mark)


def workbook(made: Sheet, count: int, picture: bytes | None) -> bytes:
    """Return the xlsx of a sheet of ``count`` rows: cover, list, map (PNG) where there is one, and the choices."""
    book = Workbook(write_only=True)
    sheets.cover(book.create_sheet(_("说明")), made)
    page = book.create_sheet(_("走访表"))
    names = {kind: f"'{_('选项')}'!${get_column_letter(n)}$2:${get_column_letter(n)}${len(choices(kind)) + 1}"
             for n, kind in enumerate(dict.fromkeys(LISTS.values()), 1)}  # fmt: skip
    body = _list(page, made, count, names)
    if picture is not None:
        drawn = Image(io.BytesIO(picture))
        drawn.width, drawn.height = PICTURE_PX, int(PICTURE_PX * drawn.height / drawn.width)
        land = book.create_sheet(_("地图"))
        sheets.a4_landscape(land)
        land.print_options.gridLines, land.sheet_view.showGridLines = False, False
        land.add_image(drawn, "A1")
    _choices(book.create_sheet(_("选项")))
    return markup.save(book, [body])


def _heading(name: str) -> str:
    return {
        "name": _("企业名称"), "where": _("所在"), "floor": _("楼层"), "room": _("房号"), "address": _("注册地址"),
        "workers": _("登记职工"), "stage": _("已登记阶段"), "reason": _("已登记原因"),
    }[name]  # fmt: skip


def _rows(read: Reading, rows: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    words = {kind: {code: f"{code} {label(kind, code)}" for code, _p in options(kind)} for kind in ("stage", "reason")}
    told = floors(rows)["floor"].to_numpy(dtype=object) if len(rows) else []
    blank = (None,) * len(ASKED + LATER)
    places: dict[Any, str] = {}
    slim = rows[[*USED, *KINDS.values(), "house_no"]].astype("object")
    for number, (firm, floor) in enumerate(zip(slim.itertuples(), told, strict=True), 1):
        place = finest_place(firm) or ("county", firm.county_code)
        if place not in places:
            places[place] = read.name(*place)
        where = places[place]
        if place[0] == "street" and isinstance(firm.house_no, str):
            where = f"{where} {firm.house_no}"
        yield (
            number, firm.name, where, floor, firm.room, firm.address, firm.workers, words["stage"].get(firm.stage),
            words["reason"].get(firm.reason), *blank, firm.Index, firm.last_step,
        )  # fmt: skip


def _list(page: Any, made: Sheet, count: int, names: dict[str, str]) -> markup.Rows:
    sheets.a4_landscape(page)
    page.sheet_format.defaultRowHeight, page.sheet_format.customHeight = _HEIGHT, True
    page.freeze_panes, page.print_title_rows = "C2", "1:1"
    page.oddHeader.left.text = made.title.replace("&", "&&")
    page.oddFooter.left.text = sheets.foot(made).replace("&", "&&")
    page.oddFooter.right.text = "&P / &N"
    for number, column in enumerate(made.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    first = 2 + len(FACTS)
    for number, (name, _width) in enumerate(ASKED + LATER, first):
        letter = get_column_letter(number)
        asked = page.column_dimensions[letter]
        asked.font, asked.alignment = _SMALL, sheets.WRAPPED
        if name in DATES:
            asked.number_format = markup.DAY
        rule = _rule(name, names)
        if rule is not None and count:
            rule.sqref = f"{letter}2:{letter}{count + 1}"
            page.data_validations.append(rule)
    page.append([sheets.heading(page, column) for column in made.columns])
    looks = {n: sheets.peculiar(page, column) for n, column in enumerate(made.columns) if column.wrap}
    for look in looks.values():
        look.font = _SMALL
    looks |= {n: sheets.styled(page, "", font=_QUIET) for n in range(len(made.columns) - len(KEYS), len(made.columns))}
    body = markup.written(page, made.rows, looks)
    printed = get_column_letter(1 + len(FACTS) + len(ASKED))
    page.print_area = f"A1:{printed}{count + 1}"
    page.auto_filter.ref = f"A1:{get_column_letter(len(made.columns))}{count + 1}"
    return body


def _rule(name: str, names: dict[str, str]) -> DataValidation | None:
    """Return what a column of the visit may hold; another value is asked about, not locked out."""
    if name in LISTS:
        rule = DataValidation(type="list", formula1=names[LISTS[name]], allow_blank=True, errorStyle="warning")
    elif name in NUMBERS:
        rule = DataValidation(type="whole", operator="between", formula1="0", formula2="1000000", allow_blank=True)
        rule.errorStyle = "warning"
    elif name in DATES:
        rule = DataValidation(
            type="date", operator="greaterThan", formula1="36526", allow_blank=True, errorStyle="warning"
        )
    else:
        return None
    rule.showErrorMessage, rule.errorTitle = True, label("step_field", name)
    rule.error = _("请从列表中选，或按说明填写。")
    return rule


def _choices(page: Any) -> None:
    page.sheet_state = "hidden"
    kinds = list(dict.fromkeys(LISTS.values()))
    columns = [[label("step_field", kind), *choices(kind)] for kind in kinds]
    for row in range(max(map(len, columns))):
        page.append([neutral(column[row]) if row < len(column) else None for column in columns])
