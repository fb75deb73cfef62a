"""What a plan would be with faults mended: a preview that the caller shows, and takes or leaves.

``repair`` does what the faults given to it say and nothing else; ``geo.zones.difference`` tells what it changed of each
zone. Land is handed over, not lost: an overlap stays with one of its zones, a gap goes to one beside it. Only land
outside a county or a parent leaves the plan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from geo.zones import folds
from geo.zones.check import Fault
from geo.zones.land import Rows, region
from geo.zones.lattice import to_degrees, to_lattice
from geo.zones.mesh import Mesh, mesh
from geo.zones.plan import Plan

REPAIRABLE = frozenset(
    (
        "INVALID", "OVERLAP", "OVERLAP_SLIVER", "GAP", "GAP_SLIVER", "TINY_PART", "OUTSIDE_COUNTY", "CROSS_COUNTY",
        "OUTSIDE_PARENT",
    )
)  # fmt: skip
"""Codes of faults that ``repair`` can mend; of the others a person decides."""


def repair(plan: Plan, faults: Iterable[Fault]) -> Plan:
    """Return the plan with the given faults mended, as far as they can be.

    An overlap stays with the locked zone, or the one named by ``detail["keep"]``, or the one that has no other land, or
    the one that borders it longest; a gap or tiny part goes to the unlocked zone beside it with the longest border, or
    to ``detail["keep"]``; a tiny part that borders none is dropped. Faults of locked zones, and of codes that are not
    ``REPAIRABLE``, change nothing. A zone is never emptied.
    """
    result = plan
    for fault in faults:
        if fault.code in REPAIRABLE and all(key in result for key in fault.keys[:1]):
            result = _invalid(result, fault) if fault.code == "INVALID" else _faces(result, fault)
    return result


def unrepaired(plan: Plan, faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults that ``repair`` leaves as they are on this plan."""
    return [fault for fault in faults if repair(plan, [fault]) is plan]


def _invalid(plan: Plan, fault: Fault) -> Plan:
    key = fault.keys[0]
    zone = plan[key]
    if zone.locked or zone.valid:
        return plan
    sound = folds.repaired(to_degrees(zone.shape))
    if sound is None or sound.is_empty:
        return plan
    return plan.with_zones(replace(zone, shape=to_lattice(sound))).matched()


def _faces(plan: Plan, fault: Fault) -> Plan:
    land = to_lattice(fault.geometry)
    keys = region(plan, land, with_keys=[key for key in fault.keys if key in plan.drawn])
    faces = mesh(np.array([*(plan[key].shape for key in keys), land], dtype=object))
    rows, where = faces.owned[:-1].copy(), faces.owned[-1]
    if fault.code.startswith("OVERLAP"):
        changed = _overlap(plan, keys, rows, faces, where, fault)
    elif fault.code.startswith("GAP"):
        changed = _gap(plan, keys, rows, faces, where, fault)
    else:
        changed = _beyond(plan, keys, rows, faces, where, fault)
    if changed is None or not changed.any(axis=1).all():
        return plan
    return plan.with_shapes(dict(zip(keys, faces.shapes(changed), strict=True)))


def _overlap(plan: Plan, keys: Sequence[str], rows: Rows, faces: Mesh, where: Rows, fault: Fault) -> Rows | None:
    pair = [key for key in fault.keys if key in keys]
    free = [key for key in pair if not plan[key].locked]
    if len(pair) < 2 or not free:
        return _yielding(plan, keys, rows, where, pair, fault)
    both = where & rows[keys.index(pair[0])] & rows[keys.index(pair[1])]
    kept = fault.detail.get("keep")
    if len(free) == 1:
        keeper = pair[1 - pair.index(free[0])]
    elif kept in pair:
        keeper = str(kept)
    else:
        borders = _borders(rows & ~both, faces, both)
        keeper = max(pair, key=lambda key: (borders[keys.index(key)], plan[key].area_m2, key))
    loser = keys.index(pair[1 - pair.index(keeper)])
    if not (rows[loser] & ~both).any() and len(free) == 2 and kept not in pair:  # an enclave keeps its land
        loser = keys.index(keeper)
    rows[loser] &= ~both
    return rows


def _yielding(
    plan: Plan, keys: Sequence[str], rows: Rows, where: Rows, pair: Sequence[str], fault: Fault
) -> Rows | None:
    """An overlap with a zone outside the plan: the one in it yields."""
    if len(pair) != 1 or len(fault.keys) != 2 or plan[pair[0]].locked:
        return None
    rows[keys.index(pair[0])] &= ~where
    return rows


def _gap(plan: Plan, keys: Sequence[str], rows: Rows, faces: Mesh, where: Rows, fault: Fault) -> Rows | None:
    level = [k for k, key in enumerate(keys) if key in fault.keys]
    empty = where & ~rows[level].any(axis=0)
    heir = _heir(plan, keys, rows, faces, empty, fault, of=[keys[k] for k in level])
    if heir is None or not empty.any():
        return None
    rows[keys.index(heir)] |= empty
    return rows


def _beyond(plan: Plan, keys: Sequence[str], rows: Rows, faces: Mesh, where: Rows, fault: Fault) -> Rows | None:
    key = fault.keys[0]
    if plan[key].locked or key not in keys:
        return None
    left = where & rows[keys.index(key)]
    if not left.any():
        return None
    rows[keys.index(key)] &= ~left
    if fault.code == "TINY_PART":
        level = [k for k in keys if k != key and len(plan.above(k)) == len(plan.above(key))]
        heir = _heir(plan, keys, rows, faces, left, fault, of=level)
        if heir is not None:
            rows[keys.index(heir)] |= left
    return rows


def _heir(
    plan: Plan, keys: Sequence[str], rows: Rows, faces: Mesh, land: Rows, fault: Fault, *, of: Sequence[str]
) -> str | None:
    free = [key for key in of if not plan[key].locked]
    kept = fault.detail.get("keep")
    if kept in free:
        return str(kept)
    borders = _borders(rows, faces, land)
    beside = [key for key in free if borders[keys.index(key)] > 0]
    return max(beside, key=lambda key: (borders[keys.index(key)], plan[key].area_m2, key), default=None)


def _borders(rows: Rows, faces: Mesh, land: Rows) -> Any:
    """Length of the border of each zone with some faces, in units."""
    one, other, length = faces.edges
    away = land[one] != land[other]
    beyond = np.where(land[one], other, one)[away]
    return rows[:, beyond] @ length[away]
