"""The basemap we carry: county outlines in quiet tones and their names; nothing is fetched.

County lines are a working background from the outlines that the installation holds, never a statement on borders.
"""

import json
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import shapely
from flask_babel import gettext as _
from folium.template import Template

from app.maps import escape
from app.maps.frame import AtlasMap, Bounds

LAND, BORDER = "#f6f7f5", "#9aa5b1"
TOLERANCE = 0.0006
"""Degrees (about 60 m) by which shared borders are simplified, all together so that no gap opens."""


class Outlines(folium.map.Layer):
    """The outlines of areas, written once: ground below the data, borders above, shapes for fills to refer to."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.atlas.outlines(
                {{ this._parent.get_name() }}, {{ this.shapes|tojson }}, {{ this.tones|tojson }}
            );
        {% endmacro %}
        """
    )

    def __init__(self, counties: gpd.GeoDataFrame) -> None:
        super().__init__(name=_("县界"), overlay=True)
        self._name, self._id = "Outlines", "base"
        self.shapes = {str(code): geometry(area) for code, area in simplified(counties).items()}
        self.tones = {"land": LAND, "border": BORDER}


def add(drawn: AtlasMap, counties: gpd.GeoDataFrame, *, names: bool = True) -> AtlasMap:
    """Add ground, county borders and names of OUTLINES of one level; returns the same map."""
    drawn.add_child(Outlines(counties))
    if names:
        drawn.add_child(labels(counties))
    return drawn


def labels(counties: gpd.GeoDataFrame) -> folium.FeatureGroup:
    """Return the names of areas as a layer, each at a point inside its area."""
    group = folium.FeatureGroup(name=_("县名"))
    for title, point in zip(counties["name"], inside(counties), strict=True):
        icon = folium.DivIcon(html=f"<span>{escape.name(title)}</span>", icon_size=(0, 0), class_name="atlas-name")
        marker = folium.Marker([point.y, point.x], icon=icon, interactive=False, keyboard=False, pane="names")
        group.add_child(marker)
    return group


def counties_of(outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return today's county outlines (level county, still in force)."""
    return outlines[outlines["level"].eq("county") & outlines["valid_to"].isna() & outlines.geometry.notna()]


def bounds_of(frame: gpd.GeoDataFrame) -> Bounds:
    """Return the box around all geometries."""
    west, south, east, north = (float(value) for value in frame.total_bounds)
    return west, south, east, north


def simplified(frame: gpd.GeoDataFrame, tolerance: float = TOLERANCE) -> gpd.GeoSeries:
    """Return the areas with simpler borders that still fit together."""
    return gpd.GeoSeries(
        shapely.coverage_simplify(frame.geometry.to_numpy(), tolerance), index=frame.index, crs=frame.crs
    )


def inside(frame: gpd.GeoDataFrame) -> list[shapely.Point]:
    """Return a point well inside each area: the centre of its largest inscribed circle."""
    return [shapely.get_point(shapely.maximum_inscribed_circle(area), 0) for area in frame.geometry]


def geometry(area: shapely.Geometry, digits: int = 4) -> dict[str, Any]:
    """Return a GeoJSON geometry, its coordinates rounded (4 digits are about 10 m)."""
    drawn: dict[str, Any] = json.loads(
        shapely.to_geojson(shapely.transform(area, lambda points: np.round(points, digits)))
    )
    return drawn
