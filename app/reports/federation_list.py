"""The places where a federation over existing unions may be offered, as a file."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.pages import told
from app.reading import Reading, kind_name
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from geo.gaps import Filter


def sheet(read: Reading, asked: Sequence[tuple[str, str]], offers: pd.DataFrame) -> Sheet:
    """Return the sheet of ``geo.joint.federations.offers``."""
    heads = [
        Column(_("序号"), 6), Column(_("地点"), 30, wrap=True), Column(_("类型"), 10), Column(_("县（市、区）"), 12),
        Column(_("镇（街道）"), 14), Column(_("现有工会"), 9), Column(_("单独工会"), 9), Column(_("联合工会"), 9),
        Column(_("已有二次覆盖"), 10), Column(_("已建会企业"), 10), Column(_("职工"), 8),
        Column(_("人数不详（家）"), 9), Column(_("未建会企业"), 10),
    ]  # fmt: skip
    title = _("可建工会联合会的地点")
    said = _("一行一个地点：已有几个工会、可在其上建工会联合会（二次覆盖）；不算新增建会，建与不建由上级工会定")
    return Sheet(
        title, notes(read, Filter(), said, asked), heads, _rows(read, offers), f"{title}_{read.on}", stamp(read)
    )


def _rows(read: Reading, offers: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(offers.itertuples(), 1):
        yield (
            number, read.name(row.kind, row.place_id), kind_name(row.kind), read.name("county", row.county_code),
            read.name("town", row.town_code), row.unions, row.own, row.joint, row.federated, row.firms,
            told(row.workers, row.workers_unknown), row.workers_unknown, row.gap,
        )  # fmt: skip
