"""Between frames and rows: plain values out of a frame, a frame out of selected rows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import dialect
from app.db.types import to_json
from app.store.evidence import COLUMNS, StoredList
from geo.frames import DAY, LIST, TEXT, Spec

CHUNK = 20_000
"""Keys in one query."""


def plain(series: pd.Series, dtype: str) -> list[Any]:
    """Return a column as text, numbers, flags, ISO days and JSON text, None for NA: what both databases take."""
    if dtype == LIST:
        return [_json(value) for value in series]
    missing = series.isna().to_numpy()
    if dtype == DAY:
        series = series.dt.strftime("%Y-%m-%d")
    values = series.to_numpy(dtype=object)
    if missing.any():
        values = values.copy()
        values[missing] = None
    found = values.tolist()
    if dtype != TEXT:
        return found
    return [value.replace("\0", "") if type(value) is str and "\0" in value else value for value in found]


def table_rows(
    connection: sa.Connection, spec: Spec, table: sa.Table, frame: pd.DataFrame, **fixed: Any
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return names and rows for ``bulk_insert``: key, the frame's columns that the table has, geometry, ``fixed``."""
    columns = {"key": frame.index.astype(object).tolist()}
    columns |= {name: plain(frame[name], column.dtype) for name, column in spec.columns.items() if name in table.c}
    if "geom" in table.c:
        columns["geom"] = list(dialect.encode(connection, shapes(frame)))
    columns |= {name: [value] * len(frame) for name, value in fixed.items()}
    return list(columns), list(zip(*columns.values(), strict=True))


def shapes(frame: pd.DataFrame) -> np.ndarray:
    """Return the geometries of a spatial frame, or points of its ``lon`` and ``lat``; None where there is none."""
    if "geometry" in frame:
        return np.asarray(frame["geometry"], dtype=object)
    placed = frame["lon"].notna().to_numpy() & frame["lat"].notna().to_numpy()
    points = np.full(len(frame), None, dtype=object)
    points[placed] = shapely.points(frame["lon"].to_numpy()[placed], frame["lat"].to_numpy()[placed])
    return points


def fetch(session: Session, spec: Spec, table: sa.Table, *conditions: Any) -> pd.DataFrame:
    """Return the rows of a table as the frame of ``spec``, in the order they were written."""
    names = [name for name in spec.columns if name in table.c]
    selected = [table.c.key, *(_driver_value(table.c[name]) for name in names)]
    if spec.spatial:
        selected.append(dialect.raw(table.c.geom))
    statement = sa.select(*selected).where(*conditions).order_by(table.c.fid)
    # The driver's own rows: an object a row with names for its columns took as long as the query.
    connection = session.connection()
    cursor = connection.execute(statement).cursor
    assert cursor is not None
    return _frame(connection, spec, names, cursor.fetchall())


def fetch_keys(session: Session, spec: Spec, table: sa.Table, keys: Sequence[str], *conditions: Any) -> pd.DataFrame:
    """Return the rows of these keys (those that exist), in chunks so that a million keys are no trouble."""
    parts = [fetch(session, spec, table, dialect.any_of(table.c.key, part), *conditions) for part in chunks(keys)]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts) if parts else spec.empty()


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut keys into pieces of ``CHUNK``."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def fids(session: Session, table: sa.Table, keys: Sequence[str]) -> dict[str, int]:
    """Return the primary keys of the rows with these keys; of several versions, that of the one in force."""
    found: dict[str, int] = {}
    query = sa.select(table.c.key, table.c.fid)
    if "replaced_on" in table.c:
        query = query.where(table.c.replaced_on.is_(None))
    for part in chunks(keys):
        found |= {row.key: row.fid for row in session.execute(query.where(dialect.any_of(table.c.key, part)))}
    return found


def _driver_value(column: Any) -> Any:
    return sa.type_coerce(column, sa.types.NullType()).label(column.name)


def _frame(connection: sa.Connection, spec: Spec, names: list[str], rows: Sequence[Any]) -> pd.DataFrame:
    values: Mapping[str, Any] = dict(zip(["key", *names, "geometry"], zip(*rows, strict=True), strict=False))
    if not rows:
        return spec.empty()
    index = pd.Index(values["key"])
    columns = {name: _column(name, values[name], spec.columns[name].dtype, index) for name in names}
    frame = pd.DataFrame(columns, index=index)
    if spec.spatial:
        frame["geometry"] = dialect.decode(connection, values["geometry"])
    return spec.conform(frame)


def _column(name: str, values: Sequence[Any], dtype: str, index: pd.Index) -> pd.Series:
    if name in COLUMNS:
        values = [None if value is None else StoredList(value) for value in values]
    elif dtype == LIST:
        # One text for the whole column is read several times faster than a text a row.
        values = json.loads("[" + ",".join(["null" if value is None else value for value in values]) + "]")
    series = pd.Series(np.fromiter(values, dtype=object, count=len(values)), index=index, dtype=object)
    return pd.to_datetime(series) if dtype == DAY else series


def _json(value: Any) -> str | None:
    if isinstance(value, StoredList):
        return value.text
    missing = value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
    return None if missing else to_json(value)
