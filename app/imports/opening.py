"""A file opened for import: its columns matched, its rows in chunks, whatever kind of file it is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from app import store
from app.config import settings
from app.imports.request import ANY_KIND, Request
from geo.errors import FileRefused
from geo.io import kinds
from geo.io.layers import Layer, read_layer
from geo.io.osm import is_extract, read_places
from geo.io.tables import Table, count_rows, open_table, read_chunks
from geo.io.words import read_words
from geo.registry import ATTRIBUTION, OSM_COLUMNS, Matching, Words, column_kind, match_columns
from geo.registry.words import word_key

PREVIEW_ROWS = 8


@dataclass(frozen=True)
class OsmFile:
    """An OpenStreetMap extract, not read yet: reading a city takes a minute or two."""

    path: Path
    name: str = "OpenStreetMap"
    columns: tuple[str, ...] = OSM_COLUMNS
    notes: tuple[tuple[str, dict[str, Any]], ...] = (("OSM_LICENCE", {"attribution": ATTRIBUTION}),)

    @property
    def names(self) -> tuple[str, ...]:
        """The one layer that there is to choose."""
        return (self.name,)


@dataclass(frozen=True)
class Part:
    """Rows of one kind: what a kind is checked as, and how its columns are read."""

    place_kind: str
    rows: pd.DataFrame
    matching: Matching
    source: str | None


@dataclass(frozen=True)
class Opened:
    """An opened file: ``content`` a table or a layer; ``notes`` are ``(code, detail)`` about the file."""

    request: Request
    words: Words
    matching: Matching
    content: Table | Layer | OsmFile
    notes: tuple[tuple[str, dict[str, Any]], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.content.columns

    @property
    def sheet(self) -> str | None:
        """The sheet or layer read."""
        return self.content.sheet if isinstance(self.content, Table) else self.content.name

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets or layers to choose from."""
        return self.content.sheets if isinstance(self.content, Table) else self.content.names

    @property
    def datum(self) -> str:
        """The datum that the file was declared in; OpenStreetMap has one only."""
        if isinstance(self.content, OsmFile):
            return "wgs84"
        return self.request.datum or self.matching.datum or "wgs84"

    @property
    def cell_datum(self) -> str:
        """The datum that longitudes and latitudes are in as they are handed on; of layers it is WGS-84 already."""
        return "wgs84" if isinstance(self.content, Layer) else self.datum

    def total(self) -> int:
        """Return about how many rows there are."""
        if isinstance(self.content, OsmFile):
            return 0
        return count_rows(self.content) if isinstance(self.content, Table) else len(self.content.rows)

    def parts(self, outlines: gpd.GeoDataFrame | None, told: Callable[[int], None] | None) -> Iterator[Part]:
        """Yield the rows by what they are to be checked as.

        ``outlines`` tell the counties of an OpenStreetMap extract, the only file that may hold several kinds; ``told``
        hears how many of its objects were looked at.
        """
        if not isinstance(self.content, OsmFile):
            for rows in self.chunks():
                yield Part(self.request.place_kind, rows, self.matching, None)
            return
        for kind, rows, source in read_places(self.content.path, self.request.place_kind, outlines, told):
            origin = f"{self.request.source}；{source}" if self.request.source else source
            names = column_kind("places", kind)
            yield Part(kind, rows, match_columns(self.content.columns, names, self.words), origin)

    def chunks(self) -> Iterator[pd.DataFrame]:
        """Yield the rows as raw cells; a place layer's also carry ``geometry``. Of OpenStreetMap the first only."""
        if isinstance(self.content, OsmFile):
            return (rows for _, rows, _ in read_places(self.content.path, self.request.place_kind, first=PREVIEW_ROWS))
        if isinstance(self.content, Table):
            return read_chunks(self.content)
        return iter([self.content.rows if self.request.kind == "places" else _with_points(self.content.rows)])

    def preview(self) -> pd.DataFrame:
        """Return the first rows."""
        first = next(self.chunks(), None)
        return pd.DataFrame() if first is None else first.head(PREVIEW_ROWS).drop(columns="geometry", errors="ignore")

    def require(self) -> None:
        """Refuse a file none of whose columns says what its rows are about.

        Raises
        ------
        FileRefused
            ``NO_COLUMN`` with the fields of which one is needed.
        """
        needed = _NEEDED[column_kind(self.request.kind, self.request.place_kind)]
        if not any(name in self.matching.columns for name in needed):
            detail = {"file": self.request.filename, "fields": list(needed), "columns": list(self.columns)[:50]}
            raise FileRefused(f"{self.request.filename} has no column for {needed}", code="NO_COLUMN", detail=detail)


_NEEDED: Mapping[str, tuple[str, ...]] = {
    "enterprises": ("name",),
    "headcounts": ("uscc", "org_code", "name"),
    "unions": ("name",),
    "members": ("member_name",),
    "places": ("name",),
    "addresses": ("address", "street"),
    "divisions": ("code",),
}


@lru_cache(maxsize=4)
def _words(folder: Path) -> Words:
    return read_words(folder)


def word_lists() -> Words:
    """Return the word lists that registries are read with."""
    return _words(settings().data / "words")


def open_request(request: Request, session: Session) -> Opened:
    """Open the file of a request and match its columns: those chosen, else remembered for its source, else recognised.

    Raises
    ------
    FileRefused
        With the codes of ``geo.io``.
    """
    words, names = word_lists(), column_kind(request.kind, request.place_kind)
    remembered = store.imports.recall(session, names, request.remembered_as)
    content: Table | Layer | OsmFile
    if kinds.detect(request.path) == "layer":
        content = _open_layer(request)
        notes = content.notes
    else:
        if request.place_kind == ANY_KIND:
            detail = {"file": request.filename}
            raise FileRefused(f"{request.filename} is no OpenStreetMap extract", code="KIND_NEEDED", detail=detail)
        given = {column for column in (*request.columns.values(), *remembered.values()) if column}
        options: dict[str, Any] = {"sheet": request.sheet, "header_row": request.header_row}
        content = open_table(request.path, names, words, columns=sorted(given), **options)
        notes = content.notes
    if isinstance(content, OsmFile):
        return Opened(request, words, match_columns(content.columns, "places", words), content, notes)
    chosen = {**_still_there(remembered, content.columns, request.columns), **request.columns}
    matching = match_columns(content.columns, names, words, chosen=chosen)
    if isinstance(content, Layer) and request.kind == "enterprises":
        matching = _point_columns(matching, content)
    if request.datum and matching.datum and request.datum != matching.datum:
        notes = (*notes, ("DATUM_DIFFERS", {"declared": request.datum, "named": matching.datum}))
    persons = [column for column in matching.spare if word_key(column) in words.lists["persons"]]
    if persons:
        notes = (*notes, ("PERSON_COLUMNS", {"columns": persons}))
    return Opened(request, words, matching, content, notes)


def _open_layer(request: Request) -> Layer | OsmFile:
    if request.kind == "places" and request.place_kind != "division" and is_extract(request.path):
        return OsmFile(request.path)
    if request.place_kind == ANY_KIND:
        detail = {"file": request.filename}
        raise FileRefused(f"{request.filename} is no OpenStreetMap extract", code="KIND_NEEDED", detail=detail)
    return read_layer(request.path, datum=request.datum or "wgs84", layer=request.sheet)


def _still_there(remembered: Mapping[str, str], columns: tuple[str, ...], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what is remembered, as far as the columns exist and are not chosen for something else now."""
    taken = set(chosen.values())
    return {
        f: c for f, c in remembered.items() if (c in columns or not c) and (c not in taken or not c) and f not in chosen
    }


def _with_points(rows: pd.DataFrame) -> pd.DataFrame:
    points = [shape.representative_point() if shape is not None else None for shape in rows["geometry"]]
    flat = rows.drop(columns=["geometry", *(c for c in ("lon", "lat") if c in rows.columns)])
    lon = pd.Series([p.x if p is not None else None for p in points], index=rows.index, dtype="object")
    lat = pd.Series([p.y if p is not None else None for p in points], index=rows.index, dtype="object")
    return flat.assign(lon=lon, lat=lat)


def _point_columns(matching: Matching, layer: Layer) -> Matching:
    """Read the positions of firms from the layer's geometry, which is WGS-84 by now."""
    columns = {**matching.columns, "lon": "lon", "lat": "lat"}
    spare = tuple(c for c in layer.columns if c not in columns.values())
    return Matching(matching.kind, columns, spare, "wgs84", matching.doubles)
