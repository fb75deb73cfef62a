"""Pages and papers of suggestions: which first, what the rules ask, who is left out, the proposal as a document."""

import io
from urllib.parse import quote

import docx
import openpyxl
import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting

from app.current import reading
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
    assert client.get("/suggestions?county=990102&town=990101001").status_code == 400
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
