"""What the rules of a day say of one suggested union: forms left open, bodies, who approves it, and on what that rests.

Members (会员) are not workers (职工). The law counts members, whom nobody knows before there is a union, so every
answer here rests on expected members: workers times a share that is an assumption of the project and an argument of the
call. Nobody is named: who stands for election is for the members to decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.joint.seats import employers
from geo.rules import Duty, Form, Rule, RuleSet, SeatTable

Cited = Rule | Duty | SeatTable | Form
Detail = Mapping[str, Any]

FORMS = ("own", "joint", "organiser")
BODIES = ("committee", "chair", "women", "audit", "meeting")
APPROVALS = ("host", "zone", "town", "county", "city")
"""An existing union takes the firms in and tells its higher union · the union of the zone, or of the town where the
zone has none · the union of the town · of the county, for members in several towns · of the city."""
SIZES = ("full", "small", "tiny")
"""Members of an own union's size and more · fewer, with a warning · so few that joining another one is advised."""


@dataclass(frozen=True)
class Pool:
    """The firms of a suggestion as the law looks at them."""

    kind: str
    workers: tuple[int, ...]
    """Of each firm, unknown counts at the assumed number."""
    women: int | None
    """Known women workers, None if no firm tells."""
    units: int
    """Distinct employers."""
    towns: int
    """Distinct towns of the members, 0 if none is known."""
    counties: int
    town_unknown: bool = False

    @classmethod
    def of(cls, members: pd.DataFrame, kind: str, *, each: int) -> "Pool":
        """Read the firms of a group (rows of FIRMS); ``each`` is taken for a firm without a count."""
        workers = members["workers"].fillna(each).astype("int64")
        women = members["women"]
        return cls(
            kind, tuple(int(count) for count in workers), int(women.sum()) if women.notna().any() else None,
            int(employers(members).nunique()), int(members["town_code"].nunique()),
            int(members["county_code"].nunique()), bool(members["town_code"].isna().any()),
        )  # fmt: skip


@dataclass(frozen=True)
class Way:
    """One form that the law leaves open, and for how many of the firms; ``joint`` is for all of them together."""

    code: str
    open: bool
    detail: Detail
    rule: Form


@dataclass(frozen=True)
class Body:
    """What is to be set up: ``code`` of BODIES, ``answer`` a code of the list ``law_body_<code>``."""

    code: str
    answer: str
    detail: Detail
    rules: tuple[Cited, ...]


@dataclass(frozen=True)
class Charter:
    """The law of one suggestion. ``share`` is the assumption behind ``members``; ``basis`` all that was looked at."""

    workers: int
    members: int
    women: int | None
    """Expected women members, None where nobody knows how many women there are."""
    share: float
    size: str
    ways: tuple[Way, ...]
    bodies: tuple[Body, ...]
    approval: str
    approved_by: tuple[Cited, ...]
    basis: tuple[Cited, ...]
    choices: tuple[Rule | Duty, ...]
    """What of it is the project's own choice and nobody's law."""


def charter(pool: Pool, *, rules: RuleSet, share: float) -> Charter:
    """Return what the rules say of a union of these firms.

    Parameters
    ----------
    pool : its firms
    rules : the rule set of the day; another day gives another charter of the same firms
    share : members expected of a worker, 0 to 1
    """
    workers = sum(pool.workers)
    members, women = expected(workers, share), None if pool.women is None else expected(pool.women, share)
    ways, bodies = _ways(pool, rules, share), _bodies(pool, members, women, rules)
    code, told = _approval(pool, rules)
    size = _size(members, rules)
    choices = [rules["expected_member_share"], rules["pooled_workers"], rules["pooled_firms"]]
    choices += [rules["warn_members"]] if size != "full" else []
    found = [*(way.rule for way in ways), *(rule for body in bodies for rule in body.rules), *told]
    duties = [rule for rule_id in ("G2", "F27") for rule in rules.cite(rule_id)]
    basis = [rule for rule in _once([*found, *duties]) if not _ours(rule)]
    own = [rule for rule in found if isinstance(rule, Rule | Duty) and _ours(rule)]
    return Charter(
        workers, members, women, share, size, ways, bodies, code, tuple(told), tuple(basis),
        tuple(rule for rule in _once([*choices, *own]) if isinstance(rule, Rule | Duty)),
    )  # fmt: skip


def expected(workers: int, share: float) -> int:
    """Return the members expected of so many workers, rounded half to even as everywhere else."""
    return round(workers * share)


def _ways(pool: Pool, rules: RuleSet, share: float) -> tuple[Way, ...]:
    """The three forms; each firm is looked at by itself, since the law speaks of one employer's members."""
    each = np.array([expected(count, share) for count in pool.workers], dtype=np.int64)
    found = []
    for form in rules.forms:
        below = int(rules[form.members_below].value)
        small = each < below
        detail: dict[str, Any] = {"firms": int(small.sum()), "of": len(each), "below": below}
        enough = bool(small.any())
        if form.units_from is not None:
            least = int(rules[form.units_from].value)
            detail |= {"units": pool.units, "least": least}
            enough = pool.units >= least or pool.kind == "existing"
        if form.code == "own":
            none = int(rules.no_committee_members.value)
            detail |= {"committee": int((small & (each > none)).sum()), "up_to": none}
        found.append(Way(form.code, enough, detail, form))
    return tuple(found)


def _bodies(pool: Pool, members: int, women: int | None, rules: RuleSet) -> tuple[Body, ...]:
    band, audit = rules.seats.band(members), rules.cite("S6")
    seats = {"members": members, "least": band.seats_min, "most": band.seats_max}
    answer = "none" if not band.seats_max else "one_number" if band.seats_min == band.seats_max else "span"
    answer += "_odd" if answer == "span" and rules.seats.odd_only else ""
    chair, committee = rules["full_time_chair_workers"], rules["women_committee_members"]
    meeting = rules["delegates_members"]
    whole = {"workers": sum(pool.workers), "least": int(chair.value)}
    return (
        Body("committee", answer, seats, (rules.seats, *rules.cite("K25" if answer == "none" else "F21"))),
        Body("chair", "may" if whole["workers"] >= chair.value else "no_need", whole, (chair, *_duties(rules, "F22"))),
        Body(
            "women", "unknown" if women is None else "committee" if women >= committee.value else "representative",
            {"women": women, "least": int(committee.value)}, (committee,),
        ),
        Body("audit", "with_election", {}, audit),
        Body(
            "meeting", "delegates" if members >= meeting.value else "all",
            {"members": members, "least": int(meeting.value)}, (meeting,),
        ),
    )  # fmt: skip


def _duties(rules: RuleSet, rule_id: str) -> list[Duty]:
    return [rule for rule in rules.cite(rule_id) if isinstance(rule, Duty)]


def _approval(pool: Pool, rules: RuleSet) -> tuple[str, list[Cited]]:
    """Who approves: the next higher union; which one that is, practice and the project say, not the law."""
    law: list[Cited] = list(rules.cite("F18"))
    if pool.kind == "existing":
        return "host", [*rules.cite("C15")]
    if pool.counties == 0:
        return "city", [*law, *rules.cite("C16")]
    if pool.towns != 1 or pool.town_unknown:
        return "county", [*law, *rules.cite("C16")]
    if pool.kind == "zone":
        return "zone", [*law, *rules.cite("G1"), *rules.cite("S7")]
    return "town", [*law, *rules.cite("S7")]


def _size(members: int, rules: RuleSet) -> str:
    if members >= rules.own_members.value:
        return "full"
    return "small" if members >= rules["warn_members"].value else "tiny"


def _ours(rule: Cited) -> bool:
    return rule.id.startswith("C")


def _once(rules: Sequence[Cited]) -> list[Cited]:
    """Without those that say the same by the same article."""
    known: dict[tuple[str, str, str], Cited] = {}
    for rule in rules:
        known.setdefault((rule.id, rule.citation.article, getattr(rule, "zh", "")), rule)
    return list(known.values())
