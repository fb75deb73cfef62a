"""Learned names as pages read them: the table within conditions, and the firms whose addresses name one."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from app import query
from app.reading import Reading
from geo import review
from geo.text import normalise

_KIND_OF = {
    "road": "road", "subroad": "road", "poi": "poi", "subpoi": "poi", "other": "poi", "devzone": "devzone",
    "community": "community", "town": "town",
}  # fmt: skip
"""Label of a part of an address → kind of fact it names."""
_ALSO = {"poi": "devzone"}
"""What a name may be shown as, and taught as: parks other than development zones are shown as places."""
_LONGEST_PREFIX = 6
"""Letters of city or county that may stand before the name of a place in an address."""


def table(read: Reading, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return every learned name with what was decided on it, kept until there is another decision."""
    stamp = (len(decisions), str(decisions.index[-1]) if len(decisions) else "")
    survey = read.survey
    return read.kept.get(("facts", stamp), lambda: review.learned(survey.facts, survey.places, decisions))


def chosen(facts: pd.DataFrame, args: Any) -> pd.DataFrame:
    """Return the names that meet the conditions of an address: kind, county, state, words, least mentions."""
    kind, county, state = (args.get(name, "") for name in ("kind", "county", "state"))
    keep = facts["kind"].isin(review.NAMES) if not kind else facts["kind"].eq(kind)
    if county:
        keep &= facts["county_code"].eq(county)
    if state:
        keep &= facts["state"].notna() if state == "any" else facts["state"].eq(state)
    for word in query.words(args.get("text", "")).split():
        keep &= facts["name"].str.contains(word, regex=False) | facts["surface"].str.contains(word, regex=False).fillna(
            False
        )
    least = args.get("least", type=int)
    if least:
        keep &= facts["mentions"].fillna(0) + facts["support"].fillna(0) >= least
    return facts[keep.fillna(False)]


def firms(read: Reading, fact: pd.Series) -> pd.DataFrame:
    """Return the firms whose address names a fact, those of its county first; of a door, those at that door."""
    if fact["kind"] == "door":
        rows = [row for row in _naming(read).get(("road", fact["name"]), ()) if _at_door(read, row, fact)]
    else:
        rows = list(_naming(read).get((fact["kind"], fact["name"]), ()))
        if isinstance(fact["surface"], str):
            rows += _naming(read).get((fact["kind"], normalise(fact["surface"]).text), ())
    found = read.survey.firms.iloc[np.unique(np.asarray(rows, dtype=np.int64))]
    here = found["county_code"].eq(fact["county_code"]).fillna(False)
    return pd.concat([found[here], found[~here]])


def _at_door(read: Reading, row: int, fact: pd.Series) -> bool:
    return bool(read.survey.firms["house_no"].iloc[row] == fact["detail"])


def _naming(read: Reading) -> dict[tuple[str, str], list[int]]:
    """Return the rows of FIRMS by what their addresses name."""
    return read.kept.get("facts.naming", lambda: _made(read))


def _made(read: Reading) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    known: dict[str, str] = {}
    names = {(kind, name) for kind, name in zip(read.survey.facts["kind"], read.survey.facts["name"], strict=True)}
    counties = [name for _, name in read.counties()]
    owners = {*counties, *(name[:-1] for name in counties if len(name) > 2)}
    for row, parts in enumerate(read.survey.firms["components"]):
        for label, raw, *_ in review.listed(parts):
            kind = _KIND_OF.get(label)
            if kind is None:
                continue
            text = known.get(raw)
            if text is None:
                text = known[raw] = normalise(raw).text
            found[kind, text].append(row)
            for fact in _facts(kind, text, names, owners):
                found[fact].append(row)
    return dict(found)


def _facts(kind: str, text: str, names: set[tuple[str, str]], owners: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the facts other than its own that a name in an address stands for, without the city or county before it.

    Words before a zone's name make it another zone, unless they are a county.
    """
    for taught in dict.fromkeys((kind, _ALSO.get(kind, kind))):
        cuts = (0, *range(2, min(_LONGEST_PREFIX, len(text) - 2) + 1))
        if taught == "devzone":
            cuts = tuple(cut for cut in cuts if not cut or text[:cut] in owners)
        cut = next((cut for cut in cuts if (taught, text[cut:]) in names), None)
        if cut or (cut == 0 and taught != kind):
            yield taught, text[cut:]


def sources(rows: pd.DataFrame) -> list[tuple[str, Any, int]]:
    """Return the registers that firms come from: name, newest day, number of firms."""
    named = rows.assign(source=rows["source"].fillna(""))
    groups = named.groupby("source", sort=True)["source_date"]
    return [(str(source), days.max(), len(days)) for source, days in groups]
