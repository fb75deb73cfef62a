"""The one place where text of a registry becomes safe to put on a map.

Folium writes some texts into HTML and some into JavaScript template literals, so a name must be harmless in both: as
HTML it shows as written, inside back-ticks it neither ends the literal nor starts an expression.
"""

import json
from typing import Any

from markupsafe import Markup, escape

_LITERAL = str.maketrans({"`": "&#96;", "$": "&#36;", "\\": "&#92;", "{": "&#123;", "}": "&#125;"})

_SCRIPT = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&'\u2028\u2029"})


def name(text: Any) -> str:
    """Return a registry's text as HTML that is also safe inside a JavaScript template literal."""
    return str(escape(str(text))).translate(_LITERAL)


def script(value: Any) -> str:
    """Return a value as JSON that may stand inside ``<script>``: it cannot end it. NaN is refused: it is not JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_SCRIPT)


def trusted(markup: str) -> Markup:
    """Mark as finished HTML what this package wrote, with every name in it passed through ``name`` or JSON."""
    return Markup(markup)  # noqa: S704 - the one place where text becomes markup
