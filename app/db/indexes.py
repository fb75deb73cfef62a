"""Whether spatial indexes answer to their tables, and how to build them anew."""

import sqlite3
from collections.abc import Iterable

import sqlalchemy as sa

from app.db import Database, geopackage

Fault = tuple[str, str, str]
"""Table, column, and what is wrong: missing · count · box (embedded) · missing · invalid (PostGIS)."""

_POSTGIS = """
SELECT g.f_table_name, g.f_geometry_column, CASE WHEN i.indexrelid IS NULL THEN 'missing' ELSE 'invalid' END
FROM geometry_columns g
JOIN pg_class t ON t.oid = format('%I.%I', g.f_table_schema, g.f_table_name)::regclass
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = g.f_geometry_column
LEFT JOIN pg_index i ON i.indrelid = t.oid AND a.attnum = ANY(i.indkey)
WHERE g.f_table_schema = current_schema() AND (i.indexrelid IS NULL OR NOT i.indisvalid)
ORDER BY 1
"""


def faults(database: Database) -> list[Fault]:
    """Return the spatial indexes that cannot be trusted."""
    with database.session() as session:
        connection = session.connection()
        if not database.embedded:
            return [(row[0], row[1], row[2]) for row in connection.execute(sa.text(_POSTGIS))]
        return geopackage.index_faults(_driver(connection))


def rebuild(database: Database, found: Iterable[Fault]) -> None:
    """Build these indexes anew, each in one transaction."""
    for table, column, _ in found:
        with database.session(write=True) as session:
            connection = session.connection()
            if database.embedded:
                geopackage.drop_index(_driver(connection), table, column)
                geopackage.create_index(_driver(connection), table, column)
                continue
            connection.execute(sa.text(f'DROP INDEX IF EXISTS "idx_{table}_{column}"'))
            connection.execute(sa.text(f'CREATE INDEX "idx_{table}_{column}" ON "{table}" USING gist ("{column}")'))


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
