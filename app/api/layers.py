"""The layers that map programs see: places by kind with their figures, and firms that were found at a house."""

import numpy as np
import pandas as pd
import shapely

from app import store
from app.api import atlas
from app.api.fields import placed
from app.api.forms import points
from app.api.selection import halves, touching
from app.db import session
from app.reading import Reading
from geo.coverage import PRECISE

FIRMS = "firms"
COLLECTIONS = {
    "buildings": "building", "markets": "market", "zones": "zone", "streets": "street", "villages": "village",
    "towns": "town", "counties": "county", FIRMS: "",
}  # fmt: skip
"""Layers by name, with the kind of place of each."""


def table_of(read: Reading, name: str) -> pd.DataFrame:
    """Return the features of a layer in order of their keys; firms with ``lon`` and ``lat``, places with geometry."""
    if name != FIRMS:
        return atlas.places(read, COLLECTIONS[name])
    return read.survey.firms.iloc[read.kept.get("api.house", lambda: _at_house(read))]


def within(table: pd.DataFrame, name: str, box: tuple[float, float, float, float]) -> pd.DataFrame:
    """Return the features of a layer that touch a box in degrees."""
    if name != FIRMS:
        return touching(table, box)
    lon, lat = (table[column].to_numpy(dtype=float) for column in ("lon", "lat"))
    inside = (lat >= box[1]) & (lat <= box[3])
    return table[inside & np.logical_or.reduce([(lon >= west) & (lon <= east) for west, east in halves(box)])]


def shown(read: Reading, name: str, part: pd.DataFrame) -> pd.DataFrame:
    """Return a few features with all that is told of them and their ``geometry``."""
    if name != FIRMS:
        return part
    full = placed(whole(read, part))
    return full.assign(geometry=pd.Series(points(full), index=full.index, dtype="object"))


def extent(table: pd.DataFrame, name: str) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of the features of a layer, None if none has a geometry."""
    if name == FIRMS:
        found = (table["lon"].min(), table["lat"].min(), table["lon"].max(), table["lat"].max()) if len(table) else ()
    else:
        known = table["geometry"].dropna().to_numpy(dtype=object)
        found = tuple(shapely.total_bounds(known)) if len(known) else ()
    return tuple(float(value) for value in found) if found else None  # type: ignore[return-value]


def whole(read: Reading, part: pd.DataFrame) -> pd.DataFrame:
    """Return a few firms with all columns; of a large survey what lists do not count by is read anew."""
    if "address" in part:
        return part
    with session() as opened:
        found = store.surveys.record(opened, read.on)
        return store.slim.whole(opened, found.key if found else "", part, read.survey.firms.index)


def _at_house(read: Reading) -> np.ndarray:
    firms = read.survey.firms
    rows = np.flatnonzero((firms["level"].isin(PRECISE) & firms["lon"].notna() & firms["lat"].notna()).to_numpy())
    return rows[np.argsort(firms.index.to_numpy(dtype=object)[rows], kind="stable")]
