"""What the office asks of a year: targets by place, and the sheets it scores zones and towns by."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Key


class Target(Base):
    """Stocks at the base date and targets of one place in one statistical year, as far as the office typed them.

    ``place`` is ``city`` or a code of a county or town. A value that is not there is proposed by ``geo.targets``.
    """

    __tablename__ = "target"

    key: Mapped[Key]
    """Last day of the year and place: ``2025-12-31|320612``."""
    year_end: Mapped[date] = mapped_column(index=True)
    place: Mapped[str]
    base_unions: Mapped[int | None]
    base_own: Mapped[int | None]
    base_joint_units: Mapped[int | None]
    base_members: Mapped[int | None]
    unions: Mapped[int | None]
    own: Mapped[int | None]
    joint_units: Mapped[int | None]
    members: Mapped[int | None]
    source: Mapped[str | None]
    """Where typed stocks are from."""
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class Indicator(Base):
    """One line of a sheet that zones or towns are scored by; the office writes them, none is shipped.

    ``figure`` is the code of a figure that the atlas counts, to stand beside the score; ``sheet``: zone · town.
    """

    __tablename__ = "indicator"

    key: Mapped[Key]
    sheet: Mapped[str] = mapped_column(index=True)
    position: Mapped[int]
    name: Mapped[str]
    standard: Mapped[str | None]
    figure: Mapped[str | None]
    full_score: Mapped[float | None]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class IndicatorScore(Base):
    """What one place was given for one line of a sheet, and the evidence in words."""

    __tablename__ = "indicator_score"

    key: Mapped[Key]
    """Indicator and place: ``indicator:3f9c|zone:320612:…``."""
    indicator: Mapped[str] = mapped_column(index=True)
    place: Mapped[str]
    score: Mapped[float | None]
    evidence: Mapped[str | None]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
