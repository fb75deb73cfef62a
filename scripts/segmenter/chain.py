"""Loss and gradients of a linear chain of states: forward and backward sums, scaled token by token."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.address.batches import LABELS

COUNT = len(LABELS)
STATES = 2 * COUNT
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Chain:
    """Weights of a row of labels.

    What going from label to label is worth (``moves``), going on in one from its first token and from a later one
    (``stays``), beginning (by label) and ending (by state).
    """

    moves: Floats
    stays: Floats
    opening: Floats
    closing: Floats

    def gradient(self, scores: Floats, states: Ints, sizes: Ints) -> tuple["Chain", Floats, float]:
        """Return the gradients of the chain and of each token's scores, and the loss, all summed over the texts.

        The texts stand longest first.
        """
        begin = np.concatenate(([0], np.cumsum(sizes)))
        steps = [begin[: int((sizes > k).sum())] + k for k in range(int(sizes[0]))]
        move = self._transitions()
        opening = np.zeros(STATES, dtype=np.float32)
        opening[0::2] = np.exp(self.opening)
        closing = np.exp(self.closing)
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
            -self.opening[states[begin[:-1]] >> 1], -self.closing[states[last]],
        )  # fmt: skip
        loss = sum(float(part.sum(dtype=np.float64)) for part in parts)
        by_token[gold, states] -= 1.0
        slope = Chain(*_folded(moved), by_token[begin[:-1]].sum(axis=0)[0::2], by_token[last].sum(axis=0))
        return slope, by_token, loss

    def _transitions(self) -> Floats:
        move = np.zeros((STATES, STATES), dtype=np.float32)
        move[0::2, 0::2] = move[1::2, 0::2] = np.exp(self.moves)
        label = np.arange(COUNT)
        move[2 * label, 2 * label + 1] = np.exp(self.stays[0])
        move[2 * label + 1, 2 * label + 1] = np.exp(self.stays[1])
        return move


def _folded(moved: Floats) -> tuple[Floats, Floats]:
    """Return the gradient of moves between states as that of moves between labels and of staying in one."""
    label = np.arange(COUNT)
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


__all__ = ["COUNT", "STATES", "Chain"]
