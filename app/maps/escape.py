"""The one place where text of a registry becomes safe to put on a map.

Folium writes some texts into HTML and some into JavaScript template literals, so a name must be harmless in both: as HTML it
shows as written, inside back-ticks it neither ends the literal nor starts an expression.
"""

import json
from typing import Any

from markupsafe import Markup, escape

_LITERAL = str.maketrans({"`": "&#96;", "$": "&#36;", "\\": "&#92;", "{": "&#123;", "}": "&#125;"})
_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def name(text: Any) -> str:
    """Return a registry's text as HTML that is also safe inside a JavaScript template literal."""
    return str(escape(str(text))).translate(_LITERAL)


def script(value: Any) -> Markup:
    """Return a value as JSON that cannot end the ``<script>`` it stands in. NaN is refused: it is not JSON."""
    return Markup(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_SCRIPT))
