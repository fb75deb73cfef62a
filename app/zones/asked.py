"""The year's targets that a draft of boundaries moves from zone to zone."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from app.annual import Annual
from app.reading import Reading
from app.zones.counts import outside
from app.zones.work import Work
from geo.targets import FIGURES
from geo.targets.land import ELSEWHERE, redrawn


@dataclass(frozen=True)
class Asked:
    """The county's target of a statistical year, and the zones whose share of it changes: before and after."""

    year: int
    county: str
    whole: pd.Series
    rows: list[dict[str, Any]]


def asked(year: Annual, read: Reading, done: Work) -> Asked | None:
    """Return the targets that a draft moves; None where the stocks of the base date are not known.

    Zones have a target only as their share of the county's, which no line changes; so the rows add up to nothing.
    """
    if year.before is None:
        return None
    county = done.county
    whole = year.target(None).loc["all"] if county is None else year.target("county").reindex([county]).iloc[0]
    survey, others = year.before.survey, outside(read, done)
    firms, unions = (
        table if county is None else table[table["county_code"].eq(county).fillna(value=False).astype(bool)]
        for table in (survey.firms, survey.unions)
    )
    plans, renamed = (done.before, done.after), done.heirs(done.after)
    before, after = redrawn(plans, firms, unions, whole=whole, others=others, renamed=renamed)
    told = [_row(before, after, key) for key in before.index]
    rows = [row for row in told if any(row[name][0] != row[name][1] for name in FIGURES)]
    return Asked(year.year.last.year, county or "", whole, rows)


def _row(before: pd.DataFrame, after: pd.DataFrame, key: str) -> dict[str, Any]:
    told = {name: (_value(before.at[key, name]), _value(after.at[key, name])) for name in FIGURES}
    return {"key": None if key == ELSEWHERE else key, **told}


def _value(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
