"""Contacts of firms as stored: one a firm, read within the area, taken away when their time is over."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Contact
from app.store.scope import Scope


@dataclass(frozen=True)
class Told:
    """What somebody wrote down: whom to ask for, under which number, who said so, until when it is kept."""

    person: str
    phone: str
    source: str
    keep_until: date


def read(session: Session, firm: str, scope: Scope, *, today: date) -> Told | None:
    """Return the contact of a firm of the area, None where there is none or its time is over."""
    row = _row(session, firm)
    if row is None or row.keep_until < today or scope.county_code not in (None, row.county_code):
        return None
    return Told(row.person, row.phone, row.source, row.keep_until)


def keep(session: Session, firm: str, county: str | None, told: Told, *, by: str, at: datetime) -> None:
    """Store the contact of a firm in place of the one before."""
    row = _row(session, firm)
    if row is None:
        row = Contact(enterprise_id=firm)
        session.add(row)
    row.county_code, row.person, row.phone, row.source = county, told.person, told.phone, told.source
    row.keep_until, row.changed_by, row.changed_at = told.keep_until, by, at


def forget(session: Session, firm: str) -> None:
    """Take the contact of a firm away."""
    session.execute(sa.delete(Contact).where(Contact.enterprise_id == firm))


def expire(session: Session, today: date) -> int:
    """Take away every contact whose time is over and return how many."""
    gone = session.execute(sa.delete(Contact).where(Contact.keep_until < today))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def kept(session: Session, today: date) -> tuple[int, int, date | None]:
    """Return how many contacts are stored, for how many the time is over, and when that of the next one is."""
    days = sorted(session.scalars(sa.select(Contact.keep_until)))
    return len(days), sum(day < today for day in days), next((day for day in days if day >= today), None)


def clear(session: Session) -> None:
    """Take every contact away."""
    session.execute(sa.delete(Contact))


def _row(session: Session, firm: str) -> Contact | None:
    return session.scalar(sa.select(Contact).where(Contact.enterprise_id == firm))
