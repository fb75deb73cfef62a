"""Real rows: what the first ten items of the queue would locate, and that the next survey has located it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app, runs, store
from app.config import Config
from app.db import current, session

pytestmark = pytest.mark.slow
ON = date(2025, 12, 31)
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def app(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The register as an office would import it: by command, into an empty database, without any layer."""
    made = create_app(Config.from_environment({}, instance=tmp_path_factory.mktemp("real"), worker=False))
    made.config["WTF_CSRF_ENABLED"] = False
    file = shared / "nantong" / "enterprises" / "nantong_enterprises_dev.csv"
    runner = made.test_cli_runner()
    answer = runner.invoke(args=["import", "enterprises", str(file), "--source", "登记名录"])
    assert answer.exit_code == 0, answer.output
    survey(made)
    yield made


def survey(app: Flask) -> None:
    with app.app_context():
        with session(write=True) as opened:
            key = runs.survey.order(opened, ON)
        run = runs.execute(current(), key)
    assert run is not None and run.status == runs.DONE


def firms(app: Flask) -> Any:
    with app.app_context(), session() as opened:
        found = store.surveys.latest(opened, store.CITY)
    assert found is not None
    return found.firms


def test_ten_pins_locate_more_than_150_firms_and_the_page_had_said_how_many(app: Flask) -> None:
    client = app.test_client()
    before = firms(app)
    answer = client.get("/review/item").get_json()
    promised = int(answer["state"].split("一共能定位")[1].split("<b>")[1].split("</b>")[0].replace(",", ""))
    assert promised > 150
    key = answer["key"]
    for n in range(10):
        form = {"item": key, "act": "pin", "lon": str(120.8 + n / 100), "lat": "32.0", "by": "张三"}
        told = client.post("/review/decide", data=form, headers=JSON)
        assert told.status_code == 200, told.get_json()
        key = told.get_json()["key"]
    survey(app)
    after = firms(app)
    located = before["lon"].isna() & after["lon"].notna()
    assert located.sum() >= promised
    where = after.loc[located, ["lon", "lat"]].drop_duplicates()
    assert len(where) == 10
    assert (after.loc[before["lon"].notna(), "lon"] == before.loc[before["lon"].notna(), "lon"]).all()
