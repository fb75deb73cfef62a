"""The review desk as a browser without script and as its script meet it: decide, undo, search, and the next survey."""

import html
import json
from pathlib import Path
from typing import Any

import pytest
import review_city
import small_city
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting

from app import create_app, store
from app.config import Config
from app.db import session
from geo.decisions import address_key

JSON = {"Accept": "application/json"}


@pytest.fixture
def app(undecided: Flask) -> Flask:
    return undecided


def decide(client: FlaskClient, item: str, **form: Any) -> Any:
    return client.post("/review/decide", data={"item": item, "by": "张三", **form}, headers=JSON)


def doubtful(client: FlaskClient) -> str:
    """Key of the first item about a doubtful address."""
    return str(client.get("/review/item?kind=address").get_json()["key"])


def stored(app: Flask) -> Any:
    with app.app_context(), session() as opened:
        return store.read(opened, "decisions", store.CITY)


TOWER = f"pin:{review_city.TOWER}"


def test_the_page_shows_what_is_worth_most_and_says_what_the_first_ten_would_locate(client: FlaskClient) -> None:
    page = client.get("/review").get_data(as_text=True)
    assert page.index("红星大厦") < page.index("四海小商品市场")
    assert "前 10 项标好位置，一共能定位 <b>30</b>" in " ".join(page.split())
    assert "&lt;b&gt;t01&lt;/b&gt;有限公司" in page
    assert "<b>t01</b>" not in page
    assert '<mark data-label="楼宇">红星大厦</mark>' in page


def test_every_item_has_its_page(client: FlaskClient) -> None:
    listed = client.get("/review").get_data(as_text=True)
    for key in [part.split('"')[0] for part in listed.split('data-open="')[1:]]:
        answer = client.get("/review/item", query_string={"at": key.replace("&#34;", '"')})
        assert answer.status_code == 200
        assert answer.get_json()["key"] == key


def test_the_map_of_a_place_without_position_shows_its_town(client: FlaskClient) -> None:
    found = client.get("/review/item", query_string={"at": f"pin:{review_city.VILLAGE}"}).get_json()
    assert found["key"] == f"pin:{review_city.VILLAGE}"
    shown = html.unescape(found["item"]).split("data-picture='")[1].split("'")[0]
    (south, west), (north, east) = json.loads(shown)["extent"]
    assert (west + east) / 2 == pytest.approx(121.3)
    assert (south + north) / 2 == pytest.approx(32.1)
    assert 0.04 < east - west < 0.12  # not the whole county, which is 0.2 degrees wide


def test_a_pin_is_recorded_with_who_and_when_and_the_next_item_comes(app: Flask, client: FlaskClient) -> None:
    answer = decide(client, TOWER, act="pin", lon="121.1", lat="32.1").get_json()
    assert answer["key"] == f"pin:{review_city.MARKET}"
    assert "1 条决定等下一次计算采用" in answer["state"]
    row = stored(app).iloc[0]
    assert row[["kind", "subject", "lon", "lat", "decided_by"]].tolist() == [
        "pin",
        review_city.TOWER,
        121.1,
        32.1,
        "张三",
    ]
    assert row["decided_on"] is not None


def test_two_pins_on_one_point_are_told(client: FlaskClient) -> None:
    assert "同一个点" not in decide(client, TOWER, act="pin", lon="121.1", lat="32.1").get_json()["said"]
    said = decide(client, f"pin:{review_city.MARKET}", act="pin", lon="121.1", lat="32.1").get_json()["said"]
    assert "它与“红星大厦”标在同一个点上" in said
    client.post("/review/undo", headers=JSON)
    apart = decide(client, f"pin:{review_city.MARKET}", act="pin", lon="121.1001", lat="32.1").get_json()["said"]
    assert apart == "已记下：四海小商品市场。"


def test_a_decision_is_kept_under_the_name_of_who_has_signed_in(app: Flask, client: FlaskClient) -> None:
    client.post("/review/decide", data={"item": TOWER, "act": "refuse", "by": "somebody else"}, headers=JSON)
    assert set(stored(app)["decided_by"]) == {"张三"}


def test_undo_withdraws_the_whole_act_and_shows_its_item_again(app: Flask, client: FlaskClient) -> None:
    with acting(app):
        assert address_key("东沟区西塘县望江 路") == address_key("东沟区西塘县望江路")
    decide(client, TOWER, act="refuse")
    decide(client, f"pin:{review_city.MARKET}", act="refuse")
    answer = client.post("/review/undo", headers=JSON).get_json()
    assert answer["key"] == f"pin:{review_city.MARKET}"
    assert stored(app)["subject"].tolist() == [review_city.TOWER]
    assert client.post("/review/undo", headers=JSON).get_json()["key"] == TOWER
    assert client.post("/review/undo", headers=JSON).get_json()["said"] == "没有可以撤回的决定。"
    assert len(stored(app)) == 0


def test_skipping_goes_round(client: FlaskClient) -> None:
    second = client.get("/review/item", query_string={"after": TOWER}).get_json()["key"]
    assert second == f"pin:{review_city.MARKET}"
    keys, at = [], TOWER
    while at not in keys:
        keys.append(at)
        at = client.get("/review/item", query_string={"after": at}).get_json()["key"]
    assert at in keys


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"act": "pin"}, "先在图上点出位置"),
        ({"act": "pin", "lon": "32.1", "lat": "121.1"}, "先在图上点出位置"),
        ({"act": "pin", "lon": "116.3", "lat": "39.9"}, "先在图上点出位置"),
        ({"act": "pin", "lon": "nan", "lat": "inf"}, "先在图上点出位置"),
        ({"act": "pin", "written": "一百二十一,三十二"}, "坐标没有读懂"),
        ({"act": "pin", "written": "121.1"}, "坐标没有读懂"),
        ({"act": "pin", "written": "121°6′0″,32°6′0″"}, "度分秒请先换成度"),
        ({"act": "pin", "written": "32.1,121.1"}, "调换过来才在"),
        ({"act": "pin", "written": "116.3,39.9"}, "116.3,39.9 不在本市：经度应在 "),
        ({"act": "pin", "written": "116.3,39.9", "lon": "121.1", "lat": "32.1"}, "不在本市"),
        ({"act": "boom"}, "先在图上点出位置"),
    ],
)
def test_answers_that_say_nothing_change_nothing(
    app: Flask, client: FlaskClient, form: dict[str, str], said: str
) -> None:
    answer = decide(client, TOWER, **form)
    assert answer.status_code == 422
    assert said in answer.get_json()["said"]
    assert len(stored(app)) == 0


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ("POLYGON ((121.1 32.1, 121.11 32.11, 121.11 32.1, 121.1 32.11, 121.1 32.1))", "与自己相交"),
        ("POLYGON ((121.1 32.1, 121.11 32.1, 121.12 32.1, 121.1 32.1))", "都在一条线上"),
        ("POLYGON ((121.1", "不成形"),
        ("POLYGON ((121.1 32.1, 131.1 32.1, 121.1 32.2, 121.1 32.1))", "超出本市"),
    ],
)
def test_an_outline_that_is_none_is_refused_with_why(app: Flask, client: FlaskClient, drawn: str, said: str) -> None:
    answer = decide(client, TOWER, act="pin", lon="121.1", lat="32.1", drawn=drawn)
    assert answer.status_code == 422
    assert said in answer.get_json()["said"]
    assert len(stored(app)) == 0


def test_a_position_written_in_another_datum_is_converted(app: Flask, client: FlaskClient) -> None:
    decide(client, TOWER, act="pin", written="121.1，32.1", datum="gcj02")
    lon, lat = stored(app).iloc[0][["lon", "lat"]]
    assert 0.003 < 121.1 - lon < 0.006
    assert 0.001 < abs(32.1 - lat) < 0.003


def test_pasted_coordinates_are_given_to_the_map(client: FlaskClient) -> None:
    answer = client.get("/review/spot", query_string={"written": "经度121.1 纬度32.1", "datum": "wgs84"})
    assert answer.get_json() == {"lon": 121.1, "lat": 32.1, "said": ""}
    moved = client.get("/review/spot", query_string={"written": "121.1, 32.1", "datum": "gcj02"}).get_json()
    assert 0.003 < 121.1 - moved["lon"] < 0.006
    refused = client.get("/review/spot", query_string={"written": "32.1，121.1"}).get_json()
    assert "调换过来才在" in refused["said"]
    assert "lon" not in refused


def test_a_skip_is_taken_back_like_an_answer(app: Flask, client: FlaskClient) -> None:
    decide(client, TOWER, act="refuse")
    client.get("/review/item", query_string={"after": f"pin:{review_city.MARKET}"})
    back = client.post("/review/undo", headers=JSON).get_json()
    assert (back["key"], back["said"]) == (f"pin:{review_city.MARKET}", "回到刚才跳过的一项。")
    assert len(stored(app)) == 1
    assert client.post("/review/undo", headers=JSON).get_json()["key"] == TOWER
    assert len(stored(app)) == 0


def test_a_skip_without_script_is_taken_back_too(client: FlaskClient) -> None:
    link = {"at": f"pin:{review_city.MARKET}", "skipped": TOWER}
    for _ in range(2):  # loaded again it is the same skip
        assert client.get("/review", query_string=link).status_code == 200
    assert client.post("/review/undo", headers=JSON).get_json()["key"] == TOWER
    assert client.post("/review/undo", headers=JSON).get_json()["said"] == "没有可以撤回的决定。"


def test_an_item_that_somebody_else_settled_is_not_settled_twice(app: Flask, client: FlaskClient) -> None:
    decide(app.test_client(), TOWER, act="refuse")
    answer = decide(client, TOWER, act="pin", lon="121.1", lat="32.1").get_json()
    assert "已经有人处理" in answer["said"]
    assert len(stored(app)) == 1


def test_without_script_the_forms_lead_back_to_the_page(client: FlaskClient) -> None:
    answer = client.post("/review/decide", data={"item": TOWER, "by": "李四", "act": "refuse"})
    assert answer.status_code == 302
    page = client.get(answer.location).get_data(as_text=True)
    assert "已记下：红星大厦" in page
    refused = client.post("/review/decide", data={"item": f"pin:{review_city.MARKET}", "act": "pin"})
    assert refused.status_code == 302


def test_the_same_place_is_found_by_its_name(app: Flask, client: FlaskClient) -> None:
    found = client.get("/review/search", query_string={"item": f"pin:{review_city.NEAR}", "q": "红星"}).get_data(
        as_text=True
    )
    assert review_city.TOWER in found
    assert f'name="target" value="{review_city.NEAR}"' not in found
    decide(client, f"pin:{review_city.NEAR}", act="choose", target=review_city.TOWER)
    assert stored(app).iloc[0][["kind", "subject", "target"]].tolist() == ["alias", review_city.NEAR, review_city.TOWER]


def test_candidates_are_taken_by_their_number(app: Flask, client: FlaskClient) -> None:
    decide(client, doubtful(client), choice="1")
    assert stored(app)["target"].tolist() == ["990101"]
    decide(client, "link:union:j|m1", choice="1")
    assert stored(app).iloc[-1][["kind", "target"]].tolist() == ["link", "one"]


def test_the_queue_narrows_to_a_kind_and_county(client: FlaskClient) -> None:
    page = client.get("/review?kind=nowhere").get_data(as_text=True)
    assert "深圳市" in page
    assert "红星大厦</h2>" not in page
    empty = client.get("/review?kind=link&county=990102").get_data(as_text=True)
    assert "没有要核对的了" in empty


def test_decisions_are_listed_and_can_be_withdrawn(app: Flask, client: FlaskClient) -> None:
    decide(client, TOWER, act="pin", lon="121.1", lat="32.1")
    decide(client, "nowhere:text:无", act="nowhere")
    page = client.get("/review/decisions").get_data(as_text=True)
    assert page.index("无</th>") < page.index("红星大厦")
    act = page.split('name="act" value="')[1].split('"')[0]
    client.post("/review/undo", data={"act": act, "back": "1"})
    assert stored(app)["kind"].tolist() == ["pin"]


def test_the_desk_speaks_english(client: FlaskClient) -> None:
    client.get("/language/en")
    page = client.get("/review").get_data(as_text=True)
    assert "Nobody" in page or "position" in page
    assert client.get("/review/decisions").status_code == 200


def test_before_the_first_survey_the_page_says_so(tmp_path: Path) -> None:
    app = create_app(Config.from_environment({}, instance=tmp_path, worker=False))
    answer = app.test_client().get("/review")
    assert "还没有可看的数据" in answer.get_data(as_text=True)


def test_a_city_of_other_surveys_stands(tmp_path: Path) -> None:
    assert small_city.loaded(tmp_path).test_client().get("/review").status_code == 200


def test_the_next_survey_has_located_what_was_pinned(made: Flask) -> None:
    client = made.test_client()
    decide(client, TOWER, act="pin", lon="121.1", lat="32.1")
    decide(client, f"pin:{review_city.NEAR}", act="choose", target=review_city.TOWER)
    decide(client, f"pin:{review_city.MARKET}", act="pin", lon="121.12", lat="32.12",
           drawn="POLYGON ((121.119 32.119, 121.121 32.119, 121.121 32.121, 121.119 32.119))")  # fmt: skip
    decide(client, "pin:990102101201", act="pin", lon="121.3", lat="32.05")
    decide(client, doubtful(client), act="choose", target="990102")
    review_city.survey(made)
    firms = review_city.surveyed(made)
    tower = firms[firms["building"].eq(review_city.TOWER)]
    assert len(tower) == 14
    assert set(tower["level"]) == {"building"}
    assert firms.loc["m1", ["level", "market"]].tolist() == ["market", review_city.MARKET]
    assert firms.loc["m1", "lon"] == pytest.approx(121.12, abs=0.002)
    assert firms.loc["v2", ["level", "lon"]].tolist() == ["village", 121.3]
    assert firms.loc[["both", "both2"], "county_code"].tolist() == ["990102", "990102"]
    page = client.get("/review").get_data(as_text=True)
    assert "等下一次计算采用" not in page
    assert "红星大厦</h2>" not in page
