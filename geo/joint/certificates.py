"""Why a firm is left over, proved again from the survey's rows: the figures that show that no group could take it.

R1 every seat it may use holds too few workers or employers, all candidates counted, grouped or not · R2 a seat would
hold enough, but those there are grouped elsewhere and what is left does not suffice · R3 only the border of a
jurisdiction is in the way · R4 it lies in no place that could be a seat · R5 the union at its place is full · R6 nobody
knows its workers and none may be assumed · R7 the group it would be in was rejected (said by a person, not provable).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.joint.hosts import Existing, hosts
from geo.joint.nearby import TOGETHER, around, counted, runs
from geo.joint.options import JointOptions

REJECTED = "R7"
FIGURES = (
    "kind", "place_id", "seats", "workers", "firms", "units", "grouped", "left_workers", "left_firms",
    "left_units", "across_workers", "across_firms", "union_id", "held", "most", "level",
)  # fmt: skip
"""Columns of a certificate; NA where a figure is no part of the proof."""

Row = dict[str, Any]


def certify(
    firms: pd.DataFrame,
    keys: Collection[str],
    *,
    unions: pd.DataFrame,
    groups: pd.DataFrame,
    places: gpd.GeoDataFrame,
    options: JointOptions,
) -> pd.DataFrame:
    """Prove anew why firms are left over.

    Parameters
    ----------
    firms : FIRMS of a survey
    keys : of firms that have a ``left_because``
    unions : SURVEYED_UNIONS
    groups : GROUPS
    places : PLACES

    Returns
    -------
    by key, in the order of ``keys``: ``left_because`` as the survey has it, ``found`` as it comes out here, ``proved``
    (both agree and the figures show it), and FIGURES. Where only a part of the city is at hand, as for the account
    of one county, R3 cannot be found again and stays unproved.
    """
    rows = around(firms, keys, places=places, options=options)
    streets = firms[firms["street"].isin(set(rows["street"].dropna()))]
    seats = _Seats(rows, Existing(hosts(unions, groups, options), streets, places, options), options)
    told = firms["left_because"]
    table = {}
    for key in keys:
        found = seats.judge(key)
        figures = {name: found.get(name) for name in FIGURES} | {"level": firms.at[key, "level"]}
        said, code = told[key], found["code"]
        proved = said == code and bool(found.get("shown", True)) and said != REJECTED
        table[key] = {"left_because": said, "found": code, "proved": proved, **figures}
    columns = ["left_because", "found", "proved", *FIGURES]
    return pd.DataFrame.from_dict(table, orient="index", columns=columns) if table else pd.DataFrame(columns=columns)


class _Seats:
    """Who could sit where, and which union there is could take them in, among the candidates around some firms."""

    def __init__(self, rows: pd.DataFrame, existing: Existing, options: JointOptions) -> None:
        self.options, self.rows = options, rows.astype("object").where(rows.notna(), None).to_dict("index")
        self.at: dict[tuple[str, ...], list[str]] = {}
        """Who lies at a place of a kind in a jurisdiction, and whatever the jurisdiction."""
        self._cut: dict[tuple[str, ...], dict[str, list[str]]] = {}
        live = set(counted(rows, options).index)
        for key, row in self.rows.items():
            for where in self._of(row) if key in live else ():
                self.at.setdefault(where, []).append(key)
                self.at.setdefault(where[:2], []).append(key)
        self.live, self.existing = live, existing
        self.spots = [key for key in self.rows if key in live and self.rows[key]["x"] is not None]
        self.points = np.array([[self.rows[key]["x"], self.rows[key]["y"]] for key in self.spots], dtype=np.int64)

    def judge(self, key: str) -> Row:
        """Return the code of one firm with its figures."""
        row = self.rows.get(key)
        if row is None:
            return {"code": "none"}
        if key not in self.live:
            return {"code": "R6"}
        seats = [seat for where in self._of(row) for seat in self._at(key, where)]
        seats += self._around(key, row["town"])
        if not seats:
            return {"code": "R4"}
        return self._full(row) or self._counted(key, row, seats)

    def _full(self, row: Row) -> Row | None:
        """The first existing union that could take a firm in if it had room: what it holds, and the most."""
        for union, host in self.existing.hosts.items():
            if host.room <= 0 and self.existing.admit(row, union):
                return {"code": "R5", "union_id": union, "held": host.held, "most": host.most}
        return None

    def _counted(self, key: str, row: Row, seats: list[Row]) -> Row:
        if any(seat["enough"] for seat in seats):
            best = max(seats, key=lambda seat: (seat["enough"], seat["left_workers"], seat["workers"]))
            return {"code": "R2", "seats": len(seats), "shown": not self._open(key, row, seats), **best}
        best = max(seats, key=lambda seat: (seat["workers"], seat["units"]))
        across = [seat for where in self._of(row) for seat in self._at(key, where[:2])]
        across += self._around(key, None)
        if any(seat["enough"] for seat in across):
            most = max(across, key=lambda seat: (seat["enough"], seat["workers"], seat["units"]))
            same = next((seat for seat in seats if seat["place_id"] == most["place_id"]), best)
            figures = {"across_workers": most["workers"], "across_firms": most["firms"]}
            return {"code": "R3", "seats": len(seats), **same, **figures}
        return {"code": "R1", "seats": len(seats), **best}

    def _open(self, key: str, row: Row, seats: list[Row]) -> bool:
        """Whether those left over at any seat could still make a group."""
        streets = [(place, where) for kind, place, where in self._of(row) if kind == "street"]
        free = any(self._free_piece(key, place, where) for place, where in streets)
        return free or any(seat["open"] for seat in seats if seat["kind"] != "street")

    def _around(self, key: str, town: str | None) -> list[Row]:
        """Seats at the addresses in reach of a firm, each with all who reach it; within a town unless it is None."""
        row = self.rows[key]
        if row["x"] is None:
            return []
        near = [each for each in self._within(row) if town is None or self.rows[each]["town"] == town]
        found = []
        for spot in {(self.rows[each]["x"], self.rows[each]["y"]): each for each in near}.values():
            there = [each for each in self._within(self.rows[spot]) if town is None or self.rows[each]["town"] == town]
            found.append(self._told("community", spot, there))
        return found

    def _within(self, row: Row) -> list[str]:
        off = (self.points[:, 0] - row["x"]) ** 2 + (self.points[:, 1] - row["y"]) ** 2
        return [self.spots[at] for at in np.flatnonzero(off <= self.options.reach_m**2).tolist()]

    def _of(self, row: Row) -> list[tuple[str, str, str]]:
        """Seats that a firm may use: kind, place, jurisdiction."""
        found = [(kind, row[kind], row["county"]) for kind in TOGETHER if row[kind] is not None]
        if row["street"] is not None and row["chainage_m"] is not None:
            found.append(("street", row["street"], row["row"]))
        return found

    def _at(self, key: str, where: tuple[str, ...]) -> list[Row]:
        """Seats of a firm at a place, of all who are there: the place itself, along a street each address in reach."""
        kind, place = where[:2]
        if kind != "street":
            return [self._told(kind, place, self.at[where])]
        run, half = self._run(key, where), self.options.street_span_m // 2
        at = [self.rows[each]["chainage_m"] for each in run]
        spots = sorted({spot for spot in at if abs(spot - self.rows[key]["chainage_m"]) <= half})
        ends = [(bisect_left(at, spot - half), bisect_right(at, spot + half)) for spot in spots]
        return [self._told(kind, place, run[first:end]) for first, end in ends]

    def _run(self, key: str, where: tuple[str, ...]) -> list[str]:
        """The firms along a street that no gap parts from a firm, in their order; each street is cut once."""
        if where not in self._cut:
            cut = runs(self._lying(self.at[where]), self._gap)
            self._cut[where] = {each: run for run in cut for each in run}
        return self._cut[where][key]

    def _told(self, kind: str, place: str, there: list[str]) -> Row:
        """What a certificate says of a seat: all who could sit there, and those who are in no group."""
        left = [each for each in there if self.rows[each]["group_id"] is None]
        rest = self._sums(left)
        return {
            "kind": kind, "place_id": place, **self._sums(there), "grouped": len(there) - len(left),
            "left_workers": rest["workers"], "left_firms": rest["firms"], "left_units": rest["units"],
            "open": rest["enough"],
        }  # fmt: skip

    def _sums(self, keys: Collection[str]) -> Row:
        workers, units = sum(self.rows[key]["workers"] for key in keys), len({self.rows[key]["unit"] for key in keys})
        enough = workers >= self.options.min_workers and units >= self.options.min_firms
        return {"workers": workers, "firms": len(keys), "units": units, "enough": enough}

    def _lying(self, keys: Collection[str]) -> list[str]:
        return sorted(keys, key=lambda each: (self.rows[each]["chainage_m"], each))

    def _gap(self, before: str, after: str) -> bool:
        return bool(self.rows[after]["chainage_m"] - self.rows[before]["chainage_m"] > self.options.street_gap_m)

    def _free_piece(self, key: str, place: str, where: str) -> bool:
        """Whether firms left over could make a piece with this one that nobody else stands in."""
        open_ = [each for each in self.at["street", place, where] if not _placed(self.rows[each]["group_id"])]
        taken = {each for each in open_ if self.rows[each]["group_id"] is not None}
        rows = runs(self._lying(open_), lambda before, after: bool({before, after} & taken) or self._gap(before, after))
        mine = next((row for row in rows if key in row and key not in taken), [])
        for first, start in enumerate(mine):
            end = self.rows[start]["chainage_m"] + self.options.street_span_m
            piece = [each for each in mine[first:] if self.rows[each]["chainage_m"] <= end]
            if key in piece and self._sums(piece)["enough"]:
                return True
        return False


def _placed(group_id: Any) -> bool:
    """Whether a firm is in a group that takes it out of the street's row: one of a place, or an existing union."""
    return group_id is not None and str(group_id).partition("|")[0] not in ("street", "village", "community")
