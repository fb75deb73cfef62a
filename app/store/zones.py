"""Drafts of boundaries as stored: their steps, what became of them; two people never write over each other."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.types import to_json
from app.models import ZoneDraft, ZoneEvent, ZoneStep
from app.store.scope import Scope
from geo.zones import transitions


@dataclass(frozen=True)
class Act:
    """Who does something, and when."""

    account: str
    at: datetime


@dataclass(frozen=True)
class Seen:
    """The state of a draft that somebody looks at: its version and the step it stands at."""

    version: int
    head: str | None


def make(session: Session, title: str, county: str, base: Mapping[str, Any], act: Act) -> ZoneDraft:
    """Store a new draft on the zones in force (``base``: by key) and return it."""
    draft = ZoneDraft(
        key=f"draft-{act.at:%Y%m%d}-{secrets.token_hex(4)}", title=title, county_code=county, counties=[county],
        consents={}, status=transitions.DRAFT, version=1, head=None, tip=None, branch_of=None, base=dict(base),
        result=None, effective_on=None, author=act.account, submitted_by=None, created_at=act.at, changed_at=act.at,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    tell(session, draft, "begun", act)
    return draft


def get(session: Session, key: str, scope: Scope) -> ZoneDraft | None:
    """Return a draft that the caller may see: of its county, or one that needs its county's consent."""
    return session.scalar(sa.select(ZoneDraft).where(ZoneDraft.key == key, *_within(scope)))


def every(session: Session, scope: Scope, *, status: str = "", county: str = "") -> list[ZoneDraft]:
    """Return the drafts that the caller may see, the last changed first."""
    query = sa.select(ZoneDraft).where(*_within(scope)).order_by(ZoneDraft.changed_at.desc(), ZoneDraft.fid.desc())
    if status:
        query = query.where(ZoneDraft.status == status)
    if county:
        query = query.where(ZoneDraft.county_code == county)
    return list(session.scalars(query))


def steps(session: Session, draft: ZoneDraft, head: str | None) -> list[ZoneStep]:
    """Return the steps that lead to ``head``, the first one first; those of the draft it left are among them."""
    found = {
        step.key: step
        for step in session.scalars(sa.select(ZoneStep).where(ZoneStep.draft_key.in_(_line(session, draft))))
    }
    path = []
    while head is not None and head in found:
        path.append(found[head])
        head = found[head].follows
    return path[::-1]


def add(session: Session, draft: ZoneDraft, operation: Mapping[str, Any], seen: Seen, act: Act) -> ZoneDraft:
    """Take one more step from the state that the caller sees, and return the draft that now has it.

    That is the draft itself; if somebody else has changed it meanwhile, a branch: a draft of its own that stands where
    the caller stood, with the step. Both stay, and both tell of it.
    """
    known = {step.key for step in steps(session, draft, draft.head)} | {step.key for step in _own(session, draft)}
    head = seen.head if seen.head in known else None
    step = ZoneStep(
        key=f"step-{secrets.token_hex(8)}", draft_key=draft.key, follows=head, operation=dict(operation),
        author=act.account, at=act.at,
    )  # fmt: skip
    session.add(step)
    session.flush()
    if seen.head == draft.head and change(session, draft, seen.version, act, head=step.key, tip=step.key, result=None):
        return draft
    return _branch(session, draft, step, act)


def turn(session: Session, draft: ZoneDraft, back: bool, seen: Seen, act: Act) -> bool:
    """Undo the last step or redo the next one; False if there is none, or somebody has changed the draft meanwhile."""
    now = steps(session, draft, draft.head)
    if back:
        if not now:
            return False
        head = now[-1].follows
    else:
        following = [step for step in steps(session, draft, draft.tip) if step.follows == draft.head]
        if not following or draft.tip == draft.head:
            return False
        head = following[0].key
    return change(session, draft, seen.version, act, head=head, result=None)


def change(session: Session, draft: ZoneDraft, version: int, act: Act, **values: Any) -> bool:
    """Change a draft that still has the version seen; False, and nothing is changed, if it has not."""
    row = sa.update(ZoneDraft).where(ZoneDraft.key == draft.key, ZoneDraft.version == version)
    done = session.execute(row.values(version=version + 1, changed_at=act.at, **values))
    session.refresh(draft)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def tell(
    session: Session,
    draft: ZoneDraft,
    action: str,
    act: Act,
    *,
    comment: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down what became of a draft."""
    event = ZoneEvent(
        draft_key=draft.key, at=act.at, account=act.account, action=action, status=draft.status,
        comment=comment or None, detail=dict(detail or {}),
    )  # fmt: skip
    session.add(event)
    session.flush()


def events(session: Session, draft: ZoneDraft) -> list[ZoneEvent]:
    """Return what became of a draft, the newest first."""
    query = sa.select(ZoneEvent).where(ZoneEvent.draft_key == draft.key)
    return list(session.scalars(query.order_by(ZoneEvent.at.desc(), ZoneEvent.fid.desc())))


def branches(session: Session, draft: ZoneDraft) -> list[ZoneDraft]:
    """Return the drafts that left this one when two people changed it at once."""
    return list(session.scalars(sa.select(ZoneDraft).where(ZoneDraft.branch_of == draft.key).order_by(ZoneDraft.fid)))


def pending(session: Session, keys: Sequence[str], but: str) -> list[ZoneDraft]:
    """Return other drafts that are approved, not yet in force, and change one of these places."""
    waiting = session.scalars(sa.select(ZoneDraft).where(ZoneDraft.status == transitions.APPROVED))
    wanted = set(keys)
    return [one for one in waiting if one.key != but and wanted & {row["key"] for row in one.result or []}]


def due(session: Session, day: date) -> list[ZoneDraft]:
    """Return the approved drafts whose day has come, the earliest first."""
    query = sa.select(ZoneDraft).where(ZoneDraft.status == transitions.APPROVED, ZoneDraft.effective_on <= day)
    return list(session.scalars(query.order_by(ZoneDraft.effective_on, ZoneDraft.fid)))


def of_place(session: Session, keys: Sequence[str]) -> dict[str, ZoneDraft]:
    """Return the drafts of these keys, by key."""
    return {one.key: one for one in session.scalars(sa.select(ZoneDraft).where(ZoneDraft.key.in_(list(keys))))}


def _branch(session: Session, draft: ZoneDraft, step: ZoneStep, act: Act) -> ZoneDraft:
    branch = ZoneDraft(
        key=f"draft-{act.at:%Y%m%d}-{secrets.token_hex(4)}", title=draft.title, county_code=draft.county_code,
        counties=draft.counties, consents={}, status=transitions.DRAFT, version=1, head=step.key, tip=step.key,
        branch_of=draft.key, base=draft.base, result=None, effective_on=None, author=act.account, submitted_by=None,
        created_at=act.at, changed_at=act.at,
    )  # fmt: skip
    session.add(branch)
    session.flush()
    tell(session, draft, "conflict", act, detail={"branch": branch.key})
    tell(session, branch, "branched", act, detail={"from": draft.key})
    return branch


def _own(session: Session, draft: ZoneDraft) -> list[ZoneStep]:
    return list(session.scalars(sa.select(ZoneStep).where(ZoneStep.draft_key == draft.key)))


def _line(session: Session, draft: ZoneDraft) -> list[str]:
    """Return the keys of a draft and of those it comes from."""
    keys, above = [draft.key], draft.branch_of
    while above is not None and above not in keys:
        keys.append(above)
        above = session.scalar(sa.select(ZoneDraft.branch_of).where(ZoneDraft.key == above))
    return keys


def _within(scope: Scope) -> list[Any]:
    if scope.county_code is None:
        return []
    concerned = sa.type_coerce(ZoneDraft.counties, sa.Text).contains(to_json(scope.county_code), autoescape=True)
    return [(ZoneDraft.county_code == scope.county_code) | (concerned & (ZoneDraft.status != transitions.DRAFT))]
