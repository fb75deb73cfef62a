"""What lies in a bounding box at a zoom: cells counted from arrays kept with the survey, or firms where few are left.

The whole city is counted once for a choice of firms and a cell size; a box is then a cut of small arrays. So a pan
costs the same over a thousand firms and over a million.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from flask_babel import get_locale
from flask_babel import gettext as _

from app import palette
from app.maps import classes, flags, forms, hexagons
from app.maps.classes import Classes
from app.maps.frame import Bounds
from app.maps.scene import FEW, Scene
from app.maps.view import CELLS, View
from app.pages import number
from geo import rates
from geo.gaps import Filter

PLAIN = 10_000
"""Firms up to which the browser gets all that it draws at once."""

POINTS = 2_000
"""Firms in view from which on cells are drawn instead of them."""

AROUND = {"cells": 4_000, "points": 4_000}
"""Cells and firms up to which a margin around the window is sent with it, so that a small move asks for nothing."""

DEEPEST = 99.0
"""A zoom that no map reaches."""

FINEST_PX = 16
"""Distance between neighbouring cells on the screen that is drawn at least."""

SIZES = (100, 200, *CELLS, 10_000, 20_000)
EQUATOR_M_PX = 156_543.03392804097
"""Metres a pixel at zoom 0 at the equator (tiles of 256 pixels)."""

STATES = ("none", "joint", "own")


@dataclass(frozen=True)
class Counted:
    """Cells with firms of a choice: ``COUNTS`` and what the measure shows, one entry a cell.

    ``place`` is the number of each cell among all of its size, ``prior`` what its share is smoothed with.
    """

    spacing_m: int
    place: np.ndarray
    counts: dict[str, np.ndarray]
    value: np.ndarray
    prior: rates.Prior
    interval: np.ndarray
    """Smoothed share, low and high end of each cell; -1 until somebody looks there."""


@dataclass(frozen=True)
class Window:
    """A box in projected metres and the zoom it is seen at."""

    west: float
    south: float
    east: float
    north: float
    zoom: float

    @classmethod
    def of(cls, bounds: Bounds, zoom: float) -> "Window":
        """Return the window of a box in degrees."""
        x, y = hexagons.project(np.array([bounds[0], bounds[2]]), np.array([bounds[1], bounds[3]]))
        return cls(float(x[0]), float(y[0]), float(x[1]), float(y[1]), zoom)

    def widened(self, share: float) -> "Window":
        """Return the window with ``share`` of its width and height added on each side."""
        across, up = (self.east - self.west) * share, (self.north - self.south) * share
        return replace(
            self, west=self.west - across, south=self.south - up, east=self.east + across, north=self.north + up
        )

    def box(self) -> Bounds:
        """Return the box in degrees."""
        lon, lat = hexagons.unproject(np.array([self.west, self.east]), np.array([self.south, self.north]))
        return float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1])

    def holds(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return which points lie in the box."""
        return (x >= self.west) & (x <= self.east) & (y >= self.south) & (y <= self.north)


def live(scene: Scene, view: View) -> bool:
    """Return whether a view is drawn by box and zoom: its cells or points are too many to send at once."""
    return view.by in ("grid", "points") and len(scene.x) > PLAIN


def spacing(scene: Scene, view: View, zoom: float) -> int:
    """Return the cell size for a zoom: the one asked for, unless a browser would draw too many of them."""
    least = _coarsest(scene) / 2**zoom
    return next((size for size in SIZES if size >= max(least, _least(view))), SIZES[-1])


def zooms(scene: Scene, view: View, size: int) -> tuple[float, float]:
    """Return from which zoom on, and below which, cells of a size are drawn."""
    smaller = [other for other in SIZES if _least(view) <= other < size]
    first, last = (float(np.log2(_coarsest(scene) / metres)) for metres in (size, smaller[-1] if smaller else size))
    return (0.0 if size == SIZES[-1] else first), (last if smaller else DEEPEST)


def _coarsest(scene: Scene) -> float:
    """Return the least distance of cells at zoom 0, in metres."""
    return float(FINEST_PX * EQUATOR_M_PX * np.cos(np.radians(scene.latitude)))


def _least(view: View) -> int:
    return view.cell if view.by == "grid" else 0


def seen(scene: Scene, view: View, window: Window, margin: float = 0.0) -> dict[str, Any]:
    """Return what a view shows in a window, as the script draws it (``layers.Drawing.payload``), and its cell size.

    Columns are arrays; NaN stands for what is not known, and is written as null. ``box`` is what the answer holds in
    truth: the window, with ``margin`` of its size on each side where that is not too much. It stands for the zooms
    from the first of ``zooms`` to below the last; ``settled``: what is seen within the box has no better answer.
    """
    size = spacing(scene, view, window.zoom)
    found = counted(scene, view, size)
    side = hexagons.Grid.on_ground(size, scene.latitude).side
    shown = within(scene, found, window, side)
    wide = window.widened(margin)
    more = within(scene, found, wide, side) if margin else shown
    if view.by == "points" and found.counts["eligible"][shown].sum() <= POINTS:
        fits = found.counts["eligible"][more].sum() <= AROUND["points"]
        box, cut = (wide, more) if fits else (window, shown)
        return points(scene, members(scene, view, found, cut), box) | _range(box, (window.zoom, DEEPEST), settled=True)
    box, cut = (wide, more) if len(more) <= AROUND["cells"] else (window, shown)
    told = _range(box, zooms(scene, view, size), settled=view.by == "grid")
    return _cells(scene, view, found, cut) | {"side": round(side, 3), "spacing": size} | told


def _range(box: Window, zoomed: tuple[float, float], *, settled: bool) -> dict[str, Any]:
    return {"box": box.box(), "zooms": zoomed, "settled": settled}


def within(scene: Scene, found: Counted, window: Window, side: float) -> np.ndarray:
    """Return which cells lie in a window; they are ordered from south to north, so only its rows are looked at."""
    _q, _r, x, y = centres(scene, found.spacing_m)
    first, last = np.searchsorted(y, [window.south - side, window.north + side])
    first, last = np.searchsorted(found.place, [first, last])
    across = x[found.place[first:last]]
    return first + np.flatnonzero((across >= window.west - side) & (across <= window.east + side))


def counted(scene: Scene, view: View, size: int) -> Counted:
    """Return the cells of a choice, counted once."""
    return scene.read.kept.get(("map.counted", view.measure, size, view.chosen), lambda: _counted(scene, view, size))


def members(scene: Scene, view: View, found: Counted, shown: np.ndarray) -> np.ndarray:
    """Return the places in FIRMS of the choice's firms in the cells shown, in the denominator."""
    order, starts = scene.read.kept.get(("map.order", found.spacing_m), lambda: _ordered(scene, found.spacing_m))
    parts = [order[starts[cell] : starts[cell + 1]] for cell in found.place[shown]]
    places = np.concatenate(parts) if parts else np.empty(0, dtype="int32")
    return places[scene.rows(view.chosen)[places] & (scene.facts["eligible"][places] > 0)]


def points(scene: Scene, places: np.ndarray, window: Window | None = None) -> dict[str, Any]:
    """Return firms as dots by state, those placed at a house; ``vague`` are in the same cells and cannot be drawn."""
    if window is not None:
        places = places[window.holds(scene.x[places], scene.y[places])]
    fine = places[scene.read.columns.rows(Filter(precise=True))[places]]
    firms = scene.read.survey.firms
    rows = firms.iloc[fine]
    lon, lat = hexagons.unproject(scene.x[fine], scene.y[fine])
    gap = scene.facts["gap"][fine] > 0
    state = np.where(gap, 0, np.where(rows["primary"].astype(object).eq("own"), 2, 1))
    order = np.argsort(-state, kind="stable")  # what has no union is drawn above the rest
    workers = [None if np.isnan(value) else int(value) for value in _float(rows["workers"])[order]]
    return {
        "form": "symbols", "keys": [f"firm:{key}" for key in rows.index.to_numpy()[order]],
        "classes": state[order].tolist(), "colours": [palette.STATES[name] for name in STATES],
        "certainty": 0.95, "names": rows["name"].to_numpy(dtype=object)[order].tolist(), "name": list(range(len(fine))),
        "lines": [{"label": _("职工"), "values": workers, "unit": _("人"), "none": _("人数不详")}],
        "links": None, "edge": "#4a5564", "radii": [4.5] * len(fine),
        "points": np.column_stack([lon, lat])[order].round(5).tolist(),
        "gap": gap[order].astype(int).tolist(), "eligible": [1] * len(fine), "vague": len(places) - len(fine),
    }  # fmt: skip


def everything(scene: Scene, view: View) -> dict[str, Any]:
    """Return all firms of a choice as dots."""
    fit = scene.rows(view.chosen) & (scene.facts["eligible"] > 0) & ~np.isnan(scene.x)
    return points(scene, np.flatnonzero(fit))


def _float(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=float, na_value=np.nan)


def _ordered(scene: Scene, size: int) -> tuple[np.ndarray, np.ndarray]:
    numbers, keys = scene.cells(size)
    order = np.argsort(numbers, kind="stable").astype("int32")
    return order, np.searchsorted(numbers[order], np.arange(len(keys) + 1))


def _counted(scene: Scene, view: View, size: int) -> Counted:
    numbers, keys = scene.cells(size)
    sums = scene.sums(numbers, len(keys), scene.rows(view.chosen))
    place = np.flatnonzero(sums["eligible"])
    counts = {name: values[place].astype("int32") for name, values in sums.items()}
    measured = view.measured
    whole, part = (counts[name] for name in (measured.whole, measured.part))
    prior = rates.prior(pd.Series(part), pd.Series(whole))
    if measured.flag:
        q, r, _x, _y = centres(scene, size)
        value = flags.of(measured, part, whole, rates.of_hexagons(q[place], r[place]))
    else:
        value = _share(part, whole, prior) if measured.rate else _number(counts, measured.column)
    return Counted(size, place.astype("int32"), counts, value, prior, np.full((3, len(place)), -1, dtype="float32"))


def _number(counts: dict[str, np.ndarray], column: str) -> np.ndarray:
    """Return a count; of workers NaN where not one of the counts behind it is known."""
    found = counts[column].astype(float)
    if column != "gap_workers":
        return found
    return np.where((found == 0) & (counts["gap_workers_unknown"] > 0), np.nan, found)


def _share(part: np.ndarray, whole: np.ndarray, prior: rates.Prior) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (part + prior.strength * prior.mean) / (whole + prior.strength)
    return np.where(whole >= FEW, share, np.nan)


def centres(scene: Scene, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the axial coordinates of all cells of a size, and their centres in projected metres."""
    return scene.read.kept.get(("map.centres", size), lambda: _centres(scene, size))


def _centres(scene: Scene, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    pairs = [hexagons.parse(key) or (0, 0) for key in scene.cells(size)[1]]
    q, r = np.array(pairs, dtype="int64").reshape(-1, 2).T
    return q, r, *hexagons.Grid.on_ground(size, scene.latitude).centres(q, r)


def _cells(scene: Scene, view: View, found: Counted, shown: np.ndarray) -> dict[str, Any]:
    counts = {name: values[shown] for name, values in found.counts.items()}
    size, (q, r, _x, _y) = found.spacing_m, centres(scene, found.spacing_m)
    scale, said = _said(scene, view, size)
    cells = found.place[shown]
    index = scale.indices(found.value[shown])
    if not view.measured.rate:
        index = np.where(found.value[shown] == 0, len(scale.colours), index)
    interval = _interval(found, view, shown)
    spoken = ("map.celltowns", size, str(get_locale()))
    names, towns = scene.read.kept.get(spoken, lambda: _towns(scene, size))
    return {
        "form": "cells", "keys": [], "cells": np.column_stack([q[cells], r[cells]]),
        "classes": index.astype("int8"), "colours": [*scale.colours, forms.NONE_LEFT],
        "names": names, "name": towns[cells],
        "certainty": forms.opacities(interval[2] - interval[1]) if view.measured.graded else forms.PLAIN,
        "lines": _lines(view, counts, interval), "links": None,
        "gap": counts["gap"], "eligible": counts["eligible"], "scale": said, "size": metres(size),
    }  # fmt: skip


def _said(scene: Scene, view: View, size: int) -> tuple[Classes, list[tuple[str, str]]]:
    """Return the classes of cells of a size, and what is written beside each of their colours."""

    def make() -> tuple[Classes, list[tuple[str, str]]]:
        scale = classed(scene, view, size)
        said = flags.labels(view.measured) if view.measured.flag else scale.labels()
        nought = [] if view.measured.rate else [(_("0（应建已建）"), forms.NONE_LEFT)]
        return scale, [*nought, *zip(said, scale.colours, strict=True)]

    asked = view.cell if view.measured.rate else size
    return scene.read.kept.get(("map.cellwords", view.measure, asked, str(get_locale())), make)


def metres(value: int) -> str:
    """Return a cell size in words."""
    return _("%(n)s 米", n=value) if value < 1000 else _("%(n)s 公里", n=number(value / 1000, 0))


def _interval(found: Counted, view: View, shown: np.ndarray) -> np.ndarray:
    """Return the smoothed share and its interval of some cells, each worked out when it is first looked at."""
    new = shown[found.interval[0, shown] < 0]
    if len(new):
        part, whole = (found.counts[name][new].astype("int64") for name in (view.measured.part, view.measured.whole))
        pairs, back = np.unique(part * (1 << 32) + whole, return_inverse=True)  # each different pair once
        table = rates.posterior((pairs >> 32).astype(float), (pairs & ((1 << 32) - 1)).astype(float), *found.prior)
        found.interval[:, new] = np.nan_to_num(np.stack(table))[:, back]
    told: np.ndarray = found.interval[:, shown]
    return told


def _lines(view: View, counts: dict[str, np.ndarray], interval: np.ndarray) -> list[dict[str, Any]]:
    workers, unknown = counts["gap_workers"], counts["gap_workers_unknown"]
    untold = (workers == 0) & (unknown > 0)
    smoothed, low, high = (interval * 100).round().astype("int16", order="C")
    rate = _("人数不详占未建会") if view.measure == "unknown" else _("平滑未建会率")
    lines = [
        {"label": _("未建会企业"), "values": counts["gap"], "unit": _("家")},
        {"label": _("应建会企业"), "values": counts["eligible"], "unit": _("家")},
        {"label": _("未建会职工"), "values": np.where(untold, np.nan, workers), "unit": _("人"), "none": _("人数不详")},
        {"label": rate, "values": smoothed, "low": low, "high": high, "unit": "%"},
    ]
    if view.measure != "opportunity":
        return lines
    return [*lines, {"label": _("已列入建会建议"), "values": counts["opportunity"], "unit": _("家")}]


def _towns(scene: Scene, size: int) -> tuple[list[str], np.ndarray]:
    """Return what the cells of a size are called after, and which of these each is."""
    codes, towns = pd.factorize(scene.main_town(scene.cells(size)))
    named = [_("%(town)s一带", town=scene.read.name("town", code)) for code in towns]
    return [*named, _("（未能确定）")], np.where(codes < 0, len(named), codes)


def classed(scene: Scene, view: View, size: int) -> Classes:
    """Return the classes of cells over all firms: of a share the same at every zoom, of a count one set a cell size."""
    if view.measured.flag:
        return flags.scale(view.measured)
    size = view.cell if view.measured.rate else size
    return scene.read.kept.get(("map.cellscale", view.measure, size), lambda: _scale(scene, view, size))


def _scale(scene: Scene, view: View, size: int) -> Classes:
    found = counted(scene, view.but(chosen=Filter()), size)
    return (classes.of_rates if view.measured.rate else classes.of_counts)(found.value)
