"""The health of unions: yes, no and not known are three answers."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from geo.frames import FIRMS, SURVEYED_UNIONS
from geo.health import CHECKS, counted, examine, won_first

ON = date(2025, 12, 31)
SOUND = {
    "name": "甲工会", "kind": "own", "in_force": True, "term_end": pd.Timestamp("2028-01-01"), "members": 10,
    "women_members": 4, "womens_body": "committee", "home_grade": "county", "full_time_staff": 1, "host_id": "f0",
    "linked_firms": 1, "covered_firms": 1, "covered_workers": 20, "flags": [],
}  # fmt: skip


def unions(*rows: dict[str, Any]) -> pd.DataFrame:
    return SURVEYED_UNIONS.conform(
        pd.DataFrame([SOUND | row for row in rows], index=[f"u{n}" for n in range(len(rows))])
    )


def firms(*rows: dict[str, Any]) -> pd.DataFrame:
    usual = {
        "name": "甲", "address": "x", "status": "active", "county_code": "990101", "level": "building",
        "location_status": "auto", "eligible": True, "primary": "none", "covered": False, "gap": True,
        "size_class": "under_25",
    }  # fmt: skip
    return FIRMS.conform(pd.DataFrame([usual | row for row in rows], index=[f"f{n}" for n in range(len(rows))]))


@pytest.mark.parametrize(
    ("union", "firm", "wrong"),
    [
        ({}, {}, set()),
        ({"term_end": pd.Timestamp("2025-12-31")}, {}, {"term_over"}),
        ({"term_end": pd.Timestamp("2026-06-30")}, {}, {"term_ending"}),
        ({"term_end": pd.Timestamp("2026-07-01")}, {}, set()),
        ({"womens_body": "none"}, {}, {"no_womens_body"}),
        ({"womens_body": "none", "women_members": 0}, {}, set()),
        ({"home_grade": "none"}, {}, {"no_home_grade"}),
        ({"kind": "building", "full_time_staff": 0}, {}, {"joint_no_staff"}),
        ({"full_time_staff": 0}, {}, set()),
        ({"flags": ["members_over_workers"]}, {}, {"members_over_workers"}),
        ({}, {"status": "moved"}, {"host_moved"}),
        ({"in_force": False, "ended_because": "host_ended"}, {"status": "closed"}, {"host_closed"}),
        ({"kind": "federation", "womens_body": "none", "home_grade": "none", "full_time_staff": 0}, {}, set()),
    ],
)
def test_each_check_finds_its_own(union: dict[str, Any], firm: dict[str, Any], wrong: set[str]) -> None:
    found = examine(unions(union), firms(firm), on=ON).iloc[0]
    assert {name for name in CHECKS if found[name] is True or found[name] == True} == wrong  # noqa: E712


@pytest.mark.parametrize(
    ("column", "unknown"),
    [
        ("term_end", {"term_over", "term_ending"}), ("womens_body", {"no_womens_body"}),
        ("home_grade", {"no_home_grade"}), ("members", {"members_over_workers"}),
        ("host_id", {"host_closed", "host_moved"}),
    ],
)  # fmt: skip
def test_what_the_register_does_not_say_is_not_known(column: str, unknown: set[str]) -> None:
    table = examine(unions({column: None}), firms({}), on=ON)
    assert {name for name in CHECKS if pd.isna(table[name].iloc[0])} == unknown
    totals = counted(table)
    assert totals["true"].sum() == 0 and set(totals.index[totals["unknown"] == 1]) == unknown


def test_revoked_unions_are_not_examined_and_a_joint_one_without_a_column_of_staff_is_unknown() -> None:
    revoked = {"in_force": False, "ended_because": "revoked"}
    table = examine(unions(revoked, {"kind": "joint", "full_time_staff": None}), firms({}), on=ON)
    assert list(table.index) == ["u1"] and pd.isna(table.at["u1", "joint_no_staff"])
    assert table.at["u1", "host_closed"] == False, "a joint union has no firm of its own"  # noqa: E712


def test_places_with_a_party_organisation_and_no_union_are_ranked_by_firms() -> None:
    made = firms(
        {"party_org": True, "building": "b1", "workers": 10}, {"party_org": True, "building": "b2", "workers": 90},
        {"party_org": True, "building": "b1"}, {"party_org": None, "building": "b3"}, {"party_org": True},
        {"party_org": True, "building": "b3", "gap": False, "primary": "own", "covered": True},
    )  # fmt: skip
    table = won_first(made, "building")
    assert list(table.index) == ["b1", "b2"]
    assert table.loc["b1"].to_dict() == {"firms": 2, "workers": 10, "workers_unknown": 1}
    assert won_first(made.iloc[:0], "building").empty
