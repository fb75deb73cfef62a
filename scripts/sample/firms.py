"""Invented firms: what they are, how many work there at three year-ends, what the register knows of them."""

import datetime as dt
import random
from dataclasses import dataclass, field

from .ground import Ground
from .mix import TARGET
from .names import Codes, NameMaker, scope_text
from .shares import COUNTY, EMPLOYMENT, FINEST, FIRMS_PER_WORKER, OWNERSHIP, SECTORS, SIZE, finest_given_county
from .spots import Finder, Spot
from .texts import address_text

DAYS = (dt.date(2023, 12, 31), dt.date(2024, 12, 31), dt.date(2025, 12, 31))
"""The three days that the sample can be surveyed on."""
_KINDS = (("企业法人", 0.842), ("企业分支机构", 0.085), ("个体工商户", 0.06), ("民办非企业单位", 0.013))
_FORMS = (
    ("有限公司", 0.90),
    ("有限责任公司", 0.065),
    ("股份有限公司", 0.012),
    ("集团有限公司", 0.004),
    ("实业有限公司", 0.019),
)
_SHIFT = {"zone": 0.75, "office": -0.45, "estate": -0.8, "market": -0.7, "mall": -0.35, "village": -0.15}


@dataclass(slots=True, eq=False)
class Firm:
    """One row of the registers, and what is true of it."""

    name: str
    kind: str
    uscc: str
    sector: str
    ownership: str
    spot: Spot
    address: str
    operating: str
    operating_spot: Spot | None
    scope: str
    established: dt.date
    closed: dt.date | None
    status: str
    heads: tuple[tuple[int, int, int, int], ...]
    counted: bool
    top500: bool
    party: bool
    written_code: str = ""
    reason: str = ""
    stage: str = ""
    given: tuple[float, float] | None = None
    cover: list[tuple[str, str, dt.date, dt.date | None]] = field(default_factory=list)

    @property
    def legal(self) -> bool:
        """Whether the firm is an enterprise legal person: the others leave the denominator."""
        return self.kind == "企业法人"

    def alive(self, day: dt.date) -> bool:
        """Whether the firm exists on the day."""
        return self.established <= day and (self.closed is None or self.closed > day)

    @property
    def workers(self) -> int:
        """The head count at the last year-end."""
        return self.heads[-1][0]


class FirmMaker:
    """Makes firms of one city, one after the other."""

    def __init__(self, ground: Ground, finder: Finder, rng: random.Random) -> None:
        self._rng, self._finder = rng, finder
        self._codes, self._names = Codes(rng), NameMaker(rng)
        self._counties = {county.code: county for county in ground.counties}
        self._share = {code: COUNTY.get(code, 0.1) for code in self._counties}
        self._finest = finest_given_county(self._share, TARGET)

    def make(self, *, kind: str = "") -> Firm:
        """Return a new firm, of the kind if one is given."""
        rng = self._rng
        county = self._counties[rng.choices(list(self._share), list(self._share.values()))[0]]
        spot = self._finder.find(county, rng.choices(FINEST, self._finest[county.code])[0])
        kind = kind or rng.choices([kind for kind, _ in _KINDS], [share for _, share in _KINDS])[0]
        number = rng.choice((15, 16)) if kind == "民办非企业单位" else self._sector(spot)
        sector = SECTORS[number][0]
        established = dt.date(1993, 1, 1) + dt.timedelta(days=int(rng.betavariate(2.6, 1.15) * 11_990))
        status, closed = self._fate(established)
        form = rng.choices([form for form, _ in _FORMS], [share for _, share in _FORMS])[0]
        name = self._names.give(kind, county, sector, form)
        code = self._codes.give(kind, county, spot.town, established.year)
        firm = Firm(
            name, kind, code, sector, self._ownership(kind, name), spot, address_text(spot, rng), "", None,
            scope_text(sector, rng), established, closed, status, self._heads(spot, number, kind, established),
            rng.random() > 0.03, False, False, code,
        )  # fmt: skip
        firm.top500 = firm.ownership in ("200", "300") and firm.workers > 60 and rng.random() < 0.25
        firm.party = rng.random() < min(0.85, 0.02 + firm.workers / 260)
        self._operate(firm)
        self._misprint(firm)
        return firm

    def _sector(self, spot: Spot) -> int:
        mix = EMPLOYMENT.get(spot.county.code, EMPLOYMENT["320613"])
        weights = [share * per for share, per in zip(mix, FIRMS_PER_WORKER, strict=True)]
        house = spot.house.kind if spot.house else ""
        if spot.zone:
            weights[2] *= 2.2
        if house in ("market", "mall"):
            weights = [w if i in (5, 7, 14) else w * 0.06 for i, w in enumerate(weights)]
        elif house == "office":
            weights = [
                w * (0.12 if i in (0, 2) else 1.8 if i in (8, 9, 10, 11, 12) else 1) for i, w in enumerate(weights)
            ]
        return self._rng.choices(range(len(weights)), weights)[0]

    def _ownership(self, kind: str, name: str) -> str:
        if kind in ("个体工商户", "民办非企业单位"):
            return "600" if kind == "个体工商户" else "700"
        if name.endswith("股份有限公司"):
            return "169"
        return self._rng.choices([code for code, _, _ in OWNERSHIP], [share for _, _, share in OWNERSHIP])[0]

    def _fate(self, established: dt.date) -> tuple[str, dt.date | None]:
        """Return the register's word for the status, and the day the firm closed or moved away."""
        chance = self._rng.random()
        if chance > 0.115:
            return ("" if chance > 0.994 else self._rng.choices(("存续", "在业", "开业"), (7, 2, 1))[0]), None
        first = max(established + dt.timedelta(days=200), dt.date(2021, 1, 10))
        closed = first + dt.timedelta(days=self._rng.randrange(max(1, (dt.date(2025, 12, 20) - first).days)))
        return self._rng.choices(("注销", "吊销", "迁出"), (6, 1, 3))[0], min(closed, dt.date(2025, 12, 20))

    def _heads(self, spot: Spot, number: int, kind: str, established: dt.date) -> tuple[tuple[int, int, int, int], ...]:
        rng = self._rng
        where = (
            "zone"
            if spot.zone and not spot.house
            else spot.house.kind
            if spot.house
            else "village"
            if not spot.door
            else ""
        )
        middle = SIZE[number] - 0.3 + _SHIFT.get(where, 0.0) + min(0.5, max(0.0, (2020 - established.year) / 40))
        size = 1 + rng.lognormvariate(middle, 1.12) if kind != "个体工商户" else 1 + rng.randrange(6)
        if rng.random() < 0.004 and kind == "企业法人":
            size *= rng.uniform(6, 25)
        women = min(0.95, max(0.05, rng.gauss(0.62 if number == 2 and rng.random() < 0.5 else 0.42, 0.16)))
        migrant = min(0.9, max(0.0, rng.gauss(0.55 if number in (2, 4) else 0.28, 0.2)))
        agency = rng.uniform(0.03, 0.3) if size > 40 and rng.random() < 0.25 else 0.0
        rows = []
        for _ in DAYS:
            total = max(1, round(size))
            rows.append((total, round(total * women), round(total * migrant), round(total * agency)))
            size *= rng.uniform(0.9, 1.13)
        return tuple(rows)

    def _operate(self, firm: Firm) -> None:
        """Give some firms an operating address: the same place told otherwise, or another."""
        rng, chance = self._rng, self._rng.random()
        if chance < 0.05:
            firm.operating = firm.address
        elif chance < 0.09:
            firm.operating = address_text(firm.spot, rng)
        elif chance < 0.135:
            firm.operating_spot = self._finder.find(
                firm.spot.county, rng.choice(("road_number", "building", "zone", "village_group"))
            )
            firm.operating = address_text(firm.operating_spot, rng)

    def _misprint(self, firm: Firm) -> None:
        """Write some codes as registers do: an old organisation code, a lower-case letter, nothing."""
        chance, code = self._rng.random(), firm.uscc
        if chance < 0.012:
            firm.written_code = ""
        elif chance < 0.022:
            firm.written_code = f"{code[8:16]}-{code[16]}"
        elif chance < 0.03:
            firm.written_code = code.lower()
        elif chance < 0.036:
            firm.written_code = f"{code[:8]} {code[8:]}"
