"""Words of the import pages: what templates ask for, found by name."""

from collections.abc import Callable
from typing import Any

from app.imports.request import ANY_KIND, DATUMS
from app.labels import explain, label, options
from geo.registry import KINDS as PLACE_KINDS
from geo.registry import gates, severity

KINDS = ("enterprises", "unions", "members", "headcounts", *(f"places:{kind}" for kind in PLACE_KINDS))
"""Kinds of file as the pages name them."""
OSM = f"places:{ANY_KIND}"
"""A file of OpenStreetMap, which may hold several kinds."""


def import_kinds() -> list[tuple[str, str]]:
    """Return the kinds of file, for the select box."""
    return [(kind, label("import_kind", kind)) for kind in (*KINDS, OSM)]


def datums() -> list[tuple[str, str]]:
    """Return the datums, for the select box."""
    known = dict(options("datum"))
    return [(datum, known.get(datum, datum)) for datum in DATUMS]


def fault_severity(code: str) -> str:
    """Return how much a fault weighs: reject, warn or note."""
    return severity(code)


def finding_severity(code: str) -> str:
    """Return how much a finding about a whole file weighs: bad, warn or ok."""
    return gates.severity(code)


def stopping(findings: list[Any]) -> dict[str, Any] | None:
    """Return what has to be contradicted before a file is imported: its ``datum`` is one to choose, else empty."""
    stop = gates.stops([(code, detail) for code, detail in findings])
    if stop is None:
        return None
    datum = stop[1].get("datum", "")
    return {"datum": datum if datum in DATUMS else ""}


def refusal_text(code: str, detail: dict[str, Any] | None) -> str:
    """Return why a file or run was refused, in words."""
    for kind in ("refusal", "run_error", "fault"):
        told = explain(kind, code, detail or {})
        if told != code:
            return told
    return code


GLOBALS: tuple[Callable[..., Any], ...] = (
    import_kinds,
    datums,
    fault_severity,
    finding_severity,
    stopping,
    refusal_text,
)
"""What templates may call."""
