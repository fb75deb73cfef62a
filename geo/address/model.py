"""A learned segmenter: a linear-chain conditional random field over the tokens of normalised addresses.

Tables of small integers, read once; whole batches are labelled at a time by adding rows of a table and a best-path
search over all texts together. The model holds hashes and weights, no text. ``scripts/train_segmenter`` trains it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.address.batches import CODE, LABELS, SYMBOLS, Codes, Component, Hashes, read_hints
from geo.address.features import Batch
from geo.address.lexicon import HashSet
from geo.address.paths import best_paths

VERSION = 1
_BITS = 19
SLOTS = 1 << _BITS
"""Places of a model's table of features."""
_TEXTS = 1_000
"""Texts labelled at a time: their rows of weights stay in the processor's cache."""
Scores = NDArray[np.int16]
_DIVIDERS = np.zeros(SYMBOLS, dtype=np.bool_)
_DIVIDERS[[ord(c) for c in "(),.:;~!&*+=<>[]{}%@$^\\"]] = True
"""Signs between components. Corpora of addresses seldom have them, so it is not left to a model."""


def feature_places(hashes: Hashes) -> tuple[Codes, Codes]:
    """Return where a feature stands in a model's table, and the tag that tells it from others there."""
    return (hashes >> np.uint64(64 - _BITS)).astype(np.int64), (hashes & np.uint64(0xFF)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Segmenter:
    """Weights of a trained model.

    ``slots`` maps a feature's place to its row of ``weights`` (times 256, plus its tag); row 0 is nothing.
    ``weights`` has a column for each label's first token and one for its others. ``moves[y, x]`` is what going from
    label ``y`` to ``x`` is worth, ``stays`` going on inside a label from its first token and from a later one,
    ``opening`` and ``closing`` beginning and ending with a column. All are integers of one scale.
    """

    slots: NDArray[np.int32]
    weights: Scores
    moves: NDArray[np.int32]
    stays: NDArray[np.int32]
    opening: NDArray[np.int32]
    closing: NDArray[np.int32]
    lexicon: HashSet

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray]) -> "Segmenter":
        """Return the model that ``to_arrays`` wrote.

        Raises
        ------
        ValueError
            If the arrays are not those of a model of this version.
        """
        try:
            if int(arrays["version"]) != VERSION or tuple(arrays["labels"].tolist()) != LABELS:
                raise ValueError("a model of another version")
            places = np.cumsum(arrays["place_steps"], dtype=np.int64)
            table = arrays["weights"]
            slots = np.zeros(SLOTS, dtype=np.int32)
            slots[places] = (np.arange(len(places)) + 1) * 256 + arrays["place_tags"]
            weights = np.zeros((len(places) + 1, 2 * len(LABELS)), dtype=np.int16)
            weights[1:] = table
            small = {name: arrays[name].astype(np.int32) for name in ("moves", "stays", "opening", "closing")}
            lexicon = np.zeros(1 << int(arrays["lexicon_bits"]), dtype=np.uint8)
            lexicon[np.cumsum(arrays["lexicon_steps"], dtype=np.int64)] = arrays["lexicon_tags"]
        except (KeyError, IndexError, TypeError) as fault:
            raise ValueError("not a model") from fault
        return cls(slots, weights, lexicon=HashSet(lexicon), **small)

    def to_arrays(self) -> dict[str, NDArray]:
        """Return the model as arrays that compress well."""
        places = np.flatnonzero(self.slots)
        towns = np.flatnonzero(self.lexicon.tags)
        rows = self.slots[places] >> 8
        return {
            "version": np.array(VERSION),
            "labels": np.array(LABELS),
            "place_steps": np.diff(places, prepend=0).astype(np.uint16),
            "place_tags": (self.slots[places] & 0xFF).astype(np.uint8),
            "weights": self.weights[rows].astype(np.int8),
            "moves": self.moves.astype(np.int16),
            "stays": self.stays.astype(np.int16),
            "opening": self.opening.astype(np.int16),
            "closing": self.closing.astype(np.int16),
            "lexicon_bits": np.array(len(self.lexicon.tags).bit_length() - 1),
            "lexicon_steps": np.diff(towns, prepend=0).astype(np.uint16),
            "lexicon_tags": self.lexicon.tags[towns],
        }

    def label(
        self, texts: Sequence[str], hints: Sequence[Sequence[Component]], sure: Sequence[Sequence[Component]] = ()
    ) -> list[list[Component]]:
        """Return the components of normalised texts: in order, not overlapping, covering all but dividing signs.

        ``hints`` are the grammar's components of each text; ``sure`` (one row a text, or none at all) are components
        that the answer must contain. Never raises on any text.
        """
        order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
        found: list[list[Component]] = [[] for _ in texts]
        for begin in range(0, len(order), _TEXTS):
            chosen = [k for k in order[begin : begin + _TEXTS] if texts[k]]
            if not chosen:
                continue
            kept = [sure[k] for k in chosen] if sure else []
            answers = self._labelled([texts[k] for k in chosen], [hints[k] for k in chosen], kept)
            for k, answer in zip(chosen, answers, strict=True):
                found[k] = answer
        return found

    def _labelled(
        self, texts: Sequence[str], hints: Sequence[Sequence[Component]], sure: Sequence[Sequence[Component]]
    ) -> list[list[Component]]:
        batch = Batch(texts, hints, self.lexicon)
        scores = self._scores(batch)
        dividers = _DIVIDERS[batch.tokens.symbol[batch.tokens.at]]
        _divide(scores, dividers)
        if any(sure):
            _insist(scores, batch, sure)
        states = best_paths(scores, batch.tokens.first, self.moves, self.stays, self.opening, self.closing)
        return _components(batch, states, dividers)

    def _scores(self, batch: Batch) -> Scores:
        total = np.zeros((len(batch.tokens.at), self.weights.shape[1]), dtype=np.int16)
        for hashes in batch.features():
            places, tags = feature_places(hashes)
            slots = self.slots[places]
            known = np.flatnonzero((slots & 0xFF) == tags)
            if 2 * len(known) > len(places):
                total += self.weights[np.where((slots & 0xFF) == tags, slots >> 8, 0)]
            else:
                total[known] += self.weights[slots[known] >> 8]
        return total


_SURE = 8_000


def _divide(scores: Scores, dividers: NDArray[np.bool_]) -> None:
    """Let no component go on over a dividing sign."""
    at = np.flatnonzero(dividers)
    scores[at] -= _SURE
    scores[at, 2 * CODE["redundant"]] += 2 * _SURE
    behind = at[at + 1 < len(scores)] + 1
    scores[behind, 1::2] -= _SURE


def _insist(scores: Scores, batch: Batch, sure: Sequence[Sequence[Component]]) -> None:
    """Make the best path go through given components."""
    tokens = batch.tokens
    read = read_hints(sure, batch.characters)
    label = read.label[tokens.begin]
    inside = np.flatnonzero(label)
    state = np.where(label[inside] % 2 == 1, label[inside] - 3, label[inside] - 1)
    scores[inside] -= _SURE
    scores[inside, state] += 2 * _SURE
    after = np.zeros(len(batch.characters.codes) + 1, dtype=np.bool_)
    after[read.rows[1]] = True
    behind = np.flatnonzero(after[tokens.begin] & (label == 0))
    scores[behind, 1::2] -= _SURE


def _components(batch: Batch, states: Codes, dividers: NDArray[np.bool_]) -> list[list[Component]]:
    tokens = batch.tokens
    opens = np.flatnonzero((states & 1) == 0)
    closes = np.append(opens[1:], len(states)) - 1
    shown = ~dividers[opens]
    opens, closes = opens[shown], closes[shown]
    rows = zip((states[opens] >> 1).tolist(), tokens.starts[opens].tolist(), tokens.ends[closes].tolist(), strict=True)
    flat = [(LABELS[label], start, end) for label, start, end in rows]
    bounds = np.searchsorted(opens, tokens.first).tolist()
    return [flat[a:b] for a, b in pairwise(bounds)]
