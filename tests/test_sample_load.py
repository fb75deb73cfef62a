"""The sample city through the ordinary imports and surveys; its figures against the truth, counted anew here."""

import csv
import math
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from flask import Flask

from app import create_app, imports, store
from app.config import Config
from app.db import current, session
from geo.coverage import measure
from geo.survey import Survey

pytestmark = pytest.mark.slow

DAYS = (date(2023, 12, 31), date(2024, 12, 31), date(2025, 12, 31))
LEFT = {"R07", "R08", "R09", "R10", "R11"}
"""Reasons that take a firm out of the denominator (domain notes, 3.1)."""


@pytest.fixture(scope="module")
def app(loaded_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    instance = shutil.copytree(loaded_sample, tmp_path_factory.mktemp("sample") / "instance")
    return create_app(Config.from_environment({}, instance=instance))


@pytest.fixture(scope="module")
def surveys(app: Flask) -> Iterator[dict[int, Survey]]:
    """The three surveys, by year."""
    with app.app_context(), session() as opened:
        found = {day.year: store.surveys.latest(opened, store.CITY, on=day) for day in DAYS}
    yield {year: survey for year, survey in found.items() if survey is not None}


@pytest.fixture(scope="module")
def truth(sample: Path) -> list[dict[str, str]]:
    with (sample / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_truth(truth: list[dict[str, str]], year: int) -> dict[str, Counter[str]]:
    """Count the truth by county, in nothing but plain Python."""
    figures: dict[str, Counter[str]] = defaultdict(Counter)
    for row in truth:
        figures["city"]["firms"] += 1
        covered = row[f"primary_{year}"]
        if row["legal"] == "1" and row[f"alive_{year}"] == "1" and (covered != "none" or row["reason"] not in LEFT):
            for place in ("city", row["county"]):
                figures[place].update(["eligible", {"none": "gap"}.get(covered, covered)])
    return figures


def waiting(survey: Survey) -> int:
    """Firms whose only listing in a union's list waits for a person to look at: the truth knows them, nobody else."""
    unsure = survey.links[survey.links["status"].ne("auto") & survey.links["role"].eq("covered")]
    return len(unsure)


def test_nothing_is_rejected_and_every_row_arrives(loaded_sample: Path, surveys: dict[int, Survey]) -> None:
    loaded = (loaded_sample / "told").read_text(encoding="utf-8")
    assert "退回" not in loaded
    assert "演示数据：街道、楼宇、企业、工会均为虚构" in loaded
    assert [len(survey.firms) for survey in surveys.values()] == [1200] * 3


def test_loading_again_changes_nothing(app: Flask, sample: Path) -> None:
    with app.app_context(), session() as opened:
        before = store.input_version(opened)
    answer = app.test_cli_runner().invoke(args=["sample", "load", "--folder", str(sample), "--again"])
    assert answer.exit_code == 0, answer.output
    assert "新增" not in answer.output and "更新" not in answer.output
    with app.app_context(), session() as opened:
        assert store.input_version(opened) == before
        assert store.settings.is_sample(opened)


def test_a_sample_that_a_person_cleared_does_not_come_back(tmp_path: Path, sample: Path) -> None:
    other = create_app(Config.from_environment({}, instance=tmp_path))
    with other.app_context():
        with session(write=True) as opened:
            store.settings.put(opened, "sample_cleared", value=True)
        assert other.test_cli_runner().invoke(args=["sample", "load", "--folder", str(sample)]).exit_code == 0
        with session() as opened:
            assert not store.settings.is_sample(opened)
            assert len(store.read(opened, "enterprises", store.CITY)) == 0


def test_the_practice_register_shows_what_an_import_finds(app: Flask, sample: Path) -> None:
    with app.app_context():
        found = imports.plan(current(), imports.Request(sample / "practice.xlsx", "enterprises")).tally
    counts = found.counts()
    assert counts["rows_in"] == sum(counts[name] for name in ("new", "changed", "unchanged", "rejected"))
    assert counts["changed"] >= 8
    assert counts["rejected"] >= 3
    assert {"NAME_MISSING", "CODE_CHECK_DIGIT", "DUPLICATE_DIFFERENT", "COUNT_NEGATIVE"} <= set(found.codes)


@pytest.mark.postgis
def test_postgis_gives_the_same_figures(
    postgis_url: str, tmp_path: Path, sample: Path, surveys: dict[int, Survey]
) -> None:
    other = create_app(Config.from_environment({}, instance=tmp_path, database_url=postgis_url))
    runner = other.test_cli_runner()
    assert runner.invoke(args=["db", "upgrade"]).exit_code == 0
    answer = runner.invoke(args=["sample", "load", "--folder", str(sample), "--later"])
    assert answer.exit_code == 0, answer.output
    with other.app_context(), session() as opened:
        found = store.surveys.latest(opened, store.CITY)
        assert store.surveys.days(opened) == [DAYS[-1]]
    assert found is not None
    columns = ["county_code", "building", "primary", "union_id", "eligible", "covered", "gap", "group_id"]
    here, there = (survey.firms[columns].sort_index().fillna("") for survey in (surveys[2025], found))
    assert here.equals(there)


def test_a_database_in_use_is_left_alone(tmp_path: Path, sample: Path) -> None:
    other = create_app(Config.from_environment({}, instance=tmp_path))
    with other.app_context():
        with current().session(write=True) as opened:
            firms = store.read(opened, "enterprises", store.CITY)
            firms.loc["row:1", ["name", "address"]] = ["某公司", "某地"]
            store.write(opened, "enterprises", firms)
        answer = other.test_cli_runner().invoke(args=["sample", "load", "--folder", str(sample)])
        assert answer.exit_code == 0
        with session() as opened:
            assert len(store.read(opened, "enterprises", store.CITY)) == 1
            assert not store.settings.is_sample(opened)


def test_a_load_that_was_interrupted_is_taken_up_again(
    tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*asked: Any) -> None:
        commit(*asked)
        raise KeyboardInterrupt

    other, commit = create_app(Config.from_environment({}, instance=tmp_path)), imports.commit
    ask = ["sample", "load", "--folder", str(sample)]
    monkeypatch.setattr(imports, "commit", interrupted)
    assert other.test_cli_runner().invoke(args=ask).exit_code != 0
    with other.app_context(), session() as opened:
        assert len(store.read(opened, "enterprises", store.CITY)) > 0
        assert store.surveys.days(opened) == []
    monkeypatch.setattr(imports, "commit", commit)
    answer = other.test_cli_runner().invoke(args=[*ask, "--later"])
    assert answer.exit_code == 0, answer.output
    with other.app_context(), session() as opened:
        assert store.surveys.days(opened) == [DAYS[-1]]


@pytest.mark.parametrize("year", [day.year for day in DAYS])
def test_the_citys_figures_are_those_of_the_truth(
    surveys: dict[int, Survey], truth: list[dict[str, str]], year: int
) -> None:
    survey = surveys[year]
    want = of_truth(truth, year)["city"]
    have = measure(survey.firms, survey.unions, by=None).iloc[0]
    assert (have["firms"], have["eligible"], have["own"]) == (want["firms"], want["eligible"], want["own"])
    missing = want["joint"] - have["joint"]
    assert 0 <= missing <= waiting(survey)
    assert have["gap"] == want["gap"] + missing


@pytest.mark.parametrize("year", [day.year for day in DAYS])
def test_each_firm_is_covered_as_in_truth(surveys: dict[int, Survey], truth: list[dict[str, str]], year: int) -> None:
    survey = surveys[year]
    have = dict(zip(survey.firms["name"], survey.firms["primary"], strict=True))
    eligible = set(survey.firms.loc[survey.firms["eligible"], "name"])
    wrong = [row["name"] for row in truth if row["name"] in eligible and have[row["name"]] != row[f"primary_{year}"]]
    assert len(wrong) <= waiting(survey), wrong
    assert len(wrong) <= 5


def test_the_counties_are_right_and_so_are_their_figures(
    surveys: dict[int, Survey], truth: list[dict[str, str]]
) -> None:
    survey = surveys[2025]
    have = dict(zip(survey.firms["name"], survey.firms["county_code"].fillna(""), strict=True))
    right = sum(have[row["name"]] == row["county"] for row in truth)
    assert right / len(truth) > 0.98
    table = measure(survey.firms, survey.unions, by="county_code")
    want = of_truth(truth, 2025)
    for county in {row["county"] for row in truth}:
        assert abs(int(table.loc[county, "eligible"]) - want[county]["eligible"]) <= 12
        assert abs(int(table.loc[county, "gap"]) - want[county]["gap"]) <= 12


def test_positions_are_near_the_true_ones(surveys: dict[int, Survey], truth: list[dict[str, str]]) -> None:
    where = {row["name"]: (float(row["lon"]), float(row["lat"])) for row in truth}
    away: dict[str, list[float]] = defaultdict(list)
    within: Counter[str] = Counter()
    for row in _positioned(surveys[2025]):
        lon, lat = where[row["name"]]
        metres = math.hypot((row["lon"] - lon) * 94_200, (row["lat"] - lat) * 110_940)
        away[row["level"]].append(metres)
        within[row["level"]] += metres <= row["radius_m"]
    for level, limit in {"number": 40, "building": 60, "market": 90, "street": 500, "zone": 1_500}.items():
        if len(away[level]) >= 8:
            assert median(away[level]) < limit, level
            assert within[level] / len(away[level]) > 0.8, level
    assert len(away["number"]) > 100


def _positioned(survey: Survey) -> list[dict[str, Any]]:
    table = survey.firms[survey.firms["lon"].notna()]
    return table[["name", "lon", "lat", "level", "radius_m"]].to_dict("records")
