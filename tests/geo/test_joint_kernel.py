"""The kernel of the joint engine: on published instances, against trying everything, between two bounds; its laws."""

import importlib
import itertools
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import joint_answers
import numpy as np
import orlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joint_towns import town

from geo.joint import JointOptions
from geo.joint.arcs import lay
from geo.joint.compiled import COMPILED, _stamp
from geo.joint.exact import solve_exactly
from geo.joint.ground import Ground, Hosts
from geo.joint.problem import Problem
from geo.joint.solver import Effort, Solution, solve

ROOT = Path(__file__).resolve().parent.parent.parent
ORLIB = Path(os.environ.get("ATLAS_SHARED", ROOT.parent / "shared")) / "data" / "orlib"
SURE = Effort(tolerance_milli=0)


def problem_of(
    workers: list[int], seats: list[tuple[int, int, int, int]], values: dict[tuple[int, int], int]
) -> Problem:
    """A problem from plain numbers: seats are (founding, least workers, least firms, most), values by (seat, firm)."""
    arcs = sorted(values)
    count = [sum(seat == number for seat, _ in arcs) for number in range(len(seats))]
    terms = np.array(seats, dtype=np.int64).reshape(-1, 4).T
    return Problem(
        np.array(workers, dtype=np.int64), np.ones(len(workers), dtype=np.int64), *terms,
        np.concatenate([[0], np.cumsum(count)]).astype(np.int64), np.array([firm for _, firm in arcs], dtype=np.int64),
        np.array([values[arc] for arc in arcs], dtype=np.int64),
    )  # fmt: skip


def worth(problem: Problem, arc: np.ndarray) -> int | None:
    """Value of a solution by the definition of the model; None if it breaks a rule."""
    total, seat_of = 0, problem.seat_of_arc()
    for seat in range(problem.seats):
        arcs = [a for a in arc if a >= 0 and seat_of[a] == seat]
        if not arcs:
            continue
        firms = problem.firm[arcs]
        kept = (
            len(firms) <= problem.most[seat]
            and problem.workers[firms].sum() >= problem.least_workers[seat]
            and problem.heads[firms].sum() >= problem.least_firms[seat]
        )
        if not kept:
            return None
        total += int(problem.value[arcs].sum()) - int(problem.founding[seat])
    on = [(firm, a) for firm, a in enumerate(arc) if a >= 0]
    return total if all(problem.firm[a] == firm for firm, a in on) else None


def best_by_trying(problem: Problem) -> int:
    choices = [[-1, *np.flatnonzero(problem.firm == firm)] for firm in range(problem.firms)]
    return max(value for arc in itertools.product(*choices) if (value := worth(problem, np.array(arc))) is not None)


def sound(problem: Problem, found: Solution) -> None:
    assert worth(problem, found.arc) == found.value
    assert 0 <= found.value <= found.bound


@st.composite
def a_problem(draw: st.DrawFn, *, firms: int = 6, seats: int = 4) -> Problem:
    n, m = draw(st.integers(1, firms)), draw(st.integers(1, seats))
    workers = draw(st.lists(st.integers(0, 24), min_size=n, max_size=n))
    terms = [
        (draw(st.sampled_from([0, 6000, 12000])), draw(st.sampled_from([0, 15, 25])), draw(st.integers(0, 3)),
         draw(st.integers(1, 6)))
        for _ in range(m)
    ]  # fmt: skip
    near = draw(st.sets(st.tuples(st.integers(0, m - 1), st.integers(0, n - 1)), min_size=1))
    return problem_of(workers, terms, {arc: workers[arc[1]] * draw(st.integers(400, 1000)) for arc in near})


def small_town(seed: int, most: int = 60) -> Problem:
    draw = np.random.default_rng(seed)
    ground = town(seed, int(draw.integers(10, most)), [200, 40, 10, 5][seed % 4])
    return lay(ground, Hosts.none(), options=JointOptions()).problem


# --- how good --------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not ORLIB.is_dir(), reason="the OR-Library instances are not here (ATLAS_SHARED)")
@pytest.mark.parametrize("name", orlib.NAMES)
def test_the_published_optimum_is_found_and_never_undercut(name: str) -> None:
    problem, free = orlib.read(ORLIB, name)
    found = solve(problem, effort=SURE)
    sound(problem, found)
    assert (found.arc >= 0).all()
    best = orlib.optimum(ORLIB, name)
    assert (free - found.value) / orlib.SCALE == pytest.approx(best, rel=1e-8)
    assert (free - found.bound) / orlib.SCALE <= best * (1 + 1e-8)


@pytest.mark.law(9, 10)
@given(a_problem())
@settings(max_examples=100, deadline=None)
def test_the_best_of_all_solutions_lies_between_the_two_bounds(problem: Problem) -> None:
    found = solve(problem, effort=SURE)
    sound(problem, found)
    best = best_by_trying(problem)
    assert found.value <= best <= found.bound
    assert solve_exactly(problem).value == best


@pytest.mark.law(10)
@pytest.mark.parametrize("seed", range(24))
def test_small_towns_are_solved_within_a_hundredth_of_the_optimum(seed: int) -> None:
    problem = small_town(seed)
    found, best = solve(problem), solve_exactly(problem)
    sound(problem, found)
    assert found.value <= best.value <= found.bound
    assert found.value >= 0.99 * best.value
    assert found.gap <= 0.05


def test_a_township_is_proved_to_be_near_the_best() -> None:
    problem = lay(town(1, 1500, 200), Hosts.none(), options=JointOptions()).problem
    found = solve(problem)
    sound(problem, found)
    assert found.gap <= 0.002


# --- laws of the solution --------------------------------------------------------------------------------------------


@pytest.mark.law(13)
@pytest.mark.parametrize("seed", range(12))
def test_no_single_move_improves_it(seed: int) -> None:
    problem = small_town(seed, 45)
    found = solve(problem)
    for firm, arc in enumerate(found.arc):
        for other in [-1, *np.flatnonzero(problem.firm == firm)]:
            changed = found.arc.copy()
            changed[firm] = other
            assert other == arc or (worth(problem, changed) or 0) <= found.value
    seat_of = problem.seat_of_arc()
    for seat in found.seats:
        changed = np.where((found.arc >= 0) & (seat_of[found.arc] == seat), -1, found.arc)
        assert worth(problem, changed) <= found.value


@pytest.mark.law(12)
@pytest.mark.parametrize("seed", range(12))
def test_who_is_left_over_could_not_make_a_group(seed: int) -> None:
    problem = small_town(seed, 120)
    found = solve(problem)
    left = found.arc < 0
    for seat in set(range(problem.seats)) - set(found.seats.tolist()):
        firms = problem.firm[problem.first[seat] : problem.first[seat + 1]]
        firms = firms[left[firms]]
        assert problem.workers[firms].sum() < problem.least_workers[seat] or len(firms) < problem.least_firms[seat]


@pytest.mark.law(26)
@pytest.mark.parametrize("seed", range(6))
def test_what_happens_elsewhere_changes_nothing(seed: int) -> None:
    one, other = town(seed, 90, 40), town(100 + seed, 70, 10)
    moved = replace(other, wide=other.wide + 1, narrow=other.narrow + 1)
    both = Ground(**{
        name: np.concatenate([getattr(one, name), getattr(moved, name)]) for name in one.__dataclass_fields__
    })  # fmt: skip
    alone = [lay(part, Hosts.none(), options=JointOptions()) for part in (one, moved)]
    together = lay(both, Hosts.none(), options=JointOptions())
    values = [solve(laid.problem) for laid in alone]
    found = solve(together.problem)
    assert found.value == sum(part.value for part in values)
    assert found.bound == sum(part.bound for part in values)
    assert (groups(together, found)[:90] == groups(alone[0], values[0])).all()


def groups(laid: object, found: Solution) -> np.ndarray:
    """By firm the seat it has, as the place it is; -9 outside."""
    seat = laid.problem.seat_of_arc()[found.arc]
    rows = np.stack(laid.seats, axis=1)
    return np.where((found.arc >= 0)[:, None], rows[seat], -9)


@pytest.mark.law(25)
@pytest.mark.parametrize("seed", range(6))
def test_the_same_township_twice_is_worth_twice(seed: int) -> None:
    one = town(seed, 80, 40)
    twin = replace(one, wide=one.wide + 1, narrow=one.narrow + 1)
    both = Ground(
        **{name: np.concatenate([getattr(one, name), getattr(twin, name)]) for name in one.__dataclass_fields__}
    )
    single = solve(lay(one, Hosts.none(), options=JointOptions()).problem)
    double = solve(lay(both, Hosts.none(), options=JointOptions()).problem)
    assert (double.value, double.bound) == (2 * single.value, 2 * single.bound)


@pytest.mark.law(24)
@pytest.mark.parametrize("seed", range(4))
def test_moving_the_whole_town_by_kilometres_changes_nothing(seed: int) -> None:
    here = town(seed, 100, 40)
    there = replace(here, x=here.x + 70_000, y=here.y - 1_500_000)  # whole squares of the search grid
    one, other = (solve(lay(ground, Hosts.none(), options=JointOptions()).problem) for ground in (here, there))
    assert (one.value, one.bound) == (other.value, other.bound)


@pytest.mark.law(24)
@pytest.mark.parametrize("seed", range(4))
def test_turning_or_mirroring_the_town_leaves_the_optimum(seed: int) -> None:
    here = town(seed, 30, 40)
    mirrored = replace(here, x=-here.x, chainage=-here.chainage)
    turned = replace(here, x=here.y, y=-here.x)
    best = {solve_exactly(lay(g, Hosts.none(), options=JointOptions()).problem).value for g in (here, mirrored, turned)}
    assert len(best) == 1


def exact(ground: Ground, **changes: int) -> int:
    best = solve_exactly(lay(ground, Hosts.none(), options=replace(JointOptions(), **changes)).problem)
    assert best is not None
    return best.value


@pytest.mark.law(17, 18)
@pytest.mark.parametrize("seed", range(5))
def test_more_reach_and_more_room_never_cost_and_higher_thresholds_never_gain(seed: int) -> None:
    ground = town(seed, 14, [200, 40, 10][seed % 3])
    planar = replace(ground, place=np.full((14, 4), -1), street=np.full(14, -1))
    base = exact(planar, distance_milli=0, max_firms=10)
    assert exact(planar, distance_milli=0, max_firms=10, reach_m=700) >= base
    assert exact(planar, distance_milli=0, max_firms=20) >= base
    for harder in ({"founding_community": 20}, {"min_workers": 40}, {"min_firms": 5}):
        assert exact(planar, distance_milli=0, max_firms=10, **harder) <= base


@pytest.mark.law(16)
@pytest.mark.parametrize("seed", range(5))
def test_one_more_firm_never_lowers_the_optimum(seed: int) -> None:
    ground = town(seed, 24, 40)
    planar = replace(ground, street=np.full(24, -1))
    fewer = Ground(**{name: getattr(planar, name)[:-1] for name in planar.__dataclass_fields__})
    assert exact(fewer) <= exact(planar)


@pytest.mark.law(19)
@pytest.mark.parametrize("seed", range(5))
def test_dearer_founding_never_means_more_unions_of_one_kind(seed: int) -> None:
    ground = town(seed, 24, [40, 10][seed % 2])
    planar = replace(ground, place=np.full((24, 4), -1), street=np.full(24, -1))
    counts = [
        len(solve_exactly(lay(planar, Hosts.none(), options=JointOptions(founding_community=cost)).problem).seats)
        for cost in (1, 6, 12, 24)
    ]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.law(20)
@pytest.mark.parametrize("seed", range(5))
def test_workers_thresholds_and_costs_scaled_alike_scale_the_value(seed: int) -> None:
    problem = small_town(seed)
    triple = replace(
        problem, workers=3 * problem.workers, founding=3 * problem.founding, least_workers=3 * problem.least_workers,
        value=3 * problem.value,
    )  # fmt: skip
    assert solve_exactly(triple).value == 3 * solve_exactly(problem).value


@pytest.mark.law(21)
def test_without_costs_and_thresholds_everybody_in_reach_is_covered() -> None:
    ground = town(3, 80, 5)
    free = JointOptions(
        founding_place=0, founding_street=0, founding_community=0, penalty_street_milli=0, penalty_community_milli=0,
        distance_milli=0, min_workers=0, min_firms=2,
    )  # fmt: skip
    laid = lay(ground, Hosts.none(), options=free)
    lone = replace(laid.problem, least_firms=0 * laid.problem.least_firms)
    found = solve(lone)
    reached = np.zeros(80, dtype=bool)
    reached[lone.firm] = True
    assert ((found.arc >= 0) == reached).all()
    assert found.value == ground.workers[reached].sum() * 1000


# --- existing unions, and what is settled before ---------------------------------------------------------------------


def test_a_full_union_takes_as_many_as_it_has_room_and_founding_takes_the_rest() -> None:
    values = {(0, firm): 10_000 for firm in range(5)} | {(1, firm): 9_000 for firm in range(5)}
    problem = problem_of([10] * 5, [(0, 0, 0, 2), (6000, 25, 3, 100)], values)
    found = solve(problem, effort=SURE)
    assert np.bincount(problem.seat_of_arc()[found.arc]).tolist() == [2, 3]
    assert found.value == 2 * 10_000 + 3 * 9_000 - 6_000


def test_an_earlier_solution_is_kept_unless_it_can_be_bettered_by_more_than_the_tolerance() -> None:
    for seed in range(8):
        problem = small_town(seed, 150)
        first = solve(problem)
        assert (solve(problem, start=first.arc).arc == first.arc).all()


def test_an_earlier_solution_that_breaks_a_rule_is_mended() -> None:
    values = {(0, firm): 10_000 for firm in range(4)}
    problem = problem_of([10] * 4, [(6000, 25, 3, 3)], values)
    found = solve(problem, start=np.arange(4))
    sound(problem, found)
    assert (found.arc >= 0).sum() == 3
    assert (solve(problem, start=np.array([0, 1, -1, -1])).arc >= 0).sum() == 3


# --- with and without the compiler -----------------------------------------------------------------------------------


def test_plain_python_gives_the_same_to_the_last_digit() -> None:
    """Solutions, whole plans, their stability and their second opinion, in a process of their own."""
    run = subprocess.run(
        [sys.executable, joint_answers.__file__],
        cwd=ROOT,
        env=os.environ | {"ATLAS_PLAIN_PYTHON": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {"compiled": False, "answers": joint_answers.answers()}


@pytest.mark.skipif(not COMPILED, reason="Numba is not here: nothing is kept")
def test_machine_code_is_not_kept_when_a_module_that_it_calls_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "loops"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "outer.py").write_text(
        "from geo.joint.compiled import compiled\nfrom loops.inner import number\n\n"
        "@compiled\ndef ask():\n    return number() + 1\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # it is kept by the second
    said = []
    for number in (1, 2):
        (package / "inner.py").write_text(
            f"from geo.joint.compiled import compiled\n\n@compiled\ndef number():\n    return {number}\n"
        )
        _stamp.cache_clear()  # as in a new process
        for name in ("loops.outer", "loops.inner", "loops"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        importlib.invalidate_caches()
        said.append(importlib.import_module("loops.outer").ask())
    assert said == [2, 3]
