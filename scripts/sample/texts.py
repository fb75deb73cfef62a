"""Address texts as registers write them: a true place told with the gaps, old names and turns of phrase of real clerks.

The chances below were set by hand until ``mix.measure`` of the texts came near the shares of real rows.
"""

import random

from . import heads
from .spots import Spot
from .words import trade_name

_DIGITS = "零一二三四五六七八九"
_IN_BRACKETS = ("自有房屋", "本公司所属房屋", "原{w}站", "{w}大院内", "{w}厂", "{w}公司内", "私宅", "租用{w}仓库")
_ASIDE = ("东侧", "西侧", "南侧", "北侧", "北首", "南首", "东首", "西首", "旁", "对面", "附近", "内")


def chinese(number: int) -> str:
    """Return a number below 1,000 in Chinese numerals."""
    if number >= 100:
        rest = number % 100
        return (
            _DIGITS[number // 100]
            + "百"
            + ("" if not rest else ("零" if rest < 10 else "一" if rest < 20 else "") + chinese(rest))
        )
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十") + (
        "" if tens and not ones else _DIGITS[ones]
    )


def address_text(spot: Spot, rng: random.Random) -> str:
    """Return one way of writing the place."""
    text = _TELL[spot.finest](spot, rng)
    text = text.replace("0", "０", 1) if rng.random() < 0.0005 else text
    if rng.random() < 0.006 and len(text) > 9:
        text = _slip(text, rng)
    return text


def _slip(text: str, rng: random.Random) -> str:
    """Return the text with one slip of the keyboard or of the copying eye."""
    at = rng.randrange(3, len(text) - 1)
    return rng.choice((text[:at] + text[at + 1] + text[at] + text[at + 2 :], text[:at] + " " + text[at:], text + " "))


def _bracket(text: str, rng: random.Random, share: float, inner: str = "") -> str:
    if rng.random() >= share:
        return text
    inner = inner or rng.choice(_IN_BRACKETS).format(w=trade_name(rng, 2))
    return text + rng.choices(("({})", "（{}）", "({}"), (47, 47, 6))[0].format(inner)


def _number(spot: Spot, rng: random.Random) -> str:
    assert spot.door is not None
    n, chance = spot.door.number, rng.random()
    if chance < 0.035:
        return f"{n}、{n + 2}号" if rng.random() < 0.6 else f"{n}号、{n + 2}号"
    if chance < 0.06:
        return f"{n}-{n + rng.choice((2, 4, 6))}号"
    if chance < 0.085:
        return f"{n}-{rng.randint(1, 6)}号"
    if chance < 0.095:
        return f"{n}号附{rng.randint(1, 5)}"
    if chance < 0.105 and n < 100:
        return f"{chinese(n)}号"
    return f"{n}号"


def _room(spot: Spot, rng: random.Random, *, share: float) -> str:
    """Return block, floor and room inside a house, as far as the clerk cared."""
    house = spot.house
    if house is None or rng.random() >= share:
        return ""
    floor = f"{chinese(spot.floor) if rng.random() < 0.62 else spot.floor}{rng.choice('层楼楼')}"
    if house.kind == "estate":
        block = f"{spot.block}{rng.choice(('幢', '幢', '幢', '号楼', '栋'))}"
        return (
            block
            + rng.choices((f"{spot.room}室", f"{spot.room[-1]}号营业房", f"{spot.room[-2:]}号车库"), (84, 10, 6))[0]
        )
    if house.kind == "office":
        block = f"{spot.block}{rng.choice('座座楼')}" if spot.block else ("1幢" if rng.random() < 0.42 else "")
        shown = rng.choices(
            (f"{spot.room}室", floor, f"{floor}{spot.room}室", f"{spot.room}室、{int(spot.room) + 1}室"), (70, 18, 9, 3)
        )[0]
        return block + shown
    if house.kind == "mall":
        return rng.choice(
            (
                f"L{spot.floor}层L{spot.floor}{spot.room.zfill(2)}号商铺",
                f"{floor}{spot.room}室",
                f"{spot.floor}F-{spot.room}",
                f"{spot.floor}{spot.room.zfill(2)}室",
                f"{spot.room}号店",
            )
        )
    wing = f"{ord(spot.block) - 64}幢"
    return rng.choices(
        (f"{spot.block}区{spot.room}号", f"{wing}{spot.room}号", f"{spot.room}号营业房", f"{wing}{spot.room}室"),
        (3, 3, 1, 3),
    )[0]


def _road_number(spot: Spot, rng: random.Random) -> str:
    assert spot.street is not None
    head = heads.head(spot, rng)
    core = spot.county.code == "320613"
    town = heads.town_if(spot, rng, 0.07 if core else 0.62, head)
    zone = heads.zone(spot, rng) if spot.street.zone and rng.random() < 0.78 and head[-3:] != "开发区" else ""
    street = spot.street.name
    if rng.random() < 0.006 and street[-2] in "东西南北中":
        street = f"{street[:-2]}{street[-1]}（{street[-2]}）"
    number = _number(spot, rng)
    if spot.house is None:
        chance = rng.random()
        inside = f"{rng.randint(1, 6)}{rng.choice(('幢', '号楼', '栋', '号厂房'))}" if chance < 0.075 else ""
        inside += f"{rng.randint(1, 6)}0{rng.randint(1, 9)}室" if chance < 0.05 else ""
        inside += f"{chinese(rng.randint(1, 6))}楼" if 0.075 < chance < 0.095 else ""
        aside = rng.choice(("内", "旁", "内", "东侧", "对面")) if rng.random() < 0.014 else ""
        return _bracket(head + (town if not zone else "") + zone + street + number + inside + aside, rng, 0.05)
    name = spot.house.name if rng.random() < 0.5 else ""
    text = head + town + zone + street + number
    if name and rng.random() < 0.15:
        return _bracket(text, rng, 1.0, name + ("内" if rng.random() < 0.5 else "")) + _room(spot, rng, share=0.7)
    return text + name + _room(spot, rng, share=0.8 if name else 0.68)


def _building(spot: Spot, rng: random.Random) -> str:
    assert spot.house is not None
    head = heads.head(spot, rng)
    town = heads.town_if(spot, rng, 0.06 if spot.county.code == "320613" else 0.55, head)
    aside = rng.choice(_ASIDE) if rng.random() < 0.025 else ""
    return _bracket(head + town + spot.house.name + (aside or _room(spot, rng, share=0.93)), rng, 0.03)


def _group(spot: Spot, rng: random.Random) -> str:
    group = spot.group
    if rng.random() < 0.03:
        return f"{group}、{group + 1}组"
    return f"{chinese(group) if rng.random() < 0.66 else group}组"


def _village_group(spot: Spot, rng: random.Random) -> str:
    head = heads.head(spot, rng)
    town = heads.town_if(spot, rng, 0.75 if spot.county.code == "320613" else 0.97, head)
    if spot.zone and rng.random() < 0.3:
        return head + town + _bracket(spot.zone.name, rng, 1.0, heads.village(spot, rng) + _group(spot, rng))
    house = f"{rng.randint(1, 99)}号" if rng.random() < 0.04 else ""
    return _bracket(head + town + heads.village(spot, rng) + _group(spot, rng) + house, rng, 0.075)


def _village_only(spot: Spot, rng: random.Random) -> str:
    head = heads.head(spot, rng)
    aside = rng.choice(_ASIDE) if rng.random() < 0.08 else ""
    return _bracket(head + heads.town_if(spot, rng, 0.93, head) + heads.village(spot, rng) + aside, rng, 0.08)


def _road_only(spot: Spot, rng: random.Random) -> str:
    assert spot.street is not None and spot.door is not None
    head = heads.head(spot, rng)
    town = heads.town_if(spot, rng, 0.12 if spot.county.code == "320613" else 0.7, head)
    zone = heads.zone(spot, rng) if spot.street.zone and rng.random() < 0.8 and head[-3:] != "开发区" else ""
    text = head + (town if not zone else "") + zone + spot.street.name
    other = next((name for at, name in spot.street.crossings if abs(at - spot.door.chain) < 70), "")
    if other and rng.random() < 0.6:
        return (
            text
            + rng.choice((f"与{other}交叉口", f"{other}交汇处", f"、{other}路口"))
            + rng.choice(("", "西南角", "东侧", "北侧"))
        )
    if rng.random() < 0.08:
        return _bracket(text, rng, 1.0, f"{trade_name(rng, 2)}站向{rng.choice('东南西北')}{rng.randint(1, 9)}00米")
    return text + (rng.choice(_ASIDE) if rng.random() < 0.46 else "")


def _zone_only(spot: Spot, rng: random.Random) -> str:
    head = heads.head(spot, rng)
    zone = "" if head[-3:] == "开发区" and rng.random() < 0.2 else heads.zone(spot, rng)
    town = heads.town_if(spot, rng, 0.55, head) if not zone.startswith(spot.town.name[:2]) else ""
    tail = rng.choices(
        ("", "内", f"{rng.choice('ABC')}区", f"{rng.randint(1, 60)}号", "1号厂房", "东侧", "三楼"),
        (56, 15, 8, 10, 5, 4, 2),
    )[0]
    return _bracket(head + town + zone + tail, rng, 0.06)


def _town_only(spot: Spot, rng: random.Random) -> str:
    if rng.random() < 0.06:
        return heads.town(spot, rng)
    aside = rng.choice(("东首", "西首", "南首", "北首", "人民政府大院内", "政府旁")) if rng.random() < 0.2 else ""
    return _bracket(heads.head(spot, rng) + heads.town(spot, rng) + aside, rng, 0.05)


def _other(spot: Spot, rng: random.Random) -> str:
    head = f"{rng.choice(('', '江苏省'))}{spot.county.name}"
    if spot.county.code == "320613" and rng.random() < 0.5:
        head = "南通市"
    word = trade_name(rng, 2)
    return head + rng.choice(
        (
            "",
            "",
            f"{word}站",
            f"{word}码头",
            f"{word}厂{rng.choice(_ASIDE)}",
            f"{word}船闸西{rng.randint(2, 9)}0米",
            "水域",
        )
    )


_TELL = {
    "road_number": _road_number,
    "building": _building,
    "village_group": _village_group,
    "village": _village_only,
    "road": _road_only,
    "zone": _zone_only,
    "town": _town_only,
    "other": _other,
}
