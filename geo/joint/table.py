"""A plain table of firms read as values: every fault with its row, its column and what would be right."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo import datum
from geo.datum import PositionFault
from geo.errors import AtlasError

FIRM_COLUMNS = ("id", "lon", "lat", "workers", "jurisdiction")
FIRM_EXTRAS = ("building", "market", "park", "street", "chainage_m", "industry", "eligible")
UNION_COLUMNS = ("id", "kind", "place", "jurisdiction", "spare")
UNION_EXTRAS = ("lon", "lat", "from_m", "to_m")
BEFORE_COLUMNS = ("id", "group", "kind", "seat")
UNION_KINDS = ("building", "market", "park", "street", "community")
_YES = frozenset({"1", "true", "yes", "y", "t", "是", "有", "1.0"})
_NO = frozenset({"0", "false", "no", "n", "f", "否", "无", "0.0"})
_MOST_WORKERS = 10_000_000
_GRID = 100_000
"""Positions are read to a hundred-thousandth of a degree, about a metre."""


class TableError(AtlasError):
    """A table lacks columns, so none of its rows can be read."""

    code = "COLUMNS"


class Fault(NamedTuple):
    """One wrong value; ``row`` is the line in the file, the header being 1."""

    row: int
    column: str
    value: str
    code: str
    """ID_MISSING · ID_DOUBLE · NUMBER · NEGATIVE · WHOLE · TOO_LARGE · JURISDICTION · FLAG · POSITION · CHAINAGE ·
    KIND."""
    right: str
    """What would be right."""


@dataclass(frozen=True)
class Firms:
    """A table of firms, one row for each row of the file, in its order; text columns are NA where empty.

    ``frame``: row, id, lon, lat (NaN if unusable), workers (NA), jurisdiction, building, market, park, street,
    chainage_m (NA), industry, and ``unusable``: why a firm takes no part (no_id · double_id · no_jurisdiction ·
    not_eligible · own_size · R6: workers unknown), NA if it does.
    """

    frame: pd.DataFrame
    faults: tuple[Fault, ...]


def read_firms(raw: pd.DataFrame, *, own_size: int) -> Firms:
    """Check the cells of a table of firms.

    Parameters
    ----------
    raw : text cells, indexed by row number of the file, columns as the header has them
    own_size : workers from which a firm gets a union of its own

    Raises
    ------
    TableError
        Columns are missing.
    """
    text = _columns(raw, FIRM_COLUMNS, FIRM_EXTRAS)
    faults: list[Fault] = []
    frame = pd.DataFrame({"row": raw.index.to_numpy()}, index=pd.RangeIndex(len(raw)))
    for name in ("id", "jurisdiction", "building", "market", "park", "street", "industry"):
        frame[name] = text[name]
    frame["workers"] = _whole(text["workers"], frame["row"], "workers", faults, most=_MOST_WORKERS)
    frame["chainage_m"] = _metres(text["chainage_m"], frame["row"], faults)
    frame["lon"], frame["lat"] = _positions(text, frame["row"], faults)
    frame["unusable"] = _unusable(text, frame, faults, own_size)
    lost = frame["street"].notna() & frame["chainage_m"].isna() & text["chainage_m"].isna()
    _tell(
        faults,
        frame["row"][lost],
        "chainage_m",
        text["street"][lost],
        "CHAINAGE",
        "metres along the street, such as 120",
    )
    return Firms(frame, tuple(sorted(faults)))


def _columns(raw: pd.DataFrame, needed: Sequence[str], extra: Sequence[str]) -> pd.DataFrame:
    """Return the known columns as stripped text, NA where empty; columns that are not known are passed over."""
    names = {str(name).strip().lower(): name for name in reversed(list(raw.columns))}
    missing = [name for name in needed if name not in names]
    if missing:
        detail = {"missing": missing, "found": [str(name) for name in raw.columns], "wanted": [*needed, *extra]}
        raise TableError(f"columns are missing: {', '.join(missing)}", detail=detail)
    table = {}
    for name in (*needed, *extra):
        cells = raw[names[name]] if name in names else pd.Series(pd.NA, index=raw.index)
        stripped = cells.astype("string").str.strip()
        table[name] = stripped.mask(stripped.eq("")).reset_index(drop=True)
    return pd.DataFrame(table)


def _tell(faults: list[Fault], rows: pd.Series, column: str, values: pd.Series, code: str, right: str) -> None:
    for row, value in zip(rows, values, strict=True):
        faults.append(Fault(int(row), column, "" if pd.isna(value) else str(value)[:80], code, right))


def _numbers(text: pd.Series, rows: pd.Series, column: str, faults: list[Fault], right: str) -> pd.Series:
    number = pd.to_numeric(text, errors="coerce").astype("float64")
    wrong = text.notna() & ~np.isfinite(number)
    _tell(faults, rows[wrong], column, text[wrong], "NUMBER", right)
    return number.where(np.isfinite(number))


def _whole(text: pd.Series, rows: pd.Series, column: str, faults: list[Fault], *, most: int) -> pd.Series:
    right = "a whole number from 0, such as 12"
    number = _numbers(text, rows, column, faults, right)
    for code, wrong in (
        ("NEGATIVE", number < 0), ("TOO_LARGE", number > most), ("WHOLE", (number >= 0) & (number % 1 != 0)),
    ):  # fmt: skip
        _tell(faults, rows[wrong], column, text[wrong], code, right)
        number = number.mask(wrong)
    return number.astype("Int64")


def _metres(text: pd.Series, rows: pd.Series, faults: list[Fault]) -> pd.Series:
    right = "metres along the street, such as 120"
    number = _numbers(text, rows, "chainage_m", faults, right)
    far = number.abs() > _MOST_WORKERS
    _tell(faults, rows[far], "chainage_m", text[far], "TOO_LARGE", right)
    return number.mask(far).round().astype("Int64")


def _positions(text: pd.DataFrame, rows: pd.Series, faults: list[Fault]) -> tuple[pd.Series, pd.Series]:
    """Degrees on the grid, NaN for both where either is missing or wrong."""
    lon = _numbers(text["lon"], rows, "lon", faults, "degrees east, such as 120.86412")
    lat = _numbers(text["lat"], rows, "lat", faults, "degrees north, such as 32.01035")
    given = text["lon"].notna() | text["lat"].notna()
    told = np.asarray(datum.faults(lon.to_numpy(), lat.to_numpy()), dtype="object")
    wrong = given & pd.Series([str(fault) != "" for fault in told]) & (lon.notna() & lat.notna())
    rights = {str(PositionFault.SWAPPED): "longitude in lon, latitude in lat: they seem to be swapped"}
    both = text["lon"].fillna("").str.cat(text["lat"].fillna(""), sep=", ")
    for fault in sorted({str(each) for each in told[wrong.to_numpy()]}):
        here = wrong & pd.Series(told == fault)
        _tell(
            faults, rows[here], "lon, lat", both[here], "POSITION", rights.get(fault, "degrees within China (WGS-84)")
        )
    half = given & (text["lon"].isna() | text["lat"].isna())
    _tell(faults, rows[half], "lon, lat", both[half], "POSITION", "both lon and lat, or neither")
    usable = ~wrong & lon.notna() & lat.notna()
    return ((axis * _GRID).round() / _GRID for axis in (lon.where(usable), lat.where(usable)))  # type: ignore[return-value]


def _unusable(text: pd.DataFrame, frame: pd.DataFrame, faults: list[Fault], own_size: int) -> pd.Series:
    """Why each firm takes no part; the first reason that holds."""
    rows, low = frame["row"], text["eligible"].str.lower()
    odd = low.notna() & ~low.isin(_YES | _NO)
    _tell(faults, rows[odd], "eligible", text["eligible"][odd], "FLAG", "1 or 0 (yes or no)")
    no_id = text["id"].isna()
    _tell(faults, rows[no_id], "id", text["id"][no_id], "ID_MISSING", "an id of its own for each firm")
    double = text["id"].duplicated() & ~no_id
    _tell(faults, rows[double], "id", text["id"][double], "ID_DOUBLE", "an id that no earlier row has")
    homeless = _homeless(text["jurisdiction"], rows, faults)
    why = pd.Series(pd.NA, index=frame.index, dtype="string")
    for reason, hit in (
        ("R6", frame["workers"].isna()), ("own_size", (frame["workers"] >= own_size).fillna(False)),
        ("not_eligible", odd | low.isin(_NO).fillna(False)), ("no_jurisdiction", homeless), ("double_id", double),
        ("no_id", no_id),
    ):  # fmt: skip
        why = why.mask(hit.astype(bool), reason)
    return why


def _homeless(given: pd.Series, rows: pd.Series, faults: list[Fault]) -> pd.Series:
    """Which rows name no jurisdiction; they are told."""
    none = given.isna()
    _tell(faults, rows[none], "jurisdiction", given[none], "JURISDICTION", "the township or zone it is in")
    return none


class Unions(NamedTuple):
    """Existing joint unions: id, kind, place, jurisdiction, spare, lon, lat, from_m, to_m; and what was wrong."""

    frame: pd.DataFrame
    faults: tuple[Fault, ...]


def read_unions(raw: pd.DataFrame) -> Unions:
    """Check the cells of a table of existing joint unions; rows with a fault are left out and told.

    Raises
    ------
    TableError
        Columns are missing.
    """
    text = _columns(raw, UNION_COLUMNS, UNION_EXTRAS)
    faults: list[Fault] = []
    rows = pd.Series(raw.index.to_numpy())
    frame = text[["id", "kind", "place", "jurisdiction"]].copy()
    frame["kind"] = frame["kind"].str.lower()
    frame["spare"] = _whole(text["spare"], rows, "spare", faults, most=_MOST_WORKERS)
    frame["lon"], frame["lat"] = _positions(text, rows, faults)
    for name in ("from_m", "to_m"):
        frame[name] = _metres(text[name], rows, faults)
    odd = ~frame["kind"].isin(UNION_KINDS)
    _tell(faults, rows[odd], "kind", text["kind"][odd], "KIND", ", ".join(UNION_KINDS))
    double = frame["id"].duplicated() | frame["id"].isna()
    _tell(faults, rows[double], "id", text["id"][double], "ID_DOUBLE", "an id of its own for each union")
    homeless = _homeless(frame["jurisdiction"], rows, faults)
    street, area = frame["kind"].eq("street"), frame["kind"].eq("community")
    nowhere = (area & frame["lon"].isna()) | (~area & frame["place"].isna())
    nowhere |= street & (frame["from_m"].isna() | frame["to_m"].isna())
    _tell(
        faults,
        rows[nowhere],
        "place",
        text["place"][nowhere],
        "POSITION",
        "its place; a street union from_m and to_m, a community union lon and lat",
    )
    bad = (odd | double | homeless | nowhere).fillna(True) | frame["spare"].isna()
    return Unions(frame[~bad.astype(bool)].reset_index(drop=True), tuple(sorted(faults)))


def read_before(raw: pd.DataFrame) -> pd.DataFrame:
    """Return id, group, kind and seat of the grouped firms of an earlier output.

    Raises
    ------
    TableError
        Columns are missing.
    """
    text = _columns(raw, BEFORE_COLUMNS, ())
    for name in ("id", "group", "seat"):
        text[name] = text[name].str.replace(r"^'(?=[=+\-@])", "", regex=True)
    return text.dropna().drop_duplicates("id").reset_index(drop=True)


def settings(given: Mapping[str, object], known: Mapping[str, int]) -> dict[str, int]:
    """Check parameters: whole numbers under known names.

    Raises
    ------
    TableError
        Codes PARAMETER with the names known, or NUMBER with the value.
    """
    unknown = sorted(str(name) for name in given if name not in known)
    if unknown:
        detail = {"unknown": unknown, "known": sorted(known)}
        raise TableError(f"unknown parameters: {', '.join(unknown)}", code="PARAMETER", detail=detail)
    for name, value in given.items():
        whole = (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
            and value == int(value)
        )
        if not whole:
            told = {"name": name, "value": str(value)[:80], "right": f"a whole number, such as {known[name]}"}
            raise TableError(f"{name} must be a whole number, not {value!r}", code="NUMBER", detail=told)
    return {str(name): int(value) for name, value in given.items()}  # type: ignore[call-overload]
