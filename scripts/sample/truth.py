"""What is true of each firm and of each line of the unions' lists; only tests may read it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from .city import City
from .files import Cell
from .firms import DAYS, Firm
from .mix import finest
from .state import coverage
from .unions import Union

TRUTH_HEADER = (
    "uscc", "name", "file", "row", "legal", "county", "town", "village", "zone", "top_zone", "building", "market",
    "street", "number", "lon", "lat", "named", "finest", "place_known", "street_known", "street_homonyms",
    "registered_lon", "registered_lat", "established", "closed", "status", "reason",
    *(f"{what}_{day.year}" for day in DAYS for what in ("alive", "primary", "unions")),
)  # fmt: skip


def truth_rows(city: City, files: dict[str, list[Firm]]) -> Iterator[Sequence[Cell]]:
    """Yield what is true of each firm, the place being where it works; only tests may read this."""
    homonyms: dict[str, set[str]] = {}
    for street in city.streets:
        homonyms.setdefault(street.name, set()).add(street.county.code)
    for file, firms in files.items():
        for row, firm in enumerate(firms, start=1):
            spot = firm.operating_spot or firm.spot
            house, street = spot.house, spot.street
            zone, market = spot.zone, house is not None and house.kind == "market"
            other = firm.spot if firm.operating_spot else None
            yield (
                firm.uscc, firm.name, file, row, int(firm.legal), spot.county.code, spot.town.code,
                spot.village.code if spot.village else "", zone.name if zone else "",
                (zone.parent or zone).name if zone else "", house.name if house and not market else "",
                house.name if house and market else "", street.name if street else "",
                spot.door.text if spot.door else "", *city.place(spot.x, spot.y), spot.finest,
                finest(firm.operating or firm.address), int(house.known) if house else "",
                int(street.known) if street else "", len(homonyms[street.name]) if street else "",
                *(city.place(other.x, other.y) if other else ("", "")), firm.established.isoformat(),
                firm.closed.isoformat() if firm.closed else "", firm.status, firm.reason,
                *(value for day in DAYS for value in _state(firm, day)),
            )  # fmt: skip


def _state(firm: Firm, day: dt.date) -> tuple[int, str, str]:
    primary, unions = coverage(firm, day)
    return int(firm.alive(day)), primary, "、".join(unions)


TRUTH_MEMBER_HEADER = ("union", "row", "meant", "noise", "since", "until")


def truth_member_rows(unions: Iterable[Union]) -> Iterator[Sequence[Cell]]:
    """Yield which firm or union each line of the lists means, in the order of the lists."""
    row = 0
    for union in unions:
        for line in union.members:
            row += 1
            yield (
                union.code,
                row,
                line.meant,
                line.noise,
                line.since.isoformat(),
                line.until.isoformat() if line.until else "",
            )
