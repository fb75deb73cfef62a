"""Every route with every role and area: who may use it, and that no county sees or changes another's."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from signed_in import account, acting, sign, stranger

from app import store
from app.auth import signed, tokens
from app.auth.accounts import Wish
from app.auth.roles import OF_A_COUNTY, OPEN, OWN, RIGHTS, ROLES
from app.auth.routes import ROUTES
from app.auth.tokens import TokenWish
from app.current import reading
from app.db import session

HERE, THERE = small_city.COUNTIES
PEOPLE = [Wish(f"r-{role}", role, role, HERE if role in OF_A_COUNTY else None) for role in ROLES]
PEOPLE.append(Wish("r-presenter-here", "presenter", "presenter", HERE))
REFUSED = (401, 403)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city, with an account for every role and area, and forms without tokens."""
    return small_city.loaded(tmp_path_factory.mktemp("rights"), people=PEOPLE, form_tokens=False)


def client(app: Flask, login: str) -> FlaskClient:
    return sign(stranger(app), login)


@pytest.fixture(scope="module")
def keys(app: Flask) -> dict[str, dict[str, str]]:
    """A key of each kind of thing in each county."""
    with acting(app):
        survey = reading().survey
        found = {}
        for code in (HERE, THERE):
            firms, groups = survey.firms, survey.groups
            found[code] = {
                "firm": str(firms.index[firms["county_code"].eq(code).fillna(False)][0]),
                "place": str(survey.places.index[survey.places["county_code"].eq(code)][0]),
                "union": str(survey.unions.index[survey.unions["county_code"].eq(code)][0]),
                "group": next(iter(groups.index[groups["county_code"].eq(code).fillna(False)]), "none"),
            }
    return found


def addresses(app: Flask, things: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield endpoint, method and address of every route, its variables filled with what is in a county."""
    kind = things["place"].partition(":")[0]
    values = {
        "firms.show": things["firm"], "ledger.show": things["firm"], "ledger.record": things["firm"],
        "contacts.show": things["firm"], "contacts.change": things["firm"],
        "places.show": things["place"], "unions.show": things["union"],
        "suggestions.show": things["group"], "suggestions.paper": things["group"],
        "suggestions.document": things["group"], "suggestions.decide": things["group"],
        "facts.show": f"{kind}:x", "facts.decide": f"{kind}:x",
        "api.firm": things["firm"], "api.place": things["place"], "api.union": things["union"],
        "api.suggestion": things["group"], "api.code_list": "level", "ogc.item": things["place"],
    }  # fmt: skip
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
        path = path.replace("<kind>", kind if rule.endpoint == "places.show" else "enterprises")
        path = path.replace("<what>", "level").replace("<code>", "zh").replace("<collection>", f"{kind}s")
        path = re.sub(r"<[^>]*>", lambda _found, rule=rule: values.get(rule.endpoint, "none"), path)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, path


def test_every_route_names_its_right(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ROUTES)
    assert set(ROUTES.values()) <= {*RIGHTS, OPEN, OWN}


@pytest.mark.parametrize("who", PEOPLE, ids=lambda wish: wish.login)
def test_a_role_is_let_through_where_it_has_the_right_and_nowhere_else(
    app: Flask, keys: dict[str, dict[str, str]], who: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = client(app, who.login)
    for endpoint, method, path in addresses(app, keys[HERE]):
        right = ROUTES[endpoint]
        if endpoint == "signing.leave":
            continue
        # Then the gate alone is asked: what a change does is the matter of other tests; a county's pages open below.
        if method != "GET" or who.county_code:
            monkeypatch.setitem(app.view_functions, endpoint, lambda **_values: "let through")
        answer = visitor.open(path, method=method)
        monkeypatch.undo()
        allowed = right in (OPEN, OWN) or right in ROLES[who.role]
        assert (answer.status_code not in REFUSED) == allowed or endpoint == "signing.enter", (method, path, endpoint)
        assert answer.status_code < 500, (method, path)


def test_a_stranger_sees_the_sign_in_page_and_nothing_else(app: Flask, keys: dict[str, dict[str, str]]) -> None:
    for endpoint, method, path in addresses(app, keys[HERE]):
        answer = stranger(app).open(path, method=method)
        if ROUTES[endpoint] != OPEN and path.startswith("/api/"):
            assert answer.status_code == 401 and answer.mimetype == "application/problem+json", (method, path)
        elif ROUTES[endpoint] != OPEN:
            assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in"), (method, path)
        assert leaks(app, answer.get_data(as_text=True), ()) == set()


def names(app: Flask) -> dict[str, set[str]]:
    """Names of firms, places, unions and divisions of each county, and of no other."""
    found: dict[str, set[str]] = {HERE: set(), THERE: set()}
    with acting(app):
        survey = reading().survey
        divisions = reading().divisions
        for code, kept in found.items():
            for frame in (survey.firms, survey.places, survey.unions):
                kept |= set(frame.loc[frame["county_code"].eq(code).fillna(False), "name"])
            kept |= set(divisions.loc[divisions.index.str.startswith(code), "name"])
    return {code: kept - found[HERE if code == THERE else THERE] for code, kept in found.items()}


def leaks(app: Flask, text: str, own: tuple[str, ...]) -> set[str]:
    """Names of counties that are not one's own in a text."""
    foreign = set().union(*(kept for code, kept in names_once(app).items() if code not in own))
    return {name for name in foreign if name in text}


_NAMES: dict[int, dict[str, set[str]]] = {}


def names_once(app: Flask) -> dict[str, set[str]]:
    if id(app) not in _NAMES:
        _NAMES[id(app)] = names(app)
    return _NAMES[id(app)]


QUERIES = ("", "?kind=market", "?kind=county", "?gap=1", "?by=county", "?by=grid", f"?county={THERE}", "?text=石埠")


OF_API = (
    "", "?f=geojson", "?f=csv", "?kind=town", "?kind=market", "?kind=county", "?by=county", "?by=building",
    "?limit=1000", f"?county={THERE}", f"?county_code={THERE}", "?bbox=121,32,122,33", "?text=石埠",
)  # fmt: skip
LISTS = tuple(
    f"/api/v1/{name}" for name in ("firms", "places", "gaps", "unions", "suggestions", "divisions", "figures")
)
LISTS += ("/items",)
LAYERS = ("buildings", "markets", "zones", "streets", "villages", "towns", "counties", "firms")


def seen(
    app: Flask,
    login: str,
    keys: dict[str, dict[str, str]],
    headers: dict[str, str] | None = None,
    queries: tuple[str, ...] = QUERIES,
) -> dict[str, set[str]]:
    """Ask for everything, of one's own county and of the other, and return what is told of the other by address.

    With headers only for what programs may ask.
    """
    asked = {p for code in (HERE, THERE) for _e, method, p in addresses(app, keys[code]) if method == "GET"}
    asked |= {f"/places/county/{THERE}", "/places/town/990102101", "/places/village/990102101201"}
    asked |= {f"/api/v1/places/{key}" for key in (THERE, "990102101", "990102101201", HERE)}
    asked |= {f"/api/ogc/collections/{layer}{end}" for layer in LAYERS for end in ("", "/items", f"/items/{THERE}")}
    found = {}
    visitor = stranger(app) if headers else client(app, login)
    for path in sorted(asked):
        if path.startswith(("/static", "/language")) or (headers and not path.startswith("/api/")):
            continue
        for query in OF_API if path.endswith(LISTS) else ("",) if path.startswith("/api/") else queries:
            answer = visitor.get(path + query, headers=headers)
            assert answer.status_code < 500, path + query
            assert not headers or answer.status_code not in REFUSED, path
            text = readable(answer)
            told = leaks(app, text, (HERE,))
            if told:
                found[path + query] = told
    return found


def readable(answer: Any) -> str:
    """What an answer says, also as a workbook or a Word document."""
    if "sheet" in answer.mimetype:
        return sheet(answer.data)
    if "wordprocessing" in answer.mimetype:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
            return parts.read("word/document.xml").decode()
    if "pdf" in answer.mimetype:
        return pages(answer.data)
    return str(answer.get_data(as_text=True))


def pages(data: bytes) -> str:
    import pypdfium2

    book = pypdfium2.PdfDocument(data)
    text = "\n".join(page.get_textpage().get_text_range() for page in book)
    book.close()
    return text


def sheet(data: bytes) -> str:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return "\n".join(str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row)


@pytest.mark.parametrize("who", [w for w in PEOPLE if w.county_code], ids=lambda wish: wish.login)
def test_a_county_is_told_nothing_of_another(app: Flask, keys: dict[str, dict[str, str]], who: Wish) -> None:
    # The area decides what is told, not the role: one role is asked with every query, the others with some.
    queries = QUERIES if who.role == "editor" else ("", f"?county={THERE}")
    assert seen(app, who.login, keys, queries=queries) == {}


def test_a_token_of_a_county_is_told_nothing_of_another(app: Flask, keys: dict[str, dict[str, str]]) -> None:
    with app.app_context(), session(write=True) as opened:
        wish = TokenWish("a county's", 1, role="viewer", county_code=HERE)
        _token, shown = tokens.make(opened, wish, by="test", at=datetime.now(UTC))
    assert seen(app, "", keys, {"Authorization": f"Bearer {shown}"}) == {}


def test_the_city_is_told_of_both(app: Flask, keys: dict[str, dict[str, str]]) -> None:
    planner = client(app, "r-planner")
    text = planner.get("/firms?size=1").text + planner.get("/gaps?kind=county").text
    assert leaks(app, text, (HERE,))
    for path in ("/api/v1/firms", "/api/v1/firms?f=csv", "/api/v1/unions", "/api/ogc/collections/markets/items"):
        assert leaks(app, planner.get(path).text, (HERE,)), path


def test_a_planted_hole_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = small_city.loaded(tmp_path)
    for wish in PEOPLE:
        account(made, wish)

    def hole() -> str:
        with session() as opened:
            survey = store.surveys.latest(opened, store.CITY)
        assert survey is not None
        return " ".join(survey.firms["name"])

    made.add_url_rule("/hole", "hole", hole)
    made.add_url_rule("/api/v1/hole", "api.hole", hole)
    for path in ("/hole", "/api/v1/hole"):
        assert client(made, "r-editor").get(path).status_code == 403, "a route that names no right is refused"
    routes = {**ROUTES, "hole": "see", "api.hole": "see"}
    monkeypatch.setattr(signed, "ROUTES", routes)
    monkeypatch.setitem(globals(), "ROUTES", routes)
    with acting(made):
        survey = reading().survey
    things = {"firm": str(survey.firms.index[0]), "place": str(survey.places.index[0]), "union": "x", "group": "x"}
    for name in ("hole", "api.hole"):
        text = client(made, "r-editor").get(next(p for e, _m, p in addresses(made, things) if e == name)).text
        assert leaks(made, text, (HERE,)), name


def test_nothing_of_another_county_can_be_decided(app: Flask, keys: dict[str, dict[str, str]]) -> None:
    def count() -> int:
        with app.app_context(), session() as opened:
            return len(store.read(opened, "decisions", store.CITY))

    before, there = count(), keys[THERE]
    editor = client(app, "r-editor")
    editor.post("/same/decide", data={"one": there["firm"], "other": keys[HERE]["firm"], "answer": "same"})
    editor.post("/review/decide", data={"item": f"pin:{there['place']}", "act": "pin", "lon": "121.3", "lat": "32.1"})
    editor.post(f"/facts/{there['place']}", data={"act": "forbid"})
    assert count() == before
