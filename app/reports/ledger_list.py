"""The ledger of firms without a union, and its completeness by place, as files."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app import query
from app.labels import label, title
from app.ledger_desk.days import day
from app.links import finest_place
from app.reading import Reading, kind_name, unplaced
from app.reports.notes import conditions, notes, stamp
from app.reports.sheet import Column, Sheet
from geo.gaps import Filter
from geo.ledger import CLEARS, MEASURES


def show_name(which: str) -> str:
    """Return what a list of the ledger (``geo.ledger.SHOWN``) is called."""
    if which.startswith("no_"):
        return _("没有%(clear)s", clear=measure_name(which.removeprefix("no_")))
    told = {
        "due": _("未建会企业"), "anew": _("重新打开（含已覆盖、已注销）"), "out": _("按原因不计入分母"),
        "any": _("全部有记录的"),
    }  # fmt: skip
    return told.get(which) or measure_name(which)


def measure_name(name: str) -> str:
    """Return what a measure of completeness is called."""
    if name in CLEARS:
        return label("clear", name)
    told = {"due": _("未建会企业"), "clear": _("四清"), "verified": _("已实地核查"), "built": _("已批复（P7 以后）")}
    return told.get(name) or label("standing", name)


def sheet(read: Reading, args: MultiDict[str, str], rows: pd.DataFrame) -> Sheet:
    """Return the sheet of the ledger's rows in the order wanted."""
    heads = [
        Column(_("序号"), 6), Column(_("企业名称"), 30, wrap=True), Column(_("统一社会信用代码"), 20),
        Column(_("县（市、区）"), 10), Column(_("所在"), 20, wrap=True), Column(_("职工人数"), 8),
        Column(_("人数日期"), 11), *(Column(label("clear", name), 8) for name in CLEARS),
        Column(_("已实地核查"), 11), Column(_("推进阶段"), 22), Column(_("阶段日期"), 11),
        Column(_("主要原因"), 22, wrap=True), Column(_("第二原因"), 22, wrap=True), Column(_("台账状态"), 12),
        Column(_("重新打开的原因"), 30, wrap=True), Column(_("下次日期"), 11), Column(_("最近记录"), 11),
        Column(_("经办人"), 12),
    ]  # fmt: skip
    name = _("四清台账")
    asked = [*conditions(read, query.read(args)), (_("名单"), show_name(args.get("show") or "due"))]
    for key, kind in (("at", "stage"), ("why", "reason"), ("because", "contradiction")):
        asked += [(title(kind), label(kind, args[key]))] if args.get(key) else []
    on = day(read)
    facts = notes(read, query.read(args), _("一行一家企业；台账状态截至 %(day)s", day=on.isoformat()), asked)
    return Sheet(name, facts, heads, _rows(read, rows), f"{name}_{on}", stamp(read))


def progress_sheet(read: Reading, kind: str, chosen: Filter, rows: pd.DataFrame) -> Sheet:
    """Return the sheet of completeness by place: counts, and the share of each clear."""
    heads = [Column(_("序号"), 6), Column(kind_name(kind), 30), Column(_("上级"), 24)]
    heads += [Column(measure_name(name), 11) for name in MEASURES]
    heads += [Column(_("%(name)s占比", name=measure_name(name)), 11, share=True) for name in (*CLEARS, "clear")]
    name = _("四清完成情况：%(kind)s", kind=kind_name(kind))
    facts = notes(read, chosen, _("一行一个地点；分母为未建会企业；各项由台账逐家计算"))
    made = (
        (
            number, row["name"] or unplaced(kind), row["around"], *(row[each] for each in MEASURES),
            *(row[each] / row["due"] for each in (*CLEARS, "clear")),
        )
        for number, (_key, row) in enumerate(rows.iterrows(), 1)
    )  # fmt: skip
    return Sheet(name, facts, heads, made, f"{name}_{day(read)}", stamp(read))


def _rows(read: Reading, rows: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    words = {kind: {code: label(kind, code) for code in rows[kind].dropna().unique()} for kind in ("stage", "reason")}
    for number, firm in enumerate(rows.itertuples(), 1):
        place = finest_place(firm)
        yield (
            number, firm.name, firm.uscc, read.name("county", firm.county_code), read.name(*place) if place else None,
            firm.workers, firm.counts_on, *(_("是") if getattr(firm, name) else _("否") for name in CLEARS),
            firm.verified_on, f"{firm.stage} {words['stage'][firm.stage]}", firm.stage_on,
            words["reason"].get(firm.reason), label("reason", firm.second_reason) or None,
            label("standing", firm.standing), "；".join(label("contradiction", code) for code in firm.because),
            firm.next_on, firm.last_on, firm.last_by,
        )  # fmt: skip
