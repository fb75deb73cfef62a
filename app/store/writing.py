"""Writing layers: rows by key, told apart into new, changed and unchanged, with a journal that can take them back."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import dialect
from app.db.types import to_json
from app.models import ImportChange
from app.store import headcounts, rows, versions
from app.store.layers import HEADCOUNTS, LAYERS, Layer
from geo.frames import LIST

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
Absent = Literal["keep", "clear"]


@dataclass(frozen=True)
class Outcome:
    """What became of each row: a series ``new``, ``changed`` or ``unchanged`` by key, in the order of the frame."""

    status: pd.Series

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged; they sum to the rows given."""
        return {name: int((self.status == name).sum()) for name in (NEW, CHANGED, UNCHANGED)}


def write(
    session: Session,
    layer: str,
    frame: pd.DataFrame,
    *,
    batch: str | None = None,
    absent: Absent = "keep",
    dry: bool = False,
) -> Outcome:
    """Write a frame of ``geo.frames`` by key into its layer; rows that are not in it stay as they are.

    Parameters
    ----------
    layer : a name of ``LAYERS``, as divisions, places, enterprises
    batch : key of the import that writes, for the journal that ``imports.undo`` reads
    absent : ``keep`` leaves what is stored where the frame has NA, as a source that does not know says nothing;
        ``clear`` writes the NA
    dry : compare only; works in a reading session
    """
    target = LAYERS[layer]
    frame = target.spec.conform(frame)
    status = _write(session, target, frame, batch=batch, absent=absent, dry=dry)
    if target.kind:
        counts = headcounts.split(target, frame)
        counted = _write(session, LAYERS[HEADCOUNTS.name], counts, batch=batch, absent=absent, dry=dry)
        moved = set(counts["subject_key"][(counted != UNCHANGED).to_numpy()])
        status = status.where(~(status.index.isin(moved) & (status == UNCHANGED)), CHANGED)
    if not dry and (status != UNCHANGED).any():
        versions.bump(session, versions.INPUTS)
    return Outcome(status)


def _write(
    session: Session, layer: Layer, frame: pd.DataFrame, *, batch: str | None, absent: Absent, dry: bool
) -> pd.Series:
    stored = rows.fetch_keys(session, layer.spec, layer.table, frame.index.tolist(), *_current(layer))
    known = frame.index.isin(stored.index)
    before = stored.loc[frame.index[known]]
    given = _approved(session, layer, _given(layer, frame[known], before, absent), before)
    changed = given[_differs(layer, given, before)]
    status = pd.Series(np.where(known, UNCHANGED, NEW), index=frame.index, dtype="string")
    status[changed.index] = CHANGED
    if not dry:
        _insert(session, layer, frame[~known])
        _update(session, layer, changed)
        if batch is not None:
            _journal(session, batch, layer, frame.index[~known], before.loc[changed.index])
    return status


def _current(layer: Layer) -> list[Any]:
    return [layer.table.c.replaced_on.is_(None)] if "replaced_on" in layer.table.c else []


def _approved(session: Session, layer: Layer, given: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Keep the lines of places that were approved: a layer that comes again does not undo what people decided."""
    if "draft_key" not in layer.table.c or given.empty:
        return given
    table = layer.table
    query = sa.select(table.c.key).where(table.c.draft_key.is_not(None), table.c.replaced_on.is_(None))
    decided = given.index.isin(list(session.scalars(query)))
    return given.assign(geometry=given["geometry"].where(~decided, before["geometry"])) if decided.any() else given


def _given(layer: Layer, given: pd.DataFrame, before: pd.DataFrame, absent: Absent) -> pd.DataFrame:
    if absent == "clear":
        return given
    names = [*layer.columns, *(["geometry"] if layer.spec.spatial else [])]
    return given.assign(**{name: given[name].where(given[name].notna(), before[name]) for name in names})


def _differs(layer: Layer, given: pd.DataFrame, before: pd.DataFrame) -> np.ndarray:
    differs = np.zeros(len(given), dtype=bool)
    for name in layer.columns:
        a, b = given[name], before[name]
        if layer.spec.columns[name].dtype == LIST:
            a, b = pd.Series(rows.plain(a, LIST)), pd.Series(rows.plain(b, LIST))
        same = (a.to_numpy(dtype=object) == b.to_numpy(dtype=object)) if not len(a) else _same(a, b)
        differs |= ~same
    if layer.spec.spatial:
        differs |= _wkb(given) != _wkb(before)
    return differs


def _same(a: pd.Series, b: pd.Series) -> np.ndarray:
    equal = (a.reset_index(drop=True) == b.reset_index(drop=True)).fillna(False).to_numpy(dtype=bool)
    return np.asarray(equal | (a.isna().to_numpy() & b.isna().to_numpy()))


def _wkb(frame: pd.DataFrame) -> np.ndarray:
    return np.asarray(shapely.to_wkb(frame["geometry"].to_numpy(), hex=True), dtype=object)


def _insert(session: Session, layer: Layer, frame: pd.DataFrame) -> None:
    if frame.empty:
        return
    connection = session.connection()
    fixed = {"version": 1} if "version" in layer.table.c else {}
    dialect.bulk_insert(connection, layer.table, *rows.table_rows(connection, layer.spec, layer.table, frame, **fixed))


def _update(session: Session, layer: Layer, frame: pd.DataFrame) -> None:
    if frame.empty:
        return
    connection = session.connection()
    keys = rows.fids(session, layer.table, frame.index.tolist())
    names, values = rows.table_rows(connection, layer.spec, layer.table, frame)
    dialect.bulk_update(connection, layer.table, names[1:], [(*row[1:], keys[row[0]]) for row in values])


def _journal(session: Session, batch: str, layer: Layer, new: pd.Index, before: pd.DataFrame) -> None:
    table = ImportChange.__table__
    assert isinstance(table, sa.Table)
    name = layer.spec.name
    changes: list[tuple[str, str, str, str | None]] = [(batch, name, key, None) for key in new]
    if len(before):
        columns = {column: rows.plain(before[column], layer.spec.columns[column].dtype) for column in layer.columns}
        if layer.spec.spatial:
            columns["geometry"] = _wkb(before).tolist()
        records = zip(*columns.values(), strict=True)
        images = (to_json(dict(zip(columns, record, strict=True))) for record in records)
        changes += [(batch, name, key, image) for key, image in zip(before.index, images, strict=True)]
    dialect.bulk_insert(session.connection(), table, ["batch_key", "layer", "row_key", "before"], changes)
