"""Learned names on a page: what they rest on, what a person says of them, and what the next survey makes of it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest
import review_city
from flask import Flask
from flask.testing import FlaskClient

from app import learned, store
from app.db import session
from app.reading import Reading

TOWER, ROAD = "poi:990101:红星大厦", "road:990101:长青路"


@pytest.fixture
def client(undecided: Flask) -> FlaskClient:
    return undecided.test_client()


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def rows(app: Flask) -> list[list[object]]:
    with app.app_context(), session() as opened:
        return store.read(opened, "decisions", store.CITY)[["kind", "subject", "target"]].fillna("").values.tolist()


def test_names_are_listed_with_counts_and_narrowed(client: FlaskClient) -> None:
    page = text(client, "/facts")
    assert "红星大厦" in page and "长青路" in page
    assert "不看登记机关、信用代码" in page
    roads = text(client, "/facts?kind=road&county=990101&least=2")
    assert "长青路" in roads and "红星大厦" not in roads
    assert "没有符合条件的地名" in text(client, "/facts?text=没有这个名字")
    assert "双墩" not in text(client, "/facts?kind=poi")


def test_a_name_opens_its_addresses(client: FlaskClient) -> None:
    page = text(client, f"/facts/{TOWER}")
    assert "12 家企业" in page
    assert "试验名录" in page
    assert "&lt;b&gt;t01&lt;/b&gt;有限公司" in page
    assert '<mark data-label="楼宇">红星大厦</mark>' in page
    assert client.get("/facts/poi:990101:没有").status_code == 404


class Kept:
    def get(self, _key: str, make: Callable[[], Any]) -> Any:
        return make()


@pytest.mark.parametrize(
    ("label", "words"), [("poi", "东沟制造产业园"), ("subpoi", "制造产业园"), ("devzone", "东沟区制造产业园")]
)
def test_a_park_opens_the_addresses_that_show_it_as_a_place(label: str, words: str) -> None:
    parts = [["city", "试验市", 0, 3], [label, words, 3, 3 + len(words)]]
    others = [[["poi", "红星大厦", 0, 4]], [["poi", "麋谣制造产业园", 0, 7]]]
    firms = pd.DataFrame({"components": [parts, *others], "county_code": ["990101"] * 3})
    facts = pd.DataFrame({"kind": ["devzone", "poi"], "name": ["制造产业园", "红星大厦"]})
    survey = SimpleNamespace(firms=firms, facts=facts)
    read = SimpleNamespace(kept=Kept(), survey=survey, counties=lambda: [("990101", "东沟区")])
    park = pd.Series({"kind": "devzone", "name": "制造产业园", "surface": None, "county_code": "990101"})
    assert learned.firms(cast("Reading", read), park).index.tolist() == [0]


@pytest.mark.parametrize(
    ("form", "row"),
    [
        ({"act": "accept"}, ["accept", review_city.TOWER, ""]),
        ({"act": "forbid"}, ["forbid", review_city.TOWER, ""]),
        ({"act": "move", "target": "990102"}, ["place", review_city.TOWER, "990102"]),
        ({"same": review_city.MARKET}, ["alias", review_city.TOWER, review_city.MARKET]),
        ({"retype": "market"}, ["retype", review_city.TOWER, ""]),
    ],
)
def test_what_a_person_says_is_kept_and_can_be_taken_back(
    made: Flask, client: FlaskClient, form: dict[str, str], row: list[object]
) -> None:
    client.post(f"/facts/{TOWER}", data={**form, "by": "张三"})
    assert rows(made) == [row]
    if row[0] == "retype":
        return
    page = text(client, f"/facts/{TOWER}")
    assert "张三" in page and "撤回" in page
    assert "红星大厦" in text(client, "/facts?state=any")
    client.post(f"/facts/{TOWER}", data={"act": "undo"})
    assert rows(made) == []


@pytest.mark.parametrize("form", [{"act": "move", "target": "990101"}, {"act": "boom"}, {"retype": "x"}])
def test_words_that_say_nothing_are_not_kept(made: Flask, client: FlaskClient, form: dict[str, str]) -> None:
    assert "用不上" in client.post(f"/facts/{TOWER}", data={**form, "by": "x"}, follow_redirects=True).text
    client.post(f"/facts/{TOWER}", data={"act": "accept"})
    assert rows(made) == [["accept", review_city.TOWER, ""]]  # the name is remembered from before


def test_a_forbidden_name_is_gone_from_the_next_survey_and_can_still_be_taken_back(made: Flask) -> None:
    client = made.test_client()
    client.post(f"/facts/{ROAD}", data={"act": "forbid", "by": "张三"})
    review_city.survey(made)
    assert review_city.surveyed(made).loc["r1", "street"] is not review_city.ROAD
    assert review_city.surveyed(made)["street"].notna().sum() == 0
    page = text(client, "/facts?state=forbidden")
    assert "长青路" in page
    client.post(f"/facts/{ROAD}", data={"act": "undo"})
    review_city.survey(made)
    assert review_city.surveyed(made)["street"].eq(review_city.ROAD).sum() == 5


def test_the_pages_speak_english(client: FlaskClient) -> None:
    client.get("/language/en")
    assert "Learned names" in text(client, "/facts")
    assert "Learned names" in text(client, f"/facts/{TOWER}")
