"""A small recurrent network over the tokens of many texts at once: what every label is worth at every token.

Each token's categories are looked up in tables, one row each, and laid side by side; a gated recurrent unit reads the
text from its beginning and one from its end; both states together are weighed for every label. NumPy only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
_ROWS = 16
"""Rows are multiplied in multiples of this, so that an answer does not depend on how many texts stand beside it."""


@dataclass(frozen=True, eq=False)
class Network:
    """Weights.

    ``tables``: one per column of categories; ``into``, ``bias``: what a token adds, in each direction, to the gates
    (reset, keep, new: each as wide as the state); ``again``: what the state before adds; ``out``, ``out_bias``: states
    to scores.
    """

    tables: tuple[Floats, ...]
    into: Floats
    bias: Floats
    again: Floats
    out: Floats
    out_bias: Floats

    @cached_property
    def _given(self) -> Floats:
        """What each row of the first table adds to the gates of both directions, the bias included."""
        table = self.tables[0]
        return table @ self.into[:, : table.shape[1]] + self.bias

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray], columns: int) -> "Network":
        """Return the network that ``to_arrays`` wrote. Raises KeyError where something is missing."""
        tables = tuple(arrays[f"table_{k}"].astype(np.float32) for k in range(columns))
        rest = (arrays[name].astype(np.float32) for name in ("into", "bias", "again", "out", "out_bias"))
        return cls(tables, *rest)

    def to_arrays(self) -> dict[str, NDArray]:
        """Return the weights in half precision."""
        named = {f"table_{k}": table for k, table in enumerate(self.tables)}
        named |= {name: getattr(self, name) for name in ("into", "bias", "again", "out", "out_bias")}
        return {name: array.astype(np.float16) for name, array in named.items()}

    def rounded(self) -> "Network":
        """Return the network as its file will give it back."""
        return Network.from_arrays(self.to_arrays(), len(self.tables))

    def scores(self, columns: Sequence[NDArray], first: Ints) -> Floats:
        """Return a row of scores per token.

        ``columns`` hold each token's row of each table, ``first`` where each text's tokens begin (one more at the end).
        """
        steps = Steps.of(first)
        rows = zip(self.tables[1:], columns[1:], strict=True)
        inputs = np.concatenate([table[column] for table, column in rows], axis=1)
        gates = _product(inputs[steps.order], self.into[:, self.tables[0].shape[1] :])
        for k, order in enumerate(steps.order):
            gates[k] += self._given[k][columns[0][order]]
        scores = _product(steps.gathered(_states(gates, steps, self.again)), self.out)
        scores += self.out_bias
        return scores


@dataclass(frozen=True, eq=False)
class Steps:
    """The tokens of many texts in the order in which they are read: the first of each, then the second of each.

    ``order``: two rows, for reading from the beginning and from the end; texts stand longest first, so that those that
    go on are always the first ``counts[k]``. ``bounds`` is where each step begins (one more at the end).
    """

    order: Ints
    counts: list[int]
    bounds: list[int]

    @classmethod
    def of(cls, first: Ints) -> "Steps":
        """Return the steps of texts whose tokens begin at ``first``; no text is empty."""
        sizes = np.diff(first)
        longest = np.argsort(-sizes, kind="stable")
        begin, sizes = first[:-1][longest], sizes[longest]
        counts = np.searchsorted(-sizes, -np.arange(sizes[0] if len(sizes) else 0), side="left").tolist()
        ahead = [begin[:count] + step for step, count in enumerate(counts)]
        back = [begin[:count] + sizes[:count] - 1 - step for step, count in enumerate(counts)]
        order = np.stack([np.concatenate(part) for part in (ahead, back)]) if counts else np.zeros((2, 0), np.int64)
        return cls(order, counts, [0, *np.cumsum(counts).tolist()])

    def spread(self, columns: Floats) -> Floats:
        """Return columns of tokens, the two directions side by side, as two rows in reading order."""
        half = columns.shape[1] // 2
        return np.stack((columns[self.order[0], :half], columns[self.order[1], half:]))

    def gathered(self, states: Floats) -> Floats:
        """Return two rows in reading order as columns of tokens, side by side."""
        width = states.shape[2]
        found = np.empty((states.shape[1], 2 * width), dtype=np.float32)
        found[self.order[0], :width] = states[0]
        found[self.order[1], width:] = states[1]
        return found


def _states(gates: Floats, steps: Steps, again: Floats) -> Floats:
    """Return the state after each token, in both directions."""
    width = again.shape[1]
    states = np.empty((2, gates.shape[1], width), dtype=np.float32)
    before = np.zeros((2, steps.counts[0] if steps.counts else 0, width), dtype=np.float32)
    for count, begin, end in zip(steps.counts, steps.bounds, steps.bounds[1:], strict=False):
        before = before[:, :count]
        states[:, begin:end] = next_state(gates[:, begin:end], before, _product(before, again))[0]
        before = states[:, begin:end]
    return states


def next_state(gates: Floats, before: Floats, added: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the next state and the gates that made it: reset, keep, new."""
    width = before.shape[2]
    opened = gates[..., : 2 * width] + added[..., : 2 * width]
    np.negative(opened, out=opened)
    np.minimum(opened, 80, out=opened)
    np.exp(opened, out=opened)
    opened += 1
    np.reciprocal(opened, out=opened)
    reset, keep = opened[..., :width], opened[..., width:]
    new = reset * added[..., 2 * width :]
    new += gates[..., 2 * width :]
    np.tanh(new, out=new)
    state = before - new
    state *= keep
    state += new
    return state, reset, keep, new


def _product(left: Floats, right: Floats) -> Floats:
    """Return the matrix product, row by row the same whatever rows stand beside."""
    rows = left.shape[-2]
    lacking = -rows % _ROWS
    if not lacking:
        return left @ right
    padded = np.zeros((*left.shape[:-2], rows + lacking, left.shape[-1]), dtype=np.float32)
    padded[..., :rows, :] = left
    return (padded @ right)[..., :rows, :]
