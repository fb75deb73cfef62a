"""Records of one firm as an office meets them: shown with their why, joined, told apart, taken back."""

import pandas as pd
import pytest
import review_city
import small_city
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from app import store
from app.db import session
from geo.frames import ENTERPRISES

NAME = "试验市云帆精密机械制造有限公司"
CODE = "91320614759691234X"
ROWS = {
    CODE: {
        "name": NAME,
        "uscc": CODE,
        "org_code": CODE[8:17],
        "address": "试验市东沟区望江路88号",
        "source": "市场监管局",
    },
    "row:tax": {"name": NAME, "address": "试验市东沟区望江路88号", "source": "税务局"},
    "row:old": {"name": "试验市云帆精密机械制品有限公司", "address": "试验市东沟区望江路88号", "source": "工会摸底"},
    "row:x": {"name": "<b>石埠</b>食品有限公司", "address": "试验市西塘县石埠镇", "source": "工会摸底"},
}


@pytest.fixture(scope="module")
def made(desk: Flask) -> Flask:
    rows = {key: {"status": "active", "legal_person": True, "established": None, **row} for key, row in ROWS.items()}
    with desk.app_context(), session(write=True) as opened:
        store.write(opened, "divisions", small_city.divisions())
        store.write(opened, "outlines", small_city.outlines())
        store.write(opened, "enterprises", ENTERPRISES.conform(pd.DataFrame.from_dict(rows, orient="index")))
    review_city.survey(desk)
    return desk


@pytest.fixture
def app(undecided: Flask) -> Flask:
    return undecided


def text_of(page: str) -> str:
    """Return the words of a page, blanks as one."""
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def counts(app: Flask) -> tuple[int, int]:
    firms = review_city.surveyed(app)
    return len(firms), int(firms["eligible"].sum())


def test_a_firm_of_two_registers_counts_once_and_its_page_shows_both_and_why(app: Flask, client: FlaskClient) -> None:
    assert counts(app) == (4, 3)
    page = text_of(client.get(f"/firms/{CODE}").get_data(as_text=True))
    assert "另有 1 条记录是这家企业，只计一次" in page
    assert "税务局" in page
    assert "名称相同" in page
    other = text_of(client.get("/firms/row:tax").get_data(as_text=True))
    assert "与另一条记录是同一家企业，只计一次" in other


def test_pairs_in_doubt_are_listed_and_names_are_escaped(client: FlaskClient) -> None:
    page = client.get("/same").get_data(as_text=True)
    assert "试验市云帆精密机械制品有限公司" in page
    assert "<b>石埠" not in page
    assert "疑似重复，待人工核对 1" in text_of(page)
    assert client.get("/same?state=auto").status_code == 200
    assert client.get("/same?state=auto&page=99").status_code == 200


def test_what_is_decided_takes_effect_with_the_next_survey_and_can_be_taken_back(
    app: Flask, client: FlaskClient
) -> None:
    answer = {"one": CODE, "other": "row:old", "answer": "same"}
    client.post("/same/decide", data=answer)
    client.post("/same/decide", data={"one": CODE, "other": "row:tax", "answer": "different"})
    assert counts(app) == (4, 3)
    review_city.survey(app)
    firms = review_city.surveyed(app)
    assert firms["same_as"].dropna().to_dict() == {"row:old": CODE}
    shown = client.get(f"/same?firm={CODE}").get_data(as_text=True)
    assert "张三" in text_of(shown)
    act = shown.split('name="act" value="')[1].split('"')[0]
    assert "已撤回 1 条决定" in client.post("/same/undo", data={"act": act}, follow_redirects=True).get_data(
        as_text=True
    )
    with app.app_context(), session(write=True) as opened:
        for key in list(store.read(opened, "decisions", store.CITY).index):
            store.decisions.withdraw(opened, store.decisions.act_of(str(key)))
    review_city.survey(app)
    assert review_city.surveyed(app)["same_as"].dropna().to_dict() == {"row:tax": CODE}


def test_a_pair_that_is_none_is_refused(client: FlaskClient) -> None:
    for form in ({}, {"one": CODE, "other": CODE, "answer": "same"}, {"one": CODE, "other": "row:tax", "answer": "?"}):
        assert client.post("/same/decide", data={**form, "by": "张三"}).status_code == 404


def test_the_command_lists_joins_tells_apart_and_takes_back(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    listed = run(args=["same", "list"])
    assert listed.exit_code == 0
    assert "row:old" in listed.output
    assert "东沟区" in listed.output
    assert "同在9901" not in listed.output
    told = run(args=["same", "apart", CODE, "row:tax", "--by", "李四"])
    assert told.exit_code == 0
    act = told.output.strip().rpartition(" ")[2]
    assert run(args=["same", "undo", act]).exit_code == 0
    assert run(args=["same", "undo", act]).exit_code == 2
    assert run(args=["same", "join", CODE, "row:nobody"]).exit_code == 2


def test_the_review_queue_asks_about_the_pair_and_a_key_writes_the_same_decision(
    app: Flask, client: FlaskClient
) -> None:
    answer = client.get("/review/item?kind=double").get_json()
    assert answer["key"].startswith("double:")
    item = BeautifulSoup(answer["item"], "html.parser")
    assert {button["data-key"] for button in item.select("button[data-key]")} >= {"1", "2", "u"}
    assert item.select_one("table.data") is not None
    assert item.select(".why li")
    said = {"item": answer["key"], "by": "张三", "kind": "double"}
    target = str(item.select_one("[name=target]")["value"])  # type: ignore[index]
    for act, kind in (("choose", "link"), ("refuse", "unlink")):
        told = client.post(
            "/review/decide", data={**said, "act": act, "target": target}, headers={"Accept": "application/json"}
        )
        assert told.status_code == 200
        with app.app_context(), session() as opened:
            row = store.read(opened, "decisions", store.CITY).iloc[-1]
        assert (row["kind"], "=".join(sorted((row["subject"], row["target"])))) == (kind, answer["key"][7:])
        back = client.post("/review/undo", data=said, headers={"Accept": "application/json"}).get_json()
        assert back["key"] == answer["key"]
