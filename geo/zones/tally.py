"""Firms and unions of each zone of a plan, counted as the next survey will count them.

Membership is that of ``geo.places.assign``: a zone that the address names stands, wherever the outline runs; otherwise
a firm with a position of level building, number or market lies in the smallest outline around it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.coverage.figures import UNLOCATED, UNPLACED, named_seats
from geo.places import EXACT_LEVELS, told_by_outline
from geo.zones.plan import Plan

COLUMNS = (
    "firms", "eligible", "covered", "gap", "gap_under_25", "under_25", "workers", "workers_unknown", "unlocated",
    "coarse",
)  # fmt: skip
"""Counts of ``tally`` before ``unions`` and ``rate``."""


@dataclass(frozen=True, eq=False)
class Members:
    """The zone of each firm under a plan: ``number`` into ``names``, which are sorted, ``UNPLACED`` last.

    ``seat`` is the number of the zone that each union names as its own, the last one for none that is there.
    """

    number: NDArray[np.int64]
    names: list[str]
    seat: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ground:
    """Firms and unions made ready for many tallies: arrays in the order of the firms."""

    index: pd.Index
    named: NDArray[np.int64]
    """Number of the zone that the address names, -1 for none."""
    names: tuple[str, ...]
    """Keys of the zones that addresses name."""
    exact: NDArray[np.int64]
    """Rows of the firms that an outline can tell a zone of."""
    points: shapely.STRtree
    """Their positions, in a tree."""
    counts: NDArray[np.int64]
    """``COLUMNS`` by firm."""
    firms: pd.DataFrame
    unions: pd.DataFrame
    counties: NDArray[np.object_]
    """Code of the county of each firm, "" where it is not known."""

    @classmethod
    def of(cls, firms: pd.DataFrame, unions: pd.DataFrame) -> "Ground":
        """Make FIRMS and SURVEYED_UNIONS of one survey ready."""
        exact = (firms["level"].isin(EXACT_LEVELS) & firms["lon"].notna() & firms["lat"].notna()).to_numpy()
        rows = np.flatnonzero(exact)
        named, names = pd.factorize(firms["zone"].astype("object").mask(told_by_outline(firms, "zone")))
        points = shapely.STRtree(shapely.points(firms[["lon", "lat"]].to_numpy(dtype="float64")[rows]))
        kept, told = _facts(firms, unions)
        counties = firms["county_code"].astype("object").fillna("").to_numpy()
        return cls(
            firms.index, named, tuple(map(str, names)), rows, points, _counts(firms, exact), kept, told, counties
        )

    def count(self, column: str, county: str | None) -> int:
        """Return a count of ``COLUMNS`` over the firms of a county, None for all."""
        column_ = self.counts[:, COLUMNS.index(column)]
        return int(column_.sum() if county is None else column_[self.counties == county].sum())

    def members(
        self, plan: Plan, *, others: gpd.GeoDataFrame | None = None, renamed: Mapping[str, str | None] | None = None
    ) -> Members:
        """Return the zone of each firm under a plan.

        Parameters
        ----------
        others : PLACES; its zones outside the plan (other levels, other counties) hold firms too
        renamed : by former key, the key that an address naming it will mean (after a merge), None if none any more
        """
        keys, shapes = _all_shapes(plan, others)
        meant = [(renamed or {}).get(name, name) for name in self.names]
        names = sorted({*plan, *keys, *(name for name in meant if name)})
        number = {name: k for k, name in enumerate(names)}
        nowhere = len(names)
        told = [number[name] if name else nowhere for name in meant]
        result = np.array([*told, nowhere], dtype="int64")[self.named]
        if len(shapes) and len(self.exact):
            self._fill(result, np.array([number[key] for key in keys]), shapes, nowhere)
        there = {
            **{key: number[key] for key in (*plan, *keys)},
            **{old: number[new] for old, new in (renamed or {}).items() if new in plan},
        }
        seat = self.unions["seat"].map(there).fillna(nowhere).to_numpy(dtype="int64")
        return Members(result, [*names, UNPLACED], seat)

    def _fill(self, result: NDArray[np.int64], keys: NDArray[np.int64], shapes: Any, nowhere: int) -> None:
        """Give each firm that no address tells the smallest outline around it, of two alike the first by key."""
        shape, at = self.points.query(shapes, predicate="intersects")
        open_ = result[self.exact[at]] == nowhere
        shape, at = shape[open_], at[open_]
        order = np.lexsort((keys[shape], shapely.area(shapes)[shape], at))
        at, shape = at[order], shape[order]
        first = np.ones(len(at), dtype=bool)
        first[1:] = at[1:] != at[:-1]
        result[self.exact[at[first]]] = keys[shape[first]]


def tally(
    plan: Plan,
    firms: pd.DataFrame | Ground,
    unions: pd.DataFrame | None = None,
    *,
    others: gpd.GeoDataFrame | None = None,
    renamed: Mapping[str, str | None] | None = None,
    county: str | None = None,
) -> pd.DataFrame:
    """Count firms and unions by zone of a plan.

    Parameters
    ----------
    firms : FIRMS, or a ``Ground`` made of them once, which saves most of the time while drawing
    unions : SURVEYED_UNIONS of the same survey; not needed with a ``Ground``
    others, renamed : see ``Ground.members``
    county : of the firms and unions in no zone, only those of this county are counted; None for all

    Returns
    -------
    frame by place key, every zone of the plan in its order and ``UNPLACED`` last (firms in no zone of the plan nor of
    ``others``, and unions that are counted in none): ``firms``, ``eligible`` (the denominator), ``covered``, ``gap``,
    ``gap_under_25``, ``under_25``, ``workers`` (known counts of eligible firms), ``workers_unknown``, ``unlocated``
    (eligible firms known to no town or finer, as everywhere in the atlas), ``coarse`` (eligible firms without a
    position at a door, the unlocated among them: they count by the name in their address, or in no zone), ``unions``
    (in force, no federations), ``rate`` (covered by eligible, NaN without any).
    """
    ground = firms if isinstance(firms, Ground) else Ground.of(firms, _needed(unions))
    members = ground.members(plan, others=others, renamed=renamed)
    numbers, names, width = members.number, members.names, len(members.names)
    ours = (numbers != width - 1) | (county is None or ground.counties == county)
    counts = [np.bincount(numbers[ours], ground.counts[ours, k], minlength=width) for k in range(len(COLUMNS))]
    table = pd.DataFrame(np.stack(counts, axis=1).astype("int64"), index=pd.Index(names, name="zone"), columns=COLUMNS)
    places = _union_numbers(ground, members)
    basic = ground.unions["basic"].to_numpy() & ((places != width - 1) | (county is None or _at(ground, county)))
    table["unions"] = np.bincount(places[basic], minlength=width)
    table["rate"] = table["covered"] / table["eligible"].where(table["eligible"] > 0).astype("float64")
    return table.loc[[*plan, UNPLACED]]


def moves(
    before: Plan,
    after: Plan,
    firms: pd.DataFrame | Ground,
    unions: pd.DataFrame | None = None,
    *,
    others: gpd.GeoDataFrame | None = None,
    renamed: Mapping[str, str | None] | None = None,
) -> pd.DataFrame:
    """Return the firms and unions that change zone between two plans, for the impact statement.

    Returns
    -------
    frame by key of enterprise or union, firms first, in the order of the survey: ``kind`` (firm · union), ``from`` and
    ``to`` (place keys, NA for none), ``eligible``, ``covered`` (firms; NA for unions), ``workers`` (NA if unknown).
    ``because`` of unions: host (the firm it belongs to moves) · firms (most of those it covers are elsewhere now, so
    it may leave a zone whose land does not change, or come into one); NA for firms. A firm whose address names its
    zone moves only if that zone is renamed.
    """
    ground = firms if isinstance(firms, Ground) else Ground.of(firms, _needed(unions))
    members = [ground.members(before, others=others), ground.members(after, others=others, renamed=renamed)]
    names = [*sorted({name for each in members for name in each.names[:-1]}), UNPLACED]
    number = {name: k for k, name in enumerate(names)}
    anew = [np.array([number[name] for name in each.names]) for each in members]
    numbered = [new[each.number] for new, each in zip(anew, members, strict=True)]
    rows = np.flatnonzero(numbered[0] != numbered[1])
    chosen = ground.firms.iloc[rows]
    moved = [_moved(ground.index[rows], "firm", names, *(each[rows] for each in numbered))]
    moved[0] = moved[0].assign(eligible=chosen["eligible"], covered=chosen["covered"], workers=chosen["workers"])
    places = [new[_union_numbers(ground, each)] for new, each in zip(anew, members, strict=True)]
    rows = np.flatnonzero((places[0] != places[1]) & ground.unions["basic"].to_numpy())
    hosted = ground.unions["host"].to_numpy()[rows] >= 0
    moved.append(_moved(ground.unions.index[rows], "union", names, *(each[rows] for each in places)))
    moved[1] = moved[1].assign(because=np.where(hosted, "host", "firms"))
    table = pd.concat(
        [part.reindex(columns=_MOVED) for part in moved if len(part)] or [moved[0].reindex(columns=_MOVED)]
    )
    types = {"kind": "string", "from": "string", "to": "string", "eligible": "boolean", "covered": "boolean"}
    types["because"] = "string"
    return table.astype(types | {"workers": "Int64"}).rename_axis("key")


_MOVED = ("kind", "from", "to", "eligible", "covered", "workers", "because")


def _moved(keys: pd.Index, kind: str, names: list[str], before: Any, after: Any) -> pd.DataFrame:
    told = np.array([name or None for name in names], dtype=object)
    return pd.DataFrame({"kind": kind, "from": told[before], "to": told[after]}, index=keys)


def _needed(unions: pd.DataFrame | None) -> pd.DataFrame:
    if unions is None:
        raise TypeError("unions are needed beside a frame of firms")
    return unions


def _counts(firms: pd.DataFrame, exact: NDArray[np.bool_]) -> NDArray[np.int64]:
    eligible, covered = (firms[name].fillna(value=False).to_numpy(dtype=bool) for name in ("eligible", "covered"))
    gap, small = firms["gap"].fillna(value=False).to_numpy(dtype=bool), firms["size_class"].eq("under_25")
    small_ = small.fillna(value=False).to_numpy(dtype=bool)
    unknown = firms["workers"].isna().to_numpy()
    workers = firms["workers"].fillna(0).to_numpy(dtype="int64")
    facts = {
        "firms": np.ones(len(firms), dtype="int64"),
        "eligible": eligible,
        "covered": eligible & covered,
        "gap": gap,
        "gap_under_25": gap & small_,
        "under_25": eligible & small_,
        "workers": np.where(eligible, workers, 0),
        "workers_unknown": eligible & unknown,
        "unlocated": eligible & firms["level"].isin(UNLOCATED).to_numpy(dtype=bool),
        "coarse": eligible & ~exact,
    }
    return np.stack([np.asarray(facts[name], dtype="int64") for name in COLUMNS], axis=1)


def _facts(firms: pd.DataFrame, unions: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what tallies need of FIRMS (with ``union``: row of the union, -1 for none) and of SURVEYED_UNIONS.

    ``host`` of a union is the row of its enterprise, -1 for none; ``seat`` the zone that it names as its own;
    ``basic``: in force and no federation.
    """
    union = unions.index.get_indexer(firms["union_id"].astype("object"))
    kept = firms[["eligible", "covered", "workers"]].assign(union=union)
    in_force = unions["in_force"].fillna(value=False).astype(bool)
    host = firms.index.get_indexer(unions["host_id"].astype("object"))
    told = {"basic": in_force & unions["kind"].ne("federation"), "host": host, "seat": named_seats(unions, "zone")}
    return kept, pd.DataFrame(told | {"county": unions["county_code"]}, index=unions.index)


def _at(ground: Ground, county: str) -> NDArray[np.bool_]:
    return np.asarray(ground.unions["county"].eq(county).fillna(False), dtype=bool)


def _union_numbers(ground: Ground, members: Members) -> NDArray[np.int64]:
    """The zone each union is counted in, by number; the same rule as ``geo.coverage.figures.union_places``."""
    numbers, width = members.number, len(members.names)
    union, host = ground.firms["union"].to_numpy(), ground.unions["host"].to_numpy()
    nowhere = width - 1
    rank = np.where(numbers == nowhere, 0, numbers + 1)  # of as many firms the smallest key, and none before all
    covered = union >= 0
    pairs, sizes = np.unique(union[covered].astype("int64") * width + rank[covered], return_counts=True)
    result = np.full(len(ground.unions), nowhere, dtype="int64")
    order = np.lexsort((-(pairs % width), sizes, pairs // width))  # the last written wins
    result[pairs[order] // width] = (pairs[order] % width - 1) % width
    hosted = np.where(host >= 0, numbers[host], nowhere) if len(numbers) else np.full(len(host), nowhere)
    return np.where(hosted != nowhere, hosted, np.where(members.seat != nowhere, members.seat, result))


def _all_shapes(plan: Plan, others: gpd.GeoDataFrame | None) -> tuple[list[str], NDArray[np.object_]]:
    """Keys and outlines, in degrees, of the plan's zones and of other zones."""
    keys, shapes = list(plan.drawn), plan.degrees
    if others is None or not len(others):
        return keys, shapes
    there = others["kind"].eq("zone") & ~others.index.isin(list(plan)) & others.geometry.notna()
    there &= others.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    rest = others[there]
    return [*keys, *rest.index], np.concatenate([shapes, np.asarray(rest.geometry.array, dtype=object)])
