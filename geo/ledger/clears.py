"""How complete the ledger is: the four clears counted, never typed, over any kind of place."""

import pandas as pd

from geo.coverage import UNPLACED
from geo.ledger.stages import BUILT

CLEARS = ("how_many", "where", "why", "how_far")
"""The four clears of the seed document: 数量清、所在区位清、未建会原因清、推进建会情况清."""

MEASURES = ("due", *CLEARS, "clear", "verified", "reopened", "overdue", "deferred", "built")
"""Counts of a row of ``completeness``: all but ``due`` are firms among those due."""


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
    flags = pd.DataFrame(
        {
            "due": True,
            **{name: due[name] for name in (*CLEARS, "clear", "verified")},
            **{name: due["standing"].eq(name) for name in ("reopened", "overdue", "deferred")},
            "built": due["stage"].isin(BUILT),
        },
        index=due.index,
    ).astype("int64")
    keys = pd.Series("all", index=due.index) if by is None else due[by].astype("object").fillna(UNPLACED)
    counted = flags.groupby(keys.to_numpy()).sum()[list(MEASURES)]
    counted = counted.assign(last=counted.index == UNPLACED, key=counted.index)
    counted = counted.sort_values(["last", "due", "key"], ascending=[True, False, True])
    return counted.drop(columns=["last", "key"]).rename_axis(by or "all")
