"""Tokens with which programs read the interface."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from app.models.base import Base, Key


class ApiToken(Base):
    """What a program shows instead of signing in; ``digest`` is all that is kept of its secret.

    Either ``account`` is the login it acts for, with that account's role and area of the moment, or the token has a
    role and an area of its own. A token that was taken back stays as a row, so that the record can be read.
    """

    __tablename__ = "api_token"

    key: Mapped[Key]
    name: Mapped[str]
    digest: Mapped[str]
    account: Mapped[str | None]
    role: Mapped[str | None]
    county_code: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    last_address: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
