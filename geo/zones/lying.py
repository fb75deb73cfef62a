"""What belongs to a zone and would not lie in it any more: sub-parks, buildings, markets left behind by new lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.zones.plan import Plan

LEAST = 0.01
"""Share of a sub-park that may lie beyond the zone above it before it counts as left outside; our own choice."""


@dataclass(frozen=True)
class Left:
    """Something that a zone leaves behind: ``key`` belongs to ``zone``; ``now`` is the zone it would lie in, if any.

    ``name`` is its own, ``at`` a point of it in EPSG:4326. ``zone`` may be no more.
    """

    key: str
    name: str
    zone: str
    now: str | None
    at: Any


def left(
    before: Plan, after: Plan, places: gpd.GeoDataFrame, *, renamed: Mapping[str, str | None] | None = None
) -> list[Left]:
    """Return what lay in its zone on the lines before and does not on those after, by zone; nothing is decided for it.

    Parameters
    ----------
    places : PLACES that may lie in zones (buildings, markets): ``name``, ``parent``, ``geometry`` in EPSG:4326; one
        without a position is left out
    renamed : by key of a zone that is no more, the one it was merged into, None for none
    """
    changed = {key for key in before if key not in after or before[key].shape is not after[key].shape}
    if not changed:
        return []
    concerned = places[places["parent"].isin(changed) & places.geometry.notna()]
    found = [*_parks(before, after, changed), *_places(before, after, concerned, renamed or {})]
    return sorted(found, key=lambda one: (one.zone, one.name, one.key))


def _places(before: Plan, after: Plan, places: gpd.GeoDataFrame, renamed: Mapping[str, str | None]) -> Iterator[Left]:
    points = shapely.point_on_surface(np.asarray(places.geometry.array, dtype=object))
    for key, name, zone, point in zip(places.index, places["name"], places["parent"], points, strict=True):
        if _holds(before, str(zone), point) and not _holds(after, renamed.get(str(zone)) or str(zone), point):
            yield Left(str(key), str(name), str(zone), _around(after, point), point)


def _holds(plan: Plan, key: str, point: Any) -> bool:
    return key in plan and plan[key].drawn and bool(shapely.intersects(plan.frame.geometry[key], point))


def _around(plan: Plan, point: Any) -> str | None:
    """Return the smallest zone around a point."""
    inside = [key for key, shape in zip(plan.drawn, plan.degrees, strict=True) if shapely.intersects(shape, point)]
    return min(inside, key=lambda key: (plan[key].area_m2, key), default=None)


def _parks(before: Plan, after: Plan, changed: set[str]) -> Iterator[Left]:
    for key in after.drawn:
        zone = after[key]
        above = zone.parent
        if above is None or not {key, above} & changed or not _beyond(after, key, above):
            continue
        if key in before and before[key].parent == above and not _beyond(before, key, above):
            yield Left(key, zone.name, above, None, shapely.point_on_surface(after.frame.geometry[key]))


def _beyond(plan: Plan, key: str, above: str) -> bool:
    if key not in plan.drawn or above not in plan.drawn:
        return False
    own, around = plan[key].shape, plan[above].shape
    return bool(shapely.area(shapely.difference(own, around)) > LEAST * shapely.area(own))
