"""Reading layers as the frames of ``geo.frames``, within a scope and as of a day."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import dialect
from app.models import SurveyFirm, SurveyRecord
from app.store import headcounts, rows
from app.store.layers import LAYERS, Layer
from app.store.scope import Scope

if TYPE_CHECKING:
    from geo.survey import Inputs


def read(
    session: Session, layer: str, scope: Scope, *, on: date | None = None, keys: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a layer as its frame, in the order it was written.

    Parameters
    ----------
    layer : a name of ``LAYERS``, as divisions, places, enterprises
    scope : a county sees the rows of its county, of divisions and outlines its own with what lies in them and above;
        enterprises belong to the county where the latest survey found them
    on : counts of enterprises and unions are the latest not after this day (None: the latest)
    keys : only these rows, those that exist
    """
    target = LAYERS[layer]
    conditions = [*_current(target), *_within(target, scope)]
    if keys is None:
        frame = rows.fetch(session, target.spec, target.table, *conditions)
    else:
        frame = rows.fetch_keys(session, target.spec, target.table, list(keys), *conditions)
    if layer in ("divisions", "outlines") and scope.county_code is not None:
        frame = _of_county(frame, scope.county_code)
    return target.spec.conform(headcounts.join(session, target, frame, on)) if target.kind else frame


def count(session: Session, layer: str) -> int:
    """Return how many rows a layer has in the whole city."""
    target = LAYERS[layer]
    query = sa.select(sa.func.count()).select_from(target.table).where(*_current(target))
    return int(session.scalar(query) or 0)


def firm_names(session: Session, scope: Scope) -> list[tuple[str, str, str | None]]:
    """Return key, name and organisation code of every stored firm of a scope: for telling what is known."""
    table = LAYERS["enterprises"].table
    query = sa.select(table.c.key, table.c.name, table.c.org_code, table.c.uscc)
    query = query.where(*_current(LAYERS["enterprises"]), *_within(LAYERS["enterprises"], scope))
    return [(key, name, org or (uscc or "")[8:17] or None) for key, name, org, uscc in session.execute(query)]


def whereabouts(session: Session, keys: Sequence[str]) -> dict[str, str]:
    """Return the county where the latest survey found each of these firms, as far as it found one."""
    newest = sa.select(SurveyRecord.key).order_by(SurveyRecord.on_day.desc()).limit(1).scalar_subquery()
    query = sa.select(SurveyFirm.key, SurveyFirm.county_code)
    found: dict[str, str] = {}
    for part in rows.chunks(list(keys)):
        of = query.where(SurveyFirm.run_key == newest, dialect.any_of(SurveyFirm.__table__.c.key, part))
        found |= {key: county for key, county in session.execute(of) if county}
    return found


def inputs(session: Session, *, on: date | None = None) -> "Inputs":
    """Return all that a survey of the city reads, as of ``on``; who was grouped before, by the survey of that day."""
    from app.store.surveys import groupings  # which reads with this module
    from geo.survey import Inputs

    city = Scope()
    layers = {name: read(session, name, city, on=on) for name in Inputs.__dataclass_fields__ if name in LAYERS}
    return Inputs(**layers, before=groupings(session, on))


def find(session: Session, layer: str, **columns: Sequence[str]) -> pd.DataFrame:
    """Return the rows of which any column has one of its values: ``find(s, "enterprises", uscc=[…], org_code=[…])``.

    For recognising what is stored while a register is read, hence without scope; counts are left NA.
    """
    target = LAYERS[layer]
    parts = [
        rows.fetch(session, target.spec, target.table, dialect.any_of(target.table.c[name], part), *_current(target))
        for name, values in columns.items()
        for part in rows.chunks(list(values))
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return target.spec.empty()
    found = pd.concat(parts)
    return found[~found.index.duplicated()]


def _of_county(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """Keep a county, what lies in it, and what it lies in."""
    if "parent" not in frame:
        return frame[frame.index.to_series().str.startswith(code) | ~frame["level"].isin(("county", "town", "village"))]
    own, lower = {code}, {code}
    while lower:
        lower = set(frame.index[frame["parent"].isin(lower)]) - own
        own |= lower
    above = ~frame["level"].isin(("county", "town", "village"))
    return frame[frame.index.isin(own) | above]


def _current(layer: Layer) -> list[Any]:
    return [layer.table.c.replaced_on.is_(None)] if "replaced_on" in layer.table.c else []


def _within(layer: Layer, scope: Scope) -> list[Any]:
    if scope.county_code is None:
        return []
    table, code = layer.table, scope.county_code
    unions = LAYERS["unions"].table
    newest = sa.select(SurveyRecord.key).order_by(SurveyRecord.on_day.desc()).limit(1).scalar_subquery()
    located = sa.select(SurveyFirm.key).where(SurveyFirm.run_key == newest, SurveyFirm.county_code == code)
    in_county = sa.select(unions.c.key).where(unions.c.county_code == code)
    match layer.spec.name:
        case "places" | "unions" | "case_steps":
            return [table.c.county_code == code]
        case "memberships":
            return [table.c.union_id.in_(in_county)]
        case "enterprises":
            return [table.c.key.in_(located)]
        case "steps":
            return [table.c.enterprise_id.in_(located)]
        case "headcounts":
            return [table.c.subject_key.in_(located) | table.c.subject_key.in_(in_county)]
        case "decisions":
            said = table.c.subject
            named = said.contains(f":{code}:", autoescape=True) | said.startswith(code, autoescape=True)
            return [said.in_(located) | said.in_(in_county) | named]
        case _:
            return []
