"""The map page by a client: every figure opens its firms, hostile names stay text, nothing from outside."""

import json
import re
from pathlib import Path

import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from signed_in import account, acting, sign, stranger
from soup import soup

from app.auth.accounts import Wish
from app.current import reading
from app.maps import locator, view
from app.maps.assets import Component

STATES = [(measure, form) for measure in view.MEASURES for form in view.FORMS]
BUILDING = "building:990101:云帆大厦"
ZONE = "zone:990101:东沟经济开发区"
WHOLE = "121,32;121.4,32;121.4,32.3;121,32.3"
WEST_HALF = "121,32;121.2,32;121.2,32.3;121,32.3"
WEST = Wish("west", "周干事", "viewer", "990102")
NOWHERE = ["/map?at=town:nowhere", "/map?at=%00", "/map/panel?at=cell:x,y&by=grid", "/map/table?at=town:nowhere"]
NOWHERE += ["/map/compare?at=building:nobody"]


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


@pytest.mark.parametrize("path", NOWHERE)
def test_an_unknown_unit_is_refused_like_any_unknown_value(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == client.get("/map?measure=nonsense").status_code == 400
    assert 'class="atlas-map' not in answer.text


def test_what_another_county_holds_and_what_nobody_knows_get_one_answer(app: Flask) -> None:
    account(app, WEST)
    client, firms = sign(stranger(app), WEST.login), small_city.survey().firms
    ours, theirs = (firms.index[firms["county_code"].eq(code)][0] for code in ("990102", "990101"))
    known = (f"firm:{ours}", "town:990102101", "county:990102", "building:building:990102:石埠商贸楼")
    assert {client.get("/map", query_string={"at": at}).status_code for at in known} == {200}
    said = {}
    for at in (f"firm:{theirs}", "firm:nobody", "town:990101001", "town:nowhere", f"building:{BUILDING}", "zone:none"):
        for path in ("/map", "/map/panel"):
            answer = client.get(path, query_string={"at": at})
            main = BeautifulSoup(answer.text, "html.parser").find("main")
            assert answer.status_code == 400 and main is not None, (path, at)
            said[path, at] = main.get_text(" ", strip=True).replace(at[:40], "…")
    assert len(set(said.values())) == 1, said


def test_what_is_chosen_stays_under_a_filter_that_leaves_none_of_its_firms(client: FlaskClient) -> None:
    assert client.get(f"/map?at=building:{BUILDING}&county=990102").status_code == 200
    assert client.get(f"/map?at=building:{BUILDING}%235").status_code == 200, "one floor of it"


def test_a_day_without_what_is_chosen_says_so(client: FlaskClient) -> None:
    older = "/map?on=2023-12-31&at=firm:nobody"
    assert "这一天的数据里没有" in soup(client, older).find(id="map-side").get_text()
    assert "这一天的数据里没有" not in soup(client, "/map?on=2023-12-31").find(id="map-side").get_text()


def test_beside_a_drawn_shape_each_number_says_what_it_counts(client: FlaskClient) -> None:
    page = soup(client, f"/map?shape={WHOLE}")
    side, view_box = page.find(id="map-side"), page.find(id="map-inview")
    assert side.find(id="inside").h2.get_text() == "画出的范围内的企业"
    assert view_box["data-shaped"] == "符号在画出的范围内的各处"
    assert "在范围外的也在内" in view_box.find(attrs={"data-whole": True}).get_text()
    assert "全市的排行，不限于画出的范围" in side.get_text()
    assert "不限于画出的范围" not in soup(client, "/map").find(id="map-side").get_text()


def test_two_days_count_inside_a_drawn_shape(client: FlaskClient) -> None:
    def inside(day: str) -> list[str]:
        facts = soup(client, f"/map?shape={WEST_HALF}&on={day}").find(id="inside").find_all("dd")
        return [re.sub(r"\D", "", fact.get_text()) for fact in facts[:2]]

    told = soup(client, f"/map/compare?with=2023-12-31&shape={WEST_HALF}").find("main").get_text(" ", strip=True)
    (gap, eligible), (gap_then, eligible_then) = inside("2025-12-31"), inside("2023-12-31")
    assert int(eligible) > 0
    counts = f"未建会企业 {gap_then} → {gap} 家；应建会企业 {eligible_then} → {eligible} 家"
    assert f"画出的范围内（按企业点位）：{counts}" in told
    assert "不限于画出的范围" in told
    plain = soup(client, "/map/compare?with=2023-12-31").find("main").get_text()
    assert "画出的范围" not in plain


def test_the_section_names_the_firms_that_no_figure_counts(client: FlaskClient) -> None:
    firms = small_city.survey().firms
    outside = firms[~firms["eligible"].astype(bool)]
    found = [
        page
        for kind in ("building", "market")
        for key in outside[kind].dropna().unique()
        if (page := soup(client, f"/map/panel?kind={kind}&at={kind}:{key}")).find(class_="excluded")
    ]
    assert found, "some building with floors holds a firm that is not counted"
    page = found[0]
    grey = page.find_all(class_="excluded")
    words = page.find(class_="unit").get_text(" ", strip=True)
    assert f"剖面里另有 {len(grey)} 家不计入应建会企业" in words
    assert page.find("i", class_="excluded-c").parent.get_text() == "不计入"
    drawn = page.find_all(class_="tenant")
    eligible = re.search(r"应建会企业\s*(\d+)", words)
    assert eligible and len(drawn) - len(grey) == int(eligible[1])


def test_english_names_a_kind_within_a_sentence_in_small_letters(client: FlaskClient) -> None:
    client.set_cookie("atlas_language", "en")
    legend = soup(client, "/map").find(id="map-legend").get_text(" ", strip=True)
    assert "In no town" in legend


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
