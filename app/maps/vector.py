"""Our own basemap as vector tiles, for cities with more streets than a browser draws at ease: built by a command.

One file for the city and one for each county, cut at its border: an account is served the file of its area. Tiles hold
shapes and kinds, no names; names come with the context, within the area of who asks.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
import shapely
from flask import url_for
from folium.template import Template
from sqlalchemy.orm import Session

from app import store
from app.config import settings
from app.maps import basemap
from geo.frames import CRS
from geo.io.tiles import write_tiles

KINDS = ("water", "green", "built", "rail", "road", "other")
"""What layers beside those of the office may be."""

LIBRARY = ("protomaps_leaflet", "https://unpkg.com/protomaps-leaflet@5.1.0/dist/protomaps-leaflet.js")


class GroundLayer(folium.map.Layer):
    """A Folium layer of our own vector tiles."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.atlas.ground({{ this.address|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, address: str, *, title: str, shown: bool = True) -> None:
        super().__init__(name=title, overlay=True, show=shown)
        self._name, self._id, self.address = "Ground", "ground", address


def file(scope: store.Scope) -> Path:
    """Return where the tiles of an area lie, whether they have been built or not."""
    return settings().instance / "basemap" / f"{scope.county_code or 'city'}.pmtiles"


def address(scope: store.Scope) -> str:
    """Return the address of the tiles of an area, "" if none have been built; it changes with the file."""
    path = file(scope)
    return url_for("map.ground", v=f"{int(path.stat().st_mtime):x}", on=None) if path.is_file() else ""


def add(drawn: folium.Map, address: str, *, title: str, shown: bool = True) -> None:
    """Add the tiles to a map, with the library that draws them."""
    drawn.default_js = [*drawn.default_js, LIBRARY]
    drawn.add_child(GroundLayer(address, title=title, shown=shown))


def build(
    session: Session, extra: Sequence[gpd.GeoDataFrame] = (), *, told: Callable[[str, int], None] | None = None
) -> dict[str, int]:
    """Build the tiles of the city and of each county; return how many shapes of each kind the city has.

    Parameters
    ----------
    extra : layers beside those stored (``kind`` of ``KINDS``, geometry in WGS-84)
    told : hears each area and its number of shapes
    """
    outlines = store.read(session, "outlines", store.CITY)
    survey = store.surveys.latest(session, store.CITY)
    places = store.read(session, "places", store.CITY) if survey is None else survey.places
    every = _shapes(outlines, places, extra)
    counties = basemap.counties_of(outlines)
    file(store.CITY).parent.mkdir(parents=True, exist_ok=True)
    drop()
    for code, area in (("", None), *counties.geometry.items()):
        part = every if area is None else _within(every, area)
        if len(part):
            write_tiles(file(store.Scope(str(code) or None)), part)
        if told is not None:
            told(str(code), len(part))
    return {str(kind): int(count) for kind, count in every["kind"].value_counts().items()}


def drop() -> int:
    """Delete the tiles and return how many files that were; maps then draw streets and zones as before."""
    found = list(file(store.CITY).parent.glob("*.pmtiles"))
    for path in found:
        path.unlink()
    return len(found)


def _shapes(
    outlines: gpd.GeoDataFrame, places: gpd.GeoDataFrame, extra: Sequence[gpd.GeoDataFrame]
) -> gpd.GeoDataFrame:
    towns = outlines[outlines["level"].eq("town") & outlines["valid_to"].isna()].assign(kind="town")
    known = places[places["kind"].isin(("street", "zone"))]
    parts = [frame[["kind", "geometry"]] for frame in (*extra, towns, known)]
    every = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=CRS)
    sound = every.geometry.notna() & ~every.geometry.is_empty
    return every[sound & (shapely.get_dimensions(every.geometry.to_numpy()) > 0)]


def _within(every: gpd.GeoDataFrame, area: shapely.Geometry) -> gpd.GeoDataFrame:
    shapely.prepare(area)
    near = every[shapely.intersects(area, every.geometry.to_numpy())]
    shapes = near.geometry.to_numpy()
    inside = shapely.contains(area, shapes)
    cut = shapes.copy()
    cut[~inside] = shapely.intersection(shapely.make_valid(shapes[~inside]), area)
    found = near.set_geometry(gpd.GeoSeries(cut, index=near.index, crs=every.crs))
    whole = shapely.get_dimensions(cut) == shapely.get_dimensions(shapes)
    return found[whole & ~shapely.is_empty(cut)]
