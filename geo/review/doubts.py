"""Addresses whose answer is doubtful, missing or foreign, and the names behind the doubt."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.decisions import address_key
from geo.gazetteer.kinds import is_generic
from geo.geocode import CLASHES, used_addresses
from geo.review.items import Candidate, Counts, Item, anywhere, listed
from geo.text import normalise

_NAMES = {
    "town": "town", "community": "community", "devzone": "devzone", "road": "road",
    "poi": "poi", "subpoi": "poi", "other": "poi",
}  # fmt: skip
"""Labels of parts of an address that are names, with the kind of fact they teach."""
_STEM = frozenset((*_NAMES, "prov", "city", "district"))
_LEARNED_FROM = frozenset(
    (
        "COUNTY_FROM_TOWN", "COUNTY_FROM_ZONE", "COUNTY_FROM_ROAD", "COUNTY_FROM_VILLAGE", "COUNTY_FROM_PLACE",
        "KNOWN_ELSEWHERE", "SPEAKS_AGAINST",
    )
)  # fmt: skip
_READ = {
    "building": "building", "market": "market", "street": "street", "village": "village_code", "town": "town_code",
}  # fmt: skip
"""Columns of the places that an address may have been read as, the finest first."""
_GROUP = re.compile(r"[东西南北]?\d+[组队社]?$")
"""The group of villagers behind a village's name."""
_PLACED = frozenset(("place",))
_CHOICES = CLASHES | {"CONFLICT", "HOMONYM"}
"""Reasons of doubt that no word about one name settles."""
_GUESS = 0.0
"""Worth of an address that names no more than city and county, or words of every place (水域, 开发区).

Its firms need not stand in one place, so one answer for all of them settles nothing.
"""
_MOST = 9
"""Candidates offered: one for each digit."""


@dataclass(frozen=True)
class _Doubt:
    """A firm's row with a doubtful answer."""

    row: int
    subject: str
    status: str
    county: str
    reasons: dict[str, dict[str, Any]]
    names: tuple[tuple[str, str], ...]
    stem: str
    candidates: tuple[Candidate, ...]


def doubts(firms: pd.DataFrame, counts: Counts) -> Iterator[Item]:
    """Yield one item for each name, village, or address that firms with a doubtful answer share."""
    found = list(_doubtful(firms))
    often = Counter(name for doubt in found if doubt.status == "review" for name in _open_names(doubt))
    groups: dict[tuple[str, str], list[_Doubt]] = defaultdict(list)
    for doubt in found:
        groups[_group(doubt, often)].append(doubt)
    for (kind, key), members in groups.items():
        yield (_named if kind == "county" else _addressed)(kind, key, members, counts)


def _doubtful(firms: pd.DataFrame) -> Iterator[_Doubt]:
    columns = ("location_status", "location_reasons", "components", "candidates", "county_code", *_READ.values())
    addresses = used_addresses(firms)
    for row, values in enumerate(zip(*(firms[name].tolist() for name in columns), strict=True)):
        status, reasons, parts, others, county, *read = values
        reasons = listed(reasons)
        codes: dict[str, dict[str, Any]] = dict(reasons)
        if (status == "auto" and "HOMONYM" not in codes) or any(code.startswith("DECIDED") for code in codes):
            continue
        parts = listed(parts)
        named = ((_NAMES[label], normalise(text).text) for label, text, *_ in parts if label in _NAMES)
        names = tuple((kind, text) for kind, text in named if not is_generic(text, kind))
        stem = "".join(normalise(text).text for label, text, *_ in parts if label in _STEM) if names else ""
        stem = _GROUP.sub("", stem)
        subject = address_key(addresses[row])
        code = county if isinstance(county, str) else ""
        candidates = (*(_as_read(read) if "TYPO" in codes else ()), *_candidates(code, others))
        yield _Doubt(row, subject, status, code, codes, names, stem, candidates)


def _as_read(read: Sequence[Any]) -> Iterator[Candidate]:
    """Yield the finest place that an address was read as, where it is written otherwise: to be confirmed."""
    for kind, key in zip(_READ, read, strict=True):
        if isinstance(key, str):
            yield Candidate(key, kind, "reading", score=1.0)
            return


def _candidates(county: str, others: Any) -> tuple[Candidate, ...]:
    found = [
        Candidate(str(o["place"]), str(o["level"]), "reading", _number(o["lon"]), _number(o["lat"]), float(o["score"]))
        for o in listed(others)
    ]
    rest = 1.0 - sum(c.score for c in found if c.kind == "county")
    if county and all(c.target != county for c in found):
        found.append(Candidate(county, "county", "reading", score=round(max(rest, 0.0), 4)))
    return tuple(sorted(found, key=lambda c: (c.kind == "county", -c.score, c.target)))


def _open_names(doubt: _Doubt) -> list[tuple[str, str]]:
    """Return the names of a row of which a person's word would settle the county: those that no layer knows."""
    if not _CHOICES.isdisjoint(doubt.reasons):
        return []
    learned = {d.get("name") for code, d in doubt.reasons.items() if code in _LEARNED_FROM and "mentions" in d}
    known = {d.get("name") for code, d in doubt.reasons.items() if code in _LEARNED_FROM and "mentions" not in d}
    if known:
        return []
    return [name for name in doubt.names if len(name[1]) >= 2 and (not learned or name[1] in learned)]


def _group(doubt: _Doubt, often: Counter[tuple[str, str]]) -> tuple[str, str]:
    if "HOMONYM" in doubt.reasons:
        return "homonym", f"{doubt.stem or doubt.subject}:{doubt.reasons['HOMONYM'].get('name')}"
    if doubt.status != "review":
        return "nowhere", doubt.subject
    names = _open_names(doubt)
    if names:
        order = list(_NAMES.values())
        label, text = min(names, key=lambda name: (-often[name], order.index(name[0])))
        return "county", f"{label}:*:{text}"
    return "address", doubt.stem or doubt.subject


def _named(kind: str, key: str, members: Sequence[_Doubt], counts: Counts) -> Item:
    label, _, text = key.split(":", 2)
    return counts.item(
        f"{kind}:{key}", kind, [m.row for m in members], subject=key, place_kind=label, name=text,
        county=_most_county(members), closed_by=frozenset(("accept", "forbid", "alias")),
        subjects=frozenset((anywhere(key),)), candidates=_merged(members, kinds=("county",)),
    )  # fmt: skip


def _addressed(kind: str, key: str, members: Sequence[_Doubt], counts: Counts) -> Item:
    subjects = sorted({m.subject for m in members})
    told = kind != "address" or any(m.names for m in members)
    name = key.rpartition(":")[2] if kind == "homonym" else key.removeprefix("text:")
    return counts.item(
        f"{kind}:{key}", kind, [m.row for m in members], subject="\n".join(subjects), place_kind="address", name=name,
        weight=1.0 if told else _GUESS, county=_most_county(members), closed_by=_PLACED, subjects=frozenset(subjects),
        candidates=_merged(members, kinds=("building", "market", "street", "village", "town", "county")),
    )  # fmt: skip


def _most_county(members: Sequence[_Doubt]) -> str:
    counter = Counter(m.county for m in members if m.county)
    return min(counter, key=lambda code: (-counter[code], code)) if counter else ""


def _merged(members: Sequence[_Doubt], kinds: Sequence[str]) -> tuple[Candidate, ...]:
    """Return the candidates of all members, the likeliest on average first; what is finer before counties."""
    scores: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for member in members:
        for candidate in member.candidates:
            if candidate.kind in kinds:
                scores[candidate.kind, candidate.target].append(candidate)
    merged = [
        Candidate(
            target, kind, "reading", found[0].lon, found[0].lat,
            round(sum(c.score for c in found) / len(members), 4), len(found),
        )
        for (kind, target), found in scores.items()
    ]  # fmt: skip
    merged.sort(key=lambda c: (kinds.index(c.kind), -c.score, c.target))
    return tuple(merged[:_MOST])


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else float("nan")
