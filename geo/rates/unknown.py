"""What firms of unknown state leave open: a share as a range instead of a figure."""

import numpy as np
import pandas as pd

MANY = 0.1
"""Share of unknown firms above which a share is told as a range (our own choice)."""


def bounds(part: pd.Series, unknown: pd.Series, whole: pd.Series, *, many: float = MANY) -> pd.DataFrame:
    """Return the lowest and the highest share that the unknown firms allow.

    Parameters
    ----------
    part, unknown, whole : counts of firms by place; ``part`` is known to be so, ``part + unknown <= whole``
    many : share of unknown firms above which the share is a range

    Returns
    -------
    by place: ``low`` (``part / whole``), ``high`` (``(part + unknown) / whole``), ``unknown`` (share), ``open``
    (whether the share must be told as a range); NaN and False without firms

    Raises
    ------
    ValueError
        If a count is negative, part and unknown exceed the whole, or the indexes differ.
    """
    if not (part.index.equals(whole.index) and unknown.index.equals(whole.index)):
        raise ValueError("part, unknown and whole must have the same index")
    x, u, n = (counts.to_numpy(dtype="float64") for counts in (part, unknown, whole))
    if not ((x >= 0) & (u >= 0) & (x + u <= n)).all():
        raise ValueError("part and unknown must not be negative nor exceed the whole together")
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high, share = (np.where(n > 0, counts / n, np.nan) for counts in (x, x + u, u))
        return pd.DataFrame({"low": low, "high": high, "unknown": share, "open": share > many}, index=part.index)
