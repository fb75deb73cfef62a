"""Suggestions for a plain table of firms: whole numbers out of its values, jurisdiction by jurisdiction, and back.

Nothing that stands in one jurisdiction is read for another, so a change in one changes nothing elsewhere. Firms are
worked on in the order of their ids, whatever the order of the rows.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.errors import AtlasError
from geo.joint.arcs import COMMUNITY, EXISTING, KINDS, NONE, STREET, Before, Ground, Hosts, Seats, lay
from geo.joint.leftovers import left_because, reach
from geo.joint.options import JointOptions
from geo.joint.problem import Integers
from geo.joint.settling import Settled, settle
from geo.joint.wishes import Wishes

TOGETHER = 20_000
"""Firms laid out at once: jurisdictions are put together up to so many."""
_EARTH_M = 6_371_008.8
_PLACES = ("building", "market", "park")
_SHOWN = {"zone": "park"}


@dataclass(frozen=True)
class Plan:
    """Answers to a table of firms.

    ``firms``: by row of the table: group, kind, seat, distance_m (NA if left over) and reason: a code, and for those
    left over the figures that prove it. ``groups``: by group: jurisdiction, kind, seat, firms, workers, value_milli.
    """

    firms: pd.DataFrame
    groups: pd.DataFrame
    objective_milli: int
    """Without the bonus."""
    bonus_milli: int
    """What the bonus for who stays adds; the bound has it, too."""
    bound_milli: int

    @property
    def gap(self) -> float:
        """Share of the bound that is not reached, at most."""
        return 1 - (self.objective_milli + self.bonus_milli) / self.bound_milli if self.bound_milli > 0 else 0.0


Progress = Callable[[int, int], None]
"""Called with firms done and firms in all."""


def plan(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    before: pd.DataFrame | None = None,
    *,
    options: JointOptions,
    wishes: Wishes | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Suggest joint unions.

    Parameters
    ----------
    firms : ``table.Firms.frame``
    unions : ``table.Unions.frame``
    before : ``table.read_before``, an earlier output
    wishes : what a person settled; ``wishes.unmet`` tells what could not be kept
    """
    if wishes is not None and wishes.exclude:
        out = firms["id"].isin(wishes.exclude) & firms["unusable"].isna()
        firms = firms.assign(unusable=firms["unusable"].mask(out, "excluded"))
    usable = firms[firms["unusable"].isna()].sort_values("id", kind="stable")
    answers, groups, objective, bonus, bound, done = [_nothing(usable.index[:0])], [], 0, 0, 0, 0
    for part in _parts(usable):
        town = _Part(part, unions, before, options, wishes)
        answers.append(town.answers())
        groups.append(town.groups())
        found = town.settled
        objective, bonus = objective + found.value - found.bonus, bonus + found.bonus
        bound, done = bound + found.bound, done + len(part)
        if progress is not None:
            progress(done, len(usable))
    answer = pd.concat(answers).reindex(firms.index)
    answer["reason"] = answer["reason"].fillna(firms["unusable"])
    answer["reason"] = answer["reason"].mask(_across(usable, answer["reason"], options), "R3")
    table = pd.concat(groups) if groups else pd.DataFrame(columns=_GROUP_COLUMNS)
    if answer["reason"].isna().any():
        raise AtlasError("a firm has no answer", code="COUNT")
    return Plan(answer, table, objective, bonus, bound)


def _nothing(index: pd.Index) -> pd.DataFrame:
    table = pd.DataFrame(index=index, columns=["group", "kind", "seat", "distance_m", "reason"], dtype="string")
    return table.astype({"distance_m": "Int64"})


_GROUP_COLUMNS = ["jurisdiction", "kind", "seat", "firms", "workers", "value_milli"]


def _parts(usable: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Whole jurisdictions in the order of their names, as many at once as make ``TOGETHER`` firms."""
    if not len(usable):
        return
    sizes = usable.groupby("jurisdiction").size().sort_index()
    batch = (sizes.cumsum() - 1) // TOGETHER
    which = usable["jurisdiction"].map(batch)
    for _, part in usable.groupby(which.astype("int64"), sort=True):
        yield part.sort_values(["jurisdiction", "id"], kind="stable")


def _across(usable: pd.DataFrame, reason: pd.Series, options: JointOptions) -> pd.Series:
    """Which firms that lack workers in reach would have enough if there were no borders."""
    result = pd.Series(data=False, index=reason.index)
    short = usable[reason[usable.index].str.startswith("R1").fillna(False)]
    if not len(short) or usable["jurisdiction"].nunique() == 1:
        return result
    near = pd.Series(data=False, index=usable.index)
    for kind in (*_PLACES, "street"):
        near |= usable[kind].isin(set(short[kind].dropna()))
    size = 2.2 * max(options.reach_m, 100) / 90_000
    column, row = (usable[axis] // size for axis in ("lon", "lat"))
    taken = set(zip(column[short.index], row[short.index], strict=True))
    around = {(x + dx, y + dy) for x, y in taken for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    near |= pd.Series([spot in around for spot in zip(column, row, strict=True)], index=usable.index)
    whole = _Part(usable[near | usable.index.isin(short.index)].assign(jurisdiction="*"), _NOBODY, None, options)
    enough = pd.Series(reach(whole.ground, options=options).enough, index=whole.firms.index)
    result[short.index[enough[short.index].to_numpy()]] = True
    return result


_NOBODY = pd.DataFrame(columns=["id", "kind", "place", "jurisdiction", "spare", "lon", "lat", "from_m", "to_m"])
"""No existing union."""


class _Part:
    """Some jurisdictions: names to numbers, the answer of the engine, numbers to names."""

    def __init__(
        self,
        firms: pd.DataFrame,
        unions: pd.DataFrame,
        before: pd.DataFrame | None,
        options: JointOptions,
        wishes: Wishes | None = None,
    ) -> None:
        self.firms, self.options, self.wishes = firms, options, wishes
        had = {} if before is None else dict(zip(before["id"], before["group"], strict=True))
        self.former = firms["id"].map(had)
        self.towns = _Names(firms["jurisdiction"])
        self.unions = unions[unions["jurisdiction"].isin(self.towns.words)].sort_values("id").reset_index(drop=True)
        self.names = {kind: _Names(pd.concat([firms[kind], self._places(kind)])) for kind in (*_PLACES, "street")}
        self.east = _scales(firms, self.towns)
        self.ground = self._ground()
        self.hosts = self._hosts()
        self.before = None if before is None else self._before(before)

    @functools.cached_property
    def settled(self) -> Settled:
        """The engine's answer."""
        laid = lay(self.ground, self.hosts, options=self.options, before=self.before)
        if self.wishes is None:
            return settle(laid, self.ground, options=self.options)
        laid = self.wishes.amend(laid, self.firms["id"].astype(str).tolist(), self.seat_names(laid.seats))
        return settle(laid, self.ground, options=self.options, fixed=self.wishes.fixed(self.former))

    def _places(self, kind: str) -> pd.Series:
        return self.unions["place"][self.unions["kind"].eq(kind)]

    def _ground(self) -> Ground:
        firms, town = self.firms, self.towns.numbers(self.firms["jurisdiction"])
        located = firms["lon"].notna().to_numpy()
        x, y = _metres(firms["lon"].fillna(0).to_numpy(), firms["lat"].fillna(0).to_numpy(), self.east[town])
        places = [self.names[kind].numbers(firms[kind]) for kind in _PLACES]
        street = np.where(firms["chainage_m"].notna(), self.names["street"].numbers(firms["street"]), NONE)
        return Ground(
            town, town, firms["workers"].to_numpy("int64"), np.ones(len(firms), np.int64),
            np.stack([*places, np.full(len(firms), NONE)], axis=1), street,
            firms["chainage_m"].fillna(0).to_numpy("int64"), located, x, y,
            _Names(firms["industry"]).numbers(firms["industry"]),
        )  # fmt: skip

    def _hosts(self) -> Hosts:
        unions = self.unions
        town = self.towns.numbers(unions["jurisdiction"])
        kind = np.array([KINDS.index("zone" if word == "park" else word) for word in unions["kind"]], dtype=np.int64)
        place = np.full(len(unions), NONE, dtype=np.int64)
        for name, names in self.names.items():
            here = unions["kind"].eq(name).to_numpy()
            place[here] = names.numbers(unions["place"][here])
        x, y = _metres(unions["lon"].fillna(0).to_numpy(), unions["lat"].fillna(0).to_numpy(), self.east[town])
        street = kind == STREET
        a, b = (
            np.where(street, unions[name].fillna(0).to_numpy("int64"), axis)
            for name, axis in (("from_m", x), ("to_m", y))
        )
        return Hosts(town, kind, place, a, b, unions["spare"].to_numpy("int64"))

    def _before(self, before: pd.DataFrame) -> Before:
        """Read the seats of an earlier output back; a group whose seat is not understood is forgotten."""
        joined = self.firms[["id", "jurisdiction"]].merge(before, on="id", how="left")
        towns = self.towns.numbers(joined["jurisdiction"])
        rows: dict[tuple[int, ...], int] = {}
        seat_of = np.full(len(joined), NONE, dtype=np.int64)
        known: dict[tuple[object, ...], tuple[int, ...] | None] = {}
        for at, words in enumerate(zip(joined["kind"], joined["seat"], towns.tolist(), strict=True)):
            if pd.isna(words[0]) or pd.isna(words[1]):
                continue
            if words not in known:
                known[words] = self._seat(str(words[0]), str(words[1]), words[2])
            row = known[words]
            if row is not None:
                seat_of[at] = rows.setdefault(row, len(rows))
        return Before(Seats(*np.array(list(rows), dtype=np.int64).reshape(-1, 5).T), seat_of)

    def _seat(self, kind: str, seat: str, town: int) -> tuple[int, ...] | None:
        try:
            if kind == "community":
                lon, lat = (float(part) for part in seat.split(","))
                x, y = _metres(np.array([lon]), np.array([lat]), self.east[town : town + 1])
                return COMMUNITY, NONE, town, int(x[0]), int(y[0])
            if kind == "existing":
                return EXISTING, self.unions["id"].tolist().index(seat), town, 0, 0
            name, sign, copy = seat.rpartition("#" if kind != "street" else "@")
            name, number = (name, int(copy)) if sign else (seat, 0 if kind == "street" else 1)
            place = self.names[kind].of[name]
            return (STREET, place, town, number, 0) if kind == "street" else (_number(kind), place, town, 0, number - 1)
        except (ValueError, KeyError):
            return None

    def seat_names(self, seats: Seats) -> list[str]:
        """Jurisdiction, kind and seat of every seat as one name."""
        kinds, words = self.seat_words(seats)
        towns = [self.towns.words[town] for town in seats.jurisdiction.tolist()]
        return ["/".join(parts) for parts in zip(towns, kinds, words, strict=True)]

    def seat_words(self, seats: Seats) -> tuple[list[str], list[str]]:
        """Kind and seat of every seat of the problem, as written in a file."""
        kinds, words = [], []
        spots = self._spots()
        copies = {seats.row(at)[:3] for at in range(len(seats.kind)) if seats.kind[at] < STREET and seats.b[at] > 0}
        for kind, place, town, a, b in zip(*(column.tolist() for column in seats), strict=True):
            word = _SHOWN.get(KINDS[kind], KINDS[kind])
            kinds.append(word)
            if kind == COMMUNITY:
                words.append(spots.get((town, a, b)) or self._spot(town, a, b))
            elif kind == EXISTING:
                words.append(str(self.unions["id"].iloc[place]))
            elif kind == STREET:
                words.append(f"{self.names['street'].words[place]}@{a}")
            else:
                name = self.names[word].words[place]
                words.append(f"{name}#{b + 1}" if (kind, place, town) in copies else name)
        return kinds, words

    def _spots(self) -> dict[tuple[int, int, int], str]:
        firms, ground = self.firms, self.ground
        found: dict[tuple[int, int, int], str] = {}
        rows = zip(
            ground.narrow.tolist(), ground.x.tolist(), ground.y.tolist(), firms["lon"], firms["lat"], strict=True
        )
        for town, x, y, lon, lat in rows:
            if not pd.isna(lon):
                found.setdefault((town, x, y), f"{lon:.5f},{lat:.5f}")
        return found

    def _spot(self, town: int, x: int, y: int) -> str:
        """Degrees of a seat at which no firm lies any more, on the grid that gives its metres back."""
        lon, lat = np.degrees(x / (_EARTH_M * self.east[town])), np.degrees(y / _EARTH_M)
        for d_lon in range(-1, 2):
            for d_lat in range(-1, 2):
                near = (round(lon * 1e5) + d_lon) / 1e5, (round(lat * 1e5) + d_lat) / 1e5
                back = _metres(np.array([near[0]]), np.array([near[1]]), self.east[town : town + 1])
                if (int(back[0][0]), int(back[1][0])) == (x, y):
                    return f"{near[0]:.5f},{near[1]:.5f}"
        return f"{lon:.5f},{lat:.5f}"

    def answers(self) -> pd.DataFrame:
        """Group, kind, seat, distance and reason of each firm."""
        kinds, words = self.seat_words(self.settled.laid.seats)
        seat, arc = self.settled.seat, self.settled.arc
        on = seat >= 0
        table = _nothing(self.firms.index)
        table["kind"] = pd.array([kinds[at] if at >= 0 else None for at in seat], dtype="string")
        table["seat"] = pd.array([words[at] if at >= 0 else None for at in seat], dtype="string")
        table["group"] = self.firms["jurisdiction"] + "/" + table["kind"] + "/" + table["seat"]
        metres = np.zeros(len(seat), np.int64)
        metres[on] = self.settled.laid.distance[arc[on]]
        table["distance_m"] = pd.Series(metres, index=table.index, dtype="Int64").mask(~on)
        seats = self.settled.laid.seats
        reason = np.full(len(on), "", dtype="object")
        if not on.all():
            told = left_because(self.ground, self.hosts, (seats.kind, seats.place, seat), options=self.options)
            reason = np.array(told, dtype="object")
        reason[on] = ["joins" if kinds[at] == "existing" else "founds" for at in seat[on]]
        table["reason"] = pd.array(reason, dtype="string")
        return table

    def groups(self) -> pd.DataFrame:
        """Figures of each group."""
        kinds, words = self.seat_words(self.settled.laid.seats)
        seat, problem = self.settled.seat, self.settled.laid.problem
        used = np.unique(seat[seat >= 0])
        firms = np.bincount(seat[seat >= 0], minlength=problem.seats)
        workers = np.bincount(seat[seat >= 0], weights=problem.workers[seat >= 0], minlength=problem.seats)
        value = np.bincount(
            seat[seat >= 0], weights=problem.value[self.settled.arc[seat >= 0]], minlength=problem.seats
        )
        rows = {}
        for at in used.tolist():
            town = self.towns.words[int(self.settled.laid.seats.jurisdiction[at])]
            key = f"{town}/{kinds[at]}/{words[at]}"
            net = int(value[at]) - int(problem.founding[at])
            rows[key] = (town, kinds[at], words[at], int(firms[at]), int(workers[at]), net)
        return pd.DataFrame.from_dict(rows, orient="index", columns=_GROUP_COLUMNS)


class _Names:
    """Words as numbers, in the order of the words."""

    def __init__(self, words: pd.Series) -> None:
        self.words: list[str] = sorted({str(word) for word in words.dropna()})
        self.of = {word: number for number, word in enumerate(self.words)}

    def numbers(self, words: pd.Series) -> Integers:
        """Numbers of words, ``NONE`` where there is none."""
        return words.map(self.of).fillna(NONE).to_numpy("int64")


def _number(kind: str) -> int:
    return KINDS.index("zone" if kind == "park" else kind)


def _scales(firms: pd.DataFrame, towns: _Names) -> np.ndarray:
    """East-west scale of each jurisdiction: the cosine of its middle latitude, to a tenth of a degree."""
    middle = firms.groupby("jurisdiction")["lat"].median().reindex(towns.words).fillna(0.0).round(1)
    return np.cos(np.radians(middle.to_numpy("float64")))


def _metres(lon: np.ndarray, lat: np.ndarray, east: np.ndarray) -> tuple[Integers, Integers]:
    """Whole metres east and north."""
    x, y = np.radians(lon) * east * _EARTH_M, np.radians(lat) * _EARTH_M
    return np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)
