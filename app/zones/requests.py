"""What the page's script asks for, made into operations that can be stored and replayed: keys, names, outlines."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from app.zones.work import HOLD, WHOLE, State, Work, taken
from geo.zones.errors import OperationError, ShapeError
from geo.zones.plan import Plan
from geo.zones.shapes import read_line, read_shape

MOST_NAME = 60
_UNNAMED = re.compile(r"(新园区|New zone) ?\d*")
MOST_PAINTED = 200
"""Outlines painted at once."""

MOST_NUMBER = 1e12
"""Beyond, a number is no distance and as good as endless: the operation says what it takes."""

OVER = 0.002
"""Share of a zone that may lie outside of the county: outlines of counties are a working background."""

REACH = 0.002
"""Degrees around a zone within which streets are looked for to snap to."""

Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Ground:
    """What an operation can lean on: outlines of counties (today's), of what can be painted, and lines of streets.

    ``held`` are the buildings and markets in force, with the zone each belongs to (``parent``).
    """

    counties: gpd.GeoDataFrame
    painted: gpd.GeoDataFrame
    held: gpd.GeoDataFrame
    streets: np.ndarray
    taken_keys: Callable[[str], bool]

    def within(self, county: str) -> shapely.Geometry | None:
        """Return the outline that a draft may draw in, None where there is none."""
        chosen = self.counties if county == WHOLE else self.counties[self.counties.index == county]
        return shapely.union_all(chosen.geometry.to_numpy()) if len(chosen) else None


@dataclass(frozen=True)
class Request:
    """What is asked for, of which draft, on what ground."""

    asked: Asked
    work: Work
    ground: Ground


def operation(asked: Asked, work: Work, ground: Ground) -> dict[str, Any]:
    """Return what to store of a request: kind and arguments.

    Raises
    ------
    OperationError
        ZONE_REQUEST, ZONE_NAME, ZONE_CHOICE.
    ShapeError
        With a repaired shape as a preview where there is one.
    """
    kind = str(asked.get("kind", ""))
    if kind not in _MAKERS:
        raise OperationError(f"no such request: {kind!r}", code="ZONE_REQUEST")
    return {"kind": kind, "arguments": _MAKERS[kind](Request(asked, work, ground))}


def unnamed(work: Work) -> list[str]:
    """Return the keys of the zones that a draft adds and nobody has named: they bear what the desk calls a drawing."""
    return [key for key, zone in work.after.zones.items() if key not in work.before and _UNNAMED.fullmatch(zone.name)]


def done(work: Work, made: Mapping[str, Any], ground: Ground) -> State:
    """Return the state after an operation; what it adds may not lie outside of the county.

    Raises
    ------
    AtlasError
        Of the operation, or ShapeError ZONE_OUTSIDE: what lies inside as ``repaired``, what outside as ``where``.
    """
    after = taken(work.state, made)
    limit = ground.within(work.draft.county_code)
    if limit is None:
        return after
    for key in after.plan:
        zone = after.plan[key]
        if zone.cross_county or not zone.drawn or _untouched(work.after, after.plan, key):
            continue
        _inside(after.plan.frame.geometry[key], limit, zone.name)
    return after


def _inside(shape: shapely.Geometry, limit: shapely.Geometry, name: str) -> None:
    outside = shapely.difference(shape, limit)
    if outside.area <= shape.area * OVER:
        return
    kept = shapely.intersection(shape, limit)
    detail: dict[str, Any] = {"name": name, "where": _plain(outside)}
    if kept.geom_type in ("Polygon", "MultiPolygon") and not kept.is_empty:
        detail["repaired"] = _plain(kept)
    raise ShapeError(f"{name} reaches beyond the county", code="ZONE_OUTSIDE", detail=detail)


def _untouched(before: Plan, after: Plan, key: str) -> bool:
    return key in before and before[key] is after[key]


def _draw(it: Request) -> dict[str, Any]:
    limit = it.ground.within(it.work.draft.county_code)
    shape = read_shape(_mapping(it.asked, "shape"), within=limit)
    name = _name(it)
    county = it.work.draft.county_code if it.work.draft.county_code != WHOLE else _county_of(shape, it.ground)
    return {
        "key": _new_key(name, county, it), "shape": _plain(shape), "name": name, "county_code": county,
        "border": _border(it.asked, "yield"),
    }  # fmt: skip


def _reshape(it: Request) -> dict[str, Any]:
    shape = read_shape(_mapping(it.asked, "shape"))
    return {"key": _key(it), "shape": _plain(shape), "border": _border(it.asked, "shared")}


def _move(it: Request) -> dict[str, Any]:
    metres = {name: _number(it.asked, name) for name in ("east_m", "north_m")}
    return {"key": _key(it), **metres, "border": _border(it.asked, "yield")}


def _area_of(it: Request) -> dict[str, Any]:
    return {"key": _key(it), "shape": _plain(read_shape(_mapping(it.asked, "shape")))}


def _fill(it: Request) -> dict[str, Any]:
    at = it.asked.get("at")
    if not isinstance(at, list) or len(at) != 2 or not all(isinstance(value, int | float) for value in at):
        raise OperationError("a point", code="ZONE_REQUEST")
    return {"key": _key(it), "at": [float(value) for value in at]}


def _split(it: Request) -> dict[str, Any]:
    key = _key(it)
    zone = it.work.after[key]
    name = _free_name(zone.name, it.work)
    line = read_line(_mapping(it.asked, "line"))
    county = zone.county_code or it.work.draft.county_code
    return {"key": key, "line": _plain(line), "new_key": _new_key(name, county, it), "name": name}


def _merge(it: Request) -> dict[str, Any]:
    keys = _keys(it)
    return {"keys": keys, "into": keys[0]}


def _simplify(it: Request) -> dict[str, Any]:
    return {"keys": _keys(it), "tolerance_m": _number(it.asked, "tolerance_m")}


def _several(it: Request) -> dict[str, Any]:
    return {"keys": _keys(it)}


def _remove(it: Request) -> dict[str, Any]:
    """What lies below a zone goes with it or stays, as the caller says: nothing is decided for them."""
    key, below = _key(it), it.asked.get("below")
    parks = it.work.after.below(key)
    if parks and not isinstance(below, bool):
        names = [it.work.after[one].name for one in parks]
        raise OperationError("sub-parks below", code="ZONE_BELOW", detail={"names": names, "count": len(parks)})
    return {"key": key, "below": bool(parks and below)}


def _paint(it: Request) -> dict[str, Any]:
    codes = it.asked.get("codes")
    known = [str(code) for code in codes if str(code) in it.ground.painted.index] if isinstance(codes, list) else []
    if not known or len(known) > MOST_PAINTED:
        raise OperationError("towns or villages", code="ZONE_REQUEST")
    outlines = [_plain(it.ground.painted.geometry[code]) for code in known]
    return {"key": _key(it), "outlines": outlines, "around_locked": True}


def _snap(it: Request) -> dict[str, Any]:
    key = _key(it)
    metres, streets = _number(it.asked, "tolerance_m"), it.ground.streets
    if not it.work.after[key].drawn or not len(streets):
        return {"key": key, "tolerance_m": metres}
    around = shapely.box(*shapely.bounds(it.work.after.frame.geometry[key])).buffer(REACH)
    near = shapely.intersection(streets[shapely.intersects(streets, around)], around)
    lines = [line for line in near if line.geom_type in ("LineString", "MultiLineString") and not line.is_empty]
    return {"key": key, "tolerance_m": metres, "streets": [_plain(line) for line in lines]}


def _describe(it: Request) -> dict[str, Any]:
    key, facts = _key(it), _mapping(it.asked, "facts")
    told: dict[str, Any] = {
        name: str(facts[name]) if facts[name] else None for name in ("parent", "zone_level") if name in facts
    }
    if told.get("parent") and told["parent"] not in it.work.after:
        raise OperationError("no such parent", code="ZONE_UNKNOWN")
    if "name" in facts:
        told["name"] = _named(facts["name"])
    if "cross_county" in facts:
        told["cross_county"] = bool(facts["cross_county"])
    return {"key": key, **told}


def _hold(it: Request) -> dict[str, Any]:
    key, parents = _key(it), _mapping(it.asked, "parents")
    return {"parents": {str(place): key if inside else None for place, inside in parents.items()}}


_MAKERS: Mapping[str, Callable[[Request], dict[str, Any]]] = MappingProxyType(
    {
        "draw": _draw, "reshape": _reshape, "move": _move, "cut_hole": _area_of, "fill_hole": _fill,
        "split": _split, "merge": _merge, "subtract": _area_of, "simplify": _simplify, "paint": _paint,
        "snap": _snap, "lock": _several, "unlock": _several, "remove": _remove, "describe": _describe, HOLD: _hold,
    }
)  # fmt: skip


def _mapping(asked: Asked, name: str) -> Mapping[str, Any]:
    value = asked.get(name)
    if not isinstance(value, Mapping):
        raise OperationError(f"{name} is missing", code="ZONE_REQUEST")
    return value


def _number(asked: Asked, name: str) -> float:
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OperationError(f"{name} is no number", code="ZONE_REQUEST")
    if abs(value) < MOST_NUMBER:
        return float(value)
    return math.inf if value > 0 else -math.inf


def _key(it: Request) -> str:
    key = it.asked.get("key")
    if not isinstance(key, str) or not key:
        raise OperationError("no zone is chosen", code="ZONE_CHOICE")
    return it.work.after[key].key


def _keys(it: Request) -> list[str]:
    keys = it.asked.get("keys")
    if not isinstance(keys, list) or not keys:
        raise OperationError("no zone is chosen", code="ZONE_CHOICE")
    return [it.work.after[str(key)].key for key in keys]


def _border(asked: Asked, default: str) -> str:
    border = asked.get("border", default)
    return border if border in ("free", "yield", "shared") else default


def _named(value: Any) -> str:
    name = " ".join(str(value).split())
    if not name or len(name) > MOST_NAME:
        raise OperationError("a name", code="ZONE_NAME")
    return name


def _name(it: Request) -> str:
    return _named(it.asked["name"]) if it.asked.get("name") else _free_name("新园区", it.work)


def _free_name(name: str, work: Work) -> str:
    """Return a name that no zone of the draft has: with a number behind it, where it is taken."""
    used = {zone.name for zone in (*work.before.zones.values(), *work.after.zones.values())}
    return next(found for n in range(1, len(used) + 3) if (found := name if n == 1 else f"{name}{n}") not in used)


def _new_key(name: str, county: str, it: Request) -> str:
    stem = f"zone:{county}:{name}"
    used = {*it.work.before, *it.work.after}
    number = 1
    while (key := stem if number == 1 else f"{stem}#{number}") in used or it.ground.taken_keys(key):
        number += 1
    return key


def _county_of(shape: shapely.Geometry, ground: Ground) -> str:
    inside = shapely.area(shapely.intersection(ground.counties.geometry.to_numpy(), shape))
    return str(ground.counties.index[int(np.argmax(inside))]) if len(inside) else WHOLE


def _plain(shape: shapely.Geometry) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return told
