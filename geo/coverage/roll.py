"""The roll of one union: what became of each member its register lists. Listed and counted are two figures."""

from datetime import date

import pandas as pd

COUNTED = ("counted", "second_layer")
"""Outcomes of a member that counts as the union's: by its first union, or under its federation."""


def roll(key: str, *, unions: pd.DataFrame, links: pd.DataFrame, firms: pd.DataFrame, on: date) -> pd.Series:
    """Tell of each member that a union lists whether it counts on the day, and if not, why.

    Parameters
    ----------
    key : the union
    unions : SURVEYED_UNIONS
    links : LINKS; those of other unions are not looked at
    firms : FIRMS
    on : the day

    Returns
    -------
    codes by link, in the order of ``links``: ``counted`` (by its first union; a union: in force under the federation) ·
    ``second_layer`` (an enterprise with a union of its own, under the federation) · ``federation_only`` (nobody but the
    federation lists it: not built) · ``repeated`` (stands twice in the list) · ``other_union`` (counts by another
    union) · ``member_ended`` (the listed union is not in force) · ``union_ended`` · ``over`` · ``not_begun`` ·
    ``in_review`` (to whom the name belongs waits for a person) · ``not_found``. The first that applies of the last six,
    read from the end.
    """
    own = links[links["union_id"].eq(key)]
    member, by_firm = own["member_id"], own["member_kind"].eq("enterprise")
    first = member.map(firms["union_id"]).astype("string")
    if unions.at[key, "kind"] == "federation":
        under = pd.Series([key in firms.at[m, "federations"] if m in firms.index else False for m in member], own.index)
        outcome = pd.Series("other_union", own.index).mask(under & first.notna(), "second_layer")
        outcome = outcome.mask(by_firm & first.isna(), "federation_only")
    else:
        outcome = pd.Series("other_union", own.index).mask(first.eq(key).fillna(False), "counted")
    standing = member.isin(unions.index[unions["in_force"].astype(bool)])
    outcome = outcome.mask(~by_firm, standing.map({True: "counted", False: "member_ended"}))
    outcome = outcome.mask(outcome.isin(COUNTED) & member.duplicated(), "repeated")
    if not unions.at[key, "in_force"]:
        outcome[:] = "union_ended"
    day = pd.Timestamp(on)
    outcome = outcome.mask((own["to_on"] < day).fillna(False), "over")
    outcome = outcome.mask((own["from_on"] > day).fillna(False), "not_begun")
    outcome = outcome.mask(own["status"].eq("review"), "in_review")
    return outcome.mask(member.isna() | own["status"].eq("none"), "not_found").astype("string")
