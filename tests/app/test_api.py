"""What ``/api/v1`` tells: contents by hand, the whole list page by page, forms, marks, and every error in one form."""

import csv
import gzip
import io
import json
import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from signed_in import account, acting, sign, stranger
from werkzeug.datastructures import Headers

from app import create_app, errors, query, store
from app.auth import accounts, tokens
from app.auth.accounts import Wish
from app.auth.tokens import TokenWish
from app.config import Config
from app.current import reading
from app.db import session
from app.store import surveys
from geo.gaps import FIGURES, Filter

HERE, THERE = small_city.COUNTIES
YUNFAN = "building:990101:云帆大厦"
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(app: Flask) -> Ask:
    """What a program of the whole city is told, as JSON."""
    with app.app_context(), session(write=True) as opened:
        _token, shown = tokens.make(
            opened, TokenWish("test", 1, role="planner"), by="test", at=datetime.now(UTC)
        )  # fmt: skip

    def asked(path: str, *, status: int = 200, whole: bool = False, **headers: str) -> Any:
        answer = stranger(app).get(path, headers={"Authorization": f"Bearer {shown}", **headers})
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return answer if whole else answer.get_json(force=True)

    return asked


@pytest.fixture(scope="module")
def firms(app: Flask) -> pd.DataFrame:
    """The firms of the small city."""
    with acting(app):
        return reading().survey.firms


def walk(ask: Ask, path: str) -> list[dict[str, Any]]:
    """Everything that the ``next`` links lead to."""
    found, told = [], ask(path)
    while True:
        found += told["items"]
        following = [link["href"] for link in told["links"] if link["rel"] == "next"]
        if not following:
            return found
        told = ask(following[0].removeprefix("http://localhost"))


# --- firms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/firms?limit=7", "/api/v1/firms?limit=60&sort=-workers&eligible=1"])
def test_following_the_links_walks_every_firm_exactly_once(ask: Ask, firms: pd.DataFrame, path: str) -> None:
    walked = [row["id"] for row in walk(ask, path)]
    wanted = firms if "eligible" not in path else firms[firms["eligible"].astype(bool)]
    assert len(walked) == len(set(walked)) == len(wanted) and set(walked) == set(wanted.index)
    if "sort" not in path:
        assert walked == list(firms.index), "in the order of the register"


def test_a_firm_of_the_list_by_hand(ask: Ask) -> None:
    told = ask("/api/v1/firms?text=试验00014贸易有限公司")
    assert (told["total"], told["returned"], told["on"], told["sample"]) == (1, 1, "2025-12-31", True)
    (row,) = told["items"]
    wanted = {
        "id": "919901010000000014", "name": "试验00014贸易有限公司", "uscc": "91990101000000014X",
        "address": "东沟区望江路15号云帆大厦3楼306室", "status": row["status"], "established": "2015-03-01",
        "counts_on": "2025-12-31", "ownership": "170", "legal_person": True, "source": "演示名录",
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert (row["county"], row["gap"]) == (small_city.COUNTIES.get(row["county_code"]), row["path"] is not None)
    held = {"phone", "person", "phone_mark", "person_mark", "org_code", "scope", "given_lon"}
    assert held.isdisjoint(row), "no contact data, nothing that only compares records"


def test_a_position_is_told_of_firms_at_a_house_alone(ask: Ask, firms: pd.DataFrame) -> None:
    rows = {row["id"]: row for row in walk(ask, "/api/v1/firms?limit=1000")}
    for key, row in rows.items():
        at_house = firms.at[key, "level"] in ("building", "number", "market")
        assert (row["lon"] is not None) == (row["lat"] is not None) == at_house, (key, row["level"])
        assert not at_house or (row["lon"], row["lat"]) == (
            pytest.approx(firms.at[key, "lon"], abs=1e-6), pytest.approx(firms.at[key, "lat"], abs=1e-6),
        )  # fmt: skip
    assert {row["level"] for row in rows.values() if row["lon"] is None} == {"town", "county", "none"}


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(gap=True), Filter(county=(HERE,), size=("25_and_over",)), Filter(building=(YUNFAN,)), Filter(town=("",)),
        Filter(primary=("own", "joint"), covered=True), Filter(text="贸易 00014"), Filter(located=False, eligible=True),
    ],
    ids=str,
)  # fmt: skip
def test_every_filter_of_the_pages_chooses_the_same_firms(app: Flask, ask: Ask, chosen: Filter) -> None:
    with acting(app):
        wanted = list(reading().firms(chosen).index)
    said = urlencode(query.write(chosen), doseq=True)
    told = ask(f"/api/v1/firms?limit=1000&{said}")
    assert [row["id"] for row in told["items"]] == wanted and told["total"] == len(wanted) > 0


def test_one_firm_tells_its_evidence_in_words(ask: Ask, firms: pd.DataFrame) -> None:
    key = str(firms.index[firms["building"].eq(YUNFAN) & firms["gap"].astype(bool)][0])
    told = ask(f"/api/v1/firms/{key}", **{"Accept-Language": "en"})
    assert told["evidence"]["reasons"] == [{"code": "BUILDING", "say": "BUILDING"}]
    assert told["evidence"]["components"][0] == ["district", "东沟区", 0, 3]
    assert told["phrases"]["level"] == "building" and told["phrases"]["status"] == "active"
    places = {link["rel"]: link["href"] for link in told["links"]}
    assert ask(places["place"].removeprefix("http://localhost"))["id"] == YUNFAN
    assert key in {row["id"] for row in ask(places["collection"].removeprefix("http://localhost"))["items"]}


def test_no_officer_is_named_by_the_evidence(tmp_path: Path) -> None:
    newest = small_city.survey()
    key = newest.firms.index[9]
    newest.firms.at[key, "location_reasons"] = [["PINNED", {"by": "赵主任"}]]
    made = small_city.loaded(tmp_path, newest)
    account(made)
    told = sign(stranger(made)).get(f"/api/v1/firms/{key}").text
    assert "人工标注" in told and "赵主任" not in told


def test_a_list_as_csv_is_read_back_the_same(ask: Ask, firms: pd.DataFrame) -> None:
    answer = ask("/api/v1/firms?limit=1000", whole=True, Accept="text/csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    frame = pd.read_csv(io.BytesIO(answer.data), dtype="string", index_col="id")
    assert list(frame.index) == list(firms.index) and list(frame["address"]) == list(firms["address"])
    assert list(frame["gap"]) == list(firms["gap"].astype(int).astype(str))
    names = next(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert names[0] == "id" and frame["name"].iloc[1] == "'=cmd|' /C calc'!A0", "no cell acts as a formula"


ALIKE = (
    "/api/v1/firms?limit=200",
    "/api/v1/firms?limit=50&offset=20&sort=-workers&gap=1",
    "/api/v1/firms?f=csv",
    "/api/v1/firms?f=geojson&text=东沟区",
    "/api/v1/gaps?kind=town",
    "/api/v1/gaps?kind=sector&gap=1",
    "/api/v1/places?kind=building",
    "/api/v1/places?kind=village",
    "/api/v1/figures",
    "/api/v1/figures?by=county",
    "/api/v1/figures?by=building",
    "/api/ogc/collections",
    "/api/ogc/collections/firms/items?limit=1000",
    "/api/ogc/collections/firms/items?bbox=121.1,32.1,121.12,32.12",
    f"/api/ogc/collections/firms/items?county_code={HERE}&datetime=2024-12-31",
    "/api/ogc/collections/towns/items",
)


@pytest.mark.parametrize("county", [None, HERE])
def test_a_large_survey_read_slim_is_told_the_same(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, county: str | None
) -> None:
    made = small_city.loaded(tmp_path, server=server)
    wish = TokenWish("test", 1, role="viewer" if county else "planner", county_code=county)
    with made.app_context(), session(write=True) as opened:
        _token, shown = tokens.make(opened, wish, by="test", at=datetime.now(UTC))

    def told() -> list[Any]:
        answers = []
        for path in ALIKE:
            answer = stranger(made).get(path, headers={"Authorization": f"Bearer {shown}"})
            assert answer.status_code == 200, answer.text[:300]
            text = re.sub(r'"timeStamp":"[^"]*"', '"timeStamp":""', answer.text)
            answers.append((path, text if "csv" in path else json.loads(text)))
        return answers

    full = told()
    monkeypatch.setattr(store.slim, "LARGE", 10)
    monkeypatch.setattr(surveys, "_load", lambda *_args: pytest.fail("the whole survey was read"))
    monkeypatch.setattr(surveys, "_cache", OrderedDict())
    assert told() == full


# --- what else -----------------------------------------------------------------------------------------------------


def test_every_figure_opens_the_list_that_it_counts(ask: Ask) -> None:
    told = ask("/api/v1/figures")
    (city,) = told["items"]
    assert city["key"] == "all" and city["name"] == "试验市" and told["on"] == "2025-12-31"
    defined = {each["code"]: each for each in told["definitions"]}
    assert set(city["values"]) == set(defined)
    assert defined["rate"]["unit"] == "share" and "应建会企业" in defined["rate"]["formula"]
    counted = 0
    for code, href in city["lists"].items():
        total = ask(href.removeprefix("http://localhost"))["total"]
        if defined[code]["unit"] == "count" and code in FIGURES and not code.endswith("workers"):
            assert total == city["values"][code], code
            counted += 1
        assert total > 0, code
    assert counted > 8
    assert city["values"]["rate"] == pytest.approx(
        (city["values"]["own"] + city["values"]["joint"]) / city["values"]["eligible"], abs=1e-6
    )


def test_figures_by_county_add_up_and_open_their_lists(ask: Ask) -> None:
    by_county = ask("/api/v1/figures?by=county")["items"]
    assert [(each["key"], each["name"]) for each in by_county] == [
        (HERE, "东沟区"), (THERE, "西塘县"), (None, "未归入任何县（市、区）"),
    ]  # fmt: skip
    whole = ask("/api/v1/figures")["items"][0]["values"]
    for code in ("firms", "eligible", "gap", "unions", "members"):
        assert sum(each["values"][code] for each in by_county) == whole[code], code
    for each in by_county:
        assert ask(each["lists"]["gap"].removeprefix("http://localhost"))["total"] == each["values"]["gap"]
        if each["values"]["unions"]:
            assert ask(each["lists"]["unions"].removeprefix("http://localhost"))["total"] == each["values"]["unions"]


def test_gaps_rank_places_and_add_up_to_the_city(ask: Ask) -> None:
    told = ask("/api/v1/gaps?kind=building&eligible=1")
    assert told["items"][-1]["id"] is None, "what is in no building stands last"
    gaps = [row["gap"] for row in told["items"][:-1]]
    assert gaps == sorted(gaps, reverse=True) and told["items"][0]["name"]
    assert sum(row["gap"] for row in told["items"]) == ask("/api/v1/firms?gap=1")["total"]
    by_sector = ask("/api/v1/gaps?kind=sector")["items"]
    assert sum(row["firms"] for row in by_sector) == 240 and {row["kind"] for row in by_sector} == {"sector"}
    up = [row["rate"] for row in ask("/api/v1/gaps?kind=town&sort=rate")["items"] if row["id"] and row["rate"]]
    assert up == sorted(up)


def test_places_are_told_with_those_that_hold_no_firm_and_those_not_on_the_map(ask: Ask) -> None:
    rows = {row["name"]: row for row in ask("/api/v1/places?kind=building")["items"]}
    assert set(rows) == {"云帆大厦", "锦程中心", "石埠商贸楼"}
    assert (rows["石埠商贸楼"]["position"], rows["石埠商贸楼"]["lon"]) == ("none", None)
    assert (rows["云帆大厦"]["position"], rows["云帆大厦"]["lon"], rows["云帆大厦"]["floors"]) == ("own", 121.055, 6)
    inside = ask("/api/v1/places?kind=building&bbox=121.0,32.0,121.052,32.1")["items"]
    assert {row["name"] for row in inside} == {"云帆大厦", "锦程中心"}
    assert ask("/api/v1/places?kind=building&bbox=10,10,11,11")["total"] == 0
    place = ask(f"/api/v1/places/{YUNFAN}")
    there = {link["rel"]: link["href"].removeprefix("http://localhost") for link in place["links"]}
    assert ask(there["firms"])["total"] == place["firms"] and ask(there["gaps"])["total"] == place["gap"]
    assert {row["id"] for row in ask("/api/v1/places?kind=town")["items"]} == set(small_city.TOWNS)
    assert ask("/api/v1/places/990101001")["county"] == "东沟区"


def test_a_division_without_a_position_says_whose_point_it_shows(ask: Ask) -> None:
    rows = {row["id"]: row for row in ask("/api/v1/places?kind=town")["items"]}
    assert {row["position"] for row in rows.values()} <= {"amid", "none"}
    assert rows["990101001"]["position"] == "amid" and rows["990101001"]["lon"] is not None
    counties = ask("/api/v1/places?kind=county")["items"]
    assert {(row["id"], row["position"]) for row in counties} == {(HERE, "own"), (THERE, "own")}


def test_unions_and_suggestions(ask: Ask) -> None:
    (federation,) = ask("/api/v1/unions?layer=federation")["items"]
    assert (federation["name"], federation["members"], federation["in_force"]) == ("东沟区行业工会联合会", 900, True)
    assert ask("/api/v1/unions?kind=building")["items"][0]["id"] == "union:joint1"
    assert {row["county_code"] for row in ask(f"/api/v1/unions?county={THERE}&limit=1000")["items"]} == {THERE}
    union = ask("/api/v1/unions/union:joint1")
    members = {link["rel"]: link["href"].removeprefix("http://localhost") for link in union["links"]}["firms"]
    assert ask(members)["total"] == union["covered_firms"] > 0 and union["roll"] == {
        "listed": 0, "counted": 0, "others": [],
    }  # fmt: skip
    (group,) = ask("/api/v1/suggestions")["items"]
    assert (group["id"], group["name"], group["place_id"]) == (YUNFAN, "云帆大厦联合工会（拟）", YUNFAN)
    told = ask(f"/api/v1/suggestions/{YUNFAN}")
    there = {link["rel"]: link["href"].removeprefix("http://localhost") for link in told["links"]}
    assert ask(there["firms"])["total"] == group["firms"] and ask(there["place"])["id"] == YUNFAN
    assert told["reasons"][0]["code"] == "SAME_PLACE"


def test_surveys_divisions_and_codes(ask: Ask) -> None:
    days = ask("/api/v1/surveys")["items"]
    assert [row["on"] for row in days] == ["2025-12-31", "2024-12-31", "2023-12-31"]
    assert days[0]["firms"] == 240 and days[0]["rate"] == pytest.approx(days[0]["covered"] / days[0]["eligible"])
    towns = ask(f"/api/v1/divisions?level=town&parent={HERE}")["items"]
    assert {row["name"] for row in towns} == {"河口街道", "柳桥街道"}
    assert ask("/api/v1/divisions")["total"] == 8
    lists = {each["kind"]: each for each in ask("/api/v1/codes")["items"]}
    assert lists["stage"]["codes"] == 11
    levels = ask("/api/v1/codes/level")["items"]
    assert levels[0] == {"code": "building", "zh": "楼宇", "en": "building", "mark": ""}
    for kind in lists:
        assert len(ask(f"/api/v1/codes/{kind}")["items"]) == lists[kind]["codes"]


def test_an_older_day_is_asked_for_and_kept_by_the_links(ask: Ask) -> None:
    told = ask("/api/v1/firms?on=2024-12-31&limit=200")
    assert told["on"] == "2024-12-31" and "on=2024-12-31" in told["links"][1]["href"]
    assert ask("/api/v1/places/" + YUNFAN + "?on=2023-12-31")["on"] == "2023-12-31"


def test_every_resource_that_is_named_is_there(ask: Ask) -> None:
    root = ask("/api/v1")
    for link in root["links"]:
        page = link["rel"] == "service-doc"  # for people, who sign in
        assert ask(link["href"].removeprefix("http://localhost"), whole=True, status=302 if page else 200), link
    assert {link["rel"] for link in root["links"]} == {"self", "collection", "service-desc", "service-doc", "related"}


# --- marks ---------------------------------------------------------------------------------------------------------


def test_what_is_known_already_is_not_told_again_until_something_changes(app: Flask, ask: Ask) -> None:
    first = ask("/api/v1/firms", whole=True)
    assert first.headers["ETag"].startswith('W/"') and first.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    again = ask("/api/v1/firms", status=304, whole=True, **known)
    assert again.data == b"" and again.headers["ETag"] == first.headers["ETag"]
    assert ask("/api/v1/firms", status=304, whole=True, **{"If-Modified-Since": first.headers["Last-Modified"]})
    for other in ("/api/v1/firms?gap=1", "/api/v1/unions"):
        ask(other, **known)
    ask("/api/v1/firms", **known, **{"Accept-Language": "en"})
    ask("/api/v1/firms", whole=True, **known, Accept="text/csv")
    with app.app_context(), session(write=True) as opened:
        store.settings.put(opened, "something", 1)
    ask("/api/v1/firms", **known)


def test_no_browser_keeps_what_its_visitor_saw(client: FlaskClient) -> None:
    assert client.get("/api/v1/firms").headers["Cache-Control"] == "private, no-store"


def test_a_page_of_other_data_is_told_instead_of_rows_missed_or_seen_twice(ask: Ask) -> None:
    following = next(link["href"] for link in ask("/api/v1/firms?limit=7")["links"] if link["rel"] == "next")
    path = following.removeprefix("http://localhost")
    assert ask(path)["offset"] == 7
    version = int(re.search(r"version=(\d+)", path)[1])  # type: ignore[index]
    told = ask(path.replace(f"version={version}", f"version={version - 1}"), status=409)
    assert told["code"] == "DATA_CHANGED"


def test_answers_are_compressed_for_those_who_take_it(ask: Ask) -> None:
    plain = ask("/api/v1/firms?limit=200", whole=True)
    small = ask("/api/v1/firms?limit=200", whole=True, **{"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip" and len(small.data) < len(plain.data) / 5
    assert gzip.decompress(small.data) == plain.data
    assert (
        "Content-Encoding" not in ask("/api/v1/firms?limit=200", whole=True, **{"Accept-Encoding": "gzip;q=0"}).headers
    )


def test_the_language_is_the_one_asked_for(ask: Ask) -> None:
    for asked, said in (("en", "Firms, by any condition"), ("zh-CN,zh;q=0.9,en;q=0.5", "企业清单"), ("fr", "企业清单")):
        answer = ask("/api/v1", whole=True, **{"Accept-Language": asked})
        assert said in answer.text
        assert answer.headers["Content-Language"] == ("en" if asked == "en" else "zh-CN")


# --- errors --------------------------------------------------------------------------------------------------------

PROBLEM = {"type", "title", "status", "detail", "instance", "code", "right"}


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Check an answer to be the problem wanted, and return it."""
    told: dict[str, Any] = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype, told["code"]) == (status, "application/problem+json", code)
    assert set(told) >= PROBLEM and told["status"] == status and told["title"] and told["right"]
    return told


@pytest.mark.parametrize(
    ("path", "where", "right"),
    [
        ("/api/v1/firms?limit=0", "query.limit", "1 到 1000 的整数"),
        ("/api/v1/firms?limit=1001", "query.limit", "1 到 1000 的整数"),
        ("/api/v1/firms?limit=1_0", "query.limit", "1 到 1000 的整数"),
        ("/api/v1/firms?limit=٥", "query.limit", "1 到 1000 的整数"),
        ("/api/v1/firms?offset=-1", "query.offset", "0 到 1000000000 的整数"),
        ("/api/v1/firms?gap=yes", "query.gap", "须是其中之一：0、1"),
        ("/api/v1/firms?county=", "query.county", "最多 50 个"),
        ("/api/v1/firms?county=nowhere", "query.county", "这一天的数据里有的"),
        ("/api/v1/firms?building=building:990101:没有", "query.building", "这一天的数据里有的"),
        ("/api/v1/firms?sort=address;drop", "query.sort", "须是其中之一"),
        ("/api/v1/firms?text=%00", "query.text", "不含控制字符"),
        ("/api/v1/firms?text=" + "长" * 201, "query.text", "最多 10 个词"),
        ("/api/v1/firms?f=xml", "query.f", "json、geojson、csv"),
        ("/api/v1/firms?offest=3", "query.offest", "没有这个参数；可用的有"),
        ("/api/v1/firms?" + "&".join(f"town={n}" for n in range(60)), "query.town", "最多 50 个"),
        ("/api/v1/places?kind=moon", "query.kind", "须是其中之一"),
        ("/api/v1/places?bbox=1,2,3", "query.bbox", "四个"),
        ("/api/v1/places?bbox=1,9,3,4", "query.bbox", "南不大于北"),
        ("/api/v1/places?bbox=nan,1,2,3", "query.bbox", "四个"),
        ("/api/v1/places?bbox=-999,1,2,3", "query.bbox", "四个"),
        ("/api/v1/unions?county=320600", "query.county", "现有县"),
        ("/api/v1/health?x=1", "query.x", "没有这个参数"),
    ],
)
def test_a_wrong_argument_is_told_with_what_would_be_right(ask: Ask, path: str, where: str, right: str) -> None:
    told = problem(ask(path, status=400, whole=True), 400, "UNKNOWN_VALUE")
    (fault,) = told["errors"]
    assert fault["where"] == where and right in fault["right"] and len(fault["what"]) <= 40


def test_all_that_is_wrong_is_told_at_once_in_the_language_asked_for(ask: Ask) -> None:
    answer = ask("/api/v1/firms?limit=0&gap=2&x=1", status=400, whole=True, **{"Accept-Language": "en"})
    told = problem(answer, 400, "UNKNOWN_VALUE")
    assert {(each["where"], each["right"]) for each in told["errors"] if each["where"] != "query.x"} == {
        ("query.limit", "a whole number from 1 to 1000"), ("query.gap", "one of: 0, 1"),
    }  # fmt: skip
    assert not re.search(r"[\u4e00-\u9fff]", json.dumps(told, ensure_ascii=False))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/firms/nobody", 404, "NOT_FOUND"), ("/api/v1/places/moon", 404, "NOT_FOUND"),
        ("/api/v1/unions/x", 404, "NOT_FOUND"), ("/api/v1/suggestions/x", 404, "NOT_FOUND"),
        ("/api/v1/codes/x", 404, "NOT_FOUND"), ("/api/v1/nothing", 404, "NOT_FOUND"), ("/api/v2", 404, "NOT_FOUND"),
        ("/api/ogc/collections/moons", 404, "NOT_FOUND"), ("/api/ogc/collections/moons/items", 404, "NOT_FOUND"),
        ("/api/ogc/collections/firms/items/x", 404, "NOT_FOUND"),
        ("/api/v1/firms?on=2001-01-01", 404, "NO_DAY"), ("/api/v1/firms?on=yesterday", 400, "UNKNOWN_DAY"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_so(ask: Ask, path: str, status: int, code: str) -> None:
    told = problem(ask(path, status=status, whole=True), status, code)
    assert ("days" in told) == (code in ("NO_DAY", "UNKNOWN_DAY"))


def test_what_cannot_be_accepted_names_what_there_is(ask: Ask) -> None:
    told = problem(ask("/api/v1/unions", status=406, whole=True, Accept="application/xml"), 406, "NOT_ACCEPTABLE")
    assert told["detail"] == "application/json, text/csv"
    assert ask("/api/v1/unions?f=csv", whole=True, Accept="application/xml").mimetype == "text/csv"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_nothing_can_be_changed(app: Flask, method: str) -> None:
    for path in ("/api/v1/firms", "/api/ogc/collections/firms/items"):
        told = sign(stranger(app)).open(path, method=method, data={"x": 1})
        assert "GET" in told.headers["Allow"] and problem(told, 405, "METHOD")["right"] == "接口只读，请用 GET。"


def test_what_may_be_asked_and_the_head_of_an_answer_are_told(app: Flask, ask: Ask) -> None:
    account(app)
    options = sign(stranger(app)).options("/api/v1/firms")
    assert options.status_code == 200 and set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    whole = ask("/api/v1/firms?limit=3", whole=True)
    head = sign(stranger(app)).head("/api/v1/firms?limit=3")
    assert head.status_code == 200 and head.data == b"" and head.headers["Content-Length"] == str(len(whole.data))
    assert {"Accept", "Accept-Language", "Authorization", "Cookie"} <= {
        name.strip() for name in whole.headers["Vary"].split(",")
    }


def test_a_stranger_and_one_without_the_right_are_refused(app: Flask) -> None:
    problem(stranger(app).get("/api/v1/firms"), 401, "SIGN_IN")
    assert stranger(app).get("/api/v1/health").get_json()["status"] == "ok"
    account(app, Wish("must", "must", "planner"))
    with app.app_context(), session(write=True) as opened:
        user = accounts.find(opened, "must")
        assert user is not None
        user.must_change = True
    problem(sign(stranger(app), "must").get("/api/v1/firms"), 403, "FORBIDDEN")


def test_a_body_that_nobody_reads_is_refused(app: Flask) -> None:
    answer = sign(stranger(app)).get("/api/v1/firms", data=b"x" * 70_000)
    problem(answer, 413, "TOO_LARGE")


def test_nothing_surveyed_is_told_as_not_there(tmp_path: Path) -> None:
    made = create_app(Config.from_environment({}, instance=tmp_path))
    account(made)
    for path in ("/api/v1/firms", "/api/v1/figures", "/api/ogc/collections", "/api/v1/gaps?county=990101"):
        problem(sign(stranger(made)).get(path), 404, "NO_SURVEY")
    assert sign(stranger(made)).get("/api/v1/surveys").get_json()["items"] == []
    assert stranger(made).get("/api/v1/health").get_json()["surveyed"] is False


def test_a_fault_of_ours_is_told_without_a_word_of_how(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_values: Any) -> None:
        raise ZeroDivisionError("secret of the house")

    monkeypatch.setitem(app.view_functions, "api.codes", broken)
    monkeypatch.setattr(app, "testing", False)
    answer = sign(stranger(app)).get("/api/v1/codes")
    problem(answer, 500, "ERROR")
    assert "secret" not in answer.text and "Zero" not in answer.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 413, 422, 429, 500, 503])
def test_every_status_has_its_problem(app: Flask, status: int) -> None:
    code = next((code for code, told in errors.SAYINGS.items() if told.status == status), "ERROR")
    for spoken in ("zh", "en"):
        with app.test_request_context("/api/v1/x", headers={"Accept-Language": spoken}):
            told = problem(errors.answer(code, status=status), status, code)
        assert bool(re.search(r"[\u4e00-\u9fff]", told["title"] + told["right"])) == (spoken == "zh")


def test_headers_of_hostile_length_and_form_do_no_harm(ask: Ask) -> None:
    for name, value in (
        ("Accept", "x" * 5000), ("Accept", ""), ("Accept-Language", "zz-" * 900), ("Accept-Encoding", "gzip;q=x"),
        ("If-None-Match", '"' * 500), ("If-Modified-Since", "yesterday"), ("Range", "bytes=0-1"),
    ):  # fmt: skip
        headers = Headers({name: value})
        answer = ask(
            "/api/v1/codes", whole=True, status=406 if name == "Accept" and value[:1] == "x" else 200, **headers
        )
        assert answer.data, name
