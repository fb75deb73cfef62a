"""The quality page: each figure opens as many rows as it counts; the badge stands with every map."""

import re
from html import unescape
from pathlib import Path

import pytest
import review_city
import small_city
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting

BUILDING = "building:990101:云帆大厦"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return small_city.loaded(tmp_path_factory.mktemp("quality"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_each_figure_opens_as_many_rows_as_it_counts(client: FlaskClient) -> None:
    text = page(client, "/quality")
    links = re.findall(r'<a href="([^"]*(?:/firms\?|/quality/rows)[^"]*)">([\d,]+)</a>', text)
    assert len(links) > 5
    for link, count in dict(links).items():
        answer = page(client, unescape(link))
        assert f"{int(count.replace(',', '')):,} 家企业" in answer, link


def test_what_may_be_drawn_leaves_out_who_is_known_to_the_village_town_or_county_only(client: FlaskClient) -> None:
    text = page(client, "/quality")
    count = re.search(r"([\d,]+) 家；只知道村、镇、县的不画成点", text)
    link = re.search(r'href="([^"]*)"[^>]*>(?:(?!href).)*?可以画在图上', text, re.S)
    assert count is not None
    assert link is not None
    listed = page(client, unescape(link[1]))
    assert f"{count[1]} 家企业" in listed
    for level in ("village", "town", "county"):
        assert f"level={level}" not in link[1]
    fine = re.findall(r'<a href="([^"]*level=(?:building|number|market|street|zone)&amp;point=1)">([\d,]+)</a>', text)
    assert int(count[1].replace(",", "")) == sum(int(n.replace(",", "")) for _, n in fine) > 0


def test_what_is_not_there_is_told_honestly(client: FlaskClient) -> None:
    text = page(client, "/quality")
    assert "本期还没有人工核对过的答案可以对照" in text
    assert "没有地址写旧名" in text
    assert client.get("/quality/rows/reason/NO_SUCH").status_code == 404
    assert client.get("/quality/rows/double/x").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/map",
        f"/places/building/{BUILDING}",
        "/firms/919901010000000000",
        "/suggestions",
        f"/suggestions/{BUILDING}",
        "/review",
    ],
)
def test_the_badge_stands_with_every_map_and_leads_here(client: FlaskClient, path: str) -> None:
    text = page(client, path)
    badge = re.search(r'<p class="quality-badge[^>]*>(.*?)</p>', text, re.S)
    assert badge is not None
    assert 'href="/quality"' in badge[1]
    assert re.search(r"[\d.]+% 定位到楼宇、门牌或市场 · [\d.]+% 自动 · 未定位 [\d,]+", badge[1])


def test_former_names_and_decisions_are_counted(tmp_path: Path) -> None:
    client = review_city.loaded(tmp_path, form_tokens=False).test_client()
    item = client.get("/review/item?kind=address").get_json()["key"]
    client.post("/review/decide", data={"item": item, "act": "choose", "target": "990102", "by": "张三"})
    text = page(client, "/quality")
    assert "人工看过的多是机器拿不准的" in text
    client.get("/language/en")
    assert "Data quality" in page(client, "/quality")


def test_shares_and_counts_say_of_what(client: FlaskClient) -> None:
    text = page(client, "/quality")
    assert re.search(r"全部名录企业 240 家中，不用人看的", text)
    source = re.search(r"答案来源：([^<]*)", text)
    assert source
    assert not re.search(r"[a-z]{4}| / |\d{4}", source[1])
    badge = re.search(r"应建会企业 (\d+) 家，[\d.]+% 定位到", page(client, "/map"))
    assert badge
    assert int(badge[1]) < 240
    state = page(client, "/review")
    assert "按事项计，一项可涉及多家企业" in state
    assert "家（全部名录企业 240 家）" in state


def test_a_learned_place_tells_its_source_in_one_language(client: FlaskClient) -> None:
    with acting(client.application):
        said = client.application.jinja_env.filters["in_language"]("名录地址 / addresses of the register")
    assert said == "名录地址"
