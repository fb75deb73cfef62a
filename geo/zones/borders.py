"""Operations that draw, move or cut one zone's outline; what its neighbours do is said by ``border``.

``free``: as drawn, overlaps and gaps stay for the check to tell. ``yield``: the drawn shape leaves out what lies in
others. ``shared``: neighbours follow, giving what the shape gains and taking what it leaves along the border they
share. A lock guards a zone's land; a vertex may still be put into its border where a neighbour's line meets it, which
moves the border by less than a lattice unit (a centimetre).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.zones.errors import OperationError
from geo.zones.lattice import HAIR, Geometries, area_m2, joined, polygonal, scale, to_lattice, width
from geo.zones.mesh import Mesh, edges_near, mesh, vertices
from geo.zones.plan import Plan, Zone
from geo.zones.shapes import lattice_shape

BORDERS = ("free", "yield", "shared")

_REACH = 3.0
"""Units around new linework in which rounding can move edges, twice over."""

Rows = NDArray[np.bool_]


def draw(
    plan: Plan,
    key: str,
    shape: Any,
    *,
    border: str = "free",
    name: str = "",
    parent: str | None = None,
    county_code: str | None = None,
    zone_level: str | None = None,
    cross_county: bool = False,
) -> Plan:
    """Return the plan with a new zone, or with the first outline of one known by name only.

    Parameters
    ----------
    key : place key of the zone
    shape : GeoJSON, its text, or a polygon in EPSG:4326
    border : see this module
    name, parent, county_code, zone_level, cross_county : facts of a new zone; a known one keeps its own

    Raises
    ------
    ShapeError, LockedError
    OperationError
        ``ZONE_EXISTS`` if the key has an outline already.
    """
    if key in plan and plan[key].shape is not None:
        raise OperationError(f"{key} is drawn already", code="ZONE_EXISTS", detail={"zone": key})
    zone = plan.zones.get(key) or Zone(key, name, parent, county_code, zone_level, cross_county=cross_county)
    return _drawn(plan.with_zones(zone), key, lattice_shape(shape), border)


def reshape(plan: Plan, key: str, shape: Any, *, border: str = "shared") -> Plan:
    """Return the plan with another outline of a zone; by default the neighbours' borders follow.

    Raises
    ------
    ShapeError, LockedError, OperationError
    """
    return _drawn(plan, key, lattice_shape(shape), border)


def move(plan: Plan, key: str, east_m: float, north_m: float, *, border: str = "free") -> Plan:
    """Return the plan with a zone moved by metres.

    Raises
    ------
    LockedError, OperationError
    """
    shape = outline(plan, key)
    step = np.rint(np.array([east_m, north_m], dtype=float) / np.array(scale(shape)))
    if not np.isfinite(step).all() or np.abs(step).max() > 1e8:
        raise OperationError("moved too far", code="MOVED_TOO_FAR", detail={"zone": key})
    return _drawn(plan, key, shapely.transform(shape, lambda xy: xy + step), border)


def cut_hole(plan: Plan, key: str, shape: Any) -> Plan:
    """Return the plan with a hole in a zone; the hole has to lie in it.

    Raises
    ------
    ShapeError, LockedError
    OperationError
        ``HOLE_OUTSIDE`` with the area that does not lie in the zone.
    """
    hole = lattice_shape(shape)
    outside = polygonal(shapely.difference(hole, outline(plan, key), grid_size=1.0))
    if not outside.is_empty:
        detail = {"zone": key, "area_m2": round(area_m2(outside), 1)}
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


def region(plan: Plan, linework: Any, *, with_keys: Sequence[str] = ()) -> list[str]:
    """Keys of the zones that new linework can touch, and of those that rounding can reach from there.

    Edges near the linework may move by less than a unit; a zone farther away is concerned only if a vertex of it lies
    beside such an edge without being a vertex of a zone concerned.
    """
    near = {key for key in (*with_keys, *plan.near(linework)) if plan[key].drawn}
    shapes = np.array([plan[key].shape for key in plan.drawn if key in near] or [], dtype=object)
    if 0 < len(shapes) < len(plan.drawn):
        moving = edges_near(shapes, linework, _REACH)
        known = np.unique(vertices(shapes))
        for key in plan.near(moving) if len(moving) else ():
            if key not in near and _beside(np.setdiff1d(vertices(np.array([plan[key].shape])), known), moving):
                near.add(key)
    return [key for key in plan.drawn if key in near]


def _beside(points: NDArray[np.complex128], edges: Geometries) -> bool:
    spots = shapely.points(points.real, points.imag)
    return bool(len(shapely.STRtree(edges).query(spots, predicate="dwithin", distance=_REACH)[0]))


def settled(plan: Plan, keys: Sequence[str], faces: Mesh, rows: Rows) -> Plan:
    """Return the plan with zones put together anew from the faces given to each.

    Raises
    ------
    OperationError
        ``ZONE_WOULD_VANISH`` if one is left without a face.
    """
    gone = [key for key, row in zip(keys, rows, strict=True) if not row.any()]
    if gone:
        names = [plan[key].name or key for key in gone]
        raise OperationError(
            f"nothing would be left of {gone}", code="ZONE_WOULD_VANISH", detail={"zones": gone, "names": names}
        )
    return plan.with_shapes(dict(zip(keys, faces.shapes(rows), strict=True)))


def others(plan: Plan, keys: Sequence[str], key: str) -> Rows:
    """Which of ``keys`` compete with a zone for land: not itself, not above or below it."""
    related = plan.related(key) | {key}
    return np.array([other not in related for other in keys], dtype=bool)


def taken(plan: Plan, keys: Sequence[str], rows: Rows, faces: Mesh, wanted: Rows, *, by: str) -> Rows:
    """Return the rows with the wanted faces taken from all that compete with a zone.

    Raises
    ------
    LockedError
        If a locked one would lose land.
    """
    rivals = others(plan, keys, by)
    losers = rivals & (rows & wanted & (width(faces.faces) >= HAIR)).any(axis=1)
    plan.unlocked([key for key, loses in zip(keys, losers, strict=True) if loses])
    locked = np.array([plan[key].locked for key in keys], dtype=bool)
    return np.where((rivals & ~locked)[:, None] & wanted, False, rows)


def _drawn(plan: Plan, key: str, shape: Any, border: str) -> Plan:
    if border not in BORDERS:
        detail = {"argument": "border", "found": str(border), "known": list(BORDERS)}
        raise OperationError(f"border {border!r} is none of {BORDERS}", code="ARGUMENT", detail=detail)
    plan.unlocked([key])
    before = plan[key].shape
    keys = region(plan, [shape, before] if plan[key].drawn else shape)
    if key not in keys:
        keys.append(key)
    old = np.array([k != key or plan[key].drawn for k in keys], dtype=bool)
    outlines = [plan[k].shape for k, there in zip(keys, old, strict=True) if there]
    faces = mesh(np.array([*outlines, shape], dtype=object))
    rows = np.zeros((len(keys), len(faces.faces)), dtype=bool)
    rows[old] = faces.owned[:-1]
    at, drawn = keys.index(key), faces.owned[-1]
    left = rows[at] & ~drawn
    rows[at] = drawn
    if border == "yield":
        rows[at] = drawn & ~rows[others(plan, keys, key)].any(axis=0)
    elif border == "shared":
        rows = taken(plan, keys, rows, faces, drawn, by=key)
        if before is not None:
            rows = _given(plan, keys, rows, faces, left, by=key)
    return settled(plan, keys, faces, rows)


def _given(plan: Plan, keys: Sequence[str], rows: Rows, faces: Mesh, left: Rows, *, by: str) -> Rows:
    """Give each piece of land that a zone leaves to the neighbour that bordered it most, unless the outside did."""
    free = left & ~rows[others(plan, keys, by)].any(axis=0)
    if not free.any():
        return rows
    rows = rows.copy()
    one, other, length = faces.edges
    rim = faces.rims()
    heirs = others(plan, keys, by) & np.array([not plan[key].locked for key in keys], dtype=bool)
    for piece in pieces(free, one, other):
        ours = free & piece
        away = ours[one] != ours[other]
        beyond = np.where(ours[one], other, one)[away]
        shares = rows[:, beyond] @ length[away]
        open_border = length[away][~rows[:, beyond].any(axis=0)].sum() + rim[ours].sum()
        shares[~heirs] = 0
        best = int(np.argmax(shares))
        if shares[best] > 0 and shares[best] >= open_border:
            rows[best] |= ours
    return rows


def pieces(chosen: Rows, one: NDArray[np.int64], other: NDArray[np.int64]) -> list[Rows]:
    """Return the connected pieces of chosen faces, given the pairs of faces that share a segment."""
    label = np.arange(len(chosen))
    inner = chosen[one] & chosen[other]
    pairs = np.stack([one[inner], other[inner]], axis=1)
    while len(pairs):
        low = np.minimum(label[pairs[:, 0]], label[pairs[:, 1]])
        before = label.copy()
        np.minimum.at(label, pairs[:, 0], low)
        np.minimum.at(label, pairs[:, 1], low)
        label = label[label]
        if (label == before).all():
            break
    return [chosen & (label == root) for root in np.unique(label[chosen])]


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


def outline(plan: Plan, key: str) -> Any:
    """Return the lattice outline of a zone.

    Raises
    ------
    OperationError
        ``ZONE_UNKNOWN``, ``ZONE_INVALID``, ``ZONE_NOT_DRAWN``.
    """
    zone = plan[key]
    if not zone.valid:
        raise OperationError(f"the outline of {key} is invalid", code="ZONE_INVALID", detail={"zone": key})
    if not zone.drawn:
        raise OperationError(f"{key} has no outline", code="ZONE_NOT_DRAWN", detail={"zone": key})
    return zone.shape


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
