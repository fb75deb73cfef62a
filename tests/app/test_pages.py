"""Pages by a client: every figure opens as many firms as it counts, hostile names stay text, faults are told."""

import csv
import io
import re
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting
from soup import soup

from app import create_app, store
from app.config import Config
from app.db import session
from app.law import cited
from app.pages import counted
from app.reading import plain_village
from geo.gaps import FIGURES

BUILDING = "building:990101:云帆大厦"
PAGES = [
    "/", "/gaps", "/gaps?kind=market", "/gaps?kind=zone", "/gaps?kind=street", "/gaps?kind=village", "/gaps?kind=town",
    "/gaps?kind=county", "/gaps?kind=sector", "/firms", "/firms?gap=1&size=unknown", "/unions", "/unions?due=1",
    "/unions/union:joint1", "/unions/union:fed1", "/suggestions", f"/suggestions/{BUILDING}", "/definitions",
    f"/places/building/{BUILDING}", "/places/market/market:990102:石埠家纺市场", "/places/county/990101",
    "/places/town/990101001", "/places/zone/zone:990101:东沟经济开发区", "/places/sector/03",
    "/firms/919901010000000000", "/firms/919901010000000007",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_each_page_says_sample_day_and_basis(client: FlaskClient, path: str) -> None:
    page = soup(client, path)
    assert "演示数据：街道、楼宇、企业、工会均为虚构" in page.get_text()
    assert page.h1 is not None
    assert page.h1.get_text(strip=True)
    assert "2025-12-31" in page.get_text()
    assert len(page.find_all("h1")) == 1


@pytest.mark.parametrize("path", PAGES)
def test_each_page_names_its_fields_and_repeats_no_id(client: FlaskClient, path: str) -> None:
    page = soup(client, path)
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for field in page.select("input:not([type=hidden]), select"):
        assert page.find("label", attrs={"for": field["id"]}), field


def count_of(page: BeautifulSoup) -> int:
    return int(re.sub(r"\D", "", page.select_one("#list h2").contents[0]))


@pytest.mark.parametrize(
    "path", ["/", "/gaps", "/gaps?kind=sector", "/gaps?kind=county&size=under_25", f"/places/building/{BUILDING}"]
)
def test_every_figure_opens_a_list_of_as_many_firms(client: FlaskClient, path: str) -> None:
    checked = 0
    for link in soup(client, path).select("table.data td a[href^='/firms?']"):
        cell = link.find_parent("td")
        if "职工" in (cell.get("data-label") or ""):
            continue
        assert count_of(soup(client, unescape(link["href"]))) == int(link.get_text().replace(",", "")), link
        checked += 1
    assert checked > 0 or path.startswith("/places")


@pytest.mark.parametrize("figure", sorted(FIGURES))
def test_every_count_that_geo_opens_is_listed(client: FlaskClient, app: Flask, figure: str) -> None:
    from app import links
    from app.current import reading

    with acting(app):
        total, href = reading().total(), links.figure_url(figure)
    if figure in total and "workers" not in figure:
        assert count_of(soup(client, href)) == total[figure]


def test_hostile_names_stay_text(client: FlaskClient) -> None:
    for path in ("/firms?text=script", "/firms/919901010000000000", "/firms?text=引号", "/unions/union:joint1"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "<b>粗</b>" not in text
        assert "联合会<i>" not in text
    page = soup(client, "/firms/919901010000000000")
    assert page.h1 is not None
    assert page.h1.get_text() == small_city.HOSTILE[0]


def test_a_search_text_that_is_markup_stays_text(client: FlaskClient) -> None:
    text = client.get('/firms?text="><script>x</script>').text
    assert "<script>x" not in text


def test_a_filter_narrows_and_pages_and_sort_keep_it(client: FlaskClient) -> None:
    page = soup(client, "/firms?county=990101&gap=1&sort=name")
    every = count_of(soup(client, "/firms"))
    assert 0 < count_of(page) < every
    head = page.select_one("th[aria-sort] a")
    assert head is not None
    assert "county=990101" in head["href"]
    assert "sort=-name" in head["href"]
    link = soup(client, "/firms?size=under_25").select_one(".pager nav a")
    assert link is not None
    assert "size=under_25" in link["href"]


def test_htmx_gets_the_part_and_a_browser_the_page(client: FlaskClient) -> None:
    part = client.get("/gaps", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "云帆大厦" in part.text
    assert "HX-Request" in part.headers["Vary"]
    back = client.get("/gaps", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in back.text


def test_the_day_chosen_stays_in_links_and_figures(client: FlaskClient) -> None:
    page = soup(client, "/?on=2023-12-31")
    assert page.select_one("#day option[selected]").get_text() == "2023-12-31"
    assert all("on=2023-12-31" in link["href"] for link in page.select(".kpis a[href^='/firms']"))
    assert page.select_one(".mainnav a")["href"] == "/?on=2023-12-31"


@pytest.mark.parametrize(
    ("day", "status", "title"),
    [
        ("1900-01-01", 404, "这一天没有计算结果"),
        ("2025-02-30", 400, "这不是一个日期"),
        ("xx", 400, "这不是一个日期"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/firms?gap=1", "/definitions", "/map", "/unions/union:fed1"])
def test_a_day_without_a_survey_is_told_with_the_days_there_are(
    client: FlaskClient, path: str, day: str, status: int, title: str
) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}on={day}")
    assert answer.status_code == status
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.h1.get_text() == title
    links = page.select("[data-error] a[href*='on=']")
    assert [link.get_text() for link in links] == ["2025-12-31", "2024-12-31", "2023-12-31"]
    assert all(client.get(link["href"]).status_code == 200 for link in links)
    assert f"on={day}" not in page.select_one(".mainnav").decode()


def test_a_table_asked_for_a_day_without_a_survey_is_told_in_place(client: FlaskClient) -> None:
    answer = client.get("/firms?on=1900-01-01", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "这一天没有计算结果" in answer.text
    assert "/firms?on=2024-12-31" in answer.text


@pytest.mark.parametrize("path", ["/firms", "/gaps", "/unions", "/firms?sort=name&eligible=1&eligible=1"])
def test_an_argument_is_written_once(client: FlaskClient, path: str) -> None:
    page = soup(client, f"{path}{'&' if '?' in path else '?'}on=2024-12-31&on=2024-12-31")
    form = page.select_one("form[role=search]")
    assert "?" not in form["hx-get"]
    assert len(form.select("input[name=on]")) == 1
    assert len(form.select("input[name=eligible]")) <= 1
    for link in page.select("a[href*='on=']:not([hreflang])"):
        assert link["href"].count("on=2024-12-31") == 1, link["href"]


@pytest.mark.parametrize("path", ["/firms", "/gaps", "/unions", "/suggestions"])
def test_arguments_named_as_those_of_links_do_no_harm(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}?form=csv&endpoint=x&_external=1&_scheme=ftp&_anchor=a&_method=POST")
    assert answer.status_code == 400
    assert BeautifulSoup(answer.text, "html.parser").find("a", href=path)
    assert "endpoint=x" not in "".join(re.findall(r'href="[^"]*"', answer.text))


def test_a_ledger_of_unions_counts_no_firms_without_a_position(client: FlaskClient) -> None:
    assert "未定位" not in soup(client, "/unions").select_one(".basis").get_text()


def test_a_building_shows_its_floors_top_first(client: FlaskClient) -> None:
    floors = [tag.get_text() for tag in soup(client, f"/places/building/{BUILDING}").select(".floor > b")]
    assert len(floors) >= 4
    assert floors == sorted(floors, reverse=True)


def test_a_learned_market_without_a_position_lists_its_firms(client: FlaskClient) -> None:
    page = soup(client, "/places/market/market:990102:石埠家纺市场")
    assert "还没有人在图上标出位置" in page.get_text()
    assert page.select("table.data tbody tr")
    assert "未上图" in soup(client, "/gaps?kind=market").get_text()


def test_a_firm_shows_which_words_place_it_and_what_the_law_says(client: FlaskClient, app: Flask) -> None:
    from app.current import reading

    with acting(app):
        firms = reading().survey.firms
    key = firms.index[firms["path"].eq("own_promote").fillna(value=False)][0]
    page = soup(client, f"/firms/{key}")
    assert [mark.get_text() for mark in page.select("mark")] == ["东沟区", "望江路"]
    assert "通工办〔2011〕29号" in page.get_text()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/firms/nobody", 404), ("/places/building/nowhere", 404), ("/places/nothing/x", 404), ("/unions/x", 404),
     ("/suggestions/x", 404), ("/nix", 404), ("/language/fr", 404), ("/firms/list.pdf", 404)],
)  # fmt: skip
def test_what_does_not_exist_is_told(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert "没有找到" in answer.text


@pytest.mark.parametrize("path", ["/firms/list", "/gaps/list"])
def test_downloads_have_a_name_and_are_not_kept(client: FlaskClient, path: str) -> None:
    for form in ("xlsx", "csv"):
        answer = client.get(f"{path}.{form}?county=990101&gap=1")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert (
            quote("未建会") in answer.headers["Content-Disposition"]
            or quote("空白点") in answer.headers["Content-Disposition"]
        )


def test_the_firms_that_suggestions_reach_are_listed(client: FlaskClient) -> None:
    page = soup(client, "/suggestions")
    link = page.select_one("a.kpi[href*='suggested=1']")
    assert link is not None
    assert count_of(soup(client, link["href"])) == int(link.select_one(".kpi-value").contents[0])


@pytest.mark.parametrize(
    ("path", "county", "heading"),
    [("/unions/list", "县（市、区）", "覆盖企业"), ("/suggestions/list", "县（市、区）", "拟涵盖单位")],
)
def test_unions_and_suggestions_are_given_as_files_of_what_is_listed(
    client: FlaskClient, path: str, county: str, heading: str
) -> None:
    page = soup(client, f"{path.removesuffix('/list')}?county=990101")
    link = page.select_one("a[download][href*='list.csv']")
    assert link is not None
    rows = list(csv.DictReader(io.StringIO(client.get(link["href"]).data.decode("utf-8-sig"))))
    assert len(rows) == len(page.select("#list tbody tr")) > 0
    assert {row[county] for row in rows} == {"东沟区"}
    assert all(row[heading].isdigit() for row in rows)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}.xlsx?county=990101").data))
    assert "县（市、区）：东沟区" in {row[1] for row in book["说明"].iter_rows(values_only=True)}


def test_a_chosen_gap_list_leaves_out_places_without_gaps_and_says_how_many(client: FlaskClient) -> None:
    left_out = 0
    for kind in ("building", "street", "village", "sector"):
        page = soup(client, f"/gaps?kind={kind}&size=under_25&sort=gap")
        gaps = [tag.get_text(strip=True) for tag in page.select("td[data-label='未建会']")]
        assert gaps
        assert "0" not in gaps
        told = re.search(r"另有 (\d+) 个地点在当前条件下没有未建会企业", page.get_text())
        left_out += int(told[1]) if told else 0
    assert left_out > 0


def test_gap_lists_lead_to_the_map_with_their_filter(client: FlaskClient) -> None:
    link = soup(client, "/gaps?kind=building&county=990101").select_one("a[href^='/map']:not(.mainnav a)")
    assert link is not None
    assert "kind=building" in link["href"]
    assert "county=990101" in link["href"]
    assert client.get(link["href"]).status_code == 200


def test_data_newer_than_the_survey_are_told(tmp_path: Path) -> None:
    made = small_city.loaded(tmp_path, count=20)
    client = made.test_client()
    assert "数据已经更新" not in client.get("/").text
    with made.app_context(), session(write=True) as opened:
        store.write(opened, "places", small_city.places())
    assert "数据已经更新" in client.get("/").text


def test_before_the_first_survey_there_is_an_empty_state(tmp_path: Path) -> None:
    client = create_app(Config.from_environment({}, instance=tmp_path)).test_client()
    for path in ("/", "/gaps", "/firms", "/unions", "/suggestions"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "还没有可看的数据" in answer.text
    assert "怎么算" in client.get("/definitions").text


def test_the_law_is_quoted_in_whole_sentences(app: Flask) -> None:
    with acting(app):
        told = cited("F3", date(2025, 12, 31))
    assert any("可以由2个以上单位的会员联合建立" in sentence for sentence in told)
    assert not any("此数" in sentence for sentence in told)


def test_workers_of_whom_nothing_is_known_are_not_none(app: Flask) -> None:
    with acting(app):
        assert (counted(12, 3), counted(0, 0), counted(0, 7)) == ("12", "0", "人数不详")


def test_a_list_of_one_place_is_called_by_it(client: FlaskClient) -> None:
    answer = client.get("/firms/list.xlsx", query_string={"gap": "1", "building": BUILDING})
    assert quote("云帆大厦") in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert "云帆大厦" in book.worksheets[1].oddHeader.left.text


def test_a_suggestion_has_a_name_to_propose_and_villages_lose_their_committees(client: FlaskClient) -> None:
    assert soup(client, f"/suggestions/{BUILDING}").h1.get_text() == "云帆大厦联合工会（拟）"
    assert [plain_village(name) for name in ("新坝村委会", "江海社区居委会", "农场村村委会", "石埠镇")] == [
        "新坝村",
        "江海社区",
        "农场村",
        "石埠镇",
    ]


def test_the_towns_of_a_filter_come_with_the_county(client: FlaskClient) -> None:
    part = client.get("/firms?county=990101", headers={"HX-Request": "true"}).text
    field = BeautifulSoup(part, "html.parser").select_one("#town-field[hx-swap-oob]")
    assert "990101001" in [option["value"] for option in field.select("option")]
    assert len(soup(client, "/firms?county=990101").select("#town-field")) == 1
    assert soup(client, "/firms").select_one("#town-field[hidden]") is not None


def test_a_place_tells_addresses_from_firms(client: FlaskClient) -> None:
    text = soup(client, "/places/market/market:990102:石埠家纺市场").get_text()
    assert re.search(r"\d+ 条地址直接写到它的名字；归入这里的企业 \d+ 家", text)
