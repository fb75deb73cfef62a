"""How far shapes reach around a point, and whether points of villages can be believed."""

import math

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.frames import ALIASES, DIVISIONS, PLACES
from geo.gazetteer import build
from geo.gazetteer.extents import METRES, reach_of_shapes
from geo.gazetteer.layers import place_names
from geo.gazetteer.tree import read_tree

LON, LAT = 121.0, 32.0
EAST = METRES * math.cos(math.radians(LAT))
SQUARE = shapely.box(-100, -100, 100, 100)
SHAPES = {
    "square": SQUARE,
    "long": shapely.box(-400, -20, 400, 20),
    "disc": shapely.Point(0, 0).buffer(150),
    "corner": shapely.Polygon([(0, 0), (300, 0), (300, 60), (60, 60), (60, 300), (0, 300)]),
    "yard": SQUARE.difference(shapely.box(-70, -70, 70, 70)),
    "parts": shapely.union_all([shapely.box(-200, -30, -100, 30), shapely.box(80, -30, 220, 30)]),
    "aslant": shapely.affinity.rotate(shapely.box(-300, -30, 300, 30), 37),
}


def degrees(shape):
    return shapely.transform(shape, lambda at: at / (EAST, METRES) + (LON, LAT))


def radius(shape):
    return float(reach_of_shapes(np.array([degrees(shape)], dtype=object), np.array([LON]), np.array([LAT]))[0])


@pytest.mark.parametrize("name", SHAPES)
def test_nine_of_ten_points_of_an_area_lie_within_its_radius(name):
    shape = SHAPES[name]
    west, south, east, north = shape.bounds
    x, y = np.random.default_rng(1).uniform((west, south), (east, north), (40_000, 2)).T
    inside = shapely.contains_xy(shape, x, y)
    assert 0.86 < np.mean(np.hypot(x, y)[inside] <= radius(shape)) < 0.95


def test_of_a_line_its_length_counts_and_a_point_reaches_nowhere():
    assert radius(shapely.LineString([(-500, 0), (500, 0)])) == pytest.approx(452, abs=3)
    assert radius(shapely.MultiLineString([[(-500, 0), (0, 0)], [(0, 0), (500, 0)]])) == pytest.approx(452, abs=3)
    found = reach_of_shapes(np.array([shapely.Point(LON, LAT), None]), np.array([LON, np.nan]), np.array([LAT, np.nan]))
    assert np.isnan(found).all()


def test_orientation_of_rings_does_not_matter():
    assert radius(shapely.reverse(SHAPES["yard"])) == pytest.approx(radius(SHAPES["yard"]))


ROWS = {
    "990100": ("试验市", "city", "", None),
    "990101": ("东沟区", "county", "990100", (0, 0)),
    "990101001": ("河口街道", "town", "990101", (0, 0)),
    "990101002": ("柳桥街道", "town", "990101", (8_000, 0)),
    "990101003": ("北坝街道", "town", "990101", None),
    "990101001001": ("近村村委会", "village", "990101001", (1_000, 500)),
    "990101001002": ("边村村委会", "village", "990101001", (5_000, 0)),
    "990101001003": ("远村村委会", "village", "990101001", (14_000, 0)),
    "990101003001": ("坝村村委会", "village", "990101003", (3_000, 3_000)),
    "990101003002": ("失村村委会", "village", "990101003", (30_000, 0)),
}


def divisions():
    return DIVISIONS.conform(
        placed(pd.DataFrame.from_dict(ROWS, orient="index", columns=["name", "level", "parent", "at"]))
    )


def placed(table):
    at = [(np.nan, np.nan) if at is None else (LON + at[0] / EAST, LAT + at[1] / METRES) for at in table.pop("at")]
    return table.assign(lon=[lon for lon, _ in at], lat=[lat for _, lat in at])


AROUND = {
    f"9901010{k:02}": (f"第{k}街道", "town", "990101", at)
    for k, at in enumerate(((-8_000, 0), (0, 8_000), (0, -8_000), (8_000, 8_000), (-8_000, 8_000)), 10)
}
"""With 河口 and 柳桥 a chessboard of towns, 8 km apart."""


def villages(rows):
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["name", "level", "parent", "at"])
    found = read_tree(DIVISIONS.conform(placed(table))).entities.values()
    return {e.name.removesuffix("村委会"): e.radius_m if e.placed else None for e in found if e.kind == "village"}


def test_a_village_out_of_its_towns_reach_has_no_position():
    found = villages(ROWS)
    assert found["近村"] == found["坝村"] == found["边村"] == 2_200.0
    assert found["远村"] is None and found["失村"] is None


def test_a_village_deep_in_the_ground_of_another_town_is_less_sure():
    found = villages(ROWS | AROUND | {"990101001004": ("深村村委会", "village", "990101001", (9_000, 0))})
    assert found["近村"] == found["边村"] == 2_200.0  # a kilometre over the border is nothing
    assert found["深村"] == pytest.approx(5_000.0, rel=0.01)


def test_a_village_reaches_over_its_share_of_the_ground_of_its_town():
    shares = {f"9901010010{k:02}": (f"第{k}村村委会", "village", "990101001", (100 * k, 0)) for k in range(10, 26)}
    towns = {key: row for key, row in ROWS.items() if row[1] != "village"}
    (wide,) = set(villages(towns | shares | AROUND).values())
    assert wide == pytest.approx(0.57 * 8_000 / 4, rel=0.12)  # sixteen villages of a town of about eight by eight km
    near = {key: (*row[:3], (row[3][0] / 2, row[3][1] / 2)) for key, row in AROUND.items()}
    near |= {"990101002": ("柳桥街道", "town", "990101", (4_000, 0))}
    (narrow,) = set(villages(towns | shares | near).values())
    assert narrow == pytest.approx(wide / 2, rel=0.01)
    (usual,) = set(villages(towns | shares).values())
    assert usual == pytest.approx(0.57 * 80e6**0.5 / 4)


def test_a_zone_reaches_as_far_as_the_doors_in_it():
    rows = {"zone:990101:河口工业园区": {"kind": "zone", "name": "河口工业园区"}}
    rows |= {f"address:{k}": {"kind": "address", "name": f"望江路{k}号"} for k in range(1, 61)}
    outline = shapely.box(-1_000, -1_000, 1_000, 1_000)
    shapes = [degrees(outline), *(degrees(shapely.Point(4 * k, 0)) for k in range(1, 61))]
    table = pd.DataFrame.from_dict(rows, orient="index").assign(county_code="990101", origin="layer", geometry=shapes)
    names = build(divisions(), ALIASES.empty(), PLACES.conform(table))
    assert names.entities["zone:990101:河口工业园区"].radius_m < 300
    alone = build(divisions(), ALIASES.empty(), PLACES.conform(table.iloc[:1]))
    assert alone.entities["zone:990101:河口工业园区"].radius_m == pytest.approx(1_120, rel=0.03)


def street(*pieces):
    lines = [shapely.LineString(piece) for piece in pieces]
    shape = lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
    row = {"kind": "street", "name": "长青路", "county_code": "990101", "origin": "layer", "geometry": shape}
    ((_, _, entity),) = place_names(
        PLACES.conform(pd.DataFrame([row], index=["street:990101:长青路"])), lambda _: set()
    )
    ends = shapely.get_coordinates(shapely.segmentize(shape, 1e-5))
    away = np.hypot((ends[:, 0] - entity.lon) * METRES * math.cos(math.radians(32)), (ends[:, 1] - entity.lat) * METRES)
    return (entity.lon, entity.lat), float((away <= entity.radius_m).mean())


@pytest.mark.parametrize(
    ("pieces", "middle"),
    [
        ([[(121.0, 32.0), (121.02, 32.0)]], (121.01, 32.0)),
        ([[(121.0, 32.0), (121.02, 32.0), (121.02, 32.02)]], (121.02, 32.0015)),
        ([[(121.0, 32.0), (121.01, 32.0)], [(121.01, 32.0), (121.03, 32.0)]], (121.015, 32.0)),
        ([[(121.0, 32.0), (121.01, 32.0)], [(121.012, 32.0), (121.02, 32.0)]], (121.01, 32.0)),
    ],
)
def test_the_middle_of_its_course_stands_for_a_street_and_the_radius_holds(pieces, middle):
    point, held = street(*pieces)
    assert point == pytest.approx(middle, abs=3e-4)
    assert 0.85 <= held <= 0.96
