"""The section of a building: firms by floor and room, top floor first."""

import re
from dataclasses import dataclass

import pandas as pd

from geo.gaps import floors

MOST = 400
"""Firms drawn in a section; a market with thousands of stalls is read as a list."""


@dataclass(frozen=True)
class Storey:
    """One floor: its number ("" if the addresses tell none) and its firms by block and room.

    ``inferred`` firms name no floor; a room such as 1703 puts them there, which is a reading and not a fact.
    """

    floor: str
    firms: pd.DataFrame
    inferred: int


def storeys(firms: pd.DataFrame) -> list[Storey]:
    """Return the floors of ``firms`` (rows of FIRMS of one building), top first; none if too many or none is told."""
    found = floors(firms)
    floor = found["floor"].fillna("")
    if len(firms) > MOST or floor.eq("").all():
        return []
    rows = firms.assign(where=floor, guessed=found["inferred"])
    rows = rows.sort_values(["unit", "room", "name"], na_position="last")
    by_floor = {str(where): group for where, group in rows.groupby("where", sort=False)}
    return [
        Storey(where, by_floor[where], int(by_floor[where]["guessed"].sum()))
        for where in sorted(by_floor, key=_height, reverse=True)
    ]


def _height(floor: str) -> float:
    """Return a floor's place in the order: basements below, a floor that is no number after all others."""
    number = re.fullmatch(r"(-?\d+).*", floor)
    return float(number[1]) if number else float("-inf")
