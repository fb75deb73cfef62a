"""The field page with the network cut: the server is gone, the page stays; what was recorded arrives once, in order."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
import pytest
import small_city
import sqlalchemy as sa
import waitress
from flask import Flask
from playwright.sync_api import expect
from serving import served, until
from signed_in import account
from waitress import wasyncore

from app import store
from app.auth.accounts import Wish
from app.db import session
from app.models import FieldOutcome
from app.store import tasks

pytestmark = pytest.mark.browser

LI, WANG = Wish("li", "李干事", "planner"), Wish("wang", "王干事", "planner")
COUNT, BY_HAND = 50, 3


class Line:
    """The network between a telephone and the server: it can be cut, and comes back at the same address."""

    def __init__(self, app: Flask) -> None:
        self._app, self._port = app, 0
        self._server: Any = None
        self.url = ""

    def join(self) -> None:
        """Serve, at the first port found or the same again."""
        self._server = waitress.create_server(self._app, host="127.0.0.1", port=self._port, threads=4)
        self._port = self._server.effective_port
        self.url = f"http://127.0.0.1:{self._port}"
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Be gone."""
        if self._server is None:
            return
        self._server.task_dispatcher.shutdown(timeout=30)
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._server._map))
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()
        self._server = None


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city with two people."""
    app = small_city.loaded(tmp_path_factory.mktemp("field"))
    for wish in (LI, WANG):
        account(app, wish)
    return app


@pytest.fixture
def gaps(city: Flask) -> list[str]:
    """The firms without a union, with nothing recorded or given out."""
    with city.app_context(), session(write=True) as opened:
        for table in ("field_outcome", "ledger_step", "ledger_task"):
            opened.execute(sa.text(f"DELETE FROM {table}"))
        found = store.surveys.latest(opened, store.CITY)
    assert found is not None
    return [str(key) for key in found.firms.index[found.firms["gap"].astype(bool)]]


def give(app: Flask, login: str, keys: list[str]) -> None:
    from datetime import UTC, datetime

    with app.app_context(), session(write=True) as opened:
        order = tasks.Order(login, None, None, None, "boss")
        tasks.assign(opened, "enterprise", dict.fromkeys(keys), order, at=datetime.now(UTC))


@pytest.fixture
def line(city: Flask) -> Iterator[Line]:
    made = Line(city)
    made.join()
    yield made
    made.cut()


@contextmanager
def telephone(browser: Any, app: Flask, line: Line, login: str) -> Iterator[Any]:
    """A telephone on which somebody has signed in; what leaves the machine is refused."""
    from signed_in import cookie

    name, _sep, value = cookie(app, login).partition("=")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True, is_mobile=True,
        geolocation={"longitude": 121.0551, "latitude": 32.0552, "accuracy": 12}, permissions=["geolocation"],
    )  # fmt: skip
    context.add_cookies([{"name": name, "value": value, "url": line.url}])
    page = context.new_page()
    page.set_default_timeout(90_000)
    outside: list[str] = []
    page.on("request", lambda asked: outside.append(asked.url) if not asked.url.startswith(line.url) else None)
    yield page
    context.close()
    assert outside == []


def opened(page: Any, line: Line) -> None:
    page.goto(f"{line.url}/field/")
    page.locator("#field[data-ready=yes][data-kept=yes]").wait_for()


def record(page: Any, key: str, outcome: str = "verified", **fields: str) -> None:
    page.locator(f'[data-key="{key}"]').click()
    page.locator(f"label:has([name=outcome][value={outcome}])").click()
    for name, value in fields.items():
        field = page.locator(f"#form [name={name}]")
        field.select_option(value) if name in ("stage", "reason") else field.fill(value)
    page.locator("#form [type=submit]").click()
    page.locator("#field[data-showing=list]").wait_for()


RECORDED = """async (plan) => {
  const root = document.getElementById("field"), form = document.getElementById("form");
  const until = async (holds) => { while (!holds()) await new Promise((next) => setTimeout(next, 2)); };
  for (const [key, fields] of plan) {
    const waiting = Number(root.dataset.waiting);
    document.querySelector(`[data-key="${key}"]`).click();
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
    form.querySelector("[type=submit]").click();
    await until(() => root.dataset.showing === "list" && Number(root.dataset.waiting) === waiting + 1);
  }
}"""
"""What ``record`` does, for many firms and without a hand: the page's own buttons and form, the next at once."""


def arrived(app: Flask) -> list[FieldOutcome]:
    with app.app_context(), session() as opened:
        return list(opened.scalars(sa.select(FieldOutcome).order_by(FieldOutcome.fid)))


def test_fifty_outcomes_recorded_without_a_network_arrive_once_and_in_order(
    browser: Any, city: Flask, line: Line, gaps: list[str]
) -> None:
    keys = gaps[:COUNT]
    give(city, "li", keys)
    with telephone(browser, city, line, "li") as page:
        opened(page, line)
        expect(page.locator(".firm")).to_have_count(COUNT)
        line.cut()
        page.context.set_offline(True)
        page.goto(f"{line.url}/field/")  # the telephone was put away and taken out again
        page.locator("#field[data-ready=yes]").wait_for()
        order = [each.get_attribute("data-key") for each in page.locator(".firm").all()]
        assert sorted(map(str, order)) == sorted(keys), "the list is there without a network"
        plan = [
            (key, {"outcome": "verified" if n % 5 else "refused", "workers": str(n + 1), "note": f"第{n}家"})
            for n, key in enumerate(order)
        ]
        for key, fields in plan[:BY_HAND]:
            record(page, str(key), **fields)
        page.evaluate(RECORDED, plan[BY_HAND:])
        expect(page.locator("#field")).to_have_attribute("data-waiting", str(COUNT))
        page.reload()
        page.locator(f"#field[data-waiting='{COUNT}'][data-ready=yes]").wait_for()
        assert arrived(city) == []
        line.join()
        page.context.set_offline(False)
        page.locator("#send").click()
        page.locator("#field[data-waiting='0']").wait_for()
        page.locator(".empty").wait_for()
        page.locator("#send").click()  # nothing is left to send
        page.wait_for_timeout(300)
    came = arrived(city)
    assert [each.enterprise_id for each in came] == order, "in the order in which they were recorded"
    assert [each.body["note"] for each in came] == [f"第{n}家" for n in range(COUNT)]
    assert {each.status for each in came} == {"applied"} and len({each.client_id for each in came}) == COUNT
    with city.app_context(), session() as opened_one:
        steps = store.read(opened_one, "steps", store.CITY)
        left = tasks.read(opened_one, store.CITY)
    assert list(steps["enterprise_id"]) == order and list(steps["workers"]) == list(range(1, COUNT + 1))
    assert set(steps["account"]) == {"li"} and set(steps["basis"]) == {"field"}
    assert left.empty, "what was recorded is done"


def test_a_message_that_arrived_without_an_answer_is_sent_again_and_counts_once(
    browser: Any, city: Flask, line: Line, gaps: list[str]
) -> None:
    give(city, "li", gaps[:3])
    with telephone(browser, city, line, "li") as page:
        opened(page, line)
        dropped = []

        def lose(route: Any) -> None:
            if not dropped:
                route.fetch()  # it reaches the server, its answer is lost
                dropped.append(route.request.url)
                route.abort()
            else:
                route.continue_()

        page.route("**/field/outcomes", lose)
        record(page, gaps[0])
        until(page, lambda: bool(dropped))
        page.locator("#field[data-waiting='1']").wait_for()
        assert len(dropped) == 1 and len(arrived(city)) == 1
        page.locator("#send").click()
        page.locator("#field[data-waiting='0']").wait_for()
    assert len(arrived(city)) == 1


def test_two_people_record_one_firm_and_both_versions_are_there(
    browser: Any, page: Any, city: Flask, line: Line, gaps: list[str]
) -> None:
    key = gaps[0]
    give(city, "li", [key])
    with telephone(browser, city, line, "li") as one:
        opened(one, line)
        give(city, "wang", [key])
        with telephone(browser, city, line, "wang") as two:
            opened(two, line)
            one.context.set_offline(True)
            record(one, key, "refused", workers="8", note="老板不同意")
            record(two, key, "agreed", workers="28", stage="P3", note="老板同意")
            until(two, lambda: len(arrived(city)) == 1)  # the page tells 0 waiting before it has counted the new one
        one.context.set_offline(False)
        one.locator("#send").click()
        one.locator(".answer", has_text="两份都已保存").wait_for()
    assert [(each.account, each.status) for each in arrived(city)] == [("wang", "applied"), ("li", "conflict")]
    with served(city) as url:
        page.goto(f"{url}/inbox")
        both = page.locator(".versions").inner_text()
        assert all(word in both for word in ("老板同意", "老板不同意", "28", "8", "王干事", "李干事"))
        page.get_by_role("button", name="采用后送到的").click()
        page.get_by_text("没有待处理的").wait_for()
        page.goto(f"{url}/ledger/firm/{key}")
        history = page.locator("main").inner_text()
        page.wait_for_load_state("networkidle")
        assert "老板同意" in history and "老板不同意" in history, "neither is lost"


def test_a_position_from_the_field_waits_for_review_and_becomes_a_pin(
    browser: Any, page: Any, city: Flask, line: Line, gaps: list[str]
) -> None:
    give(city, "li", gaps[:1])
    with telephone(browser, city, line, "li") as one:
        opened(one, line)
        one.locator(".firm").click()
        one.locator("[data-locate]").click()
        one.get_by_text("已定位，误差约 12 米").wait_for()
        one.locator("#form [type=submit]").click()
        one.locator("#field[data-showing=list]").wait_for()
        until(one, lambda: bool(arrived(city)))
        assert int(one.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")) <= 0
    with served(city) as url:
        page.goto(f"{url}/inbox")
        page.get_by_role("button", name="作为这家企业的位置").click()
        page.get_by_text("没有待处理的").wait_for()
        page.wait_for_load_state("networkidle")
    with city.app_context(), session() as opened_one:
        pins = store.read(opened_one, "decisions", store.CITY)
    assert (pins["kind"].iloc[-1], pins["subject"].iloc[-1]) == ("pin", gaps[0])
    assert abs(float(pins["lon"].iloc[-1]) - 121.0551) < 1e-6


def test_who_is_on_no_floor_does_not_stand_below_the_floor_of_the_one_before(
    browser: Any, city: Flask, line: Line, gaps: list[str]
) -> None:
    give(city, "li", gaps[:4])
    plan = [("甲路", "5", "6"), ("甲路", "6", None), ("甲路", None, None), ("乙楼", None, None)]

    def told(route: Any) -> None:
        answer = route.fetch()
        body = answer.json()
        for firm, (place, door, floor) in zip(body["firms"], plan, strict=True):
            firm.update(place=place, door=door, floor=floor)
        route.fulfill(response=answer, json=body)

    with telephone(browser, city, line, "li") as page:
        page.route("**/field/today", told)
        opened(page, line)
        page.locator("h3.floor").first.wait_for()
        expect(page.locator("#list h2")).to_have_text(["甲路", "乙楼"])
        expect(page.locator("#list h3")).to_have_text(["5 号 6 层", "6 号", "门牌、楼层不详"])
        expect(page.locator("#list > *").last).to_have_attribute("class", "firm")


def test_what_the_office_would_refuse_is_told_at_the_door(
    browser: Any, city: Flask, line: Line, gaps: list[str]
) -> None:
    give(city, "li", gaps[:1])

    def told(route: Any) -> None:
        answer = route.fetch()
        body = answer.json()
        body["firms"][0]["members"] = 20
        route.fulfill(response=answer, json=body)

    with telephone(browser, city, line, "li") as page:
        page.route("**/field/today", told)
        opened(page, line)
        page.unroute("**/field/today")
        line.cut()
        page.context.set_offline(True)
        page.locator(".firm").click()
        expect(page.locator("[data-below]")).to_have_text("")
        page.locator("#form [name=stage]").select_option("PX")
        page.locator("#form [type=submit]").click()
        page.wait_for_timeout(200)
        expect(page.locator("#field"), "deferred without reason and next day").to_have_attribute("data-waiting", "0")
        page.locator("#form [name=reason]").select_option("R16")
        page.locator("#form [name=next_on]").fill("2030-01-01")
        page.locator("#form [name=workers]").fill("10")
        page.locator("#form [name=women]").fill("30")
        page.locator("#form [type=submit]").click()
        page.wait_for_timeout(200)
        expect(page.locator("#field"), "more women than workers").to_have_attribute("data-waiting", "0")
        page.locator("#form [name=women]").fill("3")
        expect(page.locator("[data-below]"), "told, not refused: people leave").to_contain_text("已登记会员 20 人")
        page.locator("#form [type=submit]").click()
        page.locator("#field[data-waiting='1']").wait_for()


def test_whoever_is_signed_out_keeps_the_queue_and_is_told(
    browser: Any, city: Flask, line: Line, gaps: list[str]
) -> None:
    give(city, "li", gaps[:2])
    with telephone(browser, city, line, "li") as page:
        opened(page, line)
        page.context.clear_cookies()
        record(page, gaps[0])
        page.locator("#sign").wait_for()
        expect(page.locator("#field")).to_have_attribute("data-waiting", "1")
    assert arrived(city) == []


WAYS = """async () => {
  const { way } = await import("/static/field/way.js");
  const firm = { name: "甲厂", at: [121.0551, 32.0552], at_gcj02: [121.0594, 32.0498] };
  const agents = ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", "Mozilla/5.0 (Linux; Android 14)"];
  return agents.map((userAgent) => way(firm, { userAgent }));
}"""


def test_a_bare_number_is_told_as_a_room(browser: Any, city: Flask, line: Line, gaps: list[str]) -> None:
    firms = small_city.firms()
    key = next(key for key in gaps if isinstance(firms.at[key, "room"], str))
    room, workers = firms.at[key, "room"], firms.at[key, "workers"]
    give(city, LI.login, [key])
    with telephone(browser, city, line, LI.login) as page:
        opened(page, line)
        facts = page.locator(f'[data-key="{key}"] .facts').inner_text()
        iphone, android = page.evaluate(WAYS)
        assert iphone == "maps:?daddr=32.0498,121.0594&q=%E7%94%B2%E5%8E%82", "shifted, and of a kind iPhones open"
        assert android == "geo:32.0552,121.0551?q=32.0552,121.0551(%E7%94%B2%E5%8E%82)"
        assert facts.split(" · ")[0] == f"{room} 室", facts
        assert facts.split(" · ")[1] == ("人数不详" if pd.isna(workers) else f"{workers} 人")
