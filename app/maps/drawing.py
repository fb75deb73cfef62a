"""From a view to what is drawn: units counted, classes fixed over the whole city, one ``Drawing`` for the layer."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from folium.utilities import image_to_url

from app.maps import cells, classes, density, flags, forms, hexagons, positions
from app.maps.classes import Classes
from app.maps.layers import Drawing
from app.maps.scene import FEW, Scene
from app.maps.view import CELLS, View
from app.pages import untold
from app.reading import Kept
from geo import rates
from geo.gaps import Filter

MOST_CELLS = 8_000
"""Cells that a browser draws at ease."""


PICTURES = 16
"""Pictures of a reading that are kept, each some hundred kilobytes."""


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


def draw(scene: Scene, view: View, basis: Scene | None = None) -> Picture:
    """Return the picture of a view; classes and sizes are those of ``basis``, so that days can be compared.

    The last pictures in a day's own classes are kept: what is chosen on one, or drawn over it, does not change it.
    """
    if basis is not None:
        return _drawn(scene, view, basis)
    plain = view.but(at="", shape="")
    kept = scene.read.kept.get("map.pictures", lambda: Kept(PICTURES))
    made: Picture = kept.get((plain, str(get_locale())), lambda: _drawn(scene, plain, scene))
    return replace(made, view=made.view.but(at=view.at, shape=view.shape))


def _drawn(scene: Scene, view: View, basis: Scene) -> Picture:
    view = fitting(scene, view)
    if view.by == "heat":
        return _heat(scene, view, basis)
    if view.by == "points" or cells.live(scene, view):
        return _in_view(scene, view)
    table = ranked(scene, view, counted(scene, view))
    scale, top = _scale(basis, view)
    filled = view.by in ("county", "town") or view.unit == "zone"
    make = forms.areas if filled else forms.cells if view.unit == "cell" else forms.symbols
    return Picture(view, make(scene, view, table, (scale, top)), scale, table, *_sums(scene, view), top)


def _sums(scene: Scene, view: View) -> tuple[dict[str, int], dict[str, int]]:
    """Return the counts of the chosen firms in no unit, and of all of them."""
    key = ("map.left", view.unit, view.cell if view.unit == "cell" else 0, view.chosen)
    rows = scene.rows(view.chosen)
    return scene.read.kept.get(key, lambda: (scene.left(units_of(scene, view), rows), whole(scene, rows)))


def counted(scene: Scene, view: View) -> pd.DataFrame:
    """Return the counts of a view's units, kept: the page, its parts and its lists ask for the same ones."""
    key = ("map.table", view.unit, view.cell if view.unit == "cell" else 0, view.chosen)
    return scene.read.kept.get(key, lambda: scene.count(units_of(scene, view), scene.rows(view.chosen)))


def fitting(scene: Scene, view: View) -> View:
    """Return the view with cells so large that a browser can draw them all; the legend says their size."""
    if view.by == "heat" and view.measured.flag:  # of a surface nobody can say how many places are tested
        view = view.but(by="grid")
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
    if view.measured.flag:
        table = table.assign(flag=_flags(scene, view, table))
    table = table.assign(value=values(view, table))
    if view.unit == "cell":
        towns = scene.main_town(units_of(scene, view)).reindex(table.index)
        around = [scene.read.name("town", code) for code in towns]
        table = table.assign(
            name=[_("%(town)s一带", town=town) if town else _("（未能确定）") for town in around], drawn=True
        )
    else:
        points = positions.points(scene, view.unit)["lon"] if view.by != "town" else positions.areas(scene, "town")
        names = [scene.read.name(view.unit, key) for key in table.index]
        table = table.assign(name=names, drawn=points.reindex(table.index).notna().to_numpy())
    table["key"] = table.index.astype(str)
    return table.sort_values(["value", "gap", "key"], ascending=[False, False, True], na_position="last")


def values(view: View, table: pd.DataFrame) -> pd.Series:
    """Return what a view maps, by unit: a count, or the smoothed share, NaN where too few firms stand behind it.

    A sum of workers is NaN where not one of the counts behind it is known.
    """
    found = table[view.measured.column].astype(float)
    if view.measured.column == "gap_workers":
        pairs = zip(table["gap_workers"], table["gap_workers_unknown"], strict=True)
        return found.mask([untold(*pair) for pair in pairs])
    return found.where(table[view.measured.whole] >= FEW) if view.measured.rate and not view.measured.flag else found


def _flags(scene: Scene, view: View, table: pd.DataFrame) -> np.ndarray:
    part, whole = table[view.measured.part].to_numpy(), table[view.measured.whole].to_numpy()
    if view.unit != "cell":
        return flags.of(view.measured, part, whole, flags.around(scene, view.unit, table.index))
    pairs = np.array([hexagons.parse(str(key)) for key in table.index], dtype="int64").reshape(-1, 2)
    return flags.of(view.measured, part, whole, rates.of_hexagons(*pairs.T))


def _scale(scene: Scene, view: View) -> tuple[Classes, float]:
    """Classes and the largest value, found over all firms of the city, so that a filter never changes the colours."""
    if view.measured.flag:
        table = scene.count(units_of(scene, view), scene.rows(Filter()))
        return flags.scale(view.measured), float(table[view.measured.whole].max() if len(table) else 0)
    key = ("map.scale", view.measure, view.unit, view.cell if view.unit == "cell" else 0)
    return scene.read.kept.get(key, lambda: _scaled(scene, view))


def _scaled(scene: Scene, view: View) -> tuple[Classes, float]:
    table = scene.count(units_of(scene, view), scene.rows(Filter()))
    found = values(view, table).to_numpy()
    sized = table[view.measured.whole] if view.measured.rate else table[view.measured.column]
    make = classes.of_rates if view.measured.rate else classes.of_counts
    return make(found), float(sized.max() if len(sized) else 0)


def _heat(scene: Scene, view: View, basis: Scene) -> Picture:
    rows = scene.rows(view.chosen)
    scale = basis.read.kept.get(("map.heat", view.measure, view.cell), lambda: _heat_scale(basis, view))
    surface, score = _surface(scene, view, rows)
    index = scale.indices(surface) - (0 if view.measured.rate else 1)
    painted = density.image(np.where(np.isnan(surface), -1, index), scale.colours, score)
    picture = image_to_url(painted, origin="upper")
    grid = hexagons.Grid.on_ground(view.cell, scene.latitude)
    shape = {"url": picture, "corners": density.raster(scene, view.cell).corners(), "side": round(grid.side, 3)}
    drawing = Drawing("image", [], [], [], list(scale.colours), [], shape)
    table = ranked(scene, view, counted(scene, view))
    return Picture(view, drawing, scale, table, *_sums(scene, view))


def _in_view(scene: Scene, view: View) -> Picture:
    """Return a picture whose drawing the script asks for box by box, or that of few firms as dots."""
    table = ranked(scene, view, counted(scene, view))
    scale = cells.classed(scene, view, view.cell)
    if cells.live(scene, view):
        drawing = Drawing(
            "live", [], [], [], list(scale.colours), [], {"url": url_for("map.in_view", on=scene.read.on.isoformat())}
        )
    else:
        drawn = cells.everything(scene, view)
        own = {name: drawn.pop(name) for name in ("keys", "classes", "certainty", "colours", "lines", "names", "name")}
        drawing = Drawing(drawn.pop("form"), links=drawn.pop("links"), shape=drawn, **own)
    return Picture(view, drawing, scale, table, *_sums(scene, view))


def _surface(scene: Scene, view: View, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Return what is mapped, and of a share how far beyond chance it is."""
    used = rows & scene.precise(view.cell)
    if view.measured.rate:
        part, whole = scene.facts[view.measured.part], scene.facts[view.measured.whole]
        return density.ratio(scene, part * used, whole * used, view.cell)
    return density.density(scene, scene.facts[view.measured.column] * used, view.cell), None


def _heat_scale(scene: Scene, view: View) -> Classes:
    surface, _score = _surface(scene, view, scene.rows(Filter()))
    found = surface[~np.isnan(surface)]
    return classes.of_rates(found[::17]) if view.measured.rate else classes.of_densities(found)
