"""Administrative divisions, the other names of anything, and outlines of counties and towns."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Key, geometry


class Division(Base):
    """A city, county, town or village by its code; ``geo.frames.DIVISIONS``."""

    __tablename__ = "division"

    key: Mapped[Key]
    name: Mapped[str]
    level: Mapped[str]
    parent: Mapped[str | None] = mapped_column(index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    source: Mapped[str | None]


class Alias(Base):
    """Another name of a division or place, of its time; ``geo.frames.ALIASES``."""

    __tablename__ = "alias"

    key: Mapped[Key]
    alias: Mapped[str] = mapped_column(index=True)
    target: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str | None]


class Outline(Base):
    """The area of a county or town; ``geo.frames.OUTLINES``."""

    __tablename__ = "outline"

    key: Mapped[Key]
    name: Mapped[str]
    level: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str | None]
    geom: Mapped[Any] = geometry()
