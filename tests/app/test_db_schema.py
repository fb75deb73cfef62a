"""The schema's age, and what is said when a database cannot be used."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from app.db import Database, faults, schema
from app.models import Base, Place


def at(database: Database, revision: str) -> None:
    with database.engine.execution_options(atlas_write=True).begin() as c:
        c.execute(sa.text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_migrations_give_what_the_models_say(own_database: Database) -> None:
    with own_database.session() as s:
        assert schema.differences(s.connection(), Base.metadata) == []
        assert schema.found(s.connection()) == schema.expected()


def test_a_difference_would_be_seen(own_database: Database) -> None:
    with own_database.session(write=True) as s:
        s.execute(sa.text("ALTER TABLE place ADD COLUMN surplus TEXT"))
        s.execute(sa.text("DROP INDEX ix_place_name"))
    with own_database.session() as s:
        assert len(schema.differences(s.connection(), Base.metadata)) == 2


def test_migrations_go_back_and_forth(own_database: Database) -> None:
    with own_database.engine.execution_options(atlas_write=True).begin() as c:
        command.downgrade(schema.config(c), "base")
        names = {
            name for name in sa.inspect(c).get_table_names() if not name.startswith(("gpkg_", "rtree_", "spatial"))
        }
        assert names == {"alembic_version"}
    schema.upgrade(own_database.engine)
    with own_database.session() as s:
        assert schema.differences(s.connection(), Base.metadata) == []


def test_the_embedded_file_is_made_and_upgraded_by_itself(geopackage_url: str, tmp_path: Path) -> None:
    database = Database(geopackage_url.replace("atlas.gpkg", "new/folder/atlas.gpkg"))
    with database.session() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Place)) == 0
    assert (tmp_path / "new" / "folder" / "atlas.gpkg").exists()
    database.dispose()


def test_a_second_start_changes_nothing(geopackage_url: str) -> None:
    for _ in range(2):
        database = Database(geopackage_url)
        database.prepare()
        database.dispose()
    with pytest.raises(faults.ReadOnlyDatabase), Database(geopackage_url).session() as s:
        s.execute(sa.text("DELETE FROM alembic_version"))


@pytest.mark.postgis
def test_postgis_is_upgraded_by_the_command_only(postgis_url: str) -> None:
    database = Database(postgis_url)
    with pytest.raises(faults.SchemaOlder, match=r"flask --app app db upgrade"), database.session():
        pass
    schema.upgrade(database.engine)
    with database.session() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Place)) == 0
    database.dispose()


def test_a_newer_schema_is_refused_and_left_alone(own_database: Database) -> None:
    at(own_database, "9999")
    fresh = Database(own_database.url)
    with pytest.raises(faults.SchemaNewer, match="9999"), fresh.session():
        pass
    with pytest.raises(faults.SchemaNewer):
        schema.upgrade(fresh.engine)
    with own_database.engine.connect() as c:
        assert schema.found(c) == "9999"
    fresh.dispose()


@pytest.mark.postgis
def test_missing_postgis_is_said(postgis_url: str) -> None:
    database = Database(postgis_url)
    with database.engine.begin() as c:
        c.execute(sa.text("DROP EXTENSION postgis CASCADE"))
    for attempt in (database.prepare, lambda: schema.upgrade(database.engine)):
        with pytest.raises(faults.PostgisMissing, match="CREATE EXTENSION postgis"):
            attempt()
    database.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg2://someone:secret@127.0.0.1:1/atlas",
        "postgresql+psycopg2://someone:secret@/atlas?host=/nowhere",
        "postgresql+psycopg2://someone:secret@no-such-host.invalid/atlas",
    ],
)
def test_an_unreachable_server_is_said_without_its_password(url: str) -> None:
    with pytest.raises(faults.DatabaseUnreachable) as caught, Database(url).session():
        pass
    assert caught.value.code == "DATABASE_UNREACHABLE"
    assert "secret" not in str(caught.value) + str(caught.value.detail)


@pytest.mark.parametrize("url", ["secret", "mysql://u:secret@h/d", "", "C:\\atlas.gpkg"])
def test_a_url_of_another_form_is_said_without_showing_it(url: str) -> None:
    with pytest.raises(faults.DatabaseUnreachable, match="ATLAS_DATABASE_URL") as caught:
        Database(url).prepare()
    assert "secret" not in str(caught.value)


def test_any_spelling_of_postgres_gets_our_driver() -> None:
    for url in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert Database(url).engine.driver == "psycopg2"


def test_several_processes_may_make_the_file_at_once(geopackage_url: str) -> None:
    outcomes: list[object] = []

    def first() -> None:
        database = Database(geopackage_url)
        try:
            with database.session() as s:
                outcomes.append(s.scalar(sa.select(sa.func.count()).select_from(Place)))
        except Exception as error:
            outcomes.append(error)
        database.dispose()

    threads = [threading.Thread(target=first) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes == [0] * 5


@pytest.mark.postgis
def test_an_unknown_database_is_unreachable(postgis_url: str) -> None:
    with pytest.raises(faults.DatabaseUnreachable), Database(postgis_url.replace("/atlas_", "/none_")).session():
        pass


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at" * 20, b"PK\x03\x04"])
def test_another_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "registry.gpkg"
    path.write_bytes(content)
    with pytest.raises(faults.NotGeoPackage), Database(f"sqlite:///{path}").session():
        pass
    assert path.read_bytes() == content


def test_another_program_s_sqlite_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(faults.NotGeoPackage), Database(f"sqlite:///{path}").session():
        pass
    assert path.read_bytes() == content


def test_another_program_s_geopackage_is_refused(tmp_path: Path) -> None:
    import geopandas as gpd
    import shapely

    path = tmp_path / "layers.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(path)
    with pytest.raises(faults.NotGeoPackage), Database(f"sqlite:///{path}").session():
        pass


def test_a_file_that_may_not_be_written_is_said(embedded: Database, tmp_path: Path) -> None:
    path = Path(str(embedded.engine.url.database))
    embedded.dispose()
    copy = tmp_path / "copy.gpkg"
    shutil.copy(path, copy)
    readonly = Database(f"sqlite:///file:{copy}?mode=ro&uri=true")
    with readonly.session() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Place)) == 0
    with pytest.raises(faults.ReadOnlyDatabase), readonly.session(write=True) as s:
        s.add(Place(key="a", version=1, kind="zone", name="a", origin="layer"))
    readonly.dispose()


def test_a_full_disk_is_said_and_nothing_is_half_written(embedded: Database) -> None:
    with pytest.raises(faults.DiskFull), embedded.session(write=True) as s:
        pages = s.scalar(sa.text("PRAGMA page_count"))
        s.execute(sa.text(f"PRAGMA max_page_count = {pages + 5}"))
        s.add_all([Place(key=f"p{i}", version=1, kind="zone", name="名" * 500, origin="layer") for i in range(500)])
    with embedded.session() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Place)) == 0


@pytest.mark.postgis
@pytest.mark.parametrize(("state", "kind"), [("53100", faults.DiskFull), ("25006", faults.ReadOnlyDatabase)])
def test_faults_of_postgres_are_said_in_the_same_words(postgis_url: str, state: str, kind: type[Exception]) -> None:
    database = Database(postgis_url)
    schema.upgrade(database.engine)
    with pytest.raises(kind), database.session(write=True) as s:
        s.execute(sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))
    database.dispose()


def test_a_locked_file_is_said(embedded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(str(embedded.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("app.db._BUSY_MS", 50)
    with pytest.raises(faults.DatabaseBusy), Database(embedded.url).session(write=True) as s:
        s.execute(sa.text("SELECT 1"))
    other.close()


def test_a_wrong_statement_stays_a_fault_of_the_program(database: Database) -> None:
    with pytest.raises(sa.exc.SQLAlchemyError), database.session() as s:
        s.execute(sa.text("SELECT nonsense FROM place"))
