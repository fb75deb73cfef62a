"""Honest rates of small places: shrunken towards the city by empirical Bayes, with an interval.

A raw rate of three firms says little; a map of raw rates shows where places are small. Firms are the units that are
drawn (workers of one firm are not independent, so no rate of workers is smoothed here).
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, identity
from scipy.special import betaincinv


class Prior(NamedTuple):
    """The beta distribution of rates over places: its mean, and how many firms of its own a place weighs it against."""

    mean: float
    strength: float


def prior(part: pd.Series, whole: pd.Series) -> Prior:
    """Fit the beta distribution of the rates to the counts of all places, by moments.

    With ``n`` firms in ``m`` places, ``N`` in all, overall share ``p`` and ``S = sum n (x/n - p)^2``, the
    expectation of ``S`` is ``p (1-p) [(m-1) + r (N - sum n^2 / N - (m-1))]`` for a beta-binomial with correlation
    ``r``; solved for ``r``, cut at zero (Kleinman 1973, J. Am. Stat. Assoc. 68:46-54; the estimator for rates that
    are not rare in Martuzzi and Elliott 1996, Stat. Med. 15:1867-1873). The strength is ``(1-r)/r`` between ``1/N``
    and ``N``: no more is known about the city than its firms tell.

    Returns
    -------
    ``Prior``; mean NaN and strength 0 without firms
    """
    x, n = _counted(part, whole)
    total = n.sum()
    if total == 0:
        return Prior(float("nan"), 0.0)
    mean = float(x.sum() / total)
    spare = total - (n**2).sum() / total - (len(n) - 1)
    if mean in (0.0, 1.0) or spare <= 0:
        return Prior(mean, float(total))
    spread = (n * (x / n - mean) ** 2).sum() / (mean * (1 - mean))
    correlation = min(max((spread - (len(n) - 1)) / spare, 0.0), 1.0)
    strength = total if correlation == 0 else (1 - correlation) / correlation
    return Prior(mean, float(min(max(strength, 1 / total), total)))


def smooth(part: pd.Series, whole: pd.Series, *, level: float = 0.9) -> pd.DataFrame:
    """Smooth the share ``part / whole`` of each place.

    Parameters
    ----------
    part, whole : counts of firms by place, ``0 <= part <= whole``
    level : probability inside the interval

    Returns
    -------
    by place, as given: ``raw`` (NaN without firms), ``smoothed`` (posterior mean), ``low`` and ``high`` (interval
    with equal tails). A place without firms gets the city's mean and widest interval, not a rate of its own. All
    NaN if no place has firms. ``smoothed`` is not the observed rate: show ``part`` and ``whole`` beside it.

    Raises
    ------
    ValueError
        If a part exceeds its whole or is negative, or the indexes differ.
    """
    mean, strength = prior(part, whole)
    return _posterior(part, whole, np.full(len(part), mean), strength, level)


def smooth_locally(part: pd.Series, whole: pd.Series, neighbours: csr_array, *, level: float = 0.9) -> pd.DataFrame:
    """Smooth the share of each place towards that of the places around it instead of towards the city's.

    The mean is that of the window (the place and its neighbours), shrunken towards the city's as a place would be; the
    strength is the city's, since a window of a few places says too little about how places differ.

    Parameters
    ----------
    neighbours : matrix of ones, rows and columns in the order of ``part``, diagonal empty

    Returns
    -------
    as ``smooth``; raises as it does, too
    """
    mean, strength = prior(part, whole)
    window = neighbours + identity(len(part), format="csr")
    x, n = (window @ counts.to_numpy(dtype="float64") for counts in (part, whole))
    with np.errstate(invalid="ignore"):
        around = (x + strength * mean) / (n + strength)
    return _posterior(part, whole, around, strength, level)


def _posterior(part: pd.Series, whole: pd.Series, mean: np.ndarray, strength: float, level: float) -> pd.DataFrame:
    if not part.index.equals(whole.index):
        raise ValueError("part and whole must have the same index")
    x, n = part.to_numpy(dtype="float64"), whole.to_numpy(dtype="float64")
    if ((x < 0) | (x > n)).any():
        raise ValueError("each part must lie between zero and its whole")
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = np.where(n > 0, x / n, np.nan)
    smoothed, low, high = posterior(x, n, mean, strength, level=level)
    return pd.DataFrame({"raw": raw, "smoothed": smoothed, "low": low, "high": high}, index=part.index)


def posterior(
    part: np.ndarray, whole: np.ndarray, mean: Any, strength: Any, *, level: float = 0.9
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, low and high of the share of each place under a prior that is fitted already (see ``smooth``)."""
    a, b = part + strength * mean, whole - part + strength * (1 - mean)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        smoothed = a / (a + b)
    return smoothed, _quantile(a, b, tail), _quantile(a, b, 1 - tail)


def _counted(part: pd.Series, whole: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    x, n = part.to_numpy(dtype="float64"), whole.to_numpy(dtype="float64")
    return x[n > 0], n[n > 0]


def _quantile(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """Quantile of beta distributions; one with a zero parameter sits at 0 or 1."""
    result = np.full(len(a), np.nan)
    inner = (a > 0) & (b > 0)
    result[inner] = betaincinv(a[inner], b[inner], share)
    result[(a == 0) & (b > 0)] = 0.0
    result[(b == 0) & (a > 0)] = 1.0
    return result
