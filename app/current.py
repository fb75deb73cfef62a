"""The survey that a request reads: the day it asks for, within what the caller may see."""

import weakref
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pandas as pd
from flask import Flask, current_app, g, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import annual, census, store
from app.auth.signed import area
from app.db import session, standing
from app.errors import NoDayError, NoSurveyError, UnknownDayError
from app.reading import Reading, with_plain_villages
from geo.survey import Survey

KEPT = "atlas.readings"
"""Key of ``app.extensions`` under which readings are kept while their survey stands."""

MOST_KEPT = 8
MOST_SAID = 40
"""Characters of a day that cannot be shown which the answer repeats."""


def init_app(app: Flask) -> None:
    """Let links keep the day that the visitor chose."""
    app.extensions[KEPT] = OrderedDict()
    app.url_defaults(_keep_day)
    app.jinja_env.globals.update(is_outdated=is_outdated, partial=partial, day_asked=day_asked, area_name=area_name)


def scope() -> store.Scope:
    """Return what the caller may see."""
    return area()


def area_name() -> str:
    """Return the name of the area that the caller sees: the whole city, or the county by its name if it is known."""
    code = scope().county_code
    if code is None:
        return gettext("全市")
    with session() as opened:
        found = store.read(opened, "divisions", store.CITY, keys=[code])
    return str(found["name"].iloc[0]) if len(found) else code


def reading() -> Reading:
    """Return the reading of the request's day (``?on=``), else of the newest.

    Raises
    ------
    NoSurveyError
        If there is none.
    NoDayError
        If there are some, but none of the day asked for.
    UnknownDayError
        If that is no day.
    """
    if "reading" not in g:
        g.reading = _asked(request.args.get("on", ""))
    return _existing(g.reading)


def sketch() -> Reading:
    """Return the same for maps: of a large survey without what only the pages of single firms tell."""
    if "reading" in g:
        return _existing(g.reading)
    if "sketch" not in g:
        g.sketch = _asked(request.args.get("on", ""), slim=True)
    return _existing(g.sketch)


def sketch_on(on: date) -> Reading:
    """Return the same of another day than the request's, to compare with; NoSurveyError if that day has none."""
    if "reading" in g and g.reading is not None and g.reading.on == on:
        return _existing(g.reading)
    found = _standing(on, slim=True)
    return _existing(found if found is not None and found.on == on else None)


def reading_at(on: date | None) -> Reading | None:
    """Return what ``sketch`` does of the newest day not after ``on`` (None: the newest), None if none is so old.

    Raises
    ------
    NoSurveyError
        If there is none at all.
    """
    with session() as opened:
        found = _read(opened, on, slim=True)
        if found is None:
            _existing(_read(opened, None, slim=True))
    return found


def _existing(found: Reading | None) -> Reading:
    if found is None:
        raise NoSurveyError("nothing has been surveyed yet")
    return found


def yearly() -> list[tuple[date, pd.Series]]:
    """Return day and figures of all that the caller may see for each day that has a survey, oldest first."""
    with session() as opened:
        return store.surveys.totals(opened, scope())


def this_year() -> annual.Annual:
    """Return the statistical year that the request's day lies in, cut to what the caller may see; as ``reading``."""
    read = reading()
    with session() as opened:
        found = annual.annual(opened, read.on, scope())
    assert found is not None
    return found


def outdated_days() -> list[date]:
    """Return the surveyed days that are of older registers than there are now, newest first."""
    with session() as opened:
        return store.surveys.outdated_days(opened)


def census_totals() -> census.Totals | None:
    """Return the published census totals on record, None if the office has typed none; of a county, its own alone."""
    with session() as opened:
        found = census.stored(opened)
    code = scope().county_code
    if found is None or code is None:
        return found
    own = [count for county, count in found.units if county == code]
    units = tuple((key, count) for count in own for key in (code, census.CITY))
    return replace(found, units=units) if own else None


def is_outdated(on: date) -> bool:
    """Return whether registers, layers or decisions have changed since the survey of a day."""
    with session() as opened:
        return store.surveys.outdated(opened, on)


def day_of(text: str) -> date | None:
    """Return the day that an address writes (``2025-12-31``), None if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day_asked() -> date | None:
    """Return the day that the request's address writes, None if none."""
    return day_of(request.args.get("on", ""))


def partial() -> bool:
    """Return whether htmx asks for a part of the page, rather than a browser for the whole."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def _asked(text: str, *, slim: bool = False) -> Reading | None:
    on = day_of(text)
    found = _standing(on, slim=slim) if on or not text else None
    if not text or found is not None:
        return found
    with session() as opened:
        days = store.surveys.days(opened)
    if days:
        g.without_day = True
    if days and on is None:
        raise UnknownDayError("on", detail={"say": text[:MOST_SAID], "days": days})
    if days:
        raise NoDayError(f"no survey of {on}", detail={"say": str(on), "days": days})
    return found


def _standing(on: date | None, *, slim: bool = False) -> Reading | None:
    """Return what ``_read`` does, without asking the database again while nothing was committed."""
    kept = standing(("reading", on, scope(), slim), lambda: _held(on, slim=slim))
    found = kept()
    if found is None and not isinstance(kept, weakref.ref):
        return None
    if found is None:  # put out by newer ones
        with session() as opened:
            return _read(opened, on, slim=slim)
    _used(found)
    return found


def _held(on: date | None, *, slim: bool) -> Callable[[], Reading | None]:
    """Return a weak hold on a reading: what is kept beside the readings themselves must not keep them alive."""
    with session() as opened:
        found = _read(opened, on, slim=slim)
    return _nothing if found is None else weakref.ref(found)


def _nothing() -> None:
    return None


def _used(found: Reading) -> None:
    """Say that a reading was looked at, so that others leave first."""
    kept: OrderedDict[tuple[date, int], Reading] = current_app.extensions[KEPT]
    with suppress(KeyError):
        kept.move_to_end((found.on, id(found.survey)))
    store.surveys.used(found.survey)


def _read(opened: Session, on: date | None, *, slim: bool = False) -> Reading | None:
    survey = store.surveys.latest(opened, scope(), on, slim=slim)
    if survey is None:
        return None
    kept: OrderedDict[tuple[date, int], Reading] = current_app.extensions[KEPT]
    days = tuple(store.surveys.days(opened))
    found = kept.get((survey.on, id(survey)))
    year_end = annual.choice(opened).year_end
    if found is None or (found.days, found.year_end) != (days, year_end):
        found = kept[survey.on, id(survey)] = _make(opened, survey, days, year_end)
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return found


def _make(opened: Session, survey: Survey, days: tuple[date, ...], year_end: tuple[int, int]) -> Reading:
    divisions, outlines = (store.read(opened, layer, scope()) for layer in ("divisions", "outlines"))
    return Reading(survey, with_plain_villages(divisions), outlines, days, year_end=year_end)


def _keep_day(endpoint: str, values: dict[str, object]) -> None:
    if not request or endpoint in ("static", "language.choose") or "without_day" in g:
        return
    if day_of(request.args.get("on", "")):
        values.setdefault("on", request.args["on"])
