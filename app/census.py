"""Published census totals that the office types in: read from a form, kept as a setting, put beside the figures."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import store

CITY = "city"
"""Key of the whole city's total; the counties' keys are their codes."""

FIRST_YEAR = 1990
LONGEST = 200
MOST = 99_999_999


@dataclass(frozen=True)
class Totals:
    """Enterprise legal persons by county code, and ``CITY`` if typed, with where they were published."""

    units: tuple[tuple[str, int], ...]
    source: str
    year: int
    counted_on: date

    def frame(self, counties: Sequence[str]) -> pd.DataFrame:
        """Return ``units`` and basis by county code, and by ``all`` for the city, as ``geo.coverage.measure`` reads.

        The city's total is the typed one, else the sum of ``counties`` if each has one: a part is not taken for all.
        """
        typed = dict(self.units)
        units = {code: typed[code] for code in counties if code in typed}
        if CITY in typed:
            units["all"] = typed[CITY]
        elif units and len(units) == len(counties):
            units["all"] = sum(units.values())
        table = pd.DataFrame({"units": pd.Series(units, dtype="Int64")})
        return table.assign(source=self.source, counted_on=self.counted_on)


@dataclass(frozen=True)
class Form:
    """What was typed, as it was typed, and by field what is wrong with it."""

    units: Mapping[str, str]
    source: str = ""
    year: str = ""
    counted_on: str = ""
    errors: Mapping[str, str] | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing was typed at all: the totals are to be cleared."""
        return not any((*self.units.values(), self.source, self.year, self.counted_on))


def stored(session: Session) -> Totals | None:
    """Return the totals on record, None if there are none."""
    value = store.settings.get(session, store.settings.CENSUS)
    if not value:
        return None
    day = date.fromisoformat(value["counted_on"])
    return Totals(tuple(sorted(value["units"].items())), value["source"], value["year"], day)


def keep(session: Session, totals: Totals | None) -> None:
    """Put totals on record; None clears them."""
    value: dict[str, Any] = {}
    if totals is not None:
        value = {"units": dict(totals.units), "source": totals.source, "year": totals.year}
        value["counted_on"] = totals.counted_on.isoformat()
    store.settings.put(session, store.settings.CENSUS, value)


def form_of(totals: Totals | None) -> Form:
    """Return the form as it opens."""
    if totals is None:
        return Form({})
    units = {code: str(count) for code, count in totals.units}
    return Form(units, totals.source, str(totals.year), totals.counted_on.isoformat())


def typed(args: Mapping[str, str], counties: Iterable[str]) -> Form:
    """Return what was typed into the fields ``units-<code>``, ``source``, ``year`` and ``counted_on``."""
    units = {code: args.get(f"units-{code}", "").strip() for code in (*counties, CITY)}
    source, year, counted_on = (args.get(name, "").strip() for name in ("source", "year", "counted_on"))
    return Form(units, source, year, counted_on)


def check(form: Form, *, today: date | None = None) -> tuple[Totals | None, Form]:
    """Return the totals of a form, None if anything is wrong; the form then has its errors."""
    counts = {code: _count(text) for code, text in form.units.items() if text}
    wrong = _("请填大于 0 的整数（最多 8 位），不要带单位或小数。")
    errors = {f"units-{code}": wrong for code, count in counts.items() if count is None}
    known = {code: count for code, count in counts.items() if count is not None}
    parts = sum(count for code, count in known.items() if code != CITY)
    if not counts:
        errors["units"] = _("请至少填写一个企业法人单位数。")
    elif CITY in known and parts > known[CITY]:
        errors[f"units-{CITY}"] = _("各县（市、区）合计 %(n)s，超过全市数，请核对。", n=parts)
    if not form.source or len(form.source) > LONGEST:
        errors["source"] = _("请写明来源（公报或年鉴名称，不超过 %(n)s 字）。", n=LONGEST)
    year, day = _count(form.year), _day(form.counted_on)
    now = today or datetime.now(UTC).date()
    errors |= _dated(year, day, now)
    if errors or year is None or day is None:
        return None, replace(form, errors=errors)
    return Totals(tuple(sorted(known.items())), form.source, year, day), form


def _dated(year: int | None, day: date | None, now: date) -> dict[str, str]:
    errors = {}
    if year is None or not FIRST_YEAR <= year <= now.year:
        errors["year"] = _("请填四位普查年份，如 2008。")
    if day is None or day > now:
        errors["counted_on"] = _("请填普查时点，如 2008-12-31，不能晚于今天。")
    elif "year" not in errors and day.year != year:
        errors["counted_on"] = _("普查时点应在普查年份之内。")
    return errors


def _count(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    number = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else 0
    return number if 0 < number <= MOST else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
