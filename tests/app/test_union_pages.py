"""A union's page: listed and counted are two figures, and what does not count says why."""

from dataclasses import replace

import pandas as pd
import pytest
import small_city
from flask import Flask
from soup import soup

from app import store
from app.db import session
from geo.frames import LINKS

JOINT, FED, OLD = "union:joint1", "union:fed1", "union:own1"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city with the rolls of its joint union and federation; one own union has been revoked."""
    made = small_city.loaded(tmp_path_factory.mktemp("unions"))
    survey = small_city.survey()
    joint = survey.firms.index[survey.firms["primary"].eq("joint")]
    rows = [(JOINT, "enterprise", key, "auto") for key in joint]
    rows += [(JOINT, "enterprise", survey.unions.at[OLD, "host_id"], "auto"), (JOINT, "enterprise", None, "none")]
    rows += [(FED, "union", JOINT, "auto"), (FED, "union", OLD, "auto"), (FED, "enterprise", None, "none")]
    table = pd.DataFrame(rows, columns=["union_id", "member_kind", "member_id", "status"])
    table = table.assign(role="covered", method="name", score=1.0, listed_name="某单位")
    links = LINKS.conform(table.rename(index="l{}".format).assign(reasons=[[] for _ in range(len(table))]))
    unions = survey.unions.copy()
    unions.loc[OLD, ["in_force", "ended_because"]] = [False, "revoked"]
    with made.app_context(), session(write=True) as opened:
        store.surveys.save(opened, replace(survey, links=links, unions=unions), "run-again")
    return made


def text(app: Flask, key: str, css: str = "main") -> str:
    return " ".join(soup(app.test_client(), f"/unions/{key}").select_one(css).get_text().split())


def test_the_roll_tells_listed_counted_and_why_the_rest_is_not(app: Flask) -> None:
    count = len(small_city.survey().firms.query("primary == 'joint'"))
    told = text(app, JOINT, "#roll")
    assert f"台账列出 {count + 2} 个成员，计入 {count} 个。" in told
    assert "已计入另一个工会（单独建会优先，其次批准早的） 1" in told
    assert "名录中没有找到 1" in told


def test_a_federation_covers_the_firms_of_its_unions_as_a_second_layer(app: Flask) -> None:
    count = len(small_city.survey().firms.query("primary == 'joint'"))
    page = soup(app.test_client(), f"/unions/{FED}")
    kpi = page.select_one(".kpi.main")
    assert kpi.select_one(".kpi-label").get_text() == "二次覆盖的企业"
    assert kpi.select_one(".kpi-value").get_text().startswith(str(count))
    assert f"{count} 家企业" in soup(app.test_client(), kpi["href"]).get_text()
    assert "台账列出 3 个成员，计入 1 个。" in text(app, FED, "#roll")
    assert "所列工会已不在册 1" in text(app, FED, "#roll")
    row = soup(app.test_client(), "/unions?layer=federation").select_one("tbody tr")
    assert row.select_one("[data-label=覆盖企业] a").get_text() == str(count)


def test_an_ended_term_and_an_ended_union_are_told(app: Flask) -> None:
    assert "届期已于 2024-05-01 届满，应换届。" in text(app, JOINT)
    assert "这个工会在数据截止日不在册：已撤销或合并。" in text(app, OLD)


def test_every_figure_of_the_list_opens_something(app: Flask) -> None:
    row = soup(app.test_client(), "/unions?text=云帆大厦").select_one("tbody tr")
    for label in ("覆盖企业", "覆盖职工", "会员"):
        link = row.select_one(f"[data-label={label}] a")
        soup(app.test_client(), link["href"])
    assert row.select_one("[data-label=会员] a")["href"].endswith("#register")


def test_the_town_of_another_county_goes_when_the_county_changes(app: Flask) -> None:
    page = soup(app.test_client(), "/unions?town=990101001")
    assert page.select_one("#f-county option[selected]")["value"] == "990101", "a town names its county"
    assert page.select_one("#f-town option[selected]")["value"] == "990101001"
    assert not page.select(".filters input[name=town]")
    answer = app.test_client().get("/unions?county=990102&town=990101001", headers={"HX-Request": "true"}).text
    whole = app.test_client().get("/unions?county=990102", headers={"HX-Request": "true"}).text
    count = lambda text: text.split("</h2>")[0].rsplit(">", 1)[1]  # noqa: E731
    assert count(answer) == count(whole)
    assert 'id="town-field" hx-swap-oob="true"' in answer and 'value="990101001"' not in answer


def test_the_unions_of_all_towns_and_of_none_are_those_of_the_county(app: Flask) -> None:
    def count(query: str) -> int:
        return int(
            soup(app.test_client(), f"/unions?county=990101{query}").select_one("#list h2").get_text().split()[0]
        )

    towns = [option["value"] for option in soup(app.test_client(), "/unions?county=990101").select("#f-town option")]
    assert len(towns) > 3 and towns[-1] == "-"
    assert sum(count(f"&town={town}") for town in towns[1:]) == count("") > 0
