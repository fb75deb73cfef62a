"""Other writings of official names: cores, short forms, and the suffixes that may follow a core in text."""

import re

COUNTY_SUFFIX = re.compile(r"(?:自治县|自治旗|新区|[市区县旗])$")
TOWN_SUFFIX = re.compile(r"(?:街道办事处|街道办|镇街道|街道|地区办事处|办事处|镇|乡)$")
VILLAGE_SUFFIX = re.compile(
    r"(?:虚拟(?:生活区|社区|居委会|社区居委会)|村社区居民委员会|社区居民委委?员?会|社区居民委员会|社区居委会|社区村委会|村社区居委会|村村委会|村民委员会"
    r"|居民委员会|村居委会|村委会|居委会|社区|村|居)(?:[((]新[))])?$"
)
AFTER_TOWN = re.compile(
    r"镇街道办事处|街道办事处|街道办|街办(?!公)|镇街道|街道|镇人民政府|镇(?=[^上])|镇$|乡(?!村)|办事处"
)
AFTER_VILLAGE = re.compile(
    r"村社区居委会|社区居民委员会|村村委会|村委会|村民委员会|社区居委会|社区居委|居民委员会|居委会|居委|村社区|社区|村居(?!委)|村(?!委)|居(?!民)|大队"
)
BARE_VILLAGE = re.compile(r"[东西南北]?\d+组|(?:[东南西北]?\d+)?$|[()]")
ROADISH = re.compile(
    r"[东西南北中上下]?(?:大?[路街巷弄]|大道|公路|新村|小区|花园|花苑|苑|大桥|桥|河|广场|大厦|大楼|[一二三四五六七八九十]+(?:[路街巷弄]|大街|大道))"
    r"|[东西南北中]?(?:村|社区|工业|经济|科技|产业|开发|高新|农场|中学|小学|医院|市场|家纺|精细|化工|民营|私营|物流|创业|软件|港(?!.?闸))|[东西南北]大?街|湾|[市区县]"
    r"|水域|水面|水道|江面|江段|航道|船上"
)
WATER = re.compile("水域|海域|江面|海面|[船艇]上(?!海)")
"""Words of who works on a river or the sea: a river's name beside them is no town."""
_ZONE_TYPES = (
    ("经济技术开发区", ("经济技术开发区", "经济开发区", "技术开发区", "开发区")),
    ("经济开发区", ("经济开发区", "开发区", "经济技术开发区")),
    (
        "高新技术产业开发区",
        ("高新技术产业开发区", "高新技术产业园区", "高新技术开发区", "高新区", "高新产业开发区", "高新技术产业区"),
    ),
    ("工业园区", ("工业园区", "工业园", "工业区")),
    ("科技产业园", ("科技产业园", "科技产业园区", "科技园", "科技园区", "产业园")),
    ("江海联动开发示范区", ("江海联动开发示范区", "示范区")),
)
ZONE_WORDS = re.compile(
    r"(?:开发区|高新区|工业园区?|产业园区?|科技园区?|保税区|示范区|度假区|园区|工业园|产业园|新区)$"
)
ROADLIKE = re.compile(r"(?:路|街|巷|道|桥|新村|花园|小区|苑|园)$")
"""Village cores that without their suffix are a road or an estate: 人民路 of 人民路社区."""
CITY_ZONES = frozenset(_ZONE_TYPES[0][1])
"""Zone words that, without an owner, mean the city's own economic development zone."""
ROAD_END = re.compile(r"(?:路|街|巷|弄|道)$")
"""Town cores that without their suffix are a road: 淮海中路 of 淮海中路街道."""
DIRECTION = re.compile(r"^(?:城?[东南西北中]|[东南西北中]城|新城?|开发|城关|城厢)$")
"""Town cores that are words of every town: 城东, 新城."""
BARE_ZONES = frozenset(
    {v for _, variants in _ZONE_TYPES for v in variants} | {"工业集中区", "园区", "新区", "工业小区"}
)
"""Zone words without a name of their own: whose zone is meant depends on what stands before them."""


def county_short(name: str) -> str | None:
    """Return 海门 for 海门区, ``None`` where nothing of two characters is left."""
    short = COUNTY_SUFFIX.sub("", name)
    return short if short != name and len(short) >= 2 else None


def town_core(name: str) -> str | None:
    """Return 观音山 for 观音山街道; ``None`` if the name carries no town suffix or too little is left."""
    core = TOWN_SUFFIX.sub("", name)
    return core if core != name and core else None


def village_core(name: str) -> str | None:
    """Return 韩湘坝 for 韩湘坝村村委会; ``None`` if no suffix is known or too little is left."""
    core = VILLAGE_SUFFIX.sub("", name)
    if core.endswith("村") and len(core) >= 3 and not core.endswith(("新村", "中心村")):
        core = core[:-1]
    return core if core != name and len(core) >= 2 else None


def is_urban(village: str) -> bool:
    """Whether a village's name or writing ends as that of a community (社区, 居委会, 居) and not of a village."""
    return _URBAN.search(village) is not None


_URBAN = re.compile(r"(?:社区|居|居委|居委会|居民委员会)$")


def zone_variants(name: str, owners: tuple[str, ...], province: str) -> set[str]:
    """Return the other writings of a zone's name: type words exchanged, province and owner's 市/区/县 dropped.

    The city is dropped where a county or a name of its own follows: 南通苏通科技产业园 is called 苏通科技产业园.
    """
    stems = {name}
    if province and len(name) >= 8:
        stems.add(name.removeprefix(province).removeprefix(province.removesuffix("省")))
    city, shorts = county_short(owners[0]) or owners[0], tuple(filter(None, map(county_short, owners)))
    behind = [stem.removeprefix(owners[0]).removeprefix(city) for stem in stems]
    stems |= {stem for stem in behind if stem.startswith(shorts) or (stem not in stems and _own_name(stem))}
    stems |= {stem.removesuffix("管理委员会").removesuffix("管委会") for stem in set(stems)}
    for stem in sorted(stems):
        for owner in owners:
            short = county_short(owner)
            if short and stem.startswith(owner):
                stems.add(short + stem[len(owner) :])
            elif short and stem.startswith(short) and not stem.startswith(owner):
                stems.add(owner + stem[len(short) :])
    found = set(stems)
    for stem in stems:
        for official, variants in _ZONE_TYPES:
            if stem.endswith(official) and len(stem) > len(official):
                found |= {stem[: -len(official)] + variant for variant in variants}
                break
    found |= {longer for name in found for longer in park_names(name)}
    return {variant for variant in found if variant not in BARE_ZONES and len(variant) >= 4}


def park_names(name: str) -> set[str]:
    """Return a name and, where it is a park's, the writing with 区: 滨海工业园 is written 滨海工业园区."""
    return {name, f"{name}区"} if name.endswith("园") else {name}


_ZONE_COMMON = re.compile(
    "高新|技术|经济|科技|产业|工业|农业|外向型|综合|保税|开发|示范|国际|软件|物流|创新|临港|沿海|滨海|沿江|中央|商务|高铁"
    "|集中|管理|委员会|[新园区港城镇]"
)


def _own_name(zone: str) -> bool:
    """Whether a zone has a name of its own beside words of its kind: 苏通科技产业园, but not 高新技术产业开发区."""
    return len(_ZONE_COMMON.sub("", zone)) >= 2


def place_core(text: str, owners: frozenset[str]) -> str:
    """Return a place's name without the city or county it begins with: 南通万象城 → 万象城."""
    for size in (7, 6, 5, 4, 3, 2):
        if text[:size] in owners and len(text) - size >= 3:
            return text[size:]
    return text


_ZONE_TYPE = re.compile(
    r"(?:经济技术|经济|技术)开发区$|(?:高新技术产业|高新技术|高新产业)(?:开发区|园区|区)$|工业园区$|产业园区$"
)
_ZONE_SHORT = {"经": "开发区", "技": "开发区", "高": "高新区", "工": "工业园", "产": "产业园"}
_ZONE_OWNER = re.compile(r"^[\u4e00-\u9fff]{2,4}[省市](?=[\u4e00-\u9fff]{5})")


def zone_core(text: str, owners: frozenset[str]) -> str:
    """Return a zone's name in its shortest writing: 南通市通州经济开发区, 通州区开发区 → 通州开发区."""
    owner = _ZONE_OWNER.match(text)
    if owner is not None and any(text[owner.end() : owner.end() + size] in owners for size in (2, 3, 4)):
        text = text[owner.end() :]
    for size in (4, 3):
        if text[:size] in owners and text[: size - 1] in owners:
            text = text[: size - 1] + text[size:]
            break
    kind = _ZONE_TYPE.search(text)
    return text if kind is None else text[: kind.start()] + _ZONE_SHORT[kind.group()[0]]


def short_name(text: str, label: str, owners: frozenset[str]) -> str:
    """Return the name under which all writings of a place are counted together."""
    if label == "poi":
        return place_core(text, owners)
    return zone_core(text, owners) if label == "devzone" else text


_STEM = re.compile(r"(?:[东西南北中上下前后]|[一二三四五六七八九十\d]+)?(大?街|大?路|大道|巷)$")


def road_stem(text: str) -> str | None:
    """Return a road's name without its part of town (人民中路 → 人民路), ``None`` where nothing is dropped."""
    found = _STEM.search(text)
    if found is None or found.start() < 2:
        return None
    return text[: found.start()] + found[1]
