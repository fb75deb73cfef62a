"""What may be done with a suggestion, and that the next survey does as was decided."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import firms

from geo.frames import CASE_STEPS, DIVISIONS, GROUPINGS, PLACES, SURVEYED_UNIONS
from geo.joint import JointOptions, Suggested, suggest
from geo.joint.edits import Edits
from geo.joint.life import LIVE, MOVES, PREPARING, STATES, case_id, cases, changes, moves, refusals
from geo.joint.respect import LEFT_REJECTED, Pairs, alike, suggest_anew
from geo.ledger import STAGES, following

TOWER, STREET, VILLAGE = "building:990101:云帆大厦", "street:990101:望江路", "990101001001"
TODAY = date(2026, 3, 1)
REASONS = {"unwilling", "other"}
GOOD: dict[str, Any] = {
    "taken_on": TODAY, "name": "云帆大厦联合工会", "reason": "unwilling", "note": "查实", "document": "工〔2026〕1号",
    "stage": "P3", "members": ["a", "b", "c"], "counted": 30,
}  # fmt: skip


def said(state: str, stage: str | None = None, **more: Any) -> dict[str, Any]:
    return {"state": state, "stage": stage, "taken_on": None, "barred": (), "kind": "building", **more}


def wrong(move: str, case: dict[str, Any], **changed: Any) -> list[tuple[str, str]]:
    found = refusals(move, {**GOOD, **changed}, case, today=TODAY, reasons=REASONS)
    return [(fault.field, fault.code) for fault in found]


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", STATES)
def test_a_move_is_made_from_its_own_states_and_from_no_other(move: str, state: str) -> None:
    stage = "P6" if move == "approve" else "P0"
    found = wrong(move, said(state, stage))
    assert found == ([] if state in MOVES[move].before else [("move", "state")])


def test_nothing_leads_out_of_the_table() -> None:
    assert {move.after for move in MOVES.values()} | {"suggested"} == set(STATES)
    assert {state for move in MOVES.values() for state in move.before} == set(STATES)
    assert {move.right for move in MOVES.values()} == {"decide", "approve"}
    assert set(PREPARING) <= set(STAGES)


def test_who_may_only_decide_cannot_approve() -> None:
    assert [move.code for move in moves("accepted", {"see", "decide"})] == ["advance", "reject", "withdraw"]
    assert "approve" in [move.code for move in moves("accepted", {"decide", "approve"})]
    assert moves("approved", {"decide"}) == () and moves("suggested", {"see"}) == ()


def test_slips_of_the_pen_are_refused() -> None:
    assert wrong("reject", said("suggested"), reason="other", note=None) == [("note", "missing")]
    assert wrong("reject", said("suggested"), taken_on=date(1800, 1, 1)) == [("taken_on", "too_early")]
    assert wrong("advance", said("accepted", "P3"), stage="P5", counted=-5) == [("counted", "range")]
    assert wrong("approve", said("accepted", "P6"), counted=-3) == [("counted", "range")]


@pytest.mark.parametrize(
    ("move", "state", "stage", "changed", "fault"),
    [
        ("accept", "suggested", None, {"name": None}, ("name", "missing")),
        ("reject", "suggested", None, {"reason": None}, ("reason", "missing")),
        ("reject", "suggested", None, {"reason": "R99"}, ("reason", "unknown")),
        ("withdraw", "accepted", "P3", {"note": None}, ("note", "missing")),
        ("accept", "suggested", None, {"taken_on": date(2026, 3, 2)}, ("taken_on", "ahead")),
        ("accept", "suggested", None, {"taken_on": None}, ("taken_on", "missing")),
        ("accept", "suggested", None, {"note": "长" * 201}, ("note", "too_long")),
        ("advance", "accepted", "P0", {"stage": "P6"}, ("stage", "order")),
        ("advance", "accepted", "P3", {"stage": "P5", "counted": None}, ("counted", "evidence")),
        ("advance", "accepted", "P3", {"stage": "P4", "document": None}, ("document", "evidence")),
        ("approve", "accepted", "P3", {}, ("stage", "order")),
        ("approve", "accepted", "P5", {"document": None}, ("document", "missing")),
        ("approve", "accepted", "P5", {"members": ["a"]}, ("members", "too_few")),
    ],
)  # fmt: skip
def test_what_is_missing_or_out_of_order_is_told_by_its_field(
    move: str, state: str, stage: str | None, changed: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert wrong(move, said(state, stage), **changed) == [fault]


def test_a_firm_that_is_closed_or_covered_cannot_be_approved_into_the_union() -> None:
    assert wrong("approve", said("accepted", "P5", barred=["c"])) == [("members", "barred")]
    assert wrong("approve", said("accepted", "P5", barred=["c"]), members=["a", "b"]) == []


def test_one_firm_may_join_a_union_there_is_but_not_found_one() -> None:
    assert wrong("approve", said("accepted", "P5", kind="existing"), members=["a"]) == []


def test_the_preparation_follows_the_stages_of_the_ledger() -> None:
    for stage in ("P0", *PREPARING):
        allowed = [code for code in PREPARING if wrong("advance", said("accepted", stage), stage=code) == []]
        assert allowed == [code for code in following(stage) if code in PREPARING], stage


def test_a_decision_is_not_dated_before_the_one_it_follows() -> None:
    case = said("accepted", "P3", taken_on=date(2026, 2, 1))
    assert wrong("withdraw", case, taken_on=date(2026, 1, 31)) == [("taken_on", "before_last")]


def test_a_case_is_the_same_whatever_the_order_of_its_firms() -> None:
    assert case_id("building", TOWER, ["b", "a"]) == case_id("building", TOWER, ["a", "b"])
    assert len({case_id("building", TOWER, ["a"]), case_id("street", TOWER, ["a"]), case_id("building", "x", ["a"]),
                case_id("building", TOWER, ["a", "b"])}) == 4  # fmt: skip


def steps(*rows: dict[str, Any]) -> pd.DataFrame:
    """CASE_STEPS from rows that need only ``state``; firms t0–t3 in the tower unless a row says otherwise."""
    base = {
        "move": "accept", "taken_on": pd.Timestamp(TODAY), "kind": "building", "place_id": TOWER, "group_id": "g",
        "name": "云帆大厦联合工会", "county_code": "990101", "members": ["t0", "t1", "t2", "t3"], "taken_by": "李",
        "account": "li", "said": [],
    }  # fmt: skip
    full = [{**base, **row} for row in rows]
    full = [{"case_id": case_id(row["kind"], row["place_id"], row["members"]), **row} for row in full]
    table = pd.DataFrame(full, index=[f"{row['case_id']}:{n}" for n, row in enumerate(full)])
    return CASE_STEPS.conform(table)


def test_the_last_step_of_a_case_says_how_it_stands() -> None:
    found = cases(steps({"state": "accepted"}, {"state": "rejected", "kind": "street"}, {"state": "withdrawn"}))
    assert found["state"].tolist() == ["withdrawn", "rejected"]
    assert found["steps"].tolist() == [2, 1]
    assert len(cases(CASE_STEPS.empty())) == 0


def town(**changed: dict[str, Any]) -> pd.DataFrame:
    """FIRMS: four in a tower, three on a street, three in a village, ten workers each."""
    rows: dict[str, dict[str, Any]] = {f"t{n}": {"building": TOWER, "level": "building"} for n in range(4)}
    rows |= {f"v{n}": {"village_code": VILLAGE, "town_code": VILLAGE[:9], "level": "village"} for n in range(3)}
    for key, more in changed.items():
        rows[key] = {**rows.get(key, {}), **more}
    return firms(rows)


def engine(table: pd.DataFrame, pairs: Pairs = frozenset()) -> Suggested:
    asked = Edits().asked(GROUPINGS.empty(), pairs)
    return suggest(
        table, SURVEYED_UNIONS.empty(), places=PLACES.empty(), divisions=DIVISIONS.empty(), options=JointOptions(),
        asked=asked,
    )  # fmt: skip


def members(found: Suggested, kind: str) -> set[str]:
    groups = found.groups.index[found.groups["kind"].eq(kind)]
    return set(found.groupings.index[found.groupings["group_id"].isin(groups)])


def test_without_decisions_nothing_changes() -> None:
    plain, anew = engine(town()), suggest_anew(town(), cases(CASE_STEPS.empty()), engine)
    pd.testing.assert_frame_equal(plain.groups, anew.groups)
    pd.testing.assert_frame_equal(plain.groupings, anew.groupings)
    assert members(plain, "building") == {"t0", "t1", "t2", "t3"}


def test_a_rejected_group_stays_away_and_its_firms_say_why() -> None:
    found = suggest_anew(town(), cases(steps({"state": "rejected"})), engine)
    assert members(found, "building") == set() and members(found, "village") == {"v0", "v1", "v2"}
    assert set(found.groupings.loc[["t0", "t1", "t2", "t3"], "left_because"]) == {LEFT_REJECTED}


def test_the_firms_of_a_rejected_group_may_be_proposed_otherwise() -> None:
    homes = {f"t{n}": {"village_code": VILLAGE, "town_code": VILLAGE[:9]} for n in range(4)}
    found = suggest_anew(town(**homes), cases(steps({"state": "rejected"})), engine)
    assert members(found, "village") == {"t0", "t1", "t2", "t3", "v0", "v1", "v2"}


def test_the_same_firms_are_not_proposed_under_another_kind() -> None:
    homes = {f"t{n}": {"village_code": "990101001002", "town_code": VILLAGE[:9], "street": STREET} for n in range(4)}
    found = suggest_anew(town(**homes), cases(steps({"state": "rejected"})), engine)
    assert members(found, "village") == {"v0", "v1", "v2"} and members(found, "building") == set()
    assert set(found.groupings.loc[["t0", "t1", "t2", "t3"], "left_because"]) == {LEFT_REJECTED}


def test_who_refused_to_join_a_union_may_found_one() -> None:
    found = suggest_anew(town(), cases(steps({"state": "rejected", "kind": "existing", "place_id": "union:x"})), engine)
    assert members(found, "building") == {"t0", "t1", "t2", "t3"}


def test_a_group_is_proposed_again_when_its_firms_have_changed() -> None:
    more = {f"t{n}": {"building": TOWER, "level": "building"} for n in range(4, 8)}
    assert len(members(suggest_anew(town(**more), cases(steps({"state": "rejected"})), engine), "building")) == 8
    one = {"t4": {"building": TOWER, "level": "building"}}
    assert members(suggest_anew(town(**one), cases(steps({"state": "rejected"})), engine), "building") == set()


def test_a_rejection_taken_back_is_none() -> None:
    found = suggest_anew(town(), cases(steps({"state": "rejected"}, {"state": "withdrawn"})), engine)
    assert members(found, "building") == {"t0", "t1", "t2", "t3"}


@pytest.mark.parametrize("state", LIVE)
def test_firms_that_are_spoken_for_stay_together_and_no_other_group_gets_them(state: str) -> None:
    known = cases(steps({"state": state, "members": ["t0", "t1", "v0"], "said": [["same_place", {"firms": 3}]]}))
    found = suggest_anew(town(), known, engine)
    key = str(known.index[0])
    assert set(found.groupings.index[found.groupings["group_id"].eq(key)]) == {"t0", "t1", "v0"}
    assert found.groups.loc[key, ["firms", "workers", "workers_unknown"]].tolist() == [3, 30, 0]
    assert found.groups.at[key, "reasons"] == [["same_place", {"firms": 3}]]
    assert not {"t0", "t1", "v0"} & (members(found, "village") | set(found.groupings.index[
        found.groupings["group_id"].notna() & found.groupings["group_id"].ne(key)]))  # fmt: skip


def test_a_firm_of_a_case_that_is_covered_or_large_now_is_no_longer_counted_with_it() -> None:
    table = town(t0={"primary": "own", "union_id": "u"}, t1={"workers": 30})
    found = suggest_anew(table, cases(steps({"state": "accepted"})), engine)
    assert set(found.groupings.index[found.groupings["group_id"].str.startswith("case:").fillna(False)]) == {"t2", "t3"}


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 6)), st.sets(st.integers(0, 6)), st.sampled_from(["rejected", "accepted", "approved"]))
def test_whatever_was_decided_each_candidate_is_grouped_or_left_over_and_never_twice(
    one: set[int], other: set[int], state: str
) -> None:
    keys = list(town().index)
    chosen = [sorted(keys[n] for n in numbers) for numbers in (one, other - one)]
    known = cases(steps(*({"state": state, "members": each} for each in chosen if each)) if one or other - one
                  else CASE_STEPS.empty())  # fmt: skip
    found = suggest_anew(town(), known, engine)
    assert sorted(found.groupings.index) == sorted(keys)
    assert (found.groupings["group_id"].isna() ^ found.groupings["left_because"].isna()).all()
    counts = found.groupings["group_id"].value_counts()
    assert counts.to_dict() == found.groups["firms"].to_dict()
    if state == "rejected":
        for case in known.itertuples():
            assert not any(alike(case.members, keys) for keys in found.groupings.groupby("group_id").groups.values())


def test_what_changed_since_a_decision_is_told_firm_by_firm() -> None:
    table = town(
        t0={"eligible": False, "excluded_because": "closed"}, t1={"primary": "own", "union_id": "other"},
        t2={"workers": 40}, t3={"building": None},
    )  # fmt: skip
    case = {"members": ["t0", "t1", "t2", "t3", "gone"], "kind": "building", "place_id": TOWER, "union_id": pd.NA}
    assert changes(case, table).to_dict() == {
        "t0": "not_counted", "t1": "covered", "t2": "now_25", "t3": "elsewhere", "gone": "left_the_register",
    }  # fmt: skip
    assert changes({**case, "members": ["v0"], "kind": "village", "place_id": VILLAGE}, table).isna().all()
    own = {**case, "members": ["t1"], "union_id": "other"}
    assert changes(own, table).isna().all(), "its own union is no change"


def test_alike_counts_what_both_have_in_common() -> None:
    ten = list("abcdefghij")
    assert alike(ten, ten[:8]) and not alike(ten, ten[:7]) and not alike([], [])
    assert np.all([alike(ten, ten[:8]) == alike(ten[:8], ten)])
