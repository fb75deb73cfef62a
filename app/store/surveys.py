"""Surveys as stored: one a day, whole, so that every figure can be traced; read once a process and kept in memory."""

import math
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import models
from app.db import dialect
from app.models import SurveyRecord
from app.store import area, flat, rows, versions
from app.store import slim as slim_firms
from app.store.scope import Scope
from geo import frames
from geo.coverage import measure
from geo.frames import Spec
from geo.gaps import Searched

if TYPE_CHECKING:
    from geo.survey import Survey

PARTS: dict[str, tuple[Spec, type[models.Base]]] = {
    "firms": (frames.FIRMS, models.SurveyFirm),
    "places": (frames.PLACES, models.SurveyPlace),
    "unions": (frames.SURVEYED_UNIONS, models.SurveyUnion),
    "same": (frames.SAME, models.SurveySame),
    "links": (frames.LINKS, models.SurveyLink),
    "groups": (frames.GROUPS, models.SurveyGroup),
    "facts": (frames.FACTS, models.SurveyFact),
}
"""The frames of a survey that have a table; ``groupings`` is a selection of ``firms``."""

LEFT_OUT = ("same", "links", "facts")
"""Frames that a slim reading of a survey leaves empty."""

_KEEP = 6
_cache: "OrderedDict[tuple[str, str, Scope, bool], Survey]" = OrderedDict()
_sizes: dict[tuple[str, str], int] = {}
_lock = threading.Lock()


def save(
    session: Session,
    survey: "Survey",
    run_key: str,
    *,
    input_version: int | None = None,
    seconds: float | None = None,
) -> None:
    """Store a survey as the one of its day; an older one of the same day goes. House numbers are not kept as places.

    ``input_version`` is that of the inputs it was made from (default: now's); ``seconds`` is how long suggesting
    unions took.
    """
    for old in session.scalars(sa.select(SurveyRecord).where(SurveyRecord.on_day == survey.on)).all():
        _drop(session, old)
    for name, (spec, model) in PARTS.items():
        frame = spec.conform(getattr(survey, name))
        if name == "places":
            frame = frame[frame["kind"] != "address"]
        table = model.__table__
        assert isinstance(table, sa.Table)
        connection = session.connection()
        values = rows.table_rows(connection, spec, table, frame, run_key=run_key)
        dialect.bulk_insert(connection, table, *values)
    record = SurveyRecord(
        key=run_key,
        on_day=survey.on,
        rules_day=survey.rules_day,
        gazetteer_hash=survey.gazetteer_hash,
        input_version=versions.input_version(session) if input_version is None else input_version,
        tally=[asdict(stage) for stage in survey.tally],
        figures=_figures(survey),
        proof={
            "counties": [list(each) for each in survey.proof],
            "options": asdict(survey.joint),
            "seconds": seconds,
        },
        made_at=datetime.now(UTC),
    )
    session.add(record)
    versions.bump(session, versions.RESULTS)


def latest(session: Session, scope: Scope, on: date | None = None, *, slim: bool = False) -> "Survey | None":
    """Return the survey of the latest day not after ``on`` (None: of the newest day), as ``scope`` may see it.

    The same object again as long as that survey stands; None if there is none. A county sees the firms found in it,
    what they belong to, and the unions and places of its own. ``slim``: if the survey is large, its firms have only
    the columns of ``slim.COLUMNS``, and links, facts and doubles are left out.
    """
    found = record(session, on)
    if found is None:
        return None
    run = (str(session.get_bind().engine.url), found.key)
    with _lock:
        slim = slim and _large(session, run)
        key = (*run, scope, slim)
        if key not in _cache:
            whole = (*run, Scope(), slim)
            if slim:
                _keep(key, _thin(session, found, scope))
            elif whole not in _cache:
                _keep(whole, _load(session, found))
            if not slim:
                _keep(key, _within(_cache[whole], scope))
        _cache.move_to_end(key)
        return _cache[key]


def used(survey: "Survey") -> None:
    """Say that a survey of ``latest`` was looked at again, so that others leave the process first."""
    with _lock:
        for key in [key for key, kept in _cache.items() if kept is survey]:
            _cache.move_to_end(key)


def record(session: Session, on: date | None = None) -> SurveyRecord | None:
    """Return what is known of the survey that ``latest`` would give: its run, days, tally and version of the inputs."""
    query = sa.select(SurveyRecord).order_by(SurveyRecord.on_day.desc()).limit(1)
    return session.scalar(query if on is None else query.where(SurveyRecord.on_day <= on))


def groupings(session: Session, on: date | None = None) -> pd.DataFrame:
    """Return GROUPINGS of the survey that ``record`` tells of, of the firms that it grouped; empty without one."""
    found = record(session, on)
    if found is None:
        return frames.GROUPINGS.empty()
    firm = models.SurveyFirm
    query = sa.select(firm.key, firm.group_id).where(firm.run_key == found.key, firm.group_id.is_not(None))
    read = pd.DataFrame(list(session.execute(query)), columns=["key", "group_id"])
    return frames.GROUPINGS.conform(read.assign(left_because=None).set_index("key"))


def days(session: Session) -> list[date]:
    """Return the days that have a survey, newest first."""
    return list(session.scalars(sa.select(SurveyRecord.on_day).order_by(SurveyRecord.on_day.desc())))


def totals(session: Session, scope: Scope) -> list[tuple[date, pd.Series]]:
    """Return day and figures (``geo.coverage.measure``) of the whole scope for each stored survey, oldest first."""
    found = session.scalars(sa.select(SurveyRecord).order_by(SurveyRecord.on_day)).all()
    return [(each.on_day, _total(session, each, scope)) for each in found]


def outdated(session: Session, on: date | None = None) -> bool:
    """Return whether registers, layers or decisions have changed since the survey that ``latest`` gives was made."""
    found = record(session, on)
    return found is not None and found.input_version < versions.input_version(session)


def outdated_days(session: Session) -> list[date]:
    """Return the days whose survey was made before registers, layers or decisions changed, newest first."""
    old = sa.select(SurveyRecord.on_day).where(SurveyRecord.input_version < versions.input_version(session))
    return list(session.scalars(old.order_by(SurveyRecord.on_day.desc())))


def clear(session: Session) -> None:
    """Drop every stored survey."""
    for found in session.scalars(sa.select(SurveyRecord)).all():
        _drop(session, found)
    versions.bump(session, versions.RESULTS)


def _drop(session: Session, old: SurveyRecord) -> None:
    flat.drop(old.key)
    for _, model in PARTS.values():
        table = model.__table__
        assert isinstance(table, sa.Table)
        session.execute(table.delete().where(table.c.run_key == old.key))
    session.delete(old)
    session.flush()


def _figures(survey: "Survey") -> dict[str, Any]:
    total = measure(survey.firms, survey.unions, by=None)
    row = total.loc["all"] if len(total) else pd.Series(0, index=total.columns)
    return {name: None if pd.api.types.is_scalar(value) and pd.isna(value) else value for name, value in row.items()}


def _total(session: Session, found: SurveyRecord, scope: Scope) -> pd.Series:
    """Return the stored figures; of a county, or where an older version stored none, they are counted anew."""
    if scope == Scope() and found.figures is not None:
        figures = found.figures
    else:
        survey = latest(session, scope, found.on_day, slim=True)
        assert survey is not None
        figures = _figures(survey)
    return pd.Series({name: math.nan if value is None else value for name, value in figures.items()}, dtype="object")


def _large(session: Session, run: tuple[str, str]) -> bool:
    if run not in _sizes:
        _sizes[run] = slim_firms.size(session, run[1])
    return _sizes[run] > slim_firms.LARGE


def _keep(key: tuple[str, str, Scope, bool], survey: "Survey") -> None:
    _cache[key] = survey
    while len(_cache) > _KEEP:
        _cache.popitem(last=False)


def _load(session: Session, found: SurveyRecord) -> "Survey":
    from geo.survey import Survey

    parts = {name: _part(session, found, name) for name in PARTS}
    firms = parts["firms"]
    return Survey(
        **_told(found),
        groupings=frames.GROUPINGS.conform(firms[firms["group_id"].notna() | firms["left_because"].notna()]),
        **parts,
    )


def _thin(session: Session, found: SurveyRecord, scope: Scope) -> "Survey":
    """Return a survey whose firms are read slim, with the texts to search as ``searched``."""
    from geo.survey import Survey

    @dataclass(frozen=True)
    class Thin(Survey):
        searched: Searched | None = None

    firms, searched = slim_firms.firms(session, found.key, scope)
    parts = {
        name: PARTS[name][0].empty() if name in LEFT_OUT else _part(session, found, name)
        for name in PARTS
        if name != "firms"
    }
    whole = Thin(**_told(found), groupings=frames.GROUPINGS.empty(), firms=firms, searched=searched, **parts)
    return _within(whole, scope)


def _part(session: Session, found: SurveyRecord, name: str) -> Any:
    spec, model = PARTS[name]
    table = model.__table__
    assert isinstance(table, sa.Table)
    return rows.fetch(session, spec, table, table.c.run_key == found.key)


def _told(found: SurveyRecord) -> dict[str, Any]:
    from geo.joint import JointOptions, Proof
    from geo.survey import Tally

    tally = tuple(Tally(**stage) for stage in found.tally)
    return {
        "on": found.on_day, "rules_day": found.rules_day, "gazetteer_hash": found.gazetteer_hash, "tally": tally,
        "proof": tuple(Proof(*each) for each in (found.proof or {}).get("counties", ())),
        "joint": JointOptions.of((found.proof or {}).get("options") or {}),
    }  # fmt: skip


def _within(survey: "Survey", scope: Scope) -> "Survey":
    return survey if scope.county_code is None else area.within(survey, scope.county_code)
