"""Words of the import pages: what templates ask for, found by name."""

from collections.abc import Callable
from typing import Any

from app.advice import ADVICE
from app.current import scope
from app.imports.request import ANY_KIND, DATUMS
from app.labels import explain, label, options
from geo.registry import KINDS as PLACE_KINDS
from geo.registry import gates, weight

KINDS = ("enterprises", "unions", "members", "headcounts", *(f"places:{kind}" for kind in PLACE_KINDS))
"""Kinds of file as the pages name them."""
DIVISIONS = "places:division"
OSM = f"places:{ANY_KIND}"
"""A file of OpenStreetMap, which may hold several kinds."""


def import_kinds() -> list[tuple[str, str]]:
    """Return the kinds of file that the caller may import, for the select box.

    Divisions are the city's; a county draws its zones at the desk.
    """
    own = tuple(kind for kind in KINDS if kind not in (DIVISIONS, "places:zone"))
    kinds = (*KINDS, OSM) if scope().county_code is None else own
    return [(kind, label("import_kind", kind)) for kind in kinds]


def datums() -> list[tuple[str, str]]:
    """Return the datums, for the select box."""
    known = dict(options("datum"))
    return [(datum, known.get(datum, datum)) for datum in DATUMS]


def fault_severity(code: str) -> str:
    """Return what a fault does with its row: reject, skip, warn or note."""
    return weight(code)


def finding_severity(code: str) -> str:
    """Return how much a finding about a whole file weighs: bad, warn or ok."""
    return gates.severity(code)


def stopping(findings: list[Any]) -> dict[str, Any] | None:
    """Return what has to be contradicted before a file is imported, None if nothing has.

    ``confirm`` names what (datum, outside); ``datum`` is one to choose instead, else empty.
    """
    stops = [(code, detail) for code, detail in findings if code in gates.STOPS]
    if not stops:
        return None
    datum = next((detail["datum"] for _code, detail in stops if detail.get("datum") in DATUMS), "")
    return {"datum": datum, "confirm": list(dict.fromkeys(gates.STOPS[code] for code, _detail in stops))}


def refusal_text(code: str, detail: dict[str, Any] | None) -> str:
    """Return why a file or run was refused, in words."""
    for kind in ("refusal", "run_error", "fault"):
        told = explain(kind, code, detail or {})
        if told != code:
            return told
    return code


def refusal_advice(code: str) -> str:
    """Return what can be done about a refused file, "" where there is nothing to say."""
    return str(ADVICE.get(code, ""))


GLOBALS: tuple[Callable[..., Any], ...] = (
    import_kinds,
    datums,
    fault_severity,
    finding_severity,
    stopping,
    refusal_text,
    refusal_advice,
)
"""What templates may call."""
