"""The gazetteer itself: an overlapping automaton over every name, and what each name may mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import ahocorasick
import shapely

from geo.address import Address, Hit, Number, parse
from geo.gazetteer.doors import NumberedStreet
from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.memo import Memo
from geo.gazetteer.numbering import Habits
from geo.gazetteer.trust import Trust
from geo.gazetteer.variants import AFTER_TOWN, AFTER_VILLAGE, BARE_VILLAGE, ROADISH

FULL, TOWN, VILLAGE, SHORT, LEARNED, NEAR = range(6)
"""How a key is matched: as it stands; as the core of a town or village with its suffix behind; short form; learned;
short form only behind its city."""


class Key(NamedTuple):
    """One key of the automaton: how a text is matched, and the name it stands for when full or bare.

    ``score`` counts for a text that is matched as it stands, unless ``barred`` follows it.
    """

    size: int
    mode: int
    label: str
    score: float
    name: Name
    bare: Name | None
    barred: str


def key_of(text: str, mode: int, name: Name, bare: Name | None = None) -> Key:
    """Return the key under which a text stands in the automaton."""
    size, barred = len(text), ""
    if mode == LEARNED:
        score = 1.0 + 1.5 * size + 0.2 * min(name.mentions, 5)
        barred = "道" if text.endswith("街") else ""  # a street that is a 街道 here
    else:
        score = 2.0 + 2.0 * size
        barred = "场" if text.endswith("市") else ""
    return Key(size, mode, name.label, score, name, bare, barred)


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """All names of a city with their entities; built by ``build``, never changed. ``hash`` tells its content apart.

    ``counties`` are today's county codes in order, ``core`` those of the city proper, ``regions`` the place words that
    company names begin with, ``namesakes`` names of own counties that other provinces (two digits) have as well,
    ``priors`` log-probabilities per county for addresses that name no county, by form.
    """

    city: Entity
    city_name: Name
    counties: tuple[str, ...]
    core: frozenset[str]
    entities: Mapping[str, Entity]
    lookup: Mapping[tuple[str, str], Name]
    priors: Mapping[str, tuple[float, ...]]
    regions: frozenset[str]
    owners: Mapping[str, Name]
    owner_words: re.Pattern[str]
    inner: Mapping[str, Name]
    town_cores: Mapping[str, Name]
    bare_zone: Name | None
    namesakes: frozenset[tuple[str, str]]
    doors: Mapping[tuple[str, str, str], str]
    points: Mapping[tuple[str, str], NumberedStreet]
    habits: Habits
    trust: Trust
    courses: Mapping[tuple[str, str], tuple[shapely.LineString, ...]]
    addresses: Mapping[str, tuple[str, str, Number]]
    hash: str
    automaton: ahocorasick.Automaton = field(repr=False)
    memo: Memo = field(default_factory=Memo, init=False, repr=False)

    def hits(self, text: str) -> list[Hit]:
        """Return the known names in a normalised text, overlapping ones included."""
        found: list[Hit] = []
        if text[:1] == "市" and text[1:2] not in _NOT_THE_CITY:
            found.append(Hit(0, 2 if text[1:2] == "区" else 1, "city", 4.0, self.city_name))
        near: list[Hit] = []
        matchers = _MATCHERS
        for last, keys in self.automaton.iter(text):
            end = last + 1
            for key in keys:
                size, mode, label, score, name, _, barred = key
                matcher = matchers.get(mode)
                if matcher is None:
                    if not barred or text[end : end + 1] != barred:
                        found.append(_new(Hit, (end - size, end, label, score, name)))
                    continue
                hit = matcher(text, end - size, end, key)
                if hit is not None:
                    (near if mode == NEAR else found).append(hit)
        return found + _behind_their_city(found, near) if near else found

    def read(self, text: str) -> Address:
        """Parse a normalised address with the names of this gazetteer."""
        return parse(text, self.hits(text))

    def name(self, label: str, text: str) -> Name | None:
        """Return what a segment's text may mean under a label, ``None`` if it is not known."""
        return self.lookup.get((label, text))


_new = tuple.__new__
"""Makes the many hits of a text in half the time that their class takes."""
_NOT_THE_CITY = frozenset("场政中辖民级")
_OWNER = frozenset("省市区县旗")


def _behind_their_city(found: list[Hit], near: list[Hit]) -> list[Hit]:
    """Keep short names of counties elsewhere (柯桥, 新城) only right behind a city or province elsewhere."""
    abroad = {hit.end for hit in found if hit.label in _CITYWIDE and _is_elsewhere(hit)}
    return [hit for hit in near if hit.start in abroad]


def _is_elsewhere(hit: Hit) -> bool:
    return isinstance(hit.payload, Name) and bool(hit.payload.entities) and hit.payload.entities[0].kind == "elsewhere"


_CITYWIDE = frozenset(("prov", "city"))


def _short(text: str, start: int, end: int, key: Key) -> Hit | None:
    if ROADISH.match(text, end):
        return None
    leading = start == 0 or text[start - 1] in _OWNER or text[start - 1] == "("
    return Hit(start, end, key.name.label, (1.5 if leading else -2.5) + 1.2 * key.size, key.name)


_TOWN_MARKS, _VILLAGE_MARKS = frozenset("街镇乡办"), frozenset("村社居大")
"""What ``AFTER_TOWN`` and ``AFTER_VILLAGE`` begin with."""


def _town(text: str, start: int, end: int, key: Key) -> Hit | None:
    suffix = AFTER_TOWN.match(text, end) if text[end : end + 1] in _TOWN_MARKS else None
    if suffix is not None:
        width = suffix.end() - start
        return Hit(start, suffix.end(), key.name.label, 2.0 + 2.0 * width, key.name)
    if key.bare is None or key.size < 2 or ROADISH.match(text, end):
        return None
    leading = start == 0 or text[start - 1] in _OWNER
    return Hit(start, end, key.name.label, (0.8 if leading else -1.5) + 0.9 * key.size, key.bare)


def _village(text: str, start: int, end: int, key: Key) -> Hit | None:
    suffix = AFTER_VILLAGE.match(text, end) if text[end : end + 1] in _VILLAGE_MARKS else None
    if suffix is not None:
        width = suffix.end() - start
        return Hit(start, suffix.end(), key.name.label, 1.2 + 1.5 * width, key.name)
    if key.bare is None or not BARE_VILLAGE.match(text, end):
        return None
    return Hit(start, end, key.name.label, -0.5 + 0.9 * key.size, key.bare)


def _near(text: str, start: int, end: int, key: Key) -> Hit | None:
    return None if ROADISH.match(text, end) else Hit(start, end, key.name.label, 1.5 + 1.2 * key.size, key.name)


_MATCHERS = {TOWN: _town, VILLAGE: _village, SHORT: _short, NEAR: _near}
