"""OpenStreetMap extracts (.osm, .osm.pbf): objects with their tags and geometry, sorted by what they are.

Read by libosmium: objects without a name or house number are passed over before Python sees them, so a city takes
minutes and some hundred megabytes. Which tags mean which kind of place is told in ``geo.registry.osm``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import FileRefused
from geo.registry.osm import ATTRIBUTION, KINDS, TAGS, kind_of, rows_of

OSM_LIMIT = 600_000_000
"""Most bytes a .pbf may have, about ten provinces; the texts of .osm may be ten times as long."""
_TOLD = 20_000
_MAGIC = b"OSMHeader"
Progress = Callable[[int], None]
"""Told now and then how many objects were looked at."""


@dataclass(frozen=True)
class Extract:
    """Objects of an extract: ``rows`` with ``kind``, the tags of ``TAGS`` and ``geometry`` (WGS-84), numbered from 1.

    ``day`` is the state of the data as the file tells, ``incomplete`` the objects left out for want of their nodes.
    """

    path: Path
    rows: pd.DataFrame
    day: str | None
    incomplete: int


def is_osm(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an OpenStreetMap extract."""
    return _MAGIC in head[:64] or b"<osm" in head[:2048]


def read_osm(
    path: Path, *, kinds: frozenset[str] | None = None, progress: Progress | None = None, first: int | None = None
) -> Extract:
    """Read the objects of an extract that are of the ``kinds`` (``registry.osm.KINDS``; None for all).

    ``first`` stops after so many objects, for a preview.

    Raises
    ------
    FileRefused
        ``FILE_TRUNCATED``, ``LAYER_UNREADABLE`` (neither .osm nor .pbf, broken XML), ``FILE_TOO_LARGE``, ``NO_ROWS``.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        limit = OSM_LIMIT if _MAGIC in file.read(64) else 10 * OSM_LIMIT
    if size > limit:
        detail = {"file": path.name, "bytes": size, "limit": limit}
        raise FileRefused(f"{path.name} is larger than a province", code="FILE_TOO_LARGE", detail=detail)
    reader = _Reader(path, kinds)
    try:
        for count, _ in enumerate(reader.objects(), start=1):
            if progress is not None and count % _TOLD == 0:
                progress(count)
            if first is not None and len(reader.found) >= first:
                break
    except (RuntimeError, ValueError, OSError, UnicodeDecodeError) as error:
        raise _refusal(path, error) from None
    if not reader.found:
        detail = {"file": path.name, "layer": "OpenStreetMap"}
        raise FileRefused(f"{path.name} holds none of what was asked for", code="NO_ROWS", detail=detail)
    return Extract(path, reader.frame(), reader.day(), reader.incomplete)


def _refusal(path: Path, error: Exception) -> FileRefused:
    """Turn what libosmium says into a refusal: a file that ends too early, or one that is something else."""
    said = str(error).lower()
    cut = any(word in said for word in ("truncated", "eof", "no element found", "unclosed", "unexpected end"))
    code = "FILE_TRUNCATED" if cut else "LAYER_UNREADABLE"
    return FileRefused(f"{path.name}: {error}"[:300], code=code, detail={"file": path.name, "reason": str(error)[:200]})


def is_extract(path: Path) -> bool:
    """Whether a file is an OpenStreetMap extract, by its first bytes."""
    with path.open("rb") as file:
        return is_osm(file.read(2048))


def read_places(
    path: Path,
    kind: str = "",
    outlines: gpd.GeoDataFrame | None = None,
    progress: Progress | None = None,
    *,
    first: int | None = None,
) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Yield ``(kind, rows, source)`` of an extract: of one kind of ``registry.osm.KINDS``, else of all that it holds.

    ``rows`` as ``registry.osm.rows_of`` gives them; ``source`` names OpenStreetMap, its licence and the day.

    Raises
    ------
    FileRefused
        As ``read_osm``; ``NO_ROWS`` also if nothing is left of the kind.
    """
    wanted = kind if kind in KINDS else ""
    extract = read_osm(path, kinds=_needed(wanted), progress=progress, first=first)
    source = f"{ATTRIBUTION} ({extract.day or path.name})"
    given = [
        (found, rows, source)
        for found, rows in rows_of(extract.rows, outlines, source)
        if len(rows) and wanted in ("", found)
    ]
    if not given:
        detail = {"file": path.name, "layer": wanted or "OpenStreetMap"}
        raise FileRefused(f"{path.name} holds none of what was asked for", code="NO_ROWS", detail=detail)
    yield from given


def _needed(kind: str) -> frozenset[str] | None:
    """Return the kinds of objects that tell about a kind of place: house numbers stand at houses and lanes, too."""
    if kind in ("", "address"):
        return None
    return frozenset((kind, "outline"))


class _Reader:
    """Goes through a file once (relations are looked up before) and keeps what is of the kinds asked for."""

    def __init__(self, path: Path, kinds: frozenset[str] | None) -> None:
        import osmium

        self._osmium, self._path, self._kinds = osmium, path, kinds
        self._geometry = osmium.geom.WKBFactory()
        self.found: list[tuple[Any, ...]] = []
        self.incomplete = 0

    def objects(self) -> Iterator[None]:
        """Look at one object after the other."""
        named = self._osmium.filter.KeyFilter("name", "name:zh", "addr:housenumber")
        processor: Iterable[Any] = self._osmium.FileProcessor(self._path).with_areas(named).with_filter(named)
        for thing in processor:
            tags = thing.tags
            shape = "point" if thing.is_node() else "line" if thing.is_way() else "area" if thing.is_area() else ""
            kind = kind_of(tags, shape) if shape else None
            if kind is not None and (self._kinds is None or kind in self._kinds):
                self._keep(thing, kind, shape)
            yield

    def _keep(self, thing: Any, kind: str, shape: str) -> None:
        try:
            if shape == "point":
                written: Any = self._geometry.create_point(thing)
            elif shape == "area":
                written = self._geometry.create_multipolygon(thing)
            else:
                written = self._line(thing)
        except (RuntimeError, self._osmium.InvalidLocationError):
            written = None
        if written is None:
            self.incomplete += 1
            return
        self.found.append((kind, *(thing.tags.get(tag) for tag in TAGS), written))

    def _line(self, way: Any) -> str | None:
        """Return a way's line; where an extract cuts it off, the longest run of nodes that are there."""
        try:
            return str(self._geometry.create_linestring(way))
        except (RuntimeError, self._osmium.InvalidLocationError):
            runs: list[list[tuple[float, float]]] = [[]]
            for node in way.nodes:
                if node.location.valid():
                    runs[-1].append((node.lon, node.lat))
                elif runs[-1]:
                    runs.append([])
            longest = max(runs, key=len)
            return shapely.to_wkb(shapely.LineString(longest), hex=True) if len(set(longest)) > 1 else None

    def frame(self) -> pd.DataFrame:
        """Return what was kept."""
        *columns, shapes = (list(values) for values in zip(*self.found, strict=True))
        geometry = shapely.from_wkb(np.array(shapes, dtype=object), on_invalid="ignore")
        geometry = np.where(shapely.is_valid(geometry), geometry, shapely.make_valid(geometry))
        index = pd.RangeIndex(1, len(self.found) + 1, name="row")
        names = ("kind", *TAGS)
        rows = pd.DataFrame(
            {
                name: pd.Series(list(values), index=index, dtype="object")
                for name, values in zip(names, columns, strict=True)
            }
        )
        return rows.assign(geometry=pd.Series([_single(shape) for shape in geometry], index=index, dtype="object"))

    def day(self) -> str | None:
        """Return the day of the data, from the header."""
        header: Any = self._osmium.FileProcessor(self._path).header
        for name in ("osmosis_replication_timestamp", "timestamp"):
            text = header.get(name)
            if text:
                return _day(text)
        with self._path.open("rb") as file:
            head = file.read(2048)
        mark = b'osm_base="'
        return _day(head.split(mark)[1][:10].decode("ascii", "replace")) if mark in head else None


def _single(shape: Any) -> Any:
    parts: Any = shapely.get_parts(shape) if shape is not None else ()
    return parts[0] if len(parts) == 1 else shape


def _day(text: str) -> str | None:
    try:
        return datetime.strptime(text[:10], "%Y-%m-%d").date().isoformat()  # noqa: DTZ007
    except ValueError:
        return None
