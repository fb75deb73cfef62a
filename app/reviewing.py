"""The review queue as a request sees it: what is open, what an item says, what its map shows, what a search finds."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from app.highlight import spans
from app.maps import positions, scene
from app.reading import DIVISION_KINDS, Reading
from geo import review
from geo.coverage import PRECISE
from geo.review import Candidate, Item

SHOWN_FIRMS = 6
RECORDS = "甲乙"
"""What two records are called beside each other and on the map."""
FIRST = 10
"""Items at the head of the queue whose worth together the page tells."""
MOST_HINTS = 60
MOST_FOUND = 8
LEAST = 0.006
"""Degrees around a point that the small map shows at least."""
TOWN = 0.04
"""Degrees that the map shows to each side of a town's point where its outline is not known."""
PLACES = ("building", "market", "zone", "street")
_SEARCHED = (*PLACES, "village", "town", "county")


@dataclass(frozen=True)
class Queue:
    """What waits, what is worth most first: ``items`` within the page's conditions, ``every`` in the whole city."""

    every: list[Item]
    items: list[Item]

    def at(self, key: str) -> Item | None:
        """Return the item of a key, the first if there is none of that key, None if nothing waits."""
        found = next((item for item in self.items if item.key == key), None)
        return found or (self.items[0] if self.items else None)

    def after(self, key: str) -> Item | None:
        """Return the item behind that of a key; behind the last, or without it, the first."""
        keys = [item.key for item in self.items]
        place = keys.index(key) + 1 if key in keys else 0
        return self.items[place % len(keys)] if keys else None

    @property
    def counts(self) -> dict[str, int]:
        """How many items of each kind wait, in the order of the kinds."""
        found = {kind: sum(item.kind == kind for item in self.every) for kind in review.KINDS}
        return {kind: count for kind, count in found.items() if count}

    @property
    def located_by_first(self) -> int:
        """How many firms the pins among the first items would give a position."""
        return review.located_together(self.every[:FIRST])


def items(read: Reading) -> list[Item]:
    """Return every item of a survey, kept with it."""
    survey = read.survey
    return read.kept.get(
        "review.items",
        lambda: review.items(survey.firms, survey.places, survey.links, read.divisions, pairs=survey.same),
    )


def queue(read: Reading, decisions: pd.DataFrame, kind: str = "", county: str = "") -> Queue:
    """Return what decisions have left open, within a kind and county ("" for any)."""
    found = items(read)
    gone = review.closed(found, decisions)
    every = [item for item in found if item.key not in gone]
    return Queue(every, [i for i in every if kind in ("", i.kind) and county in ("", i.county)])


@dataclass(frozen=True)
class Choice:
    """A numbered answer: what it is called, where that lies, how likely or why it is offered."""

    number: int
    target: str
    name: str
    around: str
    told: str
    score: float
    lon: float
    lat: float
    kind: str


def choices(read: Reading, item: Item) -> list[Choice]:
    """Return the numbered answers of an item."""
    if item.kind == "same":
        pair = (item.other, item.subject)
        return [_choice(read, n, Candidate(key, key.partition(":")[0], "name")) for n, key in enumerate(pair, 1)]
    return [_choice(read, number, candidate) for number, candidate in enumerate(item.candidates[:9], 1)]


def _choice(read: Reading, number: int, candidate: Candidate) -> Choice:
    key, kind = candidate.target, candidate.kind
    lon, lat = candidate.lon, candidate.lat
    if kind == "enterprise":
        firm = read.survey.firms.loc[key]
        return Choice(
            number, key, str(firm["name"]), str(firm["address"]), candidate.told, candidate.score, *_spot(firm), kind
        )
    if kind == "point":
        return Choice(number, "", "", "", candidate.told, candidate.firms, lon, lat, kind)
    around = _words(read.around(kind, key)) if kind != "county" else ""
    if kind == "county" and key in read.outlines.index:  # the point of its seat may lie at its very edge
        inside = read.outlines.geometry[key].representative_point()
        lon, lat = float(inside.x), float(inside.y)
    return Choice(number, key, read.name(kind, key), around, candidate.told, candidate.score, lon, lat, kind)


def _words(around: str) -> str:
    """Return names of county and town without codes that nobody named: those of zones that count as counties."""
    return " ".join(word for word in around.split() if not word.isdigit())


def _spot(firm: pd.Series) -> tuple[float, float]:
    return float(firm["lon"]), float(firm["lat"])


def shown_firms(read: Reading, item: Item) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Return the first firms of an item, each with the address it was located by, cut at what was recognised."""
    rows = read.survey.firms.iloc[item.rows[:SHOWN_FIRMS]]
    return [(firm, pieces(read, firm.Index)) for firm in rows.itertuples()]


def pieces(read: Reading, key: Any) -> list[tuple[str, str]]:
    """Return the address that a firm was located by, cut at what was recognised."""
    firm = read.survey.firms.loc[key]
    cut = spans(firm, "operating_address")
    return cut if any(tag for _, tag in cut) else spans(firm, "address")


def reasons(read: Reading, item: Item) -> list[tuple[str, str, dict[str, Any]]]:
    """Return list, code and detail of what led to an item's doubt: the reasons of its first firm, or of the link."""
    if item.kind == "link":
        found = read.survey.links["reasons"].get(item.subject)
        return [("link_reason", code, detail) for code, detail in review.listed(found)]
    if item.kind == "double":
        found = read.survey.same["reasons"].get(item.key.partition(":")[2])
        return [("link_reason", code, detail) for code, detail in review.listed(found)]
    if item.kind in ("pin", "same"):
        return []
    found = read.survey.firms["location_reasons"].iloc[int(item.rows[0])]
    return [("location_reason", code, detail) for code, detail in review.listed(found)]


def picture(read: Reading, item: Item) -> dict[str, Any]:
    """Return what the map shows for an item, as JSON: extent, numbered choices, firms nearby, and which tool fits."""
    spots = [
        {"number": _mark(item, choice), "lon": round(choice.lon, 6), "lat": round(choice.lat, 6), "name": choice.name}
        for choice in choices(read, item)
        if not math.isnan(choice.lon)
    ]
    hints = _hints(read, item)
    tool = {"pin": "line" if item.place_kind == "street" else "area"}.get(item.kind, "")
    return {"extent": _extent(read, item, spots, hints), "spots": spots, "hints": hints, "tool": tool, "key": item.key}


def _mark(item: Item, choice: Choice) -> str:
    """Return what marks a choice on the map: its key, or which of two records it is."""
    return RECORDS[choice.number - 1] if item.kind == "double" else str(choice.number)


def _hints(read: Reading, item: Item) -> list[list[float]]:
    """Return positions of precisely placed firms on the same streets, in the same zone or village: bearings."""
    firms = read.survey.firms
    precise = firms["level"].isin(PRECISE) & firms["lon"].notna()
    for column in ("street", "village_code", "zone"):
        keys = firms[column].iloc[item.rows].dropna().unique()
        near = firms.loc[precise & firms[column].isin(keys), ["lon", "lat"]] if len(keys) else firms.head(0)
        if len(near):
            rounded: list[list[float]] = (
                near[["lon", "lat"]].round(5).drop_duplicates().head(MOST_HINTS).to_numpy().tolist()
            )
            return rounded
    return []


def _extent(read: Reading, item: Item, spots: list[dict[str, Any]], hints: list[list[float]]) -> list[list[float]]:
    """Return corners, latitude first: around choices and bearings, else the town, the county, the city.

    Of an address that may mean several counties or places, the places count, without any the counties.
    """
    counties = [each.target for each in item.candidates if each.kind == "county" and each.target in read.outlines.index]
    rivals = [[c.lon, c.lat] for c in item.candidates if c.kind in PLACES and math.isfinite(c.lon)]
    if counties and not rivals:
        west, south, east, north = read.outlines.loc[counties].total_bounds.tolist()
        return [[south, west], [north, east]]
    points = rivals if counties else [[spot["lon"], spot["lat"]] for spot in spots] + hints
    if points:
        west, south, east, north = shapely.total_bounds(shapely.points(np.asarray(points)))
    else:
        west, south, east, north = _area(read, item)
    across, up = (max(0.0, (LEAST - size) / 2) for size in (east - west, north - south))
    return [[float(south - up), float(west - across)], [float(north + up), float(east + across)]]


def _area(read: Reading, item: Item) -> tuple[float, float, float, float]:
    """Return west, south, east, north: of the town of most firms or around its point, else of the county, the city."""
    now = scene.of(read)
    named = read.survey.firms["town_code"].iloc[item.rows].mode()
    town = str(named.iloc[0]) if len(named) else ""
    for kind, key in (("town", town), ("county", item.county)):
        shapes = positions.areas(now, kind)
        if key in shapes.index:
            west, south, east, north = shapely.bounds(shapes[key])
            return west, south, east, north
        if kind == "town" and town in read.divisions.index:
            lon, lat = (float(read.divisions.at[town, name]) for name in ("lon", "lat"))
            if math.isfinite(lon) and math.isfinite(lat):
                return lon - TOWN, lat - TOWN, lon + TOWN, lat + TOWN
    return now.bounds


def search(read: Reading, words: str, item: Item) -> list[tuple[str, str, str]]:
    """Return what an item may be the same as or lie in, as ``places_named`` does."""
    wanted = PLACES if item.kind in ("pin", "same") else _SEARCHED
    return places_named(read, words, county=item.county, but=item.subject, kinds=wanted)


def places_named(
    read: Reading, words: str, *, county: str, but: str = "", kinds: Collection[str] = _SEARCHED
) -> list[tuple[str, str, str]]:
    """Return kind, key and whereabouts of places and divisions whose name holds the words, those nearest first.

    What is of the county comes first, then what begins with the words, then what most addresses name.
    """
    words = "".join(words.split())
    if not words:
        return []
    found = [
        (code != county, not name.startswith(words), -mentions, name, kind, key)
        for name, kind, key, code, mentions in _names(read)
        if words in name and kind in kinds and key != but
    ]
    found.sort()
    return [
        (kind, key, _words(read.around(kind, key)) if kind != "county" else "") for *_, kind, key in found[:MOST_FOUND]
    ]


def _names(read: Reading) -> list[tuple[str, str, str, str, int]]:
    return read.kept.get("review.names", lambda: list(_all_names(read)))


def _all_names(read: Reading) -> list[tuple[str, str, str, str, int]]:
    places = read.survey.places
    columns = (
        places["name"],
        places["kind"],
        places.index,
        places["county_code"].fillna(""),
        places["mentions"].fillna(0),
    )
    named = [(str(n), str(k), str(i), str(c), int(m)) for n, k, i, c, m in zip(*columns, strict=True)]
    rows = read.divisions[read.divisions["valid_to"].isna() & read.divisions["level"].isin(DIVISION_KINDS)]
    return named + [
        (str(n), str(k), str(i), str(i)[:6], 0) for n, k, i in zip(rows["name"], rows["level"], rows.index, strict=True)
    ]
