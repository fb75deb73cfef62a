"""OGC API – Features, Core: what the standard asks of each address, and GDAL's driver as a client of its own."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import small_city
from flask import Flask
from serving import served
from signed_in import account, acting, stranger

from app import create_app
from app.api.forms import geometry
from app.auth import tokens
from app.auth.tokens import TokenWish
from app.config import Config
from app.current import reading
from app.db import session

HERE, THERE = small_city.COUNTIES
YUNFAN = "building:990101:云帆大厦"
PLACES = ("buildings", "markets", "zones", "streets", "villages", "towns", "counties")
Ask = Callable[..., Any]


def token(app: Flask, county: str | None = None) -> str:
    with app.app_context(), session(write=True) as opened:
        wish = TokenWish("test", 1, role="viewer" if county else "planner", county_code=county)
        return tokens.make(opened, wish, by="test", at=datetime.now(UTC))[1]


@pytest.fixture(scope="module")
def ask(app: Flask) -> Ask:
    """What a map program of the whole city is told."""
    shown = token(app)

    def asked(path: str, *, status: int = 200, whole: bool = False, **headers: str) -> Any:
        path = path.removeprefix("http://localhost").removeprefix("/api/ogc")
        answer = stranger(app).get(f"/api/ogc{path}", headers={"Authorization": f"Bearer {shown}", **headers})
        assert answer.status_code == status, (path, answer.text[:300])
        return answer if whole else answer.get_json(force=True)

    return asked


def test_the_landing_page_leads_to_everything(ask: Ask) -> None:
    """/req/core/root-success: at least service-desc or service-doc, conformance, data."""
    links = {link["rel"]: link for link in ask("")["links"]}
    assert set(links) >= {"self", "service-desc", "service-doc", "conformance", "data"}
    assert links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    for rel in ("service-desc", "conformance", "data"):
        answer = ask(links[rel]["href"], whole=True)
        assert answer.content_type == links[rel]["type"], rel


def test_conformance_names_the_classes_that_are_met(ask: Ask) -> None:
    part = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
    assert set(ask("/conformance")["conformsTo"]) == {part + "core", part + "geojson", part + "oas30"}


def test_collections_are_described_alike_one_by_one_and_together(ask: Ask) -> None:
    """/req/core/fc-md-success, fc-md-items-links, fc-md-extent, sfc-md-success."""
    told = ask("/collections")
    assert [each["id"] for each in told["collections"]] == [*PLACES, "firms"]
    assert {link["rel"] for link in told["links"]} == {"self"}
    for each in told["collections"]:
        assert ask(f"/collections/{each['id']}") == each
        links = {link["rel"]: link for link in each["links"]}
        assert links["items"]["type"] == "application/geo+json" and each["title"] and each["description"]
        assert each["extent"]["temporal"]["interval"] == [["2023-12-31T00:00:00Z", None]]
        assert each["itemType"] == "feature" and each["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    extents = {each["id"]: each["extent"].get("spatial") for each in told["collections"]}
    assert extents["counties"] == {
        "bbox": [[121.0, 32.0, 121.4, 32.2]], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    }  # fmt: skip
    assert extents["markets"] is None, "nobody has put the market on the map"


@pytest.mark.parametrize("layer", [*PLACES, "firms"])
def test_every_feature_is_valid_geojson(ask: Ask, layer: str) -> None:
    """RFC 7946: no crs member, WGS-84 with the longitude first, outer rings counterclockwise, geometry or null."""
    answer = ask(f"/collections/{layer}/items?limit=1000", whole=True)
    assert answer.content_type == "application/geo+json"
    told = answer.get_json(force=True)
    assert told["type"] == "FeatureCollection" and "crs" not in told
    assert told["numberReturned"] == len(told["features"]) == told["numberMatched"] > 0
    assert datetime.fromisoformat(told["timeStamp"]).tzinfo is not None
    keys = [each["id"] for each in told["features"]]
    assert len(keys) == len(set(keys))
    for each in told["features"]:
        assert set(each) == {"type", "id", "geometry", "properties"} and each["type"] == "Feature"
        assert each["properties"]["id"] == each["id"] and "lon" not in each["properties"]
        if each["geometry"] is None:
            continue
        shape = shapely.from_geojson(json.dumps(each["geometry"]))
        assert shape.is_valid and not shape.has_z
        west, south, east, north = shape.bounds
        assert 121.0 <= west <= east <= 121.4 and 32.0 <= south <= north <= 32.2
        for part in shapely.get_parts(shape):
            assert part.geom_type != "Polygon" or part.exterior.is_ccw


def test_geometries_are_turned_flattened_and_rounded() -> None:
    clockwise = shapely.Polygon([(0, 0, 5), (0, 3, 5), (3, 3, 5), (3, 0, 5)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    told = geometry(clockwise)
    assert told is not None and told["type"] == "Polygon"
    outer, inner = told["coordinates"]
    assert shapely.LinearRing(outer).is_ccw and not shapely.LinearRing(inner).is_ccw
    assert {len(position) for ring in told["coordinates"] for position in ring} == {2}
    assert geometry(shapely.Point(121.123456789, 32.0)) == {"type": "Point", "coordinates": [121.1234568, 32.0]}
    assert geometry(None) is None and geometry(shapely.Polygon()) is None


def test_properties_of_a_building_by_hand(ask: Ask, app: Flask) -> None:
    with acting(app):
        firms = reading().survey.firms
    inside = firms[firms["building"].eq(YUNFAN)]
    (told,) = [each for each in ask("/collections/buildings/items")["features"] if each["id"] == YUNFAN]
    known = told["properties"]
    assert (known["name"], known["county"], known["floors"], known["position"]) == ("云帆大厦", "东沟区", 6, "own")
    assert known["firms"] == len(inside) and known["gap"] == int(inside["gap"].sum()) > 0
    eligible, covered = (int((inside["eligible"] & inside[name]).sum()) for name in ("eligible", "covered"))
    assert (known["eligible"], known["covered"]) == (eligible, covered)
    assert known["rate"] == pytest.approx(covered / eligible, abs=1e-6)
    one = ask(f"/collections/buildings/items/{YUNFAN}")
    assert {name: one[name] for name in ("id", "geometry", "properties")} == {
        name: told[name] for name in ("id", "geometry", "properties")
    }
    assert {link["rel"] for link in one["links"]} == {"self", "collection"}


def test_firms_are_those_found_at_a_house(ask: Ask, app: Flask) -> None:
    with acting(app):
        firms = reading().survey.firms
    at_house = firms[firms["level"].isin(["building", "number", "market"])]
    features = ask("/collections/firms/items?limit=10000")["features"]
    assert {each["id"] for each in features} == set(at_house.index)
    assert all(each["geometry"]["type"] == "Point" for each in features)


# --- what may be asked ---------------------------------------------------------------------------------------------


def ids(ask: Ask, query: str, layer: str = "buildings") -> set[str]:
    return {each["id"] for each in ask(f"/collections/{layer}/items?{query}")["features"]}


def test_following_the_links_walks_every_feature_once(ask: Ask) -> None:
    """/req/core/fc-links and fc-response: next until there is none."""
    found: list[str] = []
    path = "/collections/firms/items?limit=9"
    for _page in itertools.count():
        told = ask(path)
        found += [each["id"] for each in told["features"]]
        assert told["numberReturned"] == len(told["features"]) <= 9
        links = {link["rel"]: link for link in told["links"]}
        assert links["self"]["type"] == links.get("next", links["self"])["type"] == "application/geo+json"
        if "next" not in links:
            break
        path = links["next"]["href"]
    assert len(found) == len(set(found)) == told["numberMatched"] > 9


def test_a_limit_above_the_most_is_read_as_the_most_and_one_of_nought_refused(ask: Ask) -> None:
    """/req/core/fc-limit-response-1 of the corrigendum: too large a limit is no error."""
    assert len(ids(ask, "limit=1000000", "firms")) == len(ids(ask, "limit=10000", "firms"))
    for wrong in ("limit=0", "limit=-1", "limit=x", "limit="):
        ask(f"/collections/firms/items?{wrong}", status=400)


def test_a_box_chooses_what_it_touches(ask: Ask) -> None:
    """/req/core/fc-bbox-definition: four or six numbers; what has no geometry is in none."""
    assert ids(ask, "bbox=121.0,32.0,121.1,32.1") == {YUNFAN, "building:990101:锦程中心"}
    assert ids(ask, "bbox=121.0,32.0,-99,121.1,32.1,99") == {YUNFAN, "building:990101:锦程中心"}
    assert ids(ask, "bbox=121.06,32.06,122,33") == {YUNFAN, "building:990101:锦程中心"}, "a corner is touched"
    assert ids(ask, "bbox=121.0601,32.0601,122,33") == set()
    assert ids(ask, "bbox=170,-90,-170,90") == set(), "across the date line"
    assert ids(ask, "bbox=0,0,180,90", "counties") == {HERE, THERE}
    assert ids(ask, "bbox=121.3,32.1,121.35,32.15", "counties") == {THERE}
    for wrong in ("1,2,3", "1,2,3,4,5", "a,b,c,d", "1,4,3,2", "181,0,182,1", "", "1;2;3;4", "nan,0,1,1", "inf,0,1,1"):
        ask(f"/collections/buildings/items?bbox={wrong}", status=400)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("2025-12-31", True), ("2025-12-31T00:00:00Z", True), ("2030-01-01", True), ("2024-06-01/..", True),
        ("../2024-06-01", True), ("/2024-06-01", True), ("2024-06-01/", True), ("2023-12-31T23:59:59.5+08:00", True),
        ("2023-12-30", False), ("../2020-01-01", False), ("1990-01-01/2000-01-01", False), ("../..", True),
    ],
)  # fmt: skip
def test_a_time_chooses_the_newest_state_not_after_it(ask: Ask, asked: str, there: bool) -> None:
    """/req/core/fc-time-definition: instants, intervals, open ends."""
    assert bool(ids(ask, f"datetime={asked.replace('+', '%2B')}")) == there


@pytest.mark.parametrize("wrong", ["yesterday", "2025-13-01", "2025-12-31/2025-12-30", "1/2/3", "..", "", "2025", "-"])
def test_what_is_no_time_is_refused(ask: Ask, wrong: str) -> None:
    ask(f"/collections/buildings/items?datetime={wrong}", status=400)


def test_properties_choose_and_unknown_arguments_are_refused(ask: Ask) -> None:
    """/req/core/query-param-unknown and query-param-invalid: 400."""
    assert ids(ask, "name=云帆大厦") == {YUNFAN} and ids(ask, f"county_code={THERE}") == {"building:990102:石埠商贸楼"}
    assert ids(ask, "town_code=990101001", "towns") == {"990101001"}
    for path in ("", "/api", "/conformance", "/collections", "/collections/firms", "/collections/firms/items"):
        assert ask(f"{path}?unknown=1", status=400)["code"] == "UNKNOWN_VALUE"
        ask(f"{path}?f=json")
        ask(f"{path}?f=html", status=400)


def test_a_city_without_places_has_collections_without_features(tmp_path: Path) -> None:
    newest = small_city.survey(3)
    bare = small_city.places().iloc[:0]
    made = small_city.loaded(tmp_path, small_city.replace(newest, places=bare))
    account(made)
    shown = {"Authorization": f"Bearer {token(made)}"}
    for layer in ("buildings", "markets", "streets", "zones"):
        told = stranger(made).get(f"/api/ogc/collections/{layer}/items", headers=shown).get_json(force=True)
        assert (told["features"], told["numberMatched"]) == ([], 0)
        assert "spatial" not in stranger(made).get(f"/api/ogc/collections/{layer}", headers=shown).json["extent"]


# --- a client of others --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(app: Flask) -> Any:
    """The application served as in production, where nobody has signed in."""
    with served(app, entered=False) as found:
        yield found


CLIENT = """
import json, sys
import pyogrio
address, layer, token, way, how, target = sys.argv[1:]
told = {name: tuple(value) for name, value in json.loads(how).items()}
if way == "bearer":
    pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token})
else:
    told["USERPWD"] = f"atlas:{token}"
try:
    frame = pyogrio.read_dataframe(f"OAPIF:{address}/api/ogc", layer=layer, **told)
except pyogrio.errors.DataSourceError as error:
    sys.exit(str(error))
frame.to_pickle(target)
"""
"""Run in a process of its own: the driver holds the interpreter while it waits for the server."""


class RefusedError(Exception):
    """What the driver says when it cannot open a service."""


@pytest.fixture
def opened(address: str, tmp_path: Path) -> Any:
    """A layer as GDAL reads it."""

    def open_layer(shown: str, layer: str, way: str = "bearer", **how: Any) -> gpd.GeoDataFrame:
        target = tmp_path / f"{layer}.pickle"
        words = [address, layer, shown, way, json.dumps(how), str(target)]
        environ = {**os.environ, "no_proxy": "127.0.0.1"}
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, *words],
            env=environ, capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RefusedError(done.stderr)
        found: gpd.GeoDataFrame = pd.read_pickle(target)
        return found

    return open_layer


@pytest.mark.parametrize("way", ["bearer", "basic"])
def test_gdal_lists_and_reads_the_collections(app: Flask, opened: Any, way: str) -> None:
    shown = token(app)
    firms = opened(shown, "firms", way)
    with acting(app):
        wanted = reading().survey.firms
    wanted = wanted[wanted["level"].isin(["building", "number", "market"])]
    assert len(firms) == len(wanted) and firms.crs.to_epsg() == 4326
    known = firms.set_index("id").loc[list(wanted.index)]
    assert list(known["address"]) == list(wanted["address"])
    assert known.geometry.x.to_numpy() == pytest.approx(wanted["lon"].to_numpy(), abs=1e-6)
    if way == "basic":
        return
    counties = opened(shown, "counties")
    assert set(counties["name"]) == {"东沟区", "西塘县"}
    assert sum(shape.area for shape in counties.geometry) == pytest.approx(0.08, abs=1e-6)
    buildings = opened(shown, "buildings")
    assert buildings.set_index("name").at["云帆大厦", "gap"] > 0 and buildings.geometry.isna().sum() == 1


def test_gdal_asks_page_by_page_and_by_box(app: Flask, opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = token(app)
    monkeypatch.setattr("app.api.ogc.MOST_FEATURES", 20)
    firms = opened(shown, "firms")
    assert len(firms) == firms["id"].nunique() > 20
    assert list(opened(shown, "counties", bbox=[121.3, 32.1, 121.35, 32.15])["name"]) == ["西塘县"]


def test_gdal_with_a_county_s_token_sees_its_county(app: Flask, opened: Any) -> None:
    shown = token(app, THERE)
    assert set(opened(shown, "firms")["county_code"]) == {THERE}
    assert list(opened(shown, "counties")["name"]) == ["西塘县"]
    with pytest.raises(RefusedError, match="401"):
        opened("atlas_no_token", "firms")


def test_nothing_surveyed_has_nothing_to_open(tmp_path: Path) -> None:
    made = create_app(Config.from_environment({}, instance=tmp_path))
    account(made)
    answer = stranger(made).get("/api/ogc/collections", headers={"Authorization": f"Bearer {token(made)}"})
    assert answer.status_code == 404 and pd.notna(answer.json["right"])
