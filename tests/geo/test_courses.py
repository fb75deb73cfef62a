"""Pieces of a street become one course, whatever their order, direction and carriageways."""

import itertools
import math
import random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.courses import trace
from geo.io.osm import read_places
from tests.geo.osm_file import place


def line(*points):
    return shapely.LineString([place(*point) for point in points])


def metres(geometry):
    scale = np.array([111_320 * math.cos(math.radians(32.01)), 111_320])
    return shapely.transform(geometry, lambda xy: (xy - place(0, 0)) * scale)


def only(pieces):
    (course,) = trace(pieces)
    assert course.line.geom_type == "LineString"
    return metres(course.line)


def test_pieces_end_to_end_in_any_order_and_direction():
    course = only([line((900, 0), (600, 0)), line((0, 0), (300, 0)), line((300, 0), (600, 0))])
    assert course.length == pytest.approx(900, abs=1)
    assert shapely.get_coordinates(course)[0][0] == pytest.approx(0, abs=1)


def test_two_carriageways_become_their_middle():
    course = only([line((0, 0), (500, 0), (1000, 0)), line((1000, 30), (400, 30), (0, 30))])
    assert course.length == pytest.approx(1000, abs=35)
    assert shapely.get_coordinates(course)[2:-2, 1] == pytest.approx(15, abs=3)


def test_carriageways_joined_at_their_end_do_not_run_back():
    course = only([line((0, 0), (800, 0), (815, 12), (800, 25), (0, 25))])
    assert course.length == pytest.approx(815, abs=40)


@pytest.mark.parametrize("gap", [40, 400, 1500])
def test_a_gap_in_a_straight_street_is_closed(gap):
    course = only([line((0, 0), (600, 0)), line((600 + gap, 5), (1200 + gap, 5))])
    assert course.length == pytest.approx(1200 + gap, abs=5)


def test_streets_far_apart_or_not_in_line_are_two():
    assert len(trace([line((0, 0), (600, 0)), line((4000, 0), (4600, 0))])) == 2
    assert len(trace([line((0, 0), (600, 0)), line((1500, 0), (1500, 600))])) == 2


def test_a_short_arm_is_left_out_and_a_long_one_kept_apart():
    main = line((0, 0), (1000, 0))
    (short,) = trace([main, line((500, 0), (500, 150))])
    assert short.line.geom_type == "LineString"
    assert short.kept == pytest.approx(1060 / 1150, abs=0.02)
    (long,) = trace([main, line((500, 0), (500, 450))])
    assert [round(part.length, -2) for part in shapely.get_parts(metres(long.line))] == [1000, 400]


def test_a_ring_is_closed():
    corners = [(400 * math.cos(a), 400 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 49)]
    course = only([line(*corners[:20]), line(*corners[19:33]), line(*corners[32:])])
    assert course.is_closed
    assert course.length == pytest.approx(2 * math.pi * 400, rel=0.03)


def test_a_single_piece_stays_as_it_is_and_nothing_gives_nothing():
    piece = line((500, 0), (3, 1), (0, 0))
    assert trace([piece])[0].line.equals(piece)
    assert trace([]) == trace([None, shapely.Point(120, 32)]) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_cutting_turning_and_shuffling_change_nothing(seed):
    rng = random.Random(seed)
    bends = [(x, 40 * math.sin(x / 300)) for x in range(0, 2001, 50)]
    cuts = [0, *sorted(rng.sample(range(1, 40), 5)), 40]
    pieces = [line(*bends[a : b + 1]) for a, b in itertools.pairwise(cuts)]
    pieces = [shapely.reverse(piece) if rng.random() < 0.5 else piece for piece in pieces]
    rng.shuffle(pieces)
    whole = metres(line(*bends))
    course = only(pieces)
    assert shapely.hausdorff_distance(course, whole) < 3
    assert shapely.get_coordinates(course)[0][0] < 10


def test_the_roads_of_central_shanghai_have_one_course_each(shared):
    ((_, rows, _),) = read_places(shared / "osm" / "shanghai_center.osm", "street")
    named = rows.groupby("name")["geometry"].agg(list)
    courses = {name: trace(pieces) for name, pieces in named.items()}
    one = [name for name, found in courses.items() if len(found) == 1 and found[0].line.geom_type == "LineString"]
    assert len(one) >= 0.98 * len(courses) > 700
    length = {name: sum(shapely.length(pieces)) for name, pieces in named.items()}
    kept = sum(length[name] * found[0].kept for name, found in courses.items() if len(found) == 1)
    assert kept >= 0.97 * sum(length.values())
    # 西藏南路 runs from 延安东路 to the river, two carriageways all the way; 陆家嘴环路 is a ring
    (south,) = courses["西藏南路"]
    assert 3_500 < south.length_m < 6_500
    assert south.line.is_simple
