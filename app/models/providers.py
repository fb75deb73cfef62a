"""Online services asked about addresses: what they answered, what was used of their quotas, and candidates for rows."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json


class ProviderAnswer(Base):
    """One answer of a service, kept so that it is not asked and paid for twice; deleted when its terms say so.

    ``lon`` and ``lat`` are as delivered, in ``datum``; empty if the service knows nothing. ``level`` is ours,
    ``level_word`` the service's. ``score`` is its own confidence from 0 to 1.
    """

    __tablename__ = "provider_answer"
    __table_args__ = (UniqueConstraint("provider", "query"),)

    provider: Mapped[str]
    query: Mapped[str]
    datum: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    level: Mapped[str | None]
    level_word: Mapped[str | None]
    score: Mapped[float | None]
    text: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(index=True)


class ProviderCandidate(Base):
    """An answer set beside a firm under review: WGS-84, checked, never taken by itself.

    ``fits``: inside the county claimed, no finer doubt, and where the offline answer has a position, near it.
    ``reasons`` are ``[[code, {detail}], …]``; ``distance_m`` is from the offline answer.
    """

    __tablename__ = "provider_candidate"
    __table_args__ = (UniqueConstraint("enterprise_key", "provider"),)

    enterprise_key: Mapped[str] = mapped_column(index=True)
    provider: Mapped[str]
    query: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    level: Mapped[str | None]
    radius_m: Mapped[float | None]
    distance_m: Mapped[float | None]
    fits: Mapped[bool]
    reasons: Mapped[Json]
    asked_at: Mapped[datetime]


class ProviderUsage(Base):
    """Calls of a service on one day, by the clock of Beijing; ``spent``: the service itself said that it was enough."""

    __tablename__ = "provider_usage"
    __table_args__ = (UniqueConstraint("provider", "day"),)

    provider: Mapped[str]
    day: Mapped[date]
    calls: Mapped[int]
    spent: Mapped[bool]
    fault: Mapped[str | None]
