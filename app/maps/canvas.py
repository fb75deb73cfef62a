"""A map without data of its own, on which a page's script draws: basemap and bearings of the city."""

from app.maps import basemap, context, scene
from app.maps.assets import Component, render
from app.maps.frame import AtlasMap, with_controls
from app.maps.locator import bearings
from app.pages import asset
from app.reading import Reading
from app.security import nonce


def blank(read: Reading, *, label: str) -> Component:
    """Return the whole city's basemap with streets, zones and names; ``label`` is for screen readers."""
    now = scene.of(read)
    drawn = AtlasMap(now.bounds, label=label, zoomable=True, limits=now.bounds)
    basemap.add(drawn, basemap.counties_of(read.outlines))
    context.add(drawn, bearings(read))
    return render(with_controls(drawn, layers=False), link=asset, nonce=nonce())
