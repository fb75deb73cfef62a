"""Operations of the zone editor, as functions ``(plan, …) -> Plan`` and as values that can be stored and replayed.

An operation is a kind and JSON arguments; ``apply`` gives the plan after it. Plans are values, so undo is the plan
before, and a draft is the operations since it was opened.
"""

import inspect
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely

from geo.zones.borders import draw, reshape
from geo.zones.errors import OperationError, ShapeError
from geo.zones.holes import cut_hole, fill_hole, subtract
from geo.zones.land import Rows, outline, pieces, region, settled
from geo.zones.lattice import metric, scale, to_lattice
from geo.zones.mesh import Mesh, mesh
from geo.zones.moving import move
from geo.zones.partition import merge, paint, split
from geo.zones.plan import FACTS, Plan
from geo.zones.simplifying import simplify
from geo.zones.snapping import snap, snapped

MOST_SNAP_M = 1_000.0
"""Metres that a border may be asked to snap over."""


def lock(plan: Plan, keys: Sequence[str]) -> Plan:
    """Return the plan with zones locked: operations that would change their land refuse."""
    return plan.with_zones(*(replace(plan[key], locked=True) for key in keys))


def unlock(plan: Plan, keys: Sequence[str]) -> Plan:
    """Return the plan with zones open to operations again."""
    return plan.with_zones(*(replace(plan[key], locked=False) for key in keys))


def remove(plan: Plan, key: str, *, below: bool = False) -> Plan:
    """Return the plan without a zone, and without those below it or with these hanging where it hung.

    Raises
    ------
    LockedError, OperationError
    """
    gone = [key, *(plan.below(key) if below else [])]
    plan.unlocked(gone)
    if below:
        return plan.with_zones(without=gone)
    below_it = [replace(zone, parent=plan[key].parent) for zone in plan.zones.values() if zone.parent == key]
    return plan.with_zones(*below_it, without=[key])


def describe(plan: Plan, key: str, **facts: Any) -> Plan:
    """Return the plan with other facts of a zone: name, parent, county_code, zone_level, cross_county.

    Raises
    ------
    LockedError
    OperationError
        ``ARGUMENT`` for another fact, ``ZONE_IN_HIERARCHY`` if a zone would lie above itself.
    """
    plan.unlocked([key])
    unknown = sorted(set(facts) - (set(FACTS) - {"locked"}))
    if unknown:
        raise OperationError("unknown facts", code="ARGUMENT", detail={"argument": unknown[0], "found": ""})
    changed = plan.with_zones(replace(plan[key], **facts))
    if key in changed.above(key):
        raise OperationError("a zone above itself", code="ZONE_IN_HIERARCHY", detail={"zones": [key]})
    return changed


def snap_zone(
    plan: Plan, key: str, tolerance_m: float, *, targets: Sequence[str] | None = None, streets: Iterable[Any] = ()
) -> Plan:
    """Return the plan with a zone's border on the vertices and edges of its neighbours and on street lines.

    Only this zone's land changes; neighbours get vertices where borders now coincide.

    Parameters
    ----------
    targets : keys of the zones to snap to, all that do not lie above or below it if None
    streets : lines in EPSG:4326, geometries or GeoJSON

    Raises
    ------
    ShapeError
        ``SNAP_FOLDS``
    LockedError, OperationError
    """
    plan.unlocked([key])
    shape = outline(plan, key)
    if not isinstance(tolerance_m, int | float) or not 0 < tolerance_m <= MOST_SNAP_M:
        detail = {"argument": "tolerance_m", "found": repr(tolerance_m)[:40], "most": MOST_SNAP_M}
        raise OperationError("a tolerance in metres", code="ARGUMENT", detail=detail)
    rivals = [k for k in plan.drawn if k != key and k not in plan.related(key)] if targets is None else list(targets)
    lines = [outline(plan, k) for k in rivals]
    lines += [to_lattice(_line(street)) for street in streets]
    moved = snapped(shape, lines, float(tolerance_m))
    keys = region(plan, [shape, moved], with_keys=plan.near([shape, moved], tolerance_m / min(scale(shape))))
    faces = mesh(np.array([*(plan[k].shape for k in keys), moved], dtype=object))
    rows, at = faces.owned[:-1].copy(), keys.index(key)
    was = rows[at].copy()
    rows[at] = faces.owned[-1]
    beside = np.isin(keys, rivals)
    rows[at] = _flush(faces, rows, at, beside, was, float(tolerance_m))
    return settled(plan, keys, faces, rows)


def _flush(faces: Mesh, rows: Rows, at: int, beside: Rows, was: Rows, tolerance_m: float) -> Rows:
    """What a zone owns once strips narrower than the tolerance between it and its neighbours are gone.

    Vertices alone cannot promise that: a neighbour's corner may lie between two of them.
    """
    theirs: Rows = np.asarray(rows[beside].any(axis=0))
    open_land = ~rows.any(axis=0)
    doubtful = np.flatnonzero((rows[at] & theirs) | open_land)
    plane = metric(faces.faces[doubtful], scale(faces.faces))
    thin = np.zeros(len(was), dtype=bool)
    thin[doubtful] = shapely.is_empty(shapely.buffer(plane, -tolerance_m / 2, join_style="mitre"))
    ours = rows[at] & ~(thin & theirs)
    one, other, _ = faces.edges
    beside_us, beside_them = faces.touching(ours), faces.touching(theirs)
    for piece in pieces(thin & open_land, one, other):
        if (piece & (beside_us | was)).any() and (piece & beside_them).any():
            ours |= piece
    return ours


KINDS: Mapping[str, Callable[..., Plan]] = MappingProxyType(
    {
        "draw": draw,
        "reshape": reshape,
        "move": move,
        "cut_hole": cut_hole,
        "fill_hole": fill_hole,
        "split": split,
        "merge": merge,
        "subtract": subtract,
        "simplify": simplify,
        "paint": paint,
        "snap": snap_zone,
        "lock": lock,
        "unlock": unlock,
        "remove": remove,
        "describe": describe,
    }
)
"""The kinds of operations and the function of each; its parameters behind the plan are the operation's arguments."""


@dataclass(frozen=True)
class Operation:
    """What was done, as JSON values: geometries as GeoJSON, distances in metres."""

    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the operation as JSON text."""
        return json.dumps({"kind": self.kind, "arguments": dict(self.arguments)}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Operation":
        """Read an operation.

        Raises
        ------
        OperationError
            ``OPERATION_MALFORMED``
        """
        try:
            value = json.loads(text)
            kind, arguments = value["kind"], value.get("arguments", {})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise OperationError("no operation", code="OPERATION_MALFORMED", detail={}) from None
        if not isinstance(kind, str) or not isinstance(arguments, dict):
            raise OperationError("no operation", code="OPERATION_MALFORMED", detail={})
        return cls(kind, MappingProxyType(arguments))


def apply(plan: Plan, operation: Operation) -> Plan:
    """Return the plan after an operation; the same value every time.

    Raises
    ------
    ShapeError, LockedError
    OperationError
        ``OPERATION_UNKNOWN``; ``ARGUMENT`` naming an argument that is missing, unknown or of a wrong type.
    """
    function = KINDS.get(operation.kind)
    if function is None:
        detail = {"kind": operation.kind[:40], "known": list(KINDS)}
        raise OperationError(f"no operation {operation.kind!r}", code="OPERATION_UNKNOWN", detail=detail)
    arguments = _fitting(function, operation.arguments)
    try:
        return function(plan, **arguments)
    except (TypeError, ValueError, KeyError, shapely.errors.ShapelyError) as error:
        detail = {"argument": operation.kind, "found": str(error)[:100]}
        raise OperationError(f"{operation.kind}: {error}", code="ARGUMENT", detail=detail) from error


_TYPES: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "key": (str,), "new_key": (str,), "into": (str,), "name": (str, type(None)), "border": (str,),
        "keys": (list, tuple), "targets": (list, tuple, type(None)), "streets": (list, tuple), "at": (list, tuple),
        "tolerance_m": (int, float), "east_m": (int, float), "north_m": (int, float),
        "cross_county": (bool,), "around_locked": (bool,), "below": (bool,),
        "parent": (str, type(None)), "county_code": (str, type(None)), "zone_level": (str, type(None)),
    }
)  # fmt: skip


def _fitting(function: Callable[..., Plan], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments that a function takes, each of its type."""
    parameters = _parameters(function)
    facts = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    named = {name: p for name, p in parameters.items() if p.kind is not p.VAR_KEYWORD}
    missing = [name for name, p in named.items() if p.default is p.empty and name not in arguments]
    unknown = [name for name in arguments if name not in named and not facts]
    wrong = [name for name, value in arguments.items() if not _is(value, _TYPES.get(name))]
    for name in (*missing, *unknown, *wrong):
        detail = {"argument": str(name)[:40], "found": repr(arguments.get(name))[:60]}
        raise OperationError(f"argument {name!r}", code="ARGUMENT", detail=detail)
    if "keys" in arguments and not all(isinstance(key, str) for key in arguments["keys"]):
        raise OperationError("keys are texts", code="ARGUMENT", detail={"argument": "keys", "found": ""})
    return dict(arguments)


@cache
def _parameters(function: Callable[..., Plan]) -> dict[str, inspect.Parameter]:
    return dict(list(inspect.signature(function).parameters.items())[1:])


def _is(value: Any, types: tuple[type, ...] | None) -> bool:
    if types is None:
        return True
    return isinstance(value, types) and (not isinstance(value, bool) or bool in types)


def _line(street: Any) -> Any:
    if isinstance(street, Mapping):
        street = shapely.from_geojson(json.dumps(dict(street)), on_invalid="ignore")
    if getattr(street, "geom_type", None) not in ("LineString", "MultiLineString"):
        raise ShapeError("a street is a line", code="SHAPE_TYPE", detail={"found": str(street)[:40]})
    return street


__all__ = [
    "KINDS",
    "Operation",
    "apply",
    "cut_hole",
    "describe",
    "draw",
    "fill_hole",
    "lock",
    "merge",
    "move",
    "paint",
    "remove",
    "reshape",
    "simplify",
    "snap",
    "snap_zone",
    "split",
    "subtract",
    "unlock",
]
