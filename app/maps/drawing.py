"""From a view to what is drawn: units counted, classes fixed over the whole city, one ``Drawing`` for the layer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _
from folium.utilities import image_to_url

from app import palette
from app.maps import basemap, classes, density, hexagons, positions
from app.maps.classes import Classes
from app.maps.layers import Drawing
from app.maps.scene import FEW, Scene
from app.maps.view import CELLS, View
from app.pages import number, percent
from geo.gaps import Filter

SYMBOL = palette.GAP[3]
RIM = "#8b95a1"
"""Edge of symbols coloured by rate, so that pale ones stand out from the ground."""

NONE_LEFT = palette.COVERED[1]
"""Colour of units whose count is nought: everything there is covered."""

MOST_CELLS = 8_000
LARGEST_PX, MANY = 24.0, 400
"""Radius of the largest symbol; where more than ``MANY`` symbols are drawn it is two thirds of that."""

FULL, PLAIN = 0.92, 0.85
CERTAINTY = ((0.15, FULL), (0.30, 0.7), (np.inf, 0.45))
"""Width of the 90 % interval up to which a rate is drawn with an opacity."""


@dataclass(frozen=True)
class Picture:
    """All that the page shows of a view.

    ``table`` holds the units drawn or listed (``Scene.count``, and ``name``, ``drawn``), most first; ``left`` counts
    the firms that belong to no unit, ``whole`` those of all chosen firms. ``top`` is the value of the largest symbol.
    """

    view: View
    drawing: Drawing
    classes: Classes
    table: pd.DataFrame
    left: dict[str, int]
    whole: dict[str, int]
    top: float = 0.0

    @property
    def shown(self) -> pd.DataFrame:
        """The units that are on the map."""
        return self.table[self.table["drawn"]]

    @property
    def waiting(self) -> pd.DataFrame:
        """The units whose position nobody has told yet."""
        return self.table[~self.table["drawn"]]


def draw(scene: Scene, view: View) -> Picture:
    """Return the picture of a view."""
    view = fitting(scene, view)
    if view.by == "heat":
        return _heat(scene, view)
    units = units_of(scene, view)
    rows = scene.rows(view.chosen)
    table = ranked(scene, view, scene.count(units, rows))
    scale, top = _scale(scene, view)
    make = {"cell": _cells, "zone": _areas, "county": _areas}.get(view.unit, _symbols)
    return Picture(
        view, make(scene, view, table, (scale, top)), scale, table, scene.left(units, rows), whole(scene, rows), top
    )


def fitting(scene: Scene, view: View) -> View:
    """Return the view with cells so large that a browser can draw them all; the legend says their size."""
    larger = [cell for cell in CELLS if cell >= view.cell]
    fits = (cell for cell in larger if len(scene.cells(cell)[1]) <= MOST_CELLS or cell == larger[-1])
    return view.but(cell=next(fits)) if view.unit == "cell" else view


def units_of(scene: Scene, view: View) -> tuple[np.ndarray, pd.Index]:
    """Return each firm's unit under a view (see ``Scene.units``)."""
    return scene.cells(view.cell) if view.unit == "cell" else scene.units(view.unit)


def whole(scene: Scene, rows: np.ndarray) -> dict[str, int]:
    """Return the counts of all chosen firms."""
    return {name: int(fact[rows].sum()) for name, fact in scene.facts.items()}


def ranked(scene: Scene, view: View, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of units with their names and whether they have a position, most of the measure first."""
    table = table.assign(value=values(view, table))
    if view.unit == "cell":
        towns = scene.main_town(units_of(scene, view)).reindex(table.index)
        around = [scene.read.name("town", code) for code in towns]
        table = table.assign(
            name=[_("%(town)s一带", town=town) if town else _("（未能确定）") for town in around], drawn=True
        )
    else:
        points = positions.points(scene, view.unit).reindex(table.index)
        names = [scene.read.name(view.unit, key) for key in table.index]
        table = table.assign(name=names, drawn=points["lon"].notna().to_numpy())
    table["key"] = table.index.astype(str)
    return table.sort_values(["value", "gap", "key"], ascending=[False, False, True], na_position="last")


def values(view: View, table: pd.DataFrame) -> pd.Series:
    """Return what a view maps, by unit: a count, or the smoothed share, NaN where too few firms stand behind it."""
    found = table[view.measured.column].astype(float)
    return found.where(table["eligible"] >= FEW) if view.measured.rate else found


def _scale(scene: Scene, view: View) -> tuple[Classes, float]:
    """Classes and the largest value, found over all firms of the city, so that a filter never changes the colours."""
    key = ("map.scale", view.measure, view.unit, view.cell if view.unit == "cell" else 0)
    return scene.read.kept.get(key, lambda: _scaled(scene, view))


def _scaled(scene: Scene, view: View) -> tuple[Classes, float]:
    table = scene.count(units_of(scene, view), scene.rows(Filter()))
    found = values(view, table).to_numpy()
    sized = table["eligible"] if view.measured.rate else table[view.measured.column]
    make = classes.of_rates if view.measured.rate else classes.of_counts
    return make(found), float(sized.max() if len(sized) else 0)


def _painted(view: View, table: pd.DataFrame, scale: Classes) -> dict[str, Any]:
    """Classes, colours and opacities of the units of a fill."""
    found = table["value"].to_numpy()
    index = scale.indices(found)
    colours = list(scale.colours)
    if not view.measured.rate:
        index = np.where(found == 0, len(colours), index)
        colours.append(NONE_LEFT)
    return {"classes": index.tolist(), "colours": colours, "certainty": _certainty(view, table)}


def _certainty(view: View, table: pd.DataFrame) -> list[float] | float:
    if not view.measured.rate:
        return PLAIN
    width = (table["high"] - table["low"]).to_numpy()
    return [next(shown for most, shown in CERTAINTY if not value > most) for value in width]


def _told(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the figures told when pointing at a unit."""
    share = (table["smoothed"] * 100).round().astype(int)
    low, high = ((table[name] * 100).round().astype(int) for name in ("low", "high"))
    return [
        {"label": _("未建会企业"), "values": table["gap"].tolist(), "unit": _("家")},
        {"label": _("应建会企业"), "values": table["eligible"].tolist(), "unit": _("家")},
        {"label": _("未建会职工"), "values": table["gap_workers"].tolist(), "unit": _("人")},
        {"label": _("25 人以上未单独建会"), "values": table["without_own_25"].tolist(), "unit": _("家")},
        {"label": _("平滑未建会率"), "values": share.tolist(), "low": low.tolist(), "high": high.tolist(), "unit": "%"},
    ]


def _parts(view: View, table: pd.DataFrame) -> dict[str, Any]:
    keys = [f"{view.unit}:{key}" for key in table.index]
    which, names = pd.factorize(table["name"])  # cells around one town share their name
    return {"keys": keys, "lines": _told(table), "names": list(names), "name": which.tolist()}


def _areas(scene: Scene, view: View, table: pd.DataFrame, scale: tuple[Classes, float]) -> Drawing:
    shapes = positions.areas(scene, view.unit).reindex(table.index)
    table = table[shapes.notna().to_numpy()]
    shapes = shapes.dropna()
    order = np.argsort([-shape.area for shape in shapes], kind="stable")
    table, shapes = table.iloc[order], shapes.iloc[order]
    if view.unit == "county":
        shape = {"areas": list(shapes.index), "dots": [], "values": _county_values(scene, view, table)}
    else:
        dots = shapely.get_coordinates(shapely.point_on_surface(shapes.to_numpy())).tolist()
        shape = {"areas": [basemap.geometry(area, 5) for area in shapes], "dots": dots, "values": []}
    return Drawing("areas", shape=shape, **_painted(view, table, scale[0]), **_parts(view, table))


def _county_values(scene: Scene, view: View, table: pd.DataFrame) -> list[list[Any]]:
    """Return latitude, longitude and value to write below each county's name."""
    counties = basemap.counties_of(scene.read.outlines).loc[table.index]
    texts = [scale_text(view, value) for value in table["value"]]
    return [[point.y, point.x, text] for point, text in zip(basemap.inside(counties), texts, strict=True)]


def scale_text(view: View, value: float) -> str:
    """Return a value as the map writes it, "" for one that is not shown."""
    if np.isnan(value):
        return ""
    return percent(value, 0) if view.measured.rate else number(value)


def _symbols(scene: Scene, view: View, table: pd.DataFrame, scale: tuple[Classes, float]) -> Drawing:
    table = table[table["drawn"]]
    table = table.assign(sized=table["eligible"] if view.measured.rate else table["value"])
    # The small stand on the large, and what tells a rate on what does not.
    table = table.sort_values("sized", ascending=False, kind="stable")
    table = table.sort_values("value", key=lambda value: value.notna(), kind="stable")
    points = positions.points(scene, view.unit).loc[table.index]
    shape = {
        "points": points[["lon", "lat"]].to_numpy().round(5).tolist(),
        "radii": radius(table["sized"].to_numpy(dtype=float), scale[1], len(table)).tolist(),
        "edge": RIM if view.measured.rate else None,
    }
    paint = _painted(view, table, scale[0]) if view.measured.rate else _one_colour(table)
    return Drawing("symbols", shape=shape, **paint, **_parts(view, table))


def _one_colour(table: pd.DataFrame) -> dict[str, Any]:
    return {"classes": [0] * len(table), "colours": [SYMBOL], "certainty": 0.72}


def radius(sized: np.ndarray, top: float, many: int) -> np.ndarray:
    """Return radii in pixels whose circles are as large as the values; nought has none, the least is still seen."""
    largest = LARGEST_PX * (2 / 3 if many > MANY else 1)
    return np.round(np.where(sized > 0, np.maximum(largest * np.sqrt(sized / max(top, 1)), 2.2), 0), 1)


def _cells(scene: Scene, view: View, table: pd.DataFrame, scale: tuple[Classes, float]) -> Drawing:
    grid = hexagons.Grid.on_ground(view.cell, scene.latitude)
    pairs = [hexagons.parse(str(key)) for key in table.index]
    shape = {"cells": pairs, "side": round(grid.side, 3)}
    parts = _parts(view, table) | {"keys": []}  # the script makes them of the cells
    return Drawing("cells", shape=shape, **_painted(view, table, scale[0]), **parts)


def _heat(scene: Scene, view: View) -> Picture:
    rows = scene.rows(view.chosen)
    scale = scene.read.kept.get(("map.heat", view.measure, view.cell), lambda: _heat_scale(scene, view))
    surface = _surface(scene, view, rows)
    index = scale.indices(surface) - (0 if view.measured.rate else 1)
    picture = image_to_url(density.image(np.where(np.isnan(surface), -1, index), scale.colours), origin="upper")
    grid = hexagons.Grid.on_ground(view.cell, scene.latitude)
    shape = {"url": picture, "corners": density.raster(scene, view.cell).corners(), "side": round(grid.side, 3)}
    drawing = Drawing("image", [], [], [], list(scale.colours), [], shape)
    units = scene.cells(view.cell)
    table = ranked(scene, view, scene.count(units, rows))
    return Picture(view, drawing, scale, table, scene.left(units, rows), whole(scene, rows))


def _surface(scene: Scene, view: View, rows: np.ndarray) -> np.ndarray:
    used = rows & scene.precise(view.cell)
    if view.measured.rate:
        return density.ratio(scene, scene.facts["gap"] * used, scene.facts["eligible"] * used, view.cell)
    return density.density(scene, scene.facts[view.measured.column] * used, view.cell)


def _heat_scale(scene: Scene, view: View) -> Classes:
    surface = _surface(scene, view, scene.rows(Filter()))
    found = surface[~np.isnan(surface)]
    return classes.of_rates(found[::17]) if view.measured.rate else classes.of_densities(found)
