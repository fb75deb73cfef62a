"""A building's section from its firms."""

import pandas as pd
import pytest

from app.storeys import MOST, storeys
from geo.gaps import floor_of_room


def tenants(*rows: tuple[str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["floor", "room"], dtype="string")
    return frame.assign(unit=pd.NA, name=[f"第{n}家" for n in range(len(frame))])


def test_floors_stand_in_the_order_of_the_building() -> None:
    found = storeys(tenants(("2", "201"), ("12", "1201"), ("-1", None), (None, None), ("2", "203")))
    assert [(storey.floor, len(storey.firms)) for storey in found] == [("12", 1), ("2", 2), ("-1", 1), ("", 1)]


def test_no_firm_is_lost() -> None:
    rows = tenants(("2", "201"), (None, "1703"), (None, "B-8"), ("夹层", "1"))
    assert sorted(key for storey in storeys(rows) for key in storey.firms.index) == list(rows.index)


def test_a_room_number_tells_the_floor_and_says_so() -> None:
    found = storeys(tenants((None, "1703"), ("17", "1701")))
    assert [(storey.floor, storey.inferred) for storey in found] == [("17", 1)]


@pytest.mark.parametrize(
    ("room", "floor"),
    [("1703", "17"), ("201", "2"), ("88", None), ("8", None), ("A201", None), ("0101", None), ("300", None)],
)  # fmt: skip
def test_only_plain_room_numbers_are_read(room: str, floor: str | None) -> None:
    assert floor_of_room(room) == floor


def test_a_place_without_floors_or_with_too_many_firms_has_no_section() -> None:
    assert storeys(tenants((None, None), (None, "12"))) == []
    assert storeys(tenants(*[("1", "101")] * (MOST + 1))) == []
