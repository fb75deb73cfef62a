"""Who counts on a day: unions in force, and enterprises in the denominator."""

from datetime import date

import pandas as pd

from geo.coverage.options import CoverageOptions
from geo.rules import RuleSet


def ended_because(unions: pd.DataFrame, *, on: date, hosts: pd.Series, firms: pd.DataFrame, undated: bool) -> pd.Series:
    """Why each union is not in force on the day, NA while it is.

    Parameters
    ----------
    unions : UNIONS
    on : the day
    hosts : enterprise key of each own union, by union key
    firms : ENTERPRISES, for the day on which a host closed (the union of an ended employer ends: Trade Union Law
    art. 13) undated : whether a union without a day of approval counts as approved

    Returns
    -------
    text series by union key: not_yet · revoked · project_ended · host_ended · NA
    """
    day = pd.Timestamp(on)
    result = pd.Series(pd.NA, index=unions.index, dtype="string")
    closed = closed_by(firms, on)
    gone = set(firms.index[closed & firms["status"].eq("closed").fillna(False)])
    result[hosts.reindex(unions.index).isin(gone)] = "host_ended"
    result[unions["kind"].eq("project").fillna(False) & (unions["term_end"] < day)] = "project_ended"
    result[unions["revoked_on"] <= day] = "revoked"
    not_yet = (unions["approved_on"] > day) if undated else ~(unions["approved_on"] <= day)
    result[not_yet] = "not_yet"
    return result


def closed_by(firms: pd.DataFrame, on: date) -> pd.Series:
    """Tell which firms have closed or moved away by the day; without a date the register's word counts at once."""
    left = firms["status"].isin(["closed", "moved"])
    return left & ~(firms["closed_on"] > pd.Timestamp(on))


def excluded_because(firms: pd.DataFrame, *, on: date, rules: RuleSet, options: CoverageOptions) -> pd.Series:
    """Why a firm is not in the denominator on the day, NA if it is; covered or not is not looked at here.

    The denominator is the active enterprise legal person. Branches and 个体工商户 are not, nor are firms whose recorded
    reason says that they stopped, left or were never here (the reasons with ``leaves_denominator``).
    """
    result = pd.Series(pd.NA, index=firms.index, dtype="string")
    outside = {code for code, reason in rules.reasons.items() if reason.leaves_denominator}
    recorded = firms["reason"].isin(outside)
    result[recorded] = firms["reason"][recorded]
    if not options.unknown_status_is_active:
        result[~firms["status"].isin(["active", "closed", "moved"])] = "unknown_status"
    gone = closed_by(firms, on)
    result[gone] = firms["status"][gone]
    result[firms["established"] > pd.Timestamp(on)] = "not_yet"
    result[firms["legal_person"].eq(False).fillna(False)] = "not_legal_person"
    return result
