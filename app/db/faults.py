# ruff: noqa: N818 - they name what is wrong
"""What can be wrong with a database, as coded errors: one table from driver faults to sentences.

``engine_faults(engine)`` makes SQLAlchemy raise these instead of its own, for connecting as for statements.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import ExceptionContext

from geo.errors import AtlasError

UPGRADE = "flask --app app db upgrade"
"""The command that brings a database up to date."""


class DatabaseError(AtlasError):
    """The database cannot do what was asked; ``detail`` holds ``url`` without its password."""

    code = "DATABASE"


class DatabaseUnreachable(DatabaseError):
    """No connection: server down, wrong host, password or name, or a folder that cannot be opened."""

    code = "DATABASE_UNREACHABLE"


class DatabaseUrlWrong(DatabaseUnreachable):
    """The URL is not of a kind that we know; ``detail["say"]`` shows what of it can be no secret."""

    code = "DATABASE_URL"


class DatabaseMissing(DatabaseError):
    """There is no file of that name, and what was asked for does not make one."""

    code = "DATABASE_MISSING"


class PostgisMissing(DatabaseError):
    """The PostgreSQL database has no PostGIS extension."""

    code = "POSTGIS_MISSING"


class SchemaNewer(DatabaseError):
    """The database was written by a newer version of the atlas than this one."""

    code = "SCHEMA_NEWER"


class SchemaOlder(DatabaseError):
    """The database needs the upgrade command before this version can use it."""

    code = "SCHEMA_OLDER"


class DiskFull(DatabaseError):
    """There is no room left where the database lies; what was being written was not written."""

    code = "DISK_FULL"


class NotGeoPackage(DatabaseError):
    """The file is not an SQLite file, or is one that another program made."""

    code = "NOT_GEOPACKAGE"


class ReadOnlyDatabase(DatabaseError):
    """The file, folder or account may not be written to."""

    code = "DATABASE_READ_ONLY"


class DatabaseBusy(DatabaseError):
    """Another process kept the database locked for longer than we wait."""

    code = "DATABASE_BUSY"


_MOST_SHOWN = 80
_SENTENCES: dict[type[DatabaseError], str] = {
    DatabaseUnreachable: "the database {url} cannot be reached: {reason}",
    DatabaseMissing: "there is no database {url}",
    PostgisMissing: "the database {url} has no PostGIS extension: run CREATE EXTENSION postgis in it as its owner",
    SchemaNewer: "the database {url} was written by a newer version of the atlas (schema {found}): update the program",
    SchemaOlder: "the database {url} has an older schema ({found}; this version needs {expected}): run " + UPGRADE,
    DiskFull: "the disk that holds the database {url} is full: make room and repeat; nothing was half-written",
    NotGeoPackage: "{url} is not a GeoPackage of the atlas, or damaged: choose another file, or move this one away",
    ReadOnlyDatabase: "the database {url} may not be written to: check rights of file, folder, account",
    DatabaseBusy: "the database {url} is locked by another program: close it there, or wait and repeat",
}

_SQLITE = {
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_NOTADB: NotGeoPackage,
    sqlite3.SQLITE_CORRUPT: NotGeoPackage,
    sqlite3.SQLITE_READONLY: ReadOnlyDatabase,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnreachable,
    sqlite3.SQLITE_IOERR: DatabaseUnreachable,
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
}
# SQLSTATE, whole or its class of two characters.
_POSTGRES = {
    "53100": DiskFull,
    "25006": ReadOnlyDatabase,
    "42501": ReadOnlyDatabase,
    "55P03": DatabaseBusy,
    "3D000": DatabaseUnreachable,
    "28": DatabaseUnreachable,
    "08": DatabaseUnreachable,
    "57": DatabaseUnreachable,
}


def fault(kind: type[DatabaseError], url: URL, **detail: Any) -> DatabaseError:
    """Return the error of one kind with its sentence; ``url`` is shown without its password."""
    shown = url.render_as_string(hide_password=True)
    return kind(_SENTENCES[kind].format(url=shown, **detail), detail={"url": shown, "command": UPGRADE, **detail})


def shown_url(text: str) -> str:
    """Return as much of a malformed URL as can hold no password: all, or its scheme and what follows the last @."""
    scheme, mark, rest = text.partition("://")
    if "@" not in text:
        return text[:_MOST_SHOWN]
    return f"{scheme if mark else ''}{mark}***@{(rest if mark else text).rpartition('@')[2]}"[:_MOST_SHOWN]


def classify(error: BaseException) -> type[DatabaseError] | None:
    """Return the kind of fault that a driver's exception tells of, None if it is a fault of the statement."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return None if code is None else _SQLITE.get(code & 0xFF)
    state = getattr(error, "pgcode", None)
    if state:
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    # psycopg2 gives no state where the connection itself failed or was lost.
    return DatabaseUnreachable if type(error).__name__ in {"OperationalError", "InterfaceError"} else None


def translated(error: BaseException, engine: Engine) -> BaseException:
    """Return the fault that a driver's exception tells of, or the exception itself."""
    kind = classify(error)
    return error if kind is None else fault(kind, engine.url, reason=" ".join(str(error).split()))


@contextmanager
def translating(engine: Engine) -> Iterator[None]:
    """Translate what the driver raises inside, for the few calls that go past SQLAlchemy."""
    try:
        yield
    except Exception as error:
        found = translated(error, engine)
        if found is error:
            raise
        raise found from error


def engine_faults(engine: Engine) -> None:
    """Make ``engine`` raise the errors above for what they cover; all else stays SQLAlchemy's."""

    @event.listens_for(engine, "handle_error")
    def _translate(context: ExceptionContext) -> BaseException | None:
        original = context.original_exception
        found = translated(original, engine)
        return None if found is original else found
