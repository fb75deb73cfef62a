"""Numbers, relations and punctuation in a normalised address: everything that a grammar can tell without a gazetteer.

One compiled scanner. A number's unit decides its kind, and a negative look-ahead keeps 1号桥, 5号路, 3号厂房, 2号楼
from being read as house numbers: they are names or blocks.
"""

import re

NO, BLOCK, CELL, FLOOR, ROOM, GROUP, CHAIN, PHASE, ROAD, PART, REL, SEP, KM, NOTE = (
    "no", "block", "cell", "floor", "room", "group", "chain", "phase", "road", "part", "rel", "sep", "km", "note",
)  # fmt: skip

_ONE = r"(?:[A-Z]{0,2}\d+[A-Z]{0,2}\d{0,4}(?:-[A-Z](?![A-Z\d]))?)"
_LIST = rf"{_ONE}(?:(?:[-~/.、&]|至|和|附)+{_ONE})*"
_UNIT = {
    "号楼": BLOCK, "号厂房": BLOCK, "号车间": BLOCK,
    "号仓库": BLOCK, "号库": BLOCK, "号馆": BLOCK, "号幢": BLOCK, "号栋": BLOCK,
    "#楼": BLOCK, "#厂房": BLOCK, "#车间": BLOCK, "幢楼": BLOCK, "幢": BLOCK, "栋": BLOCK, "座": BLOCK, "#": BLOCK,
    "号单元": CELL, "单元": CELL, "梯": CELL,
    "层楼": FLOOR, "层": FLOOR, "楼": FLOOR, "F": FLOOR,
    "号室": ROOM, "号房": ROOM, "号门市部": ROOM, "号门市": ROOM, "号门面": ROOM,
    "号营业房": ROOM, "号店面": ROOM, "号店": ROOM, "号商铺": ROOM,
    "号铺": ROOM, "号车库": ROOM, "号摊位": ROOM,
    "号摊": ROOM, "室": ROOM, "房间": ROOM, "房": ROOM, "铺": ROOM, "摊位": ROOM,
    "村民小组": GROUP, "小组": GROUP, "组": GROUP, "生产队": GROUP, "队": GROUP, "号组": GROUP,
    "号弄": NO, "号院": NO, "号": NO, "弄": NO,
    "期": PHASE,
    "公里处": KM, "公里": KM,
}  # fmt: skip
_UNITS = "|".join(sorted(map(re.escape, _UNIT), key=len, reverse=True))
_NOT_AFTER = (
    r"(?!候机|航站|桥|路|街|线|大道|大街|公路|地块|区块|井|坝|闸|圩|河|码头|门(?!市|面)|村|沟|泵|池|庙|标|支|干)"
)

_STARTS = r"\dA-Z附甲乙丙丁特第临负底顶夹裙地经纬\-"
_SIDED = r"[东西南北中主副前后左右][座幢栋楼区环]|[一二三四五六]期"
_NUMBER = re.compile(
    rf"(?=[{_STARTS}]|{_SIDED})(?:"
    rf"(?P<road>(?:[经纬]|[东西南北]环|[GSXY](?=\d))?\d{{1,4}}(?:号?(?:大街|大道|街|路|公路)(?!口|村|社区|小区)|国道|省道|县道|公路|号线))"
    rf"|(?P<floorpre>(?:地下|负|-|B|第)\d{{1,2}}(?:层|楼)|底层|底楼|顶层|顶楼|夹层|地下室|裙楼|负{_ONE}楼?|B\d(?:层|F)?(?![\d-]|幢|栋|座|号|区|室|楼))"
    rf"|(?P<pre>附|甲|乙|丙|丁|特|第|临)?(?P<num>{_LIST})(?P<unit>(?:{_UNITS}){_NOT_AFTER})?"
    r"|(?P<letter>[A-Z]{1,2}|[东西南北中主副前后左右])(?P<letterunit>座|幢|栋|楼(?![上下]))"
    r"|(?P<sub>[A-Z]\d?|[东西南北])(?P<subunit>区(?![域政委]))"
    r"|(?P<phase>[一二三四五六]期))"
)
"""The look-ahead at the beginning says nothing new: it spares most characters the alternatives."""
_SHOP = (
    "店面店|店面房?|门面房?|(?<![海江荆天玉])门市部?|营业房|商业用?房?|商铺|商办|车库|店铺|铺位?|摊位|柜台|仓库"
    "|储藏室|店"
)
"""A shop's words before a number; 海门市, 江门市 … are cities."""
_SHOP_NUMBER = re.compile(
    rf"(?:{_SHOP})(?:[东西南北])?{_LIST}(?:号|室|#)?(?![层楼幢栋座期F])|(?:{_LIST})(?:{_SHOP})(?={_ONE}|$|[(),])"
)
_DISTANCE = r"(?:约|大约)?\d+(?:\.\d+)?(?:多|余)?(?:千?米|公里|M|KM)(?:处|左右)?"
_REL = re.compile(
    rf"(?:[向往以朝]|偏)?[东南西北]{{1,2}}(?:侧|边|面|方向?)?{_DISTANCE}|{_DISTANCE}"
    r"|(?:交叉路?口|交汇(?:处|口)?|交界(?:处|口)?|十字路口|丁字路口|路口|交会处)(?:往?(?:[东南西北]{1,2}(?:侧|角|面|首|边)?))?"
    r"|(?:斜?对面|对过|隔壁|附近|旁边|旁|侧面|背后|后面|前面|楼下|楼上|门口|内侧)(?!路|街|[东西南北]路)"
    r"|以?[东南西北]{1,2}(?:侧|首|边|端|隅|角|邻|堍)(?!路|街|村|巷|园|苑)"
    r"|以[东南西北]|内(?=$|[(),、A-Z0-9])|旁(?=$|[(),、])|之间|沿线|沿街"
    r"|(?<=[路街道桥村所厂场院站校局楼店园口头闸河港库])[东西南北](?=$|[(),、])|(?<=[路街道])\([东西南北中]段?\)"
    r"|(?<=[路街道巷])(?:与|和|及)(?=[^\d(),]{1,8}(?:路|街|道|巷))"
)
_NOTE = re.compile(
    r"电联|NULL|丰巢|市辖区|不在(?!内)|并非|不是|"
    r"(?:本(?:公司|企业|单位|厂)|[^(),、\d]{2,4}(?:公司|局|厂|站|社))?(?:所属|自有|所有|自己)(?:的)?(?:房屋|用房|房产|厂房|房)内?"
    r"|(?<=[(),、])[^(),、\d]{2,4}(?:私宅|私房|家)(?:院)?内?(?=$|[(),])"
)
"""Whose house it is: says nothing about where."""
_LEFT = re.compile(
    r".*?[现已今]{0,2}(?:搬|迁)移?(?:至|到|往)(?=..)|原(?:址|地址|在|住)?.*?现(?:地?址|位于|在)[:,]?(?=..)"
)
"""Where a firm was before it moved, up to the words behind which the place stands where it is now."""
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西"
    "|西藏|宁夏|新疆|香港|澳门"
)
_WHOSE = "主要|注册|公司|企业|单位|机构|经营|生产|联系|办公|通讯|通信|详细|收货|邮寄|登记|营业"
_LEAD = re.compile(
    rf"(?:(?:中华人民共和国|中国)[,.、]?(?=\(?(?:{_PROVINCES})|(?!电信|移动|联通|银行|邮政)[^\d(),]{{2,3}}市(?![东南西北中场]))"
    rf"|(?:{_WHOSE}){{0,2}}(?:地址|住所|住址|场所|地点)(?:所在地)?(?::|[为是在]:?)|(?:位于|坐落[于在]|地处)(?=[^\d]{{2}}))+"
)
"""Words before an address that say that it is one, and the country."""
_PART = re.compile(r"(?<=[路街道])(?:[东西南北中上下]{1,2}|[一二三四五六七八九])段(?![路街村])")
"""A part of a road: 天府大道北段."""
_LEADS = frozenset("中主注公企单机经生联办通详收邮登营地住场位坐")
COUNTRY = frozenset(("中国", "中华人民共和国"))
_SEP = re.compile(r"(?<=号)之(?=\d)|[,、()\-~/.:&_*+=!?]+")


Token = tuple[int, int, str, float, tuple[str, str]]
"""A stretch of text that the grammar recognises: start, end, kind, score, and its value (the number, list or range
without its unit) with its unit. Plain, as every text has some and a class of its own would take three times as long.
"""


def _made(start: int, end: int, kind: str, value: str, unit: str = "") -> Token:
    return start, end, kind, 2.0 + 0.6 * (end - start), (value, unit)


_GATE = re.compile(rf"[{_STARTS}]|{_SIDED}")
_REL_MARKS = "米里M交口面过壁近旁后下上侧首边端隅角邻堍内间沿与和及以("
_REL_GATE = re.compile(
    r"[米M旁]|里(?<=公里)|交(?=[叉汇界会])|口(?<=[路门]口)|面(?<=[对侧后前东西南北]面)|过(?<=对过)|壁(?<=隔壁)|近(?<=附近)"
    r"|后(?<=背后)|[上下](?<=楼.)|侧(?<=[内东西南北]侧)|[首边端隅角邻堍](?<=[东西南北].)|内(?=[侧(),、A-Z0-9]|$)|间(?<=之间)"
    r"|沿(?=[线街])|[与和及](?<=[路街道巷].)|以(?=[东西南北])|\((?<=[路街道]\()|[东西南北](?=[(),、]|$)"
)
"""What every relation holds at least one of."""
_MORE = re.compile(rf"[{_REL_MARKS}),、\-~/.:&_*+=!?店门营商车铺摊柜仓储电N丰辖属自所私之搬迁现不并段]|[东西南北]$")
"""What a text with anything but numbers holds at least one of."""


_PLAIN = re.compile(
    rf"[^{_STARTS}{_REL_MARKS}),、~/.:&_*+=!?店门营商车铺摊柜仓储电丰辖属自所私之搬迁现不并段座幢栋楼环期]*+(\d{{1,4}})([号组])$"
)
"""Names and one number behind them, as two addresses of three are."""


def scan(text: str) -> list[Token]:
    """Return the tokens of a normalised text in order, not overlapping."""
    lead = _LEAD.match(text) if text[:1] in _LEADS else None
    plain = _PLAIN.match(text) if lead is None else None
    if plain is not None and ("区" not in text or _GATE.search(text, 0, plain.start(1)) is None):
        start, end = plain.start(1), len(text)
        return [_made(start, end, NO if text[-1] == "号" else GROUP, plain[1], plain[2])]
    gate = _GATE.search(text)
    numbers = [token for m in _NUMBER.finditer(text, gate.start()) if (token := _token(m))] if gate is not None else []
    if lead is None and not _MORE.search(text):
        return numbers
    found: list[Token] = [_note(lead)] if lead is not None else []
    if _MAY_HAVE_LEFT.search(text) and (left := _LEFT.match(text)) is not None:
        found.append(_note(left))
    if _MAY_SHOP.search(text):
        found += [_made(*m.span(), ROOM, m.group()) for m in _SHOP_NUMBER.finditer(text)]
    if _MAY_NOTE.search(text):
        found += [_made(*m.span(), NOTE, m.group()) for m in _NOTE.finditer(text)]
    if "段" in text:
        found += [_made(*m.span(), PART, m.group()) for m in _PART.finditer(text)]
    if _REL_GATE.search(text):
        found += [_made(*m.span(), REL, m.group()) for m in _REL.finditer(text)]
    found += [_made(*m.span(), SEP, m.group()) for m in _SEP.finditer(text)]
    return _apart(found + numbers) if found else numbers


def _note(words: re.Match[str]) -> Token:
    """Return a note that holds whatever names are known in it."""
    start, end = words.span()
    return start, end, NOTE, _OUTWEIGHS + _OUTWEIGHS * end, (words.group(), "")


def _apart(found: list[Token]) -> list[Token]:
    """Return the tokens in order; of overlapping ones the first, of equals the longest."""
    found.sort(key=lambda t: (t[0], -t[1], _ORDER.get(t[2], 2)))
    result, taken = [], 0
    for token in found:
        if token[0] >= taken:
            result.append(token)
            taken = token[1]
    return result


_ORDER = {ROOM: 0, NOTE: 0, PART: 0, REL: 1, SEP: 3}
_MAY_HAVE_LEFT = re.compile("[搬迁]移?[至到往]|现(?:地?址|位于|在)")
_OUTWEIGHS = 5.0
"""Score by character of what no known name inside counts against."""
_MAY_NOTE = re.compile("[不并][在非是]|电联|NULL|丰巢|市辖|属|自有|所有|自己|私")
_MAY_SHOP = re.compile(
    r"[店面房部市业用铺办库位台室](?=[东西南北]?[A-Z0-9])|[A-Z0-9](?=店|门[面市]|营业|商[业铺办]|车库|铺|摊|柜|仓|储)"
)
"""A shop's word right before a number, or right behind one."""


def _token(match: re.Match[str]) -> Token | None:
    start, end = match.span()
    kind = match.lastgroup
    if kind == "unit":
        before, number, unit = match.group("pre", "num", "unit")
        return _made(start, end, _UNIT[unit], before + number if before else number, unit)
    if kind == "num":
        if match.string.startswith("号", end):
            return None  # 1号桥, 3号门: part of a name
        return _made(start, end, CHAIN, match.group())
    if kind == "road":
        return _made(start, end, ROAD, match.group())
    if kind == "floorpre":
        return _made(start, end, FLOOR, match.group())
    if kind == "letterunit":
        return _made(start, end, BLOCK, match["letter"], match["letterunit"])
    return _made(start, end, PHASE, match.group())
