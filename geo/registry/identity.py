"""Keys of enterprises, unions and places as ``geo.frames`` declares them, and counties found by their names."""

import hashlib
import re
from collections.abc import Mapping

import pandas as pd

from geo.registry.words import word_key
from geo.text import fold

CITY_DIGITS, COUNTY_DIGITS = 4, 6


def digest(*parts: object) -> str:
    """Return a short stable digest of texts, compared as folded; None and NA count as empty."""
    texts = ["" if part is None or part is pd.NA or part != part else fold(str(part)) for part in parts]
    return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=10).hexdigest()


def enterprise_key(uscc: str | None, org_code: str | None, name: str, address: str | None) -> str:
    """Return the key of an enterprise: credit code, else organisation code, else a digest of name and address."""
    if uscc:
        return uscc
    return f"org:{org_code}" if org_code else f"row:{digest(name, address)}"


def union_key(code: str | None, name: str, county_code: str | None) -> str:
    """Return the key of a union: its own register code, else a digest of name and county."""
    return f"union:{fold(code)}" if code else f"union:{digest(name, county_code)}"


def membership_key(union_id: str, code: str | None, name: str | None) -> str:
    """Return the key of a covered unit of a union: the unit's code, else a digest of its name."""
    return f"{union_id}|{code or digest(name)}"


def place_key(kind: str, area_code: str, name: str) -> str:
    """Return the key of a place: kind, county code (or city code), and its folded name."""
    return f"{kind}:{area_code}:{fold(name)}"


def column_kind(kind: str, place_kind: str = "") -> str:
    """Return the list of column names that a table of a kind is matched by."""
    own = {"address": "addresses", "division": "divisions"}
    return own.get(place_kind, kind) if kind == "places" else kind


def county_names(divisions: pd.DataFrame, aliases: pd.DataFrame | None = None) -> dict[str, str]:
    """Return ``{county as compared: today's code}``: names, former and short names, codes.

    ``divisions`` and ``aliases`` are frames of ``geo.frames``; a name that two counties of today share is left out.
    """
    today = divisions[(divisions["level"] == "county") & divisions["valid_to"].isna()]
    names: dict[str, set[str]] = {}
    for code, name in zip(today.index, today["name"], strict=True):
        for spelling in (str(code), name, re.sub(r"[市县区]$", "", name) if len(name) > 2 else name):
            names.setdefault(word_key(spelling), set()).add(str(code))
    if aliases is not None:
        for alias, target in zip(aliases["alias"], aliases["target"], strict=True):
            if str(target) in today.index and word_key(alias) not in names:
                names[word_key(alias)] = {str(target)}
    return {name: codes.copy().pop() for name, codes in names.items() if len(codes) == 1}


def town_names(divisions: pd.DataFrame, aliases: pd.DataFrame | None = None) -> dict[tuple[str, str], str]:
    """Return ``{(county code, town as compared): today's code}``; county "" where the name is the only one of its city.

    Names without their last word (街道, 镇, 乡) and former names from the aliases are known, too.
    """
    today = divisions[(divisions["level"] == "town") & divisions["valid_to"].isna()]
    county = {str(code): str(parent) for code, parent in today["parent"].items()}
    spelt = [(str(code), name) for code, name in today["name"].items()]
    spelt += [(code, re.sub(r"(街道|镇|乡)$", "", name) or name) for code, name in spelt]
    if aliases is not None:
        known = aliases[aliases["target"].isin(today.index)]
        spelt += [(str(target), alias) for alias, target in zip(known["alias"], known["target"], strict=True)]
    codes: dict[tuple[str, str], list[str]] = {}
    for code, name in spelt:
        for area in (county[code], ""):
            codes.setdefault((area, word_key(name)), []).append(code)
    return {key: found[0] for key, found in codes.items() if len(set(found)) == 1}


def area_of(county: str | None, address: str | None, counties: Mapping[str, str]) -> str:
    """Return the code of the county that a row's column or address names in full, "" if none does."""
    if county and (found := find_county(county, counties)):
        return found
    text = fold(address or "")[:20]
    return next(
        (code for name, code in counties.items() if len(name) > 2 and name[-1] in "市县区" and name in text), ""
    )


def find_county(text: str, counties: Mapping[str, str], city: str = "") -> str | None:
    """Return today's code of a county written as name or code, alone or with province and city before it."""
    key = word_key(text)
    if key in counties:
        return counties[key]
    if re.fullmatch(r"\d{6,12}", key):
        return counties.get(key[:COUNTY_DIGITS]) or (
            key[:COUNTY_DIGITS] if key[:CITY_DIGITS] == city[:CITY_DIGITS] else None
        )
    tails = (key[start:] for start in range(1, max(len(key) - 1, 1)))
    return next((counties[tail] for tail in tails if tail in counties), None)
