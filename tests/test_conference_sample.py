"""The sample city through the year's work: figures counted again from raw rows and truth, twelve months twice."""

import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import recount
from bs4 import BeautifulSoup
from docx import Document
from flask import Flask
from pptx import Presentation
from signed_in import acting

from app import annual, create_app, store
from app.conference import bulletin, pack, series, snapshots
from app.conference.content import Content, Mark
from app.conference.facts import CITY, Fact, facts
from app.config import Config
from app.db import current, session

pytestmark = pytest.mark.slow

ON = date(2025, 12, 31)
MARK = Mark("internal", "张三", date(2026, 1, 5))
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, loaded_sample: Path) -> Flask:
    instance = shutil.copytree(loaded_sample, tmp_path_factory.mktemp("sample") / "instance")
    return create_app(Config.from_environment({}, instance=instance))


@pytest.fixture(scope="module")
def content(app: Flask) -> Content:
    with app.app_context(), session() as opened:
        return pack.gather(opened, MARK)[0]


@pytest.fixture(scope="module")
def told(app: Flask, content: Content) -> list[Fact]:
    with app.app_context():
        return facts(content)


@pytest.fixture(scope="module")
def told_places(content: Content, sample: Path) -> dict[str, dict[str, str]]:
    """How far the survey tells the places of each firm of the truth, by its row; it never tells a false one."""
    firms, names = content.read.survey.firms, content.read.survey.places["name"].to_dict()
    by_code = {code: key for key, code in firms["uscc"].dropna().items()}
    by_name = {name: key for key, name in firms["name"].items() if firms.at[key, "uscc"] is pd.NA}
    result: dict[str, dict[str, str]] = {}
    for truth in recount.firms(sample, ON):
        firm = firms.loc[by_code.get(truth["uscc"]) or by_name[truth["name"]]]
        assert (firm["eligible"], firm["primary"]) == (True, truth["primary"]), truth["name"]
        assert firm["county_code"] == truth["county"], truth["name"]
        found = {kind: names[firm[kind]] if isinstance(firm[kind], str) else "" for kind in recount.KINDS}
        assert found["zone"] in ("", truth["zone"], truth["top_zone"]), truth["name"]
        assert all(found[kind] in ("", truth[kind]) for kind in ("building", "market")), truth["name"]
        result[truth["file_row"]] = found
    return result


@pytest.fixture(scope="module")
def counts(sample: Path, told_places: dict[str, dict[str, str]]) -> dict[str, Counter[str]]:
    """Every count by place, from the raw files and the truth (``tests/recount.py``)."""
    return recount.counted(sample, ON, told_places)


def test_few_places_are_not_told(sample: Path, told_places: dict[str, dict[str, str]]) -> None:
    rows = list(recount.firms(sample, ON))
    for kind, least in (("zone", 0.85), ("building", 0.9), ("market", 0.75)):
        inside = [row["file_row"] for row in rows if row[kind]]
        share = sum(bool(told_places[key][kind]) for key in inside) / len(inside)
        assert share > least, (kind, share)


RATES = {
    "rate": ("covered", "eligible"), "rate_own": ("own", "eligible"), "rate_joint": ("joint", "eligible"),
    "rate_own_25": ("own_25", "eligible_25"), "rate_members": ("members", "workers"),
}  # fmt: skip


def test_every_fact_is_counted_again(told: list[Fact], counts: dict[str, Counter[str]]) -> None:
    checked: Counter[str] = Counter()
    for fact in told:
        block, _dot, rest = fact.code.partition(".")
        if block == "target" or rest.endswith("unlocated"):
            continue
        place, figure = ("city", rest) if block == "city" else rest.rsplit(".", 1)
        row = counts[place if block in ("city", "county") else f"{block}:{fact.place}"]
        if figure == "rate_census":
            assert fact.value is None
            continue
        if figure in RATES:
            part, whole = (row[name] for name in RATES[figure])
            assert fact.value == pytest.approx(part / whole) if whole else fact.value is None, fact.code
        elif figure == "gap_workers" and not row[figure] and row["gap_unknown"]:
            assert (fact.value, fact.shown) == (None, "人数不详"), fact.code
        else:
            assert fact.value == row[figure], fact.code
        checked[block] += 1
    assert checked["city"] == len(CITY) - 2 and checked["county"] == 7 * (len(CITY) - 2)
    assert checked["zone"] > 200 and checked["building"] > 100 and checked["market"]


def test_each_firm_is_told_once(content: Content, counts: dict[str, Counter[str]]) -> None:
    """Places of one name would hide a fault behind another."""
    for table in (content.zones, content.buildings, content.markets):
        assert table["name"].is_unique
    assert sum(counts[code]["eligible"] for code in content.counties.index) == counts["city"]["eligible"]


def test_the_targets_are_counted_again(told: list[Fact], sample: Path) -> None:
    truth = recount.targets(sample, date(2024, 12, 31), ON)
    checked = 0
    for fact in told:
        block, _dot, rest = fact.code.partition(".")
        if block != "target":
            continue
        key, part = rest.rsplit(".", 1)
        row = truth[key]
        if part == "rate":
            assert fact.value == pytest.approx(row["done"] / row["target"]) if row["target"] else fact.value is None
        else:
            assert fact.value == row[part], fact.code
        checked += 1
    assert checked == 8 * 4 * 5


def test_years_before_are_counted_again(content: Content, sample: Path) -> None:
    for on, row in content.series:
        truth = recount.counted(sample, on)["city"]
        shown = {name: int(row[name]) for name in ("eligible", "own", "joint", "gap", "unions", "members")}
        assert shown == {name: truth[name] for name in shown}, on


def known(content: Content, traced: list[Fact], counts: dict[str, Counter[str]]) -> set[str]:
    """Every number that documents may show, as they write it."""
    told = {fact.shown for fact in traced}
    told |= {f"{value:,}" for counter in counts.values() for value in counter.values()}
    told |= {f"{count:,}" for _code, count in content.traps}
    for part in ("base", "now", "done", "target"):
        told |= {f"{int(value):,}" for value in content.counties_progress[part].dropna()}
        told |= {f"{int(value):,}" for value in content.progress[part].dropna()}
    rates = [*content.counties_progress["rate"].dropna(), *content.progress["rate"].dropna()]
    told |= {f"{float(value):,.1%}" for value in rates} | {f"{float(value):,.0%}" for value in rates}
    for table in (content.buildings, content.markets):
        told |= {f"{int(value):,}" for name in ("group_firms", "group_workers") for value in table[name].dropna()}
    return told


def stray(texts: Iterable[str], told: set[str]) -> list[str]:
    return [text for text in texts if NUMBER.fullmatch(text) and text not in told]


def test_every_number_of_slides_and_bulletin_is_a_counted_one(
    app: Flask, content: Content, told: list[Fact], counts: dict[str, Counter[str]]
) -> None:
    numbers = known(content, told, counts) | {str(rank) for rank in range(1, 30)}
    with app.app_context():
        from app.conference import documents, slides

        deck = Presentation(io.BytesIO(slides.deck(content)))
        with session() as opened:
            parts = bulletin.parts(content, bulletin.in_force(opened))
        document = Document(io.BytesIO(documents.docx(content, parts)))
    series = {f"{int(row[name]):,}" for _on, row in content.series for name in ("eligible", "covered", "gap", "unions")}
    series |= {f"{row['rate']:.1%}" for _on, row in content.series}
    cells = [cell.text for slide in deck.slides for shape in slide.shapes if shape.has_table
             for row in shape.table.rows for cell in row.cells]  # fmt: skip
    assert stray(cells, numbers | series) == []
    assert len(cells) > 300
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert stray(cells, numbers) == []
    text = parts[2].text
    total = counts["city"]
    for name in ("eligible", "covered", "own", "joint", "gap", "gap_workers", "without_own_25", "unions", "members"):
        assert f"{total[name]:,}" in text, name


def test_charts_hold_the_counted_figures(app: Flask, content: Content, counts: dict[str, Counter[str]]) -> None:
    with app.app_context():
        from app.conference import slides

        deck = Presentation(io.BytesIO(slides.deck(content)))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    names = {row["name"]: key for key, row in content.counties.iterrows()}
    stacked = charts[0].plots[0]
    for line, figure in zip(stacked.series, ("own", "joint", "gap"), strict=True):
        assert list(line.values) == [counts[names[name]][figure] for name in stacked.categories]


def cells(page: str, select: str) -> dict[str, list[str]]:
    """Return the texts of each row of a page's table by the name that heads it."""
    rows = BeautifulSoup(page, "html.parser").select(f"{select} tbody tr")
    return {next(row.th.stripped_strings): [cell.text.strip() for cell in row.find_all("td")] for row in rows if row.th}


def test_pages_say_what_was_counted(app: Flask, content: Content, counts: dict[str, Counter[str]]) -> None:
    client = app.test_client()
    overview, bulletin_page = client.get("/").text, client.get("/year/bulletin").text
    for figure in ("eligible", "gap", "own", "joint"):
        assert f"{counts['city'][figure]:,}" in overview and f"{counts['city'][figure]:,}" in bulletin_page
    tables = cells(overview, "table"), cells(client.get("/gaps?kind=county").text, "table")
    for code, name in zip(content.counties.index, content.counties["name"], strict=True):
        row = counts[code]
        for table in tables:
            shown = " ".join(table[name])
            for figure in ("eligible", "gap"):
                assert re.search(rf"(?<![\d,.]){row[figure]:,}(?![\d,.%])", shown), (name, figure, shown)
        assert f"{row['covered'] / row['eligible']:.1%}" in " ".join(tables[0][name]), name
    zones = cells(client.get("/gaps?kind=zone").text, "table")
    for name in content.zones["name"].head(10):
        assert f"{counts[f'zone:{name}']['gap']:,}" in zones[name], name


def test_years_are_the_same_bytes_when_surveyed_again_in_the_other_order(app: Flask) -> None:
    """Twelve months of a small city are in ``tests/app/test_snapshots.py``."""
    days = [date(2024, 12, 31), ON]

    def states() -> list[bytes]:
        with app.app_context(), session() as opened:
            reads = [annual.reading(opened, day, exact=True) for day in days]
        return [snapshots.snapshot(read) for read in reads if read is not None]

    before = states()
    with acting(app), session(write=True) as opened:
        store.surveys.clear(opened)
    with app.app_context():
        for day in reversed(days):
            series.survey_now(current(), day)
    assert len(before) == 2 and states() == before
    years = [json.loads(state)["city"]["all"]["eligible"] for state in before]
    assert len(set(years)) == 2, "a year in which nothing happens shows nothing"
