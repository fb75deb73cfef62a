"""What a person asks of an import: the file, what it holds, and how its columns are to be read."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from geo.errors import FileRefused
from geo.registry import KINDS as PLACE_KINDS

KINDS = ("enterprises", "headcounts", "unions", "members", "places")
"""What a file may hold."""
ANY_KIND = "osm"
"""Stands for all kinds of places that an OpenStreetMap extract holds."""
DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")


@dataclass(frozen=True)
class Request:
    """One file to import.

    ``columns`` (field → column, "" for none) overrules what is recognised and remembered; ``datum`` None takes what the
    columns' names say, else WGS-84; ``datum_confirmed`` imports even where known places speak against it,
    ``outside_confirmed`` even where all of it lies outside the city. ``filename`` is the name to record, if the file
    lies under another one. ``county_code``: only rows of this county are taken; ``user_key``: who asks.
    """

    path: Path
    kind: str
    place_kind: str = ""
    filename: str = ""
    source: str | None = None
    source_date: date | None = None
    datum: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sheet: str | None = None
    header_row: int | None = None
    datum_confirmed: bool = False
    outside_confirmed: bool = False
    county_code: str | None = None
    user_key: str | None = None

    def __post_init__(self) -> None:
        places = self.kind == "places"
        if (
            self.kind not in KINDS
            or (places and self.place_kind not in (*PLACE_KINDS, ANY_KIND))
            or (self.place_kind and not places)
        ):
            detail = {
                "kind": self.kind,
                "place_kind": self.place_kind,
                "kinds": [*KINDS],
                "place_kinds": [*PLACE_KINDS],
            }
            raise FileRefused(f"cannot import {self.kind} {self.place_kind}", code="UNKNOWN_KIND", detail=detail)
        if self.county_code is not None and self.place_kind == "division":
            raise FileRefused("divisions are the city's", code="KIND_CITY_ONLY", detail={"file": self.filename})
        if self.county_code is not None and self.place_kind == "zone":
            raise FileRefused("zones are drafted", code="KIND_DRAFTED", detail={"file": self.filename})
        if self.datum is not None and self.datum not in DATUMS:
            detail = {"datum": self.datum, "known": list(DATUMS)}
            raise FileRefused(f"unknown datum {self.datum}", code="DATUM_UNKNOWN", detail=detail)
        if not self.filename:
            object.__setattr__(self, "filename", self.path.name)

    @property
    def confirmed(self) -> frozenset[str]:
        """What a person has confirmed of what may stop an import (values of ``geo.registry.gates.STOPS``)."""
        given = {"datum": self.datum_confirmed, "outside": self.outside_confirmed}
        return frozenset(name for name, yes in given.items() if yes)

    @property
    def remembered_as(self) -> str:
        """The name under which the columns of such files are remembered."""
        named = self.source or self.filename
        return named if self.county_code is None else f"{self.county_code}|{named}"

    def digest(self) -> str:
        """Return the SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON can hold it."""
        values = {**asdict(replace(self, columns={})), "columns": dict(self.columns)}
        day = self.source_date.isoformat() if self.source_date else None
        return {**values, "path": str(self.path), "source_date": day}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Request":
        """Return the request that ``to_json`` wrote."""
        day = values.get("source_date")
        given = {**values, "path": Path(values["path"]), "source_date": date.fromisoformat(day) if day else None}
        return cls(**given)
