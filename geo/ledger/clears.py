"""How complete the ledger is: the four clears counted, never typed, over any kind of place."""

import pandas as pd

from geo.coverage import UNPLACED
from geo.ledger.stages import BUILT

CLEARS = ("how_many", "where", "why", "how_far")
"""The four clears of the seed document: 数量清、所在区位清、未建会原因清、推进建会情况清."""

MEASURES = ("due", *CLEARS, "clear", "verified", "reopened", "overdue", "deferred", "built")
"""Counts of a row of ``completeness``: all but ``due`` are firms among those due."""


SHOWN = (*MEASURES, *(f"no_{name}" for name in (*CLEARS, "clear")), "anew", "out", "any")
"""Lists of the ledger: the firms behind each measure; those lacking a clear; all that open anew, also without being
due; those that a recorded reason keeps out of the denominator; every firm with anything recorded, or due."""


def shown(table: pd.DataFrame, which: str) -> pd.Series:
    """Return which firms of the ledger (``stand``) a list of ``SHOWN`` holds; KeyError for another name."""
    due = table["due"].astype(bool)
    anew = table["because"].map(bool).astype(bool)
    if which in (*CLEARS, "clear", "verified"):
        return due & table[which]
    if which.startswith("no_"):
        return due & ~table[which.removeprefix("no_")]
    if which in ("reopened", "overdue", "deferred"):
        return due & table["standing"].eq(which)
    recorded = table["reason"].notna() | table["stage"].ne("P0") | table["steps"].notna()
    return {
        "due": due,
        "built": due & table["stage"].isin(BUILT),
        "anew": anew,
        "out": table["standing"].eq("out") & table["reason"].notna(),
        "any": due | anew | (recorded & table["primary"].eq("none")),
    }[which].astype(bool)


def completeness(table: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Count the firms that are clear, by place.

    Parameters
    ----------
    table : the ledger (``stand``)
    by : column of the table to count by; None counts all into one row ``all``

    Returns
    -------
    one row a place that has a firm due, ``UNPLACED`` for firms in none: ``MEASURES`` as integers, ``due`` falling. A
    share is a measure over ``due``; a firm that opens anew is not clear about how far it is.
    """
    due = table[table["due"]]
    flags = pd.DataFrame({name: shown(due, name) for name in MEASURES}, index=due.index).astype("int64")
    keys = pd.Series("all", index=due.index) if by is None else due[by].astype("object").fillna(UNPLACED)
    counted = flags.groupby(keys.to_numpy()).sum()[list(MEASURES)]
    counted = counted.assign(last=counted.index == UNPLACED, key=counted.index)
    counted = counted.sort_values(["last", "due", "key"], ascending=[True, False, True])
    return counted.drop(columns=["last", "key"]).rename_axis(by or "all")
