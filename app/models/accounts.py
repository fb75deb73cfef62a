"""Accounts, settings, and the version of the data."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from app.models.base import Base, Json, Key


class User(Base):
    """An officer who may sign in; ``key`` is the login. Nothing else of a person is kept."""

    __tablename__ = "app_user"

    key: Mapped[Key]
    name: Mapped[str]
    role: Mapped[str]
    county_code: Mapped[str | None]
    password_hash: Mapped[str | None]
    active: Mapped[bool]
    created_at: Mapped[datetime]


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
