"""What a learned model sees of each token: hashes of its surroundings, whole batches at once.

No text is kept in a feature, only a 64-bit hash of a template's number and of what it combines: neighbouring tokens,
the nearest characters that end a name, the grammar's own labels, words said before in the same text, towns of the
county named.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.address.batches import EDGE, PAD, SYMBOLS, Characters, Codes, Component, Hashes, Tokens, read_hints, tokenise
from geo.address.batches import characters as laid_out
from geo.address.lexicon import HashSet, town_marks

_KEYS = "省市县区镇乡旗村社路街道巷弄号幢栋座楼层室组园苑城店厦场院里庄厂司元桥口-,()、"
"""Characters that end the names of an address, and what parts them."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = tuple(
    np.uint64(x)
    for x in (
        0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB,
        0x8EBC6AF09C88C6E3,
    )
)  # fmt: skip


def _key_table() -> NDArray[np.bool_]:
    table = np.zeros(SYMBOLS, dtype=np.bool_)
    table[[ord(c) for c in _KEYS]] = True
    table[EDGE] = True
    return table


_KEY = _key_table()


class Batch:
    """A batch of normalised texts with the grammar's components, ready to be labelled."""

    def __init__(self, texts: Sequence[str], hints: Sequence[Sequence[Component]], lexicon: HashSet) -> None:
        self.characters: Characters = laid_out(texts)
        self.tokens: Tokens = tokenise(self.characters)
        read = read_hints(hints, self.characters)
        begin = self.tokens.begin
        self._hint, self._before, self._after, self._place = (
            layer[begin] for layer in (read.label, read.before, read.after, read.place)
        )
        self._towns = [marks[begin] for marks in town_marks(lexicon, self.characters, read)]

    def features(self) -> Iterator[Hashes]:
        """Yield one array of hashes per template, each as long as ``tokens.at``."""
        columns = [*self._words(), *self._keys(), *self._grammar(), *self._repeats(), *self._lexicon()]
        for template, found in enumerate(columns):
            yield _hashed(template + 1, found)

    def _words(self) -> list[tuple[Hashes, ...]]:
        tokens = self.tokens
        s, value = _around(tokens.symbol, tokens.at, PAD), _around(tokens.value, tokens.at, 1)
        order, rest = self._position()
        return [
            (s[0],), (s[-1],), (s[1],), (s[-2],), (s[2],), (s[-3],), (s[3],),
            (s[-2], s[-1]), (s[-1], s[0]), (s[0], s[1]), (s[1], s[2]), (s[-1], s[1]),
            (s[-2], s[-1], s[0]), (s[-1], s[0], s[1]), (s[0], s[1], s[2]), (s[1], s[2], s[3]), (s[-3], s[-2], s[-1]),
            (s[-3], s[-2], s[-1], s[0]), (s[0], s[1], s[2], s[3]), (s[-2], s[-1], s[0], s[1]),
            (s[-1], s[0], s[1], s[2]),
            (value[0], s[1]), (value[0], s[-1]), (value[1], s[0]), (value[-1], s[0]),
            (_mixed(np.minimum(order, 15)),), (_mixed(np.minimum(rest, 10)), s[0]),
        ]  # fmt: skip

    def _position(self) -> tuple[Codes, Codes]:
        first = self.tokens.first
        sizes = np.diff(first)
        order = np.arange(len(self.tokens.at)) - np.repeat(first[:-1], sizes)
        return order, np.repeat(sizes, sizes) - order

    def _keys(self) -> list[tuple[Hashes, ...]]:
        """The next and last characters that end a name, the ones beyond them, and how far they are."""
        at, symbol = self.tokens.at, self.tokens.symbol
        ahead, far = _next_key(symbol)
        behind, back = (found[::-1] for found in _next_key(symbol[::-1]))
        s0 = _mixed(symbol[at])
        k1, d1 = _mixed(ahead[at]), _mixed(np.minimum(far[at], 7))
        k2 = _mixed(ahead[np.minimum(at + far[at] + 1, len(symbol) - 1)])
        p1, b1 = _mixed(behind[at - 1]), _mixed(np.minimum(back[at - 1], 7))
        p2 = _mixed(behind[np.maximum(at - back[at - 1] - 2, 0)])
        return [(s0, k1, d1), (k1, d1, p1, b1), (p1, b1, s0), (k1, k2, d1), (p1, p2, k1), (p1, p2, s0)]

    def _grammar(self) -> list[tuple[Hashes, ...]]:
        tokens = self.tokens
        h, s = _around(tokens.flat(self._hint), tokens.at, 2), _around(tokens.symbol, tokens.at, 1)
        before, after, place = _mixed(self._before), _mixed(self._after), _mixed(self._place)
        return [
            (h[0],), (h[-1], h[0]), (h[0], h[1]), (h[-1], h[0], h[1]), (h[0], before, after), (h[0], s[0]),
            (h[0], before, s[0]), (h[0], before, place), (h[0], h[1], s[0], s[1]), (h[-1], h[0], s[-1], s[0]),
            (h[-2], h[2], h[0]),
        ]  # fmt: skip

    def _repeats(self) -> list[tuple[Hashes, ...]]:
        """Whether two characters were said before, or are said again, in the same text."""
        tokens = self.tokens
        r = _around(tokens.flat(_said_twice(tokens)), tokens.at, 2)
        hint, s0 = _mixed(self._hint), _mixed(tokens.symbol[tokens.at])
        return [(r[0], r[-1]), (r[0], r[-1], hint), (r[-1], r[0], r[1], s0), (r[-2], r[-1], r[0], r[1], r[2], hint)]

    def _lexicon(self) -> list[tuple[Hashes, ...]]:
        tokens, hint = self.tokens, _mixed(self._hint)
        found: list[tuple[Hashes, ...]] = []
        joined = np.zeros(len(tokens.at), dtype=np.int64)
        for layer in self._towns:
            t = _around(tokens.flat(layer), tokens.at, 1)
            found += [(t[0], t[1]), (t[-1], t[0], t[1], hint)]
            joined = joined * 4 + layer
        t = _around(tokens.flat(joined), tokens.at, 1)
        return [*found, (t[0],), (t[0], _mixed(tokens.symbol[tokens.at + 1])), (t[-1], t[0], t[1])]


def _mixed(column: Codes) -> Hashes:
    mixed = (column.astype(np.uint64) + np.uint64(0x1234567)) * _FACTORS[0]
    mixed ^= mixed >> np.uint64(29)
    return mixed * _MIX


def _around(flat: Codes, at: Codes, reach: int) -> dict[int, Hashes]:
    """Return the values of the tokens themselves and of their neighbours, mixed."""
    mixed = _mixed(flat)
    return {shift: mixed[at + shift] for shift in range(-reach, reach + 1)}


def _hashed(template: int, columns: tuple[Hashes, ...]) -> Hashes:
    total = columns[0] + np.uint64(template * int(_MIX) & 0xFFFFFFFFFFFFFFFF)
    for factor, column in zip(_FACTORS, columns[1:], strict=False):
        total += column * factor
    total ^= total >> np.uint64(32)
    total *= _MIX
    total ^= total >> np.uint64(29)
    return total


def _next_key(symbol: Codes) -> tuple[Codes, Codes]:
    """Return, per flat position, the nearest key character from there on and how far it is."""
    position = np.arange(len(symbol))
    where = np.where(_KEY[symbol], position, len(symbol) - 1)
    nearest = np.minimum.accumulate(where[::-1])[::-1]
    return symbol[nearest], nearest - position


def _said_twice(tokens: Tokens) -> Codes:
    """Return per token 1 if it and the next one stood before in the text, 2 if they stand again, 3 for both."""
    here, following = tokens.symbol[tokens.at], tokens.symbol[tokens.at + 1]
    key = (tokens.owner << 42) + (here << 21) + following
    order = np.argsort(key, kind="stable")
    same = key[order[1:]] == key[order[:-1]]
    found = np.zeros(len(key), dtype=np.int64)
    found[order[1:][same]] += 1
    found[order[:-1][same]] += 2
    found[(here >= EDGE) | (following >= EDGE)] = 0
    return found


__all__ = ["Batch"]
