"""The year's targets: stocks at a base date, growth asked for, its split over counties and towns, and how far it is."""

from geo.targets.plan import FIGURES, GROWTH, differences, propose, rounded_up, settle, stocks
from geo.targets.progress import ROWS, cumulative, progress
from geo.targets.shares import apportion
from geo.targets.traps import TRAPS, Trap, count_traps

__all__ = [
    "FIGURES",
    "GROWTH",
    "ROWS",
    "TRAPS",
    "Trap",
    "apportion",
    "count_traps",
    "cumulative",
    "differences",
    "progress",
    "propose",
    "rounded_up",
    "settle",
    "stocks",
]
