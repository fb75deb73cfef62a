"""The record of who did what: signing in, changes, files taken out, looks at contact data."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import AuditEntry

ACTIONS = (
    "sign_in", "sign_in_failed", "sign_in_locked", "sign_out", "password", "password_given", "account_made",
    "account_changed", "refused", "change", "export", "contacts", "view_saved", "view_changed", "view_deleted",
    "token_made", "token_revoked", "token_failed",
    "suggestion",
)  # fmt: skip
"""What is recorded."""

MOST_TARGET = 300


def record(
    session: Session,
    action: str,
    *,
    account: str,
    address: str,
    target: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Store one entry; ``account`` is the login, or what was typed for one."""
    entry = AuditEntry(
        at=datetime.now(UTC), action=action, account=account[:MOST_TARGET], address=address,
        target=target[:MOST_TARGET], detail=dict(detail or {}),
    )  # fmt: skip
    session.add(entry)


def entries(
    session: Session,
    *,
    action: str = "",
    account: str = "",
    since: date | None = None,
    rows: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """Return entries, newest first: at, account, action, target, address, detail.

    ``rows`` is which of them, from one up to another; all without it.
    """
    query = _asked(sa.select(AuditEntry), action, account, since).order_by(AuditEntry.at.desc(), AuditEntry.fid.desc())
    if rows is not None:
        query = query.offset(rows[0]).limit(rows[1] - rows[0])
    columns = ("at", "account", "action", "target", "address", "detail")
    found = [[getattr(entry, name) for name in columns] for entry in session.scalars(query)]
    return pd.DataFrame(found, columns=list(columns), dtype="object")


def number(session: Session, *, action: str = "", account: str = "", since: date | None = None) -> int:
    """Return how many entries there are."""
    query = sa.select(sa.func.count()).select_from(AuditEntry)
    return session.scalar(_asked(query, action, account, since)) or 0


def _asked(query: sa.Select[Any], action: str, account: str, since: date | None) -> sa.Select[Any]:
    if action:
        query = query.where(AuditEntry.action == action)
    if account:
        query = query.where(AuditEntry.account == account)
    if since is not None:
        query = query.where(AuditEntry.at >= datetime.combine(since, time()).astimezone(UTC))
    return query
