"""The floor a firm is on: told by its address, or read from the number of its room."""

import re

import pandas as pd


def floor_of_room(room: str) -> str | None:
    """Return the floor that a room number of three or four digits is on: 1703 → 17, 201 → 2; None for another form."""
    digits = re.fullmatch(r"([1-9]\d?)(\d\d)", room)
    return digits[1] if digits and digits[2] != "00" else None


def floors(firms: pd.DataFrame) -> pd.DataFrame:
    """Return ``floor`` of each row of FIRMS (NA if nothing tells it) and whether it is ``inferred`` from the room.

    What is inferred is a reading and not a fact.
    """
    told = firms["floor"].astype("string")
    floor = told.fillna(firms["room"].map(floor_of_room, na_action="ignore").astype("string"))
    return pd.DataFrame({"floor": floor, "inferred": told.isna() & floor.notna()})
