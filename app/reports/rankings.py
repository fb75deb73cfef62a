"""The ranking of places as a file."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.labels import label
from app.pages import told
from app.reading import Reading, kind_name, unplaced
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from geo.coverage import RATES, UNPLACED
from geo.gaps import Filter

FIELDS = (
    "firms", "eligible", "covered", "own", "joint", "gap", "gap_25", "gap_under_25", "gap_unknown", "gap_workers",
    "gap_workers_unknown", "rate", "eligible_25", "own_25", "rate_own_25", "unlocated",
)  # fmt: skip


SHARES = frozenset(rate.name for rate in RATES)


def sheet(read: Reading, kind: str, chosen: Filter, table: pd.DataFrame) -> Sheet:
    """Return the sheet of ``table``, a ranking of the places of ``kind`` in the order wanted."""
    title = _("空白点排行：%(kind)s", kind=kind_name(kind))
    heads = [Column(_("序号"), 6), Column(kind_name(kind), 30), Column(_("图上有位置"), 10)]
    heads += [Column(_heading(field), 12, share=field in SHARES) for field in FIELDS]
    facts = notes(read, chosen, _("一行一个地点，按未建会企业数排列"))
    return Sheet(title, facts, heads, _rows(kind, table), f"{title}_{read.on}", stamp(read))


def _heading(field: str) -> str:
    return label("rate" if field in SHARES else "figure", field)


def _rows(kind: str, table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for number, (key, row) in enumerate(table.iterrows(), 1):
        name = unplaced(kind) if key == UNPLACED else row["name"]
        yield (number, name, _("是") if row["drawn"] else _("否"), *(_figure(row, field) for field in FIELDS))


def _figure(row: pd.Series, field: str) -> Any:
    return told(row[field], row["gap_workers_unknown"]) if field == "gap_workers" else row[field]
