"""Invented townships for tests and measurements of the joint engine; seeded, nothing real."""

from collections.abc import Iterator

import numpy as np

from geo.joint.ground import Ground

DENSITIES = (200, 40, 10)
"""Firms per square kilometre: centre, suburb, country."""


def township(
    draw: np.random.Generator, firms: int, density: float, *, number: int = 0, tower: float = 14, piled: bool = True
) -> dict[str, np.ndarray]:
    """Firms of one township: two in five in buildings, some in markets or the park, most on streets.

    ``piled``: firms of a building lie in one spot and firms of a street along it; else anywhere.
    """
    side = np.sqrt(firms / density) * 1000
    xy = draw.uniform(0, side, (firms, 2))
    buildings, streets = max(1, int(firms * 0.4 / tower)), max(2, int(side / 400))
    building = np.where(draw.random(firms) < 0.4, draw.integers(0, buildings, firms), -1)
    market = np.where((building < 0) & (draw.random(firms) < 0.06), draw.integers(0, 2, firms), -1)
    zone = np.where(draw.random(firms) < 0.08, 0, -1)
    street = np.where(draw.random(firms) < 0.6, draw.integers(0, streets, firms), -1)
    for place, count in ((building, buildings), (market, 2)) if piled else ():
        spots = draw.uniform(0, side, (count, 2))
        xy[place >= 0] = spots[place[place >= 0]]
    along = (building < 0) & (market < 0) & (street >= 0) & piled
    xy[along, 1] = draw.uniform(0, side, streets)[street[along]] + draw.normal(0, 10, along.sum())
    x, y = xy.round().astype(np.int64).T
    base = number * 10_000
    places = [np.where(kind >= 0, kind + base, -1) for kind in (building, market, zone, np.full(firms, -1))]
    town = np.full(firms, number, dtype=np.int64)
    return {
        "wide": town, "narrow": town, "workers": np.minimum(24, draw.geometric(1 / 6.5, firms)).astype(np.int64),
        "heads": np.ones(firms, np.int64), "place": np.stack(places, axis=1),
        "street": np.where(street >= 0, street + base, -1), "chainage": np.where(street >= 0, x, 0),
        "located": np.ones(firms, dtype=bool), "x": x, "y": y, "industry": np.full(firms, -1, dtype=np.int64),
    }  # fmt: skip


def town(seed: int, firms: int, density: float, *, tower: float = 14, piled: bool = True) -> Ground:
    """One township."""
    return Ground(**township(np.random.default_rng(seed), firms, density, tower=tower, piled=piled))


def city(firms: int, *, each: int = 1500, seed: int = 0, together: int = 12) -> Iterator[Ground]:
    """A city of townships of three densities in turn, some at a time so that memory stays small."""
    draw, towns = np.random.default_rng(seed), max(1, firms // each)
    for begin in range(0, towns, together):
        numbers = range(begin, min(towns, begin + together))
        parts = [township(draw, each, DENSITIES[number % 3], number=number) for number in numbers]
        yield Ground(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
