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


_TOKEN_RANK = {"no": 8, CHAIN: 12, GROUP: 7, ROAD: 7, "phase": 10, "block": 11, "cell": 12, "floor": 13, "room": 14}
_UNRANKED = frozenset((REL, SEP, KM, NOTE))
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
    breaks = {0, size}
    closed = bytearray(size)
    _token_edges(scan(text), edges, breaks, closed)
    for hit in hits:
        start, end, label, score, _ = hit
        breaks.add(start)
        breaks.add(end)
        edges.setdefault(start, []).append((end, label, RANK[label], score, hit))
    known = _all_known(size, edges)
    if known is not None:
        return known
    suffixes = suffix_ends(text)
    breaks.update(end for end in suffixes if not closed[end - 1])
    order = sorted(breaks)
    _name_edges(order, closed, suffixes, edges)
    return _best_path(order, edges)


def _all_known(size: int, edges: Mapping[int, list[_Edge]]) -> list[Segment] | None:
    """Return the row of longest known names and tokens if it covers the text in order; most addresses need no more."""
    path, start, reached = [], 0, 0
    while start < size:
        here = edges.get(start)
        if here is None:
            return None
        end, label, rank, score, source = here[0] if len(here) == 1 else max(here, key=_reach)
        if score < _SURE:
            return None
        if rank:
            if rank < reached or (rank == reached and rank <= _AGAIN_UP_TO):
                return None
            reached = rank
        path.append(Segment(start, end, label, source))
        start = end
    return path


def _reach(edge: _Edge) -> tuple[int, float]:
    return edge[0], edge[3]


def _token_edges(tokens: Sequence[Token], edges: dict[int, list[_Edge]], breaks: set[int], closed: bytearray) -> None:
    """Add the tokens' edges and mark the characters that no unknown name may hold."""
    for token in tokens:
        start, end, kind = token.start, token.end, token.kind
        breaks.add(start)
        breaks.add(end)
        edges.setdefault(start, []).append((end, kind, _TOKEN_RANK.get(kind, 0), 2.0 + 0.6 * (end - start), token))
        if kind != ROAD:
            closed[start:end] = b"\x01" * (end - start)


def _name_edges(
    breaks: Sequence[int], closed: bytearray, suffixes: Mapping[int, Suffix], edges: dict[int, list[_Edge]]
) -> None:
    """Add edges for unknown names: from a break to a later one, over text that no token holds."""
    for k, start in enumerate(breaks[:-1]):
        if closed[start]:
            continue
        found = edges.setdefault(start, [])
        for end in breaks[k + 1 :]:
            if closed[end - 1]:
                break
            width = end - start
            suffix = suffixes.get(end)
            if suffix is not None and suffix.shortest <= width <= _LONGEST:
                score = suffix.score + 0.55 * min(width, 5) - 0.25 * max(0, width - 6)
                found.append((end, suffix.label, RANK[suffix.label], score, None))
            found.append((end, OTHER, 0, -0.8 - 0.12 * width if width > 1 else -4.0, None))
            if width > _LONGEST:
                break


def _best_path(breaks: Sequence[int], edges: Mapping[int, list[_Edge]]) -> list[Segment]:
    """Viterbi over positions and the rank reached; ties go to the path found first, so the result is deterministic."""
    states: dict[int, dict[int, _State]] = {0: {0: (0.0, -1, -1, None)}}
    for start in breaks:
        here = states.get(start)
        if here is None:
            continue
        for edge in edges.get(start, ()):
            end, _, rank, score, _ = edge
            there = states.setdefault(end, {})
            for reached, state in here.items():
                total, after = state[0] + score, reached
                if rank:
                    after = rank
                    if rank < reached:
                        total += _BACK
                    elif rank == reached and rank <= _AGAIN_UP_TO:
                        total += _AGAIN
                known = there.get(after)
                if known is None or total > known[0] + 1e-9:
                    there[after] = (total, start, reached, edge)
    return _traced(states, breaks[-1])


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
