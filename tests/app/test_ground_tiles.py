"""Our own vector tiles: built from stored and given layers, one file an area, served in ranges within the area."""

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import small_city
from click.testing import Result
from flask import Flask
from shapely import LineString, Point, box
from signed_in import account, sign, stranger

from app.auth.accounts import Wish
from geo.frames import CRS

HERE, THERE = small_city.COUNTIES
RIVER = LineString([(121.01, 32.1), (121.39, 32.1)])  # through both counties


@pytest.fixture
def city(tmp_path: Path) -> Flask:
    made = small_city.loaded(tmp_path)
    account(made, Wish("g-viewer", "甲", "viewer", THERE))
    return made


@pytest.fixture
def river(tmp_path: Path) -> Path:
    path = tmp_path / "water.geojson"
    lake = Point(121.35, 32.15).buffer(0.01)
    gpd.GeoDataFrame({"name": ["河", "湖", "点"]}, geometry=[RIVER, lake, Point(121.1, 32.1)], crs=CRS).to_file(path)
    return path


def run(city: Flask, *args: str) -> Result:
    return city.test_cli_runner().invoke(args=["basemap", *args])


def kinds(path: Path) -> dict[str, tuple[float, float, float, float]]:
    """Kinds in a file and the box that each lies in."""
    shapes = pyogrio.read_dataframe(path, layer="ground").to_crs(4326)
    assert set(shapes.columns) == {"mvt_id", "kind", "geometry"}, "no name leaves by the tiles"
    return {kind: tuple(part.total_bounds) for kind, part in shapes.groupby("kind")}


def test_one_file_an_area_cut_at_its_border(city: Flask, river: Path) -> None:
    done = run(city, "build", "--layer", f"water={river}")
    assert done.exit_code == 0 and "water 2" in done.output
    folder = Path(city.config["ATLAS"].instance) / "basemap"
    assert {path.stem for path in folder.glob("*")} == {"city", HERE, THERE}
    whole, here, there = (kinds(folder / f"{name}.pmtiles") for name in ("city", HERE, THERE))
    assert set(whole) == {"water", "zone", "street"} == set(here)
    near = pytest.approx
    assert whole["water"][::2] == (near(121.01, abs=1e-3), near(121.39, abs=1e-3))
    assert here["water"][::2] == (near(121.01, abs=1e-3), near(121.2, abs=1e-3))
    assert there["water"][::2] == (near(121.2, abs=1e-3), near(121.39, abs=1e-3))
    assert run(city, "drop").exit_code == 0 and not list(folder.glob("*"))


def test_an_account_is_served_the_file_of_its_area_in_ranges(city: Flask, river: Path) -> None:
    admin, county = city.test_client(), sign(stranger(city), "g-viewer")
    assert admin.get("/map/ground.pmtiles").status_code == 404 and "ground.pmtiles" not in admin.get("/map").text
    run(city, "build", "--layer", f"water={river}")
    folder = Path(city.config["ATLAS"].instance) / "basemap"
    for client, name in ((admin, "city"), (county, THERE)):
        page = client.get("/map").text
        assert "/map/ground.pmtiles?v=" in page and "protomaps-leaflet.js" in page
        answer = client.get("/map/ground.pmtiles", headers={"Range": "bytes=0-6"})
        assert (answer.status_code, answer.data) == (206, b"PMTiles")
        assert client.get("/map/ground.pmtiles").data == (folder / f"{name}.pmtiles").read_bytes()
    assert stranger(city).get("/map/ground.pmtiles").status_code == 302


@pytest.mark.parametrize(
    ("layer", "said"),
    [("water=nowhere.gpkg", "没有这个文件"), ("lava=x", "类别=文件"), ("water", "类别=文件")],
)
def test_a_layer_that_is_none_is_refused(city: Flask, layer: str, said: str) -> None:
    refused = run(city, "build", "--layer", layer)
    assert refused.exit_code == 2 and said in refused.output


def test_a_file_that_is_no_layer_is_told(city: Flask, tmp_path: Path) -> None:
    (tmp_path / "x.gpkg").write_bytes(b"nothing")
    assert run(city, "build", "--layer", f"water={tmp_path / 'x.gpkg'}").exit_code == 2


def test_a_layer_in_another_datum_is_converted(city: Flask, tmp_path: Path) -> None:
    from geo.datum import from_wgs84

    lon, lat = from_wgs84([121.05, 121.15], [32.05, 32.15], "gcj02")
    shape = box(float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1]))
    gpd.GeoDataFrame(geometry=[shape], crs=CRS).to_file(tmp_path / "gcj.geojson")
    assert run(city, "build", "--layer", f"green={tmp_path / 'gcj.geojson'}", "--datum", "gcj02").exit_code == 0
    found = kinds(Path(city.config["ATLAS"].instance) / "basemap" / "city.pmtiles")["green"]
    assert found == pytest.approx((121.05, 32.05, 121.15, 32.15), abs=2e-4)


def test_without_the_driver_the_basemap_stays_as_it_is(city: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyogrio, "list_drivers", dict)
    refused = run(city, "build")
    assert refused.exit_code == 2 and "PMTiles" in refused.output
    assert "ground.pmtiles" not in city.test_client().get("/map").text
