"""Taking an import back: the rows it made go, the rows it changed become what they were."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.db import dialect
from app.models import ImportBatch, ImportChange, Place
from app.store import rows, versions
from app.store.layers import LAYERS, Layer
from geo.errors import AtlasError

_NAMED = 5
"""Imports named to a person who asked for one that there is not."""


class UndoRefusedError(AtlasError):
    """An import cannot be taken back.

    There is none of that key (IMPORT_UNKNOWN, or IMPORT_NONE where there are none at all), it is not done
    (IMPORT_NOT_DONE), or a later one, or a draft of boundaries, changed its rows (IMPORT_LATER).
    """

    code = "IMPORT_LATER"


def undo(session: Session, batch: str) -> dict[str, dict[str, int]]:
    """Take an import back and return how many rows were ``removed`` and ``restored``, by layer.

    Raises
    ------
    UndoRefusedError
        With the later import's key in ``detail``; nothing is changed.
    """
    found = session.scalar(sa.select(ImportBatch).where(ImportBatch.key == batch))
    if found is None:
        known = _known(session)
        code = "IMPORT_UNKNOWN" if known else "IMPORT_NONE"
        raise UndoRefusedError(f"there is no import {batch}", code=code, detail={"batch": batch, "known": known})
    if found.status != "done":
        detail = {"say": batch, "batch": batch, "status": found.status}
        raise UndoRefusedError(f"import {batch} is {found.status}, not done", code="IMPORT_NOT_DONE", detail=detail)
    _refuse_if_later(session, batch)
    tally = {}
    for name in session.scalars(sa.select(ImportChange.layer).where(ImportChange.batch_key == batch).distinct()).all():
        new, before = _changes(session, batch, name)
        _remove(session, LAYERS[name], new)
        _restore(session, LAYERS[name], before)
        tally[name] = {"removed": len(new), "restored": len(before)}
    found.status, found.finished_at = "undone", datetime.now(UTC)
    versions.bump(session, versions.INPUTS)
    return tally


def _known(session: Session) -> list[str]:
    """Return the keys of the newest imports that can be taken back."""
    done = sa.select(ImportBatch.key).where(ImportBatch.status == "done").order_by(ImportBatch.fid.desc())
    return list(session.scalars(done.limit(_NAMED)))


def _refuse_if_later(session: Session, batch: str) -> None:
    ours, theirs = aliased(ImportChange), aliased(ImportChange)
    query = (
        sa.select(ImportBatch.key)
        .join(theirs, theirs.batch_key == ImportBatch.key)
        .join(ours, sa.and_(ours.layer == theirs.layer, ours.row_key == theirs.row_key, ours.fid < theirs.fid))
        .where(ours.batch_key == batch, ImportBatch.key != batch, ImportBatch.status == "done")
        .order_by(ImportBatch.fid.desc())
        .limit(1)
    )
    later = session.scalar(query)
    later = later or _approved(session, batch)
    if later is not None:
        raise UndoRefusedError(
            f"import {later} changed the same rows later: undo it first", detail={"batch": batch, "later": later}
        )


def _approved(session: Session, batch: str) -> str | None:
    """Return a draft of boundaries that changed places of an import since, None if there is none."""
    ours = sa.select(ImportChange.row_key).where(ImportChange.batch_key == batch, ImportChange.layer == "places")
    drafted = sa.select(Place.draft_key).where(Place.draft_key.is_not(None), Place.key.in_(ours))
    return session.scalar(drafted.limit(1))


def _changes(session: Session, batch: str, layer: str) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Return the keys of new rows, and what changed rows were before the first change of this import."""
    query = sa.select(ImportChange.row_key, sa.type_coerce(ImportChange.before, sa.Text))
    query = query.where(ImportChange.batch_key == batch, ImportChange.layer == layer).order_by(ImportChange.fid.desc())
    first: dict[str, str | None] = dict(session.execute(query).all())
    new = [key for key, before in first.items() if before is None]
    return new, {key: json.loads(before) for key, before in first.items() if before is not None}


def _remove(session: Session, layer: Layer, keys: list[str]) -> None:
    for part in rows.chunks(keys):
        session.execute(layer.table.delete().where(dialect.any_of(layer.table.c.key, part)))


def _restore(session: Session, layer: Layer, before: dict[str, dict[str, Any]]) -> None:
    if not before:
        return
    connection = session.connection()
    fids = rows.fids(session, layer.table, list(before))
    columns = {name: [row[name] for row in before.values()] for name in layer.columns}
    if layer.spec.spatial:
        shapes = shapely.from_wkb(np.array([row["geometry"] for row in before.values()], dtype=object))
        columns["geom"] = list(dialect.encode(connection, shapes))
    values = list(zip(*columns.values(), [fids[key] for key in before], strict=True))
    dialect.bulk_update(connection, layer.table, list(columns), values)
