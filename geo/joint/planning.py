"""Suggestions for a plain table of firms: whole numbers out of its values, jurisdiction by jurisdiction, and back.

Nothing that stands in one jurisdiction is read for another, so a change in one changes nothing elsewhere. Firms are
worked on in the order of their ids, whatever the order of the rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.errors import AtlasError
from geo.joint.arcs import lay
from geo.joint.industry import UNKNOWN
from geo.joint.leftovers import left_because, reach
from geo.joint.options import JointOptions
from geo.joint.policy import Names, settle_around
from geo.joint.settling import Settled
from geo.joint.towns import PLAIN_PLACES, Towns
from geo.joint.wishes import Wishes

TOGETHER = 20_000
"""Firms laid out at once: jurisdictions are put together up to so many."""


@dataclass(frozen=True)
class Plan:
    """Answers to a table of firms.

    ``firms``: by row of the table: group, kind, seat, distance_m (NA if left over) and reason: a code, and for those
    left over the figures that prove it; usual: the industry that counts at the
    seat (NA if none does). ``groups``: by group: jurisdiction, kind, seat, firms, workers, value_milli.
    """

    firms: pd.DataFrame
    groups: pd.DataFrame
    objective_milli: int
    """Without the bonus."""
    bonus_milli: int
    """What the bonus for who stays adds; the bound has it, too."""
    bound_milli: int

    @property
    def gap(self) -> float:
        """Share of the bound that is not reached, at most."""
        return 1 - (self.objective_milli + self.bonus_milli) / self.bound_milli if self.bound_milli > 0 else 0.0


Progress = Callable[[int, int], None]
"""Called with firms done and firms in all."""


def plan(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    before: pd.DataFrame | None = None,
    *,
    options: JointOptions,
    wishes: Wishes | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Suggest joint unions.

    Parameters
    ----------
    firms : ``table.Firms.frame``
    unions : ``table.Unions.frame``
    before : ``table.read_before``, an earlier output
    wishes : what a person settled; ``wishes.unmet`` tells what could not be kept
    """
    if wishes is not None and wishes.exclude:
        out = firms["id"].isin(wishes.exclude) & firms["unusable"].isna()
        firms = firms.assign(unusable=firms["unusable"].mask(out, "excluded"))
    usable = firms[firms["unusable"].isna()].sort_values("id", kind="stable")
    answers, groups, objective, bonus, bound, done = [_nothing(usable.index[:0])], [], 0, 0, 0, 0
    for part in _parts(usable):
        towns = Towns(part, unions, before)
        found = _settled(towns, options, wishes)
        answers.append(_answers(towns, found, options))
        groups.append(_groups(towns, found))
        objective, bonus = objective + found.value - found.bonus, bonus + found.bonus
        bound, done = bound + found.bound, done + len(part)
        if progress is not None:
            progress(done, len(usable))
    answer = pd.concat(answers).reindex(firms.index)
    answer["reason"] = answer["reason"].fillna(firms["unusable"])
    answer["reason"] = answer["reason"].mask(_across(usable, answer["reason"], options), "R3")
    table = pd.concat(groups) if groups else pd.DataFrame(columns=_GROUP_COLUMNS)
    if answer["reason"].isna().any():
        raise AtlasError("a firm has no answer", code="COUNT")
    return Plan(answer, table, objective, bonus, bound)


def _nothing(index: pd.Index) -> pd.DataFrame:
    table = pd.DataFrame(
        index=index, columns=["group", "kind", "seat", "distance_m", "reason", "usual"], dtype="string"
    )
    return table.astype({"distance_m": "Int64"})


_GROUP_COLUMNS = ["jurisdiction", "kind", "seat", "firms", "workers", "value_milli"]


def _parts(usable: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Whole jurisdictions in the order of their names, as many at once as make ``TOGETHER`` firms."""
    if not len(usable):
        return
    sizes = usable.groupby("jurisdiction").size().sort_index()
    batch = (sizes.cumsum() - 1) // TOGETHER
    which = usable["jurisdiction"].map(batch)
    for _, part in usable.groupby(which.astype("int64"), sort=True):
        yield part.sort_values(["jurisdiction", "id"], kind="stable")


def _across(usable: pd.DataFrame, reason: pd.Series, options: JointOptions) -> pd.Series:
    """Which firms that lack workers in reach would have enough if there were no borders."""
    result = pd.Series(data=False, index=reason.index)
    short = usable[reason[usable.index].str.startswith("R1").fillna(False)]
    if not len(short) or usable["jurisdiction"].nunique() == 1:
        return result
    near = pd.Series(data=False, index=usable.index)
    for kind in (*PLAIN_PLACES, "street"):
        near |= usable[kind].isin(set(short[kind].dropna()))
    size = 2.2 * max(options.reach_m, 100) / 90_000
    column, row = (usable[axis] // size for axis in ("lon", "lat"))
    taken = set(zip(column[short.index], row[short.index], strict=True))
    around = {(x + dx, y + dy) for x, y in taken for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    near |= pd.Series([spot in around for spot in zip(column, row, strict=True)], index=usable.index)
    whole = Towns(usable[near | usable.index.isin(short.index)].assign(jurisdiction="*"), _NOBODY, None)
    enough = pd.Series(reach(whole.ground, options=options).enough, index=whole.firms.index)
    result[short.index[enough[short.index].to_numpy()]] = True
    return result


_NOBODY = pd.DataFrame(columns=["id", "kind", "place", "jurisdiction", "spare", "lon", "lat", "from_m", "to_m"])
"""No existing union."""


def _settled(towns: Towns, options: JointOptions, wishes: Wishes | None) -> Settled:
    """The engine's answer."""
    laid = lay(towns.ground, towns.hosts, options=options, before=towns.before)
    ids = towns.firms["id"].astype(str).tolist()
    names = Names(ids, towns.seat_names(laid.seats) if wishes is not None else (), towns.former)
    return settle_around(laid, towns.ground, towns.hosts, options=options, wishes=wishes, names=names)


def _answers(towns: Towns, found: Settled, options: JointOptions) -> pd.DataFrame:
    """Group, kind, seat, distance and reason of each firm."""
    kinds, words = towns.seat_words(found.laid.seats)
    seat, arc = found.seat, found.arc
    on = seat >= 0
    table = _nothing(towns.firms.index)
    table["kind"] = pd.array([kinds[at] if at >= 0 else None for at in seat], dtype="string")
    table["seat"] = pd.array([words[at] if at >= 0 else None for at in seat], dtype="string")
    table["group"] = towns.firms["jurisdiction"] + "/" + table["kind"] + "/" + table["seat"]
    metres = np.zeros(len(seat), np.int64)
    metres[on] = found.laid.distance[arc[on]]
    table["distance_m"] = pd.Series(metres, index=table.index, dtype="Int64").mask(~on)
    seats, usual = found.laid.seats, found.laid.usual
    if usual is not None and (usual != UNKNOWN).any():
        words = towns.industries.words
        table["usual"] = pd.array([words[of] if of != UNKNOWN else None for of in np.where(on, usual[seat], UNKNOWN)],
                                  dtype="string")  # fmt: skip
    reason = np.full(len(on), "", dtype="object")
    if not on.all():
        told = left_because(towns.ground, towns.hosts, (seats.kind, seats.place, seat), options=options)
        reason = np.array(told, dtype="object")
    reason[on] = ["joins" if kinds[at] == "existing" else "founds" for at in seat[on]]
    table["reason"] = pd.array(reason, dtype="string")
    return table


def _groups(towns: Towns, found: Settled) -> pd.DataFrame:
    """Figures of each group."""
    kinds, words = towns.seat_words(found.laid.seats)
    seat, problem = found.seat, found.laid.problem
    used = np.unique(seat[seat >= 0])
    firms = np.bincount(seat[seat >= 0], minlength=problem.seats)
    workers = np.bincount(seat[seat >= 0], weights=problem.workers[seat >= 0], minlength=problem.seats)
    value = np.bincount(seat[seat >= 0], weights=problem.value[found.arc[seat >= 0]], minlength=problem.seats)
    rows = {}
    for at in used.tolist():
        town = towns.jurisdictions.words[int(found.laid.seats.jurisdiction[at])]
        key = f"{town}/{kinds[at]}/{words[at]}"
        net = int(value[at]) - int(problem.founding[at])
        rows[key] = (town, kinds[at], words[at], int(firms[at]), int(workers[at]), net)
    return pd.DataFrame.from_dict(rows, orient="index", columns=_GROUP_COLUMNS)
