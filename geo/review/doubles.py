"""Pairs of records that may be one firm, as items of the queue."""

from collections.abc import Iterator

import pandas as pd

from geo.review.items import Candidate, Counts, Item, pair

_DECIDED = frozenset(("link", "unlink"))


def doubles(firms: pd.DataFrame, pairs: pd.DataFrame, counts: Counts) -> Iterator[Item]:
    """Yield the pairs (SAME) that wait for a person; one decision settles one firm, by the chance that they are one.

    ``subject`` and ``other`` are the two records, in the order in which a decision names them.
    """
    waiting = pairs[pairs["status"].eq("review")]
    at = {side: firms.index.get_indexer(waiting[side].to_numpy(dtype=object)) for side in ("one", "other")}
    counties, names = (firms[name].to_numpy(dtype=object, na_value="") for name in ("county_code", "name"))
    spots = firms[["lon", "lat"]].to_numpy(dtype="float64")
    for one, two, found in zip(at["one"], at["other"], waiting.itertuples(), strict=True):
        if min(one, two) < 0:
            continue
        keys = (str(found.one), str(found.other))
        yield counts.item(
            f"double:{found.Index}", "double", [one, two], weight=float(found.score) / 2, subject=keys[0],
            other=keys[1], place_kind="enterprise", name=str(names[one]), county=str(counties[one] or counties[two]),
            closed_by=_DECIDED, subjects=frozenset((pair(*keys),)),
            candidates=tuple(
                Candidate(key, "enterprise", "link", float(spots[row][0]), float(spots[row][1]), float(found.score))
                for key, row in zip(keys, (one, two), strict=True)
            ),
        )  # fmt: skip
