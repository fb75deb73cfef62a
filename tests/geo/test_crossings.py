"""Crossings of streets, and words that lead away from a place."""

import math

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiLineString, Point

from geo import gazetteer
from geo.gazetteer import Gazetteer
from geo.gazetteer.extents import METRES
from geo.geocode import locate
from tests.geo.test_gazetteer import aliases, divisions, places

LON, LAT = 121.0, 32.0


def place(x, y):
    return LON + x / (METRES * math.cos(math.radians(LAT))), LAT + y / METRES


def street(name, *points, county="990181"):
    shape = LineString([place(*point) for point in points])
    return {"id": f"street:{county}:{name}", "kind": "street", "name": name, "county_code": county, "geometry": shape}


def door(name, x, y):
    return {"id": f"address:990181:{name}", "kind": "address", "name": name, "county_code": "990181",
            "geometry": Point(place(x, y))}  # fmt: skip


def layer() -> gpd.GeoDataFrame:
    twice = street("弯月路", (500, -200), (500, 200))
    twice["geometry"] = MultiLineString([[place(500, -200), place(500, 200)], [place(560, -200), place(560, 200)]])
    rows = [
        street("远山路", (0, 0), (2_000, 0)),
        street("清溪路", (1_000, -800), (1_000, 900)),
        street("断桥路", (300, 120), (300, 900)),
        street("天边路", (0, 5_000), (900, 5_000)),
        twice,
        door("远山路100号", 200, 10), door("远山路200号", 400, 10),
        door("无图路1号", 1_500, 90), door("无图路31号", 1_500, 150), door("远山路750号", 1_490, 12),
        {"id": "building:990181:云帆大厦", "kind": "building", "name": "云帆大厦", "county_code": "990181",
         "geometry": Point(place(700, 60))},
    ]  # fmt: skip
    return places(**{f"p{k}": row for k, row in enumerate(rows)})


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    return gazetteer.build(divisions(), aliases(), layer())


def one(text: str, names: Gazetteer) -> pd.Series:
    return locate(pd.DataFrame({"address": [text]}, index=["x"]), names).iloc[0]


def off(row: pd.Series, x: float, y: float) -> float:
    lon, lat = place(x, y)
    return math.hypot((row["lon"] - lon) * METRES * math.cos(math.radians(LAT)), (row["lat"] - lat) * METRES)


def codes(row: pd.Series) -> list[str]:
    return [code for code, _ in row["reasons"]]


@pytest.mark.parametrize(
    "text",
    [
        "石埠市远山路与清溪路交叉口",
        "石埠市远山路清溪路口",
        "石埠市清溪路、远山路交汇处",
        "石埠市远山路（清溪路口）",
        "石埠市远山路和清溪路十字路口",
        "石埠市远山路北、清溪路东",
        "石埠市远山路近清溪路",
    ],
)
def test_a_crossing_lies_where_the_courses_meet(names: Gazetteer, text: str) -> None:
    row = one(text, names)
    assert row["level"] == "street"
    assert codes(row)[0] == "CROSSING"
    assert codes(row).count("CROSSING") == 1
    assert off(row, 1_000, 0) < 2
    assert 60 <= row["radius_m"] <= 200
    assert set(row["reasons"][0][1].values()) == {"远山路", "清溪路"}


def test_streets_that_nearly_meet_and_that_meet_twice(names: Gazetteer) -> None:
    nearly = one("石埠市远山路与断桥路交叉口", names)
    assert off(nearly, 300, 60) < 2
    assert nearly["radius_m"] > 90
    assert off(one("石埠市远山路与弯月路交叉口", names), 530, 0) < 2


def test_streets_that_do_not_meet_have_no_crossing(names: Gazetteer) -> None:
    row = one("石埠市远山路与天边路交叉口", names)
    assert row["reasons"][0] != ["CROSSING", {"road": "远山路", "other": "天边路"}]
    assert row["radius_m"] > 500


def test_doors_tell_a_crossing_where_a_course_is_missing(names: Gazetteer) -> None:
    row = one("石埠市远山路与无图路交叉口", names)
    assert codes(row)[0] == "CROSSING"
    assert off(row, 1_495, 51) < 3
    assert row["radius_m"] > 120


def test_a_house_number_counts_more_than_the_crossing_beside_it(names: Gazetteer) -> None:
    row = one("石埠市远山路100号(清溪路口)", names)
    assert (row["level"], codes(row)[0]) == ("number", "NUMBER_EXACT")


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        ("石埠市远山路100号向东500米", 700, 0),
        ("石埠市远山路200号西300米", 100, 0),
        ("石埠市远山路200号北200米", 400, 210),
        ("石埠市远山路与清溪路交叉口向南约300米", 1_000, -300),
        ("石埠市远山路与清溪路交叉口北0.5公里", 1_000, 500),
        ("石埠市云帆大厦向北200米", 700, 260),
    ],
)
def test_words_lead_away(names: Gazetteer, text: str, x: float, y: float) -> None:
    row = one(text, names)
    assert off(row, x, y) < 25
    assert row["level"] == "street"
    assert row["radius_m"] >= 70
    assert "MOVED" in codes(row)


@pytest.mark.parametrize("text", ["石埠市远山路100号北0米", "石埠市远山路100号北99999公里", "石埠市远山路100号东西5米"])
def test_absurd_distances_lead_nowhere(names: Gazetteer, text: str) -> None:
    row = one(text, names)
    assert "MOVED" not in codes(row)
    assert off(row, 200, 10) < 2
