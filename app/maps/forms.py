"""A table of units in one of the forms a layer draws: areas, symbols, cells."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _

from app import palette
from app.maps import basemap, flags, hexagons, positions
from app.maps.classes import Classes
from app.maps.layers import Drawing
from app.maps.scene import Scene
from app.maps.view import View
from app.pages import number, percent, told

SYMBOL = palette.GAP[3]
RIM = "#8b95a1"
"""Edge of symbols coloured by rate, so that pale ones stand out from the ground."""

NONE_LEFT = palette.COVERED[1]
"""Colour of units whose count is nought: everything there is covered."""

LARGEST_PX, MANY = 24.0, 400
"""Radius of the largest symbol; where more than ``MANY`` symbols are drawn it is two thirds of that."""

FULL, PLAIN = 0.92, 0.85
CERTAINTY = ((0.15, FULL), (0.30, 0.7), (np.inf, 0.45))
"""Width of the 90 % interval up to which a rate is drawn with an opacity."""


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
    if not view.measured.rate or view.measured.flag:
        return PLAIN
    prefix = "" if view.measured.part == "gap" else "unknown_"
    return opacities((table[f"{prefix}high"] - table[f"{prefix}low"]).to_numpy())


def opacities(width: np.ndarray) -> list[float]:
    """Return the opacity of rates by the width of their intervals; unknown width counts as narrow."""
    place = np.searchsorted([most for most, _shown in CERTAINTY[:-1]], np.nan_to_num(width), side="left")
    found: list[float] = np.array([shown for _most, shown in CERTAINTY])[place].tolist()
    return found


def _told(view: View, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the figures told when pointing at a unit."""
    share = (table["smoothed"] * 100).round().astype(int)
    low, high = ((table[name] * 100).round().astype(int) for name in ("low", "high"))
    return [
        {"label": _("未建会企业"), "values": table["gap"].tolist(), "unit": _("家")},
        {"label": _("应建会企业"), "values": table["eligible"].tolist(), "unit": _("家")},
        of_workers(_("未建会职工"), table["gap_workers"], table["gap_workers_unknown"]),
        of_size(_("25 人以上未单独建会"), table),
        {"label": _("平滑未建会率"), "values": share.tolist(), "low": low.tolist(), "high": high.tolist(), "unit": "%"},
        *_more(view, table),
    ]


def _more(view: View, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the line of a measure that is not told of every unit."""
    if view.measure == "opportunity":
        return [{"label": _("已列入建会建议"), "values": table["opportunity"].tolist(), "unit": _("家")}]
    if view.measure == "unknown":
        share = [None if np.isnan(value) else round(value * 100) for value in table["unknown_raw"]]
        return [{"label": _("人数不详占未建会"), "values": share, "unit": "%", "none": "—"}]
    return []


def of_size(name: str, table: pd.DataFrame) -> dict[str, Any]:
    """Return the line of firms of 25 and over; none found where no size is known is None, told as ``none``."""
    columns = (table[column].tolist() for column in ("without_own_25", "gap_workers", "gap_workers_unknown"))
    values = [
        value or told(value, None if people else missing) for value, people, missing in zip(*columns, strict=True)
    ]
    return {"label": name, "values": values, "unit": _("家"), "none": "—"}


def of_workers(name: str, sums: pd.Series, unknown: pd.Series) -> dict[str, Any]:
    """Return the line of a sum of workers: None is told as ``none``; firms without a count as ``more``."""
    values = [told(value, missing) for value, missing in zip(sums.tolist(), unknown.tolist(), strict=True)]
    line = {"label": name, "values": values, "unit": _("人")}
    if not unknown.any():
        return line
    return line | {"none": _("人数不详"), "unknown": unknown.tolist(), "more": _("另 {n} 家人数不详")}


def _parts(view: View, table: pd.DataFrame) -> dict[str, Any]:
    keys = [f"{view.unit}:{key}" for key in table.index]
    which, names = pd.factorize(table["name"])  # cells around one town share their name
    return {"keys": keys, "lines": _told(view, table), "names": list(names), "name": which.tolist()}


def areas(scene: Scene, view: View, table: pd.DataFrame, scale: tuple[Classes, float]) -> Drawing:
    """Return outlines coloured by class, the largest first, with dots for those too small to see from afar."""
    towns = view.by == "town"
    every = scene.read.kept.get("map.towns", lambda: _towns(scene)) if towns else positions.areas(scene, view.unit)
    shapes = every.reindex(table.index)
    table = table[shapes.notna().to_numpy()]
    shapes = shapes.dropna()
    order = np.argsort([-shape.area for shape in shapes], kind="stable")
    table, shapes = table.iloc[order], shapes.iloc[order]
    if view.unit == "county":
        shape = {"areas": list(shapes.index), "dots": [], "values": _county_values(scene, view, table)}
    elif towns:
        shape = {"areas": [basemap.geometry(area) for area in shapes], "dots": [], "values": []}
    else:
        dots = shapely.get_coordinates(shapely.point_on_surface(shapes.to_numpy())).tolist()
        shape = {"areas": [basemap.geometry(area, 5) for area in shapes], "dots": dots, "values": []}
    return Drawing("areas", shape=shape, **_painted(view, table, scale[0]), **_parts(view, table))


def _towns(scene: Scene) -> pd.Series:
    """Return the town outlines with simpler borders that still fit together."""
    shapes = positions.areas(scene, "town")
    return pd.Series(basemap.simplified(gpd.GeoDataFrame(geometry=list(shapes), index=shapes.index)), dtype=object)


def _county_values(scene: Scene, view: View, table: pd.DataFrame) -> list[list[Any]]:
    """Return latitude, longitude and value to write below each county's name."""
    counties = basemap.counties_of(scene.read.outlines).loc[table.index]
    texts = [scale_text(view, value) for value in table["value"]]
    return [[point.y, point.x, text] for point, text in zip(basemap.inside(counties), texts, strict=True)]


def scale_text(view: View, value: float) -> str:
    """Return a value as the map writes it, "" for one that is not shown."""
    if view.measured.flag:
        return flags.sign(view.measured, value)
    if np.isnan(value):
        return ""
    return percent(value, 0) if view.measured.rate else number(value)


def symbols(scene: Scene, view: View, table: pd.DataFrame, scale: tuple[Classes, float]) -> Drawing:
    """Return circles as large as the count; for a rate as large as its denominator, and coloured by class."""
    table = table[table["drawn"]]
    table = table.assign(sized=table[view.measured.whole] if view.measured.rate else table["value"])
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


def cells(scene: Scene, view: View, table: pd.DataFrame, scale: tuple[Classes, float]) -> Drawing:
    """Return hexagons coloured by class."""
    grid = hexagons.Grid.on_ground(view.cell, scene.latitude)
    pairs = [hexagons.parse(str(key)) for key in table.index]
    shape = {"cells": pairs, "side": round(grid.side, 3)}
    parts = _parts(view, table) | {"keys": []}  # the script makes them of the cells
    return Drawing("cells", shape=shape, **_painted(view, table, scale[0]), **parts)
