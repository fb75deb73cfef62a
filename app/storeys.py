"""The section of a building: firms by floor and room, top floor first."""

import re
from dataclasses import dataclass

import pandas as pd

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
    floor = firms["floor"].fillna(firms["room"].map(floor_of_room, na_action="ignore")).fillna("").astype("string")
    if len(firms) > MOST or floor.eq("").all():
        return []
    rows = firms.assign(where=floor, guessed=firms["floor"].isna() & floor.ne(""))
    rows = rows.sort_values(["unit", "room", "name"], na_position="last")
    floors = {str(where): group for where, group in rows.groupby("where", sort=False)}
    return [
        Storey(where, floors[where], int(floors[where]["guessed"].sum()))
        for where in sorted(floors, key=_height, reverse=True)
    ]


def floor_of_room(room: str) -> str | None:
    """Return the floor that a room number of three or four digits is on: 1703 → 17, 201 → 2; None for another form."""
    digits = re.fullmatch(r"([1-9]\d?)(\d\d)", room)
    return digits[1] if digits and digits[2] != "00" else None


def _height(floor: str) -> float:
    """Return a floor's place in the order: basements below, a floor that is no number after all others."""
    number = re.fullmatch(r"(-?\d+).*", floor)
    return float(number[1]) if number else float("-inf")
