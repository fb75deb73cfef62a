"""Names and codes of invented firms: regular in form, with true check digits, and of nobody."""

import random
from functools import cache

from stdnum.cn import uscc

from .ground import County, Town
from .shares import SECTORS
from .words import trade_name

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_TRADES = {  # words of trade in names, by sector number
    "01": ("农业科技", "生态农业", "种植", "水产养殖"),
    "02": ("建材", "矿业"),
    "03": (
        "纺织",
        "机械制造",
        "家用纺织品",
        "服饰",
        "电子",
        "金属制品",
        "机电设备",
        "塑料制品",
        "化工",
        "食品",
        "船舶配套",
        "电气",
        "新材料",
        "精密模具",
        "汽车零部件",
        "织造",
        "纺织品",
    ),
    "04": ("热电", "水务", "新能源"),
    "05": ("建设工程", "建筑劳务", "装饰工程", "建筑安装", "市政工程", "园林绿化工程", "钢结构工程"),
    "06": (
        "商贸",
        "贸易",
        "进出口",
        "建材",
        "五金机电",
        "百货",
        "医药",
        "家居",
        "汽车销售",
        "纺织品贸易",
        "粮油",
        "水产",
    ),
    "07": ("物流", "运输", "货运代理", "仓储", "快递服务", "汽车租赁"),
    "08": ("餐饮管理", "酒店管理", "餐饮", "宾馆"),
    "09": ("信息技术", "软件", "网络科技", "智能科技", "数据服务"),
    "10": ("融资担保", "小额贷款", "保险代理", "投资咨询"),
    "11": ("置业", "房地产经纪", "物业管理", "物业服务"),
    "12": ("企业管理咨询", "广告", "人力资源", "劳务派遣", "会展服务", "财务咨询", "旅行社"),
    "13": ("检测技术", "工程设计", "环保科技", "生物科技", "测绘技术"),
    "14": ("环境工程", "水利工程", "保洁服务"),
    "15": ("家政服务", "汽车维修", "美容美发", "洗涤服务"),
    "16": ("教育咨询", "培训", "文化教育"),
    "17": ("健康管理", "医疗器械", "养老服务"),
    "18": ("文化传媒", "体育发展", "影视文化", "健身服务"),
}
_SHOPS = {
    "06": ("百货店", "五金店", "商行", "建材经营部", "水产店", "服装店"),
    "08": ("饭店", "餐饮店", "面馆", "小吃店"),
    "15": ("理发店", "汽修店", "洗衣店"),
    "03": ("加工厂", "绣品加工坊"),
}
_AUTHORITY = {  # registering authorities in digits 3-8, with the old ones that live on in old codes
    "320613": (("320602", 0.42), ("320600", 0.22), ("320691", 0.16), ("320613", 0.20)),
    "320612": (("320612", 0.9), ("320683", 0.02), ("320600", 0.08)),
    "320614": (("320684", 0.80), ("320614", 0.14), ("320600", 0.06)),
    "320623": (("320623", 0.93), ("320600", 0.07)),
    "320681": (("320681", 0.93), ("320600", 0.07)),
    "320682": (("320682", 0.93), ("320600", 0.07)),
    "320685": (("320621", 0.74), ("320685", 0.19), ("320600", 0.07)),
}


def organisation_code(body: str) -> str:
    """Return eight characters and their check character (GB 11714)."""
    values = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(c) for c in body]
    rest = 11 - sum(w * v for w, v in zip((3, 7, 9, 10, 5, 8, 4, 2), values, strict=True)) % 11
    return body + {10: "X", 11: "0"}.get(rest, str(rest))


class Codes:
    """Gives credit codes (GB 32100), each once."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def give(self, kind: str, county: County, town: Town, year: int) -> str:
        """Return a code as a firm of the kind and year would have: two characters, authority, organisation, check."""
        rng = self._rng
        head = {"个体工商户": "92", "民办非企业单位": "52"}.get(kind, "91")
        pairs = _AUTHORITY.get(county.code, ((county.code, 1.0),))
        area = rng.choices([code for code, _ in pairs], [share for _, share in pairs])[0]
        if town.old_county == "港闸区" and rng.random() < 0.75:
            area = "320611"
        while True:
            if year > 2015:
                body = f"MA{'1' if year < 2021 else '2' if year < 2023 else 'D'}" + "".join(rng.choices(_ALPHABET, k=5))
            else:
                body = f"{rng.choice('1234567')}{rng.randrange(10_000_000):07}"
            code = head + area + organisation_code(body)
            if code not in self._given:
                self._given.add(code)
                return code + uscc.calc_check_digit(code)


@cache
def _place_words(county: str, old: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    short = county[:-1]
    words = ("南通", "南通市", short, (old or (county,))[0], county, "江苏", "", "南通市" + county)
    return words, (0.47, 0.09, 0.17, 0.10, 0.03, 0.07, 0.05, 0.02)


class NameMaker:
    """Gives names of firms, each once; one in ten is a sister that shares a known word of its own."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given: set[str] = set()
        self._words: list[str] = []

    def word(self, length: int = 0) -> str:
        """Return a firm's own word, new or a sister's."""
        rng = self._rng
        if self._words and not length and rng.random() < 0.1:
            return rng.choice(self._words)
        word = trade_name(rng, length or (2 if rng.random() < 0.72 else 3))
        if len(self._words) < 4_000:
            self._words.append(word)
        return word

    def give(self, kind: str, county: County, sector: str, form: str) -> str:
        """Return a new name of the kind (企业法人, 企业分支机构, 个体工商户, 民办非企业单位)."""
        tries = 0
        while True:
            name = self._compose(kind, county, sector, form, long=tries > 3)
            if name not in self._given:
                self._given.add(name)
                return name
            tries += 1

    def _compose(self, kind: str, county: County, sector: str, form: str, *, long: bool) -> str:
        rng, word = self._rng, self.word(3 if long else 0)
        trade = rng.choice(_TRADES[sector])
        if kind == "个体工商户":
            return county.name + word + rng.choice(_SHOPS.get(sector, ("经营部", "工作室")))
        if kind == "民办非企业单位":
            return (
                rng.choice((county.name, "南通市"))
                + word
                + rng.choice(("幼儿园", "养老院", "职业培训学校", "护理院", "社会工作服务中心"))
            )
        words, shares = _place_words(county.name, county.old_names)
        place = rng.choices(words, shares)[0]
        if kind == "企业分支机构":
            away = rng.choice(("南京", "苏州", "上海", "南通", "无锡"))
            branch = county.short if away == "南通" else "南通" + rng.choice(("", "", county.short))
            tail = rng.choice(("分公司", "分公司", "第一分公司", "第二分公司", "营业部", "分店"))
            return f"{away}{word}{trade}有限公司{branch}{tail}"
        if rng.random() < 0.035:
            return f"{word}{trade}({rng.choice(('南通', county.short, '江苏'))}){form}"
        return place + word + trade + form


def scope_text(sector: str, rng: random.Random) -> str:
    """Return a short business scope."""
    trades = rng.sample(_TRADES[sector], min(2, len(_TRADES[sector])))
    return (
        "；".join(
            f"{trade}{'生产、销售' if sector == '03' else '服务' if sector > '06' else '及相关业务'}"
            for trade in trades
        )
        + "。"
    )


SECTOR_NAMES = dict(SECTORS)
