"""The best reading of a normalised address as a row of segments, by dynamic programming over few break points.

Edges are gazetteer hits, grammar tokens, suffix-bearing unknown names and, as a last resort, unexplained text. A path's
score is the sum of its edges plus the order of their kinds: province before city before county … before room.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from geo.address.suffixes import OTHER, PROV, RANK, suffix_ends
from geo.address.tokens import CHAIN, GROUP, KM, REL, ROAD, SEP, Token, scan


class Hit(NamedTuple):
    """A known name found in a normalised text. ``payload`` belongs to whoever made the hit; the parser passes it on."""

    start: int
    end: int
    label: str
    score: float
    payload: object = None


class Segment(NamedTuple):
    """A piece of the normalised text. ``label`` is a kind of ``suffixes`` or ``tokens``; ``source`` hit, token or ``None``."""

    start: int
    end: int
    label: str
    source: object


_TOKEN_RANK = {"no": 8, CHAIN: 12, GROUP: 7, ROAD: 7, "phase": 10, "block": 11, "cell": 12, "floor": 13, "room": 14}
_FREE = {REL, SEP, KM}
_BACK, _LEVEL, _START = -2.2, -0.6, -99.0
_LONGEST = 12
_Edge = tuple[int, str, int, float, object]


def segment(text: str, hits: Iterable[Hit] = ()) -> list[Segment]:
    """Return the segments of a normalised text, in order, covering it wholly."""
    size = len(text)
    if not size:
        return []
    tokens = scan(text)
    suffixes = suffix_ends(text)
    edges: dict[int, list[_Edge]] = {}
    breaks = {0, size}
    closed = _token_edges(tokens, edges, breaks)
    for hit in hits:
        start, end, label, score, _ = hit
        breaks.add(start)
        breaks.add(end)
        edges.setdefault(start, []).append((end, label, RANK.get(label, 0), score, hit))
    for end in suffixes:
        if not closed[end - 1]:
            breaks.add(end)
    _name_edges(text, sorted(breaks), closed, suffixes, edges)
    return _best_path(size, edges)


def _token_edges(tokens: Sequence[Token], edges: dict[int, list[_Edge]], breaks: set[int]) -> bytearray:
    """Add the tokens' edges; return, for each character, whether a token holds it (``1``) or a separator (``2``)."""
    last = tokens[-1].end if tokens else 0
    closed = bytearray(max(last, 0) + 64)
    for token in tokens:
        start, end, kind = token.start, token.end, token.kind
        breaks.add(start)
        breaks.add(end)
        edges.setdefault(start, []).append((end, kind, _TOKEN_RANK.get(kind, 0), 2.0 + 0.6 * (end - start), token))
        if kind != ROAD:
            for i in range(start, end):
                closed[i] = 2 if kind == SEP else 1
    return closed


def _name_edges(
    text: str, breaks: list[int], closed: bytearray, suffixes: dict[int, object], edges: dict[int, list[_Edge]]
) -> None:
    """Add edges for unknown names: from a break to a later one, over text that no token holds."""
    for k, start in enumerate(breaks):
        if start >= len(closed) or closed[start]:
            if start < len(closed):
                continue
        for end in breaks[k + 1 :]:
            if end - 1 < len(closed) and closed[end - 1]:
                break
            width = end - start
            suffix = suffixes.get(end)
            if suffix is not None and suffix.shortest <= width <= _LONGEST:  # type: ignore[attr-defined]
                label, score = suffix.label, suffix.score + 0.55 * min(width, 5) - 0.25 * max(0, width - 6)  # type: ignore[attr-defined]
                edges.setdefault(start, []).append((end, label, RANK[label], score, None))
            edges.setdefault(start, []).append((end, OTHER, 0, -1.0 - 0.15 * width if width > 1 else -4.0, None))
            if width > _LONGEST:
                break


def _best_path(size: int, edges: dict[int, list[_Edge]]) -> list[Segment]:
    """Viterbi over positions and the rank reached; ties go to the path found first, so the result is deterministic."""
    states: list[dict[int, tuple[float, int, int, _Edge | None]]] = [{} for _ in range(size + 1)]
    states[0][0] = (0.0, -1, -1, None)
    for start in range(size):
        here = states[start]
        if not here:
            continue
        for edge in edges.get(start, ()):
            end, label, rank, score, _ = edge
            there = states[end]
            for reached, (so_far, _, _, _) in here.items():
                total = so_far + score
                after = reached
                if rank:
                    after = rank
                    if rank < reached:
                        total += _BACK
                    elif rank == reached and rank <= 7:
                        total += _LEVEL
                known = there.get(after)
                if known is None or total > known[0] + 1e-9:
                    there[after] = (total, start, reached, edge)
    return _traced(states, size)


def _traced(states: list[dict[int, tuple[float, int, int, _Edge | None]]], size: int) -> list[Segment]:
    rank = max(states[size], key=lambda r: (states[size][r][0], -r))
    end, path = size, []
    while end > 0:
        _, start, before, edge = states[end][rank]
        assert edge is not None
        path.append(Segment(start, end, edge[1], edge[4]))
        end, rank = start, before
    path.reverse()
    return path


__all__ = ["Hit", "PROV", "Segment", "segment"]
