"""The grounds of towns and villages of which only points are known, and how far a village reaches over its share.

A town's ground is what is nearer to its point than to another's, as far as the towns around let expect; its villages
share it. Where no ground is known that of the county's, else of the city's middle town stands for it.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from statistics import median

import numpy as np
import shapely

from geo.gazetteer.entries import Entity
from geo.gazetteer.extents import METRES

_ENOUGH, _AROUND, _EXPECTED = 5, 4, 1.5
"""Towns from which their points tell grounds; how many around a town tell how far its own goes, and by how much."""
_REACH = 0.57
"""Radius that holds nine of ten of the points of a ground of area one: .54 of a disc, .56 of a square, .59 of a
rectangle of three to two."""
_USUAL_M2 = 80e6
"""Ground of a town where nothing tells."""
_LEAST_M, _MOST_M = 500.0, 2_200.0
"""The point of a village is its committee's, not its middle; and no village is as large as a town."""
_FAR, _DEEP = 10_200.0, 2.0
"""Metres from its town's point where no village lies, and radii out of its town's ground from which its point is
doubtful."""


def village_radii(entities: Mapping[str, Entity]) -> dict[str, float]:
    """Return the radius in metres that holds nine of ten firms of each village; NaN if its point cannot be its own.

    A village whose point lies deep in another town's ground is known only as well as its own ground is far; one out of
    its town's reach (its county's towns', where its own has no point) has no position.
    """
    villages = [e for e in entities.values() if e.kind == "village"]
    counts = Counter(e.town for e in villages if not e.former)
    towns = [e for e in entities.values() if e.kind == "town" and e.placed and not e.former]
    points = _metres(towns, towns[0].lat) if towns else np.empty((0, 2))
    by_town = {town.key: [k] for k, town in enumerate(towns)}
    by_county: dict[str | None, list[int]] = {}
    for k, town in enumerate(towns):
        by_county.setdefault(town.county, []).append(k)
    grounds = _grounds([town.key for town in towns], points)
    areas = _areas(grounds, towns)
    found = {}
    for village in villages:
        area = areas.get(village.town or "") or areas.get(village.county or "") or areas.get("") or _USUAL_M2
        share = area / counts[village.town] if village.town is not None and counts[village.town] else math.inf
        radius = min(max(_REACH * math.sqrt(share), _LEAST_M), _MOST_M)
        if towns and village.placed:
            at = _metres([village], towns[0].lat)[0]
            own = by_town.get(village.town or "") or by_county.get(village.county, [])
            radius = _doubted(radius, at, points[own], grounds.get(village.town or ""))
        found[village.key] = radius
    return found


def _doubted(radius: float, at: np.ndarray, seats: np.ndarray, ground: shapely.Polygon | None) -> float:
    if len(seats) and float(np.hypot(*(seats - at).T).min()) > _FAR:
        return math.nan
    outside = float(shapely.distance(ground, shapely.Point(at))) if ground is not None else 0.0
    return max(radius, outside) if outside > _DEEP * radius else radius


def _metres(entities: Collection[Entity], lat: float) -> np.ndarray:
    scale = (METRES * math.cos(math.radians(lat)), METRES)
    return np.array([(e.lon, e.lat) for e in entities]) * scale


def _grounds(keys: list[str], points: np.ndarray) -> dict[str, shapely.Polygon]:
    """Return the ground of each town in metres; none where too few towns are known."""
    if len(np.unique(points, axis=0)) < _ENOUGH:
        return {}
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    own, cell = shapely.STRtree(cells).query(shapely.points(points), predicate="intersects")
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    reach = _EXPECTED * np.sort(apart, axis=1)[:, 1 : _AROUND + 1].mean(axis=1)
    parts = shapely.intersection(cells[cell], shapely.buffer(shapely.points(points[own]), reach[own]))
    return {keys[k]: part for k, part in zip(own.tolist(), parts, strict=True) if part.area > 0}


def _areas(grounds: Mapping[str, shapely.Polygon], towns: Collection[Entity]) -> dict[str, float]:
    """Return the area of each town's ground, and the middle ones of the counties' towns and ("") of all."""
    areas = {key: ground.area for key, ground in grounds.items()}
    by_county: dict[str, list[float]] = {}
    for town in towns:
        if town.county is not None and town.key in areas:
            by_county.setdefault(town.county, []).append(areas[town.key])
    middle = {county: median(found) for county, found in by_county.items()}
    return {**areas, **middle, **({"": median(areas.values())} if areas else {})}
