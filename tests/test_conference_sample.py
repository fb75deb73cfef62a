"""The sample city through the whole year's work: every figure counted again from raw rows, and twelve months twice."""

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask
from pptx import Presentation
from signed_in import acting

from app import create_app, store
from app.conference import bulletin, pack
from app.conference.content import Content, Mark
from app.conference.facts import Fact, facts
from app.config import Config
from app.db import session

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
LEFT = {"R07", "R08", "R09", "R10", "R11"}
"""Reasons that take a firm out of the denominator (domain notes, 3.1)."""
MARK = Mark("internal", "张三", date(2026, 1, 5))
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sample")
    command = [sys.executable, ROOT / "scripts" / "make_sample", "--out", made, "--firms", "1200"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return made


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Flask:
    made = create_app(Config.from_environment({}, instance=tmp_path_factory.mktemp("instance")))
    answer = made.test_cli_runner().invoke(args=["sample", "load", "--folder", str(folder)])
    assert answer.exit_code == 0, answer.output
    return made


@pytest.fixture(scope="module")
def content(app: Flask) -> Content:
    with app.app_context(), session() as opened:
        return pack.gather(opened, MARK)[0]


@pytest.fixture(scope="module")
def told(app: Flask, content: Content) -> list[Fact]:
    with app.app_context():
        return facts(content)


@pytest.fixture(scope="module")
def recount(content: Content) -> dict[str, Counter[str]]:
    """Every count by place, from the rows of the survey in nothing but plain Python."""
    survey = content.read.survey
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for firm in survey.firms.reset_index().to_dict("records"):
        if not firm["eligible"]:
            continue
        workers = None if firm["workers"] != firm["workers"] or firm["workers"] is None else firm["workers"]
        try:
            workers = None if workers is None else int(workers)
        except (TypeError, ValueError):
            workers = None
        told = ["eligible"]
        own, joint = firm["primary"] == "own", firm["primary"] == "joint"
        told += ["covered"] * (own or joint) + ["own"] * own + ["joint"] * joint
        told += ["gap"] * (not own and not joint) + ["unlocated"] * (firm["level"] in ("none", "county"))
        if workers is not None and workers >= 25:
            told += ["eligible_25"] + (["own_25"] if own else ["without_own_25"])
        places = [
            "city",
            *(firm[kind] for kind in ("county_code", "zone", "building", "market") if isinstance(firm[kind], str)),
        ]
        for place in places:
            counts[place].update(told)
            counts[place]["workers"] += workers or 0
            counts[place]["gap_workers"] += (workers or 0) if "gap" in told else 0
            counts[place]["gap_unknown"] += "gap" in told and workers is None
    for union in survey.unions.to_dict("records"):
        if union["in_force"] and union["kind"] != "federation":
            places = ["city", *([union["county_code"]] if isinstance(union["county_code"], str) else [])]
            for place in places:
                counts[place]["unions"] += 1
                counts[place]["members"] += 0 if union["members"] != union["members"] else int(union["members"] or 0)
    return counts


RATES = {
    "rate": ("covered", "eligible"), "rate_own": ("own", "eligible"), "rate_joint": ("joint", "eligible"),
    "rate_own_25": ("own_25", "eligible_25"), "rate_members": ("members", "workers"),
}  # fmt: skip


def test_every_fact_is_counted_again(told: list[Fact], recount: dict[str, Counter[str]]) -> None:
    checked = 0
    for fact in told:
        block, _dot, rest = fact.code.partition(".")
        if block == "target":
            continue
        place, figure = ("city", rest) if block == "city" else rest.rsplit(".", 1)
        if figure == "rate_census":
            assert fact.value is None
            continue
        if figure in RATES:
            part, whole = (recount[place][name] for name in RATES[figure])
            assert fact.value == pytest.approx(part / whole) if whole else fact.value is None, fact.code
        elif figure == "gap_workers" and not recount[place][figure] and recount[place]["gap_unknown"]:
            assert (fact.value, fact.shown) == (None, "人数不详"), fact.code
        else:
            assert fact.value == recount[place][figure], fact.code
        checked += 1
    assert checked > 400


def test_the_targets_are_counted_again(content: Content) -> None:
    now, then = content.read.survey.unions, content.year.before
    assert then is not None
    stock = [sum(bool(force) and kind != "federation" for force, kind in zip(u["in_force"], u["kind"], strict=True))
             for u in (then.survey.unions, now)]  # fmt: skip
    row = content.progress.loc["unions"]
    assert (row["base"], row["now"], row["done"]) == (stock[0], stock[1], stock[1] - stock[0])
    assert row["target"] == -(-stock[0] * 6 // 100)
    assert row["rate"] == pytest.approx((stock[1] - stock[0]) / row["target"])
    parts = content.year.target("county")
    assert int(parts["unions"].sum()) == row["target"]


def test_the_truth_is_told(content: Content, folder: Path) -> None:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file))
    want: Counter[str] = Counter()
    for row in truth:
        covered = row["primary_2025"]
        if row["legal"] == "1" and row["alive_2025"] == "1" and (covered != "none" or row["reason"] not in LEFT):
            want.update(["eligible", {"none": "gap"}.get(covered, covered)])
    links = content.read.survey.links
    waiting = int((links["status"].ne("auto") & links["role"].eq("covered")).sum())
    total = content.total
    assert (total["eligible"], total["own"]) == (want["eligible"], want["own"])
    assert 0 <= want["joint"] - total["joint"] <= waiting
    assert total["gap"] - want["gap"] == want["joint"] - total["joint"]


def known(content: Content, traced: list[Fact], recount: dict[str, Counter[str]]) -> set[str]:
    """Every number that documents may show, as they write it."""
    told = {fact.shown for fact in traced}
    told |= {f"{value:,}" for counter in recount.values() for value in counter.values()}
    told |= {f"{count:,}" for _code, count in content.traps}
    for part in ("base", "now", "done", "target"):
        told |= {f"{int(value):,}" for value in content.counties_progress[part].dropna()}
        told |= {f"{int(value):,}" for value in content.progress[part].dropna()}
    rates = [*content.counties_progress["rate"].dropna(), *content.progress["rate"].dropna()]
    told |= {f"{float(value):.1%}" for value in rates} | {f"{float(value):,.0%}" for value in rates}
    for table in (content.buildings, content.markets):
        told |= {f"{int(value):,}" for name in ("group_firms", "group_workers") for value in table[name].dropna()}
    return told


def stray(texts: Iterable[str], told: set[str]) -> list[str]:
    return [text for text in texts if NUMBER.fullmatch(text) and text not in told]


def test_every_number_of_slides_and_bulletin_is_a_counted_one(
    app: Flask, content: Content, told: list[Fact], recount: dict[str, Counter[str]]
) -> None:
    numbers = known(content, told, recount) | {str(rank) for rank in range(1, 30)}
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
    total = recount["city"]
    for name in ("eligible", "covered", "own", "joint", "gap", "gap_workers", "without_own_25", "unions", "members"):
        assert f"{total[name]:,}" in text, name


def test_charts_hold_the_counted_figures(app: Flask, content: Content, recount: dict[str, Counter[str]]) -> None:
    with app.app_context():
        from app.conference import slides

        deck = Presentation(io.BytesIO(slides.deck(content)))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    names = {row["name"]: key for key, row in content.counties.iterrows()}
    stacked = charts[0].plots[0]
    for series, figure in zip(stacked.series, ("own", "joint", "gap"), strict=True):
        assert list(series.values) == [recount[names[name]][figure] for name in stacked.categories]


def test_the_page_and_the_bulletin_say_the_same(app: Flask, content: Content) -> None:
    client = app.test_client()
    overview, page = client.get("/").text, client.get("/year/bulletin").text
    for figure in ("eligible", "gap", "own", "joint"):
        assert f"{int(content.total[figure]):,}" in overview and f"{int(content.total[figure]):,}" in page


def test_twelve_months_are_the_same_bytes_when_surveyed_again(app: Flask, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    asked = ["report", "snapshots", "--months", "12", "--until", "2025-12-31", "--out"]
    answer = runner.invoke(args=[*asked, str(tmp_path / "one")])
    assert answer.exit_code == 0, answer.output
    with acting(app), session(write=True) as opened:
        store.surveys.clear(opened)
    answer = runner.invoke(args=[*asked, str(tmp_path / "two")])
    assert answer.exit_code == 0, answer.output
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    months = [name for name in two if name.startswith("snapshot_2025-")]
    assert len(months) == 12
    assert all(one[name] == two[name] for name in months)
    firms: list[Any] = [json.loads(two[name])["city"]["all"]["eligible"] for name in sorted(months)]
    assert len(set(firms)) > 3, "a year in which nothing happens shows nothing"
