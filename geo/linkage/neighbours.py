"""Names one slip of the pen apart, found at once: by what is left of them when any one character is left out.

Two texts of which one became the other by one wrong, lost, doubled or swapped character share such a remainder (the
deletion neighbourhood of SymSpell). Only marks of the remainders are kept, eight bytes each, in one sorted array.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Marks = npt.NDArray[np.uint64]
_BASE = 0x9E3779B97F4A7C15
_INVERSE = np.uint64(pow(_BASE, -1, 2**64))
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_POWERS: Marks = np.array([pow(_BASE, n, 2**64) for n in range(256)], dtype=np.uint64)
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_CHUNK = 20_000
"""Texts marked at a time, so that a million names need little more than what is kept."""
_LEAST, _MOST = 4, len(_POWERS)
"""Shorter texts are all near each other; longer ones are no names."""


@dataclass(frozen=True)
class Neighbours:
    """``entries``: the mark of a remainder in the upper half, the number of its row in the lower one; sorted."""

    entries: Marks

    def of(self, texts: Iterable[str]) -> list[int]:
        """Return the rows, ascending, one of whose texts is at most one slip from one of ``texts``.

        A few rows two slips away are among them: their remainders meet at other characters.
        """
        usable = _usable(texts)
        if not usable or not len(self.entries):
            return []
        asked = np.concatenate([_marks([text])[0] for text in usable])
        starts = self.entries.searchsorted(asked << _HALF)
        hit = (self.entries[np.minimum(starts, len(self.entries) - 1)] >> _HALF) == asked
        ends = self.entries.searchsorted((asked[hit] << _HALF) | _LOW, side="right")
        found = [self.entries[start:end] for start, end in zip(starts[hit], ends, strict=True)]
        return sorted(set((np.concatenate(found) & _LOW).tolist())) if found else []


def neighbours(rows: Sequence[Iterable[str]]) -> Neighbours:
    """Prepare the look-up; ``rows`` are the texts of one row after the other, at most 2^32 rows."""
    by_length: dict[int, tuple[list[str], list[int]]] = {}
    for row, texts in enumerate(rows):
        for text in _usable(texts):
            group = by_length.setdefault(len(text), ([], []))
            group[0].append(text)
            group[1].append(row)
    entries = np.empty(sum((length + 1) * len(texts) for length, (texts, _) in by_length.items()), dtype=np.uint64)
    end = 0
    for texts, numbers in by_length.values():
        for start in range(0, len(texts), _CHUNK):
            marks = _marks(texts[start : start + _CHUNK]) << _HALF
            marks |= np.array(numbers[start : start + _CHUNK], dtype=np.uint64)[:, None]
            entries[end : end + marks.size] = marks.ravel()
            end += marks.size
    entries.sort()
    return Neighbours(entries)


def _usable(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if _LEAST <= len(text) < _MOST]


def _marks(texts: Sequence[str]) -> Marks:
    """Marks of 32 bits of texts of one length: a row each, the text itself and every remainder of it."""
    length = len(texts[0])
    chars = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32).reshape(-1, length)
    sums = (chars.astype(np.uint64) * _SPREAD * _POWERS[:length]).cumsum(axis=1, dtype=np.uint64)
    whole = sums[:, -1:]
    before = np.concatenate([np.zeros_like(whole), sums[:, :-1]], axis=1)
    marks = np.concatenate([whole, before + (whole - sums) * _INVERSE], axis=1)
    marks ^= marks >> _HALF
    marks *= _SPREAD
    return marks >> _HALF
