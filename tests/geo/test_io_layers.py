"""Layers of every kind pyogrio reads, in every datum, with every sort of broken geometry."""

import json
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geo.datum import from_wgs84
from geo.errors import FileRefused
from geo.io.layers import read_layer

POINT = (120.8577, 32.0125)
SQUARE = shapely.box(120.85, 32.0, 120.86, 32.01)


def layer(path, shapes, *, crs="EPSG:4326", names=None, **options):
    frame = gpd.GeoDataFrame(
        {"名称": names or [f"华辰大厦{i}" for i in range(len(shapes))]}, geometry=list(shapes), crs=crs
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(frame, path, **options)
    return path


def position(read):
    return pytest.approx(tuple(shapely.get_coordinates(read.rows["geometry"].iloc[0])[0]), abs=1e-6)


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "kml", "fgb"])
def test_every_format_gives_names_and_wgs84(tmp_path, suffix):
    options = {"shp": {"encoding": "utf-8"}, "kml": {"driver": "KML"}}.get(suffix, {})
    read = read_layer(layer(tmp_path / f"a.{suffix}", [shapely.Point(POINT)], **options))
    name = "Name" if suffix == "kml" else "名称"
    assert position(read) == POINT
    assert suffix == "kml" or read.rows[name].iloc[0] == "华辰大厦0"
    assert list(read.rows.index) == [1]


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "cgcs2000", "wgs84"])
def test_the_declared_datum_is_taken_back_to_wgs84(tmp_path, datum):
    moved = from_wgs84(*POINT, datum)
    path = layer(tmp_path / "a.geojson", [shapely.Point(float(moved.lon), float(moved.lat))])
    assert position(read_layer(path, datum=datum)) == POINT


def test_a_projected_layer_is_brought_to_degrees_and_told(tmp_path):
    frame = gpd.GeoSeries([shapely.Point(POINT)], crs="EPSG:4326").to_crs("EPSG:4549")
    path = layer(tmp_path / "a.gpkg", frame, crs="EPSG:4549")
    read = read_layer(path)
    assert position(read) == POINT
    assert read.notes[0][0] == "LAYER_CRS"
    with pytest.raises(FileRefused) as caught:
        read_layer(path, datum="gcj02")
    assert caught.value.code == "LAYER_DATUM"


def test_a_layer_without_crs_is_taken_as_degrees_only_if_it_can_be(tmp_path):
    read = read_layer(layer(tmp_path / "a.shp", [shapely.Point(POINT)], crs=None))
    assert read.notes[0][0] == "LAYER_CRS_ASSUMED"
    with pytest.raises(FileRefused) as caught:
        read_layer(layer(tmp_path / "b.shp", [shapely.Point(40486000, 3544000)], crs=None))
    assert caught.value.code == "LAYER_CRS_MISSING"


def test_a_shapefile_with_gbk_texts_and_zipped_under_chinese_names(tmp_path):
    path = layer(tmp_path / "a.shp", [shapely.Point(POINT)], encoding="gbk")
    path.with_suffix(".cpg").unlink()
    assert read_layer(path).rows["名称"].iloc[0] == "华辰大厦0"
    with zipfile.ZipFile(tmp_path / "楼宇.zip", "w") as archive:
        for part in tmp_path.glob("a.*"):
            archive.write(part, f"数据/楼宇{part.suffix}")
    read = read_layer(tmp_path / "楼宇.zip")
    assert read.rows["名称"].iloc[0] == "华辰大厦0"
    assert position(read) == POINT


def test_every_odd_geometry_is_told_and_no_feature_lost(tmp_path):
    bow_tie = shapely.Polygon([(120.85, 32.0), (120.86, 32.01), (120.86, 32.0), (120.85, 32.01)])
    shapes = [
        SQUARE,
        None,
        shapely.Polygon(),
        bow_tie,
        shapely.MultiPolygon([SQUARE]),
        shapely.GeometryCollection([SQUARE, shapely.Point(POINT)]),
        shapely.force_3d(SQUARE, 5.0),
        shapely.box(32.0, 120.85, 32.01, 120.86),
        shapely.box(0, 0, 0.1, 0.1),
    ]
    read = read_layer(layer(tmp_path / "a.geojson", shapes))
    assert len(read.rows) == len(shapes)
    assert [(row, code) for row, code, _ in read.faults] == [
        (4, "GEOMETRY_REPAIRED"),
        (7, "GEOMETRY_3D"),
        (8, "POSITION_SWAPPED"),
        (9, "POSITION_OUTSIDE_CHINA"),
    ]
    kinds = [None if shape is None else shape.geom_type for shape in read.rows["geometry"]]
    assert kinds == ["Polygon", None, None, "MultiPolygon", "Polygon", "Polygon", "Polygon", None, None]


def test_the_layer_is_chosen_by_name_or_number_and_others_are_told(tmp_path):
    path = layer(tmp_path / "a.gpkg", [shapely.Point(POINT)], layer="楼宇")
    layer(path, [SQUARE], layer="园区", append=True)
    read = read_layer(path)
    assert (read.name, read.notes) == ("楼宇", (("LAYERS_LEFT", {"read": "楼宇", "left": ["园区"]}),))
    assert read_layer(path, layer="2").name == "园区"
    with pytest.raises(FileRefused) as caught:
        read_layer(path, layer="市场")
    assert caught.value.code == "UNKNOWN_LAYER"


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"type": "FeatureCollection", "features": [{]}', b"not a layer", b"\x00" * 100]
)
def test_a_file_that_is_no_layer_is_refused(tmp_path, data):
    path = Path(tmp_path / "a.geojson")
    path.write_bytes(data)
    with pytest.raises(FileRefused) as caught:
        read_layer(path)
    assert caught.value.code == "LAYER_UNREADABLE"


def test_an_empty_layer_is_refused(tmp_path):
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    with pytest.raises(FileRefused) as caught:
        read_layer(tmp_path / "a.geojson")
    assert caught.value.code == "NO_ROWS"


def test_lists_among_the_attributes_are_text(tmp_path):
    shape = {"type": "Point", "coordinates": [120.8, 32.0]}
    features = [
        {"type": "Feature", "properties": {"name": "崇川区", "cp": [120.857434, 32.009875]}, "geometry": shape},
        {"type": "Feature", "properties": {"name": "海门区", "cp": []}, "geometry": shape},
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    rows = read_layer(path).rows
    assert rows["cp"].tolist() == ["120.857434、32.009875", None]
