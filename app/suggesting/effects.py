"""What some suggestions would do together: firms counted once, rates before and after by area, which come next."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from app.reading import Reading
from app.suggesting import proposals
from geo.joint.outlook import lifted_in, next_ones

MOST = 100
"""Suggestions that one page adds up."""


@dataclass(frozen=True)
class Effect:
    """``groups`` in their order with what each adds; rates of all, by county and by town."""

    groups: pd.DataFrame
    whole: pd.Series | None
    counties: pd.DataFrame
    towns: pd.DataFrame


def of(read: Reading, known: pd.DataFrame, table: pd.DataFrame, keys: Iterable[str]) -> Effect:
    """Return the effect of the rows of a list of suggestions (``proposals.listed``) that have these keys."""
    chosen = [key for key in dict.fromkeys(keys) if key in table.index][:MOST]
    members = proposals.firms_by_key(read, known, table.loc[chosen])
    return _effect(read, table, next_ones(members, _open(read), most=MOST), members)


def coming(read: Reading, known: pd.DataFrame, table: pd.DataFrame, most: int) -> Effect:
    """Return the effect of the next so many of the rows: each the one that adds most workers to those before it."""
    members = proposals.firms_by_key(read, known, table)
    return _effect(read, table, next_ones(members, _open(read), most=most), members)


def _open(read: Reading) -> pd.Series:
    """Workers of the firms that can still be covered, by key."""
    firms = read.survey.firms
    return firms["workers"][firms["gap"].astype(bool) & firms["eligible"].astype(bool)]


def _effect(read: Reading, table: pd.DataFrame, found: pd.DataFrame, members: dict[str, tuple[str, ...]]) -> Effect:
    firms = read.survey.firms
    taken = {firm for key in found.index for firm in members[key]}
    groups = table.loc[found.index].assign(adds_firms=found["firms"], adds_workers=found["workers"])
    base = int(firms["eligible"].sum())
    covered = int((firms["covered"].astype(bool) & firms["eligible"].astype(bool)).sum())
    rate = (covered + found["firms"].cumsum()) / base if base else pd.Series(float("nan"), index=found.index)
    whole = lifted_in(firms, taken)
    return Effect(
        groups.assign(rate=rate), whole.iloc[0] if len(whole) else None,
        lifted_in(firms, taken, by="county_code"), lifted_in(firms, taken, by="town_code"),
    )  # fmt: skip
