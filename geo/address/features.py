"""What a learned model sees of each token: a few categories, whole batches at once.

The token itself, what the grammar read there and around, whether it is part of a town's name (of the county or the city
that the text names, or of anywhere), and whether the text says it twice. No text is kept.
"""

from collections.abc import Sequence

import numpy as np

from geo.address.batches import EDGE, LABELS, Characters, Codes, Component, Tokens, read_hints, tokenise
from geo.address.batches import characters as laid_out
from geo.address.lexicon import HashSet, town_marks

SIZES = (2 * len(LABELS) + 2, len(LABELS) + 1, len(LABELS) + 1, 11, 64, 4)
"""How many categories each of ``Batch.columns`` has."""
PAIRS = 1 << 16
"""How many numbers ``Batch.pairs`` has."""


class Batch:
    """A batch of normalised texts with the grammar's components, ready to be labelled."""

    def __init__(self, texts: Sequence[str], hints: Sequence[Sequence[Component]], lexicon: HashSet) -> None:
        self.characters: Characters = laid_out(texts)
        self.tokens: Tokens = tokenise(self.characters)
        self._read = read_hints(hints, self.characters)
        self._towns = town_marks(lexicon, self.characters, self._read)

    def symbols(self) -> Codes:
        """Return the symbol of every token."""
        return self.tokens.symbol[self.tokens.at]

    def pairs(self) -> Codes:
        """Return a number below ``PAIRS`` for every token and the one behind it, the same for the same two symbols."""
        here, following = (self.tokens.symbol[self.tokens.at + shift].astype(np.uint64) for shift in (0, 1))
        key = ((here << np.uint64(21)) + following) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
        return (key * np.uint64(0xBF58476D1CE4E5B9) >> np.uint64(48)).astype(np.int64)

    def columns(self) -> list[Codes]:
        """Return the other categories of every token.

        The grammar's label, the labels of the components before and after, the how-manieth component it is, marks of
        towns, whether it is said twice.
        """
        begin, read = self.tokens.begin, self._read
        towns = np.zeros(len(begin), dtype=np.int64)
        for layer in self._towns:
            towns = towns * 4 + layer[begin]
        said = _said_twice(self.tokens)
        return [read.label[begin], read.before[begin], read.after[begin], read.place[begin], towns, said]


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
