"""The list of firms as a file, with blank columns to be filled in on the visit."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.labels import label
from app.law import cited
from app.links import finest_place
from app.reading import Reading
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from geo.gaps import FINE_FIRST, KINDS, Filter, floors

CODED = {
    "ownership": "ownership", "sector": "sector", "status": "status", "level": "level",
    "reason": "reason", "stage": "stage", "path": "path", "excluded_because": "excluded_because",
}  # fmt: skip
"""Columns of FIRMS that hold codes, and the list their words are in."""

NAMED = {column: kind for kind, column in KINDS.items()} | {"union_id": "union"}
"""Columns of FIRMS that hold keys, and the kind of what they name."""

WHERE = [*KINDS.values(), "house_no"]
"""Columns that tell the finest place."""

DEGREES, DIGITS = ("lon", "lat"), 6
"""Columns in degrees, and their digits: a tenth of a metre."""


def columns() -> list[tuple[str, Column]]:
    """Return field ("" for a blank) and column: first what is printed for the visit, then the whole ledger."""
    printed = [
        ("name", Column(_("企业名称"), 27, printed=True, wrap=True)),
        ("where", Column(_("所在"), 15, printed=True, wrap=True)),
        ("house_no", Column(_("门牌"), 7, printed=True, wrap=True)),
        ("unit", Column(_("幢"), 5, printed=True)),
        ("floor", Column(_("楼层"), 7, printed=True, wrap=True)),
        ("room", Column(_("房号"), 7, printed=True)),
        ("address", Column(_("注册地址"), 28, printed=True, wrap=True)),
        ("workers", Column(_("职工人数"), 6, printed=True)),
        ("path", Column(_("建议组织形式"), 12, printed=True, wrap=True)),
    ]
    asked = [(_("核查日期"), 9), (_("是否在此经营"), 7), (_("现有职工人数"), 7), (_("未建会原因（核实）"), 14)]
    asked += [(_("企业意见"), 14), (_("下一步"), 12), (_("备注"), 12)]
    later = [(_("是否实地核查"), 9), (_("核查人（单位）"), 14), (_("推进阶段（更新）"), 12), (_("计划完成日期"), 11)]
    blanks = [("", Column(heading, width, blank=True, printed=True)) for heading, width in asked]
    rest = [(field, Column(heading, width)) for field, heading, width in _ledger()]
    return [*printed, *blanks, *rest, *(("", Column(heading, width, blank=True)) for heading, width in later)]


def _ledger() -> list[tuple[str, str, int]]:
    return [
        ("uscc", _("统一社会信用代码"), 20),
        ("primary", _("建会状态"), 10),
        ("union_id", _("所属工会"), 26),
        ("group", _("建议加入的联合工会"), 24),
        ("path_rules", _("依据"), 60),
        ("excluded_because", _("不计入分母的原因"), 14),
        ("reason", _("未建会原因（已登记）"), 18),
        ("stage", _("推进阶段（已登记）"), 14),
        ("county_code", _("县（市、区）"), 10),
        ("town_code", _("镇（街道）"), 12),
        ("village_code", _("村（社区）"), 12),
        ("zone", _("园区"), 16),
        ("building", _("楼宇"), 16),
        ("market", _("市场"), 16),
        ("street", _("道路"), 14),
        ("operating_address", _("经营地址"), 30),
        ("lon", _("经度"), 11),
        ("lat", _("纬度"), 11),
        ("level", _("定位级别"), 9),
        ("radius_m", _("误差半径（米）"), 9),
        ("ownership", _("单位类别"), 10),
        ("sector", _("行业"), 16),
        ("established", _("成立日期"), 11),
        ("status", _("经营状态"), 11),
        ("women", _("女职工"), 8),
        ("migrant", _("农民工"), 8),
        ("agency_workers", _("劳务派遣工"), 9),
        ("counts_on", _("人数日期"), 11),
        ("source", _("名录来源"), 16),
        ("source_date", _("来源日期"), 11),
    ]


def sheet(read: Reading, chosen: Filter, table: pd.DataFrame) -> Sheet:
    """Return the sheet of ``table``, rows of FIRMS in the order wanted, with blank columns for the visit."""
    layout = columns()
    title = _("企业建会情况清单") if chosen.gap is not True else _("未建会企业清单（走访用）")
    where = _place(read, chosen)
    title = f"{where} {title}" if where else title
    heads = [Column(_("序号"), 5, printed=True), *(column for _field, column in layout)]
    facts = notes(read, chosen, _("一行一家企业；浅黄色各栏供走访时填写，打印只含走访所需各栏"))
    rows = _rows(read, table, [field for field, _column in layout])
    return Sheet(title, facts, heads, rows, f"{title.replace(' ', '_')}_{read.on}", stamp(read))


def _place(read: Reading, chosen: Filter) -> str:
    """Return the name of the one place, industry or priority type that a choice is about, the finest; "" if of none."""
    for kind in (*FINE_FIRST, "priority", "sector"):
        keys = getattr(chosen, kind)
        if len(keys) == 1:
            return read.name(kind, keys[0])
    return ""


def _rows(read: Reading, table: pd.DataFrame, wanted: list[str]) -> Iterator[tuple[Any, ...]]:
    known = {field: _worded(read, table, field) for field in wanted if field}
    blank = [None] * len(table)
    return zip(range(1, len(table) + 1), *(known.get(field, blank) for field in wanted), strict=True)


def _worded(read: Reading, table: pd.DataFrame, field: str) -> pd.Series:
    """Return one column in words; each distinct value is looked up once."""
    if field == "where":
        return pd.Series([_where(read, row) for row in table[WHERE].itertuples(index=False)], index=table.index)
    if field == "floor":
        told = floors(table)
        return told["floor"].mask(told["inferred"], told["floor"].map(_inferred, na_action="ignore"))
    if field == "group":
        keys = table["group_id"].astype("object")
        return keys.map({key: read.group_name(key) for key in keys.dropna().unique()})
    if field == "primary":
        return _coverage(table)
    values = table[field].astype("object") if field not in DEGREES else table[field].round(DIGITS).astype("object")
    if field == "path_rules":
        texts = {rules: _cited(read, rules) for rules in set(values.map(tuple))}
        return values.map(lambda rules: texts[tuple(rules)])
    if field in CODED:
        return values.map({value: label(CODED[field], value) for value in values.dropna().unique()})
    if field in NAMED:
        return values.map({value: read.name(NAMED[field], value) for value in values.dropna().unique()})
    return values


def _inferred(floor: str) -> str:
    """Return a floor that only the room tells, marked as a reading."""
    return _("%(floor)s（按房号）", floor=floor)


def _cited(read: Reading, rules: tuple[str, ...]) -> str:
    """Return what the rules say, one sentence after the other; nobody who reads the list knows their ids."""
    return "；".join(sentence for rule in rules for sentence in cited(rule, read.survey.rules_day))


def _coverage(table: pd.DataFrame) -> pd.Series:
    """Return how each firm is covered in the words of the pages: one that is not counted is no gap."""
    words = table["primary"].astype("object").map({code: label("primary", code) for code in ("own", "joint", "none")})
    only = table["primary"].eq("none") & table["covered"].astype(bool)
    return words.mask(only, _("联合会覆盖")).mask(~table["eligible"].astype(bool), _("不计入"))


def _where(read: Reading, firm: Any) -> str:
    """Return the name of the finest place that a firm (with the columns ``WHERE``) is known to be in."""
    found = finest_place(firm) or ("county", firm.county_code)
    return read.name(*found)
