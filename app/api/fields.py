"""The fields that the interface tells of each kind of thing: what they are called, hold and mean, declared once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from app.reading import Reading
from geo.coverage import PRECISE, UNPLACED

TEXT, COUNT, NUMBER, FLAG, DAY, LIST = "string", "integer", "number", "boolean", "date", "array"
DIGITS = 6
"""Digits of numbers: a tenth of a metre in degrees, a millionth of a rate."""


@dataclass(frozen=True)
class Field:
    """One field: ``column`` of the frame (default: its name), ``codes`` the list its values are from.

    ``names`` is the kind whose names the field tells instead of keys; ``told`` the list that explains the field.
    """

    name: str
    kind: str = TEXT
    codes: str = ""
    column: str = ""
    names: str = ""
    told: str = "api_field"

    @property
    def source(self) -> str:
        """The column of the frame it is read from."""
        return self.column or self.name

    def schema(self) -> dict[str, Any]:
        """Return the field as OpenAPI 3.0 says it; ``@list.code`` stands for a phrase in the language of the answer."""
        found: dict[str, Any] = {"type": self.kind, "description": f"@{self.told}.{self.name}"}
        if self.kind == DAY:
            found |= {"type": "string", "format": "date"}
        if self.kind == LIST:
            found["items"] = {"type": "string"}
        else:
            found["nullable"] = True
        if self.codes:
            found["x-codes"] = f"/api/v1/codes/{self.codes}"
        return found


def text(*names: str) -> tuple[Field, ...]:
    """Return fields of text by name."""
    return tuple(Field(name) for name in names)


def figures(*names: str, told: str = "figure") -> tuple[Field, ...]:
    """Return counts, or rates where ``told`` is the list of rates."""
    return tuple(Field(name, NUMBER if told == "rate" else COUNT, told=told) for name in names)


COUNTS = figures(
    "firms", "eligible", "covered", "own", "joint", "gap", "gap_25", "gap_under_25", "gap_unknown", "gap_workers",
    "gap_workers_unknown", "workers", "workers_unknown", "without_own_25", "secondary", "located", "unlocated",
    "precise",
)  # fmt: skip
RATES = figures("rate", "rate_own", "rate_joint", "rate_gap", "rate_own_25", "rate_secondary", told="rate")
"""Figures of a place that rest on firms alone."""

AREA = (
    Field("county_code"), Field("county", column="county_code", names="county"),
    Field("town_code"), Field("town", column="town_code", names="town"),
)  # fmt: skip

FIRM = (
    *text("id", "name", "uscc", "address", "operating_address"),
    *AREA,
    Field("village_code"), Field("village", column="village_code", names="village"),
    Field("zone"), Field("zone_name", column="zone", names="zone"),
    Field("building"), Field("building_name", column="building", names="building"),
    Field("market"), Field("market_name", column="market", names="market"),
    Field("street"), Field("street_name", column="street", names="street"),
    *text("house_no", "unit", "floor", "room"),
    Field("level", codes="level"), Field("location_status", codes="location_status"),
    Field("radius_m", NUMBER), Field("confidence", NUMBER), Field("lon", NUMBER), Field("lat", NUMBER),
    Field("sector", codes="sector"), Field("ownership", codes="ownership"), Field("status", codes="status"),
    Field("workers", COUNT), Field("women", COUNT), Field("migrant", COUNT), Field("agency_workers", COUNT),
    Field("counts_on", DAY), Field("established", DAY), Field("closed_on", DAY),
    Field("legal_person", FLAG), Field("top500", FLAG), Field("party_org", FLAG),
    Field("source"), Field("source_date", DAY), Field("reason", codes="reason"), Field("stage", codes="stage"),
    Field("eligible", FLAG), Field("excluded_because", codes="excluded"), Field("same_as"),
    Field("covered", FLAG), Field("gap", FLAG), Field("primary", codes="primary"),
    Field("union_id"), Field("union_name", column="union_id", names="union"),
    Field("secondary", FLAG), Field("federations", LIST), Field("federation_only", FLAG),
    Field("size_class", codes="size_class"), Field("path", codes="path"), Field("path_rules", LIST),
    Field("flags", LIST, codes="firm_flag"), Field("group_id"), Field("left_because", codes="left_because"),
)  # fmt: skip
"""A firm of a list. No telephone, no person: the survey holds none."""

PLACE = (
    *text("id", "name"),
    Field("kind", codes="place_kind"),
    *AREA,
    Field("address"), Field("floors", COUNT), Field("zone_level", codes="zone_level"), Field("origin", codes="origin"),
    Field("position"), Field("lon", NUMBER), Field("lat", NUMBER), Field("source"),
    *COUNTS, *RATES,
)  # fmt: skip
"""A place with the figures of the firms in it."""

GAP = (Field("rank", COUNT), *text("id", "name"), Field("kind", codes="place_kind"), *AREA, *COUNTS, *RATES)
"""A place, or a code of a list, as ranked by what a visit reaches; ``id`` is null for firms in no such place."""

UNION = (
    *text("id", "name"), Field("kind", codes="union_kind"), Field("code"),
    *AREA,
    Field("place_id"), Field("host_id"), Field("address"),
    Field("in_force", FLAG), Field("ended_because", codes="ended_because"),
    Field("approved_on", DAY), Field("revoked_on", DAY), Field("term_start", DAY), Field("term_end", DAY),
    Field("members", COUNT), Field("women_members", COUNT), Field("counts_on", DAY),
    Field("linked_firms", COUNT), Field("covered_firms", COUNT), Field("covered_workers", COUNT),
    Field("covered_unknown", COUNT),
    Field("womens_body", codes="womens_body"), Field("chair_election", codes="chair_election"),
    Field("home_grade", codes="home_grade"),
    Field("flags", LIST, codes="union_flag"), Field("source"), Field("source_date", DAY),
)  # fmt: skip

SUGGESTION = (
    *text("id", "name"), Field("kind", codes="group_kind"), Field("place_id"),
    *AREA,
    Field("firms", COUNT), Field("workers", COUNT), Field("workers_unknown", COUNT),
    Field("lon", NUMBER), Field("lat", NUMBER),
)  # fmt: skip

DIVISION = (
    *text("id", "name"), Field("level", codes="level"), Field("parent"), Field("valid_from", DAY),
    Field("valid_to", DAY), Field("lon", NUMBER), Field("lat", NUMBER),
)  # fmt: skip

SURVEY = (
    Field("on", DAY), Field("outdated", FLAG), *COUNTS, *RATES,
    *figures("unions", "members"), *figures("rate_members", "rate_members_unionised", told="rate"),
)  # fmt: skip

KINDS: dict[str, tuple[Field, ...]] = {
    "Firm": FIRM, "Place": PLACE, "Gap": GAP, "Union": UNION, "Suggestion": SUGGESTION, "Division": DIVISION,
    "Survey": SURVEY,
}  # fmt: skip
"""Everything that is listed, by the name of its schema."""


def columns(read: Reading | None, frame: pd.DataFrame, fields: Sequence[Field]) -> dict[str, list[Any]]:
    """Return the values of each field for the rows of a frame, as JSON can hold them. ``read`` names keys."""
    return {field.name: _values(read, frame, field) for field in fields}


def rows(read: Reading | None, frame: pd.DataFrame, fields: Sequence[Field]) -> list[dict[str, Any]]:
    """Return one mapping a row of a frame."""
    told = columns(read, frame, fields)
    return [dict(zip(told, values, strict=True)) for values in zip(*told.values(), strict=True)]


def placed(firms: pd.DataFrame) -> pd.DataFrame:
    """Return rows of FIRMS with a point only where the firm was found at a house: nothing coarser is a dot anywhere."""
    at_house = firms["level"].isin(PRECISE)
    return firms.assign(lon=firms["lon"].where(at_house), lat=firms["lat"].where(at_house))


def plain(value: Any) -> Any:
    """Return one value as JSON can hold it."""
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    value = value.item() if hasattr(value, "item") else value
    return round(value, DIGITS) if isinstance(value, float) else value


def _values(read: Reading | None, frame: pd.DataFrame, field: Field) -> list[Any]:
    if field.source == "id":
        return [None if key == UNPLACED else str(key) for key in frame.index]
    if field.source not in frame:
        return [None] * len(frame)
    column = frame[field.source]
    if field.kind == LIST:
        return [[str(each) for each in value] if _listed(value) else [] for value in column]
    if field.names and read is not None:
        known = {key: read.name(field.names, key) or None for key in column.dropna().unique()}
        return [known.get(key) for key in column]
    return [_as(field.kind, value) for value in column.tolist()]


def _as(kind: str, value: Any) -> Any:
    value = plain(value)
    if value is None or kind not in (COUNT, FLAG):
        return value
    return int(value) if kind == COUNT else bool(value)


def _listed(value: Any) -> bool:
    return isinstance(value, list | tuple) or (hasattr(value, "__iter__") and not isinstance(value, str))
