"""What new lines leave outside of its zone: a zone of two squares with a park, a building and a market in it."""

import geopandas as gpd
import pandas as pd
import pytest
from zone_plans import plan, square

from geo.frames import CRS
from geo.zones.lying import Left, left
from geo.zones.moving import move
from geo.zones.operations import merge, remove, reshape
from geo.zones.plan import Plan


def city() -> Plan:
    """The zone a is squares 0 and 1, b is square 3; the park p lies in the east of a."""
    shapes = {"a": square(0, 0, 2), "b": square(3, 0), "p": square(1.4, 0.4, 0.2, 0.2)}
    return plan(shapes, parent={"p": "a"})


def places() -> gpd.GeoDataFrame:
    """A building in the west of a, a market in its east, one of b, one of a that never lay in it, one unplaced."""
    rows = {
        "west": ("a", square(0.2, 0.2, 0.1, 0.1)), "east": ("a", square(1.8, 0.2, 0.1, 0.1).centroid),
        "other": ("b", square(3.2, 0.2, 0.1, 0.1)), "far": ("a", square(9, 9)), "unplaced": ("a", None),
    }  # fmt: skip
    frame = pd.DataFrame({"name": list(rows), "parent": [row[0] for row in rows.values()]}, index=list(rows))
    return gpd.GeoDataFrame(frame, geometry=[row[1] for row in rows.values()], crs=CRS)


def told(found: list[Left]) -> list[tuple[str, str, str | None]]:
    return [(one.key, one.zone, one.now) for one in found]


def test_lines_that_do_not_change_leave_nothing() -> None:
    assert left(city(), city(), places()) == []


def test_a_zone_cut_in_half_leaves_what_stood_in_its_east() -> None:
    after = reshape(city(), "a", square(0, 0), border="free")
    found = left(city(), after, places())
    assert told(found) == [("east", "a", None), ("p", "a", None)]
    assert (found[0].at.x, found[0].at.y) == pytest.approx((121.0185, 32.0025))


def test_a_zone_moved_takes_its_park_along_and_leaves_its_buildings() -> None:
    after = move(city(), "a", east_m=1900.0, north_m=0.0, border="free")
    assert told(left(city(), after, places())) == [("east", "a", None), ("west", "a", None)]


def test_what_lies_in_another_zone_now_is_told_so() -> None:
    grown = reshape(city(), "b", square(1.7, 0, 2.3), border="free")
    after = reshape(grown, "a", square(0, 0, 1.7), border="free")
    assert told(left(city(), after, places())) == [("east", "a", "b")]


def test_a_merge_keeps_what_lay_in_either_and_a_removal_leaves_it() -> None:
    after = merge(city(), ["a", "b"], into="b")
    assert left(city(), after, places(), renamed={"a": "b"}) == []
    after = remove(city(), "b", below=False)
    assert told(left(city(), after, places())) == [("other", "b", None)]
