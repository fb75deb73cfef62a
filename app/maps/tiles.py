"""A basemap of tiles from outside as a Folium layer: above our own ground, which shows where a tile is missing."""

import folium
from flask_babel import gettext as _
from folium.template import Template

from app.basemaps import Tiles
from app.maps import escape


class TileLayer(folium.map.Layer):
    """A Folium layer of tiles in the usual web scheme."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.atlas.tiles({{ this.written }});
        {% endmacro %}
        """
    )

    def __init__(self, tiles: Tiles) -> None:
        super().__init__(name=tiles.name, overlay=True, control=False)
        self._name, self._id = "Tiles", "tiles"
        told = {"urls": tiles.urls, "subdomains": tiles.subdomains, "maxNativeZoom": tiles.max_zoom}
        failed = _("有些底图图块取不到，那里显示本机底图。")
        self.written = escape.script(told | {"failed": failed})
