"""Property: whatever is split, merged, painted, snapped and undone, neighbours share their borders and land is kept."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from zone_plans import STEP, at, cells, side_units, units2

from geo.errors import AtlasError
from geo.zones.borders import BORDERS
from geo.zones.check import check
from geo.zones.lattice import to_degrees
from geo.zones.operations import Operation, apply, merge
from geo.zones.plan import Plan, same_shape
from geo.zones.repair import repair

SEQUENCES = 2_000
BATCHES = 8
STEPS = 5
GROUNDS = 25
"""Different grounds in a batch, of four sizes each; every sequence is its own."""
Random = np.random.Generator


def inner(plan: Plan) -> list[str]:
    return [key for key in plan if key != "frame"]


def spot(random: Random, low: float = 1.0, high: float = 3.0) -> list[float]:
    return list(at(*random.uniform(low, high, 2)))


def a_split(plan: Plan, random: Random, step: int) -> list[Operation]:
    """A line that swings through the zone from beyond it to beyond it, now and then one that misses or is crooked."""
    key = str(random.choice(inner(plan)))
    middle = shapely.get_coordinates(shapely.point_on_surface(to_degrees(plan[key].shape)))[0]
    turn, bend = random.uniform(0, 2 * np.pi), random.uniform(-0.4, 0.4)
    ends = [middle + 4 * STEP * np.array([np.cos(t), np.sin(t)]) for t in (turn, turn + np.pi + bend)]
    course = [ends[0].tolist(), middle.tolist(), ends[1].tolist()]
    if random.random() < 0.15:
        course = [spot(random, 0.5, 3.5) for _ in range(int(random.integers(2, 5)))]
    line = {"type": "LineString", "coordinates": course}
    return [Operation("split", {"key": key, "line": line, "new_key": f"s{step}"})]


def a_merge(plan: Plan, random: Random, step: int) -> list[Operation]:
    keys = inner(plan)
    if len(keys) < 3:
        return a_split(plan, random, step)
    first = str(random.choice(keys))
    near = [key for key in plan.near(plan[first].shape) if key not in (first, "frame")]
    return [Operation("merge", {"keys": [first, str(random.choice(near or keys))], "into": first})]


def a_painting(plan: Plan, random: Random, step: int) -> list[Operation]:
    corners = np.array([spot(random, 1.0, 3.0) for _ in range(int(random.integers(3, 6)))])
    brush = shapely.convex_hull(shapely.multipoints(corners))
    shape = {"type": "Polygon", "coordinates": [shapely.get_coordinates(brush).tolist()]}
    return [Operation("paint", {"key": str(random.choice(inner(plan))), "outlines": [shape]})]


def a_snap(plan: Plan, random: Random, step: int) -> list[Operation]:
    """A zone drawn anew by an unsteady hand (up to 3 m beside its border), then snapped over 10 m."""
    key = str(random.choice(inner(plan)))
    shaken = shapely.transform(to_degrees(plan[key].shape), lambda xy: _shaken(xy, random))
    shape = {"type": "MultiPolygon", "coordinates": [_rings(part) for part in shapely.get_parts(shaken)]}
    return [
        Operation("reshape", {"key": key, "shape": shape, "border": "free"}),
        Operation("snap", {"key": key, "tolerance_m": 10.0}),
    ]


def _shaken(xy: np.ndarray, random: Random) -> np.ndarray:
    unique, back = np.unique(xy, axis=0, return_inverse=True)
    return (unique + random.uniform(-2e-5, 2e-5, unique.shape))[back]


def _rings(part: shapely.Polygon) -> list[list[list[float]]]:
    return [shapely.get_coordinates(ring).tolist() for ring in shapely.get_rings(part)]


KINDS: tuple[Callable[[Plan, Random, int], list[Operation]], ...] = (a_split, a_merge, a_painting, a_snap)


def matched(plan: Plan) -> bool:
    """Whether all zones, the frame included, share their borders and fill the square to the last unit."""
    full = units2(plan) == 16 * side_units() ** 2
    return full and bool(shapely.coverage_is_valid(plan.shapes)) and bool(shapely.is_valid(plan.shapes).all())


@pytest.mark.parametrize("batch", range(BATCHES))
def test_sequences_leave_no_overlap_gap_or_sliver_and_keep_all_land(batch: int) -> None:
    done = dict.fromkeys((*[kind.__name__ for kind in KINDS], "undo", "refused"), 0)
    for number in range(SEQUENCES // BATCHES):
        seed = batch * SEQUENCES + number
        random = np.random.default_rng(seed)
        first = cells(number % GROUNDS, int(random.integers(3, 7)))
        history, journal = [first], []
        for step in range(STEPS):
            if len(history) > 1 and random.random() < 0.15:
                history.pop()
                journal.pop()
                done["undo"] += 1
                continue
            kind = KINDS[int(random.integers(len(KINDS)))]
            plan, operations = history[-1], kind(history[-1], random, step)
            try:
                for operation in operations:
                    plan = apply(plan, operation)
            except AtlasError as error:
                assert error.code in REFUSALS, (seed, step, error.code)
                done["refused"] += 1
                continue
            assert matched(plan), (seed, step, kind.__name__)
            done[kind.__name__] += 1
            history.append(plan)
            journal.append(operations)
        if number % 25 == 0:
            again = first
            for operation in (Operation.from_json(each.to_json()) for step_ in journal for each in step_):
                again = apply(again, operation)
            assert all(same_shape(again[key].shape, history[-1][key].shape) for key in history[-1])
            assert check(again) == []
    assert min(done[kind.__name__] for kind in KINDS) > 100, done
    assert done["refused"] < sum(done.values()) / 10, done


REFUSALS = {
    "LINE_DOES_NOT_CUT",
    "LINE_CROSSES_ITSELF",
    "ZONE_WOULD_VANISH",
    "SHAPE_SELF_CROSSING",
    "SHAPE_SELF_TOUCHING",
    "SNAP_FOLDS",
    "SHAPE_SPIKE",
    "SHAPE_TOO_SMALL",
    "SHAPE_HOLE_OUTSIDE",
}


def ragged(seed: int) -> Plan:
    """Cells of a ground without a frame and with slanting borders."""
    ground = shapely.Polygon([at(*position) for position in ((0.9, 1.1), (2.8, 0.7), (3.3, 2.9), (1.2, 3.1))])
    frame = cells(seed, 6).frame.drop(index="frame")
    frame["geometry"] = shapely.intersection(np.asarray(frame.geometry.array), ground)
    return Plan.of(frame)


@pytest.mark.parametrize("seed", range(10))
def test_an_open_slanting_border_keeps_its_land_to_a_centimetre_beside_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    plan = ragged(seed)
    ground = shapely.coverage_union_all(plan.shapes)
    for step in range(12):
        kind = (a_split, a_merge)[int(random.integers(2))]
        try:
            for operation in kind(plan, random, step):
                plan = apply(plan, operation)
        except AtlasError as error:
            assert error.code in REFUSALS
        assert shapely.coverage_is_valid(plan.shapes)
        land = shapely.coverage_union_all(plan.shapes)
        assert shapely.area(shapely.symmetric_difference(land, ground)) < shapely.length(ground)
        assert shapely.area(plan.shapes).sum() == pytest.approx(shapely.area(land), abs=1)


def a_shape(random: Random) -> dict[str, object]:
    """A random star, now and then one that crosses itself."""
    count = int(random.integers(3, 12))
    turns = np.sort(random.uniform(0, 2 * np.pi, count))
    reach = random.uniform(0.05, 1.2) * STEP * random.uniform(0.5, 1, count)
    corners = np.array(spot(random, 0, 4)) + np.stack([np.cos(turns) * reach, np.sin(turns) * reach], axis=1)
    return {"type": "Polygon", "coordinates": [[*corners.tolist(), corners[0].tolist()]]}


def anything(plan: Plan, random: Random, step: int) -> Operation:
    """Any operation, sensible or not."""
    keys = list(plan)
    key, other = (str(random.choice(keys)) for _ in range(2))
    border = str(random.choice(BORDERS))
    return [
        Operation("draw", {"key": f"d{step}", "shape": a_shape(random), "border": border, "parent": other}),
        Operation("draw", {"key": f"d{step}", "shape": a_shape(random), "border": border}),
        Operation("reshape", {"key": key, "shape": a_shape(random), "border": border}),
        Operation("move", {"key": key, "east_m": random.normal(0, 50), "north_m": 9.0, "border": border}),
        Operation("cut_hole", {"key": key, "shape": a_shape(random)}),
        Operation("fill_hole", {"key": key, "at": spot(random)}),
        Operation("subtract", {"key": key, "shape": a_shape(random)}),
        Operation("simplify", {"keys": [key], "tolerance_m": random.uniform(1, 200)}),
        Operation("snap", {"key": key, "tolerance_m": random.uniform(1, 100)}),
        Operation("paint", {"key": key, "outlines": [a_shape(random)], "around_locked": bool(random.random() < 0.5)}),
        Operation("lock", {"keys": [key]}),
        Operation("unlock", {"keys": [key]}),
        Operation("remove", {"key": key}),
        Operation("describe", {"key": key, "parent": other}),
        *a_split(plan, random, step),
        *a_merge(plan, random, step),
    ][int(random.integers(16))]


@pytest.mark.parametrize("batch", range(4))
def test_any_operations_leave_valid_zones_and_locked_ones_where_they_are(batch: int) -> None:
    done = 0
    for seed in range(batch * 20, batch * 20 + 20):
        random = np.random.default_rng(seed)
        plan = cells(seed % 7, 5)
        for step in range(12):
            if random.random() < 0.1:
                faults = check(plan)
                after = repair(plan, faults)
                assert len([f for f in check(after) if f.code == "OVERLAP"]) <= len(faults)
            else:
                try:
                    after = apply(plan, anything(plan, random, step))
                except AtlasError:
                    continue
            assert all(after[key].valid for key in after), (seed, step)
            for key in plan:
                if plan[key].locked and key in after:
                    moved = shapely.area(shapely.symmetric_difference(plan[key].shape, after[key].shape))
                    assert moved <= 2 * shapely.length(plan[key].shape), (seed, step, key)
            done += plan is not after
            plan = after
    assert done > 60


def test_the_property_can_fail() -> None:
    plan = cells(1, 5)
    assert matched(plan)
    moved = apply(plan, Operation("move", {"key": "c0", "east_m": 0.05, "north_m": 0.0}))
    assert not matched(moved)
    assert matched(merge(plan, ["c0", "c1"], "c0"))
    assert STEP == 0.01
