"""The upper parts of an address as clerks write or leave them: province, city, county, town, village, zone."""

import random
import re

from .spots import Spot

_HEADS = {  # how an address begins, by county: (words, share); "-" is nothing at all
    "320613": (("南通市", 0.60), ("-", 0.17), ("市", 0.008), ("南通", 0.02), ("南通市{c}", 0.202)),
    "320612": (
        ("南通市{c}", 0.68),
        ("南通市{o}", 0.08),
        ("{o}", 0.06),
        ("江苏省南通市{c}", 0.04),
        ("南通市", 0.06),
        ("南通", 0.03),
        ("-", 0.05),
    ),
    "320614": (
        ("{o}", 0.71),
        ("江苏省{o}", 0.10),
        ("南通市{o}", 0.04),
        ("南通市{c}", 0.01),
        ("{s}", 0.04),
        ("-", 0.10),
    ),
    "320681": (("-", 0.45), ("{c}", 0.41), ("江苏省{c}", 0.08), ("{s}", 0.06)),
    "320623": (("{c}", 0.82), ("江苏省{c}", 0.09), ("{s}", 0.04), ("南通市{c}", 0.02), ("-", 0.03)),
    "320682": (("{c}", 0.66), ("-", 0.26), ("江苏省{c}", 0.04), ("南通市{c}", 0.01), ("{s}", 0.03)),
    "320685": (("{o}", 0.70), ("{s}", 0.13), ("{c}", 0.04), ("江苏省{o}", 0.05), ("-", 0.08)),
}
_ELSEWHERE = (("{c}", 0.55), ("-", 0.45))


def head(spot: Spot, rng: random.Random) -> str:
    """Return province, city and county, or what a clerk leaves of them."""
    county, old = spot.county, spot.town.old_county
    if spot.zone and spot.zone.level == "national" and county.code == "320613" and rng.random() < 0.6:
        return rng.choice(("开发区", "南通开发区", "南通市开发区"))
    words = _pick(_HEADS.get(county.code, _ELSEWHERE), rng)
    if words == "-":
        return ""
    name = old if old and rng.random() < 0.9 else county.name
    if old and words == "南通市" and rng.random() < 0.42:
        words = "南通市{c}"
    return words.format(c=name, o=(county.old_names or (name,))[0], s=county.short)


def town(spot: Spot, rng: random.Random) -> str:
    name = spot.town.name
    stem = re.sub(r"(镇街道|街道|镇|乡)$", "", name)
    if name.endswith("街道") and rng.random() < 0.3:
        return stem + "镇"
    chance = rng.random()
    if chance < 0.046:
        return stem + "乡"
    if chance < 0.062:
        return stem + ("街办" if name.endswith("街道") else "")
    return name


def town_if(spot: Spot, rng: random.Random, share: float, before: str) -> str:
    likely = 1.0 if not before and spot.county.code != "320613" else share
    return town(spot, rng) if rng.random() < likely else ""


def village_name(name: str) -> str:
    """Return a village's or community's everyday name: 东市社区, 新桥村."""
    stem = re.sub(r"(（新）)$", "", name)
    stem = re.sub(r"(居民委员会|村民委员会|居委委会|居委会|村委会|委会)$", "", stem)
    return stem + "村" if name.rstrip("（新）").endswith("村委会") and not stem.endswith("村") else stem


def village(spot: Spot, rng: random.Random) -> str:
    if spot.village is None:
        return ""
    name = village_name(spot.village.name)
    if name.endswith("村"):
        return name
    stem = name.removesuffix("社区")
    return rng.choice((stem + "社区", stem + "社区", stem + "居委会", stem + "居", stem + "社区居委会"))


def zone(spot: Spot, rng: random.Random) -> str:
    if spot.zone is None:
        return ""
    finest = spot.zone
    top = finest.parent or finest
    if finest.parent and rng.random() < 0.4:
        return top.name + finest.name.removeprefix(finest.word)
    return finest.name if rng.random() < 0.6 else top.name


def _pick(pairs: tuple[tuple[str, float], ...], rng: random.Random) -> str:
    return rng.choices([word for word, _ in pairs], [share for _, share in pairs])[0]
