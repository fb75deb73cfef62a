"""Who can be given tasks: accounts that may decide, and teams of them."""

from typing import Any

from sqlalchemy.orm import Session

from app import store
from app.auth import accounts
from app.auth.roles import ROLES
from app.auth.signed import Account
from app.store import Scope

TEAMS = "teams"
"""Setting: name of a team, its county (None: of the city) and the logins of its people."""
MOST_NAME = 20


def people(opened: Session, scope: Scope) -> dict[str, tuple[str, str | None]]:
    """Return name and county of each account that may see to a task within the area, by login."""
    return {
        user.key: (user.name, user.county_code)
        for user in accounts.every(opened)
        if user.active and "decide" in ROLES.get(user.role, ()) and scope.county_code in (None, user.county_code)
    }


def teams(opened: Session, scope: Scope) -> dict[str, dict[str, Any]]:
    """Return the teams of the area by name: ``county`` and ``people``."""
    found: dict[str, dict[str, Any]] = store.settings.get(opened, TEAMS, default={})
    return {name: team for name, team in found.items() if scope.county_code in (None, team["county"])}


def save_team(opened: Session, name: str, county: str | None, logins: list[str]) -> None:
    """Keep a team; without people it goes. A name is unique in the city."""
    found: dict[str, dict[str, Any]] = dict(store.settings.get(opened, TEAMS, default={}))
    if logins:
        found[name] = {"county": county, "people": sorted(set(logins))}
    else:
        found.pop(name, None)
    store.settings.put(opened, TEAMS, found)


def teams_of(opened: Session, who: Account) -> set[str]:
    """Return the names of the teams that an account belongs to."""
    found: dict[str, dict[str, Any]] = store.settings.get(opened, TEAMS, default={})
    return {name for name, team in found.items() if who.id in team["people"]}
