"""A year's target told by zones, on the lines of a plan: what each would have to bring if lines were drawn that way.

Offices set targets for counties and towns; a zone's is its share of its county's by what it had at the base date, as
counties share the city's. So lines that move take targets from zone to zone, and no county's or town's changes.
"""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.coverage import UNPLACED, measure
from geo.targets.plan import FIGURES, propose, stocks
from geo.targets.shares import apportion
from geo.zones.plan import Plan
from geo.zones.tally import Ground, Members

ELSEWHERE = "elsewhere"
"""Row of what stands in none of the plan's zones."""


def redrawn(
    plans: tuple[Plan, Plan],
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    *,
    whole: pd.Series,
    others: gpd.GeoDataFrame | None = None,
    renamed: Mapping[str, str | None] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Share a target out among the zones of two plans, so that it adds up on both and moves only with what moves.

    A zone that had as much at the base date on either plan keeps its target: rounding hands it nothing of others.

    Parameters
    ----------
    plans : the lines before and after
    firms, unions : FIRMS and SURVEYED_UNIONS of the base date, of the area that the target is for
    whole : the area's targets, by figure
    others, renamed : see ``geo.zones.tally.Ground.members``; ``renamed`` is for the lines after

    Returns
    -------
    two tables by zone of either plan, ``ELSEWHERE`` last: columns of ``geo.targets.FIGURES``; NA as ``propose``, and
    where a zone is not there
    """
    ground = Ground.of(firms, unions)
    keys = [*dict.fromkeys(key for plan in plans for key in plan), ELSEWHERE]
    bases = [
        _stocks(plan, ground.members(plan, others=others, renamed=names), firms, unions).reindex(keys, fill_value=0)
        for plan, names in zip(plans, (None, renamed), strict=True)
    ]
    before = propose(bases[0], whole=whole)
    after = pd.DataFrame({name: _shifted(before[name], bases[0][name], bases[1][name]) for name in FIGURES})
    there = [pd.Index([*plan, ELSEWHERE]) for plan in plans]
    return before.reindex(there[0]).reindex(keys), after.reindex(there[1]).reindex(keys)


def _stocks(plan: Plan, members: Members, firms: pd.DataFrame, unions: pd.DataFrame) -> pd.DataFrame:
    names = np.array([name if name in plan else None for name in members.names], dtype=object)
    zones = pd.Series(names[members.number], index=firms.index, dtype="string")
    seats = pd.Series(names[members.seat], index=unions.index, dtype="string")
    seated = unions["place_id"].str.startswith("zone:").fillna(value=False).astype(bool)
    there = unions.assign(place_id=unions["place_id"].mask(seated, seats))
    return stocks(measure(firms.assign(zone=zones), there, by="zone")).rename(index={UNPLACED: ELSEWHERE})


def _shifted(target: pd.Series, before: pd.Series, after: pd.Series) -> pd.Series:
    """Targets on the stocks after: what did not change keeps its own, the rest share what is left."""
    if target.isna().any() or after.isna().any():
        return pd.Series(pd.NA, index=target.index, dtype="Int64")
    moved = before.ne(after)
    if not moved.any():
        return target
    return target.mask(moved, apportion(int(target[moved].sum()), after[moved]).astype("Int64"))
