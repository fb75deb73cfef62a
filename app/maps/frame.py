"""The empty map: a Folium map without tiles, in Chinese, kept to the city, with panes in a fixed order."""

from typing import Any

import folium
from flask_babel import gettext as _
from folium.plugins import Fullscreen
from folium.template import Template
from folium.utilities import JsCode

from app.maps.assets import OWN

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

PANES = {"ground": 200, "tiles": 210, "fills": 300, "lines": 350, "marks": 420, "names": 620}
"""Panes from below to above. Names let clicks through."""


class AtlasMap(folium.Map):
    """A Folium map that asks for Leaflet alone, has a name for screen readers, and leaves the page's styles alone.

    ``datum`` is that of its basemap: positions are WGS-84 throughout and are shifted only where they become pixels.
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map atlas-map" id="{{ this.get_name() }}" role="region"
                 aria-label="{{ this.label|e }}"></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                crs: L.atlas.crs({{ this.datum|tojson }}),
                maxBounds: {{ this.limits|tojson }},
                ...{{ this.options|tojavascript }}
            }).fitBounds({{ this.extent|tojson }});
            L.atlas.prepare({{ this.get_name() }}, {
                words: {{ this.words|tojson }}, limits: {{ this.limits|tojson }}, extent: {{ this.extent|tojson }}
            });
        {% endmacro %}
        """
    )

    def __init__(
        self, bounds: Bounds, *, label: str, key: str = "main", zoomable: bool = True, limits: Bounds | None = None,
        datum: str = "wgs84",
    ) -> None:  # fmt: skip
        super().__init__(tiles=None, location=[(bounds[1] + bounds[3]) / 2, (bounds[0] + bounds[2]) / 2])
        self._id, self.datum = key, datum
        own = [(f"atlas_{name}", f"{OWN}map/{name}.js") for name in ("layers", "sheet", "live")]
        self.default_js = [*folium.Map.default_js[:1], *own]
        self.default_css = [*folium.Map.default_css[:1], ("atlas_map", f"{OWN}map/map.css")]
        self.label = label
        self.extent = framed(bounds)
        self.limits = _corners(widened(limits or bounds, 0.5))
        self.words = {"zoomIn": _("放大"), "zoomOut": _("缩小"), "metre": _("米"), "kilometre": _("公里")}
        self.options = {
            "zoom_control": False, "attribution_control": False, "prefer_canvas": True, "max_bounds_viscosity": 1.0,
            "max_zoom": 18, "zoom_snap": 0.25, "zoom_delta": 0.5, "scroll_wheel_zoom": zoomable,
        }  # fmt: skip
        for name, order in PANES.items():
            self.add_child(folium.map.CustomPane(name, z_index=order, pointer_events=name in ("fills", "marks")))


def with_controls(drawn: AtlasMap, *, layers: bool = True) -> AtlasMap:
    """Add full screen and the switch of layers, both with Chinese texts; call it last."""
    full: Any = Fullscreen
    drawn.add_child(
        full(
            position="topright",
            title=_("全屏"),
            title_cancel=_("退出全屏"),
            force_separate_button=True,
            fullscreen_element=JsCode(f"{drawn.get_name()}.getContainer().closest('.map-frame')"),
        )
    )
    if layers:
        drawn.add_child(folium.LayerControl(position="topright", collapsed=True))
    return drawn


def framed(bounds: Bounds) -> list[list[float]]:
    """Return what a map of ``bounds`` looks at, a little wider, as Leaflet wants it: corners, latitude first."""
    return _corners(widened(bounds, 0.02))


def widened(bounds: Bounds, share: float) -> Bounds:
    """Return the box with ``share`` of its width and height added on each side."""
    west, south, east, north = bounds
    across, up = (east - west) * share, (north - south) * share
    return west - across, south - up, east + across, north + up


def _corners(bounds: Bounds) -> list[list[float]]:
    return [[bounds[1], bounds[0]], [bounds[3], bounds[2]]]
