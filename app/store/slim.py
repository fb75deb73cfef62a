"""The firms of a large survey with no more than maps ask for: codes stored once, read in pieces.

A million firms with all that pages tell of one need several gigabytes; these columns need less than one.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import SurveyFirm
from app.store.scope import Scope
from geo.gaps import CHOICES, SWITCHES

LARGE = 200_000
"""Firms of a survey from which maps read it slim."""

PIECE = 20_000
"""Rows read at once."""

TEXTS = ("name", "uscc", "address", "operating_address")
NUMBERS = ("lon", "lat", "radius_m", "workers")
CODES = tuple(dict.fromkeys([*CHOICES.values(), "house_no", "unit", "floor", "room"]))
LISTS = ("flags", "federations")
COLUMNS = (*TEXTS, *NUMBERS, *CODES, *SWITCHES.values(), *LISTS)


def size(session: Session, run_key: str) -> int:
    """Return how many firms a survey holds."""
    table = SurveyFirm.__table__
    return int(session.scalar(sa.select(sa.func.count()).where(table.c.run_key == run_key)) or 0)


def firms(session: Session, run_key: str, scope: Scope) -> pd.DataFrame:
    """Return ``COLUMNS`` of FIRMS in the order they were written; codes are categories, other dtypes NumPy's own.

    A switch that is not known is False, a number that is not known NaN, a list that is not known empty.
    """
    table = SurveyFirm.__table__
    selected = [sa.type_coerce(table.c[name], sa.types.NullType()).label(name) for name in ("key", *COLUMNS)]
    statement = sa.select(*selected).where(table.c.run_key == run_key).order_by(table.c.fid)
    if scope.county_code is not None:
        statement = statement.where(table.c.county_code == scope.county_code)
    found = _Gathered()
    for piece in _pieces(session, statement):
        found.add(piece)
    return found.frame()


def _pieces(session: Session, statement: Any) -> Iterator[dict[str, Any]]:
    result = session.connection().execute(statement.execution_options(stream_results=True, max_row_buffer=PIECE))
    for rows in result.partitions(PIECE):
        yield dict(zip(("key", *COLUMNS), zip(*rows, strict=True), strict=True))


class _Gathered:
    """Columns put together piece by piece, each distinct code or list kept once."""

    def __init__(self) -> None:
        self.texts: dict[str, list[Any]] = {name: [] for name in ("key", *TEXTS)}
        self.arrays: dict[str, list[np.ndarray]] = {name: [] for name in (*NUMBERS, *SWITCHES.values(), *CODES, *LISTS)}
        self.known: dict[str, dict[Any, int]] = {name: {} for name in (*CODES, *LISTS)}

    def add(self, piece: dict[str, Any]) -> None:
        for name, texts in self.texts.items():
            texts.extend(piece[name])
        for name in NUMBERS:
            self.arrays[name].append(np.array(piece[name], dtype="float64"))
        for name in SWITCHES.values():
            self.arrays[name].append(np.array([bool(value) for value in piece[name]]))
        for name, known in self.known.items():
            for value in dict.fromkeys(piece[name]):
                if value is not None:
                    known.setdefault(value, len(known))
            numbers = known | {None: -1}
            self.arrays[name].append(np.fromiter((numbers[value] for value in piece[name]), "int32", len(piece[name])))

    def frame(self) -> pd.DataFrame:
        arrays = {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in self.arrays.items()}
        columns: dict[str, Any] = {name: np.array(self.texts[name], dtype=object) for name in TEXTS}
        columns |= {name: arrays[name] for name in NUMBERS}
        columns |= {name: arrays[name].astype(bool) for name in SWITCHES.values()}
        for name in CODES:
            codes = arrays[name].astype("int32")
            columns[name] = pd.Categorical.from_codes(codes, categories=pd.Index(list(self.known[name]), dtype=object))
        for name in LISTS:
            lists = [json.loads(text) if isinstance(text, str) else text for text in self.known[name]]
            distinct = np.empty(len(lists) + 1, dtype=object)
            distinct[:] = [*lists, []]
            columns[name] = distinct[arrays[name].astype("int32")]
        index = pd.Index(np.array(self.texts["key"], dtype=object), name="enterprise_id", dtype=object)
        return pd.DataFrame({name: columns[name] for name in COLUMNS}, index=index)
