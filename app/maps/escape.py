"""The one place where text of a registry becomes safe to put on a map.

Folium writes some texts into HTML and some into JavaScript template literals, so a name must be harmless in both: as
HTML it shows as written, inside back-ticks it neither ends the literal nor starts an expression.
"""

from typing import Any

from markupsafe import Markup, escape

_LITERAL = str.maketrans({"`": "&#96;", "$": "&#36;", "\\": "&#92;", "{": "&#123;", "}": "&#125;"})


def name(text: Any) -> str:
    """Return a registry's text as HTML that is also safe inside a JavaScript template literal."""
    return str(escape(str(text))).translate(_LITERAL)


def trusted(markup: str) -> Markup:
    """Mark as finished HTML what this package wrote, with every name in it passed through ``name`` or JSON."""
    return Markup(markup)  # noqa: S704 - the one place where text becomes markup
