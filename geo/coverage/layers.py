"""The two layers: the one union a firm counts by, and the federations over it. They are never added together."""

from collections.abc import Iterable
from datetime import date

import pandas as pd


def standing(links: pd.DataFrame, *, on: date, in_force: pd.Index) -> pd.DataFrame:
    """Links that count on the day: sure, within their dates, of a union in force, to somebody known."""
    day = pd.Timestamp(on)
    begun, over = ~(links["from_on"] > day), links["to_on"] < day
    keep = links["status"].eq("auto") & links["member_id"].notna() & links["union_id"].isin(in_force) & begun & ~over
    return links[keep.fillna(False)]


def claims(links: pd.DataFrame, unions: pd.DataFrame) -> pd.DataFrame:
    """Every claim of a basic-level union on an enterprise, one row each, the one that counts first.

    Own wins over joint, then the earlier approval, then the smaller key. Columns: member_id, union_id, form (own ·
    joint).
    """
    basic = links[links["member_kind"].eq("enterprise") & links["role"].isin(["host", "covered"])]
    table = basic[["member_id", "union_id", "role"]].drop_duplicates(["member_id", "union_id"])
    known = unions[["kind", "approved_on"]].reindex(table["union_id"])
    kind, approved = (known[name].set_axis(table.index) for name in ("kind", "approved_on"))
    table = table[kind.ne("federation")]
    own = table["role"].eq("host") & kind.eq("own")
    table = table.assign(form=own.map({True: "own", False: "joint"}), later=(~own).astype(int), approved=approved)
    order = ["member_id", "later", "approved", "union_id"]
    return table.sort_values(order, na_position="last")[["member_id", "union_id", "form"]].reset_index(drop=True)


def federations(links: pd.DataFrame, unions: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The federations over each union, direct and through other federations, sorted; only unions that have any."""
    federated = links[links["member_kind"].eq("union") & links["union_id"].isin(_federations(unions))]
    above: dict[str, set[str]] = {}
    for member, union in zip(federated["member_id"], federated["union_id"], strict=True):
        above.setdefault(member, set()).add(union)
    return {member: tuple(sorted(_climb(member, above))) for member in above}


def listed_by_federation(links: pd.DataFrame, unions: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The federations that list an enterprise itself, sorted."""
    direct = links[links["member_kind"].eq("enterprise") & links["union_id"].isin(_federations(unions))]
    grouped = direct.groupby("member_id")["union_id"]
    return {member: tuple(sorted(set(keys))) for member, keys in grouped}


def merged(*parts: Iterable[str]) -> list[str]:
    """The sorted union of several lists of keys."""
    return sorted({key for part in parts for key in part})


def _federations(unions: pd.DataFrame) -> pd.Index:
    return unions.index[unions["kind"].eq("federation").fillna(False)]


def _climb(member: str, above: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(above.get(member, ()))
    while todo:
        union = todo.pop()
        if union not in seen:
            seen.add(union)
            todo.extend(above.get(union, ()))
    return seen - {member}
