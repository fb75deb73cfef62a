"""Flags on firms and unions: where something would count twice, or cannot be right. Codes; nothing is corrected."""

from collections.abc import Iterable

import pandas as pd


def gathered(index: pd.Index, pairs: Iterable[tuple[str, pd.Index]]) -> pd.Series:
    """Sorted lists of codes per key from pairs of (code, keys it applies to); an empty list where none applies."""
    found: dict[str, list[str]] = {}
    for code, keys in sorted(pairs, key=lambda pair: pair[0]):
        for key in dict.fromkeys(keys):
            found.setdefault(key, []).append(code)
    return pd.Series([found.get(key, []) for key in index.tolist()], index=index, dtype="object")


def of_firms(firms: pd.DataFrame, claims: pd.DataFrame, review: pd.Index, alike: pd.Index) -> pd.Series:
    """Flags per enterprise.

    Parameters
    ----------
    firms : ENTERPRISES with ``primary``, ``gap``, ``young`` (younger than the grace period) and ``same_as``
    claims : every claim of a union in force (``layers.claims``)
    review : enterprises that a doubtful link points to
    alike : enterprises that may be the same firm as another record
    """
    own, joint = (claims[claims["form"] == form] for form in ("own", "joint"))
    two_own, two_joint = (_repeated(part["member_id"]) for part in (own, joint))
    without = firms["primary"].eq("none")
    behind = firms["stage"].isin(["P0", "P1", "P2", "P3", "P4", "P5", "P6", "PX"])
    code = firms["org_code"].fillna(firms["uscc"].str[8:17]).where(firms["same_as"].isna())
    facts = {
        "own_and_joint": pd.Index(own["member_id"]).intersection(pd.Index(joint["member_id"])),
        "two_own": two_own,
        "two_joint": two_joint,
        "link_in_review": review,
        "same_in_review": alike,
        "same_org_code": firms.index[code.notna() & code.duplicated(keep=False)],
        "branch_with_own_union": firms.index[
            firms["legal_person"].eq(False).fillna(False) & firms["primary"].eq("own")
        ],
        "agency_workers": firms.index[(firms["agency_workers"] > 0).fillna(False)],
        "part_over_workers": firms.index[_part_over_whole(firms)],
        "built_by_stage_only": firms.index[firms["stage"].isin(["P7", "P8", "P9"]).fillna(False) & without],
        "stage_behind_union": firms.index[behind.fillna(False) & ~without],
        "reason_though_covered": firms.index[firms["reason"].notna() & ~without],
        "status_unknown": firms.index[~firms["status"].isin(["active", "closed", "moved"]) & firms["gap"]],
        "young": firms.index[firms["young"]],
    }
    return gathered(firms.index, facts.items())


def of_unions(unions: pd.DataFrame, claims: pd.DataFrame, hosts: pd.Series, workers: pd.Series) -> pd.Series:
    """Flags per union.

    Parameters
    ----------
    unions : UNIONS with ``in_force`` and ``ended_because``
    claims : every claim of a union in force
    hosts : enterprise key of own unions, by union key
    workers : workers by enterprise key
    """
    host_workers = hosts.reindex(unions.index).map(workers)
    reported = unions["workers"].fillna(host_workers.astype("Int64"))
    registered = _workers_claimed(claims, workers, unions["covered_units"]).astype("Int64")
    joint = ~unions["kind"].isin(["own", "federation"])
    linked = claims["union_id"].value_counts().reindex(unions.index).fillna(0)
    listed = unions["name"] + "|" + unions["county_code"].fillna("")
    shared = hosts.duplicated(keep=False) & hosts.index.isin(unions.index[unions["in_force"]])
    counted = unions["in_force"].astype(bool) & unions["kind"].ne("federation")
    many = (unions["members"] > reported).fillna(False) | (unions["members"] > registered).fillna(False)
    facts = {
        "members_over_workers": unions.index[counted & many],
        "women_over_members": unions.index[(unions["women_members"] > unions["members"]).fillna(False)],
        "union_of_ended_employer": unions.index[unions["ended_because"].eq("host_ended").fillna(False)],
        "joint_of_one": unions.index[joint & linked.eq(1) & unions["in_force"]],
        "joint_repeated": unions.index[joint & listed.duplicated(keep=False) & unions["in_force"]],
        "host_shared": hosts.index[shared],
        "federation_members_apart": unions.index[
            unions["kind"].eq("federation") & (unions["members"] > 0).fillna(False)
        ],
        "project_members": unions.index[unions["kind"].eq("project") & unions["in_force"]],
        "unlinked": unions.index[unions["in_force"] & linked.eq(0) & unions["kind"].ne("federation")],
        "undated_approval": unions.index[unions["approved_on"].isna()],
    }
    return gathered(unions.index, facts.items())


def _workers_claimed(claims: pd.DataFrame, workers: pd.Series, units: pd.Series) -> pd.Series:
    """Workers of all firms a union covers by the register of firms; NA unless every unit is linked and its count known.

    A firm that two unions claim adds to both: the sum is the most members a union can have.
    """
    found = claims["member_id"].map(workers).groupby(claims["union_id"])
    complete = found.count().eq(found.size()) & ~(found.size() < units.reindex(found.size().index)).fillna(False)
    return found.sum().where(complete).reindex(units.index)


def _repeated(keys: pd.Series) -> pd.Index:
    return pd.Index(keys[keys.duplicated()].unique())


def _part_over_whole(firms: pd.DataFrame) -> pd.Series:
    parts = [(firms[name] > firms["workers"]).fillna(False) for name in ("women", "migrant")]
    return parts[0] | parts[1]
