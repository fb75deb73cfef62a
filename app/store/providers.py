"""Answers of online services as stored: asked once, deleted in time; candidates for firms; calls by day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ProviderAnswer, ProviderCandidate, ProviderUsage
from app.store import rows as chunked


def answers(session: Session, provider: str, queries: Iterable[str]) -> dict[str, ProviderAnswer]:
    """Return the stored answers of a service by the question asked."""
    table = ProviderAnswer
    found: dict[str, ProviderAnswer] = {}
    for part in chunked.chunks(sorted(set(queries))):
        query = sa.select(table).where(table.provider == provider, table.query.in_(part))
        found |= {answer.query: answer for answer in session.scalars(query)}
    return found


def keep(session: Session, provider: str, query: str, values: Mapping[str, Any], at: datetime) -> None:
    """Store an answer in the place of an older one."""
    session.execute(sa.delete(ProviderAnswer).where(ProviderAnswer.provider == provider, ProviderAnswer.query == query))
    session.add(ProviderAnswer(provider=provider, query=query, asked_at=at, **values))


def forget(session: Session, before: datetime) -> int:
    """Delete answers and candidates asked for before an instant, and return how many answers that were."""
    session.execute(sa.delete(ProviderCandidate).where(ProviderCandidate.asked_at < before))
    gone = session.execute(sa.delete(ProviderAnswer).where(ProviderAnswer.asked_at < before))
    return int(getattr(gone, "rowcount", 0))


def count(session: Session, provider: str, day: date) -> int:
    """Count one more call of a service on a day and return how many there have been."""
    found = usage(session, provider, day)
    if found is None:
        found = ProviderUsage(provider=provider, day=day, calls=0, spent=False)
        session.add(found)
    found.calls += 1
    session.flush()
    return found.calls


def usage(session: Session, provider: str, day: date) -> ProviderUsage | None:
    """Return what was used of a service on a day, None if nothing."""
    return session.scalar(sa.select(ProviderUsage).where(ProviderUsage.provider == provider, ProviderUsage.day == day))


def end(session: Session, provider: str, day: date, fault: str, *, spent: bool) -> None:
    """Note why asking a service ended on a day; ``spent``: it must not be asked again before the next."""
    found = usage(session, provider, day)
    if found is None:
        found = ProviderUsage(provider=provider, day=day, calls=0, spent=False)
        session.add(found)
    found.fault, found.spent = fault, found.spent or spent


def put_candidates(session: Session, provider: str, frame: pd.DataFrame) -> None:
    """Set the candidates of a service for the firms of ``frame`` (columns of ``ProviderCandidate``, index firms)."""
    table = ProviderCandidate
    for part in chunked.chunks([str(key) for key in frame.index]):
        session.execute(sa.delete(table).where(table.provider == provider, table.enterprise_key.in_(part)))
    for key, row in zip(frame.index, frame.to_dict("records"), strict=True):
        values = {name: None if isinstance(value, float) and value != value else value for name, value in row.items()}
        session.add(table(enterprise_key=str(key), provider=provider, **values))


def candidates(session: Session, enterprises: Sequence[str]) -> dict[str, list[ProviderCandidate]]:
    """Return the candidates of firms, those that fit first, then the nearest to the offline answer."""
    table = ProviderCandidate
    found: dict[str, list[ProviderCandidate]] = {}
    for part in chunked.chunks(list(enterprises)):
        query = sa.select(table).where(table.enterprise_key.in_(part))
        for candidate in session.scalars(query.order_by(table.fits.desc(), table.distance_m, table.provider)):
            found.setdefault(candidate.enterprise_key, []).append(candidate)
    return found


def summary(session: Session, day: date) -> dict[str, dict[str, Any]]:
    """Return by service: answers kept, the oldest of them, candidates, those that fit, and the use of the day."""
    table, other = ProviderAnswer, ProviderCandidate
    told: dict[str, dict[str, Any]] = {}
    kept = sa.select(table.provider, sa.func.count(), sa.func.min(table.asked_at)).group_by(table.provider)
    for name, number, oldest in session.execute(kept):
        told.setdefault(name, {}).update(answers=number, oldest=oldest)
    fitting = sa.func.sum(sa.case((other.fits, 1), else_=0))
    for name, number, fits in session.execute(
        sa.select(other.provider, sa.func.count(), fitting).group_by(other.provider)
    ):
        told.setdefault(name, {}).update(candidates=number, fits=fits)
    for used in session.scalars(sa.select(ProviderUsage).where(ProviderUsage.day == day)):
        told.setdefault(used.provider, {}).update(calls=used.calls, spent=used.spent, fault=used.fault)
    return told
