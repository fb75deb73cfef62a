"""A learned segmenter: a small recurrent network and a linear chain of labels over the tokens of normalised addresses.

Whole batches are labelled at a time: scores of the network, then a best-path search over all texts together. The model
holds weights and hashes, no text. ``scripts/train_segmenter`` trains it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from geo.address.batches import CODE, LABELS, SYMBOLS, Codes, Component, read_hints
from geo.address.features import PAIRS, SIZES, Batch
from geo.address.lexicon import HashSet
from geo.address.network import Network
from geo.address.paths import best_paths

VERSION = 2
_TEXTS = 300
"""Texts labelled at a time: their states stay in the processor's cache."""
UNIT = 2_048
"""Scores are whole numbers, so many for one, so that the best path depends on no order of sums."""
_LARGEST = 48 * UNIT
Scores = NDArray[np.int32]
_CHAIN = ("moves", "stays", "opening", "closing")
_DIVIDERS = np.zeros(SYMBOLS, dtype=np.bool_)
_DIVIDERS[[ord(c) for c in "(),.:;~!&*+=<>[]{}%@$^\\"]] = True
"""Signs between components. Corpora of addresses seldom have them, so it is not left to a model."""


@cache
def _threads() -> ThreadpoolController:
    """Return what limits threads: products of small matrices only wait for each other on several."""
    return ThreadpoolController()


def rows_of(known: NDArray[np.int64], size: int) -> NDArray[np.int16]:
    """Return the row of every number below ``size``: from 1 on in the order of ``known``, 0 for all others."""
    rows = np.zeros(size, dtype=np.int16)
    rows[known] = np.arange(len(known)) + 1
    return rows


@dataclass(frozen=True, eq=False)
class Segmenter:
    """A trained model.

    ``symbols`` and ``pairs`` are those it has rows for (see ``features``), ``network`` tells what each state is worth
    at each token: two states a label, its first token and its others. ``moves[y, x]`` is what going from label ``y``
    to ``x`` is worth, ``stays`` going on inside a label from its first token and from a later one, ``opening`` and
    ``closing`` beginning and ending; these are whole numbers.
    """

    symbols: NDArray[np.int64]
    pairs: NDArray[np.int64]
    rows: tuple[NDArray[np.int16], NDArray[np.int16]]
    network: Network
    moves: Scores
    stays: Scores
    opening: Scores
    closing: Scores
    lexicon: HashSet

    @classmethod
    def of(
        cls, known: tuple[Codes, Codes], network: Network, chain: Sequence[NDArray], lexicon: HashSet
    ) -> "Segmenter":
        """Return a model; ``known``: symbols and pairs, ``chain``: moves, stays, opening, closing, in whole numbers."""
        moves, stays, opening, closing = (part.astype(np.int32) for part in chain)
        rows = (rows_of(known[0], SYMBOLS), rows_of(known[1], PAIRS))
        return cls(*known, rows, network, moves, stays, opening, closing, lexicon)

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
            known = (arrays["symbols"].astype(np.int64), arrays["pairs"].astype(np.int64))
            network = Network.from_arrays(arrays, 2 + len(SIZES))
            lexicon = np.zeros(1 << int(arrays["lexicon_bits"]), dtype=np.uint8)
            lexicon[np.cumsum(arrays["lexicon_steps"], dtype=np.int64)] = arrays["lexicon_tags"]
            return cls.of(known, network, [arrays[name] for name in _CHAIN], HashSet(lexicon))
        except (KeyError, IndexError, TypeError) as fault:
            raise ValueError("not a model") from fault

    def to_arrays(self) -> dict[str, NDArray]:
        """Return the model as arrays that compress well."""
        towns = np.flatnonzero(self.lexicon.tags)
        return {
            "version": np.array(VERSION),
            "labels": np.array(LABELS),
            "symbols": self.symbols.astype(np.int32),
            "pairs": self.pairs.astype(np.uint16),
            **self.network.to_arrays(),
            **{name: getattr(self, name) for name in _CHAIN},
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
        with _threads().limit(limits=1, user_api="blas"):
            return self._label(texts, hints, sure)

    def _label(
        self, texts: Sequence[str], hints: Sequence[Sequence[Component]], sure: Sequence[Sequence[Component]]
    ) -> list[list[Component]]:
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
        symbols, pairs = self.rows
        columns: list[NDArray] = [symbols[batch.symbols()], pairs[batch.pairs()], *batch.columns()]
        scores = self.network.scores(columns, batch.tokens.first)
        scores *= UNIT
        return np.rint(np.clip(scores, -_LARGEST, _LARGEST, out=scores), out=scores).astype(np.int32)


_SURE = 3 * _LARGEST


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
