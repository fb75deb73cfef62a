"""More addresses from those of a corpus: names swapped for others of the same label, divisions for others of the land.

A model that sees a poi in other company learns what surrounds it rather than which addresses there were.
"""

import csv
import lzma
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from geo.address.batches import Component
from geo.text import fold

Row = tuple[str, tuple[Component, ...]]
_SWAPPED = frozenset(("devzone", "community", "road", "subroad", "poi", "subpoi", "person"))
_CHAIN = ("prov", "city", "district", "town")
_SUFFIXES = {
    "prov": ("省", "市"),
    "city": ("市",),
    "district": ("区", "县", "市"),
    "town": ("街道", "镇", "乡"),
}


def chains(data: Path) -> list[dict[str, str]]:
    """Return every town of the country with its county, city and province."""
    with lzma.open(data / "divisions" / "china.csv.xz", "rt", encoding="utf-8", newline="") as file:
        names = {row["code"]: fold(row["name"]) for row in csv.DictReader(file) if len(row["code"]) <= 9}
    found = []
    for code, name in names.items():
        if len(code) != 9:
            continue
        owners = {"prov": code[:2] + "0000", "city": code[:4] + "00", "district": code[:6]}
        chain = {label: names[key] for label, key in owners.items() if key in names}
        found.append({**chain, "town": name})
    return found


def varied(rows: Sequence[Row], towns: Sequence[dict[str, str]], share: float, seed: int) -> Iterator[Row]:
    """Yield each row once more, with about ``share`` of its names swapped."""
    random = np.random.default_rng(seed)
    pool: dict[str, list[str]] = defaultdict(list)
    for text, parts in rows:
        for label, start, end in parts:
            pool[label].append(text[start:end])
    for text, parts in rows:
        labels = [label for label, _, _ in parts]
        plain = all(labels.count(label) == 1 for label in _CHAIN if label in labels)
        chain = towns[int(random.integers(len(towns)))] if plain and random.random() < share else {}
        written: dict[int, str] = {}
        for k, (label, start, end) in enumerate(parts):
            words = text[start:end]
            if label in chain:
                written[k] = _in_form(words, chain[label], label)
            elif label in _SWAPPED and random.random() < share:
                written[k] = pool[label][int(random.integers(len(pool[label])))]
        if written:
            yield _rewritten(text, parts, written)


def _in_form(words: str, name: str, label: str) -> str:
    """Return another name with or without its last characters, as the first one has them or not."""
    for suffix in _SUFFIXES[label]:
        if name.endswith(suffix) and len(name) - len(suffix) > 1:
            return name if words.endswith(_SUFFIXES[label]) else name[: -len(suffix)]
    return name


def _rewritten(text: str, parts: Sequence[Component], written: dict[int, str]) -> Row:
    found, pieces, size, reached = [], [], 0, 0
    for k, (label, start, end) in enumerate(parts):
        words = written.get(k, text[start:end])
        gap = text[reached:start]
        pieces += [gap, words]
        found.append((label, size + len(gap), size + len(gap) + len(words)))
        size, reached = size + len(gap) + len(words), end
    return "".join([*pieces, text[reached:]]), tuple(found)


__all__ = ["chains", "varied"]
