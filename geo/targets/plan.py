"""Stocks at the base date and the growth asked for: the city's figure, its counties', their towns'.

Two stocks are asked to grow, basic-level unions and members (通工办〔2011〕29号: 基层工会、工会会员每年净增6%以上);
own unions and the units that joint unions cover are the split of the first that offices sign for.
"""

import pandas as pd

from geo.coverage import UNPLACED
from geo.targets.shares import apportion

FIGURES = ("unions", "own", "joint_units", "members")
"""What is asked for: basic-level unions, own unions among them, firms in joint unions, members."""

COLUMNS = {"unions": "unions", "own": "unions_own", "joint_units": "joint", "members": "members"}
"""The column of ``geo.coverage.measure`` that counts the stock of each."""

GROWTH = 0.06
"""Net growth a year that the founding document asks for."""


def stocks(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the stocks of ``FIGURES`` by place from a table of ``geo.coverage.measure``.

    Members are NA where no union of the place tells how many it has: not known is not none.
    """
    table = pd.DataFrame({name: figures[column].astype("Int64") for name, column in COLUMNS.items()})
    untold = figures["members"].eq(0) & figures["members_unknown"].gt(0)
    return table.assign(members=table["members"].mask(untold))


def rounded_up(stock: int, growth: float) -> int:
    """Return the growth of a stock as a whole number, rounded up, so that the share asked for is reached."""
    steps = round(growth * 10_000)
    return -(-stock * steps // 10_000)


def propose(base: pd.DataFrame, *, whole: pd.Series) -> pd.DataFrame:
    """Propose the targets of places so that they add up to the target of the whole.

    Parameters
    ----------
    base : stocks by place at the base date; the row ``UNPLACED`` is asked for nothing
    whole : targets of the whole, by figure (NA where the stock is not known)

    Returns
    -------
    by place, whole numbers, each column adding up to ``whole``; NA where the whole or a stock is not known
    """
    asked = base[base.index != UNPLACED]
    table = {}
    for name in FIGURES:
        if pd.isna(whole.get(name)) or asked[name].isna().any() or asked.empty:
            table[name] = pd.Series(pd.NA, index=asked.index, dtype="Int64")
        else:
            table[name] = apportion(int(whole[name]), asked[name]).astype("Int64")
    return pd.DataFrame(table)


def settle(proposed: pd.DataFrame, typed: pd.DataFrame) -> pd.DataFrame:
    """Return the targets in force: what the office typed, else what is proposed; places typed alone are left out."""
    given = typed.reindex(index=proposed.index, columns=proposed.columns)
    return given.astype("Int64").fillna(proposed)


def differences(whole: pd.Series, parts: pd.DataFrame) -> pd.Series:
    """Return by figure what the parts are short of the whole (below 0: what they exceed it by); NA if either is."""
    sums = parts[list(FIGURES)].astype("Int64").sum(skipna=False)
    return (whole.reindex(list(FIGURES)).astype("Int64") - sums).astype("Int64")
