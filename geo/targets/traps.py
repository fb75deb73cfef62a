"""Where something would be counted twice: the ten checks to be listed beside every bulletin, with what each found."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Trap:
    """One check: its code, whether it looks at firms or unions, and the flags of ``geo.coverage`` that tell of it."""

    code: str
    about: str
    flags: tuple[str, ...]


TRAPS = (
    Trap("joint_once_a_firm", "union", ("joint_repeated", "joint_of_one")),
    Trap("own_and_joint", "firm", ("own_and_joint",)),
    Trap("two_joint", "firm", ("two_joint",)),
    Trap("federation_added", "union", ("federation_members_apart",)),
    Trap("agency_twice", "firm", ("agency_workers",)),
    Trap("project_twice", "union", ("project_members",)),
    Trap("branch_and_head", "firm", ("branch_with_own_union",)),
    Trap("registered_anew", "firm", ("same_org_code", "same_in_review")),
    Trap("employer_ended", "union", ("union_of_ended_employer",)),
    Trap("members_over_workers", "union", ("members_over_workers",)),
)
"""The checks in the order of the domain notes, section 2.3."""


def count_traps(firms: pd.DataFrame, unions: pd.DataFrame) -> pd.Series:
    """Return by code of ``TRAPS`` how many firms (FIRMS) or unions (SURVEYED_UNIONS) a check found, each once."""
    tables = {"firm": firms["flags"], "union": unions["flags"]}
    found = {trap.code: int(sum(_hit(flags, trap.flags) for flags in tables[trap.about])) for trap in TRAPS}
    return pd.Series(found, dtype="int64")


def _hit(flags: list[str], wanted: tuple[str, ...]) -> bool:
    return any(flag in wanted for flag in flags)
