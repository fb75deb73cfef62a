"""Online services against a server on this machine that speaks their documented forms, errors and limits included."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from app import providers, store
from app.config import Config, ConfigError
from app.providers import Means, Query, asking, web
from app.providers.provider import ProviderError
from app.providers.wording import query, shorten
from tests.app.provider_server import KEY, Services, serving

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PATHS = {"tianditu": "/geocoder", "amap": "/v3/geocode/geo", "baidu": "/geocoding/v3/"}
WORDS = {"tianditu": "门址", "amap": "门牌号", "baidu": "门址"}
SPOT = (120.8765, 32.0123)
DOOR = "南通市崇川区人民中路1号"


@pytest.fixture
def server() -> Iterator[Services]:
    with serving() as found:
        yield found


def service(server, name, **given):
    values = {
        f"{name}_key": KEY,
        f"{name}_url": server.url + PATHS[name],
        **{f"{name}_{k}": v for k, v in given.items()},
    }
    config = Config.from_environment({}, providers=name, **values)
    return next(found for found in providers.services(config) if found.on)


def means(slept=None, now=NOW):
    """No time is spent: pauses are written down."""
    pauses = [] if slept is None else slept
    return Means(sleep=pauses.append, clock=lambda: 0.0, now=lambda: now)


def queries(*addresses):
    return [Query(address, "320600", "南通市") for address in addresses]


def stored(database, name, address):
    with database.session() as session:
        return store.providers.answers(session, name, [address]).get(address)


def used(database, name, day=date(2026, 11, 24)):
    with database.session() as session:
        found = store.providers.usage(session, name, day)
        return (found.calls, found.spent, found.fault) if found else (0, False, None)


@pytest.fixture(params=list(PATHS))
def name(request) -> str:
    return request.param


# --- what is sent and what comes back --------------------------------------------------------------------------------


def test_an_answer_is_asked_once_and_kept_with_datum_and_level(database, server, name):
    server.places[DOOR] = (SPOT, WORDS[name])
    here = service(server, name)
    assert asking.ask(database, here, queries(DOOR), means=means()).found == 1
    answer = stored(database, name, DOOR)
    assert (answer.datum, answer.level, answer.level_word) == (here.provider.datum, "number", WORDS[name])
    from geo.datum import to_wgs84

    point = to_wgs84(answer.lon, answer.lat, answer.datum)
    assert (float(point.lon), float(point.lat)) == pytest.approx(SPOT, abs=2e-6)
    assert answer.asked_at == NOW
    assert asking.unasked(database, here, queries(DOOR, DOOR)) == []
    assert used(database, name) == (1, False, None)


def test_requests_have_the_documented_form(database, server):
    for name in PATHS:
        asking.ask(database, service(server, name), queries(DOOR), means=means())
    by_path = {request.pop("path"): request for request in server.requests}
    assert by_path["/geocoder"] == {"ds": '{"keyWord":"DOOR"}'.replace("DOOR", DOOR), "tk": KEY}
    assert by_path["/v3/geocode/geo"] == {"key": KEY, "address": DOOR, "city": "320600", "output": "JSON"}
    baidu = {"address": DOOR, "city": "南通市", "ak": KEY, "output": "json", "ret_coordtype": "gcj02ll"}
    assert by_path["/geocoding/v3/"] == baidu


def test_nothing_found_is_an_answer_and_not_asked_again(database, server, name):
    here = service(server, name)
    told = asking.ask(database, here, queries("南通市查无此地"), means=means())
    assert (told.found, told.empty, told.stopped) == (0, 1, None)
    assert asking.unasked(database, here, queries("南通市查无此地")) == []


@pytest.mark.parametrize(
    ("name", "word", "level"),
    [
        *[
            ("amap", *pair)
            for pair in (("门址", "number"), ("住宅区", "building"), ("村庄", "village"), ("小巷", "street"))
        ],
        *[("amap", *pair) for pair in (("乡镇", "town"), ("开发区", "zone"), ("未知", "none"), ("新词", "none"))],
        *[("baidu", *pair) for pair in (("商务大厦", "building"), ("工业园区", "zone"), ("UNKNOWN", "none"))],
        *[("tianditu", *pair) for pair in (("门址", "number"), ("地名地址", "none"), ("某新词", "none"))],
    ],
)
def test_level_words_become_our_levels_and_unknown_ones_none(database, server, name, word, level):
    server.places[DOOR] = (SPOT, word)
    asking.ask(database, service(server, name), queries(DOOR), means=means())
    answer = stored(database, name, DOOR)
    assert (answer.level, answer.level_word) == (level, word)


def test_baidu_of_no_precise_point_is_no_door(database, server):
    result = {"location": {"lng": 120.8, "lat": 32.0}, "precise": 0, "confidence": 20, "level": "门址"}
    server.script = [{"status": 0, "result": result}]
    asking.ask(database, service(server, "baidu"), queries(DOOR), means=means())
    answer = stored(database, "baidu", DOOR)
    assert (answer.level, answer.score) == ("street", 0.2)


# --- addresses -------------------------------------------------------------------------------------------------------


def test_a_long_address_loses_its_beginning_never_its_end():
    long = "江苏省南通市崇川区狼山镇街道" + "长江中路南侧的一条很长的路名字" + "88号华辰大厦A座1203室"
    short = shorten(long, 84)
    assert len(short.encode()) <= 84
    assert long.endswith(short)
    assert short.endswith("88号华辰大厦A座1203室")
    assert shorten("南通市人民中路1号", 84) == "南通市人民中路1号"
    assert shorten(long, 0) == long
    assert len(shorten("路" * 200, 84).encode()) == 84


def test_the_city_is_put_before_an_address_that_does_not_name_it(server):
    amap = providers.KNOWN["amap"]
    assert query(amap, "人民中路1号", "320600", "南通市").address == "南通市人民中路1号"
    assert query(amap, "南通市人民中路１号", "320600", "南通市").address == "南通市人民中路1号"
    assert query(amap, "海门市三厂镇", "320600", "南通市").address == "南通市海门市三厂镇"
    assert query(amap, "无", "320600", "南通市") is None
    assert query(amap, "江苏省南通市", "320600", "南通市") is None
    assert query(amap, "海门市三厂镇", "320600", "南通市").city == "320600"


# --- errors and limits -----------------------------------------------------------------------------------------------

KEYS = {
    "amap": [{"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"},
             {"status": "0", "info": "USERKEY_PLAT_NOMATCH", "infocode": "10009"},
             {"status": "0", "info": "INVALID_USER_IP", "infocode": "10005"}],
    "baidu": [{"status": 200, "message": "APP不存在"}, {"status": 210, "message": "APP IP校验失败"},
              {"status": 240, "message": "APP 服务被禁用"}, {"status": 101, "message": "AK参数不存在"}],
    "tianditu": [{"msg": "非法Key", "code": 300001}, {"msg": "Key权限类型错误", "code": "301012"}, 403],
}  # fmt: skip
QUOTAS = {
    "amap": [{"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"},
             {"status": "0", "info": "USER_DAILY_QUERY_OVER_LIMIT", "infocode": "10044"}],
    "baidu": [{"status": 302, "message": "天配额超限，限制访问"}, {"status": 4, "message": "配额校验失败"}],
    "tianditu": [{"msg": "访问次数超过当日配额", "code": "302000"}],
}  # fmt: skip
RATES = {
    "amap": [{"status": "0", "info": "CUQPS_HAS_EXCEEDED_THE_LIMIT", "infocode": "10021"}, 429],
    "baidu": [{"status": 401, "message": "当前并发量已经超过约定并发配额，限制访问"}],
    "tianditu": [{"msg": "访问过于频繁", "code": "418"}, 429],
}


def cases(table):
    return [(name, answer) for name, answers in table.items() for answer in answers]


@pytest.mark.parametrize(("name", "answer"), cases(KEYS))
def test_a_bad_key_stops_at_once(embedded, server, name, answer):
    server.always = answer
    told = asking.ask(embedded, service(server, name), queries("甲", "乙", "丙"), means=means())
    assert (told.stopped.code, told.calls, len(server.requests)) == ("PROVIDER_KEY", 1, 1)
    assert KEY not in str(told.stopped)


@pytest.mark.parametrize(("name", "answer"), cases(QUOTAS))
def test_a_quota_used_up_stops_until_tomorrow(embedded, server, name, answer):
    server.script = [None, answer]
    here = service(server, name)
    told = asking.ask(embedded, here, queries("甲", "乙", "丙"), means=means())
    assert (told.stopped.code, told.empty, told.calls) == ("PROVIDER_QUOTA", 1, 2)
    assert used(embedded, name) == (2, True, "PROVIDER_QUOTA")
    again = asking.ask(embedded, here, queries("乙", "丙"), means=means())
    assert (again.stopped.code, again.calls, len(server.requests)) == ("PROVIDER_QUOTA", 0, 2)
    assert asking.left(embedded, here, date(2026, 11, 24)) == 0
    tomorrow = asking.ask(embedded, here, queries("乙", "丙"), means=means(now=NOW + timedelta(hours=12, minutes=1)))
    assert (tomorrow.stopped, tomorrow.empty) == (None, 2)  # midnight in Beijing, not in Greenwich


@pytest.mark.parametrize(("name", "answer"), cases(RATES))
def test_asked_too_often_waits_and_tries_again(embedded, server, name, answer):
    server.script = [answer, answer]
    slept = []
    told = asking.ask(embedded, service(server, name, rate=1000.0), queries("甲"), means=means(slept))
    assert (told.empty, told.calls, told.stopped) == (1, 3, None)
    assert [pause for pause in slept if pause >= 1] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (500, "PROVIDER_BUSY"),
        (503, "PROVIDER_BUSY"),
        (b"<html>gateway</html>", "PROVIDER_MALFORMED"),
        (b"", "PROVIDER_MALFORMED"),
        (b"[1,2", "PROVIDER_MALFORMED"),
        (b'"text"', "PROVIDER_MALFORMED"),
        (b"\xff\xfe", "PROVIDER_MALFORMED"),
        ({"status": "1", "infocode": "10000", "geocodes": [{"location": "120.8"}], "result": {}}, "PROVIDER_MALFORMED"),
    ],
)
def test_failures_are_tried_again_and_end_after_some_in_a_row(embedded, server, name, act, code):
    if isinstance(act, dict) and name != "amap":
        act = {"status": "0", "result": {"location": {"lng": "x"}}, "location": {"lon": None}}
    server.always = act
    told = asking.ask(embedded, service(server, name), queries(*"甲乙丙丁戊"), means=means())
    assert told.stopped.code == code
    assert told.failed == {code: asking.IN_A_ROW}
    assert told.calls == asking.IN_A_ROW * (2 if code == "PROVIDER_MALFORMED" else asking.TRIES)
    assert asking.unasked(embedded, service(server, name), queries(*"甲乙丙丁戊")) == queries(*"甲乙丙丁戊")


def test_one_failure_leaves_one_address_out_and_goes_on(embedded, server):
    server.script = [500, 500, 500, 500]
    told = asking.ask(embedded, service(server, "amap"), queries("甲", "乙"), means=means())
    assert (told.failed, told.empty, told.stopped) == ({"PROVIDER_BUSY": 1}, 1, None)
    refused = {"status": "0", "info": "INVALID_PARAMS", "infocode": "20000"}
    server.script = [refused] * 5
    told = asking.ask(embedded, service(server, "amap"), queries(*"丙丁戊己庚辛"), means=means())
    assert (told.failed, told.empty, told.stopped) == ({"PROVIDER_REFUSED": 5}, 1, None)


def test_a_service_that_is_silent_or_not_there(embedded, server, monkeypatch):
    monkeypatch.setattr(web, "TIMEOUT_S", 0.2)
    server.always = 0.6
    told = asking.ask(embedded, service(server, "amap"), queries("甲"), means=means())
    assert told.failed == {"PROVIDER_TIMEOUT": 1}
    gone = service(server, "baidu", url="http://127.0.0.1:9/geocoding/v3/")
    assert asking.ask(embedded, gone, queries("甲"), means=means()).failed == {"PROVIDER_UNREACHABLE": 1}
    with pytest.raises(ProviderError, match="no web address"):
        web.fetch("file:///etc/passwd", {}, "amap")


def test_our_own_limit_stops_before_the_call_and_the_run_goes_on_next_day(database, server, name):
    here = service(server, name, quota=2)
    told = asking.ask(database, here, queries(*"甲乙丙"), means=means())
    assert (told.stopped.code, told.calls, len(server.requests)) == ("PROVIDER_LIMIT", 2, 2)
    left = asking.unasked(database, here, queries(*"甲乙丙"))
    assert [query.address for query in left] == ["丙"]
    assert asking.ask(database, here, left, means=means(now=NOW + timedelta(days=1))).empty == 1


def test_the_rate_is_kept(embedded, server):
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    here = Means(sleep=sleep, clock=lambda: now[0], now=lambda: NOW)
    asking.ask(embedded, service(server, "amap", rate=4.0), queries(*"甲乙丙丁戊"), means=here)
    assert sum(slept) == pytest.approx(1.0)


def test_answers_are_forgotten_when_their_time_is_over(database, server):
    here = service(server, "amap")
    asking.ask(database, here, queries("甲"), means=means(now=NOW - timedelta(days=31)))
    asking.ask(database, here, queries("乙"), means=means())
    assert asking.forget(database, 30, NOW) == 1
    assert [query.address for query in asking.unasked(database, here, queries("甲", "乙"))] == ["甲"]


# --- configuration ---------------------------------------------------------------------------------------------------


def test_services_are_off_by_default_and_a_key_alone_switches_none_on():
    assert not any(found.on for found in providers.services(Config.from_environment({})))
    keyed = Config.from_environment({"ATLAS_AMAP_KEY": "x"})
    assert not any(found.on for found in providers.services(keyed))
    on = Config.from_environment({"ATLAS_AMAP_KEY": "x", "ATLAS_PROVIDERS": "amap"})
    assert [found.name for found in providers.services(on) if found.on] == ["amap"]
    assert "x" not in repr([found for found in providers.services(on) if found.on])


@pytest.mark.parametrize(
    "environ",
    [
        {"ATLAS_PROVIDERS": "google"},
        {"ATLAS_PROVIDERS": "amap"},
        {"ATLAS_PROVIDERS": "amap", "ATLAS_AMAP_KEY": "x", "ATLAS_AMAP_RATE": "0"},
    ],
)
def test_a_faulty_setting_is_refused_in_one_sentence(environ):
    with pytest.raises(ConfigError):
        providers.services(Config.from_environment(environ))
