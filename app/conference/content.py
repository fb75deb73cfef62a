"""Everything that the documents show, gathered once, so that slides, atlas, bulletin and page cannot differ."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from app.annual import Annual
from app.conference import snapshots
from app.conference.words import say
from app.config import settings
from app.pages import is_sample, number, percent, untold
from app.reading import Reading
from geo.coverage import RATES, UNPLACED, with_empty
from geo.gaps import Filter
from geo.targets import FIGURES, TRAPS, count_traps

INTERNAL, PUBLIC = "internal", "public"
MODES = (INTERNAL, PUBLIC)
FEWEST = 3
"""Cells that count fewer firms are not told in what is made public (an own choice, domain notes 8.20)."""

TOP = 20
SHARES = {rate.name: rate for rate in RATES}
WORKERS = {"workers": "eligible", "covered_workers": "covered", "gap_workers": "gap", "members": "covered"}
"""Sums over people, and the count of firms they are of."""
UNKNOWN = {"gap_workers": "gap_workers_unknown", "members": "members_unknown", "group_workers": "group_unknown"}
"""Sums over people, and the count of those whose number nobody knows: nothing known is not nought."""
FIRM_COUNTS = frozenset(
    (
        "eligible",
        "covered",
        "own",
        "joint",
        "gap",
        "gap_25",
        "eligible_25",
        "own_25",
        "without_own_25",
        "unlocated",
        "group_firms",
    )
)


PARTS = {"eligible": ("covered", "gap")}
"""Wholes that are not told where a part of theirs is few: what is left after the other part would tell it."""


@dataclass(frozen=True)
class Mark:
    """For whom a document is made (internal · public), by whom and on which day: printed on every page."""

    mode: str = INTERNAL
    by: str = ""
    at: date = date.min


@dataclass(frozen=True)
class Content:
    """The year and its readings, with the mark of the document."""

    year: Annual
    series: tuple[tuple[date, pd.Series], ...]
    mark: Mark
    scoped: Reading | None = None
    """What one county may see, where the document is a county's."""

    @property
    def read(self) -> Reading:
        """The day's reading: the city's, or of the one county."""
        return self.scoped or self.year.read

    @property
    def county(self) -> str | None:
        """Code of the county that the document is of, None for the city."""
        return self.year.county

    @property
    def public(self) -> bool:
        """Whether the document is to be made public."""
        return self.mark.mode == PUBLIC

    @property
    def city(self) -> str:
        """Name of the city."""
        return self.read.city()

    @cached_property
    def total(self) -> pd.Series:
        """Figures of the whole city."""
        return self.read.figures_on_census(None, self.year.census).loc["all"]

    @cached_property
    def counties(self) -> pd.DataFrame:
        """Figures by county with ``name``, ranked by the rate on the register; firms of no known county left out."""
        keys = [key for key, _name in self.read.counties() if self.county in (None, key)]
        table = with_empty(self.read.figures_on_census("county", self.year.census), keys)
        table = table[(table.index != UNPLACED) if self.county is None else (table.index == self.county)]
        table = table.assign(name=[self.read.name("county", key) for key in table.index])
        return table.sort_values(["rate", "eligible"], ascending=[False, False], kind="stable")

    @cached_property
    def places(self) -> pd.DataFrame:
        """The counties; of a county's own document its towns that have firms, ranked in the same way."""
        if self.county is None:
            return self.counties
        names = dict(self.read.towns(self.county))
        table = self.read.figures("town")
        table = table[table.index.isin(list(names)) & table["eligible"].gt(0)]
        table = table.assign(name=[names[str(key)] for key in table.index])
        return table.sort_values(["rate", "eligible"], ascending=[False, False], kind="stable")

    @cached_property
    def unplaced(self) -> str:
        """How many firms the whole counts and no county (a county's own: no town) does, in a sentence; "" for none."""
        firms = int(self.total["eligible"]) - int(self.places["eligible"].sum())
        if not firms:
            return ""
        return say(
            "no_county" if self.county is None else "no_town",
            n=say("few") if self.public and firms < FEWEST else number(firms),
        )

    @cached_property
    def zones(self) -> pd.DataFrame:
        """Figures by zone with ``name`` and ``where``, ranked by the firms without a union."""
        return self._ranked("zone")

    @cached_property
    def buildings(self) -> pd.DataFrame:
        """The buildings with most firms without a union, and what one joint union would reach."""
        return self._reached(self._ranked("building"))

    @cached_property
    def markets(self) -> pd.DataFrame:
        """The same of markets."""
        return self._reached(self._ranked("market"))

    @cached_property
    def traps(self) -> list[tuple[str, int]]:
        """Code of each double-count check and what it found."""
        found = count_traps(self.read.survey.firms, self.read.survey.unions)
        return [(trap.code, int(found[trap.code])) for trap in TRAPS]

    @cached_property
    def progress(self) -> pd.DataFrame:
        """Progress of the whole city, by figure."""
        place = (None, "all") if self.county is None else ("county", self.county)
        return self.year.progress(place[0]).loc[place[1]].reindex(list(FIGURES))

    @cached_property
    def counties_progress(self) -> pd.DataFrame:
        """Progress by county and figure."""
        table = self.year.progress("county")
        return table if self.county is None else table.loc[[self.county]]

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the data behind every figure."""
        return snapshots.fingerprint(self.read)

    @cached_property
    def what_if(self) -> dict[str, Any]:
        """What the joint unions of the top buildings would change: how many, whom they reach, the new rate."""
        table = self.buildings[self.buildings["group_firms"].fillna(0).gt(0)]
        firms = int(table["group_firms"].sum())
        eligible = int(self.total["eligible"])
        return {
            "unions": len(table),
            "firms": firms,
            "workers": int(table["group_workers"].sum()),
            "rate": self.total["rate"],
            "after": (int(self.total["covered"]) + firms) / eligible if eligible else None,
        }

    def text(self, row: pd.Series, figure: str) -> str:
        """Return a figure as documents print it; cells of too few firms are not told in public."""
        value = row.get(figure)
        if self.hidden(row, figure):
            return say("few") if figure in FIRM_COUNTS and _few(row, figure) else say("left_out")
        if untold(value, row.get(UNKNOWN.get(figure, ""))):
            return say("unknown")
        return percent(value) if figure in SHARES else number(value)

    def hidden(self, row: pd.Series, figure: str) -> bool:
        """Return whether a figure of one place must not be told."""
        if not self.public:
            return False
        behind = SHARES[figure].whole if figure in SHARES else WORKERS.get(figure, figure)
        if behind not in FIRM_COUNTS:
            behind = "eligible" if figure in SHARES else behind
        names = [behind, *PARTS.get(behind, ()), *([SHARES[figure].part] if figure in SHARES else [])]
        return any(name in FIRM_COUNTS and _few(row, name) for name in names)

    def value(self, row: pd.Series, figure: str) -> float | None:
        """Return a figure as charts draw it, None where it is not known or not told."""
        value = row.get(figure)
        known = not untold(value, row.get(UNKNOWN.get(figure, "")))
        return None if self.hidden(row, figure) or pd.isna(value) or not known else float(value)

    @property
    def note(self) -> str:
        """What stands below every map: approval number, or that it may not be made public."""
        approval = settings().map_approval
        return say("approved", number=approval) if approval else say("internal_only")

    @property
    def footer(self) -> str:
        """What stands below every page: day, basis, source, and the sample's notice."""
        parts = [say("on", day=self.read.on.isoformat()), say("basis"), self.note, say("worksheet")]
        return "　".join([*parts, say("sample")] if is_sample() else parts)

    @property
    def watermark(self) -> str:
        """Who made the document and when; what is made public bears none."""
        if self.public:
            return ""
        return say("watermark", by=self.mark.by or say("nobody"), at=self.mark.at.isoformat())

    @property
    def stamp(self) -> str:
        """Short code of the data, printed beside tables."""
        return say("stamp", digest=self.fingerprint[:12])

    def _ranked(self, kind: str) -> pd.DataFrame:
        table = self.read.ranking(kind, Filter())
        table = table[(table.index != UNPLACED) & table["eligible"].gt(0)]
        if self.public:
            table = table[table["gap"].ge(FEWEST) | table["gap"].eq(0)]
        names = [self.read.name(kind, key) for key in table.index]
        return table.assign(name=names, where=[self.read.around(kind, key) for key in table.index])

    def _reached(self, table: pd.DataFrame) -> pd.DataFrame:
        table = table[table["gap"].gt(0)].head(TOP)
        groups = self.read.groups_at(list(table.index))
        sums = groups.groupby("place_id")[["firms", "workers", "workers_unknown"]].sum()
        sums = sums.reindex(table.index).astype("Int64")
        return table.assign(
            group_firms=sums["firms"], group_workers=sums["workers"], group_unknown=sums["workers_unknown"]
        )


def _few(row: pd.Series, figure: str) -> bool:
    count = row.get(figure)
    return bool(not pd.isna(count) and 0 < count < FEWEST)
