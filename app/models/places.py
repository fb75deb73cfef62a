"""Zones, buildings, markets, streets and house numbers."""

from datetime import date
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, geometry


class PlaceColumns:
    """The columns of ``geo.frames.PLACES``; a place may be known before anyone has put it on the map."""

    kind: Mapped[str]
    name: Mapped[str]
    parent: Mapped[str | None]
    county_code: Mapped[str | None]
    town_code: Mapped[str | None]
    number: Mapped[str | None]
    address: Mapped[str | None]
    floors: Mapped[int | None]
    operator: Mapped[str | None]
    zone_level: Mapped[str | None]
    origin: Mapped[str]
    mentions: Mapped[int | None]
    source: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Place(PlaceColumns, Base):
    """A place as given. Of the versions of one key, the one with ``replaced_on`` empty is in force.

    ``since``: first day of this version, NA of the first one; ``draft_key``: the draft of boundaries that made it;
    ``locked`` and ``cross_county``: what drafts of boundaries have to know of a zone.
    """

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("key", "version"), Index(None, "kind"), Index(None, "name"))

    key: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    replaced_on: Mapped[date | None]
    since: Mapped[date | None]
    draft_key: Mapped[str | None]
    locked: Mapped[bool | None]
    cross_county: Mapped[bool | None]
    geom: Mapped[Any] = geometry()


class SurveyPlace(PlaceColumns, Base):
    """A place as a survey knew it, given or learned; house numbers are left out."""

    __tablename__ = "survey_place"
    __table_args__ = (UniqueConstraint("run_key", "key"),)

    run_key: Mapped[str]
    key: Mapped[str]
    geom: Mapped[Any] = geometry()
