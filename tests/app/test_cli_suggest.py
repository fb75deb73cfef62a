"""``suggest`` from plain files: columns as promised, faults by row and column, any encoding, nothing written over."""

import csv
import json
from pathlib import Path

import pytest
from flask import Flask

HEAD = "id,lon,lat,workers,jurisdiction,building"
ROWS = [f"f{n},120.9,32.0,9,和平桥街道,世贸大厦" for n in range(4)]


def ask(app: Flask, folder: Path, text: str | bytes, *more: str) -> tuple[int, str]:
    source = folder / "f.csv"
    source.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    paths = ["--firms", str(source), "--out", str(folder / "g.csv"), "--summary", str(folder / "s.json")]
    result = app.test_cli_runner().invoke(args=["suggest", *paths, "--no-database", *more])
    return result.exit_code, result.output


def answer(folder: Path) -> list[dict[str, str]]:
    with (folder / "g.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


def test_the_answer_has_a_row_a_firm_and_the_summary_its_figures(app: Flask, tmp_path: Path) -> None:
    status, said = ask(app, tmp_path, table(*ROWS, "lone,121.5,31.9,4,和平桥街道,"))
    assert status == 0, said
    rows = answer(tmp_path)
    assert list(rows[0]) == ["id", "group", "kind", "seat", "distance_m", "reason"]
    assert [row["id"] for row in rows] == ["f0", "f1", "f2", "f3", "lone"]
    assert rows[0] | {"id": ""} == {
        "id": "", "group": "和平桥街道/building/世贸大厦", "kind": "building", "seat": "世贸大厦", "distance_m": "0",
        "reason": "founds",
    }  # fmt: skip
    assert rows[4]["reason"] == "R1 workers=4 firms=1 least=25/3"
    told = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    wanted = {"objective": 30.0, "bound": 30.0, "gap": 0.0, "covered_firms": 4, "covered_workers": 36, "groups": 1}
    assert wanted.items() <= told.items()
    assert told["groups_by_kind"] == {"building": 1}
    assert told["parameters"]["min_workers"] == 25
    assert told["seconds"] >= 0


def test_the_same_input_gives_the_same_bytes_with_and_without_its_own_answer(app: Flask, tmp_path: Path) -> None:
    text = table(*(f"f{n},{120.9 + n % 7 / 1000:.5f},32.0,{5 + n % 9},t,{'楼' if n % 3 else ''}" for n in range(60)))
    ask(app, tmp_path, text)
    first = (tmp_path / "g.csv").read_bytes()
    (tmp_path / "p.csv").write_bytes(first)
    status, said = ask(app, tmp_path, text, "--previous", str(tmp_path / "p.csv"))
    assert status == 0, said
    assert (tmp_path / "g.csv").read_bytes() == first


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + table(*ROWS).encode(),
        table(*ROWS).encode("gbk"),
        table(*ROWS).replace(",", "\t").encode(),
        table(*ROWS).replace("\n", "\r\n").encode(),
        table(*ROWS).encode("utf-16"),
        (table(*ROWS) + "\n\n").encode(),
    ],
)
def test_usual_encodings_and_separators(app: Flask, tmp_path: Path, text: bytes) -> None:
    status, said = ask(app, tmp_path, text)
    assert status == 0, said
    assert [row["seat"] for row in answer(tmp_path)] == ["世贸大厦"] * 4


def test_missing_columns_are_told_with_those_there_are_and_nothing_is_written(app: Flask, tmp_path: Path) -> None:
    status, said = ask(app, tmp_path, "id,lon,人数\na,1,2\n")
    assert status == 2
    assert "lat, workers, jurisdiction" in said
    assert "id, lon, 人数" in said
    assert not (tmp_path / "g.csv").exists()


def test_a_wrong_value_is_told_and_its_firm_is_in_the_answer(app: Flask, tmp_path: Path) -> None:
    status, said = ask(app, tmp_path, table(*ROWS, "bad,32.0,120.9,-4,和平桥街道,", "f0,120.9,32,3,t,"))
    assert status == 1
    assert "row 6, workers: '-4' [NEGATIVE]" in said
    assert "row 6, lon, lat: '32.0, 120.9' [POSITION]" in said
    assert "row 7, id: 'f0' [ID_DOUBLE]" in said
    assert [row["reason"] for row in answer(tmp_path)[4:]] == ["R6", "double_id"]


@pytest.mark.parametrize("text", ["", "\n\n", HEAD + "\n"])
def test_a_table_without_firms_is_no_crash(app: Flask, tmp_path: Path, text: str) -> None:
    status, said = ask(app, tmp_path, text)
    assert status in (0, 2), said
    assert "Traceback" not in said
    assert (tmp_path / "g.csv").exists() == (status == 0)


def test_parameters_are_read_and_wrong_ones_named(app: Flask, tmp_path: Path) -> None:
    params = tmp_path / "p.yaml"
    params.write_text("min_firms: 5\n", encoding="utf-8")
    assert ask(app, tmp_path, table(*ROWS), "--params", str(params))[0] == 0
    assert {row["reason"] for row in answer(tmp_path)} == {"R1 workers=36 firms=4 least=25/5"}
    for text, hint in (
        ("min_firm: 5", "min_firm"), ("reach_m: far", "reach_m"), ("reach_m: -1", "reach_m"), ("- 1", "p.yaml"),
        ("a: [", "p.yaml"), ("max_firms: 1", "max_firms"),
        ("min_firms: -3", "min_firms 不能小于 0 / options below zero"), ("min_firms: 1", "不能小于法律要求的单位数"),
    ):  # fmt: skip
        params.write_text(text + "\n", encoding="utf-8")
        status, said = ask(app, tmp_path, table(*ROWS), "--params", str(params))
        assert status == 2, text
        assert hint in said
        assert "Traceback" not in said


def test_existing_unions_take_firms_in(app: Flask, tmp_path: Path) -> None:
    unions = tmp_path / "e.csv"
    unions.write_text("id,kind,place,jurisdiction,spare\nU1,building,世贸大厦,和平桥街道,2\n", encoding="utf-8")
    status, said = ask(app, tmp_path, table(*ROWS[:2]), "--existing", str(unions))
    assert status == 0, said
    assert {(row["kind"], row["seat"], row["reason"]) for row in answer(tmp_path)} == {("existing", "U1", "joins")}


def test_a_formula_is_defused_and_an_input_is_never_written_over(app: Flask, tmp_path: Path) -> None:
    ask(app, tmp_path, table("=1+1,120.9,32,9,t,"))
    assert answer(tmp_path)[0]["id"] == "'=1+1"
    source = tmp_path / "f.csv"
    result = app.test_cli_runner().invoke(args=["suggest", "--firms", str(source), "--out", str(source)])
    assert result.exit_code == 2
    assert source.read_text(encoding="utf-8").startswith(HEAD)


@pytest.mark.parametrize(
    ("option", "text", "status", "hint"),
    [
        (
            "--existing",
            "id,kind,place,jurisdiction,spare\nU1,tower,甲,t,2\nU2,building,,t,-1\n",
            1,
            "row 2, kind: 'tower'",
        ),
        ("--existing", "id,kind\nU1,building\n", 2, "place, jurisdiction, spare"),
        ("--previous", "id,group\nf0,t\n", 2, "kind, seat"),
        (
            "--previous",
            "id,group,kind,seat\nf0,x,community,here\nf1,y,street,路@far\nf2,z,moon,1\nf9,a,building,b#0\n",
            0,
            "4 家",
        ),
        ("--previous", "", 2, "o.csv"),
    ],
)
def test_other_files_are_as_hostile(app: Flask, tmp_path: Path, option: str, text: str, status: int, hint: str) -> None:
    other = tmp_path / "o.csv"
    other.write_text(text, encoding="utf-8")
    got, said = ask(app, tmp_path, table(*ROWS), option, str(other))
    assert (got, "Traceback" in said) == (status, False), said
    assert hint in said
    assert (tmp_path / "g.csv").exists() == (status != 2)


def test_hostile_cells_are_told_by_row_and_column_and_every_firm_is_answered(app: Flask, tmp_path: Path) -> None:
    cells = [
        ("nan", "32.0", "9", "t"), ("120.9", "1e999", "9", "t"), ("120.9", "32.0", "NaN", "t"),
        ("120.9", "32", "-1", "t"),
        ("120.9", "32.0", "9" * 30, "t"), ("120.9", "32.0", "٣", "t"), ("", "", "4", "t"),
        ("120.9", "32.0", "2.5", "t"),
        ("120.9", "32.0", "7", ""), ("120.9", "32.0", "7", "t" * 5000),
    ]  # fmt: skip
    rows = [f"h{number},{','.join(each)},\u202e{'楼' * 3}" for number, each in enumerate(cells)]
    status, said = ask(app, tmp_path, table(*ROWS, *rows))
    assert status == 1, said
    assert "Traceback" not in said
    for row, column in ((6, "lon"), (7, "lat"), (8, "workers"), (9, "workers"), (10, "workers"), (13, "workers")):
        assert f"row {row}, {column}" in said, (row, column)
    assert "row 14, jurisdiction" in said
    assert "应为 / should be" in said
    answered = answer(tmp_path)
    assert [each["id"] for each in answered] == [f"f{n}" for n in range(4)] + [f"h{n}" for n in range(10)]
    assert all(each["reason"] for each in answered)
