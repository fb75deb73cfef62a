"""Whom to ask for in a firm: apart from every register and list, and kept for a time only."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Key


class Contact(Base):
    """Contact of a firm for its visits; gone after ``keep_until`` (个人信息保护法 art. 19: no longer than needed)."""

    __tablename__ = "contact"

    enterprise_id: Mapped[Key]
    county_code: Mapped[str | None] = mapped_column(index=True)
    person: Mapped[str]
    phone: Mapped[str]
    source: Mapped[str]
    keep_until: Mapped[date] = mapped_column(index=True)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
