"""The list of firms as a file, with blank columns to be filled in on the visit."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.labels import label
from app.reading import Reading
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from geo.gaps import Filter

CODED = {
    "ownership": "ownership", "sector": "sector", "status": "status", "level": "level", "primary": "primary",
    "reason": "reason", "stage": "stage", "path": "path", "excluded_because": "excluded_because",
}  # fmt: skip
"""Columns of FIRMS that hold codes, and the list their words are in."""

NAMED = {
    "county_code": "county", "town_code": "town", "village_code": "village", "zone": "zone", "building": "building",
    "market": "market", "street": "street", "union_id": "union",
}  # fmt: skip
"""Columns of FIRMS that hold keys, and the kind of what they name."""


def columns() -> list[tuple[str, Column]]:
    """Return field and column in the order of the ledger: what there is, where, how large, why not, what next."""
    words = [
        ("name", _("企业名称"), 34),
        ("uscc", _("统一社会信用代码"), 20),
        ("ownership", _("单位类别"), 10),
        ("sector", _("行业"), 12),
        ("established", _("成立日期"), 11),
        ("status", _("经营状态"), 9),
        ("county_code", _("县（市、区）"), 10),
        ("town_code", _("镇（街道）"), 12),
        ("village_code", _("村（社区）"), 12),
        ("zone", _("园区"), 16),
        ("building", _("楼宇"), 16),
        ("market", _("市场"), 16),
        ("street", _("道路"), 14),
        ("house_no", _("门牌"), 8),
        ("unit", _("幢"), 7),
        ("floor", _("楼层"), 6),
        ("room", _("房号"), 8),
        ("address", _("注册地址"), 40),
        ("operating_address", _("经营地址"), 30),
        ("lon", _("经度"), 10),
        ("lat", _("纬度"), 10),
        ("level", _("定位级别"), 9),
        ("radius_m", _("误差半径（米）"), 9),
        ("workers", _("职工人数"), 8),
        ("women", _("女职工"), 8),
        ("migrant", _("农民工"), 8),
        ("agency_workers", _("劳务派遣工"), 8),
        ("counts_on", _("人数日期"), 11),
        ("primary", _("建会状态"), 10),
        ("union_id", _("所属工会"), 26),
        ("excluded_because", _("不计入分母的原因"), 14),
        ("path", _("建议组织形式"), 16),
        ("path_rules", _("依据"), 8),
        ("group", _("建议加入的联合工会"), 24),
        ("reason", _("未建会原因（已登记）"), 18),
        ("stage", _("推进阶段（已登记）"), 14),
        ("source", _("名录来源"), 16),
        ("source_date", _("来源日期"), 11),
    ]
    return [(field, Column(heading, width)) for field, heading, width in words]


def blanks() -> list[Column]:
    """Return the columns that the visitor fills in."""
    words = (
        (_("是否实地核查"), 9),
        (_("核查日期"), 11),
        (_("核查人（单位）"), 14),
        (_("是否在此经营"), 9),
        (_("现有职工人数"), 9),
        (_("未建会原因（核实）"), 18),
        (_("企业意见"), 18),
        (_("推进阶段（更新）"), 12),
        (_("下一步"), 18),
        (_("计划完成日期"), 11),
        (_("备注"), 18),
    )
    return [Column(heading, width, blank=True) for heading, width in words]


def sheet(read: Reading, chosen: Filter, table: pd.DataFrame) -> Sheet:
    """Return the sheet of ``table``, rows of FIRMS in the order wanted, with blank columns for the visit."""
    known = columns()
    title = _("企业建会情况清单") if chosen.gap is not True else _("未建会企业清单（走访用）")
    heads = [Column(_("序号"), 6), *(column for _field, column in known), *blanks()]
    facts = notes(read, chosen, _("一行一家企业，右侧浅黄色各栏供走访时填写"))
    return Sheet(
        title, facts, heads, _rows(read, table, [field for field, _column in known]), f"{title}_{read.on}", stamp(read)
    )


def _rows(read: Reading, table: pd.DataFrame, wanted: list[str]) -> Iterator[tuple[Any, ...]]:
    shown = pd.DataFrame({field: _worded(read, table, field) for field in wanted}, index=table.index, dtype="object")
    for number, row in enumerate(shown.itertuples(index=False, name=None), 1):
        yield (number, *row)


def _worded(read: Reading, table: pd.DataFrame, field: str) -> pd.Series:
    """Return one column in words; each distinct value is looked up once."""
    if field == "group":
        return table["group_id"].map(read.survey.groups["name"]).astype("object")
    values = table[field].astype("object")
    if field == "path_rules":
        return values.map(" ".join)
    if field in CODED:
        return values.map({value: label(CODED[field], value) for value in values.dropna().unique()})
    if field in NAMED:
        return values.map({value: read.name(NAMED[field], value) for value in values.dropna().unique()})
    return values
