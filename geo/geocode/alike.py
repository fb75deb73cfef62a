"""One answer for all addresses that name the same and differ only in a plain number, unit, floor or room.

What an address names decides its county, places and chances; only house numbers on streets with known doors, lists of
numbers and relations (旁, 交叉口) say more. So the answer to one address is that to the next, if neither says more.
"""

from collections.abc import Sequence
from typing import NamedTuple

from geo.address import Address, Segment
from geo.gazetteer import Gazetteer, Reading
from geo.geocode.clashes import floor_above, may_take_back
from geo.geocode.judge import Verdict
from geo.geocode.resolve import Resolved

Key = tuple[str, int, int, bool]
"""The text up to the last name's end, the number of the second evidence, the name that the house number belongs to,
and whether there is one."""
_MOST = 20_000
"""Answers kept: a register of millions must not fill the memory."""


_BUILDING = 4
"""Where the building stands among the places of an answer."""


class Answer(NamedTuple):
    """What was found for an address, with the names that another must share for it to hold there, too."""

    names: list[Segment]
    texts: list[str]
    county: str
    road: str | None
    places: tuple[str | None, ...]
    verdict: Verdict
    coarse: bool


class Alike:
    """Answers that hold for more addresses than their own."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._doors, self._storeys = gazetteer.doors, gazetteer.storeys
        self._known: dict[Key, Answer] = {}

    def split(self, keys: Sequence[Key | None]) -> tuple[list[int], list[int]]:
        """Return which of the addresses to locate first, and which may then have their answer already."""
        first, then, met = [], [], set()
        for k, key in enumerate(keys):
            if key is None or not (key in self._known or key in met):
                first.append(k)
                met.add(key)
            else:
                then.append(k)
        return first, then

    def keep(self, key: Key, answer: Answer, address: Address) -> None:
        """Keep an answer, unless it rests on the address's own door or floor."""
        if not self._says_more(answer, address):
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = answer

    def answer(self, key: Key | None, address: Address) -> Answer | None:
        """Return the answer that holds for an address, ``None`` if there is none as yet."""
        found = self._known.get(key) if key is not None else None
        if found is None or address.names != found.names or address.texts != found.texts:
            return None
        return None if self._says_more(found, address) else found

    def _says_more(self, answer: Answer, address: Address) -> bool:
        """Whether a building is known at the very door, or has no such floor."""
        inside = address.floor is not None or address.room is not None
        if inside and floor_above(self._storeys, answer.places[_BUILDING], address) is not None:
            return True
        number = address.number
        return number is not None and (answer.county, answer.road, number.text) in self._doors


def key_of(address: Address, second: int) -> Key | None:
    """Return under which key an address may share its answer, ``None`` if it says more than names and a number."""
    number, names = address.number, address.names
    if not names or address.relation is not None or address.crossing:
        return None
    if number is not None and (number.listed or number.last is not None):
        return None
    end = names[-1][1]
    if may_take_back(address.text, end):
        return None
    return address.text[:end], second, address.number_after, number is None


def is_common(reading: Reading, found: Resolved) -> bool:
    """Whether an answer rests on names alone, at least one of them telling a county: not on numbers."""
    return bool(reading.voices) and found.spot is None
