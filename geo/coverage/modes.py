"""The commonest value of each group."""

import numpy as np
import pandas as pd


def commonest(values: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the value that occurs most often in each group, the smallest of several; unknown ones do not count.

    ``groups`` has the index of ``values``. Groups without a known value are left out.
    """
    known = values.notna().to_numpy() & groups.notna().to_numpy()
    group, groups_there = pd.factorize(groups.to_numpy(dtype=object)[known], sort=True)
    value, values_there = pd.factorize(values.to_numpy(dtype=object)[known], sort=True)
    size = max(len(values_there), 1)
    pairs, count = np.unique(group * size + value, return_counts=True)
    group, value = np.divmod(pairs, size)
    best = np.lexsort((value, -count, group))
    first = best[np.flatnonzero(np.diff(group[best], prepend=-1))]
    index = pd.Index(groups_there[group[first]], dtype=groups.dtype, name="group")
    return pd.Series(values_there[value[first]], index=index, dtype="string", name="value")
