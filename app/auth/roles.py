"""Roles and what each may do; a role of a county has its county for an area."""

from collections.abc import Mapping
from types import MappingProxyType

OPEN = "open"
"""Right of what needs no signing in."""

OWN = "own"
"""Right of what everybody may do with their own account."""

RIGHTS = (
    "see", "export", "contacts", "share", "decide", "zones", "approve", "import", "survey", "settings", "outside",
    "accounts", "audit",
)  # fmt: skip
"""Everything that a route can need.

``see`` pages and maps, ``export`` files, ``contacts`` contact data, ``share`` saved views,
``decide`` answers about firms, places, names and suggestions,
``zones`` drafts of boundaries, ``approve`` boundaries and joint unions,
``import`` registers and layers, ``survey`` start runs,
``settings`` of the installation, ``outside`` what lets requests leave the
machine, ``accounts`` of others, ``audit`` the record of who did what.
"""

ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "administrator": frozenset(RIGHTS),
        "planner": frozenset(RIGHTS) - {"accounts", "audit", "approve", "outside"},
        "editor": frozenset({"see", "export", "contacts", "share", "decide", "zones", "import"}),
        "viewer": frozenset({"see", "export", "contacts"}),
        "presenter": frozenset({"see", "export"}),
    }
)
"""Rights of each role."""

OF_A_COUNTY = frozenset({"editor", "viewer"})
"""Roles that are given for one county; the others see the whole city, a presenter either."""

EITHER = frozenset({"presenter"})
"""Roles that may be given for the city or for one county."""
