"""OpenStreetMap on the pages: uploaded like any layer, and named wherever its places are drawn or listed."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app import create_app, imports, runs
from app.config import Config
from app.db import current, session
from tests.geo.osm_file import OsmFile

CREDIT = "© OpenStreetMap contributors, ODbL 1.0"


@pytest.fixture
def app(tmp_path: Path):
    config = Config.from_environment(
        {}, instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'atlas.gpkg'}", worker=False
    )
    return create_app(config)


def extract(folder: Path) -> Path:
    osm = OsmFile()
    osm.way((0, 0), (400, 0), highway="residential", name="青年东路")
    osm.area(40, 40, 30, 20, building="office", name="华辰大厦", addr__street="青年东路", addr__housenumber="66")
    osm.node(100, 10, addr__street="青年东路", addr__housenumber="88")
    return osm.write(folder / "nantong.osm")


@pytest.fixture
def client(app, tmp_path: Path):
    register = tmp_path / "firms.csv"
    register.write_text(
        "企业名称,注册地址\n甲厂,南通市崇川区青年东路66号华辰大厦3楼\n乙店,南通市崇川区青年东路88号\n", encoding="utf-8"
    )
    with app.app_context():
        imports.commit(current(), imports.Request(extract(tmp_path), "places", imports.ANY_KIND))
        imports.commit(current(), imports.Request(register, "enterprises", source="试"))
        with session(write=True) as opened:
            key = runs.enqueue(opened, runs.Order("survey", on_day=date(2025, 12, 31), rules_day=date(2025, 12, 31)))
        run = runs.execute(current(), key)
        assert run is not None
        assert run.status == "done"
    return app.test_client()


@pytest.mark.parametrize("path", ["/map", "/places/building/building:320613:华辰大厦"])
def test_who_made_the_data_stands_under_the_map(client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert CREDIT in answer.get_data(as_text=True)


def test_exports_name_it_too(client) -> None:
    answer = client.get("/firms/list.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    assert any(CREDIT in cell for cell in cells)


def test_the_counts_of_an_extract_add_up(app, tmp_path: Path) -> None:
    osm = OsmFile()
    for at in range(0, 2000, 500):
        osm.way((at, 0), (at + 300, 0), highway="residential", name="青年东路")
    osm.area(40, 40, 30, 20, building="office", name="华辰大厦", addr__street="青年东路", addr__housenumber="66")
    request = imports.Request(osm.write(tmp_path / "nantong.osm"), "places", imports.ANY_KIND)
    with app.app_context():
        planned = imports.plan(current(), request).tally
        taken = imports.commit(current(), request).tally
        again = imports.plan(current(), request).tally
    assert (planned.new, planned.joined) == (3, 3)  # four ways of one street, a building and its door
    for tally in (planned, taken, again):
        kinds = (tally.new, tally.changed, tally.unchanged, tally.joined, tally.rejected)
        assert tally.rows_in == sum(kinds)
    assert planned.unchanged == taken.unchanged == 0  # nothing of it was in the store
    assert planned.joined == taken.joined == again.joined
    assert (again.new, again.unchanged) == (0, planned.new)


def test_an_upload_is_looked_at_without_reading_all_of_it(app, tmp_path: Path) -> None:
    client = app.test_client()
    page = client.get("/imports").get_data(as_text=True)
    assert 'value="places:osm"' in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {
        "kind": "places:osm",
        "csrf_token": token,
        "file": (io.BytesIO(extract(tmp_path).read_bytes()), "nantong.osm"),
    }
    sent = client.post("/imports", data=form, content_type="multipart/form-data")
    assert sent.status_code == 302
    draft = client.get(sent.headers["Location"])
    assert draft.status_code == 200
    assert "OpenStreetMap" in draft.get_data(as_text=True)
