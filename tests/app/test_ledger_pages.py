"""Pages of the ledger: figures that open their lists, steps recorded and refused, tasks given out, areas kept apart."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
import small_city
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting, sign, stranger
from soup import soup

from app import store
from app.auth.accounts import Wish
from app.current import reading
from app.db import session
from app.ledger_desk import standings
from app.models import FieldOutcome, LedgerStep, LedgerTask, Setting
from app.runs.survey import today
from app.store import tasks as kept

HERE, THERE = small_city.COUNTIES
EDITOR, PLANNER = Wish("li", "李干事", "editor", HERE), Wish("wang", "王主席", "planner")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city without form tokens, with an editor of a county and a planner."""
    return small_city.loaded(tmp_path_factory.mktemp("ledger"), people=(EDITOR, PLANNER), form_tokens=False)


@pytest.fixture
def app(made: Flask) -> Iterator[Flask]:
    """``made``, with no step, task or team before and after each test."""
    yield made
    with made.app_context(), session(write=True) as opened:
        for table in (LedgerStep, LedgerTask, FieldOutcome):
            opened.execute(sa.delete(table))
        opened.execute(sa.delete(Setting).where(Setting.key == "teams"))


def editor(app: Flask) -> FlaskClient:
    return sign(stranger(app), EDITOR.login)


def gaps(app: Flask, county: str | None = None) -> list[str]:
    with acting(app):
        firms = reading().survey.firms
    code = firms["county_code"]
    return list(firms.index[firms["gap"].astype(bool) & (code.eq(county).fillna(False) if county else True)])


def tell(app: Flask, *steps: dict[str, Any]) -> None:
    from datetime import UTC, datetime

    usual = {"taken_on": date(2026, 1, 5), "taken_by": "李", "account": "li", "basis": "page"}
    with app.app_context(), session(write=True) as opened:
        store.steps.record(opened, [{**usual, **step} for step in steps], at=datetime.now(UTC))


def steps_of(app: Flask) -> pd.DataFrame:
    with app.app_context(), session() as opened:
        return store.read(opened, "steps", store.CITY)


def tasks_of(app: Flask, **only: Any) -> pd.DataFrame:
    with app.app_context(), session() as opened:
        return kept.read(opened, store.CITY, **only)


def listed(client: FlaskClient, url: str) -> int:
    found = re.search(r"<h2>([\d,]+) 家企业", client.get(url).text)
    assert found, url
    return int(found[1].replace(",", ""))


def test_every_figure_of_the_completeness_tables_opens_a_list_of_as_many_firms(app: Flask) -> None:
    keys = gaps(app)
    tell(
        app,
        *({"enterprise_id": key, "stage": "P2", "reason": "R04", "outcome": "verified"} for key in keys[:9]),
        {"enterprise_id": keys[3], "stage": "PX", "reason": "R05", "next_on": date(2026, 2, 1)},
        {"enterprise_id": keys[4], "reason": "R01"},
        {"enterprise_id": keys[5], "stage": "P7", "document": "1号"},
        {"enterprise_id": keys[6], "reason": "R09"},
    )
    client, checked = app.test_client(), 0
    for kind in ("county", "building", "zone", "sector"):
        page = soup(client, f"/ledger/progress?kind={kind}")
        for link in page.select("td.n a"):
            assert listed(client, link["href"]) == int(link.text.replace(",", "")), link["href"]
            checked += 1
    assert checked > 40
    whole = client.get("/ledger").text
    assert listed(client, "/ledger") == len(keys) - 1, "a reason that says it is gone takes a firm out"
    assert "重新打开" in whole and "超过下次日期" in whole
    assert listed(client, "/ledger?show=overdue") == 1 and listed(client, "/ledger?show=out") == 1
    assert listed(client, "/ledger?show=reopened") == 2, "no longer new, and approved long ago without a union"


def test_a_step_is_recorded_with_who_and_how_and_makes_the_firm_clear(app: Flask) -> None:
    key = gaps(app, HERE)[0]
    form = {"taken_on": today().isoformat(), "stage": "P1", "reason": "R04", "second_reason": "R05", "outcome":
            "verified", "workers": "31", "women": "12", "taken_by": "李干事", "note": "三楼前台"}  # fmt: skip
    assert editor(app).post(f"/ledger/firm/{key}", data=form).status_code == 302
    step = steps_of(app).iloc[0]
    assert (step["stage"], step["workers"], step["account"], step["basis"]) == ("P1", 31, "li", "page")
    page = editor(app).get(f"/ledger/firm/{key}").text
    assert "三楼前台" in page and "李干事" in page and "实地核查" in page
    with acting(app):
        firm = standings.table(reading()).loc[key]
    assert firm["clear"] and firm["workers"] == 31 and firm["counts_basis"] == "visit"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stage": "P7", "document": "1号"}, "不能接在P0 未核查之后"),
        ({"stage": "PX"}, "阶段PX 暂缓需要填这一项"),
        ({"taken_on": "昨天"}, "“昨天”不是日期"),
        ({"workers": "很多"}, "“很多”不是整数"),
        ({"taken_on": "2999-01-01"}, "晚于今天"),
        ({"reason": "R02", "second_reason": "R02"}, "与主要原因相同"),
        ({"outcome": "<script>"}, "不认识“&lt;script&gt;”"),
        ({"stage": "", "note": ""}, "没有填任何内容"),
    ],
)
def test_a_wrong_step_is_refused_beside_its_field_and_what_was_typed_stays(
    app: Flask, change: dict[str, str], said: str
) -> None:
    key = gaps(app, HERE)[0]
    form = {"taken_on": "2026-03-01", "stage": "P1", "taken_by": "李", "note": "记得带表", **change}
    answer = editor(app).post(f"/ledger/firm/{key}", data=form)
    assert answer.status_code == 422 and said in answer.text and form["note"] in answer.text
    assert steps_of(app).empty


def test_more_members_than_workers_of_the_firm_are_refused_unless_the_count_has_changed(app: Flask) -> None:
    with acting(app):
        firms = reading().survey.firms
    key = next(key for key in gaps(app, HERE) if firms["workers"].notna()[key])
    there = int(firms.at[key, "workers"])
    tell(app, {"enterprise_id": key, "stage": "P3"})
    form = {"taken_on": "2026-03-01", "stage": "P5", "taken_by": "李", "members": str(there + 1)}
    answer = editor(app).post(f"/ledger/firm/{key}", data=form)
    assert answer.status_code == 422 and f"多于职工人数 {there}" in answer.text
    assert len(steps_of(app)) == 1
    assert editor(app).post(f"/ledger/firm/{key}", data={**form, "workers": str(there + 1)}).status_code == 302
    assert editor(app).post(f"/ledger/firm/{key}", data={**form, "members": str(there + 2)}).status_code == 422


def test_an_approved_firm_says_why_it_still_counts_as_without_a_union(app: Flask) -> None:
    key = gaps(app, HERE)[0]
    said = "它仍算在“未建会企业”里"
    tell(app, {"enterprise_id": key, "stage": "P6"})
    assert said not in editor(app).get(f"/ledger/firm/{key}").text
    tell(app, {"enterprise_id": key, "stage": "P7", "document": "1号"})
    assert said in editor(app).get(f"/ledger/firm/{key}").text


def test_a_county_neither_sees_nor_changes_firms_of_another(app: Flask) -> None:
    there = gaps(app, THERE)[0]
    client = editor(app)
    form = {"taken_on": "2026-03-01", "stage": "P1", "taken_by": "李"}
    assert client.get(f"/ledger/firm/{there}").status_code == 404
    assert client.post(f"/ledger/firm/{there}", data=form).status_code == 404
    client.post("/tasks/assign", data={"key": [there], "hands": "person:li"})
    assert steps_of(app).empty and tasks_of(app).empty
    assert listed(client, "/ledger") == len(gaps(app, HERE))


def test_tasks_are_given_by_ticks_and_by_the_whole_list_and_only_to_who_may_see_the_firm(app: Flask) -> None:
    here, there = gaps(app, HERE), gaps(app, THERE)
    client = app.test_client()
    due = (today() + timedelta(days=10)).isoformat()
    ticked = {"key": [here[0], there[0], "nothing"], "hands": "person:li", "due_on": due, "back": "/ledger"}
    answer = client.post("/tasks/assign", data=ticked, follow_redirects=True).text
    assert "已分派 1 项" in answer and "1 家不在该账号的县" in answer
    client.post("/tasks/assign", data={"every": "1", "asked": f"county={THERE}", "hands": "person:wang"})
    found = tasks_of(app)
    assert sorted(found["subject"]) == sorted([here[0], *there])
    assert set(found.loc[found["person"].eq("wang"), "subject"]) == set(there)
    assert listed(client, "/ledger?given=1") == 1 + len(there)
    assert client.post("/tasks/assign", data={"every": "1", "asked": "x=1", "hands": "person:li"}).status_code == 400
    assert client.post("/tasks/assign?zone=z", data={"every": "1", "hands": "person:li"}).status_code == 400


def test_a_drawn_area_gives_out_the_firms_that_stand_in_it(app: Flask) -> None:
    whole, nowhere = "121,32;121.4,32;121.4,32.3;121,32.3", "119,30;119.1,30;119.1,30.1"
    client = app.test_client()
    assert 0 < listed(client, f"/ledger?shape={whole}") < len(gaps(app))
    client.post("/tasks/assign", data={"every": "1", "asked": f"shape={whole}", "hands": "person:wang"})
    assert len(tasks_of(app)) == listed(client, f"/ledger?shape={whole}")
    assert listed(client, f"/ledger?shape={nowhere}") == 0


@pytest.mark.parametrize("broken", ["abc", "121,32;121.4,32", "121,32;121.4,32;121.4,3a", "200,32;121.4,32;121.4,32.3"])
def test_a_drawn_area_that_cannot_be_read_never_stands_for_every_firm(app: Flask, broken: str) -> None:
    client = app.test_client()
    for path in ("/ledger", "/map", "/map/firms"):
        assert client.get(f"{path}?shape={broken}").status_code == 400, path
    asked = {"every": "1", "asked": f"shape={broken}", "hands": "person:wang"}
    assert client.post("/tasks/assign", data=asked).status_code == 400
    assert tasks_of(app).empty


def test_tasks_move_in_bulk_are_dropped_and_closed_by_a_step(app: Flask) -> None:
    here = gaps(app, HERE)[:4]
    client = app.test_client()
    client.post("/tasks/teams", data={"name": "一组", "people": ["li"]})
    client.post("/tasks/assign", data={"key": here, "hands": "person:wang"})
    keys = list(tasks_of(app).index)
    client.post("/tasks/change", data={"key": keys[:3], "hands": "team:一组", "act": "move"})
    client.post("/tasks/change", data={"key": keys[3:], "act": "drop"})
    assert set(tasks_of(app)["team"]) == {"一组"} and len(tasks_of(app)) == 3
    assert editor(app).get("/tasks?who=mine").text.count('name="key"') == 3, "what a team has is its people's"
    for path in ("/tasks", f"/ledger/firm/{here[0]}"):
        told = client.get(path).text
        assert "原由 王主席" in told and "原由 wang" not in told, "people are told by name"
    form = {"taken_on": "2026-03-01", "outcome": "verified", "taken_by": "李"}
    editor(app).post(f"/ledger/firm/{here[0]}", data=form)
    assert len(tasks_of(app)) == 2
    done = client.get("/tasks?state=done").text
    assert "核实在营" in done


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"hands": "person:nobody"}, "请选分派给谁"),
        ({"hands": "team:nobody"}, "请选分派给谁"),
        ({"hands": ""}, "请选分派给谁"),
        ({"hands": "person:wang", "due_on": "2020-01-01"}, "完成日期应是今天以后"),
        ({"hands": "person:wang", "key": []}, "没有选企业"),
        ({"hands": "person:wang", "key": [], "back": "//evil.example"}, "没有选企业"),
    ],
)
def test_what_cannot_be_given_out_says_why(app: Flask, form: dict[str, Any], said: str) -> None:
    data = {"key": gaps(app)[:1], **form}
    answer = app.test_client().post("/tasks/assign", data=data, follow_redirects=True)
    assert answer.status_code == 200 and said in answer.text and tasks_of(app).empty


def test_a_team_of_another_county_is_not_ones_own(app: Flask) -> None:
    app.test_client().post("/tasks/teams", data={"name": "市组", "people": ["wang"]})
    client = editor(app)
    client.post("/tasks/teams", data={"name": "市组", "people": ["li"]})
    client.post("/tasks/teams", data={"name": "本县组", "people": ["li", "wang"]})
    with app.app_context(), session() as opened:
        found = store.settings.get(opened, "teams")
    assert found["市组"]["people"] == ["wang"]
    assert found["本县组"] == {"county": HERE, "people": ["li"]}, "only people of one's own county"


def test_files_hold_the_rows_of_the_pages(app: Flask) -> None:
    client = app.test_client()
    rows = client.get("/ledger/list.csv?show=no_why").data.decode("utf-8-sig").splitlines()
    assert len(rows) - 1 == listed(client, "/ledger?show=no_why")
    table = client.get("/ledger/progress.csv?kind=county").data.decode("utf-8-sig").splitlines()
    assert "东沟区" in table[1] and "100" not in table[0] and len(table) == 4
    assert client.get("/ledger/list.xlsx").mimetype.endswith("sheet")


def test_unknown_conditions_are_refused(app: Flask) -> None:
    for query in ("show=x", "at=P99", "why=R00", "because=x", "sort=x", "given=2", "state=1"):
        assert app.test_client().get(f"/ledger?{query}").status_code == 400, query
