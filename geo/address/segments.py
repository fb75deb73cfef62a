"""The best reading of a normalised address as a row of segments, by dynamic programming over few break points.

Edges are gazetteer hits, grammar tokens, unknown names that end in a suffix and, as a last resort, unexplained text. A
path's score is the sum of its edges plus what the order of their kinds costs: province before city before county …
before room.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from geo.address.suffixes import OTHER, POI, RANK, Suffix, suffix_ends
from geo.address.tokens import CHAIN, GROUP, KM, NOTE, REL, ROAD, SEP, Token, scan


class Hit(NamedTuple):
    """A known name found in a normalised text. ``payload`` belongs to whoever made the hit; the parser passes it on."""

    start: int
    end: int
    label: str
    score: float
    payload: object = None


class Segment(NamedTuple):
    """A piece of the normalised text. ``label`` is a kind of ``suffixes`` or ``tokens``; ``source`` a hit or token."""

    start: int
    end: int
    label: str
    source: object


_TOKEN_RANK = {
    "no": 8, CHAIN: 12, GROUP: 7, ROAD: 7, "phase": 10, "block": 11, "cell": 12, "floor": 13, "room": 14,
    REL: 0, SEP: 0, KM: 0, NOTE: 0,
}  # fmt: skip
_BACK, _AGAIN, _AGAIN_UP_TO = -2.2, -0.6, 9
_LONGEST = 12
_SURE = 2.5
"""Score below which a name is too doubtful to be taken without looking at the alternatives."""
_Edge = tuple[int, str, int, float, object]
_State = tuple[float, int, int, _Edge | None]


def segment(text: str, hits: Iterable[Hit] = ()) -> list[Segment]:
    """Return the segments of a normalised text, in order, covering it wholly."""
    size = len(text)
    if not size:
        return []
    edges: dict[int, list[_Edge]] = {}
    tokens = scan(text)
    for token in tokens:
        start, end, kind, _, _ = token
        edge: _Edge = (end, kind, _TOKEN_RANK[kind], 2.0 + 0.6 * (end - start), token)
        if start in edges:
            edges[start].append(edge)
        else:
            edges[start] = [edge]
    for hit in hits:
        start, end, label, score, _ = hit
        edge = (end, label, RANK[label], score, hit)
        if start in edges:
            edges[start].append(edge)
        else:
            edges[start] = [edge]
    return _all_known(size, edges) or _best_reading(text, tokens, edges)


def _best_reading(text: str, tokens: Sequence[Token], edges: dict[int, list[_Edge]]) -> list[Segment]:
    """Return the best row of segments, with unknown names between the known ones and tokens."""
    breaks = {0, len(text)}
    for start, found in edges.items():
        breaks.add(start)
        breaks.update([edge[0] for edge in found])
    closed = bytearray(len(text))
    for start, end, kind, _, _ in tokens:
        if kind != ROAD:
            closed[start:end] = b"\x01" * (end - start)
    suffixes = suffix_ends(text)
    breaks.update([end for end in suffixes if not closed[end - 1]])
    return _traced(_states(sorted(breaks), closed, suffixes, edges), len(text))


def _all_known(size: int, edges: Mapping[int, list[_Edge]]) -> list[Segment] | None:
    """Return the row of longest known names and tokens if it covers the text in order; most addresses need no more."""
    path, start, reached = [], 0, 0
    while start < size:
        here = edges.get(start)
        if here is None:
            return None
        end, label, rank, score, source = here[0]
        for edge in here:
            if edge[0] > end or (edge[0] == end and edge[3] > score):
                end, label, rank, score, source = edge
        if score < _SURE:
            return None
        if rank:
            if rank < reached or (rank == reached and rank <= _AGAIN_UP_TO):
                return None
            reached = rank
        path.append(_new(Segment, (start, end, label, source)))
        start = end
    return path


_new = tuple.__new__
"""Makes a segment in half the time that its class takes."""


def _states(
    breaks: Sequence[int], closed: bytearray, suffixes: Mapping[int, Suffix], edges: Mapping[int, list[_Edge]]
) -> dict[int, dict[int, _State]]:
    """Viterbi over positions and the rank reached; ties go to the path found first, so the result is deterministic.

    Beside the edges given there is one for every text from a break to a later one that no token holds: unknown names
    by their suffix, and unexplained text.
    """
    states: dict[int, dict[int, _State]] = {end: {} for end in breaks}
    states[0][0] = (0.0, -1, -1, None)
    for k, start in enumerate(breaks):
        here = states[start]
        if not here:
            continue
        reached = _worth_going_on(here)
        for edge in edges.get(start, ()):
            _go(states[edge[0]], start, edge, reached)
        if closed[start : start + 1] != b"\0":
            continue
        for end in breaks[k + 1 :]:
            if closed[end - 1]:
                break
            width = end - start
            unknown = -0.8 - 0.12 * width if width > 1 else -4.0
            suffix = suffixes.get(end)
            if suffix is not None and suffix[3] <= width <= _LONGEST:
                _, label, sure, _ = suffix
                score = sure + _GROWS[width] - _TOO_LONG[width]
                _go(states[end], start, (end, label, RANK[label], score, None), reached)
                if score + 2 * _BACK > unknown + _MARGIN:
                    continue  # whatever follows, the suffix explains it better
            _go(states[end], start, (end, OTHER, 0, unknown, None), reached)
            if width > _LONGEST:
                break
    return states


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


def _go(there: dict[int, _State], start: int, edge: _Edge, reached: Sequence[tuple[int, float]]) -> None:
    """Go along an edge; with a rank, going back costs, and so does a second one of the same rank."""
    rank, score = edge[2], edge[3]
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
            there[after] = (total, start, before, edge)


def _traced(states: Mapping[int, dict[int, _State]], end: int) -> list[Segment]:
    last = states[end]
    rank = max(last, key=lambda r: (last[r][0], -r))
    path = []
    while end > 0:
        _, start, before, edge = states[end][rank]
        assert edge is not None
        path.append(Segment(start, end, edge[1], edge[4]))
        end, rank = start, before
    path.reverse()
    return path


__all__ = ["POI", "Hit", "Segment", "segment"]
