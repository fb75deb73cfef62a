"""The best reading of a normalised address as a row of segments, by dynamic programming over few break points.

Edges are gazetteer hits, grammar tokens, unknown names that end in a suffix and, as a last resort, unexplained text. A
path's score is the sum of its edges plus what the order of their kinds costs: province before city before county …
before room.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geo.address.suffixes import OTHER, POI, RANK, Suffix, suffix_ends
from geo.address.tokens import CHAIN, GROUP, KM, NOTE, PART, REL, ROAD, SEP, Token, scan

Segment = tuple[int, int, str, float, Any]
"""A piece of the normalised text: start, end, label, score, source.

The label is a kind of ``suffixes`` or ``tokens``; the source is a token's value and unit, what a hit brought with it,
or ``None`` for an unknown name. Plain, as every text has many and a class of its own would take three times as long.
"""
Hit = Segment
"""A known name found in a normalised text; its source belongs to whoever made the hit, the parser passes it on."""

_RANK = RANK | {
    "no": 8, CHAIN: 12, GROUP: 7, ROAD: 7, "phase": 10, "block": 11, "cell": 12, "floor": 13, "room": 14,
    PART: 0, REL: 0, SEP: 0, KM: 0, NOTE: 0, OTHER: 0,
}  # fmt: skip
_BACK, _AGAIN, _AGAIN_UP_TO = -2.2, -0.6, 9
_LONGEST = 12
_SURE = 2.5
"""Score below which a name is too doubtful to be taken without looking at the alternatives."""
_Edges = dict[int, list[Segment]]
_State = tuple[float, int, Segment]
States = dict[int, dict[int, _State]]
"""Score of the best way to a position that has reached a rank, the rank before its last segment, and that segment."""


def segment(text: str, hits: Iterable[Hit] = (), tokens: Sequence[Token] | None = None) -> list[Segment]:
    """Return the segments of a normalised text, in order, covering it wholly. ``tokens``: what ``scan`` returned."""
    size = len(text)
    if not size:
        return []
    if tokens is None:
        tokens = scan(text)
    edges = _edges(tokens, hits)
    return _all_known(size, edges) or _traced(_all_states(text, tokens, edges), size)


def _edges(tokens: Iterable[Token], hits: Iterable[Hit]) -> _Edges:
    edges: _Edges = {token[0]: [token] for token in tokens}
    for hit in hits:
        start = hit[0]
        if start in edges:
            edges[start].append(hit)
        else:
            edges[start] = [hit]
    return edges


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


def known_row(text: str, hits: Iterable[Hit]) -> tuple[list[Segment] | None, int]:
    """Return the row of longest known names of a text without tokens as ``segment`` takes it, and the rank reached.

    ``None`` if it is not all known.
    """
    row = _all_known(len(text), _edges((), hits))
    return row, max([_RANK[piece[2]] for piece in row], default=0) if row else 0


def go_through(tokens: Iterable[Token], reached: int) -> bool:
    """Whether tokens behind known names that reach a rank are in order, so that nothing else is to be looked at."""
    for _, _, label, _, _ in tokens:
        rank = _RANK[label]
        if rank:
            if rank < reached or (rank == reached and rank <= _AGAIN_UP_TO):
                return False
            reached = rank
    return True


def reading_states(text: str, hits: Iterable[Hit]) -> States:
    """Return the states of the best readings of a text without tokens, for texts that go on with a token behind it."""
    return _all_states(text, (), _edges((), hits))


def traced(states: States, tokens: Sequence[Token], size: int) -> list[Segment]:
    """Return the best reading of a text of which the states before its tokens are known; only tokens follow."""
    states = dict(states)
    for token in tokens:
        states[token[1]] = {}
        _go_on(states, _worth_going_on(states[token[0]]), (token,))
    return _traced(states, size)


def _all_states(text: str, tokens: Sequence[Token], edges: _Edges) -> States:
    """Return the states of the best rows of segments, with unknown names between the known ones and tokens."""
    size, suffixes = len(text), suffix_ends(text)
    breaks = {0, size, *edges}
    for found in edges.values():
        breaks.update([edge[1] for edge in found])
    closed = bytearray(size)
    for start, end, kind, _, _ in tokens:
        if kind != ROAD:
            closed[start:end] = b"\x01" * (end - start)
    breaks.update([end for end in suffixes if not closed[end - 1]])
    return _states(sorted(breaks), closed, suffixes, edges)


def _states(breaks: Sequence[int], closed: bytearray, suffixes: Mapping[int, Suffix], edges: _Edges) -> States:
    """Viterbi over positions and the rank reached; ties go to the path found first, so the result is deterministic.

    Beside the edges given there is one for every text from a break to a later one that no token holds: unknown names
    by their suffix, and unexplained text.
    """
    states: States = {end: {} for end in breaks}
    states[0][0] = (0.0, -1, _NOTHING)
    for k, start in enumerate(breaks[:-1]):
        if here := states[start]:
            going = edges.get(start, _NONE)
            if not closed[start]:
                going = going + _unknown(start, breaks[k + 1 :], closed, suffixes)
            _go_on(states, _worth_going_on(here), going)
    return states


def _unknown(start: int, ends: Sequence[int], closed: bytearray, suffixes: Mapping[int, Suffix]) -> list[Segment]:
    """Return the unknown names and the unexplained text that may begin at a position."""
    found: list[Segment] = []
    for end in ends:
        if closed[end - 1]:
            break
        width = end - start
        unknown = -0.8 - 0.12 * width if width > 1 else -4.0
        suffix = suffixes.get(end)
        if suffix is not None and suffix[2] <= width <= _LONGEST:
            label, sure, _ = suffix
            score = sure + _GROWS[width] - _TOO_LONG[width]
            found.append((start, end, label, score, None))
            if score + 2 * _BACK > unknown + _MARGIN:
                continue  # whatever follows, the suffix explains it better
        found.append((start, end, OTHER, unknown, None))
        if width > _LONGEST:
            break
    return found


_NONE: list[Segment] = []
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


def _go_on(
    states: Mapping[int, dict[int, _State]], reached: Sequence[tuple[int, float]], edges: Sequence[Segment]
) -> None:
    """Go along edges; with a rank, going back costs, and so does a second one of the same rank."""
    for edge in edges:
        _, end, label, score, _ = edge
        there, rank = states[end], _RANK[label]
        if not rank:
            for before, so_far in reached:
                known = there.get(before)
                if known is None or so_far + score > known[0] + 1e-9:
                    there[before] = (so_far + score, before, edge)
            continue
        again = _AGAIN if rank <= _AGAIN_UP_TO else 0.0
        known = best = there.get(rank)
        for before, so_far in reached:
            total = so_far + score
            if rank <= before:
                total += _BACK if rank < before else again
            if best is None or total > best[0] + 1e-9:
                best = (total, before, edge)
        if best is not None and best is not known:
            there[rank] = best


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
