"""Layers of data as Folium layers: areas, graduated symbols and cells, each written as one compact drawing."""

from dataclasses import dataclass, field
from typing import Any

import folium
from folium.template import Template

from app.maps import escape


@dataclass(frozen=True)
class Drawing:
    """What a layer shows; all sequences have one entry per item, in the order of drawing (later ones on top).

    ``classes`` index ``colours``, -1 means too few to tell (hatched). ``certainty`` is the opacity. ``lines`` are the
    figures told when pointing at an item: ``{"label": …, "values": […], "unit": …}``; in a line of workers None is
    told as ``none``, and ``unknown`` firms beside a sum as ``more``; ``name`` indexes ``names``; a
    click follows ``links`` where there are some, else it opens the panel. ``shape`` holds what the form needs:
    ``areas`` (GeoJSON geometries or keys of outlines); ``points`` and ``radii`` (px); ``cells`` (q, r) and ``side``
    (projected metres). Texts are plain: the script puts them into the page as text.
    """

    form: str
    keys: list[str]
    classes: list[int]
    certainty: list[float] | float
    colours: list[str]
    lines: list[dict[str, Any]]
    shape: dict[str, Any]
    names: list[str] = field(default_factory=list)
    name: list[int] = field(default_factory=list)
    links: list[str] | None = None

    def payload(self) -> dict[str, Any]:
        """Return the drawing as the script takes it."""
        return {name: value for name, value in vars(self).items() if name != "shape"} | self.shape


class DrawnLayer(folium.map.Layer):
    """A Folium layer that draws one ``Drawing``."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.atlas.draw({{ this.written }});
        {% endmacro %}
        """
    )

    def __init__(self, drawing: Drawing, *, title: str, key: str = "drawn") -> None:
        super().__init__(name=title, overlay=True, control=False)
        self._name = "DrawnLayer"
        self._id = key
        self.written = escape.script(drawing.payload())
