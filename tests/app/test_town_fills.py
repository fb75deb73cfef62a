"""Fills of towns: those whose outline is known are drawn, the others are told with what they hold, no firm is lost."""

import json
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import small_city
from flask import Flask
from flask.testing import FlaskClient
from shapely import box
from signed_in import acting
from soup import soup

from app import store
from app.current import reading
from app.db import session
from app.maps import forms, scene
from geo.frames import CRS, OUTLINES

DRAWN = {"990101001": box(121.0, 32.0, 121.1, 32.2), "990101002": box(121.1, 32.0, 121.2, 32.2)}
LEFT = "990102101"


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small city with the outlines of two of its three towns."""
    made = small_city.loaded(tmp_path_factory.mktemp("towns"))
    frame = pd.DataFrame({"name": [small_city.TOWNS[code] for code in DRAWN], "level": "town"}, index=list(DRAWN))
    with made.app_context(), session(write=True) as opened:
        store.write(
            opened, "outlines", OUTLINES.conform(gpd.GeoDataFrame(frame, geometry=list(DRAWN.values()), crs=CRS))
        )
    return made


@pytest.fixture
def visitor(towns: Flask) -> FlaskClient:
    return towns.test_client()


def test_they_are_offered_only_where_an_outline_is_known(client: FlaskClient, visitor: FlaskClient) -> None:
    assert not soup(client, "/map").select('input[name=by][value="town"]')
    assert soup(visitor, "/map").select('input[name=by][value="town"]')
    empty = soup(client, "/map?by=town").select_one("#map-legend")
    assert empty is not None and "未上图的乡镇街道" in empty.get_text(), (
        "a link that asks for them says what is missing"
    )


@pytest.mark.parametrize("measure", ["firms", "rate", "workers", "flags", "like", "unknown"])
def test_drawn_and_told_towns_hold_all_firms(towns: Flask, visitor: FlaskClient, measure: str) -> None:
    drawing = json.loads(visitor.get(f"/map/part?by=town&measure={measure}").text)["drawing"]
    assert drawing["form"] == "areas" and set(drawing["keys"]) <= {f"town:{code}" for code in DRAWN}
    page = soup(visitor, f"/map?by=town&measure={measure}")
    legend = page.select_one("#map-legend")
    assert legend is not None
    text = legend.get_text(" ", strip=True)
    assert "未上图的乡镇街道 1 个" in text and "数据截止 2025-12-31" in text and "未归入任何乡镇街道" in text
    with acting(towns):
        firms = reading().survey.firms
    gaps = firms[firms["gap"].astype(bool)]
    told = dict(zip(drawing["keys"], drawing["lines"][0]["values"], strict=True))
    assert told == {f"town:{code}": count for code, count in gaps["town_code"].value_counts().items() if code in DRAWN}
    if measure in ("firms", "rate", "flags", "like"):
        left, nowhere = (int(gaps["town_code"].eq(LEFT).sum()), int(gaps["town_code"].isna().sum()))
        numbers = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) 家", text.split("数据截止")[1])]
        unlocated = int((firms["eligible"].astype(bool) & firms["level"].isin(("none", "county"))).sum())
        assert numbers == [unlocated, nowhere, left]
        assert sum(told.values()) + left + nowhere == len(gaps)


def test_a_filter_does_not_change_the_classes(visitor: FlaskClient) -> None:
    every, few = (
        json.loads(visitor.get(f"/map/part?by=town&measure=rate{more}").text)["drawing"]["colours"]
        for more in ("", "&sector=03")
    )
    assert every == few


def test_borders_still_fit_together(towns: Flask) -> None:
    with acting(towns):
        found = forms._towns(scene.of(reading()))
    assert shapely.coverage_is_valid(found.to_numpy())
    assert shapely.union_all(found.to_numpy()).area == pytest.approx(sum(shape.area for shape in DRAWN.values()))


def test_a_county_sees_its_towns_only(towns: Flask) -> None:
    from signed_in import account, sign, stranger

    from app.auth.accounts import Wish

    account(towns, Wish("t-viewer", "甲", "viewer", "990102"))
    text = sign(stranger(towns), "t-viewer").get("/map?by=town").text
    assert "河口街道" not in text and "石埠镇" in text
