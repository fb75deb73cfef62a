"""``geocode``: one line per row, in order, by the columns of the contract; bad input is one clear sentence."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.config import Config
from geo.io.geocoding import OUTPUT

ROWS = [
    {"id": "7", "name": "南通某某有限公司", "address": "南通市崇川区工农路88号华辰大厦1座302室"},
    {"id": "8", "name": "", "address": "海安县曲塘镇郭楼村12组"},
    {"id": "9", "name": "", "address": ""},
    {"id": "10", "name": "", "address": "上海市浦东新区张江路1号"},
    {"id": "11", "name": "", "address": "工农路88号华辰大厦2座"},
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Config.from_environment({}, instance=tmp_path_factory.mktemp("instance"), worker=False))


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["geocode", *map(str, arguments)])


def test_one_line_per_row_in_order(app: Flask, tmp_path: Path) -> None:
    result = run(app, write(tmp_path / "in.csv", ROWS), tmp_path / "out.csv", "--no-database")
    assert result.exit_code == 0, result.output
    found = read(tmp_path / "out.csv")
    assert tuple(found[0]) == OUTPUT
    assert [(row["id"], row["address"]) for row in found] == [(row["id"], row["address"]) for row in ROWS]
    assert [row["county"] for row in found] == ["崇川区", "海安市", "", "", "崇川区"]
    assert [row["status"] for row in found] == ["auto", "auto", "none", "outside", "auto"]
    assert found[4]["building"] == "building:320613:华辰大厦"
    assert (found[1]["town"], found[0]["room"]) == ("曲塘镇", "302")
    assert len({row["gazetteer"] for row in found}) == 1
    assert f"gazetteer {found[0]['gazetteer']}" in result.output
    for label, text, start, end in json.loads(found[0]["components"]):
        assert label
        assert ROWS[0]["address"][start:end] == text


def test_the_same_input_gives_the_same_bytes(app: Flask, tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", ROWS)
    for name in ("one.csv", "two.csv"):
        run(app, source, tmp_path / name, "--no-database")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


@pytest.mark.parametrize(
    ("encoding", "delimiter", "header"),
    [
        ("gb18030", ",", "住所"),
        ("utf-8-sig", "\t", "地址"),
        ("utf-8", ";", "address"),
        ("utf-8", ",", "住所（经营场所）"),
        ("utf-8", ",", "生产经营地"),
    ],
)
def test_usual_encodings_separators_and_headers(
    app: Flask, tmp_path: Path, encoding: str, delimiter: str, header: str
) -> None:
    rows = [{"序号": "1", header: "海门市三星镇叠石桥1号"}, {"序号": "2", header: ""}]
    result = run(app, write(tmp_path / "in.csv", rows, encoding, delimiter), tmp_path / "out.csv", "--no-database")
    assert result.exit_code == 0, result.output
    assert [(row["id"], row["county"]) for row in read(tmp_path / "out.csv")] == [("1", "海门区"), ("2", "")]


def test_house_numbers_give_positions(app: Flask, tmp_path: Path) -> None:
    doors = [
        {"street": "工农路", "number": n, "lon": str(120.87 + int(n) / 1e4), "lat": "32.0"} for n in ("80", "90", "200")
    ]
    layer = write(tmp_path / "doors.csv", doors)
    source = write(tmp_path / "in.csv", [{"address": "南通市崇川区工农路90号"}, {"address": "南通市崇川区工农路84号"}])
    result = run(app, source, tmp_path / "out.csv", "--no-database", "--places", f"address={layer}")
    assert result.exit_code == 0, result.output
    found = read(tmp_path / "out.csv")
    assert [(row["id"], row["level"], row["lat"]) for row in found] == [("0", "number", "32"), ("1", "number", "32")]
    assert [float(row["lon"]) for row in found] == pytest.approx([120.879, 120.8784], abs=1e-4)


def test_a_layers_towns_are_read_and_an_address_that_names_another_waits(app: Flask, tmp_path: Path) -> None:
    layer = tmp_path / "buildings.csv"
    layer.write_text("名称,所在县区,所在镇街,经度,纬度\n云帆大厦,通州区,金沙街道,121.0612,32.0712\n", encoding="utf-8")
    source = tmp_path / "in.csv"
    source.write_text("地址\n通州区云帆大厦5楼\n通州区石港镇云帆大厦5楼\n", encoding="utf-8")
    run(app, source, tmp_path / "out.csv", "--no-database", "--places", f"building={layer}")
    found = [(row["town"], row["level"], row["status"]) for row in read(tmp_path / "out.csv")]
    assert found == [("金沙街道", "building", "auto"), ("石港镇", "building", "review")]


def test_another_city_by_its_divisions(app: Flask, tmp_path: Path) -> None:
    divisions = [
        {"code": "990100", "name": "试验市", "level": "city", "parent": "990000"},
        {"code": "990101", "name": "东沟区", "level": "county", "parent": "990100"},
        {"code": "990101001", "name": "河口街道", "level": "town", "parent": "990101"},
    ]
    table = write(tmp_path / "city.csv", divisions)
    source = write(
        tmp_path / "in.csv", [{"address": "试验市东沟区河口街道望江路1号"}, {"address": "南通市崇川区工农路1号"}]
    )
    result = run(app, source, tmp_path / "out.csv", "--no-database", "--divisions", table)
    assert result.exit_code == 0, result.output
    assert [(row["county"], row["town"], row["status"]) for row in read(tmp_path / "out.csv")] == [
        ("东沟区", "河口街道", "auto"),
        ("", "", "outside"),
    ]


def test_rows_with_too_many_cells_are_answered_and_told(app: Flask, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,address\n1,崇川区工农路1号,多余\n2,崇川区工农路2号\n", encoding="utf-8")
    result = run(app, source, tmp_path / "out.csv", "--no-database")
    assert result.exit_code == 1
    assert "1 行列数多于表头" in result.output
    assert len(read(tmp_path / "out.csv")) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "in.csv"),
        (b"id,name\n1,x\n", "id、name"),
        (b"PK\x03\x04broken", "in.csv"),
        (b"address\n\xff\xfe\xff\xff\x81", "in.csv"),
    ],
)
def test_input_that_cannot_be_read_is_one_sentence_and_nothing_is_written(
    app: Flask, tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    result = run(app, tmp_path / "in.csv", tmp_path / "out.csv", "--no-database")
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == [tmp_path / "in.csv"]


def test_missing_files_and_folders_are_told(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path / "none.csv", tmp_path / "out.csv", "--no-database").exit_code == 2
    source = write(tmp_path / "in.csv", ROWS)
    assert run(app, source, tmp_path / "no" / "out.csv", "--no-database").exit_code == 2
    assert run(app, source, tmp_path / "out.csv", "--no-database", "--places", "address").exit_code == 2
    assert run(app, source, tmp_path / "out.csv", "--no-database", "--places", f"palace={source}").exit_code == 2


def test_what_people_decided_counts_for_files_too(tmp_path: Path) -> None:
    import review_city

    app = review_city.loaded(tmp_path, form_tokens=False)
    form = {"item": f"pin:{review_city.TOWER}", "act": "pin", "lon": "121.1", "lat": "32.1", "by": "张三"}
    app.test_client().post("/review/decide", data=form)
    given, answers = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_text("id,address\n1,东沟区红星大厦3楼\n2,东沟区红星大厦5楼\n", encoding="utf-8")
    done = app.test_cli_runner().invoke(args=["geocode", str(given), str(answers)])
    assert done.exit_code == 0, done.output
    with answers.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["level"], row["lon"], row["lat"]) for row in rows] == [("building", "121.1", "32.1")] * 2
