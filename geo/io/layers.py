"""Layers read from any file pyogrio knows: attributes as raw cells, geometry in WGS-84, every odd geometry told.

GCJ-02 and BD-09 have no CRS codes, so the caller names the datum; a CRS in the file is obeyed first. Zipped files
are unpacked to a temporary folder under plain names, because names inside archives come in many encodings.
"""

import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from geo import datum as datums
from geo.errors import FileRefused
from geo.frames import CRS
from geo.io.workbooks import guard

_SAME = {4326, 4490, 4979, 4480}
_WEB_MERCATOR = 3857
_MAIN = (".shp", ".gpkg", ".geojson", ".json", ".kml", ".gml", ".fgb", ".tab", ".mif", ".osm", ".pbf")
_DIMENSION = {"Point": 0, "MultiPoint": 0, "LineString": 1, "MultiLineString": 1, "Polygon": 2, "MultiPolygon": 2}
_DBF_GBK = {0x4D, 0x7A}

Fault = tuple[Any, str, dict[str, Any]]


@dataclass(frozen=True)
class Layer:
    """One layer: ``rows`` with raw attribute cells and ``geometry`` (WGS-84 or None), indexed by feature number from 1.

    ``faults`` are ``(row, code, detail)`` of single features, ``notes`` ``(code, detail)`` of the file.
    """

    path: Path
    name: str
    names: tuple[str, ...]
    rows: pd.DataFrame
    faults: tuple[Fault, ...]
    notes: tuple[tuple[str, dict[str, Any]], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The attribute columns."""
        return tuple(column for column in self.rows.columns if column != "geometry")


def read_layer(path: Path, *, datum: str = "wgs84", layer: str | None = None, where: str | None = None) -> Layer:
    """Read a layer and bring it to WGS-84.

    Parameters
    ----------
    datum
        What the numbers are in: wgs84, cgcs2000, gcj02 or bd09. A CRS of the file is applied before.
    layer
        Name or number (from 1) of the layer; the first one if not given.
    where
        OGR filter on attributes.

    Raises
    ------
    FileRefused
        ``LAYER_UNREADABLE``, ``UNKNOWN_LAYER``, ``LAYER_CRS_MISSING`` (no CRS, and the numbers are no degrees),
        ``LAYER_DATUM`` (a national projected CRS declared as GCJ-02 or BD-09), ``NO_ROWS``.
    """
    with _unpacked(path) as source:
        names = [str(name) for name, _ in guard_layer(path, lambda: pyogrio.list_layers(source))]
        chosen = _choose(path, names, layer)
        encoding = _dbf_encoding(source)
        frame = guard_layer(path, lambda: pyogrio.read_dataframe(source, layer=chosen, encoding=encoding, where=where))
    if not len(frame):
        raise FileRefused(f"{path.name} holds no features", code="NO_ROWS", detail={"file": path.name, "layer": chosen})
    rows = _raw(frame.drop(columns="geometry", errors="ignore"))
    shapes = (
        frame["geometry"].to_numpy() if "geometry" in frame.columns else np.array([None] * len(frame), dtype=object)
    )
    shapes, notes = _to_degrees(path, shapes, getattr(frame, "crs", None), datum)
    shapes, faults = _clean(shapes, rows.index)
    shapes, moved = _to_wgs84(shapes, rows.index, datum)
    if len(names) > 1:
        notes.append(("LAYERS_LEFT", {"read": chosen, "left": [name for name in names if name != chosen]}))
    result = rows.assign(geometry=pd.Series(list(shapes), index=rows.index, dtype="object"))
    return Layer(path, chosen, tuple(names), result, tuple(faults + moved), tuple(notes))


def guard_layer(path: Path, read: Any) -> Any:
    """Call ``read`` and turn what GDAL raises into a refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what matters of them is told by codes
            return guard(path, read)
    except FileRefused as error:
        raise FileRefused(str(error), code="LAYER_UNREADABLE", detail=error.detail) from None


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give the path of the main file, unpacked if it is zipped."""
    if path.is_dir() or not zipfile.is_zipfile(path):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        main = next((m for suffix in _MAIN for m in members if m.filename.lower().endswith(suffix)), None)
        if main is None:
            raise FileRefused(f"{path.name} holds no layer", code="LAYER_UNREADABLE", detail={"file": path.name})
        stem = main.filename.rpartition(".")[0]
        for member in members:
            if member.filename.rpartition(".")[0] == stem:
                target = Path(folder) / ("layer." + member.filename.rpartition(".")[2].lower())
                with archive.open(member) as packed, target.open("wb") as file:
                    shutil.copyfileobj(packed, file)
        yield Path(folder) / ("layer." + main.filename.rpartition(".")[2].lower())


def _choose(path: Path, names: Sequence[str], layer: str | None) -> str:
    if not names:
        raise FileRefused(f"{path.name} holds no layer", code="NO_ROWS", detail={"file": path.name})
    if layer is None:
        return names[0]
    for number, name in enumerate(names, start=1):
        if layer in (name, str(number)):
            return name
    detail = {"file": path.name, "layer": layer, "layers": list(names)}
    raise FileRefused(f"{path.name} has no layer {layer!r}", code="UNKNOWN_LAYER", detail=detail)


def _dbf_encoding(source: Path) -> str | None:
    """Return the encoding of a shapefile's texts where no file beside it says: UTF-8 if they obey it, else GBK."""
    table = source.with_suffix(".dbf")
    if source.suffix.lower() != ".shp" or not table.exists() or source.with_suffix(".cpg").exists():
        return None
    data = table.read_bytes()
    if len(data) > 29 and data[29] in _DBF_GBK:
        return "gbk"
    for encoding in ("utf-8", "gbk"):
        try:
            data[32:].replace(b"\x00", b"").decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def _raw(frame: pd.DataFrame) -> pd.DataFrame:
    index = pd.RangeIndex(1, len(frame) + 1, name="row")
    columns = {}
    for name in frame.columns:
        cells = frame[name].astype("object")
        columns[str(name)] = pd.Series(
            [None if _is_nothing(cell) else _native(cell) for cell in cells],
            index=index,
            dtype="object",
        )
    return pd.DataFrame(columns, index=index)


def _is_nothing(cell: Any) -> bool:
    if isinstance(cell, np.ndarray | list | dict):  # lists of GeoJSON compare item by item
        return len(cell) == 0
    return bool(cell is None or cell is pd.NaT or cell is pd.NA or cell != cell)


def _native(cell: Any) -> Any:
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime().replace(tzinfo=None)
    if isinstance(cell, np.ndarray | list):
        return "、".join(map(str, cell))
    return cell.item() if isinstance(cell, np.generic) else cell


def _to_degrees(
    path: Path, shapes: np.ndarray, crs: Any, datum: str
) -> tuple[np.ndarray, list[tuple[str, dict[str, Any]]]]:
    if crs is None:
        bounds = shapely.total_bounds(shapes)
        if np.isfinite(bounds).all() and (np.abs(bounds[[0, 2]]).max() > 400 or np.abs(bounds[[1, 3]]).max() > 400):
            detail = {"file": path.name, "x": float(bounds[0]), "y": float(bounds[1])}
            raise FileRefused(
                f"{path.name} has no CRS and its numbers are no degrees", code="LAYER_CRS_MISSING", detail=detail
            )
        return shapes, [("LAYER_CRS_ASSUMED", {"datum": datum})]
    its = pyproj.CRS.from_user_input(crs)
    code = its.to_epsg(min_confidence=70)
    if code in _SAME or (its.is_geographic and code is None):
        return shapes, []
    if datum in ("gcj02", "bd09") and code != _WEB_MERCATOR:
        detail = {"file": path.name, "crs": its.name, "datum": datum}
        raise FileRefused(f"{path.name} is in {its.name} and cannot be {datum} too", code="LAYER_DATUM", detail=detail)
    import geopandas as gpd

    moved = gpd.GeoSeries(shapes, crs=its).to_crs(CRS).to_numpy()
    return moved, [("LAYER_CRS", {"crs": its.name, "epsg": code})]


def _clean(shapes: np.ndarray, rows: pd.Index) -> tuple[np.ndarray, list[Fault]]:
    """Drop heights, mend invalid shapes, unwrap single parts; what was changed is told."""
    result = np.empty(len(shapes), dtype=object)
    faults: list[Fault] = []
    for place, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
        if shape is not None and not shape.is_empty:
            result[place], found = _cleaned(shape)
            faults.extend((row, code, detail) for code, detail in found)
    return result, faults


def _cleaned(shape: Any) -> tuple[Any, list[tuple[str, dict[str, Any]]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if shape.has_z:
        found.append(("GEOMETRY_3D", {}))
        shape = shapely.force_2d(shape)
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None, [*found, ("GEOMETRY_BROKEN", {})]
    if not shape.is_valid:
        found.append(("GEOMETRY_REPAIRED", {"why": shapely.is_valid_reason(shape)[:80]}))
        shape = _highest(shapely.make_valid(shape))
    elif shape.geom_type == "GeometryCollection":
        shape = _highest(shape)
    if shape is not None and shape.geom_type.startswith("Multi") and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    return shape, found


def _highest(shape: Any) -> Any:
    """Return the parts of the highest dimension: of a mended polygon the areas, not the loose lines."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in _DIMENSION and not part.is_empty]
    flat = [piece for part in parts for piece in shapely.get_parts(part)]
    if not flat:
        return None
    top = max(_DIMENSION[piece.geom_type] for piece in flat)
    joined = shapely.union_all([piece for piece in flat if _DIMENSION[piece.geom_type] == top])
    return None if joined.is_empty else joined


def _to_wgs84(shapes: np.ndarray, rows: pd.Index, datum: str) -> tuple[np.ndarray, list[Fault]]:
    faults: list[Fault] = []
    result = shapes.copy()
    for place, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
        if shape is None:
            continue
        points = shapely.get_coordinates(shape)
        codes = [str(code) for code in datums.faults(points[:, 0], points[:, 1]) if code]
        if codes:
            faults.append((row, codes[0], {"points": len(codes)}))
            result[place] = None
    sound = np.array([shape is not None for shape in result], dtype=bool)
    if sound.any():
        result[sound] = shapely.transform(
            result[sound], lambda xy: np.column_stack(datums.to_wgs84(xy[:, 0], xy[:, 1], datum))
        )
    return result, faults
