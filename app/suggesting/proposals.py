"""A suggestion as pages read it: the group of the survey and its case, whichever of the two there is."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app import store
from app.errors import NotFoundError
from app.reading import Reading
from app.store import Scope
from geo.frames import GROUPS
from geo.gaps import Filter
from geo.joint import former, life
from geo.joint.respect import same_group

OPEN = (life.SUGGESTED, life.ACCEPTED)
"""States in which something is still to be done."""


@dataclass(frozen=True)
class Proposal:
    """One suggestion: ``group`` a row of GROUPS with ``state``, ``members`` its firms, ``case`` what was decided."""

    key: str
    case_id: str
    group: pd.Series
    members: tuple[str, ...]
    state: str
    case: pd.Series | None
    changes: pd.Series

    @property
    def steps(self) -> int:
        """How many steps the case has."""
        return 0 if self.case is None else int(self.case["steps"])

    @property
    def stage(self) -> str | None:
        """Stage of the preparation, None before and outside it."""
        return None if self.case is None or pd.isna(self.case["stage"]) else str(self.case["stage"])

    @property
    def changed(self) -> pd.Series:
        """The firms that changed since the case was decided on, with the code of ``geo.joint.life.changes``."""
        return self.changes.dropna()

    @property
    def barred(self) -> list[str]:
        """Firms that can be in no union of the case any more."""
        return list(self.changes.index[self.changes.isin(life.BARRED)])


def cases(opened: Session, scope: Scope) -> pd.DataFrame:
    """Return the cases of the area (``geo.joint.life.cases``)."""
    return life.cases(store.read(opened, "case_steps", scope))


def find(read: Reading, known: pd.DataFrame, key: str) -> Proposal:
    """Return the suggestion of a group's or case's key.

    Raises
    ------
    NotFoundError
        If neither survey nor cases of the area know it.
    """
    groups = read.survey.groups
    if key in groups.index and key not in known.index:
        members = members_of(read, key)
        group = groups.loc[key]
        case_id = _case_of(known, group, members) or life.case_id(group["kind"], group["place_id"], members)
        return _proposal(read, known, key, case_id, group, members)
    if key not in known.index:
        raise NotFoundError(f"no suggestion {key!r}")
    case = known.loc[key]
    row = groups.loc[key] if key in groups.index else _group(read, case)
    return _proposal(read, known, key, key, row, tuple(case["members"]))


def moved_to(read: Reading, known: pd.DataFrame, key: str) -> str | None:
    """Return the case of a suggestion that was decided on and that a later survey knows under its case only."""
    if key in read.survey.groups.index or key in known.index:
        return None
    cases = known.index[known["group_id"].eq(key).fillna(value=False)]
    return str(cases[0]) if len(cases) else None


def there_now(read: Reading, key: str) -> list[str] | None:
    """Return the suggestions at the seat of one that is listed no more; None if it is no such key."""
    was = former.read(key)
    if was is None:
        return None
    groups = read.survey.groups
    return [str(each) for each in groups.index[groups["place_id"].eq(was.seat).fillna(value=False)]]


def listed(read: Reading, known: pd.DataFrame) -> pd.DataFrame:
    """Return GROUPS with ``state``, ``case_id``, ``stage``: those of the survey, then cases that it does not show."""
    table = read.survey.groups
    of = {key: key for key in table.index if key in known.index}
    by_seat = known.groupby(["kind", "place_id"]).groups if len(known) else {}
    for key, kind, place in zip(table.index, table["kind"], table["place_id"], strict=True):
        if (kind, place) in by_seat and key not in of:
            found = _case_of(known.loc[by_seat[kind, place]], table.loc[key], members_of(read, key))
            of |= {key: found} if found else {}
    rest = [case for case in known.index if case not in of.values() and known.at[case, "state"] != life.WITHDRAWN]
    if rest:
        rows = pd.DataFrame([_group(read, known.loc[case]) for case in rest], index=rest)
        table = GROUPS.conform(pd.concat([table, GROUPS.conform(rows)]) if len(table) else rows)
        of |= dict(zip(rest, rest, strict=True))
    state = pd.Series({key: _state(known.loc[case]) for key, case in of.items()}, dtype="object")
    stage = pd.Series({key: known.at[case, "stage"] for key, case in of.items()}, dtype="object")
    return table.assign(
        state=state.reindex(table.index).fillna(life.SUGGESTED), stage=stage.reindex(table.index),
        case_id=pd.Series(of, dtype="object").reindex(table.index),
    )  # fmt: skip


def name_of(read: Reading, key: str, group: pd.Series) -> str:
    """Return the name to show: the one that a case gave, else the one proposed for a group of the survey."""
    return read.group_name(key) if key in read.survey.groups.index else str(group["name"])


def firms_by_key(read: Reading, known: pd.DataFrame, table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the firms of each row of ``listed``: those of its case once somebody has decided, else the survey's."""
    of = read.survey.firms["group_id"].dropna().astype("object")
    held = {str(key): tuple(sorted(keys)) for key, keys in of.groupby(of).groups.items()}
    decided = table["state"].ne(life.SUGGESTED) & table["case_id"].isin(known.index)
    return {
        str(key): tuple(known.at[case, "members"]) if by_case else held.get(str(key), ())
        for key, case, by_case in zip(table.index, table["case_id"], decided, strict=True)
    }


def members_of(read: Reading, key: str) -> tuple[str, ...]:
    """Return the firms that the survey puts into a group, by key."""
    return tuple(sorted(read.firms(Filter(group=(key,))).index))


def _case_of(known: pd.DataFrame, group: pd.Series, members: tuple[str, ...]) -> str | None:
    """Return the case that a group of the survey is about, the one decided last if there are several."""
    for key, case in known.iterrows():
        if case["state"] != life.WITHDRAWN and same_group(case, group["kind"], group["place_id"], members):
            return str(key)
    exact = life.case_id(group["kind"], group["place_id"], members)
    return exact if exact in known.index else None


def _state(case: pd.Series) -> str:
    return life.SUGGESTED if case["state"] == life.WITHDRAWN else str(case["state"])


def _proposal(
    read: Reading, known: pd.DataFrame, key: str, case_id: str, group: pd.Series, members: tuple[str, ...]
) -> Proposal:
    case = known.loc[case_id] if case_id in known.index else None
    state = life.SUGGESTED if case is None else _state(case)
    decided = case is not None and state != life.SUGGESTED
    told = tuple(case["members"]) if case is not None and decided else members
    facts: dict[str, Any] = {"members": told, "kind": group["kind"], "place_id": group["place_id"]}
    facts["union_id"] = case["union_id"] if case is not None else None
    changes = life.changes(facts, read.survey.firms) if decided else pd.Series(pd.NA, index=list(told), dtype="string")
    return Proposal(key, case_id, group, told, state, case, changes)


def _group(read: Reading, case: pd.Series) -> pd.Series:
    """Return a row of GROUPS of a case that the survey does not show, its firms as they are now."""
    firms = read.survey.firms.reindex(list(case["members"]))
    firms = firms[firms["name"].notna()]
    centre = firms[["lon", "lat"]].median()
    said = case["said"] if isinstance(case["said"], list) else []
    facts = {
        "firms": len(case["members"]), "workers": int(firms["workers"].sum()),
        "workers_unknown": int(firms["workers"].isna().sum()), "lon": centre["lon"], "lat": centre["lat"],
        "reasons": said, "cautions": [],
    }  # fmt: skip
    return pd.Series({**case[["kind", "place_id", "name", "county_code", "town_code"]].to_dict(), **facts})
