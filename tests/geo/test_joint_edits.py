"""What a person settled, the switches of the policy, and who stays: as a survey suggests."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from invented import firms, frame

from geo.frames import CASE_STEPS, DECISIONS, DIVISIONS, GROUPINGS, PLACES, SURVEYED_UNIONS
from geo.joint import JointOptions, Suggested, edits, suggest
from geo.joint.edits import Edits
from geo.joint.former import read as read_former
from geo.joint.industry import usual_industries
from geo.survey import JointInputs, suggest_joint

COUNTY, TOWN = "990101", "990101001"
TOWER, MART = f"building:{COUNTY}:云帆大厦", f"market:{COUNTY}:建材城"
ROAD = f"street:{COUNTY}:望江路"
NEAR = 0.0009
"""Degrees of latitude: about a hundred metres."""


def town(rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """FIRMS of one county that lie nowhere precisely unless a row says so."""
    return firms({key: {"level": "town", "lon": None, "lat": None, **row} for key, row in rows.items()})


def places_of(kind: str, count: int, place: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {f"{place[0]}{n}": {kind: place, "level": "building", **more} for n in range(count)}


def both() -> pd.DataFrame:
    """Five firms in a tower that is in a market, five more in the market."""
    rows = {f"t{n}": {"building": TOWER, "market": MART} for n in range(5)}
    return town(rows | {f"m{n}": {"market": MART} for n in range(5)})


def asked(table: pd.DataFrame, *made: dict[str, Any], before: Suggested | None = None, **options: int) -> Suggested:
    decisions = frame(DECISIONS, {f"decision:{n}": row for n, row in enumerate(made)})
    was = GROUPINGS.empty() if before is None else before.groupings
    inputs = JointInputs(DIVISIONS.empty(), decisions, CASE_STEPS.empty(), was)
    return suggest_joint(table, SURVEYED_UNIONS.empty(), inputs, places=PLACES.empty(), options=JointOptions(**options))


def together(found: Suggested) -> dict[str, set[str]]:
    """Firms of each group by ``kind/place``; groups of one place have their part behind it."""
    return {key: set(keys) for key, keys in found.groupings.groupby("group_id").groups.items()}


def seat_of(found: Suggested, firm: str) -> str | None:
    key = found.groupings.at[firm, "group_id"]
    return None if pd.isna(key) else "/".join(found.groups.loc[key, ["kind", "place_id"]])


def test_a_firm_that_is_taken_out_is_in_no_group_and_its_reason_says_so() -> None:
    found = asked(both(), edits.row("joint_out", "t0"))
    assert found.groupings.loc["t0", ["group_id", "left_because"]].tolist()[1] == "R8"
    assert seat_of(found, "t1") is not None and sorted(found.groupings.index) == sorted(both().index)


def test_a_firm_joins_where_it_must_and_nowhere_it_must_not() -> None:
    free = asked(both())
    assert len(together(free)) == 1, "one union for all ten is cheaper than two"
    must = asked(both(), *(edits.row("joint_must", f"t{n}", f"building/{TOWER}") for n in range(3)))
    assert {seat_of(must, f"t{n}") for n in range(3)} == {f"building/{TOWER}"}
    bar = asked(both(), edits.row("joint_bar", "t0", f"market/{MART}"))
    assert seat_of(bar, "t0") in (None, f"building/{TOWER}") and seat_of(bar, "m0") == f"market/{MART}"


def test_nothing_is_founded_where_a_person_closed_the_place() -> None:
    found = asked(both(), edits.row("joint_close", COUNTY, f"market/{MART}"))
    assert {seat_of(found, f"t{n}") for n in range(5)} == {f"building/{TOWER}"}
    assert {seat_of(found, f"m{n}") for n in range(5)} == {None}


def test_a_locked_group_stays_whatever_else_comes() -> None:
    first = asked(both(), edits.row("joint_close", COUNTY, f"market/{MART}"))
    key, members = next(iter(together(first).items()))
    lock = edits.row("joint_lock", "", key, tuple(sorted(members)))
    again = asked(both(), lock, before=first)
    assert members in together(again).values(), "without the lock one union for all ten is cheaper"
    grown = pd.concat([both(), town({"t9": {"building": TOWER}})])
    assert members in together(asked(grown, lock, before=first)).values()
    assert edits.unmet(Edits(lock=edits.read(frame(DECISIONS, {"decision:0": lock})).lock), again.groups,
                       again.groupings) == {}  # fmt: skip


def test_a_lock_that_breaks_a_rule_by_now_is_let_go_and_told() -> None:
    first = asked(both(), edits.row("joint_close", COUNTY, f"market/{MART}"))
    key, members = next(iter(together(first).items()))
    lock = edits.row("joint_lock", "", key, tuple(sorted(members)))
    fewer = both().drop(index=["t0", "t1", "t2"])
    found = asked(fewer, lock, before=first)
    known = edits.read(frame(DECISIONS, {"decision:0": lock}))
    assert set(found.groupings["group_id"].isna()) == {False}
    assert edits.unmet(known, found.groups, found.groupings) == {}, "the two that are left went together to the market"
    assert edits.unmet(known, found.groups.iloc[:0], found.groupings.iloc[:0]) == {("joint_lock", key): "gone"}


def test_a_piece_of_a_street_stays_locked_between_others_that_are_cut_anew() -> None:
    row = {f"r{n:02}": {"street": ROAD, "house_no": str(10 * n), "workers": 12, "town_code": TOWN} for n in range(12)}
    first = asked(town(row), max_firms=5, metres_per_number=4)
    pieces = sorted(together(first).values(), key=min)
    assert len(pieces) >= 2
    held = pieces[1]
    key = next(name for name, keys in together(first).items() if keys == held)
    lock = edits.row("joint_lock", "", key, tuple(sorted(held)))
    changed = town({name: {**each, "workers": 24 if name not in held else 12} for name, each in row.items()})
    again = asked(changed, lock, before=first, max_firms=5, metres_per_number=4)
    assert held in together(again).values()


def test_unknown_firms_seats_and_texts_in_edits_break_nothing() -> None:
    odd = [
        edits.row("joint_must", "nobody", f"building/{TOWER}"), edits.row("joint_must", "m0", "building/none"),
        edits.row("joint_bar", "m0", "community/here"), edits.row("joint_close", COUNTY, "community/1,2,3"),
        {"kind": "joint_lock", "subject": "m0", "target": "x", "text": "no JSON"},
        {"kind": "joint_lock", "subject": "m0", "target": "street|x@#1", "text": '["m0","m1","m2"]'},
        {"kind": "joint_out", "subject": "nobody"},
    ]  # fmt: skip
    found = asked(both(), *odd)
    assert sorted(found.groupings.index) == sorted(both().index)
    assert seat_of(found, "m0") == "market/market:990101:建材城", "what cannot be met leaves it where it would be"
    known = edits.read(frame(DECISIONS, {f"decision:{n}": row for n, row in enumerate(odd)}))
    told = edits.unmet(known, found.groups, found.groupings)
    assert told["joint_must", "nobody"] == "gone" and told["joint_must", "m0"] == "seat"


# --- around addresses ------------------------------------------------------------------------------------------------


def street_block(count: int, *, step: float = NEAR, **more: Any) -> dict[str, dict[str, Any]]:
    return {
        f"b{n}": {"lon": 121.0, "lat": 32.0 + n * step, "level": "number", "town_code": TOWN, **more}
        for n in range(count)
    }


def test_firms_close_to_one_another_found_a_union_around_an_address() -> None:
    found = asked(town(street_block(4)))
    assert found.groups["kind"].tolist() == ["community"] and len(together(found)) == 1
    assert found.groups["reasons"].iloc[0][0][0] == "around_address"
    assert found.groups["reasons"].iloc[0][0][1]["farthest_m"] <= 200


def test_who_is_out_of_reach_coarse_or_in_no_known_town_is_in_none() -> None:
    for change in ({"step": 0.02}, {"level": "street"}, {"radius_m": 400.0}, {"town_code": None}):
        found = asked(town(street_block(4, **change)))  # type: ignore[arg-type]
        assert found.groups.empty and set(found.groupings["left_because"]) <= {"R1", "R4"}


def test_a_neighbourhood_ends_at_the_town() -> None:
    rows = street_block(6)
    for n in range(3):
        rows[f"b{n}"]["town_code"] = "990101002"
    found = asked(town(rows))
    assert sorted(map(sorted, together(found).values())) == [["b0", "b1", "b2"], ["b3", "b4", "b5"]]
    alone = asked(town({key: {**row, "workers": 6} for key, row in rows.items()}))
    assert alone.groups.empty and set(alone.groupings["left_because"]) == {"R3"}


def test_an_address_that_is_barred_bars_the_next_door_too() -> None:
    free = asked(town(street_block(4)))
    seat = f"community/{free.groups['place_id'].iloc[0]}"
    found = asked(town(street_block(4)), edits.row("joint_close", COUNTY, seat))
    assert found.groups.empty


# --- who stays, and the proof ----------------------------------------------------------------------------------------


def city(seed: int, size: int = 500) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    rows = {}
    for n in range(size):
        tower = int(draw.integers(0, 25))
        rows[f"f{n:04}"] = {
            "lon": round(121 + draw.uniform(0, 0.03), 5), "lat": round(32 + draw.uniform(0, 0.03), 5),
            "level": "number", "town_code": TOWN, "workers": int(draw.integers(1, 24)),
            "building": f"building:{COUNTY}:{tower}" if tower < 8 else None,
        }  # fmt: skip
    return firms(rows)


@pytest.mark.parametrize("seed", range(2))
def test_a_hundredth_of_changes_moves_less_than_a_hundredth_of_the_firms(seed: int) -> None:
    table, draw = city(seed), np.random.default_rng(seed)
    first = asked(table)
    same = asked(table, before=first)
    assert same.groupings["group_id"].equals(first.groupings["group_id"])
    gone = draw.choice(table.index, size=3, replace=False)
    moved = table.drop(index=gone)
    more = city(seed + 100, 3).rename(index=lambda key: f"n{key}")
    changed = pd.concat([moved, more])
    again = asked(changed, before=first)
    of, was = again.groupings["group_id"].reindex(moved.index), first.groupings["group_id"].reindex(moved.index)
    was, of = was.fillna("-"), of.fillna("-")
    main = pd.crosstab(was, of).idxmax(axis=1)
    assert (of != was.map(main)).mean() < 0.01


def test_each_county_has_its_proof_and_another_one_changes_nothing_in_it() -> None:
    one, other = city(1, 120), city(2, 90).assign(county_code="990102").rename(index=lambda key: f"z{key}")
    other["town_code"] = "990102001"
    found, alone = asked(pd.concat([one, other])), asked(one)
    assert [each.county for each in found.proof] == [COUNTY, "990102"]
    assert found.proof[0] == alone.proof[0]
    for each in found.proof:
        assert each.value_milli + each.bonus_milli <= each.bound_milli and 0 <= each.gap <= 0.02
    ours = found.groupings.reindex(one.index)["group_id"]
    assert ours.equals(alone.groupings["group_id"].reindex(one.index))


# --- switches --------------------------------------------------------------------------------------------------------


def test_every_building_has_its_own_union_where_the_switch_says_so() -> None:
    rows = {f"t{n}": {"building": TOWER, "market": MART, "workers": 6} for n in range(5)}
    rows |= {f"m{n}": {"market": MART, "workers": 6} for n in range(5)}
    rows |= {f"s{n}": {"building": f"building:{COUNTY}:小楼", "market": MART, "workers": 6} for n in range(2)}
    free, strict = asked(town(rows)), asked(town(rows), own_building=1)
    assert len(free.groups) == 1
    assert {frozenset(keys) for keys in together(strict).values()} == {
        frozenset(f"t{n}" for n in range(5)),
        frozenset([*(f"m{n}" for n in range(5)), "s0", "s1"]),
    }
    (with_switch,), (without,) = strict.proof, free.proof
    assert with_switch.value_milli < without.value_milli, "the switch has a price"
    assert with_switch.bound_milli >= with_switch.value_milli


def test_a_must_elsewhere_stands_above_the_switch() -> None:
    found = asked(both(), edits.row("joint_must", "t0", f"market/{MART}"), own_building=1)
    assert seat_of(found, "t0") == f"market/{MART}" and seat_of(found, "t1") == f"building/{TOWER}"


def test_firms_of_one_industry_go_together_where_it_counts() -> None:
    rows = {f"t{n}": {"building": TOWER, "sector": "C", "workers": 9} for n in range(4)}
    rows |= {f"m{n}": {"market": MART, "sector": "F", "workers": 9} for n in range(4)}
    rows["x"] = {"building": TOWER, "market": MART, "sector": "F", "workers": 9}
    assert seat_of(asked(town(rows), industry_milli=50), "x") == f"market/{MART}"
    rows["x"]["sector"] = "C"
    assert seat_of(asked(town(rows), industry_milli=50), "x") == f"building/{TOWER}"


def test_the_usual_industry_of_a_seat_is_that_of_most_and_the_first_of_equals() -> None:
    count, industry = np.array([3, 0, 4, 2]), np.array([2, 1, 1, 3, 0, 3, 0, -1, -1])
    assert usual_industries(count, industry, 4).tolist() == [1, -1, 0, -1]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("building|building:990101:云帆#大厦@990101#2", ("building", "building:990101:云帆#大厦", "990101", 2)),
        ("street|street:990101:望江路@990101/990101001#1!", ("street", ROAD, "990101/990101001", 1)),
        ("existing|union:x#1", ("existing", "union:x", "", 1)),
        ("community|121.00000,32.00000@990101/990101001#1", ("community", "121.00000,32.00000", f"{COUNTY}/{TOWN}", 1)),
        ("case:12ab", None), ("building|x#1", None), ("", None), ("a|b@c#٣", None),
    ],
)  # fmt: skip
def test_the_key_of_a_group_is_read_back(key: str, said: tuple[Any, ...] | None) -> None:
    assert read_former(key) == said


def test_without_wishes_one_kind_after_another_still_works() -> None:
    found = suggest(
        both(), SURVEYED_UNIONS.empty(), places=PLACES.empty(), divisions=DIVISIONS.empty(),
        options=JointOptions(compete=0),
    )  # fmt: skip
    assert found.proof == () and len(found.groups) == 2
