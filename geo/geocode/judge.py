"""Level, position, confidence, status and reasons of one address, from what its names were resolved to."""

import math
import re
from typing import NamedTuple

from geo.address import Address, Number
from geo.gazetteer import Entity, Gazetteer, Name, Reading
from geo.gazetteer.kinds import is_generic
from geo.gazetteer.memo import remember
from geo.gazetteer.variants import town_core
from geo.geocode.confidence import evidence_of, rough
from geo.geocode.options import LocateOptions
from geo.geocode.relations import stray
from geo.geocode.resolve import Reason, Resolved, placed

_FINE = ("building", "market", "street", "village", "zone", "town", "county")
"""Identities, finest first; a village is finer than a zone, which may be half a city."""


_NOTHING = frozenset(("", "无", "同上", "不详", "未知", "暂无", "NULL", "NAN", "NONE", "无地址", "没有", "待定"))
"""Texts that stand where an address should be."""
_FROM = {
    "district": "COUNTY_NAMED",
    "town": "COUNTY_FROM_TOWN",
    "devzone": "COUNTY_FROM_ZONE",
    "road": "COUNTY_FROM_ROAD",
    "community": "COUNTY_FROM_VILLAGE",
}


_CANDIDATE_FROM = 0.02
"""Chance from which another county is worth showing."""


class Verdict(NamedTuple):
    """The answer for one text; the same for every row with that text."""

    level: str
    lon: float
    lat: float
    radius_m: float
    confidence: float
    status: str
    reasons: list[Reason]
    candidates: list[dict[str, object]]


def judge(
    gazetteer: Gazetteer, reading: Reading, found: Resolved, options: LocateOptions, *, threshold: float, second: str
) -> Verdict:
    """Return level, position and status. A position is given only if the level itself has one.

    ``second`` is the code of the evidence from outside the text; from ``threshold`` on an answer is automatic.
    """
    if reading.outside is not None:
        return _nowhere("outside", [["OUTSIDE", {"place": reading.outside.name, "code": reading.outside.key}]])
    if reading.address.text.strip("(),-.~/") in _NOTHING:
        return _nowhere("none", [["EMPTY", {}]])
    if _is_no_address(reading):
        return _nowhere("none", [*found.reasons, ["NO_ADDRESS", {}]])
    chance = reading.chance
    against = _against(gazetteer, reading, found)
    candidates = _candidates(gazetteer, reading, found, options)
    if chance < options.least or _groundless(reading):
        reasons = _reasons(gazetteer, reading, found, second, [], [])
        return Verdict("none", *_NOWHERE, round(chance, 4), "none", reasons, candidates)
    level, (lon, lat, radius), how = _position(gazetteer, found)
    reasons = _reasons(gazetteer, reading, found, second, how, against)
    abroad = _abroad(reading) if reading.elsewhere else ()
    for entity in abroad:
        reasons.append(["OUTSIDE", {"place": entity.name, "code": entity.key}])
    confidence = _confidence(reading, found, level, options, against=bool(against))
    sure = confidence >= threshold and not abroad and not _needs_a_person(reading, found, against=bool(against))
    if radius == radius:  # a place on the map
        settled = found.spot is not None and found.spot.settled and level == found.spot.level
        radius = round(radius, 1) if settled else _widened(radius, reading)
    status = "auto" if sure else "review"
    return Verdict(level, lon, lat, radius, round(confidence, 4), status, reasons, candidates)


def _confidence(reading: Reading, found: Resolved, level: str, options: LocateOptions, *, against: bool) -> float:
    if options.calibration is None:
        return rough(reading, found, level, against=against)
    confidence = options.calibration.confidence(evidence_of(reading, found, level, against=against))
    return min(confidence, _DOUBTFUL_AT_MOST) if found.doubtful else confidence  # too rare to be fitted


_NOWHERE = (math.nan, math.nan, math.nan)


def _nowhere(status: str, reasons: list[Reason]) -> Verdict:
    return Verdict("none", *_NOWHERE, 0.99 if status == "outside" else 0.0, status, reasons, [])


_UNIT = re.compile(r"\d(?:号|室|幢|栋|座|楼|层|单元|组|弄|#)")


def weighed(gazetteer: Gazetteer, reading: Reading, found: Resolved, verdict: Verdict) -> tuple[float, ...]:
    """Return the evidence that the confidence of a verdict rests on, empty where there was nothing to weigh."""
    if verdict.status not in _ANSWERED:
        return ()
    return evidence_of(reading, found, verdict.level, against=bool(_against(gazetteer, reading, found)))


_ANSWERED = frozenset(("auto", "review"))


def _is_no_address(reading: Reading) -> bool:
    """Whether a text holds nothing that addresses are made of: no known name, no name with a suffix, no numbered unit.

    What is left (你好世界, DROP TABLE, a broken encoding) is no ground for a county, however likely one is beforehand.
    """
    if reading.form != "none" and reading.form != "road":
        return False
    for piece, name in reading.named:
        if name is not None or piece[2] != "other":
            return False
    return reading.address.relation is None and _UNIT.search(reading.address.text) is None


def _groundless(reading: Reading) -> bool:
    """Whether nothing in the text or the firm's name tells a county: the prior alone is no answer."""
    if reading.form != "none" or reading.chance != reading.alone:
        return False
    return not reading.voices


_CLEAR, _FAR_LESS = 0.99, 2.5
"""Chance from which no name can speak against; votes by which another county fits a name better."""


def _against(gazetteer: Gazetteer, reading: Reading, found: Resolved) -> list[Reason]:
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
    if votes is None or votes[own] >= -_FAR_LESS or (most := max(votes)) - votes[own] <= _FAR_LESS:
        return None  # votes are logarithms of shares, never above 0
    return gazetteer.counties[votes.index(most)]


def _told_of(name: Name, words: str, **more: object) -> dict[str, object]:
    """Return what is said of a name: as it is written, and of a learned one how many addresses mention it."""
    return {"name": words, **more, **({"mentions": name.mentions} if name.form == "learned" else {})}


def _abroad(reading: Reading) -> list[Entity]:
    """Return the places elsewhere that an address of the city names in full, too: 上海市浦东新区南通市驻沪办.

    A county elsewhere counts only where none of the city's is named: 新城区 and the like are parts of a county as well.
    """
    labels = ("prov", "city") if reading.districts else ("prov", "city", "district")
    full = [
        name for name in reading.elsewhere if name.form == "abroad" or (name.form == "full" and name.label in labels)
    ]
    return [name.entities[0] for name in full]


_DOUBTFUL_AT_MOST = 0.85
_LIKELY = 0.8
"""Chance of its county below which no experience with other addresses makes an answer automatic."""
_TELLING = 0.7
"""Votes by which a name must prefer a county to the next (twice as likely) to decide without the city's name."""


def _needs_a_person(reading: Reading, found: Resolved, *, against: bool) -> bool:
    """Whether a person has to look, however sure the answer seems.

    The firm's name alone never decides, nor does the city's name alone; nor a doubtful repair, a name that speaks
    against the answer, or two counties of which none is likely.
    """
    if found.doubtful or against or reading.conflict or reading.chance < _LIKELY:
        return True
    if reading.certain:
        return False
    return reading.alone < 0.5 or (reading.form not in ("city", "county") and not _decides(reading))


def _decides(reading: Reading) -> bool:
    """Whether a name in the text tells one county from the next likely one."""
    votes = (sorted(name.votes)[-2:] for _, name in reading.voices if name.votes is not None)
    return any(pair[-1] - pair[0] > _TELLING or len(pair) == 1 for pair in votes)


def _position(gazetteer: Gazetteer, found: Resolved) -> tuple[str, tuple[float, float, float], list[Reason]]:
    """Return the level earned, lon, lat and radius, and how the position was found."""
    on_street = found.spot
    if on_street is not None and on_street.moved:
        return on_street.level, (on_street.lon, on_street.lat, on_street.radius_m), [[on_street.code, on_street.detail]]
    if found.building is not None and placed(found.building):
        return "building", _at(gazetteer, found, "building"), [["BUILDING_ON_MAP", {}]]
    if on_street is not None and on_street.level != "street":
        return on_street.level, (on_street.lon, on_street.lat, on_street.radius_m), [[on_street.code, on_street.detail]]
    if found.market is not None and placed(found.market):
        return "market", _at(gazetteer, found, "market"), []
    if on_street is not None:
        return "street", (on_street.lon, on_street.lat, on_street.radius_m), [[on_street.code, on_street.detail]]
    if placed(found.street):
        return "street", _at(gazetteer, found, "street"), []
    identity = _finest(found)
    for level in ("village", "zone") if identity == "village" else ("zone", identity):
        if placed(getattr(found, level)):
            return level, _at(gazetteer, found, level), []
    return identity, _NOWHERE, [["NOT_ON_MAP", {"level": identity}]]


def _finest(found: Resolved) -> str:
    for level in _FINE:
        if getattr(found, level) is not None:
            return level
    raise AssertionError("a resolved address has a county")


def _at(gazetteer: Gazetteer, found: Resolved, level: str) -> tuple[float, float, float]:
    """Return the point of a place, with the radius that its doors gave it."""
    entity = getattr(found, level)
    entity = gazetteer.entities.get(entity.key, entity)
    return entity.lon, entity.lat, entity.radius_m


_LISTED_M = 100.0
"""How far the house of a list of numbers may stand from the first one, which is the one kept."""


def _widened(radius: float, reading: Reading) -> float:
    """A relation (旁, 对面, 东侧) or a list of numbers leads away by metres, however wide the place itself is."""
    address = reading.address
    listed = address.number is not None and address.number.listed
    if address.relation is None and not listed:
        return round(radius, 1)
    away = stray(address) if address.relation is not None else 0.0
    return round(math.hypot(radius, away, _LISTED_M if listed else 0.0), 1)


def _reasons(
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


def _candidates(
    gazetteer: Gazetteer, reading: Reading, found: Resolved, options: LocateOptions
) -> list[dict[str, object]]:
    named = reading.districts if reading.conflict else frozenset()
    if reading.chance > 1 - _CANDIDATE_FROM and not found.homonyms and not found.rivals and not named:
        return []
    open_between = list(dict.fromkeys([*found.homonyms, *found.rivals]))
    share = reading.chance / max(len(open_between), 1)
    rows = [(share, e.key, e.kind, e.lon, e.lat) for e in open_between]
    for code, chance in zip(gazetteer.counties, reading.posterior, strict=True):
        likely = chance >= _CANDIDATE_FROM or code in named
        if likely and (code != reading.county or reading.chance < options.least):
            entity = gazetteer.entities[code]
            rows.append((chance, code, "county", entity.lon, entity.lat))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return [
        {"place": key, "level": level, "lon": _known(lon), "lat": _known(lat), "score": round(score, 4)}
        for score, key, level, lon, lat in rows[: options.candidates]
    ]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
