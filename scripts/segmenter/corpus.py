"""The labelled corpus as a model sees it: normalised texts, the grammar's reading, the state of each token."""

import csv
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import gazetteer
from geo.address.batches import CODE, Component, Tokens
from geo.address.lexicon import HashSet, owner_core, pair_hash, text_hash
from geo.frames import ALIASES, PLACES
from geo.gazetteer import Gazetteer, read
from geo.gazetteer.variants import TOWN_SUFFIX
from geo.io.divisions import read_aliases, read_divisions
from geo.io.geocoding import read_elsewhere
from geo.text import Normalised, fold, normalise

_AUTONOMOUS = re.compile(r"(?:[\u4e00-\u9fff]{1,3}族)*自治[县旗州]$")
_LONGEST_TOWN = 5


@dataclass(frozen=True)
class Example:
    """A labelled address: raw text, gold components over it, its normalised text and the grammar's components."""

    raw: str
    gold: tuple[Component, ...]
    normal: Normalised
    hints: list[Component]


def read_gold(path: Path) -> Iterator[tuple[str, tuple[Component, ...]]]:
    """Yield text and components of a file with one token and its BIO label a line, a blank line between addresses."""
    tokens: list[list[str]] = []
    for line in (*path.read_text(encoding="utf-8").split("\n"), ""):
        if line.strip():
            tokens.append(line.rsplit(None, 1))
        elif tokens:
            yield _components(tokens)
            tokens = []


def _components(tokens: Sequence[Sequence[str]]) -> tuple[str, tuple[Component, ...]]:
    text, found = "", []
    open_label = ""
    for token, tag in tokens:
        mark, _, label = tag.lower().partition("-")
        start, text = len(text), text + token
        if mark == "i" and label == open_label:
            found[-1] = (label, found[-1][1], len(text))
        elif mark in ("b", "i"):
            found.append((label, start, len(text)))
        open_label = label
    return text, tuple(found)


def read_examples(path: Path, data: Path) -> list[Example]:
    """Return the corpus with the grammar's reading, taught by the corpus' own texts as ``geocode`` is by its input."""
    return examples_of(list(read_gold(path)), data)


def examples_of(rows: Sequence[tuple[str, tuple[Component, ...]]], data: Path) -> list[Example]:
    """Return labelled texts with the grammar's reading, taught by these texts."""
    names = names_taught(data, [text for text, _ in rows])
    examples = []
    for raw, gold in rows:
        normal = normalise(raw)
        if normal.text:
            examples.append(Example(raw, gold, normal, read(names, normal.text).address.components))
    return examples


def names_taught(data: Path, texts: Sequence[str]) -> Gazetteer:
    """Return the gazetteer that ``geocode`` answers with when no database is used: what ships, and what texts teach."""
    folder = data / "divisions"
    divisions = read_divisions(folder / "nantong.csv")
    aliases = pd.concat([read_aliases(folder / "nantong_aliases.csv"), read_elsewhere(data / "words")])
    aliases = ALIASES.conform(aliases)
    learned = gazetteer.learn(texts, gazetteer.build(divisions, aliases, PLACES.empty()))
    return gazetteer.build(divisions, aliases, learned.places, facts=learned.facts)


def states(examples: Sequence[Example], tokens: Tokens) -> NDArray[np.int64]:
    """Return the gold state of every token: twice the label's number, plus one inside a component."""
    found = np.empty(len(tokens.at), dtype=np.int64)
    for example, begin, end in zip(examples, tokens.first[:-1].tolist(), tokens.first[1:].tolist(), strict=True):
        owner = _owners(example)
        last = -1
        for k, start in zip(range(begin, end), tokens.starts[begin:end].tolist(), strict=True):
            raw = start if example.normal.starts is None else example.normal.starts[start]
            which = owner[raw]
            label = CODE["redundant"] if which < 0 else CODE[example.gold[which][0]]
            found[k] = 2 * label + (which == last)
            last = which
    return found


def _owners(example: Example) -> list[int]:
    owner = [-1] * len(example.raw)
    for k, (_, start, end) in enumerate(example.gold):
        owner[start:end] = [k] * (end - start)
    return owner


def town_lexicon(data: Path) -> HashSet:
    """Return the towns of the whole country, alone and with their county and city, as hashes."""
    with lzma.open(data / "divisions" / "china.csv.xz", "rt", encoding="utf-8", newline="") as file:
        names = {row["code"]: fold(row["name"]) for row in csv.DictReader(file) if len(row["code"]) <= 9}
    hashes: set[int] = set()
    for code, name in names.items():
        core = TOWN_SUFFIX.sub("", name)
        core = core if len(core) > 1 else name
        if len(code) != 9 or len(core) > _LONGEST_TOWN:
            continue
        hashes.add(text_hash(core))
        for owner in (names.get(code[:6]), names.get(code[:4] + "00")):
            if owner is not None:
                hashes.update(pair_hash(core, written) for written in _owner_names(owner))
    return HashSet.of(hashes)


def _owner_names(name: str) -> set[str]:
    short = _AUTONOMOUS.sub("", name)
    return {owner_core(name)} | ({short} if len(short) > 1 else set())
