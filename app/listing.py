"""Order and pages of a list, on the server."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Page:
    """One page of a frame: ``rows``, which page of how many, and which rows of all these are."""

    rows: pd.DataFrame
    number: int
    pages: int
    total: int
    first: int
    last: int

    @property
    def window(self) -> list[int | None]:
        """Numbers of the pages to offer: ends, neighbours, and None for what lies between."""
        near = {1, self.pages, *range(max(1, self.number - 2), min(self.pages, self.number + 2) + 1)}
        shown: list[int | None] = []
        for number in sorted(near):
            if shown and number - (shown[-1] or 0) > 1:
                shown.append(None)
            shown.append(number)
        return shown


def ordered(frame: pd.DataFrame, sort: str, allowed: Collection[str]) -> pd.DataFrame:
    """Return ``frame`` by column ``sort`` (a minus in front: descending); a column not ``allowed`` changes nothing.

    Missing values stand last either way; equal values keep their order.
    """
    column = sort.removeprefix("-")
    if column not in allowed:
        return frame
    return frame.sort_values(column, ascending=not sort.startswith("-"), kind="stable", na_position="last")


def page(frame: pd.DataFrame, number: int, size: int) -> Page:
    """Return page ``number`` (from 1; beyond the ends: the nearest) of ``frame``."""
    return page_of(len(frame), lambda first, last: frame.iloc[first:last], number, size)


def page_of(total: int, read: Callable[[int, int], pd.DataFrame], number: int, size: int) -> Page:
    """Return page ``number`` of a list of ``total`` rows that ``read`` gives from one row up to another."""
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    start = (number - 1) * size
    rows = read(start, start + size)
    return Page(rows, number, pages, total, start + 1 if len(rows) else 0, start + len(rows))
