"""The best row of labels for each of many texts at once.

A state is twice a label's number at the label's first token, plus one at its others: a later token can only follow the
same label. What a label is worth behind another does not depend on how long the other is, so a step needs the best end
of each label only.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
_NEVER = -(1 << 28)


def best_paths(
    scores: NDArray, first: NDArray[np.int64], moves: Ints, stays: Ints, opening: Ints, closing: Ints
) -> NDArray[np.int64]:
    """Return the state of every token on the best path of its text; of equals the lower label wins.

    ``scores`` has a row per token and a column per state, ``first`` is where each text's tokens begin (one more at the
    end); no text is empty. ``moves[y, x]``, ``stays[0 or 1, x]``, ``opening[x]``, ``closing[state]``.
    """
    sizes = np.diff(first)
    order = np.argsort(-sizes, kind="stable")
    begin, sizes = first[:-1][order], sizes[order]
    active = [int(np.searchsorted(-sizes, -step, side="left")) for step in range(int(sizes[0]) if len(sizes) else 0)]
    firsts = scores[:, 0::2].astype(np.int32)
    others = scores[:, 1::2].astype(np.int32)
    heads, tails = _forward(firsts, others, begin, active, (moves, stays, opening))
    return _backward(heads, tails, begin, active, (moves, stays, closing), len(scores))


def _forward(
    firsts: Ints, others: Ints, begin: NDArray[np.int64], active: list[int], weights: tuple[Ints, Ints, Ints]
) -> tuple[list[Ints], list[Ints]]:
    """Return, step by step, the best score of each label ending here by its first token, and by a later one."""
    moves, stays, opening = weights
    heads: list[Ints] = []
    tails: list[Ints] = []
    for step, count in enumerate(active):
        at = begin[:count] + step
        if step == 0:
            heads.append(firsts[at] + opening)
            tails.append(np.full_like(heads[0], _NEVER))
            continue
        head, tail = heads[-1][:count], tails[-1][:count]
        ends = np.maximum(head, tail)
        best = ends[:, 0, None] + moves[0]
        for label in range(1, len(moves)):
            np.maximum(best, ends[:, label, None] + moves[label], out=best)
        heads.append(best + firsts[at])
        tails.append(np.maximum(head + stays[0], tail + stays[1]) + others[at])
    return heads, tails


def _backward(
    heads: list[Ints],
    tails: list[Ints],
    begin: NDArray[np.int64],
    active: list[int],
    weights: tuple[Ints, Ints, Ints],
    size: int,
) -> NDArray[np.int64]:
    moves, stays, closing = weights
    into = np.ascontiguousarray(moves.T)
    states = np.zeros(size, dtype=np.int64)
    current = np.zeros(len(begin), dtype=np.int64)
    for step in range(len(active) - 1, -1, -1):
        count = active[step]
        going = active[step + 1] if step + 1 < len(active) else 0
        if going < count:
            current[going:count] = _last(heads[step][going:count], tails[step][going:count], closing)
        if going:
            current[:going] = _previous(heads[step][:going], tails[step][:going], current[:going], into, stays)
        states[begin[:count] + step] = current[:count]
    return states


def _last(head: Ints, tail: Ints, closing: Ints) -> NDArray[np.int64]:
    both = np.stack((head + closing[0::2], tail + closing[1::2]), axis=2).reshape(len(head), -1)
    return both.argmax(axis=1)


def _previous(head: Ints, tail: Ints, state: NDArray[np.int64], into: Ints, stays: Ints) -> NDArray[np.int64]:
    """Return the state before each state on its best path."""
    label, inner = state >> 1, (state & 1) == 1
    rows = np.arange(len(state))
    came = np.where(inner, label, (np.maximum(head, tail) + into[label]).argmax(axis=1))
    by_head, by_tail = head[rows, came], tail[rows, came]
    longer = np.where(inner, by_tail + stays[1, label] > by_head + stays[0, label], by_tail > by_head)
    return 2 * came + longer
