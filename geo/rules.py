"""The law and the project's own choices as dated values, and the code lists that stages decide by.

``RuleBook.in_force(day)`` gives the rule set of one day. Members are not workers: every rule names its unit. A value of
mark D is nobody's rule but an assumption, and must never be shown as a cited one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from geo.errors import RuleError


class Mark(StrEnum):
    """How far a statement is verified."""

    A = "A"
    """Law, regulation or the seed document itself was read."""
    B = "B"
    """Government, union or established press page."""
    C = "C"
    """A copy, mirror or document-sharing page; plausible, of weak provenance."""
    D = "D"
    """General knowledge or the project's own choice, not verified."""


class Strength(StrEnum):
    """How strongly a rule binds."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    POLICY = "policy"
    PRACTICE = "practice"
    CHOICE = "choice"


@dataclass(frozen=True)
class Period:
    """Days on which something is in force, both included; None where the records do not tell or it still is."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether ``day`` lies in the period."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Citation:
    """Where a rule is written, and how far that was checked. ``date_mark`` is about the days it was in force."""

    article: str
    source: str
    mark: Mark
    date_mark: Mark


@dataclass(frozen=True)
class Rule:
    """One number of the law or of the project. ``value`` is in ``unit`` (members, workers, share, months …)."""

    id: str
    name: str
    value: float
    unit: str
    strength: Strength
    zh: str
    en: str
    citation: Citation
    period: Period

    @property
    def is_choice(self) -> bool:
        """Whether the project chose the number; such a rule is labelled as a choice wherever it is shown."""
        return self.strength is Strength.CHOICE


@dataclass(frozen=True)
class Duty:
    """One rule without a number, in words."""

    id: str
    strength: Strength
    zh: str
    en: str
    citation: Citation
    period: Period


@dataclass(frozen=True)
class Form:
    """One form of union that the law leaves open to an employer: ``own``, ``joint`` or ``organiser``.

    ``members_below`` and ``units_from`` name the numbers that bound it.
    """

    code: str
    id: str
    strength: Strength
    members_below: str
    units_from: str | None
    zh: str
    en: str
    citation: Citation
    period: Period


@dataclass(frozen=True)
class NamedSet:
    """A rule set that planners may choose by name; without a ``day`` that of the question."""

    code: str
    day: date | None
    zh: str
    en: str


@dataclass(frozen=True)
class SeatBand:
    """Committee seats for a span of member counts (both ends included; ``members_to`` None: without end)."""

    members_from: int
    members_to: int | None
    seats_min: int
    seats_max: int


@dataclass(frozen=True)
class SeatTable:
    """Committee seats by member count. A band without seats means: no committee but a chair or an organiser."""

    id: str
    bands: tuple[SeatBand, ...]
    odd_only: bool
    citation: Citation
    period: Period

    def band(self, members: int) -> SeatBand:
        """Return the band of a member count; a count below the first band belongs to it."""
        for band in self.bands:
            if band.members_to is None or members <= band.members_to:
                return band
        raise RuleError(f"the table of committee seats ends below {members} members", detail={"members": members})


@dataclass(frozen=True)
class Reason:
    """Why a firm has no union. Those that ``leaves_denominator`` say that there is no firm to organise here."""

    code: str
    leaves_denominator: bool
    mark: Mark


@dataclass(frozen=True)
class Stage:
    """How far the founding of a union has come; from ``built`` on the firm counts as covered."""

    code: str
    order: int
    built: bool


@dataclass(frozen=True)
class UnionKind:
    """Kind of a union and its layer: ``own``, ``joint`` (both primary coverage) or ``federation`` (secondary)."""

    code: str
    layer: str


@dataclass(frozen=True)
class RuleSet:
    """What holds on one day: numbers by name, duties, committee seats, and the code lists that carry decisions."""

    day: date
    numbers: Mapping[str, Rule]
    begins: Mapping[str, date]
    """When the numbers that are not yet in force begin to be."""
    duties: tuple[Duty, ...]
    seats: SeatTable
    reasons: Mapping[str, Reason]
    stages: Mapping[str, Stage]
    union_kinds: Mapping[str, UnionKind]
    forms: tuple[Form, ...] = ()

    def __getitem__(self, name: str) -> Rule:
        """Return the number of that name.

        Raises
        ------
        RuleError
            If no value of that name is in force on the day; ``RULES_BEGIN`` if one begins later.
        """
        try:
            return self.numbers[name]
        except KeyError:
            detail = {"rule": name, "day": self.day.isoformat(), "first": str(self.begins.get(name, ""))}
            code = "RULES_BEGIN" if detail["first"] else None
            raise RuleError(f"no value of {name!r} is in force on {self.day}", code=code, detail=detail) from None

    def cite(self, rule_id: str) -> tuple[Rule | Duty | SeatTable, ...]:
        """Return everything in force under a rule's id (F1, F2 …), for pages that say why."""
        known: list[Rule | Duty | SeatTable] = [*self.numbers.values(), *self.duties, self.seats]
        return tuple(rule for rule in known if rule.id == rule_id)

    @property
    def choices(self) -> tuple[Rule, ...]:
        """The numbers that the project chose, to be shown as such."""
        return tuple(rule for rule in self.numbers.values() if rule.is_choice)

    @property
    def own_members(self) -> Rule:
        """F1: members from which an employer must have its own union committee."""
        return self["own_members"]

    @property
    def promote_workers(self) -> Rule:
        """F2: workers from which an own union is to be promoted."""
        return self["promote_workers"]

    @property
    def joint_units(self) -> Rule:
        """F3: employers that a joint union needs at least."""
        return self["joint_units"]

    @property
    def no_committee_members(self) -> Rule:
        """F8: members up to which there is no committee but a chair or an organiser."""
        last = self.seats.bands[0].members_to or 0
        zh, en = "不设工会委员会的最多会员数", "members up to which there is no committee"
        table = self.seats
        return Rule(
            table.id, "no_committee_members", last, "members", Strength.SHOULD, zh, en, table.citation, table.period
        )


@dataclass(frozen=True)
class RuleBook:
    """Every dated value; ``in_force`` picks those of one day."""

    numbers: tuple[Rule, ...]
    duties: tuple[Duty, ...]
    seats: tuple[SeatTable, ...]
    reasons: Mapping[str, Reason]
    stages: Mapping[str, Stage]
    union_kinds: Mapping[str, UnionKind]
    forms: tuple[Form, ...] = ()
    sets: tuple[NamedSet, ...] = ()

    def in_force(self, day: date) -> RuleSet:
        """Return the rule set of one day.

        Raises
        ------
        RuleError
            If two values of one name hold on the day, or no table of committee seats does.
        """
        numbers: dict[str, Rule] = {}
        for rule in _holding(self.numbers, day):
            if rule.name in numbers:
                raise RuleError(
                    f"two values of {rule.name!r} are in force on {day}",
                    detail={"rule": rule.name, "day": day.isoformat()},
                )
            numbers[rule.name] = rule
        tables = _holding(self.seats, day)
        if len(tables) != 1:
            raise RuleError(f"{len(tables)} tables of committee seats are in force on {day}; one was expected")
        duties = tuple(_holding(self.duties, day))
        later = sorted((rule.period.first, rule.name) for rule in self.numbers if rule.period.first is not None)
        begins = {name: first for first, name in reversed(later) if first > day and name not in numbers}
        forms = tuple(_holding(self.forms, day))
        return RuleSet(day, numbers, begins, duties, tables[0], self.reasons, self.stages, self.union_kinds, forms)

    def named(self, code: str, day: date) -> RuleSet:
        """Return the rule set of a name, for a question of ``day``.

        Raises
        ------
        RuleError
            If no set bears the name.
        """
        for known in self.sets:
            if known.code == code:
                return self.in_force(known.day or day)
        raise RuleError(f"no rule set {code!r}", detail={"set": code})


_T = TypeVar("_T", Rule, Duty, SeatTable, Form)


def _holding(rules: Iterable[_T], day: date) -> list[_T]:
    return [rule for rule in rules if rule.period.holds(day)]
