"""Accounts in the database: made, changed; passwords kept by Argon2 and asked for with a lock against guessing."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from app.auth.roles import EITHER, OF_A_COUNTY, ROLES
from app.models import AuditEntry, EndedSession, User
from geo.errors import AtlasError

LEAST_PASSWORD, MOST_PASSWORD = 10, 200
"""Characters of a password; the longest is bounded so that nobody keeps the hash busy."""

MOST_LOGIN, MOST_NAME = 40, 40
_LOGIN = re.compile(r"[\w.@+-]+")
TRIES, TRIES_OF_ADDRESS = 5, 30
"""Failures within ``WINDOW`` after which an account, and an address on the network, have to wait."""

WINDOW = timedelta(minutes=15)
_hasher = PasswordHasher()
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$qj0XeS3It8NvhCQm385Ikw$jJismVSPmfQI13Bt5SodICT5LbIQY/1nfaCZtKZKkao"
"""Checked where there is no such account, so that the time of an answer does not tell which logins exist.

The hash of a forgotten password; it stands here because making one costs each start a tenth of a second.
"""


class AccountError(AtlasError):
    """An account cannot be made or changed as asked; ``detail["say"]`` says what would be right."""

    code = "ACCOUNT"


@dataclass(frozen=True)
class Wish:
    """What an account is to be."""

    login: str
    name: str
    role: str
    county_code: str | None = None


def faults(wish: Wish, counties: Mapping[str, str]) -> list[str]:
    """Return the codes of what is wrong: login, name, role, county."""
    found = []
    if len(wish.login) > MOST_LOGIN or not _LOGIN.fullmatch(wish.login):
        found.append("login")
    if not 0 < len(wish.name) <= MOST_NAME:
        found.append("name")
    if wish.role not in ROLES:
        found.append("role")
    needs, may = wish.role in OF_A_COUNTY, wish.role in OF_A_COUNTY | EITHER
    if (needs and not wish.county_code) or (wish.county_code and (not may or wish.county_code not in counties)):
        found.append("county")
    return found


def weak(password: str, login: str) -> bool:
    """Return whether a password is too short, too long, of too few characters, or holds the login."""
    fits = LEAST_PASSWORD <= len(password) <= MOST_PASSWORD and len(set(password)) > LEAST_PASSWORD // 2
    return not fits or login.lower() in password.lower()


def given() -> str:
    """Return a password to give to somebody, who changes it when signing in first."""
    return "-".join(secrets.token_hex(3) for _ in range(3))


def find(session: Session, login: str) -> User | None:
    """Return the account of a login, None if there is none."""
    return session.scalar(sa.select(User).where(User.key == login))


def every(session: Session) -> list[User]:
    """Return all accounts by login."""
    return list(session.scalars(sa.select(User).order_by(User.key)))


def make(session: Session, wish: Wish, password: str, *, at: datetime, must_change: bool = True) -> User:
    """Store a new account. Raises AccountError where the login is taken, in whatever case."""
    if session.scalar(sa.select(User).where(sa.func.lower(User.key) == wish.login.lower())) is not None:
        raise AccountError(f"login {wish.login!r} is taken", detail={"fault": "taken"})
    user = User(
        key=wish.login, name=wish.name, role=wish.role, county_code=wish.county_code, active=True, created_at=at,
        password_hash=_hasher.hash(password), must_change=must_change, stamp=secrets.token_hex(8),
    )  # fmt: skip
    session.add(user)
    session.flush()
    return user


def set_password(user: User, password: str, *, must_change: bool) -> None:
    """Give an account a password; whoever is signed in with the old one is signed out."""
    user.password_hash, user.must_change, user.stamp = _hasher.hash(password), must_change, secrets.token_hex(8)


def end_session(session: Session, key: str, now: datetime, whole: timedelta) -> None:
    """Keep in mind that a session was signed out of, as long as its cookie would count."""
    session.execute(sa.delete(EndedSession).where(EndedSession.until < now))
    if not ended(session, key):
        session.add(EndedSession(key=key, until=now + whole))


def ended(session: Session, key: str) -> bool:
    """Return whether a session was signed out of."""
    return session.scalar(sa.select(EndedSession.key).where(EndedSession.key == key)) is not None


def last_administrator(session: Session, user: User) -> bool:
    """Return whether nobody else could look after accounts; the sample's administrator may not."""
    from app.auth.demonstration import LOGINS  # its accounts are made here

    others = sa.select(sa.func.count()).where(
        User.role == "administrator", User.active.is_(True), User.key != user.key, User.key.not_in(LOGINS)
    )
    return user.role == "administrator" and user.active and not session.scalar(others)


def fits(user: User | None, password: str) -> bool:
    """Return whether a password is that of an active account; takes as long where there is none."""
    stored = user.password_hash if user is not None and user.password_hash else _NOBODY
    try:
        right = _hasher.verify(stored, password[:MOST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return right and user is not None and user.active


def locked(session: Session, login: str, address: str, at: datetime) -> bool:
    """Return whether so many sign-ins of a login or from an address failed of late that both have to wait."""
    recent = sa.select(sa.func.count()).where(AuditEntry.action == "sign_in_failed", AuditEntry.at > at - WINDOW)
    last = sa.select(sa.func.max(AuditEntry.at)).where(
        AuditEntry.account == login, AuditEntry.action.in_(("sign_in", "password_given"))
    )
    since = session.scalar(last)
    of_login = recent.where(AuditEntry.account == login)
    if since is not None:
        of_login = of_login.where(AuditEntry.at > since)
    of_address = recent.where(AuditEntry.address == address)
    return (session.scalar(of_login) or 0) >= TRIES or (session.scalar(of_address) or 0) >= TRIES_OF_ADDRESS
