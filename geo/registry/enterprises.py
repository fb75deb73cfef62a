"""Rows of an enterprise register → ENTERPRISES, and rows of a list of counts → HEADCOUNTS."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geo import datum, frames
from geo.registry.columns import Matching
from geo.registry.identity import enterprise_key
from geo.registry.marks import person_mark, phone_mark
from geo.registry.positions import check_positions
from geo.registry.reading import Checked, Setting, Sieve
from geo.registry.units import split_units
from geo.registry.words import Words
from geo.text import fold, read_registration_number

LONGEST_NAME = 200
MOST_TAIL = 24
"""Characters behind the whole name of a company that may still be the name of its branch."""
ESTIMATED = "estimated"
"""How ``counts_basis`` begins where the register gave no exact number."""
COUNTS = ("workers", "women", "migrant", "agency_workers")
FIELDS = (
    *("name", "uscc", "org_code", "address", "operating_address", "county", "town", "village", "scope", "sector"),
    *("ownership", "unit_type", "company_type", *COUNTS, "counts_on", "counts_basis", "top500", "party_org"),
    *("established", "closed_on", "lon", "lat", "reason", "stage", "source", "source_date"),
    *("reg_no", "former_names", "phone", "legal_rep"),
)
HEADCOUNTS = ("enterprise_id", "uscc", "org_code", "name", *COUNTS, "counts_on", "counts_basis")
_A_LETTER = re.compile(r"[A-Za-z\u3400-\u9fff]")


def check_enterprises(
    rows: pd.DataFrame, matching: Matching, setting: Setting, *, seen: Mapping[str, tuple[Any, Any]] | None = None
) -> Checked:
    """Check the rows of an enterprise register.

    ``rows`` holds raw cells, its index the row numbers of the file; ``seen`` maps keys of earlier rows of the same
    file to
    ``(row, digest)``. A row without a usable name is rejected, also the second of two with one key; a bad code,
    count, day or position is left out and told, the row stays. The frame's positions are WGS-84.
    """
    sieve = Sieve(rows, matching, setting)
    for name in FIELDS:
        sieve.read(name)
    check_names(sieve)
    _read_status(sieve)
    _split_codes(sieve)
    _read_marks(sieve)
    _compose_addresses(sieve)
    check_counts(sieve)
    mark_estimates(sieve)
    check_days(sieve, "established", "closed_on")
    place_points(sieve)
    _tell_legal_persons(sieve)
    sieve.default("source", setting.source)
    sieve.default("source_date", setting.source_date)
    data = sieve.frame([*frames.ENTERPRISES.columns, "lon", "lat"])
    keys = [
        enterprise_key(*line) for line in zip(*(data[c] for c in ("uscc", "org_code", "name", "address")), strict=True)
    ]
    data, rows_of = drop_duplicates(sieve, data, keys, seen or {})
    frame = frames.ENTERPRISES.conform(data)
    return Checked({"enterprises": frame}, rows_of, sieve.faults(), rejected_index(sieve), len(rows))


def check_headcounts(
    rows: pd.DataFrame, matching: Matching, setting: Setting, *, seen: Mapping[str, tuple[Any, Any]] | None = None
) -> Checked:
    """Check a list of counts (code or name, day, workers …) → a frame of ``HEADCOUNTS``, keyed by firm and day.

    Which enterprise a row without a code means is not decided here.
    """
    sieve = Sieve(rows, matching, setting)
    for name in ("name", "uscc", "org_code", "address", *COUNTS, "counts_on", "counts_basis"):
        sieve.read(name)
    _split_codes(sieve)
    check_counts(sieve)
    mark_estimates(sieve)
    check_days(sieve, "counts_on", None)
    for row, uscc, org_code, name in sieve.pairs("uscc", "org_code", "name"):
        if not (uscc or org_code or name):
            sieve.add(row, "FIRM_MISSING", "name")
    for row, *counts in sieve.pairs(*COUNTS):
        if all(count is None for count in counts):
            sieve.add(row, "COUNTS_MISSING", "workers")
    sieve.values["enterprise_id"] = [
        enterprise_key(uscc, org_code, name or "", address)
        for uscc, org_code, name, address in zip(
            *(sieve.values[c] for c in ("uscc", "org_code", "name", "address")), strict=True
        )
    ]
    data = sieve.frame(HEADCOUNTS)
    keys = [f"{firm}|{day or ''}" for firm, day in zip(data["enterprise_id"], data["counts_on"], strict=True)]
    data, rows_of = drop_duplicates(sieve, data, keys, seen or {})
    return Checked({"headcounts": data}, rows_of, sieve.faults(), rejected_index(sieve), len(rows))


def check_names(sieve: Sieve, name: str = "name") -> None:
    """Reject rows without a usable name."""
    for row, text in sieve.pairs(name):
        if text is None:
            sieve.add(row, "NAME_MISSING", name)
        elif len(text) > LONGEST_NAME:
            sieve.add(row, "NAME_TOO_LONG", name, {"limit": LONGEST_NAME})
        elif not _A_LETTER.search(fold(text)):
            sieve.add(row, "NAME_NOT_A_NAME", name)


def _read_status(sieve: Sieve) -> None:
    """Read the register's word for the state; without such a column a register lists what exists: active."""
    words, stopped = sieve.setting.words, sieve.setting.words.lists["stopped"]
    if sieve.matching.column("status") is None:
        sieve.values["status"] = ["active"] * len(sieve.rows)
        return
    idle: list[Any] = []

    def reader(cell: Any) -> Any:
        text = str(cell).strip()
        if fold(text) in stopped:
            return "stopped", None
        code = words.books["status"].code(text)
        return (code, None) if code or words.blank(text) else ("unknown", ("STATUS_UNKNOWN_WORD", {}))

    sieve.read("status", reader)
    idle = [state == "stopped" for state in sieve.values["status"]]
    for place, (row, here) in enumerate(zip(sieve.rows.index, idle, strict=True)):
        if here and row not in sieve.rejected:
            sieve.add(row, "STATUS_STOPPED", "status")
            sieve.values["reason"][place] = sieve.values["reason"][place] or "R07"
    sieve.values["status"] = [
        "active" if here else state or "unknown" for state, here in zip(sieve.values["status"], idle, strict=True)
    ]


def _split_codes(sieve: Sieve) -> None:
    credit, organisation = sieve.values["uscc"], sieve.values["org_code"]
    sieve.values["uscc"] = [
        code[0] if code else other[0] if other else None for code, other in zip(credit, organisation, strict=True)
    ]
    sieve.values["org_code"] = [
        (code[1] if code else None) or (other[1] if other else None)
        for code, other in zip(credit, organisation, strict=True)
    ]
    for row, code, other in zip(sieve.rows.index, credit, organisation, strict=True):
        if code and other and code[1] and other[1] and code[1] != other[1]:
            sieve.add(row, "CODES_DISAGREE", "org_code", {"inside": code[1]})


def _read_marks(sieve: Sieve) -> None:
    """Read what tells whether two records are one firm: old numbers, also in place of a credit code; names; marks."""
    for name in ("uscc", "org_code", "reg_no"):
        column = sieve.matching.column(name)
        if column is not None:
            numbers = [read_registration_number(cell).value for cell in sieve.rows[column]]
            before = sieve.values["reg_no"] if name != "reg_no" else [None] * len(numbers)
            sieve.values["reg_no"] = [new or old for new, old in zip(numbers, before, strict=True)]
    former = sieve.values["former_names"]
    sieve.values["former_names"] = ["；".join(split_units(text)) or None if text else None for text in former]
    sieve.values["phone_mark"] = [phone_mark(text) for text in sieve.values["phone"]]
    sieve.values["person_mark"] = [person_mark(text) for text in sieve.values["legal_rep"]]


def _compose_addresses(sieve: Sieve) -> None:
    """Put county, town and village columns before an address that does not name them; a blank county is the file's."""
    if sieve.setting.county_name:
        sieve.values["county"] = [county or sieve.setting.county_name for county in sieve.values["county"]]
    for place, row in enumerate(sieve.rows.index):
        address = sieve.values["address"][place]
        missing = []
        for name in ("county", "town", "village"):
            part = sieve.values[name][place]
            if part and not part.isdigit() and _stem(part) not in (address or ""):
                missing.append(part)
        if missing:
            sieve.values["address"][place] = "".join([*missing, address or ""])
            if address and row not in sieve.rejected:
                sieve.add(row, "ADDRESS_COMPOSED", "address", {"read_as": sieve.values["address"][place]})
        if not sieve.values["address"][place] and row not in sieve.rejected:
            sieve.add(row, "ADDRESS_MISSING", "address")


def _stem(name: str) -> str:
    return re.sub(r"(街道|社区|[省市区县镇乡村])$", "", name) or name


def check_counts(sieve: Sieve) -> None:
    """Compare the counts of a row: a part over its whole is told, and kept."""
    for part, whole in (
        ("women", "workers"),
        ("migrant", "workers"),
        ("members", "workers"),
        ("women_members", "members"),
    ):
        if part in sieve.values and whole in sieve.values:
            for row, few, many in sieve.pairs(part, whole):
                if few is not None and many is not None and few > many:
                    sieve.add(row, f"{part.upper()}_OVER_{whole.upper()}", part, {whole: many})


def mark_estimates(sieve: Sieve) -> None:
    """Say in ``counts_basis`` that a row's counts are estimates, before what the register says of their source."""
    rows = {row for row, code, *_rest in sieve.found if code == "COUNT_ESTIMATED"}
    values = zip(sieve.rows.index, sieve.values["counts_basis"], strict=True)
    sieve.values["counts_basis"] = [
        "；".join(filter(None, (ESTIMATED, basis))) if row in rows else basis for row, basis in values
    ]


def check_days(sieve: Sieve, begin: str, end: str | None) -> None:
    """Leave out a day that lies in the future, and tell where the end lies before the beginning."""
    for place, row in enumerate(sieve.rows.index):
        for name in (begin, end) if end in ("closed_on", "revoked_on") else (begin,):
            day = sieve.values[name][place] if name else None
            if name and day is not None and day > sieve.setting.day:
                sieve.values[name][place] = None
                if row not in sieve.rejected:
                    sieve.add(row, "DAY_FUTURE", name)
    for row, first, last in sieve.pairs(begin, end) if end else []:
        if first is not None and last is not None and last < first:
            sieve.add(row, "DAYS_REVERSED", end, {"begin": first.isoformat()})


def place_points(sieve: Sieve) -> None:
    """Convert the given positions to WGS-84 and leave out those that must not be used."""
    lon = pd.Series(sieve.values["lon"], index=sieve.rows.index, dtype="float64")
    lat = pd.Series(sieve.values["lat"], index=sieve.rows.index, dtype="float64")
    bad = sieve.setting.positions
    if bad is None:
        bad = check_positions(lon, lat, *sieve.surroundings())
    for row in sieve.rows.index:
        if row in bad:
            lon[row] = lat[row] = float("nan")
            if row not in sieve.rejected:
                sieve.add(row, bad[row][0], "lon", bad[row][1])
    sieve.doubt()
    points = datum.to_wgs84(lon.to_numpy(), lat.to_numpy(), sieve.setting.datum)
    sieve.values["lon"], sieve.values["lat"] = list(points.lon), list(points.lat)


def _tell_legal_persons(sieve: Sieve) -> None:
    words = sieve.setting.words
    columns = (sieve.values[name] for name in ("unit_type", "company_type", "uscc", "name"))
    sieve.values["legal_person"] = [
        legal_person((unit, company), uscc, name, words) for unit, company, uscc, name in zip(*columns, strict=True)
    ]


def legal_person(types: Sequence[str | None], uscc: str | None, name: str | None, words: Words) -> bool | None:
    """Tell a legal person by the words of its type, else by its code and name; None if nothing tells."""
    for text in types:
        code = words.books["unit_type"].code(text) if text else None
        if code:
            return code == "legal"
    if uscc and uscc[:2] not in ("91", "93"):
        return False
    folded = fold(name or "")
    if folded.endswith(tuple(words.lists["name_not_legal"])) or _behind_a_company(folded, words):
        return False
    return True if uscc or any(part in folded for part in words.lists["name_legal"]) else None


def _behind_a_company(name: str, words: Words) -> bool:
    """Whether a shop, station or post office stands behind the whole name of a company: it is that company's."""
    company, _sign, tail = name.rpartition("公司")
    return bool(company) and 1 < len(tail) <= MOST_TAIL and tail.endswith(tuple(words.lists["name_behind_company"]))


def drop_duplicates(
    sieve: Sieve, data: pd.DataFrame, keys: list[str], seen: Mapping[str, tuple[Any, Any]]
) -> tuple[pd.DataFrame, pd.Series]:
    """Keep the first row of each key; reject the others as ``DUPLICATE_SAME`` or ``DUPLICATE_DIFFERENT``."""
    known = dict(seen)
    keep, rows_of = [], {}
    for row, key, line in zip(data.index, keys, data.itertuples(index=False, name=None), strict=True):
        mark = hash(fold("\x1f".join(map(str, line))))
        if key in known:
            same = known[key][1] == mark
            sieve.add(
                row, "DUPLICATE_SAME" if same else "DUPLICATE_DIFFERENT", None, {"row": known[key][0], "key": key}
            )
        else:
            known[key] = (row, mark)
            rows_of[key] = (row, mark)
            keep.append(row)
    kept = data.loc[keep].set_axis(pd.Index(list(rows_of), dtype="object"))
    return kept, pd.Series(rows_of, dtype="object")


def rejected_index(sieve: Sieve) -> pd.Index:
    """Return the rejected row numbers in the order of the rows."""
    return sieve.rows.index[sieve.rows.index.isin(list(sieve.rejected))]
