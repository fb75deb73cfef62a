"""Names that no page knows are refused like unknown values; what our own pages lead to is always understood."""

from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from soup import soup

from app import query
from app.i18n import COOKIE

LISTS = [
    "/", "/gaps", "/gaps/list.csv", "/gaps/list.xlsx", "/firms", "/firms/list.csv", "/firms/list.xlsx", "/unions",
    "/unions/list.csv", "/suggestions", "/suggestions/list.xlsx", "/facts", "/map", "/map/table", "/map/part",
    "/map/firms", "/same", "/review", "/review/decisions", "/runs", "/imports", "/quality", "/definitions",
]  # fmt: skip
TEXTS = ["/firms", "/firms/list.csv", "/gaps", "/unions", "/unions/list.xlsx", "/facts", "/map"]
EACH, MOST = 1, 6
"""Links followed of one shape (endpoint, names of arguments) and of one endpoint; the names are looked at of all."""


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_name_is_refused_and_named(client: FlaskClient, path: str) -> None:
    answer = client.get(path, query_string={"country": "320612", "on": "2025-12-31"})
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "html.parser").select_one("[data-error=UNKNOWN_VALUE]")
    assert "country=320612" in page.get_text()
    back = page.find("a", string="去掉不认识的条件再看")["href"]
    assert back == f"{path}?on=2025-12-31"
    assert client.get(path, query_string={"country": ""}).status_code != 400


def test_the_name_of_another_page_is_not_this_pages(client: FlaskClient) -> None:
    for path in ("/unions?q=abc", "/gaps?q=zz", "/map?metric=rate", "/firms/list.csv?q=大厦", "/firms?measure=rate"):
        assert client.get(path).status_code == 400, path


@pytest.mark.parametrize("path", TEXTS)
def test_a_text_that_cannot_be_looked_for_is_refused(client: FlaskClient, path: str) -> None:
    for text in ("\x00", "有限\x00公司", "\u200b", "\x1b[0m"):
        assert client.get(path, query_string={"text": text}).status_code == 400, text
    for text in ("  ", " 有限\t公司\u3000"):
        assert client.get(path, query_string={"text": text}).status_code == 200, text


@pytest.mark.parametrize("path", TEXTS)
def test_a_text_of_too_many_words_is_refused(client: FlaskClient, path: str) -> None:
    many = " ".join(f"字{number}" for number in range(query.MOST_WORDS + 1))
    for text in ("试验 " * 500, "x" * (query.MOST_TEXT + 1), many):
        answer = client.get(path, query_string={"text": text})
        assert answer.status_code == 400
        assert "最多查 10 个词、200 个字" in answer.text
        assert len(answer.text) < 20_000
    assert client.get(path, query_string={"text": "大厦 " * 60}).status_code == 200
    assert query.words("大厦 1 大厦 2 大厦") == "大厦 1 2"


@pytest.mark.parametrize("path", ["/firms", "/gaps", "/unions", "/suggestions", "/runs", "/imports", "/same", "/facts"])
def test_pages_are_counted_from_one_and_beyond_the_last_is_told(client: FlaskClient, path: str) -> None:
    for number in ("0", "00", "-1"):
        assert client.get(path, query_string={"page": number}).status_code == 400
    page = soup(client, f"{path}?page=999999").main.get_text()
    if path in ("/runs", "/imports"):
        assert "没有这么多页" in page
        assert "还没有" not in page


@pytest.mark.parametrize(
    "path", ["/", "/gaps", "/firms", "/unions", "/suggestions", "/map", "/quality", "/definitions"]
)
def test_a_day_that_is_not_the_one_asked_for_is_said(client: FlaskClient, path: str) -> None:
    said = "没有 2099-01-01 的计算结果，这里显示的是 2025-12-31 的。"
    assert said in soup(client, f"{path}?on=2099-01-01").select_one(".note.warn").get_text()
    assert "的计算结果，这里显示的是" not in client.get(f"{path}?on=2025-12-31").text
    assert "的计算结果，这里显示的是" not in client.get(path).text
    client.set_cookie(COOKIE, "en")
    english = soup(client, f"{path}?on=2099-01-01").select_one(".note.warn").get_text()
    assert "There is no survey of 2099-01-01; what you see is that of 2025-12-31." in english


def addresses(page: Tag, path: str) -> list[str]:
    """Addresses of this site that a page leads to: links, parts loaded by scripts, forms as they stand."""
    found = [tag[name] for name in ("href", "hx-get", "data-part", "data-panel") for tag in page.select(f"[{name}]")]
    for form in page.select("form"):
        if form.get("method", "get").lower() == "get":
            names = {field["name"] for field in form.select("[name]")}
            action = str(form.get("action") or path).partition("?")[0]  # its own query goes, as browsers have it
            found.append(f"{action}?" + "&".join(f"{name}=" for name in sorted(names)))
    joined = [urljoin(f"http://localhost{path}", str(address)) for address in found]
    return [address[16:].partition("#")[0] for address in joined if address.startswith("http://localhost/")]


def test_every_link_and_form_of_the_pages_is_understood(app: Flask, client: FlaskClient) -> None:
    seen, shapes, followed = set(), Counter(), Counter()
    todo = [path for path in LISTS if path != "/map/firms"]
    matching = app.url_map.bind("localhost")
    while todo:
        address = todo.pop(0)
        parts = urlsplit(address)
        if address in seen or parts.path.startswith(("/static/", "/language/", "/sign-in", "/field/")):
            continue
        seen.add(address)
        endpoint, _values = matching.match(parts.path)
        names = tuple(sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair}))
        declared = getattr(app.view_functions[endpoint], "asks", None)
        if declared is not None:
            assert [name for name in names if not declared.takes(name)] == [], address
        shapes[endpoint, names] += 1
        if shapes[endpoint, names] > EACH or followed[endpoint] >= MOST:
            continue
        followed[endpoint] += 1
        answer = client.get(address)
        # An edit of a suggestion of which nothing is chosen yet is refused in words.
        assert answer.status_code == (422 if endpoint == "adjustments.preview" else 200), address
        if answer.mimetype == "text/html":
            todo += addresses(BeautifulSoup(answer.text, "html.parser"), parts.path)
    assert len(shapes) > 40
