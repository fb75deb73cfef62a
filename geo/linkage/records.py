"""What records of two registers say beside the name, made comparable."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.linkage.register import Register, inverted
from geo.text import fold

_PLACES = ("building", "market", "street", "village_code", "zone")


@dataclass(frozen=True, slots=True)
class Record:
    """One record. ``door``: the finest thing its address earned (building and room, street and number), None without.

    Telephones and persons are marks (``geo.registry``): they can be compared, not read.
    """

    uscc: str | None
    org_code: str | None
    reg_no: str | None
    formers: tuple[str, ...]
    county: str | None
    town: str | None
    door: tuple[str, ...] | None
    house: tuple[str, ...] | None
    address: str
    phones: frozenset[str]
    person: str | None
    established: Any
    status: str | None

    @property
    def coded(self) -> bool:
        """Whether a credit code says who it is."""
        return self.uscc is not None


@dataclass(frozen=True)
class Records:
    """All records of a register in its order, and how many share a mark."""

    register: Register
    of: tuple[Record, ...]
    phones: Mapping[str, int]
    persons: Mapping[str, int]
    houses: Mapping[tuple[str, ...], int]
    counties: Counter[str]
    by_reg_no: Mapping[str, tuple[int, ...]]


def read_records(enterprises: pd.DataFrame, locations: pd.DataFrame, register: Register) -> Records:
    """Read the records of ENTERPRISES with their LOCATIONS, in the order of the register that was prepared of them."""
    firms = enterprises.sort_index()
    placed = locations.reindex(firms.index)
    columns = {name: _texts(firms[name]) for name in ("uscc", "org_code", "reg_no", "person_mark", "status")}
    columns |= {name: _texts(placed[name]) for name in ("county_code", "town_code", "house_no", "unit", "room")}
    columns |= {name: _texts(placed[name]) for name in _PLACES}
    addresses = _texts(firms["operating_address"].fillna(firms["address"]))
    days = [None if pd.isna(day) else day for day in firms["established"].tolist()]
    found = []
    given = zip(_texts(firms["phone_mark"]), _texts(firms["former_names"]), addresses, strict=True)
    for row, (phones, former, address) in enumerate(given):
        said = {name: values[row] for name, values in columns.items()}
        house = _house(said)
        found.append(
            Record(
                uscc=said["uscc"],
                org_code=said["org_code"] or (said["uscc"] or "")[8:17] or None,
                reg_no=said["reg_no"],
                formers=tuple(fold(name) for name in (former or "").split("；") if name),
                county=said["county_code"],
                town=said["town_code"],
                door=(*house, said["unit"] or "", said["room"] or "") if house and said["room"] else None,
                house=house,
                address=fold(address or ""),
                phones=frozenset((phones or "").split()),
                person=said["person_mark"],
                established=days[row],
                status=said["status"],
            )
        )
    return Records(
        register,
        tuple(found),
        Counter(phone for one in found for phone in one.phones),
        Counter(one.person for one in found if one.person),
        Counter(one.house for one in found if one.house),
        Counter(one.county for one in found if one.county),
        inverted((one.reg_no,) for one in found),
    )


def _house(said: Mapping[str, str | None]) -> tuple[str, ...] | None:
    """The building or market, else street with number; a street or village alone is no house."""
    for name in ("building", "market"):
        if said[name]:
            return (str(said[name]),)
    if said["street"] and said["house_no"]:
        return (str(said["street"]), str(said["house_no"]))
    return None


def _texts(values: pd.Series) -> list[str | None]:
    return [
        None if value is None or value is pd.NA or value != value or value == "" else str(value)
        for value in values.tolist()
    ]
