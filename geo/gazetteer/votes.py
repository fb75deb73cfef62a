"""Which county an address lies in: every name votes, and the reading with the most likely county wins.

The votes are logarithms of likelihoods, so they add; the result is a probability per county. What stands behind it is
kept by name, so that a reason can be given.
"""

import math
from dataclasses import dataclass

from geo.address import Address, Segment
from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.index import Gazetteer
from geo.gazetteer.variants import place_core, road_stem

_TEMPER = 1.0
_COMPANY = math.log(0.03)
"""A firm whose name carries a county is seldom registered in another."""


@dataclass(slots=True)
class Reading:
    """An address with its names looked up and the county worked out.

    ``named`` pairs each name segment with its ``Name`` (``None``: unknown). ``certain`` tells that a division named in the
    text decides. ``form`` is ``county``, ``city``, ``road`` or ``none``: how the address begins. ``alone`` is the chance of ``county``
    without the firm's name. ``outside`` is the entity elsewhere
    that it begins with.
    """

    address: Address
    named: list[tuple[Segment, Name | None]]
    posterior: list[float]
    county: str
    chance: float
    alone: float
    form: str
    certain: bool
    outside: Entity | None
    conflict: bool


def read(gazetteer: Gazetteer, text: str, company: tuple[float, ...] | None = None) -> Reading:
    """Parse a normalised address and work out its county. ``company`` are the votes of the firm's own name."""
    address = gazetteer.read(text)
    named: list[tuple[Segment, Name | None]] = []
    form = "none"
    certain = False
    outside: Entity | None = None
    own = False
    districts: set[str] = set()
    votes: list[tuple[float, ...]] = []
    for piece in address.names:
        name = piece.source.payload if piece.source is not None else _looked_up(gazetteer, text, piece)  # type: ignore[attr-defined]
        named.append((piece, name))
        if name is None:
            continue
        label = name.label
        if label in ("prov", "city", "district") and name.entities:
            kind = name.entities[0].kind
            if kind == "elsewhere":
                if outside is None and not own and _leading(named):
                    outside = name.entities[0]
                continue
            own = own or kind in ("own", "city", "county")
            if kind == "city" and form == "none":
                form = "city"
            if kind == "county":
                form = "county"
                districts |= {e.county for e in name.entities if e.county}
        if name.votes is not None:
            votes.append(name.votes)
            certain = certain or label in ("district", "town", "community", "devzone") and name.form != "learned"
    if form == "none" and text.startswith("市"):
        form = "city"
    elif form == "none" and named and named[0][0].label in ("road", "poi", "devzone", "other"):
        form = "road"
    if outside is not None and own:
        outside = None if outside.kind == "own" else outside if not districts and form != "city" else None
    totals = list(gazetteer.priors[form]) if form != "county" else [0.0] * len(gazetteer.counties)
    for vote in votes:
        totals = [a + b for a, b in zip(totals, vote, strict=True)]
    alone = _softmax(totals)
    if company is not None:
        totals = [a + b for a, b in zip(totals, company, strict=True)]
    posterior = _softmax(totals) if company is not None else alone
    best = max(range(len(posterior)), key=posterior.__getitem__)
    county = gazetteer.counties[best]
    conflict = len(districts) > 1 or bool(districts) and county not in districts
    return Reading(address, named, posterior, county, posterior[best], alone[best], form, certain, outside, conflict)


def company_votes(gazetteer: Gazetteer, name: str) -> tuple[float, ...] | None:
    """Return the votes of the county that a folded company name carries, ``None`` for none or for several."""
    found = {gazetteer.owners[word].votes for word in gazetteer.owner_words.findall(name)}
    if len(found) != 1 or (votes := found.pop()) is None:
        return None
    top = max(votes)
    return tuple(0.0 if v == top else _COMPANY for v in votes)


def _leading(named: list[tuple[Segment, Name | None]]) -> bool:
    """Whether only provinces and cities stand before the last name: a place elsewhere further on is part of a name."""
    return all(name is not None and name.label in ("prov", "city") for _, name in named[:-1]) and named[0][0].start == 0


def _looked_up(gazetteer: Gazetteer, text: str, piece: Segment) -> Name | None:
    words, label = text[piece.start : piece.end], piece.label
    if label in ("other", "subpoi"):
        label = "poi"
    found = gazetteer.lookup.get((label, words))
    if found is not None:
        return found
    if label == "poi":
        core = place_core(words, gazetteer.regions)
        found = gazetteer.lookup.get(("poi", core)) if core != words else None
    if found is None and label in ("poi", "devzone"):
        return gazetteer.inner.get(words[:2]) or gazetteer.inner.get(words[:3])
    if label == "road":
        stem = road_stem(words)
        return gazetteer.lookup.get(("stem", stem or words))
    return None


def _softmax(totals: list[float]) -> list[float]:
    top = max(totals)
    weights = [math.exp(_TEMPER * (t - top)) for t in totals]
    size = sum(weights)
    return [w / size for w in weights]
