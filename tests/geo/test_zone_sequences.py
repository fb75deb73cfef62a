"""Property: whatever is split, merged, painted, snapped and undone, neighbours share their borders and land is kept."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from zone_plans import STEP, at, cells, side_units, units2

from geo.errors import AtlasError
from geo.zones.check import check
from geo.zones.lattice import to_degrees
from geo.zones.operations import Operation, apply, merge
from geo.zones.plan import Plan, same_shape

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
    assert done["refused"] < sum(done.values()) / 4, done


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


def test_the_property_can_fail() -> None:
    plan = cells(1, 5)
    assert matched(plan)
    moved = apply(plan, Operation("move", {"key": "c0", "east_m": 0.05, "north_m": 0.0}))
    assert not matched(moved)
    assert matched(merge(plan, ["c0", "c1"], "c0"))
    assert STEP == 0.01
