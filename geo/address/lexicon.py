"""Names of towns of the whole country as a table of hashes, to ask whether a stretch is a town of the county named.

Only hashes are kept. A stretch is looked up on its own, with the county and with the city that its text names.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.address.batches import CODE, Characters, Codes, Hashes, Hints

_STEP, _SPREAD, _PAIR = np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_LONGEST_OWNER, _SIZES = 7, (2, 3, 4, 5)
_MASK = 0xFFFFFFFFFFFFFFFF


def text_hash(text: str) -> int:
    """Return the 64-bit hash of a text; the same as ``window_hashes`` gives for it."""
    total = 0
    for character in text:
        total = (total * int(_STEP) + ord(character) * int(_SPREAD)) & _MASK
    return total


def pair_hash(text: str, owner: str) -> int:
    """Return the hash of a name together with the name of the division it lies in."""
    return (text_hash(text) * int(_PAIR) + text_hash(owner)) & _MASK


def owner_core(name: str) -> str:
    """Return the name of a county or city as it is looked up: without its last character, 海门 for 海门区."""
    return name[:-1] if len(name) > 2 else name


def window_hashes(codes: Codes, longest: int) -> list[Hashes]:
    """Return, for each length from 0, the hashes of the stretches that begin at each character (0 beyond the end)."""
    single = codes.astype(np.uint64) * _SPREAD
    found = [np.zeros(len(codes), dtype=np.uint64), single]
    for size in range(2, longest + 1):
        longer = np.zeros(len(codes), dtype=np.uint64)
        if len(codes) >= size:
            longer[: len(codes) - size + 1] = found[-1][: len(codes) - size + 1] * _STEP + single[size - 1 :]
        found.append(longer)
    return found


@dataclass(frozen=True)
class HashSet:
    """A set of 64-bit hashes in a table of one-byte tags, two places each; about one in a thousand others passes."""

    tags: NDArray[np.uint8]

    @classmethod
    def of(cls, hashes: Iterable[int], *, bits: int = 20) -> "HashSet":
        """Return the set, the same for the same hashes in whatever order; a few that find no place are left out."""
        tags = np.zeros(1 << bits, dtype=np.uint8)
        whole = np.array(sorted(set(hashes)), dtype=np.uint64)
        one, two, tag = _places(whole, len(tags))
        for a, b, t in zip(one.tolist(), two.tolist(), tag.tolist(), strict=True):
            place = a if tags[a] in (0, t) else b
            if tags[place] == 0:
                tags[place] = t
        return cls(tags)

    def holds(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return which of the hashes are in the set."""
        one, two, tag = _places(hashes, len(self.tags))
        return (self.tags[one] == tag) | (self.tags[two] == tag)


def _places(hashes: Hashes, size: int) -> tuple[Codes, Codes, NDArray[np.uint8]]:
    mixed = hashes ^ (hashes >> np.uint64(31))
    mixed = mixed * _SPREAD
    mask = np.uint64(size - 1)
    one = (mixed >> np.uint64(40)) & mask
    two = (mixed >> np.uint64(17)) & mask
    tag = (mixed & np.uint64(0xFF)).astype(np.uint8)
    return one.astype(np.int64), two.astype(np.int64), np.maximum(tag, 1)


def town_marks(lexicon: HashSet, characters: Characters, hints: Hints) -> list[Codes]:
    """Return, per character, whether it is in a town's name: 1 first, 2 inner, 3 last character.

    Three layers: towns of the county that the text names, of its city, of anywhere.
    """
    hashes = window_hashes(characters.codes, _LONGEST_OWNER)
    room = characters.offsets[1:][characters.owner] - np.arange(len(characters.codes))
    county, city = (_owners(label, hashes, characters, hints) for label in ("district", "city"))
    return [
        _marked(lexicon, hashes, room, county, paired=True),
        _marked(lexicon, hashes, room, city, paired=True),
        _marked(lexicon, hashes, room, np.ones_like(county), paired=False),
    ]


def _owners(label: str, hashes: list[Hashes], characters: Characters, hints: Hints) -> Hashes:
    """Return per character the hash of the county or city that its text names last, 0 for none."""
    start, end, labels, text = hints.rows
    chosen = labels == CODE[label] + 1
    size = end[chosen] - start[chosen]
    size = np.minimum(np.where(size > 2, size - 1, size), _LONGEST_OWNER)
    found = np.zeros(len(characters.offsets) - 1, dtype=np.uint64)
    found[text[chosen]] = np.stack(hashes)[size, start[chosen]] if len(size) else 0
    return found[characters.owner]


def _marked(lexicon: HashSet, hashes: list[Hashes], room: Codes, owner: Hashes, *, paired: bool) -> Codes:
    marks = np.zeros(len(room), dtype=np.int64)
    for size in _SIZES:
        where = np.flatnonzero((room >= size) & (owner != 0))
        keys = hashes[size][where]
        if paired:
            keys = keys * _PAIR + owner[where]
        where = where[lexicon.holds(keys)]
        for k in range(1, size - 1):
            marks[where + k] = 2
        marks[where] = 1
        marks[where + size - 1] = 3
    return marks
