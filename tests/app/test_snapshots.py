"""Twelve months as files: surveyed again, in another order, they are the same bytes."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import review_city
from signed_in import acting

from app import store
from app.conference import series
from app.db import current, session

pytestmark = pytest.mark.slow

MONTHS = series.month_ends(date(2025, 12, 31), 12)


def test_twelve_months_are_the_same_bytes_when_surveyed_again(tmp_path: Path) -> None:
    """A firm of the tower is founded each month; all months are surveyed by the command, then three again, backwards.

    Each survey reads what the one before left behind, so another order is what would show a state that is carried on.
    """
    app = review_city.loaded(tmp_path / "city")
    with app.app_context(), session(write=True) as opened:
        firms = store.read(opened, "enterprises", store.CITY)
        tower = [f"t{n:02}" for n in range(1, 13)]
        firms.loc[tower, "established"] = [pd.Timestamp(day.replace(day=5)) for day in MONTHS]
        store.write(opened, "enterprises", firms)
        store.surveys.clear(opened)
    runner, asked = app.test_cli_runner(), ["report", "snapshots", "--until", "2025-12-31", "--out"]
    answer = runner.invoke(args=[*asked, str(tmp_path / "one"), "--months", "12"])
    assert answer.exit_code == 0, answer.output
    with acting(app), session(write=True) as opened:
        store.surveys.clear(opened)
    again = MONTHS[::-4]
    with app.app_context():
        for day in again:
            series.survey_now(current(), day)
    answer = runner.invoke(args=[*asked, str(tmp_path / "two")])
    assert answer.exit_code == 0, answer.output
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert sorted(one) == [f"snapshot_{day}.json" for day in MONTHS]
    assert two == {f"snapshot_{day}.json": one[f"snapshot_{day}.json"] for day in again} and len(two) == 3
    firms_then = [json.loads(one[name])["city"]["all"]["eligible"] for name in sorted(one)]
    assert firms_then == list(range(firms_then[0], firms_then[0] + 12)), "one more each month"
