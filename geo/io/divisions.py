"""Divisions, their other names, and outlines, as files of ``data/`` and of the ``divisions`` command hold them."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import FileRefused
from geo.frames import ALIASES, CRS, DAY, DIVISIONS, INTEGER, OUTLINES, PLACES, REAL, Spec

LEVELS = ("city", "county", "town", "village")
"""Levels of divisions, widest first."""


def read_divisions(path: Path | str) -> pd.DataFrame:
    """Return a table of divisions as ``DIVISIONS``; the rows in force have no ``valid_to``.

    Raises
    ------
    FileRefused
        If the file is missing, columns are missing, a code stands twice, or a level or a position is impossible.
    """
    frame = _conform(_text(path), DIVISIONS, path)
    wrong = frame[~frame["level"].isin(LEVELS)]
    if len(wrong):
        known = ", ".join(LEVELS)
        raise _refused(path, f"code {wrong.index[0]} has the level {wrong['level'].iloc[0]!r}; known are {known}")
    swapped = frame[(frame["lat"].abs() > 90) | (frame["lon"].abs() > 180)]
    if len(swapped):
        raise _refused(path, f"code {swapped.index[0]} has a position out of range; lon comes before lat, in degrees")
    return frame


def read_aliases(path: Path | str) -> pd.DataFrame:
    """Return a table of other names as ``ALIASES``.

    Raises
    ------
    FileRefused
        If the file is missing, columns are missing, or an ``alias_id`` stands twice.
    """
    return _conform(_text(path), ALIASES, path)


def read_outlines(path: Path | str) -> gpd.GeoDataFrame:
    """Return outlines of counties or towns as ``OUTLINES``, in WGS-84.

    The layer needs ``code``, ``name`` and ``level`` and a CRS that pyproj knows; a layer in GCJ-02 or BD-09 has to be
    converted on import (``geo.datum``), because no CRS code exists for them.

    Raises
    ------
    FileRefused
        If the file cannot be read, columns are missing, or an outline is empty or no polygon.
    """
    layer = _layer(path)
    if "code" not in layer.columns:
        raise _refused(path, "it has no column 'code'")
    frame = _conform(layer.set_index(layer["code"].astype("string")), OUTLINES, path)
    flat = frame[~frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"]) | frame.geometry.is_empty]
    if len(flat):
        raise _refused(path, f"the outline of {flat.index[0]} is not a polygon")
    return frame


def read_zones(path: Path | str) -> gpd.GeoDataFrame:
    """Return a layer of development zones as ``PLACES``; a zone without outline is known by name alone.

    Raises
    ------
    FileRefused
        If the file cannot be read or columns are missing.
    """
    layer = _layer(path)
    if "place_id" not in layer.columns:
        raise _refused(path, "it has no column 'place_id'")
    return _conform(layer.set_index(layer["place_id"].astype("string")), PLACES, path)


def _layer(path: Path | str) -> gpd.GeoDataFrame:
    try:
        layer = gpd.read_file(path)
    except Exception as error:
        raise _refused(path, f"it cannot be read as a layer ({error})") from error
    return layer.to_crs(CRS) if layer.crs is not None else layer.set_crs(CRS)


def _text(path: Path | str) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype="string", encoding="utf-8-sig", keep_default_na=False, na_values=[""])
    except FileNotFoundError as error:
        raise _refused(path, "it does not exist") from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise _refused(path, f"it is not a UTF-8 table ({error})") from error


def _conform(frame: pd.DataFrame, spec: Spec, path: Path | str) -> pd.DataFrame:
    missing = [name for name in (spec.index, *spec.columns) if name not in (*frame.columns, frame.index.name)]
    needed = [name for name in missing if name == spec.index or spec.columns[name].required]
    if needed:
        raise _refused(path, f"columns are missing: {', '.join(needed)}")
    indexed = frame if frame.index.name == spec.index else frame.set_index(spec.index)
    doubles = indexed.index[indexed.index.duplicated()]
    if len(doubles):
        raise _refused(path, f"{spec.index} {doubles[0]} stands more than once")
    try:
        return spec.conform(_typed(indexed, spec))
    except ValueError as error:
        raise _refused(path, str(error)) from error


def _typed(frame: pd.DataFrame, spec: Spec) -> pd.DataFrame:
    """Text cells as the numbers and days that the contract wants."""
    typed = {}
    for name, column in spec.columns.items():
        if name not in frame.columns:
            continue
        values = frame[name]
        if column.dtype in (REAL, INTEGER):
            values = pd.to_numeric(values)
        elif column.dtype == DAY and not pd.api.types.is_datetime64_any_dtype(values):
            values = pd.to_datetime(values, format="%Y-%m-%d")
        typed[name] = values
    return frame.assign(**typed)


def _refused(path: Path | str, why: str) -> FileRefused:
    return FileRefused(f"{path}: {why}", code="DIVISIONS_REFUSED", detail={"file": str(path), "why": why})
