"""Typed noise over real company names and their codes: how union registers and second registers write them.

One function a kind; a kind that does not apply to a name gives None. Seeded by the caller.
"""

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

_FORM = re.compile(r"(股份有限公司|有限责任公司|有限公司|公司)$")
_BRANCH = re.compile(r"公司.{0,20}(分公司|支公司|支行|分行|营业厅|营业部|加油站|经营部|门市部|分店|店|厂)$")
_COUNTIES = (
    "崇川区",
    "港闸区",
    "通州区",
    "海门市",
    "海门区",
    "海安县",
    "海安市",
    "如东县",
    "启东市",
    "如皋市",
    "开发区",
)
_PLACES = sorted(
    {"江苏省", "江苏", "南通市", "南通", *_COUNTIES, *(name[:2] for name in _COUNTIES[2:-1])}, key=len, reverse=True
)
_TRADES = (
    *("纺织品", "织造", "服饰", "贸易", "商贸", "机械制造", "机电"),
    *("电子科技", "建材", "物流", "包装", "食品", "化工", "装饰工程"),
)
_LOOK_ALIKE = dict(
    zip("末未晴睛己已土士人入日曰崇祟茶荼汆氽侯候博搏", "未末睛晴已己士土入人曰日祟崇荼茶氽汆候侯搏博", strict=True)
)


def places_of(name: str) -> tuple[str, str]:
    """Return the place words at the head of a name, and the rest."""
    rest = name
    while found := next((word for word in _PLACES if rest.startswith(word) and len(rest) - len(word) >= 4), None):
        rest = rest[len(found) :]
    return name[: len(name) - len(rest)], rest


def _form(name: str, draw: random.Random) -> str | None:
    if "有限责任公司" in name:
        return name.replace("有限责任公司", "有限公司")
    return name.replace("有限公司", draw.choice(["有限责任公司", "公司"]), 1) if "有限公司" in name else None


def _width(name: str, draw: random.Random) -> str | None:
    wide = name.translate(str.maketrans("()", "（）")) if "(" in name else name.translate(str.maketrans("（）", "()"))
    at = draw.randrange(1, len(name))
    return wide if wide != name and draw.random() < 0.7 else wide[:at] + draw.choice([" ", "\u3000", "\t"]) + wide[at:]


def _union(name: str, draw: random.Random) -> str:
    return name + draw.choice(["工会委员会", "工会", "联合工会", "基层工会委员会", "工会联合会", "机关工会"])


def _former(name: str, draw: random.Random) -> str:
    old = draw.choice(["南通第二毛纺厂", "海门新华机械厂", "如皋市供销贸易有限公司"])
    return name + draw.choice(["（原{}）", "（曾用名：{}）", "(原名{})"]).format(old)


def _moved(name: str, _draw: random.Random) -> str | None:
    place, rest = places_of(name)
    found = _FORM.search(rest)
    if not place or not found or "(" in name or "（" in name or _BRANCH.search(name):
        return None
    return f"{rest[: found.start()]}（{place.rstrip('市县区')}）{found.group()}"


def _added(name: str, draw: random.Random) -> str | None:
    return None if name.startswith("江苏") else draw.choice(["江苏省", "江苏"]) + name


def _dropped(name: str, _draw: random.Random) -> str | None:
    place, rest = places_of(name)
    return rest if place else None


def _short(name: str, _draw: random.Random) -> str | None:
    found = _FORM.search(name)
    return name[: found.start()] if found and not _BRANCH.search(name) else None


def _group(name: str, _draw: random.Random) -> str | None:
    if "集团" in name:
        return name.replace("集团", "", 1)
    found = _FORM.search(name)
    return f"{name[: found.start()]}集团{found.group()}" if found and not _BRANCH.search(name) else None


def _shares(name: str, _draw: random.Random) -> str | None:
    if "股份有限公司" in name and not _BRANCH.search(name):
        return name.replace("股份有限公司", "有限公司")
    return name.replace("有限公司", "股份有限公司") if name.endswith("有限公司") and "责任" not in name else None


def _homophone(char: str, draw: random.Random) -> str:
    """Return a character of nearly the same sound: the common characters of GB 2312 stand in the order of Pinyin."""
    code = char.encode("gb2312", "ignore")
    if len(code) != 2 or not 0xB0 <= code[0] <= 0xD7:
        return "新" if char != "新" else "欣"
    at = (code[0] - 0xB0) * 94 + code[1] - 0xA1
    near = [other for other in range(max(0, at - 3), min(3755, at + 4)) if other != at]
    first, second = divmod(draw.choice(near), 94)
    return bytes([first + 0xB0, second + 0xA1]).decode("gb2312")


def _slip_place(name: str, draw: random.Random) -> int:
    start = len(places_of(name)[0])
    found = _FORM.search(name)
    return draw.randrange(start, max(start + 1, found.start() if found else len(name)))


def _typo(name: str, draw: random.Random) -> str:
    at = _slip_place(name, draw)
    return name[:at] + (_LOOK_ALIKE.get(name[at]) or _homophone(name[at], draw)) + name[at + 1 :]


def _random_typo(name: str, draw: random.Random) -> str:
    at = _slip_place(name, draw)
    return name[:at] + draw.choice("通海启东华新兴盛达纺机荣泰源") + name[at + 1 :]


def _lost(name: str, draw: random.Random) -> str:
    at = _slip_place(name, draw)
    return name[:at] + name[at + 1 :]


def _twice(name: str, draw: random.Random) -> str:
    at = _slip_place(name, draw)
    return name[: at + 1] + name[at:]


def _swapped(name: str, draw: random.Random) -> str:
    at = min(_slip_place(name, draw), len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _traditional(name: str, _draw: random.Random) -> str | None:
    from opencc import OpenCC

    new = str(OpenCC("s2t").convert(name))
    return new if new != name else None


NAMES: Mapping[str, Callable[[str, random.Random], str | None]] = {
    "exact": lambda name, _draw: name, "form": _form, "width": _width, "union tail": _union, "former name": _former,
    "place moved": _moved, "place added": _added, "place dropped": _dropped, "form dropped": _short, "group": _group,
    "shares": _shares, "homophone": _typo, "other character": _random_typo, "lost character": _lost,
    "doubled character": _twice, "swapped": _swapped, "traditional": _traditional,
}  # fmt: skip
"""Kinds of noise in a name."""
SLIPS = ("homophone", "other character", "lost character", "doubled character", "swapped")
"""Of these, slips of the pen, which are rarer than the others in lists that people keep."""


def _misread(code: str, draw: random.Random) -> str:
    swap = {"0": "O", "1": "I", "2": "Z", "5": "S"}
    places = [at for at, char in enumerate(code) if char in swap]
    at = draw.choice(places)
    return code[:at] + swap[code[at]] + code[at + 1 :]


def _one_wrong(code: str, draw: random.Random) -> str:
    at = draw.randrange(2, 18)
    return code[:at] + draw.choice([c for c in "0123456789" if c != code[at]]) + code[at + 1 :]


def _neighbours(code: str, draw: random.Random) -> str:
    places = [at for at in range(2, 17) if code[at] != code[at + 1]]
    at = draw.choice(places)
    return code[:at] + code[at + 1] + code[at] + code[at + 2 :]


CODES: Mapping[str, Callable[[str, random.Random], Any]] = {
    "credit code": lambda code, _draw: code,
    "lower case": lambda code, _draw: code.lower(),
    "full width": lambda code, _draw: code.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}),
    "blanks": lambda code, _draw: f"{code[:6]} {code[6:12]} {code[12:]}",
    "O for 0": _misread,
    "9 digits": lambda code, _draw: code[8:17],
    "9 digits, dash": lambda code, _draw: f"{code[8:16]}-{code[16]}",
    "one digit wrong": _one_wrong,
    "neighbours swapped": _neighbours,
    "by a spreadsheet": lambda code, _draw: f"{code[0]}.{code[1:6]}E+17",
}
"""Kinds of noise in a credit code; the last three destroy it, so that the name beside it has to do."""
DESTROYED = ("one digit wrong", "neighbours swapped", "by a spreadsheet")


def sister(name: str, draw: random.Random) -> str | None:
    """Return the name of a sister firm: the same own word, another trade."""
    place, rest = places_of(name)
    found = _FORM.search(rest)
    if not found or found.start() < 4 or _BRANCH.search(name):
        return None
    own, trade = rest[:2], rest[2 : found.start()]
    return place + own + draw.choice([other for other in _TRADES if other not in trade]) + found.group()


def branch(name: str, draw: random.Random) -> str | None:
    """Return the name of an invented branch of a head office."""
    if not name.endswith("公司") or "分公司" in name:
        return None
    return name + draw.choice(["第二分公司", "如东分公司", "城南营业部", "三分厂", "人民路门店", "第十五分公司"])
