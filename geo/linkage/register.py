"""The enterprise register prepared for look-up: by code, by name, by core, by shared character pairs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.linkage.neighbours import Neighbours, neighbours
from geo.text import CompanyName, fold, read_name

Rows = npt.NDArray[np.int64]
_ENOUGH = 4000
"""Rows looked at per query for names that are nearly the same."""
_PIECE = 10
"""Bits for the number of a piece of a text."""


@dataclass(frozen=True)
class Register:
    """Rows are numbers 0..n-1 in canonical order (by key), so that results do not depend on the order of the input."""

    keys: tuple[str, ...]
    """The firm each row is, or that stands for it."""
    own_keys: tuple[str, ...]
    """The key of the row itself."""
    names: tuple[CompanyName, ...]
    counties: tuple[str | None, ...]
    org_codes: tuple[str, ...]
    """Organisation code of each row, "" where none is known."""
    by_code: dict[str, int]
    by_org_code: dict[str, tuple[int, ...]]
    by_full: dict[str, tuple[int, ...]]
    by_core: dict[str, tuple[int, ...]]
    by_former: dict[str, tuple[int, ...]]
    by_piece: dict[str, Rows]
    neighbours: Neighbours
    """Rows by what is left of their names, and of their cores with the branch's words, without one character."""
    row_of: dict[str, int]
    regions: frozenset[str]
    county_of: dict[str, str]
    """County code of each place word that means one county."""

    def near(self, text: str, most: int) -> list[int]:
        """Rows that share most characters and pairs of characters with a text, rare ones weighing more; ties by row.

        The rarest pieces are looked up until enough rows share one: common ones hardly tell names apart.
        """
        found = sorted((self.by_piece[piece] for piece in sorted(pieces(text)) if piece in self.by_piece), key=len)
        if not found:
            return []
        rare = [rows for rows in found if len(rows) * 20 <= len(self.keys) + 400] or found
        seen, kept = 0, []
        for rows in rare:
            if seen and seen + len(rows) > _ENOUGH:
                break
            seen += len(rows)
            kept.append(rows)
        weights = np.array([np.log1p(len(self.keys) / len(rows)) for rows in kept])
        packed = np.concatenate(kept) << _PIECE | np.repeat(np.arange(len(kept)), [len(rows) for rows in kept])
        packed.sort()  # far quicker than an order of rows
        rows = packed >> _PIECE
        starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
        total = np.add.reduceat(weights[packed & ((1 << _PIECE) - 1)], starts)
        least = np.partition(total, -most)[-most] if len(total) > most else 0.0
        best = np.flatnonzero(total >= least)
        return [int(row) for row in rows[starts[best[np.argsort(-total[best], kind="stable")]]][:most]]

    def firm(self, key: str | None) -> str | None:
        """Return the firm that an enterprise's key means: the record that stands for it; other keys as they are."""
        return self.keys[self.row_of[key]] if key in self.row_of else key

    def frequency(self, piece: str) -> int:
        """How many names hold a character or a pair of characters."""
        return len(self.by_piece.get(piece, ()))

    def counties_named(self, name: CompanyName) -> frozenset[str]:
        """Counties that the place words of a name mean."""
        return frozenset(self.county_of[word] for word in name.regions if word in self.county_of)


def pieces(text: str) -> set[str]:
    """Return the characters of a text and its pairs of neighbouring characters, its ends among them."""
    return pairs(text) | set(text)


def pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring characters of a text, ``^`` and ``$`` standing for its ends."""
    marked = f"^{text}$"
    return {marked[i : i + 2] for i in range(len(marked) - 1)} if text else set()


def prepare(firms: pd.DataFrame, regions: Mapping[str, str]) -> Register:
    """Prepare the look-up.

    Parameters
    ----------
    firms : frame by enterprise key with name, uscc, org_code, county_code and perhaps former_names (；-joined)
    regions : place words that are no part of a firm's own name, with the code of what they mean (``region_words``)
    """
    words = frozenset(regions)
    ordered = firms.sort_index()
    keys = tuple(ordered.index.tolist())
    names = tuple(read_name(name, words) for name in ordered["name"].fillna("").tolist())
    codes = ordered["uscc"].fillna("").tolist()
    org_codes = ordered["org_code"].fillna(ordered["uscc"].str[8:17]).fillna("").tolist()
    return Register(
        keys=keys,
        own_keys=keys,
        names=names,
        counties=tuple(None if pd.isna(county) else str(county) for county in ordered["county_code"].tolist()),
        org_codes=tuple(org_codes),
        by_code={code: row for row, code in reversed(list(enumerate(codes))) if code},
        by_org_code=_inverted(org_codes),
        by_full=_inverted(without_tail(name) for name in names),
        by_core=_inverted(name.core for name in names),
        by_former=inverted(_formers(ordered)),
        by_piece={piece: np.array(rows, dtype=np.int64) for piece, rows in _piece_rows(names).items()},
        neighbours=neighbours([texts_of(name) for name in names]),
        row_of={key: row for row, key in enumerate(keys)},
        regions=words,
        county_of={word: code for word, code in regions.items() if not code.endswith("00")},
    )


def joined(register: Register, stands_for: Mapping[str, str]) -> Register:
    """Return the register with other records standing for some: a name that means one means the firm it is."""
    return replace(register, keys=tuple(stands_for.get(key, key) for key in register.own_keys))


def _formers(firms: pd.DataFrame) -> Iterable[list[str]]:
    if "former_names" not in firms:
        return ([] for _ in range(len(firms)))
    return ([fold(name) for name in text.split("；")] for text in firms["former_names"].fillna("").tolist())


def without_tail(name: CompanyName) -> str:
    """The folded name without the words that make it a union's and without a former name in brackets."""
    text = name.full
    if name.former is not None:
        text = text[: text.index("(")] if "(" in text else text
    tail = name.union_tail or ""
    return text[: -len(tail)] if tail and text.endswith(tail) else text


def texts_of(name: CompanyName) -> tuple[str, str]:
    """The two texts by which a name is looked up one slip away: all of it, and what is its own in it."""
    return without_tail(name), name.core + (name.branch or "")


def region_words(divisions: pd.DataFrame, aliases: pd.DataFrame) -> dict[str, str]:
    """Return the place words that stand before or inside firm names, with the code they mean.

    Names of the city, its counties and its province, today's and former, with and without suffix. A word that may
    mean two counties gets the city's code.
    """
    upper = divisions[divisions["level"].isin(["city", "county"])]
    former = set(upper.index[upper["valid_to"].notna()])
    cities = set(upper.index[upper["level"].eq("city")])
    provinces = {f"{code[:2]}0000" for code in cities}
    wanted = aliases["target"].isin(set(upper.index) | provinces) & aliases["kind"].isin(
        ["official", "former", "short"]
    )
    other = aliases[wanted]
    named = [*zip(upper["name"], upper.index, strict=True), *zip(other["alias"], other["target"], strict=True)]
    words: dict[str, set[str]] = defaultdict(set)
    for name, code in named:
        words[str(name)].add(str(code))
        if len(name) > 2 and name[-1] in "市区县省":
            words[str(name)[:-1]].add(str(code))
    wide = min(cities, default="")
    today = {word: codes - former or codes for word, codes in words.items()}
    return {word: min(codes) if len(codes) == 1 else wide for word, codes in sorted(today.items())}


def inverted(values: Iterable[Iterable[str | None]]) -> dict[str, tuple[int, ...]]:
    """Return the rows of each value; ``values`` are those of one row after the other, empty ones are left out."""
    found: dict[str, list[int]] = defaultdict(list)
    for row, said in enumerate(values):
        for value in said:
            if value:
                found[value].append(row)
    return {value: tuple(rows) for value, rows in found.items()}


def _inverted(values: Iterable[str]) -> dict[str, tuple[int, ...]]:
    return inverted((value,) for value in values)


def _piece_rows(names: Sequence[CompanyName]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        for piece in pieces(name.core + (name.branch or "")):
            found[piece].append(row)
    return found
