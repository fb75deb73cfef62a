# ruff: noqa: S608 - the names of tables and columns are our own
"""What differs between the embedded GeoPackage and PostGIS, behind names that mean the same on both."""

import io
import re
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.db import blobs, geopackage
from app.db.faults import translating
from app.db.types import TextList

_REINDEX_FROM = 1000
"""From so many rows on, the R-tree is filled once behind the rows instead of by a trigger a row."""


_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class bbox_overlaps(FunctionElement[Any]):  # noqa: N801 - reads as an SQL function
    """Condition: the box of a geometry column overlaps ``bounds`` (west, south, east, north, WGS-84), by the index.

    The embedded R-tree stores 32-bit boxes rounded outward, so a row a centimetre outside may be let in.
    """

    # Boolean would be rendered with "= 1" behind it on SQLite.
    type = sa.types.NullType()
    inherit_cache = True

    def __init__(self, column: Any, bounds: Sequence[float]) -> None:
        super().__init__(column, *(float(value) for value in bounds))


@compiles(bbox_overlaps, "postgresql")
def _postgis_overlaps(element: Any, compiler: Any, **kw: Any) -> str:
    column, *bounds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({column} && ST_MakeEnvelope({', '.join(bounds)}, 4326))"


@compiles(bbox_overlaps, "sqlite")
def _rtree_overlaps(element: Any, compiler: Any, **kw: Any) -> str:
    column, *clauses = element.clauses
    table = getattr(column.table, "element", column.table)
    west, south, east, north = (compiler.process(clause, **kw) for clause in clauses)
    key = compiler.process(column.table.c[table.primary_key.columns.keys()[0]], **kw)
    tree = geopackage.index_name(table.name, column.name)
    # The order of the binds must stay that of the clauses.
    return (
        f'({key} IN (SELECT id FROM "{tree}" '
        f"WHERE maxx >= {west} AND maxy >= {south} AND minx <= {east} AND miny <= {north}))"
    )


class any_of(FunctionElement[Any]):  # noqa: N801 - reads as an SQL function
    """Condition: a text column has one of many values, sent as one parameter however many they are."""

    type = sa.types.NullType()
    inherit_cache = True

    def __init__(self, column: Any, values: Sequence[str]) -> None:
        super().__init__(column, sa.literal(list(values), TextList()))


@compiles(any_of, "postgresql")
def _postgis_any(element: Any, compiler: Any, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({column} = ANY ({values}))"


@compiles(any_of, "sqlite")
def _embedded_any(element: Any, compiler: Any, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({values})))"


def hold(connection: sa.Connection, table: str) -> None:
    """Let no other transaction write to a table until this one ends; the embedded file lets one in at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')


def raw(column: Any) -> Any:
    """Return a geometry column as the driver gives it, for ``decode``: no function call a row."""
    return sa.type_coerce(column, sa.types.NullType()).label(column.name)


def decode(connection: sa.Connection, values: Sequence[Any]) -> npt.NDArray[np.object_]:
    """Return shapely geometries of what ``raw`` selected."""
    if connection.dialect.name == "sqlite":
        return blobs.decode(values)
    wkbs = np.empty(len(values), dtype=object)
    wkbs[:] = values
    return np.asarray(shapely.from_wkb(wkbs), dtype=object)


def encode(connection: sa.Connection, geometries: npt.ArrayLike) -> Sequence[Any]:
    """Return shapely geometries (WGS-84) in the form that ``bulk_insert`` writes."""
    if connection.dialect.name == "sqlite":
        return blobs.encode(geometries)
    array = shapely.set_srid(np.asarray(geometries, dtype=object), 4326)
    return list(shapely.to_wkb(array, hex=True, include_srid=True))


def bulk_insert(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows of plain values (text, numbers, flags, ISO days, JSON text, encoded geometries) as fast as can be."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _insert_embedded(connection, table, columns, rows)
    else:
        _copy(connection, table, columns, rows)


def _insert_embedded(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'
    geometry = next((name for name in columns if hasattr(table.c[name].type, "geometry_type")), None)
    driver = connection.connection.driver_connection
    assert driver is not None
    # Rows with given keys may lie anywhere below the highest one, so only fresh keys take the short way.
    if geometry is None or len(rows) < _REINDEX_FROM or "fid" in columns:
        connection.exec_driver_sql(statement, list(rows))
        return
    trigger = f"{geopackage.index_name(table.name, geometry)}_insert"
    sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (trigger,)).scalar_one()
    last = connection.exec_driver_sql(f'SELECT coalesce(max(fid), -1) FROM "{table.name}"').scalar_one()
    connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
    connection.exec_driver_sql(statement, list(rows))
    geopackage.fill_index(driver, table.name, geometry, after=last)
    connection.exec_driver_sql(sql)


def _copy(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    # COPY's text form: its CSV form stumbles over bare carriage returns and over lines of a backslash and a dot.
    buffer = io.StringIO("".join("\t".join(map(_copied, row)) + "\n" for row in rows))
    names = ", ".join(f'"{name}"' for name in columns)
    copy = f'COPY "{table.name}" ({names}) FROM STDIN'
    with translating(connection.engine), closing(connection.connection.cursor()) as cursor:
        cursor.copy_expert(copy, buffer)


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    text = str(value)
    return text.translate(_ESCAPES) if type(value) is str and _SPECIAL.search(text) else text


def bulk_update(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Update rows of plain values by primary key, which stands last in each row."""
    if not rows:
        return
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = (
        f'UPDATE "{table.name}" SET ' + ", ".join(f'"{name}" = {mark}' for name in columns) + f" WHERE fid = {mark}"
    )
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(statement, list(rows))
        return
    from psycopg2.extras import execute_batch  # type: ignore[import-untyped]

    with translating(connection.engine), closing(connection.connection.cursor()) as cursor:
        execute_batch(cursor, statement, rows, page_size=500)
