"""Which firms are meant: conditions, and the list behind every figure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from geo.coverage import UNPLACED

KINDS = MappingProxyType(
    {
        "county": "county_code",
        "town": "town_code",
        "village": "village_code",
        "zone": "zone",
        "building": "building",
        "market": "market",
        "street": "street",
    }
)
"""Kinds of places and the column of FIRMS that holds their key."""

FINE_FIRST = ("building", "market", "zone", "street", "village", "town", "county")
"""Kinds of places from fine to coarse."""

PLACED = ("building", "market", "zone", "street", "village")
"""Kinds of places finer than a town that a firm may be known to be in."""

CHOICES = MappingProxyType(
    dict(KINDS)
    | {
        "sector": "sector",
        "ownership": "ownership",
        "size": "size_class",
        "primary": "primary",
        "union": "union_id",
        "path": "path",
        "reason": "reason",
        "stage": "stage",
        "level": "level",
        "location": "location_status",
        "excluded": "excluded_because",
        "group": "group_id",
        "left": "left_because",
        "source": "source",
    }
)
SWITCHES = MappingProxyType(
    {
        "eligible": "eligible",
        "covered": "covered",
        "gap": "gap",
        "secondary": "secondary",
        "federation_only": "federation_only",
        "party_org": "party_org",
        "top500": "top500",
    }
)


@dataclass(frozen=True)
class Filter:
    """A choice of firms; every condition that is set must hold.

    A tuple names the allowed values, ``UNPLACED`` ("") among them means "not known"; an empty tuple allows all. A
    switch is True, False (also where unknown) or None for either.
    """

    county: tuple[str, ...] = ()
    town: tuple[str, ...] = ()
    village: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    building: tuple[str, ...] = ()
    market: tuple[str, ...] = ()
    street: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    primary: tuple[str, ...] = ()
    union: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    location: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    """Firms in some place of any of these kinds (``PLACED``); ``UNPLACED``: in none of any kind."""
    flag: tuple[str, ...] = ()
    """Firms with any of these flags."""
    federation: tuple[str, ...] = ()
    """Firms under any of these federations."""
    priority: tuple[str, ...] = ()
    """Firms of any of these types of the campaign (``PRIORITIES``)."""
    eligible: bool | None = None
    covered: bool | None = None
    gap: bool | None = None
    secondary: bool | None = None
    federation_only: bool | None = None
    party_org: bool | None = None
    top500: bool | None = None
    located: bool | None = None
    """Placed in a town or finer, with or without a point."""
    precise: bool | None = None
    """Placed at a building, number or market."""
    point: bool | None = None
    """With a position that may be drawn."""
    workers_known: bool | None = None
    suggested: bool | None = None
    """Listed in a suggested joint union."""
    flagged: bool | None = None
    """With any flag, whatever it says."""
    text: str = ""
    """Words, each of which must occur in name, credit code or address."""

    def but(self, **changes: Any) -> "Filter":
        """Return a copy with some conditions replaced."""
        return replace(self, **changes)

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that are set, by field name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) not in ((), None, "")}


FIGURES: Mapping[str, Filter] = MappingProxyType(
    {
        "firms": Filter(),
        "eligible": Filter(eligible=True),
        "excluded": Filter(eligible=False),
        "covered": Filter(eligible=True, covered=True),
        "own": Filter(eligible=True, primary=("own",)),
        "joint": Filter(eligible=True, primary=("joint",)),
        "federation_counted": Filter(eligible=True, covered=True, primary=("none",)),
        "primary_any": Filter(eligible=True, primary=("own", "joint")),
        "covered_units": Filter(primary=("own", "joint")),
        "gap": Filter(gap=True),
        "gap_25": Filter(gap=True, size=("25_and_over",)),
        "gap_under_25": Filter(gap=True, size=("under_25",)),
        "gap_unknown": Filter(gap=True, size=("unknown",)),
        "gap_workers": Filter(gap=True, workers_known=True),
        "gap_workers_unknown": Filter(gap=True, workers_known=False),
        "opportunity": Filter(gap=True, suggested=True),
        "flagged": Filter(eligible=True, flagged=True),
        "workers": Filter(eligible=True, workers_known=True),
        "workers_unknown": Filter(eligible=True, workers_known=False),
        "covered_workers": Filter(eligible=True, covered=True, workers_known=True),
        "eligible_25": Filter(eligible=True, size=("25_and_over",)),
        "own_25": Filter(eligible=True, size=("25_and_over",), primary=("own",)),
        "without_own_25": Filter(eligible=True, size=("25_and_over",), primary=("joint", "none")),
        "secondary": Filter(eligible=True, secondary=True),
        "located": Filter(eligible=True, located=True),
        "unlocated": Filter(eligible=True, located=False),
        "precise": Filter(eligible=True, precise=True),
    }
)
"""The list of firms behind each count of ``coverage.measure``: as many rows as the count says."""


def opened(figure: str, kind: str | None = None, key: str = UNPLACED) -> Filter:
    """Return the filter that opens the list behind one figure of one place; KeyError for an unknown figure or kind."""
    chosen = FIGURES[figure]
    if kind is None:
        return chosen
    if kind not in KINDS:
        raise KeyError(kind)
    return chosen.but(**{kind: (key,)})
