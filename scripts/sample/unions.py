"""Invented unions and the truth of who is covered: own, joint and project unions, federations over unions."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .firms import Firm
from .ground import County, Ground, Town
from .heads import village_name
from .listing import Written, write_member
from .shares import COVERED
from .words import Names

_LAST = dt.date(2025, 12, 10)
_OWN = ((200, 0.90), (100, 0.78), (50, 0.58), (25, 0.36), (10, 0.02))
"""Our own choice: how many firms of at least so many workers have a union of their own."""
KINDS = {
    "own": "单独基层工会", "joint": "联合基层工会", "building": "楼宇工会", "street": "一条街工会",
    "market": "专业市场工会", "project": "项目工会", "park": "园区工会", "village": "村（社区）联合工会",
    "region": "区域性工会联合会", "trade": "行业性工会联合会",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Union:
    """A union with what its register says of it."""

    code: str
    name: str
    kind: str
    county: County
    town: Town
    approved: dt.date
    revoked: dt.date | None = None
    host: Firm | None = None
    place: str = ""
    address: str = ""
    parent: str = ""
    members: list[Written] = field(default_factory=list)

    def alive(self, day: dt.date) -> bool:
        """Whether the union exists on the day."""
        return self.approved <= day and (self.revoked is None or self.revoked > day)


@dataclass(frozen=True)
class _Place:
    """A place that may get a joint union: its kind, names, and the firms there."""

    kind: str
    name: str
    union_name: str
    address: str
    firms: list[Firm]


class UnionMaker:
    """Founds the unions of a city over its firms and writes the cover into them."""

    def __init__(self, ground: Ground, firms: list[Firm], rng: random.Random, names: Names) -> None:
        self._rng, self._names, self._ground = rng, names, ground
        self._firms = firms
        self._count = 0
        self._zeal = {town.code: rng.uniform(0.55, 1.3) for town in ground.towns}
        self.unions: list[Union] = []

    def found_all(self) -> list[Union]:
        """Return all unions, own ones first, federations last."""
        self._found_own()
        for kind, least, share in (
            ("house", 5, 0.95),
            ("zone", 6, 0.9),
            ("street", 6, 0.85),
            ("village", 5, 0.95),
            ("town", 8, 0.5),
        ):
            for place in self._places(kind, least):
                if self._rng.random() < self._chance(place.firms[0]) * share:
                    self._found_joint(place)
        self._found_projects()
        self._found_federations()
        return self.unions

    def _chance(self, firm: Firm) -> float:
        return min(0.95, COVERED.get(firm.spot.county.code, 0.6) * self._zeal[firm.spot.town.code])

    def _new(self, name: str, kind: str, county: County, town: Town, approved: dt.date) -> Union:
        self._count += 1
        union = Union(f"{county.code}{self._count:06}", name, kind, county, town, approved)
        union.parent = f"{county.name}总工会" if kind in ("region", "trade", "project") else f"{town.name}总工会"
        self.unions.append(union)
        return union

    def _day(self, first: dt.date, *, recent: float) -> dt.date:
        """Return an approval day after ``first``: within the last two years with the chance ``recent``."""
        split = dt.date(2024, 1, 5)
        early, late = (
            (max(first, split), _LAST)
            if first >= split or self._rng.random() < recent
            else (first, dt.date(2023, 12, 20))
        )
        return early + dt.timedelta(days=self._rng.randrange(max(1, (late - early).days)))

    def _found_own(self) -> None:
        for firm in self._firms:
            share = next((share for least, share in _OWN if firm.workers >= least), 0.0) if firm.legal else 0.0
            first = max(firm.established + dt.timedelta(days=240), dt.date(2003, 1, 1))
            if self._rng.random() > share * self._chance(firm) / 0.8 or first > _LAST:
                continue
            approved = self._day(first, recent=0.11)
            if firm.closed and approved >= firm.closed:
                continue
            tail = self._rng.choices(("工会委员会", "工会", "基层工会委员会"), (70, 20, 10))[0]
            union = self._new(firm.name + tail, "own", firm.spot.county, firm.spot.town, approved)
            union.host, union.address = firm, firm.address if self._rng.random() < 0.8 else ""
            if firm.closed and self._rng.random() < 0.7:
                union.revoked = firm.closed + dt.timedelta(days=self._rng.randrange(1, 9))
            firm.cover.append((union.code, "own", approved, union.revoked))

    def _places(self, kind: str, least: int) -> Iterable[_Place]:
        """Return the places of a kind with at least so many firms, in a fixed order."""
        groups: dict[str, list[Firm]] = defaultdict(list)
        for firm in self._firms:
            if key := _GROUP[kind](firm):
                groups[key].append(firm)
        for key in sorted(groups):
            alive = [
                f
                for f in groups[key]
                if f.legal and f.closed is None and not any(role == "covered" for _, role, *_ in f.cover)
            ]
            if len(alive) >= least:
                yield self._describe(kind, groups[key])

    def _describe(self, kind: str, firms: list[Firm]) -> _Place:
        spot, free = firms[0].spot, [f for f in firms if not any(role == "covered" for _, role, *_ in f.cover)]
        county, town = spot.county, spot.town
        if kind == "house" and spot.house and spot.street and spot.door:
            house, address = spot.house, f"{county.name}{spot.street.name}{spot.door.text}号"
            if house.kind == "market":
                return _Place("market", house.name, f"{house.name}专业市场联合工会", address, firms)
            if house.kind == "estate":
                return _Place("building", house.name, f"{house.name}沿街商户联合工会", address, firms)
            return _Place(
                "building",
                house.name,
                f"{house.name}{self._rng.choice(('楼宇联合工会', '联合工会委员会', '楼宇工会联合基层委员会'))}",
                address,
                firms,
            )
        if kind == "zone" and spot.zone:
            return _Place(
                "park",
                spot.zone.name,
                f"{spot.zone.name}{self._rng.choice(('联合工会', '企业联合工会委员会'))}",
                county.name + town.name,
                free,
            )
        if kind == "street" and spot.street:
            return _Place(
                "street",
                spot.street.name,
                f"{town.name}{spot.street.name}一条街联合工会",
                county.name + town.name + spot.street.name,
                free,
            )
        if kind == "village" and spot.village:
            name = village_name(spot.village.name)
            return _Place(
                "village",
                name,
                f"{town.name}{name}联合工会{self._rng.choice(('', '委员会'))}",
                county.name + town.name + name,
                free,
            )
        return _Place("joint", "", f"{county.name}{town.name}小微企业联合工会委员会", county.name + town.name, free)

    def _found_joint(self, place: _Place) -> None:
        rng, spot = self._rng, place.firms[0].spot
        approved = self._day(dt.date(2008, 3, 1), recent=0.11)
        union = self._new(place.union_name, place.kind, spot.county, spot.town, approved)
        union.place, union.address = place.name, place.address
        if rng.random() < 0.03:
            union.revoked = max(approved, dt.date(2022, 1, 10)) + dt.timedelta(days=rng.randrange(100, 700))
            union.revoked = union.revoked if union.revoked < _LAST else None
        inner = rng.uniform(0.82, 0.97) if place.kind in ("building", "market") else rng.uniform(0.76, 0.94)
        inner = rng.uniform(0.3, 0.6) if place.kind == "joint" else inner
        for firm in place.firms:
            own = any(role == "own" for _, role, *_ in firm.cover)
            if rng.random() < (0.06 if own else inner * (1.0 if firm.legal else 0.4)):
                self._cover(union, firm)

    def _cover(self, union: Union, firm: Firm) -> None:
        rng = self._rng
        since = union.approved
        if firm.established > since:
            since = firm.established + dt.timedelta(days=rng.randrange(60, 420))
        if since > _LAST or (firm.closed and since >= firm.closed):
            return
        until = firm.closed if firm.closed and rng.random() < 0.5 else None
        if until is None and rng.random() < 0.02:
            until = since + dt.timedelta(days=rng.randrange(200, 1_800))
            until = until if until < _LAST else None
        union.members.append(write_member(firm, since, until, rng, shown=since != union.approved or rng.random() < 0.5))
        ends = [day for day in (until, union.revoked) if day]
        firm.cover.append((union.code, "covered", since, min(ends, default=None)))

    def _found_projects(self) -> None:
        rng = self._rng
        builders = [f for f in self._firms if f.sector == "05" and f.legal and f.closed is None]
        for _ in range(min(18, len(builders) // 8)):
            lead, *others = rng.sample(builders, rng.randint(3, 8))
            approved = self._day(dt.date(2022, 3, 1), recent=0.6)
            site = (
                f"{self._names.place()}{rng.choice(('花园二期', '大桥', '商务区', '快速路', '产业园厂房', '安置房'))}"
            )
            union = self._new(f"{site}工程项目部联合工会", "project", lead.spot.county, lead.spot.town, approved)
            union.place, union.address = site + "工程", f"{lead.spot.county.name}{site}工地"
            end = approved + dt.timedelta(days=rng.randrange(300, 1_100))
            union.revoked = end if end < _LAST else None
            for firm in (lead, *others):
                self._cover(union, firm)

    def _found_federations(self) -> None:
        by_town: dict[str, list[Union]] = defaultdict(list)
        for union in self.unions:
            by_town[union.town.code].append(union)
        for town in self._ground.towns:
            if len(by_town[town.code]) >= 5 and self._rng.random() < 0.5:
                self._federate(f"{town.name}区域性工会联合会", "region", by_town[town.code], town)
        for county in self._ground.counties:
            for sector, word in (("03", "家纺"), ("05", "建筑"), ("07", "物流"), ("08", "餐饮")):
                own = [u for u in self.unions if u.county is county and u.host and u.host.sector == sector]
                if len(own) >= 4 and self._rng.random() < 0.6:
                    self._federate(f"{county.name}{word}行业工会联合会", "trade", own, county.towns[0])

    def _federate(self, name: str, kind: str, unions: list[Union], town: Town) -> None:
        rng = self._rng
        federation = self._new(name, kind, town.county, town, self._day(dt.date(2012, 5, 1), recent=0.15))
        for union in unions:
            if rng.random() < 0.72 and (union.revoked is None or union.revoked > federation.approved):
                since = max(union.approved, federation.approved)
                federation.members.append(Written(union.name, union.code, "", since, None, "工会"))
        if rng.random() < 0.3:  # firms without a union of their own or a joint one, listed by the federation only
            bare = [f for f in self._firms if f.spot.town is town and f.legal and not f.cover and f.closed is None]
            for firm in rng.sample(bare, min(len(bare), rng.randint(4, 20))):
                since = max(federation.approved, firm.established + dt.timedelta(days=90))
                if since < _LAST:
                    federation.members.append(write_member(firm, since, None, rng, shown=True))


def _street_key(firm: Firm) -> str:
    spot = firm.spot
    return spot.street.key if spot.street and not spot.house and not spot.zone else ""


_GROUP: dict[str, Callable[[Firm], str]] = {
    "house": lambda firm: firm.spot.house.key if firm.spot.house else "",
    "zone": lambda firm: firm.spot.zone.name if firm.spot.zone and not firm.spot.house else "",
    "street": _street_key,
    "village": lambda firm: firm.spot.village.code if firm.spot.village and not firm.spot.house else "",
    "town": lambda firm: firm.spot.town.code,
}
