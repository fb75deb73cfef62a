"""What people decided: input of the next survey, never a patch on its results."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Key


class Decision(Base):
    """A pin, alias, link, approval or refusal; ``geo.frames.DECISIONS``. The latest of a kind and subject holds."""

    __tablename__ = "decision"

    key: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    target: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    text: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_on: Mapped[date | None]
