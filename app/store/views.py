"""Views saved by name: one's own and those shared with the office, each within the caller's area."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import SavedView
from app.store.scope import Scope

Args = Sequence[tuple[str, str]]


def seen(session: Session, scope: Scope, owner: str, page: str = "") -> list[SavedView]:
    """Return the views that an account may open, its own first, each part by name."""
    mine = SavedView.owner == owner
    query = sa.select(SavedView).where(_within(scope), mine | SavedView.shared.is_(True))
    if page:
        query = query.where(SavedView.page == page)
    return list(session.scalars(query.order_by(sa.case((mine, 0), else_=1), SavedView.name, SavedView.fid)))


def find(session: Session, scope: Scope, owner: str, key: str) -> SavedView | None:
    """Return a view that an account may open, None if there is none."""
    mine = SavedView.owner == owner
    query = sa.select(SavedView).where(SavedView.key == key, _within(scope), mine | SavedView.shared.is_(True))
    return session.scalar(query)


def named(session: Session, owner: str, name: str) -> SavedView | None:
    """Return the view that an account has saved under a name, wherever it shows."""
    return session.scalar(sa.select(SavedView).where(SavedView.owner == owner, SavedView.name == name))


def count(session: Session, owner: str) -> int:
    """Return how many views an account has saved."""
    return session.scalar(sa.select(sa.func.count()).select_from(SavedView).where(SavedView.owner == owner)) or 0


def keep(session: Session, scope: Scope, owner: str, name: str, *, page: str, args: Args) -> SavedView:
    """Store a view under a name, over the one that has it; ``scope`` is what the view can show."""
    now = datetime.now(UTC)
    found = named(session, owner, name)
    if found is None:
        found = SavedView(key=secrets.token_hex(6), owner=owner, name=name, shared=False, created_at=now)
        session.add(found)
    found.page, found.args, found.county_code = page, [list(pair) for pair in args], scope.county_code
    found.changed_at = now
    session.flush()
    return found


def _within(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.true() if scope.county_code is None else SavedView.county_code == scope.county_code
