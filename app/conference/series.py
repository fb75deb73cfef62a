"""Series of surveyed days: which days a yearly or monthly series needs, those that are missing, and how to get them."""

import calendar
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from app import runs, store
from app.db import Database
from geo.errors import AtlasError

MONTHS = 12


def month_ends(until: date, months: int) -> list[date]:
    """Return the last days of the months up to that of ``until``, oldest first; the last is ``until`` itself."""
    days, year, month = [until], until.year, until.month
    for _step in range(months - 1):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        days.append(date(year, month, calendar.monthrange(year, month)[1]))
    return sorted(days)


def monthly(
    totals: list[tuple[date, pd.Series]], until: date, months: int = MONTHS
) -> list[tuple[date, pd.Series | None]]:
    """Return the figures of each month's end, None where it has not been surveyed."""
    known = dict(totals)
    return [(day, known.get(day)) for day in month_ends(until, months)]


def yearly(
    totals: list[tuple[date, pd.Series]], year_end: tuple[int, int], until: date
) -> list[tuple[date, pd.Series]]:
    """Return the figures at the ends of statistical years and of the day itself."""
    return [(day, row) for day, row in totals if day <= until and ((day.month, day.day) == year_end or day == until)]


def order_missing(session: Session, until: date, months: int = MONTHS) -> list[str]:
    """Put surveys of the month-ends that have none in line and return their runs."""
    known = set(store.surveys.days(session))
    return [runs.survey.order(session, day, day) for day in month_ends(until, months) if day not in known]


def survey_now(database: Database, day: date) -> None:
    """Survey a day in this process.

    Raises
    ------
    AtlasError
        If the survey failed.
    """
    with database.session(write=True) as session:
        key = runs.survey.order(session, day, day)
    done = runs.execute(database, key)
    if done is None or done.status != runs.DONE:
        raise AtlasError(
            f"the survey of {day} failed",
            code=(done.error_code if done else None) or "RUN_KIND",
            detail={"day": day.isoformat()},
        )
