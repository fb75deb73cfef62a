"""Coverage figures: each with what it means, its basis and day, and the way to the list that it counts."""

from typing import Any

import pandas as pd

from app import query
from app.api.arguments import Asked, choice
from app.api.blueprint import v1
from app.api.fields import plain
from app.api.resources import link
from app.current import census_totals, sketch
from app.definitions import SECTIONS, Definition
from app.pages import is_sample
from app.reading import CODE_KINDS, Reading, unplaced
from app.views.definitions import OPENS
from geo.coverage import UNPLACED
from geo.gaps import KINDS, Filter

WHOLE = "all"
"""Key of the whole area."""


class FiguresAsked(Asked):
    """Of the whole area, or by a kind of place or code."""

    by = choice("api_argument.by", (*KINDS, *CODE_KINDS))


@v1.resource("/figures", "Figures", FiguresAsked)
def figures(asked: dict[str, Any]) -> dict[str, Any]:
    """Tell the figures of the definitions' page, of the whole area or by place."""
    read, by, census = sketch(), asked.get("by"), census_totals()
    whole = by is None or by == "county"
    table = read.figures_on_census(by, census) if whole else read.figures(by)
    defined = [each for _section, group in SECTIONS for each in group if each.code in table.columns]
    return {
        "on": str(read.on),
        "by": by,
        "sample": is_sample(),
        "census": f"{census.source}（{census.counted_on}）" if census else None,
        "definitions": [_told(each) for each in defined],
        "items": [_unit(read, by, str(key), row, defined) for key, row in table.iterrows()],
    }


def _told(each: Definition) -> dict[str, str]:
    return {
        "code": each.code, "title": str(each.title), "unit": "share" if each.share else "count",
        "formula": str(each.formula), "basis": str(each.basis), "source": str(each.source),
        "caution": str(each.caution),
    }  # fmt: skip


def _unit(read: Reading, by: str | None, key: str, row: pd.Series, defined: list[Definition]) -> dict[str, Any]:
    name = read.city() if by is None else read.name(by, key) or unplaced(by)
    return {
        "key": key if by is None else None if key == UNPLACED else key,
        "name": name,
        "values": {each.code: plain(row[each.code]) for each in defined},
        "lists": {each.code: href for each in defined if (href := _list(by, key, each.code))},
    }


def _list(by: str | None, key: str, code: str) -> str:
    """Return the address of the list behind a figure, "" where no list says just that."""
    if code in OPENS:
        chosen = query.behind(OPENS[code], by, UNPLACED if by is None else key, Filter())
        return "" if chosen is None else link("api.firms", **query.write(chosen))
    if by in (None, "county"):
        county = {"county": key or query.NOT_KNOWN} if by else {}
        return link("api.unions", state="in_force", layer="basic", **county)
    return ""
