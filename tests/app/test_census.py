"""Published census totals: typed in with their source, checked, and put beside the register basis at once."""

from datetime import date

import pytest
import small_city
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting

from app import census
from app.db import session
from geo.coverage import measure

SOURCE = "第二次全国经济普查主要数据公报"
BASIS = {"source": SOURCE, "year": "2008", "counted_on": "2008-12-31"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return small_city.loaded(tmp_path_factory.mktemp("census"), form_tokens=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    with app.app_context(), session(write=True) as opened:
        census.keep(opened, None)
    return app.test_client()


def form(east: str = "", west: str = "", city: str = "", **basis: str) -> dict[str, str]:
    return {"units-990101": east, "units-990102": west, "units-city": city, **BASIS, **basis}


def covered() -> dict[str, int]:
    """Return the covered firms in the denominator by county, counted from the city's own rows."""
    rows = small_city.firms()
    rows = rows[rows["eligible"].astype(bool) & rows["primary"].isin(["own", "joint"])]
    known = rows["county_code"]
    return {"990101": int(known.eq("990101").sum()), "990102": int(known.eq("990102").sum()), "city": len(rows)}


def page(client: FlaskClient, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def cells(found: BeautifulSoup) -> dict[str, str]:
    """Return the census column of the county table by the row's name."""
    table = found.select_one("#counties table")
    assert isinstance(table, Tag)
    rows = [(row.th, row.select_one("td[data-label=普查口径]")) for row in table.select("tbody tr, tfoot tr")]
    return {name.get_text(strip=True): cell.get_text(" ", strip=True) for name, cell in rows if name and cell}


def share(part: int, whole: int) -> str:
    return f"{part / whole * 100:.1f}%"


def test_without_totals_there_is_only_the_link(client: FlaskClient) -> None:
    found = page(client, "/")
    assert cells(found) == {}
    assert "普查口径" not in found.get_text()
    assert found.select_one("#census a[href='/census']").get_text() == "录入普查总数"
    row = page(client, "/definitions").select_one("tr#rate_census")
    assert "—" in row.select_one("td.n").get_text()
    assert row.select_one("a[href='/census']")


def test_totals_take_effect_at_once_and_name_their_basis(client: FlaskClient) -> None:
    counts = covered()
    page(client, "/")  # the reading is kept from here on
    answer = client.post("/census", data=form(east="1,000", west="２００", city="2000"))
    assert answer.status_code == 302
    found = page(client, answer.location.split("#")[0])
    assert "普查总数已保存。" in found.get_text()
    shown = cells(found)
    assert shown["东沟区"] == share(counts["990101"], 1000)
    assert shown["西塘县"] == share(counts["990102"], 200)
    assert shown["全市"] == share(counts["city"], 2000)
    kpi = found.select_one(".kpi.main").get_text(" ", strip=True)
    assert f"普查口径 {share(counts['city'], 2000)}（{SOURCE}，2008 年）" in kpi
    assert f"普查口径：{SOURCE}（2008 年，时点 2008-12-31）" in found.select_one("#census").get_text()
    assert "超过 100%" not in found.get_text()
    row = page(client, "/definitions").select_one("tr#rate_census").get_text(" ", strip=True)
    assert share(counts["city"], 2000) in row
    assert SOURCE in row
    client.post("/census", data=form(east="500"))
    assert cells(page(client, "/"))["东沟区"] == share(counts["990101"], 500)


def test_more_than_a_hundred_is_shown_and_flagged(client: FlaskClient) -> None:
    counts = covered()
    client.post("/census", data=form(east="10", west="10"))
    shown = cells(page(client, "/"))
    assert counts["990101"] > 10
    assert shown["东沟区"] == f"{share(counts['990101'], 10)} 超过 100%"
    assert shown["全市"] == f"{share(counts['city'], 20)} 超过 100%"  # both counties typed: 10 + 10
    assert "超过 100%" in page(client, "/").select_one(".kpi.main").get_text()
    row = page(client, "/definitions").select_one("tr#rate_census").get_text(" ", strip=True)
    assert f"{share(counts['city'], 20)} 超过 100%" in row


def test_a_part_of_the_counties_is_not_the_city(client: FlaskClient) -> None:
    client.post("/census", data=form(east="1000"))
    found = page(client, "/")
    shown = cells(found)
    assert (shown["西塘县"], shown["全市"]) == ("—", "—")
    assert "普查口径" not in found.select_one(".kpi.main").get_text()


def test_the_table_alone_sorts_by_the_census_rate(client: FlaskClient) -> None:
    client.post("/census", data=form(east="10", west="100000"))
    for sort, first in (("-rate_census", "东沟区"), ("rate_census", "西塘县")):
        answer = client.get(f"/?sort={sort}", headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert "<html" not in answer.text
        part = BeautifulSoup(f"<div id=counties>{answer.text}</div>", "html.parser")
        assert next(iter(cells(part))) == first


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"east": "0"}, "units-990101", "大于 0 的整数"),
        ({"east": "-5"}, "units-990101", "大于 0 的整数"),
        ({"east": "12.5"}, "units-990101", "大于 0 的整数"),
        ({"east": "约五千"}, "units-990101", "大于 0 的整数"),
        ({"east": "1" * 4000}, "units-990101", "大于 0 的整数"),
        ({"east": "30", "west": "40", "city": "60"}, "units-city", "合计 70，超过全市数"),
        ({"east": "30", "source": " "}, "source", "请写明来源"),
        ({"east": "30", "source": "公" * 201}, "source", "请写明来源"),
        ({"east": "30", "year": "08"}, "year", "四位普查年份"),
        ({"east": "30", "year": ""}, "year", "四位普查年份"),
        ({"east": "30", "counted_on": ""}, "counted_on", "请填普查时点"),
        ({"east": "30", "counted_on": "2009-01-01"}, "counted_on", "应在普查年份之内"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_nothing_is_lost(
    client: FlaskClient, typed: dict[str, str], field: str, words: str
) -> None:
    sent = form(**typed)
    answer = client.post("/census", data=sent)
    assert answer.status_code == 422
    found = BeautifulSoup(answer.text, "html.parser")
    at_fault = found.find("input", attrs={"name": field})
    assert at_fault["aria-invalid"] == "true"
    assert words in found.find(id=at_fault["aria-describedby"]).get_text()
    assert {name: found.find("input", attrs={"name": name})["value"] for name in sent} == {
        name: text.strip() for name, text in sent.items()
    }
    assert cells(page(client, "/")) == {}


def test_a_source_without_a_number_is_refused(client: FlaskClient) -> None:
    answer = client.post("/census", data=form())
    assert answer.status_code == 422
    assert "请至少填写一个企业法人单位数" in answer.text


def test_a_form_emptied_wholly_clears_the_totals(client: FlaskClient) -> None:
    client.post("/census", data=form(east="30"))
    assert page(client, "/census").find(id="f-units-990101")["value"] == "30"
    answer = client.post("/census", data=form(source="", year="", counted_on=""))
    assert answer.status_code == 302
    assert cells(page(client, "/")) == {}


def test_markup_in_the_source_stays_text(client: FlaskClient) -> None:
    client.post("/census", data=form(east="30", city="50", source="<script>alert(1)</script>公报 100%"))
    for path in ("/", "/census", "/definitions"):
        assert "<script>alert" not in client.get(path).text


def test_the_form_wants_its_token_and_warns_of_unit_data(app: Flask, client: FlaskClient) -> None:
    found = page(client, "/census")
    assert "只录入已经公布的总数" in found.get_text()
    assert "统计法" in found.get_text()
    assert found.find("input", attrs={"name": "csrf_token"})
    for tag in found.select("input:not([type=hidden])"):
        assert found.find("label", attrs={"for": tag["id"]}), tag
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post("/census", data=form(east="30")).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_english_has_the_same_figures(client: FlaskClient) -> None:
    client.post("/census", data=form(east="10", west="10"))
    client.set_cookie("atlas_language", "en")
    text = page(client, "/").get_text(" ", strip=True)
    assert f"Census basis {share(covered()['city'], 20)} ({SOURCE}, 2008)" in text
    assert "above 100%" in text


def test_a_future_day_is_refused(app: Flask) -> None:
    with_day = census.Form({"990101": "5"}, SOURCE, "2008", "2008-12-31")
    with acting(app):
        assert census.check(with_day, today=date(2008, 12, 30))[0] is None
        assert census.check(with_day, today=date(2008, 12, 31))[0] is not None


def test_by_hand() -> None:
    firms, unions = small_city.firms(), small_city.unions(small_city.firms())
    totals = census.Totals((("990101", 100), ("990102", 60)), SOURCE, 2008, date(2008, 12, 31))
    frame = totals.frame(["990101", "990102"])
    assert frame["units"].to_dict() == {"990101": 100, "990102": 60, "all": 160}
    assert "all" not in totals.frame(["990101", "990102", "990103"]).index
    row = measure(firms, unions, by=None, census=frame).loc["all"]
    assert row["rate_census"] == pytest.approx(covered()["city"] / 160)
