"""The schema's age: which migration a database stands at, which one this code needs, and how to get there."""

import sqlite3
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.db import geopackage
from app.db.faults import NotGeoPackage, PostgisMissing, SchemaNewer, SchemaOlder, fault

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def config(connection: sa.Connection | None = None) -> Config:
    """Return Alembic's configuration; there is no ini file, as the database is known by its URL alone."""
    result = Config()
    result.set_main_option("script_location", str(MIGRATIONS))
    result.attributes["connection"] = connection
    return result


@cache
def expected() -> str:
    """Return the revision that this code needs; reading every migration takes a moment."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


def found(connection: sa.Connection) -> str | None:
    """Return the revision of a database, None if it has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def check(connection: sa.Connection) -> None:
    """Do nothing if the database fits this code.

    Raises
    ------
    SchemaNewer, SchemaOlder, PostgisMissing
    """
    now, url = found(connection), connection.engine.url
    if now == expected():
        return
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if now is not None and now not in known:
        raise fault(SchemaNewer, url, found=now, expected=expected())
    if connection.dialect.name == "postgresql":
        check_postgis(connection)
    raise fault(SchemaOlder, url, found=now or "empty", expected=expected())


def check_postgis(connection: sa.Connection) -> None:
    """Raise PostgisMissing unless the extension is there."""
    if not connection.scalar(sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")):
        raise fault(PostgisMissing, connection.engine.url)


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring a database to a revision in one transaction; an empty file or database gets everything.

    Raises
    ------
    SchemaNewer, PostgisMissing, NotGeoPackage
        And nothing is changed.
    """
    with engine.execution_options(atlas_write=True).begin() as connection:
        try:
            check(connection)
        except SchemaOlder:
            if connection.dialect.name == "sqlite":
                _prepare(connection)
        command.upgrade(config(connection), revision)
        if connection.dialect.name == "sqlite":
            geopackage.register_contents(_driver(connection))


def differences(connection: sa.Connection, metadata: sa.MetaData) -> list[object]:
    """Return how a database differs from the models, as Alembic's operations; an empty list is as it should be."""
    from alembic.autogenerate import compare_metadata

    options = {"include_object": ours, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def revise(engine: sa.Engine, message: str) -> None:
    """Write the next revision by comparing the models with a database at the newest one; to be read and corrected."""
    with engine.execution_options(atlas_write=True).begin() as connection:
        command.revision(config(connection), message, autogenerate=True)


def ours(_thing: object, name: str | None, kind: str, reflected: bool, compared_to: object) -> bool:
    """Tell Alembic what to compare: neither GeoPackage's and PostGIS's tables nor the index of a geometry column."""
    if kind == "table":
        return not reflected or compared_to is not None
    return not (kind == "index" and str(name).startswith("idx_") and str(name).endswith("_geom"))


def _prepare(connection: sa.Connection) -> None:
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'table'").scalar_one()
    ours = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").scalar_one()
    if tables and not ours:
        raise fault(NotGeoPackage, connection.engine.url)
    geopackage.initialise(_driver(connection))


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
