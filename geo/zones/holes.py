"""Operations that take land out of one zone or close a hole in it; no other zone gains or loses."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geo.zones.errors import OperationError
from geo.zones.land import outline, region, settled
from geo.zones.lattice import HAIR, area_m2, joined, polygonal, to_degrees, to_lattice, width
from geo.zones.mesh import mesh
from geo.zones.plan import Plan
from geo.zones.shapes import lattice_shape


def cut_hole(plan: Plan, key: str, shape: Any) -> Plan:
    """Return the plan with a hole in a zone; the hole has to lie in it.

    Raises
    ------
    ShapeError, LockedError
    OperationError
        ``HOLE_OUTSIDE`` with the area that does not lie in the zone; ``detail["where"]`` is that land as GeoJSON.
    """
    hole = lattice_shape(shape)
    outside = polygonal(shapely.difference(hole, outline(plan, key), grid_size=1.0))
    if not outside.is_empty:
        where = json.loads(shapely.to_geojson(to_degrees(outside)))
        detail = {"zone": key, "area_m2": round(area_m2(outside), 1), "where": where}
        raise OperationError("the hole does not lie in the zone", code="HOLE_OUTSIDE", detail=detail)
    return _less(plan, key, hole)


def subtract(plan: Plan, key: str, shape: Any) -> Plan:
    """Return the plan with the part of a zone taken away that lies in a shape.

    Raises
    ------
    ShapeError, LockedError
    OperationError
        ``NOTHING_IN_COMMON``, or ``ZONE_WOULD_VANISH``.
    """
    return _less(plan, key, lattice_shape(shape))


def fill_hole(plan: Plan, key: str, at: Sequence[float]) -> Plan:
    """Return the plan with the hole of a zone closed that a point (longitude, latitude) lies in.

    Raises
    ------
    LockedError
    OperationError
        ``NO_HOLE_THERE``, or ``HOLE_TAKEN`` if other zones lie in it.
    """
    shape = outline(plan, key)
    plan.unlocked([key])
    point = _point(at)
    holes = shapely.polygons(_holes(shape))
    there = holes[shapely.intersects(holes, point)] if len(holes) else holes
    if not len(there):
        raise OperationError("no hole there", code="NO_HOLE_THERE", detail={"zone": key, "at": list(at)})
    hole = there[np.argmin(shapely.area(there))]
    taken = [k for k in plan.near(hole) if k not in plan.related(key) | {key} and _overlap(plan[k].shape, hole)]
    if taken:
        raise OperationError("other zones lie in the hole", code="HOLE_TAKEN", detail={"zone": key, "zones": taken})
    return plan.with_shapes({key: joined([shape, hole])})


def _less(plan: Plan, key: str, shape: Any) -> Plan:
    plan.unlocked([key])
    part = polygonal(shapely.intersection(outline(plan, key), shape, grid_size=1.0))
    keys = region(plan, part, with_keys=[key])
    faces = mesh(np.array([*(plan[k].shape for k in keys), part], dtype=object))
    rows = faces.owned[:-1].copy()
    at = keys.index(key)
    if not (rows[at] & faces.owned[-1] & (width(faces.faces) >= HAIR)).any():
        raise OperationError("they have nothing in common", code="NOTHING_IN_COMMON", detail={"zone": key})
    rows[at] &= ~faces.owned[-1]
    return settled(plan, keys, faces, rows)


def _point(at: Sequence[float]) -> Any:
    try:
        lon, lat = (float(value) for value in at)
    except (TypeError, ValueError):
        detail = {"argument": "at", "found": repr(at)[:60]}
        raise OperationError("no position", code="ARGUMENT", detail=detail) from None
    return to_lattice(shapely.Point(lon, lat))


def _holes(shape: Any) -> Any:
    return np.concatenate([shapely.get_rings(part)[1:] for part in shapely.get_parts(shape)])


def _overlap(one: Any, other: Any) -> bool:
    common = polygonal(shapely.intersection(one, other, grid_size=1.0))
    return not common.is_empty and float(width(common)) >= HAIR
