"""Files to write and databases that cannot be used are told before any work is done."""

from pathlib import Path

import pytest

from app import create_app
from app.config import Config


@pytest.fixture
def runner(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'atlas.gpkg'}"
    return create_app(Config.from_environment({}, instance=tmp_path, database_url=url)).test_cli_runner()


@pytest.mark.parametrize(
    "command",
    [
        ["divisions", "320500", "--out"],
        ["gaps", "--kind", "county", "--out"],
        ["suggest", "--out"],
        ["geocode", "--no-database", "{source}"],
        ["import", "enterprises", "{source}", "--rejected"],
    ],
    ids=lambda words: words[0],
)
def test_a_file_in_no_folder_is_refused_before_anything_is_done(command, runner, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("name,address\n甲厂,南通市崇川区人民中路1号\n", encoding="utf-8")
    words = [word.format(source=source) for word in command]
    result = runner.invoke(args=[*words, str(tmp_path / "missing" / "out.csv")])
    assert result.exit_code == 2
    assert "没有这个文件夹" in result.output
    assert not (tmp_path / "atlas.gpkg").exists()


def test_the_geocoder_never_writes_over_its_input(runner, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("address\n南通市崇川区人民中路1号\n", encoding="utf-8")
    result = runner.invoke(args=["geocode", "--no-database", str(source), str(source)])
    assert result.exit_code == 2
    assert source.read_text(encoding="utf-8").startswith("address\n")


def test_the_geocoder_refuses_a_folder_as_its_output(runner, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("address\n南通市崇川区人民中路1号\n", encoding="utf-8")
    assert runner.invoke(args=["geocode", "--no-database", str(source), str(tmp_path)]).exit_code == 2


def test_a_server_does_not_start_over_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.gpkg").write_text("not a database", encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'notes.gpkg'}"
    runner = create_app(Config.from_environment({}, instance=tmp_path, database_url=url)).test_cli_runner()
    result = runner.invoke(args=["serve", "--port", "18931"])
    assert result.exit_code == 2
    assert "图集已启动" not in result.output
