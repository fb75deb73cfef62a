"""A picture as a Folium map: the frame, the basemap, the layer of data, the controls."""

import secrets
from collections.abc import Callable
from dataclasses import replace

from flask_babel import get_locale
from flask_babel import gettext as _

from app.basemaps import Tiles
from app.current import scope
from app.maps import basemap, context, vector, words
from app.maps.assets import Component, render
from app.maps.drawing import PICTURES, Picture
from app.maps.frame import AtlasMap, Bounds, with_controls
from app.maps.layers import DrawnLayer
from app.maps.scene import Scene
from app.maps.tiles import TileLayer
from app.maps.view import View
from app.reading import Kept

MARK = secrets.token_hex(16)
"""What stands for an answer's nonce in a map that is kept."""


def component(
    scene: Scene, picture: Picture, *, bearings: str, link: Callable[[str], str], nonce: str, tiles: Tiles | None = None
) -> Component:
    """Return ``of`` a picture in the day's own classes as a component of a page; the last ones are kept as written."""
    plain = picture.view.but(at="", shape="")
    kept = scene.read.kept.get("map.components", lambda: Kept(PICTURES))
    key = (plain, bearings, tiles, vector.address(scope()), str(get_locale()))
    made: Component = kept.get(
        key, lambda: render(of(scene, picture, bearings=bearings, tiles=tiles), link=link, nonce=MARK)
    )
    return replace(made, scripts=made.scripts.replace(MARK, nonce))


def of(scene: Scene, picture: Picture, *, bearings: str, key: str = "main", tiles: Tiles | None = None) -> AtlasMap:
    """Return the map of a picture, ready to render; ``bearings`` is the address of its context.

    ``tiles``: a basemap from outside above our own, whose streets and names then are off until asked for.
    """
    view = picture.view
    counties = basemap.counties_of(scene.read.outlines)
    label = _(
        "地图：%(measure)s，%(form)s；同样内容见“看列表”",
        measure=words.MEASURES[view.measure],
        form=words.FORMS[view.by],
    )
    drawn = AtlasMap(
        extent(scene, view), label=label, limits=scene.bounds, key=key, datum=tiles.datum if tiles else "wgs84"
    )
    basemap.add(drawn, counties)
    if tiles:
        drawn.add_child(TileLayer(tiles))
    context.add(drawn, bearings, shown=tiles is None, tiled=not context.redrawn(scene.read))
    drawn.add_child(DrawnLayer(picture.drawing, title=str(words.MEASURES[view.measure])))
    return with_controls(drawn)


def extent(scene: Scene, view: View) -> Bounds:
    """Return what the map looks at first: the counties chosen, else the whole city."""
    counties = basemap.counties_of(scene.read.outlines)
    chosen = counties[counties.index.isin(view.chosen.county)]
    return basemap.bounds_of(chosen) if len(chosen) else scene.bounds
