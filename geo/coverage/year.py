"""The statistical year: offices close it on 30 June, 30 September or 31 December."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Year:
    """A statistical year; both days belong to it."""

    first: date
    last: date

    def elapsed(self, on: date) -> float:
        """Share of the year that has passed at the end of a day, to be compared with the share of a target reached."""
        days = (min(on, self.last) - self.first).days + 1
        return max(0.0, days / ((self.last - self.first).days + 1))

    @property
    def before(self) -> date:
        """Last day of the year before, the base of net growth."""
        return self.first - timedelta(days=1)


def statistical_year(on: date, year_end: tuple[int, int]) -> Year:
    """Return the statistical year that a day lies in; ``year_end`` is the month and day it closes on."""
    last = date(on.year, *year_end)
    if on > last:
        last = date(on.year + 1, *year_end)
    return Year(date(last.year - 1, *year_end) + timedelta(days=1), last)
