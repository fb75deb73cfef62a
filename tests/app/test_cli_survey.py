"""``survey``, ``gaps`` and ``suggest``: from what is stored to a file, with exit status and plain sentences."""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import load_workbook

from app import create_app, runs, store
from app.config import Config
from app.db import Database, session
from geo.survey import STAGES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "geo"))
from test_survey import FIRMS_GIVEN, inputs

TOWER = "building:990101:云帆大厦"


@pytest.fixture
def app(embedded: Database, tmp_path: Path) -> Iterator[Flask]:
    environment = {"ATLAS_DATABASE_URL": embedded.engine.url.render_as_string(hide_password=False)}
    yield create_app(Config.from_environment(environment, instance=tmp_path, worker=False))


@pytest.fixture
def filled(app: Flask, embedded: Database) -> Flask:
    with embedded.session(write=True) as opened:
        for layer in ("divisions", "outlines", "places", "enterprises", "unions", "memberships"):
            store.write(opened, layer, getattr(inputs(), layer))
    return app


def ask(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=[*args])


def test_from_what_is_stored_to_a_survey_a_list_and_suggestions(filled: Flask, tmp_path: Path) -> None:
    answer = ask(filled, "survey", "--on", "2025-12-31")
    assert answer.exit_code == 0, answer.output
    assert f"{len(FIRMS_GIVEN)} 家企业" in answer.output
    assert len(answer.output.splitlines()) == len(STAGES) + 1

    book = tmp_path / "gaps.xlsx"
    answer = ask(filled, "gaps", "--place", TOWER, "--out", str(book))
    assert (answer.exit_code, "3 家" in answer.output) == (0, True)
    rows = list(load_workbook(book).worksheets[1].values)
    assert len(rows) == 1 + 3

    answer = ask(filled, "gaps", "--place", TOWER, "--all", "--out", str(tmp_path / "all.csv"))
    assert "4 家" in answer.output
    answer = ask(filled, "gaps", "--kind", "county", "--out", str(tmp_path / "counties.csv"))
    listed = (tmp_path / "counties.csv").read_text("utf-8-sig")
    assert (answer.exit_code, "东沟区" in listed, "西塘县" in listed) == (0, True, True), listed
    assert "云帆大厦: 3/4" in ask(filled, "gaps", "--kind", "building").output

    out = tmp_path / "suggested.csv"
    answer = ask(filled, "suggest", "--out", str(out))
    assert answer.exit_code == 0, answer.output
    with out.open(encoding="utf-8-sig", newline="") as file:
        groups = list(csv.DictReader(file))
    assert {row["kind"] for row in groups} == {"existing", "street"}
    assert all(row["reasons"] and len(row["members"].split()) == int(row["firms"]) for row in groups)
    assert "R1" in answer.output
    assert "望江路: 3 家" in ask(filled, "suggest").output


def test_without_a_survey_one_sentence_and_status_2(app: Flask) -> None:
    for args in (("gaps", "--kind", "county"), ("suggest",)):
        answer = ask(app, *args)
        assert answer.exit_code == 2
        assert answer.output.strip()


def test_an_empty_database_cannot_be_surveyed(app: Flask) -> None:
    answer = ask(app, "survey", "--on", "2025-12-31")
    assert answer.exit_code == 2
    assert "没有完成" in answer.output
    assert "先导入行政区划" in answer.output


def test_a_day_that_is_yet_to_come_is_refused(filled: Flask) -> None:
    answer = ask(filled, "survey", "--on", "2999-01-01")
    assert answer.exit_code == 2
    assert "2999-01-01 还没到" in answer.output
    with filled.app_context(), session() as opened:
        assert runs.latest(opened) == []


def test_a_day_before_the_first_rules_says_from_when_on_there_are_some(filled: Flask) -> None:
    answer = ask(filled, "survey", "--on", "1950-01-01")
    assert answer.exit_code == 2
    assert re.search(r"1950-01-01 早于最早的规则，请选 \d{4}-\d\d-\d\d 或之后的日期", answer.output)


@pytest.mark.parametrize(
    "args",
    [
        ("gaps",),
        ("gaps", "--kind", "county", "--place", TOWER),
        ("gaps", "--kind", "planet"),
        ("gaps", "--kind", "county", "--out", "gaps.docx"),
        ("survey", "--on", "昨天"),
    ],
)
def test_what_cannot_be_understood_is_told(filled: Flask, args: tuple[str, ...]) -> None:
    assert ask(filled, *args).exit_code == 2


def test_a_place_that_nobody_knows_is_told(filled: Flask, tmp_path: Path) -> None:
    ask(filled, "survey", "--on", "2025-12-31")
    answer = ask(filled, "gaps", "--place", "building:990101:没有这座楼", "--out", str(tmp_path / "gaps.csv"))
    assert answer.exit_code == 2
    assert not (tmp_path / "gaps.csv").exists()


@pytest.mark.parametrize("command", ["survey", "gaps", "suggest"])
def test_help_says_what_it_does_and_how_it_ends(app: Flask, command: str) -> None:
    assert "Exit status" in ask(app, command, "--help").output
