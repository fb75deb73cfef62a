"""Moving a zone: exact in metres, there and back, and never away from what lies below it."""

import warnings

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from zone_plans import plan, square

from geo.zones.borders import BORDERS
from geo.zones.check import check
from geo.zones.errors import LockedError, OperationError
from geo.zones.lattice import to_degrees
from geo.zones.moving import MOST_MOVE_M, move
from geo.zones.operations import Operation, apply, lock, remove
from geo.zones.plan import Plan, same_shape

GLOBE = Geod(ellps="WGS84")


def family() -> Plan:
    """A zone of two squares cut in two parks, one of them with a yard in it, and a neighbour east of them."""
    zones = {
        "zone": square(0, 0, 2, 1), "west": square(0, 0), "east": square(1, 0),
        "yard": square(1.2, 0.2, 0.3, 0.3), "next": square(3, 0),
    }  # fmt: skip
    return plan(zones, parent={"west": "zone", "east": "zone", "yard": "east"})


def corner(given_: Plan, key: str) -> tuple[float, float]:
    west, south, _east, _north = shapely.bounds(to_degrees(given_[key].shape))
    return float(west), float(south)


@pytest.mark.parametrize("border", ["free", "yield", "shared"])
def test_what_lies_below_goes_along_at_every_depth(border: str) -> None:
    before = family()
    after = move(before, "zone", 0.0, 500.0, border=border)
    whole = shapely.bounds(after["zone"].shape) - shapely.bounds(before["zone"].shape)
    for key in ("zone", "west", "east", "yard"):
        moved = shapely.transform(before[key].shape, lambda xy: xy + whole[:2])
        assert shapely.equals(after[key].shape, moved), key
    assert same_shape(after["next"].shape, before["next"].shape)
    assert check(after) == []


def test_a_part_moves_alone_and_out_of_what_is_above_it_only_where_that_is_told() -> None:
    after = move(family(), "east", 0.0, 100.0)
    assert shapely.equals(after["zone"].shape, family()["zone"].shape)
    assert corner(after, "yard")[1] > corner(family(), "yard")[1]
    assert "OUTSIDE_PARENT" in {fault.code for fault in check(after)}
    alone = move(family(), "zone", 0.0, 100.0, below=False)
    assert corner(alone, "west") == corner(family(), "west")


def test_moved_onto_a_neighbour_zone_and_park_yield_the_same_land() -> None:
    after = move(family(), "zone", 1_400.0, 0.0, border="yield")
    assert check(after) == []
    assert shapely.equals(after["next"].shape, family()["next"].shape)
    assert after["east"].area_m2 < family()["east"].area_m2
    assert after["west"].area_m2 == pytest.approx(family()["west"].area_m2, rel=1e-6)


def test_moved_into_a_neighbour_that_follows_the_land_goes_to_zone_and_park() -> None:
    after = move(family(), "zone", 1_400.0, 0.0, border="shared")
    assert check(after) == []
    assert after["next"].area_m2 < family()["next"].area_m2
    assert after["east"].area_m2 == pytest.approx(family()["east"].area_m2, rel=1e-6)


def test_a_locked_park_holds_its_zone() -> None:
    with pytest.raises(LockedError) as caught:
        move(lock(family(), ["yard"]), "zone", 10.0, 0.0)
    assert caught.value.detail["zones"] == ["yard"]


@given(st.floats(-5_000, 5_000), st.floats(-5_000, 5_000), st.sampled_from(BORDERS))
def test_there_and_back_is_the_same_border_and_the_way_is_as_long_as_told(
    east_m: float, north_m: float, border: str
) -> None:
    before = plan({"a": square(0, 0)})
    there = move(before, "a", east_m, north_m, border=border)
    assert same_shape(move(there, "a", -east_m, -north_m, border=border)["a"].shape, before["a"].shape)
    (x, y), (u, v) = corner(before, "a"), corner(there, "a")
    for to, metres in (((x, v), north_m), ((u, y), east_m)):
        _, _, went = GLOBE.inv(x, y, *to)
        assert went == pytest.approx(abs(metres), abs=0.02 + abs(metres) * 1e-3)


def test_many_small_steps_are_one_long_step() -> None:
    steps = before = plan({"a": square(0, 0)})
    for _ in range(50):
        steps = move(steps, "a", 10.0, 0.0)
    whole = move(before, "a", 500.0, 0.0)
    assert corner(steps, "a")[0] == pytest.approx(corner(whole, "a")[0], abs=50 * 0.5e-7)


@pytest.mark.parametrize("east_m", [1e308, -1e308, float("inf"), float("nan"), 10**400, MOST_MOVE_M * 1.01])
def test_a_move_beyond_all_measure_is_refused_without_a_warning(east_m: float) -> None:
    with warnings.catch_warnings(), pytest.raises(OperationError) as caught:
        warnings.simplefilter("error")
        apply(family(), Operation("move", {"key": "zone", "east_m": east_m, "north_m": 0}))
    assert caught.value.code == "MOVED_TOO_FAR"
    assert caught.value.detail == {"zone": "zone", "most_km": 100}


def test_no_way_at_all_leaves_the_plan_as_it_is() -> None:
    before = family()
    assert move(before, "zone", 0.0, 0.0) is before
    with pytest.raises(LockedError):
        move(lock(before, ["zone"]), "zone", 0.0, 0.0)


def test_a_zone_is_removed_with_what_lies_below_it_or_leaves_that_where_it_hung() -> None:
    assert list(remove(family(), "zone", below=True)) == ["next"]
    kept = remove(family(), "east")
    assert {key: kept[key].parent for key in kept} == {"zone": None, "west": "zone", "yard": "zone", "next": None}
    with pytest.raises(LockedError) as caught:
        remove(lock(family(), ["yard"]), "zone", below=True)
    assert caught.value.detail["zones"] == ["yard"]
