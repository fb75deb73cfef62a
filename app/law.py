"""What a rule says, with its article, in the language of the moment."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from app.config import settings
from app.i18n import language
from geo.io.rules import read_rules
from geo.rules import Duty, Mark, Rule, RuleBook, SeatTable

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


def _sentence(rule: Rule | Duty | SeatTable) -> str:
    if isinstance(rule, SeatTable):
        text = _("工会委员会的委员名额按会员人数确定；人数很少的不设委员会，设主席或组织员一人")
    else:
        text = rule.zh if language() == "zh" else rule.en
    if isinstance(rule, Rule) and THIS_NUMBER in text:
        number = f"{rule.value:.0%}" if rule.unit == "share" else f"{rule.value:g}{COUNTERS.get(rule.unit, '')}"
        text = text.replace(THIS_NUMBER, number)
    elif isinstance(rule, Rule):
        value = f"{rule.value:g}"
        text = _("%(text)s（%(value)s %(unit)s）", text=text, value=value, unit=UNITS.get(rule.unit, rule.unit))
    source = _("本平台设定") if rule.citation.mark is Mark.D else rule.citation.article
    return _("%(source)s：%(text)s", source=source, text=text)


@lru_cache(maxsize=2)
def _book(folder: Path) -> RuleBook:
    return read_rules(folder)
