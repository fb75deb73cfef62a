"""What a gazetteer has worked out once: the same words and votes come again in address after address.

Only values of pure functions of the gazetteer are kept, so a result never depends on what was asked before.
"""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from geo.address.heads import Head
from geo.gazetteer.entries import Name

Votes = tuple[float, ...]
Weighed = tuple[Votes, int, float]
"""Chance of each county, the place of the best one, and its chance by the text alone."""
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")
_MOST = 50_000
"""Entries kept of one kind; a register of millions must not fill the memory with words that never come again."""


@dataclass(frozen=True, slots=True)
class Memo:
    """Results by what they were worked out from."""

    meanings: defaultdict[str, dict[str, Name | None]] = field(default_factory=lambda: defaultdict(dict))
    """By label and words: what a name that is no hit means."""
    weighed: dict[tuple[str, Votes | None, tuple[int, ...]], tuple[Weighed, object]] = field(default_factory=dict)
    """By form, second evidence and the identities of the names' votes; these are kept beside the result, so that no
    other votes take over their identity."""
    company: dict[str | tuple[str, ...], Votes | None] = field(default_factory=dict)
    """By the counties' words in a firm's name."""
    voices: dict[tuple[int, str, str], tuple[Name, list[list[object]]]] = field(default_factory=dict)
    """By the identity of a name (kept beside the result), the county and the words: the reasons that the name gives.
    They are part of many answers, so none is ever changed."""
    heads: dict[tuple[str, str], Head] = field(default_factory=dict)
    """By the beginning of an address before its numbers, and what a name at its end sees of them."""
    met: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Beginnings that came once."""
    writing_numbers: list[Any] = field(default_factory=list)
    """The automaton of names that may stand among numbers, once one was asked for."""
    repairs: list[object] = field(default_factory=list)
    """The dictionaries of misspelt names, once one was asked for."""


def remember(known: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    """Keep and return a value; a full memory begins anew."""
    if len(known) >= _MOST:
        known.clear()
    known[key] = value
    return value
