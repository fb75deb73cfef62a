"""Cells that list units, read into names: ``1.甲公司、2.乙厂（12人）等12家`` are two names of twelve."""

import re
from dataclasses import dataclass

from geo.registry.cells import plain, show, tidy
from geo.text import read_register_code
from geo.text.numerals import numeral_value

_ENDING = r"(?:公司|厂|店|铺|部|社|行|站|场|所|院|校|园|馆|中心|集团|超市|企业|户|酒楼|饭店|工会(?:委员会)?)"
_BREAKS = re.compile(r"[、;；\n\r|\t]+|[,，](?![^（(]*[）)])|/(?=[\u4e00-\u9fff])")
_NUMBER = r"(?:[（(]?\d{1,3}[)）.．、:：]|[①-⑳㈠-㈩])"
_NUMBERED = re.compile(rf"^\s*(?:{_NUMBER}|\d{{1,3}}\s+)\s*(?=[^\d\s])")
_BEFORE_NUMBER = re.compile(rf"(?<=[\u4e00-\u9fff)）])\s*(?={_NUMBER}\s*[\u4e00-\u9fff])")
_WHOLE = re.compile(rf"^[\u4e00-\u9fffA-Za-z0-9()（）·&-]{{3,}}{_ENDING}(?:[（(].*[）)])?$")
_AND = re.compile(
    rf"(?<=公司|集团|.厂|.店)(?:以及|及|和(?=[\u4e00-\u9fff]{{2,3}}[市县区]))(?=[\u4e00-\u9fff()（）]{{3,}}{_ENDING}$)"
)
_HEAD = re.compile(
    r"^.{0,8}?(?:涵盖|覆盖|包括|包含|成员|名单|单位|企业|分别)[^:：]{0,8}?(?:[:：]|如下[:：]?|分别[为是]|有[:：])\s*"
)
_N = r"(?P<n>\d{1,4}|[一二三四五六七八九十百零〇两]{1,5})"
_SAID = re.compile(
    rf"(?:(?:等|共有?|共?计|合计|总计|另有|还有|其他)\s*|^){_N}\s*余?\s*(?:家|户|个)(?:小?微?企业|单位|公司|商户|店铺|商家|会员单位|成员单位)?\s*$"
)
_COUNT = re.compile(r"[（(](?:职工|会员|员工|从业人员)?[:：]?\d{1,5}\s*人[）)]|(?:职工|会员|员工)?\d{1,5}\s*人$")
_CODE = re.compile(
    r"[（(]?(?:统一社会信用代码|信用代码|组织机构代码|代码)?[:：]?\s*(?P<code>[0-9A-Z]{18}|[0-9A-Z]{8}-[0-9X]|(?<=[（(])[0-9]{8}[0-9X](?=[）)]))[）)]?",
    re.I,
)
_ELSEWHERE = re.compile(
    r"^[（(]?(?:名单)?(?:详?见|附)(?:后|附件|附表|附录|名单|清单|表).{0,6}$|^(?:略|同上|无|其他|其它|等)$"
)


@dataclass(frozen=True)
class Unit:
    """A listed unit: its name as written, and its credit or organisation code where one stands beside it."""

    name: str
    code: str | None = None


@dataclass(frozen=True)
class UnitList:
    """The units a cell lists. ``said``: how many it says there are (等12家); ``elsewhere``: it points to an annex."""

    units: tuple[Unit, ...]
    said: int | None = None
    elsewhere: bool = False


def read_units(text: str) -> UnitList:
    """Read a cell that lists units.

    Numbering, head words, head counts and codes beside names go; commas inside brackets do not split; blanks and 及
    split only between whole names. A unit that stands twice is one.
    """
    found: dict[str, Unit] = {}
    said, elsewhere = None, False
    for part in _parts(_HEAD.sub("", show(text).strip(), count=1)):
        counted = _SAID.search(part)
        if counted:
            said = _value(counted["n"])
        unit = _unit(part[: counted.start()] if counted else part)
        if _ELSEWHERE.match(unit.name):
            elsewhere = elsewhere or len(unit.name) > 1
        elif len(unit.name) >= 2:
            found.setdefault(unit.name, unit)
    return UnitList(tuple(found.values()), said, elsewhere)


def split_units(text: str) -> list[str]:
    """Return the names of the units that a cell lists."""
    return [unit.name for unit in read_units(text).units]


def _parts(text: str) -> list[str]:
    found = []
    for piece in _BREAKS.split(_BEFORE_NUMBER.sub("\n", text)):
        words = piece.split()
        whole = len(words) > 1 and all(_WHOLE.match(_NUMBERED.sub("", word)) for word in words)
        for part in words if whole else [piece]:
            found += _AND.split(part)
    return found


def _unit(part: str) -> Unit:
    text = _NUMBERED.sub("", tidy(part))
    code = None
    if stated := _CODE.search(plain(text)):
        read = read_register_code(stated["code"])
        code = read.value or read.org_code
        text = _CODE.sub("", text)
    text = _COUNT.sub("", text).strip(" .。,，:：")
    return Unit(text.removesuffix("等").strip(), code)


def _value(text: str) -> int | None:
    value = text if text.isdigit() else numeral_value(text)
    return int(value) if value is not None and str(value).isdigit() else None
