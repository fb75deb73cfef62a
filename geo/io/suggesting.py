"""Files of the ``suggest`` command without a database: plain tables in, a plain table and a summary out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from geo.errors import FileRefused
from geo.io.delimited import detect_encoding, read_plain_rows
from geo.joint.audit import Audit
from geo.joint.planning import Plan
from geo.joint.table import TableError

OUTPUT = ("id", "group", "kind", "seat", "distance_m", "reason")
"""Columns of the answer."""
_LONGEST_PARAMETERS = 100_000


def read_plain(path: Path) -> pd.DataFrame:
    """Read a delimited text (UTF-8 or GB18030; comma, tab, semicolon) as text cells, indexed by row number.

    Blank lines are no rows. Cells beyond the header are dropped; a short row has empty cells.

    Raises
    ------
    FileRefused
        ``FILE_MISSING``, ``FILE_KIND``, ``FILE_ENCODING``, ``FILE_QUOTES``, ``NO_ROWS``.
    """
    lines = enumerate(read_plain_rows(path), start=1)
    header = next(((row, cells) for row, cells in lines if any(cell.strip() for cell in cells)), None)
    if header is None:
        raise FileRefused(f"{path.name} has no rows", code="NO_ROWS", detail={"file": path.name})
    width = len(header[1])
    numbers, rows = [], []
    for row, cells in lines:
        if any(cell.strip() for cell in cells):
            numbers.append(row)
            rows.append([*cells[:width], *[""] * (width - len(cells))])
    names = [name.strip().lstrip("\ufeff") for name in header[1]]
    return pd.DataFrame(rows, index=pd.Index(numbers, dtype="int64"), columns=names, dtype="str")


def read_parameters(path: Path) -> dict[str, Any]:
    """Read a YAML mapping of parameters.

    Raises
    ------
    FileRefused
        ``FILE_MISSING``, ``FILE_TOO_LARGE``, ``FILE_ENCODING``.
    TableError
        ``MAPPING`` where it is no list of names and values.
    """
    if not path.is_file():
        raise FileRefused(f"{path} does not exist", code="FILE_MISSING", detail={"file": str(path)})
    if path.stat().st_size > _LONGEST_PARAMETERS:
        raise FileRefused(f"{path.name} is too large", code="FILE_TOO_LARGE", detail={"file": path.name})
    try:
        found = yaml.safe_load(path.read_text(encoding=detect_encoding(path)))
    except (yaml.YAMLError, RecursionError) as error:
        raise TableError(f"{path.name} is no YAML: {error}", code="MAPPING") from error
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise TableError(f"{path.name} holds no names and values", code="MAPPING")
    return {str(name): value for name, value in found.items()}


def write_answer(path: Path, ids: pd.Series, answer: pd.DataFrame) -> None:
    """Write one row for each row of the table of firms, in its order; a cell that a spreadsheet would run is quoted."""
    table = answer.assign(id=ids)[list(OUTPUT)]
    for name in ("id", "group", "seat"):
        risky = table[name].str.match(r"(?![+-]?\d+(\.\d+)?$)[=+\-@\t\r]").fillna(value=False)
        table[name] = table[name].mask(risky, "'" + table[name])
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def write_summary(path: Path, plan: Plan, audit: Audit, *, seconds: float, parameters: Mapping[str, int]) -> None:
    """Write the figures of a run as JSON; values are in workers, three digits exact."""
    groups = plan.groups
    summary = {
        "objective": plan.objective_milli / 1000,
        "stay_bonus": plan.bonus_milli / 1000,
        "bound": plan.bound_milli / 1000,
        "gap": round(plan.gap, 6),
        "firms": len(plan.firms),
        "firms_taking_part": int(plan.firms["reason"].isin(["founds", "joins"]).sum() + _left(plan).sum()),
        "covered_firms": audit.firms,
        "covered_workers": audit.workers,
        "left_over": {str(code): int(n) for code, n in _codes(plan).value_counts().sort_index().items()},
        "groups": len(groups),
        "groups_by_kind": {str(kind): int(n) for kind, n in groups["kind"].value_counts().sort_index().items()},
        "checked": not audit.faults,
        "seconds": round(seconds, 3),
        "parameters": dict(parameters),
    }
    path.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _codes(plan: Plan) -> pd.Series:
    reason = plan.firms["reason"]
    return reason[~reason.isin(["founds", "joins"])].str.split(" ").str[0]


def _left(plan: Plan) -> pd.Series:
    return plan.firms["reason"].str.match(r"R\d").fillna(False)
