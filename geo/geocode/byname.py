"""A place that only the firm's name tells: 叠石桥家纺城某某布艺店 whose address says no more than 三星镇.

Never finer than a building, never against the address, never accepted without a person.
"""

from typing import NamedTuple

from geo.gazetteer import Entity, Gazetteer, Reading
from geo.gazetteer.kinds import is_generic
from geo.geocode.resolve import Resolved

_PLACES = frozenset(("building", "market", "zone", "village"))
_OWN = frozenset(("road", "community", "poi", "subpoi", "other"))
"""Labels of names by which an address says more than a town."""
_SHORTEST, _MENTIONS = 3, 3
_VILLAGE_ENDS = ("村", "社区")


class NamedPlace(NamedTuple):
    """Words of a firm's name, and the places that they may mean."""

    words: str
    entities: tuple[Entity, ...]


def is_coarse(reading: Reading) -> bool:
    """Whether an address says no more than county, town or zone, so that the firm's name may add to it."""
    address = reading.address
    if address.number is not None or reading.outside is not None or reading.conflict:
        return False
    return _OWN.isdisjoint([piece[2] for piece in address.names])


def named_place(gazetteer: Gazetteer, name: str) -> NamedPlace | None:
    """Return the place that a folded company name tells, the longest if it tells several; ``None`` for none."""
    best: NamedPlace | None = None
    for start, end, label, _, known in gazetteer.hits(name):
        words = name[start:end]
        entities = tuple(e for e in getattr(known, "entities", ()) if e.kind in _PLACES and not e.former)
        if not entities or len(words) < _SHORTEST or (best is not None and len(words) <= len(best.words)):
            continue
        if label == "community" and not words.endswith(_VILLAGE_ENDS):
            continue
        learned = getattr(known, "form", "") == "learned"
        if is_generic(words, label) or (learned and getattr(known, "mentions", 0) < _MENTIONS):
            continue
        best = NamedPlace(words, entities)
    return best


def take_named(gazetteer: Gazetteer, place: NamedPlace, found: Resolved) -> None:
    """Put the place of the firm's name into what was resolved, if it is the only one in the county and town known."""
    county, town = found.county_code, found.town
    inside = [e for e in place.entities if e.county == county and (town is None or e.town in (None, town.key))]
    if len(inside) != 1 or getattr(found, inside[0].kind) is not None:
        return
    entity = inside[0]
    setattr(found, entity.kind, entity)
    if town is None and entity.town is not None:
        found.town = gazetteer.entities.get(entity.town)
    found.reasons.append(["PLACE_BY_NAME", {"name": place.words, "place": entity.key}])
    found.by_name = found.doubtful = True
