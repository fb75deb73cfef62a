"""The way of a draft: whether a step can be taken, and what it does besides moving the draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app import store
from app.auth import signed
from app.auth.roles import ROLES
from app.models import ZoneDraft
from app.runs import boundaries
from app.runs.survey import renew, today
from app.store.zones import Act
from app.zones.work import Work
from geo.zones import transitions
from geo.zones.transitions import CONSENT, DAY, FREE, OTHER, REASON, SEEN, SOUND, Caller, TransitionError


@dataclass(frozen=True)
class Ask:
    """A step asked for: with which words, for which day, and whether the impact as it is now has been seen."""

    action: str
    comment: str = ""
    day: date | None = None
    seen: bool = False


@dataclass(frozen=True)
class Facts:
    """What the caller of ``move`` has found out of the draft: no fault that stops it, figures of its impact."""

    sound: bool
    counties: list[str]
    figures: Mapping[str, Any]


def caller() -> Caller:
    """Return who has signed in as the table of transitions knows them."""
    who = signed.account()
    return Caller() if who is None else Caller(ROLES.get(who.role, frozenset()), who.county_code)


def act() -> Act:
    """Return who has signed in, and now."""
    return Act(signed.login(), datetime.now(UTC))


def move(session: Session, work: Work, ask: Ask, facts: Facts, version: int) -> bool:
    """Take a step; False if somebody has changed the draft since ``version`` was seen.

    Raises
    ------
    TransitionError
        With the code of what stands against it.
    """
    draft, who = work.draft, act()
    met = _met(session, work, ask, facts, who)
    status = transitions.take(draft.status, ask.action, caller(), draft.county_code, met)
    if ask.action in ("submit", "approve") and not work.rows:
        raise TransitionError("nothing is changed", code="ZONE_EMPTY")
    if not store.zones.change(session, draft, version, who, status=status, **_values(work, ask, facts, who)):
        return False
    store.zones.tell(session, draft, ask.action, who, comment=ask.comment, detail=facts.figures)
    _consequences(session, draft, ask)
    return True


def consent(session: Session, draft: ZoneDraft) -> None:
    """Write down that the caller's county consents to a draft across counties.

    Raises
    ------
    TransitionError
        If the draft does not wait for it, or the caller does not speak for a county concerned.
    """
    who, county = act(), caller().county_code
    if draft.status != transitions.SUBMITTED:
        raise TransitionError("it does not wait for consent", detail={"status": draft.status, "action": "consent"})
    if county not in draft.counties or "zones" not in caller().rights:
        raise TransitionError("no county concerned", code="ZONE_RIGHT")
    values = {**draft.consents, str(county): who.account}
    if store.zones.change(session, draft, draft.version, who, consents=values):
        store.zones.tell(session, draft, "consent", who, detail={"county": county})


def missing_consents(draft: ZoneDraft) -> list[str]:
    """Return the counties whose consent a draft across counties still needs."""
    return [] if len(draft.counties) < 2 else [code for code in draft.counties if code not in draft.consents]


def keys_of(draft: ZoneDraft) -> list[str]:
    """Return the places that an approved draft changes."""
    return [row["key"] for row in draft.result or []]


def overtaken(session: Session, work: Work) -> list[str]:
    """Return the zones of a draft that are no longer as it found them, or wait to be changed by another one."""
    keys = list(work.changed)
    gone = set(store.lines.overtaken(session, work.draft.base["places"], keys))
    for other in store.zones.pending(session, keys, work.draft.key):
        gone |= set(keys) & set(keys_of(other))
    return [key for key in keys if key in gone]


def bring_due(day: date | None = None) -> bool:
    """Bring approved boundaries in force whose day has come, in a session of its own; whether there were any."""
    from app.db import session as database

    with database() as opened:
        waiting = bool(store.zones.due(opened, day or today()))
    if waiting:
        with database(write=True) as opened:
            boundaries.bring_in_force(opened, day or today())
            renew(opened)
    return waiting


def _met(session: Session, work: Work, ask: Ask, facts: Facts, who: Act) -> set[str]:
    draft = work.draft
    restoring = ask.action == "restore"
    free = store.lines.last_made_by(session, keys_of(draft), draft.key) if restoring else not overtaken(session, work)
    found = {
        SOUND: facts.sound and not work.failed, SEEN: ask.seen, CONSENT: not missing_consents(draft),
        OTHER: who.account != draft.submitted_by, REASON: bool(ask.comment.strip()),
        DAY: transitions.fits(ask.day, today=today()), FREE: free,
    }  # fmt: skip
    return {need for need, holds in found.items() if holds}


def _values(work: Work, ask: Ask, facts: Facts, who: Act) -> dict[str, Any]:
    if ask.action == "submit":
        own = caller().county_code
        consents = {own: who.account} if own in facts.counties else {}
        return {"submitted_by": who.account, "counties": facts.counties, "consents": consents}
    if ask.action == "approve":
        return {"effective_on": ask.day, "result": work.rows}
    return {}


def _consequences(session: Session, draft: ZoneDraft, ask: Ask) -> None:
    """Lines of today come in force, or go back, at once; the surveys are then made anew."""
    if ask.action == "approve" and boundaries.bring_in_force(session, today()):
        renew(session)
    if ask.action == "restore":
        store.lines.revert(session, keys_of(draft), since=today(), draft=draft.key)
        renew(session)
