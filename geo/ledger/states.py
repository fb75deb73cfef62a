"""The state of each firm on a day, read off its steps, and the register of enterprises with what the steps say."""

from datetime import date

import pandas as pd

from geo.frames import DAY, ENTERPRISES, INTEGER, TEXT
from geo.ledger.outcomes import IMPLIED, OUTCOMES, VERIFIED

COLUMNS = {
    "stage": TEXT, "stage_on": DAY, "stage_by": TEXT, "document": TEXT, "reason": TEXT, "second_reason": TEXT,
    "reason_on": DAY, "outcome": TEXT, "outcome_on": DAY, "workers": INTEGER, "women": INTEGER, "workers_on": DAY,
    "members": INTEGER, "next_on": DAY, "verified_on": DAY, "last_on": DAY, "last_by": TEXT, "last_step": TEXT,
    "steps": INTEGER,
}  # fmt: skip
"""Columns of a state and their dtypes."""

VISIT = "visit"
"""``counts_basis`` of head counts that a visit brought."""


def states(steps: pd.DataFrame, on: date) -> pd.DataFrame:
    """Return the state of each firm that has a step on or before a day, by enterprise.

    Of two steps of one day the one recorded later holds. What a step leaves open stays as it was; a main reason brings
    its second one, or that there is none. ``stage_on``, ``reason_on``, ``workers_on`` are the days of the steps that
    said so; ``next_on`` is that of the last step; ``verified_on`` the last day on which somebody stood before the door.
    """
    past = steps[steps["taken_on"] <= pd.Timestamp(on)]
    past = past.assign(step=past.index, order=range(len(past))).sort_values(["taken_on", "order"], kind="stable")
    past = past.assign(reason=past["reason"].fillna(past["outcome"].map(IMPLIED).astype(TEXT)))
    found = _last(past, "enterprise_id", last_on="taken_on", last_by="taken_by", last_step="step", next_on="next_on")
    parts = [
        found,
        _last(past, "stage", stage="stage", stage_on="taken_on", stage_by="taken_by", document="document"),
        _last(past, "reason", reason="reason", second_reason="second_reason", reason_on="taken_on"),
        _last(past, "outcome", outcome="outcome", outcome_on="taken_on"),
        _last(past, "workers", workers="workers", women="women", workers_on="taken_on"),
        _last(past, "members", members="members"),
        _last(past.assign(seen=_seen(past)), "seen", verified_on="taken_on"),
        past.groupby("enterprise_id").size().rename("steps").to_frame(),
    ]
    table = pd.concat([part.reindex(found.index) for part in parts], axis=1)
    table.index = pd.Index(table.index.astype("object"), name="enterprise_id")
    return table[list(COLUMNS)].astype(COLUMNS)


def stated(enterprises: pd.DataFrame, steps: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Return ENTERPRISES as of a day with what the ledger says: stage and reasons, whether the firm is there, counts.

    What a person recorded holds before the register's own reason and stage. A finding holds unless the register is
    newer, a head count unless the register's is of a later day. Rows and their order stay.
    """
    found = states(steps, on)
    found = found[found.index.isin(enterprises.index)]
    if found.empty:
        return enterprises
    part = enterprises.loc[found.index]
    newer = ~(part["source_date"] > found["outcome_on"])
    status = found["outcome"].map({code: each.status for code, each in OUTCOMES.items()}).where(newer)
    status = status.astype(TEXT).fillna(part["status"])
    gone = status.isin(["closed", "moved"]) & status.ne(part["status"]).fillna(value=True)
    counted = found["workers"].notna() & ~(part["counts_on"] > found["workers_on"])
    part = part.assign(
        stage=found["stage"].fillna(part["stage"]),
        reason=found["reason"].fillna(part["reason"]),
        status=status,
        closed_on=part["closed_on"].where(~gone, found["outcome_on"]).where(status.isin(["closed", "moved"])),
        workers=part["workers"].where(~counted, found["workers"]),
        women=part["women"].where(~counted, found["women"]),
        counts_on=part["counts_on"].where(~counted, found["workers_on"]),
        counts_basis=part["counts_basis"].where(~counted, VISIT),
    )
    rest = enterprises[~enterprises.index.isin(found.index)]
    return ENTERPRISES.conform(pd.concat([rest, part]).loc[enterprises.index])


def _seen(past: pd.DataFrame) -> pd.Series:
    """What says that somebody stood before the door: a finding, or the stage that is a check on the spot."""
    return past["outcome"].where(past["outcome"].isin(VERIFIED)).fillna(past["stage"].where(past["stage"].eq("P1")))


def _last(past: pd.DataFrame, told: str, **columns: str) -> pd.DataFrame:
    """Return the columns of each firm's last step that tells of something, under new names."""
    rows = past[past[told].notna()].drop_duplicates("enterprise_id", keep="last").set_index("enterprise_id")
    kept = past.set_index("enterprise_id").iloc[:0] if rows.empty else rows
    source = kept.assign(enterprise_id=kept.index)
    return pd.DataFrame({name: source[column] for name, column in columns.items()})
