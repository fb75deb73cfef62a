"""What a suggestion would mean, as its page tells it: bodies, other ways, neighbours; what several together lift."""

from dataclasses import dataclass

import pandas as pd

from app.query import NOT_KNOWN
from app.reading import Reading
from app.suggesting import charters, explanations
from app.suggesting.charters import Spoken, Terms
from app.suggesting.explanations import Way
from app.suggesting.proposals import Proposal
from geo.gaps import Filter
from geo.joint.life import COLUMNS
from geo.joint.outlook import NEAR_M, holds_at, lifted, neighbours

STAYING = ("border", "full", "too_far", "elsewhere", "left_over")
"""Codes of ``NOT_INCLUDED`` for firms that are in no suggestion at all."""

MOST_NAMED = 5
"""Neighbours named a reason."""


@dataclass(frozen=True)
class Outlook:
    """What is told beside the reasons of a suggestion."""

    law: Spoken
    women_unknown: int
    assumed: int
    """Firms without a count, taken at the assumed number."""
    each: int
    ways: tuple[Way, ...]
    """Other ways for its firms, and what each would lose."""
    firmness: tuple[str, ...]
    near: dict[str, list[str]]
    """Keys of the firms nearby that are not included, by ``NOT_INCLUDED``."""
    near_m: int
    margin: float
    """Share by which the counts may be too high before the least number of workers is missed."""
    least: int
    left: dict[str, int]
    """Of the neighbours left over, how many by ``left_because``."""
    coarse: int


def of(read: Reading, proposal: Proposal, members: pd.DataFrame, terms: Terms) -> Outlook:
    """Return the outlook of a suggestion whose firms are ``members`` (rows of FIRMS), its law by the terms chosen."""
    options, kind = read.survey.joint, str(proposal.group["kind"])
    counted, unknown = int(members["workers"].sum()), int(members["workers"].isna().sum())
    whole = counted + unknown * options.workers_if_unknown
    most = None if kind == "existing" else options.most_in(kind)
    found = neighbours(read.survey.firms, members.index, _seat(read, proposal), most=most)
    left = read.survey.firms["left_because"].reindex(found.index[found.isin(STAYING)])
    return Outlook(
        law=charters.of(read, proposal.group, members, terms),
        women_unknown=int(members["women"].isna().sum()),
        assumed=unknown,
        each=options.workers_if_unknown,
        ways=explanations.ways(read, proposal.key),
        firmness=explanations.firmness(members, kind, options),
        near={str(code): list(keys) for code, keys in found.groupby(found).groups.items()},
        near_m=NEAR_M,
        margin=holds_at(whole, counted, least=options.min_workers),
        least=options.min_workers,
        left={str(code): int(count) for code, count in left.value_counts().items()},
        coarse=int((~members["level"].isin(["building", "number", "market"])).sum()),
    )  # fmt: skip


def reached(read: Reading, groups: pd.DataFrame) -> pd.DataFrame:
    """Return the groups whose firms the survey holds as uncovered: those that can still lift the rate, disjoint."""
    return groups[groups.index.isin(read.survey.groups.index) & groups["state"].isin(["suggested", "accepted"])]


def coming(read: Reading, groups: pd.DataFrame, county: str) -> pd.DataFrame:
    """Return ``geo.joint.outlook.lifted`` of the groups, those first that reach most workers.

    The rate is that of the county chosen, else of all that the reader sees; ``attrs`` hold the rate before.
    """
    chosen = Filter(county=(county,)) if county and county != NOT_KNOWN else Filter()
    total = read.total(chosen)
    ranked = reached(read, groups).sort_values("workers", ascending=False, kind="stable")
    found = lifted(ranked, covered=int(total["covered"]), eligible=int(total["eligible"]))
    found.attrs["before"] = float(total["covered"] / total["eligible"]) if total["eligible"] else float("nan")
    return found


def _seat(read: Reading, proposal: Proposal) -> tuple[str, str] | None:
    """Return the column of FIRMS and the value that a suggestion sits at; of a union to be joined, its own seat."""
    kind, place = str(proposal.group["kind"]), str(proposal.group["place_id"])
    if kind in COLUMNS:
        return COLUMNS[kind], place
    unions = read.survey.unions
    seat = unions["place_id"].get(place)
    column = COLUMNS.get(str(seat).partition(":")[0]) if isinstance(seat, str) else None
    return (column, str(seat)) if column is not None else None
