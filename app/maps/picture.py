"""A picture as a Folium map: the frame, the basemap, the layer of data, the controls."""

from flask_babel import gettext as _

from app.maps import basemap, context, words
from app.maps.drawing import Picture
from app.maps.frame import AtlasMap, with_controls
from app.maps.layers import DrawnLayer
from app.maps.scene import Scene


def of(scene: Scene, picture: Picture, *, bearings: str) -> AtlasMap:
    """Return the map of a picture, ready to render; ``bearings`` is the address of its context."""
    view = picture.view
    counties = basemap.counties_of(scene.read.outlines)
    label = _(
        "地图：%(measure)s，%(form)s；同样内容见“看列表”",
        measure=words.MEASURES[view.measure],
        form=words.FORMS[view.by],
    )
    drawn = AtlasMap(scene.bounds, label=label)
    basemap.add(drawn, counties)
    context.add(drawn, bearings)
    drawn.add_child(DrawnLayer(picture.drawing, title=str(words.MEASURES[view.measure])))
    return with_controls(drawn)
