"""All kinds of seats of a survey in one model: the other way to make the drafts that ``engine`` makes one by one.

Buildings, markets, zones that one union can hold, streets, villages, addresses and existing unions of places compete
within each county; what is left then joins the existing union of its town or a union of its larger zone, as in the
cascade.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geo.joint import engine, former
from geo.joint.arcs import lay
from geo.joint.asked import Asked, Proof
from geo.joint.engine import Draft
from geo.joint.former import seat_name
from geo.joint.ground import COMMUNITY, EXISTING, KINDS, NONE, PLACES, STREET, Before, Ground, Hosts, Seats
from geo.joint.options import JointOptions
from geo.joint.policy import Names, settle_around
from geo.joint.problem import Integers
from geo.joint.seats import metres, narrow
from geo.joint.settling import Settled
from geo.joint.wishes import Wishes


class Grouped(NamedTuple):
    """Drafts and the proof of each county."""

    drafts: list[Draft]
    proof: tuple[Proof, ...]


def group_together(
    pool: pd.DataFrame, unions: pd.DataFrame, *, options: JointOptions, asked: Asked | None = None
) -> Grouped:
    """Group candidates into joint unions by one model for all kinds.

    Parameters
    ----------
    pool : ``seats.candidates``
    unions : ``existing.existing``

    Returns
    -------
    drafts: existing unions first, then by kind and seat; no candidate stands in two. A county's drafts and proof rest
    on its own firms and unions alone.
    """
    asked = asked or Asked(Wishes(), {})
    table = pool if options.workers_if_unknown else pool[pool["known"]]
    table = table.sort_values("rank", kind="stable")
    size = table["zone"].value_counts()
    table = table.assign(zone=table["zone"].where(table["zone"].map(size).le(options.max_firms).fillna(False)))
    hosts = unions[unions["seat"].notna() & unions["kind"].ne("town").fillna(False) & (unions["spare"] > 0)]
    drafts, proof, of = [], [], table["county"].fillna("")
    for county in sorted(set(of)):
        mine = hosts[hosts["county"].eq(county).fillna(False)]
        model = _Model(table[of.eq(county)], mine.sort_index(), options, asked)
        found, told = model.answer()
        drafts += found
        proof.append(told)
    drafts.sort(key=lambda draft: (draft.kind != "existing", draft.kind, draft.seat, draft.part))
    taken = {key for draft in drafts for key in draft.members}
    left, open_unions = _open_to(pool[~pool.index.isin(taken)], unions, asked.wishes)
    return Grouped([*drafts, *engine.leftover_steps(left, open_unions, options=options)], tuple(proof))


def _open_to(pool: pd.DataFrame, unions: pd.DataFrame, wishes: Wishes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out what wishes forbid of the last steps of the cascade: larger zones, and the unions of towns."""
    pool, unions = pool.copy(), unions[[seat_name("existing", key) not in wishes.forbid_seats for key in unions.index]]
    for firm in pool.index.intersection(list(wishes.must)):
        kind, _sign, place = wishes.must[firm].partition("/")
        pool.loc[firm, ["zone", "town"]] = [place if kind == "zone" else pd.NA, pool.at[firm, "town"]]
        if kind != "existing":
            pool.loc[firm, "town"] = pd.NA
    pool["zone"] = pool["zone"].mask(pool["zone"].map(lambda zone: seat_name("zone", zone) in wishes.forbid_seats))
    for firm, name in wishes.forbid:
        kind, _sign, place = name.partition("/")
        if firm in pool.index and kind == "zone" and pool.at[firm, "zone"] == place:
            pool.loc[firm, "zone"] = pd.NA
        if firm in pool.index and kind == "existing" and place in unions.index and unions.at[place, "kind"] == "town":
            pool.loc[firm, "town"] = pd.NA
    return pool, unions


class _Model:
    """One county: names to numbers, the answer of the engine, numbers to names."""

    def __init__(self, table: pd.DataFrame, hosts: pd.DataFrame, options: JointOptions, asked: Asked) -> None:
        self.keys, self.options, self.hosts = table.index.astype(str).tolist(), options, hosts
        self.wishes = asked.wishes
        self.groups = [asked.groups.get(key) for key in self.keys]
        self.county = str(table["county"].fillna("").iloc[0])
        self.town_of = narrow(table["county"], table["street_town"])
        self.towns = sorted({*self.town_of, *narrow(hosts["county"], hosts["town"])})
        self.names = {
            kind: sorted({*table[kind].dropna(), *hosts["seat"][hosts["kind"].eq(kind)].dropna()})
            for kind in (*PLACES, "street")
        }
        self.east = float(table["east"].iloc[0])
        self.degrees = [
            "" if pd.isna(lon) else f"{lon:.5f},{lat:.5f}" for lon, lat in zip(table["lon"], table["lat"], strict=True)
        ]
        self.ground = self._ground(table)
        self.hosts_now = self._host_numbers()

    def _ground(self, table: pd.DataFrame) -> Ground:
        places = [_numbers(table[kind], self.names[kind]) for kind in PLACES]
        on = table["chainage_m"].notna().to_numpy()
        street = np.where(on, _numbers(table["street"], self.names["street"]), NONE)
        located = table["lon"].notna().to_numpy(bool)
        x, y = metres(table["lon"].fillna(0), table["lat"].fillna(0), self.east)
        sector = table["industry"].fillna("")
        return Ground(
            np.zeros(len(table), np.int64), _numbers(self.town_of, self.towns),
            table["workers"].to_numpy("int64"), (~table["unit"].duplicated()).to_numpy("int64"),
            np.stack(places, axis=1), street, table["chainage_m"].fillna(0).to_numpy("int64"),
            located, x, y, _numbers(sector, sorted({*sector} - {""})),
        )  # fmt: skip

    def _host_numbers(self) -> Hosts:
        hosts, street = self.hosts, self.hosts["kind"].eq("street").to_numpy(bool)
        kind = np.array([KINDS.index(str(word)) for word in hosts["kind"]], dtype=np.int64)
        place = np.full(len(hosts), NONE, dtype=np.int64)
        for name, known in self.names.items():
            here = hosts["kind"].eq(name).to_numpy(bool)
            place[here] = _numbers(hosts["seat"][here], known)
        town = _numbers(narrow(hosts["county"], hosts["town"]), self.towns)
        a, b = (hosts[name].fillna(0).to_numpy("int64") for name in ("from_m", "to_m"))
        spare = hosts["spare"].to_numpy("int64").copy()
        spare[street & hosts["from_m"].isna().to_numpy(bool)] = 0
        return Hosts(np.where(street, town, 0), kind, place, a, b, spare)

    def answer(self) -> tuple[list[Draft], Proof]:
        """Solve and put into words."""
        hosts, before = self.hosts_now, self._before()
        laid = lay(self.ground, hosts, options=self.options, before=before)
        seats = [seat_name(*self._words(laid.seats, at)) for at in range(len(laid.seats.kind))]
        names = Names(self.keys, seats, pd.Series(self.groups, dtype="object"))
        wishes = self._widened(laid.seats, seats)
        found = settle_around(laid, self.ground, hosts, options=self.options, wishes=wishes, names=names)
        value = found.value - found.bonus
        told = Proof(self.county, len(self.keys), value, found.bonus, found.bound, found.iterations)
        return self._read(found), told

    def _words(self, seats: Seats, at: int) -> tuple[str, str]:
        kind, place = int(seats.kind[at]), int(seats.place[at])
        if kind == EXISTING:
            return "existing", str(self.hosts.index[place])
        if kind == COMMUNITY:
            return "community", self._spots.get((int(seats.a[at]), int(seats.b[at])), "")
        return KINDS[kind], self.names[KINDS[kind]][place]

    @cached_property
    def _spots(self) -> dict[tuple[int, int], str]:
        """Degrees of each address by its metres, and of each seat of an earlier grouping."""
        known = sorted(zip(self.degrees, self.ground.x.tolist(), self.ground.y.tolist(), strict=True), reverse=True)
        return {(x, y): words for words, x, y in known if words}

    def _spot(self, seat: str) -> tuple[int, int] | None:
        """Metres of a seat at an address by its degrees; None if it is none."""
        try:
            lon, lat = (float(part) for part in seat.split(","))
        except ValueError:
            return None
        x, y = metres(pd.Series([lon]), pd.Series([lat]), self.east)
        return int(x[0]), int(y[0])

    def _widened(self, seats: Seats, names: list[str]) -> Wishes:
        """Forbid with a seat at an address all others within its reach: next door would be the same union."""
        wishes, near = self.wishes, dict[str, set[str]]()
        for name in {name for _, name in wishes.forbid} | wishes.forbid_seats:
            spot = self._spot(name.removeprefix("community/")) if name.startswith("community/") else None
            if spot is not None:
                far = np.hypot(seats.a - spot[0], seats.b - spot[1])
                hit = np.flatnonzero((seats.kind == COMMUNITY) & (far <= self.options.reach_m))
                near[name] = {names[at] for at in hit.tolist()}
        pairs = {(firm, other) for firm, name in wishes.forbid for other in near.get(name, ())}
        closed = {other for name in wishes.forbid_seats for other in near.get(name, ())}
        return replace(wishes, forbid=wishes.forbid | pairs, forbid_seats=wishes.forbid_seats | closed)

    def _before(self) -> Before | None:
        """Return the seats of the groups that the firms were in; None without any."""
        members: dict[str, list[int]] = {}
        for firm, key in enumerate(self.groups):
            if key:
                members.setdefault(key, []).append(firm)
        rows: dict[tuple[int, ...], int] = {}
        locked: set[tuple[int, ...]] = set()
        seat_of = np.full(len(self.keys), NONE, dtype=np.int64)
        for key in sorted(members, key=lambda key: (not key.endswith(former.LOCKED), key)):
            row = self._row(former.read(key), np.array(members[key], dtype=np.int64))
            if row is not None and row not in locked:
                locked |= {row} if key.endswith(former.LOCKED) else set()
                seat_of[members[key]] = rows.setdefault(row, len(rows))
        if not rows:
            return None
        return Before(Seats(*np.array(list(rows), dtype=np.int64).reshape(-1, 5).T), seat_of)

    def _row(self, was: former.Former | None, members: Integers) -> tuple[int, ...] | None:
        if was is None:
            return None
        if was.kind == "existing":
            known = self.hosts.index.get_indexer([was.seat])[0]
            return None if known < 0 else (EXISTING, int(known), int(self.hosts_now.jurisdiction[known]), 0, 0)
        if was.kind == "community":
            spot = self._spot(was.seat)
            if spot is None or was.jurisdiction not in self.towns:
                return None
            self._spots.setdefault(spot, was.seat)
            return COMMUNITY, NONE, self.towns.index(was.jurisdiction), *spot
        if was.seat not in self.names.get(was.kind, ()):
            return None
        place = self.names[was.kind].index(was.seat)
        if was.kind != "street":
            return KINDS.index(was.kind), place, 0, 0, was.part - 1
        here = members[self.ground.street[members] == place]
        if not len(here):
            return None
        workers, reach = self.ground.workers[here], self.options.street_span_m // 2
        at = former.middle(self.ground.chainage[here], workers, reach)
        return STREET, place, int(self.ground.narrow[here[0]]), at, 0

    def _read(self, found: Settled) -> list[Draft]:
        seats, seat = found.laid.seats, found.seat
        members: dict[int, list[str]] = {}
        for firm in np.flatnonzero(seat >= 0).tolist():
            members.setdefault(int(seat[firm]), []).append(self.keys[firm])
        where = {at: (int(seats.kind[at]), int(seats.place[at]), int(seats.jurisdiction[at])) for at in members}
        parts, count, drafts = Counter(where.values()), Counter[tuple[int, int, int]](), []
        for at in sorted(members, key=lambda at: (where[at], int(seats.a[at]), int(seats.b[at]))):
            kind, _place, town = where[at]
            count[where[at]] += 1
            keys, words = tuple(sorted(members[at])), self._words(seats, at)
            if kind == EXISTING:
                drafts.append(Draft(*words, "", 1, 1, keys))
            elif kind == COMMUNITY:
                drafts.append(Draft(*words, self.towns[town], 1, 1, keys))
            elif kind == STREET:
                drafts.append(Draft(*words, self.towns[town], count[where[at]], 0, keys))
            else:
                drafts.append(Draft(*words, self.county, count[where[at]], parts[where[at]], keys))
        return drafts


def _numbers(words: Iterable[Any], known: list[str]) -> Integers:
    of = {word: number for number, word in enumerate(known)}
    return np.array([of.get(word, NONE) for word in words], dtype=np.int64)
