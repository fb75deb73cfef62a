"""Words that invented names are made of, and the names made of them.

All are literary syllables put together by lot. They are meant to sound like names and to belong to nobody: a test holds
them against real register rows, and `Names` never gives a name that is part of a real division's name.
"""

import random
from collections.abc import Iterable, Iterator

_SKY = "云星月霁澜汀鹭鸥鲸鹤荻芦蓼苇枫桐榆槐棠棣荷萤雁鸢岚岫砚墨笙笛箫鹿麋琼瑶鸾鹂鹄蕙芷蘅茗凫菱榴"
_SHORE = "帆槎栖鸣涛屿渚洲浦溪涧泉亭轩岸湄渡影歌舟桨缆荫茵坞崖溆韵谣吟庭榭翎羽晴晖弦笺舷楫灯"
_JADE = "瀚翊珩澈霖煦曜璟臻濯沁漪琬珑玥珺瑾璇晏翎熠琮瑄澍弈溯沅蓁芃莳邈"
_LIGHT = "澜宸曦岳衡廷川澔霄弘栩颐昶晖序章"
_FIRM = (
    "槎鸢岫霁砚笺弈澈沅溯翊熠珩琮瑄蓁芃莳邈澍煦曜璟臻濯沁瀚漪琬珑玥珺瑾璇晏翎翃翙昶栩颐澔霄宸曦湄渚汀荻蓼鲸麋箫棣榆棠"
)

OFFICES = ("大厦", "商务中心", "国际大厦", "商务楼", "科创大厦", "金融中心", "国际广场", "总部大楼", "商办楼")
ESTATES = ("花园", "新村", "苑", "小区", "公寓", "新城", "雅苑", "名苑")
MALLS = ("购物中心", "生活广场", "商业广场", "购物广场", "时代广场")
MARKETS = (
    "建材市场",
    "家纺城",
    "农贸市场",
    "五金机电城",
    "小商品市场",
    "水产批发市场",
    "汽配市场",
    "粮油市场",
    "家居广场",
    "面料市场",
)
NATIONAL = ("湾经济技术开发区", "湾高新技术产业开发区")
PROVINCIAL = ("经济开发区", "高新技术产业开发区", "科技产业园", "临港经济开发区")
LOCAL = ("工业集中区", "工业园区", "智造产业园", "民营工业园", "新材料产业园", "纺织产业园")
SUBPARKS = (
    "电子信息产业园",
    "装备制造产业园",
    "生物医药产业园",
    "软件科技园",
    "家纺产业园",
    "新能源产业园",
    "物流产业园",
    "智能制造产业园",
)


class Names:
    """A pot of invented names, each given once, none of them within a real name."""

    def __init__(self, rng: random.Random, real: Iterable[str]) -> None:
        known = "\n".join(real)
        self._rng = rng
        self._places = self._shuffled((a + b for a in _SKY for b in _SHORE if a != b), known)
        self._houses = self._shuffled((a + b for a in _JADE for b in _LIGHT if a != b), known)

    def _shuffled(self, words: Iterable[str], known: str) -> Iterator[str]:
        fresh = [word for word in words if word not in known]
        self._rng.shuffle(fresh)
        return iter(self._endless(fresh))

    @staticmethod
    def _endless(words: list[str]) -> Iterator[str]:
        yield from words
        for tail in "安和宁平昌盛兴隆":  # a larger city needs more names: a third syllable
            yield from (word + tail for word in words)
        while True:
            yield from words

    def place(self) -> str:
        """Return a word for a street, an estate, a market or a zone."""
        return next(self._places)

    def house(self) -> str:
        """Return a word for an office building or a mall."""
        return next(self._houses)


def trade_name(rng: random.Random, length: int) -> str:
    """Return a firm's own word (字号) of ``length`` different syllables."""
    return "".join(rng.sample(_FIRM, length))
