"""What can be wrong with a cell, a row or a file, and how much that weighs.

``reject`` keeps the row out (``skip``: and nothing in it has to be corrected), ``warn`` keeps the row but not the cell
(or asks a person to look), ``note`` tells what was read differently from how it is written. Codes only: the words for
them are outside ``geo``.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

REJECT, SKIP, WARN, NOTE = "reject", "skip", "warn", "note"

SEVERITY: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "NAME_MISSING",
                "NAME_NOT_A_NAME",
                "NAME_TOO_LONG",
                "TOTAL_ROW",
                "FOOTER_ROW",
                "HEADER_REPEATED",
                "EXTRA_CELLS",
                "DUPLICATE_SAME",
                "DUPLICATE_DIFFERENT",
                "FIRM_UNKNOWN",
                "FIRM_MISSING",
                "UNION_UNKNOWN",
                "UNION_MISSING",
                "OTHER_COUNTY",
                "OTHER_COUNTY_STORED",
                "COUNTS_MISSING",
                "CODE_MISSING",
                "LEVEL_MISSING",
                "ADDRESS_POINT_EMPTY",
                "GEOMETRY_KIND",
            ),
            REJECT,
        ),
        **dict.fromkeys(
            ("DAY_SERIAL", "DAY_MONTH_ONLY", "DAY_YEAR_ONLY", "COUNT_WORDS", "CODE_REPAIRED", "CODE_IS_ORG_CODE"), NOTE
        ),
        **dict.fromkeys(
            ("ADDRESS_COMPOSED", "GEOMETRY_3D", "STATUS_STOPPED", "COUNTY_FORMER", "MEMBERS_FROM_NAME"), NOTE
        ),
    }
)
"""Every code that is not a warning."""

SKIPPED = frozenset({"TOTAL_ROW", "FOOTER_ROW", "HEADER_REPEATED", "DUPLICATE_SAME"})
"""Codes of rows that are kept out for good: there is nothing in them to correct."""

COLUMNS = ("row", "severity", "code", "field", "column", "value", "detail")


def severity(code: str) -> str:
    """Return how much a fault weighs: what keeps a row out is ``reject``, also where nothing has to be corrected."""
    return SEVERITY.get(code, WARN)


def weight(code: str) -> str:
    """Return what a fault does with its row as a person is told: ``severity``, or ``skip``."""
    return SKIP if code in SKIPPED else severity(code)


def fault_frame(rows: Iterable[tuple[Any, str, str | None, str | None, str, Mapping[str, Any]]]) -> pd.DataFrame:
    """Build the frame of faults from ``(row, code, field, column, value as written, detail)``."""
    records = [
        (row, severity(code), code, name, column, value, dict(detail))
        for row, code, name, column, value, detail in rows
    ]
    frame = pd.DataFrame(records, columns=list(COLUMNS), dtype="object")
    return frame.sort_values(["row", "code"], kind="stable", ignore_index=True) if len(frame) else frame
