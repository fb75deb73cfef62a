"""The laws of joint unions by number (suggestions.md, section 5): what no other file holds, and that none lacks.

Each test of a law says its number, ``@pytest.mark.law(12)``; ``pytest -m law`` runs them all.

Feasibility: 1 a firm in one group at most · 2 eligible firms only · 3 one jurisdiction · 4 enough workers, firms and
units · 5 not too many firms, nor more than there is room · 6 one place, one street without gaps, within reach · 7 firms
and workers in are firms and workers out.
Value: 8 checker and solver agree · 9 bounds in order · 10 as good as trying everything, and as HiGHS · 11 streets too ·
12 leftovers make no group · 13 no single move is left · 14 attach before founding · 15 the best seat.
Monotony: 16 one more firm · 17 more reach, span, size, room · 18 dearer or higher thresholds · 19 fewer unions when
founding is dear · 20 scaling · 21 all that is in reach when nothing costs.
Symmetry: 22 order of rows · 23 names that keep their order · 24 moved, turned, mirrored · 25 a twin township · 26 two
jurisdictions side by side.
Stability: 27 its own answer again · 28 a large bonus keeps what can be kept · 29 no randomness.
Degenerate: 30. Reasons: 31 one reason each, with figures that derive · 32 a border really is in the way · 33 the
same figures wherever they are told.
"""

import ast
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joint_towns import town
from test_joint_kernel import exact, small_town, worth
from test_joint_plan import LIMITS, NO_UNIONS, firm, planned, raw, rows, suburb

from geo.io.suggesting import write_answer, write_summary
from geo.joint.audit import audit
from geo.joint.exact import solve_exactly
from geo.joint.planning import plan
from geo.joint.solver import Effort, solve
from geo.joint.table import read_firms, read_unions

TESTS = Path(__file__).resolve().parent.parent


def numbers(path: Path) -> Iterator[int]:
    """Numbers of the laws that the tests of a file say they hold."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.law":
                yield from (ast.literal_eval(number) for number in mark.args)


def test_no_law_is_without_a_test() -> None:
    files = [*TESTS.glob("geo/test_joint*.py"), *TESTS.glob("app/test_suggestion*.py")]
    assert {number for path in files for number in numbers(path)} == set(range(1, 34))


@pytest.mark.law(7)
@given(rows(pairs=3))
@settings(max_examples=7, deadline=None)
def test_what_goes_in_comes_out(table: list[dict[str, Any]]) -> None:
    found = planned(table)
    frame = read_firms(raw(table), own_size=25).frame
    workers = frame["workers"].fillna(0).astype("int64")
    fate = found.firms["group"].notna().map({True: "grouped", False: "left"}).mask(frame["unusable"].notna(), "out")
    sums = workers.groupby(fate).sum()
    assert sums.sum() == sum(row["workers"] or 0 for row in table)
    assert sums.get("grouped", 0) == found.groups["workers"].sum()
    assert fate.value_counts().get("grouped", 0) == found.groups["firms"].sum()
    assert found.firms["reason"][fate.eq("left")].str.match(r"R[1-5]").all()


@pytest.mark.law(14)
@given(rows(most=25), st.integers(1, 30), st.sampled_from([("building", "A"), ("market", "M"), ("park", "P")]))
@settings(max_examples=12, deadline=None)
def test_nobody_is_left_over_who_can_join_a_union_with_room(
    table: list[dict[str, Any]], spare: int, place: tuple[str, str]
) -> None:
    union = {"id": "U", "kind": place[0], "place": place[1], "jurisdiction": "t", "spare": spare}
    found = planned(table, unions=[union])
    frame = pd.DataFrame(table, columns=["jurisdiction", place[0]])
    near = frame["jurisdiction"].eq("t") & frame[place[0]].eq(place[1])
    joined = int(found.firms["reason"].eq("joins").sum())
    works = pd.Series([bool(row["workers"]) for row in table], index=frame.index, dtype=bool)  # nobody gains nothing
    left = near & works & found.firms["reason"].str.match(r"R[1-5]")
    assert joined == spare or not left.any()
    assert found.firms["reason"][left].eq("R5").all()


@pytest.mark.law(15)
@pytest.mark.parametrize("seed", range(12))
def test_no_group_would_be_worth_more_at_another_seat(seed: int) -> None:
    problem = small_town(seed, 90)
    found, seat_of = solve(problem, effort=Effort(iterations=20)), problem.seat_of_arc()
    for seat in found.seats:
        members = np.flatnonzero((found.arc >= 0) & (seat_of[found.arc] == seat))
        now = problem.value[found.arc[members]].sum() - problem.founding[seat]
        for other in set(range(problem.seats)) - set(found.seats.tolist()):
            arcs = np.arange(problem.first[other], problem.first[other + 1])
            arcs = arcs[np.isin(problem.firm[arcs], members)]
            if len(arcs) == len(members) <= problem.most[other]:
                assert problem.value[arcs].sum() - problem.founding[other] <= now


@pytest.mark.law(17)
@pytest.mark.parametrize("seed", range(3))
def test_a_longer_span_or_gap_and_more_room_never_cost(seed: int) -> None:
    ground = town(seed, 16, 40)
    along = replace(ground, place=np.full((16, 4), -1), located=np.zeros(16, dtype=bool), street=np.zeros(16, np.int64))
    base = exact(along, distance_milli=0, street_span_m=600)
    assert exact(along, distance_milli=0, street_span_m=1200) >= base
    assert exact(along, distance_milli=0, street_span_m=600, street_gap_m=400) >= base
    table = [firm(n, building="甲", lon=None, lat=None, workers=4 + n) for n in range(6)]
    union = {"id": "U", "kind": "building", "place": "甲", "jurisdiction": "t"}
    worths = [planned(table, unions=[union | {"spare": spare}]).objective_milli for spare in range(7)]
    assert worths == sorted(worths)


@pytest.mark.law(18)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "harder",
    [
        {"founding_place": 12},
        {"founding_street": 20},
        {"founding_community": 30},
        {"min_workers": 45},
        {"min_firms": 6},
    ],
)
def test_dearer_or_stricter_never_gains_whatever_the_kind(seed: int, harder: dict[str, int]) -> None:
    ground = town(seed, 16, [200, 40][seed % 2])
    assert exact(ground, **harder) <= exact(ground)


@pytest.mark.law(20)
@pytest.mark.parametrize("seed", range(3))
def test_the_best_groups_of_a_scaled_problem_are_the_best_of_the_problem(seed: int) -> None:
    problem = small_town(seed, 40)
    five = replace(
        problem, workers=5 * problem.workers, founding=5 * problem.founding, least_workers=5 * problem.least_workers,
        value=5 * problem.value,
    )  # fmt: skip
    assert worth(problem, solve_exactly(five).arc) == solve_exactly(problem).value


@pytest.mark.law(23)
@given(rows(most=20, pairs=2))
@settings(max_examples=6, deadline=None)
def test_names_that_keep_their_order_change_nothing(table: list[dict[str, Any]]) -> None:
    renamed = [row | {"id": f"企业{int(row['id'][1:]) * 7:05}"} for row in table]
    assert planned(table).firms.equals(planned(renamed).firms)


@pytest.mark.law(28)
@pytest.mark.parametrize("seed", range(4))
def test_a_large_bonus_keeps_every_group_that_can_be_kept(seed: int) -> None:
    table, draw = suburb(seed, 80), np.random.default_rng(seed)
    first = planned(table)
    changed = [row | {"workers": int(draw.integers(1, 24))} if draw.random() < 0.2 else row for row in table]
    kept = planned(changed, before=first, options=replace(LIMITS, stay_milli=100_000))
    old, new = first.firms["group"], kept.firms["group"]
    size = pd.Series([row["workers"] for row in changed]).groupby(old).agg(["sum", "size"])
    fit = size.index[(size["sum"] >= LIMITS.min_workers) & (size["size"] >= LIMITS.min_firms)]
    assert len(fit) > 2
    assert (new[old.isin(fit)] == old[old.isin(fit)]).all()


@pytest.mark.law(29)
def test_no_seed_matters() -> None:
    told = []
    for seed in (1, 2):
        random.seed(seed)
        np.random.seed(seed)
        told.append(planned(suburb(5)).firms)
    assert told[0].equals(told[1])


@pytest.mark.law(33)
@given(rows(most=30, pairs=2))
@settings(max_examples=6, deadline=None)
def test_answer_summary_and_groups_tell_the_same_figures(tmp_path_factory: Any, table: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.mktemp("told")
    frame, unions = read_firms(raw(table), own_size=25).frame, read_unions(NO_UNIONS).frame
    found = plan(frame, unions, options=LIMITS)
    checked = audit(frame, unions, found.firms, options=LIMITS)
    write_answer(folder / "g.csv", frame["id"], found.firms)
    write_summary(folder / "s.json", found, checked, seconds=0.0, parameters={})
    answer = pd.read_csv(folder / "g.csv", dtype="str", keep_default_na=False)
    summary = json.loads((folder / "s.json").read_text(encoding="utf-8"))
    inside = answer["group"].ne("")
    workers = frame["workers"].fillna(0).astype("int64")
    assert workers[inside].groupby(answer["group"]).sum().to_dict() == found.groups["workers"].to_dict()
    assert answer["group"][inside].value_counts().to_dict() == found.groups["firms"].to_dict()
    assert summary["covered_firms"] == inside.sum() == found.groups["firms"].sum()
    assert summary["covered_workers"] == workers[inside].sum()
    assert summary["groups"] == answer["group"][inside].nunique()
    kinds = answer[inside].drop_duplicates("group")["kind"].value_counts().to_dict()
    assert summary["groups_by_kind"] == kinds
    assert summary["objective"] * 1000 == pytest.approx(found.groups["value_milli"].sum())


def test_own_answer_again_in_a_small_suburb() -> None:
    table = suburb(3, 40)
    first = planned(table)
    assert planned(table, before=first).firms.equals(first.firms)
