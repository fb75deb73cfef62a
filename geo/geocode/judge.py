"""Level, position, confidence, status and reasons of one address, from what its names were resolved to."""

import math
import re
from typing import NamedTuple

from geo.gazetteer import Entity, Gazetteer, Reading
from geo.geocode.confidence import evidence_of, rough
from geo.geocode.options import LocateOptions
from geo.geocode.reasons import reasons_of, speaking_against
from geo.geocode.relations import stray
from geo.geocode.resolve import Reason, Resolved, placed

_FINE = ("building", "market", "street", "village", "zone", "town", "county")
"""Identities, finest first; a village is finer than a zone, which may be half a city."""


_NOTHING = frozenset(("", "无", "同上", "不详", "未知", "暂无", "NULL", "NAN", "NONE", "无地址", "没有", "待定"))
"""Texts that stand where an address should be."""


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
    against = speaking_against(gazetteer, reading, found)
    candidates = _candidates(gazetteer, reading, found, options)
    if chance < options.least or _groundless(reading):
        reasons = reasons_of(gazetteer, reading, found, second, [], [])
        return Verdict("none", *_NOWHERE, round(chance, 4), "none", reasons, candidates)
    level, (lon, lat, radius), how = _position(gazetteer, found)
    reasons = reasons_of(gazetteer, reading, found, second, how, against)
    abroad = _abroad(reading) if reading.elsewhere else ()
    for entity in abroad:
        reasons.append(["OUTSIDE", {"place": entity.name, "code": entity.key}])
    confidence = _confidence(reading, found, level, options, against=bool(against))
    sure = confidence >= threshold and not abroad and not _needs_a_person(reading, found, against=bool(against))
    if radius == radius:  # a place on the map
        settled = found.spot is not None and found.spot.settled and level == found.spot.level
        radius = round(radius, 1) if settled else _widened(radius, reading, found)
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
    return evidence_of(reading, found, verdict.level, against=bool(speaking_against(gazetteer, reading, found)))


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


def _widened(radius: float, reading: Reading, found: Resolved) -> float:
    """A relation (旁, 对面, 东侧) or a list of numbers leads away by metres, however wide the place itself is."""
    address = reading.address
    listed = address.number is not None and address.number.listed
    if address.relation is None and not listed:
        return round(radius, 1)
    away = stray(address) if address.relation is not None and not found.arrived else 0.0
    return round(math.hypot(radius, away, _LISTED_M if listed else 0.0), 1)


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
