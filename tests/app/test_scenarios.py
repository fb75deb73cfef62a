"""Scenarios: worked out as runs, side by side with the survey's own thresholds, and nothing of the survey changes."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
import review_city
from bs4 import BeautifulSoup
from flask import Flask
from signed_in import account, sign, stranger

from app import runs, store
from app.auth.accounts import Wish
from app.db import current, session
from app.suggesting import scenarios
from geo.joint import JointOptions


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The city whose firms need a person, surveyed."""
    return review_city.loaded(tmp_path_factory.mktemp("scenarios"), form_tokens=False)


@pytest.fixture
def app(made: Flask) -> Iterator[Flask]:
    """``made``, without scenarios before each test."""
    with made.app_context(), session(write=True) as opened:
        store.settings.put(opened, scenarios.KEPT, {})
    yield made


def ask(app: Flask, name: str, **options: Any) -> str:
    answer = app.test_client().post("/scenarios", data={"name": name, **options}, follow_redirects=True)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def figures(app: Flask) -> dict[str, list[str]]:
    page = BeautifulSoup(app.test_client().get("/scenarios").text, "html.parser")
    rows = page.select("table.scenarios tbody tr")
    return {row.th.text: [cell.get_text(" ", strip=True) for cell in row.select("td")] for row in rows if row.th}


def test_a_scenario_is_worked_out_beside_the_survey_and_changes_nothing(app: Flask) -> None:
    with app.app_context(), session() as opened:
        before = store.data_version(opened)
    ask(app, "大工会", min_workers="70", min_firms="10")
    assert figures(app)["新建联合工会"][1] == "排队中"
    with app.app_context():
        run = runs.execute(current())
        assert run is not None and (run.kind, run.status) == ("scenario", runs.DONE), run and run.error_detail
        with session() as opened:
            assert store.data_version(opened) == before
            survey = store.surveys.latest(opened, store.CITY)
    assert survey is not None
    found = figures(app)
    assert found["最少职工数"] == ["25", "70"]
    standard = int(found["新建联合工会"][0])
    assert standard == int(survey.groups["kind"].ne("existing").sum()) >= 2
    # The tower alone has ten firms and seventy workers: 12 firms, 78 workers.
    assert found["新建联合工会"][1] == f"1 {1 - standard:+d}" and found["可覆盖企业"][1].startswith("12 ")
    assert found["楼宇工会"][1] == "1" and found["市场工会"][1] == "0"


def test_the_standard_thresholds_give_the_survey_s_own_suggestions(app: Flask) -> None:
    ask(app, "照旧")
    with app.app_context():
        runs.execute(current())
    for row, cells in figures(app).items():
        assert cells[0].split()[:1] == cells[1].split()[:1], row


def test_every_option_of_the_engine_can_be_asked_for_but_what_the_law_says(app: Flask) -> None:
    every = {field.name for field in fields(JointOptions)}
    assert every - set(scenarios.ASKED) == {"min_units", "stay_share"}
    page = BeautifulSoup(app.test_client().get("/scenarios").text, "html.parser")
    for name in scenarios.ASKED:
        field = page.select_one(f"form [name={name}]")
        assert field is not None and page.select_one(f"#h-{name}").text.strip(), name  # type: ignore[union-attr]


def test_the_price_of_a_union_for_every_building_is_told_in_words(app: Flask) -> None:
    ask(app, "各建一个", own_building="1", min_workers="30")
    with app.app_context():
        run = runs.execute(current())
    assert run is not None and run.status == runs.DONE, run and run.error_detail
    price = (run.tally or {})["price"]
    assert price["worth"] >= 0, "a narrower choice is never worth more than the tolerance allows"
    said = app.test_client().get("/scenarios").text
    assert "够条件的楼宇各建一个工会的代价" in said and f"新建工会 {price['unions']:+d} 个" in said
    assert figures(app)["够条件的楼宇各建一个"] == ["否", "是"]


def test_a_scenario_of_an_older_version_lacks_what_there_was_not(app: Flask) -> None:
    ask(app, "旧")
    with app.app_context(), session(write=True) as opened:
        old = scenarios.kept(opened)
        old["旧"]["options"] = {"min_firms": 5}
        store.settings.put(opened, scenarios.KEPT, old)
    assert figures(app)["最少企业数"] == ["3", "5"]


def test_a_scenario_put_in_force_is_what_the_next_survey_suggests_by(app: Flask) -> None:
    ask(app, "大工会", min_workers="70", min_firms="10")
    assert app.test_client().post("/scenarios/adopt", data={"name": "没有"}, follow_redirects=True).status_code == 200
    assert "没有这个方案" in app.test_client().post("/scenarios/adopt", data={"name": "x"}, follow_redirects=True).text
    app.test_client().post("/scenarios/adopt", data={"name": "大工会"})
    try:
        review_city.survey(app)
        with app.app_context(), session() as opened:
            survey = store.surveys.latest(opened, store.CITY)
        assert survey is not None and survey.joint.min_workers == 70
        assert survey.groups["kind"].ne("existing").sum() == 1
        assert "计算按方案“大工会”编组" in app.test_client().get("/scenarios").text
        assert "定为现行的编组方案" in app.test_client().get("/audit").text
    finally:
        app.test_client().post("/scenarios/adopt", data={"name": ""})
        review_city.survey(app)
    with app.app_context(), session() as opened:
        survey = store.surveys.latest(opened, store.CITY)
    assert survey is not None and survey.joint == JointOptions()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"min_workers": "很多"}, "应是 0 到 100000 的整数"),
        ({"min_workers": "-1"}, "应是 0 到 100000 的整数"),
        ({"min_workers": "9" * 400}, "应是 0 到 100000 的整数"),
        ({"min_firms": "1"}, "与别的参数矛盾"),
        ({"max_firms": "2"}, "与别的参数矛盾"),
        ({"distance_milli": "900"}, "与别的参数矛盾"),
        ({"own_building": "2"}, "只能填 0 或 1"),
        ({"name": ""}, "请填名称"),
        ({"name": "长" * 21}, "请填名称"),
    ],
)
def test_what_cannot_be_worked_out_is_told(app: Flask, options: dict[str, str], said: str) -> None:
    assert said in ask(app, **{"name": "x", **options})
    with app.app_context(), session() as opened:
        assert scenarios.kept(opened) == {}


def test_scenarios_are_few_and_can_be_forgotten(app: Flask) -> None:
    for number in range(scenarios.MOST):
        ask(app, f"方案{number}")
    assert "最多保存 8 个" in ask(app, "再来一个")
    app.test_client().post("/scenarios/drop", data={"name": "方案0"})
    with app.app_context(), session() as opened:
        assert len(scenarios.kept(opened)) == scenarios.MOST - 1


def test_a_county_cannot_open_what_is_worked_out_for_the_city(app: Flask) -> None:
    account(app, Wish("ed", "编辑", "editor", "990101"))
    client = sign(stranger(app), "ed")
    assert client.get("/scenarios").status_code == 403 and client.post("/scenarios").status_code == 403
    assert "方案比较" not in client.get("/suggestions").text


def test_names_of_scenarios_are_escaped(app: Flask) -> None:
    ask(app, "<b>粗</b>")
    assert "<b>粗</b>" not in app.test_client().get("/scenarios").text
