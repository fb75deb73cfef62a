"""What a draft counts: zones before and after, and the statement of its impact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from flask_babel import gettext as _

from app.reading import Reading
from app.zones.work import State, Work
from geo.coverage import UNPLACED
from geo.gaps import Filter
from geo.zones import tally as counting
from geo.zones.difference import difference
from geo.zones.impact import Impact, impact

SHOWN = ("firms", "workers", "unions", "rate", "under_25", "unlocated")
"""What the desk tells of a zone; ``firms`` are the eligible ones."""


@dataclass(frozen=True)
class Tally:
    """The rows that changed, in words' order, and how many firms of the county no outline can tell a zone of.

    ``unlocated`` is the figure of that name everywhere in the atlas; ``coarse`` are those located, but to no door.
    """

    rows: list[dict[str, Any]]
    unlocated: int
    coarse: int
    chosen: Filter
    """The firms of the draft's county."""

    def plain(self) -> list[dict[str, Any]]:
        """Return the rows for a script."""
        return [{name: row[name] for name in ("key", "name", "before", "after")} for row in self.rows]


def firms_of(read: Reading) -> counting.Ground:
    """Return firms and unions of a survey ready for many tallies, made once."""
    return read.kept.get("zones.firms", lambda: counting.Ground.of(read.survey.firms, read.survey.unions))


def statement(read: Reading, done: Work, state: State | None = None) -> Impact:
    """Return the impact of a draft, of what its steps give or of a state besides."""
    plan = (state or done.state).plan
    return impact(
        done.before, plan, firms_of(read), others=outside(read, done), renamed=done.heirs(plan), county=done.county
    )


def tally(read: Reading, done: Work, state: State) -> Tally:
    """Return the zones whose land or figures change, before and after."""
    firms, others = firms_of(read), outside(read, done)
    mark = ("zones.before", done.draft.base["mark"])
    before = read.kept.get(mark, lambda: counting.tally(done.before, firms, others=others, county=done.county))
    after = counting.tally(state.plan, firms, others=others, renamed=done.heirs(state.plan), county=done.county)
    moved = _moved(before, after)
    keys = [key for key in dict.fromkeys([*state.plan, *done.before]) if key in moved or _redrawn(done, state, key)]
    rows = [_row(before, after, key, _name(done, state, key)) for key in keys]
    if rows:
        rows.append(_row(before, after, UNPLACED, _("不在园区内")))
    unlocated, coarse = (firms.count(name, done.county) for name in ("unlocated", "coarse"))
    return Tally(rows, unlocated, coarse - unlocated, Filter(county=(done.county,) if done.county else ()))


def beside(done: Work, state: State, operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the zones whose land an operation changes besides those it is about: name, square metres in and out."""
    told = operation["arguments"]
    own = {told.get("key"), told.get("new_key"), told.get("into"), *told.get("keys", ()), *told.get("shapes", ())}
    own |= {below for key in own if key in done.after for below in done.after.below(key)}
    found = difference(done.after, state.plan)
    found = found[~found.index.isin(list(own)) & found[["added_m2", "taken_m2"]].gt(0).any(axis=1)]
    return found[["name", "added_m2", "taken_m2"]].to_dict("records")


def outside(read: Reading, done: Work) -> gpd.GeoDataFrame:
    """Return the zones that the draft is not about: they hold firms too."""
    places = read.survey.places
    return places[places["kind"].eq("zone") & ~places.index.isin(list(done.before))]


def _moved(before: pd.DataFrame, after: pd.DataFrame) -> set[str]:
    """Return the zones whose figures are not what they were."""
    both = before.index.intersection(after.index)
    told = ["eligible", "workers", "unions"]
    differs = (before.loc[both, told].to_numpy() != after.loc[both, told].to_numpy()).any(axis=1)
    return set(both[differs])


def _redrawn(done: Work, state: State, key: str) -> bool:
    """Return whether a zone is new, no more, or has other land or another name."""
    old, new = done.before.zones.get(key), state.plan.zones.get(key)
    if old is None or new is None:
        return True
    return old is not new and (old.area_m2 != new.area_m2 or old.name != new.name)


def _row(before: pd.DataFrame, after: pd.DataFrame, key: str, name: str) -> dict[str, Any]:
    sides = {side: _figures(frame, key) for side, frame in (("before", before), ("after", after))}
    gone = key != UNPLACED and key not in after.index
    empty = dict.fromkeys(SHOWN, 0) | {"rate": None}
    return {
        "key": key, "name": name, "before": sides["before"] or empty, "after": None if gone else sides["after"],
        "changed": sides["before"] != sides["after"],
    }  # fmt: skip


def _figures(frame: pd.DataFrame, key: str) -> dict[str, Any] | None:
    if key not in frame.index:
        return None
    row = frame.loc[key]
    rate = None if pd.isna(row["rate"]) else float(row["rate"])
    return {
        "firms": int(row["eligible"]),
        "workers": int(row["workers"]),
        "unions": int(row["unions"]),
        "rate": rate,
        "under_25": int(row["under_25"]),
        "unlocated": int(row["unlocated"]),
    }


def _name(done: Work, state: State, key: str) -> str:
    zone = state.plan.zones.get(key) or done.before.zones.get(key)
    return zone.name if zone is not None else key
