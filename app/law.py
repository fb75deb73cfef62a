"""What a rule says, with its article, in the language of the moment."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from app.config import settings
from app.i18n import language
from app.labels import label
from geo.io.rules import read_rules
from geo.rules import Duty, Form, Mark, Rule, RuleBook, SeatTable

UNITS = {
    "members": lazy("名会员"),
    "women_members": lazy("名女会员"),
    "workers": lazy("名职工"),
    "units": lazy("个单位"),
    "firms": lazy("家企业"),
    "years": lazy("年"),
    "months": lazy("个月"),
    "metres": lazy("米"),
    "m": lazy("米"),
}
"""What a rule's number counts; another unit is shown as it is."""


THIS_NUMBER = "此数"
"""Where the Chinese text of a rule names its own number, which is dated data."""

COUNTERS = MappingProxyType({
    "members": "人", "women_members": "人", "workers": "人", "units": "个", "unions": "个",
    "firms": "家", "enterprises": "家",
})  # fmt: skip
"""What is said behind that number."""


def cited(rule_id: str, on: date) -> list[str]:
    """Return what is in force under a rule's id on a day, one sentence each: article, text, how strongly it binds.

    What nobody verified is called so and never shown as a cited rule.
    """
    found = _book(settings().data).in_force(on).cite(rule_id)
    tables = [rule for rule in found if isinstance(rule, SeatTable)]
    return [_sentence(rule) for rule in tables or found]  # an id with a table of seats is cited for that table


@dataclass(frozen=True)
class Said:
    """One rule in words. ``sure`` tells how far its article was checked, ``since`` from when, "" if nobody knows."""

    text: str
    article: str
    strength: str
    since: str
    mark: str
    sure: str
    ours: bool
    """The project's own choice, not law."""


def said(rule: Rule | Duty | SeatTable | Form) -> Said:
    """Return a rule with article, strength, the day it came into force and how sure each of them is."""
    cited_by, first = rule.citation, rule.period.first
    since = first.isoformat() if first is not None else ""
    if since and cited_by.date_mark is Mark.D:
        since = _("%(d)s（日期未核实）", d=since)
    strength = "should" if isinstance(rule, SeatTable) else str(rule.strength)
    return Said(
        _text(rule), cited_by.article, label("strength", strength), since, str(cited_by.mark),
        label("mark", str(cited_by.mark)), strength == "choice",
    )  # fmt: skip


def _sentence(rule: Rule | Duty | SeatTable) -> str:
    source = _("本平台设定") if rule.citation.mark is Mark.D else rule.citation.article
    return _("%(source)s：%(text)s", source=source, text=_text(rule))


def _text(rule: Rule | Duty | SeatTable | Form) -> str:
    if isinstance(rule, SeatTable):
        text = _("工会委员会的委员名额按会员人数确定；人数很少的不设委员会，设主席或组织员一人")
    else:
        text = rule.zh if language() == "zh" else rule.en
    if isinstance(rule, Rule) and THIS_NUMBER in text:
        number = f"{rule.value:.0%}" if rule.unit == "share" else f"{rule.value:g}{COUNTERS.get(rule.unit, '')}"
        text = text.replace(THIS_NUMBER, number)
    elif isinstance(rule, Rule):
        value = f"{rule.value:g}"
        if rule.unit == "share":
            return _("%(text)s（%(value)s）", text=text, value=f"{rule.value:.0%}")
        text = _("%(text)s（%(value)s %(unit)s）", text=text, value=value, unit=UNITS.get(rule.unit, rule.unit))
    return text


@lru_cache(maxsize=2)
def _book(folder: Path) -> RuleBook:
    return read_rules(folder)
