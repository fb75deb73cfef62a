"""Moving a zone by metres, with all that lies below it in the hierarchy."""

import numpy as np
import shapely

from geo.zones.borders import redrawn
from geo.zones.errors import OperationError
from geo.zones.land import outline
from geo.zones.lattice import UNITS, scale_at
from geo.zones.plan import Plan

MOST_MOVE_M = 100_000.0
"""Metres that a zone may be moved: beyond, it is no correction of a border."""

_TURNS = 4
"""Turns after which the latitude half way no longer changes by a unit."""


def move(plan: Plan, key: str, east_m: float, north_m: float, *, border: str = "free", below: bool = True) -> Plan:
    """Return the plan with a zone moved by metres.

    A metre east is one of the latitude half way, so that moving back by the same metres gives the same vertices.

    Parameters
    ----------
    border : see ``geo.zones.borders``
    below : whether the zones below it go along, as one: what they keep free of each other moves with them

    Raises
    ------
    LockedError
        Also if a zone below that would go along is locked.
    OperationError
        ``MOVED_TOO_FAR``, and those of ``borders.redrawn``.
    """
    shape = outline(plan, key)
    if not (abs(east_m) <= MOST_MOVE_M and abs(north_m) <= MOST_MOVE_M):
        detail = {"zone": key, "most_km": round(MOST_MOVE_M / 1000)}
        raise OperationError("moved too far", code="MOVED_TOO_FAR", detail=detail)
    step = _units(shape, float(east_m), float(north_m))
    if not step.any():
        plan.unlocked([key])
        return plan
    going = [key, *(one for one in plan.below(key) if below and plan[one].drawn)]
    return redrawn(plan, {one: shapely.transform(plan[one].shape, lambda xy: xy + step) for one in going}, border)


def _units(shape: object, east_m: float, north_m: float) -> np.ndarray:
    """Return whole units east and north of a way in metres that begins at the middle of a shape."""
    bounds = shapely.bounds(shape)
    middle, north = (bounds[1] + bounds[3]) / 2, 0.0
    for _ in range(_TURNS):
        along_x, along_y = scale_at((middle + north / 2) / UNITS)
        north = north_m / along_y
    return np.rint(np.array([east_m / along_x, north]))
