"""Existing joint unions that firms may join: where each one sits, and how much room it has."""

import geopandas as gpd
import pandas as pd

from geo.joint.options import WIDE, JointOptions

_SEATS = {"building": "building", "market": "market", "street": "street", "park": "zone", "village": "village"}
_COLUMNS = {"building": "building", "market": "market", "street": "street", "zone": "zone", "village": "village_code"}
_COLUMNS |= {"town": "town_code"}


def existing(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    *,
    places: gpd.GeoDataFrame,
    divisions: pd.DataFrame,
    options: JointOptions,
) -> pd.DataFrame:
    """Find the seat and the room of every joint union in force.

    The seat is the place the union names, if exactly one place of that kind in its county bears that name, else the
    place that most of its firms share. A joint union of no particular place whose firms share a town sits in that
    town.

    Parameters
    ----------
    firms : FIRMS, all of them, with the columns of ``streets.chainages``
    unions : SURVEYED_UNIONS
    places : PLACES
    divisions : DIVISIONS, for the names of villages

    Returns
    -------
    by union key, sorted: kind (building · market · zone · street · village · town, NA if unknown), seat, county, town,
    firms (it covers already: the greater of the next two), reported (units by its own account, NA if it gives none),
    checked (firms linked to it that count by it), spare (it can still take), from_m and to_m (ends of a street union,
    NA where no place on the street is known)
    """
    in_force = unions["in_force"].astype(bool)
    joint = unions[in_force & ~unions["kind"].isin(["own", "federation", "project"])].sort_index()
    kinds = joint["kind"].map(_SEATS).astype("string")
    named = _named(joint, kinds, pd.concat([_of_places(places), _of_villages(divisions)]))
    shared = _shared(firms, kinds, options)
    table = pd.DataFrame({"kind": kinds.where(named.notna()), "seat": named}, index=joint.index).astype("string")
    for name in ("kind", "seat"):
        table[name] = table[name].fillna(shared[name].reindex(joint.index))
    table["county"], table["town"] = joint["county_code"], joint["town_code"]
    table["reported"], table["checked"] = joint["covered_units"], joint["covered_firms"].fillna(0)
    held = table["reported"].fillna(0).clip(lower=table["checked"]).astype("int64")
    most = table["kind"].isin(WIDE).map({True: options.max_firms_in_place, False: options.max_firms})
    table["firms"], table["spare"] = held, (most - held).clip(lower=0).astype("int64")
    table[["from_m", "to_m"]] = _ends(firms, table)
    return table


def _of_places(places: gpd.GeoDataFrame) -> pd.DataFrame:
    table = places[["kind", "name", "county_code"]].reset_index(names="seat")
    return table.rename(columns={"county_code": "county"})


def _of_villages(divisions: pd.DataFrame) -> pd.DataFrame:
    """Villages in force by their bare name (林庙 of 林庙村委会), with the county that their parents lead to."""
    villages = divisions[divisions["level"].eq("village") & divisions["valid_to"].isna()]
    county = villages["parent"].map(divisions["parent"])
    return pd.DataFrame({"seat": villages.index, "kind": "village", "name": _bare(villages["name"]), "county": county})


def _bare(names: pd.Series) -> pd.Series:
    """Names without what only says that it is a village or a community."""
    body = names.str.replace(r"(?:居民委员会|村民委员会|居委会|村委会|委员会)$", "", regex=True)
    bare = body.str.replace(r"(?:社区|村)$", "", regex=True)
    return bare.where(bare.str.len() > 1, body)


def _named(unions: pd.DataFrame, kinds: pd.Series, table: pd.DataFrame) -> pd.Series:
    """The only place of the union's kind and county that bears the name it gives."""
    single = table.dropna().drop_duplicates(["kind", "name", "county"], keep=False)
    name = unions["place_name"].where(kinds.ne("village"), _bare(unions["place_name"]))
    wanted = pd.DataFrame({"kind": kinds, "name": name, "county": unions["county_code"]}, index=unions.index)
    merged = wanted.reset_index(names="union_id").merge(single, on=["kind", "name", "county"], how="left")
    return merged.set_index("union_id")["seat"].reindex(unions.index).astype("string")


def _shared(firms: pd.DataFrame, kinds: pd.Series, options: JointOptions) -> pd.DataFrame:
    """Find the place that ``stay_share`` of a union's firms, two or more, share; most specific kind first.

    Of a union that names its kind, only the firms count whose place of that kind is known.
    """
    covered = firms.loc[firms["union_id"].isin(kinds.index), ["union_id", *_COLUMNS.values()]]
    own = covered["union_id"].map(kinds)
    held = covered.groupby("union_id").size()
    found = []
    for kind, column in _COLUMNS.items():
        here = covered[covered[column].notna() & (own.isna() | own.eq(kind).fillna(False))]
        sizes = here.groupby(["union_id", column]).size().rename("n").reset_index()
        sizes = sizes.sort_values(["union_id", "n", column], ascending=[True, False, True])
        best = sizes.drop_duplicates("union_id").set_index("union_id")
        known = here.groupby("union_id").size()
        counted = known.where(kinds.reindex(known.index).notna(), held.reindex(known.index))
        enough = best["n"] >= (options.stay_share * counted.reindex(best.index)).clip(lower=2)
        found.append(pd.DataFrame({"kind": kind, "seat": best[column][enough]}))
    table = pd.concat(found).astype("string")
    return table[~table.index.duplicated()]


def _ends(firms: pd.DataFrame, seats: pd.DataFrame) -> pd.DataFrame:
    """First and last chainage of the covered firms that lie on the street of their union."""
    lying = firms[firms["union_id"].notna() & firms["street"].notna() & firms["chainage_m"].notna()]
    lying = lying[lying["street"].eq(lying["union_id"].map(seats["seat"].astype("object"))).fillna(False).astype(bool)]
    grouped = lying.groupby("union_id")["chainage_m"]
    return pd.DataFrame({"from_m": grouped.min(), "to_m": grouped.max()}).reindex(seats.index).astype("Int64")
