"""Numbers that grow with every change, so that caches know when they are out of date."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import DataVersion, Setting

INPUTS, RESULTS = "inputs", "results"


def bump(session: Session, name: str) -> None:
    """Say that inputs or results changed, in the transaction that changes them."""
    now = datetime.now(UTC)
    changed = session.execute(
        sa.update(DataVersion).where(DataVersion.key == name).values(number=DataVersion.number + 1, changed_at=now)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        session.execute(sa.insert(DataVersion).values(key=name, number=1, changed_at=now))


def data_version(session: Session) -> int:
    """Return a number that grows whenever inputs or results change; 0 while there are none."""
    return int(session.scalar(sa.select(sa.func.coalesce(sa.func.sum(DataVersion.number), 0))) or 0)


def input_version(session: Session) -> int:
    """Return a number that grows whenever registers, layers or decisions change."""
    return int(session.scalar(sa.select(DataVersion.number).where(DataVersion.key == INPUTS)) or 0)


def stamp(session: Session) -> tuple[str, datetime | None]:
    """Return a text that changes whenever inputs, results or settings do, and when they last did (None: never)."""
    settings = session.scalar(sa.select(sa.func.max(Setting.changed_at)))
    data = session.scalar(sa.select(sa.func.max(DataVersion.changed_at)))
    moments = [moment for moment in (settings, data) if moment is not None]
    return f"{data_version(session)}/{settings}", max(moments, default=None)
