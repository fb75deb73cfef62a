"""Who may be grouped, where a joint union can sit, and which existing ones have room."""

from collections import Counter

import geopandas as gpd
import pandas as pd

from geo.joint.options import JointOptions

PLACE_KINDS = ("building", "market", "zone", "village")
"""Kinds of seats where being in the same place is enough."""

_UNION_SEATS = {"building": "building", "market": "market", "street": "street", "park": "zone", "village": "village"}


def candidates(firms: pd.DataFrame, along: pd.DataFrame, *, options: JointOptions) -> pd.DataFrame:
    """Firms that a joint union may take in, in canonical order (by key), whatever the order of the input.

    A candidate is a gap, below the size that calls for an own union. ``workers`` are counts, or the assumed number
    where there is no count (``known`` False).

    Parameters
    ----------
    firms : FIRMS
    along : ``streets.chainages`` of all firms
    options : the number assumed

    Returns
    -------
    by enterprise key: workers, known, unit (what counts as one employer), county, town, building, market, zone, street,
    village, chainage_m, chainage_by, rank (order within a place: town, village, street, number, block, floor, room,
    key)
    """
    chosen = firms[firms["gap"].fillna(False).astype(bool) & firms["size_class"].isin(["under_25", "unknown"])]
    chosen = chosen[~chosen["path"].isin(["own_must", "own_promote"])].sort_index()
    table = pd.DataFrame(index=chosen.index)
    table["known"] = chosen["workers"].notna()
    table["workers"] = chosen["workers"].fillna(options.workers_if_unknown).astype("int64")
    org_code = chosen["org_code"].fillna(chosen["uscc"].str[8:17])
    table["unit"] = org_code.fillna(chosen.index.to_series().astype("string"))
    table["county"] = _filled(chosen["county_code"], chosen["building"].fillna(chosen["market"]))
    table["town"] = _filled(chosen["town_code"], chosen["building"].fillna(chosen["market"]).fillna(chosen["street"]))
    for kind in ("building", "market", "zone", "street"):
        table[kind] = chosen[kind]
    table["village"] = chosen["village_code"]
    table[["chainage_m", "chainage_by"]] = along.loc[chosen.index]
    table["rank"] = _rank(chosen)
    return table


def existing(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    places: gpd.GeoDataFrame,
    *,
    along: pd.DataFrame,
    options: JointOptions,
) -> pd.DataFrame:
    """Joint unions in force with their seat and room.

    The seat is the place the union names, if a place of that kind in its county bears exactly that name, else the place
    that most of its firms share.

    Parameters
    ----------
    firms : FIRMS, all of them
    unions : SURVEYED_UNIONS
    places : PLACES
    along : ``streets.chainages`` of all firms

    Returns
    -------
    by union key, sorted: kind (column of the seat, NA if unknown), seat, county, town, spare (firms it can still take),
    firms (it covers already), from_m and to_m (ends of a street union, NA where no place on the street is known)
    """
    joint = unions[
        unions["in_force"].astype(bool) & ~unions["kind"].isin(["own", "federation", "project"])
    ].sort_index()
    kinds = joint["kind"].map(_UNION_SEATS)
    named = _named_seats(joint, kinds, places)
    shared = _shared_seats(firms, kinds, options)
    held = joint["covered_units"].fillna(0).clip(lower=joint["covered_firms"].fillna(0)).astype("int64")
    table = pd.DataFrame({"kind": kinds, "seat": named}, index=joint.index).astype("string")
    table["kind"] = table["kind"].where(named.notna()).fillna(shared["kind"].reindex(joint.index))
    table["seat"] = table["seat"].fillna(shared["seat"].reindex(joint.index))
    table["county"], table["town"], table["firms"] = joint["county_code"], joint["town_code"], held
    most = (
        table["kind"]
        .isin(["building", "market", "zone"])
        .map({True: options.max_firms_in_place, False: options.max_firms})
    )
    table["spare"] = (most - held).clip(lower=0).astype("int64")
    table[["from_m", "to_m"]] = _ends(firms, table, along)
    return table


def _ends(firms: pd.DataFrame, seats: pd.DataFrame, along: pd.DataFrame) -> pd.DataFrame:
    """First and last chainage of the covered firms that lie on the street of their union."""
    on_it = firms["union_id"].notna() & firms["street"].eq(firms["union_id"].map(seats["seat"])).fillna(False)
    grouped = along["chainage_m"][on_it].groupby(firms["union_id"][on_it])
    return pd.DataFrame({"from_m": grouped.min(), "to_m": grouped.max()}).reindex(seats.index).astype("Int64")


def _filled(values: pd.Series, place: pd.Series) -> pd.Series:
    """Fill unknown values where all known ones of the same place agree."""
    known = pd.DataFrame({"value": values, "place": place}).dropna().drop_duplicates()
    single = known.drop_duplicates("place", keep=False).set_index("place")["value"]
    return values.fillna(place.map(single)).astype("string")


def _rank(firms: pd.DataFrame) -> pd.Series:
    """Order of the firms within any place."""
    numbers = {
        name: pd.to_numeric(firms[name].str.extract(r"(-?\d+)", expand=False), errors="coerce").astype("float64")
        for name in ("house_no", "unit", "floor", "room")
    }
    table = firms[["town_code", "village_code", "street"]].fillna("").assign(**numbers)
    table["text"] = firms["unit"].fillna("")
    order = ["town_code", "village_code", "street", "house_no", "unit", "text", "floor", "room"]
    ordered = table.sort_values(order, kind="stable", na_position="last")
    return pd.Series(range(len(ordered)), index=ordered.index, dtype="int64").reindex(firms.index)


def _named_seats(unions: pd.DataFrame, kinds: pd.Series, places: gpd.GeoDataFrame) -> pd.Series:
    table = places[["kind", "name", "county_code"]].reset_index(names="seat").dropna()
    table = table.drop_duplicates(["kind", "name", "county_code"], keep=False)
    wanted = pd.DataFrame(
        {"kind": kinds, "name": unions["place_name"], "county_code": unions["county_code"]}, index=unions.index
    )
    merged = wanted.reset_index(names="union_id").merge(table, on=["kind", "name", "county_code"], how="left")
    return merged.set_index("union_id")["seat"].reindex(unions.index).astype("string")


def _shared_seats(firms: pd.DataFrame, kinds: pd.Series, options: JointOptions) -> pd.DataFrame:
    """Find the place that ``stay_share`` of a union's firms, two or more, share; most specific kind first."""
    rows = {}
    covered = firms[firms["union_id"].isin(kinds.index)]
    for union, group in covered.groupby("union_id", sort=True):
        own = kinds.get(union)
        for kind in [own] if isinstance(own, str) else ["building", "market", "street", "zone", "village"]:
            found = Counter(group["village_code" if kind == "village" else kind].dropna())
            seat = min(found, key=lambda key: (-found[key], key), default=None)
            if seat is not None and found[seat] >= max(2, options.stay_share * len(group)):
                rows[union] = (kind, seat)
                break
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["kind", "seat"])
    return table.astype("string")
