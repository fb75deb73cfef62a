"""Names and address points out of the user's layers (``PLACES``)."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from geo.address import Address
from geo.gazetteer.entries import Entity
from geo.text import normalise

_LABEL = {"zone": "devzone", "building": "poi", "market": "poi", "street": "road"}


def place_names(places: pd.DataFrame, zone_names: Callable[[str], set[str]]) -> Iterator[tuple[str, str, Entity]]:
    """Yield (label, normalised name, entity) of every zone, building, market and street, also under its other writings."""
    for row in places.itertuples():
        label = _LABEL.get(row.kind)
        if label is None:
            continue
        text = normalise(row.name).text
        lon, lat = _point(row.geometry)
        radius = _radius_m(row.geometry, lat)
        county, town = _text(row.county_code), _text(row.town_code)
        entity = Entity(str(row.Index), str(row.kind), text, county, town, lon, lat, str(row.origin), radius)
        yield label, text, entity
        if row.kind == "zone":
            for variant in sorted(zone_names(text) - {text}):
                yield label, variant, entity


def _text(value: object) -> str | None:
    return None if value is None or value is pd.NA or value != value else str(value)


def _point(geometry: object) -> tuple[float, float]:
    if geometry is None or getattr(geometry, "is_empty", True):
        return math.nan, math.nan
    point = geometry if geometry.geom_type == "Point" else geometry.representative_point()  # type: ignore[attr-defined]
    return float(point.x), float(point.y)


_LEAST_RADIUS_M = 40.0


def _radius_m(geometry: object, lat: float) -> float:
    """Half the diagonal of the extent, at least what a pin on a house is good for."""
    if math.isnan(lat):
        return math.nan
    west, south, east, north = geometry.bounds  # type: ignore[attr-defined]
    half = math.hypot((east - west) * 111_320 * math.cos(math.radians(lat)), (north - south) * 110_540) / 2
    return max(half, _LEAST_RADIUS_M)


def street_points(
    places: pd.DataFrame, read: Callable[[str], Address]
) -> dict[tuple[str, str], Sequence[tuple[int, str, float, float]]]:
    """Return the known house numbers: (county code or "", street) → sorted (main number, full number, lon, lat).

    ``read`` parses a normalised address; the street and, where its column is empty, the number come from the name.
    """
    found: dict[tuple[str, str], list[tuple[int, str, float, float]]] = defaultdict(list)
    rows = places[places["kind"] == "address"] if len(places) else places
    for row in rows.itertuples():
        lon, lat = _point(row.geometry)
        street, number = _street_and_number(row, read)
        if street and number and not math.isnan(lon):
            digits = re.search(r"\d{1,9}", number)
            if digits:
                found[_text(row.county_code) or "", street].append((int(digits.group()), number, lon, lat))
    return {key: tuple(sorted(points)) for key, points in sorted(found.items())}


def _street_and_number(row: Any, read: Callable[[str], Address]) -> tuple[str, str]:
    address = read(normalise(row.name).text)
    roads = [piece for piece in address.names if piece.label == "road"]
    number = address.number.text if address.number is not None else normalise(_text(row.number) or "").text
    number = number.removesuffix("号").replace("附", "-").strip("-")
    return (address.text[roads[0].start : roads[0].end] if roads else ""), number
