"""Databases brought up to date, of both kinds."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.models import Base


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded database without rows, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "atlas.gpkg"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgis(postgis_cluster: Any) -> Iterator[Database]:
    """One PostGIS database for many tests, each of which finds it without rows."""
    database = Database(postgis_cluster.database())
    database.upgrade()
    yield database
    database.dispose()


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def database(request: pytest.FixtureRequest) -> Database:
    """A database of each kind in turn, at the newest schema, without rows. Leave its schema as it is."""
    if request.param == "geopackage":
        return request.getfixturevalue("embedded")
    found: Database = request.getfixturevalue("migrated_postgis")
    with found.engine.begin() as connection:
        names = ", ".join(Base.metadata.tables)
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
    return found


@pytest.fixture
def embedded(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """The embedded database, for what only it has."""
    found = Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'atlas.gpkg')}")
    yield found
    found.dispose()


@pytest.fixture
def own_database(database_url: str) -> Iterator[Database]:
    """A database of each kind in turn whose schema may be harmed."""
    found = Database(database_url)
    found.upgrade()
    yield found
    found.dispose()
