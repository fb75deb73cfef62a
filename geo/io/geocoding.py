"""Files of the ``geocode`` command: a table of addresses in, one row per row out; the layers it may be given."""

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import FileRefused
from geo.frames import ALIASES, DECISIONS, PLACES
from geo.io import kinds
from geo.io.delimited import read_plain_rows
from geo.io.divisions import read_aliases
from geo.io.layers import read_layer
from geo.io.osm import is_extract, read_places
from geo.io.tables import open_table, read_table
from geo.registry import KINDS, Setting, Words, check_places, county_names, match_columns, town_names

OUTPUT = (
    *("id", "address", "county", "town", "village", "zone", "building", "market", "street"),
    *("house_no", "unit", "floor", "room", "lon", "lat", "level", "radius_m", "confidence", "status"),
    *("reasons", "candidates", "components", "gazetteer"),
)
"""Columns of the output, in order; the last one is the hash of the gazetteer that the answer rests on."""
_FIELDS = ("id", "name", "address")
_ID_WORDS = ("id", "编号", "序号", "行号", "主键")


@dataclass(frozen=True)
class Rows:
    """A table of addresses.

    ``frame`` has ``id``, ``name`` and ``address`` as written; ``malformed`` are the positions of rows with more cells
    than the header: they are kept and answered, but told.
    """

    frame: pd.DataFrame
    malformed: tuple[int, ...]


@dataclass(frozen=True)
class Ground:
    """What is known before a file is read: ``DIVISIONS``, ``ALIASES``, ``OUTLINES``, ``PLACES`` and ``DECISIONS``."""

    divisions: pd.DataFrame
    aliases: pd.DataFrame
    outlines: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    decisions: pd.DataFrame = field(default_factory=DECISIONS.empty)


def read_addresses(path: Path, words: Words) -> Rows:
    """Read a delimited text (UTF-8 or GB18030; comma, tab, semicolon) with at least a column of addresses.

    Columns are recognised by ``id``, ``name``, ``address`` or the Chinese words of ``data/words/columns.yaml``.
    Blank lines are no rows; a row of empty cells is one.

    Raises
    ------
    FileRefused
        ``FILE_MISSING``, ``FILE_KIND``, ``FILE_ENCODING``, ``FILE_QUOTES``, ``NO_ROWS``, ``NO_ADDRESS`` (with the
        columns there are).
    """
    lines = (cells for cells in read_plain_rows(path) if cells)
    header = next(lines, None)
    if header is None:
        raise FileRefused(f"{path.name} has no rows", code="NO_ROWS", detail={"file": path.name})
    return _rows(path, header, lines, words)


def _rows(path: Path, header: Sequence[str], lines: Iterable[list[str]], words: Words) -> Rows:
    at = _columns(path, header, words)
    width = len(header)
    columns: dict[str, list[str]] = {name: [] for name in _FIELDS}
    malformed = []
    for number, cells in enumerate(lines):
        if len(cells) > width and any(cells[width:]):
            malformed.append(number)
        for name in _FIELDS:
            place = at.get(name)
            columns[name].append(cells[place] if place is not None and place < len(cells) else "")
    if "id" not in at:
        columns["id"] = [str(k) for k in range(len(columns["address"]))]
    return Rows(pd.DataFrame(columns, dtype="object"), tuple(malformed))


def _columns(path: Path, header: Sequence[str], words: Words) -> dict[str, int]:
    folded = [cell.strip().lower() for cell in header]
    at = {name: folded.index(name) for name in _FIELDS if name in folded}
    if "address" not in at or "name" not in at:
        matching = match_columns(_unique(header), "enterprises", words)
        names = _unique(header)
        for name, field in (("name", "name"), ("address", "address"), ("address", "operating_address")):
            column = matching.column(field)
            if name not in at and column is not None:
                at[name] = names.index(column)
    if "id" not in at:
        word = next((word for word in _ID_WORDS if word in folded), None)
        at.update({"id": folded.index(word)} if word is not None else {})
    if "address" not in at:
        detail = {"file": path.name, "columns": list(header)[:30], "want": "address"}
        shown = ", ".join(detail["columns"]) or "none"
        raise FileRefused(f"{path.name} has no column of addresses; it has: {shown}", code="NO_ADDRESS", detail=detail)
    return at


def _unique(header: Sequence[str]) -> list[str]:
    return [cell if header.index(cell) == k else f"{cell}.{k}" for k, cell in enumerate(header)]


def read_elsewhere(folder: Path) -> pd.DataFrame:
    """Return the names of provinces, cities and counties of the whole country (``ALIASES``), from ``data/words``."""
    path = folder / "elsewhere.csv"
    return read_aliases(path) if path.is_file() else ALIASES.empty()


def read_place_file(
    path: Path,
    kind: str,
    words: Words,
    *,
    known: "Ground",
    datum: str,
    on: date,
    progress: Callable[[int], None] | None = None,
) -> tuple[gpd.GeoDataFrame, int]:
    """Read a layer or table of places of one kind as ``PLACES``; also return how many of its rows were not taken.

    An OpenStreetMap extract gives the places of the kind that it holds, with the counties of ``known.outlines``.

    Raises
    ------
    FileRefused
        Codes of ``geo.io.layers``, ``geo.io.osm`` and ``geo.io.tables``; ``UNKNOWN_KIND`` for a kind that there is not.
    """
    if kind not in KINDS or kind == "division":
        detail = {"kind": kind, "known": [k for k in KINDS if k != "division"]}
        raise FileRefused(f"{kind!r} is no kind of places", code="UNKNOWN_KIND", detail=detail)
    if not path.exists():
        raise FileRefused(f"{path} does not exist", code="FILE_MISSING", detail={"file": str(path)})
    divisions, source = known.divisions, path.name
    if kinds.detect(path) != "layer":
        rows = read_table(open_table(path, "places", words))
    elif is_extract(path):
        ((_, rows, source),) = read_places(path, kind, known.outlines, progress)
    else:
        rows = read_layer(path, datum=datum).rows
    names = tuple(column for column in rows.columns if column != "geometry")
    city = divisions.index[(divisions["level"] == "city") & divisions["valid_to"].isna()]
    setting = Setting(
        words, on, source=source, datum=datum, city=str(city[0]) if len(city) else "",
        counties=county_names(divisions, known.aliases), towns=town_names(divisions, known.aliases), place_kind=kind,
    )  # fmt: skip
    chosen = {"name": ""} if kind == "address" else {}  # 道路名称 is the street of a house number, not its name
    checked = check_places(rows, match_columns(names, "places", words, chosen=chosen), setting)
    places = checked.frames["places"]
    assert isinstance(places, gpd.GeoDataFrame)
    return places, len(checked.rejected)


def join_places(layers: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return several ``PLACES`` as one; of a key that stands twice the first is kept."""
    filled = [layer for layer in layers if len(layer)]
    if not filled:
        empty = PLACES.empty()
        assert isinstance(empty, gpd.GeoDataFrame)
        return empty
    joined = pd.concat([layer.astype({"valid_from": "datetime64[s]", "valid_to": "datetime64[s]"}) for layer in filled])
    conformed = PLACES.conform(joined[~joined.index.duplicated()])
    assert isinstance(conformed, gpd.GeoDataFrame)
    return conformed


class AnswerFile:
    """The output table, written part by part, as a context: ``out.write(rows, locations)``."""

    def __init__(self, path: Path, divisions: pd.DataFrame, gazetteer: str) -> None:
        self._path, self._gazetteer = path, gazetteer
        self._names: Mapping[str, str] = dict(zip(divisions.index.astype(str), divisions["name"], strict=True))

    def __enter__(self) -> "AnswerFile":
        self._file = self._path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(OUTPUT)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, rows: pd.DataFrame, locations: pd.DataFrame) -> None:
        """Append one line per row: ``rows`` as ``Rows.frame``, ``locations`` as ``LOCATIONS``, in the same order."""
        self._writer.writerows(self._lines(rows, locations))

    def _lines(self, rows: pd.DataFrame, locations: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
        said = _Sayer(self._names)
        columns = [said.column(locations, name) for name in OUTPUT[2:-1]]
        of = [self._gazetteer] * len(rows)
        yield from zip(rows["id"].tolist(), rows["address"].tolist(), *columns, of, strict=True)


_DIVISION = {"county": "county_code", "town": "town_code", "village": "village_code"}
_DIGITS = {"lon": 6, "lat": 6, "radius_m": 1, "confidence": 4}


class _Sayer:
    """Cells of the output as texts."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def column(self, locations: pd.DataFrame, name: str) -> list[str]:
        if name in _DIVISION:
            return [
                self._names.get(code, "") if isinstance(code, str) else ""
                for code in locations[_DIVISION[name]].tolist()
            ]
        if name in _DIGITS:
            return [_shown(value, _DIGITS[name]) for value in locations[name].tolist()]
        if name in ("reasons", "candidates", "components"):
            return [json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in locations[name].tolist()]
        return [value if isinstance(value, str) else "" for value in locations[name].tolist()]


def _shown(value: float, digits: int) -> str:
    if value is None or math.isnan(value):
        return ""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


Progress = Callable[[int, int], None]
