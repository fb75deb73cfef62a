"""One township solved anew around what a person is about to settle: what would change, and at which price.

Only the firms of the townships concerned, and whoever is grouped with them now, take part; everybody else stays, and so
do the unions that they join.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from geo.joint.former import seat_name
from geo.joint.suggestions import Suggested

MOVED = ("new", "gone", "changed", "same")
"""What becomes of a group: there was none · there is none any more · other firms than before · the same firms."""


@dataclass(frozen=True)
class Change:
    """Two answers for the same firms: without and with what is about to be settled."""

    before: Suggested
    after: Suggested
    towns: tuple[str, ...]
    closed: frozenset[str] = frozenset()
    """Seats (``former.seat_name``) that are about to be closed: whoever was there is in another union."""

    @property
    def price_milli(self) -> int:
        """What the answer loses, in milli-workers; below zero if it gains."""
        return sum(each.value_milli for each in self.before.proof) - sum(each.value_milli for each in self.after.proof)

    @property
    def firms(self) -> int:
        """Firms grouped more than before."""
        return int(self.after.groups["firms"].sum() - self.before.groups["firms"].sum())

    @property
    def workers(self) -> int:
        """Their workers, known counts only."""
        return int(self.after.groups["workers"].sum() - self.before.groups["workers"].sum())

    @property
    def unions(self) -> int:
        """New unions more than before."""
        return int(_new(self.after.groups) - _new(self.before.groups))

    @property
    def moved(self) -> int:
        """Firms that are in another group, in one now or in none any more: groups of most common firms are the same."""
        pairs = self._pairs()
        same = {(row.was, row.now) for row in self.groups().itertuples() if row.was and row.now}
        other = pairs.ne("").any(axis=1) & ~pd.Series(
            [pair in same for pair in zip(pairs["was"], pairs["now"], strict=True)], index=pairs.index, dtype=bool
        )
        return int(other.sum())

    def _pairs(self) -> pd.DataFrame:
        index = self.before.groupings.index.union(self.after.groupings.index)
        both = {"was": self.before.groupings, "now": self.after.groupings}
        return pd.DataFrame({name: each["group_id"].reindex(index).fillna("") for name, each in both.items()})

    def groups(self) -> pd.DataFrame:
        """Return the groups before and after, those with most firms in common side by side.

        Returns
        -------
        ``was``, ``now``: keys, empty without; ``code`` of MOVED; ``joined``, ``left``: lists of enterprise keys
        """
        pairs = self._pairs()
        seats = self.before.groups[["kind", "place_id"]].astype("object")
        shut = {key for key, kind, place in seats.itertuples(name=None) if seat_name(kind, place) in self.closed}
        pairs_now = pairs[pairs.ne("").all(axis=1) & ~pairs["was"].isin(shut)]
        common = pairs_now.value_counts().reset_index(name="n")
        common = common.sort_values(["n", "was", "now"], ascending=[False, True, True])
        matched: dict[str, str] = {}
        for was, now in common[["was", "now"]].itertuples(index=False, name=None):
            if was not in matched and now not in matched.values():
                matched[was] = now
        rest = [key for key in self.after.groups.index if key not in matched.values()]
        both = [(key, matched.get(key, "")) for key in self.before.groups.index] + [("", key) for key in rest]
        rows = [self._row(pairs, was, now) for was, now in both]
        return pd.DataFrame(rows, columns=["was", "now", "code", "joined", "left"])

    @staticmethod
    def _row(pairs: pd.DataFrame, was: str, now: str) -> tuple[str, str, str, list[str], list[str]]:
        had = set(pairs.index[pairs["was"].eq(was)]) if was else set()
        has = set(pairs.index[pairs["now"].eq(now)]) if now else set()
        code = "new" if not was else "gone" if not now else "same" if had == has else "changed"
        return was, now, code, sorted(has - had), sorted(had - has)


def concerned(firms: pd.DataFrame, groupings: pd.DataFrame, touched: list[str]) -> pd.Series:
    """Return which firms take part: those of the townships of the firms touched, and whoever is grouped with them.

    Parameters
    ----------
    firms : FIRMS
    groupings : GROUPINGS of the survey
    touched : enterprise keys
    """
    these = firms.index.isin(touched)
    towns = set(firms["town_code"][these].dropna())
    inside = (firms["town_code"].isin(towns) | these) & firms.index.isin(groupings.index)
    groups = groupings["group_id"].reindex(firms.index)
    return inside | groups.isin(set(groups[inside].dropna()))


def replan(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    groupings: pd.DataFrame,
    touched: list[str],
    suggest: tuple[
        Callable[[pd.DataFrame, pd.DataFrame], Suggested], Callable[[pd.DataFrame, pd.DataFrame], Suggested]
    ],
) -> Change:
    """Solve the townships of some firms twice: as things stand, and with what is about to be settled.

    Parameters
    ----------
    firms : FIRMS with the columns of ``suggestions.laid_out``
    unions : SURVEYED_UNIONS
    groupings : GROUPINGS of the survey
    touched : firms that are about to be decided on
    suggest : answers for FIRMS and SURVEYED_UNIONS, without and with it
    """
    inside = concerned(firms, groupings, touched)
    counties = firms["county_code"].isin(set(firms["county_code"][inside].dropna())) | inside
    here = firms[counties]
    here = here.assign(gap=here["gap"].astype(bool) & inside[counties])
    others = groupings["group_id"][~groupings.index.isin(firms.index[inside])].dropna()
    room = _with_joiners(unions, others)
    towns = tuple(sorted(set(firms["town_code"][firms.index.isin(touched)].dropna())))
    before, after = (answer(here, room) for answer in suggest)
    return Change(before, after, towns)


def _with_joiners(unions: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """The unions as if those outside who are to join them had joined."""
    joining = groups[groups.str.startswith("existing|")].str.replace(r"^existing\||#\d+$", "", regex=True)
    more = joining.value_counts().reindex(unions.index).fillna(0).astype("int64")
    held = unions[["covered_units", "covered_firms"]].fillna(0).max(axis=1).astype("int64")
    return unions.assign(covered_units=unions["covered_units"].mask(more > 0, held + more))


def _new(groups: pd.DataFrame) -> int:
    return int(groups["kind"].ne("existing").sum())
