"""Company and union names taken apart: place words, core, legal form, branch, former name, union tail.

What linkage compares is the core: 南通市通州区二甲印染厂有限公司 and 二甲印染厂（南通）有限责任公司 share 二甲印染厂.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from geo.text.normal import fold

_FORM = re.compile(
    r"\(?(?:(?:集团)?(?:控股)?(?:股份)?有限(?:责任)?(?:公司)?|股份公司|\(?集团\)?(?:总)?公司|总公司|公司)?"
    r"(?:\((?:集团|股份|[^()]{0,6}(?:合伙|独资|个体工商户|合资|外资|合作))\))?$"
)
_UNION_TAIL = re.compile(
    r"(?:机关|基层|联合基层|联合|第\d+|直属)?(?:工会(?:联合会|委员会|工作委员会|小组|筹备组)?|联合工会(?:委员会)?|工联会)(?:\(筹\))?$"
)
_BRANCH = re.compile(
    r"^(?P<head>.{2,40}?(?:有限责任公司|有限公司|股份公司|集团公司|公司|银行(?!股份|有限)|合作社|集团(?![)有股控公])|事务所|总店|总厂))"
    r"(?P<branch>.{0,24}?(?:分公司|支公司|分厂|分行|支行|分店|门店|店|营业部|经营部|办事处|代表处|分社|分部|分局|支局|分院|分所"
    r"|加油站|加气站|营业厅|营业所|营业处|门市部|门市|分理处|网点|储蓄所|药房|大药房|超市|项目部|车间|仓库|销售部|服务部|服务站|站|场|中心|基地))$"
)
_ORDINAL = re.compile(r"第(?=[一二三四五六七八九十百\d])")
"""第一分厂 is 一分厂."""
_FORMER = re.compile(r"\((?:原(?:名)?|曾用名|更名前|现名)[:：]?(?P<former>[^()]+)\)?")
_NOTE = re.compile(r"(?<=.{4})\((?P<note>[^()]{1,20})\)?$")
_FORM_WORDS = re.compile(r"集团|股份|合伙|独资|个体|合资|外资|合作$")
_PHONE = re.compile(r"(?:电话|手机)?:?(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
_BRACKET = re.compile(r"\(([^()]*)\)?")
_ZONE = re.compile(r"(?:经济技术|经济|高新技术产业|高新技术)?(?:开发区|工业园区)(?=.{4})")
_ADMIN = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,4}?市(?!场))?"
    r"(?:[\u4e00-\u9fff]{2,3}?[区县市](?![\u4e00-\u9fff]?[域场区]))?"
)


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company or union name taken apart. ``full`` is the folded name; ``core`` what is left of the head's name.

    ``regions`` are the place words found, in order; ``branch`` is the branch's own words (``南通分公司``; 第 before a
    number is left out) or ``None`` for a head office; ``union_tail`` the words that make it a union's name; ``former``
    a name given as former in brackets; ``note`` what a bracket behind the name holds (已停产, 农贸市场12号).
    """

    full: str
    core: str
    regions: tuple[str, ...] = ()
    form: str = ""
    branch: str | None = None
    former: str | None = None
    union_tail: str | None = None
    note: str = ""

    @property
    def is_branch(self) -> bool:
        """Whether the name is that of a branch and not of a legal person."""
        return self.branch is not None


@lru_cache(maxsize=64)
def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("(?:" + "|".join(re.escape(word) for word in longest_first) + ")")


def read_name(name: str, regions: Iterable[str] = frozenset()) -> CompanyName:
    """Take a name apart. ``regions`` are the place words to strip from its head and brackets (南通市, 南通, 海门 …).

    Without ``regions`` only words with their suffix (…省, …市, …区, …县) are stripped. Never raises.
    """
    words = regions if isinstance(regions, frozenset) else frozenset(regions)
    full = fold(name).replace(",", "").replace(".", "")
    text, former = full, None
    if found := _FORMER.search(text):
        former, text = found["former"], text[: found.start()] + text[found.end() :]
    text = _PHONE.sub("", text)
    text, union_tail = _cut_tail(text, _UNION_TAIL)
    branch, notes = None, []
    while (found := _NOTE.search(text)) and not _FORM_WORDS.search(found["note"]) and not _meant(found["note"], words):
        notes.append(found["note"])
        text = text[: found.start()]
    if found := _BRANCH.match(text):
        text, branch = found["head"], _ORDINAL.sub("", found["branch"])
    text, form = _cut_tail(text, _FORM)
    while text.endswith(("集团", "控股")) and len(text) > 4:
        text, form = text[:-2], text[-2:] + (form or "")
    inside = tuple(
        inner for inner in _BRACKET.findall(text) if inner and not (_meant(inner, words) or _FORM_WORDS.search(inner))
    )
    core, found_regions = _without_regions(text, _pattern(words))
    if len(core) < 2:
        core = text
    found_regions = (*found_regions, *(inner for inner in inside if inner not in found_regions))
    return CompanyName(full, core or full, found_regions, form or "", branch, former, union_tail, "".join(notes))


def _meant(inner: str, words: frozenset[str]) -> bool:
    """Whether the words in a bracket are place words."""
    return inner in words or not words


def name_core(name: str, regions: Iterable[str] = frozenset()) -> str:
    """Return the core of a name: without place words, brackets, legal form, branch and union tail."""
    return read_name(name, regions).core


def _cut_tail(text: str, pattern: re.Pattern[str]) -> tuple[str, str | None]:
    found = pattern.search(text)
    if not found or not found.group() or found.start() < 2:
        return text, None
    return text[: found.start()], found.group()


def _without_regions(text: str, words: re.Pattern[str] | None) -> tuple[str, tuple[str, ...]]:
    regions: list[str] = []
    regions += [inner for inner in _BRACKET.findall(text) if words is None or words.match(inner)]
    text = _BRACKET.sub("", text).replace(")", "")
    if words is None:
        head = _ADMIN.match(text)
        end = head.end() if head else 0
        return text[end:], (*((text[:end],) if end else ()), *regions)
    start = 0
    while (found := words.match(text, start) or (_ZONE.match(text, start) if start else None)) and len(
        text
    ) - found.end() >= 2:
        if found.group() == "中国" and len(text) - found.end() <= 4:  # 中国银行, 中国电信: the country is the name
            break
        regions.insert(0, found.group())
        start = found.end()
    return text[start:], tuple(regions)
