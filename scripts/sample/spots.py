"""Where each firm truly is: a door, a room, a stall, a villagers' group, as fine as its address will name."""

import itertools
import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from .ground import County, Ground, Town, Village, inside
from .houses import House
from .streets import Door, Street
from .zones import Zone

IN_HOUSE = {"road_number": 0.31, "building": 1.0, "other": 0.3}
IN_ZONE = {"road_number": 0.27, "road": 0.35, "zone": 1.0}
_KIND = {
    "road_number": (("office", 16), ("market", 6), ("mall", 5), ("estate", 3)),
    "building": (("office", 45), ("estate", 28), ("market", 16), ("mall", 11)),
    "other": (("market", 1),),
}


@dataclass(slots=True, eq=False)
class Spot:
    """A true place, finest part last, and the finest thing that a text about it shall name."""

    finest: str
    county: County
    town: Town
    village: Village | None
    x: float
    y: float
    zone: Zone | None = None
    street: Street | None = None
    door: Door | None = None
    house: House | None = None
    block: str = ""
    floor: int = 0
    room: str = ""
    group: int = 0


class Bag:
    """Things drawn by weight, again and again."""

    def __init__(self, things: Sequence[Any], weights: Sequence[float]) -> None:
        self.things = list(things)
        self._sums = list(itertools.accumulate(weights))

    def draw(self, rng: random.Random) -> Any:
        """Return one thing."""
        return rng.choices(self.things, cum_weights=self._sums)[0]


class Finder:
    """Draws spots of a city."""

    def __init__(
        self, ground: Ground, streets: list[Street], zones: list[Zone], houses: list[House], rng: random.Random
    ) -> None:
        self._rng, self._zones = rng, zones
        self._tree = shapely.STRtree([zone.outline for zone in zones])
        self._plain = self._by_county(
            [s for s in streets if s.doors and not s.zone], lambda s: s.weight * len(s.doors) ** 0.4
        )
        self._zoned = self._by_county(
            [s for s in streets if s.doors and s.zone], lambda s: s.weight * self._pull(s.zone)
        )
        by_kind = {
            kind: [house for house in houses if house.kind == kind] for kind in ("office", "estate", "mall", "market")
        }
        self._houses = {
            kind: self._by_county(some, lambda h: h.weight, of=lambda h: h.street.county)
            for kind, some in by_kind.items()
        }
        self._villages = {}
        for county in ground.counties:
            pairs = [(town, village) for town in county.towns for village in town.villages]
            weights = [min(rng.paretovariate(1.05), 30) for _ in pairs]
            self._villages[county.code] = Bag(pairs, weights)

    def _pull(self, name: str) -> float:
        return next(zone.weight for zone in self._zones if zone.name == name)

    @staticmethod
    def _by_county(things: Sequence[Any], weight: Any, of: Any = lambda thing: thing.county) -> dict[str, Bag]:
        groups: dict[str, list[Any]] = defaultdict(list)
        for thing in things:
            groups[of(thing).code].append(thing)
        return {code: Bag(some, [weight(thing) for thing in some]) for code, some in groups.items()}

    def find(self, county: County, finest: str) -> Spot:
        """Return a place in the county where an address may end with ``finest``."""
        rng = self._rng
        chance = rng.random()
        if chance < IN_HOUSE.get(finest, 0):
            kinds = [(kind, share) for kind, share in _KIND[finest] if county.code in self._houses[kind]]
            if not kinds and finest == "building":  # a small city may have none in a county
                finest = "road_number"
            if kinds:
                kind = rng.choices([k for k, _ in kinds], [share for _, share in kinds])[0]
                return self._in_house(self._houses[kind][county.code].draw(rng), finest)
        if chance > 1 - IN_ZONE.get(finest, 0) and county.code in self._zoned:
            return self._at_door(self._zoned[county.code].draw(rng), finest)
        if finest in ("village", "village_group") or (finest in ("town", "other") and rng.random() < 0.4):
            return self._in_village(county, finest)
        return self._at_door(self._plain[county.code].draw(rng), finest)

    def _zone_at(self, x: float, y: float) -> Zone | None:
        hits = [self._zones[i] for i in self._tree.query(shapely.Point(x, y), predicate="within").tolist()]
        return max(hits, key=lambda zone: (zone.parent is not None, zone.name), default=None)

    def _at_door(self, street: Street, finest: str) -> Spot:
        door = self._rng.choice(street.doors)
        return Spot(
            finest, street.county, door.town, door.village, door.x, door.y, self._zone_at(door.x, door.y), street, door
        )

    def _in_village(self, county: County, finest: str) -> Spot:
        town, village = self._villages[county.code].draw(self._rng)
        group = self._rng.randint(1, 40) if finest == "village_group" else 0
        half = math.sqrt(town.cell.area / len(town.villages)) / 2
        x, y = village.x + self._rng.uniform(-half, half), village.y + self._rng.uniform(-half, half)
        if not shapely.contains_xy(county.outline, x, y):
            x, y = village.x, village.y
        return Spot(finest, county, town, village, x, y, self._zone_at(x, y), group=group)

    def _in_house(self, house: House, finest: str) -> Spot:
        rng, door = self._rng, house.door
        x, y = inside(rng, house.outline)
        spot = Spot(
            finest, house.street.county, door.town, door.village, x, y, self._zone_at(x, y), house.street, door, house
        )
        spot.floor = min(house.floors, 1 + int(rng.betavariate(1.1, 1.6) * house.floors))
        if house.kind == "estate":
            spot.block = f"{rng.randint(1, house.blocks)}"
            spot.floor = min(spot.floor, 6)
            spot.room = f"{spot.floor}{rng.randint(1, 4):02}"
        elif house.kind == "office":
            spot.block = "" if house.blocks == 1 else rng.choice("ABC"[: house.blocks])
            spot.room = f"{spot.floor}{rng.randint(1, house.rooms):02}"
        else:
            spot.block = rng.choice("ABCDE") if house.kind == "market" else ""
            spot.room = f"{rng.randint(1, house.rooms)}"
        return spot
