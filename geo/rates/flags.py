"""Places whose share stands out by more than chance: windows of firms against the city, false discoveries held.

A map of raw counts or rates flags where firms are many or few (Gi* on counts of a city without any pattern: 13 cells in
a hundred, all false). Here the firms are drawn again: given the city's firms and how many of them lack a union, the
number that a window of neighbouring places would have by chance is hypergeometric, which is what permuting the firms
among places gives without permuting.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, identity


def flag(part: pd.Series, whole: pd.Series, neighbours: csr_array, *, false_discoveries: float = 0.1) -> pd.DataFrame:
    """Hold each place's window (itself and its neighbours) against the whole city.

    Parameters
    ----------
    part, whole : counts of firms by place, whole numbers, ``0 <= part <= whole``
    neighbours : matrix of ones, rows and columns in the order of ``part``, diagonal empty
    false_discoveries : share of false flags among all flags that is put up with (Benjamini and Hochberg 1995,
        J. R. Stat. Soc. B 57:289-300; neighbouring windows share firms, which it allows)

    Returns
    -------
    by place: ``n`` and ``x`` firms of the window, ``p_high`` and ``p_low`` (chance of a share at least as high or low,
    one-sided, before correction), ``flag`` (1 higher than the city, -1 lower, 0 no more than chance). A window without
    firms has p of 1. Higher and lower are two questions, each corrected for itself.

    Raises
    ------
    ValueError
        If a part exceeds its whole, is negative or no whole number, or the indexes or sizes differ.
    """
    from scipy.stats import false_discovery_control, hypergeom

    x, n = _whole_numbers(part, whole)
    if neighbours.shape != (len(x), len(x)):
        raise ValueError(f"neighbours must be {len(x)} by {len(x)}, not {neighbours.shape}")
    window = neighbours + identity(len(x), format="csr")
    inside, firms = (np.rint(window @ counts).astype("int64") for counts in (x, n))
    drawn = hypergeom(n.sum(), x.sum(), firms)
    high, low = np.minimum(drawn.sf(inside - 1), 1.0), np.minimum(drawn.cdf(inside), 1.0)
    flags = np.zeros(len(x), dtype="int8")
    if len(x) and 0 < x.sum() < n.sum():
        flags[false_discovery_control(high) <= false_discoveries] = 1
        flags[false_discovery_control(low) <= false_discoveries] = -1
    table = {"n": firms, "x": inside, "p_high": high, "p_low": low, "flag": flags}
    return pd.DataFrame(table, index=part.index)


def gi_star(values: np.ndarray, neighbours: csr_array) -> np.ndarray:
    """Return Getis and Ord's Gi* of each place, itself included, binary weights, as a standard score.

    Ord and Getis 1995, Geogr. Anal. 27:286-306, equation 14. For analysts, on smoothed rates only: on counts it
    shows where firms are. NaN where all values are equal.
    """
    window = neighbours + identity(len(values), format="csr")
    weights = np.asarray(window.sum(axis=1)).ravel()
    count, mean, deviation = len(values), values.mean(), values.std()
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = deviation * np.sqrt((count * weights - weights**2) / (count - 1))
        return np.asarray((window @ values - mean * weights) / spread)


def _whole_numbers(part: pd.Series, whole: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    if not part.index.equals(whole.index):
        raise ValueError("part and whole must have the same index")
    x, n = part.to_numpy(dtype="float64"), whole.to_numpy(dtype="float64")
    if not ((x >= 0) & (x <= n) & (x == np.rint(x)) & (n == np.rint(n))).all():
        raise ValueError("parts and wholes must be whole numbers, each part between zero and its whole")
    return x.astype("int64"), n.astype("int64")
