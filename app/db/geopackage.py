# ruff: noqa: S608 - the names of tables and columns are our own
"""The embedded database: an ordinary GeoPackage on the standard library's ``sqlite3``, without a native extension.

GeoAlchemy2's SQLite dialect only calls SQL functions; ``register`` installs Python functions that answer to those names
and write real GeoPackage blobs, ``gpkg_*`` metadata and the standard R-tree with its triggers, so that GDAL and QGIS
open the file as it is. Geometries are two-dimensional or higher, in the SRID of their column.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

import numpy as np
import pyproj
import shapely

from app.db import blobs

APPLICATION_ID = 0x47504B47
"""``GPKG``: the application id of a GeoPackage."""

_VERSION = 10400
_BATCH = 50_000

_METADATA = """
CREATE TABLE IF NOT EXISTS gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE IF NOT EXISTS gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE IF NOT EXISTS gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system')
"""

# The triggers of GeoPackage 1.4, as GDAL writes them: {t} table, {c} geometry column, {i} primary key, {r} R-tree.
_HAS_NEW = 'NEW."{c}" NOTNULL AND NOT ST_IsEmpty(NEW."{c}")'
_NO_NEW = '(NEW."{c}" ISNULL OR ST_IsEmpty(NEW."{c}"))'
_BOX = 'ST_MinX(NEW."{c}"), ST_MaxX(NEW."{c}"), ST_MinY(NEW."{c}"), ST_MaxY(NEW."{c}")'
_TRIGGERS = {
    "insert": f'AFTER INSERT ON "{{t}}" WHEN ({_HAS_NEW}) '
    f'BEGIN INSERT OR REPLACE INTO "{{r}}" VALUES (NEW."{{i}}", {_BOX}); END',
    "update6": f'AFTER UPDATE OF "{{c}}" ON "{{t}}" WHEN OLD."{{i}}" = NEW."{{i}}" AND ({_HAS_NEW}) '
    'AND (OLD."{c}" NOTNULL AND NOT ST_IsEmpty(OLD."{c}")) BEGIN UPDATE "{r}" SET minx = ST_MinX(NEW."{c}"), '
    'maxx = ST_MaxX(NEW."{c}"), miny = ST_MinY(NEW."{c}"), maxy = ST_MaxY(NEW."{c}") WHERE id = NEW."{i}"; END',
    "update7": f'AFTER UPDATE OF "{{c}}" ON "{{t}}" WHEN OLD."{{i}}" = NEW."{{i}}" AND ({_HAS_NEW}) '
    f'AND (OLD."{{c}}" ISNULL OR ST_IsEmpty(OLD."{{c}}")) BEGIN INSERT INTO "{{r}}" VALUES (NEW."{{i}}", {_BOX}); END',
    "update2": f'AFTER UPDATE OF "{{c}}" ON "{{t}}" WHEN OLD."{{i}}" = NEW."{{i}}" AND {_NO_NEW} '
    'BEGIN DELETE FROM "{r}" WHERE id = OLD."{i}"; END',
    "update5": f'AFTER UPDATE ON "{{t}}" WHEN OLD."{{i}}" != NEW."{{i}}" AND ({_HAS_NEW}) '
    'BEGIN DELETE FROM "{r}" WHERE id = OLD."{i}"; '
    f'INSERT OR REPLACE INTO "{{r}}" VALUES (NEW."{{i}}", {_BOX}); END',
    "update4": f'AFTER UPDATE ON "{{t}}" WHEN OLD."{{i}}" != NEW."{{i}}" AND {_NO_NEW} '
    'BEGIN DELETE FROM "{r}" WHERE id IN (OLD."{i}", NEW."{i}"); END',
    "delete": 'AFTER DELETE ON "{t}" WHEN OLD."{c}" NOT NULL BEGIN DELETE FROM "{r}" WHERE id = OLD."{i}"; END',
}


def register(connection: sqlite3.Connection) -> None:
    """Install the functions that GeoAlchemy2 and the R-tree triggers call, on one connection."""
    for name, arguments, function in (
        ("GeomFromEWKT", 1, blobs.from_ewkt),
        ("GeomFromEWKB", -1, blobs.from_ewkb),
        ("GeomFromWKB", -1, blobs.from_ewkb),
        ("AsEWKB", 1, lambda blob: None if blob is None else shapely.to_wkb(blobs.with_srid(blob), include_srid=True)),
        ("AsBinary", 1, lambda blob: None if blob is None else blob[blobs.header_bytes(blob) :]),
        ("AsGeoJSON", 1, lambda blob: None if blob is None else shapely.to_geojson(blobs.decode([blob])[0])),
        ("ST_AsText", 1, lambda blob: None if blob is None else blobs.decode([blob])[0].wkt),
        ("ST_IsEmpty", 1, blobs.is_empty),
        ("ST_MinX", 1, lambda blob: blobs.box(blob)[0]),
        ("ST_MaxX", 1, lambda blob: blobs.box(blob)[1]),
        ("ST_MinY", 1, lambda blob: blobs.box(blob)[2]),
        ("ST_MaxY", 1, lambda blob: blobs.box(blob)[3]),
    ):
        connection.create_function(name, arguments, function, deterministic=True)
    _register_management(connection)


def _register_management(connection: sqlite3.Connection) -> None:
    managed: dict[str, tuple[int, Callable[..., Any]]] = {
        "RecoverGeometryColumn": (5, lambda *column: _recover_geometry_column(connection, *column)),
        "DiscardGeometryColumn": (2, lambda table, _column: _discard_geometry_column(connection, table)),
        "CreateSpatialIndex": (2, lambda table, column: create_index(connection, table, column)),
        "CheckSpatialIndex": (2, lambda table, column: _has_index(connection, table, column) or None),
        "DisableSpatialIndex": (2, lambda table, column: drop_index(connection, table, column)),
    }
    for name, (arguments, function) in managed.items():
        connection.create_function(name, arguments, function)


def claim(connection: sqlite3.Connection) -> bool:
    """Mark an empty file as a GeoPackage; return whether the file is one. Another program's file is not touched.

    This comes before write-ahead logging is switched on, as GDAL looks for the mark in the file itself.
    """
    if connection.execute("PRAGMA page_count").fetchone()[0] == 0:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def initialise(connection: sqlite3.Connection) -> None:
    """Give a GeoPackage its metadata tables; harmless to repeat."""
    for statement in _METADATA.split(";\n"):
        connection.execute(statement)
    _add_srs(connection, 4326)


def register_contents(connection: sqlite3.Connection) -> None:
    """List every table of ours in ``gpkg_contents`` (those without geometry as attributes), and none that is gone."""
    gone = "table_name NOT IN (SELECT name FROM sqlite_master WHERE type = 'table')"
    for table in ("gpkg_extensions", "gpkg_geometry_columns", "gpkg_contents"):
        connection.execute(f"DELETE FROM {table} WHERE {gone}")
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'gpkg!_%' ESCAPE '!' AND name NOT LIKE "
        "'rtree!_%' ESCAPE '!' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'alembic_version' "
        "AND name NOT IN (SELECT table_name FROM gpkg_contents)"
    ).fetchall()
    for (table,) in rows:
        _add_contents(connection, table, "attributes", 0)


def create_index(connection: sqlite3.Connection, table: str, column: str) -> int:
    """Create the R-tree of a geometry column, fill it from the rows there are, and install its triggers."""
    tree, key = index_name(table, column), _primary_key(connection, table)
    connection.execute(f'CREATE VIRTUAL TABLE IF NOT EXISTS "{tree}" USING rtree(id, minx, maxx, miny, maxy)')
    connection.execute(
        "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', "
        "'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        (table, column),
    )
    fill_index(connection, table, column, after=None)
    for name, body in _TRIGGERS.items():
        sql = body.format(t=table, c=column, i=key, r=tree)
        connection.execute(f'CREATE TRIGGER IF NOT EXISTS "{tree}_{name}" {sql}')
    return 1


def fill_index(connection: sqlite3.Connection, table: str, column: str, *, after: int | None) -> None:
    """Put the rows with a primary key above ``after`` (None: all rows, the tree emptied first) into the R-tree."""
    tree, key = index_name(table, column), _primary_key(connection, table)
    if after is None:
        connection.execute(f'DELETE FROM "{tree}"')
    rows = connection.execute(
        f'SELECT "{key}", "{column}" FROM "{table}" WHERE "{key}" > ? AND "{column}" IS NOT NULL', (after or -1,)
    )
    while part := rows.fetchmany(_BATCH):
        fids, held = zip(*part, strict=True)
        boxes = shapely.bounds(blobs.decode(held))
        whole = ~np.isnan(boxes[:, 0])
        values = zip(np.array(fids)[whole].tolist(), *boxes[whole][:, [0, 2, 1, 3]].T.tolist(), strict=True)
        connection.executemany(f'INSERT OR REPLACE INTO "{tree}" VALUES (?, ?, ?, ?, ?)', values)


def drop_index(connection: sqlite3.Connection, table: str, column: str) -> int:
    """Remove the R-tree of a geometry column and its triggers."""
    tree = index_name(table, column)
    for name in (*_TRIGGERS, "update1", "update3"):
        connection.execute(f'DROP TRIGGER IF EXISTS "{tree}_{name}"')
    connection.execute(f'DROP TABLE IF EXISTS "{tree}"')
    connection.execute("DELETE FROM gpkg_extensions WHERE table_name = ? AND column_name = ?", (table, column))
    return 1


def index_name(table: str, column: str) -> str:
    """Return the name of the R-tree of a geometry column."""
    return f"rtree_{table}_{column}"


def index_faults(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return ``(table, column, fault)`` of every R-tree that does not answer to its table.

    Faults: ``missing`` (no tree or not all triggers), ``count`` (rows without entry or entries without row), ``box``
    (an entry does not contain its row's box).
    """
    columns = connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns ORDER BY 1").fetchall()
    found = ((table, column, _index_fault(connection, table, column)) for table, column in columns)
    return [(table, column, fault) for table, column, fault in found if fault]


def _index_fault(connection: sqlite3.Connection, table: str, column: str) -> str | None:
    tree, key = index_name(table, column), _primary_key(connection, table)
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE tbl_name = ?", (table,))}
    if not _has_index(connection, table, column) or not {f"{tree}_{name}" for name in _TRIGGERS} <= names:
        return "missing"
    rows = connection.execute(f'SELECT "{key}", "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
    boxes = {fid: blobs.box(blob) for fid, blob in rows if not blobs.is_empty(blob)}
    entries = {row[0]: row[1:] for row in connection.execute(f'SELECT id, minx, maxx, miny, maxy FROM "{tree}"')}
    if boxes.keys() != entries.keys():
        return "count"
    off = any(
        e[0] > b[0] or e[1] < b[1] or e[2] > b[2] or e[3] < b[3]
        for e, b in ((entries[fid], boxes[fid]) for fid in boxes)
    )
    return "box" if off else None


def _recover_geometry_column(
    connection: sqlite3.Connection, table: str, column: str, srid: int, kind: str, dimension: str
) -> int:
    _add_srs(connection, srid)
    _add_contents(connection, table, "features", srid)
    connection.execute(
        "INSERT OR REPLACE INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, ?, ?)",
        (table, column, kind, srid, int("Z" in dimension), int("M" in dimension)),
    )
    return 1


def _discard_geometry_column(connection: sqlite3.Connection, table: str) -> int:
    for metadata in ("gpkg_geometry_columns", "gpkg_contents"):
        connection.execute(f"DELETE FROM {metadata} WHERE table_name = ?", (table,))
    return 1


def _add_contents(connection: sqlite3.Connection, table: str, kind: str, srid: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        (table, kind, table, srid),
    )


def _add_srs(connection: sqlite3.Connection, srid: int) -> None:
    if connection.execute("SELECT 1 FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srid,)).fetchone():
        return
    crs = pyproj.CRS.from_epsg(srid)
    connection.execute(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, 'EPSG', ?, ?, NULL)",
        (crs.name, srid, srid, crs.to_wkt("WKT1_GDAL")),
    )


def _has_index(connection: sqlite3.Connection, table: str, column: str) -> int:
    name = (index_name(table, column),)
    return int(connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", name).fetchone() is not None)


def _primary_key(connection: sqlite3.Connection, table: str) -> str:
    return next(row[1] for row in connection.execute(f'PRAGMA table_info("{table}")') if row[5])
