"""Coverage of firms by unions on a day, and the figures that follow from it, each on its named basis."""

from geo.coverage.covering import cover, survey_unions, union_state
from geo.coverage.figures import (
    PRECISE,
    RATES,
    UNLOCATED,
    UNPLACED,
    Rate,
    growth,
    measure,
    moves,
    named_seats,
    union_places,
    with_empty,
)
from geo.coverage.options import CoverageOptions
from geo.coverage.path import legal_path
from geo.coverage.roll import COUNTED, roll
from geo.coverage.year import Year, statistical_year

__all__ = [
    "COUNTED",
    "PRECISE",
    "RATES",
    "UNLOCATED",
    "UNPLACED",
    "CoverageOptions",
    "Rate",
    "Year",
    "cover",
    "growth",
    "legal_path",
    "measure",
    "moves",
    "named_seats",
    "roll",
    "statistical_year",
    "survey_unions",
    "union_places",
    "union_state",
    "with_empty",
]
