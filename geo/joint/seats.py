"""Who may be grouped, and where a joint union can sit."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.coverage import PRECISE
from geo.gaps import walk
from geo.joint.options import JointOptions
from geo.joint.problem import Integers

EARTH_M = 6_371_008.8

PLACE_KINDS = ("building", "market", "zone", "village")
"""Kinds of seats where being in the same place is enough."""


def candidates(firms: pd.DataFrame, *, options: JointOptions) -> pd.DataFrame:
    """Firms that a joint union may take in, in canonical order (by key), whatever the order of the input.

    A candidate is a gap, below the size that calls for an own union. ``workers`` are counts, or the assumed number
    where there is no count (``known`` False).

    Parameters
    ----------
    firms : FIRMS with the columns of ``streets.chainages``
    options : the number assumed

    Returns
    -------
    by enterprise key: workers, known, unit (what counts as one employer), county, town, street_town
    (the town of all firms of the street whose town is known, where this firm's is not), building, market, zone, street,
    village, chainage_m, chainage_by, industry, lon and lat (to a hundred-thousandth of a degree; NaN where no union
    around an address may be thought of: not placed precisely, or in no known town), east (``scale`` of the firms given,
    or their column of that name), rank (order of ``gaps.walk``)
    """
    chosen = firms[firms["gap"].fillna(False).astype(bool) & firms["size_class"].isin(["under_25", "unknown"])]
    chosen = chosen[~chosen["path"].isin(["own_must", "own_promote"])].sort_index()
    table = pd.DataFrame(index=chosen.index)
    table["known"] = chosen["workers"].notna()
    table["workers"] = chosen["workers"].fillna(options.workers_if_unknown).astype("int64")
    table["unit"] = employers(chosen)
    table["county"] = _filled(chosen["county_code"], chosen["building"].fillna(chosen["market"]))
    table["town"] = chosen["town_code"]
    table["street_town"] = _filled(chosen["town_code"], chosen["street"])
    for kind in ("building", "market", "zone", "street"):
        table[kind] = chosen[kind]
    table["village"] = chosen["village_code"]
    table[["chainage_m", "chainage_by"]] = chosen[["chainage_m", "chainage_by"]]
    table["industry"] = chosen["sector"]
    precise = chosen["level"].isin(PRECISE) & chosen["radius_m"].le(options.street_radius_m) & chosen["lon"].notna()
    placed = (precise & chosen["town_code"].notna()).fillna(value=False).astype(bool)
    table[["lon", "lat"]] = chosen[["lon", "lat"]].astype("float64").where(placed).round(5)
    table["east"] = firms["east"].iloc[0] if "east" in firms and len(firms) else scale(firms)
    order = walk(chosen).index
    table["rank"] = pd.Series(range(len(order)), index=order, dtype="int64").reindex(chosen.index)
    return table


def employers(firms: pd.DataFrame) -> pd.Series:
    """Return what counts as one employer, by firm: the organisation code, else the firm itself."""
    code = firms["org_code"].fillna(firms["uscc"].str[8:17])
    return code.fillna(firms.index.to_series().astype("string"))


def scale(firms: pd.DataFrame) -> float:
    """Return the east-west scale of a city's firms: that of its middle latitude, a whole degree; within 0.5 %."""
    middle = firms["lat"].median()
    return 1.0 if pd.isna(middle) else float(np.cos(np.radians(round(float(middle)))))


def metres(lon: ArrayLike, lat: ArrayLike, east: float | np.ndarray) -> tuple[Integers, Integers]:
    """Return whole metres east and north of nowhere in particular, on a scale, or one for each position."""
    x = np.radians(np.asarray(lon, dtype="float64")) * east * EARTH_M
    y = np.radians(np.asarray(lat, dtype="float64")) * EARTH_M
    return np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)


def narrow(county: pd.Series, town: pd.Series) -> list[str]:
    """Return the jurisdiction of unions along streets and around addresses: county and town, as far as known."""
    pairs = zip(county.fillna(""), town.fillna(""), strict=True)
    return ["/".join(part for part in pair if part) for pair in pairs]


def _filled(values: pd.Series, place: pd.Series) -> pd.Series:
    """Fill unknown values where all known ones of the same place agree."""
    known = pd.DataFrame({"value": values, "place": place}).dropna().drop_duplicates()
    single = known.drop_duplicates("place", keep=False).set_index("place")["value"]
    return values.fillna(place.astype("object").map(single.to_dict()).astype("string"))
