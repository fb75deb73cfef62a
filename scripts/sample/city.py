"""The sample city as a whole: ground, zones, streets, houses, firms, unions, each resting on the ones before."""

import random
from dataclasses import dataclass
from pathlib import Path

import shapely

from .firms import Firm, FirmMaker
from .ground import Ground, read_ground
from .houses import House, build_houses
from .practice import NEW
from .spots import Finder
from .state import give_reasons
from .streets import Street, lay_streets, number_doors
from .unions import Union, UnionMaker
from .words import Names
from .zones import Zone, lay_zones


@dataclass(frozen=True)
class City:
    """Everything there is."""

    seed: int
    ground: Ground
    streets: list[Street]
    zones: list[Zone]
    houses: list[House]
    firms: list[Firm]
    newcomers: list[Firm]
    unions: list[Union]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude (WGS-84) of a point of the plane."""
        return self.ground.plane.lonlat(x, y)


def build_city(divisions: Path, outlines: Path, *, firms: int, seed: int) -> City:
    """Return the city; it has more streets and buildings for more firms. Equal arguments give equal cities."""

    def lot(part: str) -> random.Random:
        return random.Random(f"{seed}:{part}")

    scale = firms / 20_000
    ground = read_ground(divisions, outlines, lot("ground"))
    names = Names(lot("names"), ground.real_names)
    zones = lay_zones(ground, lot("zones"), names, scale=min(max(scale, 0.25), 3.0))
    spared = shapely.union_all([zone.outline.buffer(40) for zone in zones])
    streets = lay_streets(ground, lot("streets"), names, spared=spared, density=min(max(scale, 0.25), 6.0))
    streets += [street for zone in zones for street in zone.streets]
    number_doors(streets, lot("doors"))
    houses = build_houses(ground, streets, zones, lot("houses"), names, scale=scale)
    maker = FirmMaker(ground, Finder(ground, streets, zones, houses, lot("spots")), lot("firms"))
    made = [maker.make() for _ in range(firms)]
    newcomers = [maker.make(kind="企业法人") for _ in range(NEW)]
    unions = UnionMaker(ground, made, lot("unions"), names).found_all()
    give_reasons(made, lot("reasons"))
    return City(seed, ground, streets, zones, houses, made, newcomers, unions)
