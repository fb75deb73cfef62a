"""Databases brought up to date, of both kinds, and an application that shows the small city."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import review_city
import small_city
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from installed import installed

from app import store
from app.db import Database, session
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


@pytest.fixture(params=["embedded", pytest.param("postgis", marks=pytest.mark.postgis)])
def server(request: pytest.FixtureRequest) -> Any:
    """The server of a database of each kind in turn, for ``installed``: None for the embedded one."""
    return None if request.param == "embedded" else request.getfixturevalue("postgis_cluster")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with the surveys of the small city."""
    return small_city.loaded(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application without worker and form tokens, and without rows: for modules that decide and survey anew."""
    return installed(tmp_path_factory.mktemp("desk"), worker=False, form_tokens=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The city whose firms need a person, surveyed."""
    return review_city.loaded(tmp_path_factory.mktemp("made"), form_tokens=False)


@pytest.fixture
def undecided(made: Flask) -> Iterator[Flask]:
    """``made``, with no decision before and after each test."""
    yield made
    with made.app_context(), session(write=True) as opened:
        for key in list(store.read(opened, "decisions", store.CITY).index):
            store.decisions.withdraw(opened, store.decisions.act_of(str(key)))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor of ``app``."""
    return app.test_client()
