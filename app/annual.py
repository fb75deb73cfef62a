"""The statistical year as pages and documents read it: its two ends, stocks, targets by place, and how far they are."""

import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app import census, store
from app.census import Totals
from app.reading import Reading, with_plain_villages
from geo.coverage import UNPLACED, Year, statistical_year
from geo.targets import FIGURES, GROWTH, differences, progress, propose, rounded_up, settle, stocks

KEY = "statistical_year"
YEAR_ENDS = ((6, 30), (9, 30), (12, 31))
"""Days on which offices close their statistical year."""
MOST_GROWTH = 1.0
CITY = store.targets.CITY

_KEPT = 8
_kept: "OrderedDict[tuple[Any, ...], Reading]" = OrderedDict()


@dataclass(frozen=True)
class Choice:
    """What the office set: the day its statistical year closes on, and the yearly growth it asks for."""

    year_end: tuple[int, int] = (12, 31)
    growth: float = GROWTH


@dataclass(frozen=True)
class Annual:
    """One statistical year, seen on a day of it: readings of that day and of the base date, and what was typed.

    Readings are of the whole city, since a county's target is its share of the city's; ``county`` is the one that the
    caller may see, None for all.
    """

    read: Reading
    before: Reading | None
    choice: Choice
    typed: pd.DataFrame
    census: Totals | None
    county: str | None = None

    @property
    def year(self) -> Year:
        """The statistical year of the day."""
        return statistical_year(self.read.on, self.choice.year_end)

    @property
    def elapsed(self) -> float:
        """Share of the year that has passed (时序进度)."""
        return self.year.elapsed(self.read.on)

    def figures(self, kind: str | None) -> pd.DataFrame:
        """Return the figures of the day by a kind of place (None: the city), on both bases."""
        if kind in (None, "county"):
            return self.read.figures_on_census(kind, self.census)
        return self.read.figures(kind)

    def base(self, kind: str | None) -> pd.DataFrame:
        """Return the stocks at the base date: typed ones first, then those of the survey of that day, else NA."""
        known = stocks(self.before.figures(kind)) if self.before is not None else None
        now = stocks(self.figures(kind))
        index = now.index if known is None else known.index.union(now.index, sort=False)
        counted = pd.DataFrame(pd.NA, index=index, columns=list(FIGURES)).astype("Int64")
        if known is not None:  # a place that had nothing then is not a place of which nothing is known
            counted = known.reindex(index, fill_value=0)
        given = self.typed[[f"base_{name}" for name in FIGURES]].set_axis(list(FIGURES), axis=1)
        given = given.rename(index={CITY: "all"}) if kind is None else given
        result = settle(counted, given)
        return result if kind is not None else result.fillna(self._summed())

    def _summed(self) -> pd.DataFrame:
        """Return the city's stocks as the sum of its counties', NA where one is not known."""
        parts = self.base("county")
        return pd.DataFrame([parts[parts.index != UNPLACED].sum(skipna=False)], index=["all"]).astype("Int64")

    def target(self, kind: str | None, county: str | None = None) -> pd.DataFrame:
        """Return the targets in force: of the city (row ``all``), its counties, or the towns of one county."""
        return settle(
            self.proposed(kind, county), self.asked.rename(index={CITY: "all"}) if kind is None else self.asked
        )

    def proposed(self, kind: str | None, county: str | None = None) -> pd.DataFrame:
        """Return what is proposed where nothing is typed: the whole rounded up, its parts by largest remainder."""
        base = self.base(kind)
        if kind is None:
            row = base.loc["all"]
            asked = {
                name: pd.NA if pd.isna(row[name]) else rounded_up(int(row[name]), self.choice.growth)
                for name in FIGURES
            }
            return pd.DataFrame([asked], index=["all"]).astype("Int64")
        whole = self.target(None).loc["all"] if kind == "county" else self.target("county").reindex([county]).iloc[0]
        keys = [key for key, _name in (self.read.counties() if kind == "county" else self.read.towns(str(county)))]
        parts = base.reindex(keys, fill_value=0) if self.before is not None else base.reindex(keys)
        return propose(parts, whole=whole)

    def short(self, kind: str, county: str | None = None) -> pd.Series:
        """Return by figure what the parts' targets are short of the whole's (sum check)."""
        whole = self.target(None).loc["all"] if kind == "county" else self.target("county").reindex([county]).iloc[0]
        return differences(whole, self.target(kind, county))

    def progress(self, kind: str | None, county: str | None = None) -> pd.DataFrame:
        """Return ``geo.targets.progress`` of the city, its counties or the towns of one county, by place and figure."""
        targets = self.target(kind, county)
        now = stocks(self.figures(kind)).reindex(targets.index, fill_value=0)
        base = self.base(kind).reindex(targets.index)
        return progress(base, now, targets, elapsed=self.elapsed)

    @property
    def asked(self) -> pd.DataFrame:
        """The targets typed, by place."""
        return self.typed[list(FIGURES)]

    def seen(self, keys: list[str]) -> list[str]:
        """Return those keys of counties or towns that the caller may see."""
        return [key for key in keys if key != UNPLACED and (self.county is None or key.startswith(self.county))]


def choice(session: Session) -> Choice:
    """Return what the office set, else a year that closes on 31 December and 6 % of growth."""
    value = store.settings.get(session, KEY) or {}
    month, day = value.get("year_end", Choice.year_end)
    return Choice((int(month), int(day)), float(value.get("growth", GROWTH)))


def keep(session: Session, chosen: Choice) -> None:
    """Put the office's choice on record."""
    store.settings.put(session, KEY, {"year_end": list(chosen.year_end), "growth": chosen.growth})


def annual(session: Session, on: date | None = None, scope: store.Scope = store.CITY) -> Annual | None:
    """Return the statistical year that a surveyed day (None: the newest) lies in; None if there is no survey."""
    read = reading(session, on)
    if read is None:
        return None
    chosen = choice(session)
    year = statistical_year(read.on, chosen.year_end)
    return Annual(
        read, reading(session, year.before, exact=True), chosen, store.targets.read(session, year.last, store.CITY),
        census.stored(session), scope.county_code,
    )  # fmt: skip


def reading(
    session: Session, on: date | None = None, *, exact: bool = False, scope: store.Scope = store.CITY
) -> Reading | None:
    """Return the survey of a day, or of the latest before it unless ``exact``, as pages read it."""
    days = tuple(store.surveys.days(session))
    if exact and on not in days:
        return None
    survey = store.surveys.latest(session, scope, on)
    if survey is None:
        return None
    year_end = choice(session).year_end
    key = (id(survey), days, year_end)
    found = _kept.get(key)
    if found is None or found.survey is not survey:
        divisions, outlines = (store.read(session, layer, scope) for layer in ("divisions", "outlines"))
        found = _kept[key] = Reading(survey, with_plain_villages(divisions), outlines, days, year_end=year_end)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return found


def whole_number(text: str) -> int | None:
    """Return a count as typed (1,200 · １２００), None if it is none."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def share(text: str) -> float | None:
    """Return a percentage as typed (6, 6%, ６％), None if it is none or beyond ``MOST_GROWTH``."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
    try:
        value = float(plain) / 100.0
    except ValueError:
        return None
    return round(value, 6) if 0.0 < value <= MOST_GROWTH else None


def stock_list(figure: str, kind: str | None, key: Any) -> tuple[str, dict[str, Any]]:
    """Return endpoint and arguments of the list behind a stock of one place: firms in joint unions, or unions."""
    place = {} if kind is None else {kind: key}
    if figure == "joint_units":
        return "firms.index", {**place, "eligible": "1", "primary": "joint"}
    only = {"kind": "own"} if figure == "own" else {}
    return "unions.index", {**place, **only, "state": "in_force", "layer": "basic"}
