"""Faults of a plan, each by a hand-written case; repairs that do what the fault says, tell it, and lose no land."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import Point
from zone_plans import at, plan, square, units2

from geo.frames import CRS, OUTLINES, PLACES
from geo.io.codes import read_codes
from geo.zones.check import FAULT_CODES, CheckOptions, Fault, check
from geo.zones.difference import CHANGES, difference
from geo.zones.operations import KINDS, describe, lock, remove, split, subtract
from geo.zones.plan import Plan
from geo.zones.repair import REPAIRABLE, repair, unrepaired

ROOT = Path(__file__).resolve().parents[2]
SQUARE = (0.01 * 1e7) ** 2
METRE = 1 / 1109.0
"""A metre from south to north, in squares."""


def found(faults: Sequence[Fault]) -> list[tuple[str, tuple[str, ...]]]:
    return [(fault.code, fault.keys) for fault in faults]


def counties(**shapes: Any) -> gpd.GeoDataFrame:
    frame = pd.DataFrame({"name": list(shapes), "level": "county"}, index=list(shapes))
    return OUTLINES.conform(gpd.GeoDataFrame(frame, geometry=list(shapes.values()), crs=CRS))


def places(rows: dict[str, tuple[str, str | None, Any]]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {"kind": [r[0] for r in rows.values()], "name": list(rows), "parent": [r[1] for r in rows.values()]}
        | {"origin": "layer"},
        index=list(rows),
    )
    return PLACES.conform(gpd.GeoDataFrame(frame, geometry=[r[2] for r in rows.values()], crs=CRS))


def size(given: Plan, key: str) -> float:
    return float(shapely.area(given[key].shape)) / SQUARE


# --- sound plans ---------------------------------------------------------------------------------------------------


def test_a_sound_plan_has_no_faults() -> None:
    given = plan({f"{c}{r}": square(c, r) for c in range(3) for r in range(3)})
    assert check(given, county_outlines=counties(a=square(0, 0, 3, 3))) == []


def test_open_land_between_zones_and_a_hole_cut_on_purpose_are_no_faults() -> None:
    ring = square(0, 0, 3, 3).difference(square(1, 1))
    assert check(plan({"ring": ring, "far": square(4, 0)})) == []


def test_a_sharp_corner_between_two_zones_is_no_gap() -> None:
    # both end in one point and run apart at 20°
    a = shapely.Polygon([at(0, 0), at(1, 0), at(1, 1), at(0, 1)])
    b = shapely.Polygon([at(1, 0), at(2, 0), at(2, 1), at(1.36, 1)])
    assert check(plan({"a": a, "b": b})) == []


# --- overlaps and gaps ---------------------------------------------------------------------------------------------


def test_an_overlap_is_told_with_its_area_and_place_and_given_to_one() -> None:
    given = plan({"a": square(0, 0), "b": square(0.9, 0, 1, 1)})
    (fault,) = check(given)
    assert (fault.code, fault.keys) == ("OVERLAP", ("a", "b"))
    assert fault.area_m2 == pytest.approx(given["a"].area_m2 / 10, rel=1e-3)
    assert shapely.equals(fault.geometry, square(0.9, 0, 0.1, 1))
    done = repair(given, [fault])
    assert check(done) == []
    assert size(done, "a") + size(done, "b") == pytest.approx(1.9)
    assert size(given, "b") == 1


def test_whoever_shall_keep_an_overlap_can_be_named_and_a_locked_zone_keeps_it_anyway() -> None:
    given = plan({"a": square(0, 0), "b": square(0.9, 0, 1, 1)})
    (fault,) = check(given)
    for key in ("a", "b"):
        assert size(repair(given, [replace(fault, detail={**fault.detail, "keep": key})]), key) == 1
    locked = lock(given, ["a"])
    assert size(repair(locked, [replace(fault, detail={"keep": "b"})]), "a") == 1
    assert size(repair(locked, [fault]), "b") == pytest.approx(0.9)
    both = lock(given, ["a", "b"])
    assert repair(both, [fault]) is both
    assert unrepaired(both, [fault]) == [fault]


def test_a_sliver_of_overlap_is_told_as_such() -> None:
    given = plan({"a": square(0, 0), "b": square(1 - METRE, 0, 1, 1)})
    assert found(check(given)) == [("OVERLAP_SLIVER", ("a", "b"))]
    assert check(repair(given, check(given))) == []


def test_an_overlap_is_seen_although_each_edge_of_it_matches_a_third_zone() -> None:
    # c lies over a and b with borders that a and b share with d and e: no edge is without its match
    given = plan({
        "a": square(0, 0), "b": square(1, 0), "c": square(0, 0, 2, 1), "d": square(0, 1, 2, 1),
        "e": square(0, -1, 2, 1), "f": square(-1, 0), "g": square(2, 0),
    })  # fmt: skip
    assert [pair for code, pair in found(check(given)) if code == "OVERLAP"] == [("a", "c"), ("b", "c")]


def test_an_enclave_keeps_its_land() -> None:
    given = plan({"a": square(0, 0), "b": square(0.2, 0.2, 0.1, 0.1)})
    done = repair(given, check(given))
    assert size(done, "b") == pytest.approx(0.01)
    assert size(done, "a") == pytest.approx(0.99)
    assert check(done) == []


def test_the_same_land_twice_is_a_duplicate_and_left_to_people() -> None:
    given = plan({"a": square(0, 0), "b": square(0, 0, 1, 0.999)}, name={"a": "x", "b": "x"})
    faults = check(given)
    assert found(faults) == [("DUPLICATE_NAME", ("a", "b")), ("DUPLICATE_SHAPE", ("a", "b"))]
    assert repair(given, faults) is given


def test_a_narrow_gap_is_told_with_its_width_and_closed() -> None:
    given = plan({"a": square(0, 0, 1, 1), "b": square(0, 1 + 3 * METRE, 1, 1)})
    (fault,) = check(given)
    assert (fault.code, fault.keys) == ("GAP", ("a", "b"))
    assert fault.detail["width_m"] == pytest.approx(3, abs=0.05)
    assert fault.area_m2 == pytest.approx(3 * 944, rel=0.02)  # a square is 944 m wide here
    done = repair(given, [fault])
    assert check(done) == []
    assert units2(done) == pytest.approx(units2(given) + 3 * METRE * SQUARE, rel=1e-4)


def test_a_sliver_of_a_gap_and_one_too_wide_to_be_a_slip() -> None:
    narrow = plan({"a": square(0, 0), "b": square(0, 1 + 0.3 * METRE)})
    assert found(check(narrow)) == [("GAP_SLIVER", ("a", "b"))]
    wide = plan({"a": square(0, 0), "b": square(0, 1 + 8 * METRE)})
    assert check(wide) == []
    assert found(check(wide, options=CheckOptions(gap_m=10))) == [("GAP", ("a", "b"))]


def test_enclosed_land_is_a_gap_up_to_a_size() -> None:
    left, right = square(0, 0, 1, 2), square(1, 0, 1, 2)
    for side, faults in ((0.2, [("GAP", ("a", "b"))]), (0.4, [])):
        hole = square(1 - side / 2, 1 - side / 2, side, side)
        given = plan({"a": left.difference(hole), "b": right.difference(hole)})
        assert found(check(given)) == faults
    small = plan({"a": left.difference(square(0.9, 0.9, 0.2, 0.2)), "b": right.difference(square(0.9, 0.9, 0.2, 0.2))})
    done = repair(small, check(small))
    assert units2(done) == 4 * SQUARE
    assert check(done) == []


def test_a_neighbour_outside_the_plan_is_held_against_it_and_never_changed() -> None:
    given = plan({"a": square(0, 0)})
    outside = places({"n": ("zone", None, square(0.9, 0)), "m": ("zone", None, square(0, 1 + METRE, 0.5, 1))})
    faults = check(given, neighbours=outside)
    assert found(faults) == [("OVERLAP", ("a", "n")), ("GAP_SLIVER", ("a", "m"))]
    done = repair(given, faults)
    assert list(done) == ["a"]
    assert check(done, neighbours=outside) == []


# --- counties ------------------------------------------------------------------------------------------------------


def test_land_in_another_county_needs_the_flag_land_in_none_is_outside() -> None:
    given = plan({"a": square(0.5, 0.5, 1, 1)}, county_code={"a": "x"})
    two = counties(x=square(0, 0), y=square(1, 0))
    faults = check(given, county_outlines=two)
    assert found(faults) == [("CROSS_COUNTY", ("a",)), ("OUTSIDE_COUNTY", ("a",))]
    assert faults[0].detail["county"] == "y"
    assert faults[0].area_m2 == pytest.approx(given["a"].area_m2 / 4, rel=1e-3)
    assert faults[1].area_m2 == pytest.approx(given["a"].area_m2 / 2, rel=1e-3)
    flagged = describe(given, "a", cross_county=True)
    assert found(check(flagged, county_outlines=two)) == [("OUTSIDE_COUNTY", ("a",))]
    done = repair(given, faults)
    assert size(done, "a") == pytest.approx(0.25)
    assert check(done, county_outlines=two) == []


def test_a_zone_drawn_along_the_county_border_is_inside() -> None:
    county = shapely.Polygon([at(0, 0), at(3.3333333, 0.7), at(2.1, 3.7777777), at(0.1, 2.9)])
    given = plan({"a": county, "b": shapely.intersection(county, square(0.4, 0.4, 1.3, 5))}, county_code={"b": "x"})
    assert check(describe(remove(given, "a"), "b", name="b"), county_outlines=counties(x=county)) == []


# --- hierarchy -----------------------------------------------------------------------------------------------------


def test_what_lies_outside_its_parent_is_told_and_cut() -> None:
    given = plan({"p": square(0, 0, 2, 2), "s": square(1.5, 1, 1, 0.5)}, parent={"s": "p"})
    faults = check(given)
    assert found(faults) == [("OUTSIDE_PARENT", ("s", "p"))]
    done = repair(given, faults)
    assert size(done, "s") == 0.25
    assert size(done, "p") == 4
    assert check(done) == []


def test_a_parent_outside_the_plan_and_places_below_it_are_looked_at() -> None:
    given = plan({"s": square(0, 0), "q": square(3, 3)}, parent={"s": "p", "q": "nowhere"})
    known = places({
        "p": ("zone", None, square(0.5, 0, 1, 1)),
        "in": ("building", "s", square(0.5, 0.5, 0.1, 0.1)),
        "out": ("building", "s", square(0.95, 0.5, 0.1, 0.1)),
        "point": ("market", "s", Point(at(1.5, 0.5))),
        "unplaced": ("market", "s", None),
    })  # fmt: skip
    faults = check(given, places=known)
    assert found(faults) == [
        ("OUTSIDE_PARENT", ("s", "p")),
        ("PARENT_UNKNOWN", ("q",)),
        ("CHILD_OUTSIDE", ("out", "s")),
        ("CHILD_OUTSIDE", ("point", "s")),
    ]
    assert faults[2].area_m2 == pytest.approx(given["s"].area_m2 / 200, rel=1e-2)


def test_sub_parks_are_held_against_each_other_and_not_against_their_parent() -> None:
    given = plan(
        {"p": square(0, 0, 2, 1), "s": square(0, 0, 1.1, 1), "t": square(1, 0, 1, 1)}, parent={"s": "p", "t": "p"}
    )
    assert found(check(given)) == [("OVERLAP", ("s", "t"))]


def test_a_hierarchy_in_a_ring_is_told() -> None:
    given = plan({"a": square(0, 0), "b": square(5, 5)}, parent={"a": "b", "b": "a"})
    assert {fault.code for fault in check(given)} >= {"HIERARCHY_RING"}


# --- outlines ------------------------------------------------------------------------------------------------------


def test_an_invalid_outline_is_told_where_and_mended_on_demand_only() -> None:
    bow = shapely.Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])
    given = plan({"a": bow, "b": square(5, 5)})
    (fault,) = check(given)
    assert (fault.code, fault.keys, fault.detail["why"]) == ("INVALID", ("a",), "SHAPE_SELF_CROSSING")
    assert fault.detail["at"] == pytest.approx(list(at(0.5, 0.5)))
    assert not given["a"].valid
    done = repair(given, [fault])
    assert size(done, "a") == pytest.approx(0.5)
    assert check(done) == []


def test_an_invalid_zone_does_not_stand_in_the_way_of_others() -> None:
    bow = shapely.Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])
    given = plan({"a": bow, "b": square(0, 0)})
    assert size(subtract(given, "b", square(0, 0, 0.5, 1)), "b") == 0.5


def test_a_tiny_part_goes_to_the_neighbour_around_it() -> None:
    speck = square(2.5, 0.5, 0.01, 0.01)
    given = plan({"a": shapely.union(square(0, 0), speck), "b": square(2, 0).difference(speck)})
    (fault,) = check(given)
    assert (fault.code, fault.keys) == ("TINY_PART", ("a",))
    assert fault.area_m2 == pytest.approx(105, abs=1)
    done = repair(given, [fault])
    assert (size(done, "a"), size(done, "b")) == (1, 1)
    alone = plan({"a": shapely.union(square(0, 0), speck)})
    assert size(repair(alone, check(alone)), "a") == 1


# --- never silent --------------------------------------------------------------------------------------------------


def test_a_repair_touches_what_its_fault_names_and_nothing_else() -> None:
    given = plan({
        "a": square(0, 0), "b": square(0.95, 0, 1.05, 1), "c": square(0, 1 + METRE, 1, 1), "d": square(4, 4),
    })  # fmt: skip
    faults = check(given)
    assert {fault.code for fault in faults} == {"OVERLAP", "GAP_SLIVER"}
    for fault in faults:
        done = repair(given, [fault])
        changed = difference(given, done)
        land = changed[changed["change"] == "reshaped"]
        assert set(land.index) <= set(fault.keys)
        moved = land["added_m2"].sum() + land["taken_m2"].sum()
        assert moved == pytest.approx(fault.area_m2, rel=1e-3)
        left = [code for code in found(check(done)) if code[0] != fault.code]
        assert left == [code for code in found(faults) if code[0] != fault.code]
    assert repair(given, []) is given


def test_an_overlap_with_an_outside_neighbour_is_seen_wherever_their_edges_cross() -> None:
    bar = square(0.15, -0.1, 0.05, 4)
    given = plan({"a": square(0, 0)})
    (fault,) = check(given, neighbours=places({"n": ("zone", None, bar)}))
    assert (fault.code, fault.keys) == ("OVERLAP", ("a", "n"))
    assert fault.area_m2 == pytest.approx(given["a"].area_m2 / 20, rel=1e-3)


def test_checking_changes_nothing() -> None:
    given = plan({"a": square(0, 0), "b": square(0.9, 0, 1, 1)})
    before = [zone.shape.wkb for zone in given.zones.values()]
    check(given)
    assert [zone.shape.wkb for zone in given.zones.values()] == before


# --- differences ---------------------------------------------------------------------------------------------------


def test_a_difference_tells_what_each_zone_gained_and_lost() -> None:
    before = plan({"a": square(0, 0), "b": square(1, 0), "c": square(2, 0), "d": square(5, 0)})
    after = split(before, "a", shapely.LineString([at(-1, 0.25), at(2, 0.25)]), "n")
    after = remove(after, "d")
    after = describe(after, "c", name="新名")
    found_ = difference(before, after)
    assert found_["change"].to_dict() == {
        "a": "reshaped", "b": "rounded", "c": "described", "n": "new", "d": "removed",
    }  # fmt: skip
    assert found_.at["c", "facts"] == ["name"]
    assert shapely.equals(found_.at["a", "taken"], square(0, 0, 1, 0.25))
    assert found_.at["a", "added"] is None
    assert found_.at["a", "taken_m2"] == pytest.approx(before["a"].area_m2 / 4, rel=1e-3)
    assert found_.at["n", "added_m2"] == pytest.approx(found_.at["a", "taken_m2"])
    assert found_.at["d", "taken_m2"] == pytest.approx(before["d"].area_m2)
    assert found_.at["b", "added_m2"] == found_.at["b", "taken_m2"] == 0
    assert set(found_["change"]) <= set(CHANGES)


def test_no_difference_is_an_empty_frame() -> None:
    given = plan({"a": square(0, 0)})
    assert len(difference(given, lock(given, ["a"]))) == 0
    assert difference(given, given).crs.to_epsg() == 4326


# --- phrases -------------------------------------------------------------------------------------------------------


def test_every_code_has_its_phrases() -> None:
    book = read_codes(ROOT / "data" / "codes")
    assert set(book["zone_fault"].codes) == set(FAULT_CODES)
    assert set(FAULT_CODES) >= REPAIRABLE
    assert set(book["zone_change"].codes) == set(CHANGES)
    assert set(book["zone_operation"].codes) == set(KINDS)
    refusals = set(book["shape_fault"].codes) | set(book["zone_refusal"].codes)
    editor = [path for path in (ROOT / "geo" / "zones").glob("*.py") if path.stem not in ("transitions", "impact")]
    source = "".join(path.read_text(encoding="utf-8") for path in editor)
    import re

    used = set(re.findall(r'code="([A-Z_]+)"|"((?:SHAPE|LINE|SNAP|ZONE)_[A-Z_]+)"', source))
    codes = {one or other for one, other in used}
    assert len(codes) > 30
    assert codes - {"SHAPE"} <= refusals, codes - refusals
