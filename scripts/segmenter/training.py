"""Fitting a linear-chain conditional random field by stochastic gradients (AdaGrad), and freezing it to integers.

Same corpus, same options: same weights to the last bit. Features stand where ``geo.address.model`` will look for them,
so what collides there is settled before training: the more frequent one stays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from geo.address.batches import LABELS
from geo.address.features import Batch
from geo.address.lexicon import HashSet
from geo.address.model import SLOTS, Segmenter, feature_places
from segmenter.corpus import Example, states

_COUNT = len(LABELS)
_STATES = 2 * _COUNT
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Run:
    """One training. ``seed``: of its order."""

    seed: int
    dropped: float
    """Share of features hidden at random, so that no single one is relied on."""
    seen_only: bool
    """Whether a feature gets weights only for the states it was seen with."""


RUNS = (Run(1, 0.5, seen_only=False), Run(2, 0.3, seen_only=True))
"""Weights for every state do better on numbers and repeats, weights for seen states on names: their mean on both."""


@dataclass(frozen=True)
class Fitting:
    """Options of a training."""

    least: int = 3
    """How often a feature must occur."""
    epochs: int = 8
    rate: float = 0.03
    texts: int = 128
    kept: int = 18
    """Features whose largest weight is below this (the largest of all is 127) are left out of the model."""
    faint: int = 4
    """Weights below this are taken for nothing, so that the file stays small."""
    runs: tuple[Run, ...] = RUNS
    """Trainings whose weights are averaged."""


@dataclass
class Parameters:
    """Weights of features (a row each, a column per state), of moves between labels, of beginning and ending."""

    rows: Floats
    moves: Floats
    stays: Floats
    opening: Floats
    closing: Floats

    @classmethod
    def filled(cls, features: int, value: float) -> "Parameters":
        """Return parameters of one value."""
        shapes = ((features, _STATES), (_COUNT, _COUNT), (2, _COUNT), (_COUNT,), (_STATES,))
        return cls(*(np.full(shape, value, dtype=np.float32) for shape in shapes))

    @property
    def small(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Everything but the weights of features."""
        return self.moves, self.stays, self.opening, self.closing

    def add(self, other: "Parameters") -> None:
        """Add the weights of others."""
        for mine, theirs in zip((self.rows, *self.small), (other.rows, *other.small), strict=True):
            np.add(mine, theirs, out=mine)

    def divide(self, by: int) -> None:
        """Divide all weights."""
        for part in (self.rows, *self.small):
            np.divide(part, by, out=part)


def train(
    examples: Sequence[Example],
    lexicon: HashSet,
    options: Fitting,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> Segmenter:
    """Return the model trained on examples."""
    batch = Batch([e.normal.text for e in examples], [e.hints for e in examples], lexicon)
    hashes = np.stack(list(batch.features()), axis=1)
    vocabulary = Vocabulary(hashes, options.least)
    rows, gold, size = vocabulary.rows(hashes), states(examples, batch.tokens), len(vocabulary.places)
    weights = Parameters.filled(size, 0.0)
    runs = options.runs
    for k, run in enumerate(runs):

        def told(epoch: int, loss: float, k: int = k) -> None:
            progress(f"run {k + 1} of {len(runs)}, epoch {epoch + 1} of {options.epochs}: loss {loss:.3f} an address")

        weights.add(fit(rows, batch.tokens.first, gold, size, options, run, told))
    weights.divide(len(runs))
    return freeze(weights, vocabulary, lexicon, options)


class Vocabulary:
    """The features that are kept: where they stand in the model's table and which row of weights is theirs."""

    def __init__(self, hashes: NDArray[np.uint64], least: int) -> None:
        kinds, counts = np.unique(hashes, return_counts=True)
        kinds, counts = kinds[counts >= least], counts[counts >= least]
        places, tags = feature_places(kinds)
        usable = tags > 0
        order = np.lexsort((kinds[usable], -counts[usable], places[usable]))
        kinds, places, tags = kinds[usable][order], places[usable][order], tags[usable][order]
        best = np.append(True, places[1:] != places[:-1]) if len(places) else np.zeros(0, dtype=np.bool_)
        self.places, self.tags = places[best], tags[best]
        self.slots = np.zeros(SLOTS, dtype=np.int32)
        self.slots[self.places] = (np.arange(len(self.places)) + 1) * 256 + self.tags

    def rows(self, hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the row of each feature, -1 for those that are not kept."""
        places, tags = feature_places(hashes)
        slots = self.slots[places]
        return np.where((slots & 0xFF) == tags, (slots >> 8) - 1, -1).astype(np.int32)


def fit(
    rows: NDArray[np.int32],
    first: Ints,
    states: Ints,
    size: int,
    options: Fitting,
    run: Run,
    progress: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> Parameters:
    """Return weights averaged over the second half of a run.

    ``rows`` are the features of each token (-1: none), ``size`` how many features there are.
    """
    weights, squares = Parameters.filled(size, 0.0), Parameters.filled(size, 1e-4)
    mean, taken = Parameters.filled(size, 0.0), 0
    allowed = _seen(rows, states, size) if run.seen_only else None
    random = np.random.default_rng(run.seed)
    sizes = np.diff(first)
    for epoch in range(options.epochs):
        loss = 0.0
        order = random.permutation(len(sizes))
        for begin in range(0, len(order), options.texts):
            chosen = order[begin : begin + options.texts]
            chosen = chosen[np.argsort(-sizes[chosen], kind="stable")]
            tokens = np.concatenate([np.arange(first[k], first[k + 1]) for k in chosen])
            found = rows[tokens]
            known = (found >= 0) & (random.random(found.shape, dtype=np.float32) >= run.dropped)
            columns, inverse = np.unique(found[known], return_inverse=True)
            owner = np.broadcast_to(np.arange(len(tokens))[:, None], found.shape)[known]
            values = np.full(len(inverse), 1 / (1 - run.dropped), dtype=np.float32)
            matrix = sp.csr_matrix((values, (owner, inverse)), shape=(len(tokens), len(columns)))
            here = weights.rows[columns]
            gradient, by_token, part = _gradient(matrix @ here, states[tokens], sizes[chosen], weights)
            loss += part
            step = matrix.T.tocsr() @ by_token
            if allowed is not None:
                step *= allowed[columns]
            gathered = squares.rows[columns] + step * step
            squares.rows[columns] = gathered
            weights.rows[columns] = here - options.rate * step / np.sqrt(gathered)
            for part, square, slope in zip(weights.small, squares.small, gradient, strict=True):
                np.add(square, slope * slope, out=square)
                np.subtract(part, options.rate * slope / np.sqrt(square), out=part)
        if 2 * epoch >= options.epochs:
            taken += 1
            mean.add(weights)
        progress(epoch, loss / len(sizes))
    mean.divide(taken)
    return mean


def _seen(rows: NDArray[np.int32], states: Ints, size: int) -> NDArray[np.bool_]:
    """Return which feature was seen with which state."""
    allowed = np.zeros((size, _STATES), dtype=np.bool_)
    for column in rows.T:
        known = column >= 0
        allowed[column[known], states[known]] = True
    return allowed


def _gradient(
    scores: Floats, states: Ints, sizes: Ints, weights: Parameters
) -> tuple[tuple[Floats, Floats, Floats, Floats], Floats, float]:
    """Return the gradients of the small weights and of each token's scores, and the loss.

    The texts are sorted, longest first. Forward and backward sums are scaled token by token.
    """
    begin = np.concatenate(([0], np.cumsum(sizes)))
    steps = [begin[: int((sizes > k).sum())] + k for k in range(int(sizes[0]))]
    move = _transitions(weights)
    opening = np.zeros(_STATES, dtype=np.float32)
    opening[0::2] = np.exp(weights.opening)
    closing = np.exp(weights.closing)
    top = scores.max(axis=1, keepdims=True)
    given = np.exp(scores - top)
    ahead, scale = _forward(given, opening, move, steps)
    last = begin[1:] - 1
    ends = (ahead[last] * closing).sum(axis=1)
    behind = _backward(given, scale, ahead, closing, move, steps)
    gold = np.arange(len(states))
    by_token = ahead * behind
    inner = np.ones(len(states), dtype=np.bool_)
    inner[begin[:-1]] = False
    later = np.flatnonzero(inner)
    moved = (ahead[later - 1].T @ (given[later] * behind[later] / scale[later, None])) * move
    np.add.at(moved, (states[later - 1], states[later]), -1.0)
    parts = (
        np.log(scale), top, np.log(ends), -scores[gold, states], -np.log(move[states[later - 1], states[later]]),
        -weights.opening[states[begin[:-1]] >> 1], -weights.closing[states[last]],
    )  # fmt: skip
    loss = sum(float(part.sum(dtype=np.float64)) for part in parts)
    by_token[gold, states] -= 1.0
    return (*_folded(moved), by_token[begin[:-1]].sum(axis=0)[0::2], by_token[last].sum(axis=0)), by_token, loss


def _transitions(weights: Parameters) -> Floats:
    move = np.zeros((_STATES, _STATES), dtype=np.float32)
    move[0::2, 0::2] = move[1::2, 0::2] = np.exp(weights.moves)
    label = np.arange(_COUNT)
    move[2 * label, 2 * label + 1] = np.exp(weights.stays[0])
    move[2 * label + 1, 2 * label + 1] = np.exp(weights.stays[1])
    return move


def _folded(moved: Floats) -> tuple[Floats, Floats]:
    """Return the gradient of moves between states as that of moves between labels and of staying in one."""
    label = np.arange(_COUNT)
    stays = np.stack((moved[2 * label, 2 * label + 1], moved[2 * label + 1, 2 * label + 1]))
    return moved[0::2, 0::2] + moved[1::2, 0::2], stays


def _forward(given: Floats, opening: Floats, move: Floats, steps: list[Ints]) -> tuple[Floats, Floats]:
    ahead = np.empty_like(given)
    scale = np.empty(len(given), dtype=np.float32)
    for k, at in enumerate(steps):
        here = (opening if k == 0 else ahead[at - 1] @ move) * given[at]
        scale[at] = here.sum(axis=1)
        ahead[at] = here / scale[at, None]
    return ahead, scale


def _backward(given: Floats, scale: Floats, ahead: Floats, closing: Floats, move: Floats, steps: list[Ints]) -> Floats:
    behind = np.empty_like(given)
    following = np.empty(0, dtype=np.int64)
    for at in reversed(steps):
        going = len(following)
        if going:
            behind[at[:going]] = (behind[following] * given[following] / scale[following, None]) @ move.T
        ending = at[going:]
        behind[ending] = closing / (ahead[ending] * closing).sum(axis=1)[:, None]
        following = at
    return behind


def freeze(weights: Parameters, vocabulary: Vocabulary, lexicon: HashSet, options: Fitting) -> Segmenter:
    """Return the model in integers, without what weighs too little to be kept."""
    top = max(float(np.abs(weights.rows).max(initial=0.0)), 1e-6)
    unit = top / 127
    table = np.rint(weights.rows / unit).astype(np.int16)
    kept = np.flatnonzero(np.abs(table).max(axis=1, initial=0) >= options.kept)
    table[np.abs(table) < options.faint] = 0
    slots = np.zeros(SLOTS, dtype=np.int32)
    slots[vocabulary.places[kept]] = (np.arange(len(kept)) + 1) * 256 + vocabulary.tags[kept]
    rows = np.zeros((len(kept) + 1, _STATES), dtype=np.int16)
    rows[1:] = table[kept]
    small = [np.rint(part / unit).astype(np.int32) for part in weights.small]
    return Segmenter(slots, rows, *small, lexicon)
