"""Answers of online services set beside what the atlas knows: in the county claimed, near the offline answer, unshared.

An answer that fits is still a candidate: nothing here takes it. Figures are our own choice.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.datum import to_wgs84
from geo.registry import check_positions
from geo.registry.identity import area_of

RADIUS_M: Mapping[str, float] = MappingProxyType(
    {
        "building": 100.0,
        "number": 100.0,
        "street": 1_000.0,
        "market": 200.0,
        "zone": 2_000.0,
        "village": 1_500.0,
        "town": 5_000.0,
        "county": 15_000.0,
    }
)
"""How far an answer of a level may honestly be off."""
FINE = frozenset({"building", "number", "street", "market", "zone", "village"})
"""Levels that help a firm under review."""
LEAST_SCORE = 0.5
LEAST_CLAIM = 0.5
"""Confidence below which the offline county is a guess that no answer is held against."""
ROWS = ("address", "county_code", "lon", "lat", "radius_m")
"""Columns of the firms asked about: LOCATIONS, and the address asked with."""
ANSWERS = ("answer_lon", "answer_lat", "datum", "answer_level", "level_word", "score")
"""Columns of the answers: degrees as delivered (NaN: the service knows nothing), our level, its word, its score."""
CHECKED = ("lon", "lat", "level", "radius_m", "distance_m", "fits", "reasons")
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "POSITION_ZERO": "ANSWER_ZERO",
        "POSITION_SWAPPED": "ANSWER_SWAPPED",
        "POSITION_OUT_OF_RANGE": "ANSWER_OUT_OF_RANGE",
        "POSITION_PROJECTED": "ANSWER_OUT_OF_RANGE",
        "POSITION_OUTSIDE_CHINA": "ANSWER_OUT_OF_RANGE",
        "POSITION_HALF": "ANSWER_OUT_OF_RANGE",
        "POSITION_COPIED": "ANSWER_SHARED",
    }
)
_UNUSABLE = frozenset({"ANSWER_ZERO", "ANSWER_SWAPPED", "ANSWER_OUT_OF_RANGE"})

Reason = list[Any]


def check_answers(rows: pd.DataFrame, outlines: Mapping[str, Any], counties: Mapping[str, str]) -> pd.DataFrame:
    """Check the answers of one service.

    Parameters
    ----------
    rows
        Index firms; columns ``ROWS`` and ``ANSWERS``, perhaps ``confidence`` of the offline answer. All rows
        answered, not only new ones: shared points tell.
    outlines
        County code → shape, WGS-84; empty if the city has none, then counties are not checked.
    counties
        Names of counties → code (``geo.registry.county_names``).

    Returns
    -------
    ``CHECKED`` for the same index: WGS-84, NaN where the answer cannot be used; ``reasons`` ``[[code, {detail}], …]``.
    """
    given = rows["answer_lon"].notna() | rows["answer_lat"].notna()
    found = check_positions(rows.loc[given, "answer_lon"], rows.loc[given, "answer_lat"], rows.loc[given, "address"])
    faults = {row: [_REASONS[code], dict(detail)] for row, (code, detail) in found.items() if code in _REASONS}
    names = {code: name for name, code in counties.items() if name[-1:] in "市县区" and len(name) > 2}
    checked = [
        _checked(row, faults.get(key), outlines, counties, names)
        for key, row in zip(rows.index, rows.to_dict("records"), strict=True)
    ]
    return pd.DataFrame(checked, index=rows.index, columns=list(CHECKED))


def _checked(
    row: Mapping[str, Any],
    fault: Reason | None,
    outlines: Mapping[str, Any],
    counties: Mapping[str, str],
    names: Mapping[str, str],
) -> tuple[Any, ...]:
    nothing = (np.nan, np.nan, row["answer_level"], np.nan, np.nan, False)
    if pd.isna(row["answer_lon"]) and pd.isna(row["answer_lat"]):
        return (*nothing, [["ANSWER_EMPTY", {}]])
    if fault is not None and fault[0] in _UNUSABLE:
        return (*nothing, [fault])
    point = to_wgs84(row["answer_lon"], row["answer_lat"], row["datum"])
    lon, lat = float(point.lon), float(point.lat)
    reasons = [] if fault is None else [fault]
    reasons += _county(row, lon, lat, outlines, counties, names)
    radius = RADIUS_M.get(row["answer_level"], np.nan)
    near, distance = _distance(row, lon, lat, radius)
    reasons += [near, *_quality(row)]
    good = {"ANSWER_IN_COUNTY", "ANSWER_AGREES", "ANSWER_NO_OFFLINE"}
    fits = all(code in good for code, _ in reasons) and any(code == "ANSWER_IN_COUNTY" for code, _ in reasons)
    return lon, lat, row["answer_level"], radius, distance, fits, reasons


def _county(
    row: Mapping[str, Any],
    lon: float,
    lat: float,
    outlines: Mapping[str, Any],
    counties: Mapping[str, str],
    names: Mapping[str, str],
) -> list[Reason]:
    """Hold the point against the county that the text names, else the one of the offline answer."""
    if not outlines:
        return [["ANSWER_NO_COUNTY", {}]]
    spot = shapely.Point(lon, lat)
    inside = next((code for code, shape in outlines.items() if shape.covers(spot)), "")
    sure = not row.get("confidence", 1.0) < LEAST_CLAIM
    offline = row["county_code"] if sure and isinstance(row["county_code"], str) else ""
    claimed = area_of(None, row["address"], counties) or offline
    if not claimed:
        code = "ANSWER_NO_COUNTY" if inside else "ANSWER_OUTSIDE"
        return [[code, {}]]
    if inside == claimed:
        return [["ANSWER_IN_COUNTY", {"county": names.get(claimed, claimed)}]]
    if not inside:
        return [["ANSWER_OUTSIDE", {"county": names.get(claimed, claimed)}]]
    return [["ANSWER_OTHER_COUNTY", {"county": names.get(claimed, claimed), "lies_in": names.get(inside, inside)}]]


def _distance(row: Mapping[str, Any], lon: float, lat: float, radius: float) -> tuple[Reason, float]:
    if pd.isna(row["lon"]) or pd.isna(row["lat"]):
        return ["ANSWER_NO_OFFLINE", {}], np.nan
    east = (lon - row["lon"]) * np.cos(np.radians(lat)) * 111_320.0
    away = float(np.hypot(east, (lat - row["lat"]) * 111_320.0))
    allowed = max(value for value in (row["radius_m"], radius, 0.0) if not pd.isna(value))
    detail = {"distance_m": round(away), "allowed_m": round(allowed)}
    return ["ANSWER_AGREES" if away <= allowed else "ANSWER_FAR", detail], away


def _quality(row: Mapping[str, Any]) -> list[Reason]:
    told: list[Reason] = []
    if row["answer_level"] not in RADIUS_M:
        told.append(["ANSWER_LEVEL_UNKNOWN", {"word": row["level_word"] or "—"}])
    elif row["answer_level"] not in FINE:
        told.append(["ANSWER_COARSE", {"word": row["level_word"]}])
    if not pd.isna(row["score"]) and row["score"] < LEAST_SCORE:
        told.append(["ANSWER_UNSURE", {"percent": round(100 * row["score"])}])
    return told
