"""The pieces of the map: cells, classes, escaping, links, surfaces, and that no firm is lost between them."""

import json
import math
from dataclasses import replace
from pathlib import Path

import folium
import numpy as np
import pandas as pd
import pytest
import small_city
from flask import Flask
from folium.plugins import Fullscreen, HeatMap
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_in import acting
from werkzeug.datastructures import MultiDict

from app import create_app, palette
from app.config import ROOT, Config
from app.maps import (
    assets,
    basemap,
    classes,
    density,
    drawing,
    escape,
    flags,
    forms,
    hexagons,
    layers,
    panel,
    positions,
    scene,
    view,
)
from app.maps.frame import AtlasMap
from app.maps.scene import Scene
from app.reading import Reading
from geo import rates
from geo.coverage import measure
from geo.gaps import FIGURES, KINDS, Filter, select

PATIENT = settings(deadline=None, max_examples=60)  # the first example pays for imports
HOSTILE = "</script><img src=x onerror=alert(1)>`${alert(2)}`'\"\\u003c{{ 7 * 7 }}{% if"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Config.from_environment({}, instance=Path(tmp_path_factory.mktemp("map"))))


@pytest.fixture(scope="module")
def read() -> Reading:
    survey = small_city.survey()
    return Reading(survey, small_city.divisions(), small_city.outlines(), (survey.on,))


@pytest.fixture
def now(read: Reading) -> Scene:
    return scene.of(read)


# --- cells ----------------------------------------------------------------------------------------------------------


@PATIENT
@given(
    st.floats(-2e7, 2e7), st.floats(-2e7, 2e7), st.sampled_from(view.CELLS), st.floats(0, 60)
)  # fmt: skip
def test_a_point_lies_in_its_hexagon(x: float, y: float, spacing: int, latitude: float) -> None:
    grid = hexagons.Grid.on_ground(spacing, latitude)
    centre = grid.centres(*grid.cells(np.array([x]), np.array([y])))
    assert math.hypot(x - centre[0][0], y - centre[1][0]) <= grid.side * (1 + 1e-6)


@PATIENT
@given(st.integers(-9999, 9999), st.integers(-9999, 9999))
def test_the_centre_of_a_hexagon_lies_in_it(q: int, r: int) -> None:
    grid = hexagons.Grid(1234.5)
    back = grid.cells(*grid.centres(np.array([q]), np.array([r])))
    assert (back[0][0], back[1][0]) == (q, r)
    assert hexagons.parse(hexagons.key(q, r)) == (q, r)


def test_cells_are_as_far_apart_on_the_ground_as_they_say() -> None:
    grid = hexagons.Grid.on_ground(2000, 32.0)
    x, _y = grid.centres(np.array([0, 1]), np.array([0, 0]))
    assert (x[1] - x[0]) * math.cos(math.radians(32.0)) == pytest.approx(2000)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "1.5,2", "-"])
def test_what_names_no_cell_is_none(text: str) -> None:
    assert hexagons.parse(text) is None


@PATIENT
@given(st.floats(-179, 179), st.floats(-80, 80))
def test_projection_round_trip(lon: float, lat: float) -> None:
    back = hexagons.unproject(*hexagons.project(np.array([lon]), np.array([lat])))
    assert (back[0][0], back[1][0]) == pytest.approx((lon, lat), abs=1e-9)


def test_a_building_whose_key_has_a_sign_of_its_own_is_the_one_shown(app: Flask) -> None:
    one = "building:990101:云帆大厦"
    made = small_city.survey()
    firms = made.firms.assign(building=made.firms["building"].replace(one, f"{one}#2"))
    survey = replace(made, firms=firms, places=made.places.rename(index={one: f"{one}#2"}))
    found = scene.of(Reading(survey, small_city.divisions(), small_city.outlines(), (survey.on,)))
    for at, shown in ((f"{one}#2", f"{one}#2"), (f"{one}#2#3", f"{one}#2"), (one, None)):
        asked = view.read(MultiDict({"by": "place", "kind": "building", "at": f"building:{at}"}))
        with acting(app):
            unit = panel.of(found, drawing.draw(found, asked, None))
        assert (unit and unit.key) == shown
        assert panel.knows(found, f"building:{at}") == (shown is not None)


# --- classes --------------------------------------------------------------------------------------------------------


@PATIENT
@given(st.lists(st.integers(0, 5000), max_size=300))
def test_every_count_has_one_class_with_a_colour(values: list[int]) -> None:
    found = classes.of_counts(np.array(values, dtype=float))
    assert len(found.colours) == len(found.breaks) + 1 <= len(palette.GAP)
    assert list(found.breaks) == sorted(set(found.breaks))
    assert all(0 <= found.index(value) < len(found.colours) for value in values)
    assert len(found.labels()) == len(found.colours)


@PATIENT
@given(st.lists(st.floats(0, 1), max_size=300))
def test_rates_break_at_fives(values: list[float]) -> None:
    found = classes.of_rates(np.array(values))
    assert all(abs(edge * 20 - round(edge * 20)) < 1e-9 and 0 < edge < 1 for edge in found.breaks)


def test_classes_say_their_whole_numbers_without_overlap(app: Flask) -> None:
    with acting(app):
        found = classes.Classes((2.0, 5.0, 10.0), palette.GAP[:4])
        assert found.labels() == ("1", "2–4", "5–9", "≥ 10")
        assert [found.index(value) for value in (1, 2, 4, 5, 9, 10, 99)] == [0, 1, 1, 2, 2, 3, 3]
        assert found.index(math.nan) == -1
        assert classes.Classes((0.25, 0.5), palette.GAP[:3], rate=True).labels() == ("< 25%", "25%–50%", "≥ 50%")


@PATIENT
@given(st.floats(1e-6, 1e9))
def test_round_numbers_enclose_the_value(value: float) -> None:
    assert classes.floor(value) <= value * (1 + 1e-9)
    assert classes.ceiling(value) >= value * (1 - 1e-9)
    assert f"{classes.floor(value):e}"[0] in "125"


# --- escaping and links ---------------------------------------------------------------------------------------------


@PATIENT
@given(st.text() | st.just(HOSTILE))
def test_a_name_can_neither_open_a_tag_nor_leave_a_literal(text: str) -> None:
    assert not set("<>\"'`$\\{}") & set(escape.name(text))


@PATIENT
@given(st.text() | st.just(HOSTILE))
def test_json_cannot_end_its_script(text: str) -> None:
    written = escape.script({"name": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"name": text}


def rendered(drawn: folium.Map) -> assets.Component:
    return assets.render(drawn, link="/static/{}".format, nonce="n0nce")


def test_render_knows_only_files_of_this_installation(app: Flask) -> None:
    with acting(app):
        drawn = AtlasMap((121.0, 32.0, 121.4, 32.2), label=HOSTILE)
        full = Fullscreen()
        drawn.add_child(full)
        part = rendered(drawn)
    whole = part.styles + part.html + part.scripts
    assert "http" not in whole
    assert "/static/vendor/leaflet/leaflet.js" in part.scripts
    assert '<script nonce="n0nce">' in part.scripts
    assert "<img" not in whole


@pytest.mark.parametrize("name", ["{{ 7 * 7 }}", "{% if", "{# note #}", "{{ cycler.__init__.__globals__ }}"])
def test_a_name_is_never_a_template(app: Flask, name: str) -> None:
    shown = layers.Drawing("symbols", [], [], [], [], [], {}, names=[name])
    with acting(app):
        drawn = AtlasMap((121.0, 32.0, 121.4, 32.2), label=name)
        drawn.add_child(layers.DrawnLayer(shown, title=name))
        part = rendered(drawn)
    assert json.dumps(name) in part.scripts
    assert f'aria-label="{name}"' in part.html


def test_an_unknown_file_is_an_error(app: Flask) -> None:
    with acting(app):
        drawn = AtlasMap((121.0, 32.0, 121.4, 32.2), label="")
        drawn.add_child(HeatMap([[32.0, 121.0]]))
        with pytest.raises(assets.MissingAssetError, match="leaflet_heat"):
            rendered(drawn)


@pytest.mark.parametrize("part", [folium.Popup("x"), folium.Icon()])
def test_parts_that_need_more_libraries_are_refused(app: Flask, part: folium.Element) -> None:
    with acting(app):
        drawn = AtlasMap((121.0, 32.0, 121.4, 32.2), label="")
        marker = folium.CircleMarker([32.0, 121.0])
        marker.add_child(part)
        drawn.add_child(marker)
        with pytest.raises(assets.MissingAssetError):
            rendered(drawn)


def test_every_vendored_file_is_set_up() -> None:
    missing = [path for path in assets.VENDORED.values() if not (ROOT / "app" / "static" / path).is_file()]
    assert missing == []


def test_two_maps_do_not_share_their_links(app: Flask) -> None:
    before = list(folium.Map.default_js)
    with acting(app):
        rendered(AtlasMap((121.0, 32.0, 121.4, 32.2), label="a"))
    assert folium.Map.default_js == before


# --- views ----------------------------------------------------------------------------------------------------------

VIEWS = st.builds(
    view.View,
    measure=st.sampled_from(sorted(view.MEASURES)), by=st.sampled_from(view.FORMS), kind=st.sampled_from(view.KINDS),
    cell=st.sampled_from(view.CELLS), at=st.sampled_from(["", "cell:1,-2", "town:990101001"]),
    chosen=st.builds(
        Filter, county=st.sampled_from([(), ("990101",), ("",)]), size=st.sampled_from([(), ("unknown",)])
    ),
)  # fmt: skip


def as_args(shown: view.View) -> MultiDict[str, str]:
    return MultiDict(
        {name: value if isinstance(value, list) else [str(value)] for name, value in view.write(shown).items()}
    )


@PATIENT
@given(VIEWS)
def test_the_address_says_the_whole_view(shown: view.View) -> None:
    assert view.read(as_args(shown)) == shown


def test_nonsense_in_the_address_falls_back() -> None:
    args = MultiDict({"measure": "x", "by": "<b>", "kind": "", "cell": "NaN", "size": "zzz"})
    assert view.read(args).but(chosen=Filter()) == view.View()


def test_a_link_to_a_place_opens_it() -> None:
    found = view.read(MultiDict({"kind": "county", "key": "990101"}))
    assert (found.by, found.at) == ("county", "county:990101")
    assert view.read(MultiDict({"kind": "zone", "key": "zone:990101:园"})).unit == "zone"


# --- counts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chosen", [Filter(), Filter(county=("990101",)), Filter(size=("25_and_over",))])
def test_units_and_rest_sum_to_the_whole(now: Scene, kind: str, chosen: Filter) -> None:
    rows, units = now.rows(chosen), now.units(kind)
    table, left, whole = now.count(units, rows), now.left(units, rows), drawing.whole(now, rows)
    assert all(table[name].sum() + left[name] == whole[name] for name in scene.COUNTS)


@pytest.mark.parametrize("spacing", view.CELLS)
def test_cells_and_the_vague_sum_to_the_whole(now: Scene, spacing: int) -> None:
    rows, units = now.rows(Filter()), now.cells(spacing)
    table, left, whole = now.count(units, rows), now.left(units, rows), drawing.whole(now, rows)
    assert all(table[name].sum() + left[name] == whole[name] for name in scene.COUNTS)


@pytest.mark.parametrize("kind", KINDS)
def test_counts_are_those_of_the_core(now: Scene, kind: str) -> None:
    survey = now.read.survey
    core = measure(survey.firms, survey.unions, by=KINDS[kind])
    ours = now.count(now.units(kind), now.rows(Filter()))
    assert len(ours) > 0
    firms = select(survey.firms, FIGURES["opportunity"])
    sizes = firms.groupby(firms[KINDS[kind]].astype("object")).size()
    core["opportunity"] = sizes.reindex(core.index, fill_value=0)
    pd.testing.assert_frame_equal(
        ours[list(scene.COUNTS)].sort_index(), core.loc[ours.index, list(scene.COUNTS)].sort_index(),
        check_names=False, check_index_type=False, check_dtype=False,
    )  # fmt: skip


def test_coarse_positions_are_never_points(now: Scene) -> None:
    coarse = now.read.survey.firms["level"].isin(scene.COARSE).to_numpy()
    assert coarse.any()
    assert np.isnan(now.x[coarse]).all()
    assert (now.cells(5000)[0][coarse] == -1).all()


def test_a_filter_changes_no_class(app: Flask, now: Scene) -> None:
    with acting(app):
        shown = view.View(by="county")
        filtered = shown.but(chosen=Filter(county=("990101",)))
        assert drawing.draw(now, shown).classes == drawing.draw(now, filtered).classes


def test_too_few_firms_have_no_rate(now: Scene) -> None:
    shown = view.View(measure="rate", by="grid", cell=500)
    table = now.count(now.cells(500), now.rows(Filter()))
    few = table["eligible"] < scene.FEW
    assert few.any()
    assert (drawing.values(shown, table).isna() == few).all()


def test_places_without_a_position_wait_beside_the_map(app: Flask, now: Scene) -> None:
    with acting(app):
        picture = drawing.draw(now, view.View(kind="market"))
    points = positions.points(now, "market")
    assert set(picture.waiting.index) == set(points.index[points["lon"].isna()]) & set(picture.table.index) != set()
    assert len(picture.waiting) + len(picture.shown) == len(picture.table)


def test_symbols_are_as_large_as_their_values() -> None:
    sizes = forms.radius(np.array([0.0, 100.0, 400.0]), 400.0, 3)
    assert sizes[0] == 0
    assert sizes[2] == pytest.approx(forms.LARGEST_PX)
    assert (sizes[2] / sizes[1]) ** 2 == pytest.approx(4, rel=0.02)


# --- beyond chance --------------------------------------------------------------------------------------------------


def test_a_block_of_cells_is_high_among_high_and_its_neighbours_are_told_apart(app: Flask) -> None:
    q, r = np.meshgrid(np.arange(12), np.arange(12))
    q, r = q.ravel(), r.ravel()
    block = (q >= 4) & (q <= 8) & (r >= 4) & (r <= 8)
    whole = np.full(144, 40)
    part = np.where(block, 30, 10)
    part[(q == 6) & (r == 6)] = 2
    asked = view.MEASURES["like"]
    found = flags.of(asked, part, whole, rates.of_hexagons(q, r))
    assert found[(q == 6) & (r == 6)] == -1, "low among high"
    assert (found[(q >= 5) & (q <= 7) & (r == 5)] == 2).all()
    assert not (found[~block] == 2).any()
    with app.test_request_context():
        told = [flags.labels(asked)[index] for index in flags.scale(asked).indices(np.array([-2.0, 0.0, 2.0]))]
    assert told == ["低，周边也低", "无显著规律", "高，周边也高"]
    assert [flags.sign(asked, value) for value in (-2.0, -1.0, 0.0, 1.0, 2.0)] == ["▼", "▽", "", "△", "▲"]


# --- surfaces -------------------------------------------------------------------------------------------------------


def test_a_surface_keeps_the_number_of_firms(now: Scene) -> None:
    weights = now.facts["eligible"] * now.precise(1000)
    surface = density.density(now, weights, 1000)
    firms = np.nansum(surface) * density.raster(now, 1000).pixel_km2
    assert firms == pytest.approx(weights.sum(), rel=0.05)


def test_a_ratio_of_equal_shares_is_flat(now: Scene) -> None:
    wholes = now.facts["eligible"] * now.precise(2000)
    ratio, score = density.ratio(now, wholes * 0.4, wholes, 2000)
    assert np.nanmax(np.abs(score)) == pytest.approx(0, abs=1e-3)
    assert np.isfinite(ratio).any()
    assert np.nanmin(ratio) == pytest.approx(0.4)
    assert np.nanmax(ratio) == pytest.approx(0.4)


def test_what_is_beyond_chance_is_lined_out() -> None:
    score = np.zeros((9, 9))
    score[1:6, 1:4], score[7, 7], score[0, 8] = 3, -3, np.nan
    plain = density.image(np.zeros((9, 9), dtype=int), ["#ffffff"])
    lined = density.image(np.zeros((9, 9), dtype=int), ["#ffffff"], score)[::-1]
    above, below = ([*bytes.fromhex(palette.BEYOND[sign][1:]), 255] for sign in (1, -1))
    brown, blue = (lined == above).all(axis=2), (lined == below).all(axis=2)
    assert brown.sum() == 2 * 5 + 2 * 1 and not brown[2:5, 2].any(), "a line around the area, its inside as it was"
    assert np.argwhere(blue).tolist() == [[7, 7]]
    assert (lined[~(brown | blue)] == plain[0, 0]).all()
    again = density.image(np.zeros((9, 9), dtype=int), ["#ffffff"], score * 0.8)
    assert (again == plain).all(), "2.4 is no more than chance"


def test_a_surface_ends_at_the_border(now: Scene) -> None:
    surface = density.density(now, now.facts["eligible"] * now.precise(2000), 2000)
    assert np.isnan(surface[~density.raster(now, 2000).inside]).all()


def test_neighbours_stay_neighbours_when_simplified(read: Reading) -> None:
    simple = basemap.simplified(basemap.counties_of(read.outlines), 0.01)
    assert simple.iloc[0].touches(simple.iloc[1])
