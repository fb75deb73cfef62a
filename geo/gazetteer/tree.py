"""The divisions as entities, each with its chain of parents worked out."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.errors import AtlasError
from geo.gazetteer.entries import Entity
from geo.gazetteer.extents import METRES


class GazetteerError(AtlasError):
    """The divisions hold no city in force."""

    code = "GAZETTEER"


_RADIUS_M = {"city": 60_000.0, "county": 20_000.0, "town": 5_100.0, "village": 2_200.0}
"""Within which nine of ten addresses of a division lie around its point: usual sizes, not measured for each (a town's
holds 89 to 93 of 100 in three generated cities).

A village's is that of its town by the square root of the town's villages, as they share its ground; ``village`` is the
most, where the town is not known.
"""
_LEAST_M = 500.0
"""Radius of a village at least: the point of a village is its committee's, not its middle."""


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
    entities = _with_doubts(_with_shares({code: _division(code, rows) for code in rows}))
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


def _with_shares(entities: dict[str, Entity]) -> dict[str, Entity]:
    """Give each village the radius of its share of its town."""
    villages = {key: e for key, e in entities.items() if e.kind == "village" and e.town is not None}
    counts = Counter(e.town for e in villages.values() if not e.former)
    shares = {
        town: min(max(_RADIUS_M["town"] / math.sqrt(n), _LEAST_M), _RADIUS_M["village"]) for town, n in counts.items()
    }
    return entities | {key: e._replace(radius_m=shares[e.town]) for key, e in villages.items() if e.town in shares}


_FAR = 2.0
"""How many of a town's radii away from it no village of it lies: its point is another place's."""


def _with_doubts(entities: dict[str, Entity]) -> dict[str, Entity]:
    """Hold the points of villages against those of their towns, or of their county's where their own has none.

    A village that lies nearer to another town's point is known only as well as its own town's is far; one that lies
    out of its town's reach altogether has no position.
    """
    towns = [e for e in entities.values() if e.kind == "town" and e.placed and not e.former]
    counties = np.array([town.county or "" for town in towns])
    villages = [e for e in entities.values() if e.kind == "village" and e.placed and e.county in counties]
    if not villages:
        return entities
    scale = np.array([METRES * math.cos(math.radians(towns[0].lat)), METRES])
    seats = np.array([(town.lon, town.lat) for town in towns]) * scale
    placed = {town.key: k for k, town in enumerate(towns)}
    changed = dict(entities)
    for village in villages:
        apart = np.hypot(*(seats - np.array([village.lon, village.lat]) * scale).T)
        at = placed.get(village.town or "")
        away = float(apart[at] if at is not None else apart[counties == village.county].min())
        if away > _FAR * _RADIUS_M["town"]:
            changed[village.key] = village._replace(lon=math.nan, lat=math.nan)
        elif away > apart.min():
            changed[village.key] = village._replace(radius_m=max(village.radius_m, away))
    return changed
