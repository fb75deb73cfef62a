"""The health of what exists: unions whose term has run out, that lack a body, a grade or staff, or whose firm is gone.

Three answers each: yes, no, not known. A register without a column says nothing of it, and nothing is made of that.
"""

from datetime import date

import pandas as pd

CHECKS = (
    "term_over", "term_ending", "no_womens_body", "no_home_grade", "joint_no_staff", "members_over_workers",
    "host_closed", "host_moved",
)  # fmt: skip
"""What is looked at: 换届 due, or within ``months`` · no women workers' body though there are women members · the home
(职工之家) has no grade · a joint union without full-time staff · more members than workers · the firm of an own union
closed or moved away by the register of enterprises."""


def examine(unions: pd.DataFrame, firms: pd.DataFrame, *, on: date, months: int = 6) -> pd.DataFrame:
    """Return what is wrong with each union that stands, or ended only because its firm did.

    Parameters
    ----------
    unions : SURVEYED_UNIONS
    firms : FIRMS, for what became of the firm of an own union
    on : the day
    months : how far ahead the end of a term is told

    Returns
    -------
    one row a union examined, in the order of ``unions``; ``CHECKS`` as nullable booleans: NA where the register does
    not say, False where it says otherwise or the check does not apply
    """
    table = unions[unions["in_force"].astype(bool) | unions["ended_because"].eq("host_ended").fillna(value=False)]
    day, ahead = pd.Timestamp(on), pd.Timestamp(on) + pd.DateOffset(months=months)
    standing = table["in_force"].astype(bool)
    basic = ~table["kind"].eq("federation")
    joint = basic & ~table["kind"].eq("own")
    over = pd.Series([("members_over_workers" in flags) for flags in table["flags"]], index=table.index)
    host = table["host_id"].map(firms["status"]).astype("string")
    own = table["kind"].eq("own")
    women = table["women_members"]
    facts = {
        "term_over": _told(table["term_end"] <= day, table["term_end"], standing),
        "term_ending": _told((table["term_end"] > day) & (table["term_end"] <= ahead), table["term_end"], standing),
        "no_womens_body": _told(
            table["womens_body"].eq("none") & ~women.eq(0).fillna(value=False), table["womens_body"], standing & basic
        ),
        "no_home_grade": _told(table["home_grade"].eq("none"), table["home_grade"], standing & basic),
        "joint_no_staff": _told(table["full_time_staff"].eq(0), table["full_time_staff"], standing & joint),
        "members_over_workers": _told(over, table["members"], standing & basic),
        "host_closed": _told(host.eq("closed"), host, own),
        "host_moved": _told(host.eq("moved"), host, own),
    }
    return pd.DataFrame(facts, index=table.index)[list(CHECKS)]


def counted(examined: pd.DataFrame) -> pd.DataFrame:
    """Return per check how many unions it is ``true`` of and of how many it is ``unknown``."""
    return pd.DataFrame({"true": examined.eq(other=True).sum(), "unknown": examined.isna().sum()}).astype("int64")


def won_first(firms: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rank places by firms with a party organisation but no union, which are won first (党建带工建).

    Parameters
    ----------
    firms : FIRMS
    column : column with the key of the place

    Returns
    -------
    one row a place with any: ``firms``, their ``workers`` (known counts only) and ``workers_unknown``; most firms first
    """
    found = firms[firms["gap"].astype(bool) & firms["party_org"].eq(other=True).fillna(value=False)]
    found = found[found[column].notna()]
    groups = found.groupby(found[column].astype("object"))["workers"]
    table = pd.DataFrame(
        {"firms": groups.size(), "workers": groups.sum(), "workers_unknown": groups.size() - groups.count()}
    )
    table = table.astype("int64").assign(key=table.index)
    return table.sort_values(["firms", "workers", "key"], ascending=[False, False, True]).drop(columns="key")


def _told(hit: pd.Series, known: pd.Series, applies: pd.Series) -> pd.Series:
    found = hit.astype("boolean").mask(known.isna(), pd.NA)
    return found.mask(~applies, other=False)
