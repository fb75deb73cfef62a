"""FIRMS as small arrays: any filter in milliseconds over a million firms; the same choice as ``select`` makes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from geo.coverage import PRECISE, UNLOCATED, UNPLACED
from geo.gaps.filters import CHOICES, KINDS, PLACED, SWITCHES, Filter
from geo.gaps.priority import PRIORITIES, Priority

T = TypeVar("T")

SEARCHED = ("name", "uscc", "address", "operating_address")
LISTS = {"flag": "flags", "federation": "federations"}
BETWEEN, END = "\x1f", "\n"
"""Marks between the texts of a firm and after its last; no searched word holds one."""


Searched = tuple[bytes, np.ndarray]
"""The texts of all firms in upper case, UTF-8, one after the other, and where each firm's begin."""


class Columns:
    """The columns of FIRMS that a filter asks about, each turned into an array when it is first asked about.

    ``searched`` are the texts of the firms where somebody has put them together already. ``rows`` may be called by
    several threads at once. A column that the frame does not have raises KeyError.
    """

    def __init__(self, firms: pd.DataFrame, searched: Searched | None = None) -> None:
        self._firms = firms
        self._kept: dict[Any, Any] = {} if searched is None else {"text": searched}

    def __len__(self) -> int:
        return len(self._firms)

    def rows(self, chosen: Filter) -> np.ndarray:
        """Return which firms meet a filter: one truth a firm, in the order of the frame."""
        keep = np.ones(len(self), dtype=bool)
        for name, value in chosen.conditions().items():
            keep &= self._meets(name, value)
        return keep

    def codes(self, column: str) -> tuple[np.ndarray, list[Any]]:
        """Return the place of each firm's value among the column's distinct values (-1 for none), and these."""
        return self._once(("codes", column), lambda: _factorised(self._firms[column]))

    def _meets(self, name: str, value: Any) -> np.ndarray:
        if name in CHOICES:
            return self._among(CHOICES[name], frozenset(value))
        if name == "placed":
            return self._placed(frozenset(value))
        if name in LISTS:
            return self._any_of(LISTS[name], frozenset(value))
        if name == "priority":
            return self._of_types(frozenset(value))
        if name == "text":
            found = [self._word(word.upper()) for word in value.split()]
            return np.logical_and.reduce(found) if found else np.ones(len(self), dtype=bool)
        holds = self._once(("switch", name), lambda: self._switch(name))
        return holds if value else ~holds

    def _among(self, column: str, allowed: frozenset[str]) -> np.ndarray:
        codes, values = self.codes(column)
        hit = np.fromiter((value in allowed for value in values), dtype=bool, count=len(values))
        return np.append(hit, UNPLACED in allowed)[codes]

    def _placed(self, kinds: frozenset[str]) -> np.ndarray:
        inside = {kind: self.codes(KINDS[kind])[0] >= 0 for kind in PLACED if kind in kinds or UNPLACED in kinds}
        found = [inside[kind] for kind in PLACED if kind in kinds]
        if UNPLACED in kinds:
            found.append(~np.logical_or.reduce(list(inside.values())))
        return np.logical_or.reduce(found) if found else np.zeros(len(self), dtype=bool)

    def _any_of(self, column: str, allowed: frozenset[str]) -> np.ndarray:
        codes, values = self._once(("lists", column), lambda: _factorised(self._firms[column].map(_listed)))
        hit = np.fromiter((not allowed.isdisjoint(value) for value in values), dtype=bool, count=len(values))
        return np.append(hit, np.False_)[codes]

    def _of_types(self, types: frozenset[str]) -> np.ndarray:
        every = PRIORITIES if UNPLACED in types else types & PRIORITIES.keys()
        each = {code: self._once(("type", code), partial(self._of_type, PRIORITIES[code])) for code in every}
        keep = np.zeros(len(self), dtype=bool)
        for code in types & each.keys():
            keep |= each[code]
        return keep | ~np.logical_or.reduce(list(each.values())) if UNPLACED in types else keep

    def _of_type(self, kind: Priority) -> np.ndarray:
        found = self._among("sector", kind.sectors) | self._among("ownership", kind.ownership)
        if kind.top500:
            found = found | self._once(("switch", "top500"), lambda: self._switch("top500"))
        if kind.words:
            names = self._firms["name"].fillna("")
            hit = (any(word in name for word in kind.words) for name in names)
            found = found | np.fromiter(hit, dtype=bool, count=len(self))
        return found

    def _switch(self, name: str) -> np.ndarray:
        if name in SWITCHES:
            return self._firms[SWITCHES[name]].fillna(value=False).to_numpy(dtype=bool)
        match name:
            case "located":
                return ~self._among("level", frozenset(UNLOCATED))
            case "precise":
                return self._among("level", frozenset(PRECISE))
            case "point":
                return (self._firms["lon"].notna() & self._firms["lat"].notna()).to_numpy()
            case "workers_known":
                return self._firms["workers"].notna().to_numpy()
            case "suggested":
                return self._firms["group_id"].notna().to_numpy()
            case "flagged":
                return self._firms["flags"].map(bool).to_numpy(dtype=bool)
        raise KeyError(name)

    def _word(self, word: str) -> np.ndarray:
        return self._once(("word", word), lambda: self._naming(word))

    def _naming(self, word: str) -> np.ndarray:
        text, starts = self._once("text", self._text)
        found = np.zeros(len(self), dtype=bool)
        sought, place = word.encode(), text.find(word.encode())
        while place >= 0:
            row = int(np.searchsorted(starts, place, side="right")) - 1
            found[row] = True
            place = text.find(sought, int(starts[row + 1])) if row + 1 < len(starts) else -1
        return found

    def _text(self) -> Searched:
        return searched_text([self._firms[name].fillna("").tolist() for name in SEARCHED if name in self._firms])

    def _once(self, key: Any, make: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found


def searched_text(columns: Sequence[Sequence[str]]) -> Searched:
    """Return the texts of firms, given by column, as they are searched."""
    parts = [(BETWEEN.join(texts) + END).upper().encode() for texts in zip(*columns, strict=True)]
    sizes = np.fromiter(map(len, parts), dtype="int64", count=len(parts))
    return b"".join(parts), np.concatenate(([0], np.cumsum(sizes)[:-1])) if parts else sizes


def _factorised(values: pd.Series) -> tuple[np.ndarray, list[Any]]:
    codes, distinct = pd.factorize(values)
    small = "int16" if len(distinct) < 2**15 else "int32"
    return np.asarray(codes).astype(small), list(distinct)


def _listed(values: Any) -> tuple[str, ...]:
    return tuple(values)
