"""The version of a gazetteer: a digest of all that it knows."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
import shapely

from geo.gazetteer.facts import Fact
from geo.gazetteer.index import Key

_Item = TypeVar("_Item")
_PART = 10_000


def digest(keys: Mapping[str, Sequence[Key]], facts: tuple[Fact, ...], places: pd.DataFrame) -> str:
    """Return 16 hexadecimal digits that tell names, facts and shapes of places apart; their order does not matter."""
    found = hashlib.sha256()
    for texts in _parts(sorted(keys)):
        lines = [
            f"{text}|{mode}|{label}|{','.join([entity.key for entity in name.entities])}\n"
            for text in texts
            for mode, _, label, _, name, _, _ in keys[text]
        ]
        found.update("".join(lines).encode())
    for fact in facts:
        found.update(repr(fact).encode())
    if len(places):
        names, shapes = places.index.astype(str).tolist(), places.geometry.to_numpy()
        for rows in _parts(sorted(range(len(names)), key=names.__getitem__)):
            written = zip(rows, shapely.to_wkb(shapes[np.array(rows)], hex=True), strict=True)
            found.update("".join([f"{names[k]}|{shape or ''}" for k, shape in written]).encode())
    return found.hexdigest()[:16]


def _parts(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), _PART):
        yield items[start : start + _PART]
