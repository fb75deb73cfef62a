"""Learning from the registry itself: roads, estates, buildings, markets and parks that several addresses name.

Only the addresses' text is used: a row that names its county teaches where its road lies, and the next row, which names
only the road, is answered by it. No label, no credit code, no order of rows; the text of one address counts once for
the county of a name however many firms write it, and every firm counts as a mention of a building.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geo.gazetteer.discovery import SURE, Discovery, most
from geo.gazetteer.facts import Fact, facts_frame, learned_names, priors_of
from geo.gazetteer.index import Gazetteer
from geo.gazetteer.kinds import is_generic
from geo.gazetteer.memory import paused_collector
from geo.gazetteer.variants import road_stem, short_name
from geo.gazetteer.votes import Reading, read, weigh
from geo.text import normalise

_LIKELY = 0.5
_Key = tuple[str, str, str]
"""Kind, name and county."""
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
AREAS = ("town", "devzone", "community")
"""What may tell the county of a town beside it; how addresses are spread does not, nor a road of a name elsewhere."""


@dataclass(frozen=True)
class Learned:
    """What a registry taught: ``facts`` (``FACTS``) for ``build``; ``places`` (``PLACES``), origin registry."""

    facts: pd.DataFrame
    places: gpd.GeoDataFrame


def learn(
    addresses: Iterable[object],
    gazetteer: Gazetteer,
    *,
    least: int = 2,
    amend: Callable[[Iterable[Fact]], list[Fact]] = list,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Learned:
    """Learn from addresses as written.

    Parameters
    ----------
    addresses
        Texts; those that are no text are passed over.
    gazetteer
        Built without facts, or with facts of other registers.
    least
        Addresses that must name a building, market, park or street for it to become a place.
    amend
        What people decided about facts (``Rulings.facts``): applied before the first round teaches the second, and
        again at the end.
    progress
        Told now and then how many readings are done, of how many.
    """
    counts = Counter(text for raw in addresses if (text := normalise(raw).text))
    texts = sorted(counts)
    with paused_collector():
        kept: dict[str, Reading] = {}
        first = _Facts(gazetteer)
        for text, reading in _readings(texts, gazetteer, progress):
            first.add(reading)
            if len(kept) < _KEPT:
                kept[text] = reading
        taught = _taught(gazetteer, amend(first.facts()))
        second, discovery = _Facts(gazetteer), Discovery(gazetteer, least)
        for text in _told(texts, progress, len(texts)):
            reading = _again(taught, kept.pop(text) if text in kept else read(gazetteer, text))
            second.add(reading)
            discovery.add(reading, counts[text])
    places, doors = discovery.result()
    return Learned(facts_frame(amend([*second.facts(), *doors])), places)


_KEPT = 100_000
"""Readings kept between the two rounds; of a larger register the rest is read anew, to stay within memory."""


_STEP = 2_000


def _readings(
    texts: Sequence[str], gazetteer: Gazetteer, progress: Callable[[int, int], None]
) -> Iterator[tuple[str, Reading]]:
    """Yield each text with its reading; sorted ones begin alike, and are read some at a time."""
    for begin in range(0, len(texts), _STEP):
        progress(begin, 2 * len(texts))
        some = texts[begin : begin + _STEP]
        for text, address in zip(some, gazetteer.read_all(some), strict=True):
            yield text, weigh(gazetteer, address)


def _told(texts: Sequence[str], progress: Callable[[int, int], None], before: int) -> Iterator[str]:
    for k, text in enumerate(texts):
        if k % _STEP == 0:
            progress(before + k, 2 * len(texts))
        yield text


def _again(taught: Gazetteer, reading: Reading) -> Reading:
    """Weigh an address with what was taught, unless its own words decide; its names stand where they stood."""
    if reading.certain:
        return reading
    again = weigh(taught, reading.address)
    return reading if again.certain else again


def _taught(gazetteer: Gazetteer, facts: list[Fact]) -> Gazetteer:
    """Return the gazetteer with facts looked up but not yet in its automaton: enough for the second reading."""
    learned = learned_names(facts, gazetteer.counties, {}, gazetteer.regions)
    priors = priors_of(facts, gazetteer.counties, gazetteer.core)
    return replace(gazetteer, lookup={**learned, **gazetteer.lookup}, priors=priors)


class _Facts:
    """Names counted by county: certain readings as mentions, inferred ones by how sure they are as support."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._mentions: Counter[_Key] = Counter()
        self._support: dict[_Key, float] = defaultdict(float)
        self._surfaces: dict[_Key, Counter[str]] = defaultdict(Counter)

    def add(self, reading: Reading) -> None:
        """Take in one address; however many firms have it, it counts once."""
        if reading.outside is not None or reading.conflict:
            return
        telling, in_area = _telling(reading), _in_area(reading, self._gazetteer.counties)
        spread = reading.form in ("city", "citywide")
        for kind, name, surface in set(_names(reading, self._gazetteer)):
            key = (kind, name, reading.county)
            self._surfaces[key][surface] += 1
            if reading.certain and reading.chance >= SURE:
                self._mentions[key] += 1
            elif reading.chance >= _LIKELY and (in_area if kind == "town" else telling or spread):
                self._support[key] += reading.chance
        if reading.form != "county" and reading.chance >= SURE and telling:
            self._support["prior", reading.form, reading.county] += 1.0

    def facts(self) -> list[Fact]:
        """Return what was counted, sorted."""
        keys = sorted(self._mentions.keys() | self._support.keys())
        return [
            Fact(*key, self._mentions[key], round(self._support.get(key, 0.0), 6), "", most(self._surfaces[key]))
            for key in keys
        ]


def _telling(reading: Reading) -> bool:
    return any(name.votes is not None and max(name.votes) - min(name.votes) > _TELLING for _, name in reading.voices)


def _in_area(reading: Reading, counties: Sequence[str]) -> bool:
    """Whether a town, zone or village that is named tells the county that was read."""
    own = counties.index(reading.county)
    told = (name.votes for _, name in reading.voices if name.label in AREAS and name.votes is not None)
    return any(votes[own] == max(votes) > min(votes) + _TELLING for votes in told)


def _names(reading: Reading, gazetteer: Gazetteer) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and the name as written of every name that is not in the gazetteer's layers."""
    for surface, ((_, _, label, _, _), name) in zip(reading.address.texts, reading.named, strict=True):
        kind = _LEARNABLE.get(label)
        if kind is None or (name is not None and name.form == "full"):
            continue
        words = short_name(surface, kind, gazetteer.regions)
        if len(words) < 2 or is_generic(words, kind):
            continue
        yield kind, words, surface
        if kind == "road":
            stem = road_stem(words) or words
            yield "stem", stem, stem
