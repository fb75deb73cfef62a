"""What a list of address texts is made of: the finest thing each allows, and the mess in it.

The patterns were set so that they give, on 5,010 real register addresses of Nantong, the shares that the sample city
aims at (``TARGET``, in percent); a test holds the sample's own addresses against them. They are a yardstick for made
texts, not an address parser.
"""

import re
from collections import Counter
from collections.abc import Iterable

_N = "[0-9０-９一二三四五六七八九十百〇]+"
_FINEST = (
    ("road_number", re.compile(rf"(路|街|大道|巷|弄)[（(]?[^路街]{{0,4}}?{_N}(-\d+)?[、，,至]?(\d+)?号(?!楼|厂房|桥)")),
    ("village_group", re.compile("组(?!团)")),
    (
        "building",
        re.compile(
            r"大厦|花园|新村|广场|苑|小区|幢|栋|座|商办楼|商务楼|公寓|市场|城(?![东西南北中区港镇乡街关市郊桥山社居])|号楼|中心(?!村|路|镇|沙|街)|大楼|国际|综合楼"
        ),
    ),
    ("road", re.compile(r"路(?!桥村)|街(?!道|办)|大道|巷|道(?=\d)")),
    ("village", re.compile(r"村|社区|居委|居$|居民|里程|埭|桥$")),
    ("zone", re.compile(r"园区|开发区|工业园|集中区|产业园|工业区|科技园|创业园|港区|示范区")),
    ("town", re.compile(r"镇|街道|乡|办事处|街办")),
)
_MESS = {
    "no_county": re.compile(r"^(?!.*(崇川区|港闸区|通州区|通州市|海门市|海门区|启东市|如皋市|如东县|海安县|海安市))"),
    "old_county": re.compile(r"港闸|海门市|海安县|通州市"),
    "numerals": re.compile(r"[一二三四五六七八九十百]+(号|组|幢|栋|座|楼|层|单元|室|弄)"),
    "zone_words": re.compile(r"园区|开发区|工业园|集中区|产业园|科技园"),
    "block": re.compile(r"幢|栋|座|号楼"),
    "room": re.compile(r"室"),
    "floor": re.compile(r"[0-9一二三四五六七八九十](层|楼|F)"),
    "relative": re.compile(r"旁|内|侧|首|对面|附近"),
    "brackets": re.compile(r"[（(\[【]"),
    "list": re.compile(r"、|\d-\d+号|至"),
    "xiang": re.compile(r"乡"),
    "shop": re.compile(r"营业房|店|车库"),
    "short": re.compile(r"^.{0,5}$"),
    "crossing": re.compile(r"交叉|交汇|路口"),
}
TARGET = {
    "road_number": 43.3, "building": 9.7, "village_group": 20.8, "road": 5.7, "village": 7.9, "zone": 5.3,
    "town": 5.2, "other": 2.1, "no_county": 45.0, "old_county": 17.1, "numerals": 16.3, "zone_words": 16.6,
    "block": 12.8, "room": 13.0, "floor": 4.7, "relative": 7.6, "brackets": 6.3, "list": 4.4, "xiang": 2.1,
    "shop": 1.6, "short": 1.4, "crossing": 0.6,
}  # fmt: skip


def finest(address: str) -> str:
    """Return the finest thing that the text allows: a key of the first row of ``TARGET``."""
    return next((kind for kind, pattern in _FINEST if pattern.search(address)), "other")


def measure(addresses: Iterable[str]) -> dict[str, float]:
    """Return the share of each kind of finest thing and of each kind of mess, in percent."""
    texts = list(addresses)
    counts: Counter[str] = Counter(finest(text) for text in texts)
    for kind, pattern in _MESS.items():
        counts[kind] = sum(bool(pattern.search(text)) for text in texts)
    return {kind: round(100 * counts[kind] / max(len(texts), 1), 1) for kind in TARGET}


def table(addresses: Iterable[str]) -> str:
    """Return the shares beside the aims, one line each, as text."""
    measured = measure(addresses)
    return "\n".join(f"{kind:<14} {measured[kind]:6.1f} %   aim {aim:5.1f} %" for kind, aim in TARGET.items())
