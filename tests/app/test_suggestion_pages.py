"""Pages and papers of suggestions: which first, what the rules ask, who is left out, the proposal as a document."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from urllib.parse import quote

import docx
import openpyxl
import pandas as pd
import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from signed_in import account, acting, sign, stranger

from app.auth.accounts import Wish
from app.config import ROOT
from app.current import area_name, reading
from app.i18n import COOKIE
from app.maps import locator
from app.reports.proposal import paper
from app.suggesting import outlooks, proposals
from app.suggesting.charters import Terms
from geo.gaps import Filter

GROUP = "building:990101:云帆大厦"


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


@pytest.fixture(scope="module")
def firms(app: Flask) -> int:
    """How many firms the one suggestion holds."""
    with acting(app):
        return len(reading().firms(Filter(group=(GROUP,))))


def test_the_rate_that_the_first_suggestions_lead_to_is_counted_once(
    client: FlaskClient, app: Flask, firms: int
) -> None:
    with acting(app):
        total = reading().total()
    after = f"{(total['covered'] + firms) / total['eligible']:.2%}"
    said = text_of(client, "/suggestions?top=5")
    assert f"新覆盖 {firms} 家企业" in said and f"升到 {after}" in said
    assert said.count(after) == 2, "in the sentence and in the list"
    with acting(app):
        here = reading().total(Filter(county=("990101",)))
    assert f"升到 {(here['covered'] + firms) / here['eligible']:.2%}" in text_of(client, "/suggestions?county=990101")


def test_towns_can_be_chosen_within_their_county(client: FlaskClient) -> None:
    assert "1 条建议" in text_of(client, "/suggestions?county=990101&town=990101001")
    assert "0 条建议" in text_of(client, "/suggestions?county=990101&town=990101002")
    told = client.get("/suggestions?county=990102&town=990101001")
    assert (told.status_code, told.headers["Location"]) == (302, "/suggestions?county=990102"), "another county chosen"
    assert client.get("/suggestions?town=nonsense").status_code == 400
    assert client.get("/suggestions?top=7").status_code == 400


def test_a_suggestion_tells_bodies_and_who_is_left_out(client: FlaskClient, app: Flask) -> None:
    said = text_of(client, f"/suggestions/{quote(GROUP)}")
    with acting(app):
        read = reading()
        rest = read.survey.firms[read.survey.firms["building"].eq(GROUP) & read.survey.firms["group_id"].isna()]
    for part in (
        "依据和要设的机构",
        "预计会员",
        "三种形式",
        "由谁批准",
        "河口街道",
        "有多稳",
        "附近没有纳入的企业",
        "已建会",
    ):
        assert part in said, part
    big = rest[rest["gap"] & rest["size_class"].eq("25_and_over")]
    assert len(big) and f"25 人以上，应推进单独建会 {len(big)} 家" in said
    client.get("/language/en")
    assert "Firms nearby that are not included" in text_of(client, f"/suggestions/{quote(GROUP)}")
    client.get("/language/zh")


def test_a_planner_looks_at_the_law_of_another_day_and_at_another_share_of_members(
    client: FlaskClient, app: Flask, firms: int
) -> None:
    with acting(app):
        workers = int(reading().survey.groups.at[GROUP, "workers"])
    now, then = (text_of(client, f"/suggestions/{quote(GROUP)}{more}") for more in ("", "?rules=2011&share=60"))
    assert f"{workers} 人（名录，不是会员）" in now and f"预计会员 {round(workers * 0.8)} 人" in now
    assert f"预计会员 {round(workers * 0.6)} 人" in then and "2011-03-09 施行的规则" in then
    assert "第十一条第一款" in now and "A 已核原文" in now
    assert "2009年修正）第十条" in then and "C 转载件，出处较弱" in then
    for part in ("单独建会", "联合建会 本建议", "选举组织员", "经费审查", "没有载明", "哪些是本平台的设定，不是法律"):
        assert part in now and part in then, part
    assert "取单数" in now or "委员 3 人" in now
    assert "工会法（2021年修正）" not in then
    paper = text_of(client, f"/suggestions/paper/{quote(GROUP)}?rules=2011&share=60")
    assert "依据 2011-03-09 施行的规则" in paper and f"按职工的 60% 预计会员 {round(workers * 0.6)} 人" in paper
    for bad in ("rules=1992", "share=85", "share=x"):
        assert client.get(f"/suggestions/{quote(GROUP)}?{bad}").status_code == 400


def test_word_documents_load_when_one_is_asked_for() -> None:
    code = "import sys, app; app.create_app(); sys.exit('docx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def test_the_proposal_names_every_firm_on_paper_and_in_word(client: FlaskClient, app: Flask, firms: int) -> None:
    page = client.get(f"/suggestions/paper/{quote(GROUP)}")
    soup = BeautifulSoup(page.text, "html.parser")
    rows = soup.select(".paper tbody tr")
    assert len(rows) == firms and "关于组建云帆大厦联合工会的建议书" in soup.h1.text
    answer = client.get(f"/suggestions/document/{quote(GROUP)}")
    made = docx.Document(io.BytesIO(answer.data))
    (table,) = made.tables
    assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [
        [cell.text for cell in row.select("td")] for row in rows
    ]
    words = "\n".join(paragraph.text for paragraph in made.paragraphs)
    assert "关于组建云帆大厦联合工会的建议书" in words and "第十一条" in words and "本平台设定，非法定" in words
    assert client.get("/suggestions/paper/none").status_code == 404
    assert client.get("/suggestions/document/none").status_code == 404


def test_the_proposal_of_firms_that_join_a_union_founds_nothing(app: Flask, firms: int) -> None:
    with acting(app):
        read = reading()
        found = proposals.find(read, pd.DataFrame(), GROUP)
        members = read.survey.firms.loc[list(found.members)]
        outlook = outlooks.of(read, found, members, Terms())
        joining = replace(found, group=pd.Series({**found.group, "kind": "existing"}))
        told = paper(read, joining, members, outlook, "云帆联合工会")
    heads = {head for head, _said in told.parts}
    assert told.title == f"关于 {firms} 家企业加入云帆联合工会的建议书" and "机构设置（按预计会员）" not in heads
    assert "选举" not in "".join(dict(told.parts)["办理步骤"])


def test_the_workbook_lists_suggestions_and_their_firms(client: FlaskClient, firms: int) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get("/suggestions/list.xlsx").data), read_only=True)
    assert book.sheetnames[2] == "拟涵盖单位"
    rows = list(book["拟涵盖单位"].iter_rows(values_only=True))
    assert len(rows) == firms + 1 and {row[0] for row in rows[1:]} == {"云帆大厦联合工会（拟）"}
    heads = next(book["清单"].iter_rows(values_only=True))
    assert heads[-2:] == ("办理状态", "筹备进展")


def test_a_building_shows_its_way_and_which_rooms_are_in_a_suggestion(
    client: FlaskClient, app: Flask, firms: int
) -> None:
    page = BeautifulSoup(client.get(f"/places/building/{quote(GROUP)}").text, "html.parser")
    assert "一楼一策" in page.get_text() and "已建会企业牵头联合" in page.get_text()
    assert len(page.select(".room.grouped")) == firms
    other = BeautifulSoup(client.get("/places/street/street:990101:望江路").text, "html.parser")
    assert "一楼一策" not in other.get_text()


def test_the_small_city_holds_one_suggestion() -> None:
    assert list(small_city.survey().groups.index) == [GROUP]


@pytest.mark.law(33)
def test_list_map_workbook_and_interface_tell_the_same_figures(client: FlaskClient, app: Flask) -> None:
    with acting(app):
        group = reading().survey.groups.loc[GROUP]
    told = (int(group["firms"]), int(group["workers"]))
    soup = BeautifulSoup(client.get("/suggestions").text, "html.parser")
    (row,) = soup.select("table.data tbody tr")
    cells = [
        re.sub(r"\D.*", "", row.select_one(f'td[data-label="{name}"]').get_text(strip=True))
        for name in ("企业", "职工")
    ]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/suggestions/list.xlsx").data), read_only=True)
    heads, values = list(book["清单"].iter_rows(values_only=True))[:2]
    listed = dict(zip(heads, values, strict=False))  # a last cell without text is not written
    answer = client.get(f"/api/v1/suggestions/{quote(GROUP)}").get_json()
    assert tuple(map(int, cells)) == told
    assert (listed["拟涵盖单位"], listed["职工"]) == told
    assert (answer["firms"], answer["workers"]) == told
    with acting(app), app.test_request_context("/suggestions"):
        drawn = locator._circles(reading().survey.groups)
    assert [line["values"][0] for line in drawn.lines] == list(told)


COUNTY = Wish("li", "李干事", "editor", "990101")
CHINESE_MARKS = set("，。；、：（）")


def test_a_county_account_is_told_that_the_rate_is_its_countys(app: Flask) -> None:
    """The rates are those of what the account sees; they were told as the city's."""
    account(app, COUNTY)
    client = sign(stranger(app), COUNTY.login)
    with acting(app, login=COUNTY.login):
        (key,) = reading().survey.groups.index
        name = area_name()
    shown = text_of(client, f"/suggestions/{quote(key)}")
    assert f"（{name}，名录口径）" in shown and "（全市，名录口径）" not in shown
    assert f"{name}建会率（名录口径）由" in text_of(client, f"/suggestions/paper/{quote(key)}")
    assert f"，{name}建会率由" in text_of(client, "/suggestions")


def test_english_pages_use_english_marks(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, "en")
    with acting(app):
        (key,) = reading().survey.groups.index
    paths = ["/effect", "/suggestions", f"/suggestions/{quote(key)}", "/adjustments", f"/adjustments/edit/{quote(key)}"]
    for path in paths:
        page = BeautifulSoup(client.get(path).text, "html.parser").find("main")
        for given in page.select("table, script, select, .law"):  # what registers and rules hold is not translated
            given.decompose()
        found = [text for text in page.stripped_strings if CHINESE_MARKS & set(text)]
        assert not found, (path, found)
