"""``calibrate`` and the error budget: fitted on the office's decisions, used from then on, and told by the command."""

from pathlib import Path

import pandas as pd
import pytest
from flask import Flask

from app import create_app, ground, store
from app.confidence import calibration, locate_options
from app.config import Config
from app.db import current, session
from geo.frames import DECISIONS, ENTERPRISES
from geo.io.calibration import FILE

FIRMS = 240


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    made = create_app(Config.from_environment({}, instance=tmp_path / "instance", worker=False))
    with made.app_context():
        current().upgrade()
        ground.lay(current(), data=made.config["ATLAS"].data, city="320600")
        with session(write=True) as opened:
            store.write(opened, "enterprises", firms())
    return made


def firms() -> pd.DataFrame:
    counties = ("崇川区", "如东县", "启东市")
    rows = {f"row:{k}": {"name": f"某某{k}厂", "address": f"南通市{counties[k % 3]}某某路{k}号"} for k in range(FIRMS)}
    return ENTERPRISES.conform(pd.DataFrame.from_dict(rows, orient="index"))


def decisions() -> pd.DataFrame:
    """Every firm is where its address says, but for one of thirty."""
    codes = ("320613", "320623", "320681")
    rows = {
        f"d{k}": {
            "kind": "place",
            "subject": f"row:{k}",
            "target": "320682" if k % 30 == 0 else codes[k % 3],
            "decided_by": "某人",
            "decided_on": "2026-11-01",
        }
        for k in range(FIRMS)
    }
    return DECISIONS.conform(pd.DataFrame.from_dict(rows, orient="index"))


def test_without_decisions_nothing_is_fitted_and_the_table_that_ships_serves(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["calibrate"])
    assert answer.exit_code == 2
    assert "复核过的企业只有 0 家" in answer.output
    with app.app_context():
        assert calibration().n > 5000
        assert locate_options().error_budget == 0.005
        assert locate_options(0.02).error_budget == 0.02


def test_the_offices_own_decisions_are_fitted_and_used(app: Flask) -> None:
    with app.app_context(), session(write=True) as opened:
        store.write(opened, "decisions", decisions())
    runner, path = app.test_cli_runner(), app.config["ATLAS"].instance / FILE
    answer = runner.invoke(args=["calibrate", "--dry-run"])
    assert answer.exit_code == 0, answer.output
    assert not path.exists()
    answer = runner.invoke(args=["calibrate"])
    assert answer.exit_code == 0, answer.output
    assert f"{FIRMS} 家" in answer.output
    with app.app_context():
        assert calibration().n == FIRMS
        assert sum(one.n - one.right for one in calibration().reliability) == FIRMS // 30


@pytest.mark.parametrize(("budget", "status"), [("0.5%", "auto"), ("0.005", "auto"), ("0%", "review")])
def test_the_command_takes_an_error_budget(app: Flask, tmp_path: Path, budget: str, status: str) -> None:
    (tmp_path / "in.csv").write_text("address\n海安县曲塘镇郭楼村12组\n", encoding="utf-8")
    arguments = [
        "geocode",
        str(tmp_path / "in.csv"),
        str(tmp_path / "out.csv"),
        "--no-database",
        "--error-budget",
        budget,
    ]
    answer = app.test_cli_runner().invoke(args=arguments)
    assert answer.exit_code == 0, answer.output
    assert pd.read_csv(tmp_path / "out.csv")["status"].tolist() == [status]


def test_a_budget_that_is_no_share_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("address\n海安县\n", encoding="utf-8")
    for budget in ("much", "120%", "-1"):
        arguments = ["geocode", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"), "--error-budget", budget]
        assert app.test_cli_runner().invoke(args=arguments).exit_code == 2
