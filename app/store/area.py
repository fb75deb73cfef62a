"""A survey as one county may see it: its own firms, places, unions and names, and nobody else's by name.

A firm may be covered by a union of another county, and a name of doubtful county have its other reading there: that it
is so is the county's to know, the other county's name and figures are not.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from geo.survey import Survey

ELSEWHERE = "elsewhere"
"""What stands for the key of any union of another county."""

PLACES = ("zone", "building", "market", "street")


def within(survey: "Survey", code: str) -> "Survey":
    """Return what a county may see of a survey: rows of its county, and of others only what its own firms stand in.

    Unions of other counties become ``ELSEWHERE``; pairs, rolls and groups that reach beyond the county lose what lies
    there. Figures are those of the county's own firms alone.
    """
    ours = survey.firms["county_code"].eq(code).fillna(False).to_numpy(dtype=bool)
    theirs = _foreign(survey.unions, code)
    groups = survey.groups[survey.groups["county_code"].eq(code).fillna(False)]
    firms = _firms(survey.firms[ours], theirs, groups.index, code)
    unions = survey.unions[survey.unions["county_code"].eq(code).fillna(False) | _of_city(survey, firms)]
    named = pd.unique(firms[list(PLACES)].astype("object").to_numpy().ravel())
    same, facts = survey.same, survey.facts
    return replace(
        survey,
        firms=firms,
        places=survey.places[survey.places["county_code"].eq(code).fillna(False) | survey.places.index.isin(named)],
        unions=unions.assign(host_id=unions["host_id"].where(unions["host_id"].isin(firms.index))),
        same=same[same["one"].isin(firms.index) & same["other"].isin(firms.index)],
        links=_links(survey.links, survey.firms.index[~ours], theirs, unions[unions["county_code"].eq(code)].index),
        groups=groups,
        facts=facts[facts["county_code"].eq(code).fillna(False)],
        groupings=survey.groupings[survey.groupings.index.isin(firms.index)],
        tally=(),
        proof=tuple(each for each in survey.proof if each.county == code),
    )


def _foreign(frame: pd.DataFrame, code: str) -> pd.Index:
    """Return the keys of what is known to be of another county."""
    return frame.index[(frame["county_code"].notna() & frame["county_code"].ne(code)).fillna(False)]


def _of_city(survey: "Survey", firms: pd.DataFrame) -> pd.Series:
    """Return which unions are of no county and cover firms of this one."""
    over = {key for keys in firms["federations"] if isinstance(keys, list | tuple) for key in keys}
    over |= set(firms["union_id"].dropna())
    return survey.unions["county_code"].isna() & survey.unions.index.isin(over)


def _firms(firms: pd.DataFrame, theirs: pd.Index, groups: pd.Index, code: str) -> pd.DataFrame:
    foreign = firms["union_id"].isin(theirs)
    unions = firms["union_id"].astype("object").mask(foreign, ELSEWHERE).astype("string")
    told = set(theirs)
    known: dict[str, Any] = {
        "union_id": unions.astype("category") if isinstance(firms["union_id"].dtype, pd.CategoricalDtype) else unions,
        "federations": [_masked(keys, told) for keys in firms["federations"]],
    }
    for name, keep in (("group_id", groups), ("same_as", firms.index)):
        if name in firms:
            known[name] = firms[name].where(firms[name].isin(keep))
    for name in ("candidates", "location_reasons"):
        if name in firms:
            known[name] = [_own(listed, code) for listed in firms[name]]
    return firms.assign(**known)


def _masked(keys: Any, theirs: set[Any]) -> Any:
    if not isinstance(keys, list | tuple) or theirs.isdisjoint(keys):
        return keys
    return list(dict.fromkeys(ELSEWHERE if key in theirs else key for key in keys))


def _own(listed: Any, code: str) -> Any:
    """Leave out what names a place or division of another county: candidates, or evidence with its detail."""
    if not isinstance(listed, list | tuple) or not listed:
        return listed
    return [each for each in listed if not _names_another(each, code)]


def _names_another(told: Any, code: str) -> bool:
    if isinstance(told, str):
        parts = told.split(":")
        county = parts[1] if len(parts) > 2 else told
        divided = county.isascii() and county.isdigit() and (len(parts) > 2 or len(county) in (6, 9, 12))
        return divided and county[:4] == code[:4] and county[:6] != code and county[4:6] != "00"
    values = told.values() if isinstance(told, dict) else told if isinstance(told, list | tuple) else ()
    return any(_names_another(value, code) for value in values)


def _links(links: pd.DataFrame, others: pd.Index, theirs: pd.Index, own: Collection[str]) -> pd.DataFrame:
    """Return the rolls of the county's own unions: a member found in another county stays as it is written there."""
    mine = links[links["union_id"].isin(own)]
    away = mine["member_id"].isin(others) | mine["member_id"].isin(theirs)
    reasons = [[] if gone else told for gone, told in zip(away, mine["reasons"], strict=True)]
    return mine.assign(member_id=mine["member_id"].mask(away), reasons=reasons)
