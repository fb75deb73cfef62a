"""The unions that a check of their health finds, as a file."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.labels import label
from app.reading import Reading
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from geo.gaps import Filter
from geo.health import CHECKS


def sheet(read: Reading, called: str, table: pd.DataFrame, asked: list[tuple[str, str]]) -> Sheet:
    """Return the sheet of the unions of the check ``called`` so, with what is wrong with each (``CHECKS``)."""
    heads = [
        Column(_("序号"), 6), Column(_("工会名称"), 34, wrap=True), Column(_("类型"), 14),
        Column(_("县（市、区）"), 12), Column(_("届满日期"), 11), Column(_("会员"), 8),
        Column(_("覆盖职工"), 9), Column(_("女职工组织"), 12),
        Column(_("职工之家"), 12), Column(_("专职干部"), 9), Column(_("所在企业"), 30, wrap=True),
        Column(_("查出的问题"), 40, wrap=True),
    ]  # fmt: skip
    title = _("工会体检：%(check)s", check=called)
    facts = notes(read, Filter(), _("一行一个工会；台账没有的栏目写“未知”"), asked)
    return Sheet(title, facts, heads, _rows(read, table), f"{title}_{read.on}", stamp(read, _("工会台账")))


def _rows(read: Reading, table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    unknown = _("未知")
    for number, (_key, union) in enumerate(table.iterrows(), 1):
        wrong = "；".join(label("union_check", name) for name in CHECKS if pd.notna(union[name]) and union[name])
        body, grade = union["womens_body"], union["home_grade"]
        yield (
            number, union["name"], label("union_kind", union["kind"]), read.name("county", union["county_code"]),
            _or(union["term_end"], unknown), _or(union["members"], unknown), union["covered_workers"],
            label("womens_body", body) or unknown, label("home_grade", grade) or unknown,
            _or(union["full_time_staff"], unknown),
            read.firm_name(union["host_id"]) if pd.notna(union["host_id"]) else None, wrong,
        )  # fmt: skip


def _or(value: Any, unknown: str) -> Any:
    return unknown if pd.isna(value) else value
