"""Rows of a union register → UNIONS and MEMBERSHIPS, and rows of a list of covered units → MEMBERSHIPS."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo import frames
from geo.registry.cells import plain, read_day, show
from geo.registry.columns import Matching
from geo.registry.enterprises import check_counts, check_days, check_names, drop_duplicates, rejected_index
from geo.registry.identity import find_county, membership_key, union_key
from geo.registry.reading import Checked, Setting, Sieve
from geo.registry.units import UnitList, read_units
from geo.text import fold

FIELDS = (
    *("name", "code", "kind", "host_name", "host_uscc", "parent", "county", "address", "place_name", "approved_on"),
    *("approval_no", "revoked_on", "term_start", "term_end", "members", "women_members", "workers", "covered_units"),
    *("counts_on", "womens_body", "chair_election", "home_grade", "full_time_staff", "source", "source_date"),
)
_UNION_WORDS = re.compile(r"(?:等(?:单位|企业))?(?:联合)?(?:基层)?工会(?:联合会|委员会)?$")
_TERM = re.compile(r"[-~—–至到]{1,2}(?=\d{4})")


def check_unions(
    rows: pd.DataFrame, matching: Matching, setting: Setting, *, seen: Mapping[str, tuple[Any, Any]] | None = None
) -> Checked:
    """Check the rows of a union register; cells that list covered units become MEMBERSHIPS.

    A missing or unknown kind is read from the union's name and told; members above workers are told and kept.
    """
    sieve = Sieve(rows, matching, setting)
    for name in FIELDS:
        sieve.read(name, _kind_reader(sieve) if name == "kind" else None)
    sieve.read("covered_list", lambda cell: (show(cell), None))
    check_names(sieve)
    _doubt_names(sieve)
    _read_terms(sieve)
    _infer_kinds(sieve)
    read_counties(sieve)
    check_counts(sieve)
    check_days(sieve, "approved_on", "revoked_on")
    check_days(sieve, "term_start", "term_end")
    sieve.values["host_uscc"] = [(code[0] or code[1]) if code else None for code in sieve.values["host_uscc"]]
    sieve.values["code"] = [fold(code) if code else None for code in sieve.values["code"]]
    sieve.default("source", setting.source)
    sieve.default("source_date", setting.source_date)
    data = sieve.frame([*frames.UNIONS.columns, "covered_list"])
    keys = [union_key(*line) for line in zip(data["code"], data["name"], data["county_code"], strict=True)]
    data, rows_of = drop_duplicates(sieve, data, keys, seen or {})
    members = _split_lists(sieve, data, rows_of)
    checked = {"unions": frames.UNIONS.conform(data), "memberships": members}
    return Checked(checked, rows_of, sieve.faults(), rejected_index(sieve), len(rows))


def check_members(
    rows: pd.DataFrame, matching: Matching, setting: Setting, *, seen: Mapping[str, tuple[Any, Any]] | None = None
) -> Checked:
    """Check a list of covered units, one a row, by the union's code or by its name (and county)."""
    sieve = Sieve(rows, matching, setting)
    for name in ("union_code", "union_name", "county", "member_kind", "member_name", "member_uscc", "from_on", "to_on"):
        sieve.read(name)
    read_counties(sieve)
    check_names(sieve, "member_name")
    check_days(sieve, "from_on", "to_on")
    for row, code, name in sieve.pairs("union_code", "union_name"):
        if not code and not name:
            sieve.add(row, "UNION_MISSING", "union_name")
    sieve.values["member_uscc"] = [(code[0] or code[1]) if code else None for code in sieve.values["member_uscc"]]
    sieve.values["member_kind"] = [
        kind or _member_kind(name)
        for kind, name in zip(sieve.values["member_kind"], sieve.values["member_name"], strict=True)
    ]
    sieve.values["union_id"] = [
        union_key(code, name or "", county)
        for code, name, county in zip(
            *(sieve.values[c] for c in ("union_code", "union_name", "county_code")), strict=True
        )
    ]
    data = sieve.frame([*frames.MEMBERSHIPS.columns, "union_name"])
    keys = [
        membership_key(*line) for line in zip(data["union_id"], data["member_uscc"], data["member_name"], strict=True)
    ]
    data, rows_of = drop_duplicates(sieve, data, keys, seen or {})
    names = data["union_name"].copy()
    frame = frames.MEMBERSHIPS.conform(data)
    return Checked(
        {"memberships": frame.assign(union_name=names)}, rows_of, sieve.faults(), rejected_index(sieve), len(rows)
    )


def _doubt_names(sieve: Sieve) -> None:
    """Tell names that do not look like a union's: the file may be a list of firms or of something else."""
    words = sieve.setting.words.lists["union_names"]
    for row, name in sieve.pairs("name"):
        folded = fold(name)
        if not any(word in folded for word in words):
            sieve.add(row, "NAME_NOT_A_UNION", "name")


def _kind_reader(sieve: Sieve) -> Any:
    words = sieve.setting.words

    def reader(cell: Any) -> Any:
        text = str(cell).strip()
        code = words.books["union_kind"].code(text.removesuffix(".0"))
        return (
            (code, None)
            if code or words.blank(text)
            else (None, ("WORD_UNKNOWN", {"known": sorted(set(words.books["union_kind"].words.values()))}))
        )

    return reader


def _infer_kinds(sieve: Sieve) -> None:
    """Read a missing kind from the union's name, where the name tells; else it is the own union of one unit."""
    book = sieve.setting.words.books["union_kind"]
    parts = [(part, code) for part, code in book.contains if code not in ("own", "village")]
    for place, row in enumerate(sieve.rows.index):
        name = sieve.values["name"][place]
        if sieve.values["kind"][place] is None and name is not None:
            host = _host_tail(fold(name))
            kind = next((code for part, code in parts if part in host), "own")
            sieve.values["kind"][place] = kind
            if row not in sieve.rejected:
                sieve.add(row, "KIND_FROM_NAME", "kind", {"read_as": kind})


def _host_tail(name: str) -> str:
    """Return what follows the company's legal form: the part of a union's name that may tell its kind."""
    return re.sub(r"^.*(公司|集团|厂|学校|医院|银行)(?=.{0,8}工会)", "", name)


def _read_terms(sieve: Sieve) -> None:
    """Split a column that holds both ends of the term (2021.3-2026.3)."""
    column = sieve.matching.column("term")
    if column is None:
        return
    words = sieve.setting.words
    for place, (row, cell) in enumerate(zip(sieve.rows.index, sieve.rows[column], strict=True)):
        parts = _TERM.split(plain(cell)) if isinstance(cell, str) else []
        if len(parts) == 2:
            days = [read_day(part, words)[0] for part in parts]
            for name, day in zip(("term_start", "term_end"), days, strict=True):
                sieve.values[name][place] = sieve.values[name][place] or day
        if plain(cell) and (len(parts) != 2 or None in days) and row not in sieve.rejected:
            sieve.add(row, "DAY_UNREADABLE", "term")


def read_counties(sieve: Sieve) -> None:
    """Read the county column into ``county_code``; a county that the divisions do not know is told.

    Where it is blank, the county is the file's.
    """
    codes: dict[str, str | None] = {}
    values = []
    for row, text in zip(sieve.rows.index, sieve.values["county"], strict=True):
        if text and text not in codes:
            codes[text] = find_county(text, sieve.setting.counties, sieve.setting.city)
        values.append(codes.get(text) if text else sieve.setting.county or None)
        if text and codes[text] is None and sieve.setting.counties and row not in sieve.rejected:
            sieve.add(row, "COUNTY_UNKNOWN", "county")
    sieve.values["county_code"] = values


def _split_lists(sieve: Sieve, data: pd.DataFrame, rows_of: pd.Series) -> pd.DataFrame:
    """Turn cells and names that list covered units into MEMBERSHIPS; tell what a list says and does not list."""
    lines: dict[str, dict[str, Any]] = {}
    columns = (data[name] for name in ("name", "kind", "covered_list", "covered_units"))
    for key, name, kind, text, covered in zip(data.index, *columns, strict=True):
        listed = read_units(text) if text else _named(name, kind)
        for unit in listed.units:
            line = {"union_id": key, "member_kind": _member_kind(unit.name), "member_name": unit.name}
            lines.setdefault(membership_key(key, unit.code, unit.name), line | {"member_uscc": unit.code})
        _tell_list(sieve, rows_of[key][0], listed, covered, from_name=not text)
    columns_of = ["union_id", "member_kind", "member_name", "member_uscc"]
    return frames.MEMBERSHIPS.conform(pd.DataFrame.from_dict(lines, orient="index", columns=columns_of))


def _named(name: str, kind: str | None) -> UnitList:
    """The units that a joint union's own name lists: 甲有限公司、乙有限公司联合工会委员会."""
    if kind in ("own", "federation") or "、" not in name:
        return UnitList(())
    found = read_units(_UNION_WORDS.sub("", name))
    named = all(re.search(r"(公司|厂|店|集团|中心|合作社)$", unit.name) for unit in found.units)
    return found if named and len(found.units) > 1 else UnitList(())


def _tell_list(sieve: Sieve, row: Any, listed: UnitList, covered: int | None, *, from_name: bool) -> None:
    count = len(listed.units)
    if count and from_name:
        sieve.add(row, "MEMBERS_FROM_NAME", "name", {"listed": count})
    if listed.elsewhere:
        sieve.add(row, "LIST_ELSEWHERE", "covered_list")
    if listed.said is not None and listed.said != count:
        sieve.add(row, "LIST_INCOMPLETE", "covered_list", {"listed": count, "said": listed.said})
    elif count and not from_name and covered is not None and covered != count:
        sieve.add(row, "COVERED_COUNT_DIFFERS", "covered_list", {"listed": count, "count": covered})


def _member_kind(name: str | None) -> str:
    return "union" if name and re.search(r"工会(委员会|联合会)?$", fold(name)) else "enterprise"
