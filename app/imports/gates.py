"""What is told of a file's positions before it is imported: faults row by row, and sentences for the whole of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from app import store
from app.imports.opening import Opened, OsmFile
from geo import registry
from geo.datum import faults as degree_faults
from geo.datum import from_wgs84, to_wgs84
from geo.decisions import standing
from geo.frames import CRS, PLACES
from geo.io.layers import Layer
from geo.registry import gates
from geo.registry.cells import read_degrees, tidy
from geo.registry.identity import area_of

Fault = tuple[str, dict[str, Any]]

_POINTS = frozenset({"enterprises", "building", "market", "address"})
"""Kinds whose geometry stands for one spot, so that copies and few decimals tell something."""
_TEXTS = ("name", "address", "street", "number", "county", "code")
_KEPT = ("lon", "lat", "name", "address", "county", "code", "shape")
_ON_A_LINE = 5
_ON_A_BORDER = 80


@dataclass(frozen=True)
class Told:
    """What was found, by row and as a whole.

    ``positions``: faults of positions that are not used, None if nothing was looked at; ``doubts``: of those that are
    used; ``findings``: codes with detail about the file as a whole, weightiest first.
    """

    positions: Mapping[Any, Fault] | None = None
    doubts: Mapping[Any, Fault] = field(default_factory=dict)
    findings: tuple[Fault, ...] = ()


def look(session: Session, opened: Opened, ground: Mapping[str, pd.DataFrame], counties: Mapping[str, str]) -> Told:
    """Look at the positions of a whole file, as rows of one chunk cannot know those of another.

    ``ground`` holds the frames divisions and outlines; ``counties`` names of counties to their codes.
    """
    request = opened.request
    kind = request.place_kind or request.kind
    if isinstance(opened.content, OsmFile) or kind not in (*_POINTS, "zone", "street", "division"):
        return Told()
    table = _table(opened, counties)
    if table is None:
        return Told()
    bad = dict(_refused(table)) if kind in _POINTS or (kind == "division" and "shape" not in table) else {}
    sound = table[~table.index.isin(list(bad)) & table["lon"].notna() & table["lat"].notna()]
    sound = sound.assign(**dict(zip(("lon", "lat"), _wgs84(sound, opened.cell_datum), strict=True)))
    outlines = ground["outlines"]
    shapes = county_shapes(outlines)
    if kind in _POINTS or kind == "zone":
        bad |= gates.far_from_county(sound, shapes, dict(zip(outlines.index, outlines["name"], strict=True)))
    sound = sound[~sound.index.isin(list(bad))]
    delivered = from_wgs84(sound["lon"].to_numpy(), sound["lat"].to_numpy(), opened.datum)
    given = sound.assign(lon=delivered.lon, lat=delivered.lat)[["lon", "lat"]]
    doubts = gates.coarse_points(given["lon"], given["lat"]) if kind in _POINTS else {}
    verdict = None
    if len(sound):
        others = (_of_others(ground[layer], opened) for layer in ("divisions", "outlines"))
        known = gates.Known(_known_places(session, opened), *others)
        verdict = gates.judge_datum(gates.gather(_spots(sound, kind), known, kind), opened.datum)
    counted = _counted(table, opened, bad)
    places = gates.decimals(given["lon"], given["lat"]) if kind in _POINTS else pd.Series(dtype="Int64")
    outside = gates.outside_all(sound, shapes)
    findings = gates.sum_up(counted, places, outside, verdict, _crs(table, counted, outlines))
    return Told(bad, doubts, findings)


def _table(opened: Opened, counties: Mapping[str, str]) -> pd.DataFrame | None:
    """Return ``lon, lat`` as the cells have them, the texts beside them, the county named and the shape, by row."""
    columns = opened.matching.columns
    by_shape = isinstance(opened.content, Layer) and opened.request.kind == "places"
    if not by_shape and not {"lon", "lat"} <= columns.keys():
        return None
    parts = []
    for rows in opened.chunks():
        data: dict[str, Any] = {name: _texts(rows, columns.get(name)) for name in _TEXTS}
        data |= _shape_points(rows) if by_shape else _cell_points(rows, opened)
        lines = zip(data["address"], data["street"], data["number"], strict=True)
        data["address"] = [address or (f"{street}{number}号" if street else "") for address, street, number in lines]
        named = zip(data["county"], data["address"], strict=True)
        data["county"] = [area_of(county, address, counties) for county, address in named]
        if opened.request.kind == "enterprises":
            data["name"] = ""  # no place is called as a firm is; a register may have a million
        parts.append(pd.DataFrame({name: data[name] for name in _KEPT if name in data}, index=rows.index))
    return pd.concat(parts) if parts else None


def _texts(rows: pd.DataFrame, column: str | None) -> list[str]:
    return [""] * len(rows) if column is None else [tidy(cell).removesuffix("号") for cell in rows[column]]


def _cell_points(rows: pd.DataFrame, opened: Opened) -> dict[str, Any]:
    columns = opened.matching.columns
    return {
        name: np.array([read_degrees(cell, opened.words)[0] for cell in rows[columns[name]]], dtype="float64")
        for name in ("lon", "lat")
    }


def _shape_points(rows: pd.DataFrame) -> dict[str, Any]:
    shapes = gpd.GeoSeries(list(rows["geometry"]), crs=CRS)
    points = shapes.representative_point()
    return {"lon": points.x.to_numpy(), "lat": points.y.to_numpy(), "shape": list(shapes)}


def _wgs84(table: pd.DataFrame, datum: str) -> tuple[np.ndarray, np.ndarray]:
    found = to_wgs84(table["lon"].to_numpy(dtype="float64"), table["lat"].to_numpy(dtype="float64"), datum)
    return found.lon, found.lat


def _refused(table: pd.DataFrame) -> dict[Any, Fault]:
    given = table.dropna(subset=["lon", "lat"], how="all")
    return registry.check_positions(given["lon"], given["lat"], given["address"], given["county"])


def _spots(sound: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the points that are compared: of zones the centre, of streets and borders some points along each."""
    if "shape" not in sound:
        return sound
    if kind == "street" or (kind == "division" and sound["shape"].map(lambda shape: shape.area > 0).all()):
        along = [(row, line.interpolate(f, normalized=True)) for row, line, f in _along(sound["shape"])]
        texts = sound.loc[[row for row, _ in along], ["name", "county", "code"]].reset_index(drop=True)
        return texts.assign(address=texts["name"], lon=[p.x for _, p in along], lat=[p.y for _, p in along])
    if kind == "zone" and sound["shape"].notna().any():
        centres = gpd.GeoSeries(sound["shape"], crs=CRS).set_crs(None, allow_override=True).centroid
        sound = sound.assign(lon=centres.x, lat=centres.y)
    return sound


def _along(shapes: pd.Series) -> Iterator[tuple[Any, Any, float]]:
    for row, shape in shapes.items():
        line, count = (shape.boundary, _ON_A_BORDER) if shape.area > 0 else (shape, _ON_A_LINE)
        if line.geom_type in ("LineString", "MultiLineString"):
            yield from ((row, line, (step + 0.5) / count) for step in range(count))


def county_shapes(outlines: pd.DataFrame) -> dict[str, Any]:
    """Return the outlines of today's counties by code."""
    part = outlines[outlines["level"].eq("county") & outlines["valid_to"].isna()]
    return {str(code): shape for code, shape in zip(part.index, part.geometry, strict=True) if shape is not None}


def _known_places(session: Session, opened: Opened) -> gpd.GeoDataFrame:
    """Return the places on the map: of layers of other sources, and those that a person has pinned."""
    stored = _of_others(store.read(session, "places", store.CITY), opened)
    placed = stored[stored.geometry.notna()]
    pins = standing(store.read(session, "decisions", store.CITY), "pin").dropna(subset=["lon", "lat"])
    rows = []
    for subject, lon, lat in zip(pins["subject"], pins["lon"], pins["lat"], strict=True):
        kind, area, name = (*str(subject).split(":", 2), "", "")[:3]
        if kind in ("building", "market", "address") and name:
            rows.append({"kind": kind, "name": name.partition("#")[0], "county_code": area, "lon": lon, "lat": lat})
    if not rows:
        return placed
    pinned = pd.DataFrame(rows, index=[f"pin:{number}" for number in range(len(rows))]).assign(origin="decision")
    points = gpd.GeoDataFrame(pinned, geometry=gpd.points_from_xy(pinned["lon"], pinned["lat"]), crs=CRS)
    return gpd.GeoDataFrame(pd.concat([placed, PLACES.conform(points)]), geometry="geometry", crs=CRS)


def _of_others(frame: pd.DataFrame, opened: Opened) -> pd.DataFrame:
    """Leave out what the same source brought before: a file is no witness of itself."""
    own = opened.request.source or opened.request.filename
    return frame[frame["source"].ne(own).fillna(value=True)]


def _counted(table: pd.DataFrame, opened: Opened, bad: Mapping[Any, Fault]) -> gates.Counted:
    by_row = {row: code for row, code, _ in getattr(opened.content, "faults", ()) if code.startswith("POSITION_")}
    by_row |= {row: code for row, (code, _) in bad.items()}
    usable = table["lon"].notna() & table["lat"].notna() & ~table.index.isin(list(by_row))
    return gates.Counted(len(table), int(usable.sum()), Counter(by_row.values()))


def _crs(table: pd.DataFrame, counted: gates.Counted, outlines: pd.DataFrame) -> str | None:
    """Guess the projected reference of a table whose numbers are metres."""
    if not counted.faults["POSITION_PROJECTED"] or not len(outlines):
        return None
    metres = table[degree_faults(table["lon"], table["lat"]) == "POSITION_PROJECTED"]
    if metres.empty:
        return None
    west, south, east, north = outlines.geometry.total_bounds
    box = (float(west), float(south), float(east), float(north))
    return gates.guess_crs(metres["lon"].to_numpy(dtype="float64"), metres["lat"].to_numpy(dtype="float64"), box)
