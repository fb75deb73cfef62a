"""Operations on zones, by hand-written cases on squares of a kilometre: land moves as said, borders stay shared."""

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from zone_plans import at, line, plan, square, units2

from geo.errors import FrameError
from geo.frames import CRS
from geo.zones.errors import LockedError, OperationError, ShapeError
from geo.zones.operations import (
    KINDS,
    Operation,
    apply,
    cut_hole,
    describe,
    draw,
    fill_hole,
    lock,
    merge,
    move,
    paint,
    remove,
    reshape,
    simplify,
    snap,
    snap_zone,
    split,
    subtract,
    unlock,
)  # fmt: skip
from geo.zones.plan import Plan

SQUARES = {f"{c}{r}": square(c, r) for c in range(3) for r in range(3)}
SQUARE = (0.01 * 1e7) ** 2
"""Area of a square in units of the lattice."""


@pytest.fixture(scope="module")
def nine() -> Plan:
    """Nine squares; the key is column and row."""
    return plan(SQUARES)


def size(given: Plan, key: str) -> float:
    """Area of a zone in squares."""
    return float(shapely.area(given[key].shape)) / SQUARE


def matched(given: Plan) -> bool:
    return bool(shapely.coverage_is_valid(given.shapes))


def refused(code: str, function, *arguments, **more) -> dict:
    with pytest.raises((OperationError, LockedError, ShapeError)) as caught:
        function(*arguments, **more)
    assert caught.value.code == code
    return caught.value.detail


# --- plans ---------------------------------------------------------------------------------------------------------


def test_a_plan_comes_back_from_its_frame_as_it_was(nine: Plan) -> None:
    again = Plan.of(nine.frame)
    assert list(again) == list(nine)
    assert (again.frame.geometry.geom_equals_exact(nine.frame.geometry, 0)).all()


def test_borders_that_nearly_match_get_each_others_vertices() -> None:
    # b has a vertex 4 mm beside a's eastern border, in its middle, where a has none
    b = shapely.Polygon([at(1, 0), at(2, 0), at(2, 1), at(1, 1), (at(1, 0)[0] + 4e-8, at(1, 0.5)[1])])
    given = plan({"a": square(0, 0), "b": b})
    assert matched(given)
    assert shapely.get_num_coordinates(given["a"].shape) == 6


def test_real_gaps_and_overlaps_are_kept_for_the_check() -> None:
    given = plan({"a": square(0, 0), "b": square(0.999, 0), "c": square(2.001, 0)})
    assert size(given, "a") == size(given, "b") == size(given, "c") == 1
    assert not matched(given)


def test_a_frame_of_another_crs_or_of_lines_is_a_broken_promise() -> None:
    with pytest.raises(FrameError):
        Plan.of(gpd.GeoDataFrame(geometry=[square(0, 0)], index=["a"], crs="EPSG:4549"))
    with pytest.raises(FrameError):
        Plan.of(gpd.GeoDataFrame(geometry=[line((0, 0), (1, 1))], index=["a"], crs=CRS))


def test_areas_are_those_of_the_ellipsoid(nine: Plan) -> None:
    from pyproj import Geod

    dense = shapely.segmentize(SQUARES["11"], 1e-4)
    assert nine.area_m2()["11"] == pytest.approx(abs(Geod(ellps="WGS84").geometry_area_perimeter(dense)[0]), rel=1e-7)


# --- split ---------------------------------------------------------------------------------------------------------


def test_a_split_gives_the_lesser_side_the_new_key_and_neighbours_the_ends_of_the_cut(nine: Plan) -> None:
    done = split(nine, "11", line((0.5, 1.25), (2.5, 1.25)), "new", name="南片")
    assert (size(done, "11"), size(done, "new")) == (0.75, 0.25)
    assert done["new"].name == "南片"
    assert matched(done)
    for neighbour in ("01", "21"):
        assert shapely.get_num_coordinates(done[neighbour].shape) == 6


def test_a_split_by_a_slanting_line_moves_no_border_more_than_a_unit_and_keeps_all_land(nine: Plan) -> None:
    done = split(nine, "11", line((0.7, 1.113), (2.3, 1.881)), "new")
    assert matched(done)
    assert units2(done) == 9 * SQUARE


def test_a_split_takes_over_the_facts_but_not_the_name() -> None:
    given = plan({"a": square(0, 0)}, county_code={"a": "320613"}, zone_level={"a": "local"}, parent={"a": "p"})
    child = split(given, "a", line((0.5, -1), (0.5, 2)), "b")["b"]
    assert (child.county_code, child.zone_level, child.parent, child.name, child.locked) == (
        "320613", "local", "p", "", False,
    )  # fmt: skip


def test_a_line_that_crosses_twice_gives_alternating_sides() -> None:
    # a zigzag cuts off both ends of a bar three squares long: the middle against both ends
    given = plan({"a": square(0, 0, 3, 1)})
    done = split(given, "a", line((0.5, 2), (0.5, -1), (2.6, -1), (2.6, 2)), "b")
    assert size(done, "a") == pytest.approx(2.1)
    assert size(done, "b") == pytest.approx(0.9)
    assert len(shapely.get_parts(done["b"].shape)) == 2


def test_parts_that_the_line_does_not_reach_stay() -> None:
    parts = shapely.union(square(0, 0), square(5, 0))
    done = split(plan({"a": parts}), "a", line((-1, 0.4), (2, 0.4)), "b")
    assert size(done, "a") == pytest.approx(1.6)
    assert size(done, "b") == pytest.approx(0.4)


def test_parts_that_the_line_reaches_agree_on_the_side() -> None:
    parts = shapely.union(square(0, 0), square(5, 0))
    done = split(plan({"a": parts}), "a", line((-1, 0.4), (7, 0.4)), "b")
    assert size(done, "b") == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("course", "code"),
    [
        (((1.2, 1.2), (1.8, 1.8)), "LINE_DOES_NOT_CUT"),  # ends inside
        (((0.5, 1.5), (1.5, 1.5)), "LINE_DOES_NOT_CUT"),  # enters and ends inside
        (((5, 5), (6, 6)), "LINE_DOES_NOT_CUT"),  # elsewhere
        (((1, 0.5), (1, 2.5)), "LINE_DOES_NOT_CUT"),  # along the border
        (((0.5, 1.2), (2.5, 1.2), (2.5, 1.8), (1.5, 0.5)), "LINE_CROSSES_ITSELF"),
    ],
)
def test_a_line_that_does_not_cut_is_refused(nine: Plan, course, code: str) -> None:
    refused(code, split, nine, "11", line(*course), "new")


def test_a_new_key_must_be_new(nine: Plan) -> None:
    assert refused("ZONE_EXISTS", split, nine, "11", line((0, 1.5), (3, 1.5)), "00") == {"zone": "00"}


# --- merge ---------------------------------------------------------------------------------------------------------


def test_a_merge_dissolves_the_common_border(nine: Plan) -> None:
    done = merge(nine, ["00", "10"], "00")
    assert size(done, "00") == 2
    assert "10" not in done
    assert done["00"].shape.geom_type == "Polygon"
    assert matched(done)
    assert units2(done) == 9 * SQUARE


def test_a_merge_under_a_new_key_has_the_facts_of_the_first_and_the_zones_below_follow() -> None:
    given = plan({"a": square(0, 0), "b": square(1, 0), "s": square(0, 0, 0.5, 0.5)}, parent={"s": "b"})
    done = merge(given, ["b", "a"], "n", name="合并区")
    assert list(done) == ["s", "n"]
    assert done["s"].parent == "n"
    assert done["n"].name == "合并区"


def test_a_merge_of_zones_that_overlap_keeps_their_union() -> None:
    given = plan({"a": square(0, 0), "b": square(0.5, 0), "c": square(0.5, 0, 0.5, 1)})
    assert size(merge(given, ["a", "b", "c"], "a"), "a") == 1.5


def test_zones_that_do_not_touch_make_one_of_two_parts(nine: Plan) -> None:
    assert merge(nine, ["00", "22"], "00")["00"].shape.geom_type == "MultiPolygon"


def test_merges_that_make_no_sense_are_refused(nine: Plan) -> None:
    refused("TOO_FEW_ZONES", merge, nine, ["00", "00"], "00")
    refused("ZONE_EXISTS", merge, nine, ["00", "10"], "22")
    refused("ZONE_UNKNOWN", merge, nine, ["00", "xx"], "00")
    nested = plan({"a": square(0, 0), "s": square(0, 0, 0.5, 0.5)}, parent={"s": "a"})
    refused("ZONE_IN_HIERARCHY", merge, nested, ["a", "s"], "a")


# --- paint ---------------------------------------------------------------------------------------------------------


def test_painting_takes_from_neighbours_what_it_covers(nine: Plan) -> None:
    done = paint(nine, "00", [square(1, 0, 0.5, 1), square(0.5, 1, 0.5, 0.25)])
    assert size(done, "00") == pytest.approx(1.625)
    assert size(done, "10") == pytest.approx(0.5)
    assert size(done, "01") == pytest.approx(0.875)
    assert matched(done)
    assert units2(done) == 9 * SQUARE


def test_painting_open_land_adds_it(nine: Plan) -> None:
    assert size(paint(nine, "20", gpd.GeoSeries([square(3, 0)], crs=CRS)), "20") == 2


def test_painting_all_of_a_zone_is_refused_as_a_merge(nine: Plan) -> None:
    assert refused("ZONE_WOULD_VANISH", paint, nine, "00", [square(1, 0)])["zones"] == ["10"]


def test_painting_over_a_locked_zone_is_refused_or_goes_around_it(nine: Plan) -> None:
    given = lock(nine, ["10"])
    brush = [square(0.5, 0, 1, 1.5)]
    assert refused("ZONE_LOCKED", paint, given, "01", brush)["zones"] == ["10"]
    done = paint(given, "01", brush, around_locked=True)
    assert size(done, "10") == 1
    assert size(done, "01") == pytest.approx(1.75)
    assert matched(done)


# --- draw, reshape, move ---------------------------------------------------------------------------------------------


def test_drawing_free_keeps_the_overlap_yielding_leaves_it_out_sharing_takes_it(nine: Plan) -> None:
    shape = square(2.5, 0, 1, 1)
    free, yields, shared = (draw(nine, "n", shape, border=border) for border in ("free", "yield", "shared"))
    assert (size(free, "n"), size(free, "20")) == (1, 1)
    assert (size(yields, "n"), size(yields, "20")) == (0.5, 1)
    assert (size(shared, "n"), size(shared, "20")) == (1, 0.5)
    assert not matched(free)
    assert matched(yields)
    assert matched(shared)


def test_drawing_beside_zones_shares_vertices_with_them(nine: Plan) -> None:
    done = draw(nine, "n", square(3, 0.5, 1, 1), name="新区", county_code="320613")
    assert matched(done)
    assert shapely.get_num_coordinates(done["20"].shape) == 6
    assert (done["n"].name, done["n"].county_code) == ("新区", "320613")


def test_a_reshaped_border_takes_the_neighbours_along(nine: Plan) -> None:
    # the border between 01 and 11 moves a quarter to the east: 01 follows
    done = reshape(nine, "11", square(1.25, 1, 0.75, 1))
    assert (size(done, "11"), size(done, "01")) == (0.75, 1.25)
    assert matched(done)
    done = reshape(nine, "11", square(0.75, 1, 1.25, 1))
    assert (size(done, "11"), size(done, "01")) == (1.25, 0.75)
    assert matched(done)


def test_an_outer_border_drawn_back_leaves_open_land(nine: Plan) -> None:
    done = reshape(nine, "20", square(2, 0, 0.5, 1))
    assert size(done, "20") == 0.5
    assert units2(done) == 8.5 * SQUARE


def test_a_locked_neighbour_does_not_follow(nine: Plan) -> None:
    given = lock(nine, ["01"])
    refused("ZONE_LOCKED", reshape, given, "11", square(0.75, 1, 1.25, 1))
    done = reshape(given, "11", square(1.25, 1, 0.75, 1))
    assert (size(done, "01"), size(done, "11")) == (1, 0.75)


def test_a_zone_moves_by_metres(nine: Plan) -> None:
    given = plan({"a": square(0, 0)})
    done = move(given, "a", 100.0, -50.0)
    west, south, *_ = shapely.bounds(done["a"].shape) - shapely.bounds(given["a"].shape)
    assert west * 1e-7 * 94_500 == pytest.approx(100, abs=1)  # a degree of longitude at 32° N is about 94.5 km
    assert south * 1e-7 * 110_890 == pytest.approx(-50, abs=0.5)
    assert shapely.area(done["a"].shape) == shapely.area(given["a"].shape)
    refused("MOVED_TOO_FAR", move, given, "a", float("nan"), 0.0)


# --- holes and parts -------------------------------------------------------------------------------------------------


def test_a_hole_is_cut_and_filled_again(nine: Plan) -> None:
    cut = cut_hole(nine, "11", square(1.25, 1.25, 0.5, 0.5))
    assert size(cut, "11") == 0.75
    filled = fill_hole(cut, "11", at(1.5, 1.5))
    assert size(filled, "11") == 1
    refused("NO_HOLE_THERE", fill_hole, cut, "11", at(1.1, 1.1))
    refused("HOLE_OUTSIDE", cut_hole, nine, "11", square(1.5, 1.5))
    taken = draw(cut, "n", square(1.3, 1.3, 0.2, 0.2))
    assert refused("HOLE_TAKEN", fill_hole, taken, "11", at(1.7, 1.7))["zones"] == ["n"]


def test_subtracting_leaves_the_rest(nine: Plan) -> None:
    done = subtract(nine, "11", square(0, 0, 1.5, 1.5))
    assert size(done, "11") == 0.75
    assert size(done, "00") == 1
    refused("NOTHING_IN_COMMON", subtract, nine, "11", square(5, 5))
    refused("ZONE_WOULD_VANISH", subtract, nine, "11", square(0, 0, 3, 3))


# --- simplify and snap -----------------------------------------------------------------------------------------------


def wavy() -> Plan:
    """Two zones whose common border has a corner of 10 m every 100 m; each other border has one, too."""
    border = [at(1 + (0.01 if k % 2 else 0), k / 10) for k in range(11)]
    a = shapely.Polygon([at(0, 0), *border, at(0, 1), at(0.01, 0.5)])
    b = shapely.Polygon([at(2, 0), *border, at(2, 1), at(1.99, 0.5)])
    return plan({"a": a, "b": b})


def test_simplifying_keeps_shared_borders_shared_and_other_borders_of_neighbours_as_they_are() -> None:
    given = wavy()
    done = simplify(given, ["a"], 40.0)
    assert matched(done)
    assert shapely.get_num_coordinates(done["a"].shape) < 8
    assert shapely.intersects(done["b"].shape.boundary, shapely.Point(at(1.99, 0.5)[0] * 1e7, at(1.99, 0.5)[1] * 1e7))
    assert units2(done) == pytest.approx(units2(given), rel=0.02)


def test_a_locked_neighbours_border_is_not_simplified() -> None:
    given = lock(wavy(), ["b"])
    done = simplify(given, ["a"], 40.0)
    assert shapely.equals(done["b"].shape, given["b"].shape)
    assert matched(done)
    refused("ARGUMENT", simplify, given, ["a"], -1.0)
    refused("ZONE_LOCKED", simplify, given, ["b"], 5.0)


def test_borders_with_zones_of_several_parts_are_simplified_and_snapped_to_as_well() -> None:
    given = wavy()
    far = shapely.union(given.frame.geometry["b"], square(5, 0))
    apart = plan({"a": given.frame.geometry["a"], "b": far})
    done = simplify(apart, ["a"], 40.0)
    assert matched(done)
    assert shapely.get_num_coordinates(done["a"].shape) < 8
    b = shapely.Polygon([at(1.005, 0), at(2, 0), at(2, 1), at(1.005, 1)])
    both = plan({"a": shapely.union(square(0, 0), square(0, 5)), "b": b})
    assert matched(snap_zone(both, "b", 12.0))
    assert size(snap_zone(both, "b", 12.0), "b") == pytest.approx(1, abs=1e-6)


def test_a_shape_snaps_to_vertices_edges_and_streets() -> None:
    # 4 m beside the neighbour's corner, and 6 m beside a street
    drawn = shapely.Polygon(
        [(at(1, 0)[0] + 4e-5, at(1, 0)[1] - 3e-5), at(1.9, 0), at(1.9, 1), (at(1, 1)[0] - 3e-5, at(1, 1)[1] + 2e-5)]
    )
    street = line((1.906, -1), (1.906, 2))
    done = snap(drawn, [square(0, 0), street], 10.0)
    assert shapely.equals(shapely.intersection(done, square(0, 0)), line((1, 0), (1, 1)))
    assert shapely.length(shapely.intersection(done.boundary, street)) == pytest.approx(0.01, rel=1e-3)


def test_snapping_a_zone_closes_the_sliver_and_gives_the_neighbour_the_vertices() -> None:
    # b begins 5 m east of a, with a vertex in the middle that a has not
    b = shapely.Polygon([at(1.005, 0), at(2, 0), at(2, 1), at(1.005, 1), at(1.004, 0.5)])
    given = plan({"a": square(0, 0), "b": b})
    done = snap_zone(given, "b", 12.0)
    assert matched(done)
    assert shapely.touches(done["a"].shape, done["b"].shape)
    assert size(done, "b") == pytest.approx(1, abs=1e-6)
    assert size(done, "a") == pytest.approx(1, abs=1e-6)
    assert size(snap_zone(given, "b", 1.0), "b") == size(given, "b")


def test_a_border_follows_the_corners_of_the_neighbour() -> None:
    # the neighbour's border has a step of 8 m that the drawn line cuts off
    a = shapely.Polygon([at(0, 0), at(1, 0), at(1, 0.5), at(1.008, 0.5), at(1.008, 1), at(0, 1)])
    b = shapely.Polygon([at(1.003, 0), at(2, 0), at(2, 1), at(1.006, 1)])
    done = snap_zone(plan({"a": a, "b": b}), "b", 12.0)
    assert matched(done)
    assert shapely.length(shapely.intersection(done["a"].shape.boundary, done["b"].shape.boundary)) == pytest.approx(
        100_800, rel=1e-3
    )


# --- locks, facts, values -----------------------------------------------------------------------------------------


def test_a_locked_zone_refuses_every_operation(nine: Plan) -> None:
    given = lock(nine, ["11"])
    inside = square(1.25, 1.25, 0.5, 0.5)
    for function, arguments in (
        (split, ("11", line((0, 1.5), (3, 1.5)), "n")),
        (merge, (["11", "01"], "01")),
        (paint, ("11", [inside])),
        (reshape, ("11", inside)),
        (move, ("11", 1.0, 1.0)),
        (cut_hole, ("11", inside)),
        (fill_hole, ("11", at(1.5, 1.5))),
        (subtract, ("11", inside)),
        (simplify, (["11"], 5.0)),
        (snap_zone, ("11", 5.0)),
        (remove, ("11",)),
    ):
        assert refused("ZONE_LOCKED", function, given, *arguments)["zones"] == ["11"]
    with pytest.raises(LockedError):
        describe(given, "11", name="x")
    assert size(subtract(unlock(given, ["11"]), "11", inside), "11") == 0.75


def test_what_hangs_below_a_removed_zone_hangs_where_it_hung() -> None:
    given = plan({"a": square(0, 0), "b": square(0, 0), "c": square(0, 0)}, parent={"b": "a", "c": "b"})
    assert remove(given, "b")["c"].parent == "a"


def test_facts_are_changed_and_no_zone_lies_above_itself() -> None:
    given = plan({"a": square(0, 0), "b": square(0, 0)}, parent={"b": "a"})
    assert describe(given, "a", name="新名", cross_county=True)["a"].cross_county
    refused("ZONE_IN_HIERARCHY", describe, given, "a", parent="b")
    refused("ARGUMENT", describe, given, "a", locked=True)


def test_a_zone_below_another_takes_nothing_from_it() -> None:
    given = plan({"a": square(0, 0), "s": square(0, 0, 0.5, 0.5)}, parent={"s": "a"})
    done = paint(given, "s", [square(0.5, 0, 0.2, 0.5)])
    assert size(done, "a") == 1
    assert size(done, "s") == pytest.approx(0.35)


def test_an_operation_is_a_value_that_can_be_stored_and_replayed(nine: Plan) -> None:
    cut = {"type": "LineString", "coordinates": [list(at(0.5, 1.3)), list(at(2.5, 1.6))]}
    operation = Operation("split", {"key": "11", "line": cut, "new_key": "n"})
    again = Operation.from_json(operation.to_json())
    assert shapely.equals_identical(apply(nine, again)["n"].shape, apply(nine, operation)["n"].shape)
    assert set(KINDS) >= {"draw", "reshape", "snap", "lock", "undo"} - {"undo"}


@pytest.mark.parametrize(
    ("kind", "arguments", "code"),
    [
        ("explode", {}, "OPERATION_UNKNOWN"),
        ("split", {"key": "11"}, "ARGUMENT"),
        ("split", {"key": 11, "line": {}, "new_key": "n"}, "ARGUMENT"),
        ("merge", {"keys": "00", "into": "00"}, "ARGUMENT"),
        ("merge", {"keys": ["00", None], "into": "00"}, "ARGUMENT"),
        ("move", {"key": "11", "east_m": True, "north_m": 0}, "ARGUMENT"),
        ("lock", {"keys": ["00"], "why": "x"}, "ARGUMENT"),
        ("draw", {"key": "n", "shape": 7}, "SHAPE_TYPE"),
        ("draw", {"key": "n", "shape": {"type": "Polygon"}}, "SHAPE_MALFORMED"),
        ("reshape", {"key": "xx", "shape": {"type": "Polygon", "coordinates": []}}, "SHAPE_EMPTY"),
        ("paint", {"key": "11", "outlines": 5}, "ARGUMENT"),
        ("draw", {"key": "n", "shape": {"type": "Point", "coordinates": [1, 2]}, "border": "x"}, "SHAPE_TYPE"),
        ("snap", {"key": "11", "tolerance_m": 1e9}, "ARGUMENT"),
        ("snap", {"key": "11", "tolerance_m": 5, "streets": [{"type": "Nonsense"}]}, "SHAPE_TYPE"),
        ("fill_hole", {"key": "11", "at": ["a", "b"]}, "ARGUMENT"),
    ],
)
def test_a_hostile_operation_is_refused_with_a_code(nine: Plan, kind: str, arguments: dict, code: str) -> None:
    refused(code, apply, nine, Operation(kind, arguments))


@pytest.mark.parametrize("text", ["", "[]", "7", '{"kind": 3}', '{"kind": "lock", "arguments": 4}', "[" * 100_000])
def test_text_that_is_no_operation_is_refused(text: str) -> None:
    refused("OPERATION_MALFORMED", Operation.from_json, text)


def test_plans_are_values(nine: Plan) -> None:
    before = {key: zone.shape.wkb for key, zone in nine.zones.items()}
    split(nine, "11", line((0.5, 1.3), (2.5, 1.7)), "n")
    paint(nine, "00", [square(0.5, 0, 1, 1.5)])
    assert {key: zone.shape.wkb for key, zone in nine.zones.items()} == before
    assert replace(nine["00"], locked=True).locked
    assert not nine["00"].locked
