"""The accounts of the sample city: one a role, told on the sign-in page, of no use once the sample is gone."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app import store
from app.auth import accounts
from app.auth.accounts import Wish
from app.models import User

PASSWORD = "demo-nantong"  # noqa: S105 - told on the sign-in page, only for the invented city
COUNTY = "320613"
ACCOUNTS = (
    Wish("demo-admin", "演示市管理员", "administrator"),
    Wish("demo-planner", "演示市规划员", "planner"),
    Wish("demo-editor", "演示崇川区编辑员", "editor", COUNTY),
    Wish("demo-viewer", "演示崇川区查看员", "viewer", COUNTY),
    Wish("demo-presenter", "演示汇报人", "presenter"),
)
LOGINS = frozenset(wish.login for wish in ACCOUNTS)


def lay(session: Session) -> None:
    """Make the accounts that are not there."""
    for wish in ACCOUNTS:
        if accounts.find(session, wish.login) is None:
            accounts.make(session, wish, PASSWORD, at=datetime.now(UTC), must_change=False)


def usable(session: Session, user: User) -> bool:
    """Return whether an account is none of the sample's, or the sample is what the database holds."""
    return user.key not in LOGINS or store.settings.is_sample(session)


def offered(session: Session) -> list[User]:
    """Return the accounts that the sign-in page offers: those of the sample, while it is loaded."""
    if not store.settings.is_sample(session):
        return []
    return [user for wish in ACCOUNTS if (user := accounts.find(session, wish.login)) is not None and user.active]
