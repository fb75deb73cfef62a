"""First joint unions for the firms that are too small for their own: seats, engine, check and reasons in one call."""

from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import AtlasError
from geo.frames import GROUPINGS, GROUPS
from geo.joint import check, engine, reasons, seats, streets
from geo.joint.asked import Asked, Proof
from geo.joint.engine import Draft
from geo.joint.existing import existing
from geo.joint.options import JointOptions

EXCLUDED = "R8"
"""Why a firm is left over: a person took it out."""


_ADDRESSED = ("building", "market", "street", "village_code", "town_code")
"""Columns of FIRMS that can name an address, the finest first."""


class Suggested(NamedTuple):
    """What ``suggest`` returns."""

    groups: pd.DataFrame
    groupings: pd.DataFrame
    seats: pd.Series
    proof: tuple[Proof, ...] = ()
    """How good the model's answer for each county is; empty where one kind was served after another."""


def suggest(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    *,
    places: gpd.GeoDataFrame,
    divisions: pd.DataFrame,
    options: JointOptions,
    asked: Asked | None = None,
    hosts: pd.DataFrame | None = None,
) -> Suggested:
    """Suggest joint unions, and firms that an existing joint union can take in.

    Parameters
    ----------
    firms : FIRMS; the grouping columns are not read. With the columns of ``laid_out`` those are taken as they are.
    unions : SURVEYED_UNIONS
    places : PLACES, for the lines of streets and for names
    divisions : DIVISIONS, for the names of villages
    options : thresholds
    asked : what a person settled, and the groups there were before; one kind after another takes no notice of it
    hosts : ``existing`` of these firms and unions, where it is known already

    Returns
    -------
    groups : GROUPS, those first that reach most workers, unknown counts at the assumed number
    groupings : GROUPINGS, one row per candidate (an uncovered firm below the size for its own union), by key
        Grouped and left over together are all candidates; what is no candidate has no row.
    seats : place, village or town that each existing joint union sits in, by union key, NA if unknown
    A suggestion is advice: it counts nobody as covered, and the higher union and the workers decide.
    """
    lying = laid_out(firms, places, options=options)
    out = asked.wishes.exclude if asked is not None else frozenset()
    pool = seats.candidates(lying, options=options)
    if hosts is None:
        hosts = existing(lying, unions, places=places, divisions=divisions, options=options)
    kept = pool[~pool.index.isin(out)]
    proof: tuple[Proof, ...] = ()
    if options.compete:
        from geo.joint.together import group_together  # with the compiler of loops

        drafts, proof = group_together(kept, hosts, options=options, asked=asked)
    else:
        drafts = engine.group(kept, hosts, options=options)
    evidence = check.Evidence(lying, [key for draft in drafts for key in draft.members])
    facts = check.check(drafts, evidence, unions=hosts, options=options)
    left = reasons.left_over(kept, drafts, unions=hosts, options=options)
    names = pd.concat([places["name"], divisions["name"], unions["name"]])
    names = _with_addresses(names, drafts, lying)
    groups = _groups(drafts, facts, hosts=hosts, names=names, options=options)
    groups[["lon", "lat"]] = _centres(firms, drafts).reindex(groups.index)
    because = left.reindex(pool.index).mask(pool.index.isin(out), EXCLUDED)
    return Suggested(groups, _groupings(drafts, because, pool), hosts["seat"], proof)


def laid_out(firms: pd.DataFrame, places: gpd.GeoDataFrame, *, options: JointOptions) -> pd.DataFrame:
    """Return FIRMS with what joint unions of some of them are measured by: chainages, and the scale of the whole."""
    if "chainage_m" in firms:
        return firms
    return firms.join(streets.chainages(firms, places, options=options)).assign(east=seats.scale(firms))


def _with_addresses(names: pd.Series, drafts: Sequence[Draft], firms: pd.DataFrame) -> pd.Series:
    """Add what the addresses are called that unions are founded around: street and number of a member there."""
    found = {}
    around = [draft for draft in drafts if draft.kind == "community"]
    table = firms.loc[[key for draft in around for key in draft.members], ["lon", "lat", "house_no", *_ADDRESSED]]
    for draft in around:
        lon, lat = (float(part) for part in draft.seat.split(","))
        rows = table.loc[list(draft.members)]
        off = np.hypot(rows["lon"] - lon, rows["lat"] - lat)
        row = rows.loc[off[off <= off.min() + 1e-5].sort_index().index[0]]
        found[draft.seat] = _address(row, names)
    return pd.concat([names, pd.Series(found, dtype="object")])


def _address(firm: pd.Series, names: pd.Series) -> str:
    number = "" if pd.isna(firm["house_no"]) else str(firm["house_no"])
    for kind in _ADDRESSED:
        if not pd.isna(firm[kind]):
            name = str(names.get(firm[kind], str(firm[kind]).rsplit(":", 1)[-1]))
            return f"{name}{number}号" if kind == "street" and number.isdigit() else name
    return ""


def _groupings(drafts: Sequence[Draft], because: pd.Series, pool: pd.DataFrame) -> pd.DataFrame:
    member_of = {key: draft.group_id for draft in drafts for key in draft.members}
    table = pd.DataFrame({"group_id": pool.index.map(member_of), "left_because": because})
    table.index = pool.index
    if not (table["group_id"].isna() ^ table["left_because"].isna()).all():
        raise AtlasError("a candidate is neither grouped nor left over, or both", code="COUNT")
    return GROUPINGS.conform(table)


def _centres(firms: pd.DataFrame, drafts: Sequence[Draft]) -> pd.DataFrame:
    """Median position of the members that have one; not a place to put a pin of a building."""
    member_of = {key: draft.group_id for draft in drafts for key in draft.members}
    members = firms.loc[list(member_of), ["lon", "lat"]]
    return members.groupby(list(member_of.values())).median()


def _groups(
    drafts: Sequence[Draft],
    facts: Sequence[check.Facts],
    *,
    hosts: pd.DataFrame,
    names: pd.Series,
    options: JointOptions,
) -> pd.DataFrame:
    rows = {
        draft.group_id: {
            "kind": draft.kind,
            "place_id": draft.seat,
            "name": names.get(draft.seat, draft.seat.rsplit(":", 1)[-1]),
            "county_code": known.counties[0] if len(known.counties) == 1 else None,
            "town_code": known.towns[0] if len(known.towns) == 1 else None,
            "firms": known.firms,
            "workers": known.workers,
            "workers_unknown": known.unknown,
            "chainage_from_m": known.from_m,
            "chainage_to_m": known.to_m,
            "reasons": reasons.of_group(draft, known, hosts=hosts, options=options),
            "cautions": reasons.cautions(draft, known, options=options),
        }
        for draft, known in zip(drafts, facts, strict=True)
    }
    if not rows:
        return GROUPS.empty()
    table = GROUPS.conform(pd.DataFrame.from_dict(rows, orient="index"))
    reached = table["workers"] + table["workers_unknown"] * options.workers_if_unknown
    ranked = table.assign(reached=reached, key=table.index)
    ranked = ranked.sort_values(["reached", "firms", "key"], ascending=[False, False, True])
    return table.loc[ranked.index]
