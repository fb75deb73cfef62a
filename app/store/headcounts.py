"""Counts by day: taken out of the frames of enterprises and unions when written, put back as of a day when read."""

from datetime import date

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Headcount
from app.store import rows
from app.store.layers import HEADCOUNTS, LAYERS, Layer


def split(layer: Layer, frame: pd.DataFrame) -> pd.DataFrame:
    """Return HEADCOUNTS of the rows of ``frame`` that have any count."""
    counts = frame[list(layer.counts)].rename(columns=dict(layer.counts))
    numbers = [name for name in layer.counts.values() if name not in ("as_of", "basis")]
    counts = counts[counts[numbers].notna().any(axis=1)]
    return keyed(counts.assign(subject_kind=layer.kind, subject_key=counts.index))


def keyed(counts: pd.DataFrame) -> pd.DataFrame:
    """Return HEADCOUNTS of rows with subject_kind, subject_key, as_of and counts; the last row of a day holds."""
    days = pd.to_datetime(counts["as_of"]).dt.strftime("%Y-%m-%d").fillna("")
    keys = counts["subject_kind"].astype(str) + "|" + counts["subject_key"].astype(str) + "|" + days
    counts = counts.set_index(pd.Index(keys.astype(object).to_numpy()))
    return HEADCOUNTS.conform(counts[~counts.index.duplicated(keep="last")])


def join(session: Session, layer: Layer, frame: pd.DataFrame, on: date | None) -> pd.DataFrame:
    """Return ``frame`` with the latest counts not after ``on`` (None: the latest there are); unknown stays NA."""
    counts = _as_of(session, layer, on)
    counts = counts.set_index(pd.Index(counts["subject_key"].astype(object).to_numpy())).reindex(frame.index)
    return frame.assign(**{name: counts[column] for name, column in layer.counts.items()})


def _as_of(session: Session, layer: Layer, on: date | None) -> pd.DataFrame:
    table = LAYERS[HEADCOUNTS.name].table
    condition = [table.c.subject_kind == layer.kind]
    if on is not None:
        condition.append(sa.or_(table.c.as_of.is_(None), table.c.as_of <= on))
    order = sa.func.row_number().over(partition_by=table.c.subject_key, order_by=table.c.as_of.desc().nulls_last())
    ranked = sa.select(table.c.fid, order.label("place")).where(*condition).subquery()
    return rows.fetch(session, HEADCOUNTS, table, table.c.fid.in_(sa.select(ranked.c.fid).where(ranked.c.place == 1)))


def basis(session: Session, kind: str, key: str, on: date) -> str | None:
    """Return where the latest counts of a subject up to a day come from, None if that or the counts are not known."""
    query = sa.select(Headcount.basis).where(Headcount.subject_kind == kind, Headcount.subject_key == key)
    query = query.where(sa.or_(Headcount.as_of.is_(None), Headcount.as_of <= on))
    return session.scalar(query.order_by(Headcount.as_of.desc().nulls_last()).limit(1))
