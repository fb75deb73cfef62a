"""What the page says of errors and faults of boundaries, in the user's language."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from app.labels import explain
from app.pages import number
from geo.errors import AtlasError

KINDS = ("boundary_refusal", "zone_refusal", "shape_fault", "zone_fault")
"""Lists that know codes of ``geo.zones``, in the order of search."""

_KM2 = 1e6
_WHOLE_M2 = 10


def area(m2: float) -> str:
    """Return an area as people read it: square kilometres from one on, whole square metres from ten on."""
    if m2 >= _KM2:
        return _("%(n)s 平方公里", n=number(m2 / _KM2, 2))
    return _("%(n)s 平方米", n=number(m2, 0 if m2 >= _WHOLE_M2 else 1))


def measured(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail of an error or fault with its ``area_m2`` in words besides, as ``area``."""
    return dict(detail) if detail.get("area_m2") is None else {**detail, "area": area(detail["area_m2"])}


def said(error: AtlasError, names: Callable[[str], str] | None = None) -> str:
    """Return an error as a sentence; where no list knows its code, that of the general refusal.

    ``names`` turns keys of zones into names; without it they are shown as the key has them.
    """
    for kind in KINDS:
        told = explain(kind, error.code, measured(error.detail or {}), names=names)
        if told and told != error.code:
            return told
    return explain("boundary_refusal", "ZONE_REQUEST")
