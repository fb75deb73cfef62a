"""What the page says of errors and faults of boundaries, in the user's language."""

from app.labels import explain
from geo.errors import AtlasError

KINDS = ("boundary_refusal", "zone_refusal", "shape_fault", "zone_fault")
"""Lists that know codes of ``geo.zones``, in the order of search."""


def said(error: AtlasError) -> str:
    """Return an error as a sentence; where no list knows its code, that of the general refusal."""
    for kind in KINDS:
        told = explain(kind, error.code, error.detail)
        if told and told != error.code:
            return told
    return explain("boundary_refusal", "ZONE_REQUEST")
