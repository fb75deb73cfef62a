"""Land dealt out among zones: which of them a piece of new linework concerns, and who gets which face of the mesh."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.zones.errors import OperationError
from geo.zones.lattice import HAIR, Geometries, width
from geo.zones.mesh import Mesh, edges_near, vertices
from geo.zones.plan import Plan

_REACH = 3.0
"""Units around new linework in which rounding can move edges, twice over."""

Rows = NDArray[np.bool_]


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


def taken(
    plan: Plan, keys: Sequence[str], rows: Rows, faces: Mesh, wanted: Rows, *, by: str, of: Rows | None = None
) -> Rows:
    """Return the rows with the wanted faces taken from all that compete with a zone (only from those ``of``).

    Raises
    ------
    LockedError
        If a locked one would lose land.
    """
    rivals = others(plan, keys, by) & (True if of is None else of)
    losers = rivals & (rows & wanted & (width(faces.faces) >= HAIR)).any(axis=1)
    plan.unlocked([key for key, loses in zip(keys, losers, strict=True) if loses])
    locked = np.array([plan[key].locked for key in keys], dtype=bool)
    return np.where((rivals & ~locked)[:, None] & wanted, False, rows)


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
