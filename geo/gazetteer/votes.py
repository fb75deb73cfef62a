"""Which county an address lies in: every name votes, and the county that explains all of them best wins.

The votes are logarithms of likelihoods, so they add; the result is a probability per county. What stands behind it is
kept by name, so that a reason can be given. An address that names no county starts from the prior of its form; a firm's
name is second evidence, kept apart as ``alone`` against ``chance``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from geo.address import Address, Hit, Segment, parse
from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.index import MOST_CHARACTERS, Gazetteer
from geo.gazetteer.meanings import meaning, zone_meaning
from geo.gazetteer.memo import Votes, Weighed, remember

_COMPANY = math.log(0.03)
"""A firm whose name carries a county is seldom registered in another."""
_DIVISION_LABELS = frozenset(("district", "town", "community", "devzone"))
_TRUSTED = frozenset(("full", "inner"))
_CITYWIDE = frozenset(("prov", "city", "district"))
_Named = tuple[Segment, Name | None]
_HOUSE_FIRST = frozenset(("road", "poi", "devzone", "other"))


@dataclass(slots=True)
class Reading:
    """An address with its names looked up and the county worked out.

    ``named`` pairs each name segment with its ``Name`` (``None``: unknown). ``certain`` tells that a division or zone
    named in the text decides. ``form`` is ``county``, ``city``, ``road`` or ``none``: how the address begins.
    ``alone`` is the chance of ``county`` by the text alone. ``outside`` is the place elsewhere that it begins with.
    ``districts`` are the counties it names; ``conflict`` tells that they are two, or that the rest of it speaks
    against the one. ``voices`` are the names that vote, with their segments. ``unknown`` tells that there is a name
    that nothing knows, or that only this very address seems to have taught. ``elsewhere`` are the names of provinces,
    cities and counties that first of all lie outside the city.
    """

    address: Address
    named: list[_Named]
    posterior: tuple[float, ...]
    county: str
    chance: float
    alone: float
    form: str
    certain: bool
    outside: Entity | None
    districts: frozenset[str]
    conflict: bool
    voices: list[tuple[Segment, Name]]
    unknown: bool
    elsewhere: Sequence[Name] = ()


class Mended(Protocol):
    """A name that stands for a misspelt one, and how it is written."""

    @property
    def hit(self) -> Hit:
        """Return the name as if the gazetteer had found it in the text."""

    @property
    def words(self) -> str:
        """Return what the place is called."""


def read(
    gazetteer: Gazetteer, text: str, second: tuple[float, ...] | None = None, *, mends: Sequence[Mended] = ()
) -> Reading:
    """Parse a normalised address and work out its county.

    ``second`` are votes from outside the text: the firm's name, its other address. ``mends`` are names for what the
    text misspells.
    """
    return weigh(gazetteer, _mended(gazetteer, text, mends) if mends else gazetteer.read(text), second)


def weigh(gazetteer: Gazetteer, address: Address, second: tuple[float, ...] | None = None) -> Reading:
    """Look up the names of a parsed address and work out its county; the parser must have known the same names."""
    named: list[_Named] = []
    voices: list[tuple[Segment, Name]] = []
    certain = unknown = False
    meanings = gazetteer.memo.meanings
    for piece, words in zip(address.names, address.texts, strict=True):
        _, _, label, _, name = piece
        if type(name) is not Name:
            known = meanings[label]
            name = known[words] if words in known else meaning(gazetteer, words, label)
            unknown = unknown or is_unknown(name)
        elif label == "devzone":
            name = zone_meaning(gazetteer, words, name)
            unknown = unknown or name is None
        voice = (piece, name)
        named.append(voice)
        if name is None or name.votes is None:
            continue
        voices.append(voice)
        if not certain:
            certain = name.form in _TRUSTED and name.label in _DIVISION_LABELS
    form, outside, districts, abroad = _beginning(gazetteer, address, named)
    posterior, best, alone = _weighed(gazetteer, _spread(gazetteer, form, voices), _votes(voices), second)
    county, chance = gazetteer.counties[best], posterior[best]
    conflict = bool(districts) and (len(districts) > 1 or county not in districts)
    return Reading(
        address, named, posterior, county, chance, alone, form, certain, outside, districts, conflict, voices, unknown,
        abroad,
    )  # fmt: skip


def _spread(gazetteer: Gazetteer, form: str, voices: Sequence[tuple[Segment, Name]]) -> str:
    """Return whose spread over the counties an address shares: what stands in a town is not spread as a city's roads.

    A town of the table decides by itself; one that was learned must not be outvoted, nor a name that a person has put
    into a county outside the city proper.
    """
    if form not in ("city", "citywide", "road"):
        return form
    for _, name in voices:
        if (name.form == "learned" and name.label == "town") or (name.ruled and _outside_core(gazetteer, name)):
            return "none"
    return form


def _outside_core(gazetteer: Gazetteer, name: Name) -> bool:
    return name.votes is not None and gazetteer.county_of(name.votes) not in gazetteer.core


def _votes(voices: Sequence[tuple[Segment, Name]]) -> tuple[Votes, ...]:
    """Return the votes of names, once of a name that comes twice."""
    if len(voices) < 2:
        return tuple([said for _, name in voices if (said := name.votes) is not None])
    return tuple({(name.label, name.text): said for _, name in voices if (said := name.votes) is not None}.values())


def is_unknown(name: Name | None) -> bool:
    """Whether nothing knows a name, or only one address seems to have taught it."""
    return name is None or (name.form == "learned" and name.mentions <= 1 and not name.entities)


def _mended(gazetteer: Gazetteer, text: str, mends: Sequence[Mended]) -> Address:
    """Parse a text with the mended names at their places; roads and houses are called by them."""
    text = text[:MOST_CHARACTERS]
    hits = [(mend.hit, mend.words) for mend in mends]
    address = parse(text, [*gazetteer.hits(text), *(hit for hit, _ in hits)])
    for k, piece in enumerate(address.names):
        for hit, words in hits:
            if piece[:4] == hit[:4]:
                address.texts[k] = words
                same_length = len(words) == hit[1] - hit[0]
                address.names[k] = hit if same_length else (*hit[:4], None)  # what it is called is looked up
    return address


def _weighed(gazetteer: Gazetteer, form: str, votes: tuple[Votes, ...], second: Votes | None) -> Weighed:
    """Return the chance of each county, the best one's place in their order, and its chance by the text alone."""
    known = gazetteer.memo.weighed
    key = (form, second, tuple(map(id, votes)))
    found = known.get(key)
    if found is None:
        totals = [sum(column) for column in zip(gazetteer.priors[form], *votes, strict=True)]
        alone = _shares(totals)
        posterior = alone if second is None else _shares([a + b for a, b in zip(totals, second, strict=True)])
        best = posterior.index(max(posterior))
        found = remember(known, key, ((posterior, best, alone[best]), votes))
    return found[0]


def company_votes(gazetteer: Gazetteer, name: str) -> tuple[float, ...] | None:
    """Return the votes of the county that a folded company name carries, ``None`` for none or for several."""
    words = gazetteer.owner_words.findall(name)
    if not words:
        return None
    known = gazetteer.memo.company
    key = words[0] if len(words) == 1 else tuple(words)
    if key in known:
        return known[key]
    found = {gazetteer.owners[word].votes for word in words}
    if len(found) != 1 or (votes := found.pop()) is None:
        return remember(known, key, None)
    return remember(known, key, county_votes(gazetteer, gazetteer.county_of(votes), _COMPANY))


def county_votes(gazetteer: Gazetteer, county: str, against: float) -> tuple[float, ...]:
    """Return votes for one county, ``against`` (a logarithm) for all others."""
    return tuple(0.0 if code == county else against for code in gazetteer.counties)


_Beginning = tuple[str, Entity | None, frozenset[str], Sequence[Name]]


def _beginning(gazetteer: Gazetteer, address: Address, named: list[_Named]) -> _Beginning:
    """Return the form of an address, where elsewhere it begins, the counties it names, and names elsewhere."""
    form, own = "none", False
    districts: set[str] = set()
    leading = bool(named) and _begins(address, named[0][0][0])
    elsewhere = _zone_first(named) if leading else []
    outside, abroad = (elsewhere[0].entities[0], "abroad") if elsewhere and not _names_town(named) else (None, "")
    for _, name in named:
        if name is None:
            leading = False
            continue
        label = name.label
        if label not in _CITYWIDE or not (entities := name.entities):
            leading = False
            if label == "devzone" and name.form == "inner":
                form = "county"
            continue
        kind = entities[0].kind
        if kind == "elsewhere":
            elsewhere.append(name)
            if outside is None and leading and not own:
                outside, abroad = entities[0], name.form
            continue
        if outside is not None and (name.text, outside.key[:2]) in gazetteer.namesakes:
            continue  # 北京通州区: a county of ours and of the province named before it
        own = own or kind == "city" or (kind == "county" and (outside is None or abroad != "full"))
        if kind == "county":
            form = "county"
            districts.update([e.county for e in entities if e.county])
        elif kind == "city" and form == "none":
            form = "city"
        leading = leading and label != "district"
    whole = frozenset(districts) if districts else _NONE
    return _form(form, named), None if own else outside, whole, elsewhere


def _begins(address: Address, first: int) -> bool:
    """Whether nothing of an address stands before a position: brackets, 地址: and the country say nothing."""
    return not first or all(label in _SAYS_NOTHING for label, start, _ in address.components if start < first)


_SAYS_NOTHING = frozenset(("redundant", "country"))


def _zone_first(named: list[_Named]) -> list[Name]:
    """Return the name of a zone elsewhere that stands first: it counts unless a town or county of ours follows."""
    name = named[0][1]
    return [name] if name is not None and name.form == "abroad" else []


def _names_town(named: list[_Named]) -> bool:
    return any(name is not None and name.label == "town" and name.form == "full" for _, name in named)


def _form(form: str, named: list[_Named]) -> str:
    """Return how an address begins, by what it names of city and counties, and what comes first."""
    if form == "city":
        return form if any(piece[2] == "road" for piece, _ in named) else "citywide"
    if form == "none" and named and named[0][0][2] in _HOUSE_FIRST:
        return "road"
    return form


_NONE: frozenset[str] = frozenset()


def _shares(totals: list[float]) -> tuple[float, ...]:
    top = max(totals)
    weights = [math.exp(t - top) for t in totals]
    size = sum(weights)
    return tuple(w / size for w in weights)
