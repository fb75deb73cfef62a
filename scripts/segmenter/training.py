"""Fitting of the segmenter: a small recurrent network whose scores a chain of labels joins (Adam, cosine rate).

Same corpus, same options: same weights on the same machine.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geo.address.batches import SYMBOLS
from geo.address.features import PAIRS, SIZES, Batch
from geo.address.lexicon import HashSet
from geo.address.model import UNIT, Segmenter, rows_of
from geo.address.network import Network
from segmenter.chain import COUNT, STATES, Chain
from segmenter.corpus import Example, states
from segmenter.recurrent import Pass

Ints = NDArray[np.int64]
WIDTHS = (48, 20, 14, 5, 5, 4, 8, 4)
"""Numbers that a token's categories become: symbol, pair, then as in ``geo.address.features.SIZES``."""


@dataclass(frozen=True)
class Fitting:
    """Options of a training."""

    least: int = 3
    """How often a symbol must occur to be known."""
    state: int = 80
    """Width of the state of each direction."""
    epochs: int = 14
    rate: float = 0.003
    texts: int = 64
    decay: float = 0.05
    unknown: tuple[float, float] = (0.05, 0.3)
    """Shares of symbols and of pairs that are taken for unknown, so that unknown ones are learned."""
    hidden: tuple[float, float] = (0.3, 0.4)
    """Shares of a token's numbers and of the states that are hidden at random, so that no single one is relied on."""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Lesson:
    """A corpus in numbers: rows of the tables and gold states of all tokens, where each text's tokens begin."""

    columns: list[Ints]
    states: Ints
    first: Ints

    def batches(self, size: int, random: np.random.Generator) -> Iterator["Lesson"]:
        """Yield the texts in batches of about equal length, longest first, in random order."""
        sizes = np.diff(self.first)
        order = np.argsort(-(sizes + random.random(len(sizes)) * 6), kind="stable")
        chosen = [order[begin : begin + size] for begin in range(0, len(order), size)]
        for k in random.permutation(len(chosen)).tolist():
            texts = chosen[k][np.argsort(-sizes[chosen[k]], kind="stable")]
            tokens = np.concatenate([np.arange(self.first[t], self.first[t + 1]) for t in texts])
            first = np.concatenate(([0], np.cumsum(sizes[texts])))
            yield Lesson([column[tokens] for column in self.columns], self.states[tokens], first)


def train(
    examples: Sequence[Example],
    lexicon: HashSet,
    options: Fitting,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> Segmenter:
    """Return the model trained on examples."""
    batch = Batch([e.normal.text for e in examples], [e.hints for e in examples], lexicon)
    symbols, pairs = (_frequent(found, options.least) for found in (batch.symbols(), batch.pairs()))
    rows = [rows_of(symbols, SYMBOLS)[batch.symbols()], rows_of(pairs, PAIRS)[batch.pairs()]]
    columns = [*(found.astype(np.int64) for found in rows), *batch.columns()]
    lesson = Lesson(columns, states(examples, batch.tokens), batch.tokens.first)
    network, chain = fit(lesson, (len(symbols) + 1, len(pairs) + 1, *SIZES), options, progress)
    whole = [np.rint(part * UNIT) for part in (chain.moves, chain.stays, chain.opening, chain.closing)]
    return Segmenter.of((symbols, pairs), network.rounded(), whole, lexicon)


def _frequent(found: Ints, least: int) -> Ints:
    kinds, counts = np.unique(found, return_counts=True)
    return kinds[counts >= least]


def fit(
    lesson: Lesson, sizes: Sequence[int], options: Fitting, progress: Callable[[str], None]
) -> tuple[Network, Chain]:
    """Return the fitted weights; ``sizes`` are those of the tables."""
    random = np.random.default_rng(options.seed)
    network, chain = drawn(sizes, options, random)
    weights = [*parts(network), *parts(chain)]
    adam = Adam(weights, options.decay)
    steps = -(-(len(lesson.first) - 1) // options.texts)
    done = 0
    for epoch in range(options.epochs):
        loss = 0.0
        for batch in lesson.batches(options.texts, random):
            rate = _rate(done, steps, steps * options.epochs) * options.rate
            done += 1
            shown = zip(options.unknown, batch.columns, strict=False)
            words = [np.where(random.random(len(column)) < share, 0, column) for share, column in shown]
            run = Pass.over(network, [*words, *batch.columns[2:]], batch.first, options.hidden, random)
            slope, by_token, part = chain.gradient(run.scores, batch.states, np.diff(batch.first))
            loss += part
            given = [*parts(run.gradient(by_token)), *parts(slope)]
            adam.step([part / np.float32(len(batch.first) - 1) for part in given], rate)
        progress(f"epoch {epoch + 1} of {options.epochs}: loss {loss / (len(lesson.first) - 1):.3f} an address")
    return network, chain


def _rate(done: int, warm: int, total: int) -> float:
    """Return the share of the rate at a step: rising at first, then falling along a cosine."""
    if done < warm:
        return (done + 1) / warm
    return 0.02 + 0.49 * (1 + float(np.cos(np.pi * (done - warm) / max(total - warm, 1))))


def drawn(sizes: Sequence[int], options: Fitting, random: np.random.Generator) -> tuple[Network, Chain]:
    """Return weights to begin with, drawn at random."""

    def normal(*shape: int, spread: float) -> NDArray[np.float32]:
        return (random.standard_normal(shape) * spread).astype(np.float32)

    state, width = options.state, sum(WIDTHS)
    network = Network(
        tables=tuple(normal(size, numbers, spread=0.3) for size, numbers in zip(sizes, WIDTHS, strict=True)),
        into=normal(2, width, 3 * state, spread=width**-0.5),
        bias=np.zeros((2, 1, 3 * state), dtype=np.float32),
        again=normal(2, state, 3 * state, spread=state**-0.5),
        out=normal(2 * state, STATES, spread=0.5 * (2 * state) ** -0.5),
        out_bias=np.zeros(STATES, dtype=np.float32),
    )
    shapes = ((COUNT, COUNT), (2, COUNT), (COUNT,), (STATES,))
    return network, Chain(*(np.zeros(shape, dtype=np.float32) for shape in shapes))


def parts(weights: Network | Chain) -> list[NDArray[np.float32]]:
    """Return all arrays of the weights, in one order."""
    found: list[NDArray[np.float32]] = []
    for field in fields(weights):
        value = getattr(weights, field.name)
        found += value if isinstance(value, tuple) else [value]
    return found


class Adam:
    """Adam with decay of weights apart from the gradient, and gradients of limited length; changes weights in place."""

    def __init__(self, weights: Sequence[NDArray[np.float32]], decay: float) -> None:
        self._weights, self._decay, self._done = weights, decay, 0
        self._means = [np.zeros_like(part) for part in weights]
        self._squares = [np.zeros_like(part) for part in weights]

    def step(self, slopes: Sequence[NDArray[np.float32]], rate: float, *, longest: float = 5.0) -> None:
        """Go one step against the gradients."""
        self._done += 1
        length = float(np.sqrt(sum(float(np.vdot(slope, slope)) for slope in slopes)))
        shrink = np.float32(min(1.0, longest / max(length, 1e-9)))
        one, two = 1 - 0.9**self._done, 1 - 0.99**self._done
        rows = zip(self._weights, slopes, self._means, self._squares, strict=True)
        for weight, slope, mean, square in rows:
            limited = slope * shrink
            np.add(mean, np.float32(0.1) * (limited - mean), out=mean)
            np.add(square, np.float32(0.01) * (limited * limited - square), out=square)
            moved = (mean / np.float32(one)) / (np.sqrt(square / np.float32(two)) + np.float32(1e-8))
            np.subtract(weight, np.float32(rate) * (moved + np.float32(self._decay) * weight), out=weight)


__all__ = ["Fitting", "train"]
