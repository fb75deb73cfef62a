"""The rows around some firms, as the second opinion reads them: from FIRMS alone, never from the engine's tables."""

from collections.abc import Callable, Collection, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.coverage import PRECISE
from geo.joint.life import COLUMNS
from geo.joint.options import JointOptions
from geo.joint.seats import employers, metres, scale
from geo.joint.streets import chainages

TOGETHER = ("building", "market", "zone", "village")
"""Kinds of seats where being in the same place, in one county, is enough."""
KINDS = (*TOGETHER, "street")

SPOKEN_FOR = "case:"
"""How the keys of groups begin that somebody has decided on: their firms are no candidates for others."""


def around(
    firms: pd.DataFrame, keys: Collection[str], *, places: gpd.GeoDataFrame, options: JointOptions
) -> pd.DataFrame:
    """Return the candidates that share a place with any of some firms, these included.

    A candidate is a gap below the size that calls for an own union and in no union that is being prepared.

    Parameters
    ----------
    firms : FIRMS
    keys : of the firms looked at
    places : PLACES, for the lines of streets

    Returns
    -------
    by enterprise key, sorted: workers (assumed where not known), known, unit (what counts as one employer), county,
    row (county and town along a street), building, market, zone, street, village, town, chainage_m, group_id, x and y
    (whole metres, NA where no union around an address may be thought of)
    """
    chosen = firms[firms.index.isin(keys)]
    near = firms.index.isin(keys)
    for kind in KINDS:
        near |= firms[COLUMNS[kind]].isin(set(chosen[COLUMNS[kind]].dropna())).to_numpy(dtype=bool)
    near |= _close(firms, chosen, options)
    rows = firms[near]
    vague = rows[rows["county_code"].isna()]
    if len(vague):
        beside = firms["building"].isin(set(vague["building"].dropna())) | firms["market"].isin(
            set(vague["market"].dropna())
        )
        rows = firms[near | beside.to_numpy(dtype=bool)]
    lying = rows[rows["street"].isin(set(chosen["street"].dropna()))]
    can = rows["gap"].fillna(value=False).astype(bool) & rows["size_class"].isin(["under_25", "unknown"])
    spoken = rows["group_id"].str.startswith(SPOKEN_FOR).fillna(value=False).astype(bool)
    rows = rows[can & ~spoken & ~rows["path"].isin(["own_must", "own_promote"])].sort_index()
    table = pd.DataFrame(
        {
            "workers": rows["workers"].fillna(options.workers_if_unknown).astype("int64"),
            "known": rows["workers"].notna(),
            "unit": employers(rows),
            "town": rows["town_code"],
            "village": rows["village_code"],
            **{kind: rows[kind] for kind in ("building", "market", "zone", "street")},
            "group_id": rows["group_id"],
        },
        index=rows.index,
    )
    table["county"] = _agreed(rows["county_code"], rows["building"].fillna(rows["market"])).fillna("")
    table["row"] = table["county"] + "/" + _agreed(rows["town_code"], rows["street"]).fillna("")
    placed = _placed(rows, options)
    degrees = rows[["lon", "lat"]].astype("float64").round(5).where(placed)
    x, y = metres(degrees["lon"].fillna(0), degrees["lat"].fillna(0), scale(firms))
    table["x"], table["y"] = (pd.Series(axis, index=rows.index, dtype="Int64").where(placed) for axis in (x, y))
    table["chainage_m"] = chainages(lying, places, options=options)["chainage_m"].reindex(rows.index)
    return table


def runs(keys: Sequence[str], parted: Callable[[str, str], bool]) -> list[list[str]]:
    """Cut firms that lie in order into rows, wherever two neighbours are parted."""
    found: list[list[str]] = []
    for at, key in enumerate(keys):
        if not at or parted(keys[at - 1], key):
            found.append([])
        found[-1].append(key)
    return found


def counted(rows: pd.DataFrame, options: JointOptions) -> pd.DataFrame:
    """Return the candidates whose workers count: all, or those with a count where none may be assumed."""
    return rows if options.workers_if_unknown else rows[rows["known"].astype(bool)]


def _placed(rows: pd.DataFrame, options: JointOptions) -> pd.Series:
    """Whether a firm is placed well enough for a union around an address: precisely, and in a known town."""
    precise = rows["level"].isin(PRECISE) & rows["radius_m"].le(options.street_radius_m) & rows["lon"].notna()
    return (precise & rows["town_code"].notna() & bool(options.reach_m)).fillna(value=False).astype(bool)


def _close(firms: pd.DataFrame, chosen: pd.DataFrame, options: JointOptions) -> np.ndarray:
    """Firms within twice the reach of any of those looked at: whoever could sit around one address with them."""
    at = chosen[_placed(chosen, options)][["lon", "lat"]].astype("float64")
    result = np.zeros(len(firms), dtype=bool)
    if not len(at):
        return result
    size = 2.05 * options.reach_m / 90_000  # degrees: wider than the reach wherever a city lies
    lon, lat = (firms[axis].to_numpy("float64", na_value=np.nan) for axis in ("lon", "lat"))
    cells = {
        (column + a, row + b)
        for column, row in zip(at["lon"] // size, at["lat"] // size, strict=True)
        for a in (-1, 0, 1)
        for b in (-1, 0, 1)
    }
    own = pd.MultiIndex.from_arrays([lon // size, lat // size])
    result[:] = own.isin(pd.MultiIndex.from_tuples(sorted(cells)))
    return result


def _agreed(values: pd.Series, place: pd.Series) -> pd.Series:
    """Fill what is not known where all others of the same place say one thing."""
    told = pd.DataFrame({"value": values, "place": place}).dropna().drop_duplicates()
    alone = told[~told["place"].duplicated(keep=False)]
    return values.fillna(place.map(dict(zip(alone["place"], alone["value"], strict=True))).astype("string"))
