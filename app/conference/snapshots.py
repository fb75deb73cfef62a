"""The state of a surveyed day as bytes: the same rows give the same bytes, so that a figure can be held to its data."""

import hashlib
import json
from typing import Any

import pandas as pd

from app.reading import Reading

KINDS = ("county", "town", "zone")
STATE = ("eligible", "primary", "union_id", "workers", "county_code", "town_code", "zone", "building", "market")
"""Columns of FIRMS that every figure of the documents is counted from."""
DIGITS = 9


def snapshot(read: Reading) -> bytes:
    """Return the figures of a day by city, county, town and zone, with the digest of the firms they count, as JSON."""
    return json.dumps(contents(read), ensure_ascii=False, sort_keys=True, indent=1).encode()


def contents(read: Reading) -> dict[str, Any]:
    """Return the same as a mapping."""
    return {
        "on": read.on.isoformat(),
        "rules_day": read.survey.rules_day.isoformat(),
        "city": _rows(read.figures(None)),
        **{kind: _rows(read.figures(kind)) for kind in KINDS},
        "firms": fingerprint(read),
    }


def fingerprint(read: Reading) -> str:
    """Return the digest of the state of all firms and unions of a day; it does not depend on their order."""
    return read.kept.get("fingerprint", lambda: _fingerprint(read))


def digest(keys: "pd.Index | list[str]") -> str:
    """Return a short digest of the keys of a list."""
    return hashlib.sha256("\n".join(sorted(map(str, keys))).encode()).hexdigest()[:12]


def _fingerprint(read: Reading) -> str:
    firms, unions = read.survey.firms, read.survey.unions
    lines = [_lines(firms, STATE), _lines(unions, ("kind", "in_force", "members", "county_code", "town_code"))]
    return hashlib.sha256("\n".join(sorted(lines[0]) + sorted(lines[1])).encode()).hexdigest()


def _lines(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[str]:
    texts = [frame[name].astype("string").fillna("") for name in columns]
    return ["|".join(row) for row in zip(frame.index.astype(str), *texts, strict=True)]


def _rows(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {str(key): {name: _plain(value) for name, value in row.items()} for key, row in table.iterrows()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return list(value)
    if pd.isna(value):
        return None
    number = float(value)
    return int(number) if number.is_integer() else round(number, DIGITS)
