"""What gives bearings once one looks closer: names of towns, course of streets, zones, names; sent once."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _
from folium.template import Template

from app import store
from app.current import scope
from app.db import session, standing
from app.maps import basemap, positions, vector
from app.maps.frame import AtlasMap
from app.maps.scene import Scene
from app.reading import Reading

NAMED = {"town": 10.25, "zone": 11.5, "market": 14.0, "building": 14.5, "street": 14.75}
"""Kinds whose names are written, and the zoom from which they are."""

LINED = {"zone": 10.5, "street": 12.0}
"""Kinds whose outline or course is drawn, and the zoom from which it is."""

MOST = 20_000
"""Places of a kind sent at most; a city with more streets needs tiles."""


class ContextLayer(folium.map.Layer):
    """A Folium layer that fetches the context when the map is there, and shows each part from its zoom on."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.atlas.context({{ this.address|tojson }}, {{ this.part|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, address: str, part: str, *, title: str, shown: bool = True) -> None:
        super().__init__(name=title, overlay=True, show=shown)
        self._name, self._id = "Context", part
        self.address, self.part = address, part


@dataclass(frozen=True)
class Lines:
    """The zones of an earlier day, and whether today's are others: those of the day, and the keys of today's."""

    then: gpd.GeoDataFrame
    today: frozenset[str]
    redrawn: bool


def add(drawn: AtlasMap, address: str, *, shown: bool = True, tiled: bool = True) -> AtlasMap:
    """Add both parts of the context, which the page fetches from ``address``; returns the same map.

    Where vector tiles of the caller's area have been built, they are drawn instead of the lines, unless zones had
    other lines on the day that is shown (``tiled``): tiles are of today.
    """
    tiles = vector.address(scope()) if tiled else ""
    if tiles:
        vector.add(drawn, tiles, title=_("道路、园区"), shown=shown)
    else:
        drawn.add_child(ContextLayer(address, "lines", title=_("道路、园区"), shown=shown))
    drawn.add_child(ContextLayer(address, "names", title=_("地名"), shown=shown))
    return drawn


def inputs() -> int:
    """Return the number of the state of registers and layers: the context changes with it."""

    def asked() -> int:
        with session() as opened:
            return store.input_version(opened)

    return standing(("map.inputs",), asked)


def of(scene: Scene) -> dict[str, Any]:
    """Return the context: ``lines`` by kind (zoom, encoded courses) and ``names`` (text, latitude, longitude, zoom).

    Zones of an earlier day are those whose lines were in force on it.
    """
    made = lambda: {"lines": _lines(scene), "names": _names(scene)}  # noqa: E731
    return scene.read.kept.get(("map.context", inputs()), made)


def redrawn(read: Reading) -> bool:
    """Return whether zones had other lines on the day of a reading than they have today."""
    lines = _earlier(read)
    return lines is not None and lines.redrawn


def _earlier(read: Reading) -> Lines | None:
    """Return the zones of an earlier day, None of the newest, which shows those of today."""
    if not read.days or read.on == read.days[0]:
        return None
    return read.kept.get(("map.zones", inputs()), partial(_zones_on, read.on))


def _zones_on(day: date) -> Lines:
    with session() as opened:
        then, now = store.lines.on(opened, scope(), day), store.lines.in_force(opened, scope())
    return Lines(then, frozenset(map(str, now.index)), redrawn=not store.lines.same(then, now))


def _lines(scene: Scene) -> list[dict[str, Any]]:
    places, earlier = scene.read.survey.places, _earlier(scene.read)
    found = []
    for kind, zoom in LINED.items():
        chosen = places[places["kind"].eq(kind)] if kind != "zone" or earlier is None else earlier.then
        chosen = chosen[chosen.geometry.notna()].head(MOST)
        shapes = shapely.simplify(chosen.geometry.to_numpy(), 2e-5)
        drawn = [shape for shape in shapes if shapely.get_dimensions(shape) > 0]
        found.append({"kind": kind, "zoom": zoom, "shapes": [basemap.geometry(shape, 5) for shape in drawn]})
    return found


def _names(scene: Scene) -> list[list[Any]]:
    found: list[list[Any]] = []
    earlier = _earlier(scene.read)
    for kind, zoom in NAMED.items():
        numbers, keys = scene.units(kind)
        firms = pd.Series(np.bincount(numbers[numbers >= 0], minlength=len(keys)), index=keys)
        points = positions.points(scene, kind).assign(firms=firms).dropna(subset=["lon"])
        if kind == "zone" and earlier is not None:
            points = points[~points.index.isin(list(earlier.today))]
            found += _named_then(earlier.then, zoom)
        ordered = points.sort_values("firms", ascending=False, kind="stable").head(MOST)
        found += [
            [scene.read.name(kind, key), round(row.lat, 5), round(row.lon, 5), zoom]
            for key, row in zip(ordered.index, ordered.itertuples(), strict=True)
        ]
    return found


def _named_then(zones: gpd.GeoDataFrame, zoom: float) -> list[list[Any]]:
    drawn = zones[zones.geometry.notna()]
    points = shapely.point_on_surface(drawn.geometry.to_numpy())
    return [
        [name, round(point.y, 5), round(point.x, 5), zoom] for name, point in zip(drawn["name"], points, strict=True)
    ]
