"""Suggestions that respect what people decided: firms that are spoken for, and groups that were rejected."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd

from geo.frames import GROUPINGS, GROUPS
from geo.joint import life
from geo.joint.former import seat_name
from geo.joint.suggestions import Suggested

SAME_FROM = 0.8
"""Share of the firms of two groups together that they must have in common to be basically the same; our own choice."""

ROUNDS = 4
"""How often the firms of rejected groups are grouped otherwise; what is then proposed again is left out."""

JOINING = "existing"
"""Kind of a group that joins a union there is."""

LEFT_REJECTED = "R7"
"""Why a firm is left over: the group it would be in was rejected, and there is no other."""

Pairs = frozenset[tuple[str, str]]
"""Firms and the seats (``former.seat_name``) that they must not be in."""

Suggest = Callable[[pd.DataFrame, Pairs], Suggested]
"""Suggests groups for the firms that it is given (FIRMS), some of which must not be in some seats."""


def suggest_anew(firms: pd.DataFrame, cases: pd.DataFrame, suggest: Suggest) -> Suggested:
    """Suggest joint unions around what was decided.

    Firms of a case that is accepted or approved and that have no coverage yet stay together as the case's group, under
    the case's key; no other group gets them. A group that was rejected is not proposed again while its firms
    are basically the same; they may be proposed otherwise, else they are left over with the code R7.

    Parameters
    ----------
    firms : FIRMS
    cases : ``life.cases``
    suggest : the engine
    """
    held = _held(firms, cases[cases["state"].isin(life.LIVE)])
    free = firms.assign(gap=firms["gap"].astype(bool) & ~firms.index.isin(held.index))
    refused = cases[cases["state"].eq(life.REJECTED)]
    found, barred = _around(free, refused, suggest)
    groupings = found.groupings
    left = groupings.index.isin(barred) & groupings["group_id"].isna()
    groupings = groupings.assign(left_because=groupings["left_because"].mask(left, LEFT_REJECTED))
    if held.empty:
        return found._replace(groupings=GROUPINGS.conform(groupings))
    kept = pd.DataFrame({"group_id": held, "left_because": None}, index=held.index)
    told = GROUPS.conform(pd.concat([_groups(firms, held, cases), found.groups]))
    return found._replace(groups=told, groupings=GROUPINGS.conform(pd.concat([groupings, kept]).sort_index()))


def alike(one: Collection[str], other: Collection[str]) -> bool:
    """Tell whether two sets of firms are basically the same."""
    ours, theirs = set(one), set(other)
    return bool(ours) and len(ours & theirs) >= SAME_FROM * len(ours | theirs)


def same_group(case: Mapping[str, Any], kind: str, place_id: str, members: Collection[str]) -> bool:
    """Tell whether a group is what a case is about: basically its firms, in a new union or in the union that it names.

    Where a new union would sit makes no other group of the same firms: whoever refused it in the building has refused
    it along the street.
    """
    joining = JOINING in (case["kind"], kind)
    there = case["kind"] == kind and case["place_id"] == place_id
    return (there or not joining) and alike(case["members"], members)


def _held(firms: pd.DataFrame, live: pd.DataFrame) -> pd.Series:
    """Case of each firm that is spoken for and can still be in a joint union; the case decided last holds."""
    of = {key: str(case) for case, keys in live["members"].iloc[::-1].items() for key in keys}
    can = firms["gap"].astype(bool) & firms["size_class"].isin(["under_25", "unknown"])
    return pd.Series({key: of[key] for key in firms.index[can] if key in of}, dtype="object")


def _around(firms: pd.DataFrame, refused: pd.DataFrame, suggest: Suggest) -> tuple[Suggested, set[str]]:
    """Group until nothing that was rejected is proposed; also the firms whose group was."""
    barred, pairs = _refused_still(firms, refused)
    found = suggest(firms, pairs)
    for _round in range(ROUNDS):
        again = _proposed_again(found, refused)
        if not again:
            return found, barred
        for group, members in again.items():
            barred |= set(members)
            seat = seat_name(*found.groups.loc[group, ["kind", "place_id"]])
            pairs |= {(member, seat) for member in members}
        found = suggest(firms, pairs)
    return _without(found, list(_proposed_again(found, refused))), barred


def _refused_still(firms: pd.DataFrame, refused: pd.DataFrame) -> tuple[set[str], Pairs]:
    """Firms and pairs of the rejected groups whose place holds basically the same candidates as then."""
    barred: set[str] = set()
    pairs: Pairs = frozenset()
    can = firms[firms["gap"].astype(bool) & firms["size_class"].isin(["under_25", "unknown"])]
    for case in refused.to_dict("records"):
        column = life.COLUMNS.get(case["kind"])
        here = can.index[can[column].eq(case["place_id"]).fillna(value=False)] if column else can.index[:0]
        if alike(case["members"], here):
            barred |= set(here)
            pairs |= {(firm, seat_name(case["kind"], case["place_id"])) for firm in here}
    return barred, pairs


def _proposed_again(found: Suggested, refused: pd.DataFrame) -> dict[str, list[str]]:
    """Members of each group that was rejected before."""
    if refused.empty or found.groups.empty:
        return {}
    of = found.groupings["group_id"].dropna()
    members = {str(group): list(keys) for group, keys in of.groupby(of).groups.items()}
    again = {}
    for case in refused.to_dict("records"):
        for group in of.reindex(case["members"]).dropna().unique():
            kind, place = found.groups.loc[group, ["kind", "place_id"]]
            if same_group(case, kind, place, members[group]):
                again[str(group)] = members[group]
    return again


def _without(found: Suggested, groups: list[str]) -> Suggested:
    gone = found.groupings["group_id"].isin(groups)
    groupings = found.groupings.assign(
        group_id=found.groupings["group_id"].mask(gone),
        left_because=found.groupings["left_because"].mask(gone, LEFT_REJECTED),
    )
    return found._replace(groups=found.groups.drop(index=groups), groupings=groupings)


def _groups(firms: pd.DataFrame, held: pd.Series, cases: pd.DataFrame) -> pd.DataFrame:
    """GROUPS of the cases that hold firms, as those firms are now."""
    rows = firms.loc[held.index, ["workers", "lon", "lat"]].groupby(held)
    table = cases.loc[list(rows.groups), ["kind", "place_id", "name", "county_code", "town_code"]]
    counts = rows["workers"].agg(firms="size", workers="sum", known="count")
    centre = rows[["lon", "lat"]].median()
    return GROUPS.conform(
        table.join(counts[["firms", "workers"]]).assign(
            workers_unknown=counts["firms"] - counts["known"], lon=centre["lon"], lat=centre["lat"],
            reasons=cases.loc[table.index, "said"].map(lambda said: said if isinstance(said, list) else []),
            cautions=[[] for _ in range(len(table))],
        )
    )  # fmt: skip
