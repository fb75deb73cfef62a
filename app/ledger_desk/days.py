"""The day that the ledger is read for."""

from datetime import date

from app.reading import Reading
from app.runs.survey import today


def day(read: Reading) -> date:
    """Return the day that the ledger is read for: today with the newest survey, else the day of the older one."""
    newest = not read.days or read.on >= read.days[0]
    return max(today(), read.on) if newest else read.on
