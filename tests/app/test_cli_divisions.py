"""The ``divisions`` command, for cities of every make."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.config import Config
from geo.io.divisions import read_aliases, read_divisions

HEADER = "code,name,level,parent,valid_from,valid_to,lon,lat"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Config.from_environment({}, instance=tmp_path_factory.mktemp("instance")))


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["divisions", *arguments])


@pytest.mark.parametrize(
    ("code", "name", "counties", "towns_at_least"),
    [
        ("320600", "南通市", 7, 130),
        ("320500", "苏州市", 10, 100),
        ("310000", "上海市", 16, 200),
        ("110000", "北京市", 16, 300),
        ("441900", "东莞市", 0, 30),
        ("429004", "仙桃市", 0, 20),
    ],
)
def test_any_city_comes_whole(
    app: Flask, tmp_path: Path, code: str, name: str, counties: int, towns_at_least: int
) -> None:
    out = tmp_path / "city.csv"
    result = run(app, code, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert name in result.output
    assert out.read_text(encoding="utf-8").splitlines()[0] == HEADER
    frame = read_divisions(out)
    now = frame[frame["valid_to"].isna()]
    assert now.loc[code, "name"] == name
    assert now["level"].value_counts().get("county", 0) == counties
    assert now["level"].value_counts()["town"] >= towns_at_least
    assert set(frame["parent"].dropna()) <= set(now.index)
    assert frame["parent"].isna().sum() == 1


def test_towns_hang_below_a_city_without_counties(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "dongguan.csv"
    run(app, "441900", "--out", str(out))
    frame = read_divisions(out)
    assert frame.loc["441900003", ["name", "parent"]].tolist() == ["东城街道", "441900"]


def test_former_counties_are_dated(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "nantong.csv"
    run(app, "320600", "--out", str(out))
    frame = read_divisions(out)
    former = frame[frame["valid_to"].notna()]
    assert set(former["name"]) == {"崇川区", "港闸区", "海安县", "通州市", "海门市"}
    assert str(former.loc["320611", "valid_to"].date()) == "2020-06-04"
    assert str(frame.loc["320614", "valid_from"].date()) == "2020-06-05"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("320600", {"港闸区": "320613", "海安县": "320685", "海门市": "320614", "通州市": "320612"}),
        ("320500", {"吴江市": "320509"}),
    ],
)
def test_former_names_of_counties_lie_beside_the_table(
    app: Flask, tmp_path: Path, code: str, names: dict[str, str]
) -> None:
    run(app, code, "--out", str(tmp_path / "city.csv"))
    aliases = read_aliases(tmp_path / "city_aliases.csv")
    assert dict(zip(aliases["alias"], aliases["target"], strict=True)) == names


def test_a_zone_that_is_no_county_leaves_its_towns_to_the_county(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "nantong.csv"
    run(app, "320600", "--out", str(out))
    frame = read_divisions(out)
    assert "320671" not in frame.index
    assert frame.loc["320671001", "parent"] == "320613"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("329900", "没有代码为 329900 的城市；本省有 320100 南京市"),
        ("990000", "没有代码为 990000 的城市"),
        ("320612", "320612 是通州区，属南通市；请改用 320600"),
        ("320000", "320000 是江苏省，不是设区市"),
        ("469000", "不是设区市"),
        ("南通", "“南通”不是行政区划代码"),
    ],
)
def test_a_wrong_code_gets_one_clear_sentence_and_writes_nothing(
    app: Flask, tmp_path: Path, code: str, said: str
) -> None:
    out = tmp_path / "city.csv"
    result = run(app, code, "--out", str(out))
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not out.exists()


def test_a_folder_that_does_not_exist_is_said(app: Flask, tmp_path: Path) -> None:
    result = run(app, "441900", "--out", str(tmp_path / "nowhere" / "city.csv"))
    assert result.exit_code == 2
    assert "nowhere" in result.output


def test_the_same_city_twice_is_the_same_file(app: Flask, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    run(app, "441900", "--out", str(first))
    run(app, "441900", "--out", str(second))
    assert first.read_bytes() == second.read_bytes()
