"""Targets and progress as a file."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from app.annual import Annual
from app.labels import label
from app.pages import day, percent
from app.reports.notes import notes, stamp
from app.reports.sheet import Column, Sheet
from geo.gaps import Filter
from geo.targets import FIGURES

PARTS = ("base", "now", "done", "target", "rate", "state", "growth")
"""Columns of each figure."""
RATES = ("rate", "rate_census", "rate_members", "rate_members_unionised")
"""Unions on the register and the census, members of all workers and of those of covered units."""


def sheet(year: Annual, lines: Sequence[Any]) -> Sheet:
    """Return the sheet of ``lines`` (places with their progress), in the order given."""
    heads = [Column(_("序号"), 6), Column(_("地点"), 14)]
    for figure in FIGURES:
        for part in PARTS:
            heading = f"{label('target_figure', figure)} {label('target_part', part)}"
            heads.append(Column(heading, 12, share=part in ("rate", "growth"), wrap=part == "state"))
    heads += [Column(label("rate", name), 12, share=True) for name in RATES]
    heads.append(Column(_("核对提示"), 20, wrap=True))
    title = _("目标与进度")
    facts = notes(year.read, Filter(), _("一行一个地点；完成数为净增（年末在册减基数），不是新建数"))
    facts += [
        (_("统计年度"), f"{day(year.year.first)} — {day(year.year.last)}"),
        (_("时序进度"), percent(year.elapsed)),
        (_("基数时点"), day(year.year.before)),
    ]
    return Sheet(title, facts, heads, _rows(lines), f"{title}_{year.read.on}", stamp(year.read))


def _rows(lines: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    for number, line in enumerate(lines, 1):
        cells = [_cell(line.parts[figure], part) for figure in FIGURES for part in PARTS]
        flags = "；".join(label("target_flag", flag) for flag in line.row["flags"])
        yield (number, line.name, *cells, *_rates(line.row), flags)


def _rates(row: Any) -> list[Any]:
    """Return ``RATES``; without a known member there is no rate of members, rather than one of nought."""
    return [row.get(name) if row["members"] or "members" not in name else None for name in RATES]


def _cell(row: Any, part: str) -> Any:
    return label("target_state", row[part]) if part == "state" else row[part]
