"""The list of unions as a file."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.labels import label
from app.pages import told
from app.reading import Reading
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from geo.gaps import Filter


def basis() -> str:
    """Return what the figures of a union rest on."""
    return _("工会台账；覆盖企业按数据截止日核对，已撤销的不计；联合会一行是二次覆盖，不与基层工会相加")


def sheet(read: Reading, asked: Sequence[tuple[str, str]], table: pd.DataFrame) -> Sheet:
    """Return the sheet of ``table``, unions in the order wanted; ``asked`` are the conditions they meet, in words."""
    heads = [
        Column(_("序号"), 6), Column(_("工会名称"), 34, wrap=True), Column(_("工会统计代码"), 18),
        Column(_("类型"), 14), Column(_("县（市、区）"), 12), Column(_("覆盖企业"), 9), Column(_("覆盖职工"), 9),
        Column(_("会员"), 8), Column(_("女会员"), 8), Column(_("批准日期"), 11), Column(_("届满日期"), 11),
        Column(_("状态"), 12), Column(_("核对提示"), 20, wrap=True), Column(_("上级工会"), 26, wrap=True),
        Column(_("覆盖场所"), 20, wrap=True), Column(_("地址"), 28, wrap=True), Column(_("名录来源"), 16),
        Column(_("来源日期"), 11),
    ]  # fmt: skip
    title = _("工会清单")
    facts = notes(read, Filter(), _("一行一个工会。%(basis)s", basis=basis()), asked)
    return Sheet(title, facts, heads, _rows(read, table), f"{title}_{read.on}", stamp(read, basis()))


def _rows(read: Reading, table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for number, (_key, union) in enumerate(table.iterrows(), 1):
        state = _("在册") if union["in_force"] else label("ended_because", union["ended_because"]) or _("已终止")
        if union["in_force"] and pd.notna(union["term_end"]) and union["term_end"].date() <= read.on:
            state = _("应换届")
        yield (
            number, union["name"], union["code"], label("union_kind", union["kind"]),
            read.name("county", union["county_code"]), union["covered_firms"],
            told(union["covered_workers"], union["covered_unknown"]), union["members"], union["women_members"],
            union["approved_on"], union["term_end"], state,
            "；".join(label("union_flag", flag) for flag in union["flags"]), read.name("union", union["parent"]),
            union["place_name"], union["address"], union["source"], union["source_date"],
        )  # fmt: skip
