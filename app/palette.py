"""Colours of data, once for pages, charts and maps; safe for colour-blind eyes and when printed in grey.

Warm means missing, blue means covered. Within a scale lightness falls steadily, so the order survives a grey print;
the three states differ by at least 20 steps of CIE L*. Union red (``IDENTITY``) marks the product and never data.
"""

from types import MappingProxyType

IDENTITY = "#a3181f"

STATES = MappingProxyType({"own": "#1d3f66", "joint": "#5f9ac2", "none": "#f5c65c", "excluded": "#e3e6ea"})
"""Colour of each primary coverage (``COVERAGE.primary``), and of firms outside the denominator."""

GAP = ("#fff3cf", "#fbd078", "#eda53b", "#c96c1b", "#823a0a")
"""Five classes of a gap (count or rate), few to many."""

COVERED = ("#e4eef6", "#b5d0e6", "#7cadd3", "#3f7fb3", "#1d3f66")
"""Five classes of coverage, low to high."""

BEYOND = MappingProxyType({1: "#3d1503", -1: "#1d3f66"})
"""Lines around what is higher and lower than the whole by more than chance; darker than every fill beneath them."""

SERIES = ("#1d3f66", "#c96c1b", "#5f9ac2", "#7a7f87", "#f5c65c")
"""Colours of the lines and bars of one chart, in this order."""

NO_DATA = "#f2f3f5"
"""Too few or no data; always hatched or labelled as well."""
