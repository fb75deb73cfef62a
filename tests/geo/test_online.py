"""Answers of online services are held against county, offline answer and one another; none is ever taken by itself."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.datum import from_wgs84
from geo.online import check_answers

OUTLINES = {"320613": shapely.box(120.8, 31.9, 121.0, 32.1), "320684": shapely.box(121.0, 31.9, 121.3, 32.1)}
COUNTIES = {"崇川区": "320613", "海门区": "320684", "海门": "320684"}


def rows(*lines):
    """Lines of (address, point in WGS-84 or None, level, more): answers given in GCJ-02."""
    found = []
    for address, point, level, more in lines:
        lon, lat = (np.nan, np.nan) if point is None else (float(v) for v in from_wgs84(*point, "gcj02"))
        row = {"address": address, "county_code": None, "lon": np.nan, "lat": np.nan, "radius_m": np.nan}
        answer = {"answer_lon": lon, "answer_lat": lat, "datum": "gcj02", "answer_level": level, "level_word": "门牌号"}
        found.append({**row, **answer, "score": np.nan, **more})
    return pd.DataFrame(found, index=[f"firm{n}" for n in range(len(found))])


def codes(checked):
    return [[code for code, _ in reasons] for reasons in checked["reasons"]]


def test_an_answer_in_the_county_claimed_and_near_the_offline_one_fits():
    near = {"lon": 120.9, "lat": 32.0, "radius_m": 150.0}
    table = rows(("南通市崇川区人民路1号", (120.9008, 32.0), "number", near))
    checked = check_answers(table, OUTLINES, COUNTIES).iloc[0]
    assert checked["fits"]
    assert checked["distance_m"] == pytest.approx(75.5, abs=1)
    assert (checked["lon"], checked["lat"]) == pytest.approx((120.9008, 32.0), abs=1e-7)


@pytest.mark.parametrize(
    ("more", "point", "level", "code"),
    [
        ({}, (121.1, 32.0), "number", "ANSWER_OTHER_COUNTY"),
        ({}, (118.8, 32.0), "number", "ANSWER_OUTSIDE"),
        ({"lon": 120.9, "lat": 32.05, "radius_m": 300.0}, (120.9, 32.0), "number", "ANSWER_FAR"),
        ({}, (120.9, 32.0), "town", "ANSWER_COARSE"),
        ({}, (120.9, 32.0), "none", "ANSWER_LEVEL_UNKNOWN"),
        ({"score": 0.2}, (120.9, 32.0), "number", "ANSWER_UNSURE"),
    ],
)
def test_a_doubt_keeps_an_answer_from_fitting(more, point, level, code):
    checked = check_answers(rows(("崇川区人民路1号", point, level, more)), OUTLINES, COUNTIES)
    assert not checked["fits"].any()
    assert code in codes(checked)[0]


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(0.0, 0.0, "ANSWER_ZERO"), (32.0, 120.9, "ANSWER_SWAPPED"), (2.0, 48.0, "ANSWER_OUT_OF_RANGE"),
     (999.0, 32.0, "ANSWER_OUT_OF_RANGE"), (np.nan, np.nan, "ANSWER_EMPTY"), (120.9, np.nan, "ANSWER_OUT_OF_RANGE")],
)  # fmt: skip
def test_positions_that_cannot_be_are_not_used(lon, lat, code):
    table = rows(("崇川区人民路1号", (120.9, 32.0), "number", {})).assign(answer_lon=lon, answer_lat=lat)
    checked = check_answers(table, OUTLINES, COUNTIES)
    assert codes(checked) == [[code]]
    assert checked[["lon", "lat"]].isna().all(axis=None)
    assert not checked["fits"].any()


def test_one_answer_for_fifty_addresses_is_the_centre_of_an_area():
    lines = [(f"崇川区第{n}纬{'甲乙丙丁戊'[n % 5]}路{n}号", (120.9, 32.0), "number", {}) for n in range(50)]
    alone = ("崇川区人民路1号", (120.95, 32.0), "number", {})
    checked = check_answers(rows(*lines, alone), OUTLINES, COUNTIES)
    assert checked["fits"].tolist() == [False] * 50 + [True]
    assert all("ANSWER_SHARED" in found for found in codes(checked)[:50])


def test_rooms_of_one_house_share_its_point_in_peace():
    lines = [(f"崇川区人民路1号{n}室", (120.9, 32.0), "number", {}) for n in range(101, 110)]
    assert check_answers(rows(*lines), OUTLINES, COUNTIES)["fits"].all()


def test_without_a_county_in_the_text_the_offline_one_is_claimed():
    offline = {"county_code": "320684"}
    table = rows(("人民路1号", (121.1, 32.0), "number", offline), ("人民路1号", (120.9, 32.0), "number", offline))
    checked = check_answers(table, OUTLINES, COUNTIES)
    assert checked["fits"].tolist() == [True, False]
    assert codes(check_answers(table, {}, COUNTIES))[0][0] == "ANSWER_NO_COUNTY"
    guessed = check_answers(table.assign(confidence=[0.45, 0.45]), OUTLINES, COUNTIES)
    assert not guessed["fits"].any() and codes(guessed)[0][0] == "ANSWER_NO_COUNTY"
