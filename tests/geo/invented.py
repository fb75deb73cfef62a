"""Small invented registers, as rows of dictionaries, for tests of the later stages."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.frames import DECISIONS, ENTERPRISES, FIRMS, LINKS, MEMBERSHIPS, PLACES, UNIONS, Spec
from geo.io.rules import read_rules
from geo.rules import RuleSet

ON = date(2025, 12, 31)
DATA = Path(__file__).resolve().parents[2] / "data"

_FIRM = {"address": "望江路1号", "status": "active", "legal_person": True, "established": "2010-01-01"}
_LOCATED = {
    "county_code": "990101",
    "level": "number",
    "location_status": "auto",
    "lon": 121.0,
    "lat": 32.0,
    "radius_m": 30.0,
}
_COVERED = {"eligible": True, "primary": "none", "secondary": False, "federation_only": False, "covered": False}
_UNION = {"kind": "own", "county_code": "990101", "approved_on": "2012-05-01"}


@cache
def rules(day: date = ON) -> RuleSet:
    """Return the shipped rules in force on a day."""
    return read_rules(DATA).in_force(day)


def frame(spec: Spec, rows: Mapping[str, Mapping[str, Any]] | None, **defaults: Any) -> pd.DataFrame:
    """Return a conformed frame from rows by key."""
    if not rows:
        return spec.empty()
    filled = {key: {**defaults, **row} for key, row in rows.items()}
    return spec.conform(pd.DataFrame.from_dict(filled, orient="index").astype("object").pipe(_typed))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.where(table.notna(), None)


def enterprises(rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return ENTERPRISES; a row needs nothing but its key."""
    named = {key: {"name": f"{key}有限公司", **row} for key, row in rows.items()}
    return frame(ENTERPRISES, named, **_FIRM)


def firms(rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return FIRMS: active legal persons without a union, located at a number, unless a row says otherwise."""
    full = {}
    for key, row in rows.items():
        workers = row.get("workers", 10)
        gap = row.get("eligible", True) and row.get("primary", "none") == "none"
        size = "unknown" if workers is None else "25_and_over" if workers >= 25 else "under_25"
        path = {"unknown": "unknown", "25_and_over": "own_promote", "under_25": "choice"}[size] if gap else None
        derived = {"workers": workers, "gap": gap, "covered": not gap, "size_class": size, "path": path}
        full[key] = {"name": f"{key}有限公司", **_FIRM, **_LOCATED, **_COVERED, **derived, **row}
    table = frame(FIRMS, full)
    for column in ("flags", "federations", "path_rules", "candidates", "components", "location_reasons"):
        table[column] = [value if isinstance(value, list) else [] for value in table[column]]
    return table


def unions(rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return UNIONS: own unions approved in 2012 unless a row says otherwise."""
    return frame(UNIONS, {key: {"name": f"{key}工会委员会", **row} for key, row in rows.items()}, **_UNION)


def links(rows: Sequence[tuple[str, str, str]], **more: Any) -> pd.DataFrame:
    """Return sure LINKS from (union, role, member); members that begin with ``union`` are unions."""
    table = {
        f"{union}|{number}": {
            "union_id": union,
            "role": role,
            "member_id": member,
            "member_kind": "union" if member.startswith("union") else "enterprise",
            **more,
        }
        for number, (union, role, member) in enumerate(rows)
    }
    return frame(LINKS, table, method="uscc", score=1.0, status="auto")


def memberships(rows: Mapping[str, Mapping[str, Any]] | None = None) -> pd.DataFrame:
    """Return MEMBERSHIPS of enterprises."""
    return frame(MEMBERSHIPS, rows, member_kind="enterprise")


def decisions(rows: Mapping[str, Mapping[str, Any]] | None = None) -> pd.DataFrame:
    """Return DECISIONS."""
    return frame(DECISIONS, rows)


def places(rows: Mapping[str, Mapping[str, Any]] | None = None) -> gpd.GeoDataFrame:
    """Return PLACES; the kind is read from the key (``building:990101:…``), ``geometry`` is optional."""
    if not rows:
        return PLACES.empty()
    full = {
        key: {"kind": key.split(":")[0], "name": key.split(":")[-1], "county_code": key.split(":")[1], **row}
        for key, row in rows.items()
    }
    shapes = [row.pop("geometry", None) for row in full.values()]
    table = pd.DataFrame.from_dict({key: {"origin": "layer", **row} for key, row in full.items()}, orient="index")
    return PLACES.conform(gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326"))
