"""The error budget that the office set: how many wrong answers it allows among those taken without a person."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app import store
from app.config import settings

KEY = "error_budget"
MOST = 0.2
"""More wrong answers than this are no budget but a slip of the pen."""
CHOICES = (0.001, 0.002, 0.003, 0.005, 0.01, 0.02)


@dataclass(frozen=True)
class Budget:
    """The share in force; ``by`` and ``at`` say who set it and when, empty where it is the installation's."""

    share: float
    by: str = ""
    at: datetime | None = None


def in_force(session: Session) -> Budget:
    """Return the budget on record, else the one of the configuration."""
    value = store.settings.get(session, KEY)
    if not value:
        return Budget(settings().error_budget)
    return Budget(float(value["share"]), str(value["by"]), datetime.fromisoformat(value["at"]))


def keep(session: Session, share: float, by: str) -> None:
    """Put a budget on record; the stored surveys are out of date then, the next goes by it."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    store.settings.put(session, KEY, {"share": share, "by": by, "at": at})
    store.versions.bump(session, store.versions.INPUTS)


def typed(text: str) -> float | None:
    """Read a percentage as typed (0.5, 0.5%, ０．５％), None if it is none or not between 0 and ``MOST``."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
    try:
        share = float(plain) / 100.0
    except ValueError:
        return None
    return round(share, 6) if 0.0 < share <= MOST else None
