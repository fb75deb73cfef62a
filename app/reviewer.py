"""Who decides, and what of it a key takes back."""

from flask import session
from sqlalchemy.orm import Session

from app import store
from app.auth import signed


def name() -> str:
    """Return the name of who has signed in; decisions are kept under it."""
    who = signed.account()
    return who.name if who is not None else ""


def withdraw(opened: Session, act: str, area: store.Scope) -> int:
    """Withdraw an act and return how many decisions that were; 0 where not all of it is about the area.

    Who has signed in withdraws what was decided under the own name, too: of an address alone no area can be told.
    """
    made = store.read(opened, "decisions", store.CITY)
    made = made.loc[[key for key in made.index if store.decisions.act_of(str(key)) == act]]
    seen = store.read(opened, "decisions", area).index
    if not (made.index.isin(seen) | made["decided_by"].eq(name())).all():
        return 0
    return store.decisions.withdraw(opened, act)


def acts() -> list[list[str]]:
    """Return the acts of this browser that a key takes back, oldest first: the act and what it was about."""
    return list(session.get("acts", []))


def keep(kept: list[list[str]], most: int = 30) -> None:
    """Keep the acts that can be taken back by a key; older ones stay in the list of decisions."""
    session["acts"] = kept[-most:]
