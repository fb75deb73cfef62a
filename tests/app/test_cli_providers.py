"""``ask-providers`` and its pages, from a survey's doubtful rows to candidates that a person sees."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app import create_app, store
from app.cli import providers as command
from app.config import Config
from app.db import attached
from app.providers import Means
from app.providers.candidates import under_review
from tests.app.provider_server import KEY, Services, serving

FIRMS = [
    ("南通甲有限公司", "新桥村3组"),
    ("南通乙有限公司", "新桥村3组"),
    ("南通丙有限公司", "光明村12组"),
    ("南通丁有限公司", "南通市崇川区海门市三厂镇"),
    ("南通戊有限公司", "南通市崇川区人民中路1号"),
]


@pytest.fixture
def server() -> Iterator[Services]:
    with serving() as found:
        yield found


def made(tmp_path, server, **given):
    config = Config.from_environment(
        {}, instance=tmp_path / "instance", worker=False, amap_url=f"{server.url}/v3/geocode/geo", **given
    )
    app = create_app(config)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def app(tmp_path, server, monkeypatch):
    monkeypatch.setattr(command, "MEANS", Means(sleep=lambda _: None, clock=lambda: 0.0, now=lambda: datetime.now(UTC)))
    found = made(tmp_path, server, providers="amap", amap_key=KEY, amap_cost=0.01, amap_quota=50)
    path = tmp_path / "firms.csv"
    path.write_text("\n".join(["企业名称,注册地址", *(",".join(firm) for firm in FIRMS)]), encoding="utf-8")
    assert found.test_cli_runner().invoke(args=["import", "enterprises", str(path)]).exit_code == 0
    assert found.test_cli_runner().invoke(args=["survey", "--on", "2025-12-31"]).exit_code == 0
    return found


@pytest.fixture
def run(app):
    return lambda *args: app.test_cli_runner().invoke(args=["ask-providers", *args])


def doubtful(app):
    with app.app_context(), attached(app).session() as session:
        survey = store.surveys.latest(session, store.CITY)
        divisions, decisions = (store.read(session, layer, store.CITY) for layer in ("divisions", "decisions"))
    return under_review(survey, divisions, decisions)


def candidates(app):
    with app.app_context(), attached(app).session() as session:
        return store.providers.candidates(session, list(doubtful(app).index))


def test_a_dry_run_tells_calls_and_cost_and_leaves_the_machine_alone(run, app, server):
    told = run("--dry-run")
    assert told.exit_code == 0, told.output
    assert "次，费用约 0.0" in told.output
    assert "高德地图" in told.output
    assert server.requests == []


def test_answers_become_candidates_and_are_shown_but_never_taken(run, app, server):
    server.default = lambda _address: ((120.87, 32.01), "村庄")
    before = doubtful(app)
    assert len(before) >= 2
    told = run()
    assert told.exit_code == 0, told.output
    asked = [request["address"] for request in server.requests]
    assert len(asked) == len(set(asked))
    assert "南通市新桥村3组" in asked
    assert "南通市崇川区人民中路1号" not in asked
    assert all(request["city"] == "320600" for request in server.requests)
    found = candidates(app)
    assert set(found) == set(before.index)
    one = next(iter(found.values()))[0]
    assert (one.lon, one.lat) == pytest.approx((120.87, 32.01), abs=2e-6)
    assert "ANSWER_SHARED" in [code for code, _ in one.reasons]  # one point for two villages
    assert not one.fits
    page = app.test_client().get(f"/firms/{before.index[0]}").get_data(as_text=True)
    assert "在线服务的答案" in page
    assert "像是区域中心" in page
    assert app.test_client().get("/review").status_code == 200
    assert list(doubtful(app).index) == list(before.index)
    again = run()
    assert again.exit_code == 0
    assert len(server.requests) == len(asked)


def test_a_limit_ends_the_run_and_the_next_goes_on(run, server):
    assert run("--limit", "1").exit_code == 0
    assert len(server.requests) == 1
    server.script = [{"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"}]
    told = run()
    assert told.exit_code == 2
    assert "服务方说当日次数已用完" in told.output
    assert "Traceback" not in told.output


def test_a_bad_key_is_one_sentence_and_is_not_shown(run, server):
    server.always = {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}
    told = run()
    assert told.exit_code == 2
    assert "密钥无效" in told.output
    assert KEY not in told.output


def test_without_a_service_switched_on_nothing_is_asked(tmp_path, server):
    told = made(tmp_path, server, amap_key=KEY).test_cli_runner().invoke(args=["ask-providers"])
    assert told.exit_code == 2
    assert "ATLAS_PROVIDERS" in told.output
    assert server.requests == []
    wrong = made(tmp_path, server, providers="amap").test_cli_runner().invoke(args=["ask-providers"])
    assert wrong.exit_code == 2
    assert "ATLAS_AMAP_KEY" in wrong.output


def test_the_page_says_what_is_on_what_was_used_and_the_terms(run, app, server):
    client = app.test_client()
    assert run("--limit", "1").exit_code == 0
    page = client.get("/providers").get_data(as_text=True)
    assert "1 / 50" in page
    assert "服务条款限制存储" in page
    assert KEY not in page
    assert page.count("未启用") >= 2


def test_the_page_stands_without_any_service(tmp_path, server):
    client = made(tmp_path, server).test_client()
    page = client.get("/providers").get_data(as_text=True)
    assert "没有启用任何在线服务" in page
    assert made(tmp_path, server, providers="moon").test_client().get("/providers").status_code == 200
