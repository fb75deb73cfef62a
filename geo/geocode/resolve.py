"""Which division and which places an address means, once its county is known."""

import math
from dataclasses import dataclass, field

from geo.address import Number
from geo.gazetteer import Entity, Gazetteer, Name, Reading
from geo.gazetteer.variants import BARE_ZONES, county_short, is_urban
from geo.geocode.crossings import crossing, may_cross
from geo.geocode.numbers import Spot, spot
from geo.geocode.options import LocateOptions
from geo.geocode.relations import begin, follow, leaves

Reason = list[object]
"""``[code, {detail}]``."""

_ABOVE_TOWNS = frozenset(("prov", "city", "district"))
_MARKET_M = 130.0
"""How far nine of ten firms of a market stand from its door: one on the edge of a round place whose middle has them
within 74 m, as the markets of the sample city have."""
_PLACE_KINDS = ("building", "market", "zone", "street")


@dataclass(slots=True)
class Resolved:
    """The entities an address means, by level.

    ``written`` is the town that the address itself names; ``homonyms`` are the villages between which it leaves the
    choice open, ``rivals`` the places that exclude each other; ``arrived``: the building or market is where the words
    of a distance lead to.
    """

    county: Entity | None = None
    town: Entity | None = None
    zone_town: bool = False
    written: Entity | None = None
    village: Entity | None = None
    zone: Entity | None = None
    building: Entity | None = None
    market: Entity | None = None
    street: Entity | None = None
    road: str | None = None
    spot: Spot | None = None
    reasons: list[Reason] = field(default_factory=list)
    homonyms: list[Entity] = field(default_factory=list)
    rivals: list[Entity] = field(default_factory=list)
    penalty: float = 1.0
    doubtful: bool = False
    arrived: bool = False
    by_name: bool = False

    @property
    def county_code(self) -> str | None:
        """Code of the county."""
        return self.county.key if self.county is not None else None


def resolve(gazetteer: Gazetteer, reading: Reading, options: LocateOptions) -> Resolved:
    """Choose, among what each name may mean, what fits the county and each other."""
    county, address = reading.county, reading.address
    result = Resolved(gazetteer.entities[county])
    text, villages = address.text, []
    cut_at = -1
    for (start, end, label, _, _), name in reading.named:
        if name is None:
            cut_at = end
        elif name.label == "community":
            villages.append((name, text[start:end], start == cut_at))
        elif name.label not in _ABOVE_TOWNS:
            for entity in name.entities:
                if entity.county == county or entity.county is None:
                    _take(result, entity, named=label)
        if label == "devzone" and result.zone is None:
            result.zone = _zone_of(gazetteer, reading, result, text[start:end])
    result.written = None if result.zone_town else result.town
    for name, words, cut in villages:
        _village(gazetteer, result, name, words, cut=cut)
    _road(reading, result)
    if address.number is not None and result.road is not None and not (result.building or result.market):
        _door(gazetteer, reading, result, address.number)
    result.spot = _spot(gazetteer, reading, result, options)
    _town_of_place(gazetteer, result)
    return result


def _take(result: Resolved, entity: Entity, *, named: str) -> None:
    """Keep the first of each kind; a zone that the statistics treat as a town gives way to a town that is named."""
    kind = entity.kind
    if kind == "town":
        if result.town is None or (named == "town" and result.zone_town):
            result.town = entity
            result.zone_town = named == "devzone"
    elif kind in _PLACE_KINDS and getattr(result, kind) is None:
        setattr(result, kind, entity)


def _zone_of(gazetteer: Gazetteer, reading: Reading, result: Resolved, words: str) -> Entity | None:
    """Return the zone that a bare 开发区 means: the county's own; in the city proper, behind no town, the city's.

    Where the address names no county, the city's comes first.
    """
    if words not in BARE_ZONES or result.county is None:
        return None
    owners = [result.county.name]
    if result.county.key in gazetteer.core and result.town is None:
        owners.insert(1 if reading.districts else 0, gazetteer.city.name)
    for owner in owners:
        short = county_short(owner) or owner
        for text in (short + words, owner + words):
            found = gazetteer.name("devzone", text)
            for entity in found.entities if found else ():
                if entity.kind == "zone" and entity.county in (result.county.key, None):
                    return entity
    return None


def _village(gazetteer: Gazetteer, result: Resolved, name: Name, words: str, *, cut: bool) -> None:
    """Keep the village of the town; ``cut``: unknown words right before it may belong to its name."""
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
            result.penalty *= 0.95
            result.doubtful = result.doubtful or cut
        inside = near or inside
    inside = [e for e in inside if not e.former] or inside
    if len(inside) > 1:
        inside = [e for e in inside if is_urban(e.name) == is_urban(words)] or inside
    if len(inside) > 1:
        result.reasons.append(["HOMONYM", {"name": name.text, "n": len(inside)}])
        result.homonyms = inside
        return
    result.village = inside[0]
    if town is None and inside[0].town is not None:
        result.town = gazetteer.entities.get(inside[0].town)


def _road(reading: Reading, result: Resolved) -> None:
    """Prefer the road that carries the house number; remember its text for doors and points."""
    address = reading.address
    names, chosen = address.names, address.number_after
    if chosen < 0 or names[chosen][2] != "road":
        for k, piece in enumerate(names):
            if piece[2] == "road":
                chosen = k
                break
        else:
            return
    result.road = address.texts[chosen]
    name = reading.named[chosen][1]
    if name is not None and name.label == "road":
        for entity in name.entities:
            if entity.kind == "street" and entity.county in (reading.county, None):
                result.street = entity
                break


def _door(gazetteer: Gazetteer, reading: Reading, result: Resolved, number: Number) -> None:
    """A door whose other addresses all name one building gives that building to an address that names none."""
    assert result.road is not None
    key = gazetteer.doors.get((reading.county, result.road, number.text))
    entity = gazetteer.entities.get(key) if key else None
    if entity is not None and entity.kind in ("building", "market"):
        setattr(result, entity.kind, entity)
        result.reasons.append(["BUILDING_FROM_DOOR", {"door": f"{result.road}{number.text}号"}])


def _town_of_place(gazetteer: Gazetteer, result: Resolved) -> None:
    """An address that names no town lies in the town of its building, market or street, where that is known."""
    if result.town is not None:
        return
    for place in (result.building, result.market, result.street):
        if result.town is None and place is not None and place.town is not None and place.county == result.county_code:
            result.town = gazetteer.entities.get(place.town)
            result.reasons.append(["TOWN_FROM_PLACE", {"place": place.key}])
    if result.town is None and result.spot is not None and result.spot.town:
        result.town = gazetteer.entities.get(result.spot.town)
        result.reasons.append(["TOWN_FROM_PLACE", {"place": result.spot.town}])


def _spot(gazetteer: Gazetteer, reading: Reading, found: Resolved, options: LocateOptions) -> Spot | None:
    """Return the position that streets give: a crossing, a house number, or what words lead to from there."""
    address = reading.address
    on_street = _on_street(gazetteer, reading, found, options)
    if address.crossing or (address.number is None and may_cross(address)):
        on_street = (on_street if address.number is not None else None) or (
            crossing(gazetteer, reading.county, address) or on_street
        )
    if address.relation is None:
        return on_street
    far = leaves(address)
    found.arrived = far and _named_behind(reading, found)
    if found.arrived:
        return on_street
    base = on_street or _at_place(found)
    led = follow(gazetteer, reading.county, address, found.road, base)
    if led is not None and led.moved:
        found.reasons.append(["MOVED", {"words": led.moved}])
    if far:  # it is in neither, however near its position comes
        found.building = found.market = None
        found.reasons = [reason for reason in found.reasons if reason[0] != "BUILDING_FROM_DOOR"]
    return on_street if led is base else led


def _named_behind(reading: Reading, found: Resolved) -> bool:
    """Whether the building or market is named behind the words that lead to it: 路口北200米华辰大厦."""
    words = begin(reading.address)
    behind = (name for piece, name in reading.named if name is not None and piece[0] > words)
    return any(entity in (found.building, found.market) for name in behind for entity in name.entities)


def _at_place(found: Resolved) -> Spot | None:
    """Return the building or market of an address as a spot, for words that lead away from it."""
    for place, code in ((found.building, "BUILDING_ON_MAP"), (found.market, "MARKET_ON_MAP")):
        if place is not None and placed(place):
            return Spot(place.lon, place.lat, place.radius_m, "street", code, {})
    return None


def _on_street(gazetteer: Gazetteer, reading: Reading, found: Resolved, options: LocateOptions) -> Spot | None:
    """Return where the house number lies, if numbers of its street are known."""
    number, road, least_m = reading.address.number, found.road, options.least_radius_m
    place = None
    if number is None or road is None:
        place = found.building or found.market  # its own address, where the text gives none
        if place is not None and (known := gazetteer.addresses.get(place.key)) is not None:
            _, road, number = known
            least_m = max(least_m, gazetteer.premises_m, _MARKET_M if place.kind == "market" else 0.0)
    if road is None or (number is None and placed(found.street)):
        return None
    points = gazetteer.points.get((reading.county, road)) or gazetteer.points.get(("", road))
    at = spot(points, number, gazetteer, options, least_m=least_m) if points else None
    if at is None or number is None or place is None or at.level != "number":
        return at
    return at._replace(
        level=place.kind, code="DOOR_OF_PLACE", detail={"place": place.key, "door": f"{road}{number.text}号"}
    )


def placed(entity: Entity | None) -> bool:
    """Whether an entity has a position."""
    return entity is not None and not math.isnan(entity.lon)
