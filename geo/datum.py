"""Datums: WGS-84, CGCS2000, GCJ-02 and BD-09, vectorised; and checks of positions as people deliver them.

The published approximation of GCJ-02 (semi-major axis 6378245 m) agrees with a provider's own service to 0.07 m in east
China and to about 10 m in the far west. BD-09 is a second, closed-form step on top of GCJ-02. CGCS2000 differs from
WGS-84 by decimetres, so it passes through unchanged. Longitude before latitude everywhere; degrees.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import DatumError

AXIS_M = 6378245.0
"""Semi-major axis of the Krasovsky ellipsoid, which the published formula uses."""

ECCENTRICITY2 = 0.00669342162296594323
"""Its first eccentricity squared, as published."""

BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north: outside of it GCJ-02 is WGS-84."""

STEPS = 4
"""Fixed-point steps of the inverse: below a micrometre in Nantong, below 10 micrometres anywhere in the box."""

METRES_FROM = 1_000.0
"""Numbers that both exceed this are metres of a projection and no degrees with a slip."""

_BD_TURN = np.pi * 3000.0 / 180.0

Degrees = NDArray[np.float64]


class Datum(StrEnum):
    """The datums that layers arrive in. There are no EPSG codes for GCJ-02 and BD-09, so the user names them."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class PositionFault(StrEnum):
    """What is wrong with a position; ``NONE`` if nothing is."""

    NONE = ""
    MISSING = "POSITION_MISSING"
    NULL_ISLAND = "POSITION_ZERO"
    SWAPPED = "POSITION_SWAPPED"
    PROJECTED = "POSITION_PROJECTED"
    OUT_OF_RANGE = "POSITION_OUT_OF_RANGE"
    OUTSIDE_CHINA = "POSITION_OUTSIDE_CHINA"


class Points(NamedTuple):
    """Longitudes and latitudes in degrees, of one shape."""

    lon: Degrees
    lat: Degrees


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> Points:
    """Convert positions to WGS-84.

    Parameters
    ----------
    lon, lat
        Degrees in ``datum``; scalars or arrays that broadcast. NaN stays NaN.
    datum
        Never inferred: a guess moves a firm by half a kilometre.

    Returns
    -------
    Points
        WGS-84, in the broadcast shape. Points outside ``BOX`` are returned as they came.

    Raises
    ------
    DatumError
        If the datum is not known, or the axes look swapped (see ``faults``).
    """
    return _convert(lon, lat, datum, inverse=True)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> Points:
    """Convert WGS-84 positions to another datum; the reverse of ``to_wgs84``, with the same promises."""
    return _convert(lon, lat, datum, inverse=False)


def within_box(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell where the GCJ-02 formula applies. False for NaN."""
    x, y = _degrees(lon, lat)
    west, south, east, north = BOX
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def faults(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.str_]:
    """Name the fault of each position, "" where it is sound.

    Missing, (0, 0), swapped axes, metres instead of degrees, out of range, outside of ``BOX``, in this order.
    Swapped axes are certain only for China, whose latitudes (below 56) never are longitudes (above 72).
    """
    x, y = _degrees(lon, lat)
    west, south, east, north = BOX
    swapped = (y >= west) & (y <= east) & (x >= south) & (x <= north)
    checks = [
        (np.isnan(x) | np.isnan(y), PositionFault.MISSING),
        ((x == 0) & (y == 0), PositionFault.NULL_ISLAND),
        (swapped, PositionFault.SWAPPED),
        ((np.abs(x) > METRES_FROM) & (np.abs(y) > METRES_FROM), PositionFault.PROJECTED),
        ((np.abs(x) > 180) | (np.abs(y) > 90), PositionFault.OUT_OF_RANGE),
        (~within_box(x, y), PositionFault.OUTSIDE_CHINA),
    ]
    return np.select([where for where, _ in checks], [fault.value for _, fault in checks], default="").astype(np.str_)


def _convert(lon: ArrayLike, lat: ArrayLike, datum: Datum | str, *, inverse: bool) -> Points:
    kind = _known(datum)
    x, y = _degrees(lon, lat)
    _refuse_swapped(x, y)
    if kind in (Datum.WGS84, Datum.CGCS2000):
        return Points(x, y)
    if kind is Datum.GCJ02:
        moved = _gcj_to_wgs(x, y) if inverse else _wgs_to_gcj(x, y)
    else:
        moved = _gcj_to_wgs(*_bd_to_gcj(x, y)) if inverse else _gcj_to_bd(*_wgs_to_gcj(x, y))
    inside = within_box(x, y)
    return Points(np.where(inside, moved.lon, x), np.where(inside, moved.lat, y))


def _known(datum: Datum | str) -> Datum:
    try:
        return Datum(str(datum).lower())
    except ValueError:
        known = ", ".join(Datum)
        raise DatumError(
            f"unknown datum {datum!r}; known are {known}",
            code="DATUM_UNKNOWN",
            detail={"datum": str(datum), "known": known},
        ) from None


def _degrees(lon: ArrayLike, lat: ArrayLike) -> Points:
    x, y = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return Points(x.copy(), y.copy())


def _refuse_swapped(lon: Degrees, lat: Degrees) -> None:
    swapped = np.count_nonzero(faults(lon, lat) == PositionFault.SWAPPED.value) if lon.size else 0
    if swapped:
        raise DatumError(
            f"{swapped} of {lon.size} positions have latitude before longitude; swap the two columns",
            code="DATUM_SWAPPED",
            detail={"swapped": int(swapped), "count": int(lon.size)},
        )


def _offset(lon: Degrees, lat: Degrees) -> Points:
    """How far GCJ-02 lies from WGS-84 at a WGS-84 position, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root, xy = np.sqrt(np.abs(x)), x * y
    px, py = x * np.pi, y * np.pi
    common = 20.0 * np.sin(6.0 * px) + 20.0 * np.sin(2.0 * px)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * xy + 0.2 * root
    north += (common + 20.0 * np.sin(py) + 40.0 * np.sin(py / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(py / 12.0) + 320.0 * np.sin(py / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * xy + 0.1 * root
    east += (common + 20.0 * np.sin(px) + 40.0 * np.sin(px / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(px / 12.0) + 300.0 * np.sin(px / 30.0)) * 2.0 / 3.0
    radians = np.deg2rad(lat)
    magic = 1.0 - ECCENTRICITY2 * np.sin(radians) ** 2
    metres_north = AXIS_M * (1.0 - ECCENTRICITY2) / (magic * np.sqrt(magic))
    metres_east = AXIS_M / np.sqrt(magic) * np.cos(radians)
    return Points(np.rad2deg(east / metres_east), np.rad2deg(north / metres_north))


def _wgs_to_gcj(lon: Degrees, lat: Degrees) -> Points:
    east, north = _offset(lon, lat)
    return Points(lon + east, lat + north)


def _gcj_to_wgs(lon: Degrees, lat: Degrees) -> Points:
    x, y = lon, lat
    for _ in range(STEPS):
        east, north = _offset(x, y)
        x, y = lon - east, lat - north
    return Points(x, y)


def _gcj_to_bd(lon: Degrees, lat: Degrees) -> Points:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return Points(radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006)


def _bd_to_gcj(lon: Degrees, lat: Degrees) -> Points:
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(STEPS):
        forward = _gcj_to_bd(x, y)
        x, y = x - (forward.lon - lon), y - (forward.lat - lat)
    return Points(x, y)
