"""Learning from the registry itself: roads, estates, buildings, markets and parks that several addresses name.

Only the addresses' text is used: a row that names its county teaches where its road lies, and the next row, which names
only the road, is answered by it. No label, no credit code, no order of rows; the text of one address counts once for
the county of a name however many firms write it, and every firm counts as a mention of a building.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geo.gazetteer.discovery import SURE, discover, most
from geo.gazetteer.facts import Fact, facts_frame, learned_names, priors_of
from geo.gazetteer.index import Gazetteer
from geo.gazetteer.kinds import is_generic
from geo.gazetteer.memory import paused_collector
from geo.gazetteer.variants import road_stem, short_name
from geo.gazetteer.votes import Reading, read
from geo.text import normalise

_LIKELY = 0.5
_TELLING = 2.0
"""Difference of votes from which a name, not the prior, tells the county."""
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
    """What a registry taught: ``facts`` (``FACTS``) for ``build``; ``places`` (``PLACES``), origin registry."""

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
    with paused_collector():
        readings = {text: read(gazetteer, text) for text in sorted(counts)}
        taught = _taught(gazetteer, _facts(readings, gazetteer))
        second = {text: reading if reading.certain else read(taught, text) for text, reading in readings.items()}
    places, doors = discover(second, counts, gazetteer, least=least)
    return Learned(facts_frame([*_facts(second, gazetteer), *doors]), places)


def _taught(gazetteer: Gazetteer, facts: list[Fact]) -> Gazetteer:
    """Return the gazetteer with facts looked up but not yet in its automaton: enough for the second reading."""
    learned = learned_names(facts, gazetteer.counties, {}, gazetteer.regions)
    priors = priors_of(facts, gazetteer.counties, gazetteer.core)
    return replace(gazetteer, lookup={**learned, **gazetteer.lookup}, priors=priors)


def _facts(readings: Mapping[str, Reading], gazetteer: Gazetteer) -> list[Fact]:
    """Count names by county: certain readings as mentions, inferred ones by how sure they are as support."""
    mentions: Counter[tuple[str, str, str]] = Counter()
    support: dict[tuple[str, str, str], float] = defaultdict(float)
    surfaces: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for reading in readings.values():
        if reading.outside is not None or reading.conflict:
            continue
        telling = _telling(reading)
        for kind, name, surface in set(_names(reading, gazetteer)):
            key = (kind, name, reading.county)
            surfaces[key][surface] += 1
            if reading.certain and reading.chance >= SURE:
                mentions[key] += 1
            elif reading.chance >= _LIKELY and (reading.form in ("city", "citywide") or telling):
                support[key] += reading.chance
        if reading.form != "county" and reading.chance >= SURE and telling:
            support["prior", reading.form, reading.county] += 1.0
    keys = sorted(mentions.keys() | support.keys())
    return [
        Fact(*key, mentions[key], round(support.get(key, 0.0), 6), "", most(surfaces.get(key, Counter())))
        for key in keys
    ]


def _telling(reading: Reading) -> bool:
    return any(
        name is not None and name.votes is not None and max(name.votes) - min(name.votes) > _TELLING
        for _, name in reading.named
    )


def _names(reading: Reading, gazetteer: Gazetteer) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and the name as written of every name that is not in the gazetteer's layers."""
    for surface, (piece, name) in zip(reading.address.texts, reading.named, strict=True):
        kind = _LEARNABLE.get(piece.label)
        if kind is None or (name is not None and name.form == "full"):
            continue
        words = short_name(surface, kind, gazetteer.regions)
        if len(words) < 2 or is_generic(words, kind):
            continue
        yield kind, words, surface
        if kind == "road":
            stem = road_stem(words) or words
            yield "stem", stem, stem
