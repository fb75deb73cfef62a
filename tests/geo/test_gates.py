"""Gates of positions: layers shifted by the true conversions are told with the right datum, honest noise is let by."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.datum import from_wgs84, to_wgs84
from geo.frames import CRS, DIVISIONS, OUTLINES, PLACES
from geo.registry import check_positions, gates
from geo.registry.gates.verdict import DEGREE_M, PAIRS

DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")
SAME = {"cgcs2000": "wgs84"}


def true_points(count, seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(120.5, 121.6, count), rng.uniform(31.8, 32.6, count)


def noisy(lon, lat, noise_m, seed):
    """Points moved by at most ``noise_m`` in any direction."""
    rng = np.random.default_rng(seed)
    away, turn = noise_m * np.sqrt(rng.random(len(lon))), rng.random(len(lon)) * 2 * math.pi
    return lon + away * np.cos(turn) / DEGREE_M / np.cos(np.radians(lat)), lat + away * np.sin(turn) / DEGREE_M


def pairs(delivered, declared, known, sigma=80.0):
    points = to_wgs84(*delivered, declared)
    columns = dict(zip(PAIRS, (*points, *known, sigma, "building"), strict=True))
    return gates.Evidence(pd.DataFrame(columns))


@settings(max_examples=120, deadline=None)
@given(
    true=st.sampled_from(DATUMS),
    declared=st.sampled_from(DATUMS),
    count=st.integers(6, 60),
    noise=st.floats(0, 100),
    seed=st.integers(0, 10_000),
)
def test_every_mistake_is_told_by_its_name_and_honest_noise_is_none(true, declared, count, noise, seed):
    known = true_points(count, seed)
    verdict = gates.judge_datum(pairs(from_wgs84(*noisy(*known, noise, seed), true), declared, known), declared)
    if SAME.get(true, true) == SAME.get(declared, declared):
        assert verdict.code == "LAYER_DATUM_AGREES"
    else:
        assert (verdict.code, verdict.reading) == ("LAYER_DATUM_WRONG", SAME.get(true, true))
    assert verdict.pairs == count


@settings(max_examples=120, deadline=None)
@given(
    true=st.sampled_from(DATUMS),
    declared=st.sampled_from(DATUMS),
    count=st.integers(1, 80),
    wild=st.floats(0, 0.6),
    seed=st.integers(0, 10_000),
)
def test_wrong_matches_may_hide_the_answer_but_never_turn_it(true, declared, count, wild, seed):
    known = true_points(count, seed)
    rng = np.random.default_rng(seed)
    lon, lat = noisy(*known, 100, seed)
    lost = rng.random(count) < wild
    lon, lat = lon + lost * rng.uniform(-0.2, 0.2, count), lat + lost * rng.uniform(-0.2, 0.2, count)
    verdict = gates.judge_datum(pairs(from_wgs84(lon, lat, true), declared, known), declared)
    assert verdict.reading in (None, SAME.get(true, true))
    assert verdict.code != "LAYER_SHIFTED"
    if count < 5:
        assert verdict.code == "LAYER_DATUM_UNTOLD"
    if count >= 30 and wild < 0.3:
        assert verdict.reading == SAME.get(true, true)


@pytest.mark.parametrize(
    ("true", "declared", "distance", "bearing"),
    [
        ("gcj02", "wgs84", 466, 121),
        ("bd09", "wgs84", 1090, 69),
        ("bd09", "gcj02", 900, None),
        ("wgs84", "gcj02", 466, 301),
    ],
)
def test_the_offset_is_that_of_the_research_notes(true, declared, distance, bearing):
    known = np.full(20, 120.9), np.linspace(31.99, 32.01, 20)
    verdict = gates.judge_datum(pairs(from_wgs84(*known, true), declared, known), declared)
    assert verdict.distance_m == pytest.approx(distance, abs=25)
    assert bearing is None or verdict.bearing_deg == pytest.approx(bearing, abs=3)
    assert verdict.spread_m < 20


@pytest.mark.parametrize("step", ["gcj02", "bd09"])
def test_a_conversion_too_many_is_told_as_such(step):
    known = true_points(25, 1)
    verdict = gates.judge_datum(pairs(to_wgs84(*known, step), "wgs84", known), "wgs84")
    assert (verdict.code, verdict.reading) == ("LAYER_DATUM_OVER", f"over_{step}")


@pytest.mark.parametrize(("shift_m", "code"), [(90, "LAYER_DATUM_AGREES"), (230, "LAYER_SHIFTED"), (2_000, None)])
def test_a_shift_that_no_datum_explains_is_no_datum(shift_m, code):
    lon, lat = true_points(40, 2)
    delivered = noisy(lon, lat + shift_m / DEGREE_M, 30, 3)
    verdict = gates.judge_datum(pairs(delivered, "wgs84", (lon, lat)), "wgs84")
    assert verdict.reading in (None, "wgs84")
    assert code is None or verdict.code == code


def test_without_any_known_place_nothing_is_told():
    verdict = gates.judge_datum(gates.Evidence(), "gcj02")
    assert (verdict.code, verdict.reading, verdict.pairs) == ("LAYER_DATUM_UNTOLD", None, 0)


# --- what is known, by names and addresses ---------------------------------------------------------------------------

SQUARE = {"320613": shapely.box(120.80, 31.90, 121.00, 32.10), "320614": shapely.box(121.00, 31.90, 121.20, 32.10)}
STREETS = ("甲子路", "乙丑路", "丙寅大道", "丁卯街", "戊辰路", "己巳中路")


def known(kinds=("address", "building", "street")):
    rows = []
    for number, street in enumerate(STREETS):
        x, y = 120.84 + 0.02 * number, 31.95 + 0.015 * number
        line = shapely.LineString([(x - 0.008, y - 0.006 * (number % 3)), (x + 0.008, y + 0.006 * (number % 2))])
        rows.append(("street", street, line, None))
        rows += [
            ("address", f"{street}{2 * n + 1}号", line.interpolate(n / 8, normalized=True), None) for n in range(8)
        ]
        rows.append(("building", f"{street[:2]}商务大厦", line.interpolate(0.55, normalized=True), None))
    frame = pd.DataFrame(rows, columns=["kind", "name", "geometry", "parent"]).assign(
        county_code="320613", origin="layer"
    )
    frame.index = [f"{kind}:320613:{name}" for kind, name in zip(frame["kind"], frame["name"], strict=True)]
    places = PLACES.conform(gpd.GeoDataFrame(frame[frame["kind"].isin(kinds)], geometry="geometry", crs=CRS))
    outlines = pd.DataFrame({"name": ["崇川区", "海门区"], "level": "county"}, index=list(SQUARE))
    shapes = gpd.GeoDataFrame(outlines, geometry=list(SQUARE.values()), crs=CRS)
    return gates.Known(places, DIVISIONS.empty(), OUTLINES.conform(shapes))


def spots(rows, delivered, declared):
    """``rows``: (name, address, county code, lon, lat), of which the positions are delivered in a datum."""
    frame = pd.DataFrame(rows, columns=["name", "address", "county", "lon", "lat"])
    lon, lat = noisy(frame["lon"].to_numpy(), frame["lat"].to_numpy(), 40, 5)
    points = to_wgs84(*from_wgs84(lon, lat, delivered), declared)
    return frame.assign(lon=points.lon, lat=points.lat)


def firms(kinds):
    places = known().places
    part = places[places["kind"].isin(kinds)]
    return [
        (f"南通{n}公司", f"南通市崇川区{name}{'3楼' if kind == 'building' else f'{n}室'}", "320613", shape.x, shape.y)
        for n, (kind, name, shape) in enumerate(zip(part["kind"], part["name"], part.geometry, strict=True))
    ]


@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("declared", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("kinds", [("address",), ("building",), ("street",)])
def test_firms_are_set_beside_doors_buildings_and_streets(true, declared, kinds):
    rows = firms(("building",) if kinds == ("building",) else ("address",))
    table = spots(rows, true, declared)
    verdict = gates.judge_datum(gates.gather(table, known(kinds), "enterprises"), declared)
    assert verdict.reading == true, verdict
    assert verdict.code.startswith("LAYER_DATUM_AGREES" if true == declared else "LAYER_DATUM_WRONG")
    assert (verdict.streets if kinds == ("street",) else verdict.pairs) >= 5


@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("declared", ["wgs84", "gcj02"])
def test_points_along_a_border_that_name_their_county_tell_the_datum(true, declared):
    rng = np.random.default_rng(4)
    near = [(120.998 + 0.004 * side, 31.91 + 0.18 * rng.random(), side) for side in (0, 1) for _ in range(60)]
    near += [(120.80 + 0.2 * rng.random(), 31.902, 0) for _ in range(60)]
    rows = [("甲厂", "", "320613" if side == 0 else "320614", x, y) for x, y, side in near]
    verdict = gates.judge_datum(gates.gather(spots(rows, true, declared), known(()), "enterprises"), declared)
    assert verdict.reading in (None, true), verdict
    assert true == declared or verdict.reading == true


def test_a_name_in_two_counties_says_nothing_without_the_county():
    places = known(("building",)).places
    twin = places.assign(county_code="320614", geometry=places.geometry.translate(0.1, 0))
    twin.index = [key.replace("320613", "320614") for key in places.index]
    both = gates.Known(pd.concat([places, twin]), DIVISIONS.empty(), OUTLINES.empty())
    rows = [(name, "", "", shape.x, shape.y) for name, shape in zip(places["name"], places.geometry, strict=True)]
    assert len(gates.gather(spots(rows, "wgs84", "wgs84"), both, "building").pairs) == 0
    placed = [(name, "", "320613", x, y) for name, _, _, x, y in rows]
    assert len(gates.gather(spots(placed, "wgs84", "wgs84"), both, "building").pairs) == len(rows)


# --- single rows and the file as a whole -----------------------------------------------------------------------------


def test_points_far_outside_the_county_they_name_are_refused_with_where_they_lie():
    table = pd.DataFrame(
        {"lon": [120.9, 121.1, 121.02, 119.0], "lat": [32.0, 32.0, 32.0, 32.0], "county": ["320613"] * 3 + [""]}
    )
    found = gates.far_from_county(table, SQUARE, {"320613": "崇川区", "320614": "海门区"})
    assert list(found) == [1]
    code, detail = found[1]
    assert (code, detail["lies_in"]) == ("POSITION_OTHER_COUNTY", "海门区")
    assert detail["distance_m"] == pytest.approx(9_440, rel=0.02)


def test_decimals_are_counted_and_a_rounded_file_is_doubted():
    lon, lat = pd.Series([120.86, 120.861234, 121.0, 120.8, np.nan]), pd.Series([32.01, 32.0, 32.0, 32.1, 32.1])
    assert gates.decimals(lon, lat).tolist()[:4] == [2, 6, 0, 1]
    found = gates.coarse_points(lon, lat)
    assert sorted(found) == [0, 2, 3]
    assert found[0] == ("POSITION_COARSE", {"decimals": 2, "about_m": 729})
    assert gates.coarse_points(lon[:2], lat[:2]) == {}


@pytest.mark.parametrize(
    ("epsg", "turned"), [(4549, False), (4549, True), (4528, False), (3857, False), (32651, False)]
)
def test_metres_are_no_degrees_and_their_projection_is_guessed(epsg, turned):
    import pyproj

    lon, lat = true_points(30, 6)
    lon = np.clip(lon, 120.6, 121.4)
    x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
    x, y = (y, x) if turned else (x, y)
    faults = check_positions(pd.Series(x), pd.Series(y), pd.Series([""] * 30))
    assert {code for code, _ in faults.values()} == {"POSITION_PROJECTED"}
    guess = gates.guess_crs(x, y, (120.0, 31.5, 122.0, 33.0))
    assert guess is not None
    told = {32651: 4550}.get(epsg, epsg)  # of one central meridian, and but 0.04 % apart in scale
    assert guess.startswith(f"EPSG:{told} ")


def test_the_file_as_a_whole_gets_its_sentences_weightiest_first():
    from collections import Counter

    verdict = gates.judge_datum(gates.Evidence(), "wgs84")
    whole = gates.Counted(40, 20, Counter({"POSITION_SWAPPED": 15, "POSITION_COPIED": 1}))
    codes = [code for code, _ in gates.sum_up(whole, pd.Series([2] * 20, dtype="Int64"), 18, verdict, None)]
    assert codes[:2] == ["LAYER_SWAPPED", "LAYER_OUTSIDE"]
    assert set(codes[2:]) == {"LAYER_DATUM_UNTOLD", "LAYER_COARSE", "LAYER_PLACED"}
    nothing = gates.Counted(3, 0, Counter({"POSITION_ZERO": 3}))
    assert "LAYER_UNPLACED" in dict(gates.sum_up(nothing, pd.Series(dtype="Int64"), 0, None, None))
    assert gates.sum_up(gates.Counted(3, 0, Counter()), pd.Series(dtype="Int64"), 0, None, None) == ()


def test_only_a_wrong_datum_stops_an_import():
    assert gates.stops([("LAYER_SWAPPED", {}), ("LAYER_DATUM_WRONG", {"x": 1})]) == ("LAYER_DATUM_WRONG", {"x": 1})
    assert gates.stops([("LAYER_SWAPPED", {}), ("LAYER_SHIFTED", {})]) is None
