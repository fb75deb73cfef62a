"""Firms that no suggestion takes in: list, proofs, file, links to it; why a suggestion and not another way."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
import small_city
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting

from app.current import reading
from geo.frames import FIRMS, SURVEYED_UNIONS
from geo.joint import JointOptions, suggest
from geo.survey import Survey


def suggested() -> Survey:
    """Return the small city with suggestions by the engine: the usual one has its groups made up."""
    survey = small_city.survey()
    firms = survey.firms.assign(workers=survey.firms["workers"].clip(upper=60))
    found = suggest(
        firms, survey.unions, places=survey.places, divisions=small_city.divisions(), options=JointOptions()
    )
    told = found.groupings.reindex(firms.index)
    firms = FIRMS.conform(firms.assign(group_id=told["group_id"], left_because=told["left_because"]))
    unions = SURVEYED_UNIONS.conform(survey.unions.assign(place_id=found.seats.reindex(survey.unions.index)))
    return replace(survey, firms=firms, unions=unions, groups=found.groups, groupings=found.groupings)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder: Path = tmp_path_factory.mktemp("left")
    return small_city.loaded(folder, suggested())


@pytest.fixture
def visitor(city: Flask) -> Iterator[FlaskClient]:
    with city.test_client() as client:
        yield client


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser")


def test_each_firm_left_over_has_its_reason_and_its_proof(visitor: FlaskClient, city: Flask) -> None:
    with acting(city):
        firms = reading().survey.firms
    left = firms[firms["left_because"].notna()]
    page = soup(visitor, "/leftovers")
    assert f"{len(left)} 家没有编组" in page.get_text()
    code = left["left_because"].value_counts().index[0]
    one = soup(visitor, f"/leftovers?left={code}")
    assert f"{(left['left_because'] == code).sum()} 家没有编组" in one.get_text()
    said = [row.select("td")[-1].get_text(" ", strip=True) for row in one.select("tbody tr")]
    assert said and all("下限" in text or "不足" in text or "看不出" in text or "名额" in text for text in said)
    assert not any("不足以另证" in text for text in said)
    assert visitor.get("/leftovers?left=R9").status_code == 400
    visitor.get("/language/en")
    assert "firms left over" in soup(visitor, "/leftovers").get_text()
    visitor.get("/language/zh")


def test_the_file_holds_every_proof(visitor: FlaskClient, city: Flask) -> None:
    with acting(city):
        firms = reading().survey.firms
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/leftovers/list.xlsx").data), read_only=True)
    rows = list(book["清单"].iter_rows(values_only=True))
    head = next(at for at, row in enumerate(rows) if "证明" in row)
    told = rows[head + 1 :]
    assert len(told) == firms["left_because"].notna().sum()
    assert {row[-1] for row in told} == {"是"} and all(row[-2] for row in told)


def test_a_firm_and_its_place_lead_to_the_proof(visitor: FlaskClient, city: Flask) -> None:
    with acting(city):
        firms = reading().survey.firms
    key = str(firms.index[firms["left_because"].notna()][0])
    assert "暂无联合工会建议" in soup(visitor, f"/firms/{quote(key)}").get_text()
    place = firms["street"][firms["left_because"].notna()].dropna().iloc[0]
    hrefs = [link["href"] for link in soup(visitor, f"/places/street/{quote(place)}").select("a[href*=leftovers]")]
    assert hrefs and visitor.get(hrefs[0]).status_code == 200
    assert soup(visitor, "/suggestions").select("a[href*=leftovers]")


def test_a_suggestion_tells_why_not_another_way_and_what_it_withstands(visitor: FlaskClient, city: Flask) -> None:
    with acting(city):
        groups = reading().survey.groups
    key = str(groups.index[groups["kind"].ne("existing")][0])
    text = soup(visitor, f"/suggestions/{quote(key)}").get_text(" ", strip=True)
    assert "不建：" in text and "净值少" in text and "相当于少覆盖" in text
    assert "退出" in text and "仍够下限" in text
    paper = soup(visitor, f"/suggestions/paper/{quote(key)}").get_text(" ", strip=True)
    assert "为什么不是别的编法" in paper and "有多稳" in paper and "净值少" in paper
