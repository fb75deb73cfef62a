"""Rows and features of place layers → PLACES, of division tables → DIVISIONS, of outline layers → OUTLINES."""

import re
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import frames
from geo.courses import trace
from geo.datum import to_wgs84
from geo.registry.columns import Matching
from geo.registry.enterprises import check_days, check_names, drop_duplicates, rejected_index
from geo.registry.identity import place_key
from geo.registry.osm import village_points
from geo.registry.positions import check_positions
from geo.registry.reading import Checked, Setting, Sieve
from geo.registry.unions import read_counties
from geo.registry.words import word_key
from geo.text import fold, normalise

KINDS = ("zone", "building", "market", "street", "address", "division")
FIELDS = (
    *("name", "county", "town", "address", "street", "number", "type", "zone_level", "parent", "floors", "operator"),
    *("lon", "lat", "valid_from", "valid_to", "source"),
)
GEOMETRIES: Mapping[str, tuple[str, ...]] = {
    "zone": ("Polygon", "MultiPolygon", "Point"),
    "building": ("Point", "Polygon", "MultiPolygon"),
    "market": ("Point", "Polygon", "MultiPolygon"),
    "street": ("LineString", "MultiLineString"),
    "address": ("Point",),
}
"""Shapes a kind may have; of polygons where only points fit, a point inside is taken."""
_DOOR = re.compile(r"^(.*?)(\d+(?:-\d+)*)号?$")


def check_places(
    rows: pd.DataFrame, matching: Matching, setting: Setting, *, seen: Mapping[str, tuple[Any, Any]] | None = None
) -> Checked:
    """Check the rows of a place table or layer of the kind ``setting.place_kind``.

    ``rows`` may carry ``geometry`` (WGS-84, from ``geo.io.layers``); else ``lon`` and ``lat`` are read. A place
    without a usable position is kept: it is known by name. Pieces of a street with one name in one county become one
    course; where they lie far apart they are streets of their own.
    """
    sieve = Sieve(rows.drop(columns="geometry", errors="ignore"), matching, setting)
    for name in FIELDS:
        sieve.read(name)
    read_counties(sieve)
    _find_towns(sieve)
    _name_places(sieve)
    check_names(sieve)
    sieve.values["geometry"] = _geometries(sieve, rows)
    check_days(sieve, "valid_from", "valid_to")
    _find_parents(sieve)
    sieve.default("source", setting.source)
    sieve.values["kind"] = [setting.place_kind] * len(rows)
    sieve.values["origin"] = ["layer"] * len(rows)
    data = sieve.frame([*frames.PLACES.columns, "geometry", "street"])
    keys = [
        place_key(setting.place_kind, county or setting.city, name)
        for county, name in zip(data["county_code"], data["name"], strict=True)
    ]
    if setting.place_kind == "street":
        data, rows_of = _join_streets(data, keys)
    else:
        data, rows_of = drop_duplicates(sieve, data, _tell_namesakes(data, keys), seen or {})
    return Checked({"places": frames.PLACES.conform(data)}, rows_of, sieve.faults(), rejected_index(sieve), len(rows))


def check_divisions(
    rows: pd.DataFrame, matching: Matching, setting: Setting, *, seen: Mapping[str, tuple[Any, Any]] | None = None
) -> Checked:
    """Check a table of divisions; a layer with polygons gives OUTLINES instead of DIVISIONS."""
    sieve = Sieve(rows.drop(columns="geometry", errors="ignore"), matching, setting)
    for name in ("code", "name", "parent", "valid_from", "valid_to", "lon", "lat", "source"):
        sieve.read(name)
    book = setting.words.books["division_level"]
    sieve.read("level", lambda cell: (book.code(str(cell)), None))
    check_names(sieve)
    sieve.values["code"] = [re.sub(r"\D", "", code or "") for code in sieve.values["code"]]
    lengths = {4: "city", 6: "county", 9: "town", 12: "village"}
    for place, (row, code) in enumerate(zip(sieve.rows.index, sieve.values["code"], strict=True)):
        if not code or len(code) not in lengths:
            sieve.add(row, "CODE_MISSING", "code")
            continue
        implied = "city" if len(code) == 6 and code.endswith("00") else lengths[len(code)]
        sieve.values["level"][place] = sieve.values["level"][place] or implied
        sieve.values["parent"][place] = sieve.values["parent"][place] or _above(code, implied)
    if "geometry" not in rows.columns:
        _division_points(sieve)
    sieve.default("source", setting.source)
    spec = frames.OUTLINES if "geometry" in rows.columns else frames.DIVISIONS
    if "geometry" in rows.columns:
        sieve.values["geometry"] = list(rows["geometry"])
    data = sieve.frame(list(dict.fromkeys([*spec.columns, *(["geometry"] if spec.spatial else []), "code"])))
    data, rows_of = drop_duplicates(sieve, data, list(data["code"]), seen or {})
    return Checked({spec.name: spec.conform(data)}, rows_of, sieve.faults(), rejected_index(sieve), len(rows))


def _above(code: str, level: str) -> str:
    return {"city": code[:2] + "0000", "county": code[:4] + "00", "town": code[:6], "village": code[:9]}[level]


def _division_points(sieve: Sieve) -> None:
    lon, lat = (pd.Series(sieve.values[name], index=sieve.rows.index, dtype="float64") for name in ("lon", "lat"))
    bad = check_positions(lon, lat, pd.Series([None] * len(lon), index=lon.index, dtype="object"))
    for row, (code, detail) in bad.items():
        lon[row] = lat[row] = float("nan")
        sieve.add(row, code, "lon", detail)
    points = to_wgs84(lon.to_numpy(), lat.to_numpy(), sieve.setting.datum)
    sieve.values["lon"], sieve.values["lat"] = list(points.lon), list(points.lat)


def _name_places(sieve: Sieve) -> None:
    """Name address points by their full text; split an address into street and number where they are not given."""
    if sieve.setting.place_kind != "address":
        sieve.values["number"] = [
            fold(number).removesuffix("号") if number else None for number in sieve.values["number"]
        ]
        return
    for place, row in enumerate(sieve.rows.index):
        street, number, address = (sieve.values[name][place] for name in ("street", "number", "address"))
        if number:
            number = fold(number).removesuffix("号").removesuffix(".0")
        if not (street and number) and address:
            door = _DOOR.match(normalise(address).text)
            street, number = (street or door.group(1), number or door.group(2)) if door else (street, number)
        text = f"{street}{number}号" if street and number else address
        if not text:
            sieve.add(row, "ADDRESS_POINT_EMPTY", "address")
        sieve.values["name"][place] = text or sieve.values["name"][place]
        sieve.values["number"][place], sieve.values["street"][place] = number, street
        sieve.values["address"][place] = address or text


def _find_towns(sieve: Sieve) -> None:
    """Read the town column into ``town_code``, within the county where one is given; a town not known is told."""
    known = sieve.setting.towns
    codes = []
    for row, name, county in zip(sieve.rows.index, sieve.values["town"], sieve.values["county_code"], strict=True):
        code = known.get((county or "", word_key(name))) if name else None
        codes.append(code)
        if name and code is None and known and row not in sieve.rejected:
            sieve.add(row, "TOWN_UNKNOWN", "town")
    sieve.values["town_code"] = codes


def _find_parents(sieve: Sieve) -> None:
    """Turn the name of the zone around a place, or the street of an address point, into a key."""
    known, parents = sieve.setting.zones, []
    columns = (sieve.values[name] for name in ("parent", "street", "county_code"))
    for parent, street, county in zip(*columns, strict=True):
        area = county or sieve.setting.city
        if sieve.setting.place_kind == "address":
            parents.append(place_key("street", area, street) if street else None)
        else:
            parents.append((known.get(fold(parent)) or place_key("zone", area, parent)) if parent else None)
    sieve.values["parent"] = parents


def _geometries(sieve: Sieve, rows: pd.DataFrame) -> list[Any]:
    kind, bad = sieve.setting.place_kind, sieve.setting.positions or {}
    if "geometry" not in rows.columns:
        return _points(sieve)
    sieve.doubt()
    result: list[Any] = []
    fits = GEOMETRIES[kind]
    for row, shape in zip(rows.index, rows["geometry"], strict=True):
        if shape is None or shape.is_empty:
            sieve.add(row, "GEOMETRY_MISSING")
            result.append(None)
        elif row in bad:
            sieve.add(row, bad[row][0], None, bad[row][1])
            result.append(None)
        elif shape.geom_type in fits:
            result.append(shape)
        elif "Point" in fits and kind != "street":
            sieve.add(row, "GEOMETRY_REDUCED", None, {"from": shape.geom_type})
            result.append(shape.representative_point())
        else:
            sieve.add(row, "GEOMETRY_KIND", None, {"is": shape.geom_type, "fits": list(fits)})
            result.append(None)
    return result


def _points(sieve: Sieve) -> list[Any]:
    lon, lat = (pd.Series(sieve.values[name], index=sieve.rows.index, dtype="float64") for name in ("lon", "lat"))
    bad = sieve.setting.positions
    if bad is None:
        bad = check_positions(lon, lat, *sieve.surroundings())
    for row in sieve.rows.index:
        if row in bad:
            lon[row] = lat[row] = float("nan")
            sieve.add(row, bad[row][0], "lon", bad[row][1])
    sieve.doubt()
    points = to_wgs84(lon.to_numpy(), lat.to_numpy(), sieve.setting.datum)
    shapes = shapely.points(np.asarray(points.lon), np.asarray(points.lat))
    return [shape if ok else None for shape, ok in zip(shapes, np.isfinite(points.lon), strict=True)]


def _tell_namesakes(data: pd.DataFrame, keys: list[str]) -> list[str]:
    """Number places of one name in one county whose addresses differ: the second gets ``#2``."""
    addresses: dict[str, list[str]] = {}
    result = []
    for key, address in zip(keys, data["address"], strict=True):
        known = addresses.setdefault(key, [])
        text = fold(address) if address else ""
        if text not in known and (text or not known):
            known.append(text)
        number = known.index(text) if text in known else 0
        result.append(key if number == 0 else f"{key}#{number + 1}")
    return result


def check_villages(
    rows: pd.DataFrame,
    matching: Matching,  # noqa: ARG001 (the checks of all kinds are called alike)
    setting: Setting,
    *,
    seen: Mapping[str, tuple[Any, Any]] | None = None,  # noqa: ARG001
) -> Checked:
    """Give villages of the divisions that have no position the points of ``rows`` (``name``, ``county``, ``geometry``).

    Points of villages that the divisions do not know, or that several share, are left out without a fault.
    """
    placed = village_points(rows, setting.divisions if setting.divisions is not None else frames.DIVISIONS.empty())
    source = setting.source or ""
    placed = placed.assign(source=[f"{s}；{source}" if isinstance(s, str) and s else source for s in placed["source"]])
    told = pd.Series({key: (row, "") for row, key in zip(rows.index, placed.index, strict=False)}, dtype="object")
    none = Sieve(rows.iloc[:0].drop(columns="geometry"), Matching("places", {}), setting)
    checked = frames.DIVISIONS.conform(placed)
    return Checked({"divisions": checked}, told, none.faults(), rejected_index(none), len(placed))


def _join_streets(data: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, pd.Series]:
    """Join the pieces of each name to courses; the first row's words stand for all, pieces far apart are numbered."""
    groups = data.groupby(pd.Series(keys, index=data.index), sort=False)
    rows: dict[str, tuple[Any, str]] = {}
    lines, towns = [], []
    for key, places in groups.indices.items():
        shapes = [shape for shape in data["geometry"].iloc[places] if shape is not None]
        codes = set(data["town_code"].iloc[places])
        courses: list[Any] = [course.line for course in trace(shapes)] or [None]
        for number, line in enumerate(courses, start=1):
            rows[key if number == 1 else f"{key}#{number}"] = (data.index[places[0]], "")
            lines.append(line)
            towns.append(codes.copy().pop() if len(codes) == 1 else None)  # a street may run through several
    joined = data.loc[[row for row, _ in rows.values()]].set_axis(pd.Index(list(rows), dtype="object"))
    joined = joined.assign(town_code=towns, geometry=gpd.GeoSeries(lines, index=joined.index))
    return joined, pd.Series(rows, dtype="object")
