"""A value that nobody knows is refused on every page and in every file alike; nothing strange is repeated."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from soup import soup

LISTS = [
    "/", "/gaps", "/gaps/list.csv", "/gaps/list.xlsx", "/firms", "/firms/list.csv", "/firms/list.xlsx", "/unions",
    "/unions/list.csv", "/suggestions", "/suggestions/list.xlsx", "/facts", "/map", "/map/table", "/map/part", "/same",
    "/review", "/review/decisions", "/runs", "/imports", "/quality/rows/reason/LOCATED",
]  # fmt: skip
UNKNOWN = {
    "sort": ["nonsense", "--gap", "-"],
    "page": ["abc", "-1", "1e3", "٣", "9" * 40],
    "kind": ["nonsense"],
    "gap": ["maybe", "true"],
    "size": ["huge"],
    "county": ["000000", "\x00", "<b>"],
    "town": ["990101999"],
    "building": ["building:990101:无此楼", "zone:990101:东沟经济开发区"],
    "union": ["union:none"],
    "group": ["nothing"],
    "source": ["无此名录"],
    "flag": ["nonsense"],
    "layer": ["x"],
    "state": ["nonsense"],
    "due": ["2"],
    "least": ["3"],
    "measure": ["wealth"],
    "by": ["x"],
    "cell": ["77"],
    "figure": ["nonsense"],
}
KNOWN = {
    "sort": "-gap", "page": "7", "gap": "0", "size": "unknown", "county": "-", "town": "990101001", "flag": "young",
    "building": "building:990101:云帆大厦", "union": "union:joint1", "federation": "union:fed1", "level": "none",
    "excluded": "R07", "left": "-", "primary": "none", "path": "own_must", "location": "review", "sector": "-",
}  # fmt: skip


def listing(app: Flask, path: str) -> list[str]:
    """Names of arguments that the page of a path takes."""
    endpoint, _values = app.url_map.bind("localhost").match(path)
    asks = app.view_functions[endpoint].asks
    return [name for name in {**UNKNOWN, **KNOWN} if asks.takes(name)]


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_value_is_refused_and_named(app: Flask, client: FlaskClient, path: str) -> None:
    for name in listing(app, path):
        for value in UNKNOWN.get(name, []):
            answer = client.get(path, query_string={name: value, "on": "2025-12-31"})
            assert answer.status_code == 400, (name, value)
            assert "\x00" not in answer.text
            page = BeautifulSoup(answer.text, "html.parser").select_one("[data-error=UNKNOWN_VALUE]")
            assert page.h1.get_text() == "不认识的条件"
            assert f"{name}={value[:9]}".replace("\x00", "�") in page.get_text()
            back = page.find("a", string="去掉不认识的条件再看")["href"]
            assert f"{name}=" not in back
            assert "on=2025-12-31" in back


def test_every_unknown_value_is_told_at_once(client: FlaskClient) -> None:
    answer = client.get("/firms?gap=maybe&size=huge&sort=name&county=990101")
    page = BeautifulSoup(answer.text, "html.parser")
    assert "gap=maybe、size=huge" in page.strong.get_text() or "gap=maybe、size=huge" in page.get_text()
    link = page.find("a", string="去掉不认识的条件再看")["href"]
    assert link == "/firms?sort=name&county=990101"
    part = client.get("/firms?gap=maybe", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Retarget"]) == (400, "#notices")
    told = client.get("/map/part?gap=maybe", headers={"Accept": "application/json"})
    assert (told.status_code, told.get_json()["detail"]) == (400, "gap=maybe")


@pytest.mark.parametrize("path", ["/firms", "/gaps", "/map"])
def test_known_values_and_empty_ones_are_read(client: FlaskClient, path: str) -> None:
    for name, value in KNOWN.items():
        if name not in ("sort", "page") or path == "/gaps":
            assert client.get(path, query_string={name: value}).status_code == 200, (name, value)
        assert client.get(path, query_string={name: ""}).status_code == 200


@pytest.mark.parametrize("path", [path for path in LISTS if "list." not in path and path != "/map/part"])
def test_what_a_page_does_not_take_is_in_no_link(client: FlaskClient, path: str) -> None:
    if path.startswith("/quality"):
        path = soup(client, "/quality").select_one("a[href^='/quality/rows/']")["href"]
    answer = client.get(path, query_string={"zz": "stranger", "utm_source": "stranger"})
    assert answer.text.count("stranger") == 2
    said = BeautifulSoup(answer.text, "html.parser").select_one("[data-error=UNKNOWN_VALUE] strong")
    assert said.get_text() == "zz=stranger、utm_source=stranger"


def test_a_long_or_strange_text_is_cut_in_links(client: FlaskClient) -> None:
    page = client.get("/firms", query_string={"text": "有限" + "x" * 4000}).text
    assert len(page) < 60_000
    assert "\x00" not in client.get("/firms", query_string={"text": "有限\x00公司"}).text
    assert "%00" not in client.get("/unions", query_string={"text": "联合\x00会"}).text
