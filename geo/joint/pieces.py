"""The compiled loops of the cut of streets, apart from ``streets`` so that no command loads the compiler in vain."""

import numpy as np

from geo.joint.compiled import compiled
from geo.joint.problem import Integers


@compiled
def best_ends(firms: Integers, terms: Integers) -> Integers:
    """Length of the piece that ends before each index in the best cut of all firms before it, 0 for none.

    Going back from an end, the best seat (the middle of the workers, held within reach of both ends) only moves back,
    so every piece is valued in a few steps.
    """
    n = len(firms)
    mass, moment = _sums(firms)
    best, taken = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    reach, lowest = terms[2], 0
    for end in range(1, n + 1):
        best[end] = best[end - 1] + firms[end - 1, 5]
        last = firms[end - 1, 0]
        while firms[lowest, 4] != firms[end - 1, 4] or last - firms[lowest, 0] > reach:
            lowest += 1
        middle, highest, heads, skipped = end - 1, end - 1, 0, 0
        for first in range(end - 1, max(-1, end - 1 - terms[5]), -1):
            if _breaks(firms, terms, first, end):
                break
            heads += firms[first, 3]
            skipped += firms[first, 5]
            while 2 * mass[middle] >= mass[first] + mass[end] and middle > first:
                middle -= 1
            while firms[highest, 0] - firms[first, 0] > reach:
                highest -= 1
            if mass[end] - mass[first] >= terms[3] and heads >= terms[4] and lowest <= highest:
                seat = min(max(middle, lowest), highest)
                away = firms[seat, 0] * (2 * mass[seat] - mass[first] - mass[end])
                away += moment[first] + moment[end] - 2 * moment[seat]
                value = best[first] + terms[7] * (mass[end] - mass[first]) - terms[6] - terms[8] * away
                if value > best[end]:
                    best[end], taken[end] = value, end - first
    return taken


@compiled
def _sums(firms: Integers) -> tuple[Integers, Integers]:
    mass, moment = np.zeros(len(firms) + 1, np.int64), np.zeros(len(firms) + 1, np.int64)
    for at in range(len(firms)):
        mass[at + 1] = mass[at] + firms[at, 2]
        moment[at + 1] = moment[at] + firms[at, 2] * firms[at, 0]
    return mass, moment


@compiled
def _breaks(firms: Integers, terms: Integers, first: int, end: int) -> bool:
    """Whether no piece can reach from ``first`` to before ``end``, nor from further back."""
    if firms[first, 6] or firms[end - 1, 0] - firms[first, 0] > terms[0]:
        return True
    if first + 1 == end:
        return False
    return bool(firms[first, 4] != firms[first + 1, 4] or firms[first + 1, 0] - firms[first, 0] > terms[1])
