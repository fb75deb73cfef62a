"""Records of one firm read together: what the one that stands for it does not know is taken from the others."""

from collections.abc import Mapping

import pandas as pd

_COUNTS = ("workers", "women", "migrant", "agency_workers", "counts_on", "counts_basis")
_OWN = ("name", "status", "closed_on", "lon", "lat", "source", "source_date")
"""Columns that stay those of the record that stands for the firm."""


def filled(enterprises: pd.DataFrame, stands_for: Mapping[str, str]) -> pd.DataFrame:
    """Return ENTERPRISES with the blanks of records that stand for others filled from these, newest source first.

    Head counts of one day belong together: they come whole, from the newest count of all the records.
    """
    if not stands_for:
        return enterprises
    result = enterprises.copy()
    for firm, keys in _groups(stands_for).items():
        others = enterprises.loc[keys].sort_values("source_date", ascending=False, na_position="last", kind="stable")
        for column in enterprises.columns.difference([*_COUNTS, *_OWN, "geometry"]):
            known = others[column].dropna()
            if pd.isna(result.at[firm, column]) and len(known):
                result.at[firm, column] = known.iloc[0]
        counted = enterprises.loc[[firm, *keys]].dropna(subset=["workers"])
        if len(counted):
            newest = counted.sort_values("counts_on", ascending=False, na_position="last", kind="stable").iloc[0]
            result.loc[firm, list(_COUNTS)] = newest[list(_COUNTS)]
    return result


def lent(locations: pd.DataFrame, enterprises: pd.DataFrame, stands_for: Mapping[str, str]) -> pd.DataFrame:
    """Return LOCATIONS in which a firm whose record has no address is where the record is that its address came from.

    ``enterprises`` are those before filling.
    """
    bare = enterprises["address"].isna() & enterprises["operating_address"].isna()
    result = locations
    for firm, keys in _groups({key: firm for key, firm in stands_for.items() if bare.get(firm, False)}).items():
        others = enterprises.loc[keys].sort_values("source_date", ascending=False, na_position="last", kind="stable")
        placed = others.index[~bare[others.index]]
        if len(placed):
            if result is locations:
                result = locations.copy()
            result.loc[firm] = locations.loc[placed[0]]
    return result


def _groups(stands_for: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, firm in sorted(stands_for.items()):
        found.setdefault(firm, []).append(key)
    return found
