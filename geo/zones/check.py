"""What is wrong with a plan, told and not touched: each fault with its code, the zones, its area and where it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.zones import folds
from geo.zones.gaps import between, unmatched
from geo.zones.lattice import HAIR, Geometries, area_m2, metric, polygonal, scale, to_degrees, to_lattice, width
from geo.zones.mesh import noded
from geo.zones.overlaps import is_coverage, overlapping
from geo.zones.plan import Plan

FAULT_CODES = (
    "INVALID", "DUPLICATE_SHAPE", "DUPLICATE_NAME", "OVERLAP", "OVERLAP_SLIVER", "GAP", "GAP_SLIVER", "TINY_PART",
    "OUTSIDE_COUNTY", "CROSS_COUNTY", "OUTSIDE_PARENT", "CHILD_OUTSIDE", "LEFT_OUTSIDE", "PARENT_UNKNOWN",
    "HIERARCHY_RING", "UNNAMED",
)  # fmt: skip
"""The codes of faults, each with its phrases in ``data/codes`` (kind ``zone_fault``).

LEFT_OUTSIDE is of ``lying``; UNNAMED is of the desk, which calls a new zone something until somebody names it.
"""


@dataclass(frozen=True)
class Fault:
    """One fault; ``geometry`` in EPSG:4326 is the land it is about, None where it is about a fact."""

    code: str
    keys: tuple[str, ...]
    area_m2: float = 0.0
    geometry: Any = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckOptions:
    """Thresholds; our own choice, no rule of law."""

    sliver_m: float = 2.0
    """Mean width below which an overlap or gap is a sliver."""
    gap_m: float = 5.0
    """Width up to which open land between two zones is a gap."""
    gap_m2: float = 50_000.0
    """Area up to which land that several zones enclose is a gap; beyond, it is land that was left out."""
    tiny_m2: float = 200.0
    """Area below which a part of a zone, apart from the rest, is tiny."""
    ignored_m: float = 0.1
    """Mean width up to which land beyond a county's or parent's outline is rounding."""


def check(
    plan: Plan,
    *,
    county_outlines: gpd.GeoDataFrame | None = None,
    neighbours: gpd.GeoDataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    options: CheckOptions | None = None,
) -> list[Fault]:
    """Return the faults of a plan, those of outlines first.

    Zones of one depth of the hierarchy are held against each other; a zone and one above it may overlap.

    Parameters
    ----------
    county_outlines : OUTLINES; those of today's counties are used
    neighbours : zones of the same level outside the plan, as PLACES: they may be overlapped or left a gap to as well
    places : PLACES, of which parents outside the plan, and what lies below its zones, are taken
    """
    chosen = options or CheckOptions()
    given = _Given.of(plan, county_outlines, neighbours, places)
    faults = [*_outlines(plan, chosen), *_names(plan)]
    for level in _levels(plan):
        keys, shapes = _with_neighbours(plan, level, given)
        edges = unmatched(shapes, chosen.gap_m)
        faults += _overlaps(keys, shapes, edges, len(level), chosen)
        faults += _gaps(keys, shapes, edges, len(level), chosen)
    return [*faults, *_counties(plan, given, chosen), *_hierarchy(plan, given, chosen)]


@dataclass(frozen=True)
class _Given:
    """What surrounds a plan, on the lattice."""

    counties: Mapping[str, Any]
    neighbours: Mapping[str, Any]
    parents: Mapping[str, Any]
    children: pd.DataFrame

    @classmethod
    def of(cls, plan: Plan, outlines: Any, neighbours: Any, places: Any) -> "_Given":
        today = outlines
        if outlines is not None and "level" in outlines:
            ended = outlines["valid_to"].notna() if "valid_to" in outlines else pd.Series(False, outlines.index)
            today = outlines[outlines["level"].eq("county") & ~ended]
        apart = None if neighbours is None else neighbours[~neighbours.index.isin(list(plan))]
        wanted = {zone.parent for zone in plan.zones.values() if zone.parent} - set(plan)
        parents = None if places is None else places[places.index.isin(wanted)]
        children = pd.DataFrame() if places is None else _children(plan, places)
        return cls(_shapes(today), _shapes(apart), _shapes(parents), children)


def _children(plan: Plan, places: gpd.GeoDataFrame) -> pd.DataFrame:
    below = places["parent"].isin(list(plan.drawn)).fillna(value=False) & ~places.index.isin(list(plan))
    return places[below & places.geometry.notna()]


def _shapes(frame: gpd.GeoDataFrame | None) -> dict[str, Any]:
    if frame is None or not len(frame):
        return {}
    areal = frame[frame.geometry.notna() & frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    lattice = to_lattice(np.asarray(areal.geometry.array, dtype=object))
    return {str(key): shape for key, shape in zip(areal.index, lattice, strict=True) if shapely.is_valid(shape)}


def _fault(code: str, keys: Sequence[str], shape: Any, **detail: Any) -> Fault:
    area = round(float(area_m2(shape)), 1)
    return Fault(code, tuple(keys), area, to_degrees(shape), detail | {"area_m2": area})


def _outlines(plan: Plan, options: CheckOptions) -> Iterator[Fault]:
    for key, zone in plan.zones.items():
        if not zone.valid:
            degrees = to_degrees(zone.shape)
            why, at = folds.fault(degrees)
            detail = {"why": why} | ({"at": [round(value, 7) for value in at]} if at else {})
            yield Fault("INVALID", (key,), 0.0, degrees, detail)
        elif zone.shape is not None and zone.shape.geom_type == "MultiPolygon":
            parts = shapely.get_parts(zone.shape)
            areas = area_m2(parts)
            for part in parts[(areas < options.tiny_m2) & (areas < areas.max())]:
                yield _fault("TINY_PART", [key], part, parts=len(parts))


def _names(plan: Plan) -> Iterator[Fault]:
    named: dict[tuple[str, str | None], list[str]] = {}
    for key, zone in plan.zones.items():
        if zone.name:
            named.setdefault((zone.name, zone.county_code), []).append(key)
    for (name, _), keys in named.items():
        if len(keys) > 1:
            yield Fault("DUPLICATE_NAME", tuple(keys), detail={"name": name})


def _levels(plan: Plan) -> list[list[str]]:
    levels: dict[int, list[str]] = {}
    for key in plan.drawn:
        levels.setdefault(len(plan.above(key)), []).append(key)
    return [levels[depth] for depth in sorted(levels)]


def _with_neighbours(plan: Plan, level: Sequence[str], given: _Given) -> tuple[list[str], Geometries]:
    own = np.array([plan[key].shape for key in level], dtype=object)
    if not given.neighbours:
        return list(level), own
    keys = list(given.neighbours)
    shapes = np.array([given.neighbours[key] for key in keys], dtype=object)
    near = np.unique(shapely.STRtree(shapes).query(own, predicate="dwithin", distance=2000.0)[1])
    together = np.concatenate([own, shapes[near]])
    if len(near):
        together = np.array(noded(together), dtype=object)
    return [*level, *(keys[k] for k in near)], together


def _overlaps(
    keys: Sequence[str], shapes: Geometries, edges: Geometries, own: int, options: CheckOptions
) -> Iterator[Fault]:
    if is_coverage(shapes, edges_match=bool(shapely.is_empty(edges).all())):
        return
    for a, b in overlapping(shapes):
        if a >= own:
            continue
        common = polygonal(shapely.intersection(shapes[a], shapes[b], grid_size=1.0))
        parts = shapely.get_parts(common)
        parts = parts[width(parts) >= HAIR]
        if not len(parts):
            continue
        pair = (keys[a], keys[b])
        if min(shapely.area(parts).sum() / shapely.area(shapes[k]) for k in (a, b)) > 0.98:
            yield _fault("DUPLICATE_SHAPE", pair, _whole(parts))
            continue
        thin = width(metric(parts, scale(parts))) < options.sliver_m
        for code, kind in (("OVERLAP", ~thin), ("OVERLAP_SLIVER", thin)):
            if kind.any():
                yield _fault(code, pair, _whole(parts[kind]))


def _gaps(
    keys: Sequence[str], shapes: Geometries, edges: Geometries, own: int, options: CheckOptions
) -> Iterator[Fault]:
    for gap in between(shapes, edges, gap_m=options.gap_m, gap_m2=options.gap_m2):
        if min(gap.beside) >= own:
            continue
        code = "GAP_SLIVER" if gap.width_m < options.sliver_m else "GAP"
        yield _fault(code, [keys[k] for k in gap.beside], gap.shape, width_m=round(gap.width_m, 2))


def _counties(plan: Plan, given: _Given, options: CheckOptions) -> Iterator[Fault]:
    for key in plan.drawn:
        zone = plan[key]
        home = given.counties.get(zone.county_code or "")
        if home is None:
            continue
        beyond = _beyond(zone.shape, home, options)
        if beyond is None:
            continue
        nowhere = beyond
        for code, county in given.counties.items():
            common = _wide(shapely.intersection(beyond, county, grid_size=1.0), options) if county is not home else None
            if common is not None:
                nowhere = polygonal(shapely.difference(nowhere, county, grid_size=1.0))
                if not zone.cross_county:
                    yield _fault("CROSS_COUNTY", [key], common, county=code, home=zone.county_code)
        left = _wide(nowhere, options)
        if left is not None:
            yield _fault("OUTSIDE_COUNTY", [key], left, home=zone.county_code)


def _hierarchy(plan: Plan, given: _Given, options: CheckOptions) -> Iterator[Fault]:
    for key, zone in plan.zones.items():
        if zone.parent is None:
            continue
        if key in plan.above(key):
            yield Fault("HIERARCHY_RING", (key, zone.parent), detail={})
            continue
        known = zone.parent in plan or zone.parent in given.parents
        if not known:
            yield Fault("PARENT_UNKNOWN", (key,), detail={"parent": zone.parent})
            continue
        above = plan[zone.parent].shape if zone.parent in plan.drawn else given.parents.get(zone.parent)
        beyond = _beyond(zone.shape, above, options) if zone.drawn and above is not None else None
        if beyond is not None:
            yield _fault("OUTSIDE_PARENT", [key, zone.parent], beyond)
    if len(given.children):
        yield from _below(plan, given.children, options)


def _below(plan: Plan, children: gpd.GeoDataFrame, options: CheckOptions) -> Iterator[Fault]:
    shapes = to_lattice(np.asarray(children.geometry.array, dtype=object))
    for key, parent, shape in zip(children.index, children["parent"], shapes, strict=True):
        zone = plan[str(parent)].shape
        if not shapely.is_valid(shape):
            continue
        if shape.geom_type in ("Polygon", "MultiPolygon"):
            beyond = _beyond(shape, zone, options)
            if beyond is not None:
                yield _fault("CHILD_OUTSIDE", [str(key), str(parent)], beyond)
        elif not shapely.intersects(zone, shape):
            yield Fault("CHILD_OUTSIDE", (str(key), str(parent)), 0.0, to_degrees(shape), {"area_m2": 0.0})


def _beyond(shape: Any, around: Any, options: CheckOptions) -> Any | None:
    if shapely.covers(around, shape):
        return None
    return _wide(shapely.difference(shape, around, grid_size=1.0), options)


def _wide(shape: Any, options: CheckOptions) -> Any | None:
    """The parts of a shape that are more than rounding; None if there are none."""
    parts = shapely.get_parts(polygonal(shape))
    parts = parts[~shapely.is_empty(parts)]
    if len(parts):
        parts = parts[width(metric(parts, scale(parts))) > options.ignored_m]
    return _whole(parts) if len(parts) else None


def _whole(parts: Geometries) -> Any:
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
