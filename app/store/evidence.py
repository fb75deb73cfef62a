"""Lists that are shown and never counted with, kept as the JSON they are stored as until somebody looks.

A survey holds three such lists a firm; a page shows those of one firm. Reading them all took half the time of a load.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

COLUMNS = frozenset({"location_reasons", "candidates", "components"})
"""Columns read so."""


class StoredList(Sequence[Any]):
    """A list as stored; reads like the list that the JSON says and equals it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __getitem__(self, at: Any) -> Any:
        return self._read()[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._read())

    def __len__(self) -> int:
        return 0 if self.text == "[]" else len(self._read())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, StoredList):
            return self.text == other.text or self._read() == other._read()
        return self._read() == other

    __hash__ = None  # type: ignore[assignment]  # a list has none either

    def __repr__(self) -> str:
        return repr(self._read())

    def _read(self) -> list[Any]:
        found: list[Any] = json.loads(self.text)
        return found
