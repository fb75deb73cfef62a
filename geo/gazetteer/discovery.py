"""Places that the registry itself names: buildings, markets, parks and streets, without a position as yet."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from geo.frames import CRS, PLACES
from geo.gazetteer.facts import Fact
from geo.gazetteer.index import Gazetteer
from geo.gazetteer.kinds import is_generic, is_house, place_kind
from geo.gazetteer.variants import short_name
from geo.gazetteer.votes import Reading

SURE = 0.9
"""Chance of its county from which a row teaches where a door lies."""
_FAIRLY_SURE = 0.6
_LABELS = {"road": "road", "poi": "poi", "subpoi": "poi", "other": "poi", "devzone": "devzone"}
_DOOR_MENTIONS, _DOOR_SHARE = 3, 0.8
_Key = tuple[str, str, str]
"""Kind, county (or city) and core of the name."""


@dataclass
class _Found:
    """What the addresses say about one place."""

    mentions: int = 0
    indoors: int = 0
    surfaces: Counter[str] = field(default_factory=Counter)
    doors: Counter[str] = field(default_factory=Counter)
    towns: Counter[str] = field(default_factory=Counter)

    def add(self, surface: str, reading: Reading, count: int) -> None:
        address = reading.address
        door, town = "".join(_door(reading)), _town(reading)
        self.mentions += count
        self.indoors += count * (address.unit is not None or address.floor is not None or address.room is not None)
        self.surfaces[surface] += count
        self.doors[door] += count
        self.towns[town] += count

    @property
    def mostly_indoors(self) -> bool:
        """Whether most addresses go on with a block, floor or room."""
        return 2 * self.indoors >= self.mentions


class Discovery:
    """Places gathered address by address; ``places`` and ``doors`` at the end."""

    def __init__(self, gazetteer: Gazetteer, least: int) -> None:
        self._gazetteer, self._least = gazetteer, least
        self._found: dict[_Key, _Found] = defaultdict(_Found)
        self._doors: dict[tuple[str, str, str], Counter[_Key]] = defaultdict(Counter)

    def add(self, reading: Reading, count: int) -> None:
        """Take in an address that ``count`` firms have."""
        if reading.outside is not None or reading.conflict:
            return
        county = reading.county if reading.chance >= _FAIRLY_SURE else self._gazetteer.city.key
        road, number = _door(reading)
        for kind, core, surface in sorted(set(place_names(reading, self._gazetteer))):
            key = (kind, county, core)
            self._found[key].add(surface, reading, count)
            if road and reading.chance >= SURE and kind in ("building", "market"):
                self._doors[county, road, number][key] += count

    def result(self) -> tuple[gpd.GeoDataFrame, list[Fact]]:
        """Return the places that enough addresses name (``PLACES``), and the doors that stand for a building."""
        shown = {
            key: most(place.surfaces)
            for key, place in self._found.items()
            if place.mentions >= self._least and (key[0] != "building" or is_house(key[2]) or place.mostly_indoors)
        }
        rows = {
            f"{key[0]}:{key[1]}:{shown[key]}": _row(key, shown[key], self._found[key], self._gazetteer)
            for key in sorted(shown)
        }
        return _places(rows), self._door_facts(shown)

    def _door_facts(self, shown: Mapping[_Key, str]) -> list[Fact]:
        """Return doors (road and number) whose addresses, where they name a building at all, name the same one."""
        doors = []
        for (county, road, number), named in sorted(self._doors.items()):
            places = Counter({f"{key[0]}:{key[1]}:{shown[key]}": n for key, n in named.items() if key in shown})
            best = most(places)
            if places[best] >= _DOOR_MENTIONS and places[best] >= _DOOR_SHARE * sum(places.values()):
                doors.append(Fact("door", road, county, places[best], 0.0, number, best))
        return doors


def place_names(reading: Reading, gazetteer: Gazetteer) -> Iterator[tuple[str, str, str]]:
    """Yield kind, core and writing of every place that an address names and the layers do not know."""
    for words, ((_, _, said, _, _), name) in zip(reading.address.texts, reading.named, strict=True):
        label = _LABELS.get(said)
        if label is None or (name is not None and name.form == "full"):
            continue
        core = short_name(words, label, gazetteer.regions)
        if len(core) >= 2 and not is_generic(core, label):
            yield place_kind(core, label), core, words


def most(counter: Counter[str]) -> str:
    """Return the most frequent text; of equals the longest, then the first in order."""
    return max(sorted(counter), key=lambda word: (counter[word], len(word))) if counter else ""


def _row(key: _Key, name: str, place: _Found, gazetteer: Gazetteer) -> dict[str, object]:
    kind, county, _ = key
    doors = Counter({door: n for door, n in place.doors.items() if door})
    return {
        "kind": kind,
        "name": name,
        "county_code": county if county in gazetteer.counties else None,
        "town_code": _agreed(place.towns),
        "address": f"{most(doors)}号" if doors and kind in ("building", "market") else None,
        "origin": "registry",
        "mentions": place.mentions,
        "source": "名录地址 / addresses of the register",
    }


def _places(rows: Mapping[str, dict[str, object]]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame.from_dict(dict(rows), orient="index") if rows else PLACES.empty()
    frame.index = frame.index.astype("object")
    layer = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([None] * len(frame), index=frame.index, crs=CRS))
    conformed = PLACES.conform(layer)
    assert isinstance(conformed, gpd.GeoDataFrame)
    return conformed


def _door(reading: Reading) -> tuple[str, str]:
    """Return road and number, empty where the number belongs to no road."""
    address = reading.address
    at = address.number_after
    if address.number is None or at < 0 or address.labels[at] != "road":
        return "", ""
    return address.texts[at], address.number.text


def _town(reading: Reading) -> str:
    for _, name in reading.named:
        if name is not None and name.label == "town":
            towns = {e.key for e in name.entities if e.county == reading.county and not e.former}
            return towns.pop() if len(towns) == 1 else ""
    return ""


def _agreed(counter: Counter[str]) -> str | None:
    """Return the value that nearly all known mentions agree on."""
    known = Counter({word: n for word, n in counter.items() if word})
    best = most(known)
    return best if best and known[best] >= 0.9 * sum(known.values()) else None
