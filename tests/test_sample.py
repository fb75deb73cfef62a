"""The sample city: the same bytes each time, true to what it says of itself, like a real city where that matters."""

import csv
import importlib.util
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from stdnum.cn import uscc

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "演示数据：街道、楼宇、企业、工会均为虚构"
FIRMS = 3_000


def make(folder: Path, *more: str) -> Path:
    subprocess.run(
        [sys.executable, ROOT / "scripts" / "make_sample", "--out", folder, *more],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample city."""
    return make(tmp_path_factory.mktemp("city"), "--firms", str(FIRMS))


@pytest.fixture(scope="module")
def manifest(city: Path) -> dict[str, Any]:
    return json.loads((city / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def truth(city: Path) -> list[dict[str, str]]:
    return rows(city / "truth.csv")


def rows(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def layer(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(path).to_crs(32651)


def _mix() -> ModuleType:
    """Load the yardstick from the scripts, which are no installed package."""
    spec = importlib.util.spec_from_file_location("mix", ROOT / "scripts" / "sample" / "mix.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


mix = _mix()


def addresses(city: Path) -> list[str]:
    from openpyxl import load_workbook

    sheet = load_workbook(city / "enterprises_zones.xlsx", read_only=True).active
    zoned = [str(row[7] or "") for row in sheet.iter_rows(min_row=4, values_only=True)]
    return [row["住所"] for row in rows(city / "enterprises_market.csv", "gb18030")] + zoned


# --- sameness -------------------------------------------------------------------------------------------------------


def test_making_it_twice_gives_the_same_bytes(city: Path, tmp_path: Path) -> None:
    again = make(tmp_path / "again", "--firms", str(FIRMS))
    names = sorted(path.name for path in city.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert [name for name in names if (city / name).read_bytes() != (again / name).read_bytes()] == []


def test_another_seed_gives_another_city(city: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "other", "--firms", "500", "--seed", "7")
    assert (other / "streets.geojson").read_bytes() != (city / "streets.geojson").read_bytes()


@pytest.mark.slow
def test_the_default_city_has_the_recorded_digests(tmp_path: Path) -> None:
    digests = tmp_path / "digests"
    make(tmp_path / "whole", "--digests", str(digests))
    recorded = (ROOT / "data" / "sample.sha256").read_text(encoding="utf-8")
    assert digests.read_text(encoding="utf-8") == recorded, "run scripts/make_sample --digests data/sample.sha256"


# --- what it says of itself -----------------------------------------------------------------------------------------


def test_the_manifest_says_what_is_invented_and_counts_each_file(city: Path, manifest: dict[str, Any]) -> None:
    assert manifest["notice"] == NOTICE
    assert manifest["firms"] == FIRMS
    files = manifest["files"]
    assert sorted(files) == sorted(path.name for path in city.iterdir() if path.name != "manifest.json")
    assert files["enterprises_market.csv"]["rows"] + files["enterprises_zones.xlsx"]["rows"] == FIRMS
    assert (
        len(rows(city / "union_members.csv"))
        == files["union_members.csv"]["rows"]
        == files["truth_members.csv"]["rows"]
    )
    assert {name: entry["datum"] for name, entry in files.items() if "place" in entry} == {
        "towns.geojson": "wgs84",
        "zones.geojson": "wgs84",
        "buildings.geojson": "wgs84",
        "markets.geojson": "gcj02",
        "streets.geojson": "wgs84",
        "addresses.csv": "wgs84",
    }


def test_every_layer_carries_the_notice(city: Path) -> None:
    for path in city.glob("*.geojson"):
        assert NOTICE in json.loads(path.read_text(encoding="utf-8"))["note"]


# --- codes and counts -----------------------------------------------------------------------------------------------


def test_all_credit_codes_are_valid_and_none_stands_twice(truth: list[dict[str, str]]) -> None:
    codes = [row["uscc"] for row in truth]
    assert all(uscc.is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_every_code_holds_a_valid_organisation_code(truth: list[dict[str, str]]) -> None:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for row in truth:
        body, check = row["uscc"][8:16], row["uscc"][16]
        rest = 11 - sum(w * letters.index(c) for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), body, strict=True)) % 11
        assert check == {10: "X", 11: "0"}.get(rest, str(rest))


def test_most_firms_are_small_and_a_few_are_large(city: Path) -> None:
    last = [int(row["职工人数"]) for row in rows(city / "headcounts.csv") if row["统计日期"] == "2025-12-31"]
    assert 0.8 < sum(count < 25 for count in last) / len(last) < 0.95
    assert max(last) > 300


def test_parts_of_a_head_count_are_not_more_than_the_whole(city: Path) -> None:
    for row in rows(city / "headcounts.csv"):
        whole = int(row["职工人数"])
        assert all(0 <= int(row[part]) <= whole for part in ("女职工", "农民工", "劳务派遣"))


def test_three_yearly_states_differ(truth: list[dict[str, str]]) -> None:
    def covered(year: int) -> int:
        return sum(row[f"primary_{year}"] != "none" and row[f"alive_{year}"] == "1" for row in truth)

    assert covered(2023) < covered(2024) < covered(2025)


def test_all_kinds_of_unions_are_there(city: Path) -> None:
    from openpyxl import load_workbook

    sheet = load_workbook(city / "unions.xlsx", read_only=True).active
    kinds = Counter(row[2] for row in sheet.iter_rows(min_row=3, values_only=True))
    assert {
        "单独基层工会",
        "楼宇工会",
        "一条街工会",
        "专业市场工会",
        "项目工会",
        "园区工会",
        "村（社区）联合工会",
    } <= set(kinds)


def test_registers_of_earlier_years_hold_the_unions_that_stood_then_with_members_of_their_own(city: Path) -> None:
    for year in (2023, 2024):
        then = rows(city / f"unions_{year}.csv")
        assert len({row["工会统计代码"] for row in then}) == len(then) > 100
        assert all(row["批准日期"] <= row["统计日期"] == f"{year}-12-31" for row in then)
        assert all(int(row["女会员数"]) <= int(row["会员数"]) <= int(row["职工人数"]) for row in then)
        assert not any(row["工会类型"].endswith("联合会") for row in then), "federations have no members of their own"


# --- the lie of the land --------------------------------------------------------------------------------------------


def test_zones_overlap_nothing_but_their_own_sub_parks(city: Path) -> None:
    zones = layer(city / "zones.geojson")
    above = dict(zip(zones["名称"], zones["上级园区"], strict=True))
    pairs = gpd.sjoin(zones, zones, predicate="overlaps").query("名称_left < 名称_right")
    for _, pair in pairs.iterrows():
        left, right = zones[zones["名称"].eq(pair["名称_left"])], zones[zones["名称"].eq(pair["名称_right"])]
        shared = left.geometry.iloc[0].intersection(right.geometry.iloc[0]).area
        family = above[pair["名称_left"]] == pair["名称_right"] or above[pair["名称_right"]] == pair["名称_left"]
        assert family or shared < 600, (pair["名称_left"], pair["名称_right"], shared)  # six decimals leave slivers


def test_all_is_within_the_city_and_buildings_touch_neither_each_other_nor_a_street(city: Path) -> None:
    outlines = gpd.read_file(ROOT / "data" / "boundaries" / "nantong.geojson").to_crs(32651)
    ground = outlines.union_all()
    buildings, streets, zones = (layer(city / f"{name}.geojson") for name in ("buildings", "streets", "zones"))
    for frame in (buildings, streets, zones):
        assert frame.within(ground).all()
    assert len(gpd.sjoin(buildings, buildings, predicate="intersects")) == len(buildings)
    assert len(gpd.sjoin(buildings, streets, predicate="intersects")) == 0


def test_some_street_names_stand_in_several_counties_but_none_twice_in_one(city: Path) -> None:
    streets = gpd.read_file(city / "streets.geojson")
    assert not streets.duplicated(["名称", "所在县区"]).any()
    assert (streets.groupby("名称")["所在县区"].nunique() > 1).sum() >= 5


def test_numbers_of_a_street_are_odd_on_one_side_and_even_on_the_other(city: Path) -> None:
    streets = gpd.read_file(city / "streets.geojson")
    lines = {(row["所在县区"], row["名称"]): row.geometry for _, row in streets.iterrows()}
    wrong = 0
    points = rows(city / "addresses.csv")
    for row in points:
        line = lines[row["所在县区"], row["道路名称"]]
        x, y = float(row["经度"]), float(row["纬度"])
        (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
        wrong += ((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0) != (int(row["门牌号"]) % 2 == 1)
    assert wrong / len(points) < 0.25  # streets bend: the straight line between the ends is a rough measure only


# --- likeness -------------------------------------------------------------------------------------------------------


def test_addresses_have_the_mix_of_real_ones(city: Path) -> None:
    found = mix.measure(addresses(city))
    far = {
        kind: (found[kind], aim) for kind, aim in mix.TARGET.items() if abs(found[kind] - aim) > max(2.5, 0.15 * aim)
    }
    assert far == {}


def test_the_yardstick_itself_gives_the_shares_of_real_rows(shared: Path) -> None:
    found = mix.measure(
        row["address"] for row in rows(shared / "nantong" / "enterprises" / "nantong_enterprises_dev.csv")
    )
    assert {kind: found[kind] for kind, aim in mix.TARGET.items() if abs(found[kind] - aim) > 1.3} == {}


def test_no_invented_name_is_that_of_a_real_place_or_firm(city: Path, shared: Path) -> None:
    real = rows(shared / "nantong" / "enterprises" / "nantong_enterprises_dev.csv")
    names = {row["name"] for row in real}
    texts = "\n".join(row["address"] + row["name"] for row in real)
    zones = {row["name"] for row in rows(shared / "nantong" / "zones" / "jiangsu_gbt37028_2018_zones.csv")}
    divisions = "\n".join(row["name"] for row in rows(ROOT / "data" / "divisions" / "nantong.csv"))
    firms = [row["name"] for row in rows(city / "truth.csv")]
    assert not names & set(firms)
    for name in ("streets", "buildings", "markets", "zones"):
        for place in gpd.read_file(city / f"{name}.geojson")["名称"]:
            assert place not in texts and place not in divisions and place not in zones, place


def test_town_areas_say_that_they_are_invented_and_match_within_a_county(city: Path) -> None:
    assert "不是真实界线" in (city / "towns.geojson").read_text(encoding="utf-8")
    towns = gpd.read_file(city / "towns.geojson")
    assert towns["代码"].str.len().eq(9).all()
    assert towns["代码"].is_unique
    for county, own in towns.groupby("上级代码"):
        assert shapely.coverage_is_valid(own.geometry.to_numpy()), county


def test_no_corner_of_a_zone_nearly_is_another_one(city: Path) -> None:
    for name, shape in layer(city / "zones.geojson").set_index("名称").geometry.items():
        corners = shapely.get_coordinates(shape)
        steps = np.hypot(*np.diff(corners, axis=0).T)
        assert steps.min() > 15, name
