"""Folium's pages without the internet: every link is rewritten through one table, an unknown one is an error.

Folium asks for its libraries at public addresses. ``render`` lets the parts of a map write their links into the
figure's header, rewrites each of them to a file of this installation, and returns the three parts of the figure (links,
markup, script) for our own page to take in; so the page keeps its content policy, and no frame is needed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import branca.element
import folium
from branca.element import CssLink, Element, JavascriptLink, Link
from markupsafe import Markup

from app.maps import escape
from geo.errors import AtlasError

OWN = "atlas:"
"""Prefix of links to our own files in ``app/static``."""

_NPM = "https://cdn.jsdelivr.net/npm/"
VENDORED: Mapping[str, str] = MappingProxyType({
    f"{_NPM}leaflet@1.9.3/dist/leaflet.js": "vendor/leaflet/leaflet.js",
    f"{_NPM}leaflet@1.9.3/dist/leaflet.css": "vendor/leaflet/leaflet.css",
    f"{_NPM}leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": "vendor/leaflet.fullscreen/Control.FullScreen.js",
    f"{_NPM}leaflet.fullscreen@3.0.0/Control.FullScreen.css": "vendor/leaflet.fullscreen/Control.FullScreen.css",
    "https://unpkg.com/protomaps-leaflet@5.1.0/dist/protomaps-leaflet.js":
        "vendor/protomaps-leaflet/protomaps-leaflet.js",
    f"{OWN}map/layers.js": "map/layers.js",
    f"{OWN}map/sheet.js": "map/sheet.js",
    f"{OWN}map/live.js": "map/live.js",
    f"{OWN}map/map.css": "map/map.css",
})  # fmt: skip
"""What Folium asks for → the file below ``app/static`` that answers (1.9.4 mends 1.9.3, with the same interface)."""

REFUSED = (folium.Popup, folium.Icon)
"""Parts that need jQuery or Awesome Markers; a click opens our own panel instead."""


class Finished:
    """Text that a part of a map has written, handed out as it is.

    Folium writes each part once, names from registers in it, and hands the result to branca, which takes it for a
    template again: a firm called ``{{ 7 * 7 }}`` would be calculated, and could run anything here.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, **_values: Any) -> str:
        """Return the text."""
        return self.text


branca.element.Template = Finished  # type: ignore[attr-defined, assignment]  # branca's own templates are made already


class MissingAssetError(AtlasError):
    """A part of a map needs a file that this installation does not carry: a programmer's fault."""

    code = "MISSING_ASSET"


@dataclass(frozen=True)
class Component:
    """A rendered map for a page: ``styles`` for the head, ``html``, and ``scripts`` for the end of the body."""

    styles: Markup
    html: Markup
    scripts: Markup


def render(drawn: folium.Map, *, link: Callable[[str], str], nonce: str, linked: bool = False) -> Component:
    """Render a Folium map as a component of our own page.

    Parameters
    ----------
    drawn : a map in its own figure; rendering twice is not meant
    link : path below ``app/static`` → address
    nonce : this answer's nonce; the inline script carries it
    linked : whether another map of the same page has brought the files already

    Raises
    ------
    MissingAssetError
        If a part asks for an address that is not in ``VENDORED``, or needs a library that is not carried.
    """
    figure: Any = drawn.get_root()
    _refuse(figure)
    for child in list(figure._children.values()):
        child.render()
    links = [part for part in figure.header._children.values() if isinstance(part, Link)]
    for part in links:
        part.url = link(vendored(part.url))
    for part in links if linked else ():
        figure.header._children.pop(part.get_name(), None)
    links = [] if linked else links
    scripts = [part.render() for part in links if isinstance(part, JavascriptLink)]
    inline = f'<script nonce="{nonce}">(() => {{{figure.script.render()}}})();</script>'
    return Component(
        styles=escape.trusted("\n".join(part.render() for part in links if isinstance(part, CssLink))),
        html=escape.trusted(figure.html.render()),
        scripts=escape.trusted("\n".join([*scripts, inline])),
    )


def vendored(url: str) -> str:
    """Return the path below ``app/static`` for an address Folium asks for.

    Raises
    ------
    MissingAssetError
        If it is not in the table.
    """
    try:
        return VENDORED[url]
    except KeyError:
        raise MissingAssetError(f"no file of this installation answers {url!r}", detail={"url": url}) from None


def _refuse(figure: Element) -> None:
    for part in _parts(figure):
        if isinstance(part, REFUSED):
            raise MissingAssetError(f"{type(part).__name__} needs libraries that are not carried")


def _parts(element: Element) -> Iterator[Element]:
    for child in element._children.values():
        yield child
        yield from _parts(child)
