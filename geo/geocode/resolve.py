"""Which division and which places an address means, once its county is known."""

import math
from dataclasses import dataclass, field

from geo.address import Segment
from geo.gazetteer import Entity, Gazetteer, Name, Reading
from geo.gazetteer.variants import county_short

Reason = list[object]
"""``[code, {detail}]``."""

_PLACE_KINDS = ("building", "market", "zone", "street")


@dataclass(slots=True)
class Resolved:
    """The entities an address means, by level; ``homonyms`` are those between which it leaves the choice open."""

    county: Entity | None = None
    town: Entity | None = None
    village: Entity | None = None
    zone: Entity | None = None
    building: Entity | None = None
    market: Entity | None = None
    street: Entity | None = None
    road: str | None = None
    reasons: list[Reason] = field(default_factory=list)
    homonyms: list[Entity] = field(default_factory=list)
    penalty: float = 1.0


def resolve(gazetteer: Gazetteer, reading: Reading) -> Resolved:
    """Choose, among what each name may mean, what fits the county and each other."""
    result = Resolved(county=gazetteer.entities[reading.county])
    villages: list[Name] = []
    for piece, name in reading.named:
        if name is None:
            continue
        if name.label == "community":
            villages.append(name)
            continue
        for entity in _fitting(name, reading.county):
            _take(result, entity, name, piece)
        if name.label == "devzone" and not name.entities:
            result.zone = result.zone or _zone_of(gazetteer, reading.county, name.text)
    for piece, _ in reading.named:
        if piece.label == "devzone" and result.zone is None:
            result.zone = _zone_of(gazetteer, reading.county, reading.address.text[piece.start : piece.end])
    for name in villages:
        _village(gazetteer, result, name)
    _road(gazetteer, reading, result)
    _door(gazetteer, reading, result)
    return result


def _fitting(name: Name, county: str) -> list[Entity]:
    return [e for e in name.entities if e.county == county or e.county is None]


def _take(result: Resolved, entity: Entity, name: Name, piece: Segment) -> None:
    kind = entity.kind
    if kind == "town":
        if result.town is None and not (name.form == "bare" and result.village is not None):
            result.town = entity
    elif kind in _PLACE_KINDS and getattr(result, kind) is None:
        setattr(result, kind, entity)


def _zone_of(gazetteer: Gazetteer, county: str, words: str) -> Entity | None:
    """Return the zone that a bare 开发区 means: the county's own, in the city proper the city's."""
    owners = [gazetteer.entities[county].name]
    if county in gazetteer.core:
        owners.append(gazetteer.city.name)
    for owner in owners:
        short = county_short(owner) or owner
        for text in (short + words, owner + words):
            found = gazetteer.name("devzone", text)
            for entity in found.entities if found else ():
                if entity.kind == "zone" and entity.county in (county, None):
                    return entity
    return None


def _village(gazetteer: Gazetteer, result: Resolved, name: Name) -> None:
    if result.village is not None or result.county is None:
        return
    inside = [e for e in name.entities if e.county == result.county.key]
    if not inside:
        return
    town = result.town
    if town is not None:
        near = [e for e in inside if e.town == town.key]
        if not near and len(inside) == 1 and not town.former:
            result.reasons.append(["VILLAGE_NOT_IN_TOWN", {"village": inside[0].key, "town": town.key}])
            result.penalty *= 0.9
        inside = near or inside
    inside = [e for e in inside if not e.former] or inside
    if len(inside) > 1:
        result.reasons.append(["HOMONYM", {"name": name.text, "n": len(inside)}])
        result.homonyms = inside
        return
    result.village = inside[0]
    if town is None and inside[0].town is not None:
        result.town = gazetteer.entities.get(inside[0].town)


def _road(gazetteer: Gazetteer, reading: Reading, result: Resolved) -> None:
    """Prefer the road that carries the house number; remember its text for doors and points."""
    address = reading.address
    roads = [(k, piece) for k, (piece, _) in enumerate(reading.named) if piece.label == "road"]
    if not roads:
        return
    chosen = next((item for item in roads if item[0] == address.number_after), roads[0])
    result.road = address.text[chosen[1].start : chosen[1].end]
    name = reading.named[chosen[0]][1]
    if name is not None and name.label == "road":
        fitting = [e for e in _fitting(name, reading.county) if e.kind == "street"]
        result.street = fitting[0] if fitting else result.street


def _door(gazetteer: Gazetteer, reading: Reading, result: Resolved) -> None:
    """A door whose other addresses all name one building gives that building to an address that names none."""
    number = reading.address.number
    if result.building or result.market or result.road is None or number is None:
        return
    key = gazetteer.doors.get((reading.county, result.road, number.text))
    entity = gazetteer.entities.get(key) if key else None
    if entity is not None and entity.kind in ("building", "market"):
        setattr(result, entity.kind, entity)
        result.reasons.append(["BUILDING_FROM_DOOR", {"door": f"{result.road}{number.text}号"}])


def placed(entity: Entity | None) -> bool:
    """Whether an entity has a position."""
    return entity is not None and not math.isnan(entity.lon)
