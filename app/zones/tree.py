"""The hierarchy: zones in the order of their tree, and the buildings and markets that lie in each."""

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.labels import label
from app.reading import Reading
from app.zones.work import AREAL, Work
from geo.zones.plan import Plan


def hierarchy(done: Work, held: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the zones of a draft as a list in the order of their tree, with the buildings and markets of each."""
    plan, changed = done.after, set(done.changed)
    parents = held["parent"].astype("object").to_dict() | dict(done.state.held)
    inside = _inside(plan, held)
    rows = []
    for key, depth in _ordered(plan):
        zone = plan[key]
        own = [place for place, parent in parents.items() if parent == key and place in held.index]
        rows.append(
            {
                "key": key,
                "name": zone.name,
                "depth": depth,
                "parent": zone.parent,
                "zone_level": zone.zone_level,
                "locked": zone.locked,
                "cross_county": zone.cross_county,
                "changed": key in changed,
                "drawn": zone.drawn,
                "held": _places(held, own),
                "inside": _places(held, [one for one in inside.get(key, []) if not parents.get(one)]),
            }
        )
    return rows


def tree(read: Reading, zones: gpd.GeoDataFrame, held: gpd.GeoDataFrame) -> list[tuple[str, list[Any]]]:
    """Return the zones in force by county, each county's in the order of their tree, with area and figures."""
    figures = read.figures("zone")
    lying = held["parent"].value_counts()
    plan = Plan.of(polygonal(zones), matched=True)
    areas = plan.area_m2()
    rows: dict[str, list[Any]] = {}
    for key, depth in _ordered(plan):
        row = zones.loc[key]
        told = figures.loc[key] if key in figures.index else pd.Series({"eligible": 0, "rate": np.nan})
        level = "" if pd.isna(row["zone_level"]) else label("zone_level", row["zone_level"])
        rows.setdefault(str(row["county_code"] or ""), []).append(
            {
                "key": key,
                "depth": depth,
                "name": row["name"],
                "zone_level": level,
                "locked": bool(row["locked"]),
                "cross_county": bool(row["cross_county"]),
                "area": float(areas[key]) / 1e6,
                "held": int(lying.get(key, 0)),
                "eligible": told["eligible"],
                "rate": told["rate"],
                "version": row["version"],
            }
        )
    return sorted(rows.items())


def _ordered(plan: Plan) -> list[tuple[str, int]]:
    below: dict[str | None, list[str]] = {}
    for key, zone in plan.zones.items():
        below.setdefault(zone.parent if zone.parent in plan else None, []).append(key)
    rows, waiting = [], [(key, 0) for key in sorted(below.get(None, []), key=lambda key: plan[key].name)][::-1]
    seen: set[str] = set()
    while waiting:
        key, depth = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        rows.append((key, depth))
        waiting += [(one, depth + 1) for one in sorted(below.get(key, []), key=lambda one: plan[one].name)][::-1]
    return rows + [(key, 0) for key in plan if key not in seen]


def _inside(plan: Plan, held: gpd.GeoDataFrame) -> dict[str, list[str]]:
    placed = held[held.geometry.notna()]
    if not len(placed) or not plan.drawn:
        return {}
    shapes = plan.frame.geometry[list(plan.drawn)].to_numpy()
    points = shapely.point_on_surface(placed.geometry.to_numpy())
    place, zone = shapely.STRtree(shapes).query(points, predicate="intersects")
    found: dict[str, list[str]] = {}
    for one, other in zip(place, zone, strict=True):
        found.setdefault(plan.drawn[other], []).append(str(placed.index[one]))
    return found


def _places(held: gpd.GeoDataFrame, keys: Iterable[str]) -> list[Mapping[str, str]]:
    return [{"key": key, "name": str(held.at[key, "name"])} for key in keys]


def polygonal(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the zones with their outlines; what is known by a point only counts as not drawn."""
    areal = zones.geometry.geom_type.isin(AREAL)
    return zones.set_geometry(zones.geometry.where(areal, None))
