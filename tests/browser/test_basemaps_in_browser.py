"""Tiles of a local server below the map: where they are asked for, what is shifted, and what happens when they fail."""

import base64
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small_city
from flask import Flask
from playwright.sync_api import expect
from serving import served, until

from app import basemaps
from app.basemaps import Tiles
from app.db import session
from geo import datum

pytestmark = pytest.mark.browser
MAP = "document.querySelector('.atlas-map').atlasMap"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
AXIS_M = 6378137.0
PROJECT = """(points) => points.map((at) => {
  const { crs } = document.querySelector('.atlas-map').atlasMap.options;
  const there = crs.project(L.latLng(at)), back = crs.unproject(there);
  return [there.x, there.y, back.lat, back.lng];
})"""
HERE = """() => {
  const map = document.querySelector('.atlas-map').atlasMap, box = map.getContainer().getBoundingClientRect();
  const at = map.latLngToContainerPoint([32.1, 121.2]);
  return [box.left + at.x, box.top + at.y];
}"""
UNDER = """([x, y]) => [...document.querySelectorAll('img.leaflet-tile')].find((tile) => {
  const box = tile.getBoundingClientRect();
  return box.left <= x && x < box.right && box.top <= y && y < box.bottom;
}).src"""
DRAWN = """() => [...document.querySelectorAll('.leaflet-tiles-pane canvas.leaflet-tile')].some((tile) => {
  if (!tile.width) return false;
  const { data } = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height);
  return data.some(Boolean);
})"""
SHIFTED = """() => [...document.querySelectorAll('.atlas-map')].map((box) =>
  box.atlasMap.options.crs !== L.CRS.EPSG3857 && box.querySelectorAll('img.leaflet-tile').length > 0)"""


class Server(ThreadingHTTPServer):
    """Tiles by z/x/y; ``broken``: the answer to each request instead."""

    broken = 0
    asked: list[tuple[int, int, int]]


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server

    def do_GET(self) -> None:
        z, x, y = (int(part) for part in self.path.removesuffix(".png").strip("/").split("/"))
        self.server.asked.append((z, x, y))
        self.send_response(self.server.broken or 200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(b"" if self.server.broken else PNG)

    def log_message(self, *_args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def tiles() -> Iterator[Server]:
    """A local server of tiles."""
    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return small_city.loaded(tmp_path_factory.mktemp("tiles"), count=300)


@pytest.fixture(scope="module")
def site(app: Flask) -> Iterator[str]:
    with served(app) as url:
        yield url


def lay(app: Flask, server: Server, of: str) -> str:
    """Set up the local tiles in a datum and return the key."""
    url = f"http://127.0.0.1:{server.server_address[1]}/{{z}}/{{x}}/{{y}}.png"
    with app.app_context(), session(write=True) as opened:
        basemaps.keep(opened, [Tiles("local", "本地图块", (url,), of, "测试", "GS(0)1号", 16, "", True)])
    return "local"


def visit(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-map-ready]")
    page.wait_for_timeout(400)


def tile(lon: float, lat: float, zoom: int) -> tuple[int, int, int]:
    """Return the tile of the usual web scheme that holds a position."""
    side = 2**zoom
    north = math.asinh(math.tan(math.radians(lat)))
    return zoom, int((lon + 180) / 360 * side), int((1 - north / math.pi) / 2 * side)


def test_tiles_are_asked_for_only_once_chosen(page: Any, app: Flask, site: str, tiles: Server) -> None:
    lay(app, tiles, "wgs84")
    visit(page, f"{site}/map")
    assert tiles.asked == []
    page.select_option("[name=base]", "local")
    page.wait_for_url("**base=local**")
    page.wait_for_selector("html[data-map-ready]")
    page.wait_for_function("() => document.querySelectorAll('img.leaflet-tile-loaded').length > 0")
    page.locator("#map-legend").get_by_text("GS(0)1号").wait_for()
    page.evaluate(f"() => {MAP}.setView([32.1, 121.2], 14, {{ animate: false }})")
    until(page, lambda: tile(121.2, 32.1, 14) in tiles.asked)
    page.go_back()
    page.wait_for_function("() => !location.search.includes('base=')")
    page.wait_for_selector("html[data-map-ready]")
    before = len(tiles.asked)
    page.evaluate(f"() => {MAP}.setView([32.15, 121.1], 13, {{ animate: false }})")
    page.wait_for_timeout(500)
    assert len(tiles.asked) == before


def test_the_shift_is_that_of_geo_datum_and_comes_back(page: Any, app: Flask, site: str, tiles: Server) -> None:
    visit(page, f"{site}/map?base={lay(app, tiles, 'gcj02')}")
    chance = np.random.default_rng(3)
    lon, lat = chance.uniform(73, 137, 300), chance.uniform(5, 55, 300)
    lon[0], lat[0], lon[1], lat[1] = 121.2, 32.1, 2.35, 48.85  # the city; outside of China
    asked = np.column_stack([lat, lon]).tolist()
    found = np.array(page.evaluate(PROJECT, asked))
    moved = datum.from_wgs84(lon, lat, "gcj02")
    x = AXIS_M * np.radians(moved.lon)
    y = AXIS_M * np.arcsinh(np.tan(np.radians(moved.lat)))
    assert np.abs(found[:, :2] - np.column_stack([x, y])).max() < 1e-3
    assert np.abs(found[:, 2:] - asked).max() < 1e-8


def test_a_place_lies_on_the_tile_that_shows_it(page: Any, app: Flask, site: str, tiles: Server) -> None:
    visit(page, f"{site}/map?base={lay(app, tiles, 'gcj02')}&view=32.1,121.2,16")
    page.wait_for_function("() => document.querySelectorAll('img.leaflet-tile-loaded').length > 0")
    under = page.evaluate(UNDER, page.evaluate(HERE))
    moved = datum.from_wgs84(121.2, 32.1, "gcj02")
    z, x, y = tile(float(moved.lon), float(moved.lat), 16)
    assert under.endswith(f"/{z}/{x}/{y}.png")
    assert tile(121.2, 32.1, 16) != (z, x, y), "else the test says nothing"


def test_the_address_and_what_is_drawn_stay_wgs84(page: Any, app: Flask, site: str, tiles: Server) -> None:
    key = lay(app, tiles, "gcj02")
    visit(page, f"{site}/map?base={key}&view=32.1,121.2,15")
    page.evaluate(f"() => {MAP}.panBy([300, 0], {{ animate: false }})")
    page.evaluate(f"() => {MAP}.panBy([-300, 0], {{ animate: false }})")
    page.wait_for_timeout(300)
    lat, lon, _zoom = page.evaluate("() => new URLSearchParams(location.search).get('view').split(',').map(Number)")
    assert (lat, lon) == (pytest.approx(32.1, abs=1e-4), pytest.approx(121.2, abs=1e-4))
    page.get_by_role("button", name="取当前图面").click()
    page.locator("#inside").wait_for()
    count = page.locator("#inside dd").nth(1).inner_text()
    shape = page.evaluate("() => new URLSearchParams(location.search).get('shape')")
    visit(page, f"{site}/map?shape={shape}")
    expect(page.locator("#inside dd").nth(1)).to_have_text(count)


@pytest.mark.parametrize("status", [404, 500, 403])
def test_missing_tiles_are_told_and_our_own_ground_shows(
    browser: Any, app: Flask, site: str, tiles: Server, status: int
) -> None:
    tiles.broken = status  # the browser notes each failure itself, so its console is not watched here
    tab = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()
    visit(tab, f"{site}/map?base={lay(app, tiles, 'wgs84')}")
    tab.locator(".tiles-failed", has_text="显示本机底图").wait_for()
    assert tab.evaluate(f"() => {MAP}.getPane('ground').querySelectorAll('canvas').length") == 1
    tab.locator("#map-side button[data-at]:not([disabled])").first.click()
    tab.locator("#map-side .unit").wait_for()
    tiles.broken = 0
    tab.evaluate(f"() => {MAP}.setView([32.1, 121.2], 13, {{ animate: false }})")
    tab.locator(".tiles-failed").wait_for(state="hidden")
    tab.context.close()


def test_both_maps_of_a_comparison_have_it(page: Any, app: Flask, site: str, tiles: Server) -> None:
    visit(page, f"{site}/map/compare?with=2023-12-31&base={lay(app, tiles, 'gcj02')}")
    assert page.evaluate(SHIFTED) == [True, True]


def test_our_own_vector_tiles_are_drawn_from_this_machine(page: Any, tmp_path: Path) -> None:
    made = small_city.loaded(tmp_path, count=60)
    assert made.test_cli_runner().invoke(args=["basemap", "build"]).exit_code == 0
    with served(made) as url:
        visit(page, f"{url}/map?view=32.055,121.055,14")
        page.wait_for_function(DRAWN)
        asked = page.evaluate("() => performance.getEntriesByType('resource').map((one) => one.name)")
        assert [one for one in asked if "/map/ground.pmtiles?v=" in one]
        page.evaluate(
            f"() => {{ {MAP}.setView([32.056, 121.06], 15, {{ animate: false }}); {MAP}.atlas.layer.remove(); }}"
        )
        page.wait_for_function(DRAWN)
        page.wait_for_timeout(600)
        box = page.locator(".atlas-map")
        drawn = box.screenshot()
        page.evaluate("() => { document.querySelector('.leaflet-tiles-pane').style.visibility = 'hidden'; }")
        assert box.screenshot() != drawn, "and nothing lies on top of them"
