"""Names and address points out of the user's layers (``PLACES``)."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from geo.address import Address, Number, read_number
from geo.gazetteer.entries import Entity
from geo.text import normalise

PLACE_LABELS = {"zone": "devzone", "building": "poi", "market": "poi", "street": "road"}
"""Kinds of places that have a name of their own, with the label of their segments."""


def place_names(places: pd.DataFrame, zone_names: Callable[[str], set[str]]) -> Iterator[tuple[str, str, Entity]]:
    """Yield (label, normalised name, entity) of every zone, building, market and street, in all its writings."""
    named = places[places["kind"].isin(list(PLACE_LABELS))] if len(places) else places
    columns = [named[c].tolist() for c in ("kind", "name", "county_code", "town_code", "origin")]
    for key, kind, name, county, town, origin, geometry in zip(
        named.index.tolist(), *columns, named.geometry.array, strict=True
    ):
        text = normalise(name).text
        lon, lat = _point(geometry)
        radius = _radius_m(geometry, lat, kind)
        entity = Entity(str(key), kind, text, _text(county), _text(town), lon, lat, str(origin), radius)
        yield PLACE_LABELS[kind], text, entity
        if kind == "zone":
            for variant in sorted(zone_names(text) - {text}):
                yield PLACE_LABELS[kind], variant, entity


def _text(value: object) -> str | None:
    return None if value is None or value is pd.NA or value != value else str(value)


def _point(geometry: Any) -> tuple[float, float]:
    if geometry is None or geometry.is_empty:
        return math.nan, math.nan
    point = geometry if geometry.geom_type == "Point" else geometry.representative_point()
    return float(point.x), float(point.y)


_LEAST_RADIUS_M = 40.0
_WITHIN = {"Polygon": 0.8, "MultiPolygon": 0.8, "LineString": 0.9, "MultiLineString": 0.9}
"""Share of half the extent's diagonal within which nine of ten points of an even spread lie."""


_POINT_RADIUS_M = {"zone": 1_500.0, "street": 1_000.0}
"""How far what is wide may go on around a point that stands for it; usual sizes, not measured for each."""


def _radius_m(geometry: Any, lat: float, kind: str) -> float:
    """Return within which nine of ten points of the shape lie around its middle; of a pin, what a pin is good for."""
    if math.isnan(lat):
        return math.nan
    west, south, east, north = geometry.bounds
    if geometry.geom_type == "Point":
        return _POINT_RADIUS_M.get(kind, _LEAST_RADIUS_M)
    half = math.hypot((east - west) * 111_320 * math.cos(math.radians(lat)), (north - south) * 110_540) / 2
    return max(half * _WITHIN.get(geometry.geom_type, 1.0), _LEAST_RADIUS_M)


class StreetPoint(NamedTuple):
    """A known house number of a street, in the order of the numbers."""

    main: int
    number: str
    lon: float
    lat: float
    town: str


class NumberedStreet(NamedTuple):
    """The known house numbers of a street, sorted, and how many metres it goes on per number (NaN if unknown)."""

    points: tuple[StreetPoint, ...]
    metres_per_number: float


def street_points(places: pd.DataFrame, read: Callable[[str], Address]) -> dict[tuple[str, str], NumberedStreet]:
    """Return the known house numbers by (county code or "", street).

    ``read`` parses a normalised address; the street and, where its column is empty, the number come from the name.
    """
    found: dict[tuple[str, str], list[StreetPoint]] = defaultdict(list)
    rows = places[places["kind"] == "address"] if len(places) else places
    columns = [rows[c].tolist() for c in ("name", "number", "county_code", "town_code")]
    for name, written, county, town, geometry in zip(*columns, rows.geometry.array, strict=True):
        lon, lat = _point(geometry)
        if math.isnan(lon):
            continue
        street, number = _street_and_number(name, _text(written), read)
        if street and number is not None:
            point = StreetPoint(number.main, door_text(number), lon, lat, _text(town) or "")
            found[_text(county) or "", street].append(point)
    streets = {key: tuple(sorted(points)) for key, points in sorted(found.items())}
    return {key: NumberedStreet(points, _metres_per_number(points)) for key, points in streets.items()}


def _metres_per_number(points: Sequence[StreetPoint]) -> float:
    """Return how far neighbours of one side lie apart by the difference of their numbers, three times of four."""
    sides = [[p for p in points if p.main % 2 == parity] for parity in (0, 1)]
    pairs = [pair for side in sides for pair in pairwise(side) if pair[1].main > pair[0].main]
    steps = sorted(metres(one, two) / (two.main - one.main) for one, two in pairs)
    return steps[3 * len(steps) // 4] if len(steps) >= _LEAST_STEPS else math.nan


_LEAST_STEPS = 3


def metres(one: StreetPoint, two: StreetPoint) -> float:
    """Return the distance of two points of one city."""
    scale = math.cos(math.radians(one.lat))
    return math.hypot((two.lon - one.lon) * scale, two.lat - one.lat) * 111_320


_PLAIN = re.compile(r"(?P<street>[\u4e00-\u9fff]{2,8}?(?:路|街|大道|巷|弄))(?P<number>\d+(?:-\d+)?)号?$")


def _street_and_number(name: str, written: str | None, read: Callable[[str], Address]) -> tuple[str, Number | None]:
    """Return street and number; a plain 望江路88号, as most are, needs no parser."""
    text = normalise(name).text
    plain = _PLAIN.match(text)
    if plain is not None and not _DIVISION.search(plain["street"]):
        return plain["street"], read_number(plain["number"], "号")
    address = read(text)
    number = address.number or read_number(normalise(written or "").text, "号")
    roads = [words for words, piece in zip(address.texts, address.names, strict=True) if piece.label == "road"]
    return (roads[0] if roads else ""), number


_DIVISION = re.compile(r"[省市区县镇乡村]|街道")


def door_text(number: Number) -> str:
    """Return a house number as doors are compared: 88附1 and 88-1 are one."""
    return number.text.replace("附", "-").strip("-")


def place_doors(places: pd.DataFrame, read: Callable[[str], Address]) -> dict[str, tuple[str, str, Number]]:
    """Return county, street and number of every building and market whose address is known, by place key."""
    doors = {}
    rows = places[places["kind"].isin(["building", "market"]) & places["address"].notna()] if len(places) else places
    columns = (rows.index.tolist(), rows["county_code"].tolist(), rows["address"].tolist())
    for key, county, written in zip(*columns, strict=True):
        address = read(normalise(written).text)
        at = address.number_after
        if address.number is not None and at >= 0 and address.names[at].label == "road":
            doors[str(key)] = (_text(county) or "", address.texts[at], address.number)
    return doors
