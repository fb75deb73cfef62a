"""Cells by box and zoom: no firm is lost or counted twice, few firms are dots, and a slim survey draws the same."""

from collections import OrderedDict

import numpy as np
import pandas as pd
import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from signed_in import acting

from app import store
from app.db import session
from app.maps import cells, scene, view
from app.maps.cells import Window
from app.maps.scene import Scene
from app.reading import Reading
from app.store import flat, slim, surveys
from geo.gaps import CHOICES, FIGURES, Columns, Filter, select

WHOLE = (120.9, 31.9, 121.5, 32.3)
FILTERS = [Filter(), Filter(county=("990101",)), Filter(size=("under_25",), gap=True), Filter(text="公司")]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return small_city.loaded(tmp_path_factory.mktemp("cells"), count=300)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def now() -> Scene:
    made = small_city.survey()
    return scene.of(Reading(made, small_city.divisions(), small_city.outlines(), (made.on,)))


@pytest.mark.parametrize("chosen", FILTERS)
@pytest.mark.parametrize("zoom", [8.0, 12.0, 16.0])
def test_halves_of_a_box_hold_what_the_box_holds(app: Flask, now: Scene, chosen: Filter, zoom: float) -> None:
    asked = view.View(by="grid", chosen=chosen)
    size = cells.spacing(now, asked, zoom)
    with acting(app):
        found = cells.seen(now, asked, Window.of(WHOLE, zoom))
        placed = select(now.read.survey.firms, chosen)
        fine = now.precise(size)[now.read.survey.firms.index.get_indexer(placed.index)]
        assert sum(found["eligible"]) == int((placed["eligible"].to_numpy(dtype=bool) & fine).sum())
        middle = 121.2
        west = cells.seen(now, asked, Window.of((WHOLE[0], WHOLE[1], middle, WHOLE[3]), zoom))
        east = cells.seen(now, asked, Window.of((middle, WHOLE[1], WHOLE[2], WHOLE[3]), zoom))
        both = {tuple(pair) for pair in [*west["cells"], *east["cells"]]}
        assert both == {tuple(pair) for pair in found["cells"]}


def test_few_firms_in_view_are_dots_and_none_is_coarse(app: Flask, now: Scene) -> None:
    with acting(app):
        found = cells.seen(now, view.View(by="points"), Window.of(WHOLE, 16.0))
        assert found["form"] == "symbols"
        firms = now.read.survey.firms
        keys = [key.removeprefix("firm:") for key in found["keys"]]
        assert set(keys) <= set(select(firms, FIGURES["precise"]).index)
        assert found["gap"] == firms.loc[keys, "gap"].astype(int).tolist()


def test_many_firms_in_view_are_cells(app: Flask, now: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "POINTS", 3)
    with acting(app):
        found = cells.seen(now, view.View(by="points"), Window.of(WHOLE, 9.0))
    assert found["form"] == "cells"
    assert len(found["cells"]) == len(found["classes"]) == len(found["lines"][0]["values"])


@pytest.mark.parametrize(
    "query", ["", "bbox=1,2,3&zoom=9", "bbox=121,32,120,33&zoom=9", "bbox=121,32,122,nan&zoom=9", "bbox=1,2,3,4&zoom=x"]
)
def test_a_box_that_is_none_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/map/cells?by=grid&{query}").status_code == 400


def test_a_large_survey_is_drawn_box_by_box(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "PLAIN", 10)
    drawing = client.get("/map/part?by=grid&measure=rate").json["drawing"]
    assert drawing["form"] == "live"
    assert drawing["url"].startswith("/map/cells")
    found = client.get(f"{drawing['url']}&by=grid&measure=rate&bbox=120.9,31.9,121.5,32.3&zoom=10").json
    assert found["form"] == "cells"
    assert max(found["classes"]) < len(found["colours"])


def test_a_slim_survey_holds_the_same_firms(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context(), session() as opened:
        whole = store.surveys.latest(opened, store.CITY)
        monkeypatch.setattr(slim, "LARGE", 10)
        monkeypatch.setattr(surveys, "_sizes", {})
        thin = store.surveys.latest(opened, store.CITY, slim=True)
        county = store.surveys.latest(opened, store.Scope("990102"), slim=True)
    assert whole is not None
    assert thin is not None
    assert county is not None
    assert set(thin.firms.columns) == set(slim.COLUMNS)
    for name, chosen in [*FIGURES.items(), *((str(number), each) for number, each in enumerate(FILTERS))]:
        ours = thin.firms.index[Columns(thin.firms, thin.searched).rows(chosen)]
        assert list(ours) == list(select(whole.firms, chosen).index), name
    for column in CHOICES.values():
        ours, theirs = (frame.firms[column].astype("object") for frame in (thin, whole))
        assert np.array_equal(ours.fillna("").to_numpy(), theirs.fillna("").to_numpy()), column
    assert set(county.firms.index) == set(select(whole.firms, Filter(county=("990102",))).index)
    # The overview rests on these: they are the same of a slim reading, read from its rows or from its file.
    with app.app_context(), session() as opened:
        monkeypatch.setattr(surveys, "_cache", OrderedDict())
        monkeypatch.setattr(slim, "_pieces", lambda *_: pytest.fail("the rows were read again"))
        again = store.surveys.latest(opened, store.CITY, slim=True)
        assert again is not None
        full, *others = (
            Reading(each, small_city.divisions(), small_city.outlines(), (whole.on,)) for each in (whole, thin, again)
        )
    for read in others:
        for kind in (None, "county", "level"):
            pd.testing.assert_frame_equal(read.figures(kind), full.figures(kind), check_index_type=False)
        pd.testing.assert_frame_equal(read.growth("county"), full.growth("county"), check_index_type=False)
        ranked = [each.ranking("building", Filter(gap=True)).astype("object") for each in (read, full)]
        pd.testing.assert_frame_equal(*ranked, check_index_type=False)
    folder = app.config["ATLAS"].instance / flat.FOLDER
    files = list(folder.iterdir())
    assert files
    assert all(file.stat().st_mode & 0o077 == 0 for file in files), "nobody but the atlas reads them"
    with app.app_context(), session(write=True) as opened:
        store.surveys.save(opened, whole, "again")
    assert not list(folder.iterdir()), "they go with their survey"


@pytest.mark.parametrize("by", ["grid", "points"])
@pytest.mark.parametrize("cell", [500, 3000])
def test_an_answer_says_for_which_zooms_its_cells_stand(now: Scene, by: str, cell: int) -> None:
    asked = view.View(by=by, cell=cell)
    for zoom in np.arange(5, 18.25, 0.25):
        size = cells.spacing(now, asked, zoom)
        first, last = cells.zooms(now, asked, size)
        same = [other for other in np.arange(5, 18.25, 0.25) if cells.spacing(now, asked, other) == size]
        assert same == [other for other in np.arange(5, 18.25, 0.25) if first <= other < last]


def test_a_margin_brings_what_lies_around_and_says_how_far_it_goes(
    app: Flask, now: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, window = view.View(by="grid", cell=500), Window.of((121.15, 32.05, 121.25, 32.15), 13.0)
    with acting(app):
        bare, wide = (cells.seen(now, asked, window, margin) for margin in (0.0, 0.5))
        assert bare["box"] == pytest.approx((121.15, 32.05, 121.25, 32.15))
        assert wide["box"] == pytest.approx((121.10, 32.0, 121.30, 32.2), abs=1e-3)
        whole = cells.seen(now, asked, Window.of(wide["box"], 13.0))
        pairs = {
            name: {tuple(pair) for pair in told["cells"]} for name, told in [("b", bare), ("w", wide), ("a", whole)]
        }
        assert pairs["b"] < pairs["w"] == pairs["a"]
        monkeypatch.setattr(cells, "AROUND", {"cells": len(bare["cells"]), "points": 0})
        assert len(cells.seen(now, asked, window, 0.5)["cells"]) == len(bare["cells"])
        dots = cells.seen(now, view.View(by="points"), window, 0.5)
        assert (dots["form"], dots["settled"], dots["box"]) == ("symbols", True, bare["box"])
        monkeypatch.setattr(cells, "POINTS", 0)
        assert cells.seen(now, view.View(by="points"), window, 0.5)["settled"] is False


def test_only_known_margins_are_answered(client: FlaskClient) -> None:
    assert client.get("/map/cells?by=grid&bbox=121,32,122,33&zoom=9&margin=0.5").status_code == 200
    assert client.get("/map/cells?by=grid&bbox=121,32,122,33&zoom=9&margin=50").status_code == 400


def test_cells_tell_nought_from_not_known_and_the_legend_names_both(
    app: Flask, now: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pale blue of what is covered has its line in the legend; workers that nobody counted are hatched."""
    with acting(app):
        firms = cells.seen(now, view.View(by="grid"), Window.of(WHOLE, 9.0))
        workers = cells.seen(now, view.View(by="grid", measure="workers"), Window.of(WHOLE, 9.0))
        assert (
            cells.seen(now, view.View(by="grid", measure="rate"), Window.of(WHOLE, 9.0))["scale"][0][0]
            != "0（应建已建）"
        )
    said, colour = firms["scale"][0]
    assert (said, colour) == ("0（应建已建）", firms["colours"][-1])
    untold = np.isnan(workers["lines"][2]["values"])
    assert (np.array(workers["classes"]) == -1).tolist() == untold.tolist()


@pytest.mark.parametrize("sheet", [0, 20_000_000])
def test_cells_are_numbered_by_row_and_town_alike_with_a_sheet_and_without(
    now: Scene, monkeypatch: pytest.MonkeyPatch, sheet: int
) -> None:
    monkeypatch.setattr(scene, "MOST_SHEET", sheet)
    random = np.random.default_rng(3)
    q, r = random.integers(-40, 40, 500), random.integers(100, 130, 500)
    numbers, across, up = scene.numbered(q, r)
    assert (across[numbers] == q).all() and (up[numbers] == r).all()
    pairs = list(zip(up.tolist(), across.tolist(), strict=True))
    assert pairs == sorted(set(pairs)) and set(numbers.tolist()) == set(range(len(pairs)))
    firms = now.read.survey.firms
    units = now.cells(2000)
    named = now.main_town(units)
    for number, town in enumerate(named):
        inside = firms["town_code"][units[0] == number].dropna().value_counts()
        assert (inside.get(town) == inside.max()) if len(inside) else town is None or town != town
