"""Where a firm no longer fits what its ledger says: it opens anew, and the reason is shown. Nothing is corrected."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from geo.ledger.outcomes import GONE
from geo.ledger.stages import BUILT, UNDER_WAY

TOO_FEW = "R02"
NEW_FIRM = "R01"
LEFT_THE_REGISTER = ("R08", "R09")

REGISTER_DAYS = 90
"""Days after approval in which the union should stand in the register of unions; our own choice."""
GRACE_MONTHS = 12
"""Months for which a firm may count as newly established; our own choice, as in the coverage options."""


def contradictions(table: pd.DataFrame, *, on: date, threshold: int = 25) -> pd.Series:
    """Return the sorted codes of what speaks against the recorded state of each firm; an empty tuple for nothing.

    Parameters
    ----------
    table : FIRMS with the columns of ``states`` as the ledger has them now (``standing`` puts both together)
    on : the day
    threshold : workers from which on an own union is to be promoted (seed document 一(一): 25)

    Returns
    -------
    ``closed`` and ``moved``: the register says so, the ledger goes on · ``now_25``: the reason is too few workers, and
    there are enough now · ``fewer_than_members``: fewer workers were counted than members have signed up ·
    ``covered``: a union covers it, and the ledger is before approval · ``not_registered``: approved long ago, and no
    union is in the register · ``no_longer_new``: the reason is that it is new, and it is not · ``active_again``: the
    reason is that it is gone, and a later register lists it as active. From approval on a reason why there was no
    union speaks against nothing.
    """
    day = pd.Timestamp(on)
    under_way, built = table["stage"].isin(UNDER_WAY), table["stage"].isin(BUILT)
    going = (under_way | built) & ~table["outcome"].isin(GONE)
    none = table["primary"].eq("none")
    facts = {
        "active_again": table["reason"].isin(LEFT_THE_REGISTER)
        & table["status"].eq("active")
        & (table["source_date"] > table["reason_on"]),
        "closed": going & table["status"].eq("closed"),
        "covered": under_way & ~none & table["eligible"].astype(bool),
        "fewer_than_members": under_way & none & (table["workers"] < table["members"]),
        "moved": going & table["status"].eq("moved"),
        "no_longer_new": table["reason"].eq(NEW_FIRM)
        & none
        & ~built
        & (table["established"] < day - pd.DateOffset(months=GRACE_MONTHS)),
        "not_registered": built & none & (table["stage_on"] < day - pd.Timedelta(days=REGISTER_DAYS)),
        "now_25": table["reason"].eq(TOO_FEW) & none & ~built & (table["workers"] >= threshold),
    }
    return _listed(table.index, ((code, table.index[hit.fillna(value=False)]) for code, hit in facts.items()))


def _listed(index: pd.Index, pairs: Iterable[tuple[str, pd.Index]]) -> pd.Series:
    found: dict[str, tuple[str, ...]] = {}
    for code, keys in pairs:
        for key in keys:
            found[key] = (*found.get(key, ()), code)
    return pd.Series([found.get(key, ()) for key in index], index=index, dtype="object")
