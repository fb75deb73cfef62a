"""Databases brought up to date, of both kinds."""

from collections.abc import Iterator

import pytest

from app.db import Database, schema


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database of each kind in turn, at the newest schema, without rows."""
    found = Database(database_url)
    schema.upgrade(found.engine)
    yield found
    found.dispose()


@pytest.fixture
def embedded(geopackage_url: str) -> Iterator[Database]:
    """The embedded database, for what only it has."""
    found = Database(geopackage_url)
    found.prepare()
    yield found
    found.dispose()
