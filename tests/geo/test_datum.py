"""Datums against points of a provider's own service, an exact second computation, and themselves."""

import math

import mpmath
import numpy as np
import pytest
from counted import calls
from hypothesis import given
from hypothesis import strategies as st

from geo.datum import AXIS_M, ECCENTRICITY2, Datum, PositionFault, faults, from_wgs84, to_wgs84, within_box
from geo.errors import DatumError

# WGS-84 and what Amap's conversion service answers (PyPI pygcj 0.0.2, Apache-2.0), nine decimals.
GOLDEN = [
    (119.004, 30.8293, 119.009154188, 30.827032064),
    (119.004, 31.8293, 119.009245334, 31.827329102),
    (119.004, 32.8293, 119.009339193, 32.827395562),
    (120.004, 31.8293, 120.008827854, 31.827344293),
    (120.004, 32.8293, 120.008918728, 32.827412109),
    (121.004, 30.8293, 121.008364800, 30.827061361),
    (121.004, 31.8293, 121.008448893, 31.827359484),
    (121.004, 32.8293, 121.008536513, 32.827428385),
    (121.004, 33.8293, 121.008627387, 33.827969835),
    (122.004, 30.8293, 122.008264431, 30.827075738),
    (122.004, 31.8293, 122.008348796, 31.827374946),
    (122.004, 32.8293, 122.008436415, 32.827444662),
]

NANTONG = (120.2, 31.6, 121.95, 32.8)
CHINA = (74.0, 18.0, 134.0, 53.0)


def metres(lon_a: object, lat_a: object, lon_b: object, lat_b: object) -> np.ndarray:
    """Distance of near points in metres."""
    lat = np.asarray(lat_a, dtype=float)
    east = (np.asarray(lon_a, dtype=float) - np.asarray(lon_b)) * np.cos(np.deg2rad(lat))
    return np.hypot(east, lat - np.asarray(lat_b)) * math.pi * AXIS_M / 180


def points(box: tuple[float, float, float, float], count: int) -> tuple[np.ndarray, np.ndarray]:
    west, south, east, north = box
    rng = np.random.default_rng(20110309)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)


@pytest.mark.parametrize("golden", GOLDEN)
def test_golden_points_agree_with_the_providers_service_to_eight_centimetres(golden: tuple[float, ...]) -> None:
    lon, lat, gcj_lon, gcj_lat = golden
    moved = from_wgs84(lon, lat, Datum.GCJ02)
    assert metres(moved.lon, moved.lat, gcj_lon, gcj_lat) <= 0.08


def test_all_control_points_of_east_china_agree(shared) -> None:
    table = np.genfromtxt(shared / "datum" / "gcj02_control_points.csv", delimiter=",", skip_header=1)
    lon, lat, gcj_lon, gcj_lat = table[:, :4].T
    here = (lon > 119) & (lon < 123) & (lat > 30.5) & (lat < 34)
    moved = from_wgs84(lon[here], lat[here], Datum.GCJ02)
    assert here.sum() == 16
    assert metres(moved.lon, moved.lat, gcj_lon[here], gcj_lat[here]).max() <= 0.08


def exact(lon: float, lat: float) -> tuple[mpmath.mpf, mpmath.mpf]:
    """The published formula in forty digits, written out again from its description."""
    mp = mpmath.mp
    x, y = mp.mpf(lon) - 105, mp.mpf(lat) - 35
    sine = lambda factor, angle: factor * mp.sin(angle * mp.pi)  # noqa: E731
    wave = sine(20, 6 * x) + sine(20, 2 * x)
    north = -100 + 2 * x + 3 * y + mp.mpf("0.2") * y**2 + mp.mpf("0.1") * x * y + mp.mpf("0.2") * mp.sqrt(abs(x))
    north += (wave + sine(20, y) + sine(40, y / 3) + sine(160, y / 12) + sine(320, y / 30)) * 2 / 3
    east = 300 + x + 2 * y + mp.mpf("0.1") * x**2 + mp.mpf("0.1") * x * y + mp.mpf("0.1") * mp.sqrt(abs(x))
    east += (wave + sine(20, x) + sine(40, x / 3) + sine(150, x / 12) + sine(300, x / 30)) * 2 / 3
    angle = mp.mpf(lat) * mp.pi / 180
    magic = 1 - mp.mpf(repr(ECCENTRICITY2)) * mp.sin(angle) ** 2
    per_lat = AXIS_M * (1 - mp.mpf(repr(ECCENTRICITY2))) / magic ** mp.mpf("1.5") * mp.pi / 180
    per_lon = AXIS_M / mp.sqrt(magic) * mp.cos(angle) * mp.pi / 180
    return lon + east / per_lon, lat + north / per_lat


def test_forward_agrees_with_forty_digits() -> None:
    lon, lat = points(CHINA, 200)
    moved = from_wgs84(lon, lat, "gcj02")
    with mpmath.workdps(40):
        for at in range(200):
            east, north = exact(float(lon[at]), float(lat[at]))
            assert abs(east - moved.lon[at]) <= 1e-8
            assert abs(north - moved.lat[at]) <= 1e-8


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize(("box", "limit"), [(NANTONG, 1e-6), (CHINA, 1e-5)])
def test_there_and_back_is_exact(datum: str, box: tuple[float, ...], limit: float) -> None:
    lon, lat = points(box, 100_000)
    back = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    assert metres(lon, lat, back.lon, back.lat).max() <= limit


def test_bd09_is_one_more_step_than_gcj02() -> None:
    gcj = from_wgs84(120.9, 32.0, "gcj02")
    baidu = from_wgs84(120.9, 32.0, "bd09")
    radius = math.hypot(gcj.lon, gcj.lat) + 0.00002 * math.sin(gcj.lat * math.pi * 3000 / 180)
    angle = math.atan2(gcj.lat, gcj.lon) + 0.000003 * math.cos(gcj.lon * math.pi * 3000 / 180)
    assert baidu.lon == pytest.approx(radius * math.cos(angle) + 0.0065, abs=1e-12)
    assert baidu.lat == pytest.approx(radius * math.sin(angle) + 0.006, abs=1e-12)


@pytest.mark.parametrize(("datum", "size", "bearing"), [("gcj02", 466, 121), ("bd09", 1090, 69)], ids=["gcj02", "bd09"])
def test_a_forgotten_conversion_in_nantong_is_as_large_as_the_notes_say(datum: str, size: int, bearing: int) -> None:
    moved = from_wgs84(120.9, 32.0, datum)
    east = (moved.lon - 120.9) * math.cos(math.radians(32)) * math.pi * AXIS_M / 180
    north = (moved.lat - 32.0) * math.pi * AXIS_M / 180
    assert math.hypot(east, north) == pytest.approx(size, abs=3)
    assert math.degrees(math.atan2(east, north)) == pytest.approx(bearing, abs=1)


@pytest.mark.parametrize("lon,lat", [(140.0, 35.0), (72.0, 30.0), (100.0, 56.0), (100.0, 0.5), (-0.1, 51.5)])
def test_outside_the_formulas_box_nothing_moves(lon: float, lat: float) -> None:
    for datum in Datum:
        assert to_wgs84(lon, lat, datum) == (lon, lat)
        assert from_wgs84(lon, lat, datum) == (lon, lat)
    assert not within_box(lon, lat)
    assert faults(lon, lat) == PositionFault.OUTSIDE_CHINA


def test_the_shift_makes_no_jump_inside_nantong() -> None:
    lon, lat = np.meshgrid(np.linspace(120.2, 121.95, 400), np.linspace(31.6, 32.8, 400))
    moved = from_wgs84(lon, lat, "gcj02")
    for shift in (moved.lon - lon, moved.lat - lat):
        assert np.abs(np.diff(shift, axis=0)).max() < 2e-5
        assert np.abs(np.diff(shift, axis=1)).max() < 2e-5


@pytest.mark.parametrize("datum", list(Datum))
def test_scalars_arrays_gaps_and_nothing(datum: Datum) -> None:
    assert to_wgs84(120.9, 32.0, datum).lon.shape == ()
    grid = to_wgs84(np.full((2, 3), 120.9), 32.0, datum)
    assert grid.lon.shape == grid.lat.shape == (2, 3)
    gap = to_wgs84([120.9, math.nan], [32.0, 32.0], datum)
    assert np.isnan(gap.lon[1])
    assert not np.isnan(gap.lon[0])
    assert to_wgs84([], [], datum).lon.size == 0


def test_inputs_are_left_alone() -> None:
    lon, lat = np.array([120.9]), np.array([32.0])
    to_wgs84(lon, lat, "wgs84").lon[0] = 0
    to_wgs84(lon, lat, "gcj02").lon[0] = 0
    assert (lon[0], lat[0]) == (120.9, 32.0)


def test_cgcs2000_passes_through() -> None:
    assert to_wgs84(120.9, 32.0, Datum.CGCS2000) == (120.9, 32.0)


def test_swapped_axes_and_unknown_datums_are_refused() -> None:
    with pytest.raises(DatumError, match="2 of 3 positions have latitude before longitude") as swapped:
        to_wgs84([32.0, 32.1, 120.9], [120.9, 120.8, 32.0], "gcj02")
    assert swapped.value.code == "DATUM_SWAPPED"
    with pytest.raises(DatumError, match="unknown datum 'xian80'") as unknown:
        to_wgs84(120.9, 32.0, "xian80")
    assert unknown.value.detail["datum"] == "xian80"


def test_each_fault_of_a_position_has_its_code() -> None:
    lon = [120.9, 0.0, 32.0, 1120.36, math.nan, 2.35]
    lat = [32.0, 0.0, 120.9, 30.3, 32.0, 48.86]
    assert faults(lon, lat).tolist() == [
        "",
        "POSITION_ZERO",
        "POSITION_SWAPPED",
        "POSITION_OUT_OF_RANGE",
        "POSITION_MISSING",
        "POSITION_OUTSIDE_CHINA",
    ]


def test_points_are_converted_together_and_not_one_by_one() -> None:
    def worked(size: int) -> int:
        lon, lat = points(NANTONG, size)
        return calls(lambda: to_wgs84(lon, lat, "gcj02"))

    worked(10)  # what is done but once
    few, many = worked(100), worked(20_000)
    assert many <= 1.5 * few  # a round more for the hardest point; scripts/bench/gates tells the seconds
    assert few < 1_000


@given(st.floats(73, 135), st.floats(17, 54))
def test_there_and_back_anywhere(lon: float, lat: float) -> None:
    back = to_wgs84(*from_wgs84(lon, lat, "gcj02"), "gcj02")
    assert metres(lon, lat, back.lon, back.lat) <= 1e-5
