"""One value of a spreadsheet: nothing that a registry wrote may act as a formula."""

import re
from datetime import date, datetime
from typing import Any

import pandas as pd

MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet program read a text as a formula or command when it stands first."""

MOST = 32_767
"""Characters an Excel cell holds."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def cell(value: Any) -> Any:
    """Return ``value`` as a cell may hold it: None if missing, days as days, text harmless and short enough."""
    if isinstance(value, str):
        return neutral(value) or None
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, (bool, int, float, date, datetime)):
        return value
    return value.item() if hasattr(value, "item") else neutral(str(value))


def neutral(text: str) -> str:
    """Return ``text`` without control characters and, if it could act as a formula, with an apostrophe in front."""
    text = _CONTROL.sub("", text)[: MOST - 1]
    return f"'{text}" if text.startswith(MARKS) else text
