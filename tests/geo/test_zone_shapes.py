"""Two hundred hostile geometries: each is answered by the code written beside its family, or taken as it is."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from zone_plans import at, square

from geo.zones.errors import ShapeError
from geo.zones.lattice import area_m2
from geo.zones.shapes import LEAST_M2, MOST_POINTS, lattice_shape, read_line, read_shape

COUNTY = square(-50, -50, 100, 100)
VARIANTS = 6
Position = list[float]


class Hand:
    """Positions in squares, turned, shifted and scaled for each variant of a family."""

    def __init__(self, variant: int) -> None:
        self.turn, self.shift = 0.4 * variant, 2.5 * variant
        self.scale = (1.0, 0.3, 2.0, 5.0, 0.1, 10.0)[variant]

    def __call__(self, x: float, y: float) -> Position:
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        x, y = self.scale * (x * cos - y * sin), self.scale * (x * sin + y * cos)
        return list(at(x + self.shift, y - self.shift))


def polygon(*rings: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def parts(*polygons: list[Any]) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": list(polygons)}


def ring(p: Hand, *corners: tuple[float, float]) -> list[Position]:
    return [p(*corner) for corner in (*corners, corners[0])]


def box_(p: Hand, west: float, south: float, east: float, north: float) -> list[Position]:
    return ring(p, (west, south), (east, south), (east, north), (west, north))


def swapped(p: Hand) -> dict[str, Any]:
    return polygon([[y, x] for x, y in box_(p, 0, 0, 1, 1)])


def with_heights(p: Hand, height: Any) -> dict[str, Any]:
    return polygon([[*position, height] for position in box_(p, 0, 0, 1, 1)])


def replaced(p: Hand, value: Any, place: int = 1) -> dict[str, Any]:
    corners = box_(p, 0, 0, 1, 1)
    corners[place] = value
    return polygon(corners)


def circle(p: Hand, count: int) -> list[Position]:
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
    corners = [p(math.cos(turn), math.sin(turn)) for turn in turns]
    return [*corners, corners[0]]


def nested(depth: int, inner: Any) -> Any:
    for _ in range(depth):
        inner = {"type": "GeometryCollection", "geometries": [inner]}
    return inner


SOUND: dict[str, Callable[[Hand], Any]] = {
    "plain": lambda p: polygon(box_(p, 0, 0, 1, 1)),
    "clockwise": lambda p: polygon(box_(p, 0, 0, 1, 1)[::-1]),
    "hole of the outer's turn": lambda p: polygon(box_(p, 0, 0, 3, 3), box_(p, 1, 1, 2, 2)),
    "points twice": lambda p: polygon([q for q in box_(p, 0, 0, 1, 1) for _ in range(3)]),
    "heights": lambda p: with_heights(p, 12.5),
    "heights that are no numbers": lambda p: with_heights(p, None),
    "two parts": lambda p: parts([box_(p, 0, 0, 1, 1)], [box_(p, 2, 0, 3, 1)]),
    "parts that touch at a corner": lambda p: parts([box_(p, 0, 0, 1, 1)], [box_(p, 1, 1, 2, 2)]),
    "a feature": lambda p: {"type": "Feature", "properties": None, "geometry": polygon(box_(p, 0, 0, 1, 1))},
    "a collection of one feature": lambda p: {
        "type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon(box_(p, 0, 0, 1, 1))}],
    },
    "text": lambda p: json.dumps(polygon(box_(p, 0, 0, 1, 1))),
}  # fmt: skip
"""Taken as they are."""

FAULTY: dict[str, tuple[str, Callable[[Hand], Any]]] = {
    "bow-tie": ("SHAPE_SELF_CROSSING", lambda p: polygon(ring(p, (0, 0), (1, 1), (1, 0), (0, 1)))),
    "lopsided bow-tie": ("SHAPE_SELF_CROSSING", lambda p: polygon(ring(p, (0, 0), (3, 2), (3, 0), (0, 1)))),
    "pentagram": (
        "SHAPE_SELF_CROSSING",
        lambda p: polygon(ring(p, *((math.sin(2.4 * math.pi * k), math.cos(2.4 * math.pi * k)) for k in range(1)),
                               *((math.sin(0.8 * math.pi * k), math.cos(0.8 * math.pi * k)) for k in range(1, 5)))),
    ),
    "spike": ("SHAPE_SPIKE", lambda p: polygon(ring(p, (0, 0), (1, 0), (1, 0.5), (3, 0.5), (1, 0.5), (1, 1), (0, 1)))),
    "thin spike": ("SHAPE_SPIKE", lambda p: polygon(ring(p, (0, 0), (1, 0), (1, 0.5), (3, 0.503), (1, 0.506), (0, 1)))),
    "spike in a second part": (
        "SHAPE_SPIKE",
        lambda p: parts([box_(p, 4, 4, 5, 5)], [ring(p, (0, 0), (1, 0), (1, 0.5), (3, 0.5), (1, 0.5), (1, 1), (0, 1))]),
    ),
    "collapsed": ("SHAPE_SPIKE", lambda p: polygon(ring(p, (0, 0), (1, 0), (2, 0)))),
    "ring that touches itself": (
        "SHAPE_SELF_TOUCHING",
        lambda p: polygon(ring(p, (0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (1, 2), (2, 1))),
    ),
    "hole outside": ("SHAPE_HOLE_OUTSIDE", lambda p: polygon(box_(p, 0, 0, 1, 1), box_(p, 5, 5, 6, 6))),
    "hole across the border": ("SHAPE_SELF_CROSSING", lambda p: polygon(box_(p, 0, 0, 2, 2), box_(p, 1, 1, 3, 1.5))),
    "hole in a hole": (
        "SHAPE_HOLES_OVERLAP",
        lambda p: polygon(box_(p, 0, 0, 9, 9), box_(p, 1, 1, 8, 8), box_(p, 2, 2, 3, 3)),
    ),
    "holes across each other": (
        "SHAPE_SELF_CROSSING",
        lambda p: polygon(box_(p, 0, 0, 9, 9), box_(p, 1, 1, 4, 4), box_(p, 3, 2, 6, 3)),
    ),
    "parts across each other": (
        "SHAPE_PARTS_OVERLAP",
        lambda p: parts([box_(p, 0, 0, 2, 2)], [box_(p, 1, 0.5, 3, 1.5)]),
    ),
    "part in a part": ("SHAPE_PARTS_OVERLAP", lambda p: parts([box_(p, 0, 0, 4, 4)], [box_(p, 1, 1, 2, 2)])),
    "open ring": ("SHAPE_UNCLOSED", lambda p: polygon(box_(p, 0, 0, 1, 1)[:-1])),
    "two points": ("SHAPE_TOO_FEW_POINTS", lambda p: polygon([p(0, 0), p(1, 1)])),
    "one point four times": ("SHAPE_TOO_FEW_POINTS", lambda p: polygon([p(0, 0)] * 4)),
    "there and back": ("SHAPE_TOO_FEW_POINTS", lambda p: polygon([p(0, 0), p(1, 1), p(0, 0), p(0, 0)])),
    "nothing": ("SHAPE_EMPTY", lambda p: polygon()),
    "no parts": ("SHAPE_EMPTY", lambda p: parts()),
    "feature of nothing": ("SHAPE_EMPTY", lambda p: {"type": "Feature", "geometry": None}),
    "NaN": ("SHAPE_NOT_A_NUMBER", lambda p: replaced(p, [float("nan"), 32.0])),
    "infinity": ("SHAPE_NOT_A_NUMBER", lambda p: replaced(p, [121.0, float("-inf")])),
    "null": ("SHAPE_NOT_A_NUMBER", lambda p: replaced(p, [None, 32.0])),
    "huge whole number": ("SHAPE_NOT_A_NUMBER", lambda p: replaced(p, [10**400, 32.0])),
    "text in place of numbers": ("SHAPE_MALFORMED", lambda p: replaced(p, ["121.0", "32.0"])),
    "a lone number": ("SHAPE_MALFORMED", lambda p: replaced(p, 121.0)),
    "a position of one": ("SHAPE_MALFORMED", lambda p: replaced(p, [121.0])),
    "a position of nine": ("SHAPE_MALFORMED", lambda p: replaced(p, [121.0] * 9)),
    "one level too few": ("SHAPE_MALFORMED", lambda p: {"type": "Polygon", "coordinates": box_(p, 0, 0, 1, 1)}),
    "one level too many": ("SHAPE_MALFORMED", lambda p: {"type": "Polygon", "coordinates": [[box_(p, 0, 0, 1, 1)]]}),
    "coordinates by name": ("SHAPE_MALFORMED", lambda p: {"type": "Polygon", "coordinates": {"x": 1}}),
    "swapped axes": ("SHAPE_SWAPPED_AXES", swapped),
    "metres": ("SHAPE_PROJECTED", lambda p: polygon([[x * 4000, y * 110_000] for x, y in box_(p, 0, 0, 1, 1)])),
    "latitude of a hundred": ("SHAPE_OUT_OF_RANGE", lambda p: replaced(p, [121.0, 100.0])),
    "antimeridian": (
        "SHAPE_ANTIMERIDIAN",
        lambda p: polygon([[(x - p(0.5, 0.5)[0] + 360) % 360 - 180, y] for x, y in box_(p, 0, 0, 1, 1)]),
    ),
    "elsewhere in China": ("SHAPE_OUTSIDE", lambda p: polygon([[x - 10, y + 3] for x, y in box_(p, 0, 0, 1, 1)])),
    "off Africa": ("SHAPE_OUTSIDE", lambda p: polygon([[x - 121, y - 32] for x, y in box_(p, 0, 0, 1, 1)])),
    "a hand's breadth": ("SHAPE_TOO_SMALL", lambda p: polygon(box_(p, 0, 0, 1e-5, 1e-5))),
    "point": ("SHAPE_TYPE", lambda p: {"type": "Point", "coordinates": p(0, 0)}),
    "line": ("SHAPE_TYPE", lambda p: {"type": "LineString", "coordinates": [p(0, 0), p(1, 1)]}),
    "unknown type": ("SHAPE_TYPE", lambda p: {"type": "Blob", "coordinates": box_(p, 0, 0, 1, 1)}),
    "no type": ("SHAPE_TYPE", lambda p: {"coordinates": [box_(p, 0, 0, 1, 1)]}),
    "collection": ("SHAPE_TYPE", lambda p: nested(1, polygon(box_(p, 0, 0, 1, 1)))),
    "deep collection": ("SHAPE_TYPE", lambda p: nested(200, polygon(box_(p, 0, 0, 1, 1)))),
    "two features": (
        "SHAPE_TYPE",
        lambda p: {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None}] * 2},
    ),
    "feature in a feature in a feature": (
        "SHAPE_TYPE",
        lambda p: {"type": "Feature", "geometry": {"type": "Feature", "geometry": {"type": "Feature", "geometry": {}}}},
    ),
    "bottomless text": ("SHAPE_NOT_JSON", lambda p: "[" * 200_000),
    "no JSON": ("SHAPE_NOT_JSON", lambda p: "POLYGON ((0 0, 1 1, 1 0, 0 0))"),
    "list": ("SHAPE_TYPE", lambda p: json.dumps([box_(p, 0, 0, 1, 1)])),
    "number": ("SHAPE_TYPE", lambda p: "7"),
}  # fmt: skip
"""Refused, each family with its code."""

REPAIRABLE = {
    "SHAPE_SELF_CROSSING", "SHAPE_SELF_TOUCHING", "SHAPE_HOLE_OUTSIDE", "SHAPE_HOLES_OVERLAP", "SHAPE_PARTS_OVERLAP",
    "SHAPE_UNCLOSED", "SHAPE_SWAPPED_AXES",
}  # fmt: skip


def test_there_are_two_hundred_and_more() -> None:
    assert (len(SOUND) + len(FAULTY)) * VARIANTS > 300


@pytest.mark.parametrize("variant", range(VARIANTS))
@pytest.mark.parametrize("family", SOUND)
def test_sound_shapes_are_taken_as_they_are(family: str, variant: int) -> None:
    shape = read_shape(SOUND[family](Hand(variant)), within=COUNTY)
    assert shapely.is_valid(shape)
    assert not shapely.has_z(shape)
    assert all(shapely.is_ccw(shapely.get_exterior_ring(part)) for part in shapely.get_parts(shape))
    given = {tuple(position) for position in shapely.get_coordinates(shape).tolist()}
    drawn = json.dumps(SOUND[family](Hand(variant)))
    assert all(repr(x) in drawn and repr(y) in drawn for x, y in given)
    assert area_m2(lattice_shape(shape)) >= LEAST_M2


@pytest.mark.parametrize("variant", range(VARIANTS))
@pytest.mark.parametrize("family", FAULTY)
def test_hostile_shapes_are_refused_with_their_code_and_never_repaired_silently(family: str, variant: int) -> None:
    code, make = FAULTY[family]
    with pytest.raises(ShapeError) as caught:
        read_shape(make(Hand(variant)), within=COUNTY)
    error = caught.value
    assert error.code == code
    json.dumps(error.detail, allow_nan=False)
    if code in REPAIRABLE:
        repaired = read_shape(error.detail["repaired"], within=COUNTY)
        assert shapely.is_valid(repaired)
        if "changed_m2" in error.detail:
            told = abs(error.detail["after_m2"] - error.detail["before_m2"])
            assert error.detail["changed_m2"] == pytest.approx(told, abs=0.11)
            assert error.detail["after_m2"] == pytest.approx(area_m2(lattice_shape(repaired)), abs=0.2, rel=2e-3)


def test_the_place_of_a_fault_is_told() -> None:
    with pytest.raises(ShapeError) as caught:
        read_shape(FAULTY["bow-tie"][1](Hand(0)))
    assert caught.value.detail["at"] == pytest.approx(list(at(0.5, 0.5)))


def test_a_spike_is_repaired_without_loss_of_land() -> None:
    with pytest.raises(ShapeError) as caught:
        read_shape(FAULTY["spike"][1](Hand(0)))
    detail = caught.value.detail
    assert detail["at"] == list(at(3, 0.5))
    assert shapely.equals(shapely.from_geojson(json.dumps(detail["repaired"])), square(0, 0))
    assert detail["changed_m2"] == 0


def test_axes_are_known_to_be_swapped_by_the_county_where_the_box_of_china_does_not_tell() -> None:
    far = polygon([[10.0, 50.0], [11.0, 50.0], [11.0, 51.0], [10.0, 50.0]])
    assert read_shape(far).geom_type == "Polygon"
    with pytest.raises(ShapeError) as caught:
        read_shape(far, within=shapely.box(49, 9, 52, 12))
    assert caught.value.code == "SHAPE_SWAPPED_AXES"
    assert caught.value.detail["repaired"]["coordinates"][0][0] in ([50.0, 10.0], [50.0, 11.0], [51.0, 11.0])


def test_a_large_shape_is_taken_up_to_the_limit_and_refused_beyond() -> None:
    hand = Hand(0)
    assert shapely.get_num_coordinates(read_shape(polygon(circle(hand, 100_000)))) == 100_001
    with pytest.raises(ShapeError) as caught:
        read_shape(polygon([[121.0, 32.0]] * (MOST_POINTS + 1)))
    assert caught.value.code == "SHAPE_TOO_MANY_POINTS"
    assert caught.value.detail == {"points": MOST_POINTS + 1, "most": MOST_POINTS}


def test_a_million_vertices_are_answered() -> None:
    corners = np.tile(np.array(at(0, 0)), (1_000_000, 1)).tolist()
    for text in (polygon([*corners, corners[0]]), json.dumps(polygon([*corners, corners[0]]))):
        with pytest.raises(ShapeError) as caught:
            read_shape(text)
        assert caught.value.detail == {"points": 1_000_001, "most": MOST_POINTS}


@pytest.mark.parametrize("count", [150, 900, 40_000, MOST_POINTS - 1])
def test_a_scribble_is_answered_without_untying_each_crossing(count: int) -> None:
    corners = (np.array(at(0, 0)) + np.random.default_rng(1).uniform(0, 0.02, (count, 2))).tolist()
    with pytest.raises(ShapeError) as caught:
        read_shape(polygon([*corners, corners[0]]))
    assert caught.value.code in ("SHAPE_SELF_CROSSING", "SHAPE_SPIKE")
    assert ("repaired" in caught.value.detail) == (count < 200)


def test_a_large_shape_with_one_crossing_is_repaired_as_a_preview() -> None:
    corners = circle(Hand(0), 30_000)
    corners[100], corners[104] = corners[104], corners[100]
    with pytest.raises(ShapeError) as caught:
        read_shape(polygon(corners))
    assert shapely.get_num_coordinates(read_shape(caught.value.detail["repaired"])) > 29_900


def test_endless_rings_are_refused() -> None:
    with pytest.raises(ShapeError) as caught:
        read_shape(polygon(*[box_(Hand(0), 0, 0, 1, 1)] * 60_000))
    assert caught.value.code == "SHAPE_TOO_MANY_POINTS"


@pytest.mark.parametrize(
    ("coordinates", "code"),
    [
        ([list(at(0, 0)), list(at(2, 2)), list(at(2, 0)), list(at(0, 2))], "LINE_CROSSES_ITSELF"),
        ([list(at(0, 0))], "SHAPE_TOO_FEW_POINTS"),
        ([list(at(0, 0))] * 5, "SHAPE_TOO_FEW_POINTS"),
        ([], "SHAPE_EMPTY"),
        ([[32.0, 121.0], [32.1, 121.1]], "SHAPE_SWAPPED_AXES"),
        ([list(at(0, 0)), [None, 1]], "SHAPE_NOT_A_NUMBER"),
        ([list(at(90, 90)), list(at(91, 91))], "SHAPE_OUTSIDE"),
        ("121,32 122,33", "SHAPE_MALFORMED"),
    ],
)
def test_hostile_lines_are_refused(coordinates: Any, code: str) -> None:
    with pytest.raises(ShapeError) as caught:
        read_line({"type": "LineString", "coordinates": coordinates}, within=COUNTY)
    assert caught.value.code == code


def test_a_line_is_taken() -> None:
    drawn = {"type": "LineString", "coordinates": [list(at(0, 0)), list(at(1, 1)), list(at(1, 1))]}
    assert shapely.get_coordinates(read_line(drawn)).tolist() == [list(at(0, 0)), list(at(1, 1))]
