"""Invented plans for tests of zones: squares of a kilometre, and random cells in a locked frame."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import box

from geo.frames import CRS
from geo.zones.lattice import UNITS
from geo.zones.plan import Plan

WEST, SOUTH = 121.0, 32.0
STEP = 0.01
"""Side of a square in degrees: about a kilometre."""


def square(column: float, row: float, columns: float = 1, rows: float = 1) -> Any:
    """Return a rectangle, in squares from the south-west corner."""
    x, y = WEST + column * STEP, SOUTH + row * STEP
    return box(round(x, 9), round(y, 9), round(x + columns * STEP, 9), round(y + rows * STEP, 9))


def at(column: float, row: float) -> tuple[float, float]:
    """Return a position in squares from the south-west corner."""
    return round(WEST + column * STEP, 9), round(SOUTH + row * STEP, 9)


def line(*positions: tuple[float, float]) -> Any:
    """Return a line through positions given in squares."""
    return shapely.LineString([at(*position) for position in positions])


def plan(zones: Mapping[str, Any], **facts: Mapping[str, Any]) -> Plan:
    """Return a plan of outlines; facts as ``parent={"b": "a"}``."""
    rows = {name: [values.get(key) for key in zones] for name, values in facts.items()}
    frame = pd.DataFrame({"name": list(zones)} | rows, index=list(zones))
    return Plan.of(gpd.GeoDataFrame(frame, geometry=list(zones.values()), crs=CRS))


@cache
def cells(seed: int, count: int) -> Plan:
    """Return ``count`` random cells that fill a square of 2 km, in a locked frame around them; a value, so kept."""
    random = np.random.default_rng(seed)
    ground = square(1, 1, 2, 2)
    points = shapely.multipoints(np.array(at(1, 1)) + random.uniform(0.05, 1.95, (count, 2)) * STEP)
    found = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=ground)), ground)
    zones = {f"c{k}": cell for k, cell in enumerate(found)}
    return plan(zones | {"frame": square(0, 0, 4, 4).difference(ground)}, locked={"frame": True})


def units2(given: Plan) -> float:
    """Return the sum of the areas of all zones, in square units of the lattice: exact for whole numbers."""
    return float(shapely.area(given.shapes).sum())


def side_units() -> float:
    """Return the side of a square in units of the lattice."""
    return STEP * UNITS
