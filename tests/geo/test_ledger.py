"""The ledger: which step may follow which, the state of a day, what speaks against it, and the four clears counted."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.frames import ENTERPRISES, FIRMS, STEPS
from geo.io.codes import read_codes
from geo.ledger import (
    BUILT,
    CLEARS,
    MEASURES,
    OUTCOMES,
    STAGES,
    STANDINGS,
    completeness,
    following,
    refusals,
    stand,
    stated,
    states,
)  # fmt: skip
from geo.ledger.contradictions import GRACE_MONTHS, REGISTER_DAYS

ON = date(2025, 12, 31)
BOOK = read_codes(Path(__file__).resolve().parents[2] / "data" / "codes")
LEAVING = frozenset(f"R{n:02}" for n in range(7, 12))


def steps(*rows: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame([{"taken_by": "李", "account": "li", "basis": "page", **row} for row in rows])
    table.index = [f"step:{n}" for n in range(len(rows))]
    return STEPS.conform(table.assign(taken_on=pd.to_datetime(table["taken_on"])))


def firms(*rows: dict[str, Any]) -> pd.DataFrame:
    usual = {
        "name": "甲", "address": "x", "status": "active", "county_code": "990101", "level": "building",
        "location_status": "auto", "eligible": True, "primary": "none", "covered": False, "gap": True,
        "size_class": "under_25", "workers": 8, "counts_on": pd.Timestamp("2025-06-30"), "legal_person": True,
        "established": pd.Timestamp("2015-01-01"), "source": "名录", "source_date": pd.Timestamp("2025-06-30"),
    }  # fmt: skip
    return FIRMS.conform(pd.DataFrame([usual | row for row in rows], index=[f"f{n}" for n in range(len(rows))]))


def ledger(firm: dict[str, Any], *rows: dict[str, Any], on: date = ON) -> pd.Series:
    made = steps(*({"enterprise_id": "f0", **row} for row in rows)) if rows else STEPS.empty()
    return stand(firms(firm), states(made, on), on=on, leaving=LEAVING).iloc[0]


# --- the table of stages --------------------------------------------------------------------------------------------


def test_the_table_and_the_code_list_hold_the_same_stages_and_only_seven_to_nine_are_built() -> None:
    codes = BOOK["stage"].codes
    assert list(STAGES) == list(codes)
    assert BUILT == ("P7", "P8", "P9") == tuple(code for code, each in codes.items() if each.facts["built"])
    named = {"checker": "taken_by", "count": "members", "committee size": "committee", "approval number": "document",
             "next date": "next_on", "reason": "reason"}  # fmt: skip
    for code, stage in STAGES.items():
        asked = {named[word] for word in codes[code].facts["evidence"] if word in named}
        assert asked <= set(stage.evidence) and {*stage.evidence} <= set(STEPS.columns), code
        assert stage.actor in BOOK["actor"].codes


def test_a_union_is_founded_in_the_order_of_the_law() -> None:
    way = ["P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9"]
    for now, then in pairwise(way):
        assert then in following(now)
    assert "P7" not in following("P4"), "nothing is approved without members"
    assert "P7" in following("P5"), "who joins a joint union holds no election of its own"
    assert "PX" not in following("P7") and "P6" not in following("P8")
    assert all("P0" in following(code) for code in STAGES), "anything may be opened anew"


def test_every_list_of_the_ledger_has_its_phrases() -> None:
    assert set(OUTCOMES) == set(BOOK["outcome"].codes)
    assert set(STANDINGS) == set(BOOK["standing"].codes)
    assert set(CLEARS) == set(BOOK["clear"].codes)
    assert {c for each in OUTCOMES.values() if (c := each.reason)} <= set(BOOK["reason"].codes)


# --- what may be recorded -------------------------------------------------------------------------------------------

STEP = {"taken_on": ON, "stage": "P1", "taken_by": "李"}


def faults(step: dict[str, Any], **before: Any) -> set[tuple[str, str]]:
    found = refusals({**STEP, **step}, before, today=ON, reasons=set(BOOK["reason"].codes))
    assert {each.code for each in found} <= set(BOOK["step_refusal"].codes)
    assert {each.field for each in found} <= set(BOOK["step_field"].codes)
    return {(each.field, each.code) for each in found}


@pytest.mark.parametrize(
    ("step", "before", "expected"),
    [
        ({}, {}, set()),
        ({"taken_on": None}, {}, {("taken_on", "missing")}),
        ({"taken_on": date(1999, 12, 31)}, {}, {("taken_on", "too_early")}),
        ({"taken_on": date(2000, 1, 1)}, {}, set()),
        ({"note": "厂长王某 138 1234-5678"}, {}, {("note", "personal")}),
        ({"note": "身份证320602197001011234"}, {}, {("note", "personal")}),
        ({"note": "与913206007509111458、913206211607262652是一家，文号20260305001"}, {}, set()),
        ({"taken_on": date(2026, 1, 1)}, {}, {("taken_on", "ahead")}),
        ({"taken_on": date(2025, 1, 1)}, {"stage": "P0", "stage_on": date(2025, 2, 1)}, {("taken_on", "before_last")}),
        ({"stage": "P7", "document": "崇工〔2025〕9号"}, {"stage": "P2"}, {("stage", "order")}),
        ({"stage": "P7"}, {"stage": "P6"}, {("document", "evidence")}),
        ({"stage": "P5", "members": 12}, {"stage": "P3"}, set()),
        ({"stage": "P5"}, {"stage": "P3"}, {("members", "evidence")}),
        ({"stage": "PX"}, {}, {("reason", "evidence"), ("next_on", "evidence")}),
        ({"stage": "PX", "reason": "R04", "next_on": date(2026, 3, 1)}, {}, set()),
        ({"stage": "PX", "reason": "R04", "next_on": ON}, {}, {("next_on", "not_ahead")}),
        ({"stage": "P0"}, {"stage": "P8"}, {("note", "evidence")}),
        ({"stage": "P77"}, {}, {("stage", "unknown")}),
        ({"reason": "R77"}, {}, {("reason", "unknown")}),
        ({"second_reason": "R02"}, {}, {("second_reason", "without_main")}),
        ({"reason": "R02", "second_reason": "R02"}, {}, {("second_reason", "same")}),
        ({"workers": -1}, {}, {("workers", "range")}),
        ({"workers": 10, "women": 11}, {}, {("women", "over_workers")}),
        ({"women": 1}, {}, {("women", "without_workers")}),
        ({"members": 3000}, {"workers": 531}, {("members", "members_over_workers")}),
        ({"members": 531}, {"workers": 531}, set()),
        ({"members": 3000}, {"workers": None}, set()),
        ({"members": 560, "workers": 600}, {"workers": 531}, set()),
        ({"members": 520, "workers": 500}, {"workers": 531}, {("members", "members_over_workers")}),
        ({"outcome": "flew"}, {}, {("outcome", "unknown")}),
        ({"stage": None}, {}, {("stage", "nothing")}),
        ({"taken_by": ""}, {}, {("taken_by", "missing"), ("taken_by", "evidence")}),
        ({"note": "长" * 501}, {}, {("note", "too_long")}),
    ],
)
def test_a_step_is_refused_by_field(step: dict[str, Any], before: dict[str, Any], expected: set[Any]) -> None:
    assert faults(step, **before) == expected


# --- the state of a day ---------------------------------------------------------------------------------------------


def test_the_state_is_that_of_the_day_and_what_a_step_leaves_open_stays() -> None:
    made = steps(
        {"enterprise_id": "f0", "taken_on": "2025-03-01", "stage": "P1", "reason": "R02", "second_reason": "R03"},
        {"enterprise_id": "f0", "taken_on": "2025-05-01", "stage": "P2", "workers": 30, "women": 10},
        {"enterprise_id": "f0", "taken_on": "2025-07-01", "reason": "R04", "outcome": "verified"},
    )
    march, may, july = (states(made, day).loc["f0"] for day in (date(2025, 3, 1), date(2025, 6, 30), ON))
    assert (march.stage, march.reason, march.second_reason, march.steps) == ("P1", "R02", "R03", 1)
    assert (may.stage, may.reason, may.workers, may.stage_on.month) == ("P2", "R02", 30, 5)
    assert (july.stage, july.reason, july.workers, july.outcome) == ("P2", "R04", 30, "verified")
    assert pd.isna(july.second_reason), "a new main reason brings its second one, or that there is none"
    assert july.verified_on == pd.Timestamp("2025-07-01")
    assert states(made, date(2025, 2, 28)).empty


def test_of_two_steps_of_one_day_the_later_recorded_holds_and_a_late_entry_of_an_early_day_does_not() -> None:
    day = {"enterprise_id": "f0"}
    made = steps(
        {**day, "taken_on": "2025-05-01", "stage": "P1"},
        {**day, "taken_on": "2025-05-01", "stage": "P2"},
        {**day, "taken_on": "2025-04-01", "stage": "P1", "reason": "R05"},
    )
    found = states(made, ON).loc["f0"]
    assert (found.stage, found.reason, found.last_step) == ("P2", "R05", "step:1")


@given(st.lists(st.tuples(st.sampled_from(["f0", "f1", "f2"]), st.integers(1, 28), st.sampled_from([*STAGES, None])),
                min_size=1, max_size=12), st.randoms())  # fmt: skip
def test_the_state_is_the_last_one_said_whatever_else_is_recorded(rows: list[Any], random: Any) -> None:
    made = steps(*({"enterprise_id": firm, "taken_on": f"2025-05-{day:02}", "stage": stage, "reason": "R01"}
                   for firm, day, stage in rows))  # fmt: skip
    found = states(made, ON)
    for firm in {firm for firm, _day, _stage in rows}:
        mine = [(day, n, stage) for n, (f, day, stage) in enumerate(rows) if f == firm and stage]
        assert (max(mine)[2] if mine else None) == (None if pd.isna(v := found.at[firm, "stage"]) else v)
        assert found.at[firm, "steps"] == sum(f == firm for f, _d, _s in rows)


def test_the_register_of_the_next_survey_says_what_the_steps_say() -> None:
    day = pd.Timestamp("2024-12-31")
    usual = {"address": "x", "status": "active", "workers": 5, "counts_on": day, "source_date": day, "stage": "P1"}
    register = ENTERPRISES.conform(
        pd.DataFrame([{**usual, "name": name, "reason": "R02"} for name in "甲乙丙"], index=["f0", "f1", "f2"])
    )
    made = steps(
        {"enterprise_id": "f0", "taken_on": "2025-05-01", "outcome": "closed"},
        {"enterprise_id": "f2", "taken_on": "2025-06-01", "stage": "P3", "workers": 40, "outcome": "verified"},
        {"enterprise_id": "elsewhere", "taken_on": "2025-06-01", "stage": "P3"},
    )
    now = stated(register, made, on=ON)
    assert now.index.equals(register.index)
    assert (now.at["f0", "status"], now.at["f0", "closed_on"], now.at["f0", "reason"]) == (
        "closed", pd.Timestamp("2025-05-01"), "R09",
    )  # fmt: skip
    assert now.loc["f1"].equals(register.loc["f1"])
    assert (now.at["f2", "stage"], now.at["f2", "workers"], now.at["f2", "counts_basis"]) == ("P3", 40, "visit")
    assert now.at["f2", "reason"] == "R02"
    before = stated(register, made, on=date(2025, 4, 30))
    pd.testing.assert_frame_equal(before, register)
    newer = register.assign(source_date=pd.Timestamp("2025-09-30"), counts_on=pd.Timestamp("2025-09-30"))
    later = stated(newer, made, on=ON)
    assert (later.at["f0", "status"], later.at["f2", "workers"]) == ("active", 5), "a newer register knows better"


# --- what speaks against it -----------------------------------------------------------------------------------------

P2, P5 = ({"taken_on": "2025-08-01", "stage": stage} for stage in ("P2", "P5"))
P7 = {"taken_on": "2025-08-01", "stage": "P7", "document": "1号"}


@pytest.mark.parametrize(
    ("firm", "step", "because"),
    [
        ({"status": "closed", "eligible": False, "gap": False}, P2, ("closed",)),
        ({"status": "moved", "eligible": False, "gap": False}, P2, ("moved",)),
        ({"status": "closed", "eligible": False, "gap": False}, {**P2, "outcome": "closed"}, ()),
        ({"workers": 25}, {**P2, "reason": "R02"}, ("now_25",)),
        ({"workers": 24}, {**P2, "reason": "R02"}, ()),
        ({}, {**P2, "reason": "R02", "workers": 31}, ("now_25",)),
        ({"primary": "joint", "covered": True, "gap": False}, P2, ("covered",)),
        ({"primary": "joint", "covered": True, "gap": False}, P7, ()),
        ({"workers": 11}, {**P5, "members": 12}, ("fewer_than_members",)),
        ({"workers": 12}, {**P5, "members": 12}, ()),
        ({"primary": "own", "covered": True, "gap": False}, {**P5, "members": 12}, ("covered",)),
        ({}, P7, ("not_registered",)),
        ({}, {**P7, "taken_on": "2025-11-01"}, ()),
        ({}, {**P2, "reason": "R01"}, ("no_longer_new",)),
        ({"workers": 25}, {**P7, "taken_on": "2025-11-01", "reason": "R02"}, ()),
        ({}, {**P7, "taken_on": "2025-11-01", "reason": "R01"}, ()),
        ({"established": pd.Timestamp("2025-03-01")}, {**P2, "reason": "R01"}, ()),
        ({"source_date": pd.Timestamp("2025-10-01")}, {**P2, "reason": "R08"}, ("active_again",)),
        ({}, {**P2, "reason": "R08"}, ()),
    ],
)
def test_a_firm_that_contradicts_its_state_opens_anew_with_the_reason(
    firm: dict[str, Any], step: dict[str, Any], because: tuple[str, ...]
) -> None:
    found = ledger(firm, step)
    assert found.because == because
    assert set(because) <= set(BOOK["contradiction"].codes)
    assert (found.standing == "reopened") == bool(because)
    assert not (because and found.how_far)


def test_the_phrases_name_the_days_that_are_counted() -> None:
    assert str(REGISTER_DAYS) in BOOK["contradiction"].codes["not_registered"].zh
    assert GRACE_MONTHS == 12 and "一年" in BOOK["contradiction"].codes["no_longer_new"].zh


@pytest.mark.parametrize(
    ("firm", "rows", "standing", "due"),
    [
        ({}, [], "open", True),
        ({"stage": "P3"}, [], "open", True),
        ({}, [{**P2, "stage": "PX", "reason": "R04", "next_on": "2026-03-01"}], "deferred", True),
        ({}, [{**P2, "stage": "PX", "reason": "R04", "next_on": "2025-12-01"}], "overdue", True),
        ({}, [{**P7, "taken_on": "2025-12-01"}], "built", True),
        ({}, [{**P2, "reason": "R07"}], "out", False),
        ({"eligible": False, "gap": False, "reason": "R07"}, [], "out", False),
        ({"primary": "own", "covered": True, "gap": False}, [], "covered", False),
    ],
)
def test_how_a_firm_stands(firm: dict[str, Any], rows: list[Any], standing: str, due: bool) -> None:
    found = ledger(firm, *rows)
    assert (found.standing, found.due) == (standing, due)


# --- the four clears ------------------------------------------------------------------------------------------------


def test_each_clear_is_computed_from_what_is_known() -> None:
    bare = ledger({"workers": None, "counts_on": None, "level": "town"})
    assert [bare[name] for name in (*CLEARS, "clear", "verified")] == [False] * 6
    full = ledger({"level": "town"}, {**P2, "reason": "R04", "outcome": "verified"})
    assert [full[name] for name in (*CLEARS, "clear", "verified")] == [True] * 6, "checked on site is where"
    counted = ledger({"workers": None, "counts_on": None}, {**P2, "workers": 3})
    assert counted.how_many and counted.counts_basis == "visit" and not counted.why
    assert not ledger({}, {**P2, "stage": "PX", "reason": "R04", "next_on": "2025-09-01"}).how_far, "overdue"


def test_completeness_counts_by_place_and_its_rows_sum_to_the_whole() -> None:
    made = firms(
        {"building": "building:990101:甲楼"},
        {"building": "building:990101:甲楼", "level": "county", "workers": None},
        {"level": "town"},
        {"primary": "own", "covered": True, "gap": False},
        {"building": "building:990101:乙楼", "stage": "P7", "source_date": pd.Timestamp("2025-12-01")},
    )
    rows = steps({"enterprise_id": "f0", "taken_on": "2025-08-01", "stage": "P2", "reason": "R04", "outcome": "agreed"})
    table = stand(made, states(rows, ON), on=ON, leaving=LEAVING)
    whole, places = completeness(table), completeness(table, "building")
    assert whole.loc["all"].to_dict() == {
        "due": 4, "how_many": 3, "where": 2, "why": 1, "how_far": 2, "clear": 1, "verified": 1, "reopened": 0,
        "overdue": 0, "deferred": 0, "built": 1,
    }  # fmt: skip
    assert list(places.index) == ["building:990101:甲楼", "building:990101:乙楼", ""]
    assert places.loc["building:990101:甲楼", ["due", "how_many", "where", "clear"]].tolist() == [2, 1, 1, 1]
    assert places[list(MEASURES)].sum().to_dict() == whole.loc["all"].to_dict()
    assert completeness(table.iloc[:0]).empty and completeness(table[~table["due"]], "building").empty
