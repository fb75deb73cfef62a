"""The union register as pages read it: what each union covers, and what became of the members it lists."""

from dataclasses import dataclass

import pandas as pd

from app.reading import Reading
from geo.coverage import COUNTED, roll


@dataclass(frozen=True)
class Roll:
    """The members that a union lists: ``outcomes`` (``geo.coverage.roll``) by link, how many count, why not others."""

    outcomes: pd.Series
    counted: int
    rest: tuple[tuple[str, int], ...]

    @property
    def listed(self) -> int:
        """How many members the register lists."""
        return len(self.outcomes)


def table(read: Reading) -> pd.DataFrame:
    """Return the surveyed unions; firms and workers of a federation are those under it, as a second layer.

    ``covered_unknown`` is the number of covered firms whose workers nobody knows.
    """
    return read.kept.get("ledger", lambda: _made(read))


def roll_of(read: Reading, key: str) -> Roll:
    """Return the roll of one union."""
    survey = read.survey
    outcomes = roll(key, unions=survey.unions, links=survey.links, firms=survey.firms, on=read.on)
    counts = outcomes.value_counts()
    rest = tuple((str(code), int(count)) for code, count in counts.items() if code not in COUNTED)
    return Roll(outcomes, int(counts.reindex(COUNTED).sum()), rest)


def _made(read: Reading) -> pd.DataFrame:
    unions, firms = read.survey.unions, read.survey.firms
    pairs = pd.concat([firms["union_id"].dropna(), firms["federations"].map(list).explode().dropna()])
    workers = firms["workers"].reindex(pairs.index).set_axis(pairs.to_numpy()).groupby(level=0)
    counts = pd.DataFrame({"all": workers.size(), "workers": workers.sum(), "known": workers.count()})
    counts = counts.reindex(unions.index).fillna(0).astype("int64")
    return unions.assign(
        covered_firms=counts["all"], covered_workers=counts["workers"], covered_unknown=counts["all"] - counts["known"]
    )
