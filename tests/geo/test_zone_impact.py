"""What a draft changes, counted in the head: four firms along a street, two zones, one line moved between them."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geo.coverage import UNPLACED
from geo.frames import CRS, FIRMS, PLACES, SURVEYED_UNIONS
from geo.zones.impact import Impact, heirs, impact
from geo.zones.operations import merge, remove, reshape
from geo.zones.plan import Plan
from geo.zones.tally import Ground

WEST, EAST = "zone:990101:西园", "zone:990101:东园"
NOWHERE = PLACES.empty()


def plan() -> Plan:
    frame = pd.DataFrame({"name": ["西园", "东园"], "county_code": "990101"}, index=[WEST, EAST])
    return Plan.of(
        gpd.GeoDataFrame(frame, geometry=[box(121.0, 32.0, 121.2, 32.5), box(121.2, 32.0, 121.4, 32.5)], crs=CRS)
    )


def ground() -> Ground:
    """Firms a to d at 121.05, 121.15, 121.25 and 121.35, e east of both; b is covered by a union of its own."""
    firms = FIRMS.empty().reindex(list("abcde"))
    firms = firms.assign(
        name=list("abcde"), lon=[121.05, 121.15, 121.25, 121.35, 121.9], lat=32.05, level="number",
        workers=[5, 10, 20, 40, 80],
        eligible=True, covered=[False, True, False, False, False], gap=[True, False, True, True, True],
        size_class=["under_25", "under_25", "under_25", "25_and_over", "25_and_over"],
        primary=["none", "own", *["none"] * 3],
        union_id=[None, "u", None, None, None], location_reasons=[[] for _ in range(5)],
    )  # fmt: skip
    unions = pd.DataFrame({"name": ["b工会"], "kind": "own", "host_id": "b", "in_force": True}, index=["u"])
    counted = dict.fromkeys(("linked_firms", "covered_firms", "covered_workers"), 1)
    return Ground.of(firms, SURVEYED_UNIONS.conform(unions.assign(flags=[[]], **counted)))


def found(after: Plan, **renamed: Any) -> Impact:
    return impact(plan(), after, ground(), others=NOWHERE, renamed=renamed)


def test_a_border_moved_west_takes_one_firm_and_its_union_along() -> None:
    told = found(reshape(plan(), WEST, box(121.0, 32.0, 121.1, 32.5), border="shared"))
    assert told.firms[["from", "to"]].to_numpy().tolist() == [[WEST, EAST]]
    assert list(told.firms.index) == ["b"] and list(told.unions.index) == ["u"]
    figures = told.figures
    assert list(figures.index) == [WEST, EAST]
    assert figures.loc[WEST, ["before_eligible", "after_eligible", "before_workers", "after_workers"]].tolist() == [
        2,
        1,
        15,
        5,
    ]
    assert figures.loc[EAST, ["before_eligible", "after_eligible", "before_gap", "after_gap"]].tolist() == [2, 3, 2, 2]
    assert figures.loc[WEST, "before_rate"] == pytest.approx(0.5) and figures.loc[WEST, "after_rate"] == 0
    assert told.changes["added_m2"].sum() == pytest.approx(told.changes["taken_m2"].sum())


def test_what_leaves_every_zone_is_told_too() -> None:
    told = found(reshape(plan(), WEST, box(121.0, 32.0, 121.1, 32.5), border="free"))
    assert list(told.figures.index) == [WEST, UNPLACED]
    assert told.figures.loc[UNPLACED, ["before_eligible", "after_eligible"]].tolist() == [1, 2]


def test_a_zone_that_is_no_more_has_no_figures_after() -> None:
    told = found(remove(plan(), EAST), **{EAST: None})
    row = told.figures.loc[EAST]
    assert row["before_eligible"] == 2 and pd.isna(row["after_eligible"])


def test_nothing_changed_is_nothing_told() -> None:
    told = found(plan())
    assert len(told.changes) == len(told.moved) == len(told.figures) == 0


def test_another_impact_has_another_digest_and_the_same_the_same() -> None:
    one = reshape(plan(), WEST, box(121.0, 32.0, 121.1, 32.5), border="shared")
    other = reshape(plan(), WEST, box(121.0, 32.0, 121.09, 32.5), border="shared")
    assert found(one).digest == found(one).digest != found(other).digest
    assert list(found(one).firms.index) == list(found(other).firms.index), "the same firms, other land"


def test_the_heir_of_a_zone_is_what_it_was_merged_into_at_last() -> None:
    after = merge(plan(), [WEST, EAST], EAST)
    assert heirs(plan(), after, [([WEST, EAST], EAST)]) == {WEST: EAST}
    assert heirs(plan(), remove(plan(), WEST), []) == {WEST: None}
    chain = [([WEST, "x"], "x"), (["x", EAST], EAST)]
    assert heirs(plan(), after, chain) == {WEST: EAST}
    assert heirs(plan(), plan(), chain) == {}
