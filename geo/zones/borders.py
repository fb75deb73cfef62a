"""Operations that draw a zone's outline or draw it anew; what its neighbours do is said by ``border``.

``free``: as drawn, overlaps and gaps stay for the check to tell. ``yield``: the drawn shape leaves out what lies in
others. ``shared``: neighbours follow, giving what the shape gains and taking what it leaves along the border they
share. A lock guards a zone's land; a vertex may still be put into its border where a neighbour's line meets it, which
moves the border by less than a lattice unit (a centimetre).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.zones.errors import OperationError
from geo.zones.land import Rows, others, pieces, region, settled, taken
from geo.zones.mesh import Mesh, mesh
from geo.zones.plan import Plan, Zone
from geo.zones.shapes import lattice_shape

BORDERS = ("free", "yield", "shared")


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
    return redrawn(plan.with_zones(zone), {key: lattice_shape(shape)}, border)


def reshape(plan: Plan, key: str, shape: Any, *, border: str = "shared") -> Plan:
    """Return the plan with another outline of a zone; by default the neighbours' borders follow.

    Raises
    ------
    ShapeError, LockedError, OperationError
    """
    return redrawn(plan, {key: lattice_shape(shape)}, border)


def redrawn(plan: Plan, shapes: Mapping[str, Any], border: str) -> Plan:
    """Return the plan with zones on lattice outlines, all at once: they do not stand in each other's way.

    Parameters
    ----------
    shapes : by key, a zone before those below it: what the first leaves is what neighbours may take
    border : see this module

    Raises
    ------
    LockedError
    OperationError
        ``ARGUMENT`` for another ``border``, ``ZONE_WOULD_VANISH``.
    """
    if border not in BORDERS:
        detail = {"argument": "border", "found": str(border), "known": list(BORDERS)}
        raise OperationError(f"border {border!r} is none of {BORDERS}", code="ARGUMENT", detail=detail)
    plan.unlocked(shapes)
    done = _dealt(plan, shapes, border, with_old=border == "shared")
    if done is None:  # no neighbour takes what is left: the old outlines would only leave vertices in the new ones
        done = _dealt(plan, shapes, border, with_old=False)
    assert done is not None
    keys, faces, rows = done
    return settled(plan, keys, faces, rows)


def _dealt(
    plan: Plan, shapes: Mapping[str, Any], border: str, *, with_old: bool
) -> tuple[list[str], Mesh, Rows] | None:
    """Return whose the faces are afterwards; None if the old outlines are among the borders and nobody takes from them.

    Parameters
    ----------
    with_old : whether neighbours are offered what the first zone leaves
    """
    keys, faces, rows, drawn = _laid(plan, shapes, with_old=with_old)
    first = next(iter(shapes))
    left = rows[keys.index(first)] & ~drawn[first]
    still = np.array([key not in shapes for key in keys], dtype=bool)
    for key, face in drawn.items():
        rows[keys.index(key)] = face
    for key, face in drawn.items():
        if border == "yield":
            rows[keys.index(key)] = face & ~rows[others(plan, keys, key) & still].any(axis=0)
        elif border == "shared":
            rows = taken(plan, keys, rows, faces, face, by=key, of=still)
    if not with_old:
        return keys, faces, rows
    given = _given(plan, keys, rows, faces, left, by=first)
    return None if (given == rows).all() else (keys, faces, given)


def _laid(
    plan: Plan, shapes: Mapping[str, Any], *, with_old: bool
) -> tuple[list[str], Mesh, Rows, dict[str, NDArray[np.bool_]]]:
    """Return the zones that new outlines concern, the faces between all borders, whose they are, and the new ones.

    The old outlines of redrawn zones are among the borders only if asked for: they leave vertices where the new cross.
    """
    was = [plan[key].shape for key in shapes if plan[key].drawn]
    near = region(plan, [*shapes.values(), *was])
    there = [key for key in near if with_old or key not in shapes]
    keys = [*there, *(key for key in shapes if key not in there)]
    faces = mesh(np.array([*(plan[key].shape for key in there), *shapes.values()], dtype=object))
    rows = np.zeros((len(keys), len(faces.faces)), dtype=bool)
    rows[: len(there)] = faces.owned[: len(there)]
    return keys, faces, rows, dict(zip(shapes, faces.owned[len(there) :], strict=True))


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
