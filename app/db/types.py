# ruff: noqa: ARG002, D102 - the methods are SQLAlchemy's
"""Column types that read the same on both databases, and whose every column GDAL opens in the embedded file.

GDAL drops GeoPackage columns declared VARCHAR, CHAR, NUMERIC, JSON or BIGINT without a word and reads FLOAT as 32 bits,
so those types compile to the GeoPackage names on SQLite.
"""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles


@compiles(sa.String, "sqlite")
@compiles(sa.Enum, "sqlite")
@compiles(sa.Uuid, "sqlite")
@compiles(sa.JSON, "sqlite")
def _text(_type: Any, _compiler: Any, **_: Any) -> str:
    return "TEXT"


@compiles(sa.BigInteger, "sqlite")
def _integer(_type: Any, _compiler: Any, **_: Any) -> str:
    return "INTEGER"


@compiles(sa.Numeric, "sqlite")
@compiles(sa.Float, "sqlite")
def _double(_type: Any, _compiler: Any, **_: Any) -> str:
    return "DOUBLE"


class _IsoInstant(sqlite.DATETIME):
    """Text ``2026-11-23T05:54:00.123Z``: the only form of an instant that a GeoPackage knows."""

    def bind_processor(self, dialect: Any) -> Any:
        return lambda value: None if value is None else iso(value)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return lambda value: None if value is None else datetime.fromisoformat(value)


class Instant(sa.types.TypeDecorator[datetime]):
    """A point in time with time zone, UTC, to the millisecond."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        embedded: Any = _IsoInstant
        return dialect.type_descriptor(embedded() if dialect.name == "sqlite" else sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class TextList(sa.types.TypeDecorator[list[str]]):
    """A list of texts as one parameter, for ``app.db.dialect.any_of``."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else postgresql.ARRAY(sa.Text()))

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return to_json(value) if dialect.name == "sqlite" else value


class JsonText(sa.types.TypeDecorator[Any]):
    """Lists and mappings as JSON in a text column: GDAL shows it, both databases keep it to the letter."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        return None if value is None else json.loads(value)


def to_json(value: Any) -> str:
    """Return compact JSON, Chinese as it is, NumPy's numbers as numbers."""
    try:
        return orjson.dumps(value, default=_number).decode()
    except orjson.JSONEncodeError:  # whole numbers above 64 bits, as codes typed into a number cell are
        return _encode(value)


def _number(value: Any) -> Any:
    if not isinstance(value, np.generic):
        raise TypeError(f"{type(value).__name__} cannot be stored as JSON")
    return value.item()


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_number).encode


def iso(value: datetime) -> str:
    """Return an instant as ISO 8601 in UTC with milliseconds and Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
