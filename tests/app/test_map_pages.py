"""The map page by a client: every figure opens its firms, hostile names stay text, nothing from outside."""

import json
import re
from pathlib import Path

import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from signed_in import acting
from soup import soup

from app.current import reading
from app.maps import locator, view
from app.maps.assets import Component

STATES = [(measure, form) for measure in view.MEASURES for form in view.FORMS]
BUILDING = "building:990101:云帆大厦"
ZONE = "zone:990101:东沟经济开发区"
NOWHERE = ["/map?at=town:nowhere", "/map?at=%00", "/map/panel?at=cell:x,y&by=grid"]


def listed(client: FlaskClient, path: str) -> int:
    """Return how many firms the list at ``path`` says it has."""
    heading = soup(client, path).find("h2")
    assert heading is not None
    return int(re.sub(r"\D", "", heading.find(string=True) or "") or 0)


@pytest.mark.parametrize(("measure", "form"), STATES)
def test_each_state_says_what_it_must(client: FlaskClient, measure: str, form: str) -> None:
    page = soup(client, f"/map?measure={measure}&by={form}")
    legend = page.find(id="map-legend").get_text(" ", strip=True)
    bases = {
        "workers": "应建会企业职工",
        "big": "25 人以上应建会企业",
        "opportunity": "未建会企业",
        "unknown": "未建会企业",
    }
    base = bases.get(measure, "应建会企业")
    assert f"分母：{base} " in legend
    assert "数据截止 2025-12-31" in legend
    assert "家" in legend
    assert "内部使用，未经审核，不得公开" in page.get_text()
    assert "演示数据" in page.get_text()
    assert page.find(class_="atlas-map")["aria-label"]
    assert ("数量图主要反映企业在哪里" in legend) == (not view.MEASURES[measure].rate and form in ("grid", "heat"))
    asked = view.MEASURES[measure]
    assert ("棕线内高于全市" in legend) == (asked.rate and not asked.flag and form == "heat")


def test_the_lists_behind_a_drawn_shape_say_what_they_hold(client: FlaskClient) -> None:
    whole = "121,32;121.4,32;121.4,32.3;121,32.3"
    drawn = soup(client, f"/map/firms?shape={whole}&figure=eligible").find("h1").get_text(strip=True)
    assert drawn == "画出的范围内的企业"
    told = soup(client, f"/map/table?shape={whole}").find("main").get_text(" ", strip=True)
    assert "不限于图上画出的范围" in told
    assert "不限于图上画出的范围" not in soup(client, "/map/table").find("main").get_text(" ", strip=True)


def test_an_approved_map_shows_its_number(app: Flask, tmp_path: Path) -> None:
    made = small_city.loaded(tmp_path, count=40, map_approval="苏F(2025)号")
    text = made.test_client().get("/map").text
    assert "苏F(2025)号" in text
    assert "不得公开" not in text


@pytest.mark.parametrize(("measure", "form"), STATES)
def test_nothing_comes_from_outside_and_scripts_carry_the_nonce(client: FlaskClient, measure: str, form: str) -> None:
    answer = client.get(f"/map?measure={measure}&by={form}")
    page = BeautifulSoup(answer.text, "html.parser")
    linked = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "link", "img"])]
    assert not [url for url in linked if url and re.match(r"(https?:)?//", url)]
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"]).group(1)
    inline = [tag for tag in page.find_all("script") if not tag.get("src") and tag.get("type") is None]
    assert inline
    assert all(tag.get("nonce") == nonce for tag in inline)


@pytest.mark.parametrize("kind", view.KINDS)
def test_the_part_and_the_page_draw_the_same(client: FlaskClient, kind: str) -> None:
    part = client.get(f"/map/part?kind={kind}").get_json()
    page = soup(client, f"/map?kind={kind}")
    assert part["drawing"]["form"] in ("symbols", "areas")
    assert BeautifulSoup(part["legend"], "html.parser").get_text(" ", strip=True) in page.find(
        id="map-legend"
    ).get_text(" ", strip=True)
    drawing = part["drawing"]
    assert len(drawing["keys"]) == len(drawing["classes"]) == len(drawing["name"])


@pytest.mark.parametrize(
    "at", ["town:990101001", "county:990101", f"building:{BUILDING}", "zone:zone:990101:东沟经济开发区"]
)
def test_each_figure_of_a_unit_opens_its_firms(client: FlaskClient, at: str) -> None:
    kind = at.split(":", 1)[0]
    state = "by=county" if kind == "county" else f"by=place&kind={kind}"
    facts = soup(client, f"/map/panel?{state}&at={at}").find("dl", class_="facts")
    links = [link for link in facts.find_all("a") if link.parent.get_text().strip().endswith("家")]
    assert len(links) >= 2
    for link in links:
        assert listed(client, link["href"]) == int(link.get_text().replace(",", "")), link["href"]


def test_each_figure_of_a_cell_opens_its_firms(client: FlaskClient) -> None:
    table = soup(client, "/map/table?by=grid&cell=1000")
    links = table.find("tbody").find("tr").find_all("td", class_="n")
    for cell in (links[0], links[1], links[3]):
        if cell.a:
            assert listed(client, cell.a["href"]) == int(cell.get_text(strip=True).replace(",", ""))


def test_firms_too_vague_for_cells_are_listed(client: FlaskClient) -> None:
    legend = soup(client, "/map?by=grid&cell=1000").find(id="map-legend")
    link = next(item.a for item in legend.find_all("li") if "未精确定位" in item.get_text())
    assert listed(client, link["href"]) == int(link.get_text()) > 0


def test_firms_in_no_place_are_listed(client: FlaskClient) -> None:
    legend = soup(client, "/map?kind=building").find(id="map-legend")
    link = next(item.a for item in legend.find_all("li") if "未建会企业中未归入任何楼宇" in item.get_text())
    assert listed(client, link["href"]) == int(link.get_text()) > 0


def test_a_place_without_position_is_told_and_opens(client: FlaskClient) -> None:
    waiting = soup(client, "/map?kind=market").find(id="waiting")
    assert "石埠家纺市场" in waiting.get_text()
    assert client.get(waiting.find("ol").a["href"]).status_code == 200


def test_the_table_holds_every_unit(client: FlaskClient) -> None:
    shown = len(client.get("/map/part?by=grid&cell=5000").get_json()["drawing"]["cells"])
    text = soup(client, "/map/table?by=grid&cell=5000").find(class_="pager").get_text()
    assert str(shown) in text


def test_filters_reach_map_and_panel(client: FlaskClient) -> None:
    everything = client.get("/map/part?by=county").get_json()["drawing"]
    some = client.get("/map/part?by=county&size=25_and_over").get_json()["drawing"]
    assert sum(some["lines"][1]["values"]) < sum(everything["lines"][1]["values"])
    one = client.get("/map/part?by=county&county=990102").get_json()
    assert one["drawing"]["areas"] == ["990102"]
    assert one["extent"][0][1] == pytest.approx(121.2, abs=0.01)


@pytest.mark.parametrize("path", ["/map?at=town:nowhere", "/map?at=%00", "/map/panel?at=cell:x,y&by=grid"])
def test_unknown_units_show_the_city(client: FlaskClient, path: str) -> None:
    assert "排行" in soup(client, path).get_text()


@pytest.mark.parametrize("query", ["at=town:1", "at=cell:x", ""])
def test_firms_of_no_cell_are_not_found(client: FlaskClient, query: str) -> None:
    assert client.get(f"/map/firms?{query}").status_code == 404


def test_bearings_are_kept_by_the_browser(client: FlaskClient) -> None:
    answer = client.get("/map/bearings?v=1")
    assert "immutable" in answer.headers["Cache-Control"]
    assert {entry["kind"] for entry in answer.get_json()["lines"]} == {"zone", "street"}


# --- small maps -----------------------------------------------------------------------------------------------------


def small(app: Flask, make: str, *args: str) -> Component | None:
    with acting(app):
        found: Component | None = getattr(locator, make)(reading(), *args)
        return found


def test_small_maps_of_places_firms_and_suggestions(app: Flask) -> None:
    with acting(app):
        firms = reading().survey.firms
    precise = firms.index[firms["level"].eq("number")][0]
    nowhere = firms.index[firms["level"].eq("none")][0]
    assert "L.circle(" in small(app, "firm", precise).scripts
    assert small(app, "firm", nowhere) is None
    assert "L.polygon(" in small(app, "place", "zone", ZONE).scripts


def test_suggestions_are_circles_that_open_them(app: Flask) -> None:
    with acting(app):
        table = reading().survey.groups
        table = table.assign(lon=[121.05] + [float("nan")] * (len(table) - 1), lat=32.05)
        scripts = locator.groups(reading(), table).scripts
        assert locator.groups(reading(), table.assign(lon=float("nan"))) is None
    drawing = json.loads(re.search(r"L\.atlas\.draw\((\{.*?\})\);", scripts).group(1))
    assert len(drawing["points"]) == 1
    assert app.test_client().get(drawing["links"][0]).status_code == 200


def test_a_firm_known_by_its_county_alone_has_no_dot(app: Flask) -> None:
    with acting(app):
        firms = reading().survey.firms
    coarse = firms.index[firms["level"].eq("county")][0]
    scripts = small(app, "firm", coarse).scripts
    drawing = json.loads(re.search(r"L\.atlas\.draw\((\{.*?\})\);", scripts).group(1))
    assert drawing["points"] == []


def test_a_small_map_stands_in_any_page(app: Flask) -> None:
    with acting(app):
        part = locator.place(reading(), "county", "990101")
        page = render_template_string("<div>{{ part.html }}</div>{{ part.scripts }}", part=part)
    assert "&lt;" not in page
    assert page.count("<script") == 6
