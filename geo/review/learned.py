"""What the registry taught, as a person reads it: each name with its county, its place, and what was decided on it."""

from collections import Counter
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geo.decisions import standing
from geo.gazetteer import KIND_LABEL, LABELS
from geo.review.answers import Row
from geo.text import normalise

NAMES = ("road", "poi", "devzone", "community", "town")
"""Kinds of facts that a person rules on; stems, doors and habits of writing follow from them."""
STATES: Mapping[str, str] = {"accept": "accepted", "forbid": "forbidden", "place": "moved", "alias": "same"}
"""Kinds of decisions about a learned name, and the state it is in by them."""
_Name = tuple[str, str, str]


def learned(facts: pd.DataFrame, places: gpd.GeoDataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return ``FACTS`` with ``place_id``, ``counties``, ``state``, ``told``, ``decided_by``, ``decided_on``, ``act``.

    ``place_id`` is the place of that name, NA if it is none; ``counties`` in how many counties the name was learned;
    ``state`` a value of ``STATES``, ``told`` the target of that decision. Names that were decided on and that nothing
    teaches any more stand at the end, without mentions.
    """
    rulings = _rulings(decisions)
    missing = {named: row for named, row in rulings.items() if named not in _known(facts)}
    table = pd.concat([facts, _bare(missing)]) if missing else facts
    at = _placed(places)
    names = list(zip(table["kind"], table["county_code"], table["name"], strict=True))
    writings = [normalise(text).text if isinstance(text, str) else "" for text in table["surface"]]
    spelt = [(kind, county, text) for (kind, county, _), text in zip(names, writings, strict=True)]
    found = [rulings.get(name) or rulings.get(other) for name, other in zip(names, spelt, strict=True)]
    often = Counter((kind, name) for kind, _, name in names)
    columns = {
        "place_id": [at.get(other) or at.get(name) for name, other in zip(names, spelt, strict=True)],
        "counties": [often[kind, name] for kind, _, name in names],
        "state": [STATES[str(row["kind"])] if row else None for row in found],
        "told": [row["target"] if row else None for row in found],
        "decided_by": [row["decided_by"] if row else None for row in found],
        "decided_on": [row["decided_on"] if row else None for row in found],
        "decision": [row["decision"] if row else None for row in found],
    }
    return table.assign(**{name: pd.array(values, dtype="object") for name, values in columns.items()})


def rule(fact: pd.Series, act: str, target: str = "") -> list[Row]:
    """Return the decisions that a person's word about a learned name makes, none for a word that says nothing.

    ``act`` is accept, forbid, move (``target``: county), retype (``target``: building or market) or same (``target``:
    place or division). ``fact`` is a row of ``learned``, named by its key.
    """
    if fact["kind"] not in NAMES:
        return []
    place = fact["place_id"] if isinstance(fact["place_id"], str) else ""
    subject = place or str(fact.name)
    writing = fact["surface"] if isinstance(fact["surface"], str) else fact["name"]
    if act in ("accept", "forbid"):
        return [{"kind": act, "subject": subject}]
    if act == "move" and target.isdigit() and target != fact["county_code"]:
        return [{"kind": "place", "subject": subject, "target": target}]
    if act == "same" and target and target != subject:
        return [{"kind": "alias", "subject": subject, "target": target, "text": writing}]
    if act == "retype" and target in ("building", "market") and place.partition(":")[0] in ("building", "market"):
        return [{"kind": "retype", "subject": place, "text": target}]
    return []


def named(subject: str) -> _Name | None:
    """Return kind of fact, county and name of the key of a fact or a learned place, None for other keys."""
    kind, _, rest = subject.partition(":")
    county, _, name = rest.partition(":")
    label = KIND_LABEL.get(kind, kind if kind in LABELS else "")
    text = normalise(name.partition("#")[0]).text
    return (label, county, text) if label and text else None


def _rulings(decisions: pd.DataFrame) -> dict[_Name, dict[str, object]]:
    rows = standing(decisions, *STATES)
    found = {}
    for key, row in zip(rows.index, rows.to_dict("records"), strict=True):
        name = named(str(row["subject"]))
        if name is not None:
            found[name] = row | {"decision": str(key)}
    return found


def _known(facts: pd.DataFrame) -> set[_Name]:
    kinds, counties = facts["kind"], facts["county_code"]
    spelt = [normalise(text).text if isinstance(text, str) else "" for text in facts["surface"]]
    return {*zip(kinds, counties, facts["name"], strict=True), *zip(kinds, counties, spelt, strict=True)}


def _bare(rulings: Mapping[_Name, dict[str, object]]) -> pd.DataFrame:
    """Return decided names that no address teaches as rows of ``FACTS``."""
    rows = {
        f"{kind}:{county}:{name}": {"kind": kind, "name": name, "county_code": county, "mentions": 0, "support": 0.0}
        for kind, county, name in sorted(rulings)
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _placed(places: gpd.GeoDataFrame) -> dict[_Name, str]:
    columns = (places.index, places["kind"], places["county_code"], places["name"])
    return {
        (KIND_LABEL[kind], str(county), normalise(name).text): str(key)
        for key, kind, county, name in zip(*columns, strict=True)
        if kind in KIND_LABEL and isinstance(county, str)
    }
