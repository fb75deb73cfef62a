"""How union registers write the firms they list: mostly right, sometimes by another form, rarely with a slip."""

import datetime as dt
import random
from dataclasses import dataclass

from .firms import Firm

_LOOK_ALIKE = {
    "纺": "仿",
    "械": "戒",
    "贸": "留",
    "装": "妆",
    "技": "枝",
    "饰": "饬",
    "设": "没",
    "程": "呈",
    "运": "云",
    "制": "置",
    "商": "商业",
    "发": "友",
}
_NOISE = (
    ("exact", 0.66),
    ("form", 0.08),
    ("brackets", 0.05),
    ("space", 0.03),
    ("prefix", 0.06),
    ("old_name", 0.03),
    ("short", 0.05),
    ("typo", 0.04),
)
NEEDS_CODE = ("prefix", "old_name", "short", "typo")
"""Noise that may point to a sister firm: nearly always with a code beside it."""


@dataclass(slots=True)
class Written:
    """A line of a list of covered units: the name and code as written, and (for the truth) what is meant."""

    name: str
    meant: str
    code: str
    since: dt.date
    until: dt.date | None
    kind: str = "企业"
    noise: str = "exact"
    shown: bool = True


def write_member(firm: Firm, since: dt.date, until: dt.date | None, rng: random.Random, *, shown: bool) -> Written:
    """Return the line that a union's list has for a firm; ``shown`` says whether the day of joining is written."""
    name, noise = write_name(firm.name, rng)
    return Written(name, firm.uscc, write_code(firm, noise, rng), since, until, noise=noise, shown=shown)


def write_name(name: str, rng: random.Random) -> tuple[str, str]:
    """Return a name as a list may write it, and the kind of noise in it."""
    noise = rng.choices([kind for kind, _ in _NOISE], [share for _, share in _NOISE])[0]
    written = _WRITE[noise](name, rng)
    return (written, noise) if written != name else (name, "exact")


def write_code(firm: Firm, noise: str, rng: random.Random) -> str:
    """Return the code that stands beside the name: the credit code, the old organisation code in it, or nothing."""
    chance = rng.random()
    if noise in NEEDS_CODE:
        chance = min(chance, 0.775) if rng.random() < 0.93 else 1.0
    if chance < 0.62:
        return firm.uscc
    return f"{firm.uscc[8:16]}-{firm.uscc[16]}" if chance < 0.78 else ""


def _form(name: str, _: random.Random) -> str:
    if "有限责任公司" in name:
        return name.replace("有限责任公司", "有限公司")
    return name.replace("有限公司", "有限责任公司", 1) if "有限公司" in name and "股份" not in name else name


def _brackets(name: str, _: random.Random) -> str:
    if "(" in name:
        return name.replace("(", "（").replace(")", "）")
    return (
        f"{name[2:-4]}（南通）{name[-4:]}"
        if name.startswith("南通") and name.endswith("有限公司") and name[2] not in "市海如启通"
        else name
    )


def _prefix(name: str, rng: random.Random) -> str:
    if name.startswith("南通市"):
        return "南通" + name[3:]
    return (
        "南通市" + name[2:]
        if name.startswith("南通")
        else "江苏" + name
        if rng.random() < 0.3
        else name[2:]
        if name[:2] in ("海门", "启东", "如皋", "如东", "海安", "通州", "江苏")
        else name
    )


def _typo(name: str, rng: random.Random) -> str:
    places = [i for i, c in enumerate(name) if c in _LOOK_ALIKE]
    if not places:
        return name
    at = rng.choice(places)
    return name[:at] + _LOOK_ALIKE[name[at]] + name[at + 1 :]


_WRITE = {
    "exact": lambda name, _: name,
    "form": _form,
    "brackets": _brackets,
    "space": lambda name, _: name[:4] + " " + name[4:],
    "prefix": _prefix,
    "old_name": lambda name, rng: f"{name}（原{name[:2]}市{rng.choice(('第一', '第二', '东风', '红星'))}厂）",
    "short": lambda name, _: name.removesuffix("有限公司") if name.endswith("有限公司") else name,
    "typo": _typo,
}
