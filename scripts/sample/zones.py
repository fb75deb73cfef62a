"""Invented zones: blocks beside the towns that overlap no other, with own roads, the large ones with sub-parks."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from .ground import XY, County, Ground, Town
from .streets import Street, grid, longest
from .words import LOCAL, NATIONAL, PROVINCIAL, SUBPARKS, Names

_STEP = 15.0
"""Metres within which two corners are one."""

_SIZES = {"national": (5_200.0, 3_900.0), "provincial": (3_300.0, 2_500.0), "local": (1_300.0, 950.0)}


@dataclass(slots=True, eq=False)
class Zone:
    """A zone with its outline on the plane."""

    name: str
    word: str
    level: str
    county: County
    town: Town
    outline: BaseGeometry
    weight: float
    parent: "Zone | None" = None
    parts: list["Zone"] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name: no zone shares one."""
        return self.name


def lay_zones(ground: Ground, rng: random.Random, names: Names, *, scale: float = 1.0) -> list[Zone]:
    """Return the zones, each before its sub-parks; their roads hang on the finest of them."""
    zones: list[Zone] = []
    taken: list[BaseGeometry] = []
    for county, level, town in _plan(ground, rng, scale):
        frame = _place(county, town, level, rng, taken)
        if frame is None:
            continue
        word, zone_name = _name(level, town, names, rng)
        weight = {"national": 9.0, "provincial": 4.0, "local": 1.0}[level] * rng.uniform(0.5, 1.6)
        home = county.town_at(*_centre(frame))
        zone = Zone(zone_name, word, level, county, home, _round_off(frame, rng), weight)
        taken.append(zone.outline)
        if level != "local":
            zone.parts = _subparks(zone, frame, rng)
        zones += [zone, *zone.parts]
        for part in zone.parts or [zone]:
            part.streets = _roads(part, rng, names)
    return zones


def drawn(zone: Zone) -> BaseGeometry:
    """Return the outline as an office would draw it: corners of a sub-park that nearly are its zone's are its zone's.

    Two corners within a step of each other, and corners that turn nowhere, make spikes as soon as somebody drags one.
    The city itself is laid on the outlines as they are.
    """
    if zone.parent is None:
        return zone.outline
    corners = MultiPoint(zone.parent.outline.exterior.coords[:-1])
    ring = [_settled(Point(xy), corners) for xy in zone.outline.exterior.coords[:-1]]
    return Polygon([xy for k, xy in enumerate(ring) if _turns(ring[k - 1], xy, ring[(k + 1) % len(ring)])])


def _settled(corner: Point, corners: MultiPoint) -> XY:
    near = min(corners.geoms, key=corner.distance)
    found = near if corner.distance(near) < _STEP else corner
    return found.x, found.y


def _turns(before: XY, corner: XY, after: XY) -> bool:
    return before != corner and Point(corner).distance(LineString([before, after])) > 1


def _plan(ground: Ground, rng: random.Random, scale: float) -> Iterator[tuple[County, str, Town]]:
    largest = sorted(ground.counties, key=lambda c: -len(c.towns))
    for county in ground.counties:
        towns = list(county.towns)
        if county in largest[:2]:
            yield county, "national", towns[-1]
        for town in towns[1 : 2 + (county in largest[2:5])]:
            yield county, "provincial", town
    for county in ground.counties:
        towns = list(county.towns)
        rng.shuffle(towns)
        for town in towns[: max(3, round(0.42 * len(towns) * math.sqrt(scale)))]:
            yield county, "local", town


def _place(county: County, town: Town, level: str, rng: random.Random, taken: list[BaseGeometry]) -> list[XY] | None:
    width, height = _SIZES[level]
    core = county.outline.buffer(-300)
    for attempt in range(60):
        shrink = 0.97**attempt
        w, h = width * shrink * rng.uniform(0.8, 1.15), height * shrink * rng.uniform(0.8, 1.15)
        away = max(w, h) * 0.6 + (1_900 if level == "local" else 2_600) * rng.uniform(0.7, 1.4)
        turn, tilt = rng.uniform(0, 6.28), rng.uniform(-0.2, 0.2)
        x, y = town.x + away * math.cos(turn), town.y + away * math.sin(turn)
        frame = [_turned((x, y), tilt, u * w / 2, v * h / 2) for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        block = Polygon(frame)
        if shapely.contains(core, block) and not any(shapely.dwithin(block, other, 90) for other in taken):
            return frame
    return None


def _turned(centre: XY, angle: float, u: float, v: float) -> XY:
    return centre[0] + u * math.cos(angle) - v * math.sin(angle), centre[1] + u * math.sin(angle) + v * math.cos(angle)


def _centre(frame: list[XY]) -> XY:
    return sum(x for x, _ in frame) / 4, sum(y for _, y in frame) / 4


def _between(a: XY, b: XY, t: float) -> XY:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def _round_off(frame: list[XY], rng: random.Random) -> Polygon:
    """Return the block with some corners cut, as rivers and roads do."""
    points: list[XY] = []
    for i, corner in enumerate(frame):
        if rng.random() < 0.55:
            points += [
                _between(corner, frame[i - 1], rng.uniform(0.08, 0.2)),
                _between(corner, frame[(i + 1) % 4], rng.uniform(0.08, 0.2)),
            ]
        else:
            points.append(corner)
    return Polygon(points)


def _name(level: str, town: Town, names: Names, rng: random.Random) -> tuple[str, str]:
    word = names.place()
    if level == "national":
        return word + "湾", word + rng.choice(NATIONAL)
    if level == "provincial":
        return word, word + rng.choice(PROVINCIAL)
    return word, (town.name if rng.random() < 0.35 else "") + word + rng.choice(LOCAL)


def _subparks(zone: Zone, frame: list[XY], rng: random.Random) -> list[Zone]:
    """Cut strips across the block that share their edges, within the zone's own outline."""
    count = 4 if zone.level == "national" else rng.choice((2, 3))
    cuts = [0.0, *sorted(min(0.9, max(0.1, (i + 1) / count + rng.uniform(-0.07, 0.07))) for i in range(count - 1)), 1.0]
    a, b, c, d = frame
    parts = []
    for i, kind in enumerate(rng.sample(SUBPARKS, count)):
        strip = Polygon(
            [_between(a, b, cuts[i]), _between(a, b, cuts[i + 1]), _between(d, c, cuts[i + 1]), _between(d, c, cuts[i])]
        )
        outline = shapely.intersection(strip, zone.outline)
        home = zone.county.town_at(outline.centroid.x, outline.centroid.y)
        parts.append(
            Zone(
                zone.word + kind,
                zone.word,
                "local",
                zone.county,
                home,
                outline,
                zone.weight / count * rng.uniform(0.6, 1.4),
                zone,
            )
        )
    return parts


def _roads(zone: Zone, rng: random.Random, names: Names) -> list[Street]:
    west, south, east, north = zone.outline.bounds
    half = max(east - west, north - south) / 2
    area = zone.outline.buffer(-35)
    count = max(2, round(half / 420))
    word, streets = names.place(), []
    for i, (line, _) in enumerate(
        grid(
            rng,
            (zone.outline.centroid.x, zone.outline.centroid.y),
            angle=rng.uniform(-0.1, 0.1),
            half=half,
            lines=(count, count),
        )
    ):
        piece = longest(shapely.intersection(line, area))
        if piece is None or piece.length < 220:
            continue
        name = f"{word}{'一二三四五六七八九'[i % 9]}路" if i % 3 and i < 9 else names.place() + "路"
        streets.append(
            Street(name, zone.county, zone.town, piece, rng.paretovariate(1.6), rng.random() < 0.95, zone.name)
        )
    return streets
