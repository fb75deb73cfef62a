"""Funnel of places: what share a place of its size may have by chance if it is like the whole."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

LEVELS = (0.95, 0.998)
"""Probabilities inside the limits, as control charts have them: about two and three standard deviations."""


def funnel(part: pd.Series, whole: pd.Series, *, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
    """Hold the share of each place against exact binomial limits around the share of all.

    Limits between whole counts are interpolated (Spiegelhalter 2005, Stat. Med. 24:1185-1202, section A.1.1), so
    that they fall smoothly with size.

    Parameters
    ----------
    part, whole : counts of firms by place, ``0 <= part <= whole``
    levels : probabilities inside the limits, ascending

    Returns
    -------
    by place: ``share`` (NaN without firms), ``low_95``, ``high_95`` … one pair a level (``low_99.8``), and ``beyond``:
    how many of the levels the share is beyond, negative below. Limits are for a place taken alone: of a hundred places
    that are all alike, five lie beyond 95 %.

    Raises
    ------
    ValueError
        If a part exceeds its whole or is negative, or the indexes differ.
    """
    if not part.index.equals(whole.index):
        raise ValueError("part and whole must have the same index")
    x, n = part.to_numpy(dtype="float64"), whole.to_numpy(dtype="float64")
    if not ((x >= 0) & (x <= n)).all():
        raise ValueError("each part must lie between zero and its whole")
    centre = x.sum() / n.sum() if n.sum() else float("nan")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(n > 0, x / n, np.nan)
    table = {"share": share}
    beyond = np.zeros(len(x), dtype="int8")
    for level in levels:
        tail = (1 - level) / 2
        low, high = _limit(n, centre, tail), _limit(n, centre, 1 - tail)
        table |= {f"low_{level * 100:g}": low, f"high_{level * 100:g}": high}
        beyond += (share > high).astype("int8") - (share < low).astype("int8")
    return pd.DataFrame(table | {"beyond": beyond}, index=part.index)


def _limit(n: np.ndarray, centre: float, probability: float) -> np.ndarray:
    known = (n > 0) & ~np.isnan(centre)
    limit = np.full(len(n), np.nan)
    from scipy.stats import binom

    drawn = binom(n[known], centre)
    above = drawn.ppf(probability)
    step = drawn.pmf(above)
    back = np.where(step > 0, (drawn.cdf(above) - probability) / np.where(step > 0, step, 1), 0)
    limit[known] = np.clip((above - back) / n[known], 0, 1)
    return limit
