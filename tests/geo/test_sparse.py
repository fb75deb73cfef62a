"""Numbers of streets that know but a few doors: how sure the answer is, and what streets of like length say."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from shapely import LineString

from geo.gazetteer.extents import METRES
from geo.gazetteer.habits import learn_habits
from geo.gazetteer.sparse import _CELLS, FEW_DOORS, NO_PACES, Manner, Paces, _geometric, learn_paces, weigh
from geo.gazetteer.street import Doors, StreetPoint
from geo.gazetteer.trust import try_out

MANNER = Manner(wander=8.0, noise=20.0, across=400.0, stride=14.0)


def city(*, roads=40, seed=1):
    """Streets of 14 m a number, and long roads of about 60, each known by a few doors."""
    rng = random.Random(seed)
    streets = [_street(rng, rng.uniform(13, 15), rng.uniform(300, 3_000), 20) for _ in range(300)]
    return streets + [_street(rng, rng.uniform(50, 70), rng.uniform(4_000, 5_200), 4) for _ in range(roads)]


def _street(rng, pace, length, count):
    top = max(int(length / pace), 2)
    mains = sorted(rng.sample(range(1, top + 1), min(count, top)))
    flipped = rng.random() < 0.5
    return mains, [length - pace * n if flipped else pace * n for n in mains], length


def test_streets_of_like_length_tell_the_pace_and_few_of_them_are_drawn_to_all():
    paces = learn_paces(city())
    usual, long = paces.prior(1_000.0), paces.prior(4_600.0)
    grid = np.geomspace(0.7, 220.0, len(usual))
    assert usual.sum() == pytest.approx(1.0) and long.sum() == pytest.approx(1.0)
    assert 12 < grid[usual.argmax()] < 17 and 45 < grid[long.argmax()] < 75
    few = learn_paces(city(roads=2)).prior(4_600.0)
    assert usual[grid > 40].sum() < few[grid > 40].sum() < long[grid > 40].sum()
    assert np.ptp(NO_PACES.prior(500.0)) == 0.0


def test_a_single_door_on_a_long_road_tells_its_beginning_only_where_one_end_fits():
    paces = learn_paces(city())
    at, radius = weigh([57], [57 * 60.0], 20, 4_700.0, paces=paces.prior(4_700.0), manner=MANNER)
    assert at == pytest.approx(20 * 60.0, abs=150) and radius > 150
    _, unsure = weigh([40], [2_350.0], 10, 4_700.0, paces=paces.prior(4_700.0), manner=MANNER)
    assert unsure > 1_500, "the middle of the road leaves both ends open"


def test_what_is_said_to_hold_nine_of_ten_does_where_the_city_is_as_it_was_learned():
    paces, held = learn_paces(city()), []
    for mains, along, length in city(seed=7):
        rng = random.Random(length)
        if len(mains) < 3:
            continue
        known, asked = sorted(rng.sample(range(len(mains)), 2)), rng.randrange(len(mains))
        if asked not in known:
            place, radius = weigh(
                [mains[k] for k in known], [along[k] for k in known], mains[asked], length,
                paces=paces.prior(length), manner=MANNER,
            )  # fmt: skip
            held.append(abs(place - along[asked]) <= radius)
    assert len(held) > 150 and np.mean(held) >= 0.88


def test_an_answer_stays_on_its_course_and_its_radius_within_what_the_course_can_be_wrong():
    rng = random.Random(3)
    prior = Paces(np.log(np.full(20, 14.0)), np.log(np.full(20, 900.0))).prior(900.0)
    for _ in range(60):
        mains = sorted(rng.sample(range(1, 200), rng.randint(1, FEW_DOORS)))
        along = [rng.uniform(0, 900) for _ in mains]
        at, radius = weigh(mains, along, rng.randint(1, 400), 900.0, paces=prior, manner=MANNER)
        assert 0.0 <= at <= 900.0 and 1.0 <= radius <= 900.0


@pytest.mark.parametrize("last", [2.0, 2.5, 37.0, 812.25, 9_999.0])
def test_reaches_are_those_that_numpy_s_geometric_row_has(last: float):
    assert _geometric(last).tolist() == np.geomspace(1.0, last, _CELLS).tolist()


def test_what_rests_on_few_doors_has_one_stretch_for_all_radii():
    degree = METRES * math.cos(math.radians(32.0))
    streets = [
        Doors(
            [StreetPoint(n, str(n), 121.0 + way / degree, 32.0, "") for n, way in zip(mains, along, strict=True)],
            LineString([(121.0, 32.0), (121.0 + length / degree, 32.0)]),
        )
        for mains, along, length in city()
    ]
    habits = replace(learn_habits(streets), by_length=learn_paces(city()))
    trust = try_out(streets, habits)
    few = {kind: len(table) for kind, table in trust.factors.items() if "few" in kind}
    assert set(few.values()) == {1}
    assert len(trust.factors["any"]) > 1
    assert trust.radius("beyond few along", 400.0) == pytest.approx(4 * trust.radius("beyond few along", 100.0))
