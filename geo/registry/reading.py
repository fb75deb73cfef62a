"""Rows read field by field: every cell by its reader, every fault with row, column and what was written."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from geo.registry import cells
from geo.registry.columns import Matching
from geo.registry.faults import REJECT, fault_frame, severity
from geo.registry.identity import area_of
from geo.registry.words import Words, word_key
from geo.text import Fault as CodeFault
from geo.text import read_register_code

_DIVISIONS = (5, 12, 43, 46, 50, 52, 60, 62, 65, 69, 70, 72, 75, 79, 82, 83, 85, 90, 96, 97)
"""The last two-digit division of each section A-T of GB/T 4754-2017."""

FaultRow = tuple[Any, str, str | None, str | None, str, Mapping[str, Any]]

READERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("workers", "women", "migrant", "agency_workers", "members", "women_members"), "count"),
        **dict.fromkeys(("covered_units", "full_time_staff", "floors"), "count"),
        **dict.fromkeys(("counts_on", "established", "closed_on", "source_date", "approved_on", "revoked_on"), "day"),
        **dict.fromkeys(("term_start", "term_end", "from_on", "to_on", "valid_from", "valid_to"), "day"),
        **dict.fromkeys(("uscc", "org_code", "host_uscc", "member_uscc"), "code"),
        **dict.fromkeys(("lon", "lat"), "degrees"),
        **dict.fromkeys(("top500", "party_org"), "flag"),
        **{name: name for name in ("ownership", "sector", "reason", "stage", "datum", "zone_level", "home_grade")},
        **{name: name for name in ("womens_body", "chair_election", "member_kind")},
    }
)
"""Fields that are not free text: a kind of reader, or the name of the wordbook that knows the field's words."""


@dataclass(frozen=True)
class Setting:
    """What a reader is told beside the cells: words, day, where the file comes from, city and counties.

    ``positions`` are the faults of positions found over the whole file, by row; None has them checked within these
    rows. ``doubts`` are those of positions that are used all the same.
    ``county`` and ``county_name``: what rows lie in that name no county, empty where nothing is known of them.
    ``zones`` are keys of known zones by folded name; ``divisions`` those that points of villages may be given to.
    """

    words: Words
    day: date
    source: str | None = None
    source_date: date | None = None
    datum: str = "wgs84"
    city: str = ""
    counties: Mapping[str, str] = field(default_factory=dict)
    county: str = ""
    county_name: str = ""
    towns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    positions: Mapping[Any, cells.Fault] | None = None
    doubts: Mapping[Any, cells.Fault] = field(default_factory=dict)
    place_kind: str = ""
    divisions: pd.DataFrame | None = None


@dataclass(frozen=True)
class Checked:
    """Rows checked: accepted rows as frames of ``geo.frames`` keyed by their keys, and what was wrong.

    ``frames`` by the name of their spec; ``rows``: row number of each key of the first frame; ``faults`` as
    ``faults.COLUMNS``;
    ``rejected``: the numbers of the rows kept out. ``rows_in`` = accepted rows + rejected rows.
    """

    frames: Mapping[str, pd.DataFrame]
    rows: pd.Series
    faults: pd.DataFrame
    rejected: pd.Index
    rows_in: int

    @property
    def accepted(self) -> int:
        """Rows that were let in."""
        return self.rows_in - len(self.rejected)


class Sieve:
    """Collects values and faults while one table is read; the only thing here that is filled step by step."""

    def __init__(self, rows: pd.DataFrame, matching: Matching, setting: Setting) -> None:
        self.rows, self.matching, self.setting = rows, matching, setting
        self.found: list[FaultRow] = []
        self.rejected: set[Any] = set()
        self.values: dict[str, list[Any]] = {}
        for row, code, name in row_faults(rows, matching, setting.words):
            self.add(row, code, name)

    def add(self, row: Any, code: str, name: str | None = None, detail: Mapping[str, Any] | None = None) -> None:
        """Record a fault of a row, in the column read as ``name`` if given."""
        column = self.matching.columns.get(name or "")
        written = cells.show(self.rows.at[row, column]) if column is not None else ""
        self.found.append((row, code, name, column, written[:500], detail or {}))
        if severity(code) == REJECT:
            self.rejected.add(row)

    def read(self, name: str, reader: Callable[[Any], cells.Reading] | None = None) -> list[Any]:
        """Return the field's values, one a row in order, None where there is none; faults of its cells are recorded."""
        column = self.matching.columns.get(name)
        if column is None:
            self.values[name] = [None] * len(self.rows)
            return self.values[name]
        reader = reader or field_reader(name, self.setting.words)
        known: dict[Hashable, cells.Reading] = {}
        values = []
        for row, cell in zip(self.rows.index, self.rows[column], strict=True):
            mark = (type(cell), cell) if isinstance(cell, Hashable) else None
            if mark is None or mark not in known:
                reading = (None, None) if cells.is_empty(cell) else reader(cell)
                known[mark] = reading
            value, fault = known[mark]
            values.append(value)
            if fault and row not in self.rejected:
                self.add(row, fault[0], name, fault[1])
        self.values[name] = values
        return values

    def default(self, name: str, value: Any) -> None:
        """Fill the field's empty values."""
        if value is not None:
            self.values[name] = [value if have is None else have for have in self.values[name]]

    def pairs(self, *names: str) -> list[tuple[Any, ...]]:
        """Return ``(row, value, …)`` of the fields for every row still in."""
        columns = [self.values[name] for name in names]
        return [line for line in zip(self.rows.index, *columns, strict=True) if line[0] not in self.rejected]

    def surroundings(self) -> tuple[pd.Series, pd.Series]:
        """Return the address and the county code of each row, for comparing positions."""
        county = self.values.get("county", [None] * len(self.rows))
        lines = zip(county, self.values["address"], strict=True)
        areas = [area_of(name, address, self.setting.counties) for name, address in lines]
        texts = pd.Series(self.values["address"], index=self.rows.index, dtype="object")
        return texts, pd.Series(areas, index=self.rows.index, dtype="object")

    def doubt(self) -> None:
        """Record what is doubted of positions that are used."""
        for row in self.rows.index:
            if row in self.setting.doubts and row not in self.rejected:
                self.add(row, self.setting.doubts[row][0], "lon", self.setting.doubts[row][1])

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the fields of the accepted rows, by row number."""
        keep = ~self.rows.index.isin(list(self.rejected))
        data = {name: pd.Series(self.values.get(name, [None] * len(self.rows)), dtype="object") for name in columns}
        return pd.DataFrame(data).set_axis(self.rows.index)[keep]

    def faults(self) -> pd.DataFrame:
        """Return the faults recorded so far."""
        return fault_frame(self.found)


def field_reader(name: str, words: Words) -> Callable[[Any], cells.Reading]:
    """Return the reader of a field's cells."""
    kind = READERS.get(name, "text")
    if kind in ("code", "sector"):
        return lambda cell: (read_code if kind == "code" else read_sector)(cell, words)
    simple = {"text": cells.read_text, "count": cells.read_count, "day": cells.read_day, "flag": cells.read_flag}
    simple["degrees"] = cells.read_degrees
    if kind in simple:
        return lambda cell: simple[kind](cell, words)
    book = words.books.get(kind)
    return (lambda cell: cells.read_coded(cell, words, book)) if book else (lambda cell: cells.read_text(cell, words))


def read_sector(cell: Any, words: Words) -> cells.Reading:
    """Read an industry: a name, a section letter (C, C3311), its place 01-20, or a class of GB/T 4754 (3311)."""
    code = re.fullmatch(r"([A-T])\d{0,4}|(\d{2,4})", cells.plain(cell).upper().removesuffix(".0"))
    if code and code.group(1):
        return f"{ord(code.group(1)) - 64:02d}", None
    if code and not (len(code.group(2)) == 2 and 1 <= int(code.group(2)) <= len(_DIVISIONS)):
        division = int(code.group(2)[:2])
        section = next((place for place, last in enumerate(_DIVISIONS, 1) if division <= last), None)
        return (
            (f"{section:02d}", None) if division and section else (None, ("WORD_UNKNOWN", {"known": ["01-20", "A-T"]}))
        )
    return cells.read_coded(cell, words, words.books["sector"])


def read_code(cell: Any, words: Words) -> cells.Reading:
    """Read a credit or organisation code; the value is ``(credit code or None, organisation code or None)``.

    Faults are those of ``geo.text.codes``; ``CODE_REPAIRED`` notes that O, I, Z or S was read as 0, 1, 2 or 5.
    """
    if isinstance(cell, cells.BadCell):
        return None, (cell.code, {"text": cell.text})
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= 1e15:
        return None, (str(CodeFault.EXCEL), {})
    text = cells.tidy(cell)
    if words.blank(text):
        return None, None
    code = read_register_code(f"{cell:.0f}".zfill(9) if isinstance(cell, float) and cell.is_integer() else text)
    if code.fault == CodeFault.EMPTY:
        return None, None
    if code.fault:
        return None, (str(code.fault), {})
    value = (code.value, code.org_code)
    return value, (("CODE_REPAIRED", {"read_as": code.value or code.org_code}) if code.repaired else None)


def row_faults(rows: pd.DataFrame, matching: Matching, words: Words) -> list[tuple[Any, str, str | None]]:
    """Return the rows that are no data: totals, footers, the header repeated, more cells than columns."""
    found: list[tuple[Any, str, str | None]] = []
    headers = {str(column) for column in rows.columns}
    least = max(2, len(matching.columns) // 2)
    totals, footers = words.lists["total_rows"], tuple(words.lists["footers"])
    spill = rows["…"] if "…" in rows.columns else None
    for place, (row, line) in enumerate(zip(rows.index, rows.to_numpy(dtype="object"), strict=True)):
        texts = [cell for cell in line if isinstance(cell, str) and cell.strip()]
        if spill is not None and not cells.is_empty(spill.iloc[place]):
            found.append((row, "EXTRA_CELLS", None))
        elif texts and len(texts[0]) <= 12 and word_key(texts[0]) in totals:
            found.append((row, "TOTAL_ROW", None))
        elif texts and len(texts) <= 4 and word_key(texts[0]).startswith(footers):
            found.append((row, "FOOTER_ROW", None))
        elif len(texts) >= least and sum(text.strip() in headers for text in texts) >= least:
            found.append((row, "HEADER_REPEATED", None))
    return found
