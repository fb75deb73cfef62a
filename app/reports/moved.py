"""The firms or unions that a draft of boundaries moves, as a table for a file."""

import pandas as pd
from flask_babel import gettext as _

from app.labels import label
from app.reading import Reading
from app.reports.sheet import Column, Sheet
from app.zones.work import Work
from geo.zones.impact import Impact


def sheet(read: Reading, done: Work, found: Impact, what: str) -> Sheet:
    """Return the table; ``what`` is firm or union."""
    firm = what == "firm"
    table = found.firms if firm else found.unions
    names = {key: zone.name for plan in (done.before, done.after) for key, zone in plan.zones.items()}
    kind = _("企业") if firm else _("工会")
    title = _("%(draft)s：移动的%(kind)s", draft=done.draft.title, kind=kind)
    columns = [Column(_("名称"), 36), Column(_("原园区"), 24), Column(_("新园区"), 24)]
    if firm:
        columns += [
            Column(_("统一社会信用代码"), 22),
            Column(_("注册地址"), 48, wrap=True),
            Column(_("职工"), 8),
            Column(_("建会状态"), 12),
        ]
    else:
        columns.append(Column(_("为什么"), 28))
    status = label("zone_status", done.draft.status)
    notes = [
        (_("草案"), done.draft.title), (_("状态"), status), (_("数据截止"), str(read.on)),
        (_("说明"), _("按企业位置计算；地址写明园区的企业以地址为准。")),
    ]  # fmt: skip
    return Sheet(
        title, notes, columns, [_row(read, key, row, names, firm) for key, row in table.iterrows()], title, notes[2:3]
    )


def _row(read: Reading, key: str, row: pd.Series, names: dict[str, str], firm: bool) -> list[object]:
    places = [
        names.get(row[side]) or read.named(row[side]) if pd.notna(row[side]) else _("不在园区内")
        for side in ("from", "to")
    ]
    if not firm:
        return [read.name("union", key), *places, label("zone_move", row["because"])]
    told = read.survey.firms.loc[key]
    state = _("不计入") if row["eligible"] is not True else _("已覆盖") if row["covered"] is True else _("未建会")
    return [told["name"], *places, told["uscc"], told["address"], told["workers"], state]
