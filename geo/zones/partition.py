"""Operations that hand land from zone to zone: split by a line, merge, paint whole villages or towns into a zone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.zones.errors import OperationError
from geo.zones.land import Rows, others, outline, pieces, region, settled, taken
from geo.zones.lattice import HAIR, joined, width
from geo.zones.mesh import Mesh, dissolve, mesh
from geo.zones.overlaps import is_coverage
from geo.zones.plan import Plan
from geo.zones.shapes import lattice_line, lattice_shape


def split(plan: Plan, key: str, line: Any, new_key: str, *, name: str = "") -> Plan:
    """Return the plan with a zone split in two by a line.

    Of the two sides of the line the larger keeps the key; what the line does not reach (other parts of the zone) stays
    with it. Where the line crosses the zone several times, sides alternate. Neighbours get the ends of the cut as
    vertices, so that no gap opens. The new zone takes over parent, county, level and flag.

    Raises
    ------
    ShapeError, LockedError
    OperationError
        ``LINE_DOES_NOT_CUT`` if the line leaves the zone in one piece, ``ZONE_EXISTS``.
    """
    plan.unlocked([key])
    if new_key in plan:
        raise OperationError(f"{new_key} exists", code="ZONE_EXISTS", detail={"zone": new_key})
    course, shape = lattice_line(line), outline(plan, key)
    if not course.is_simple:
        raise OperationError("the line crosses itself", code="LINE_CROSSES_ITSELF", detail={"zone": key})
    cut = shapely.intersection(shape, course, grid_size=1.0)
    keys = region(plan, cut if not cut.is_empty else course, with_keys=[key])
    faces = mesh(np.array([plan[k].shape for k in keys], dtype=object), [cut])
    rows = faces.owned.copy()
    at = keys.index(key)
    side = _lesser_side(faces, rows[at], course, key)
    rows[at] &= ~side
    child = replace(plan[key], key=new_key, name=name, locked=False, shape=dissolve(faces.faces[side]))
    return settled(plan, keys, faces, rows).with_zones(child)


def merge(plan: Plan, keys: Sequence[str], into: str, *, name: str | None = None) -> Plan:
    """Return the plan with zones put together under one key.

    ``into`` is one of ``keys`` or new; its facts are its own, or else those of the first. Zones whose parent is merged
    get the new key as parent. Borders with neighbours stay as they are; zones that do not touch make one of parts.

    Raises
    ------
    LockedError
    OperationError
        ``TOO_FEW_ZONES``, ``ZONE_EXISTS`` if ``into`` is a third zone, ``ZONE_IN_HIERARCHY`` if one lies above another.
    """
    chosen = list(dict.fromkeys(keys))
    if len(chosen) < 2:
        raise OperationError("two zones or more can be merged", code="TOO_FEW_ZONES", detail={"zones": chosen})
    if into in plan and into not in chosen:
        raise OperationError(f"{into} exists", code="ZONE_EXISTS", detail={"zone": into})
    plan.unlocked(chosen)
    shapes = [outline(plan, key) for key in chosen]
    above = sorted({other for key in chosen for other in plan.related(key) & set(chosen)})
    if above:
        raise OperationError("one lies above another", code="ZONE_IN_HIERARCHY", detail={"zones": above})
    first = plan[into] if into in chosen else replace(plan[chosen[0]], key=into)
    whole = replace(first, shape=_together(shapes), name=first.name if name is None else name)
    children = [
        replace(zone, parent=into) for zone in plan.zones.values() if zone.parent in chosen and zone.key not in chosen
    ]
    rest = plan.with_zones(*children, without=[key for key in chosen if key != into])
    return rest.with_zones(whole)


def paint(plan: Plan, key: str, outlines: Any, *, around_locked: bool = False) -> Plan:
    """Return the plan with whole villages, towns or other outlines taken into a zone.

    Parameters
    ----------
    outlines : polygons in EPSG:4326: a GeoSeries, GeoJSON geometries, or a sequence of either
    around_locked : leave to locked zones what they have, instead of refusing

    Raises
    ------
    ShapeError
    LockedError
        If land would be taken from a locked zone.
    OperationError
        ``ZONE_WOULD_VANISH`` if all of another zone would be taken, which is a merge.
    """
    plan.unlocked([key])
    brush = joined([lattice_shape(each) for each in _each(outlines)])
    keys = region(plan, brush, with_keys=[key] if plan[key].drawn else [])
    if key not in keys:
        keys.append(key)
    old = np.array([k != key or plan[key].drawn for k in keys], dtype=bool)
    shapes = [plan[k].shape for k, there in zip(keys, old, strict=True) if there]
    faces = mesh(np.array([*shapes, brush], dtype=object))
    rows = np.zeros((len(keys), len(faces.faces)), dtype=bool)
    rows[old], wanted = faces.owned[:-1], faces.owned[-1]
    if around_locked:
        locked = np.array([plan[k].locked for k in keys], dtype=bool) & others(plan, keys, key)
        wanted = wanted & ~rows[locked].any(axis=0)
    rows = taken(plan, keys, rows, faces, wanted, by=key)
    rows[keys.index(key)] |= wanted
    return settled(plan, keys, faces, rows)


def _each(outlines: Any) -> Iterable[Any]:
    if isinstance(outlines, gpd.GeoSeries | gpd.GeoDataFrame):
        return list(outlines.geometry)
    if isinstance(outlines, Mapping | str) or hasattr(outlines, "geom_type"):
        return [outlines]
    if isinstance(outlines, Iterable):
        return list(outlines)
    raise OperationError("no outlines", code="ARGUMENT", detail={"argument": "outlines", "found": repr(outlines)[:60]})


def _together(shapes: Sequence[Any]) -> Any:
    array = np.array(shapes, dtype=object)
    if is_coverage(array):
        return dissolve(array)
    faces = mesh(array)
    return dissolve(faces.faces[faces.owned.any(axis=0)])


def _lesser_side(faces: Mesh, ours: Rows, course: Any, key: str) -> Rows:
    """Return the faces of a zone on the side of the line with less land.

    Pieces between cuts are coloured in turns, starting from the largest of each part of the zone; parts agree on the
    colour by the side of the line that they lie on.
    """
    one, other, _ = faces.edges
    cut = _on(faces, course)
    found = pieces(ours, one[~cut], other[~cut])
    piece_of = np.full(len(ours), -1)
    for number, piece in enumerate(found):
        piece_of[piece] = number
    crossed = cut & ours[one] & ours[other] & (piece_of[one] != piece_of[other])
    if not crossed.any():
        raise OperationError("the line does not cut the zone", code="LINE_DOES_NOT_CUT", detail={"zone": key})
    area = np.array([shapely.area(faces.faces[piece]).sum() for piece in found])
    left = _lefts(faces, course, np.flatnonzero(crossed), piece_of)
    colour = _coloured(len(found), list(zip(piece_of[one[crossed]], piece_of[other[crossed]], strict=True)), area, left)
    sides = [area[colour == side].sum() for side in (0, 1)]
    lesser = np.isin(piece_of, np.flatnonzero(colour == int(sides[1] <= sides[0])))
    if width(dissolve(faces.faces[lesser])) < HAIR:
        raise OperationError("the line runs along the border", code="LINE_DOES_NOT_CUT", detail={"zone": key})
    return lesser


def _on(faces: Mesh, course: Any) -> NDArray[np.bool_]:
    start, end = faces.ends
    middles = shapely.points(((start + end) / 2).real, ((start + end) / 2).imag)
    shapely.prepare(course)
    return np.asarray(shapely.dwithin(course, middles, 1.5))


def _lefts(faces: Mesh, course: Any, edges: NDArray[np.int64], piece_of: NDArray[np.int64]) -> dict[int, bool]:
    """Whether each piece beside the cut lies left of the line, by the first edge of it."""
    one, other, _ = faces.edges
    start, end = (values[edges] for values in faces.ends)
    way = [shapely.line_locate_point(course, shapely.points(p.real, p.imag)) for p in (start, end)]
    ahead = way[1] > way[0]
    middle, along = (start + end) / 2, (end - start) * np.where(ahead, 1, -1)
    off = middle + along / np.abs(along) * 1j * 0.25
    beside = shapely.points(off.real, off.imag)
    first_left = shapely.contains(faces.faces[one[edges]], beside)
    found: dict[int, bool] = {}
    for a, b, is_left in zip(piece_of[one[edges]], piece_of[other[edges]], first_left, strict=True):
        found.setdefault(int(a), bool(is_left))
        found.setdefault(int(b), not is_left)
    return found


def _coloured(
    count: int, pairs: Sequence[tuple[int, int]], area: NDArray[np.float64], left: Mapping[int, bool]
) -> NDArray[np.int64]:
    """Colour pieces 0 and 1 in turns along the pairs that a cut divides; -1 where no cut is."""
    beside: dict[int, set[int]] = {}
    for a, b in pairs:
        beside.setdefault(int(a), set()).add(int(b))
        beside.setdefault(int(b), set()).add(int(a))
    colour = np.full(count, -1)
    zero_is_left: bool | None = None
    for first in sorted(beside, key=lambda piece: (-area[piece], piece)):
        if colour[first] >= 0:
            continue
        zero_is_left = left[first] if zero_is_left is None else zero_is_left
        colour[first] = 0 if left[first] == zero_is_left else 1
        waiting = [first]
        while waiting:
            piece = waiting.pop(0)
            for next_ in sorted(beside[piece]):
                if colour[next_] < 0:
                    colour[next_] = 1 - colour[piece]
                    waiting.append(next_)
    return colour
