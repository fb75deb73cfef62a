"""The commonest value of each group."""

import pandas as pd


def commonest(values: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the value that occurs most often in each group, the smallest of several; unknown ones do not count.

    ``groups`` has the index of ``values``. Groups without a known value are left out.
    """
    table = pd.DataFrame({"group": groups, "value": values}).dropna()
    sizes = table.groupby(["group", "value"]).size().rename("n").reset_index()
    best = sizes.sort_values(["group", "n", "value"], ascending=[True, False, True]).drop_duplicates("group")
    return best.set_index("group")["value"].astype("string")
