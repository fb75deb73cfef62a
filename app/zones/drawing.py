"""Shapes of a draft as GeoJSON for the map."""

import json
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from app.zones.work import Work
from geo.zones.impact import Impact

DIGITS = 7
"""Decimals of a degree: a centimetre, the grain of the lattice that zones live on."""


def drawn(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    """Return a geometry as GeoJSON, None where there is none."""
    if shape is None or shape.is_empty:
        return None
    told: dict[str, Any] = json.loads(shapely.to_geojson(shapely.transform(shape, lambda xy: np.round(xy, DIGITS))))
    return told


def features(frame: gpd.GeoDataFrame | None) -> dict[str, Any]:
    """Return outlines as a FeatureCollection with ``key`` and ``name``."""
    found = [] if frame is None else [
        {"type": "Feature", "geometry": drawn(row.geometry), "properties": {"key": key, "name": row["name"]}}
        for key, row in frame.iterrows()
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": found}


def middle(shape: shapely.Geometry | None) -> list[float] | None:
    """Return latitude and longitude of a point within a shape, None where there is none."""
    if shape is None or shape.is_empty:
        return None
    point = shapely.point_on_surface(shape)
    return [round(point.y, 6), round(point.x, 6)]


def differences(done: Work, found: Impact) -> dict[str, Any]:
    """Return the drawn difference as JSON: zones before and after, what is added and what is taken, with their size.

    ``inner``: of a zone below another that changes, whose pieces show it as well.
    """
    before, after = done.before.frame.geometry, done.after.frame.geometry
    told = set(found.changes.index)
    parts = [
        {
            "name": row["name"],
            "what": what,
            "inner": _lies_in(done, key, told),
            "m2": round(row[f"{what}_m2"]),
            "geometry": drawn(row[what]),
        }
        for key, row in found.changes.iterrows()
        for what in ("added", "taken")
        if row[what] is not None
    ]
    return {
        "before": [drawn(before[key]) for key in done.before.drawn],
        "after": [drawn(after[key]) for key in done.after.drawn],
        "parts": parts,
    }


def _lies_in(done: Work, key: str, others: set[str]) -> bool:
    return any(key in plan and plan.above(key) & others for plan in (done.before, done.after))
