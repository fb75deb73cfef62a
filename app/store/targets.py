"""Targets and sheets of scores as stored: what the office typed, by year and place."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Indicator, IndicatorScore, Target
from app.store.scope import Scope

CITY = "city"
"""Key of the whole city among the places of a year."""

COUNTS = ("base_unions", "base_own", "base_joint_units", "base_members", "unions", "own", "joint_units", "members")


@dataclass(frozen=True)
class Written:
    """Who types, and when."""

    by: str
    at: datetime

    @classmethod
    def now(cls, by: str) -> "Written":
        """Return a mark of this moment."""
        return cls(by, datetime.now(UTC))


def read(session: Session, year_end: date, scope: Scope) -> pd.DataFrame:
    """Return what was typed for a year: by place the columns ``COUNTS`` (NA: not typed) and ``source``.

    A county sees its own row and those of its towns.
    """
    found = session.scalars(sa.select(Target).where(Target.year_end == year_end).order_by(Target.place))
    rows = {row.place: [getattr(row, name) for name in (*COUNTS, "source")] for row in found}
    county = scope.county_code
    seen = {place: row for place, row in rows.items() if county is None or place.startswith(county)}
    table = pd.DataFrame.from_dict(seen, orient="index", columns=[*COUNTS, "source"])
    return table.astype(dict.fromkeys(COUNTS, "Int64") | {"source": "string"})


def keep(session: Session, year_end: date, typed: Mapping[str, Mapping[str, Any]], mark: Written) -> None:
    """Put the typed values of places on record; a place of which nothing is typed is taken off."""
    for place, values in typed.items():
        key = f"{year_end.isoformat()}|{place}"
        row = session.scalar(sa.select(Target).where(Target.key == key))
        if all(values.get(name) is None for name in COUNTS):
            if row is not None:
                session.delete(row)
            continue
        row = row or Target(key=key, year_end=year_end, place=place)
        for name in (*COUNTS, "source"):
            setattr(row, name, values.get(name))
        row.changed_by, row.changed_at = mark.by, mark.at
        session.add(row)
    session.flush()


def indicators(session: Session, sheet: str) -> list[Indicator]:
    """Return the lines of a sheet in their order."""
    query = sa.select(Indicator).where(Indicator.sheet == sheet).order_by(Indicator.position, Indicator.fid)
    return list(session.scalars(query))


def keep_indicators(session: Session, sheet: str, lines: Iterable[Mapping[str, Any]], mark: Written) -> None:
    """Put the lines of a sheet on record in their order; a line that is no longer there goes with its scores."""
    old = {row.key: row for row in indicators(session, sheet)}
    for position, line in enumerate(lines):
        row = old.pop(line.get("key") or "", None) or Indicator(key=f"indicator:{secrets.token_hex(6)}", sheet=sheet)
        row.position, row.changed_by, row.changed_at = position, mark.by, mark.at
        for name in ("name", "standard", "figure", "full_score"):
            setattr(row, name, line.get(name))
        session.add(row)
    for row in old.values():
        session.execute(sa.delete(IndicatorScore).where(IndicatorScore.indicator == row.key))
        session.delete(row)
    session.flush()


def scores(session: Session, place: str) -> dict[str, IndicatorScore]:
    """Return what a place was given, by indicator."""
    found = session.scalars(sa.select(IndicatorScore).where(IndicatorScore.place == place))
    return {row.indicator: row for row in found}


def keep_scores(
    session: Session, place: str, given: Mapping[str, tuple[float | None, str | None]], mark: Written
) -> None:
    """Put the scores and evidence of a place on record, by indicator; an empty pair is taken off."""
    old = scores(session, place)
    for indicator, (score, evidence) in given.items():
        row = old.get(indicator)
        if score is None and not evidence:
            if row is not None:
                session.delete(row)
            continue
        row = row or IndicatorScore(key=f"{indicator}|{place}", indicator=indicator, place=place)
        row.score, row.evidence, row.changed_by, row.changed_at = score, evidence, mark.by, mark.at
        session.add(row)
    session.flush()
