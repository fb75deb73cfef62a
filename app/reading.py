"""A survey as pages read it: names for keys, and selections and sums of ``geo`` kept while the survey lasts."""

import math
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
from flask_babel import gettext as _

from app.census import Totals
from app.labels import explain, label, shown, title
from app.store.area import ELSEWHERE
from geo.coverage import RATES, UNPLACED, CoverageOptions, growth, measure, moves, statistical_year
from geo.gaps import FIGURES, KINDS, Columns, Filter, by_place
from geo.registry import credited
from geo.survey import Survey

T = TypeVar("T")

DIVISION_KINDS = ("county", "town", "village")
CODE_KINDS = ("sector", "ownership")
"""Kinds that are not places but codes of a list: ranked and opened in the same way."""
_COMMITTEE = re.compile(r"(?:(村村委会|村民委员会|村委会)|社区居民委员会|社区居委会|社区村委会)$")
LEDGER_RATES = tuple(rate.name for rate in RATES if rate.part not in ("located", "precise"))
"""Rates that say nothing without a register of unions: what it does not tell of is not known, it is not nought."""

KEPT = 160
"""Selections and tables kept per survey; the least recently used leaves first."""


def kind_name(kind: str) -> str:
    """Return what a kind of place or a list of codes is called."""
    return title(kind) if kind in (*CODE_KINDS, "priority") else label("place_kind", kind)


def unplaced(kind: str) -> str:
    """Return what the row of the firms that are in no place of a kind is called."""
    return _("未归入任何%(kind)s", kind=kind_name(kind))


def plain_village(name: str) -> str:
    """Return the name of a village or community without its committee (新坝村委会 → 新坝村), another name as it is."""
    return _COMMITTEE.sub(lambda found: "村" if found[1] else "社区", name)


def with_plain_villages(divisions: pd.DataFrame) -> pd.DataFrame:
    """Return DIVISIONS with villages named as people say them: the official list names their committees."""
    names = divisions["name"].mask(divisions["level"].eq("village"), divisions["name"].map(plain_village))
    return divisions.assign(name=names.astype(divisions["name"].dtype))


class Kept:
    """The answers of one survey, each computed once; safe for several threads."""

    def __init__(self, most: int = KEPT) -> None:
        self._answers: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most

    def get(self, key: Any, make: Callable[[], T]) -> T:
        """Return the answer kept for ``key``, made if there is none."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                kept: T = self._answers[key]
                return kept
        made = make()
        with self._lock:
            self._answers[key] = made
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return made


@dataclass(frozen=True)
class Reading:
    """One survey with what names its keys.

    ``days`` are those that can be chosen, newest first; ``year_end`` is the month and day on which the office's
    statistical year closes.
    """

    survey: Survey
    divisions: pd.DataFrame
    outlines: gpd.GeoDataFrame
    days: tuple[date, ...]
    kept: Kept = field(default_factory=Kept, compare=False)
    year_end: tuple[int, int] = (12, 31)

    @property
    def on(self) -> date:
        """The day of the survey."""
        return self.survey.on

    @property
    def ledger(self) -> bool:
        """Whether the survey had a register of unions at all; without one nobody knows what is covered."""
        return bool(len(self.survey.unions))

    @property
    def credits(self) -> tuple[str, ...]:
        """Who must be named wherever the survey's places are drawn or listed."""
        return self.kept.get("credits", lambda: credited(self.survey.places["source"]))

    def firms(self, chosen: Filter) -> pd.DataFrame:
        """Return the rows of FIRMS that meet a filter. Their places in the frame are kept, not copies of the rows."""
        firms = self.survey.firms
        if chosen == Filter():
            return firms
        rows = self.kept.get(("firms", chosen), lambda: np.flatnonzero(self.rows(chosen)))
        return firms.iloc[rows]

    def rows(self, chosen: Filter) -> np.ndarray:
        """Return which firms meet a filter: one truth a firm, in the order of the frame."""
        return self.kept.get(("rows", chosen), lambda: self.columns.rows(chosen))

    def counted(self, figure: str, chosen: Filter | None = None) -> int:
        """Return one count of ``geo.gaps.FIGURES`` within a choice of firms; quick, also over a million of them."""
        behind = self.kept.get(("rows", FIGURES[figure]), lambda: self.columns.rows(FIGURES[figure]))
        rows = behind if not chosen or chosen == Filter() else behind & self.rows(chosen)
        return int(np.count_nonzero(rows))

    def figures(self, kind: str | None = None, chosen: Filter | None = None) -> pd.DataFrame:
        """Return ``geo.coverage.measure`` by a kind of place or code, or for all (one row ``all``).

        Without a register of unions the rates that rest on it are NaN.
        """
        chosen = chosen or Filter()
        by = KINDS.get(kind, kind) if kind else None
        unions = self.survey.unions
        return self.kept.get(
            ("figures", by, chosen), lambda: self._of_ledger(measure(self.firms(chosen), unions, by=by))
        )

    def figures_on_census(self, kind: str | None, totals: Totals | None) -> pd.DataFrame:
        """Return ``figures`` of all firms, with the rate on typed census totals where there are any.

        The totals are part of the key: another total is another answer at once, not at the next survey.
        """
        if totals is None:
            return self.figures(kind)
        by = KINDS[kind] if kind else None
        census = totals.frame([code for code, _name in self.counties()])
        firms, unions = self.survey.firms, self.survey.unions
        return self.kept.get(
            ("census", by, totals), lambda: self._of_ledger(measure(firms, unions, by=by, census=census))
        )

    def total(self, chosen: Filter | None = None) -> pd.Series:
        """Return the figures of the whole city, or of a choice of its firms, as one row."""
        table = self.figures(None, chosen)
        return table.loc["all"] if len(table) else pd.Series(0, index=table.columns)

    def growth(self, kind: str | None = None) -> pd.DataFrame:
        """Return the net growth of the stock of unions since the statistical year began (``geo.coverage.growth``)."""
        by, options, since = KINDS[kind] if kind else None, CoverageOptions(), self.year_before
        firms, unions = self.survey.firms, self.survey.unions
        return self.kept.get(("growth", by), lambda: growth(firms, unions, by=by, since=since, options=options))

    def moves(self) -> pd.DataFrame:
        """Return which unions were founded or ended since the statistical year began (``geo.coverage.moves``)."""
        firms, unions, since = self.survey.firms, self.survey.unions, self.year_before
        return self.kept.get("moves", lambda: moves(firms, unions, since=since, options=CoverageOptions()))

    @property
    def year_before(self) -> date:
        """Last day of the statistical year before the survey's."""
        return statistical_year(self.on, self.year_end).before

    def ranking(self, kind: str, chosen: Filter) -> pd.DataFrame:
        """Return the places of a kind (``geo.gaps.by_place``), or the codes of a list, by what a visit reaches."""
        if kind in CODE_KINDS:
            return self.kept.get(("ranking", kind, chosen), lambda: self._codes_ranked(kind, chosen))
        known = self.divisions if kind in DIVISION_KINDS else self.survey.places
        return self.kept.get(
            ("ranking", kind, chosen), lambda: self._of_ledger(by_place(self.firms(chosen), known, kind))
        )

    def name(self, kind: str, key: Any) -> str:
        """Return the name of a place, division, union or code by its key; "" if none, the key if nobody named it."""
        if pd.isna(key) or key == UNPLACED:
            return ""
        if kind in (*CODE_KINDS, "priority"):
            return label(kind, key)
        if key == ELSEWHERE:
            return _("本县（市、区）以外的工会")
        names = self._names["division" if kind in DIVISION_KINDS else "union" if kind == "union" else "place"]
        return str(names.get(key) or key)

    def city(self) -> str:
        """Return the name of the city, or of the one county that the reader sees."""
        counties = self.counties()
        if len(counties) == 1:
            return counties[0][1]
        rows = self.divisions[self.divisions["level"].eq("city") & self.divisions["valid_to"].isna()]
        return str(rows["name"].iloc[0]) if len(rows) else ""

    def around(self, kind: str, key: str) -> str:
        """Return county and town that a place lies in, in words."""
        if kind in DIVISION_KINDS:
            above = [("county", key[:6]), ("town", key[:9])][: DIVISION_KINDS.index(kind)]
            return " ".join(self.name(*pair) for pair in above)
        county, town = self.whereabouts(key)
        return " ".join(filter(None, (self.name("county", county), self.name("town", town))))

    def whereabouts(self, place_id: str) -> tuple[Any, Any]:
        """Return the codes of county and town that a place lies in, NA where nobody knows."""
        return self._whereabouts.get(place_id, (pd.NA, pd.NA))

    def group_at(self, place_id: str) -> pd.Series | None:
        """Return the largest suggested joint union that sits in a place, None if there is none."""
        found = self._seats.get(place_id)
        return None if found is None else self.survey.groups.loc[found]

    def groups_at(self, place_ids: Iterable[str]) -> pd.DataFrame:
        """Return the suggested joint unions of these places, all parts of a place that is split."""
        return self.survey.groups[self.survey.groups["place_id"].isin(list(place_ids))]

    def group_name(self, key: str) -> str:
        """Return the name to propose for a suggested union, made of its place and kind.

        An existing one has its own, and one that was decided on (a case) the name it was given.
        """
        groups = self.survey.groups
        if key not in groups.index:
            return key
        if key.startswith("case:"):
            return str(groups.at[key, "name"])
        kind, name = str(groups.at[key, "kind"]), plain_village(str(groups.at[key, "name"]))
        part = next((detail["part"] for code, detail in groups.at[key, "reasons"] if code == "part_of_place"), None)
        place = name if part is None else _("%(place)s第%(n)s", place=name, n=part)
        return str(groups.at[key, "name"]) if kind == "existing" else explain("group_name", kind, {"place": place})

    def firm_name(self, key: str) -> str:
        """Return the name of a firm, its key if it is not in the survey."""
        return str(self.survey.firms["name"].get(key, key))

    def named(self, key: str) -> str:
        """Return the name behind a key of any kind: place, division, union; other text as it is."""
        for names in self._names.values():
            if key in names:
                return names[key]
        return shown(key)

    def counties(self) -> list[tuple[str, str]]:
        """Return code and name of each county in force, by code."""
        return self._divisions("county")

    def towns(self, county: str) -> list[tuple[str, str]]:
        """Return code and name of each town of a county, by code."""
        return [pair for pair in self._divisions("town") if pair[0].startswith(county)]

    def _of_ledger(self, table: pd.DataFrame) -> pd.DataFrame:
        if self.ledger:
            return table
        return table.assign(**dict.fromkeys((name for name in LEDGER_RATES if name in table.columns), math.nan))

    def _divisions(self, level: str) -> list[tuple[str, str]]:
        rows = self.divisions[self.divisions["level"].eq(level) & self.divisions["valid_to"].isna()]
        return list(rows["name"].sort_index().items())

    def _codes_ranked(self, kind: str, chosen: Filter) -> pd.DataFrame:
        table = self.figures(kind, chosen)
        table = table.assign(last=table.index == UNPLACED)
        table = table.sort_values(["last", "gap", "gap_workers"], ascending=[True, False, False], kind="stable")
        names = [self.name(kind, key) or pd.NA for key in table.index]
        return table.assign(name=pd.array(names, dtype="string"), drawn=True, rank=range(1, len(table) + 1))

    @cached_property
    def columns(self) -> Columns:
        """The firms as arrays, by which any choice is found within milliseconds."""
        return Columns(self.survey.firms, getattr(self.survey, "searched", None))

    @cached_property
    def _seats(self) -> dict[str, str]:
        groups = self.survey.groups.sort_values("firms", kind="stable")
        return dict(zip(groups["place_id"], groups.index, strict=True))

    @cached_property
    def _whereabouts(self) -> dict[str, tuple[Any, Any]]:
        places = self.survey.places
        return dict(zip(places.index, zip(places["county_code"], places["town_code"], strict=True), strict=True))

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        sources = {"division": self.divisions, "place": self.survey.places, "union": self.survey.unions}
        return {name: frame["name"].dropna().to_dict() for name, frame in sources.items()}
