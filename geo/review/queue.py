"""All items of a survey, in order."""

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd

from geo.review.doubles import doubles
from geo.review.doubts import doubts
from geo.review.items import Candidate, Counts, Item, ordered
from geo.review.names import near_names, same
from geo.review.pins import pins

_LINK = frozenset(("link", "unlink"))
_RIVALS = 8


def items(
    firms: pd.DataFrame,
    places: gpd.GeoDataFrame,
    links: pd.DataFrame,
    divisions: pd.DataFrame,
    *,
    pairs: pd.DataFrame,
) -> list[Item]:
    """Return what a person should look at, what is worth most first.

    Parameters
    ----------
    firms, places, links : FIRMS, PLACES and LINKS of a survey
    pairs : SAME of the survey: records that may be one firm
    divisions : DIVISIONS, for names and positions of villages
    """
    counts = Counts(firms)
    near = near_names(places)
    found = [
        *pins(firms, places, divisions, counts, near),
        *doubts(firms, counts),
        *same(firms, places, near, counts),
        *_links(firms, links, counts),
        *doubles(firms, pairs, counts),
    ]
    return ordered(found)


def _links(firms: pd.DataFrame, links: pd.DataFrame, counts: Counts) -> Iterator[Item]:
    """Yield the links of which a person must say whether they hold; those among unions have no firm."""
    waiting = links[links["status"].eq("review") & links["member_kind"].eq("enterprise") & links["member_id"].notna()]
    at = firms.index.get_indexer(waiting["member_id"].to_numpy(dtype=object))
    for row, link in zip(at, waiting.itertuples(), strict=True):
        if row < 0:
            continue
        rivals = [key for _, detail in link.reasons for key in detail.get("firms", ()) if key != link.member_id]
        choices = [link.member_id, *dict.fromkeys(rivals)][:_RIVALS]
        yield counts.item(
            f"link:{link.Index}", "link", [int(row)], subject=str(link.Index), place_kind="link",
            name=str(link.listed_name), county=_county(firms, int(row)), closed_by=_LINK,
            subjects=frozenset((str(link.Index),)), other=str(link.union_id),
            candidates=tuple(
                Candidate(key, "enterprise", "link", score=float(link.score) if key == link.member_id else float("nan"))
                for key in choices
                if key in firms.index
            ),
        )  # fmt: skip


def _county(firms: pd.DataFrame, row: int) -> str:
    code = firms["county_code"].iloc[row]
    return code if isinstance(code, str) else ""
