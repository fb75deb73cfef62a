"""What else the firms of a suggestion could do, and what that would lose: the price of another way.

Recomputed from the survey's rows; nothing is taken from the engine. Prices are those of the model in thousandths of a
worker (``JointOptions``): a firm's workers, less what kind and distance take, less the founding of a new union. Joint
unions of towns and zones larger than one street union may be have no price: they come last, for whom nobody else takes.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from math import hypot
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.joint.hosts import Existing, hosts
from geo.joint.nearby import KINDS, around, runs
from geo.joint.options import JointOptions
from geo.joint.seats import metres as on_grid
from geo.joint.seats import scale

DISSOLVE, EXISTING, STREET, VILLAGE, COMMUNITY = "dissolve", "existing", "street", "village", "community"
MILLI = 1_000
MOST_TRIED = 3
"""Other places tried of each kind, those that most members share."""
_ORDER = (DISSOLVE, *KINDS, COMMUNITY)

Row = dict[str, Any]


@dataclass(frozen=True)
class Rival:
    """Another way for the members of a group.

    ``kind``: ``dissolve`` (no new union, each goes where it may) or the kind of another seat, at ``place_id``; around
    an address that is the key of a member there.
    """

    kind: str
    place_id: str | None
    there: int
    """Members that would sit there."""
    more: int
    """Firms left over today that would join them."""
    elsewhere: int
    """Members that other suggestions or existing unions could take in."""
    outside: int
    """Members nobody could take in."""
    outside_workers: int
    last_resort: int
    """Of those outside how many the joint union of the town could still take in, which comes last and has no price."""
    value_milli: int
    loss_milli: int
    """How much less it is worth than the suggestion; below zero if it is worth more."""
    placed: Mapping[str, str] = field(default_factory=dict)
    """Seat of each firm that has one, ``new`` for the new union."""


def rivals(
    firms: pd.DataFrame,
    group_id: str,
    *,
    groups: pd.DataFrame,
    unions: pd.DataFrame,
    places: gpd.GeoDataFrame,
    options: JointOptions,
) -> list[Rival]:
    """Return the other ways of the members of a group of the survey, the one that loses least first.

    Parameters
    ----------
    firms : FIRMS
    group_id : a key of ``groups`` that is no case
    groups : GROUPS
    unions : SURVEYED_UNIONS
    places : PLACES
    """
    members = sorted(firms.index[firms["group_id"].eq(group_id).fillna(value=False)])
    if not members:
        return []
    kind, place = str(groups.at[group_id, "kind"]), str(groups.at[group_id, "place_id"])
    around_ = _Field(firms, members, groups.drop(index=group_id), unions, places, options)
    now = around_.value_now(kind, place, members)
    around_.existing.hosts.pop(place, None)  # what the group would no longer do
    found = [] if now is None else [around_.dissolved(members, now), *around_.moved(members, (kind, place), now)]
    return sorted(found, key=lambda rival: (rival.loss_milli, _ORDER.index(rival.kind)))


def price(kind: str, workers: int, metres: int, options: JointOptions) -> int:
    """Return what a firm adds to a union of a kind, milli-workers."""
    if kind == STREET:
        taken, reach = options.penalty_street_milli, max(1, options.street_span_m // 2)
    else:
        taken, reach = (
            options.penalty_community_milli if kind in (VILLAGE, COMMUNITY, "town") else 0,
            max(1, options.reach_m),
        )
    return workers * (MILLI - taken) - workers * options.distance_milli * metres // reach


def founding(kind: str, options: JointOptions) -> int:
    """Return what founding a union of a kind costs, milli-workers."""
    costs = {STREET: options.founding_street, VILLAGE: options.founding_community, EXISTING: 0}
    costs[COMMUNITY] = options.founding_community
    return MILLI * costs.get(kind, options.founding_place)


class _Field:
    """The candidates around a group, the other groups among them, and the unions there are."""

    def __init__(
        self,
        firms: pd.DataFrame,
        members: list[str],
        groups: pd.DataFrame,
        unions: pd.DataFrame,
        places: gpd.GeoDataFrame,
        options: JointOptions,
    ) -> None:
        table = around(firms, members, places=places, options=options)
        self.options, self.rows = options, table.astype("object").where(table.notna(), None).to_dict("index")
        self.groups = groups[["kind", "place_id", "firms"]].to_dict("index")
        self.of: dict[str, list[str]] = {}
        for key, row in self.rows.items():
            if row["group_id"] is not None:
                self.of.setdefault(row["group_id"], []).append(key)
        self.east = scale(firms)
        streets = {row["street"] for row in (self.rows[key] for key in members) if row["street"] is not None}
        self.existing = Existing(hosts(unions, groups, options), firms[firms["street"].isin(streets)], places, options)
        sizes = Counter(row["zone"] for row in self.rows.values() if row["zone"] is not None)
        self.wide_zones = {zone for zone, size in sizes.items() if size > options.max_firms}

    def value_now(self, kind: str, place: str, members: list[str]) -> int | None:
        """Value of the group as it is."""
        if kind == EXISTING:
            host = self.existing.hosts.get(place)
            if host is None:
                return None
            return sum(
                price(host.kind, self._workers(key), self.existing.metres(self.rows[key], place), self.options)
                for key in members
            )
        if kind == COMMUNITY:
            away = [self._to_address(key, place) for key in members]
            return sum(
                self._worth(kind, key, metres or 0) for key, metres in zip(members, away, strict=True)
            ) - founding(kind, self.options)
        if kind == STREET:
            best = self._best_seat(members)
            return None if best is None else best - founding(kind, self.options)
        return sum(self._worth(kind, key) for key in members) - founding(kind, self.options)

    def dissolved(self, members: list[str], now: int) -> Rival:
        """No new union: each member goes where it may, in the order of the keys."""
        value, placed = self._dispersed(members)
        return self._rival(DISSOLVE, None, [], [], members, placed, now, value)

    def moved(self, members: list[str], seat: tuple[str, str], now: int) -> Iterator[Rival]:
        """Another seat for those who can go there; the others go where they may."""
        for kind in KINDS:
            counts = Counter(self.rows[key][kind] for key in members if self.rows[key][kind] is not None)
            for place, _n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_TRIED]:
                if (kind, place) != seat and place not in self.wide_zones:
                    found = self._at(kind, place, members, now)
                    yield from [found] if found is not None else []
        if seat[0] != COMMUNITY:
            spots = Counter(self._spot(key) for key in members if self.rows[key]["x"] is not None)
            ways = [
                self._around(spot, members, now)
                for spot, _n in sorted(spots.items(), key=lambda item: (-item[1], item[0]))[:MOST_TRIED]
            ]
            best = min((way for way in ways if way is not None), key=lambda way: way.loss_milli, default=None)
            yield from [best] if best is not None else []

    def _spot(self, key: str) -> tuple[int, int]:
        return int(self.rows[key]["x"]), int(self.rows[key]["y"])

    def _around(self, spot: tuple[int, int], members: list[str], now: int) -> Rival | None:
        """A union around an address of a member, for all who reach it; ``place_id`` is a member there."""
        mine, seat = set(members), next(key for key in members if self._here(key, spot) == 0)
        near = {key: metres for key in self.rows if (metres := self._here(key, spot)) is not None}
        same = [key for key in near if self.rows[key]["town"] == self.rows[seat]["town"]]
        can = [key for key in same if key in mine or self.rows[key]["group_id"] is None]
        union = sorted(can, key=lambda key: (key not in mine, near[key], key))[: self.options.most_in(COMMUNITY)]
        if not self._enough(union):
            return None
        rest = [key for key in members if key not in union]
        value, placed = self._dispersed(rest)
        value += sum(self._worth(COMMUNITY, key, near[key]) for key in union) - founding(COMMUNITY, self.options)
        there, more = [key for key in union if key in mine], [key for key in union if key not in mine]
        return self._rival(COMMUNITY, seat, there, more, rest, placed, now, value)

    def _here(self, key: str, spot: tuple[int, int]) -> int | None:
        """Metres from a firm to an address, None if it is out of reach."""
        if self.rows[key]["x"] is None:
            return None
        away = hypot(self.rows[key]["x"] - spot[0], self.rows[key]["y"] - spot[1])
        return round(away) if away <= self.options.reach_m else None

    def _at(self, kind: str, place: str, members: list[str], now: int) -> Rival | None:
        here = [key for key in members if self.rows[key][kind] == place]
        where = {self._jurisdiction(kind, key) for key in here}
        if len(where) != 1 or self._taken(kind, place, here[0]):
            return None
        free = [key for key, row in self.rows.items() if row["group_id"] is None and row[kind] == place]
        free = [key for key in free if self._jurisdiction(kind, key) in where]
        union = self._piece(here, free) if kind == STREET else [*here, *free][: self.options.most_in(kind)]
        if not union or not self._enough(union):
            return None
        inside = (
            self._best_seat(union)
            if kind == STREET
            else sum(price(kind, self._workers(k), 0, self.options) for k in union)
        )
        if inside is None:
            return None
        rest = [key for key in members if key not in union]
        value, placed = self._dispersed(rest)
        there = [key for key in union if key in set(members)]
        more = [key for key in union if key not in set(members)]
        whole = value + inside - founding(kind, self.options)
        return self._rival(kind, place, there, more, rest, placed, now, whole)

    def _rival(
        self, kind: str, place: str | None, there: list[str], more: list[str], rest: list[str],
        placed: dict[str, str], now: int, value: int,
    ) -> Rival:  # fmt: skip
        out = [key for key in rest if key not in placed]
        last = sum(self.existing.last_resort(self.rows[key]) for key in out)
        return Rival(
            kind, place, len(there), len(more), len(placed), len(out), sum(map(self._workers, out)), last, value,
            now - value, {**placed, **dict.fromkeys([*there, *more], "new")},
        )  # fmt: skip

    def _dispersed(self, members: Collection[str]) -> tuple[int, dict[str, str]]:
        """Value of members that go to the best of what is open and has room, one after the other."""
        room: Counter[str] = Counter()
        value, placed = 0, {}
        for key in sorted(members):
            best = max(self._open(key, room), key=lambda way: (way[0], way[1]), default=None)
            if best is not None and best[0] > 0:
                value, placed[key] = value + best[0], best[1]
                room[best[1]] += 1
        return value, placed

    def _open(self, key: str, room: Counter[str]) -> Iterator[tuple[int, str]]:
        """Value and key of each other group and existing union that a firm may join."""
        row = self.rows[key]
        for group, keys in self.of.items():
            known = self.groups.get(group)
            if (
                known is None
                or known["kind"] == EXISTING
                or known["firms"] + room[group] >= self.options.most_in(known["kind"])
            ):
                continue
            kind, there = str(known["kind"]), known["place_id"]
            if kind == COMMUNITY:
                metres = self._to_address(key, there) if row["town"] == self.rows[keys[0]]["town"] else None
                if metres is not None:
                    yield price(kind, row["workers"], metres, self.options), group
                continue
            if row[kind] != there or there in self.wide_zones:
                continue
            if self._jurisdiction(kind, key) != self._jurisdiction(kind, keys[0]):
                continue
            metres = self._to_piece(key, keys) if kind == STREET else 0
            if metres is not None:
                yield price(kind, row["workers"], metres, self.options), group
        for union, host in self.existing.hosts.items():
            if host.kind != "town" and host.room > room[union] and self.existing.admit(row, union):
                yield price(host.kind, row["workers"], self.existing.metres(row, union), self.options), union

    def _taken(self, kind: str, place: str, key: str) -> bool:
        """Whether another suggestion sits at a place already; those who go there join it."""
        if kind == STREET:
            return False
        return any(
            known is not None and (known["kind"], known["place_id"]) == (kind, place)
            and self._jurisdiction(kind, keys[0]) == self._jurisdiction(kind, key)
            for known, keys in ((self.groups.get(group), keys) for group, keys in self.of.items())
        )  # fmt: skip

    def _worth(self, kind: str, key: str, metres: int = 0) -> int:
        return price(kind, self._workers(key), metres, self.options)

    def _workers(self, key: str) -> int:
        return int(self.rows[key]["workers"])

    def _jurisdiction(self, kind: str, key: str) -> str:
        return str(self.rows[key]["row" if kind == STREET else "county"])

    def _enough(self, keys: Collection[str]) -> bool:
        units = len({self.rows[key]["unit"] for key in keys})
        return units >= self.options.min_firms and sum(map(self._workers, keys)) >= self.options.min_workers

    def _best_seat(self, keys: Collection[str]) -> int | None:
        """Value of a street piece without its founding, from the best address on the street that all reach."""
        at = {key: self.rows[key]["chainage_m"] for key in keys}
        if any(metres is None for metres in at.values()):
            return None
        street, where = self.rows[next(iter(keys))]["street"], self._jurisdiction(STREET, next(iter(keys)))
        spots = {row["chainage_m"] for row in self.rows.values() if (row["street"], row["row"]) == (street, where)}
        half, lowest, highest = self.options.street_span_m // 2, min(at.values()), max(at.values())
        spots = {spot for spot in spots if spot is not None and highest - half <= spot <= lowest + half}
        worth = [sum(self._worth(STREET, key, abs(metres - spot)) for key, metres in at.items()) for spot in spots]
        return max(worth, default=None)

    def _piece(self, here: list[str], free: list[str]) -> list[str]:
        """The row of firms along a street of most workers, members and free ones, that no stranger stands in."""
        lying = [key for key in [*here, *free] if self.rows[key]["chainage_m"] is not None]
        lying.sort(key=lambda key: (self.rows[key]["chainage_m"], key))
        pieces = [piece for run in runs(lying, self._parted) for piece in self._windows(run)]
        return max(pieces, key=lambda piece: sum(map(self._workers, piece)), default=[])

    def _parted(self, before: str, after: str) -> bool:
        """Whether a gap too wide lies between two firms, or a firm of another piece or of a village union."""
        first, last = (self.rows[key]["chainage_m"] for key in (before, after))
        return last - first > self.options.street_gap_m or self._stranger(before, first, last)

    def _stranger(self, beside: str, first: int, last: int) -> bool:
        street = (self.rows[beside]["street"], self.rows[beside]["row"])
        return any(
            (row["street"], row["row"]) == street and row["chainage_m"] is not None
            and first < row["chainage_m"] < last and self._kind_of(row) in (STREET, VILLAGE, COMMUNITY)
            for row in self.rows.values()
        )  # fmt: skip

    def _kind_of(self, row: Row) -> str:
        known = self.groups.get(row["group_id"]) if row["group_id"] is not None else None
        return "" if known is None else str(known["kind"])

    def _windows(self, run: list[str]) -> Iterator[list[str]]:
        """The longest pieces that begin at each firm of a row and keep span and size."""
        for at, first in enumerate(run):
            end = self.rows[first]["chainage_m"] + self.options.street_span_m
            piece = [key for key in run[at : at + self.options.max_firms] if self.rows[key]["chainage_m"] <= end]
            if self._enough(piece):
                yield piece

    def _to_address(self, key: str, place: str) -> int | None:
        """Metres to the address that a union is founded around, None if it is out of reach."""
        lon, lat = (pd.Series([float(part)]) for part in place.split(","))
        x, y = on_grid(lon, lat, self.east)
        return self._here(key, (int(x[0]), int(y[0])))

    def _to_piece(self, key: str, keys: list[str]) -> int | None:
        """Metres to the nearest member of a street piece that a firm may join, None if it may not."""
        here, at = self.rows[key]["chainage_m"], [self.rows[each]["chainage_m"] for each in keys]
        if here is None:
            return None
        near = min(abs(here - metres) for metres in at)
        span = max(*at, here) - min(*at, here)
        if near > self.options.street_gap_m or span > self.options.street_span_m:
            return None
        middle = sorted(at)[len(at) // 2]
        return min(abs(here - middle), max(1, self.options.street_span_m // 2))
