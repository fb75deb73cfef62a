"""Why firms are left over, proved a second time: each reason by hand, all of them on random towns."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from invented import firms, places
from second_count import SecondCount
from test_joint import NOBODY, STREET, TOWER, VILLAGE, divisions, surveyed

from geo.frames import FIRMS, GROUPS, SURVEYED_UNIONS
from geo.joint import JointOptions, suggest
from geo.joint.certificates import FIGURES, certify

OPTIONS = JointOptions()
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking: what fails is a seed and says so itself."""


def certified(
    rows: dict[str, dict[str, Any]], existing: pd.DataFrame = NOBODY, options: JointOptions = OPTIONS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Suggest, and prove why who is left over is: FIRMS after it, and the certificates."""
    table = firms(rows)
    found = suggest(table, existing, places=places(), divisions=divisions(), options=options)
    told = found.groupings.reindex(table.index)
    table = FIRMS.conform(table.assign(group_id=told["group_id"], left_because=told["left_because"]))
    seated = SURVEYED_UNIONS.conform(existing.assign(place_id=found.seats.reindex(existing.index)))
    keys = list(table.index[table["left_because"].notna()])
    return table, certify(table, keys, unions=seated, groups=found.groups, places=places(), options=options)


def test_too_few_in_reach_of_the_best_of_its_seats() -> None:
    rows = {f"b{n}": {"building": TOWER, "street": None, "workers": 7} for n in range(2)}
    rows["b0"]["village_code"] = VILLAGE
    rows |= {f"v{n}": {"village_code": VILLAGE, "street": None, "workers": 4} for n in range(4)}
    _table, found = certified(rows)
    assert found.loc["b0", ["left_because", "found", "proved"]].tolist() == ["R1", "R1", True]
    assert found.loc["b0", ["kind", "place_id", "seats", "firms", "workers"]].tolist() == ["village", VILLAGE, 2, 5, 23]
    assert found.loc["b1", ["kind", "firms", "workers"]].tolist() == ["building", 2, 14]
    assert set(found.columns) == {"left_because", "found", "proved", *FIGURES}


def test_two_records_of_one_employer_are_one_unit() -> None:
    rows = {f"b{n}": {"building": TOWER, "street": None, "workers": 10, "org_code": "111111111"} for n in range(4)}
    _table, found = certified(rows)
    assert set(found["left_because"]) == {"R1"} and found["proved"].all(), "so many firms, but one employer"
    assert found.loc["b0", ["firms", "units", "workers"]].tolist() == [4, 1, 40]


def test_workers_of_one_seat_and_firms_of_another_make_no_union() -> None:
    rows: dict[str, dict[str, Any]] = {f"b{n}": {"building": TOWER, "street": None, "workers": 2} for n in range(5)}
    rows["b0"]["village_code"] = VILLAGE
    rows["v"] = {"village_code": VILLAGE, "street": None, "workers": 24}
    _table, found = certified(rows)
    assert set(found["left_because"]) == {"R1"} and found["proved"].all()
    assert found.loc["b0", ["kind", "seats", "firms", "workers"]].tolist() == ["village", 2, 2, 26]


def test_a_full_union_far_down_the_street_is_not_in_reach() -> None:
    union = {"kind": "street", "place_name": "望江路", "covered_units": 100, "covered_firms": 3}
    rows: dict[str, dict[str, Any]] = {
        f"c{n}": {"street": STREET, "lon": 121.0 + n * 0.001, "primary": "joint", "union_id": "u1"} for n in range(3)
    }
    rows |= {"near": {"street": STREET, "lon": 121.004}, "far": {"street": STREET, "lon": 121.05}}
    _table, found = certified(rows, surveyed({"u1": union}))
    assert found.loc["near", ["left_because", "union_id", "proved"]].tolist() == ["R5", "u1", True]
    assert found.loc["far", ["left_because", "firms", "proved"]].tolist() == ["R1", 1, True]


def test_those_in_reach_are_used_elsewhere_and_what_is_left_is_too_little() -> None:
    rows = {
        f"s{n}": {"street": STREET, "lat": 32.0, "lon": 121.0 + n * 0.001485, "workers": 4 if n < 8 else 2}
        for n in range(9)
    }  # 140 m from one to the next; a seat along a street reaches 500 m to either side: seven of them
    _table, found = certified(rows)
    assert list(found.index) == ["s7", "s8"] and set(found["left_because"]) == {"R2"} and found["proved"].all()
    told = ["kind", "firms", "workers", "grouped", "left_units", "left_workers"]
    assert found.loc["s8", told].tolist() == ["street", 7, 26, 5, 2, 6], "around the address of the sixth firm"


def test_only_the_border_is_in_the_way() -> None:
    rows = {f"a{n}": {"building": TOWER, "street": None, "workers": 9} for n in range(2)}
    rows |= {f"z{n}": {"building": TOWER, "street": None, "workers": 9, "county_code": "990102"} for n in range(2)}
    _table, found = certified(rows)
    assert set(found["left_because"]) == {"R3"} and found["proved"].all()
    assert found.loc["a0", ["workers", "firms", "across_workers", "across_firms"]].tolist() == [18, 2, 36, 4]


def test_one_county_alone_cannot_prove_what_lies_across_its_border() -> None:
    rows = {f"a{n}": {"building": TOWER, "street": None, "workers": 9} for n in range(2)}
    rows |= {f"z{n}": {"building": TOWER, "street": None, "workers": 9, "county_code": "990102"} for n in range(2)}
    table, _found = certified(rows)
    ours = table[table["county_code"].eq("990101")]
    again = certify(ours, ["a0"], unions=NOBODY, groups=GROUPS.empty(), places=places(), options=OPTIONS)
    assert again.loc["a0", ["left_because", "found", "proved"]].tolist() == ["R3", "R1", False]


def test_a_firm_in_no_place_has_no_seat() -> None:
    _table, found = certified({"a": {"street": None, "level": "town"}})
    assert found.loc["a", ["left_because", "found", "level"]].tolist() == ["R4", "R4", "town"]


def test_the_only_union_in_reach_is_full() -> None:
    union = {"kind": "building", "place_name": None, "covered_units": 300, "covered_firms": 3}
    rows: dict[str, dict[str, Any]] = {
        f"c{n}": {"building": TOWER, "street": None, "primary": "joint", "union_id": "u1"} for n in range(3)
    }
    rows["a"] = {"building": TOWER, "street": None}
    _table, found = certified(rows, surveyed({"u1": union}))
    assert found.loc["a", ["left_because", "found", "union_id", "held", "most"]].tolist() == [
        "R5",
        "R5",
        "u1",
        300,
        300,
    ]


def test_unknown_counts_take_part_only_where_they_may_be_assumed() -> None:
    rows = {f"a{n}": {"building": TOWER, "street": None, "workers": None} for n in range(3)}
    _table, found = certified(rows, options=JointOptions(workers_if_unknown=0))
    assert set(found["left_because"]) == {"R6"} and found["proved"].all()
    _table, found = certified(rows)
    assert set(found["left_because"]) == {"R1"} and found.loc["a0", "workers"] == 15


def test_a_wrong_reason_is_not_proved() -> None:
    table, _found = certified({f"a{n}": {"building": TOWER, "street": None, "workers": 5} for n in range(3)})
    for wrong in ("R2", "R3", "R4", "R5", "R6"):
        forged = table.assign(left_because=pd.Series(wrong, index=table.index, dtype="string"))
        again = certify(forged, ["a0"], unions=NOBODY, groups=GROUPS.empty(), places=places(), options=OPTIONS)
        assert again.loc["a0", "found"] == "R1" and not again.loc["a0", "proved"]


def test_firms_spoken_for_are_no_candidates_of_others() -> None:
    table, _found = certified({f"a{n}": {"building": TOWER, "street": None, "workers": 10} for n in range(3)})
    held = table.assign(
        group_id=pd.Series({"a0": None, "a1": "case:x", "a2": "case:x"}, dtype="string"),
        left_because=pd.Series({"a0": "R1"}, dtype="string").reindex(table.index),
    )
    again = certify(held, ["a0"], unions=NOBODY, groups=GROUPS.empty(), places=places(), options=OPTIONS)
    assert again.loc["a0", ["found", "firms", "workers", "proved"]].tolist() == ["R1", 1, 10, True]


@st.composite
def town(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Return firms strewn over buildings, a village, two streets and two counties."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    rows = {}
    for n in range(draw(st.integers(1, 40))):
        street = rng.choice([STREET, "street:990101:江海路", None], p=[0.35, 0.25, 0.4])
        county = rng.choice(["990101", "990102"], p=[0.8, 0.2])
        rows[f"f{n:02}"] = {
            "workers": None if rng.random() < 0.1 else int(rng.integers(1, 24)),
            "building": rng.choice([TOWER, "building:990101:远帆大厦", None], p=[0.2, 0.15, 0.65]),
            "village_code": rng.choice([VILLAGE, None], p=[0.3, 0.7]),
            "street": street,
            "lon": 121.0 + float(rng.integers(0, 40)) * 0.0007,
            "county_code": county,
            "town_code": rng.choice([f"{county}001", f"{county}002", None], p=[0.5, 0.2, 0.3]),
        }
    return rows


@settings(max_examples=5, deadline=None, phases=QUICK)
@given(town(), st.sampled_from([5, 0]))
def test_every_leftover_of_a_random_town_is_proved(rows: dict[str, dict[str, Any]], each: int) -> None:
    table, found = certified(rows, options=JointOptions(workers_if_unknown=each))
    assert list(found.index) == list(table.index[table["left_because"].notna()])
    doubtful = found[~found["proved"]]
    assert doubtful.empty, doubtful.to_dict("records")
    for key, row in found[found["kind"].isin(["building", "village"])].iterrows():
        column = {"building": "building", "village": "village_code"}[row["kind"]]
        there = table[table[column].eq(row["place_id"]) & table["county_code"].eq(table.at[key, "county_code"])]
        there = there[there["gap"] & there["size_class"].ne("25_and_over")]
        there = there if each else there[there["workers"].notna()]
        assert row["firms"] == len(there) and row["workers"] == there["workers"].fillna(each).sum()
        assert row["grouped"] == there["group_id"].notna().sum()


@settings(max_examples=10, deadline=None, phases=QUICK)
@given(town(), st.sampled_from([5, 0]), st.sampled_from([0, 120, 500]))
def test_every_reason_is_that_of_the_rows(rows: dict[str, dict[str, Any]], each: int, reach_m: int) -> None:
    options = JointOptions(workers_if_unknown=each, reach_m=reach_m)
    for key in list(rows)[::7]:
        rows[key]["org_code"] = "111111111"  # one employer with several records
    table, found = certified(rows, options=options)
    survey: Any = SimpleNamespace(firms=table, places=places(), groups=GROUPS.empty(), unions=NOBODY, joint=options)
    counted = SecondCount(survey)
    said = {key: {code.partition("_")[0] for code, _figures in counted.left(key)} for key in found.index}
    assert said == {key: {code} for key, code in found["left_because"].items()}


@pytest.mark.parametrize("keys", [[], ["nobody"]])
def test_nobody_to_prove(keys: list[str]) -> None:
    table = firms({"a": {}})
    if keys:
        with pytest.raises(KeyError):
            certify(table, keys, unions=NOBODY, groups=GROUPS.empty(), places=places(), options=OPTIONS)
    else:
        assert certify(table, keys, unions=NOBODY, groups=GROUPS.empty(), places=places(), options=OPTIONS).empty
