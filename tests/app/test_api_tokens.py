"""Tokens of programs: made, shown once, accepted, bounded, taken back; what they may see and what is recorded."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask
from signed_in import TESTER, account, sign, stranger

from app import store
from app.auth import accounts, audit, signed, tokens
from app.auth.accounts import Wish
from app.auth.tokens import TokenWish
from app.db import Database, session
from app.models import ApiToken

HERE, THERE = small_city.COUNTIES
VIEWER = Wish("viewer", "王五", "viewer", HERE)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The small city with an administrator and a county's viewer, forms without tokens."""
    return small_city.loaded(tmp_path, people=(TESTER, VIEWER), form_tokens=False)


def made(app: Flask, wish: TokenWish, at: datetime | None = None) -> tuple[str, str]:
    """Key and shown text of a new token."""
    with app.app_context(), session(write=True) as opened:
        token, shown = tokens.make(opened, wish, by="tester", at=at or datetime.now(UTC))
        return token.key, shown


def ask(app: Flask, shown: str, path: str = "/api/v1/firms") -> int:
    return stranger(app).get(path, headers={"Authorization": f"Bearer {shown}"}).status_code


def counties(app: Flask, shown: str) -> set[str]:
    told = stranger(app).get("/api/v1/firms?limit=1000", headers={"Authorization": f"Bearer {shown}"}).get_json()
    return {row["county_code"] for row in told["items"]}


def told(app: Flask, action: str) -> list[tuple[str, str]]:
    with app.app_context(), session() as opened:
        listed = audit.entries(opened, action=action)
        return list(zip(listed["account"], listed["target"], strict=True))


def test_a_token_is_kept_as_a_digest_and_recognised_by_its_secret_alone(database: Database) -> None:
    now = datetime.now(UTC)
    with database.session(write=True) as opened:
        token, shown = tokens.make(opened, TokenWish("QGIS", 30, account="planner"), by="planner", at=now)
        key = token.key
    secret = shown.split("_", 2)[2]
    with database.session() as opened:
        kept = tokens.find(opened, key)
        assert kept is not None and kept.expires_at - kept.made_at == timedelta(days=30)
        assert secret not in " ".join(str(value) for value in vars(kept).values()) and len(secret) >= 43
        found = tokens.recognise(opened, shown)
        assert found is not None and found.key == key
        wrong = [
            shown[:-1],
            shown + "x",
            f"atlas_{key}_",
            f"atlas_{key}",
            "atlas",
            "",
            f"other_{key}_{secret}",
            "é_é_é",
        ]
        assert [tokens.recognise(opened, each) for each in wrong] == [None] * len(wrong)
        assert tokens.state(kept, now + timedelta(days=29)) == "valid"
        assert tokens.state(kept, now + timedelta(days=30)) == "expired"


def test_a_token_of_an_account_follows_its_area_and_ends_with_it(app: Flask) -> None:
    _key, shown = made(app, TokenWish("QGIS", 1, account="viewer"))
    assert counties(app, shown) == {HERE}
    with app.app_context(), session(write=True) as opened:
        user = accounts.find(opened, "viewer")
        assert user is not None
        user.county_code = THERE
    assert counties(app, shown) == {THERE}, "what it saw before is not told as unchanged"
    with app.app_context(), session(write=True) as opened:
        user = accounts.find(opened, "viewer")
        assert user is not None
        user.active = False
    assert ask(app, shown) == 401


def test_a_token_apart_has_a_role_and_area_of_its_own(app: Flask) -> None:
    city, county = (
        made(app, TokenWish("x", 1, role=role, county_code=code))[1]
        for role, code in (("presenter", None), ("viewer", THERE))
    )
    assert counties(app, city) == {HERE, THERE, None} and counties(app, county) == {THERE}


def test_an_expired_and_a_revoked_token_are_refused(app: Flask) -> None:
    key, shown = made(app, TokenWish("x", 1, account="viewer"))
    assert ask(app, shown) == 200
    with app.app_context(), session(write=True) as opened:
        token = tokens.find(opened, key)
        assert token is not None
        tokens.revoke(token, by="viewer", at=datetime.now(UTC))
    assert ask(app, shown) == 401
    _key, old = made(app, TokenWish("x", 1, account="viewer"), datetime.now(UTC) - timedelta(days=2))
    answer = stranger(app).get("/api/v1/firms", headers={"Authorization": f"Bearer {old}"})
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.get_json()["code"] == "SIGN_IN"


def test_a_token_is_for_the_interface_and_for_reading_alone(app: Flask) -> None:
    _key, shown = made(app, TokenWish("x", 1, account=TESTER.login))
    header = {"Authorization": f"Bearer {shown}"}
    for path in ("/firms", "/accounts", "/tokens", "/audit"):
        assert stranger(app).get(path, headers=header).status_code == 302, path
    assert stranger(app).post("/tokens", data={"name": "more", "days": "9"}, headers=header).status_code == 302
    user = signed.Account(signed.User(key="t", name="t", role="administrator", must_change=False, stamp=""), "key")
    assert [right for right in ("see", "export", "contacts", "import", "accounts", "own") if user.may(right)] == [
        "see",
        "export",
    ]


def test_the_password_of_basic_authentication_may_be_a_token(app: Flask) -> None:
    _key, shown = made(app, TokenWish("QGIS", 1, account="viewer"))
    for words, status in ((f"anybody:{shown}", 200), (f"{shown}:", 401), ("viewer:a good password", 401)):
        header = {"Authorization": f"Basic {base64.b64encode(words.encode()).decode()}"}
        assert stranger(app).get("/api/ogc", headers=header).status_code == status, words
    for broken in ("Basic", "Basic ====", "Basic éé", "Digest x", "Bearer", "x" * 5000):
        header = {"Authorization": broken.encode("utf-8").decode("latin-1")}
        assert stranger(app).get("/api/ogc", headers=header).status_code == 401, broken


def test_a_wrong_token_is_told_even_where_somebody_has_signed_in(app: Flask) -> None:
    visitor = sign(stranger(app), "viewer")
    assert visitor.get("/api/v1/firms").status_code == 200
    assert visitor.get("/api/v1/firms", headers={"Authorization": "Bearer atlas_x_y"}).status_code == 401
    assert visitor.get("/firms", headers={"Authorization": "Bearer atlas_x_y"}).status_code == 200


def test_many_wrong_tokens_of_one_address_have_to_wait_but_a_right_one_never(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "FAILURES_OF_ADDRESS", 3)
    _key, shown = made(app, TokenWish("x", 1, account="viewer"))
    assert [ask(app, f"atlas_guess{n}_x") for n in range(5)] == [401, 401, 401, 429, 429]
    answer = stranger(app).get("/api/v1/firms", headers={"Authorization": "Bearer atlas_a_b"})
    assert answer.get_json()["code"] == "TOO_MANY" and int(answer.headers["Retry-After"]) > 0
    assert ask(app, shown) == 200
    assert [who for who, _path in told(app, "token_failed")] == ["token:guess2", "token:guess1", "token:guess0"]


def test_use_is_remembered_and_lists_are_recorded_as_files_taken_out(app: Flask) -> None:
    key, shown = made(app, TokenWish("x", 1, role="viewer", county_code=HERE))
    for path in ("/api/v1/figures", "/api/v1/firms?gap=1", "/api/ogc/collections/buildings/items"):
        assert ask(app, shown, path) == 200
    exports = told(app, "export")
    assert exports == [
        (f"token:{key}", "/api/ogc/collections/buildings/items"),
        (f"token:{key}", "/api/v1/firms?gap=1"),
    ]
    with app.app_context(), session() as opened:
        token = tokens.find(opened, key)
        assert token is not None and token.last_used_at is not None and token.last_address == "127.0.0.1"
        kept = audit.entries(opened, action="export")["detail"]
        assert [each["token"] for each in kept] == [key, key]


def test_a_cookie_alone_changes_nothing_without_a_form_token_and_a_bearer_token_needs_none(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    _key, shown = made(app, TokenWish("x", 1, account="viewer"))
    app.add_url_rule("/api/v1/planted", "planted", lambda: "let through", methods=["POST"])
    signed_routes = {**signed.ROUTES, "planted": "see"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signed, "ROUTES", signed_routes)
        visitor = sign(stranger(app), "viewer")
        assert visitor.post("/api/v1/planted").status_code == 400
        basic = base64.b64encode(f"x:{shown}".encode()).decode()
        assert stranger(app).post("/api/v1/planted", headers={"Authorization": f"Basic {basic}"}).status_code == 400
        answer = stranger(app).post("/api/v1/planted", headers={"Authorization": f"Bearer {shown}"})
        assert answer.status_code == 200
    assert sign(stranger(app), TESTER.login).post("/tokens", data={"name": "x", "days": "1"}).status_code == 400


# --- the page ------------------------------------------------------------------------------------------------------


def given(text: str) -> str:
    found = BeautifulSoup(text, "html.parser").select_one("code.given")
    assert found is not None
    return found.text


def test_an_officer_makes_a_token_sees_it_once_and_takes_it_back(app: Flask) -> None:
    visitor = sign(stranger(app), "viewer")
    shown = given(visitor.post("/tokens", data={"name": "科室 QGIS", "days": "30"}).text)
    assert ask(app, shown) == 200 and counties(app, shown) == {HERE}
    page = visitor.get("/tokens").text
    assert "科室 QGIS" in page and shown not in page and "不属于账号" not in page
    key = shown.split("_")[1]
    assert "已收回" in visitor.post(f"/tokens/{key}/revoke").text and ask(app, shown) == 401
    assert told(app, "token_made") == told(app, "token_revoked") == [("viewer", f"token:{key}")]


def test_nobody_but_the_administrator_sees_or_takes_back_another_s_token(app: Flask) -> None:
    key, shown = made(app, TokenWish("the tester's", 1, account=TESTER.login))
    visitor = sign(stranger(app), "viewer")
    assert "the tester&#39;s" not in visitor.get("/tokens").text
    assert visitor.post(f"/tokens/{key}/revoke").status_code == 404 and ask(app, shown) == 200
    viewers, _shown = made(app, TokenWish("a viewer's", 1, account="viewer"))
    administrator = sign(stranger(app), TESTER.login)
    assert "a viewer&#39;s" in administrator.get("/tokens").text
    assert administrator.post(f"/tokens/{viewers}/revoke").status_code == 200


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"name": "", "days": "1"}, "请写明用途"),
        ({"name": "x", "days": "0"}, "有效期为 1 到 366 天"),
        ({"name": "x", "days": "367"}, "有效期为 1 到 366 天"),
        ({"name": "x", "days": "九"}, "有效期为 1 到 366 天"),
        ({"name": "x", "days": "1", "whose": "apart", "role": "administrator"}, "请选角色"),
        ({"name": "x", "days": "1", "whose": "apart", "role": "viewer"}, "县级角色须选"),
        ({"name": "x", "days": "1", "whose": "apart", "role": "viewer", "county": "999999"}, "县级角色须选"),
    ],
)
def test_a_wrong_wish_is_told_what_would_be_right(app: Flask, asked: dict[str, str], says: str) -> None:
    answer = sign(stranger(app), TESTER.login).post("/tokens", data=asked)
    assert answer.status_code == 422 and says in answer.text
    with app.app_context(), session() as opened:
        assert tokens.every(opened) == []


def test_only_the_administrator_makes_tokens_apart(app: Flask) -> None:
    asked = {"name": "县局系统", "days": "9", "whose": "apart", "role": "viewer", "county": THERE}
    refused = sign(stranger(app), "viewer").post("/tokens", data=asked)
    assert refused.status_code == 422 and "只有市管理员" in refused.text
    shown = given(sign(stranger(app), TESTER.login).post("/tokens", data=asked).text)
    assert counties(app, shown) == {THERE}


def test_an_account_has_a_bounded_number_of_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_OF_ACCOUNT", 2)
    visitor = sign(stranger(app), "viewer")
    assert [visitor.post("/tokens", data={"name": "x", "days": "1"}).status_code for _ in range(3)] == [200, 200, 422]


def test_tokens_of_the_sample_s_accounts_end_with_the_sample(app: Flask) -> None:
    demo = Wish("demo-admin", "演示", "administrator")
    account(app, demo)
    visitor = sign(stranger(app), "demo-admin")
    apart = {"name": "x", "days": "1", "whose": "apart", "role": "presenter"}
    assert visitor.post("/tokens", data=apart).status_code == 422
    shown = given(visitor.post("/tokens", data={"name": "x", "days": "1"}).text)
    assert ask(app, shown) == 200
    with app.app_context(), session(write=True) as opened:
        store.settings.put(opened, store.settings.SAMPLE, False)
    assert ask(app, shown) == 401


def test_a_token_waits_while_its_account_has_to_change_its_password(app: Flask) -> None:
    _key, shown = made(app, TokenWish("x", 1, account="viewer"))
    with app.app_context(), session(write=True) as opened:
        user = accounts.find(opened, "viewer")
        assert user is not None
        accounts.set_password(user, "another password", must_change=True)
    assert ask(app, shown) == 401
    assert sign(stranger(app), "viewer").get("/api/v1/firms").status_code == 403


# --- the command ---------------------------------------------------------------------------------------------------


def test_tokens_by_command(app: Flask) -> None:
    run = app.test_cli_runner()
    result = run.invoke(args=["user", "token", "viewer", "--name", "nightly", "--days", "5"])
    assert result.exit_code == 0
    shown = result.output.strip().splitlines()[-1]
    assert counties(app, shown) == {HERE}
    key = shown.split("_")[1]
    assert key in run.invoke(args=["user", "tokens"]).output
    assert run.invoke(args=["user", "revoke", key]).exit_code == 0 and ask(app, shown) == 401
    for wrong in (["token", "nobody", "--name", "x"], ["revoke", "nothing"], ["token", "viewer", "--name", "x" * 61]):
        assert run.invoke(args=["user", *wrong]).exit_code == 2, wrong
    with app.app_context(), session() as opened:
        assert [token.made_by for token in opened.query(ApiToken)] == ["command"]
