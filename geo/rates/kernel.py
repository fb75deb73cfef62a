"""Share as a surface: the ratio of two kernel densities with the same band width, and where it is beyond chance.

A lone density of firms without a union shows where firms are. The ratio (Kelsall and Diggle 1995, Stat. Med.
14:2335-2342) shows where unions are missing; its tolerance is that of Hazelton and Davies (2009, Biom. J. 51:98-109)
for a binomial numerator: the share is a weighted mean of firms that each lack a union or not.
"""

from typing import Any, NamedTuple

import numpy as np

SUPPORT = 5.0
"""Firms within reach of half a band width below which nothing is told (our own choice): no share over fields."""
CUT = 3.0
"""Band widths after which a kernel is nought."""


class Ratio(NamedTuple):
    """Rasters; NaN outside, and where too few firms support a share."""

    share: np.ndarray
    score: np.ndarray
    """How many standard deviations the share is from that of the whole, by chance alone; above 1.96 or below -1.96
    lies one pixel in twenty of a city without any pattern (each pixel taken alone)."""


def density(counts: np.ndarray, inside: np.ndarray, *, sigma: float) -> np.ndarray:
    """Return counts spread by a normal kernel and corrected at the border, NaN outside.

    Parameters
    ----------
    counts : raster of firms or workers
    inside : raster of flags: the area that counts; what a kernel would spread outside is given back inside
    sigma : band width in pixels

    Returns
    -------
    raster, counts per pixel
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = _blurred(counts, sigma) / _blurred(inside, sigma)
    return np.where(inside, spread, np.nan)


def ratio(part: np.ndarray, whole: np.ndarray, inside: np.ndarray, *, sigma: float, support: float = SUPPORT) -> Ratio:
    """Return the share ``part / whole`` around each pixel, both smoothed by the same kernel.

    The correction at the border is the same above and below, so it falls out of the share.

    Parameters
    ----------
    part, whole : rasters of firms, ``0 <= part <= whole``
    inside : raster of flags
    sigma : band width in pixels
    support : firms that must weigh in at half the band width

    Raises
    ------
    ValueError
        If a part exceeds its whole or is negative, or the shapes differ.
    """
    if not (part.shape == whole.shape == inside.shape):
        raise ValueError("part, whole and inside must have the same shape")
    if not ((part >= 0) & (part <= whole)).all():
        raise ValueError("each part must lie between zero and its whole")
    below, total = _blurred(whole, sigma), float(whole.sum())
    near = _blurred(whole, sigma / 2) * 4 * np.pi * (sigma / 2) ** 2
    told = inside & (near >= support) & (below > 0)
    mean = float(part.sum()) / total if total else float("nan")
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(_blurred(part, sigma) / below, 0, 1)
        squares = _blurred(whole, sigma / np.sqrt(2)) / (4 * np.pi * sigma**2)
        score = (share - mean) / np.sqrt(mean * (1 - mean) * squares / below**2)
    return Ratio(np.where(told, share, np.nan), np.where(told & np.isfinite(score), score, np.nan))


def _blurred(pixels: np.ndarray, sigma: float) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    narrow: Any = pixels.astype("float32")
    return np.asarray(gaussian_filter(narrow, sigma, mode="constant", truncate=CUT))
