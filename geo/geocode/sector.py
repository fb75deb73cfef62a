"""The industry as a prior: of places that an address leaves tied, the one with the firms of its own sector.

It breaks ties and does no more: only the order of candidates with one and the same score changes, and the row says so.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

_LEAST, _TIMES = 3, 3
"""Firms of its sector that a place must have, and how many times as many as the next of the tied."""
_KEYS = {"village": "village_code"}
"""Columns by the kinds of places that an address may leave tied."""


def break_ties(frame: pd.DataFrame, sectors: Sequence[object]) -> pd.DataFrame:
    """Return ``LOCATIONS`` with tied candidates ordered by their firms of the row's sector; nothing else is changed.

    ``sectors`` are codes by row, anything but a text for an unknown one. Only automatic answers count as known firms.
    """
    tied = {row: among for row, given in enumerate(frame["candidates"]) if (among := _tied(given))}
    tied = {row: among for row, among in tied.items() if isinstance(sectors[row], str)}
    if not tied:
        return frame
    known = _known(frame, sectors)
    candidates, reasons = frame["candidates"].tolist(), frame["reasons"].tolist()
    for row, among in tied.items():
        given = candidates[row]
        counts = sorted(((known[str(given[k]["place"]), str(sectors[row])], -k) for k in among), reverse=True)
        (most, at), (next_most, _) = counts[0], counts[1]
        if most >= _LEAST and most >= _TIMES * next_most:
            candidates[row] = [given[-at], *(one for k, one in enumerate(given) if k != -at)]
            detail = {"place": given[-at]["place"], "n": most, "next": next_most}
            reasons[row] = [*reasons[row], ["SECTOR", detail]]
    return frame.assign(
        candidates=pd.Series(candidates, index=frame.index, dtype="object"),
        reasons=pd.Series(reasons, index=frame.index, dtype="object"),
    )


def _tied(given: Any) -> list[int]:
    """Return which candidates share the highest score, [] if none is tied or they are of other kinds."""
    if not isinstance(given, list) or len(given) < 2:
        return []
    best = given[0]["score"]
    among = [k for k, one in enumerate(given) if one["score"] == best]
    return among if len(among) > 1 and all(given[k]["level"] in _KEYS for k in among) else []


def _known(frame: pd.DataFrame, sectors: Sequence[object]) -> Counter[tuple[str, str]]:
    """Return how many firms of each sector automatic answers put into each place."""
    found: Counter[tuple[str, str]] = Counter()
    auto = frame["status"].eq("auto").tolist()
    for column in _KEYS.values():
        for place, sector, sure in zip(frame[column].tolist(), sectors, auto, strict=True):
            if sure and isinstance(place, str) and isinstance(sector, str):
                found[place, sector] += 1
    return found
