"""Views of pages saved by name."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key


class SavedView(Base):
    """What a page showed, under a name: ``args`` are the arguments of its address, ``[[name, value], …]``.

    ``county_code`` is the one county that it can show, empty for the city; ``shared``: with all accounts of that area.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    key: Mapped[Key]
    owner: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    page: Mapped[str]
    args: Mapped[Json]
    county_code: Mapped[str | None]
    shared: Mapped[bool]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
