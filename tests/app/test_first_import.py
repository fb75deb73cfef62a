"""An office's first hour: firms are in, unions are not; or nothing is in at all."""

from datetime import date
from pathlib import Path

import pytest

from app import create_app, imports, runs
from app.config import Config
from app.db import current, session

PAGES = [
    "/",
    "/map",
    "/gaps",
    "/gaps?kind=market",
    "/firms",
    "/unions",
    "/suggestions",
    "/definitions",
    "/review",
    "/imports",
    "/runs",
]


@pytest.fixture
def app(tmp_path: Path):
    return create_app(
        Config.from_environment(
            {}, instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'atlas.gpkg'}", worker=False
        )
    )


@pytest.mark.parametrize("path", PAGES)
def test_pages_stand_before_anything_is_imported(app, path: str) -> None:
    assert app.test_client().get(path).status_code == 200


def test_pages_stand_with_firms_and_no_unions(app, tmp_path: Path) -> None:
    register = tmp_path / "firms.csv"
    register.write_text("企业名称,注册地址\n甲厂,南通市崇川区人民中路1号\n乙店,如东县掘港街道\n", encoding="utf-8")
    with app.app_context():
        imports.commit(current(), imports.Request(register, "enterprises", source="试"))
        with session(write=True) as opened:
            key = runs.enqueue(opened, runs.Order("survey", on_day=date(2025, 12, 31), rules_day=date(2025, 12, 31)))
        run = runs.execute(current(), key)
        assert run is not None
        assert run.status == "done"
    client = app.test_client()
    assert {path: client.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)
