"""Names and address points out of the user's layers (``PLACES``)."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.address import Address, Number
from geo.gazetteer.entries import Entity
from geo.gazetteer.extents import reach_of_shapes
from geo.text import normalise

PLACE_LABELS = {"zone": "devzone", "building": "poi", "market": "poi", "street": "road"}
"""Kinds of places that have a name of their own, with the label of their segments."""


def place_names(places: pd.DataFrame, zone_names: Callable[[str], set[str]]) -> Iterator[tuple[str, str, Entity]]:
    """Yield (label, normalised name, entity) of every zone, building, market and street, in all its writings."""
    named = places[places["kind"].isin(list(PLACE_LABELS))] if len(places) else places
    columns = [values(named[c]) for c in ("kind", "name", "county_code", "town_code", "origin")]
    shapes = named.geometry.to_numpy()
    lons, lats = _points(shapes)
    radii = _radii(columns[0], shapes, lons, lats)
    for key, kind, name, county, town, origin, lon, lat, radius in zip(
        values(named.index), *columns, lons.tolist(), lats.tolist(), radii, strict=True
    ):
        text = normalise(name).text
        entity = Entity(str(key), kind, text, _text(county), _text(town), lon, lat, str(origin), radius)
        yield PLACE_LABELS[kind], text, entity
        if kind == "zone":
            for variant in sorted(zone_names(text) - {text}):
                yield PLACE_LABELS[kind], variant, entity


def values(column: pd.Series | pd.Index) -> list[Any]:
    """Return the values of a column; arrays of texts give theirs one by one, which takes longer than all the rest."""
    listed: list[Any] = column.to_numpy(dtype=object).tolist()
    return listed


def _text(value: object) -> str | None:
    return None if value is None or value is pd.NA or value != value else str(value)


def _points(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return lon and lat of a point of each shape, NaN where there is none: of a line its middle, never its end."""
    points = shapes.copy()
    dimension = shapely.get_dimensions(shapes)  # -1: none
    wide = (dimension == 2) | ((dimension == 0) & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT))
    points[wide] = shapely.point_on_surface(shapes[wide])
    lines = np.flatnonzero(dimension == 1)
    points[lines] = _middles(shapes[lines])
    return shapely.get_x(points), shapely.get_y(points)


def _middles(lines: np.ndarray) -> np.ndarray:
    """Return the point half way along each line; of one in several pieces the point on it next to its centroid.

    Of all points on a line the one next to the centroid has the least second moment, half way is the same on a straight
    street and what people take for the middle of a winding one.
    """
    if not len(lines):
        return lines
    narrow = (np.cos(np.radians(np.nanmean(shapely.bounds(lines)[:, [1, 3]]))), 1.0)  # metres, not degrees, are halved
    courses = shapely.line_merge(shapely.transform(lines, lambda at: at * narrow))
    whole = shapely.get_type_id(courses) == shapely.GeometryType.LINESTRING
    middles = np.empty(len(lines), dtype=object)
    middles[whole] = shapely.line_interpolate_point(courses[whole], 0.5, normalized=True)
    pieces = courses[~whole]
    nearest = shapely.shortest_line(pieces, shapely.centroid(pieces))
    middles[~whole] = shapely.get_point(nearest, 0)
    return np.asarray(shapely.transform(middles, lambda at: at / narrow), dtype=object)


_PIN_M = 40.0
_POINT_RADIUS_M = {"zone": 1_500.0, "street": 1_000.0}
"""How far what is wide may go on around a point that stands for it; usual sizes, not measured for each."""
_LEAST_M = {"zone": 40.0, "building": 20.0, "market": 20.0, "street": 40.0}
"""How exactly an outline or a course lies itself, at the least."""


def _radii(kinds: list[str], shapes: np.ndarray, lons: np.ndarray, lats: np.ndarray) -> list[float]:
    """Return within which nine of ten points of each shape lie around its middle; of a pin, what a pin is good for."""
    measured = reach_of_shapes(shapes, lons, lats).tolist()
    return [
        (math.nan if math.isnan(lon) else _POINT_RADIUS_M.get(kind, _PIN_M))
        if math.isnan(radius)
        else max(radius, _LEAST_M[kind])
        for kind, radius, lon in zip(kinds, measured, lons.tolist(), strict=True)
    ]


Courses = dict[tuple[str, str], tuple[shapely.LineString, ...]]
"""The courses of streets by (county code or "", normalised name)."""


def street_courses(places: pd.DataFrame) -> Courses:
    """Return the courses of the streets that have one; of several lines under one name all, as they are given."""
    found: dict[tuple[str, str], list[shapely.LineString]] = defaultdict(list)
    rows = places[places["kind"] == "street"] if len(places) else places
    rows = rows[rows.geometry.geom_type.isin(["LineString", "MultiLineString"])] if len(rows) else rows
    for name, county, geometry in zip(values(rows["name"]), values(rows["county_code"]), rows.geometry, strict=True):
        if geometry is not None:
            found[_text(county) or "", normalise(name).text] += shapely.get_parts(geometry).tolist()
    return {key: tuple(lines) for key, lines in sorted(found.items())}


def place_doors(places: pd.DataFrame, read: Callable[[str], Address]) -> dict[str, tuple[str, str, Number]]:
    """Return county, street and number of every building and market whose address is known, by place key."""
    doors = {}
    rows = places[places["kind"].isin(["building", "market"]) & places["address"].notna()] if len(places) else places
    columns = (rows.index.tolist(), rows["county_code"].tolist(), rows["address"].tolist())
    for key, county, written in zip(*columns, strict=True):
        address = read(normalise(written).text)
        at = address.number_after
        if address.number is not None and at >= 0 and address.labels[at] == "road":
            doors[str(key)] = (_text(county) or "", address.texts[at], address.number)
    return doors


def place_storeys(places: pd.DataFrame) -> dict[str, int]:
    """Return how many floors the buildings and markets have of which a layer tells, by place key."""
    rows = places[places["kind"].isin(["building", "market"]) & places["floors"].notna()] if len(places) else places
    return {str(key): int(floors) for key, floors in zip(rows.index, values(rows["floors"]), strict=True) if floors > 0}
