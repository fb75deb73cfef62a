"""The existing joint unions as the second opinion reads them: who may still join one, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.joint.options import JointOptions
from geo.joint.streets import chainages


@dataclass(frozen=True)
class Host:
    """An existing joint union as the survey has it."""

    kind: str
    place: str
    county: str
    """Empty where nobody knows, as ``town``."""
    town: str
    held: int
    """Firms it covers by its own account or by ours, whichever are more, with those who join it now."""
    most: int

    @property
    def room(self) -> int:
        """Firms it may still take; below zero if it holds too many."""
        return self.most - self.held


def hosts(unions: pd.DataFrame, groups: pd.DataFrame, options: JointOptions) -> dict[str, Host]:
    """Return the joint unions in force that have a seat, by key in order.

    Parameters
    ----------
    unions : SURVEYED_UNIONS
    groups : GROUPS, whose firms that join a union are counted with it
    """
    sitting = unions[unions["in_force"].astype(bool) & unions["place_id"].notna()].sort_index()
    joining = groups[groups["kind"].eq("existing")].set_index("place_id")["firms"]
    found = {}
    for union in sitting.itertuples():
        place = str(union.place_id)
        kind = kind_of(place)
        county, town = ("" if pd.isna(code) else str(code) for code in (union.county_code, union.town_code))
        reported = 0 if pd.isna(union.covered_units) else int(union.covered_units)
        held = max(reported, int(union.covered_firms)) + int(joining.get(union.Index, 0))
        found[str(union.Index)] = Host(kind, place, county, town, held, options.most_in(kind))
    return found


def kind_of(place_id: str) -> str:
    """Return the kind of a seat by its key: that of a place, else town or village by the length of the code."""
    kind, sign, _rest = place_id.partition(":")
    if sign:
        return kind
    return "town" if len(place_id) == 9 else "village"


class Existing:
    """Existing joint unions, with the part of the street that each street union covers.

    Parameters
    ----------
    known : of ``hosts``
    firms : FIRMS on the streets in question
    places : PLACES, for the lines of streets
    """

    def __init__(
        self, known: dict[str, Host], firms: pd.DataFrame, places: gpd.GeoDataFrame, options: JointOptions
    ) -> None:
        self.hosts, self.options = known, options
        self.ends = _ends(firms, known, places, options)

    def admit(self, row: Mapping[str, Any], union: str) -> bool:
        """Whether a firm (a row of ``nearby.around``) lies where a union may take it in; its room is not asked."""
        host = self.hosts[union]
        if row[host.kind] != host.place or (host.county and row["county"] != host.county):
            return False
        if host.kind != "street":
            return True
        ends = self.ends.get(union)
        if ends is None or row["chainage_m"] is None or row["row"] != f"{host.county}/{host.town}":
            return False
        return max(ends[1], row["chainage_m"]) - min(ends[0], row["chainage_m"]) <= self.options.street_span_m

    def metres(self, row: Mapping[str, Any], union: str) -> int:
        """Metres along the street to the middle of what a street union covers, 0 for every other kind."""
        ends, at = self.ends.get(union), row["chainage_m"]
        if self.hosts[union].kind != "street" or ends is None or at is None:
            return 0
        return min(abs(at - sum(ends) // 2), max(1, self.options.street_span_m // 2))

    def last_resort(self, row: Mapping[str, Any]) -> bool:
        """Whether the union of a town, which comes last, could take a firm in."""
        return any(
            host.kind == "town" and host.room > 0 and self.admit(row, union) for union, host in self.hosts.items()
        )


def _ends(
    firms: pd.DataFrame, known: Mapping[str, Host], places: gpd.GeoDataFrame, options: JointOptions
) -> dict[str, tuple[int, int]]:
    """First and last place along the street of the firms that a street union covers."""
    if not len(firms):
        return {}
    at = chainages(firms, places, options=options)["chainage_m"]
    seat = firms["union_id"].map({union: host.place for union, host in known.items() if host.kind == "street"})
    mine = at[firms["street"].eq(seat.astype("string")).fillna(value=False) & at.notna()]
    ends = mine.groupby(firms.loc[mine.index, "union_id"]).agg(["min", "max"])
    return {str(union): (int(row["min"]), int(row["max"])) for union, row in ends.iterrows()}
