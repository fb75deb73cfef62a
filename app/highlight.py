"""A raw address cut at the parts that were recognised in it."""

from collections.abc import Iterator, Sequence
from typing import Any


def spans(firm: Any, column: str) -> list[tuple[str, str]]:
    """Return piece and label ("" for what was not recognised) over ``firm[column]``; the pieces join to the text.

    The parts belong to one of a firm's two addresses: where they do not fit, the text comes back whole.
    """
    text, parts = firm[column], firm["components"]
    if not isinstance(text, str):
        return []
    if not _fits(text, parts):
        return [(text, "")]
    return list(_cut(text, parts))


def _fits(text: str, parts: Any) -> bool:
    if not isinstance(parts, Sequence) or not parts:
        return False
    return all(text[start:end] == piece for _label, piece, start, end in parts)


def _cut(text: str, parts: Sequence[Any]) -> Iterator[tuple[str, str]]:
    at = 0
    for label, piece, start, end in sorted(parts, key=lambda part: part[2]):
        if start < at:
            continue
        if start > at:
            yield text[at:start], ""
        yield piece, label
        at = end
    if at < len(text):
        yield text[at:], ""
