"""The best reading of a normalised address as a row of segments, by dynamic programming over few break points.

Edges are gazetteer hits, grammar tokens, unknown names that end in a suffix and, as a last resort, unexplained text. A
path's score is the sum of its edges plus what the order of their kinds costs: province before city before county …
before room.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geo.address.suffixes import OTHER, POI, RANK, Suffix, suffix_ends
from geo.address.tokens import CHAIN, GROUP, KM, NOTE, REL, ROAD, SEP, Token, scan

Segment = tuple[int, int, str, float, Any]
"""A piece of the normalised text: start, end, label, score, source.

The label is a kind of ``suffixes`` or ``tokens``; the source is a token's value and unit, what a hit brought with it,
or ``None`` for an unknown name. Plain, as every text has many and a class of its own would take three times as long.
"""
Hit = Segment
"""A known name found in a normalised text; its source belongs to whoever made the hit, the parser passes it on."""

_RANK = RANK | {
    "no": 8, CHAIN: 12, GROUP: 7, ROAD: 7, "phase": 10, "block": 11, "cell": 12, "floor": 13, "room": 14,
    REL: 0, SEP: 0, KM: 0, NOTE: 0, OTHER: 0,
}  # fmt: skip
_BACK, _AGAIN, _AGAIN_UP_TO = -2.2, -0.6, 9
_LONGEST = 12
_SURE = 2.5
"""Score below which a name is too doubtful to be taken without looking at the alternatives."""
_Edges = dict[int, list[Segment]]
_State = tuple[float, int, Segment]
"""Score of the best way to a position that has reached a rank, the rank before its last segment, and that segment."""


def segment(text: str, hits: Iterable[Hit] = ()) -> list[Segment]:
    """Return the segments of a normalised text, in order, covering it wholly."""
    size = len(text)
    if not size:
        return []
    tokens = scan(text)
    edges: _Edges = {token[0]: [token] for token in tokens}
    for hit in hits:
        start = hit[0]
        if start in edges:
            edges[start].append(hit)
        else:
            edges[start] = [hit]
    return _all_known(size, edges) or _best_reading(text, tokens, edges)


def _all_known(size: int, edges: _Edges) -> list[Segment] | None:
    """Return the row of longest known names and tokens if it covers the text in order; most addresses need no more."""
    path, start, reached = [], 0, 0
    while start < size:
        here = edges.get(start)
        if here is None:
            return None
        best = here[0]
        for edge in here:
            if edge[1] > best[1] or (edge[1] == best[1] and edge[3] > best[3]):
                best = edge
        _, start, label, score, _ = best
        if score < _SURE:
            return None
        rank = _RANK[label]
        if rank:
            if rank < reached or (rank == reached and rank <= _AGAIN_UP_TO):
                return None
            reached = rank
        path.append(best)
    return path


def _best_reading(text: str, tokens: Sequence[Token], edges: _Edges) -> list[Segment]:
    """Return the best row of segments, with unknown names between the known ones and tokens."""
    size = len(text)
    breaks = {0, size, *edges}
    for found in edges.values():
        breaks.update([edge[1] for edge in found])
    closed = bytearray(size)
    for start, end, kind, _, _ in tokens:
        if kind != ROAD:
            closed[start:end] = b"\x01" * (end - start)
    suffixes = suffix_ends(text)
    breaks.update([end for end in suffixes if not closed[end - 1]])
    return _traced(_states(sorted(breaks), closed, suffixes, edges), size)


def _states(
    breaks: Sequence[int], closed: bytearray, suffixes: Mapping[int, Suffix], edges: _Edges
) -> dict[int, dict[int, _State]]:
    """Viterbi over positions and the rank reached; ties go to the path found first, so the result is deterministic.

    Beside the edges given there is one for every text from a break to a later one that no token holds: unknown names
    by their suffix, and unexplained text.
    """
    states: dict[int, dict[int, _State]] = {end: {} for end in breaks}
    states[0][0] = (0.0, -1, _NOTHING)
    for k, start in enumerate(breaks[:-1]):
        here = states[start]
        if not here:
            continue
        reached = _worth_going_on(here)
        for edge in edges.get(start, ()):
            _go(states[edge[1]], edge, reached)
        if closed[start]:
            continue
        for end in breaks[k + 1 :]:
            if closed[end - 1]:
                break
            width = end - start
            unknown = -0.8 - 0.12 * width if width > 1 else -4.0
            suffix = suffixes.get(end)
            if suffix is not None and suffix[2] <= width <= _LONGEST:
                label, sure, _ = suffix
                score = sure + _GROWS[width] - _TOO_LONG[width]
                _go(states[end], (start, end, label, score, None), reached)
                if score + 2 * _BACK > unknown + _MARGIN:
                    continue  # whatever follows, the suffix explains it better
            _go(states[end], (start, end, OTHER, unknown, None), reached)
            if width > _LONGEST:
                break
    return states


_NOTHING: Segment = (0, 0, OTHER, 0.0, None)
_GROWS = tuple(0.55 * min(width, 5) for width in range(_LONGEST + 1))
_TOO_LONG = tuple(0.25 * max(0, width - 6) for width in range(_LONGEST + 1))
"""What its length speaks for an unknown name, and against it."""
_MARGIN = 1e-6


def _worth_going_on(here: Mapping[int, _State]) -> list[tuple[int, float]]:
    """Return rank and score of the states that may still win: no state makes up for more than one step back."""
    if len(here) == 1:
        return [(rank, state[0]) for rank, state in here.items()]
    least = max([state[0] for state in here.values()]) + _BACK - _MARGIN
    return [(rank, state[0]) for rank, state in here.items() if state[0] >= least]


def _go(there: dict[int, _State], edge: Segment, reached: Sequence[tuple[int, float]]) -> None:
    """Go along an edge; with a rank, going back costs, and so does a second one of the same rank."""
    _, _, label, score, _ = edge
    rank = _RANK[label]
    for before, so_far in reached:
        total, after = so_far + score, before
        if rank:
            after = rank
            if rank < before:
                total += _BACK
            elif rank == before and rank <= _AGAIN_UP_TO:
                total += _AGAIN
        known = there.get(after)
        if known is None or total > known[0] + 1e-9:
            there[after] = (total, before, edge)


def _traced(states: Mapping[int, dict[int, _State]], end: int) -> list[Segment]:
    last = states[end]
    rank = max(last, key=lambda r: (last[r][0], -r))
    path = []
    while end > 0:
        _, rank, edge = states[end][rank]
        path.append(edge)
        end = edge[0]
    path.reverse()
    return path


__all__ = ["POI", "Hit", "Segment", "segment"]
