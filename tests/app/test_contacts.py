"""Contacts of firms: seen by those allowed within their area, each look on record, in no list or file, gone in time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import small_city
from flask import Flask
from signed_in import account, sign, stranger

from app import store
from app.auth import audit
from app.auth.accounts import Wish
from app.db import Database, session
from app.runs.survey import today
from app.store.contacts import Told

HERE, THERE = small_city.COUNTIES
PHONE = "0513-85512345"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    made = small_city.loaded(Path(tmp_path_factory.mktemp("contacts")))
    made.config["WTF_CSRF_ENABLED"] = False
    for wish in (
        Wish("li", "李干事", "editor", HERE), Wish("far", "王干事", "editor", THERE), Wish("plan", "赵", "planner")
    ):  # fmt: skip
        account(made, wish)
    return made


@pytest.fixture(scope="module")
def firm() -> str:
    table = small_city.survey().firms
    return str(table.index[table["county_code"].eq(HERE).fillna(False) & table["gap"].astype(bool)][0])


def form(**changes: str) -> dict[str, str]:
    until = (today() + timedelta(90)).isoformat()
    return {"person": "孙会计", "phone": PHONE, "source": "走访时企业提供", "keep_until": until} | changes


def test_a_contact_is_kept_masked_and_each_look_is_on_record(app: Flask, firm: str) -> None:
    client = sign(stranger(app), "li")
    assert client.post(f"/contacts/{firm}", data=form()).status_code == 302
    page = client.get(f"/ledger/firm/{firm}").text
    assert PHONE not in page and "孙会计" not in page and "孙** 051****45" in page
    before = looks(app)
    assert PHONE in client.get(f"/contacts/{firm}").text
    assert looks(app) == [*before, "li"]


def looks(app: Flask) -> list[str]:
    with app.app_context(), session() as opened:
        return list(audit.entries(opened, action="contacts")["account"])[::-1]


def test_another_county_and_roles_without_the_right_see_nothing(app: Flask, firm: str) -> None:
    assert sign(stranger(app), "far").get(f"/contacts/{firm}").status_code == 404
    assert sign(stranger(app), "far").post(f"/contacts/{firm}", data=form()).status_code == 404
    assert stranger(app).get(f"/contacts/{firm}").status_code == 302


def test_no_list_map_or_file_holds_it(app: Flask, firm: str) -> None:
    client = sign(stranger(app), "li")
    name = small_city.survey().firms.at[firm, "name"]
    for path in (
        f"/firms/{firm}", f"/map?at=firm:{firm}", "/ledger/list.csv", "/visits/list.csv", "/field/today", "/health/map"
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert PHONE not in answer.text and "孙会计" not in answer.text, path
    assert name


@pytest.mark.parametrize(
    ("field", "value"),
    [("person", ""), ("phone", "请打前台"), ("source", ""), ("keep_until", "2020-01-01"), ("keep_until", "2999-01-01")],
)
def test_what_makes_no_sense_is_refused_by_field(app: Flask, firm: str, field: str, value: str) -> None:
    answer = sign(stranger(app), "li").post(f"/contacts/{firm}", data=form(**{field: value}))
    assert answer.status_code == 422 and f'id="fault-{field}"' in answer.text


def test_it_goes_when_asked(app: Flask, firm: str) -> None:
    client = sign(stranger(app), "li")
    client.post(f"/contacts/{firm}", data=form())
    client.post(f"/contacts/{firm}", data={"act": "forget"})
    assert "没有联系方式" in client.get(f"/contacts/{firm}").text


def test_it_is_not_read_beyond_its_time_and_then_goes(database: Database) -> None:
    told = Told("孙会计", PHONE, "走访", date(2026, 3, 1))
    with database.session(write=True) as opened:
        store.contacts.keep(opened, "f1", HERE, told, by="li", at=datetime(2026, 1, 5, 9, tzinfo=UTC))
        store.contacts.keep(opened, "f1", HERE, told, by="li", at=datetime(2026, 1, 5, 9, tzinfo=UTC))
    with database.session(write=True) as opened:
        assert store.contacts.read(opened, "f1", store.CITY, today=date(2026, 3, 1)) == told
        assert store.contacts.read(opened, "f1", store.Scope(THERE), today=date(2026, 3, 1)) is None
        assert store.contacts.read(opened, "f1", store.CITY, today=date(2026, 3, 2)) is None
        assert store.contacts.expire(opened, date(2026, 3, 2)) == 1
        assert store.contacts.read(opened, "f1", store.CITY, today=date(2026, 3, 1)) is None


def test_the_command_takes_away_what_is_over_and_puts_it_on_record(app: Flask) -> None:
    with app.app_context(), session(write=True) as opened:
        store.contacts.clear(opened)
        for n, until in enumerate((today() - timedelta(1), today(), today() + timedelta(9))):
            told = Told("孙会计", PHONE, "走访", until)
            store.contacts.keep(opened, f"f{n}", HERE, told, by="li", at=datetime(2026, 1, 5, 9, tzinfo=UTC))
    runner = app.test_cli_runner()
    before = runner.invoke(args=["contacts", "list"]).output
    assert "现存 / stored 3，已到期 / over 1" in before and today().isoformat() in before and PHONE not in before
    assert "taken away 1" in runner.invoke(args=["contacts", "expire"]).output
    assert "stored 2，已到期 / over 0" in runner.invoke(args=["contacts", "list"]).output
    with app.app_context(), session() as opened:
        assert "contacts expire: 1" in set(audit.entries(opened, action="change")["target"])
