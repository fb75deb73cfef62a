"""What one plan added to each zone and took from it, against another."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.frames import CRS
from geo.zones.lattice import HAIR, area_m2, polygonal, to_degrees, width
from geo.zones.plan import Plan, Zone, same_shape

CHANGES = ("new", "removed", "reshaped", "described", "rounded")
"""What happened to a zone; ``described``: its facts only; ``rounded``: vertices put into its border, no land."""

_NOTHING = shapely.Polygon()
_TOLD = ("name", "parent", "county_code", "zone_level", "cross_county")


def difference(before: Plan, after: Plan) -> gpd.GeoDataFrame:
    """Return what changed between two plans.

    Returns
    -------
    frame by place key, zones of ``after`` in their order and then those removed; unchanged ones (and those of which
    only the lock changed) are left out. ``name``, ``change`` (``CHANGES``), ``facts`` (list of the facts that changed),
    ``added_m2``, ``taken_m2``, ``before_m2``, ``after_m2``, and ``added`` and ``taken``, polygons in EPSG:4326 (None
    where there are none). Strips below 3 cm, which matching of borders makes, are no change of land.
    """
    rows = {}
    for key in dict.fromkeys([*after.zones, *before.zones]):
        row = _row(before.zones.get(key), after.zones.get(key))
        if row is not None:
            rows[key] = row
    columns = ["name", "change", "facts", "added_m2", "taken_m2", "before_m2", "after_m2", "added", "taken"]
    index = pd.Index(list(rows), name="place_id", dtype="object")
    frame = pd.DataFrame(list(rows.values()), index=index, columns=columns)
    for column in ("added", "taken"):
        frame[column] = gpd.GeoSeries(list(frame[column]), index=index, crs=CRS)
    numbers = dict.fromkeys(("added_m2", "taken_m2", "before_m2", "after_m2"), "float64")
    return gpd.GeoDataFrame(frame.astype(numbers), geometry="added", crs=CRS)


def _row(old: Zone | None, new: Zone | None) -> tuple[Any, ...] | None:
    if old is new:
        return None
    facts = [fact for fact in _TOLD if old is not None and new is not None and getattr(old, fact) != getattr(new, fact)]
    was = old.shape if old is not None and old.drawn else _NOTHING
    now = new.shape if new is not None and new.drawn else _NOTHING
    same = same_shape(was, now)
    added, taken = (_NOTHING, _NOTHING) if same else (_more(now, was), _more(was, now))
    if old is None or new is None:
        change = "new" if old is None else "removed"
    elif not added.is_empty or not taken.is_empty:
        change = "reshaped"
    elif facts:
        change = "described"
    elif same:
        return None
    else:
        change = "rounded"
    zone = new or old
    assert zone is not None
    sizes = [float(area_m2(shape)) for shape in (added, taken, was, now)]
    drawn = [None if shape.is_empty else to_degrees(shape) for shape in (added, taken)]
    return (zone.name, change, facts, *sizes, *drawn)


def _more(one: Any, other: Any) -> Any:
    """What lies in one and not in the other, strips of rounding left out."""
    parts = shapely.get_parts(polygonal(shapely.difference(one, other, grid_size=1.0)))
    parts = parts[~shapely.is_empty(parts)]
    parts = parts[width(parts) >= HAIR] if len(parts) else np.empty(0, dtype=object)
    if not len(parts):
        return _NOTHING
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
