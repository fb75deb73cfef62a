"""Which places are like their neighbours: local Moran's I of rates whose spread by size is taken out first.

For analysts. The flags (``flags.flag``) ask whether a window has more firms without a union than chance gives; this
asks whether high (or low) places lie among their like.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags_array

CLASSES = ("none", "HH", "LL", "HL", "LH")
"""No more than chance · high among high · low among low · high among low · low among high."""


def standardised(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return rates as standard scores of their empirical Bayes spread; NaN without firms.

    Assuncao and Reis 1999, Stat. Med. 18:2147-2162: small places vary more by chance, so a raw rate tells of size.
    """
    x, n = part.to_numpy(dtype="float64"), whole.to_numpy(dtype="float64")
    if not part.index.equals(whole.index) or not ((x >= 0) & (x <= n)).all():
        raise ValueError("parts and wholes must have the same index, each part between zero and its whole")
    known, result = n > 0, np.full(len(n), np.nan)
    if known.any() and x.sum() > 0:
        own, total = x[known] / n[known], n.sum()
        mean = x.sum() / total
        between = (n[known] * (own - mean) ** 2).sum() / total - mean / (total / known.sum())
        spread = between + mean / n[known]
        result[known] = (own - mean) / np.sqrt(np.where(spread <= 0, mean / n[known], spread))
    return pd.Series(result, index=part.index)


def local_moran(
    part: pd.Series, whole: pd.Series, neighbours: csr_array, *, false_discoveries: float = 0.1
) -> pd.DataFrame:
    """Tell which places lie among their like, false discoveries held.

    Local Moran's I (Anselin 1995, Geogr. Anal. 27:93-115) of empirical Bayes standard scores, neighbours weighing
    alike. Its chance is that of conditional permutation (the place stays, the others are shuffled), whose mean and
    variance are known, so nothing is drawn: the mean of ``k`` of the other values, without replacement, taken as
    normal.

    Parameters
    ----------
    part, whole : counts of firms by place
    neighbours : matrix of ones, rows and columns in the order of ``part``, diagonal empty
    false_discoveries : share of false ones among all that is put up with (Benjamini and Hochberg 1995)

    Returns
    -------
    by place: ``score``, ``moran`` and ``p`` (two-sided; NaN, NaN and 1 for a place without firms or without
    neighbours that have some), ``kind`` (one of ``CLASSES``)

    Raises
    ------
    ValueError
        If a part exceeds its whole or is negative, or indexes or sizes differ.
    """
    from scipy.stats import false_discovery_control, norm

    if neighbours.shape != (len(part), len(part)):
        raise ValueError(f"neighbours must be {len(part)} by {len(part)}, not {neighbours.shape}")
    score = standardised(part, whole)
    z = score.to_numpy()
    known = ~np.isnan(z)
    z = (z - z[known].mean()) / z[known].std() if known.sum() > 1 and z[known].std() > 0 else np.full(len(z), np.nan)
    used = np.nan_to_num(z)
    near = diags_array(known.astype(float)) @ neighbours @ diags_array(known.astype(float))
    count = np.asarray(near.sum(axis=1)).ravel()
    others = known.sum() - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        around = (near @ used) / count
        expected = -used / others
        variance = ((others + 1) - used**2) / others - expected**2
        deviation = np.sqrt(variance / count * (others - count) / (others - 1))
        far = np.abs(around - expected) / deviation
    told = known & (count > 0) & np.isfinite(far)
    p = np.where(told, 2 * norm.sf(np.where(told, far, 0)), 1.0)
    kind = np.full(len(z), "none", dtype=object)
    hit = np.zeros(len(z), dtype=bool)
    if told.any():
        hit[told] = false_discovery_control(p[told]) <= false_discoveries
    for name, here in (
        ("HH", (z > 0) & (around > 0)), ("LL", (z < 0) & (around < 0)),
        ("HL", (z > 0) & (around < 0)), ("LH", (z < 0) & (around > 0)),
    ):  # fmt: skip
        kind[hit & here] = name
    moran = np.where(told, used * around, np.nan)
    return pd.DataFrame({"score": score, "moran": moran, "p": p, "kind": kind}, index=part.index)
