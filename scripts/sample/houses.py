"""Invented buildings, estates, malls and markets: each on a street, at a number, touching no other."""

import math
import random
from collections import defaultdict
from dataclasses import dataclass

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from .ground import Ground
from .streets import Door, Street
from .words import ESTATES, MALLS, MARKETS, OFFICES, Names
from .zones import Zone

COUNTS = {"office": 190, "estate": 90, "mall": 26, "market": 44}
"""Buildings of each kind in a city of 20,000 firms."""
_PRETTY = {"office": OFFICES, "estate": ESTATES, "mall": MALLS, "market": MARKETS}
_WIDTH = {"office": (32, 70), "estate": (110, 190), "mall": (80, 140), "market": (100, 190)}
_DEPTH = {"office": (22, 45), "estate": (90, 150), "mall": (60, 100), "market": (80, 150)}
_HEAVIEST = {"office": 16.0, "estate": 1.6, "mall": 9.0, "market": 14.0}
KINDS = {"office": "商务楼宇", "estate": "住宅小区", "mall": "购物中心", "market": "专业市场"}


@dataclass(slots=True, eq=False)
class House:
    """A building, an estate of blocks, a mall or a market."""

    name: str
    kind: str
    street: Street
    door: Door
    outline: BaseGeometry
    floors: int
    rooms: int
    blocks: int
    operator: str
    weight: float
    known: bool
    zone: Zone | None = None

    @property
    def key(self) -> str:
        """The name with the county's code."""
        return f"{self.street.county.code}:{self.name}"


class Blocks:
    """What is built already: finds whether a new outline would touch a house or lie on a street."""

    def __init__(self, streets: list[Street]) -> None:
        self._streets = [street.line for street in streets]
        self._tree = shapely.STRtree(self._streets)
        self._built: dict[tuple[int, int], list[BaseGeometry]] = defaultdict(list)

    def free(self, outline: BaseGeometry) -> bool:
        """Tell whether the outline keeps clear of streets and houses."""
        if len(self._tree.query(outline, predicate="intersects")):
            return False
        near = (other for cell in self._cells(outline) for other in self._built[cell])
        return not any(shapely.dwithin(outline, other, 8) for other in near)

    def add(self, outline: BaseGeometry) -> None:
        """Remember the outline."""
        for cell in self._cells(outline):
            self._built[cell].append(outline)

    @staticmethod
    def _cells(outline: BaseGeometry) -> list[tuple[int, int]]:
        west, south, east, north = (int(v // 500) for v in outline.buffer(10).bounds)
        return [(x, y) for x in range(west, east + 1) for y in range(south, north + 1)]


def build_houses(
    ground: Ground, streets: list[Street], zones: list[Zone], rng: random.Random, names: Names, *, scale: float = 1.0
) -> list[House]:
    """Return the houses; the doors that a house swallows are taken from its street."""
    blocks, by_zone = Blocks(streets), {zone.name: zone for zone in zones}
    core = {county.code: county.outline.buffer(-60) for county in ground.counties}
    houses: list[House] = []
    for kind, count in COUNTS.items():
        fit = [
            s
            for s in streets
            if len(s.doors) > 12 and not s.name.endswith("公路") and (kind in ("office", "mall") or not s.zone)
        ]
        weights = [_attraction(street, kind) for street in fit]
        wanted = _first_of_each_county(fit, rng) + rng.choices(fit, weights, k=4 * round(count * scale**0.8))
        built = 0
        for street in wanted:
            house = _build(kind, street, rng, blocks, core[street.county.code]) if built < count * scale**0.8 else None
            if house:
                built += 1
                house.name, house.zone = names_for(kind, street, names, rng), by_zone.get(street.zone)
                house.operator = _operator(house, rng)
                houses.append(house)
    return houses


def _first_of_each_county(streets: list[Street], rng: random.Random) -> list[Street]:
    first: dict[str, list[Street]] = defaultdict(list)
    for street in streets:
        first[street.county.code].append(street)
    return [street for code in sorted(first) for street in rng.sample(first[code], min(2, len(first[code])))]


def _attraction(street: Street, kind: str) -> float:
    town = street.town.rank ** (2.4 if kind in ("office", "mall") else 1.3)
    return town * street.weight**0.5 * (0.35 if street.zone else 1.0) * (0.4 if street.name.endswith("巷") else 1.0)


def _build(kind: str, street: Street, rng: random.Random, blocks: Blocks, core: BaseGeometry) -> House | None:
    for _ in range(6):
        door = rng.choice(street.doors)
        width, depth = rng.uniform(*_WIDTH[kind]), rng.uniform(*_DEPTH[kind])
        outline = _outline(door, width, depth)
        if blocks.free(outline) and shapely.contains(core, outline):
            blocks.add(outline)
            street.doors = [
                d for d in street.doors if d is door or d.side != door.side or abs(d.chain - door.chain) > width / 2 + 6
            ]
            door.listed = street.known and rng.random() < 0.7
            tall = street.town.rank > 2
            floors = rng.randint(8, 32) if kind == "office" and tall else rng.randint(3, 12)
            floors = {"mall": rng.randint(3, 7), "market": rng.randint(1, 4)}.get(kind, floors)
            rooms = {
                "office": rng.randint(4, 14),
                "estate": 4,
                "mall": rng.randint(14, 40),
                "market": rng.randint(60, 240),
            }[kind]
            weight = (
                rng.paretovariate(1.15) * {"office": 1.0 + floors / 12, "estate": 0.5, "mall": 1.6, "market": 2.2}[kind]
            )
            count = rng.randint(8, 60) if kind == "estate" else rng.choice((1, 1, 1, 2, 3)) if kind == "office" else 1
            return House(
                "",
                kind,
                street,
                door,
                outline,
                floors,
                rooms,
                count,
                "",
                min(weight, _HEAVIEST[kind]),
                rng.random() < 0.86,
            )
    return None


def _outline(door: Door, width: float, depth: float) -> Polygon:
    """Return a rectangle behind the door, square to its street, 12 m from the centre line (4 m before the door)."""
    along, sign = (math.cos(door.angle), math.sin(door.angle)), 1 if door.side else -1
    back = (-sign * along[1], sign * along[0])
    corners = ((-0.5, -4.0), (0.5, -4.0), (0.5, depth - 4.0), (-0.5, depth - 4.0))
    return Polygon(
        [(door.x + u * width * along[0] + v * back[0], door.y + u * width * along[1] + v * back[1]) for u, v in corners]
    )


def names_for(kind: str, street: Street, names: Names, rng: random.Random) -> str:
    """Return a name of the kind; one market in three bears its town's name."""
    word = names.house() if kind in ("office", "mall") else names.place()
    town = street.town.name.removesuffix("街道").removesuffix("镇") if kind == "market" and rng.random() < 0.33 else ""
    return town + word + rng.choice(_PRETTY[kind])


def _operator(house: House, rng: random.Random) -> str:
    word = house.name[:2]
    if house.kind == "market":
        return f"南通{word}市场管理有限公司"
    if house.kind == "mall":
        return f"南通{word}商业管理有限公司"
    return f"南通{word}物业服务有限公司" if rng.random() < 0.75 else ""
