"""Tasks in the order in which they press, and what each person or team has on its hands."""

from datetime import date

import numpy as np
import pandas as pd

STALE_DAYS = 14
"""Days after which an open task that nobody touched is stale; our own choice."""


def marked(tasks: pd.DataFrame, on: date, *, stale_days: int = STALE_DAYS) -> pd.DataFrame:
    """Return tasks with ``state``, what presses most first.

    Parameters
    ----------
    tasks : one row a task with ``due_on`` (day or None), ``given_on`` (day it came to its present hands), ``done``
    on : today
    stale_days : see ``STALE_DAYS``

    Returns
    -------
    the rows with ``state``: overdue · stale · open · done, in this order; within it by day due, those without one last,
    then by the day they were given
    """
    day = pd.Timestamp(on)
    due, given = (pd.to_datetime(tasks[name]) for name in ("due_on", "given_on"))
    done = tasks["done"].to_numpy(dtype=bool)
    late = (due < day).fillna(value=False).to_numpy(dtype=bool)
    stale = (given <= day - pd.Timedelta(days=stale_days)).fillna(value=False).to_numpy(dtype=bool)
    rank = np.select([done, late, stale], [3, 0, 1], 2)
    names = np.array(["overdue", "stale", "open", "done"], dtype=object)
    table = tasks.assign(state=names[rank])
    order = pd.DataFrame({"rank": rank, "due": due, "given": given}, index=tasks.index)
    return table.loc[order.sort_values(["rank", "due", "given"], na_position="last", kind="stable").index]


def load(tasks: pd.DataFrame) -> pd.DataFrame:
    """Return what each pair of hands holds: ``open``, ``overdue``, ``stale``, ``done``, ``next_due``; most open first.

    Parameters
    ----------
    tasks : as ``marked`` returns them, with ``hands`` (person or team)
    """
    open_ones = tasks[tasks["state"].ne("done")]
    counts = {name: tasks[tasks["state"].eq(name)].groupby("hands").size() for name in ("overdue", "stale", "done")}
    table = pd.DataFrame(
        {"open": open_ones.groupby("hands").size(), **counts}, index=pd.Index(tasks["hands"].unique(), name="hands")
    )
    table = table.fillna(0).astype("int64")
    table["next_due"] = pd.to_datetime(open_ones["due_on"]).groupby(open_ones["hands"]).min().reindex(table.index)
    table["key"] = table.index.astype(str)
    return table.sort_values(["open", "key"], ascending=[False, True]).drop(columns="key")
