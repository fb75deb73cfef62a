"""Saved views: kept, opened, overwritten, shared within the area, and nothing hostile gets in by a name."""

from urllib.parse import parse_qs, urlsplit

import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from signed_in import sign, stranger
from soup import soup

from app import saved, store
from app.auth import audit
from app.auth.accounts import Wish
from app.db import Database, session

HERE, THERE = small_city.COUNTIES
PEOPLE = {
    "planner": Wish("v-planner", "李四", "planner"),
    "admin": Wish("v-admin", "王五", "administrator"),
    "editor": Wish("v-editor", "赵六", "editor", HERE),
    "other": Wish("v-other", "钱七", "editor", THERE),
    "viewer": Wish("v-viewer", "孙八", "viewer", HERE),
    "presenter": Wish("v-presenter", "周九", "presenter"),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city with people of both counties."""
    return small_city.loaded(tmp_path_factory.mktemp("views"), people=PEOPLE.values(), form_tokens=False)


@pytest.fixture(autouse=True)
def empty(office: Flask) -> None:
    with office.app_context(), session(write=True) as opened:
        for one in store.views.seen(opened, store.CITY, ""):
            opened.delete(one)
        for wish in PEOPLE.values():
            for one in store.views.seen(opened, store.CITY, wish.login):
                opened.delete(one)


def of(office: Flask, who: str) -> FlaskClient:
    return sign(stranger(office), PEOPLE[who].login)


def keep(client: FlaskClient, name: str, state: str = "measure=rate&county=990101", **data: str):
    to = "/saved/shared" if data.pop("shared", "") else "/saved"
    return client.post(to, data={"page": "map", "state": state, "name": name, **data})


def listed(client: FlaskClient) -> list[str]:
    return [found.get_text(strip=True) for found in soup(client, "/saved").select("tbody th")]


def key(client: FlaskClient, name: str) -> str:
    return link(client, "/saved", name).split("?")[0]


def link(client: FlaskClient, path: str, name: str) -> str:
    return next(str(a["href"]) for a in soup(client, path).select("a") if a.get_text(strip=True) == name)


STATE = (
    "measure=rate&by=grid&cell=1000&kind=zone&county=990101&size=under_25&covered=0&text=%E8%B4%B8%E6%98%93"
    "&at=cell%3A1%2C2&shape=121.05%2C32.05%3B121.1%2C32.05%3B121.1%2C32.1&view=32.1000%2C121.1000%2C12.5&on=2024-12-31"
)


def test_a_view_opens_exactly_as_it_was(office: Flask) -> None:
    client = of(office, "planner")
    answer = keep(client, "  九月   例会 ", STATE + "&page=3")
    assert answer.status_code == 302 and "page=" not in answer.location
    assert listed(client) == ["九月 例会"]
    opened = client.get(key(client, "九月 例会"))
    assert parse_qs(urlsplit(opened.location).query) == parse_qs(STATE)
    assert client.get(opened.location).status_code == 200
    box = client.get("/map").text
    assert "九月 例会" in box and f"{key(client, '九月 例会')}?on=2024-12-31" in box


def test_a_view_without_a_day_opens_the_newest_whatever_day_is_looked_at(office: Flask) -> None:
    client = of(office, "planner")
    keep(client, "最新", "measure=workers")
    assert client.get(link(client, "/map?on=2024-12-31", "最新")).location == "/map?measure=workers"


def test_the_list_of_gaps_and_the_comparison_have_views_too(office: Flask) -> None:
    client = of(office, "planner")
    client.post("/saved", data={"page": "gaps", "state": "?kind=town&sort=-gap_workers&page=2", "name": "镇街榜"})
    client.post("/saved", data={"page": "compare", "state": "with=2023-12-31&split=swipe", "name": "两年"})
    assert client.get(key(client, "镇街榜")).location == "/gaps?kind=town&sort=-gap_workers"
    assert client.get(key(client, "两年")).location == "/map/compare?with=2023-12-31&split=swipe"
    assert "镇街榜" in client.get("/gaps").text and "镇街榜" not in client.get("/map").text


def test_a_name_used_already_is_asked_about_and_then_overwritten(office: Flask) -> None:
    client = of(office, "planner")
    keep(client, "例会", shared="1")
    asked = keep(client, "例会", "measure=big")
    assert asked.status_code == 409 and "覆盖原来的" in asked.text
    before = key(client, "例会")
    assert client.get(before).location == "/map?measure=rate&county=990101"
    keep(client, "例会", "measure=big", over="1")
    assert listed(client) == ["例会"] and key(client, "例会") == before
    assert client.get(before).location == "/map?measure=big"
    assert listed(of(office, "presenter")) == ["例会"], "it stays shared"


def test_rename_delete_and_share(office: Flask) -> None:
    client, colleague = of(office, "planner"), of(office, "presenter")
    keep(client, "甲")
    keep(client, "乙")
    where = key(client, "甲")
    assert client.post(where, data={"act": "rename", "name": "乙"}).status_code == 422
    assert client.post(where, data={"act": "rename", "name": "丙"}).status_code == 302
    assert listed(client) == ["丙", "乙"] and listed(colleague) == []
    client.post(f"{where}/share")
    assert listed(colleague) == ["丙"] and colleague.get(where).status_code == 302
    assert colleague.post(where, data={"act": "delete"}).status_code == 403
    assert colleague.post(where, data={"act": "rename", "name": "丁"}).status_code == 403
    client.post(f"{where}/share", data={"act": "withdraw"})
    assert colleague.get(where).status_code == 404
    client.post(f"{where}/share")
    assert of(office, "admin").post(where, data={"act": "delete"}).status_code == 302, "who left may have shared it"
    assert listed(client) == ["乙"]


def test_only_some_roles_share(office: Flask) -> None:
    for who in ("viewer", "presenter"):
        assert keep(of(office, who), "自用").status_code == 302
        assert keep(of(office, who), "共用", shared="1").status_code == 403
        assert "/saved/shared" not in of(office, who).get("/map").text
    assert keep(of(office, "editor"), "本县", "measure=rate", shared="1").status_code == 302
    assert listed(of(office, "viewer")) == ["自用", "本县"]


@pytest.mark.parametrize(
    ("state", "theirs"),
    [
        ("county=990101&measure=rate", {"editor"}),
        ("county=990101&town=990101001&at=town:990101001", {"editor"}),
        ("measure=rate", set()),
        ("county=990101&county=990102", set()),
        ("county=990101&at=county:990102", set()),
        ("county=990101&town=990102101", set()),
        ("county=990101&text=%E7%9F%B3%E5%9F%A0", set()),
        ("county=990101&building=building:990102:%E7%9F%B3%E5%9F%A0%E5%95%86%E8%B4%B8%E6%A5%BC", set()),
        ("county=990101&kind=county&key=990102", set()),
        ("county=-", set()),
    ],
)
def test_a_county_gets_only_views_that_show_nothing_else(office: Flask, state: str, theirs: set[str]) -> None:
    assert keep(of(office, "planner"), "给各县", state, shared="1").status_code == 302
    assert {who for who in ("editor", "other") if listed(of(office, who))} == theirs
    where = key(of(office, "planner"), "给各县")
    assert {who for who in ("editor", "other") if of(office, who).get(where).status_code == 302} == theirs


def test_the_city_sees_what_a_county_shares_and_no_county_that_of_another(office: Flask) -> None:
    keep(of(office, "editor"), "东沟", "by=county", shared="1")
    assert listed(of(office, "planner")) == ["东沟"] and listed(of(office, "other")) == []


def test_what_is_no_longer_there_is_left_out_and_told(office: Flask) -> None:
    client = of(office, "planner")
    keep(client, "旧", "county=990101&size=under_25")
    with office.app_context(), session(write=True) as opened:
        found = store.views.named(opened, PEOPLE["planner"].login, "旧")
        assert found is not None
        found.args = [*found.args, ["town", "990101999"]]
    answer = client.get(key(client, "旧"), follow_redirects=True)
    assert "990101999" in answer.text and answer.request.args.to_dict() == {"county": HERE, "size": "under_25"}


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u202eb", "a\u0000b", "零\u200b宽"])
def test_names_that_cannot_be_read_are_refused(office: Flask, name: str) -> None:
    client = of(office, "planner")
    answer = keep(client, name)
    assert answer.status_code in (400, 422) and listed(client) == []


def test_hostile_names_stay_text(office: Flask) -> None:
    client = of(office, "planner")
    for name in (
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        '"><img src=x onerror=a()>',
        "笑脸😀",
        "{{7*7}}",
        "%(n)s",
    ):
        assert keep(client, name).status_code == 302
    for path in ("/saved", "/map", "/saved"):
        text = client.get(path).text
        assert "<script>alert(1)" not in text and "<img src=x" not in text
    assert set(listed(client)) >= {"<script>alert(1)</script>", "笑脸😀", "{{7*7}}", "%(n)s"}


@pytest.mark.parametrize(
    ("page", "state"),
    [
        ("firms", "gap=1"), ("", ""), ("map", "measure=nonsense"), ("map", "evil=1"), ("map", "county=320611"),
        ("map", "text=" + "x" * 201), ("map", "&".join(f"size=under_25&n{i}=1" for i in range(200))),
        ("map", "view=" + "1" * 5000), ("map", "at=%ff%fe"), ("gaps", "measure=rate"),
    ],
)  # fmt: skip
def test_states_that_no_page_has_are_refused(office: Flask, page: str, state: str) -> None:
    client = of(office, "planner")
    answer = client.post("/saved", data={"page": page, "state": state, "name": "坏"})
    assert answer.status_code == 400 and listed(client) == []


def test_an_account_keeps_a_bounded_number(office: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST_VIEWS", 2)
    client = of(office, "planner")
    assert [keep(client, name).status_code for name in ("一", "二", "三")] == [302, 302, 422]
    assert keep(client, "一", over="1").status_code == 302, "replacing one adds none"


def test_what_is_done_is_recorded_by_name(office: Flask) -> None:
    client = of(office, "planner")
    keep(client, "留痕", shared="1")
    where = key(client, "留痕")
    client.post(where, data={"act": "rename", "name": "留痕二"})
    client.post(f"{where}/share", data={"act": "withdraw"})
    client.post(where, data={"act": "delete"})
    with office.app_context(), session() as opened:
        found = audit.entries(opened, account=PEOPLE["planner"].login).head(4)
    assert list(found["action"]) == ["view_deleted", "view_changed", "view_changed", "view_saved"]
    assert list(found["target"]) == ["留痕二", "留痕二", "留痕二", "留痕"]


def test_both_databases_keep_them(database: Database) -> None:
    with database.session(write=True) as opened:
        store.views.keep(opened, store.Scope(HERE), "a", "一", page="map", args=[("by", "grid"), ("county", HERE)])
    with database.session() as opened:
        assert [one.args for one in store.views.seen(opened, store.CITY, "a")] == [[["by", "grid"], ["county", HERE]]]
        assert store.views.seen(opened, store.Scope(THERE), "a") == []
        assert store.views.seen(opened, store.CITY, "b") == []
