"""What another way would lose, by hand on a few firms; on random towns no other way is worth more."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from invented import firms, places
from test_joint import NOBODY, STREET, TOWER, VILLAGE, divisions, surveyed
from test_joint_certificates import QUICK, town

from geo.frames import FIRMS, SURVEYED_UNIONS
from geo.joint import JointOptions, suggest
from geo.joint.rivals import DISSOLVE, Rival, founding, price, rivals

OPTIONS = JointOptions()


def found_for(
    rows: dict[str, dict[str, Any]], existing: pd.DataFrame = NOBODY
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, list[Rival]]]:
    """Suggest; FIRMS after it, the groups, and the rivals of each."""
    table = firms(rows)
    found = suggest(table, existing, places=places(), divisions=divisions(), options=OPTIONS)
    told = found.groupings.reindex(table.index)
    table = FIRMS.conform(table.assign(group_id=told["group_id"], left_because=told["left_because"]))
    seated = SURVEYED_UNIONS.conform(existing.assign(place_id=found.seats.reindex(existing.index)))
    ways = {
        str(key): rivals(table, str(key), groups=found.groups, unions=seated, places=places(), options=OPTIONS)
        for key in found.groups.index
    }
    return table, found.groups, ways


def tenants(count: int, **same: Any) -> dict[str, dict[str, Any]]:
    return {f"t{n}": {"building": TOWER, "street": None, "workers": 10, **same} for n in range(count)}


def test_prices_are_those_of_the_model() -> None:
    assert price("building", 10, 0, OPTIONS) == 10_000
    assert price("village", 10, 0, OPTIONS) == 8_500
    assert price("street", 10, 0, OPTIONS) == 9_500
    assert price("street", 10, 250, OPTIONS) == 9_500 - 1_500  # half of the 500 m costs half of 0.3
    assert [founding(kind, OPTIONS) for kind in ("building", "street", "village", "existing")] == [
        6000,
        10000,
        12000,
        0,
    ]


def test_without_the_union_of_a_lonely_building_all_is_lost() -> None:
    _table, groups, ways = found_for(tenants(4))
    (key,) = groups.index
    (only,) = ways[key]
    assert (only.kind, only.elsewhere, only.outside, only.outside_workers) == (DISSOLVE, 0, 4, 40)
    assert (only.value_milli, only.loss_milli) == (0, 34_000)  # 40 workers less founding


def test_the_village_would_be_worth_less_by_kind_and_founding() -> None:
    _table, groups, ways = found_for(tenants(4, village_code=VILLAGE))
    (key,) = groups.index
    assert groups.at[key, "kind"] == "building"
    village, nothing = ways[key]
    assert (village.kind, village.place_id, village.there, village.outside) == ("village", VILLAGE, 4, 0)
    assert village.value_milli == 40 * 850 - 12_000 and village.loss_milli == 34_000 - 22_000
    assert nothing.kind == DISSOLVE and nothing.loss_milli == 34_000


def test_who_is_left_over_today_would_come_along_to_another_seat() -> None:
    rows = tenants(4, village_code=VILLAGE) | {"v": {"village_code": VILLAGE, "street": None, "workers": 8}}
    table, groups, ways = found_for(rows)
    assert groups["kind"].tolist() == ["building"] and table.at["v", "left_because"] == "R2"
    village = next(way for way in ways[groups.index[0]] if way.kind == "village")
    assert (village.there, village.more) == (4, 1) and village.value_milli == 48 * 850 - 12_000


def test_an_existing_union_of_the_place_takes_in_who_it_has_room_for() -> None:
    union = {"kind": "village", "place_name": "前巷", "covered_units": 98, "covered_firms": 3}
    rows = tenants(12, village_code=VILLAGE)
    rows |= {f"c{n}": {"village_code": VILLAGE, "street": None, "primary": "joint", "union_id": "u1"} for n in range(3)}
    _table, groups, ways = found_for(rows, surveyed({"u1": union}))
    key = next(key for key in groups.index if groups.at[key, "kind"] == "building")
    nothing = next(way for way in ways[key] if way.kind == DISSOLVE)
    assert nothing.elsewhere == 2 - int(groups["firms"][groups["kind"].eq("existing")].sum()), "room for two in all"
    assert nothing.outside == groups.at[key, "firms"] - nothing.elsewhere


def test_the_union_of_a_town_comes_last_and_has_no_price() -> None:
    union = {"kind": "joint", "place_name": None, "covered_units": 5, "covered_firms": 5}
    rows = tenants(4, town_code="990101001")
    rows |= {
        f"c{n}": {"street": None, "town_code": "990101001", "primary": "joint", "union_id": "u1"} for n in range(5)
    }
    _table, groups, ways = found_for(rows, surveyed({"u1": union}))
    (key,) = groups.index[groups["kind"].eq("building")]
    nothing = next(way for way in ways[key] if way.kind == DISSOLVE)
    assert (nothing.outside, nothing.last_resort, nothing.value_milli) == (4, 4, 0)


def test_along_the_street_the_gap_keeps_firms_apart() -> None:
    rows = tenants(4)
    for n in range(4):
        rows[f"t{n}"] |= {"street": STREET, "lon": 121.0 + n * 0.01, "lat": 32.0}  # 940 m from one to the next
    _table, groups, ways = found_for(rows)
    assert [way.kind for way in ways[groups.index[0]]] == [DISSOLVE]
    for n in range(4):
        rows[f"t{n}"]["lon"] = 121.0 + n * 0.001  # 94 m
    _table, groups, ways = found_for(rows)
    street = ways[groups.index[0]][0]
    assert street.kind == "street" and street.there == 4
    assert 30_000 - 4_000 < street.value_milli + 10_000 + 4_000 < 42_000 and street.loss_milli > 0


EAST_100 = 0.00106
"""Degrees of longitude that are 100 m on the grid of latitude 32."""


def around(metres: dict[str, int], **same: Any) -> dict[str, dict[str, Any]]:
    """Firms with ten workers and no street, so many metres east along one line through a town."""
    return {
        key: {"street": None, "lon": 121.0 + m / 100 * EAST_100, "town_code": "990101001", "workers": 10, **same}
        for key, m in metres.items()
    }


def test_a_union_around_an_address_and_the_street_that_only_some_of_its_firms_lie_on() -> None:
    rows = around({"a": 0, "b": 0, "c": 0, "d": 100})
    for key in ("a", "b", "c"):
        rows[key]["street"] = STREET
    _table, groups, ways = found_for(rows)
    (key,) = groups.index
    assert groups.at[key, "kind"] == "community" and groups.at[key, "place_id"].startswith("121.0")
    street, nothing = ways[key]
    # around the address of three: 3 x 8.5, the fourth 100 m away loses 10 x .3 x 100 / 500, founding 12
    now = 4 * 8_500 - 600 - 12_000
    assert (street.kind, street.there, street.outside, street.value_milli) == ("street", 3, 1, 3 * 9_500 - 10_000)
    assert street.loss_milli == now - 18_500 and nothing.loss_milli == now


def test_who_can_reach_the_next_address_union_would_join_it() -> None:
    rows = around({"a0": 0, "a1": 0, "a2": 0, "m": 440, "b0": 900, "b1": 900, "b2": 900})
    table, groups, ways = found_for(rows)
    assert set(groups["kind"]) == {"community"} and table.at["m", "group_id"] == table.at["a0", "group_id"]
    (nothing,) = ways[table.at["a0", "group_id"]]
    assert (nothing.kind, nothing.elsewhere, nothing.outside, nothing.outside_workers) == (DISSOLVE, 1, 3, 30)
    assert nothing.placed == {"m": table.at["b0", "group_id"]}
    assert nothing.value_milli == pytest.approx(8_500 - 3_000 * 460 / 500, abs=6), "six thousandths a metre"
    now = 3 * 8_500 + 8_500 - 3_000 * 440 / 500 - 12_000
    assert nothing.loss_milli == pytest.approx(now - nothing.value_milli, abs=6)
    (other,) = ways[table.at["b0", "group_id"]]
    assert (other.elsewhere, other.outside, other.loss_milli) == (0, 3, 3 * 8_500 - 12_000)


def test_the_border_of_a_town_keeps_an_address_union_closed() -> None:
    rows = around({"a0": 0, "a1": 0, "a2": 0, "b0": 400, "b1": 400, "b2": 400})
    for key in ("b0", "b1", "b2"):
        rows[key]["town_code"] = "990101002"
    table, groups, ways = found_for(rows)
    assert len(groups) == 2 and table["group_id"].nunique() == 2
    assert [[(way.kind, way.elsewhere, way.outside) for way in found] for found in ways.values()] == [
        [(DISSOLVE, 0, 3)]
    ] * 2


def test_a_building_could_be_a_union_around_its_door_with_who_is_left_over_nearby() -> None:
    rows = around({"t0": 0, "t1": 0, "t2": 0}, building=TOWER) | around({"v": 200})
    table, groups, ways = found_for(rows)
    (key,) = groups.index[groups["kind"].eq("building")]
    assert table.at["v", "left_because"] == "R2"
    near = next(way for way in ways[key] if way.kind == "community")
    assert (near.place_id, near.there, near.more, near.outside) == ("t0", 3, 1, 0)
    assert near.value_milli == 4 * 8_500 - 3_000 * 200 // 500 - 12_000 and near.loss_milli == 24_000 - near.value_milli


@settings(max_examples=8, deadline=None, phases=QUICK)
@given(town())
def test_no_other_way_is_worth_more_and_each_is_told_as_it_is(rows: dict[str, dict[str, Any]]) -> None:
    table, groups, ways = found_for(rows)
    for key, found in ways.items():
        members = table.index[table["group_id"].eq(key).fillna(value=False)]
        for way in found:
            assert way.loss_milli >= 0, (key, way)
            assert way.there + way.elsewhere + way.outside == len(members) == groups.at[key, "firms"]
            new = {firm for firm, seat in way.placed.items() if seat == "new"}
            assert len(new) == way.there + way.more
            out = members.difference(list(way.placed))
            assert way.outside_workers == table.loc[out, "workers"].fillna(OPTIONS.workers_if_unknown).sum()
            if new:
                counts = table.loc[sorted(new), "workers"].fillna(OPTIONS.workers_if_unknown)
                assert len(new) >= OPTIONS.min_firms and counts.sum() >= OPTIONS.min_workers
