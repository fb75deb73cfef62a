"""Why an answer is what it is, in codes with details: what each name tells, and what speaks against it."""

from geo.address import Address, Number
from geo.gazetteer import Gazetteer, Name, Reading
from geo.gazetteer.kinds import is_generic
from geo.gazetteer.memo import remember
from geo.gazetteer.variants import town_core
from geo.geocode.resolve import Reason, Resolved

_FROM = {
    "district": "COUNTY_NAMED",
    "town": "COUNTY_FROM_TOWN",
    "devzone": "COUNTY_FROM_ZONE",
    "road": "COUNTY_FROM_ROAD",
    "community": "COUNTY_FROM_VILLAGE",
}
_CLEAR, _FAR_LESS = 0.99, 2.5
"""Chance from which no name can speak against; votes by which another county fits a name better."""


def speaking_against(gazetteer: Gazetteer, reading: Reading, found: Resolved) -> list[Reason]:
    """Return a reason for each name that is known in another county only; where all is clear, for few of them.

    A road, a village or a learned name elsewhere says nothing against county and town as written: namesakes are common.
    Another county's town, or a house that a layer knows there, does; the house is then one to choose.
    """
    clear = reading.chance >= _CLEAR
    reasons: list[Reason] = []
    own = gazetteer.counties.index(reading.county)
    for (start, end, _, _, _), name in reading.voices:
        if clear and (name.form != "full" or (name.label != "town" and not _is_house(name))):
            continue
        elsewhere = _known_elsewhere(gazetteer, name, own)
        if elsewhere is not None:
            reasons.append(["SPEAKS_AGAINST", _told_of(name, reading.address.text[start:end], county=elsewhere)])
            if clear and name.label == "poi":
                found.rivals += [*name.entities, *((found.written,) if found.written is not None else ())]
    return reasons


def _is_house(name: Name) -> bool:
    return name.label == "poi" and not is_generic(name.text, "poi")


def _known_elsewhere(gazetteer: Gazetteer, name: Name, own: int) -> str | None:
    """Return the county that a name fits far better than the county at place ``own``, if there is one."""
    votes = name.votes
    if votes is None or votes[own] >= -_FAR_LESS or max(votes) - votes[own] <= _FAR_LESS:
        return None  # votes are logarithms of shares, never above 0
    return gazetteer.county_of(votes)


def _told_of(name: Name, words: str, **more: object) -> dict[str, object]:
    """Return what is said of a name: as it is written, and of a learned one how many addresses mention it."""
    return {"name": words, **more, **({"mentions": name.mentions} if name.form == "learned" else {})}


def reasons_of(
    gazetteer: Gazetteer, reading: Reading, found: Resolved, second: str, reasons: list[Reason], against: list[Reason]
) -> list[Reason]:
    """Add the reasons of an answer to those of its position, what speaks ``against`` it among them."""
    address = reading.address
    if reading.conflict:
        reasons.append(["CONFLICT", {"county": reading.county}])
    if found.reasons:
        reasons += found.reasons
    if reading.voices:
        _add_voices(gazetteer, reading, reasons, against)
    else:
        reasons.append(["COUNTY_FROM_PRIOR", {"form": reading.form}])
    chance, alone = reading.chance, reading.alone
    if chance != alone and abs(chance - alone) > 0.02:
        reasons.append([second, {"before": round(alone, 3), "after": round(chance, 3)}])
    number = address.number
    if address.relation is not None or address.crossing or (number is not None and _is_many(number)):
        met = found.spot is not None and found.spot.code == "CROSSING"
        reasons += _number_reasons(address, met=met)
    reasons += against
    return reasons


def _add_voices(gazetteer: Gazetteer, reading: Reading, reasons: list[Reason], against: list[Reason]) -> None:
    """Add the names that tell the county, and those that are known in another one and tell nothing, each once.

    The same names tell the same county in address after address.
    """
    text, county, known = reading.address.text, reading.county, gazetteer.memo.voices
    told: list[Reason] = []
    for (start, end, _, _, _), name in reading.voices:
        if name.mentions == 1 and reading.districts:
            continue  # what one address alone has taught is this one's own word, or no better than what it says itself
        key = (id(name), county, text[start:end])
        found = known.get(key)
        if found is None:
            found = remember(known, key, (name, _voice(gazetteer, county, name, key[2])))
        said = found[1]
        first = said[0]
        if first in told or (against and first[0] == _ELSEWHERE and any(detail == first[1] for _, detail in against)):
            continue  # an address may say it twice, and what speaks against the county has been said
        told.append(first)
        reasons += said


_ELSEWHERE = "KNOWN_ELSEWHERE"


def _voice(gazetteer: Gazetteer, county: str, name: Name, words: str) -> list[Reason]:
    """Return what a name tells of the county."""
    label = name.label
    reasons: list[Reason] = [[_FROM.get(label, "COUNTY_FROM_PLACE"), _told_of(name, words)]]
    if label != "district":
        elsewhere = _known_elsewhere(gazetteer, name, gazetteer.counties.index(county))
        if elsewhere is not None:
            reasons = [[_ELSEWHERE, _told_of(name, words, county=elsewhere)]]
    if name.form == "full" and label == "district" and name.text == words:
        reasons += _old_name(name, words)
    elif name.form == "full" and label == "town":
        reasons += _counted_under(county, name, words)
    return reasons


def _is_many(number: Number) -> bool:
    return number.listed or number.last is not None


def _old_name(name: Name, words: str) -> list[Reason]:
    today = {entity.name for entity in name.entities if not entity.former}
    official = today.pop() if len(today) == 1 else words
    return [["OLD_NAME", {"from": words, "to": official}]] if official != words else []


def _counted_under(county: str, name: Name, words: str) -> list[Reason]:
    """Say under which town of the table a town is counted that stands there no more, or by another name (海门镇)."""
    here = [entity for entity in name.entities if entity.county == county]
    if len(here) != 1:
        return []
    town = here[0]
    if not town.former and (town_core(town.name) == name.text or words in town.name):
        return []
    return [["TOWN_COUNTED_UNDER", {"name": words, "town": town.today}]]


def _number_reasons(address: Address, *, met: bool) -> list[Reason]:
    reasons: list[Reason] = []
    if address.crossing and not met:
        reasons.append(["CROSSING", {}])
    if address.relation is not None:
        reasons.append(["RELATION", {"words": address.relation}])
    number = address.number
    if number is not None and number.listed:
        reasons.append(["NUMBER_LIST", {"kept": number.text}])
    if number is not None and number.last is not None:
        reasons.append(["NUMBER_RANGE", {"from": number.main, "to": number.last}])
    return reasons
