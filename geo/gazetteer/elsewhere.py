"""Names of provinces, cities and counties elsewhere: an address that begins with one lies outside."""

import math

from geo.gazetteer.entries import Entity, Name
from geo.gazetteer.index import FULL, NEAR, SHORT, Key, key_of
from geo.gazetteer.variants import county_short


def elsewhere_keys(code: str, text: str, city: str) -> list[tuple[str, Key]]:
    """Return keys for provinces, cities and counties elsewhere; the own province and city count as the city's own."""
    own = code == city[:2] + "0000"
    if code[:4] == city[:4] or (city.endswith("0000") and code[:2] == city[:2]):
        return []
    label = "prov" if code.endswith("0000") else "city" if code.endswith("00") else "district"
    entity = Entity(code, "own" if own else "elsewhere", text, None, None, math.nan, math.nan, "division", math.nan)
    found = [(text, key_of(text, FULL, Name(text, label, "full", (entity,), None)))] if len(text) > 2 else []
    short = text.removesuffix("省").removesuffix("市").removesuffix("特别行政区").removesuffix("自治区")
    for people in ("壮族", "回族", "维吾尔"):
        short = short.removesuffix(people)
    if text.endswith("自治区"):  # 广西省, 广西自治区: as people write them
        others = {short + "省", short + "自治区"} - {text}
        found += [(t, key_of(t, FULL, Name(t, label, "full", (entity,), None))) for t in sorted(others)]
    if label != "district" and 2 <= len(short) < len(text):
        found.append((short, key_of(short, SHORT, Name(short, label, "bare", (entity,), None))))
    near = county_short(text) if label == "district" else None
    if near is not None:
        found.append((near, key_of(near, NEAR, Name(near, label, "bare", (entity,), None))))
    return found
