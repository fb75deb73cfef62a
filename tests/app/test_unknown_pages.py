"""A register without head counts: no page, file or map says that nobody works where nobody has counted."""

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting
from soup import soup

from app.maps.forms import of_size
from app.pages import people, told
from geo.survey import Survey

BUILDING = "building:990101:云帆大厦"


def uncounted(survey: Survey) -> Survey:
    """Return a survey of the same firms of which no count of workers is known."""
    firms, groups = survey.firms.copy(), survey.groups.copy()
    firms["workers"] = pd.array([pd.NA] * len(firms), dtype=firms["workers"].dtype)
    groups["workers"], groups["workers_unknown"] = 0, groups["firms"]
    return replace(survey, firms=firms, groups=groups)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city, nobody counted."""
    return small_city.loaded(tmp_path_factory.mktemp("uncounted"), uncounted(small_city.survey()))


def test_a_sum_says_how_many_are_missing_and_nought_is_only_said_of_known_counts(app: Flask) -> None:
    with acting(app):
        assert people(12, 3) == "12 人，另有 3 家人数不详"
        assert (people(12, 0), people(0, 0), people(0, 7)) == ("12 人", "0 人", "人数不详")
        assert (told(12, 3), told(0, 0), told(0, 7)) == (12, 0, None)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/gaps",
        "/gaps?kind=county",
        "/suggestions",
        f"/suggestions/{BUILDING}",
        f"/places/building/{BUILDING}",
        "/unions",
        "/map?measure=workers&by=county",
        "/map/table?measure=workers",
        f"/map/panel?by=place&kind=building&at=building:{BUILDING}",
    ],
)
def test_no_page_says_nought(client: FlaskClient, path: str) -> None:
    page = soup(client, path)
    for script in page.select("script, .legend-facts li:nth-child(n + 3)"):  # nobody is in no county: that is a nought
        script.extract()
    said = page.get_text(" ", strip=True)
    assert "人数不详" in said
    for wrong in ("职工 0", "0 人", "0 名", "0 +"):
        assert f" {wrong}" not in f" {said}".replace("25 人", "").replace("100 人", ""), wrong
    cells = [cell.get_text(strip=True) for cell in page.select('td[data-label$="职工"]')]
    assert "0" not in cells
    sizes = [cell.get_text(strip=True) for cell in page.select('td[data-label*="≥25 人"]')]
    assert "0" not in sizes


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("/gaps/list.csv?kind=county", "未建会企业职工数"),
        ("/suggestions/list.csv", "职工"),
        ("/unions/list.csv", "覆盖职工"),
    ],
)
def test_files_leave_the_cell_empty(client: FlaskClient, path: str, column: str) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(path).data.decode("utf-8-sig"))))
    covering = [row for row in rows if row.get("覆盖企业") != "0"]
    assert covering
    assert {row[column] for row in covering} == {""}


def test_the_map_is_told_none_and_draws_no_place_as_covered(client: FlaskClient) -> None:
    drawing = client.get("/map/part?measure=workers&by=county").json["drawing"]
    line = next(line for line in drawing["lines"] if line["label"] == "未建会职工")
    assert set(line["values"]) == {None}
    assert line["none"] == "人数不详"
    assert min(line["unknown"]) > 0


def test_no_size_known_is_not_nought_firms_of_25(app: Flask) -> None:
    table = pd.DataFrame({"without_own_25": [0, 0, 2], "gap_workers": [0, 9, 0], "gap_workers_unknown": [3, 3, 3]})
    with acting(app):
        assert of_size("", table)["values"] == [None, 0, 2]
