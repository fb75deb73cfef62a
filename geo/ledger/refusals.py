"""What is wrong with a step before it is recorded: every fault at once, each with its field and what would be right."""

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.ledger.outcomes import OUTCOMES
from geo.ledger.stages import STAGES, following

MOST_WORKERS = 1_000_000
MOST_TEXT = 500
EARLIEST = date(2000, 1, 1)
"""No step is older: the visit workbooks take no earlier day either; our own choice against slips of the pen."""
_PERSONAL = re.compile(
    r"(?<![\dA-Za-z])(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
    r"|[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?![\dA-Za-z])"
)
"""A mobile number or an identity number (GB 11643): contact data have their own place and their own right."""


@dataclass(frozen=True)
class Refusal:
    """One fault: the column of STEPS it is about, a code, and what the phrase of the code names."""

    field: str
    code: str
    detail: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def refusals(
    step: Mapping[str, Any], before: Mapping[str, Any], *, today: date, reasons: Collection[str]
) -> list[Refusal]:
    """Return why a step cannot be recorded after a state; nothing if it can.

    Parameters
    ----------
    step : columns of STEPS, None for what is not given
    before : ``stage``, ``stage_on`` and ``workers`` of the firm's state, None where there is none
    today : no step is taken after it
    reasons : the codes of reasons there are
    """
    return [
        *_days(step, before, today),
        *_stage(step, before),
        *_reasons(step, reasons),
        *_counts(step),
        *_members(step, before),
        *_said(step),
    ]


def _days(step: Mapping[str, Any], before: Mapping[str, Any], today: date) -> list[Refusal]:
    taken, next_on, last = step.get("taken_on"), step.get("next_on"), before.get("stage_on")
    if taken is None:
        return [Refusal("taken_on", "missing")]
    found = [Refusal("taken_on", "ahead", {"today": today.isoformat()})] if taken > today else []
    if taken < EARLIEST:
        found.append(Refusal("taken_on", "too_early", {"first": EARLIEST.isoformat()}))
    if step.get("stage") and last is not None and taken < last:
        found.append(Refusal("taken_on", "before_last", {"last": last.isoformat()}))
    if next_on is not None and next_on <= taken:
        found.append(Refusal("next_on", "not_ahead", {"taken": taken.isoformat()}))
    return found


def _stage(step: Mapping[str, Any], before: Mapping[str, Any]) -> list[Refusal]:
    code, last = step.get("stage"), before.get("stage") or "P0"
    if not code:
        return []
    if code not in STAGES:
        return [Refusal("stage", "unknown", {"value": str(code)})]
    if last not in STAGES[code].after:
        return [Refusal("stage", "order", {"last": last, "next": list(following(last))})]
    return [
        Refusal(name, "evidence", {"stage": code}) for name in STAGES[code].evidence if step.get(name) in (None, "")
    ]


def _reasons(step: Mapping[str, Any], known: Collection[str]) -> list[Refusal]:
    main, second = step.get("reason"), step.get("second_reason")
    found = [
        Refusal(name, "unknown", {"value": str(code)})
        for name, code in (("reason", main), ("second_reason", second))
        if code and code not in known
    ]
    if second and not main:
        found.append(Refusal("second_reason", "without_main"))
    if second and second == main:
        found.append(Refusal("second_reason", "same"))
    return found


def _counts(step: Mapping[str, Any]) -> list[Refusal]:
    found = [
        Refusal(name, "range", {"most": MOST_WORKERS})
        for name in ("workers", "women", "members", "committee")
        if step.get(name) is not None and not 0 <= step[name] <= MOST_WORKERS
    ]
    workers, women = step.get("workers"), step.get("women")
    if not found and workers is not None and women is not None and women > workers:
        found.append(Refusal("women", "over_workers", {"workers": workers}))
    if women is not None and workers is None:
        found.append(Refusal("women", "without_workers"))
    return found


def _members(step: Mapping[str, Any], before: Mapping[str, Any]) -> list[Refusal]:
    """Members signed up are workers of the firm: no more than counted at the step, else than were known before it."""
    members, counted = step.get("members"), step.get("workers")
    workers = before.get("workers") if counted is None else counted
    if members is None or workers is None or not workers < members <= MOST_WORKERS or workers < 0:
        return []
    return [Refusal("members", "members_over_workers", {"workers": workers})]


def _said(step: Mapping[str, Any]) -> list[Refusal]:
    names = ("stage", "reason", "outcome", "workers", "note", "next_on")
    found = [] if any(step.get(name) not in (None, "") for name in names) else [Refusal("stage", "nothing")]
    if step.get("outcome") and step["outcome"] not in OUTCOMES:
        found.append(Refusal("outcome", "unknown", {"value": str(step["outcome"])}))
    if step.get("taken_by") in (None, ""):
        found.append(Refusal("taken_by", "missing"))
    long = [name for name in ("note", "document", "taken_by") if len(str(step.get(name) or "")) > MOST_TEXT]
    found += [Refusal(name, "too_long", {"most": MOST_TEXT}) for name in long]
    if _PERSONAL.search(str(step.get("note") or "")):
        found.append(Refusal("note", "personal"))
    return found
