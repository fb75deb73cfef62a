"""The ledger of every firm: what the register and the steps say together, and how it stands on the day."""

from datetime import date

import numpy as np
import pandas as pd

from geo.coverage import PRECISE
from geo.frames import DAY, TEXT
from geo.ledger.contradictions import contradictions
from geo.ledger.stages import BUILT
from geo.ledger.states import VISIT

STANDINGS = ("reopened", "overdue", "open", "deferred", "built", "out", "covered")
"""How a firm can stand: what speaks against its state · day of the next step past · under way or untouched · deferred
with a day ahead · approved, waiting for the register of unions · not in the denominator · covered by a union."""


def stand(firms: pd.DataFrame, found: pd.DataFrame, *, on: date, leaving: frozenset[str]) -> pd.DataFrame:
    """Return the ledger, one row a firm in the order of ``firms``.

    Parameters
    ----------
    firms : FIRMS
    found : ``states`` of the day
    leaving : reasons that take a firm out of the denominator (the rule set's ``leaves_denominator``)

    Returns
    -------
    the columns of FIRMS with ``stage`` (P0 where nothing is recorded), ``reason``, ``second_reason``, ``workers``,
    ``women``, ``counts_on``, ``counts_basis`` as of now, those of ``states``, and: ``because`` (codes of
    ``contradictions``), ``standing`` (of ``STANDINGS``), ``due`` (eligible without a union, the firms that the four
    clears are counted over), and the flags ``how_many``, ``where``, ``why``, ``how_far``, ``clear`` (all four),
    ``verified``.
    """
    table = _now(firms, found)
    table["because"] = contradictions(table, on=on)
    out = ~table["eligible"].astype(bool) | table["reason"].isin(leaving).fillna(value=False)
    table["due"] = (table["gap"].astype(bool) & ~out).to_numpy()
    deferred, day = table["stage"].eq("PX"), pd.Timestamp(on)
    late = (table["next_on"] < day) & ~table["stage"].isin(BUILT)
    table["standing"] = np.select(
        [
            table["because"].map(bool).to_numpy(dtype=bool),
            (~table["primary"].eq("none") & table["eligible"].astype(bool)).to_numpy(dtype=bool),
            out.to_numpy(dtype=bool),
            table["stage"].isin(BUILT).to_numpy(dtype=bool),
            late.fillna(value=False).to_numpy(dtype=bool),
            deferred.to_numpy(dtype=bool),
        ],
        ["reopened", "covered", "out", "built", "overdue", "deferred"],
        "open",
    )
    return _cleared(table)


def _now(firms: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    mine = found.reindex(firms.index)
    counted = mine["workers"].notna() & ~(firms["counts_on"] > mine["workers_on"])
    told = firms["stage"].notna() & mine["stage"].isna()
    why = firms["reason"].notna() & mine["reason"].isna()
    both = {"stage", "reason", "workers", "women"}
    table = firms.assign(**{name: mine[name] for name in mine.columns if name not in both})
    return table.assign(
        stage=mine["stage"].fillna(firms["stage"]).fillna("P0").astype(TEXT),
        stage_on=mine["stage_on"].where(~told, firms["source_date"]).astype(DAY),
        reason=mine["reason"].fillna(firms["reason"]),
        reason_on=mine["reason_on"].where(~why, firms["source_date"]).astype(DAY),
        workers=firms["workers"].where(~counted, mine["workers"]),
        women=firms["women"].where(~counted, mine["women"]),
        counts_on=firms["counts_on"].where(~counted, mine["workers_on"]),
        counts_basis=firms["counts_basis"].where(~counted, VISIT),
    )


def _cleared(table: pd.DataFrame) -> pd.DataFrame:
    """Tell the four clears: a count with day and source, a place at the door, a reason, a stage that fits."""
    verified = table["verified_on"].notna()
    deferred = table["stage"].eq("PX")
    flags = {
        "how_many": table["workers"].notna() & table["counts_on"].notna(),
        "where": table["level"].isin(PRECISE) | verified,
        "why": table["reason"].notna(),
        "how_far": table["stage"].ne("P0")
        & (~deferred | table["next_on"].notna())
        & ~table["standing"].isin(["reopened", "overdue"]),
        "verified": verified,
    }
    told = {name: flag.fillna(value=False).to_numpy(dtype=bool) for name, flag in flags.items()}
    clear = told["how_many"] & told["where"] & told["why"] & told["how_far"]
    return table.assign(**told, clear=clear)
