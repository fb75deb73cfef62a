"""The past of a zone: its versions, and the figures of each surveyed day on old and on new lines."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from app import store
from app.reading import Reading
from app.zones.counts import SHOWN, firms_of
from app.zones.tree import polygonal
from app.zones.work import AREAL, RESTORE
from geo.zones.lattice import area_m2, to_lattice
from geo.zones.plan import Plan
from geo.zones.tally import tally

Figures = dict[str, Any] | None


def figures(
    opened: Session, scope: store.Scope, place: str, readings: Sequence[Reading]
) -> list[tuple[date, Figures, Figures]]:
    """Return the day of each reading with the figures of a zone on the lines of that day and on today's.

    None where the zone was not there. Firms are those that the survey of that day found.
    """
    lines = store.lines.in_force(opened, scope)
    now, rows = _plan(lines), []
    for read in readings:
        before = store.lines.on(opened, scope, read.on)
        firms = firms_of(read)
        today = _figures(tally(now, firms), place)
        same = store.lines.same(before, lines)
        rows.append((read.on, today if same else _figures(tally(_plan(before), firms), place), today))
    return rows


def shapes(versions: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the lines of each version as GeoJSON features, the oldest first."""
    drawn = versions[versions.geometry.notna()].sort_index()
    return [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(row.geometry)), "properties": {"version": int(n)}}
        for n, row in drawn.iterrows()
    ]


def areas(versions: gpd.GeoDataFrame) -> dict[int, float]:
    """Return the area of each version in square metres, 0 where it is not drawn."""
    return {int(n): _area(row.geometry) for n, row in versions.iterrows()}


def restoring(place: str, version: Mapping[str, Any]) -> dict[str, Any]:
    """Return the step that puts a version of a zone back."""
    told = {
        name: None if pd.isna(version[name]) else version[name]
        for name in ("name", "parent", "county_code", "zone_level")
    }
    flags = {name: bool(version[name]) and not pd.isna(version[name]) for name in ("locked", "cross_county")}
    shape = version["geometry"]
    drawn = shape is not None and shape.geom_type in AREAL
    facts = {**told, **flags, "geometry": json.loads(shapely.to_geojson(shape)) if drawn else None}
    return {"kind": RESTORE, "arguments": {"key": place, "facts": facts}}


def _plan(zones: gpd.GeoDataFrame) -> Plan:
    return Plan.of(polygonal(zones), matched=True)


def _figures(table: pd.DataFrame, place: str) -> dict[str, Any] | None:
    if place not in table.index:
        return None
    row = table.loc[place]
    return {name: row["eligible"] if name == "firms" else row[name] for name in SHOWN}


def _area(shape: Any) -> float:
    return float(area_m2(to_lattice(shape))) if shape is not None and shape.geom_type in AREAL else 0.0
