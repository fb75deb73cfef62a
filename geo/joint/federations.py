"""Where a federation over existing unions may be offered (二次覆盖): places in which several unions stand side by side.

How many unions make one worth while is our own choice; the 2020 opinion says "several" (若干个). A federation does not
cover firms that have no union, and is never added to the joint unions that do.
"""

import pandas as pd

from geo.joint.options import JointOptions

KINDS = ("zone", "market", "building", "street")
"""Kinds of places that may have a federation, each a column of FIRMS."""

_COLUMNS = ["kind", "place_id", "county_code", "town_code", "unions", "own", "joint", "federated", "firms", "workers",
            "workers_unknown", "gap"]  # fmt: skip


def offers(firms: pd.DataFrame, unions: pd.DataFrame, *, options: JointOptions) -> pd.DataFrame:
    """Return the places with so many unions that no federation covers yet that one over them may be offered.

    Parameters
    ----------
    firms : FIRMS
    unions : SURVEYED_UNIONS
    options : ``federation_from``; 0 offers none

    Returns
    -------
    those with most unions first: kind, place_id, county_code and town_code (NA where its firms differ), unions (in
    force: own ones of firms there, and joint ones whose seat it is or of whose firms ``stay_share`` are there, as those
    of a whole town are not), own, joint, federated (of these, unions whose
    firms a federation covers already), firms and workers (of the firms there that these unions cover), workers_unknown,
    gap (firms there without a union: a matter for joint unions, not for the federation)
    """
    if not options.federation_from:
        return pd.DataFrame(columns=_COLUMNS)
    live = unions[unions["in_force"].astype(bool) & ~unions["kind"].isin(["federation", "project"])]
    tables = [_of_kind(kind, firms, live, options) for kind in KINDS]
    found = pd.concat(tables, ignore_index=True)
    found = found[found["unions"] - found["federated"] >= options.federation_from]
    order = ["unions", "workers", "kind", "place_id"]
    return found.sort_values(order, ascending=[False, False, True, True]).reset_index(drop=True)


def _of_kind(kind: str, firms: pd.DataFrame, unions: pd.DataFrame, options: JointOptions) -> pd.DataFrame:
    here = firms[firms[kind].notna()]
    covered = here[here["union_id"].isin(unions.index) & here["primary"].isin(["own", "joint"])]
    covered = covered[_belongs(covered, kind, firms, unions, options)]
    pairs = covered[[kind, "union_id"]].assign(federated=covered["secondary"].fillna(value=False).astype(bool))
    pairs = pairs.groupby([kind, "union_id"], observed=True)["federated"].any().reset_index()
    seated = unions[unions["place_id"].isin(set(here[kind]))]
    missing = [pair for pair in zip(seated["place_id"], seated.index, strict=True)
               if pair not in set(zip(pairs[kind], pairs["union_id"], strict=True))]  # fmt: skip
    more = pd.DataFrame(missing, columns=[kind, "union_id"]).assign(federated=False)
    pairs = pd.concat([pairs, more.astype(pairs.dtypes.to_dict())]) if len(more) else pairs
    own = pairs["union_id"].map(unions["kind"].eq("own").to_dict()).astype(bool)
    counted = pairs.assign(own=own).groupby(kind).agg(
        unions=("union_id", "size"), own=("own", "sum"), federated=("federated", "sum")
    )  # fmt: skip
    told = covered.groupby(kind, observed=True)["workers"].agg(firms="size", workers="sum", known="count")
    table = counted.join(told.reindex(counted.index).fillna(0).astype("int64"))
    where = here.groupby(kind, observed=True)[["county_code", "town_code"]].agg(_only)
    gap = here.groupby(kind, observed=True)["gap"].sum()
    table = table.join(where).assign(
        kind=kind, place_id=table.index, joint=table["unions"] - table["own"], gap=gap.reindex(table.index).astype(int),
        workers_unknown=table["firms"] - table["known"],
    )  # fmt: skip
    return table.reindex(columns=_COLUMNS)


def _belongs(
    covered: pd.DataFrame, column: str, firms: pd.DataFrame, unions: pd.DataFrame, options: JointOptions
) -> pd.Series:
    """Whether the union of each covered firm is one of the place, not of something wider."""
    keys = covered["union_id"].astype("object")
    held = firms["union_id"].astype("object").value_counts()
    share = covered.groupby([column, "union_id"], observed=True)["primary"].transform("size") / keys.map(held)
    seated = keys.map(unions["place_id"].astype("object").to_dict()).eq(covered[column].astype("object"))
    own = keys.map(unions["kind"].eq("own").to_dict()).astype(bool)
    return own | seated | (share >= options.stay_share)


def _only(values: pd.Series) -> str | None:
    known = values.dropna().unique()
    return str(known[0]) if len(known) == 1 else None
