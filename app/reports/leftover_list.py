"""The list of firms that no suggestion takes in as a file."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.labels import label
from app.reading import Reading
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from app.suggesting import explanations
from geo.gaps import Filter


def sheet(read: Reading, chosen: Filter, table: pd.DataFrame) -> Sheet:
    """Return the sheet of ``table``, rows of FIRMS that are left over, in the order wanted."""
    heads = [
        Column(_("序号"), 6), Column(_("企业名称"), 32, wrap=True), Column(_("统一社会信用代码"), 20),
        Column(_("职工"), 8), Column(_("县（市、区）"), 12), Column(_("镇（街道）"), 14),
        Column(_("注册地址"), 36, wrap=True), Column(_("原因编码"), 8), Column(_("未编组原因"), 18, wrap=True),
        Column(_("证明"), 60, wrap=True), Column(_("复算一致"), 9),
    ]  # fmt: skip
    title = _("没有编组的企业")
    facts = notes(read, chosen, _("一行一家；证明里的数字由检查程序按名录另算，职工人数不详的按假定人数计"))
    return Sheet(title, facts, heads, _rows(read, table), f"{title}_{read.on}", stamp(read))


def _rows(read: Reading, table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    proofs = explanations.proofs(read, [str(key) for key in table.index])
    for number, (key, firm) in enumerate(table.iterrows(), 1):
        proof = proofs.loc[str(key)]
        yield (
            number, firm["name"], firm["uscc"], firm["workers"], read.name("county", firm["county_code"]),
            read.name("town", firm["town_code"]), firm["address"], firm["left_because"],
            label("left_because", firm["left_because"]), proof["said"], _("是") if proof["proved"] else _("否"),
        )  # fmt: skip
