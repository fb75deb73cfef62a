"""Pages of the year: targets against time, the form with its sum check, the calendar, sheets that the office writes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting
from werkzeug.test import TestResponse

from app import annual, create_app, store
from app.config import Config
from app.current import reading
from app.db import Database, session
from app.store.targets import Written


def soup(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


MARK = Written.now("张三")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return small_city.loaded(tmp_path_factory.mktemp("year"), form_tokens=False)


@pytest.fixture
def untouched(app: Flask) -> Iterator[None]:
    yield
    with app.app_context(), session(write=True) as opened:
        store.settings.put(opened, annual.KEY, {})
        typed = store.targets.read(opened, small_city.ON, store.CITY)
        store.targets.keep(opened, small_city.ON, {str(key): {} for key in typed.index}, MARK)


def test_the_page_tells_stocks_targets_and_time(client: FlaskClient) -> None:
    page = soup(client.get("/year"))
    text = page.get_text(" ", strip=True)
    assert "2025-01-01 — 2025-12-31" in text
    assert "时序进度 100.0%" in text
    rows = page.select("table.targets tbody tr")
    assert [row.th.get_text(strip=True) for row in rows] == ["东沟区", "西塘县"]
    assert page.select("table.targets tfoot a[href^='/unions']")


def test_targets_are_six_per_cent_of_the_stock_and_add_up(app: Flask) -> None:
    with acting(app), session() as opened:
        year = annual.annual(opened)
        assert year is not None
        whole, parts = year.target(None).loc["all"], year.target("county")
        base = year.base(None).loc["all"]
    assert whole["unions"] == -(-int(base["unions"]) * 6 // 100)
    assert parts["unions"].sum() <= whole["unions"]  # the stock of unions in no county is asked of the others, too
    assert parts.sum().to_dict() == whole.to_dict()


def test_what_is_typed_holds_and_a_false_sum_is_told(app: Flask, client: FlaskClient, untouched: None) -> None:
    answer = client.post("/year/edit", data={"unions-990101": "40", "growth": "6", "year_end": "12-31"})
    assert answer.status_code == 302
    page = soup(client.get("/year"))
    assert "/ 40" in page.get_text(" ", strip=True)
    assert "多分解" in page.get_text()
    with acting(app), session() as opened:
        found = annual.annual(opened)
        assert found is not None and found.target("county").at["990101", "unions"] == 40


@pytest.mark.parametrize(
    ("field", "value"),
    [("unions-990101", "-3"), ("members-city", "三千"), ("growth", "0"), ("growth", "600"), ("year_end", "2-30")],
)
def test_what_cannot_be_is_refused_and_shown_at_its_field(client: FlaskClient, field: str, value: str) -> None:
    form = {"growth": "6", "year_end": "12-31", field: value}
    answer = client.post("/year/edit", data=form)
    assert answer.status_code == 422
    assert soup(answer).select_one(f"#e-{field}") or soup(answer).select(".fault")


def test_a_typed_base_needs_its_source(client: FlaskClient, untouched: None) -> None:
    form = {"growth": "6", "year_end": "12-31", "base_members-city": "1000"}
    assert client.post("/year/edit", data=form).status_code == 422
    assert client.post("/year/edit", data={**form, "source": "2024 年度工会统计年报"}).status_code == 302
    assert "基数 1,000" in client.get("/year").get_data(as_text=True)


def test_the_year_may_close_in_june(app: Flask, client: FlaskClient, untouched: None) -> None:
    client.post("/year/edit", data={"growth": "6", "year_end": "6-30"})
    text = soup(client.get("/year")).get_text(" ", strip=True)
    assert "2025-07-01 — 2026-06-30" in text
    assert "时序进度 50.4%" in text  # 184 of 365 days
    assert "没有 2025-06-30 的计算结果" in text and "补算 2025-06-30" in text
    with acting(app), session() as opened:
        found = annual.annual(opened)
        assert found is not None and found.read.year_before == date(2025, 6, 30)


def test_each_stock_opens_as_many_unions_as_it_says(client: FlaskClient) -> None:
    page = soup(client.get("/year?county=990101"))
    row = page.select_one("table.targets tfoot tr")
    link = row.select("td a")[0]["href"]
    assert "year=founded" in link and "county=990101" in link
    assert client.get(link).status_code == 200
    ended = page.select_one(".card-head a[href*='year=ended']")["href"]
    assert "county=990101" in ended
    told = soup(client.get(ended))
    assert "终止" in told.get_text() and not told.select("table.data tbody th"), "none ended in the county"


def test_ten_checks_against_counting_twice_are_listed(client: FlaskClient) -> None:
    page = soup(client.get("/year"))
    heading = next(node for node in page.select("h2") if node.get_text() == "重复计算核查")
    rows = heading.parent.select("tbody tr")
    assert len(rows) == 10
    for link in {a["href"] for row in rows for a in row.select("a")}:
        assert client.get(link).status_code == 200, link


def test_the_calendar_has_the_six_fixed_months(client: FlaskClient) -> None:
    page = soup(client.get("/year/calendar"))
    months = [row.th.get_text(strip=True) for row in page.select("table.calendar tbody tr")]
    assert months == ["2 月", "3 月", "4 月", "7 月", "10 月", "12 月"]


def test_members_stand_over_the_workers_of_all_and_of_covered_units(app: Flask, client: FlaskClient) -> None:
    with acting(app):
        total = reading().total()
    row = soup(client.get("/year")).select_one("table.targets tfoot tr")
    told = [cell.get_text(strip=True) for cell in row.select("td[data-label^='入会率']")]
    rates = [total["members"] / total["workers"], total["members"] / total["unit_workers"]]
    assert total["members"] > 0 and [text[:5].rstrip("会") for text in told] == [f"{100 * rate:.1f}%" for rate in rates]


@pytest.mark.parametrize("sheet", ["zone", "town"])
def test_a_place_that_is_not_there_has_no_sheet(client: FlaskClient, sheet: str) -> None:
    answer = client.get("/year/sheets", query_string={"sheet": sheet, "place": "nope"})
    assert answer.status_code == 404 and "没有找到" in answer.text
    assert client.get("/year/sheets", query_string={"sheet": sheet, "place": ""}).status_code == 200


def test_no_criterion_is_shipped_and_the_offices_own_are_kept(client: FlaskClient) -> None:
    assert "还没有指标" in client.get("/year/sheets?sheet=zone").get_data(as_text=True)
    form = {"name-0": "建会率达标", "standard-0": "90% 以上", "figure-0": "rate", "full-0": "20"}
    form |= {"name-1": "制度上墙", "full-1": "5"}
    assert client.post("/year/sheets/lines?sheet=zone", data=form).status_code == 302
    zone = next(iter(small_city.ZONES))
    page = soup(client.get("/year/sheets", query_string={"sheet": "zone", "place": zone}))
    field = page.select_one("input[name^='score-']")["name"]
    address = "/year/sheets/scores"
    asked = {"sheet": "zone", "place": zone}
    assert client.post(address, query_string=asked, data={field: "21"}).status_code == 422
    assert client.post(address, query_string=asked, data={field: "18.5"}).status_code == 302
    page = soup(client.get("/year/sheets", query_string=asked))
    assert page.select_one(f"input[name='{field}']")["value"] == "18.5"
    total = [cell.get_text(strip=True) for cell in page.select("tfoot td.n, tfoot #given")]
    assert total == ["25.0", "18.5"], "what is not scored yet counts for nothing"
    assert client.post("/year/sheets/lines?sheet=zone", data={}).status_code == 302
    assert "还没有指标" in client.get("/year/sheets?sheet=zone").get_data(as_text=True)


def test_the_figures_beside_a_score_are_the_places_own(app: Flask, client: FlaskClient) -> None:
    names = ("unions", "unions_joint", "gap")
    form = {f"name-{n}": name for n, name in enumerate(names)} | {f"figure-{n}": name for n, name in enumerate(names)}
    assert client.post("/year/sheets/lines?sheet=town", data=form).status_code == 302
    with acting(app):
        unions, firms = reading().survey.unions, reading().survey.firms
    basic = unions[unions["in_force"].astype(bool) & unions["kind"].ne("federation")]
    for town in small_city.TOWNS:
        page = soup(client.get("/year/sheets", query_string={"sheet": "town", "place": town}))
        told = [cell.get_text(" ", strip=True).split()[-1] for cell in page.select("td[data-label='平台统计']")]
        mine = basic[basic["town_code"].eq(town).fillna(value=False)]
        gaps = firms["gap"].astype(bool) & firms["town_code"].eq(town).fillna(value=False)
        joint = mine["kind"].ne("own")
        assert [int(text.replace(",", "")) for text in told] == [len(mine), int(joint.sum()), int(gaps.sum())], town
    assert len(mine) < len(basic), "a town is not the city"
    client.post("/year/sheets/lines?sheet=town", data={})


def test_the_file_has_a_row_a_county(client: FlaskClient) -> None:
    lines = client.get("/year/targets.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 3
    assert "基层工会 年度任务" in lines[0]


def test_targets_are_kept_by_both_databases(database: Database) -> None:
    day = date(2025, 12, 31)
    with database.session(write=True) as opened:
        store.targets.keep(opened, day, {"320612": {"unions": 13, "base_members": 9000, "source": "年报"}}, MARK)
    with database.session() as opened:
        typed = store.targets.read(opened, day, store.CITY)
        assert typed.at["320612", "unions"] == 13 and typed.at["320612", "base_members"] == 9000
        assert store.targets.read(opened, day, store.Scope("320613")).empty
    with database.session(write=True) as opened:
        store.targets.keep(opened, day, {"320612": {}}, MARK)
    with database.session() as opened:
        assert store.targets.read(opened, day, store.CITY).empty


def test_no_year_without_a_survey(tmp_path: Path) -> None:
    bare = create_app(Config.from_environment({}, instance=tmp_path))
    answer = bare.test_client().get("/year")
    assert answer.status_code == bare.test_client().get("/").status_code == 200
    assert "还没有" in answer.get_data(as_text=True)


def test_any_two_days_stand_side_by_side_and_any_past_day_can_be_asked_for(client: FlaskClient) -> None:
    page = soup(client.get("/year/series?with=2023-12-31"))
    days = [caption.b.text for caption in page.find_all("figcaption")]
    assert days == ["2023-12-31", "2025-12-31"]
    assert soup(client.get("/year/series")).find("figcaption").b.text == "2024-12-31", "the base date by itself"
    form = page.find(id="any-day")
    assert form["action"] == "/runs" and form.find("input", {"name": "on_day"})["type"] == "date"
    assert client.get("/year/series?with=1999-01-01").status_code == 400
