"""The embedded file is a GeoPackage that GDAL takes as its own, and both databases answer alike."""

import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from geoalchemy2 import WKTElement
from geoalchemy2.shape import from_shape, to_shape
from hypothesis import given
from hypothesis import strategies as st

from app.db import Database, bbox_overlaps, blobs, dialect, indexes
from app.db.types import to_json
from app.models import Base, Place, Run, SurveyFirm

SQUARE = shapely.box(120.8, 32.0, 120.9, 32.1)
COORDINATES = st.floats(-180, 180, allow_nan=False).map(lambda value: round(value, 9))
POINTS = st.builds(shapely.Point, COORDINATES, COORDINATES)
SHAPES = st.one_of(
    st.none(),
    POINTS,
    st.builds(lambda p, r: p.buffer(r + 0.001, 2), POINTS, st.floats(0, 1)),
    st.lists(st.tuples(COORDINATES, COORDINATES), min_size=2, max_size=5).map(shapely.LineString),
    st.lists(POINTS, min_size=1, max_size=4).map(shapely.MultiPoint),
    st.sampled_from([shapely.from_wkt("POINT EMPTY"), shapely.from_wkt("POLYGON EMPTY"), shapely.Point(1, 2, 3)]),
)


def place(key: str, geom: object = None) -> Place:
    return Place(key=key, version=1, kind="building", name=key, origin="layer", geom=geom)


def path_of(database: Database) -> Path:
    return Path(str(database.engine.url.database))


@given(st.lists(SHAPES, max_size=6))
def test_blobs_give_back_what_was_put_in(shapes: list[shapely.Geometry | None]) -> None:
    back = blobs.decode(blobs.encode(np.array(shapes, dtype=object)))
    assert [g and g.wkb for g in back] == [g and g.wkb for g in shapes]


def test_a_blob_is_what_the_standard_says() -> None:
    point, area = blobs.encode(np.array([shapely.Point(120, 32), SQUARE], dtype=object))
    assert point is not None and area is not None
    # Magic, version 0, little-endian without envelope, SRID 4326; then ISO WKB.
    assert point[:8] == b"GP\x00\x01\xe6\x10\x00\x00"
    assert point[8:] == shapely.Point(120, 32).wkb
    # The same with an envelope of minx, maxx, miny, maxy.
    assert area[:8] == b"GP\x00\x03\xe6\x10\x00\x00"
    assert np.frombuffer(area, "<f8", 4, 8).tolist() == [120.8, 120.9, 32.0, 32.1]


def test_models_write_and_read_geometry_alike(database: Database) -> None:
    with database.session(write=True) as s:
        s.add_all(
            [
                place("a", WKTElement("POINT (120.5 32.5)", srid=4326)),
                place("b", from_shape(SQUARE, srid=4326)),
                place("c"),
                place("d", "SRID=4326;LINESTRING (1 2, 3 4)"),
            ]
        )
    with database.session(write=True) as s:
        s.scalars(sa.select(Place).where(Place.key == "c")).one().geom = from_shape(shapely.Point(121, 33), srid=4326)
        s.delete(s.scalars(sa.select(Place).where(Place.key == "d")).one())
    with database.session() as s:
        found = {row.key: to_shape(row.geom) for row in s.scalars(sa.select(Place))}
        text = s.scalar(sa.select(Place.geom.ST_AsText()).where(Place.key == "a"))
    assert found == {"a": shapely.Point(120.5, 32.5), "b": SQUARE, "c": shapely.Point(121, 33)}
    assert shapely.from_wkt(text) == found["a"]
    assert indexes.faults(database) == []


def test_boxes_are_looked_up_in_the_index(database: Database) -> None:
    with database.session(write=True) as s:
        s.add_all([place(f"p{i}", from_shape(shapely.Point(120 + i / 100, 32), srid=4326)) for i in range(100)])
    query = sa.select(Place.key).where(bbox_overlaps(Place.geom, (120.095, 31.9, 120.125, 32.1))).order_by(Place.fid)
    with database.session() as s:
        assert s.scalars(query).all() == ["p10", "p11", "p12"]
        alias = sa.orm.aliased(Place)
        assert s.scalars(sa.select(alias.key).where(bbox_overlaps(alias.geom, (120.095, 31, 120.105, 33)))).all() == [
            "p10"
        ]
        if database.embedded:
            sql = query.compile(s.connection(), compile_kwargs={"literal_binds": True})
            plan = s.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}"))
            assert "VIRTUAL TABLE INDEX" in " ".join(row[3] for row in plan)


def test_many_rows_are_indexed_like_few(database: Database) -> None:
    points = shapely.points(np.linspace(120, 121, 3000), 32)
    points[::3] = None
    with database.session(write=True) as s:
        c = s.connection()
        rows = [(f"p{i}", 1, "building", "x", "layer", g) for i, g in enumerate(dialect.encode(c, points))]
        dialect.bulk_insert(c, Place.__table__, ["key", "version", "kind", "name", "origin", "geom"], rows)
        s.add(place("last", from_shape(shapely.Point(120, 40), srid=4326)))
    assert indexes.faults(database) == []
    with database.session() as s:
        assert s.scalar(sa.select(sa.func.count()).where(bbox_overlaps(Place.geom, (119, 31, 122, 33)))) == 2000
        assert s.scalars(sa.select(Place.key).where(bbox_overlaps(Place.geom, (119, 39, 122, 41)))).all() == ["last"]


def test_a_reading_session_cannot_write(database: Database) -> None:
    from app.db.faults import ReadOnlyDatabase

    with pytest.raises(ReadOnlyDatabase), database.session() as s:
        s.add(place("a"))
        s.flush()
    with database.session(write=True) as s:
        s.add(place("a"))
    with database.session() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Place)) == 1


def test_an_exception_takes_back_all_of_a_session(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.session(write=True) as s:
        s.add(place("a", from_shape(SQUARE, srid=4326)))
        s.flush()
        raise ZeroDivisionError
    with database.session() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Place)) == 0


# --- the file and GDAL ----------------------------------------------------------------------------------------------


@pytest.fixture
def strict() -> Iterator[None]:
    """GDAL's warnings are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_gdal_lists_every_table_and_reads_every_column(embedded: Database, strict: None) -> None:
    path = path_of(embedded)
    layers = {name for name, _ in pyogrio.list_layers(path)}
    assert layers == set(Base.metadata.tables)
    for name, table in Base.metadata.tables.items():
        info = pyogrio.read_info(path, layer=name)
        geometry = {column.name for column in table.c if hasattr(column.type, "geometry_type")}
        assert {info["fid_column"], *info["fields"]} == {column.name for column in table.c} - geometry, name
        assert (info["crs"] == "EPSG:4326") == bool(geometry), name


def test_gdal_reads_values_of_every_type(embedded: Database, strict: None) -> None:
    from datetime import UTC, date, datetime

    now = datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=UTC)
    with embedded.session(write=True) as s:
        s.add(
            Run(
                key="r", kind="survey", status="done", params={"城市": ["南通", 1]}, on_day=date(2026, 3, 1),
                code_version="0", progress=0.125, tries=2, queued_at=now,
            )
        )  # fmt: skip
    row = pyogrio.read_dataframe(path_of(embedded), layer="run", fid_as_index=True).loc[1]
    assert row["params"] == '{"城市":["南通",1]}'
    assert (row["progress"], row["tries"]) == (0.125, 2)
    assert str(row["on_day"])[:10] == "2026-03-01"
    assert row["queued_at"] == now
    with embedded.session() as s:
        found = s.scalars(sa.select(Run)).one()
        assert (found.queued_at, found.params, found.on_day) == (now, {"城市": ["南通", 1]}, date(2026, 3, 1))


def test_gdal_appends_and_the_index_follows(embedded: Database, strict: None) -> None:
    frame = gpd.GeoDataFrame(
        {"key": ["a", "b"], "version": [1, 1], "kind": "zone", "name": "园区", "origin": "layer"},
        geometry=[SQUARE, shapely.Point(121, 33)],
        crs=4326,
    )
    pyogrio.write_dataframe(frame, path_of(embedded), layer="place", append=True)
    assert indexes.faults(embedded) == []
    with embedded.session() as s:
        assert s.scalars(sa.select(Place.key).where(bbox_overlaps(Place.geom, (120, 31, 120.85, 33)))).all() == ["a"]


def test_the_file_passes_sqlite_s_own_checks(embedded: Database) -> None:
    connection = sqlite3.connect(path_of(embedded))
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    connection.close()


def test_a_big_load_does_not_stay_in_the_log(embedded: Database) -> None:
    with embedded.session(write=True) as s:
        s.add_all([place(f"p{i}") for i in range(10)])
        s.flush()
        s.execute(sa.text("UPDATE place SET operator = hex(zeroblob(1000000))"))
    assert Path(f"{path_of(embedded)}-wal").stat().st_size == 0
    with embedded.session() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Place)) == 10


# --- the index ------------------------------------------------------------------------------------------------------


def test_a_rolled_back_load_leaves_the_index_sound(embedded: Database) -> None:
    points = shapely.points(np.linspace(120, 121, 2000), 32)

    def load(s: sa.orm.Session) -> None:
        c = s.connection()
        rows = [(f"p{i}", 1, "building", "x", "layer", g) for i, g in enumerate(dialect.encode(c, points))]
        dialect.bulk_insert(c, Place.__table__, ["key", "version", "kind", "name", "origin", "geom"], rows)

    with pytest.raises(ZeroDivisionError), embedded.session(write=True) as s:
        load(s)
        raise ZeroDivisionError
    assert indexes.faults(embedded) == []
    with embedded.session(write=True) as s:
        load(s)
        s.add(place("after", from_shape(SQUARE, srid=4326)))
    assert indexes.faults(embedded) == []


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("DROP TRIGGER rtree_place_geom_insert", "missing"),
        ("DELETE FROM rtree_place_geom", "count"),
        ("UPDATE rtree_place_geom SET minx = 0, maxx = 1", "box"),
    ],
)
def test_a_harmed_index_is_found_and_built_anew(embedded: Database, harm: str, fault: str) -> None:
    with embedded.session(write=True) as s:
        s.add(place("a", from_shape(SQUARE, srid=4326)))
        s.flush()
        s.execute(sa.text(harm))
    found = indexes.faults(embedded)
    assert found == [("place", "geom", fault)]
    indexes.rebuild(embedded, found)
    assert indexes.faults(embedded) == []


@pytest.mark.postgis
def test_a_lost_postgis_index_is_found_and_built_anew(postgis_url: str) -> None:
    from app.db import schema

    database = Database(postgis_url)
    schema.upgrade(database.engine)
    assert indexes.faults(database) == []
    with database.session(write=True) as s:
        s.execute(sa.text("DROP INDEX idx_survey_firm_geom"))
    assert indexes.faults(database) == [("survey_firm", "geom", "missing")]
    indexes.rebuild(database, indexes.faults(database))
    assert indexes.faults(database) == []
    database.dispose()


def test_geometry_columns_are_reflected(database: Database) -> None:
    with database.session() as s:
        table = sa.Table("survey_firm", sa.MetaData(), autoload_with=s.connection())
    assert (table.c.geom.type.geometry_type, table.c.geom.type.srid) == ("POINT", 4326)
    assert set(table.c.keys()) == set(SurveyFirm.__table__.c.keys())


def test_tables_can_be_dropped_with_their_metadata(embedded: Database) -> None:
    with embedded.engine.execution_options(atlas_write=True).begin() as c:
        Base.metadata.drop_all(c)
        left = {row[0] for row in c.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert {name for name in left if not name.startswith(("gpkg_", "sqlite_"))} == {"alembic_version"}
        assert c.exec_driver_sql("SELECT count(*) FROM gpkg_geometry_columns").scalar() == 0


def test_json_keeps_whole_numbers_of_any_length_and_chinese_as_it_is() -> None:
    value = {"证号": 91320613123456789012345, "份额": np.float64(0.5), "号": [np.int64(3), (1, "楼")], "空": []}
    assert to_json(value) == '{"证号":91320613123456789012345,"份额":0.5,"号":[3,[1,"楼"]],"空":[]}'
    assert to_json({k: v for k, v in value.items() if k != "证号"}) == '{"份额":0.5,"号":[3,[1,"楼"]],"空":[]}'
