"""The list of suggested joint unions as a file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.labels import explain, label
from app.pages import told
from app.reading import Reading
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from app.suggesting.proposals import name_of
from geo.gaps import Filter


def sheet(read: Reading, asked: Sequence[tuple[str, str]], table: pd.DataFrame) -> Sheet:
    """Return the sheet of ``table``, suggestions in the order wanted; ``asked`` are their conditions in words."""
    heads = [
        Column(_("序号"), 6), Column(_("建议"), 30, wrap=True), Column(_("形式"), 14), Column(_("县（市、区）"), 12),
        Column(_("镇（街道）"), 14), Column(_("拟涵盖单位"), 9), Column(_("职工"), 8), Column(_("人数不详（家）"), 9),
        Column(_("理由"), 50, wrap=True), Column(_("提醒"), 40, wrap=True),
        Column(_("办理状态"), 10), Column(_("筹备进展"), 16),
    ]  # fmt: skip
    title = _("组建建议")
    facts = notes(read, Filter(), _("一行一条建议，采纳与否由人决定；职工数不含人数不详的企业"), asked)
    return Sheet(title, facts, heads, _rows(read, table), f"{title}_{read.on}", stamp(read))


def members(read: Reading, table: pd.DataFrame, firms_of: Callable[[str], Iterable[str]]) -> Sheet:
    """Return the sheet of the firms of each suggestion of ``table``; ``firms_of`` gives their keys by group key."""
    heads = [
        Column(_("建议"), 30, wrap=True), Column(_("企业名称"), 32, wrap=True), Column(_("统一社会信用代码"), 20),
        Column(_("职工"), 8), Column(_("县（市、区）"), 12), Column(_("镇（街道）"), 14),
        Column(_("注册地址"), 40, wrap=True),
    ]  # fmt: skip
    return Sheet(_("拟涵盖单位"), (), heads, _members(read, table, firms_of), "")


def _members(read: Reading, table: pd.DataFrame, firms_of: Callable[[str], Iterable[str]]) -> Iterator[tuple[Any, ...]]:
    firms = read.survey.firms
    for key, group in table.iterrows():
        rows = firms.loc[[firm for firm in firms_of(str(key)) if firm in firms.index]]
        for row in rows.itertuples():
            yield (
                name_of(read, str(key), group), row.name, row.uscc, row.workers, read.name("county", row.county_code),
                read.name("town", row.town_code), row.address,
            )  # fmt: skip


def _rows(read: Reading, table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for number, (key, group) in enumerate(table.iterrows(), 1):
        yield (
            number, name_of(read, str(key), group), label("group_kind", group["kind"]),
            read.name("county", group["county_code"]),
            read.name("town", group["town_code"]) or _("跨镇街"), group["firms"],
            told(group["workers"], group["workers_unknown"]), group["workers_unknown"],
            _told(read, "group_reason", group["reasons"]), _told(read, "group_caution", group["cautions"]),
            label("case_state", group["state"]), label("stage", group["stage"]),
        )  # fmt: skip


def _told(read: Reading, kind: str, why: Sequence[tuple[str, Any]]) -> str:
    return "；".join(explain(kind, code, detail, names=read.named).rstrip("。") for code, detail in why)
