"""The section of a building: firms by floor and room, top floor first."""

import re
from dataclasses import dataclass

import pandas as pd

MOST = 400
"""Firms drawn in a section; a market with thousands of stalls is read as a list."""


@dataclass(frozen=True)
class Storey:
    """One floor: its number as normalised ("" if the addresses name none) and its firms by room."""

    floor: str
    firms: pd.DataFrame


def storeys(firms: pd.DataFrame) -> list[Storey]:
    """Return the floors of ``firms`` (rows of FIRMS of one building), top first; none if too many."""
    if len(firms) > MOST or firms["floor"].isna().all():
        return []
    by_room = firms.assign(where=firms["floor"].fillna("")).sort_values(["unit", "room", "name"], na_position="last")
    floors = {str(floor): rows for floor, rows in by_room.groupby("where", sort=False)}
    return [Storey(floor, floors[floor]) for floor in sorted(floors, key=_height, reverse=True)]


def _height(floor: str) -> float:
    """Return a floor's place in the order: basements below, a floor that is no number after all others."""
    number = re.fullmatch(r"(-?\d+).*", floor)
    return float(number[1]) if number else float("-inf")
