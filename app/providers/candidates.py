"""Rows under review, the questions they make, and the answers set beside them as candidates."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from app import store
from app.db import Database
from app.models import ProviderAnswer
from app.providers.provider import Query
from app.providers.services import Service
from app.providers.wording import query
from geo import review
from geo.online import ANSWERS, check_answers
from geo.registry import county_names
from geo.survey import Survey

_ADDRESSES = frozenset({"homonym", "address", "nowhere"})
_PLACES = frozenset({"building", "market"})


def under_review(survey: Survey, divisions: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the firms about whose place the review queue asks, in its order: what is worth most first.

    Of a building or market that waits for its pin one firm stands for all; settled items are left out.
    """
    found = review.items(survey.firms, survey.places, survey.links, divisions, pairs=survey.same)
    gone = review.closed(found, decisions)
    rows: list[int] = []
    for item in found:
        if item.key in gone:
            continue
        if item.kind in _ADDRESSES:
            rows += item.rows.tolist()
        elif item.kind == "pin" and item.place_kind in _PLACES:
            rows.append(int(item.rows[0]))
    settled = {row for item in found if item.key in gone for row in item.rows.tolist()}
    doubtful = np.flatnonzero(survey.firms["location_status"].eq("review")).tolist()
    rows += [row for row in doubtful if row not in settled]
    return survey.firms.iloc[list(dict.fromkeys(rows))]


def questions(service: Service, firms: pd.DataFrame, city: str, city_name: str) -> dict[Any, Query]:
    """Return the question of each firm whose address says anything."""
    asked: dict[str, Query | None] = {
        address: query(service.provider, address, city, city_name) for address in firms["address"].dropna().unique()
    }
    pairs = zip(firms.index, firms["address"], strict=True)
    found = ((key, asked.get(address) if isinstance(address, str) else None) for key, address in pairs)
    return {key: question for key, question in found if question is not None}


def set_beside(database: Database, service: Service, firms: pd.DataFrame, asked: Mapping[Any, Query]) -> pd.DataFrame:
    """Check every stored answer to the questions of firms and store it as their candidate; return what was stored."""
    with database.session() as session:
        answers = store.providers.answers(session, service.name, [question.address for question in asked.values()])
        divisions, aliases, outlines = (
            store.read(session, layer, store.CITY) for layer in ("divisions", "aliases", "outlines")
        )
    keys = [key for key, question in asked.items() if question.address in answers]
    found = [answers[asked[key].address] for key in keys]
    rows = firms.loc[keys, ["address", "county_code", "lon", "lat", "radius_m", "confidence"]]
    table = pd.concat([rows, _table(found, rows.index)], axis=1)
    counties = outlines[outlines["level"].eq("county") & outlines["valid_to"].isna()]
    shapes = {str(code): shape for code, shape in zip(counties.index, counties.geometry, strict=True)}
    checked = check_answers(table, shapes, county_names(divisions, aliases))
    stored = checked.assign(query=[answer.query for answer in found], asked_at=[answer.asked_at for answer in found])
    with database.session(write=True) as session:
        store.providers.put_candidates(session, service.name, stored.astype("object"))
    return stored


def _table(found: Sequence[ProviderAnswer], index: pd.Index) -> pd.DataFrame:
    rows = [(a.lon, a.lat, a.datum, a.level, a.level_word, a.score) for a in found]
    table = pd.DataFrame(rows, columns=list(ANSWERS), index=index)
    return table.astype(dict.fromkeys(("answer_lon", "answer_lat", "score"), "float64"))
