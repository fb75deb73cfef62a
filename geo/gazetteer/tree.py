"""The divisions as entities, each with its chain of parents worked out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.errors import AtlasError
from geo.gazetteer.entries import Entity
from geo.gazetteer.grounds import village_radii


class GazetteerError(AtlasError):
    """The divisions hold no city in force."""

    code = "GAZETTEER"


_RADIUS_M = {"city": 60_000.0, "county": 20_000.0, "town": 5_300.0, "village": 2_200.0}
"""Within which nine of ten addresses of a division lie around its point: usual sizes, not measured for each (a town's
holds 90 to 92 of 100 in five generated cities). A village's follows from its town's ground (``grounds``).
"""


@dataclass
class Tree:
    """Divisions as entities with their chain of parents worked out."""

    city: Entity
    province: str
    counties: tuple[str, ...]
    entities: dict[str, Entity]


def read_tree(divisions: pd.DataFrame) -> Tree:
    """Return the divisions as entities; raise ``GazetteerError`` without a city in force."""
    rows = {str(row.Index): row for row in divisions.itertuples()}
    cities = [code for code, row in rows.items() if row.level == "city" and pd.isna(row.valid_to)]
    if not cities:
        raise GazetteerError("the divisions hold no city in force")
    entities = _with_radii({code: _division(code, rows) for code in rows})
    counties = tuple(sorted(c for c, e in entities.items() if e.kind == "county" and not e.former))
    if not counties:  # 东莞, 中山: towns lie right under the city, which then stands for its own only county
        counties = (cities[0],)
        entities = {code: e if e.former else e._replace(county=cities[0]) for code, e in entities.items()}
    return Tree(entities[cities[0]], cities[0][:2] + "0000", counties, entities)


def _division(code: str, rows: Mapping[str, Any]) -> Entity:
    row = rows[code]
    county = town = None
    at, seen = code, set()
    while at in rows and at not in seen:
        seen.add(at)
        former = not pd.isna(rows[at].valid_to)
        if rows[at].level == "town" and not former and town is None:
            town = at
        if rows[at].level == "county" and not former:
            county = at
        at = "" if pd.isna(rows[at].parent) else str(rows[at].parent)
    lon, lat = float(row.lon), float(row.lat)
    former = not pd.isna(row.valid_to)
    return Entity(code, row.level, str(row.name), county, town, lon, lat, "division", _RADIUS_M[row.level], former)


def _with_radii(entities: dict[str, Entity]) -> dict[str, Entity]:
    """Give each village its own radius, and no position where its point cannot be its own."""
    changed = dict(entities)
    for key, radius in village_radii(entities).items():
        village = entities[key]
        lost = village.placed and math.isnan(radius)
        changed[key] = village._replace(lon=math.nan, lat=math.nan) if lost else village._replace(radius_m=radius)
    return changed
