"""The ways in which numbers may have come to be, and where the points lie if a way is the true one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from geo.datum import Datum, Points, from_wgs84, to_wgs84


def _bd_step_back(raw: Points) -> Points:
    """Numbers that were GCJ-02 and were run through BD-09 → GCJ-02: that step undone."""
    gcj = from_wgs84(*to_wgs84(*raw, Datum.GCJ02), Datum.BD09)
    return to_wgs84(*gcj, Datum.GCJ02)


READINGS: Mapping[str, Callable[[Points], Points]] = MappingProxyType(
    {
        "wgs84": lambda raw: raw,
        "gcj02": lambda raw: to_wgs84(*raw, Datum.GCJ02),
        "bd09": lambda raw: to_wgs84(*raw, Datum.BD09),
        "over_gcj02": lambda raw: from_wgs84(*raw, Datum.GCJ02),
        "over_bd09": lambda raw: from_wgs84(*raw, Datum.BD09),
        "over_bd09_gcj02": _bd_step_back,
    }
)
"""Reading → the points in WGS-84. ``over_…``: converted from that datum once more than was right."""

OVER = frozenset(name for name in READINGS if name.startswith("over_"))
"""Readings that no declared datum can mend: the numbers have to be asked for again."""


def as_reading(datum: str) -> str:
    """Return the reading that a declared datum is; CGCS2000 differs from WGS-84 by decimetres."""
    return "wgs84" if datum == Datum.CGCS2000 else str(datum)


def points_by_reading(lon: object, lat: object, declared: str) -> dict[str, Points]:
    """Return where points would lie under each reading; ``lon`` and ``lat`` are WGS-84 as the declared datum gives."""
    raw = from_wgs84(lon, lat, declared)  # type: ignore[arg-type]
    return {name: read(raw) for name, read in READINGS.items()}
