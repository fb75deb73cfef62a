"""Points of a layer beside what is known of the same name or address: doors, buildings, villages, streets, counties."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import ahocorasick
import numpy as np
import pandas as pd

from geo.registry.gates.verdict import DEGREE_M, PAIRS, Evidence
from geo.registry.positions import house_tokens
from geo.text import fold

SIGMA_M: Mapping[str, float] = MappingProxyType(
    {
        "same": 150.0,
        "building": 80.0,
        "market": 100.0,
        "address": 80.0,
        "zone": 300.0,
        "village": 800.0,
        "town": 2_500.0,
    }
)
"""How far apart two honest sources put the same thing, one axis (our own choice)."""
SPOTS = ("lon", "lat", "name", "address", "county")
"""Columns of a table of points: WGS-84 as the declared datum gives it; texts "" and county code "" if not given.

Of divisions there is ``code``, too.
"""
MOST_SPOTS = 20_000
MOST_ON_A_STREET = 5
SAME_M = 500.0
"""Two known things of one name nearer than this are one; farther apart, the name alone says nothing."""
_SHORTEST = 4


@dataclass(frozen=True)
class Known:
    """What the atlas knows, all WGS-84: ``places`` (PLACES), ``divisions`` (DIVISIONS), ``outlines`` (OUTLINES)."""

    places: pd.DataFrame
    divisions: pd.DataFrame
    outlines: pd.DataFrame


@dataclass(frozen=True)
class _Thing:
    key: Any
    county: str
    lon: float
    lat: float
    kind: str


def gather(spots: pd.DataFrame, known: Known, kind: str) -> Evidence:
    """Set the points of a layer beside what is known.

    Parameters
    ----------
    spots
        A table of ``SPOTS``; rows without a position are left out.
    kind
        What the layer holds: ``enterprises`` or a kind of place. A layer of places is compared by its names, too.
    """
    spots = _sample(spots.dropna(subset=["lon", "lat"]))
    texts = [fold(text) for text in spots["name" if kind == "division" else "address"]]
    tokens = [house_tokens(text) for text in spots["address"]]
    matched = [
        *_doors(spots, tokens, known.places),
        *_inside_texts(spots, texts, _things(known.places, ("building", "market"))),
        *_inside_texts(spots, texts, _division_things(known.divisions)),
    ]
    if kind == "division":
        matched += _same_codes(spots, known.divisions)
        return Evidence(_pairs(spots, matched), _borders(spots, known.outlines))
    if kind in ("building", "market", "zone"):
        matched += _same_names(spots, _things(known.places, (kind,)))
    claims = spots.loc[spots["county"].ne(""), ["lon", "lat", "county"]]
    return Evidence(_pairs(spots, matched), _courses(spots, tokens, known.places), claims, _counties(known.outlines))


def _sample(spots: pd.DataFrame) -> pd.DataFrame:
    step = max(1, len(spots) // MOST_SPOTS)
    return spots.iloc[::step].reset_index(drop=True)


def _pairs(spots: pd.DataFrame, matched: Iterable[tuple[int, _Thing]]) -> pd.DataFrame:
    """Return one pair a known thing: the middle of the points that name it."""
    rows: dict[Any, list[int]] = {}
    things: dict[Any, _Thing] = {}
    for place, thing in matched:
        rows.setdefault(thing.key, []).append(place)
        things[thing.key] = thing
    lon, lat = (spots[name].to_numpy(dtype="float64") for name in ("lon", "lat"))
    found = [
        (float(np.median(lon[rows[key]])), float(np.median(lat[rows[key]])), t.lon, t.lat, SIGMA_M[t.kind], t.kind)
        for key, t in things.items()
    ]
    return pd.DataFrame(found, columns=list(PAIRS))


def _things(places: pd.DataFrame, kinds: tuple[str, ...]) -> dict[str, list[_Thing]]:
    """Return known places by their folded name."""
    part = places[places["kind"].isin(kinds) & places.geometry.notna()]
    points = part.geometry.representative_point()
    result: dict[str, list[_Thing]] = {}
    columns = (part.index, part["name"], _codes(part["county_code"]), points.x, points.y, part["kind"])
    for key, name, county, x, y, kind in zip(*columns, strict=True):
        result.setdefault(fold(name), []).append(_Thing(key, county, float(x), float(y), kind))
    return result


def _division_things(divisions: pd.DataFrame) -> dict[str, list[_Thing]]:
    part = divisions[divisions["level"].isin(("village", "town")) & divisions["lon"].notna()]
    part = part[part["valid_to"].isna()]
    result: dict[str, list[_Thing]] = {}
    for code, name, level, x, y in zip(part.index, part["name"], part["level"], part["lon"], part["lat"], strict=True):
        result.setdefault(fold(name), []).append(_Thing(code, str(code)[:6], float(x), float(y), level))
    return result


def _codes(column: pd.Series) -> list[str]:
    return ["" if pd.isna(code) else str(code) for code in column]


def _chosen(things: list[_Thing], county: str) -> _Thing | None:
    """Return the thing of a name that a point of a county can mean; None if the name alone does not say which."""
    fits = [thing for thing in things if not county or not thing.county or thing.county == county]
    if not fits or any(_apart_m(a, b) > SAME_M for a, b in pairwise(fits)):
        return None
    return fits[0]


def _apart_m(one: _Thing, other: _Thing) -> float:
    scale = float(np.cos(np.radians(one.lat)))
    return float(np.hypot((one.lon - other.lon) * scale, one.lat - other.lat) * DEGREE_M)


def _doors(spots: pd.DataFrame, tokens: list[frozenset[str]], places: pd.DataFrame) -> Iterator[tuple[int, _Thing]]:
    part = places[places["kind"].eq("address") & places.geometry.notna()]
    points = part.geometry.representative_point()
    doors: dict[str, list[_Thing]] = {}
    columns = (part.index, part["name"], _codes(part["county_code"]), points.x, points.y)
    for key, name, county, x, y in zip(*columns, strict=True):
        for token in _numbered(house_tokens(name)):
            doors.setdefault(token, []).append(_Thing(key, county, float(x), float(y), "address"))
    for place, (found, county) in enumerate(zip(tokens, spots["county"], strict=True)):
        for token in _numbered(found):
            thing = _chosen(doors.get(token, []), county)
            if thing is not None:
                yield place, thing


def _numbered(tokens: frozenset[str]) -> Iterator[str]:
    return (token for token in sorted(tokens) if token.startswith("street:") and token[-1].isdigit())


def _same_names(spots: pd.DataFrame, things: Mapping[str, list[_Thing]]) -> Iterator[tuple[int, _Thing]]:
    for place, (name, county) in enumerate(zip(spots["name"], spots["county"], strict=True)):
        thing = _chosen(things.get(fold(name), []), county) if name else None
        if thing is not None:
            yield place, thing


def _same_codes(spots: pd.DataFrame, divisions: pd.DataFrame) -> Iterator[tuple[int, _Thing]]:
    """Set points of towns and villages beside known ones of the same code."""
    part = divisions[divisions["lon"].notna() & divisions["level"].isin(("village", "town"))]
    things = {
        str(c): _Thing(c, "", float(x), float(y), "same")
        for c, x, y in zip(part.index, part["lon"], part["lat"], strict=True)
    }
    for place, code in enumerate(spots["code"]):
        thing = things.get(_bare(code))
        if thing is not None:
            yield place, thing


def _bare(code: str) -> str:
    return re.sub(r"^(\d{6})0{6}$|^(\d{9})0{3}$", r"\1\2", code)


def _borders(spots: pd.DataFrame, outlines: pd.DataFrame) -> pd.DataFrame:
    """Set points along the border of a county beside the known border of the same county, a quarter of it at a time."""
    lines = {code: shape.boundary for code, shape in _counties(outlines).items()}
    codes = [_bare(code) for code in spots["code"]]
    number = spots.groupby("code").cumcount() * 4 // spots.groupby("code")["code"].transform("size")
    rows = [
        (lon, lat, f"{code}:{quarter}", lines[code])
        for lon, lat, code, quarter in zip(spots["lon"], spots["lat"], codes, number, strict=True)
        if code in lines
    ]
    return pd.DataFrame(rows, columns=["lon", "lat", "street", "line"])


def _inside_texts(
    spots: pd.DataFrame, texts: list[str], things: Mapping[str, list[_Thing]]
) -> Iterator[tuple[int, _Thing]]:
    """Find the names of known things inside addresses; the finest of a text counts, short names say too little."""
    finder = ahocorasick.Automaton()
    for name in things:
        if len(name) >= _SHORTEST or (len(name) == _SHORTEST - 1 and things[name][0].kind == "village"):
            finder.add_word(name, name)
    if not len(finder):
        return
    finder.make_automaton()
    for place, (text, county) in enumerate(zip(texts, spots["county"], strict=True)):
        found = (_chosen(things[name], county) for _, name in finder.iter(text))
        fits = [thing for thing in found if thing is not None]
        if fits:
            yield place, min(fits, key=lambda thing: SIGMA_M[thing.kind])


def _courses(spots: pd.DataFrame, tokens: list[frozenset[str]], places: pd.DataFrame) -> pd.DataFrame:
    part = places[places["kind"].eq("street") & places.geometry.notna()]
    streets: dict[str, list[tuple[str, str, Any]]] = {}
    for key, name, county, line in zip(
        part.index, part["name"], _codes(part["county_code"]), part.geometry, strict=True
    ):
        streets.setdefault("street:" + fold(name), []).append((str(key), county, line))
    found: dict[str, list[tuple[int, Any]]] = {}
    for place, (names, county) in enumerate(zip(tokens, spots["county"], strict=True)):
        for token in names:
            fits = [s for s in streets.get(token.rstrip("0123456789"), []) if not (county and s[1]) or s[1] == county]
            if len(fits) == 1:
                found.setdefault(fits[0][0], []).append((place, fits[0][2]))
    rows = [
        (spots["lon"].iat[place], spots["lat"].iat[place], key, line)
        for key, members in found.items()
        for place, line in members[:: max(1, len(members) // MOST_ON_A_STREET)]
    ]
    return pd.DataFrame(rows, columns=["lon", "lat", "street", "line"])


def _counties(outlines: pd.DataFrame) -> dict[str, Any]:
    part = outlines[outlines["level"].eq("county") & outlines["valid_to"].isna()]
    return {str(code): shape for code, shape in zip(part.index, part.geometry, strict=True) if shape is not None}
