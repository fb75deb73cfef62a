"""Learning from the registry itself: roads, estates, buildings, markets and parks that several addresses name.

Only the addresses' text is used: a row that names its county teaches where its road lies, and the next row, which names
only the road, is answered by it. No label, no credit code, no order of rows; the text of one address counts once for the
county of a name however many firms write it, and every firm counts as a mention of a building.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.frames import CRS, PLACES
from geo.gazetteer.facts import Fact, facts_frame
from geo.gazetteer.index import Gazetteer
from geo.gazetteer.kinds import is_generic, place_kind
from geo.gazetteer.variants import place_core, road_stem
from geo.gazetteer.votes import Reading, read
from geo.text import normalise

_SURE = 0.9
_LEARNABLE = {
    "road": "road",
    "poi": "poi",
    "subpoi": "poi",
    "other": "poi",
    "devzone": "devzone",
    "community": "community",
    "town": "town",
}


@dataclass(frozen=True)
class Learned:
    """What a registry taught: ``facts`` (``FACTS``) for ``build``, and ``places`` (``PLACES``, origin registry, no position)."""

    facts: pd.DataFrame
    places: gpd.GeoDataFrame


def learn(addresses: Iterable[object], gazetteer: Gazetteer, *, least: int = 2) -> Learned:
    """Learn from addresses as written.

    Parameters
    ----------
    addresses
        Texts; those that are no text are passed over.
    gazetteer
        Built without facts, or with facts of other registers.
    least
        Addresses that must name a building, market, park or street for it to become a place.
    """
    counts = Counter(text for raw in addresses if (text := normalise(raw).text))
    texts = sorted(counts)
    readings = {text: read(gazetteer, text) for text in texts}
    first = _facts(texts, readings, gazetteer, {})
    inner = _taught(gazetteer, first)
    second = {text: _reread(inner, text, readings[text]) for text in texts}
    facts = _facts(texts, second, inner, _weights(second))
    places, surfaces = _places(texts, counts, second, gazetteer, least)
    doors = _doors(texts, counts, second, gazetteer, surfaces)
    return Learned(facts_frame([*facts, *doors]), places)


def _weights(readings: dict[str, Reading]) -> dict[str, float]:
    return {text: reading.chance for text, reading in readings.items() if not reading.certain}


def _taught(gazetteer: Gazetteer, facts: list[Fact]) -> Gazetteer:
    from dataclasses import replace

    from geo.gazetteer.facts import learned_names, priors_of

    learned = learned_names(facts, gazetteer.counties, {}, gazetteer.regions)
    lookup = {**learned, **gazetteer.lookup}
    return replace(gazetteer, lookup=lookup, priors=priors_of(facts, gazetteer.counties, gazetteer.core))


def _reread(gazetteer: Gazetteer, text: str, before: Reading) -> Reading:
    return before if before.certain else read(gazetteer, text)


def _facts(
    texts: list[str], readings: dict[str, Reading], gazetteer: Gazetteer, inferred: dict[str, float]
) -> list[Fact]:
    """Count names by county: certain readings as mentions, inferred ones by how sure they are as support."""
    mentions: Counter[tuple[str, str, str]] = Counter()
    support: dict[tuple[str, str, str], float] = defaultdict(float)
    surfaces: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for text in texts:
        reading = readings[text]
        if reading.outside is not None or reading.conflict:
            continue
        for kind, name, surface in set(_names(reading, gazetteer)):
            key = (kind, name, reading.county)
            surfaces[key][surface] += 1
            if reading.certain and reading.chance >= _SURE:
                mentions[key] += 1
            elif inferred.get(text, 0.0) >= 0.5 and (reading.form == "city" or _independent(reading)):
                support[key] += reading.chance
        if reading.form != "county" and reading.chance >= _SURE and _independent(reading):
            support["prior", reading.form, reading.county] += 1.0
    keys = sorted(mentions.keys() | support.keys())
    return [
        Fact(*key, mentions[key], round(support.get(key, 0.0), 6), "", _most(surfaces.get(key, Counter())))
        for key in keys
    ]


def _independent(reading: Reading) -> bool:
    """Whether a name, not the prior of its form, decided the county."""
    return any(
        name is not None and name.votes is not None and max(name.votes) - min(name.votes) > 2.0
        for _, name in reading.named
    )


def _names(reading: Reading, gazetteer: Gazetteer) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and the name as written of every name that is not in the gazetteer's layers."""
    for surface, (piece, name) in zip(reading.address.texts, reading.named, strict=True):
        kind = _LEARNABLE.get(piece.label)
        if kind is None or (name is not None and name.form == "full"):
            continue
        words = place_core(surface, gazetteer.regions) if kind == "poi" else surface
        if len(words) < 2 or is_generic(words, kind):
            continue
        yield kind, words, surface
        if kind == "road":
            stem = road_stem(words) or words
            yield "stem", stem, stem


# --- places ------------------------------------------------------------------------------------------------------------


def _places(
    texts: list[str], counts: Counter[str], readings: dict[str, Reading], gazetteer: Gazetteer, least: int
) -> tuple[gpd.GeoDataFrame, dict[tuple[str, str], str]]:
    """Return learned places and, for (county, core), the name they are shown by."""
    mentions: Counter[tuple[str, str, str]] = Counter()
    surfaces: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    doors: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    towns: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for text in texts:
        reading = readings[text]
        if reading.outside is not None or reading.conflict:
            continue
        for kind, core, surface in set(_place_names(reading, gazetteer)):
            county = reading.county if reading.chance >= 0.6 else gazetteer.city.key
            key = (kind, county, core)
            mentions[key] += counts[text]
            surfaces[key][surface] += counts[text]
            doors[key][_door(reading)] += counts[text]
            towns[key][_town(reading)] += counts[text]
    rows = {}
    shown: dict[tuple[str, str], str] = {}
    for key in sorted(mentions):
        kind, county, core = key
        if mentions[key] < least:
            continue
        name = _most(surfaces[key])
        shown.setdefault((county, core), name)
        rows[f"{kind}:{county}:{name}"] = {
            "kind": kind, "name": name, "county_code": county if county in gazetteer.counties else None,
            "town_code": _only(towns[key]), "address": _most(doors[key]) or None, "origin": "registry",
            "mentions": mentions[key], "source": "addresses of the register",
        }  # fmt: skip
    frame = pd.DataFrame.from_dict(rows, orient="index") if rows else pd.DataFrame(columns=["kind", "name", "origin"])
    frame.index = frame.index.astype("object")
    layer = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([None] * len(frame), index=frame.index, crs=CRS))
    conformed = PLACES.conform(layer)
    assert isinstance(conformed, gpd.GeoDataFrame)
    return conformed, shown


def _place_names(reading: Reading, gazetteer: Gazetteer) -> Iterator[tuple[str, str, str]]:
    for words, (piece, name) in zip(reading.address.texts, reading.named, strict=True):
        label = _LEARNABLE.get(piece.label)
        if label is None or label in ("community", "town") or (name is not None and name.form == "full"):
            continue
        core = place_core(words, gazetteer.regions) if label == "poi" else words
        if len(core) < 2 or is_generic(core, label):
            continue
        yield place_kind(core, label), core, words


def _door(reading: Reading) -> str:
    road, number = _road_and_number(reading)
    return f"{road}{number}号" if road else ""


def _road_and_number(reading: Reading) -> tuple[str, str]:
    address = reading.address
    at = address.number_after
    if address.number is None or at < 0 or address.names[at].label not in ("road",):
        return "", ""
    return address.texts[at], address.number.text


def _town(reading: Reading) -> str:
    for _, name in reading.named:
        if name is not None and name.label == "town":
            towns = {e.key for e in name.entities if e.county == reading.county and not e.former}
            return towns.pop() if len(towns) == 1 else ""
    return ""


def _most(counter: Counter[str]) -> str:
    return max(sorted(counter), key=lambda word: (counter[word], len(word))) if counter else ""


def _only(counter: Counter[str]) -> str | None:
    """Return the value that nearly all known mentions agree on."""
    known = Counter({word: n for word, n in counter.items() if word})
    best = _most(known)
    return best if best and known[best] >= 0.9 * sum(known.values()) else None


def _doors(
    texts: list[str],
    counts: Counter[str],
    readings: dict[str, Reading],
    gazetteer: Gazetteer,
    shown: dict[tuple[str, str], str],
) -> list[Fact]:
    """Return doors (road and number) whose addresses, where they name a building at all, name the same one."""
    found: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for text in texts:
        reading = readings[text]
        road, number = _road_and_number(reading)
        if not road or reading.chance < _SURE:
            continue
        for kind, core, _ in set(_place_names(reading, gazetteer)):
            if kind in ("building", "market") and (reading.county, core) in shown:
                key = f"{kind}:{reading.county}:{shown[reading.county, core]}"
                found[reading.county, road, number][key] += counts[text]
    doors = []
    for (county, road, number), places in sorted(found.items()):
        best, total = _most(places), sum(places.values())
        if places[best] >= 3 and places[best] >= 0.8 * total:
            doors.append(Fact("door", road, county, places[best], 0.0, number, best))
    return doors
