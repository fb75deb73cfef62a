"""Choices of the coverage stage that are the project's or the city's, not the law's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CoverageOptions:
    """How a union and a firm count on a day."""

    federation_only_counts: bool = False
    """Count a firm that only a federation lists as built; practice of 2011-2013, against the opinion of 2020."""
    unknown_status_is_active: bool = True
    """A firm whose register tells no status stays in the denominator."""
    undated_approval_counts: bool = True
    """A union listed without a day of approval counts as approved before any day asked for."""
    grace_months: int = 12
    """Age in months below which a firm is left out of the dynamic rate; not verified for Jiangsu."""
    year_end: tuple[int, int] = (12, 31)
    """Month and day on which the statistical year closes; (6, 30), (9, 30) and (12, 31) occur. Never 29 February."""
