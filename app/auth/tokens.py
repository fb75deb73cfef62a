"""Tokens of programs in the database: made, recognised, taken back. Only a digest of a secret is ever stored."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import accounts
from app.auth.accounts import WINDOW, Wish
from app.auth.roles import ROLES
from app.models import ApiToken, AuditEntry

PREFIX = "atlas"
MOST_DAYS, USUAL_DAYS = 366, 90
"""Days that a token may last, and those that the form offers."""

MOST_NAME = 60
MOST_SHOWN = 200
"""Characters of what is shown for a token; longer is none."""

MOST_OF_ACCOUNT = 20
"""Tokens in force that one account may have."""

FAILURES_OF_ADDRESS = 30
"""Tokens not accepted from one address within ``WINDOW`` after which it has to wait. One that is accepted never waits:
a secret of 256 bits is not guessed, and offices share addresses."""

RIGHTS = frozenset({"see", "export"})
"""All that a token may ever be used for, whatever its role: reading within its area."""

OWN_ROLES = tuple(role for role in ROLES if role != "administrator")
"""Roles that a token without account may have."""


@dataclass(frozen=True)
class TokenWish:
    """What a token is to be: for an account, or with a role and area of its own."""

    name: str
    days: int
    account: str | None = None
    role: str | None = None
    county_code: str | None = None


def faults(wish: TokenWish, counties: Mapping[str, str]) -> list[str]:
    """Return the codes of what is wrong: name, days, role, county."""
    found = []
    if not (0 < len(wish.name) <= MOST_NAME and wish.name.isprintable()):
        found.append("name")
    if not 0 < wish.days <= MOST_DAYS:
        found.append("days")
    if wish.account is None:
        if wish.role not in OWN_ROLES:
            found.append("role")
        found += [fault for fault in accounts.faults(_as_account(wish), counties) if fault == "county"]
    return found


def make(session: Session, wish: TokenWish, *, by: str, at: datetime) -> tuple[ApiToken, str]:
    """Store a new token and return it with what is shown for it, which nobody can read again."""
    key = secrets.token_hex(5)
    shown = f"{PREFIX}_{key}_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        key=key, name=wish.name, digest=_digest(shown), account=wish.account, role=wish.role,
        county_code=wish.county_code, made_by=by, made_at=at, expires_at=at + timedelta(days=wish.days),
    )  # fmt: skip
    session.add(token)
    session.flush()
    return token, shown


def revoke(token: ApiToken, *, by: str, at: datetime) -> None:
    """Take a token back; the next request with it is refused."""
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = at, by


def find(session: Session, key: str) -> ApiToken | None:
    """Return the token of a key, None if there is none."""
    return session.scalar(sa.select(ApiToken).where(ApiToken.key == key))


def every(session: Session, account: str | None = None) -> list[ApiToken]:
    """Return all tokens, or those of an account, newest first."""
    query = sa.select(ApiToken).order_by(ApiToken.made_at.desc(), ApiToken.fid.desc())
    return list(session.scalars(query if account is None else query.where(ApiToken.account == account)))


def state(token: ApiToken, at: datetime) -> str:
    """Return how a token stands: valid, expired, revoked."""
    if token.revoked_at is not None:
        return "revoked"
    return "valid" if at < token.expires_at else "expired"


def full(session: Session, account: str, at: datetime) -> bool:
    """Return whether an account has as many tokens in force as it may."""
    return sum(state(token, at) == "valid" for token in every(session, account)) >= MOST_OF_ACCOUNT


def shown_in(header: str) -> str:
    """Return the token that an ``Authorization`` header shows: of Bearer, or the password of Basic; "" if none."""
    scheme, _, value = header.strip().partition(" ")
    value = value.strip()
    if len(value) > MOST_SHOWN * 2:
        return ""
    if scheme.lower() == "bearer":
        return value
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def recognise(session: Session, shown: str) -> ApiToken | None:
    """Return the token that is shown, in force or not; None where there is none such."""
    parts = shown.split("_", 2)
    if len(shown) > MOST_SHOWN or len(parts) != 3 or parts[0] != PREFIX or not shown.isascii():
        return None
    token = find(session, parts[1])
    if token is None or not hmac.compare_digest(token.digest, _digest(shown)):
        return None
    return token


def blocked(session: Session, address: str, at: datetime) -> bool:
    """Return whether so many tokens from an address were not accepted of late that it has to wait."""
    recent = sa.select(sa.func.count()).where(
        AuditEntry.action == "token_failed", AuditEntry.address == address, AuditEntry.at > at - WINDOW
    )
    return (session.scalar(recent) or 0) >= FAILURES_OF_ADDRESS


def _digest(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()


def _as_account(wish: TokenWish) -> Wish:
    return Wish("token", wish.name, wish.role or "", wish.county_code)
