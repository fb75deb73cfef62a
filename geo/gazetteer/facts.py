"""What the registry taught: names with the counties that addresses put them in, as rows that a person can read."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from geo.frames import FACTS
from geo.gazetteer.entries import DOUBT, Entity, Name, votes_of
from geo.gazetteer.variants import short_name


class Fact(NamedTuple):
    """One row of ``FACTS``."""

    kind: str
    name: str
    county: str
    mentions: int
    support: float
    detail: str
    surface: str


def read_facts(frame: pd.DataFrame | None) -> tuple[Fact, ...]:
    """Return the rows of ``FACTS``, sorted."""
    if frame is None or frame.empty:
        return ()
    filled = frame.assign(detail=frame["detail"].fillna(""), surface=frame["surface"].fillna(""))
    columns = ["kind", "name", "county_code", "mentions", "support", "detail", "surface"]
    return tuple(sorted(Fact(*row) for row in filled[columns].itertuples(index=False, name=None)))


def facts_frame(facts: Iterable[Fact]) -> pd.DataFrame:
    """Return facts as ``FACTS``."""
    rows = sorted(facts)
    frame = pd.DataFrame(rows, columns=["kind", "name", "county_code", "mentions", "support", "detail", "surface"])
    frame.index = pd.Index(
        [f"{f.kind}:{f.county}:{f.name}" + (f":{f.detail}" if f.detail not in ("", RULED) else "") for f in rows],
        dtype="object",
    )
    return FACTS.conform(frame)


LABELS = {"road": "road", "poi": "poi", "devzone": "devzone", "community": "community", "town": "town", "stem": "stem"}
"""Kinds of facts that are names, with the label of their segments."""
RULED = "ruled"
"""Detail of a name that a person has put into its county."""
_RULED_DOUBT = 0.01
"""Less than a road or house has, more than a county that is written: that one stays."""
_INFERRED = 0.6
_SMOOTH = 0.35
_ALONE = _INFERRED
"""Weight of one address whose county was itself inferred: its names would only repeat, to that address, what was
guessed of it."""


def learned_names(
    facts: Iterable[Fact], counties: Sequence[str], entities: Mapping[str, Entity], owners: frozenset[str]
) -> dict[tuple[str, str], Name]:
    """Return a name per learned text and label, with votes from the shares of each county's own mentions."""
    rows = [fact for fact in facts if fact.kind in LABELS]
    ruled = {(fact.kind, fact.name) for fact in rows if fact.detail == RULED}
    rows = [fact for fact in rows if fact.mentions or (fact.kind, fact.name) not in ruled]  # not what was guessed
    totals: dict[tuple[str, str], float] = defaultdict(float)
    counts: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    surfaces: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in rows:
        if fact.surface and fact.surface != fact.name:
            surfaces[fact.kind, fact.name].add(fact.surface)
        weight = fact.mentions + _INFERRED * fact.support
        totals[fact.kind, fact.county] += weight
        counts[fact.kind, fact.name][fact.county] = weight
    means = {k: sum(totals.get((k, c), 0.0) for c in counties) / max(len(counties), 1) for k in LABELS}
    by_name: dict[tuple[str, str], list[Entity]] = defaultdict(list)
    for entity in entities.values():
        if entity.origin == "registry":
            label = KIND_LABEL.get(entity.kind, "")
            by_name[label, short_name(entity.name, label, owners)].append(entity)
    names = {}
    for (kind, text), found in sorted(counts.items()):
        size = sum(found.values())
        if size <= _ALONE:
            continue
        shares = {c: w / (totals[kind, c] + means[kind]) for c, w in found.items()}
        doubt = min(0.9, DOUBT.get(LABELS[kind], 0.04) + _SMOOTH / (size + 0.25) ** 1.0)
        told = (kind, text) in ruled
        votes = votes_of(shares, counties, min(doubt, _RULED_DOUBT) if told else doubt)
        known = tuple(sorted(by_name.get((kind, text), []), key=lambda e: e.key))
        written = tuple(sorted(surfaces.get((kind, text), ())))
        names[LABELS[kind], text] = Name(text, LABELS[kind], "learned", known, votes, round(size), written, told)
    return names


KIND_LABEL = {"street": "road", "building": "poi", "market": "poi", "zone": "devzone"}
"""Kinds of learned places, with the label of the names that mean them."""


_OPEN = {"city": 0.01, "citywide": 0.06, "road": 0.15, "none": 0.3}
"""Share of a prior that stays open between all counties: rows whose names tell nothing are not like those that do."""


def priors_of(facts: Iterable[Fact], counties: Sequence[str], core: frozenset[str]) -> dict[str, tuple[float, ...]]:
    """Return log-priors per county for addresses that name none, by form.

    The forms: ``city`` (南通市, 市 and a road), ``citywide`` (南通市 and
    no road), ``road`` (a road or house comes first), ``none``; ``county`` for completeness.
    What is known beforehand is only Chinese practice: a prefecture's name followed by a road means the city proper.
    What the registry taught replaces it as it grows.
    """
    split = len(core) < len(counties)
    given = {
        "city": 0.92 if split else 1.0,
        "citywide": 0.8 if split else 1.0,
        "road": 0.5 if split else 1.0,
        "none": len(core) / len(counties),
    }
    priors = {"county": tuple(0.0 for _ in counties)}
    for form, share in given.items():
        outer = max(len(counties) - len(core), 1)
        weight = {c: 8.0 * (share / len(core) if c in core else (1 - share) / outer) for c in counties}
        for fact in facts:
            if fact.kind == "prior" and fact.name == form and fact.county in weight:
                weight[fact.county] += fact.support
        total, mix = sum(weight.values()), _OPEN[form]
        priors[form] = tuple(math.log((1 - mix) * weight[c] / total + mix / len(counties)) for c in counties)
    return priors
