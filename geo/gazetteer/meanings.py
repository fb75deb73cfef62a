"""What a name that is no hit may mean: looked up without its owner, by the county or town in it, by its stem."""

import re
from collections.abc import Mapping

from geo.gazetteer.entries import Name
from geo.gazetteer.index import Gazetteer
from geo.gazetteer.memo import remember
from geo.gazetteer.variants import CITY_ZONES, WATER, place_core, road_stem, zone_core


def meaning(gazetteer: Gazetteer, words: str, label: str) -> Name | None:
    """Return what the name of a segment that is no hit can be looked up under."""
    name = _looked_up(gazetteer, words, label)
    if label == "devzone":
        name = zone_meaning(gazetteer, words, name)
    return remember(gazetteer.memo.meanings[label], words, name)


def zone_meaning(gazetteer: Gazetteer, words: str, name: Name | None) -> Name | None:
    """Return what a zone means: the county in its name comes first, then what is known of it, bare words last."""
    inner = _inner(gazetteer, words, gazetteer.inner)
    if inner is not None:
        known, mentions = (name.entities, name.mentions) if name is not None else ((), 0)
        return Name(inner.text, "devzone", "inner", known, inner.votes, mentions)
    if words in CITY_ZONES:
        return gazetteer.bare_zone
    return name or _inner(gazetteer, words, gazetteer.town_cores) or _zone_abroad(gazetteer, words)


_ZONE_OF_A_CITY = re.compile(
    r"([^\d]{2,3}?)市?(?:国家级?|省级?)?(?:综合)?(?:经济|高新|新技术|保税|自由贸易|出口加工|工业园区|旅游度假|开发区)"
)


def _zone_abroad(gazetteer: Gazetteer, words: str) -> Name | None:
    """Return the city or province elsewhere whose name a zone bears: 大连经济技术开发区."""
    owner = _ZONE_OF_A_CITY.match(words)
    for *_, name, _, _ in gazetteer.automaton.get(owner[1], ()) if owner is not None else ():
        if name.elsewhere and name.label in ("prov", "city"):
            return Name(name.text, "devzone", "abroad", name.entities, None)
    return None


def _inner(gazetteer: Gazetteer, words: str, known: Mapping[str, Name], *, more: bool = False) -> Name | None:
    """Return the county or town that a zone or house carries in its name: 南通市海门经济开发区, 姜灶工业区.

    With ``more`` the name alone is none: a county's that was not read as one is a road's (启东路口 is on 启东路).
    """
    city = gazetteer.city.name
    for start in (0, len(city) if words.startswith(city) else 0):
        for size in (4, 3, 2):
            found = known.get(words[start : start + size])
            if found is not None and (not more or len(words) > start + size):
                return found
    return None


def _looked_up(gazetteer: Gazetteer, words: str, label: str) -> Name | None:
    if label in ("other", "subpoi"):
        label = "poi"
    found = gazetteer.lookup.get((label, words))
    if found is None and label == "poi":
        core = place_core(words, gazetteer.regions)
        found = gazetteer.lookup.get(("poi", core)) if core != words else None
        if found is None and WATER.search(words):
            return None
        inner = found or _inner(gazetteer, words, gazetteer.inner, more=True)
        return inner or _inner(gazetteer, words, gazetteer.town_cores)
    if found is None and label == "devzone":
        return gazetteer.lookup.get(("devzone", zone_core(words, gazetteer.regions)))
    if found is None and label == "road":
        return gazetteer.lookup.get(("stem", road_stem(words) or words))
    return found
