"""Which form of union the rules of a day point to for a firm that has none. Advice; the firm's workers decide."""

import pandas as pd

from geo.rules import RuleSet


def legal_path(workers: pd.Series, members: pd.Series, *, rules: RuleSet) -> pd.DataFrame:
    """Form of union per firm and the rules it rests on.

    The law counts **members** (F1, F3), who are seldom known before there is a union; the campaign counts **workers**
    (F2). Workers stand for expected members only where the law leaves a choice anyway, and F8 then says whether an own
    committee is possible at that size.

    Parameters
    ----------
    workers : workers of each firm, NA if unknown
    members : known members of a union in preparation, NA if none
    rules : the rule set in force

    Returns
    -------
    columns ``path`` (own_must · own_promote · choice · joint_or_organiser · unknown) and ``path_rules`` (list of
    rule ids)
    """
    path = pd.Series("unknown", index=workers.index, dtype="string")
    path[(workers < rules.promote_workers.value).fillna(False)] = "choice"
    path[(workers <= rules.no_committee_members.value).fillna(False)] = "joint_or_organiser"
    path[(workers >= rules.promote_workers.value).fillna(False)] = "own_promote"
    path[(members >= rules.own_members.value).fillna(False)] = "own_must"
    ids = {
        "own_must": [rules.own_members.id],
        "own_promote": [rules.promote_workers.id],
        "choice": [rules.joint_units.id],
        "joint_or_organiser": [rules.joint_units.id, rules.no_committee_members.id],
        "unknown": [],
    }
    lists = pd.Series([list(ids[word]) for word in path.tolist()], index=path.index, dtype="object")
    return pd.DataFrame({"path": path, "path_rules": lists})
