"""The database: one engine, one way to a session, and the only package that knows which database it is.

``with session() as s`` reads, ``with session(write=True) as s`` reads and writes and commits at its end. The first
session of a process makes sure that the schema fits: the embedded file is created and upgraded by itself, PostGIS only
by the command.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import geopackage, schema
from app.db.dialect import bbox_overlaps
from app.db.faults import (
    DatabaseBusy,
    DatabaseMissing,
    DatabaseUrlWrong,
    NotGeoPackage,
    SchemaOlder,
    classify,
    engine_faults,
    fault,
    shown_url,
    translated,
)
from app.db.standing import Standing

__all__ = ["Database", "attach", "attached", "bbox_overlaps", "creating", "current", "session", "standing"]

T = TypeVar("T")

_EXTENSION = "atlas.database"
_may_create: ContextVar[bool] = ContextVar("may_create", default=True)
_BUSY_MS = 10_000
_LONG_LOG = 16 * 2**20

# What GeoAlchemy2 reads when it reflects a table; temporary, so the file stays an ordinary GeoPackage.
_GEOMETRY_COLUMNS = """
CREATE TEMP VIEW IF NOT EXISTS geometry_columns AS
SELECT g.table_name AS f_table_name, g.column_name AS f_geometry_column, g.geometry_type_name AS geometry_type,
  'XY' AS coord_dimension, g.srs_id AS srid, e.table_name IS NOT NULL AS spatial_index_enabled
FROM main.gpkg_geometry_columns g
LEFT JOIN main.gpkg_extensions e ON e.table_name = g.table_name AND e.column_name = g.column_name
"""


@dataclass(frozen=True)
class Database:
    """A database by its URL, ``sqlite:///….gpkg`` or ``postgresql+psycopg2://…`` with PostGIS; not opened yet."""

    url: str
    _ready: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _made: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    told: threading.Event = field(default_factory=threading.Event, init=False, repr=False)

    @cached_property
    def engine(self) -> sa.Engine:
        """The engine; made at first use, so that a wrong URL is told where errors are told."""
        return _engine(self.url)

    @cached_property
    def standing(self) -> Standing:
        """Small answers that stand until somebody commits."""
        return Standing(lambda: self.engine)

    @property
    def embedded(self) -> bool:
        """Whether this is the GeoPackage file rather than a PostGIS server."""
        return self.engine.dialect.name == "sqlite"

    @property
    def made(self) -> bool:
        """Whether this process made the file: an embedded database that was not there before."""
        return self._made.is_set()

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[Session]:
        """Give a session in one transaction: it commits at the end if ``write``, and rolls back on any exception.

        A reading session cannot write; a writing one holds the embedded file's only write lock, so keep it short.

        Raises
        ------
        app.db.faults.DatabaseError
            Its children name what is wrong.
        """
        self.prepare()
        bind = self.engine.execution_options(atlas_write=write, postgresql_readonly=not write)
        with Session(bind, expire_on_commit=False) as result:
            yield result
            if write:
                result.commit()
        if write and self.embedded:
            self._shorten_log()

    def prepare(self) -> None:
        """Make sure, once a process, that the schema fits; the embedded file is created and upgraded here.

        Raises
        ------
        DatabaseMissing
            If there is no file, inside of ``creating(allowed=False)``.
        """
        with self._lock:
            if self._ready.is_set():
                return
            self.make_room()
            try:
                with self.engine.connect() as connection:
                    schema.check(connection)
            except SchemaOlder:
                if not self.embedded:
                    raise
                self.upgrade()
            self._ready.set()

    def upgrade(self) -> None:
        """Bring the database to the schema of this code; an empty file or database gets everything.

        Raises
        ------
        app.db.faults.DatabaseError
            SchemaNewer, PostgisMissing, NotGeoPackage … and nothing is changed.
        """
        self.make_room()
        schema.upgrade(self.engine)

    def _shorten_log(self) -> None:
        """After a big load, move the write-ahead log into the file, so that a copy of the file is whole."""
        log = Path(f"{self.engine.url.database}-wal")
        if not log.exists() or log.stat().st_size < _LONG_LOG:
            return
        connection = self.engine.raw_connection()
        try:
            # Does what it can while others read; the rest follows with the next load.
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            return
        finally:
            connection.close()

    def make_room(self) -> None:
        """Make room for a file that is not there yet, and note that it is new; or refuse, where none may be made."""
        name = str(self.engine.url.database or "")
        path = Path(name.removeprefix("file:").partition("?")[0])
        if not self.embedded or name in ("", ":memory:") or path.exists():
            return
        if not _may_create.get():
            raise fault(DatabaseMissing, self.engine.url)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._made.set()

    def remove_made(self) -> None:
        """Remove the embedded file if this process made it; the next session makes it anew."""
        if not self.made:
            return
        with self._lock:
            self.dispose()
            for end in ("", "-wal", "-shm"):
                Path(f"{self.engine.url.database}{end}").unlink(missing_ok=True)
            self._ready.clear()
            self._made.clear()

    def dispose(self) -> None:
        """Close every idle connection."""
        self.standing.clear()
        self.engine.dispose()


def attach(app: Flask) -> Database:
    """Give ``app`` its database by ``app.config["DATABASE_URL"]``; nothing is opened until the first session."""
    database = Database(app.config["DATABASE_URL"])
    app.extensions[_EXTENSION] = database
    return database


def attached(app: Flask) -> Database:
    """Return the database of an application."""
    database: Database = app.extensions[_EXTENSION]
    return database


def current() -> Database:
    """Return the database of the application in whose context we run."""
    return attached(current_app)


@contextmanager
def creating(*, allowed: bool) -> Iterator[None]:
    """Let no embedded file be made inside unless ``allowed``: a mistyped path is told instead."""
    token = _may_create.set(allowed)
    try:
        yield
    finally:
        _may_create.reset(token)


@contextmanager
def session(*, write: bool = False) -> Iterator[Session]:
    """Give a session on the current application's database: see ``Database.session``."""
    with current().session(write=write) as result:
        yield result


def standing(key: Hashable, make: Callable[[], T]) -> T:
    """Return an answer that is kept until something is committed to the current database (``app.db.standing``).

    ``make`` opens its own session; what it returns is shared by threads and must not be changed.
    """
    database = current()
    database.prepare()
    return database.standing.get(key, make)


def _engine(text: str) -> sa.Engine:
    url = _parsed(text)
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, pool_size=10, max_overflow=20, connect_args={"timeout": _BUSY_MS / 1000})
        event.listen(engine, "connect", _connect_listener(engine))
        event.listen(engine, "begin", _on_begin)
    else:
        engine = sa.create_engine(
            url, pool_size=5, max_overflow=15, pool_pre_ping=True, connect_args={"connect_timeout": 10}
        )
    engine_faults(engine)
    return engine


def _parsed(text: str) -> sa.URL:
    """Return the URL with the driver that we use; of a wrong one the fault shows what can be no password."""
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):  # ValueError: a port that is no number
        url = sa.URL.create("unknown")
    kind = url.get_backend_name()
    if kind == "sqlite":
        return url
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg2")
    wanted = "sqlite:///FILE.gpkg or postgresql+psycopg2://USER:PASSWORD@HOST/NAME"
    raise DatabaseUrlWrong(f"ATLAS_DATABASE_URL is not of the form {wanted}", detail={"say": shown_url(text)})


def _connect_listener(engine: sa.Engine) -> Callable[[sqlite3.Connection, object], None]:
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        deadline = time.monotonic() + _BUSY_MS / 1000
        while True:
            try:
                return _set_up(connection, engine)
            except sqlite3.Error as error:
                # Switching a new file to write-ahead logging does not wait for others that do the same.
                if classify(error) is not DatabaseBusy or time.monotonic() > deadline:
                    raise translated(error, engine) from error
                time.sleep(0.02)

    return _on_connect


_CACHE = "cache_size = -65536"
"""64 MB: the survey of a city is written in one piece, and the default of 2 MB writes its pages several times over."""


def _set_up(connection: sqlite3.Connection, engine: sa.Engine) -> None:
    # Python must not begin transactions for us: it leaves DDL outside of them, and the index stale after a rollback.
    connection.isolation_level = None
    if not geopackage.claim(connection):
        raise fault(NotGeoPackage, engine.url)
    for pragma in ("journal_mode = wal", "synchronous = normal", "foreign_keys = on", "trusted_schema = on", _CACHE):
        connection.execute(f"PRAGMA {pragma}")
    geopackage.register(connection)
    connection.execute(_GEOMETRY_COLUMNS)


def _on_begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("atlas_write", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'off' if write else 'on'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
