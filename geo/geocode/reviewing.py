"""What reviewers decided, set beside what the geocoder would have said without them: rows to fit the confidence on."""

from collections.abc import Iterator

import pandas as pd

from geo.decisions import NOWHERE, OUTSIDE, address_key, standing
from geo.gazetteer import Entity, Gazetteer
from geo.geocode.batch import used_addresses, weigh
from geo.geocode.fitting import Reviewed
from geo.geocode.options import LocateOptions

_COLUMN = {"county": "county_code", "town": "town_code", "village": "village_code"}


def reviewed(
    enterprises: pd.DataFrame, decisions: pd.DataFrame, gazetteer: Gazetteer, options: LocateOptions
) -> Iterator[Reviewed]:
    """Yield a row per firm whose place a person decided: right if the answer lies in the county and place decided.

    An answer that is coarser than the decision, and agrees as far as it goes, is right. Groups are addresses.
    """
    told = {row.subject: row.target for row in standing(decisions, "place").itertuples() if isinstance(row.target, str)}
    if not told:
        return
    addresses = used_addresses(enterprises)
    targets = [
        told.get(key) or told.get(address_key(raw)) for key, raw in zip(enterprises.index, addresses, strict=True)
    ]
    chosen = [target is not None for target in targets]
    found, evidence = weigh(enterprises[chosen], gazetteer, options=options)
    named = [(target, raw) for target, raw in zip(targets, addresses, strict=True) if target is not None]
    for (target, raw), proof, (_, row) in zip(named, evidence, found.iterrows(), strict=True):
        right = _is_right(row, target, gazetteer)
        if proof and right is not None:
            yield Reviewed(proof, right, address_key(raw))


def _is_right(row: pd.Series, target: str, gazetteer: Gazetteer) -> bool | None:
    """Whether an answer agrees with a decision, ``None`` where the place decided on is not known any more."""
    if target in (OUTSIDE, NOWHERE):
        return False
    entity: Entity | None = gazetteer.entities.get(target)
    if entity is None or entity.county is None:
        return None
    have = row.get(_COLUMN.get(entity.kind, entity.kind))
    return bool(row["county_code"] == entity.county and (not isinstance(have, str) or have == entity.key))
