"""What people decided, read back: which decision stands, what it is about, and the shapes of pins.

A decision is a row of ``DECISIONS`` and an input of the next survey. What it is about (``subject``) and what it says:

========== ============================================== =============================================================
kind       subject                                        what it says
========== ============================================== =============================================================
pin        enterprise, place or division                  ``lon``, ``lat``; ``text``: its outline or course (WKT)
alias      learned name (fact or learned place)           the same as ``target``; ``text`` is the name as written
accept     learned name                                   it is right, whatever else the addresses say
forbid     learned name                                   it must not be used, a learned place of that name is no place
place      enterprise, address (``address_key``)          it lies in ``target``: place, division, ``outside``, ``none``
place      learned name                                   it lies in the county ``target``
retype     learned place                                  it is of the kind ``text``
unlink     learned place                                  not the same as the place ``target``
link       link or union                                  its member or host is ``target``; ``unlink`` refuses a pair
link       enterprise                                     the same firm as ``target``; ``unlink``: two firms
joint_…    enterprise or seat                             hard edits of suggested unions: ``geo.joint.edits``
========== ============================================== =============================================================
"""

import math

import pandas as pd
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geo.text import normalise

ADDRESS = "text:"
"""Beginning of the subjects that stand for an address."""
OUTSIDE, NOWHERE = "outside", "none"
"""Targets of ``place`` that are no place: an address elsewhere; a text that is no usable address."""
_MOST_TEXT = 200_000
"""Characters of an outline that are read: some 5,000 corners."""
_SAME_DEGREES = 1e-7


def address_key(raw: object) -> str:
    """Return the subject that stands for every firm with this address, however it is written."""
    return ADDRESS + normalise(raw).text


def standing(decisions: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """Return, of the decisions of these kinds, the last one of each subject, oldest first.

    Kinds given together take each other back: a name accepted after it was forbidden is accepted.
    """
    chosen = decisions[decisions["kind"].isin(kinds)]
    ordered = chosen.sort_values("decided_on", kind="stable", na_position="first")
    return ordered.drop_duplicates("subject", keep="last")


def sharing(decisions: pd.DataFrame, subject: str, lon: float, lat: float) -> str | None:
    """Return the subject of another standing pin on exactly this point, the latest; two places do not share one."""
    pins = standing(decisions, "pin")
    same = pins[pins["lon"].sub(lon).abs().lt(_SAME_DEGREES) & pins["lat"].sub(lat).abs().lt(_SAME_DEGREES)]
    others = same.loc[same["subject"] != subject, "subject"].tolist()
    return str(others[-1]) if others else None


def shape(lon: float, lat: float, text: object) -> BaseGeometry | None:
    """Return the outline or course of a pin (WGS-84) or, where it has none that is valid, its point; ``None`` without.

    Never raises: a text that is no WKT of a polygon or line counts as none.
    """
    drawn = _drawn(text)
    if drawn is not None:
        return drawn
    return None if math.isnan(lon) or math.isnan(lat) else shapely.Point(lon, lat)


def _drawn(text: object) -> BaseGeometry | None:
    if not isinstance(text, str) or len(text) > _MOST_TEXT:
        return None
    try:
        found = shapely.from_wkt(text)
    except ShapelyError:
        return None
    known = found is not None and found.geom_type in ("Polygon", "MultiPolygon", "LineString", "MultiLineString")
    if not known or found.is_empty or not found.is_valid:
        return None
    west, south, east, north = found.bounds
    return found if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 else None
