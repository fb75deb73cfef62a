"""Tasks as pages read them: with the firm or union they are about, in the order in which they press."""

import pandas as pd
from sqlalchemy.orm import Session

from app import store
from app.auth.signed import Account
from app.ledger_desk import hands
from app.reading import Reading
from app.runs.survey import today
from app.store import Scope
from geo.gaps import walk
from geo.ledger import load, marked

STATES = ("overdue", "stale", "open", "done")
PLACED = ["county_code", "town_code", "village_code", "zone", "building", "market", "street", "house_no", "unit",
          "floor", "room", "address", "workers"]  # fmt: skip
"""Columns of FIRMS that tell where a task leads."""


def read(opened: Session, reading: Reading, scope: Scope, *, done: bool = False) -> pd.DataFrame:
    """Return the tasks of the area with ``state``, ``hands``, ``name`` and where the firm is, what presses first.

    A subject that the survey no longer knows keeps its key for a name.
    """
    found = store.tasks.read(opened, scope, open_only=not done)
    given = pd.to_datetime(found["moved_at"].fillna(found["made_at"]), utc=True).dt.tz_localize(None).dt.normalize()
    found = found.assign(
        given_on=given, done=found["closed_at"].notna(), hands=_hands(opened, found),
    )  # fmt: skip
    table = marked(found, today())
    firms, unions = reading.survey.firms, reading.survey.unions
    names = table["subject"].map(firms["name"]).fillna(table["subject"].map(unions["name"]))
    where = firms[PLACED].reindex(table["subject"]).set_axis(table.index)
    return table.assign(name=names.fillna(table["subject"])).join(where.drop(columns="county_code"))


def of_account(opened: Session, table: pd.DataFrame, who: Account) -> pd.DataFrame:
    """Return the tasks of an account and of the teams it belongs to."""
    return table[table["person"].eq(who.id) | table["team"].isin(hands.teams_of(opened, who))]


def loads(table: pd.DataFrame) -> pd.DataFrame:
    """Return what each person or team has on its hands (``geo.ledger.load``)."""
    return load(table)


def in_walk(reading: Reading, subjects: pd.Index) -> pd.DataFrame:
    """Return the rows of FIRMS of some subjects in the order of a walk: street, door, building, floor, room."""
    firms = reading.survey.firms
    return walk(firms[firms.index.isin(subjects)])


def _hands(opened: Session, found: pd.DataFrame) -> pd.Series:
    """Return the name of the person, and the team, that each task is with; a login where no account is there."""
    known = {login: name for login, (name, _county) in hands.people(opened, store.CITY).items()}
    pairs = zip(found["person"], found["team"], strict=True)
    both = [" · ".join(filter(None, (known.get(login, login), team))) for login, team in pairs]
    return pd.Series(both, index=found.index, dtype="object")
