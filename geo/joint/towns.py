"""Jurisdictions of a plain table as whole numbers, and back: places, streets and spots get numbers, seats get words."""

import numpy as np
import pandas as pd

from geo.joint.ground import COMMUNITY, EXISTING, KINDS, NONE, STREET, Before, Ground, Hosts, Seats
from geo.joint.problem import Integers
from geo.joint.seats import EARTH_M, metres

PLAIN_PLACES = ("building", "market", "park")
"""Columns of a plain table that name a place; a park is a zone here."""
_SHOWN = {"zone": "park"}


class Towns:
    """Some jurisdictions as numbers (``ground``, ``hosts``, ``before``), and the words of their seats.

    Parameters
    ----------
    firms : rows of ``table.Firms.frame`` that take part, in canonical order
    unions : ``table.Unions.frame``; those of other jurisdictions are passed over
    before : ``table.read_before``, an earlier output
    """

    def __init__(self, firms: pd.DataFrame, unions: pd.DataFrame, before: pd.DataFrame | None) -> None:
        self.firms = firms
        had = {} if before is None else dict(zip(before["id"], before["group"], strict=True))
        self.former = firms["id"].map(had)
        """Group of each firm in the earlier output."""
        self.jurisdictions = _Names(firms["jurisdiction"])
        self.unions = (
            unions[unions["jurisdiction"].isin(self.jurisdictions.words)].sort_values("id").reset_index(drop=True)
        )
        self.names = {kind: _Names(pd.concat([firms[kind], self._places(kind)])) for kind in (*PLAIN_PLACES, "street")}
        self.east = _scales(firms, self.jurisdictions)
        self.industries = _Names(firms["industry"])
        self.ground = self._ground()
        self.hosts = self._hosts()
        self.before = None if before is None else self._before(before)

    def _places(self, kind: str) -> pd.Series:
        return self.unions["place"][self.unions["kind"].eq(kind)]

    def _ground(self) -> Ground:
        firms, town = self.firms, self.jurisdictions.numbers(self.firms["jurisdiction"])
        located = firms["lon"].notna().to_numpy()
        x, y = metres(firms["lon"].fillna(0).to_numpy(), firms["lat"].fillna(0).to_numpy(), self.east[town])
        places = [self.names[kind].numbers(firms[kind]) for kind in PLAIN_PLACES]
        street = np.where(firms["chainage_m"].notna(), self.names["street"].numbers(firms["street"]), NONE)
        return Ground(
            town, town, firms["workers"].to_numpy("int64"), np.ones(len(firms), np.int64),
            np.stack([*places, np.full(len(firms), NONE)], axis=1), street,
            firms["chainage_m"].fillna(0).to_numpy("int64"), located, x, y,
            self.industries.numbers(firms["industry"]),
        )  # fmt: skip

    def _hosts(self) -> Hosts:
        unions = self.unions
        town = self.jurisdictions.numbers(unions["jurisdiction"])
        kind = np.array([KINDS.index("zone" if word == "park" else word) for word in unions["kind"]], dtype=np.int64)
        place = np.full(len(unions), NONE, dtype=np.int64)
        for name, names in self.names.items():
            here = unions["kind"].eq(name).to_numpy()
            place[here] = names.numbers(unions["place"][here])
        x, y = metres(unions["lon"].fillna(0).to_numpy(), unions["lat"].fillna(0).to_numpy(), self.east[town])
        street = kind == STREET
        a, b = (
            np.where(street, unions[name].fillna(0).to_numpy("int64"), axis)
            for name, axis in (("from_m", x), ("to_m", y))
        )
        return Hosts(town, kind, place, a, b, unions["spare"].to_numpy("int64"))

    def _before(self, before: pd.DataFrame) -> Before:
        """Read the seats of an earlier output back; a group whose seat is not understood is forgotten."""
        joined = self.firms[["id", "jurisdiction"]].merge(before, on="id", how="left")
        towns = self.jurisdictions.numbers(joined["jurisdiction"])
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
                x, y = metres(np.array([lon]), np.array([lat]), self.east[town : town + 1])
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
        towns = [self.jurisdictions.words[town] for town in seats.jurisdiction.tolist()]
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
        lon, lat = np.degrees(x / (EARTH_M * self.east[town])), np.degrees(y / EARTH_M)
        for d_lon in range(-1, 2):
            for d_lat in range(-1, 2):
                near = (round(lon * 1e5) + d_lon) / 1e5, (round(lat * 1e5) + d_lat) / 1e5
                back = metres(np.array([near[0]]), np.array([near[1]]), self.east[town : town + 1])
                if (int(back[0][0]), int(back[1][0])) == (x, y):
                    return f"{near[0]:.5f},{near[1]:.5f}"
        return f"{lon:.5f},{lat:.5f}"


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
