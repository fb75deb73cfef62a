"""Accounts, settings, and the version of the data."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key


class User(Base):
    """An officer who may sign in; ``key`` is the login. Nothing else of a person is kept.

    ``must_change``: the password was given and is to be changed; ``stamp`` changes with the password and ends sessions.
    """

    __tablename__ = "app_user"

    key: Mapped[Key]
    name: Mapped[str]
    role: Mapped[str]
    county_code: Mapped[str | None]
    password_hash: Mapped[str | None]
    active: Mapped[bool]
    created_at: Mapped[datetime]
    must_change: Mapped[bool]
    stamp: Mapped[str]


class EndedSession(Base):
    """A session that its account signed out of before its time: a copy of its cookie opens nothing any more."""

    __tablename__ = "ended_session"

    key: Mapped[Key]
    until: Mapped[datetime]


class AuditEntry(Base):
    """What somebody did: signing in, a change, a file taken out. Never changed."""

    __tablename__ = "audit_entry"

    at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(index=True)
    target: Mapped[str]
    address: Mapped[str]
    detail: Mapped[Json]


class Setting(Base):
    """A setting of the installation that is changed while it runs."""

    __tablename__ = "setting"

    key: Mapped[Key]
    value: Mapped[Json]
    changed_at: Mapped[datetime]


class DataVersion(Base):
    """A number that grows with every change: ``inputs`` (registers, layers, decisions) and ``results`` (surveys)."""

    __tablename__ = "data_version"

    key: Mapped[Key]
    number: Mapped[int]
    changed_at: Mapped[datetime]
