"""The gazetteer itself: an overlapping automaton over every name, and what each name may mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import ahocorasick
import shapely

from geo.address import Address, Hit, Number, parse, parse_all
from geo.address.heads import WRITES_NUMBERS, Head, headed
from geo.address.tokens import Token, scan
from geo.gazetteer.doors import NumberedStreet
from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.habits import Habits
from geo.gazetteer.memo import Memo, remember
from geo.gazetteer.trust import Trust
from geo.gazetteer.variants import AFTER_TOWN, AFTER_VILLAGE, BARE_VILLAGE, ROADISH

FULL, TOWN, VILLAGE, SHORT, LEARNED, NEAR = range(6)
"""How a key is matched: as it stands; as the core of a town or village with its suffix behind; short form; learned;
short form only behind its city."""


MOST_CHARACTERS = 300
"""Characters of an address that are read, far more than people write: reading all takes the square of its length."""

Key = tuple[int, int, str, float, Name, Name | None, str]
"""One key of the automaton: mode, size, label, score, the name it stands for when full and when bare, its surroundings.

The score counts for a text that is matched as it stands, unless the surroundings follow it; a short form is likely
behind them. Plain, as every text meets many.
"""


def key_of(text: str, mode: int, name: Name, bare: Name | None = None, *, behind: str = "") -> Key:
    """Return the key under which a text stands in the automaton; ``behind``: what a short form stands behind."""
    size, barred = len(text), ""
    if mode in (SHORT, TOWN):
        return mode, size, name.label, 0.0, name, bare, behind
    if mode == LEARNED:
        score = 1.0 + 1.5 * size + 0.2 * min(name.mentions, 5)
        barred = "道" if text.endswith("街") else ""  # a street that is a 街道 here
    else:
        score = 2.0 + 2.0 * size
        barred = "场" if text.endswith("市") else ""
    return mode, size, name.label, score, name, bare, barred


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """All names of a city with their entities; built by ``build``, never changed. ``hash`` tells its content apart.

    ``counties`` are today's county codes in order, ``core`` those of the city proper, ``regions`` the place words that
    company names begin with, ``namesakes`` names of own counties that other provinces (two digits) have as well,
    ``priors`` log-probabilities per county for addresses that name no county, by form; ``storeys`` how many floors a
    building has, where a layer tells, ``premises_m`` how far around their own door the firms of a building stand.
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
    storeys: Mapping[str, int]
    premises_m: float
    hash: str
    automaton: ahocorasick.Automaton = field(repr=False)
    memo: Memo = field(default_factory=Memo, init=False, repr=False)

    def hits(self, text: str) -> list[Hit]:
        """Return the known names in a normalised text, overlapping ones included."""
        found: list[Hit] = []
        if text[:1] == "市" and text[1:2] not in _NOT_THE_CITY:
            found.append((0, 2 if text[1:2] == "区" else 1, "city", 4.0, self.city_name))
        near: list[Hit] = []
        matchers = _MATCHERS
        for last, keys in self.automaton.iter(text):
            end = last + 1
            after = text[end : end + 1]
            for key in keys:
                mode, size, label, score, name, _, barred = key
                matcher = matchers[mode]
                if matcher is None:
                    if not barred or after != barred:
                        found.append((end - size, end, label, score, name))
                elif mode == SHORT and after in _DIVISION_ENDS:
                    pass  # the full name, which is a key of its own, or none of ours
                elif (hit := matcher(text, end, after, key)) is not None:
                    (near if mode == NEAR else found).append(hit)
        return found + _behind_their_city(found, near) if near else found

    def read(self, text: str) -> Address:
        """Parse a normalised address, as far as it is read, with the names of this gazetteer."""
        text = text[:MOST_CHARACTERS]
        return parse(text, self.hits(text))

    def read_all(self, texts: Sequence[str]) -> list[Address]:
        """Parse many normalised addresses; of those that begin alike the beginning is read once."""
        texts = [text[:MOST_CHARACTERS] for text in texts]
        tokens = [scan(text) for text in texts]
        heads = self._heads(texts, tokens)
        alone = [k for k, head in enumerate(heads) if head is None]
        read = parse_all([texts[k] for k in alone], [self.hits(texts[k]) for k in alone], [tokens[k] for k in alone])
        if len(alone) == len(texts):
            return read
        found = [head.read(texts[k], tokens[k]) for k, head in enumerate(heads) if head is not None]
        rest, begun = iter(read), iter(found)
        return [next(rest if head is None else begun) for head in heads]

    def _heads(self, texts: Sequence[str], tokens: Sequence[Sequence[Token]]) -> list[Head | None]:
        """Return the beginnings known for texts, ``None`` for those to be read whole.

        A beginning is put down when it comes the second time: many come but once.
        """
        heads: list[Head | None] = []
        known, met = self.memo.heads, self.memo.met
        for text, key in zip(texts, map(headed, texts, tokens), strict=True):
            head = known.get(key) if key is not None else None
            if head is None and key is not None:
                if key in met:
                    size = len(key[0])
                    hits = [hit for hit in self.hits(text) if hit[1] <= size]
                    head = remember(known, key, Head(key[0], hits))
                else:
                    remember(met, key, True)
            if head is not None and next(self._writing_numbers().iter(text), None) is not None:
                head = None
            heads.append(head)
        return heads

    def _writing_numbers(self) -> ahocorasick.Automaton:
        """Return the names that may stand among numbers (4楼, 纬14路), found once."""
        known = self.memo.writing_numbers
        if not known:
            found = ahocorasick.Automaton()
            for text in filter(WRITES_NUMBERS.search, self.automaton.keys()):
                found.add_word(text, True)
            found.add_word("\0", True)  # never empty; no text holds it
            found.make_automaton()
            known.append(found)
        return known[0]

    def county_of(self, votes: Sequence[float]) -> str:
        """Return the county that votes (or chances, in the order of ``counties``) are most for, of equals the first."""
        return self.counties[votes.index(max(votes))]

    def name(self, label: str, text: str) -> Name | None:
        """Return what a segment's text may mean under a label, ``None`` if it is not known."""
        return self.lookup.get((label, text))


_DIVISION_ENDS = frozenset("市区县")
_NOT_THE_CITY = frozenset("场政中辖民级")
_OWNER = frozenset("省市区县旗")
_ABOVE = frozenset("省市(")
"""What stands before a county's short name; behind another county it is part of a house's name (崇川区海安服装厂)."""


def _behind_their_city(found: list[Hit], near: list[Hit]) -> list[Hit]:
    """Keep names that stand right behind their city only: counties elsewhere in short (柯桥, 新城), our 工业园区."""
    ends = {
        (end, name.elsewhere)
        for _, end, label, _, name in found
        if label == "city" or (label == "prov" and name.elsewhere)
    }
    return [hit for hit in near if (hit[0], hit[4].elsewhere) in ends]


_ROADISH_MARKS = frozenset(
    "东西南北中上下大路街巷弄公新小花苑桥河广一二三四五六七八九十村社工经科产开高农医市家精化民私物创软港湾区县水江航船"
)
_TOWN_MARKS, _VILLAGE_MARKS = frozenset("街镇乡办"), frozenset("村社居大")
_BARE_MARKS = frozenset("东西南北()")
"""What ``ROADISH``, ``AFTER_TOWN``, ``AFTER_VILLAGE`` and ``BARE_VILLAGE`` begin with (the last with digits, too): to
look at the next character spares most names the pattern."""


def _roadish(text: str, end: int, after: str) -> bool:
    return after in _ROADISH_MARKS and ROADISH.match(text, end) is not None


def _short(text: str, end: int, after: str, key: Key) -> Hit | None:
    if _roadish(text, end, after):
        return None
    _, size, label, _, name, _, behind = key
    start = end - size
    before = text[max(start - 2, 0) : start]
    leading = start == 0 or before[-1] in _ABOVE or before == "市区" or (len(before) == 2 and before in behind)
    return start, end, label, (1.5 if leading else -2.5) + 1.2 * size, name


def _town(text: str, end: int, after: str, key: Key) -> Hit | None:
    _, size, label, _, name, bare, behind = key
    start = end - size
    suffix = AFTER_TOWN.match(text, end) if after in _TOWN_MARKS else None
    if suffix is not None:
        end = suffix.end()
        return start, end, label, 2.0 + 2.0 * (end - start), name
    if bare is None or size < 2 or _roadish(text, end, after):
        return None
    leading = start == 0 or text[start - 1] in _OWNER or (start > 1 and text[start - 2 : start] in behind)
    return start, end, label, (0.8 if leading else -1.5) + 0.9 * size, bare


def _village(text: str, end: int, after: str, key: Key) -> Hit | None:
    _, size, label, _, name, bare, _ = key
    start = end - size
    suffix = AFTER_VILLAGE.match(text, end) if after in _VILLAGE_MARKS else None
    if suffix is not None:
        end = suffix.end()
        return start, end, label, 1.2 + 1.5 * (end - start), name
    if bare is None or not (not after or after in _BARE_MARKS or after.isdecimal()):
        return None
    return (start, end, label, -0.5 + 0.9 * size, bare) if BARE_VILLAGE.match(text, end) else None


def _near(text: str, end: int, after: str, key: Key) -> Hit | None:
    if _roadish(text, end, after):
        return None
    _, size, label, _, name, _, _ = key
    return end - size, end, label, 1.5 + 1.2 * size, name


_MATCHERS: tuple[Callable[[str, int, str, Key], Hit | None] | None, ...] = (None, _town, _village, _short, None, _near)
"""By mode; names that are full or learned are matched as they stand."""
