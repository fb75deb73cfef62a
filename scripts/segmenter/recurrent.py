"""Gradients of the small recurrent network (``geo.address.network``), with parts of it hidden at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from geo.address.network import Network, Steps, next_state

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pass:
    """A pass over a batch and what its gradients need."""

    network: Network
    columns: Sequence[Ints]
    steps: Steps
    inputs: Floats
    shown_inputs: Floats
    states: Floats
    gates: tuple[Floats, Floats, Floats, Floats]
    outputs: Floats
    shown_outputs: Floats
    scores: Floats

    @classmethod
    def over(
        cls,
        network: Network,
        columns: Sequence[Ints],
        first: Ints,
        hidden: tuple[float, float],
        random: np.random.Generator,
    ) -> "Pass":
        """Run the network; ``hidden`` are the shares of its inputs and of its states that are hidden."""
        steps = Steps.of(first)
        inputs = np.concatenate([table[column] for table, column in zip(network.tables, columns, strict=True)], axis=1)
        shown_inputs = _shown(inputs.shape, hidden[0], random)
        inputs *= shown_inputs
        states, gates = _run(inputs[steps.order] @ network.into + network.bias, steps, network.again)
        outputs = steps.gathered(states)
        shown_outputs = _shown(outputs.shape, hidden[1], random)
        outputs *= shown_outputs
        scores = outputs @ network.out + network.out_bias
        return cls(network, columns, steps, inputs, shown_inputs, states, gates, outputs, shown_outputs, scores)

    def gradient(self, slope: Floats) -> Network:
        """Return the gradients of all weights from those of the scores."""
        network, steps = self.network, self.steps
        by_state = steps.spread((slope @ network.out.T) * self.shown_outputs)
        by_gate, again = self._back(by_state)
        by_input = np.zeros_like(self.inputs)
        for order, part in zip(steps.order, by_gate @ network.into.transpose(0, 2, 1), strict=True):
            by_input[order] += part
        by_input *= self.shown_inputs
        widths = np.cumsum([table.shape[1] for table in network.tables])[:-1]
        tables = [
            _summed(part, column, len(table))
            for part, column, table in zip(
                np.split(by_input, widths, axis=1), self.columns, network.tables, strict=True
            )
        ]
        into = self.inputs[steps.order].transpose(0, 2, 1) @ by_gate
        out = self.outputs.T @ slope
        return Network(tuple(tables), into, by_gate.sum(axis=1, keepdims=True), again, out, slope.sum(axis=0))

    def _back(self, by_state: Floats) -> tuple[Floats, Floats]:
        """Return the gradients of what tokens add to the gates, and of ``again``."""
        reset, keep, new, added_new = self.gates
        width, steps, again = by_state.shape[2], self.steps, self.network.again
        by_gate = np.empty((*by_state.shape[:2], 3 * width), dtype=np.float32)
        by_added = np.empty_like(by_gate)
        back = np.ascontiguousarray(again.transpose(0, 2, 1))
        before = np.zeros_like(by_state)
        for count, begin, last in zip(steps.counts[1:], steps.bounds[1:], steps.bounds, strict=False):
            before[:, begin : begin + count] = self.states[:, last : last + count]
        carried = np.zeros((2, 0, width), dtype=np.float32)
        for begin, end in zip(reversed(steps.bounds[:-1]), reversed(steps.bounds[1:]), strict=True):
            here = slice(begin, end)
            slope = by_state[:, here].copy()
            slope[:, : carried.shape[1]] += carried
            r, z, n = reset[:, here], keep[:, here], new[:, here]
            by_new = slope * (1 - z) * (1 - n * n)
            by_gate[:, here, 2 * width :] = by_new
            by_gate[:, here, width : 2 * width] = slope * (before[:, here] - n) * z * (1 - z)
            by_gate[:, here, :width] = by_new * added_new[:, here] * r * (1 - r)
            by_added[:, here, : 2 * width] = by_gate[:, here, : 2 * width]
            by_added[:, here, 2 * width :] = by_new * r
            carried = slope * z + by_added[:, here] @ back
        return by_gate, before.transpose(0, 2, 1) @ by_added


def _run(gates: Floats, steps: Steps, again: Floats) -> tuple[Floats, tuple[Floats, Floats, Floats, Floats]]:
    width = again.shape[1]
    states, reset, keep, new, added_new = (np.empty((2, gates.shape[1], width), dtype=np.float32) for _ in range(5))
    before = np.zeros((2, steps.counts[0], width), dtype=np.float32)
    for count, begin, end in zip(steps.counts, steps.bounds, steps.bounds[1:], strict=False):
        before = before[:, :count]
        added = before @ again
        found = next_state(gates[:, begin:end], before, added)
        for whole, part in zip((states, reset, keep, new), found, strict=True):
            whole[:, begin:end] = part
        added_new[:, begin:end] = added[..., 2 * width :]
        before = states[:, begin:end]
    return states, (reset, keep, new, added_new)


def _shown(shape: tuple[int, ...], hidden: float, random: np.random.Generator) -> Floats:
    return (random.random(shape, dtype=np.float32) >= hidden) * np.float32(1 / (1 - hidden))


def _summed(parts: Floats, rows: Ints, size: int) -> Floats:
    """Return, per row of a table, the sum of the parts of the tokens that looked it up."""
    ones = np.ones(len(rows), dtype=np.float32)
    return sp.csr_matrix((ones, (rows, np.arange(len(rows)))), shape=(size, len(rows))) @ parts


__all__ = ["Pass"]
