"""The law of one suggestion in words: which rule set, which assumption about members, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from app.config import settings
from app.labels import explain, label
from app.law import Said, said
from app.reading import Reading
from app.runs.survey import today
from geo.io.rules import read_rules
from geo.joint.law import Charter, Pool, charter
from geo.rules import RuleBook, RuleSet

SHARES = ("60", "70", "80", "90", "100")
"""Members expected of a hundred workers that can be chosen; the one assumed stands in ``data/rules``."""
RULE_SETS = ("2011", "current")
"""Names of ``RuleBook.sets``; without one the survey's day picks."""


@dataclass(frozen=True)
class Terms:
    """What a planner chose to look at a suggestion by; "" is what is set."""

    rules: str = ""
    share: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Terms":
        """Read them off the arguments of an address; what is no choice is as if it were not there."""
        rules, share = args.get("rules", ""), args.get("share", "")
        return cls(rules if rules in RULE_SETS else "", share if share in SHARES else "")


@dataclass(frozen=True)
class Spoken:
    """A charter with its words; ``day`` is that of the rules, ``changed`` whether a planner chose other terms."""

    charter: Charter
    terms: Terms
    day: date
    share: int
    forms: tuple[tuple[str, str, str], ...]
    """Code, phrase, sentence."""
    bodies: tuple[tuple[str, str], ...]
    approval: str
    size: str
    basis: tuple[Said, ...]
    choices: tuple[Said, ...]

    @property
    def changed(self) -> bool:
        """Whether somebody chose other terms than those that are set."""
        return bool(self.terms.rules or self.terms.share)


def of(read: Reading, group: pd.Series, members: pd.DataFrame, terms: Terms) -> Spoken:
    """Return the law of a suggestion whose firms are ``members`` (rows of FIRMS)."""
    rules = rules_of(read, terms)
    share = int(terms.share) / 100 if terms.share else float(rules["expected_member_share"].value)
    pool = Pool.of(members, str(group["kind"]), each=read.survey.joint.workers_if_unknown)
    found = charter(pool, rules=rules, share=share)
    return Spoken(
        found, terms, rules.day, round(share * 100),
        tuple((way.code, label("law_form", way.code), explain("law_form", way.code, way.detail)) for way in found.ways),
        tuple(
            (label("law_body", body.code), explain(f"law_{body.code}", body.answer, body.detail))
            for body in found.bodies
        ),
        explain("law_approval", found.approval, _places(read, group)),
        explain("law_size", found.size, {"members": found.members}),
        tuple(said(rule) for rule in found.basis), tuple(said(rule) for rule in found.choices),
    )  # fmt: skip


def rules_of(read: Reading, terms: Terms) -> RuleSet:
    """Return the rule set that the terms name, else that of the survey."""
    book = _book(settings().data)
    return book.named(terms.rules, today()) if terms.rules else book.in_force(read.survey.rules_day)


def rules_on(day: date) -> RuleSet:
    """Return the rule set in force on a day."""
    return _book(settings().data).in_force(day)


def _places(read: Reading, group: pd.Series) -> dict[str, str]:
    county = read.name("county", group["county_code"])
    return {
        "town": read.name("town", group["town_code"]) or county or read.city(), "county": county or read.city(),
        "city": read.city(),
    }  # fmt: skip


@lru_cache(maxsize=2)
def _book(folder: Path) -> RuleBook:
    return read_rules(folder)
