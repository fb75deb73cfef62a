"""Simplifying borders together: a border that zones share stays shared, whatever is left out of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.zones.errors import OperationError
from geo.zones.land import outline
from geo.zones.lattice import Geometries, scale
from geo.zones.mesh import dissolve, faces_of, noded, segments
from geo.zones.overlaps import is_coverage, overlapping
from geo.zones.plan import Plan

Flags = NDArray[np.bool_]
_TRIES = 6


def simplify(plan: Plan, keys: Sequence[str], tolerance_m: float) -> Plan:
    """Return the plan with the borders of zones simplified by ``coverage_simplify`` (Visvalingam and Whyatt 1993).

    Neighbours follow along the borders that they share with one of ``keys``; their other borders stay. Ends where
    three borders meet stay. A locked neighbour's border stays as it is.

    Parameters
    ----------
    tolerance_m : metres; corners go that span a triangle of less than its square

    Raises
    ------
    LockedError
    OperationError
        ``ARGUMENT`` for a tolerance that is none, ``ZONES_OVERLAP`` if a zone overlaps another, so that no common
        border can be told, ``TOLERANCE_TOO_LARGE`` if borders would cross.
    """
    chosen = list(dict.fromkeys(keys))
    plan.unlocked(chosen)
    if not 0 < tolerance_m < 10_000:
        detail = {"argument": "tolerance_m", "found": repr(tolerance_m)[:40]}
        raise OperationError("a tolerance in metres", code="ARGUMENT", detail=detail)
    for key in chosen:
        outline(plan, key)
    related = set().union(*(plan.related(key) for key in chosen)) - set(chosen)
    around = [key for key in plan.near(np.array([plan[key].shape for key in chosen])) if key not in related]
    shapes = np.array([plan[key].shape for key in around], dtype=object)
    if not is_coverage(shapes):
        raise OperationError("zones overlap", code="ZONES_OVERLAP", detail={"zones": chosen})
    free = np.array([key in chosen for key in around], dtype=bool)
    locked = np.array([plan[key].locked for key in around], dtype=bool)
    units = tolerance_m / np.sqrt(np.prod(scale(shapes)))
    for attempt in range(_TRIES):
        result = _simplified(shapes, free, locked, units / 2**attempt)
        done = _settled(plan, around, result) if result is not None else None
        if done is not None:
            return done
    raise OperationError("borders would cross", code="TOLERANCE_TOO_LARGE", detail={"tolerance_m": tolerance_m})


def _simplified(shapes: Geometries, free: Flags, locked: Flags, units: float) -> list[Any] | None:
    """Simplify all, then put the old course back wherever no chosen zone, or a locked one, has a part in a border."""
    simple = shapely.coverage_simplify(shapes, units)
    lines = [*_borders(shapes, free, locked, moving=False), *_borders(simple, free, locked, moving=True)]
    faces = faces_of([shapely.line_merge(shapely.multilinestrings(lines))])
    areas = np.zeros((len(shapes), len(faces)))
    zone, face = shapely.STRtree(faces).query(simple, predicate="intersects")
    areas[zone, face] = shapely.area(shapely.intersection(simple[zone], faces[face]))
    best = np.where(areas.max(axis=0) * 2 > shapely.area(faces), areas.argmax(axis=0), -1)
    result = [dissolve(faces[best == k]) for k in range(len(shapes))]
    return None if any(one.is_empty for one in result) else result


def _borders(shapes: Geometries, free: Flags, locked: Flags, *, moving: bool) -> Geometries:
    """Return the segments of a coverage that may be simplified, or those that may not."""
    start, end, owner = segments(shapes)
    order = np.lexsort((end.imag, end.real, start.imag, start.real))
    start, end, owner = start[order], end[order], owner[order]
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (start[1:] == start[:-1]) & (end[1:] == end[:-1])
    run = np.cumsum(~again) - 1
    moves = np.zeros(run[-1] + 1, dtype=bool)
    np.logical_or.at(moves, run, free[owner])
    np.logical_and.at(moves, run, ~locked[owner])
    first = ~again & (moves[run] == moving)
    ends = np.stack([start[first], end[first]], axis=1)
    return shapely.linestrings(np.stack([ends.real, ends.imag], axis=-1))


def _settled(plan: Plan, keys: Sequence[str], shapes: Sequence[Any]) -> Plan | None:
    """Return the plan with the borders matched again, None if zones overlap that did not before."""
    done = plan.with_shapes(dict(zip(keys, shapes, strict=True)))
    meeting = done.near(np.array(shapes, dtype=object))
    found = np.array(noded(np.array([done[key].shape for key in meeting], dtype=object)), dtype=object)
    if not is_coverage(found):
        before = overlapping(np.array([plan[key].shape for key in meeting], dtype=object))
        if not set(overlapping(found)) <= set(before):
            return None
    return done.with_shapes(dict(zip(meeting, found, strict=True)))
