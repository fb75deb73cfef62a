"""What may become of a draft of boundaries: one table, and the question whether somebody may take a step in it.

The order is our own choice, no rule of law: whoever submits does not approve; a draft that reaches into another county
waits for the consent of both; what is approved comes in force on its day, not by a person.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from geo.errors import AtlasError

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"
IN_FORCE, WITHDRAWN, RESTORED = "in_force", "withdrawn", "restored"
STATUSES = (DRAFT, SUBMITTED, RETURNED, APPROVED, IN_FORCE, WITHDRAWN, RESTORED)

EDITABLE = (DRAFT, RETURNED)
"""Statuses in which lines can be drawn."""

CALENDAR = "calendar"
"""Right of the day that has come; no person has it."""

MOST_AHEAD = timedelta(days=731)
"""How far ahead lines can be approved: beyond two years nobody knows whether they still fit. Our own choice."""

SOUND, SEEN, CONSENT, OTHER, REASON, DAY, FREE = "sound", "seen", "consent", "other", "reason", "day", "free"
"""What a step can need: no fault left in the lines · its impact has been seen as it is · every county concerned
consents · another person than who submitted · a reason in words · a day to come in force, not
far off · no other approved draft
changes the same places."""


class TransitionError(AtlasError):
    """A step that a draft cannot take, or not by this account: ``code`` says why, ``detail`` which step."""

    code = "ZONE_STEP"


@dataclass(frozen=True)
class Step:
    """One step: its name, from and to which status, the right it takes, and what has to hold."""

    action: str
    source: str
    target: str
    right: str
    needs: tuple[str, ...] = ()


STEPS = (
    Step("submit", DRAFT, SUBMITTED, "zones", (SOUND, SEEN, FREE)),
    Step("submit", RETURNED, SUBMITTED, "zones", (SOUND, SEEN, FREE)),
    Step("withdraw", DRAFT, WITHDRAWN, "zones"),
    Step("withdraw", RETURNED, WITHDRAWN, "zones"),
    Step("withdraw", SUBMITTED, WITHDRAWN, "zones"),
    Step("reopen", WITHDRAWN, DRAFT, "zones"),
    Step("return", SUBMITTED, RETURNED, "approve", (REASON,)),
    Step("approve", SUBMITTED, APPROVED, "approve", (SOUND, SEEN, CONSENT, OTHER, DAY, FREE)),
    Step("withdraw", APPROVED, WITHDRAWN, "approve", (REASON,)),
    Step("enforce", APPROVED, IN_FORCE, CALENDAR),
    Step("restore", IN_FORCE, RESTORED, "approve", (SEEN, REASON, FREE)),
)

TABLE: Mapping[tuple[str, str], Step] = MappingProxyType({(step.source, step.action): step for step in STEPS})
"""The steps by status and action: what is not here cannot be done."""

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        SOUND: "ZONE_FAULTY",
        SEEN: "ZONE_UNSEEN",
        CONSENT: "ZONE_CONSENT",
        OTHER: "ZONE_SAME_PERSON",
        REASON: "ZONE_REASON",
        DAY: "ZONE_DAY",
        FREE: "ZONE_OVERTAKEN",
    }
)
"""Code of the error where a need is not met."""


@dataclass(frozen=True)
class Caller:
    """Who asks: their rights, and the county they are confined to (None: the whole city)."""

    rights: frozenset[str] = field(default_factory=frozenset)
    county_code: str | None = None

    def draws(self, county: str) -> bool:
        """Return whether they may draw boundaries of a county."""
        return "zones" in self.rights and self.county_code in (None, county)


def fits(day: date | None, *, today: date) -> bool:
    """Return whether lines can come in force on a day: today or later, and not beyond ``MOST_AHEAD``."""
    return day is not None and today <= day <= today + MOST_AHEAD


def take(status: str, action: str, caller: Caller, county: str, met: Collection[str]) -> str:
    """Return the status after a step.

    Parameters
    ----------
    status, action : where the draft stands, what is to be done
    caller : who asks
    county : the county whose boundaries these are
    met : the needs that are met (``SOUND`` …)

    Raises
    ------
    TransitionError
        ZONE_STEP (not from this status), ZONE_RIGHT (not this account), or the code of the first need not met.
    """
    step = TABLE.get((status, action))
    detail = {"status": status, "action": action}
    if step is None:
        raise TransitionError(f"{action} is no step from {status}", detail=detail)
    if not _may(step, caller, county):
        raise TransitionError(f"{action} needs {step.right}", code="ZONE_RIGHT", detail=detail)
    missing = [need for need in step.needs if need not in met]
    if missing:
        raise TransitionError(f"{action} needs {missing}", code=FAULTS[missing[0]], detail=detail)
    return step.target


def offered(status: str, caller: Caller, county: str) -> list[Step]:
    """Return the steps that somebody may take from a status, in the order of the table."""
    return [step for step in STEPS if step.source == status and _may(step, caller, county)]


def _may(step: Step, caller: Caller, county: str) -> bool:
    return step.right in caller.rights and caller.county_code in (None, county)
