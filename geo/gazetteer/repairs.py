"""Names one slip away from a name that nobody knows: a deletion dictionary per kind of name and county.

After SymSpell (Garbe, 2012): two texts one edit apart share a text with one character deleted. Dictionaries are made
when a county's first unknown name is asked for, so addresses without one pay nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.index import FULL, LEARNED, TOWN, VILLAGE, Gazetteer
from geo.gazetteer.memo import remember
from geo.gazetteer.variants import TOWN_SUFFIX, village_core
from geo.text.alike import alike, sounds_near

_LONGEST = 14
_MENTIONS = 5
"""Addresses that must mention a learned name before an unknown one is taken for a slip of it."""
_TELLING = frozenset("东南西北中上下前后左右内外新老大小一二三四五六七八九十百千廿甲乙丙丁0123456789")
"""Characters by which neighbours are told apart: with one of them more, less or other it is another place."""
_ENOUGH = 3
_NUMERALS = frozenset("一二三四五六七八九十百千")
_DIRECTIONS = frozenset("东南西北中")
_LONG_ROAD = 4
_ROAD = re.compile(r"[东西南北中一二三四五六七八九十]?(?:大?[街路]|大道|公路|巷|弄|道)$")
_HOUSE = re.compile(
    r"(?:商务|商业|国际|科技|工业|农贸|家纺)?(?:大厦|大楼|广场|中心|花园|花苑|小区|新村|公寓|大?酒店|宾馆|商[城场厦]|市场|商贸城"
    r"|名苑|家园|[佳嘉]园|[佳新雅丽]苑|山庄|公馆|别墅|[苑园城楼馆厂府邸庭])$"
)

_ESTATE = re.compile(rf"(?:{_HOUSE.pattern[:-1]}|新?[东西南北中新]村)$")


class Slip(NamedTuple):
    """A known name that an unknown one may be a slip of.

    ``like``: one character by ear or eye; ``size``: characters of their own that the shorter one has; ``lacking``: the
    unknown one lacks a character, or has another where one tells neighbours apart.
    """

    text: str
    name: Name
    entities: tuple[Entity, ...]
    like: bool
    size: int
    lacking: bool


class Edit(NamedTuple):
    """One slip: where it is, what stands in the one text and what in the other, and whether two characters swapped."""

    at: int
    left: str
    right: str
    swapped: bool


@dataclass(frozen=True, slots=True)
class Repairs:
    """The names of a gazetteer by kind and county, and their deletion dictionaries as far as they were asked for."""

    names: dict[tuple[str, str], dict[str, Name]]
    made: dict[tuple[str, str], dict[str, tuple[str, ...]]] = field(default_factory=dict)
    told: dict[tuple[str, str, str], tuple[Slip, ...]] = field(default_factory=dict)
    """Slips by what was asked: the same unknown words (办公楼内) come again in address after address."""

    def slips(self, kind: str, county: str, words: str) -> tuple[Slip, ...]:
        """Return the names of a kind in a county that are one slip away from ``words``, in order."""
        asked = (kind, county, words)
        found = self.told.get(asked)
        if found is None:
            found = remember(self.told, asked, tuple(self._slips(*asked)))
        return found

    def _slips(self, kind: str, county: str, words: str) -> list[Slip]:
        core = core_of(kind, words)
        size = len(core)
        if not 2 <= size <= _LONGEST:
            return []
        index = self.made.get((kind, county))
        if index is None:
            index = self.made[kind, county] = _index(self.names.get((kind, county), {}))
        shorter = [core[:k] + core[k + 1 :] for k in range(size)]
        if core not in index and index.keys().isdisjoint(shorter):
            return []
        known = self.names[kind, county]
        near = {text for less in (core, *shorter) for text in index.get(less, ())}
        slips = [slip for text in sorted(near) if (slip := _slip(kind, core, text, known[text])) is not None]
        if not county:
            return slips
        return [s._replace(entities=tuple(e for e in s.entities if e.county in (county, None))) for s in slips]


def repairs_of(gazetteer: Gazetteer) -> Repairs:
    """Return the repairs of a gazetteer, made once."""
    known = gazetteer.memo.repairs
    if not known:
        known.append(Repairs(_names(gazetteer)))
    found = known[0]
    assert isinstance(found, Repairs)
    return found


def core_of(kind: str, words: str) -> str:
    """Return what of a name is compared: towns and villages without their suffix, all others whole."""
    if kind == "town":
        return TOWN_SUFFIX.sub("", words)
    return (village_core(words) or words) if kind == "community" else words


def one_edit(one: str, other: str) -> Edit | None:
    """Return how two texts differ, if one slip explains it: a character other, more, less, or two swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return None
    head = 0
    while head < min(len(one), len(other)) and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < min(len(one), len(other)) - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    left, right = one[head : len(one) - tail], other[head : len(other) - tail]
    swapped = len(left) == len(right) == 2 and left == right[::-1]
    return Edit(head, left, right, swapped) if swapped or max(len(left), len(right)) == 1 else None


def _slip(kind: str, core: str, text: str, name: Name) -> Slip | None:
    """Return a known name that an unknown one may be a slip of, ``None`` if the difference tells two places apart."""
    edit = one_edit(core, text)
    if edit is None or (kind == "road" and core[-1] != text[-1] and len(core) < _LONG_ROAD):
        return None
    mine, theirs = _own(kind, core), _own(kind, text)
    behind = kind in ("poi", "community") and edit.at >= theirs >= 2 and theirs < len(text)
    if behind and mine == theirs:
        return None  # 永兴花苑 beside 永兴佳苑: two estates
    size = theirs if behind else min(mine, theirs)
    other = len(edit.left) == len(edit.right) == 1
    like = other and (alike(edit.left, edit.right) or (size > 2 and sounds_near(edit.left, edit.right)))
    like = like or behind
    dropped = len(text) > len(core)
    told = not like and _told_apart(edit)
    if told and not (kind == "community" and _may_be_a_slip(edit, mine)):
        return None
    return Slip(text, name, name.entities, like, size, told or dropped)


def _may_be_a_slip(edit: Edit, left: int) -> bool:
    """Whether a telling character dropped or misspelt may be a slip; 东陈 and 南东陈, 一村 and 二村 are neighbours.

    ``left``: characters of its own that the unknown name has.
    """
    both = edit.left + edit.right
    dropped = not edit.left and (edit.right in _NUMERALS or left >= _ENOUGH)
    return dropped or not (edit.swapped or _TELLING.issuperset(both))


def _told_apart(edit: Edit) -> bool:
    if edit.swapped:
        return _DIRECTIONS.issuperset(edit.left)
    return not _TELLING.isdisjoint(edit.left + edit.right)


def _own(kind: str, core: str) -> int:
    """Return how many characters of a name are its own: 人民中路 2, 华辰大厦 2, 吕四港 3."""
    suffix = {"road": _ROAD, "poi": _HOUSE, "community": _ESTATE}.get(kind)
    if kind == "district":
        return len(core) - 1
    return len(suffix.sub("", core)) if suffix is not None else len(core)


def _names(gazetteer: Gazetteer) -> dict[tuple[str, str], dict[str, Name]]:
    found: dict[tuple[str, str], dict[str, Name]] = defaultdict(dict)
    for text, keys in gazetteer.automaton.items():
        for mode, _, _, _, name, _, _ in keys:
            for kind, county in _scopes(gazetteer, text, mode, name):
                found[kind, county].setdefault(text, name)
    return dict(found)


def _scopes(gazetteer: Gazetteer, text: str, mode: int, name: Name) -> Iterator[tuple[str, str]]:
    """Yield the kind and the counties under which a name may be looked for; counties themselves under no county."""
    label = name.label
    if mode == FULL and label == "district" and len(text) >= 3:
        if name.entities and name.entities[0].kind == "county":
            yield "district", ""
    elif (mode == TOWN and label == "town") or (mode == VILLAGE and label == "community"):
        yield from ((label, county) for county in sorted({e.county for e in name.entities if e.county}))
    elif mode == FULL and label in ("road", "poi", "community"):
        counties = {e.county for e in name.entities}
        yield from ((label, c) for c in (gazetteer.counties if None in counties else sorted(filter(None, counties))))
    elif mode == LEARNED and label in ("road", "poi") and name.mentions >= _MENTIONS and name.votes is not None:
        yield label, gazetteer.county_of(name.votes)


def _index(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = defaultdict(list)
    for text in names:
        if 2 <= len(text) <= _LONGEST:
            for less in {text, *_shorter(text)}:
                index[less].append(text)
    return {less: tuple(texts) for less, texts in index.items()}


def _shorter(text: str) -> Iterator[str]:
    return (text[:k] + text[k + 1 :] for k in range(len(text)))
