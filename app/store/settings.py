"""Settings that are changed while the atlas runs, by name."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Setting

SAMPLE = "sample"
"""Whether the invented sample city is loaded: every page then says so."""

CENSUS = "census_totals"
"""Published census totals by county with source, year and day, typed in by the office."""


def get(session: Session, key: str, default: Any = None) -> Any:
    """Return a setting, ``default`` if it was never set."""
    found = session.scalar(sa.select(Setting).where(Setting.key == key))
    return default if found is None else found.value


def put(session: Session, key: str, value: Any) -> None:
    """Set a setting to a value that JSON can hold."""
    found = session.scalar(sa.select(Setting).where(Setting.key == key)) or Setting(key=key)
    found.value, found.changed_at = value, datetime.now(UTC)
    session.add(found)


def is_sample(session: Session) -> bool:
    """Return whether the data are the invented sample city's."""
    return bool(get(session, SAMPLE, default=False))
