"""How far the year's targets are, against the share of the statistical year that has passed."""

import pandas as pd

from geo.targets.plan import FIGURES

ROWS = ("base", "now", "done", "target", "rate", "lead", "growth", "state")
"""Columns of a table of progress."""


def progress(base: pd.DataFrame, now: pd.DataFrame, targets: pd.DataFrame, *, elapsed: float) -> pd.DataFrame:
    """Hold the stocks of today against those of the base date and the targets.

    Parameters
    ----------
    base, now, targets : by place, columns ``FIGURES``, NA where not known
    elapsed : share of the statistical year that has passed (0..1), to be compared with the share of a target reached

    Returns
    -------
    indexed by (place, figure) over the places of ``now``: ``base``, ``now``, ``done`` (net: now - base, below 0 where
    more ended than began), ``target``, ``rate`` (完成率, done / target; may exceed 1), ``lead`` (rate - elapsed),
    ``growth`` (净增率, done / base) and ``state``: reached · ahead · behind · no_target · unknown
    """
    rows = {}
    for name in FIGURES:
        table = pd.DataFrame(
            {
                "base": base[name].reindex(now.index),
                "now": now[name],
                "target": targets[name].reindex(now.index),
            }
        ).astype("Int64")
        table["done"] = table["now"] - table["base"]
        done, target, stock = (table[column].astype("Float64") for column in ("done", "target", "base"))
        table["rate"] = (done / target.where(target > 0)).astype("Float64")
        table["lead"] = table["rate"] - elapsed
        table["growth"] = (done / stock.where(stock > 0)).astype("Float64")
        table["state"] = [_state(row) for row in table.itertuples()]
        rows[name] = table[list(ROWS)]
    result = pd.concat(rows, names=["figure"]).swaplevel()
    result.index.names = ["place", "figure"]
    return result.sort_index(level=0, sort_remaining=False, kind="stable")


def cumulative(growth: float, years: int) -> float:
    """Return what a yearly growth comes to over some years (6 % over three: 19.1 %)."""
    return (1.0 + growth) ** years - 1.0


def _state(row: object) -> str:
    done, target, rate, lead = (getattr(row, name) for name in ("done", "target", "rate", "lead"))
    if pd.isna(done):
        return "unknown"
    if pd.isna(target) or target <= 0 or pd.isna(rate):
        return "no_target"
    if rate >= 1:
        return "reached"
    return "ahead" if lead >= 0 else "behind"
