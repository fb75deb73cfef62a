"""Drafts of boundaries: what is drawn on, every step of it, and what became of the draft."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key


class ZoneDraft(Base):
    """A draft of one county's (or city's) boundaries, on the places in force when it was begun.

    ``base`` are those places as they were (``app.zones.stored``); ``head`` is the step the draft stands at, ``tip`` the
    last one that can be redone; ``version`` grows with every change, so that two people do not write over each other;
    ``branch_of`` is the draft that this one left when they did. ``counties``: every county that has to consent.
    ``result`` are the places as approved, written on ``effective_on``.
    """

    __tablename__ = "zone_draft"

    key: Mapped[Key]
    title: Mapped[str]
    county_code: Mapped[str] = mapped_column(index=True)
    counties: Mapped[Json]
    consents: Mapped[Json]
    status: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    head: Mapped[str | None]
    tip: Mapped[str | None]
    branch_of: Mapped[str | None]
    base: Mapped[Json]
    result: Mapped[Json | None]
    effective_on: Mapped[date | None]
    author: Mapped[str]
    submitted_by: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ZoneStep(Base):
    """One operation on boundaries and the step it follows; steps are never changed, so no draft can lose one."""

    __tablename__ = "zone_step"

    key: Mapped[Key]
    draft_key: Mapped[str] = mapped_column(index=True)
    follows: Mapped[str | None]
    operation: Mapped[Json]
    author: Mapped[str]
    at: Mapped[datetime]


class ZoneEvent(Base):
    """What became of a draft: submitted, returned, approved …, consents, comments, conflicts. Never changed."""

    __tablename__ = "zone_event"

    draft_key: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    account: Mapped[str]
    action: Mapped[str]
    status: Mapped[str]
    comment: Mapped[str | None]
    detail: Mapped[Json]
