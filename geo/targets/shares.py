"""A whole number split over places so that the parts add up again."""

import numpy as np
import pandas as pd

from geo.errors import FrameError


def apportion(total: int, weights: pd.Series) -> pd.Series:
    """Split ``total`` by ``weights`` with the largest remainder (Hamilton): each part is its quota rounded up or down.

    Parameters
    ----------
    total : 0 or more
    weights : by key, 0 or more; where all are 0, every key weighs the same

    Returns
    -------
    whole numbers by the same keys that add up to ``total``; of equal remainders the larger weight, then the first key,
    is served first

    Raises
    ------
    FrameError
        If ``total`` or a weight is negative, or there is no key to give to.
    """
    given = weights.fillna(0).astype("float64")
    if total < 0 or (given < 0).any():
        raise FrameError("nothing negative can be split")
    if given.empty:
        if total:
            raise FrameError("there is no place to give a share to")
        return pd.Series(0, index=weights.index, dtype="int64")
    if given.sum() == 0:
        given = pd.Series(1.0, index=given.index)
    # Whole weights keep the quotas exact: floats would let 0.1 + 0.2 decide who is served.
    parts = [int(weight) for weight in given] if (given % 1 == 0).all() else list(given)
    whole = sum(parts)
    floors = np.array([int(total * part // whole) for part in parts], dtype="int64")
    rests = [total * part % whole for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (-rests[place], -parts[place], place))
    floors[order[: total - int(floors.sum())]] += 1
    return pd.Series(floors, index=weights.index, dtype="int64")
