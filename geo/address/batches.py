"""Normalised addresses of a whole batch laid out in flat arrays: tokens, the grammar's labels, names of towns.

A token is one character, a run of digits or a run of letters. Tokens of all texts stand in one flat array with padding
between texts, so that a neighbour is a shift of the array.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Component = tuple[str, int, int]
"""Label and half-open span in the normalised text."""
Codes = NDArray[np.int64]
Hashes = NDArray[np.uint64]

LABELS = (
    "country", "prov", "city", "district", "devzone", "town", "community", "road", "subroad", "roadno", "subroadno",
    "poi", "subpoi", "houseno", "cellno", "floorno", "roomno", "person", "assist", "redundant", "otherinfo",
)  # fmt: skip
"""Labels of components, in the order of a model's columns."""
CODE = {label: k for k, label in enumerate(LABELS)}
PAD = 4
EDGE = 0x110000
"""Symbol of the padding; runs of letters and of digits have symbols above it."""
_LETTERS, _DIGITS = EDGE + 0x10, EDGE + 0x20
SYMBOLS = EDGE + 0x40
_DIGIT, _LETTER = 1, 2
_WIDEST = 9


def _class_table() -> NDArray[np.uint8]:
    table = np.zeros(EDGE, dtype=np.uint8)
    table[ord("0") : ord("9") + 1] = _DIGIT
    table[ord("A") : ord("Z") + 1] = _LETTER
    return table


_CLASS = _class_table()


@dataclass(frozen=True)
class Characters:
    """The characters of a batch, one after the other; ``offsets`` is where each text begins (one more at the end)."""

    codes: Codes
    offsets: Codes
    owner: Codes


@dataclass(frozen=True)
class Tokens:
    """Tokens of a batch, flat, with ``PAD`` blanks around each text.

    ``at`` are the flat positions of real tokens, ``first`` the index in ``at`` of each text's first token (one more at
    the end), ``starts``/``ends`` the span in its text of each token of ``at``, ``begin`` its first character in the
    batch. ``symbol`` and ``value`` are flat.
    """

    at: Codes
    first: Codes
    owner: Codes
    starts: Codes
    ends: Codes
    begin: Codes
    symbol: Codes
    value: Codes

    def flat(self, values: Codes) -> Codes:
        """Return values of the real tokens as a flat array, zero where there is padding."""
        spread = np.zeros(len(self.symbol), dtype=np.int64)
        spread[self.at] = values
        return spread


def characters(texts: Sequence[str]) -> Characters:
    """Return the characters of all texts; never raises."""
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype=np.uint32).astype(np.int64)
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    return Characters(codes, np.concatenate(([0], np.cumsum(sizes))), np.repeat(np.arange(len(texts)), sizes))


def tokenise(characters: Characters) -> Tokens:
    """Return the tokens of a batch."""
    codes, owner, count = characters.codes, characters.owner, len(characters.offsets) - 1
    kind = _CLASS[codes]
    opens = np.ones(len(codes), dtype=np.bool_)
    opens[1:] = (kind[1:] == 0) | (kind[1:] != kind[:-1]) | (owner[1:] != owner[:-1])
    begin = np.flatnonzero(opens)
    end = np.append(begin[1:], len(codes))[: len(begin)]
    owned = owner[begin]
    first = np.concatenate(([0], np.cumsum(np.bincount(owned, minlength=count))))
    at = np.arange(len(begin)) + PAD * (owned + 1)
    width = np.minimum(end - begin, _WIDEST)
    symbol = np.where(kind[begin] == _DIGIT, _DIGITS + width, codes[begin])
    symbol = np.where((kind[begin] == _LETTER) & (width > 1), _LETTERS + width, symbol)
    flat = np.full(len(begin) + PAD * (count + 1), EDGE, dtype=np.int64)
    flat[at] = symbol
    value = np.zeros_like(flat)
    value[at] = (codes[begin] << 26) + (codes[begin + width - 1] << 5) + width
    base = characters.offsets[owned]
    return Tokens(at, first, owned, begin - base, end - base, begin, flat, value)


@dataclass(frozen=True)
class Hints:
    """The grammar's components, per character of the batch.

    ``label`` is twice the label's number, plus one at the component's first character, 0 where there is none;
    ``before`` and ``after`` are the labels of the components around, ``place`` tells the how-manieth it is.
    ``rows`` are the components: start and end in the batch, number of the label (from 1), text they are of.
    """

    label: Codes
    before: Codes
    after: Codes
    place: Codes
    rows: tuple[Codes, Codes, Codes, Codes]


def read_hints(hints: Sequence[Sequence[Component]], characters: Characters) -> Hints:
    """Return the grammar's components of each text, laid over the characters."""
    flat = [
        (start + base, end + base, CODE[label] + 1, k, text)
        for text, (base, found) in enumerate(zip(characters.offsets.tolist(), hints, strict=False))
        for k, (label, start, end) in enumerate(found)
    ]
    start, end, label, order, text = np.array(flat, dtype=np.int64).reshape(-1, 5).T
    said, before, after, place = (np.zeros(len(characters.codes), dtype=np.int64) for _ in range(4))
    width = end - start
    inner = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)
    where = np.repeat(start, width) + inner
    previous = np.where(order > 0, np.concatenate(([0], label[:-1]))[: len(order)], 0)
    following = np.append(np.where(order[1:] > 0, label[1:], 0), 0)[: len(order)]
    columns = (2 * label, previous, following, np.minimum(order, 9) + 1)
    for layer, column in zip((said, before, after, place), columns, strict=True):
        layer[where] = np.repeat(column, width)
    said[start] += 1
    return Hints(said, before, after, place, (start, end, label, text))
