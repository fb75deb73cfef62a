"""All kinds of seats of a survey in one model: the other way to make the drafts that ``engine`` makes one by one.

Buildings, markets, zones that one union can hold, streets, villages and existing unions of places compete; what is left
then joins the existing union of its town or a union of its larger zone, as in the cascade.
"""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from geo.joint import engine
from geo.joint.arcs import lay
from geo.joint.engine import Draft
from geo.joint.ground import KINDS, NONE, PLACES, STREET, Ground, Hosts
from geo.joint.options import JointOptions
from geo.joint.problem import Integers
from geo.joint.settling import Settled, settle


def group_together(pool: pd.DataFrame, unions: pd.DataFrame, *, options: JointOptions) -> list[Draft]:
    """Group candidates into joint unions by one model for all kinds.

    Parameters
    ----------
    pool : ``seats.candidates``
    unions : ``existing.existing``

    Returns
    -------
    drafts: existing unions first, then by kind and seat; no candidate stands in two
    """
    table = pool if options.workers_if_unknown else pool[pool["known"]]
    table = table.sort_values("rank", kind="stable")
    hosts = unions[unions["seat"].notna() & unions["kind"].ne("town").fillna(False) & (unions["spare"] > 0)]
    model = _Model(table, hosts, options)
    drafts = model.drafts()
    taken = {key for draft in drafts for key in draft.members}
    return [*drafts, *engine.leftover_steps(pool[~pool.index.isin(taken)], unions, options=options)]


class _Model:
    def __init__(self, table: pd.DataFrame, hosts: pd.DataFrame, options: JointOptions) -> None:
        self.keys, self.options = table.index.astype(str).tolist(), options
        self.hosts = hosts.sort_index()
        county, town = table["county"].fillna(""), table["street_town"].fillna("")
        self.counties = sorted({*county, *hosts["county"].dropna()})
        self.narrow_words = [
            "/".join(part for part in pair if part) for pair in zip(county, town, strict=True)
        ]  # fmt: skip
        self.towns = sorted({*self.narrow_words, *self._towns_of_hosts()})
        size = table["zone"].value_counts()
        small = table.assign(zone=table["zone"].where(table["zone"].map(size).le(options.max_firms).fillna(False)))
        self.names = {
            kind: sorted({*small[kind].dropna(), *hosts["seat"][hosts["kind"].eq(kind)].dropna()})
            for kind in (*PLACES, "street")
        }
        self.ground = self._ground(small, county)

    def _towns_of_hosts(self) -> list[str]:
        pairs = zip(self.hosts["county"].fillna(""), self.hosts["town"].fillna(""), strict=True)
        return ["/".join(part for part in pair if part) for pair in pairs]

    def _numbers(self, words: Any, known: list[str]) -> Integers:
        of = {word: number for number, word in enumerate(known)}
        return np.array([of.get(word, NONE) for word in words], dtype=np.int64)

    def _ground(self, table: pd.DataFrame, county: pd.Series) -> Ground:
        count = len(table)
        places = [self._numbers(table[kind], self.names[kind]) for kind in PLACES]
        on = table["chainage_m"].notna().to_numpy()
        street = np.where(on, self._numbers(table["street"], self.names["street"]), NONE)
        zero = np.zeros(count, np.int64)
        return Ground(
            self._numbers(county, self.counties), self._numbers(self.narrow_words, self.towns),
            table["workers"].to_numpy("int64"), (~table["unit"].duplicated()).to_numpy("int64"),
            np.stack(places, axis=1), street, table["chainage_m"].fillna(0).to_numpy("int64"),
            np.zeros(count, dtype=bool), zero, zero, zero + NONE,
        )  # fmt: skip

    def _host_numbers(self) -> Hosts:
        hosts, street = self.hosts, self.hosts["kind"].eq("street").to_numpy(bool)
        kind = np.array([KINDS.index(str(word)) for word in hosts["kind"]], dtype=np.int64)
        place = np.full(len(hosts), NONE, dtype=np.int64)
        for name, known in self.names.items():
            here = hosts["kind"].eq(name).to_numpy(bool)
            place[here] = self._numbers(hosts["seat"][here], known)
        narrow, wide = self._numbers(self._towns_of_hosts(), self.towns), self._numbers(hosts["county"], self.counties)
        a, b = (hosts[name].fillna(0).to_numpy("int64") for name in ("from_m", "to_m"))
        spare = hosts["spare"].to_numpy("int64").copy()
        spare[street & hosts["from_m"].isna().to_numpy(bool)] = 0
        return Hosts(np.where(street, narrow, wide), kind, place, a, b, spare)

    def drafts(self) -> list[Draft]:
        """Solve and put into words."""
        if not self.keys:
            return []
        found = settle(lay(self.ground, self._host_numbers(), options=self.options), self.ground, options=self.options)
        return sorted(
            self._read(found), key=lambda draft: (draft.kind != "existing", draft.kind, draft.seat, draft.part)
        )

    def _read(self, found: Settled) -> list[Draft]:
        seats, seat = found.laid.seats, found.seat
        members: dict[int, list[str]] = {}
        for firm in np.flatnonzero(seat >= 0).tolist():
            members.setdefault(int(seat[firm]), []).append(self.keys[firm])
        where = {at: (int(seats.kind[at]), int(seats.place[at]), int(seats.jurisdiction[at])) for at in members}
        parts, count, drafts = Counter(where.values()), Counter[tuple[int, int, int]](), []
        for at in sorted(members, key=lambda at: (where[at], int(seats.a[at]), int(seats.b[at]))):
            kind, place, town = where[at]
            count[where[at]] += 1
            keys = tuple(sorted(members[at]))
            if KINDS[kind] == "existing":
                drafts.append(Draft("existing", str(self.hosts.index[place]), "", 1, 1, keys))
            elif kind == STREET:
                name = self.names["street"][place]
                drafts.append(Draft("street", name, self.towns[town], count[where[at]], 0, keys))
            else:
                name = self.names[KINDS[kind]][place]
                drafts.append(
                    Draft(KINDS[kind], name, self.counties[town], count[where[at]], parts[where[at]], keys)
                )  # fmt: skip
        return drafts
