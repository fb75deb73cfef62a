"""Invented streets: slightly bent grids in the towns, roads between them, doors with numbers along both sides."""

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import shapely
import shapely.ops
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from .ground import XY, County, Ground, Town, Village
from .words import Names

COUNTY_SEATS = {"320613": 9, "320612": 1, "320614": 1, "320623": 1, "320681": 1, "320682": 1, "320685": 1}
"""How many of a county's first towns are built up like a city; 1 where not named."""


@dataclass(slots=True, eq=False)
class Door:
    """A house number: where it stands, and which way its street runs there."""

    number: int
    x: float
    y: float
    angle: float
    side: int
    chain: float
    town: Town
    village: Village | None
    suffix: str = ""
    listed: bool = True

    @property
    def text(self) -> str:
        """The number as the house-number layer writes it."""
        return f"{self.number}{self.suffix}"


@dataclass(slots=True, eq=False)
class Street:
    """A street with its course on the plane, its doors, and how busy it is."""

    name: str
    county: County
    town: Town
    line: BaseGeometry
    weight: float
    known: bool
    zone: str = ""
    doors: list[Door] = field(default_factory=list)
    crossings: list[tuple[float, str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name with the town's code: streets of one name are apart."""
        return f"{self.town.code}:{self.name}"


def bend(rng: random.Random, ends: tuple[XY, XY], sway: float) -> LineString:
    """Return a line between two points that sways a little to both sides, as streets do."""
    (x0, y0), (x1, y1) = ends
    length = math.hypot(x1 - x0, y1 - y0)
    steps = max(3, round(length / 260))
    wave, phase = rng.uniform(0.6, 1.6), rng.uniform(0, 6.28)
    nx, ny = -(y1 - y0) / length, (x1 - x0) / length
    points = []
    for i in range(steps + 1):
        t = i / steps
        off = sway * math.sin(phase + wave * 6.28 * t) + (rng.uniform(-3, 3) if 0 < i < steps else 0)
        points.append((x0 + (x1 - x0) * t + nx * off, y0 + (y1 - y0) * t + ny * off))
    return LineString(points)


def grid(
    rng: random.Random, centre: XY, *, angle: float, half: float, lines: tuple[int, int]
) -> list[tuple[LineString, bool]]:
    """Return about ``lines`` streets along and across ``angle``; the flag says along (east-west)."""
    cos, sin = math.cos(angle), math.sin(angle)
    streets = []
    for along, count in ((True, lines[0]), (False, lines[1])):
        for i in range(count):
            off = ((i + 0.5) / count - 0.5) * 1.7 * half + rng.uniform(-0.16, 0.16) * half / max(count, 2)
            reach = half * rng.uniform(0.72, 1.12)
            start, end = ((-reach, off), (reach, off)) if along else ((off, -reach), (off, reach))
            ends = [(centre[0] + u * cos - v * sin, centre[1] + u * sin + v * cos) for u, v in (start, end)]
            streets.append((bend(rng, (ends[0], ends[1]), rng.uniform(2, 14)), along))
    return streets


def lay_streets(
    ground: Ground, rng: random.Random, names: Names, *, spared: BaseGeometry, density: float = 1.0
) -> list[Street]:
    """Return the streets of towns outside ``spared``, and roads between towns; some names recur in other counties."""
    common = [names.place() for _ in range(36)]
    streets: list[Street] = []
    for county in ground.counties:
        core, words = county.outline.buffer(-120), _words(rng, names, common)
        free = shapely.difference(core, spared)
        for rank, town in enumerate(_by_rank(county)):
            city_like = rank < COUNTY_SEATS.get(county.code, 1)
            town.rank = 3.2 if city_like else rng.uniform(0.5, 1.4)
            spacing = (580 if city_like else 660) / math.sqrt(density)
            streets += _town_streets(town, rng, words, free, spacing=spacing)
        streets += _roads(county, rng, names, core)
    return streets


def _words(rng: random.Random, names: Names, common: list[str]) -> Iterator[str]:
    """Yield names for one county's streets, each once; one in five is also given in other counties."""
    shared = rng.sample(common, len(common))
    while True:
        yield shared.pop() if shared and rng.random() < 0.2 else names.place()


def _by_rank(county: County) -> list[Town]:
    """Return the towns, those nearest to the county's first street offices first."""
    offices = [town for town in county.towns if town.name.endswith("街道")]
    first = offices[: COUNTY_SEATS.get(county.code, 1)] or [max(county.towns, key=lambda town: len(town.villages))]
    return first + [town for town in county.towns if town not in first]


def _town_streets(
    town: Town, rng: random.Random, words: Iterator[str], free: BaseGeometry, *, spacing: float
) -> list[Street]:
    area = shapely.intersection(town.cell.buffer(-40), free)
    half = 2_300.0 if town.rank > 2 else rng.uniform(650, 1_150)
    half = min(half, 0.62 * math.sqrt(max(area.area, 1.0)))
    count = 2 * half / spacing
    lines = (max(2, round(count + rng.uniform(-1, 1))), max(2, round(count + rng.uniform(-1, 1))))
    streets = []
    for line, along in grid(rng, (town.x, town.y), angle=rng.uniform(-0.14, 0.14), half=half, lines=lines):
        piece = longest(shapely.intersection(line, area))
        if piece is not None and piece.length > 280:
            weight = town.rank * min(rng.paretovariate(1.3), 4.5)
            streets += _named(town, piece, next(words), along, rng, weight=weight)
    return streets


def _named(town: Town, line: LineString, word: str, along: bool, rng: random.Random, *, weight: float) -> list[Street]:
    known = rng.random() < 0.95
    kind = rng.choices(("路", "街", "大道", "巷"), (74, 9, 9, 8) if line.length > 700 else (70, 12, 0, 18))[0]
    if line.length < 1_700 or kind in "街巷" or rng.random() < 0.35:
        return [Street(word + kind, town.county, town, line, weight, known)]
    parts = ("西", "东") if along else ("南", "北")
    if line.length > 3_000:
        parts = (parts[0], "中", parts[1])
    cuts = [
        shapely.ops.substring(line, i / len(parts), (i + 1) / len(parts), normalized=True) for i in range(len(parts))
    ]
    return [
        Street(word + part + kind, town.county, town, cut, weight / len(parts), known)
        for part, cut in zip(parts, cuts, strict=True)
    ]


def _roads(county: County, rng: random.Random, names: Names, core: BaseGeometry) -> list[Street]:
    seat, *others = _by_rank(county)
    far = sorted(others, key=lambda t: -math.hypot(t.x - seat.x, t.y - seat.y))
    roads = []
    for town in far[:5:2]:
        share = min(0.5, 2_600 / math.hypot(town.x - seat.x, town.y - seat.y))  # begins where the grid ends
        ends = ((seat.x + share * (town.x - seat.x), seat.y + share * (town.y - seat.y)), (town.x, town.y))
        piece = longest(shapely.intersection(bend(rng, ends, 130.0), core))
        if piece is not None and piece.length > 3_000:
            roads.append(Street(names.place() + "公路", county, town, piece, 0.8, True))
    return roads


def longest(shape: BaseGeometry) -> LineString | None:
    """Return the longest line of a cut line, None if nothing is left."""
    lines = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "LineString" and not part.is_empty]
    return max(lines, key=lambda part: part.length, default=None)


def number_doors(streets: Iterable[Street], rng: random.Random) -> None:
    """Number the doors of each street: odd on the left, even on the right, none at a crossing."""
    streets = list(streets)
    tree = shapely.STRtree([street.line for street in streets])
    for street in streets:
        street.crossings = _crossings(street, streets, tree)
        step = (17, 44) if street.line.length < 4_000 else (60, 200)
        listed = rng.choices((0.95, 0.5, 0.15, 0.0), (24, 30, 24, 22))[0] if step[0] < 60 else 0.0
        for side in (1, 0):
            _number_side(street, side, rng, step=step, listed=listed)


def _crossings(street: Street, streets: list[Street], tree: shapely.STRtree) -> list[tuple[float, str]]:
    crossings = []
    for index in sorted(tree.query(street.line, predicate="intersects").tolist()):
        other = streets[index]
        if other is not street:
            meets = shapely.intersection(street.line, other.line)
            crossings += [(street.line.project(part.centroid), other.name) for part in getattr(meets, "geoms", [meets])]
    return sorted(crossings)


def _number_side(street: Street, side: int, rng: random.Random, *, step: tuple[int, int], listed: float) -> None:
    length = street.line.length
    chain, number = rng.uniform(14, 30), 1 if side else 2
    while chain < length - 10:
        if all(abs(chain - at) > 24 for at, _ in street.crossings):
            a, b = street.line.interpolate(max(chain - 2, 0)), street.line.interpolate(min(chain + 2, length))
            angle = math.atan2(b.y - a.y, b.x - a.x)
            sign = 1 if side else -1
            x, y = (a.x + b.x) / 2 - sign * 16 * math.sin(angle), (a.y + b.y) / 2 + sign * 16 * math.cos(angle)
            town = street.county.town_at(x, y)
            door = Door(number, x, y, angle, side, chain, town, town.village_at(x, y))
            door.listed = street.known and rng.random() < listed
            street.doors.append(door)
        chain += rng.uniform(*step)
        number += 2 if rng.random() < 0.93 else 4
