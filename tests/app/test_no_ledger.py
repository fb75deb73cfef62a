"""Before a register of unions is imported nobody knows what is covered: no rate of nought, pages lead to the import."""

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from soup import soup

from app.views.overview import with_known_rate
from geo.survey import Survey

SAID = "尚未导入工会台账，覆盖情况未知"
BUILDING = "building:990101:云帆大厦"


def without_unions(survey: Survey) -> Survey:
    """Return a survey of the same firms without any union."""
    firms = survey.firms.copy()
    firms["gap"] = firms["eligible"]
    firms["primary"], firms["covered"], firms["own_union"] = "none", False, False
    firms["union_id"] = pd.NA
    firms["federations"] = [[] for _ in range(len(firms))]
    return replace(survey, firms=firms, unions=survey.unions.iloc[:0])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city, its register of unions not imported."""
    return small_city.loaded(tmp_path_factory.mktemp("ledger"), without_unions(small_city.survey()))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/gaps",
        "/gaps?kind=county",
        "/gaps?kind=sector",
        "/suggestions",
        f"/suggestions/{BUILDING}",
        f"/places/building/{BUILDING}",
        "/places/county/990101",
        "/unions",
        "/map",
        "/map?measure=rate",
        "/map/table",
    ],
)
def test_each_page_says_so_and_leads_to_the_import(client: FlaskClient, path: str) -> None:
    page = soup(client, path)
    assert SAID in page.get_text()
    assert page.select_one('main a[href="/import"], main a[href="/imports"], main a[href^="/import"]')
    for cell in page.select('td[data-label="建会率"]'):
        assert (
            cell.get_text(strip=True) == "—" or cell.find_parent("table").find_previous("h2").get_text() == "历年状态"
        )


def test_the_key_figure_is_not_nought(client: FlaskClient) -> None:
    main = soup(client, "/").select_one(".kpi.main")
    assert main.select_one(".kpi-value").get_text(strip=True) == "—"
    assert main.get("href", "").startswith("/import")
    legend = soup(client, "/map").find(id="map-legend").get_text()
    assert SAID in legend


def test_files_say_so_and_leave_the_rate_empty(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/gaps/list.csv?kind=county").data.decode("utf-8-sig"))))
    assert {row["建会率（名录口径）"] for row in rows} == {""}
    assert {row["25人及以上企业单独建会率"] for row in rows} == {""}


def test_a_day_that_knew_no_union_has_no_rate() -> None:
    row = pd.Series({"unions": 0, "covered": 0, "rate": 0.0, "gap": 7}, dtype="object")
    assert pd.isna(with_known_rate(row)["rate"])
    assert with_known_rate(row)["gap"] == 7
    known = pd.Series({"unions": 1, "covered": 0, "rate": 0.0}, dtype="object")
    assert with_known_rate(known)["rate"] == 0.0
