"""What gives bearings once one looks closer: names of towns, course of streets, zones, names; sent once."""

from typing import Any

import folium
import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _
from folium.template import Template

from app.current import scope
from app.maps import basemap, positions, vector
from app.maps.frame import AtlasMap
from app.maps.scene import Scene

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


def add(drawn: AtlasMap, address: str, *, shown: bool = True) -> AtlasMap:
    """Add both parts of the context, which the page fetches from ``address``; returns the same map.

    Where vector tiles of the caller's area have been built, they are drawn instead of the lines.
    """
    tiles = vector.address(scope())
    if tiles:
        vector.add(drawn, tiles, title=_("道路、园区"), shown=shown)
    else:
        drawn.add_child(ContextLayer(address, "lines", title=_("道路、园区"), shown=shown))
    drawn.add_child(ContextLayer(address, "names", title=_("地名"), shown=shown))
    return drawn


def of(scene: Scene) -> dict[str, Any]:
    """Return the context: ``lines`` by kind (zoom, encoded courses) and ``names`` (text, latitude, longitude, zoom)."""
    return scene.read.kept.get("map.context", lambda: {"lines": _lines(scene), "names": _names(scene)})


def _lines(scene: Scene) -> list[dict[str, Any]]:
    places = scene.read.survey.places
    found = []
    for kind, zoom in LINED.items():
        chosen = places[places["kind"].eq(kind) & places.geometry.notna()].head(MOST)
        shapes = shapely.simplify(chosen.geometry.to_numpy(), 2e-5)
        drawn = [shape for shape in shapes if shapely.get_dimensions(shape) > 0]
        found.append({"kind": kind, "zoom": zoom, "shapes": [basemap.geometry(shape, 5) for shape in drawn]})
    return found


def _names(scene: Scene) -> list[list[Any]]:
    found: list[list[Any]] = []
    for kind, zoom in NAMED.items():
        numbers, keys = scene.units(kind)
        firms = pd.Series(np.bincount(numbers[numbers >= 0], minlength=len(keys)), index=keys)
        points = positions.points(scene, kind).assign(firms=firms).dropna(subset=["lon"])
        ordered = points.sort_values("firms", ascending=False, kind="stable").head(MOST)
        found += [
            [scene.read.name(kind, key), round(row.lat, 5), round(row.lon, 5), zoom]
            for key, row in zip(ordered.index, ordered.itertuples(), strict=True)
        ]
    return found
