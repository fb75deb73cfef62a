"""Gaps: which firms have no union, chosen by any property, and which places hold most of them."""

from geo.coverage.path import legal_path
from geo.gaps.columns import Columns, Searched, searched_text
from geo.gaps.filters import CHOICES, FIGURES, FINE_FIRST, KINDS, PLACED, SWITCHES, Filter, opened
from geo.gaps.floors import floor_of_room, floors
from geo.gaps.lists import by_place, select, walk
from geo.gaps.priority import PRIORITIES, Priority

__all__ = [
    "CHOICES",
    "FIGURES",
    "FINE_FIRST",
    "KINDS",
    "PLACED",
    "PRIORITIES",
    "SWITCHES",
    "Columns",
    "Filter",
    "Priority",
    "Searched",
    "by_place",
    "floor_of_room",
    "floors",
    "legal_path",
    "opened",
    "searched_text",
    "select",
    "walk",
]
