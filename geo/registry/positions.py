"""Positions of a whole file checked against one another: out of range, swapped, copied, far from their neighbours.

A refused position is never plotted and never repaired; where the slip is plain (1120.36 for 120.36, axes swapped)
the detail says what would be right.
"""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.datum import PositionFault, faults
from geo.text import fold

FAR_M = 5_000.0
"""A point this far from the other points of its street is refused (our own choice)."""
ALONE_M = 10_000.0
"""A point without any other within this distance is refused, if the file is otherwise dense (our own choice)."""
ALONE_TIMES = 20.0
DENSE_FROM = 20
_METRES = 111_320.0
_STREET = re.compile(r"([\u4e00-\u9fff]{2,4}|\d{1,3}号?|[一二三四五六七八九十]{1,3}号?)(大道|大街|路|街|巷)")
_NUMBER = re.compile(r"^[^\d]{0,3}(\d+)号?")
_PLACE = re.compile(r"([\u4e00-\u9fff]{2,8}?(?:大厦|广场|大楼|商城|市场|中心|工业园|科技园|产业园|创业园|国际城|商厦))")
_ADMIN = re.compile(r".*(?:省|自治区|市|区|县|镇|乡|街道|开发区|村|社区)(?=[\u4e00-\u9fff\d])")


def check_positions(
    lon: pd.Series, lat: pd.Series, address: pd.Series, area: pd.Series | None = None
) -> dict[Any, tuple[str, dict[str, Any]]]:
    """Return the fault of each position that must not be used, by index label.

    ``lon`` and ``lat`` are degrees as delivered, in any one datum, NaN where there is none; ``address`` the text
    beside them. Codes: those of ``geo.datum.PositionFault``, ``POSITION_HALF``, ``POSITION_COPIED`` (one position
    for different addresses; the address that most rows share keeps it) and ``POSITION_FAR`` (from the others of its
    street, or from any other point).
    """
    x, y = lon.to_numpy(dtype="float64"), lat.to_numpy(dtype="float64")
    found: dict[Any, tuple[str, dict[str, Any]]] = {}
    codes = faults(x, y)
    sound = np.flatnonzero(codes == "")
    around = (float(np.median(x[sound])), float(np.median(y[sound]))) if len(sound) else (math.nan, math.nan)
    for place in np.flatnonzero((codes != "") & ~(np.isnan(x) & np.isnan(y))).tolist():
        half = codes[place] == PositionFault.MISSING
        detail = {} if half else _right(codes[place], (x[place], y[place]), around)
        found[lon.index[place]] = ("POSITION_HALF" if half else str(codes[place]), detail)
    texts = address.tolist()
    known = {text: house_tokens(text) for text in {texts[place] for place in sound} if isinstance(text, str)}
    tokens = {int(place): known.get(texts[place], frozenset()) for place in sound}
    for place, code in _copied(x, y, tokens):
        found[lon.index[place]] = code
    rest = [int(place) for place in sound if lon.index[place] not in found]
    areas = [""] * len(x) if area is None else ["" if pd.isna(code) else str(code) for code in area]
    for place, code in _far(x, y, rest, {place: _streets(tokens[place], areas[place]) for place in rest}):
        found[lon.index[place]] = code
    return found


def _right(code: str, point: tuple[float, float], around: tuple[float, float]) -> dict[str, Any]:
    """Say what would be right, if it is plain: axes swapped, one digit too many, or a lost decimal point."""
    if code == PositionFault.SWAPPED:
        return {"would_be": [float(point[1]), float(point[0])]}
    mended = [_one_slip(float(value), centre) for value, centre in zip(point, around, strict=True)]
    return {"would_be": mended} if code != PositionFault.NULL_ISLAND and None not in mended else {}


def _one_slip(value: float, centre: float) -> float | None:
    """Return the one number near ``centre`` (1 degree) that a slip of the hand turns into ``value``."""
    if abs(value - centre) <= 1.0:
        return value
    digits = repr(abs(value))
    bare = digits.replace(".", "")
    tries = {digits[:i] + digits[i + 1 :] for i, c in enumerate(digits) if c.isdigit()}
    tries |= {bare[:i] + "." + bare[i:] for i in (1, 2, 3)}
    fits = sorted({float(t) for t in tries if re.fullmatch(r"\d+\.\d+", t) and abs(float(t) - centre) <= 1.0})
    return fits[0] if len(fits) == 1 else None


def house_tokens(address: Any) -> frozenset[str]:
    """Return what names a house in an address: streets with numbers, buildings, else the text's own core."""
    if not isinstance(address, str) or not address:
        return frozenset()
    text = fold(address)
    found = set()
    for match in _STREET.finditer(text):
        number = _NUMBER.match(text[match.end() :])
        found.add("street:" + _street(match) + (number.group(1) if number else ""))
    found |= {"place:" + _ADMIN.sub("", place) for place in _PLACE.findall(text)}
    core = re.sub(r"[\d\-#室楼层幢栋座单元号()A-Z]+$", "", _ADMIN.sub("", text))
    return frozenset(found or {"text:" + (core or text)})


def _street(match: re.Match[str]) -> str:
    return _ADMIN.sub("", match.group(1)) + match.group(2)


def _copied(
    x: np.ndarray, y: np.ndarray, tokens: dict[int, frozenset[str]]
) -> Iterable[tuple[int, tuple[str, dict[str, Any]]]]:
    points = pd.DataFrame({"x": x[list(tokens)], "y": y[list(tokens)]}, index=list(tokens))
    shared = points[points.duplicated(keep=False)]
    groups = (part.index.tolist() for _, part in shared.groupby(["x", "y"]))
    for members in groups:
        named = [place for place in members if tokens[place]]
        parts = _parts(named, tokens) if len(named) > 1 else []
        if len(parts) < 2:
            continue
        keep = parts[0] if len(parts[0]) > sum(map(len, parts[1:])) else []
        for place in (p for part in parts for p in part if part is not keep):
            yield place, ("POSITION_COPIED", {"rows": len(named), "addresses": len(parts)})


def _parts(members: Sequence[int], tokens: dict[int, frozenset[str]]) -> list[list[int]]:
    """Split rows at one point into those that may be one place (a token in common), largest first."""
    parts: list[tuple[set[str], list[int]]] = []
    for place in members:
        touching = [part for part in parts if part[0] & tokens[place]]
        joined = (set(tokens[place]).union(*(p[0] for p in touching)), [m for p in touching for m in p[1]] + [place])
        parts = [part for part in parts if not any(part is t for t in touching)] + [joined]
    return sorted((part[1] for part in parts), key=lambda part: (-len(part), part[0]))


def _far(
    x: np.ndarray, y: np.ndarray, places: list[int], streets: dict[int, set[tuple[str, str]]]
) -> Iterable[tuple[int, tuple[str, dict[str, Any]]]]:
    if len(places) < 3:
        return
    scale = math.cos(math.radians(float(np.median(y[places]))))
    plane = {place: (x[place] * _METRES * scale, y[place] * _METRES) for place in places}
    far = dict(_far_from_street(plane, streets))
    far |= {place: fault for place, fault in _alone(plane) if place not in far}
    yield from far.items()


def _streets(tokens: frozenset[str], area: str) -> set[tuple[str, str]]:
    return {(area, re.sub(r"^street:|\d+$", "", token)) for token in tokens if token.startswith("street:")}


def _far_from_street(
    plane: dict[int, tuple[float, float]], named: dict[int, set[tuple[str, str]]]
) -> Iterable[tuple[int, tuple[str, dict[str, Any]]]]:
    every = {street for streets_here in named.values() for street in streets_here}
    streets: dict[tuple[str, str], list[int]] = {}
    for place, streets_here in named.items():
        for named_here in {_shortest(street, every) for street in streets_here}:
            streets.setdefault(named_here, []).append(place)
    for (_, street), members in streets.items():
        if len(members) >= 3:
            yield from _far_from_others(street, members, np.array([plane[place] for place in members]))


def _far_from_others(
    street: str, members: list[int], points: np.ndarray
) -> Iterable[tuple[int, tuple[str, dict[str, Any]]]]:
    away = np.hypot(*(points - np.median(points, axis=0)).T)
    near = away <= FAR_M
    if near.sum() < 2 * max(1, (~near).sum()):
        return
    for index in np.flatnonzero(~near):
        others = np.hypot(*(points[near] - points[index]).T)
        if others.min() > FAR_M:
            yield members[index], ("POSITION_FAR", {"street": street, "distance_m": round(float(np.median(others)))})


def _shortest(street: tuple[str, str], every: set[tuple[str, str]]) -> tuple[str, str]:
    """Return the shortest street of the file and area that the name ends with: 下沙银海街 is 银海街."""
    area, name = street
    return next(((area, name[i:]) for i in range(len(name) - 3, 0, -1) if (area, name[i:]) in every), street)


def _alone(plane: dict[int, tuple[float, float]]) -> Iterable[tuple[int, tuple[str, dict[str, Any]]]]:
    if len(plane) < DENSE_FROM:
        return
    points = np.unique(np.array(list(plane.values())), axis=0)
    if len(points) < DENSE_FROM:
        return
    distance, _ = cKDTree(points).query(points, k=2)
    limit = max(ALONE_M, ALONE_TIMES * float(np.median(distance[:, 1])))
    lonely = {tuple(point): away for point, away in zip(points, distance[:, 1], strict=True) if away > limit}
    for place, point in plane.items():
        if point in lonely:
            yield place, ("POSITION_FAR", {"distance_m": round(float(lonely[point]))})
