"""The firms of a large survey with no more than maps ask for: codes stored once, read in pieces.

A million firms with all that pages tell of one need several gigabytes; these columns need less than one.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import SurveyFirm
from app.store import flat, rows
from app.store.scope import Scope
from geo.frames import FIRMS
from geo.gaps import CHOICES, SWITCHES, Searched, searched_text

LARGE = 200_000
"""Firms of a survey from which maps read it slim."""

PIECE = 20_000
"""Rows read at once."""

SEARCHED = ("name", "uscc", "address", "operating_address")
"""Texts that a filter looks into: kept as one text of all firms, of which a list's page is read anew."""
NUMBERS = ("lon", "lat", "radius_m", "workers")
CODES = tuple(dict.fromkeys([*CHOICES.values(), "house_no", "unit", "floor", "room", "status"]))
DAYS = ("closed_on",)
"""With the status: whether the host of a union had closed by an earlier day."""
LISTS = ("flags", "federations")
COLUMNS = ("name", *NUMBERS, *CODES, *DAYS, *SWITCHES.values(), *LISTS)

MASKED = ("union_id", "federations", "group_id")
"""Columns in which a county is told of others that they are others."""

EVIDENCE = ["location_reasons", "candidates", "components"]
READ = ("key", *COLUMNS, *SEARCHED[1:])


def size(session: Session, run_key: str) -> int:
    """Return how many firms a survey holds."""
    table = SurveyFirm.__table__
    return int(session.scalar(sa.select(sa.func.count()).where(table.c.run_key == run_key)) or 0)


def firms(session: Session, run_key: str, scope: Scope) -> tuple[pd.DataFrame, Searched]:
    """Return ``COLUMNS`` of FIRMS in the order they were written, and the texts to search (see ``geo.gaps.Columns``).

    Codes are categories, other dtypes NumPy's own.
    A switch that is not known is False, a number that is not known NaN, a list that is not known empty.
    They are read once: then they are kept as a file (``flat``).
    """
    table = SurveyFirm.__table__
    selected = [sa.type_coerce(table.c[name], sa.types.NullType()).label(name) for name in READ]
    statement = sa.select(*selected).where(table.c.run_key == run_key).order_by(table.c.fid)
    if scope.county_code is not None:
        statement = statement.where(table.c.county_code == scope.county_code)
    mark = f"{run_key} {size(session, run_key)} {READ}"
    kept = flat.load(run_key, scope.county_code or "", mark)
    if kept is None or any(len(texts) != len(kept.arrays["lon"]) for texts in kept.texts.values()):
        found = _Gathered()
        for piece in _pieces(session, statement):
            found.add(piece)
        kept = found.flat()
        flat.save(run_key, scope.county_code or "", mark, kept)
    return _frame(kept), (kept.arrays["searched"].tobytes(), kept.arrays["starts"].astype("int64"))


def texts(session: Session, run_key: str, keys: Sequence[str]) -> pd.DataFrame:
    """Return what a slim reading leaves out and a list shows (``SEARCHED`` but the name), of a few firms by key."""
    table = SurveyFirm.__table__
    selected = sa.select(table.c.key, *(table.c[name] for name in SEARCHED[1:]))
    found = session.execute(selected.where(table.c.run_key == run_key, table.c.key.in_(list(keys)))).all()
    frame = pd.DataFrame([tuple(row) for row in found], columns=["key", *SEARCHED[1:]])
    return frame.set_index("key").reindex(keys)


def whole(session: Session, run_key: str, some: pd.DataFrame, known: pd.Index) -> pd.DataFrame:
    """Return FIRMS of a few rows of a slim reading, without the evidence of their positions.

    What the reading tells instead of another county's stays so; ``known`` are all its firms: no other is named.
    """
    table = SurveyFirm.__table__
    assert isinstance(table, sa.Table)
    found = rows.fetch_keys(session, FIRMS, table, list(some.index), table.c.run_key == run_key).loc[some.index]
    masked = {name: some[name].astype("object") for name in MASKED}
    return found.assign(**masked, same_as=found["same_as"].where(found["same_as"].isin(known))).drop(columns=EVIDENCE)


def _pieces(session: Session, statement: Any) -> Iterator[dict[str, Any]]:
    result = session.connection().execute(statement.execution_options(stream_results=True, max_row_buffer=PIECE))
    for piece in result.partitions(PIECE):
        yield dict(zip(READ, zip(*piece, strict=True), strict=True))


class _Gathered:
    """Columns put together piece by piece, each distinct code or list kept once."""

    def __init__(self) -> None:
        self.texts: dict[str, list[Any]] = {name: [] for name in ("key", "name")}
        self.parts: list[bytes] = []
        self.sizes: list[np.ndarray] = []
        self.arrays: dict[str, list[np.ndarray]] = {
            name: [] for name in (*NUMBERS, *SWITCHES.values(), *CODES, *DAYS, *LISTS)
        }
        self.known: dict[str, dict[Any, int]] = {name: {} for name in (*CODES, *DAYS, *LISTS)}

    def add(self, piece: dict[str, Any]) -> None:
        for name, texts in self.texts.items():
            texts.extend(piece[name])
        text, starts = searched_text([[value or "" for value in piece[name]] for name in SEARCHED])
        self.sizes.append(np.diff(np.append(starts, len(text))))
        self.parts.append(text)
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

    def flat(self) -> flat.Flat:
        """Return all as plain arrays; what was gathered is let go of on the way."""
        sizes = np.concatenate(self.sizes) if self.sizes else np.empty(0, dtype="int64")
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if len(sizes) else sizes
        arrays = {"searched": np.frombuffer(b"".join(self.parts), dtype="uint8"), "starts": starts}
        self.parts.clear()
        for name in list(self.arrays):
            parts = self.arrays.pop(name)
            arrays[name] = np.concatenate(parts) if parts else np.empty(0, dtype="int32")
        return flat.Flat(arrays, self.texts, {name: list(known) for name, known in self.known.items()})


def _frame(kept: flat.Flat) -> pd.DataFrame:
    """Return ``COLUMNS`` of FIRMS from plain arrays."""
    columns = {name: _column(name, kept) for name in COLUMNS}
    index = pd.Index(np.array(kept.texts["key"], dtype=object), name="enterprise_id", dtype=object)
    return pd.DataFrame(columns, index=index)


def _column(name: str, kept: flat.Flat) -> Any:
    if name in kept.texts:
        return np.array(kept.texts[name], dtype=object)
    values = kept.arrays[name]
    if name in CODES:
        return pd.Categorical.from_codes(values.astype("int32"), pd.Index(kept.known[name], dtype=object))
    if name in DAYS:
        return pd.to_datetime([*(str(day) for day in kept.known[name]), None]).to_numpy()[values]
    if name in LISTS:
        lists = [json.loads(text) if isinstance(text, str) else text for text in kept.known[name]]
        distinct = np.empty(len(lists) + 1, dtype=object)
        distinct[:] = [*lists, []]
        return distinct[values]
    return values.astype(bool) if name in SWITCHES.values() else values
