"""The real ground: counties, towns and villages, on a plane in metres.

Open data has no outlines of towns. The cells made here (all that is nearer to one town's point than to another's) serve
the sample only: to lay out streets, to say which town a made address names, and as a layer of town areas to draw and
paint with, which says of itself that it is invented. They are not town boundaries.
"""

import csv
import json
import math
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPoint, Point, shape
from shapely.geometry.base import BaseGeometry

_TOWN = re.compile(r"(街道|镇|乡)$")
XY = tuple[float, float]

OLD_NAMES = {"320612": ("通州市",), "320614": ("海门市",), "320685": ("海安县",)}
"""Names of counties before 2009 (通州), 2018 (海安) and 2020 (海门), as old addresses write them."""
OLD_TOWNS = (({f"320613{n:03}" for n in (16, 17, 18, 19, 20, 21)}, "港闸区"),)
"""Towns of a county that is gone (港闸 went into 崇川 in 2020)."""
PARTS = {"320671": "320613"}
"""Units that registers count like counties but that lie within one."""


@dataclass(frozen=True)
class Plane:
    """An equirectangular plane in metres, good to about half a percent over one city."""

    lon: float
    lat: float

    def xy(self, lon: float, lat: float) -> XY:
        """Return metres east and north of the plane's origin."""
        return (lon - self.lon) * 111_320 * math.cos(math.radians(self.lat)), (lat - self.lat) * 110_940

    def lonlat(self, x: float, y: float) -> XY:
        """Return longitude and latitude, WGS-84, with six decimals."""
        lon = self.lon + x / (111_320 * math.cos(math.radians(self.lat)))
        return round(lon, 6), round(self.lat + y / 110_940, 6)


@dataclass(eq=False)
class Village:
    """A real village or community with a point, real where the divisions have one."""

    code: str
    name: str
    x: float
    y: float
    weight: float = 1.0


@dataclass(eq=False)
class Town:
    """A real town or street office with its point and the generator's own cell around it."""

    code: str
    name: str
    county: "County"
    x: float
    y: float
    old_county: str = ""
    cell: BaseGeometry = field(default_factory=Point)
    rank: float = 1.0
    villages: list[Village] = field(default_factory=list)

    def village_at(self, x: float, y: float) -> Village | None:
        """Return the village whose point is nearest."""
        return min(self.villages, key=lambda v: (v.x - x) ** 2 + (v.y - y) ** 2, default=None)


@dataclass(eq=False)
class County:
    """A real county as of today."""

    code: str
    name: str
    outline: BaseGeometry
    old_names: tuple[str, ...] = ()
    towns: list[Town] = field(default_factory=list)

    @property
    def short(self) -> str:
        """The name without 区, 县, 市."""
        return self.name[:-1]

    def town_at(self, x: float, y: float) -> Town:
        """Return the town whose point is nearest."""
        return min(self.towns, key=lambda t: (t.x - x) ** 2 + (t.y - y) ** 2)


@dataclass(eq=False)
class Ground:
    """A city's counties, on one plane, and all real names that invented ones must not repeat."""

    city_code: str
    city: str
    plane: Plane
    counties: list[County]
    real_names: list[str]

    @property
    def towns(self) -> Iterator[Town]:
        """All towns, by county and code."""
        return (town for county in self.counties for town in county.towns)


def read_ground(divisions: Path, outlines: Path, rng: random.Random) -> Ground:
    """Read a city's divisions (csv) and today's county outlines (GeoJSON, WGS-84) and lay them on a plane."""
    with divisions.open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["code"], row.get("valid_from") or ""))
    today = [row for row in rows if not row.get("valid_to")]
    shapes = _read_outlines(outlines)
    west, south, east, north = (float(v) for v in shapely.total_bounds([geometry for _, _, geometry in shapes]))
    plane = Plane(round((west + east) / 2, 2), round((south + north) / 2, 2))
    counties = []
    for code, name, geometry in shapes:
        county = County(
            code, name, shapely.transform(geometry, lambda points: _project(plane, points)), OLD_NAMES.get(code, ())
        )
        county.towns = _towns(county, today, plane, rng)
        _cut_cells(county)
        for town in county.towns:
            town.villages = _villages(town, today, plane, rng, county.outline)
        counties.append(county)
    city = next(row for row in today if row["level"] == "city")
    return Ground(city["code"][:6], city["name"], plane, counties, sorted({row["name"] for row in rows}))


def inside(rng: random.Random, area: BaseGeometry) -> XY:
    """Return a point of ``area`` by lot."""
    west, south, east, north = area.bounds
    for _ in range(200):
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(area, x, y):
            return x, y
    point = area.representative_point()
    return point.x, point.y


def _read_outlines(path: Path) -> list[tuple[str, str, BaseGeometry]]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    rows = [feature["properties"] | {"geometry": shape(feature["geometry"])} for feature in features]
    today = [row for row in rows if not row.get("valid_to") and row.get("level", "county") == "county"]
    return sorted((str(row["code"])[:6], row["name"], row["geometry"]) for row in today)


def _project(plane: Plane, points: Any) -> Any:
    return [plane.xy(lon, lat) for lon, lat in points.tolist()]


def _point(row: dict[str, str], plane: Plane, area: BaseGeometry) -> XY | None:
    if not row.get("lon") or not row.get("lat"):
        return None
    x, y = plane.xy(float(row["lon"]), float(row["lat"]))
    return (x, y) if shapely.contains_xy(area, x, y) else None


def _towns(county: County, today: list[dict[str, str]], plane: Plane, rng: random.Random) -> list[Town]:
    parents = {county.code, *(part for part, whole in PARTS.items() if whole == county.code)}
    rows = [
        row for row in today if row["level"] == "town" and row["parent"][:6] in parents and _TOWN.search(row["name"])
    ]
    core = county.outline.buffer(-4_000)
    known = {
        row["code"]: _point(row, plane, county.outline) or _middle(row["code"], today, plane, county.outline)
        for row in rows
    }
    taken = [point for point in known.values() if point]
    towns = []
    for row in rows:
        point = known[row["code"]]
        if point is None:  # no source knows it: as far as may be from the others, of a dozen tries
            tries = [inside(rng, core) for _ in range(12)]
            point = max(tries, key=lambda p: min(((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 for q in taken), default=0))
            taken.append(point)
        old = next((name for codes, name in OLD_TOWNS if row["code"] in codes), "")
        towns.append(Town(row["code"], row["name"], county, *point, old_county=old))
    return towns


def _middle(town: str, today: list[dict[str, str]], plane: Plane, area: BaseGeometry) -> XY | None:
    """Return the middle of a town's villages as far as their points are known."""
    points = [_point(row, plane, area) for row in today if row["level"] == "village" and row["parent"] == town]
    known = [point for point in points if point]
    if not known:
        return None
    x, y = sum(x for x, _ in known) / len(known), sum(y for _, y in known) / len(known)
    return (x, y) if shapely.contains_xy(area, x, y) else known[0]


def _cut_cells(county: County) -> None:
    cells = shapely.voronoi_polygons(MultiPoint([(t.x, t.y) for t in county.towns]), extend_to=county.outline.envelope)
    for town in county.towns:
        cell = next((c for c in cells.geoms if shapely.contains_xy(c, town.x, town.y)), county.outline)
        town.cell = shapely.intersection(cell, county.outline)


def matched_cells(county: County) -> Iterator[tuple[Town, BaseGeometry]]:
    """Yield the cells of a county's towns with the corners of each in the borders of the others, so that they match."""
    lines = shapely.union_all([town.cell.boundary for town in county.towns])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points = shapely.point_on_surface(faces)
    for town in county.towns:
        yield town, shapely.coverage_union_all(faces[shapely.intersects(town.cell, points)])


def _villages(
    town: Town, today: list[dict[str, str]], plane: Plane, rng: random.Random, county: BaseGeometry
) -> list[Village]:
    """Return a town's villages; a known point stands, also where the town's invented cell does not reach it."""
    rows = [r for r in today if r["level"] == "village" and r["parent"] == town.code and "虚拟" not in r["name"]]
    area = shapely.intersection(town.cell.buffer(-150), Point(town.x, town.y).buffer(6_500))
    return [Village(row["code"], row["name"], *(_point(row, plane, county) or inside(rng, area))) for row in rows]
