"""The page of the health of unions: each figure opens as many, what is not known is told apart, and feeds tasks."""

import json
import re
from dataclasses import replace

import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask
from signed_in import sign, stranger
from soup import soup

from app import store
from app.auth.accounts import Wish
from app.db import session

HERE, THERE = small_city.COUNTIES


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city, some of whose unions ail and some of whose firms have a party organisation."""
    made = small_city.survey(120)
    unions, firms = made.unions.copy(), made.firms.copy()
    unions.loc[unions.index[:6], "womens_body"] = ["none", "none", "committee", "member", "none", None]
    unions.loc["union:joint1", "full_time_staff"] = 0
    unions["flags"] = [["members_over_workers"] if n < 3 else [] for n in range(len(unions))]
    gaps = firms.index[firms["gap"].astype(bool)]
    firms.loc[gaps[:5], "party_org"] = True
    firms.loc[gaps[:5], "building"] = "building:990101:云帆大厦"
    newest, people = replace(made, unions=unions, firms=firms), [Wish("li", "李干事", "editor", HERE)]
    return small_city.loaded(tmp_path_factory.mktemp("health"), newest, people=people, form_tokens=False)


def total(text: str) -> int:
    found = re.search(r"([\d,]+) 个工会", text)
    assert found
    return int(found[1].replace(",", ""))


def test_each_check_opens_as_many_unions_as_it_counts(app: Flask) -> None:
    client = app.test_client()
    page = soup(client, "/health")
    figures = page.select("a.kpi")
    assert len(figures) == 8
    for figure in figures:
        count = int("".join(filter(str.isdigit, figure.select_one(".kpi-value").text)))
        assert total(client.get(figure["href"]).text) == count, figure["href"]
    assert total(client.get("/health?check=no_womens_body").text) == 3
    assert total(client.get("/health?check=joint_no_staff").text) == 1
    unknown = client.get("/health?check=no_home_grade&answer=unknown").text
    assert total(unknown) > 10 and "未知" in unknown, "a register without grades says nothing of them"


def test_firms_with_a_party_organisation_come_first_and_open_their_list(app: Flask) -> None:
    client = app.test_client()
    page = soup(client, "/health")
    link = next(a for a in page.select("#party a") if "去分派" in a.text)
    assert "5 家" in link.text and re.search(r"<h2>5 家企业", client.get(link["href"]).text)
    assert "云帆大厦" in page.select_one("#party table").text
    assert "未知" in page.select_one("#party").text


def test_unions_are_given_out_as_tasks_and_finished_by_hand(app: Flask) -> None:
    client = sign(stranger(app), "li")
    keys = [box["value"] for box in soup(client, "/health?check=term_over").select("input[name=key]")][:2]
    given = {"kind": "union", "key": keys, "hands": "person:li", "note": "届期已满"}
    answer = client.post("/tasks/assign", data=given, follow_redirects=True)
    assert "已分派 2 项" in answer.text and "届期已满" in answer.text
    with app.app_context(), session() as opened:
        found = store.tasks.read(opened, store.CITY)
    assert set(found["subject"]) == set(keys) and set(found["county_code"]) == {HERE}
    client.post("/tasks/change", data={"key": list(found.index), "act": "done"})
    assert "办结" in client.get("/tasks?state=done").text


def test_the_file_holds_the_rows_and_a_county_its_own(app: Flask) -> None:
    rows = app.test_client().get("/health/list.csv?check=term_over").data.decode("utf-8-sig").splitlines()
    own = sign(stranger(app), "li").get("/health/list.csv?check=term_over").data.decode("utf-8-sig")
    assert len(rows) - 1 == total(app.test_client().get("/health?check=term_over").text)
    assert "西塘县" not in own and 1 < len(own.splitlines()) < len(rows)
    assert "未知" in rows[1] and "届期已满" in rows[1]
    assert app.test_client().get("/health?check=x").status_code == 400


def circles(page: BeautifulSoup) -> dict[str, list[int]]:
    """Return the counts that the map's two layers draw, from what its script is given."""
    script = next(s.string for s in page.select("script") if s.string and "L.atlas.draw" in s.string)
    drawn = [json.loads(found) for found in re.findall(r"L\.atlas\.draw\((\{.*?\})\);", script)]
    return {each["keys"][0].partition(":")[0]: each["lines"][0]["values"] for each in drawn}


def test_the_map_draws_each_ailing_union_once_and_each_circle_opens_as_many(app: Flask) -> None:
    client = app.test_client()
    page = soup(client, "/health/map?check=term_over")
    whole = total(client.get("/health?check=term_over").text)
    links = list(page.select("#spots-unions table a"))
    assert links and sum(circles(page)["unions"]) <= whole
    for link in links:
        assert total(client.get(link["href"]).text) == int(link.text.replace(",", "")), link["href"]
    listed = sum(int(link.text.replace(",", "")) for link in links)
    assert listed == whole or "只列个数最多的" in page.text
    assert "任一问题" in client.get("/health/map").text
    assert total(client.get("/health?check=any").text) >= whole


def test_firms_won_first_are_a_layer_and_open_the_ledger(app: Flask) -> None:
    client = app.test_client()
    page = soup(client, "/health/map")
    assert sum(circles(page)["party"]) == 5
    link = next(a for a in page.select("#spots-party table a") if "building" in a["href"])
    assert re.search(rf"<h2>{link.text} 家企业", client.get(link["href"]).text)
    own = soup(sign(stranger(app), "li"), "/health/map")
    assert "西塘县" not in own.select_one("main").text, "a county sees its own"
