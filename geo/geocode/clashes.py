"""What an address says that cannot all be true: two towns, a place outside the town written, places far apart.

The county may be as sure as ever; which of the names is right only a person can say, so both are offered. Words that
take back what is named (不在, 现搬至, on the water, a hundred kilometres on) are for a person, too.
"""

import math
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import shapely

from geo.address import Address
from geo.gazetteer import Entity, Gazetteer, Name, Reading
from geo.gazetteer.extents import METRES
from geo.gazetteer.learning import AREAS
from geo.geocode.relations import beyond_reach
from geo.geocode.resolve import Resolved, placed

CLASHES = frozenset(
    ("TWO_TOWNS", "PLACE_NOT_IN_TOWN", "PLACES_APART", "MOVED_AWAY", "NEGATED", "ON_WATER", "OFFSET_TOO_FAR")
)
"""Reasons for which a person has to choose between what an address names."""
_APART_M = 400.0
"""Distance, beyond what both radii allow, from which two names of an address do not mean one place."""
_OFF_COURSE_M = 1_000.0
"""The same between a place and the course of its street, which a layer may know in part only."""
_NEXT_TOWN_M, _FAR_TOWN_M = 2_000.0, 10_000.0
"""How far beyond its town's reach a street may still be the one meant: of another town, and of none that is known."""
_DOORS = ("roadno", "subroadno")
_HOUSES = frozenset(("building", "market"))
_TAKEN_BACK = re.compile(
    r"(?P<NEGATED>不在(?!内)|并非|不是|不存在|虚假|不实|查无|^非(?=[^机凡遗]))"
    r"|(?P<MOVED_AWAY>[现已今]{0,2}[搬迁](?:移?[至到往]|走|离)|[现已](?:搬迁|拆[迁除])|曾用(?:地|住)?[址所]?|(?:旧|前|原)址(?=[,:、)]|$)|^原(?:址|地址|在|住)?.*?现(?:地?址|位于|在))"
    r"|(?P<ON_WATER>水域|海域|江面|海面|[船艇]上(?!海))"
)
_MAY_TAKE_BACK = re.compile("[搬迁域船艇现不并曾]|[江海]面|虚假|查无|[旧前原]址|拆除|^非")
"""What all such words hold: most addresses are spared the pattern."""
_ROOF, _MISCOUNTED = 1, 1.25
"""Floors by which the numbers of a lift pass those of a layer: a roof, and numbers left out (4, 13, 14)."""


def note_clashes(gazetteer: Gazetteer, reading: Reading, found: Resolved) -> None:
    """Add a reason, rivals to choose from and doubt where the names of an address exclude each other."""
    _note_words(reading.address, found)
    towns = [name for _, name in reading.voices if name.label == "town" and name.form == "full"]
    if len(towns) > 1:
        _two_towns(reading, found, towns)
    _far_from_second_door(gazetteer, reading, found)
    _unknown_town(reading, found)
    place = found.building or found.market
    if place is None:
        _far_from_town(found)
        return
    written = found.written
    if written is not None:
        place = _at_its_door(gazetteer, reading, found, place)
        if place.town is not None and place.town != written.today:
            _not_in_town(found, place, written)
    _too_high(gazetteer, reading.address, found, place)
    if placed(place):
        _far_from_door(gazetteer, reading, found, place)
        _far_from_others(reading, found, place)


def _at_its_door(gazetteer: Gazetteer, reading: Reading, found: Resolved, place: Entity) -> Entity:
    """Return a place of unknown town in the town of the door that is its own address, where it was found by that."""
    by_door = reading.address.number is None or found.road is None
    if place.town is not None or found.spot is None or not found.spot.town or not by_door:
        return place
    return place._replace(town=found.spot.town) if place.key in gazetteer.addresses else place


def _clash(found: Resolved, code: str, detail: dict[str, object]) -> None:
    found.reasons.append([code, detail])
    found.doubtful = True


def _unknown_town(reading: Reading, found: Resolved) -> None:
    """Note a town that nothing knows where no county is named: how the other addresses are spread tells nothing of it.

    A town that was given up stands in old addresses for long, and the city proper has none.
    """
    if reading.districts or reading.certain or any(name.label in AREAS for _, name in reading.voices):
        return
    for (start, end, label, _, _), name in reading.named:
        if label == "town" and (name is None or (name.mentions == 0 and not name.entities)):
            _clash(found, "TOWN_NOT_KNOWN", {"name": reading.address.text[start:end]})
            return


def _not_in_town(found: Resolved, place: Entity, written: Entity) -> None:
    _clash(found, "PLACE_NOT_IN_TOWN", {"place": place.key, "other": place.town, "town": written.key})
    found.rivals += [place, written]


def _far_from_town(found: Resolved) -> None:
    """Note a street, or its door, that lies well away from the town written: another street may have its name there."""
    street, written, spot = found.street, found.written, found.spot
    if street is None or written is None:
        return
    street = street._replace(town=spot.town or street.town) if spot is not None else street
    where = street if spot is None else street._replace(lon=spot.lon, lat=spot.lat, radius_m=spot.radius_m)
    if not lies_elsewhere(where, written):
        return
    if street.town is not None:
        _not_in_town(found, street, written)
    else:
        apart = round(_apart(where, written.lon, written.lat), -2)
        _clash(found, "PLACES_APART", {"name": street.name, "other": written.name, "metres": apart})
        found.rivals += [street, written]


def lies_elsewhere(place: Entity, town: Entity) -> bool:
    """Whether a building or market stands in another town than ``town``, or a street runs well away from it.

    A street may run through several towns, and a layer tells one of them.
    """
    known = place.town is not None
    if known and place.town == town.today:
        return False
    if place.kind in _HOUSES:
        return known
    if not (place.placed and town.placed):
        return False
    apart = _apart(place, town.lon, town.lat) - place.radius_m - town.radius_m
    return apart > (_NEXT_TOWN_M if known else _FAR_TOWN_M)


def may_take_back(text: str, begin: int = 0) -> bool:
    """Whether words from a position on may take back what an address names: 不在, 已搬迁."""
    return _MAY_TAKE_BACK.search(text, begin) is not None


def _note_words(address: Address, found: Resolved) -> None:
    """Note words that take back what the address names, and a distance that leads out of the city."""
    if address.relation is None and not may_take_back(address.text):
        return
    told = {taken.lastgroup: taken.group() for taken in _TAKEN_BACK.finditer(address.text)}
    for code, words in told.items():
        found.reasons.append([str(code), {"words": words}])
        found.doubtful = found.doubtful or code != "ON_WATER" or _names_land(found)
    far = beyond_reach(address)
    if far is not None:
        _clash(found, "OFFSET_TOO_FAR", {"words": far})


def _names_land(found: Resolved) -> bool:
    """Whether an address names anything ashore beside its county: 通州区水域 means the county's waters."""
    return found.road is not None or any(
        getattr(found, kind) is not None for kind in ("town", "village", "zone", "building", "market", "street")
    )


def floor_above(storeys: Mapping[str, int], place: str | None, address: Address) -> int | None:
    """Return the floor that an address names above a building's top, ``None`` if the building has it or none tells.

    Where no floor is written the room tells it: 2503室 is on the 25th.
    """
    top = storeys.get(place) if place is not None else None
    if top is None:
        return None
    floor = address.floor
    told = (int(floor) if floor.isdecimal() else 0) if floor is not None else _floor_of_room(address, top)
    return told if told > top else None


def _floor_of_room(address: Address, top: int) -> int:
    """Return the floor that a room's number begins with, 0 where it tells none.

    Only plain numbers of three or four digits with 室: stalls, shops and cellars (店2503室, B101室, 2503号营业房) count
    otherwise. In a house of less than ten floors 1203室 may be 203 of the first block.
    """
    room = (address.room or "").split("、")[0]
    if len(room) not in _ROOM_DIGITS or not (room.isascii() and room.isdecimal()) or room[0] == "0":
        return 0
    if f"{address.room}室" not in address.text:
        return 0
    if len(room) == _ROOM_DIGITS[-1] and top < _TWO_DIGITS and 1 <= int(room[1]) <= top:
        return 0
    return int(room[:-2])


_ROOM_DIGITS, _TWO_DIGITS = (3, 4), 10


def _too_high(gazetteer: Gazetteer, address: Address, found: Resolved, place: Entity) -> None:
    """Note a floor above a building's top; far above it the address or the building is mistaken."""
    floor = floor_above(gazetteer.storeys, place.key, address)
    if floor is None or (address.floor is None and place.kind != "building"):
        return
    top = gazetteer.storeys[place.key]
    detail: dict[str, object] = {"floor": floor, "floors": top, "place": place.key}
    if address.floor is None:
        found.reasons.append(["ROOM_ABOVE_TOP", {"room": address.room, **detail}])
    else:
        found.reasons.append(["FLOOR_ABOVE_TOP", detail])
    found.doubtful = found.doubtful or floor > top * _MISCOUNTED + _ROOF


def _two_towns(reading: Reading, found: Resolved, towns: list[Name]) -> None:
    """Note the first town that no reading of the first one can mean."""
    first, own = towns[0], {entity.today for entity in towns[0].entities}
    for other in towns[1:]:
        if own.isdisjoint(entity.today for entity in other.entities):
            _clash(found, "TWO_TOWNS", {"one": _words(reading, first), "other": _words(reading, other)})
            found.rivals += [*first.entities[:1], *other.entities[:1]]
            return


def _words(reading: Reading, name: Name) -> str:
    """Return a name as the address writes it."""
    return next(reading.address.text[start:end] for (start, end, _, _, _), known in reading.named if known is name)


def _far_from_door(gazetteer: Gazetteer, reading: Reading, found: Resolved, place: Entity) -> None:
    """Note a house number, or a road without known numbers, that lies far from the place named beside it."""
    number, road = reading.address.number, found.road
    if road is None or any(code == "BUILDING_FROM_DOOR" for code, _ in found.reasons):
        return
    spot = found.spot
    if spot is None or number is None:
        apart = _off_course(gazetteer, reading.county, road, (place.lon, place.lat))
        door, apart = road, apart - place.radius_m - _OFF_COURSE_M + _APART_M
    else:
        apart = _apart(place, spot.lon, spot.lat) - place.radius_m - spot.radius_m
        door = f"{road}{number.text}号"
    if apart > _APART_M:
        _clash(found, "PLACES_APART", {"name": place.name, "other": door, "metres": round(apart, -2)})
        found.rivals += [place, *((found.street,) if found.street is not None else ())]


def _off_course(gazetteer: Gazetteer, county: str, road: str, place: tuple[float, float]) -> float:
    """Return how far a place (lon, lat) lies from the course of a road (m), 0 where none is known."""
    lines = gazetteer.courses.get((county, road)) or gazetteer.courses.get(("", road))
    if not lines:
        return 0.0
    scale = (METRES * math.cos(math.radians(place[1])), METRES)
    flat = shapely.transform(shapely.multilinestrings(list(lines)), lambda at: (at - place) * scale)
    return float(shapely.distance(flat, shapely.Point(0, 0)))


def _far_from_second_door(gazetteer: Gazetteer, reading: Reading, found: Resolved) -> None:
    """Note a second road with a number of its own that runs far from where the first door is: two addresses in one."""
    components, spot = reading.address.components, found.spot
    if spot is None or sum(label in _DOORS for label, _, _ in components) < 2:
        return
    for (label, start, end), (number, _, _) in pairwise(components):
        road = reading.address.text[start:end]
        if label not in ("road", "subroad") or number not in _DOORS or road == found.road:
            continue
        streets = _streets(reading, start)
        if streets and all(street.county not in (reading.county, None) for street in streets):
            _clash(found, "SPEAKS_AGAINST", {"name": road, "county": streets[0].county})
            found.rivals += [entity for entity in (found.street, streets[0]) if entity is not None]
            return
        apart = _off_course(gazetteer, reading.county, road, (spot.lon, spot.lat)) - spot.radius_m
        if apart > _OFF_COURSE_M:
            _clash(found, "PLACES_APART", {"name": found.road, "other": road, "metres": round(apart, -2)})
            own = [street for street in streets if street.county in (reading.county, None)]
            found.rivals += [entity for entity in (found.street, *own[:1]) if entity is not None]
            return


def _streets(reading: Reading, start: int) -> list[Entity]:
    """Return all streets that the name at ``start`` may mean."""
    named = [name for piece, name in reading.named if piece[0] == start and name is not None]
    return [entity for name in named for entity in name.entities if entity.kind == "street"]


def _far_from_others(reading: Reading, found: Resolved, place: Entity) -> None:
    """Note another building or market that the address names and that lies far from the first."""
    for words, others in _others(reading, place):
        apart = min(_apart(place, o.lon, o.lat) - place.radius_m - o.radius_m for o in others)
        if apart > _APART_M:
            _clash(found, "PLACES_APART", {"name": place.name, "other": words, "metres": round(apart, -2)})
            found.rivals += [place, *others]
            return


def _others(reading: Reading, place: Entity) -> Iterator[tuple[str, list[Entity]]]:
    """Yield the other names of buildings and markets in the county, where all that they may mean have a position."""
    for (start, end, _, _, _), name in reading.named:
        if name is None or not name.entities or place in name.entities:
            continue
        inside = [e for e in name.entities if e.county == reading.county and e.kind in _HOUSES]
        if inside and all(entity.placed for entity in inside):
            yield reading.address.text[start:end], inside


def _apart(place: Entity, lon: float, lat: float) -> float:
    east = (place.lon - lon) * math.cos(math.radians(lat))
    return math.hypot(east, place.lat - lat) * METRES
