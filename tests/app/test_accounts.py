"""Signing in and out, guessing, sessions that end, given passwords, accounts of the sample, the record of it all."""

import importlib.util
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from signed_in import PASSWORD, TESTER, account, sign, stranger

from app import store
from app.auth import accounts, audit, demonstration
from app.auth.accounts import Wish
from app.db import Database, session

PLANNER = Wish("planner", "李四", "planner")


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The small city with two accounts, forms without tokens."""
    return small_city.loaded(tmp_path, people=(TESTER, PLANNER), form_tokens=False)


def enter(client: FlaskClient, login: str = "planner", password: str = PASSWORD, to: str = "/gaps") -> int:
    return client.post("/sign-in", data={"login": login, "password": password, "next": to}).status_code


def told(app: Flask, action: str) -> list[str]:
    with app.app_context(), session() as opened:
        return list(audit.entries(opened, action=action)["account"])


def test_signing_in_leads_to_the_page_asked_for_and_out_of_it_again(app: Flask) -> None:
    client = stranger(app)
    answer = client.get("/gaps?kind=market")
    assert answer.status_code == 302 and "next=/gaps" in answer.headers["Location"]
    answer = client.post("/sign-in", data={"login": "planner", "password": PASSWORD, "next": "/gaps?kind=market"})
    assert answer.headers["Location"] == "/gaps?kind=market"
    page = client.get("/gaps")
    assert page.status_code == 200 and "李四" in page.text and page.headers["Cache-Control"] == "private, no-store"
    client.post("/sign-out")
    assert client.get("/gaps").status_code == 302
    assert told(app, "sign_in") == ["planner"] and told(app, "sign_out") == ["planner"]


def test_files_are_kept_by_the_browser_whoever_has_signed_in(app: Flask) -> None:
    """The cookie changes: a file that varies with it, or writes it, would be fetched again for every page."""
    client = stranger(app)
    client.post("/sign-in", data={"login": "planner", "password": PASSWORD})
    client.get("/password")  # writes the token of its form
    assert "Set-Cookie" not in client.get("/password").headers, "nothing of the session has changed"
    for address in ("/static/css/atlas.css?v=1", "/static/css/atlas.css", "/static/no-such-file?v=1"):
        answer = client.get(address)
        assert "Cookie" not in answer.headers.get("Vary", "") and "Set-Cookie" not in answer.headers
        assert ("immutable" in answer.headers.get("Cache-Control", "")) == address.endswith("css?v=1")
        answer.close()


@pytest.mark.parametrize(
    "to", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "/a\nb"]
)
def test_nobody_is_led_to_another_site(app: Flask, to: str) -> None:
    answer = stranger(app).post("/sign-in", data={"login": "planner", "password": PASSWORD, "next": to})
    assert answer.headers["Location"] == "/"


def test_a_login_that_does_not_exist_reads_as_a_wrong_password(app: Flask) -> None:
    pages = [stranger(app).post("/sign-in", data={"login": login, "password": "x"}).text for login in ("planner", "no")]
    assert all("账号或密码不对" in page for page in pages)


def test_after_five_failures_even_the_right_password_has_to_wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = stranger(app)
    assert [enter(client, password="wrong") for _ in range(accounts.TRIES)] == [401] * accounts.TRIES
    assert enter(client) == 401, "locked"
    assert told(app, "sign_in_locked") == ["planner"]
    monkeypatch.setattr(accounts, "WINDOW", timedelta(0))
    assert enter(client) == 302, "the lock ends by itself"


def test_many_logins_tried_from_one_address_lock_the_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "TRIES_OF_ADDRESS", 4)
    for number in range(4):
        enter(stranger(app), login=f"guess{number}", password="wrong")
    assert enter(stranger(app)) == 401


def test_a_session_ends_when_idle_when_old_and_when_the_account_is_switched_off(app: Flask) -> None:
    for name, hours in (("seen", 2), ("began", 13)):
        client = sign(stranger(app), "planner")
        with client.session_transaction() as kept:
            kept[name] = (datetime.now(UTC) - timedelta(hours=hours)).timestamp()
        assert "expired=1" in client.get("/gaps").headers["Location"], name
    client = sign(stranger(app), "planner")
    assert client.get("/gaps").status_code == 200
    assert sign(stranger(app)).post("/accounts/planner", data={"act": "off"}).status_code == 200
    assert client.get("/gaps").status_code == 302
    assert enter(stranger(app)) == 401


def test_a_given_password_is_changed_before_anything_else(app: Flask) -> None:
    form = {"login": "new", "name": "王五", "role": "viewer", "county": "990101"}
    page = sign(stranger(app)).post("/accounts", data=form).text
    with app.app_context(), session(write=True) as opened:
        user = accounts.find(opened, "new")
        assert user is not None and user.must_change and user.county_code == "990101"
        accounts.set_password(user, "given-password-1", must_change=True)
    assert "new" in page
    client = stranger(app)
    assert enter(client, "new", "given-password-1") == 302
    assert client.get("/gaps").headers["Location"] == "/password"
    words = {"old": "given-password-1", "new": "quite another one", "again": "quite another one"}
    assert client.post("/password", data={**words, "new": "short", "again": "short"}).status_code == 422
    assert client.post("/password", data=words).status_code == 302
    assert client.get("/gaps").status_code == 200


def test_a_county_role_needs_a_county_and_the_last_administrator_stays(app: Flask) -> None:
    client = sign(stranger(app))
    assert client.post("/accounts", data={"login": "x", "name": "x", "role": "editor"}).status_code == 422
    assert client.post("/accounts/tester", data={"act": "off"}).status_code == 422
    assert client.post("/accounts/tester", data={"act": "save", "name": "x", "role": "planner"}).status_code == 422
    with app.app_context(), session(write=True) as opened:
        demonstration.lay(opened)  # whose administrator may not see to accounts
    assert client.post("/accounts/tester", data={"act": "off"}).status_code == 422


def test_logins_are_plain_and_one_in_any_case(app: Flask) -> None:
    client = sign(stranger(app))
    for login in ("PLANNER", "<b>x</b>", "a b", "'; --"):
        assert client.post("/accounts", data={"login": login, "name": "x", "role": "planner"}).status_code == 422, login
    assert client.post("/accounts", data={"login": "王五.通州", "name": "x", "role": "planner"}).status_code == 200


def test_a_county_without_any_firm_has_its_pages(app: Flask) -> None:
    with app.app_context(), session(write=True) as opened:
        counties = store.read(opened, "divisions", store.CITY)
        empty = counties[counties["level"].eq("county")].head(1).set_axis(["990103"]).assign(name="空县")
        store.write(opened, "divisions", empty)
    account(app, Wish("empty", "empty", "editor", "990103"))
    client = sign(stranger(app), "empty")
    for path in (
        "/",
        "/map",
        "/gaps",
        "/firms",
        "/unions",
        "/suggestions",
        "/quality",
        "/ledger",
        "/health",
        "/zones",
        "/tasks",
        "/visits",
        "/inbox",
        "/field/",
        "/field/today",
        "/health/list.xlsx",
        "/year",
        "/year?county=990103",
        "/year/calendar",
        "/year/series",
        "/year/sheets",
        "/year/targets.xlsx",
        "/year/bulletin",
        "/year/conference",
        "/year/conference/present",
    ):
        assert client.get(path).status_code == 200, path
    assert "还没有企业和工会" in client.get("/year").text


def test_the_accounts_of_the_sample_come_and_go_with_it_and_leave_nobody_behind(app: Flask) -> None:
    with app.app_context(), session(write=True) as opened:
        demonstration.lay(opened)
    client = stranger(app)
    assert "demo-editor" in client.get("/sign-in").text
    assert enter(client, "demo-admin", demonstration.PASSWORD) == 302
    form = {"login": "back", "name": "back", "role": "administrator"}
    assert client.post("/accounts", data=form).status_code == 422
    assert client.post("/accounts/planner", data={"act": "password"}).status_code == 422
    with app.app_context(), session(write=True) as opened:
        store.settings.put(opened, store.settings.SAMPLE, value=False)
    assert client.get("/gaps").status_code == 302
    assert enter(stranger(app), "demo-admin", demonstration.PASSWORD) == 401
    assert "demo-editor" not in stranger(app).get("/sign-in").text


def test_without_any_account_the_page_says_how_to_make_the_first(tmp_path: Path) -> None:
    assert "flask --app app user create" in stranger(small_city.loaded(tmp_path)).get("/sign-in").text


def test_files_taken_out_and_changes_are_on_record(app: Flask) -> None:
    client = sign(stranger(app), "planner")
    client.get("/firms/list.csv?gap=1")
    client.post("/census", data={})
    with app.app_context(), session() as opened:
        listed = audit.entries(opened, account="planner")
    assert list(listed["action"]) == ["change", "export"]
    assert listed["target"].iloc[1] == "/firms/list.csv?gap=1"
    page = sign(stranger(app)).get("/audit?action=export")
    assert "/firms/list.csv" in page.text
    assert "/firms/list.csv" in sign(stranger(app)).get("/audit/list.csv").text


def test_accounts_and_their_lock_are_kept_in_either_database(database: Database) -> None:
    now = datetime.now(UTC)
    with database.session(write=True) as opened:
        made = accounts.make(opened, PLANNER, PASSWORD, at=now)
        assert made.password_hash is not None and made.password_hash.startswith("$argon2id$")
        for _ in range(accounts.TRIES):
            audit.record(opened, "sign_in_failed", account="planner", address="10.0.0.1")
    with database.session() as opened:
        user = accounts.find(opened, "planner")
        assert accounts.fits(user, PASSWORD) and not accounts.fits(user, "other") and not accounts.fits(None, PASSWORD)
        now = datetime.now(UTC)
        assert accounts.locked(opened, "planner", "10.0.0.2", now)
        assert not accounts.locked(opened, "planner", "10.0.0.2", now + accounts.WINDOW)
        assert not accounts.locked(opened, "other", "10.0.0.2", now)


def test_a_change_of_an_account_is_on_record_once(app: Flask) -> None:
    client = sign(stranger(app))
    client.post("/accounts", data={"login": "new", "name": "新", "role": "planner"})
    client.post("/accounts/new", data={"act": "off"})
    client.post("/accounts/new", data={"act": "save", "name": "新人", "role": "viewer", "county": "990101"})
    with app.app_context(), session() as opened:
        found = audit.entries(opened)
    found = found[found["account"].eq("tester")]
    assert sorted(found["action"]) == ["account_changed", "account_changed", "account_made"]
    assert list(found["detail"].map(lambda detail: detail.get("changed")))[:2] == [
        {"name": ["新", "新人"], "role": ["planner", "viewer"], "county": ["", "990101"]},
        {"active": [True, False]},
    ]
    page = client.get("/audit").text
    assert "姓名：新 → 新人" in page and "角色：市规划员 → 县级查看员" in page and "范围：全市 → 东沟区" in page
    assert "状态：启用 → 停用" in page


def test_a_copy_of_a_cookie_opens_nothing_after_signing_out(app: Flask) -> None:
    client, copy, other = (stranger(app) for _ in range(3))
    assert enter(client) == enter(other) == 302
    with client.session_transaction() as kept, copy.session_transaction() as taken:
        taken.update(kept)
    assert copy.get("/gaps").status_code == 200
    client.post("/sign-out")
    assert copy.get("/gaps").status_code == 302
    assert other.get("/gaps").status_code == 200, "another browser of the account stays signed in"


def test_the_record_comes_page_by_page(app: Flask) -> None:
    with app.app_context(), session(write=True) as opened:
        for number in range(120):
            audit.record(opened, "view_saved", account="tester", address="", target=f"view {number}")
    client = sign(stranger(app))
    first, last, beyond = (client.get(f"/audit?action=view_saved&page={number}").text for number in (1, 3, 99))
    assert "view 119" in first and "view 0<" not in first and "view 0<" in last and "view 0<" in beyond
    assert client.get("/audit/list.csv?action=view_saved").text.count("view ") == 120


def test_the_administrator_of_the_sample_sees_no_forms_of_accounts(app: Flask) -> None:
    with app.app_context(), session(write=True) as opened:
        demonstration.lay(opened)
    client = stranger(app)
    enter(client, "demo-admin", demonstration.PASSWORD)
    page = client.get("/accounts").text
    assert "演示账号只能看" in page and 'action="/accounts' not in page


def test_guessing_a_password_is_dear_and_an_unknown_login_costs_as_much() -> None:
    spec = importlib.util.find_spec("app.auth.accounts")
    assert spec is not None and spec.loader is not None
    anew = importlib.util.module_from_spec(spec)  # as it is in use: the tests' own copy has a cheap hash
    spec.loader.exec_module(anew)
    dear = "$argon2id$v=19$m=65536,t=3,p=4$"  # RFC 9106, the second recommended choice
    assert anew._hasher.hash(PASSWORD).startswith(dear)
    assert anew._NOBODY.startswith(dear) and not anew._hasher.check_needs_rehash(anew._NOBODY)
