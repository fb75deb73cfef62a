"""What a reviewer points at: a position that is set, one that is pasted, an outline; and why one is refused."""

import math
from collections.abc import Mapping

from flask_babel import gettext as _

from app.coordinates import SWAPPED, UNREADABLE, Bounds, Written, read_written, within
from app.maps import scene
from app.maps.frame import widened
from app.reading import Reading
from geo.decisions import shape

MOST_PASTED = 200
AROUND = 0.15
"""Share of the city's width and height around it within which a pin may lie: beyond, axes or datum are mistaken."""


def bounds(read: Reading) -> Bounds:
    """Return the box (WGS-84) within which a position is taken."""
    west, south, east, north = widened(scene.of(read).bounds, AROUND)
    return west, south, east, north


def position(form: Mapping[str, str]) -> tuple[float, float]:
    """Return the position that was set on the map (WGS-84), NaN where none was."""
    try:
        return float(form.get("lon", "nan")), float(form.get("lat", "nan"))
    except ValueError:
        return math.nan, math.nan


def inside(read: Reading, lon: float, lat: float) -> tuple[float, float]:
    """Return a position that lies in the city, NaN for another."""
    return (lon, lat) if within(lon, lat, bounds(read)) else (math.nan, math.nan)


def pasted(read: Reading, given: Mapping[str, str]) -> Written | None:
    """Return the coordinates that were pasted, None where there are none."""
    text = given.get("written", "").strip()
    return read_written(text[:MOST_PASTED], given.get("datum", "wgs84"), bounds(read)) if text else None


def why(read: Reading, written: Written) -> str:
    """Say why pasted coordinates are refused, and what would be right."""
    if written.fault == UNREADABLE:
        return _("坐标没有读懂：请写经度、纬度两个数，如 120.8942,31.9801；度分秒请先换成度。")
    if written.fault == SWAPPED:
        return _("坐标 %(x)s,%(y)s 不在本市，调换过来才在：请先写经度，再写纬度。", x=written.x, y=written.y)
    west, south, east, north = (f"{edge:.2f}" for edge in bounds(read))
    return _(
        "坐标 %(x)s,%(y)s 不在本市：经度应在 %(w)s 至 %(e)s，纬度应在 %(s)s 至 %(n)s。请核对数字。",
        x=written.x, y=written.y, w=west, e=east, s=south, n=north,
    )  # fmt: skip


def outline_fault(read: Reading, drawn: str) -> str:
    """Say why an outline or course (WKT, WGS-84) is refused, "" where it is not."""
    if not drawn:
        return ""
    found = shape(math.nan, math.nan, drawn)
    if found is None:
        return _("画的范围不成形：边线与自己相交，或拐点都在一条线上。请拖开拐点或重画。")
    west, south, east, north = found.bounds
    box = bounds(read)
    return "" if within(west, south, box) and within(east, north, box) else _("画的范围超出本市，请重画。")
