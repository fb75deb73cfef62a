"""Characters that people take for one another: those that sound the same, and those that look nearly the same."""

from functools import lru_cache, reduce

LOOK_ALIKES = (
    "祟崇 掘堀崛 皋睾臬 埭棣隶 侨桥娇骄轿 渎椟犊 浜滨 港巷 末未 己已巳 土士 曰日 人入八 千干于 "
    "王玉主 天夭夫 刀力 戌戍戊 治冶 折拆 栗粟 茶荼 洒酒 候侯 兔免 乌鸟岛 代伐 今令 卬印 "
    "田由甲申 失矢夫 贝见 名各 住往佳 拔拨 竟竞 哀衷 师帅 密蜜 博搏 辨辩辫 徒徙 盲育 苍仓 墩敦 "
    "澄橙 苴直 栟拼 泰秦奏 薛薜 抑柳 菀苑 胥膏 甪角用 浒许 枫讽 甫莆浦埔 汤杨扬 张弘 吴昊 奂免 "
    "孙孔 闸闹 闭闵 园圆圈 围国 圩汗 圹扩 坊妨防访 坝坎坟 坨沱 垛朵 垦恳 塘糖搪 场扬汤 袁衰 "
    "曹曺 兴共 典曲 桃挑 桂挂 枝技 板扳 林材 杜社 木本术 禾木 季李 秀季 灶灯 烟炯 炉护 爪瓜 "
    "狼狠 独浊 猪诸 环坏还 琅狼郎 理埋 瓦互 甸旬句 申甲 白自 百白 盐监 盘盆 县具 眼跟 石右 "
    "矿扩 祖租 福副幅 科料 种冲 积织 空穴 窑窖 竹行 笔竿 籍藉 紫柴 红江 纪记 纱沙 细组 绢捐 "
    "缪谬 罗萝 羊半 耕耘 肖有 胡湖 脉脖 芦庐 花化 芝之 苏办 范苑 草早 荷何 莫英 蒋将 薇微 "
    "虎虚 蛟姣 虹虾 街衔 袜抹 西酉 观规 角甬 记讯 诚城 谢射 豫像 贸货 赤亦 赵起 跃妖 车东 "
    "转传 辰晨展 边达 迎仰 运远 连莲 通痛 遥摇 邓郑 邱丘 邹皱 郁都 鄂鹗 金全 钟钠 银很 "
    "锋峰蜂锦 镇填 长张 门们 间问 阁闽 陆陈 隆降 雅稚 雪雷 青清 顾硕 须项 马鸟 骑骄 高亮 魏巍 "
    "鱼渔 鲍鲜 鸿鸠 麒麟 黄横 鼎鼐 龙尤 "
)
"""Groups of look-alikes, by hand: general knowledge of handwriting, optical reading and five-stroke typing."""


def _pairs() -> frozenset[tuple[str, str]]:
    return frozenset((a, b) for group in LOOK_ALIKES.split() for a in group for b in group if a != b)


_LOOK_ALIKE = _pairs()


def looks_alike(one: str, other: str) -> bool:
    """Whether two characters are easily taken for one another by the eye."""
    return (one, other) in _LOOK_ALIKE


@lru_cache(maxsize=20_000)
def sounds(character: str) -> frozenset[str]:
    """Return the readings of a character without tones, empty for what is no Chinese character."""
    from pypinyin import Style, pinyin  # 0.2 s: loaded by the first slip, never by a text without one

    readings = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(readings[0]) if readings else frozenset()


def sounds_alike(one: str, other: str) -> bool:
    """Whether two characters share a reading, tones apart: an input method offers them side by side."""
    return not sounds(one).isdisjoint(sounds(other))


def alike(one: str, other: str) -> bool:
    """Whether one character may stand for the other by ear or eye."""
    return looks_alike(one, other) or sounds_alike(one, other)


_BLURRED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"))


@lru_cache(maxsize=20_000)
def _blurred(character: str) -> frozenset[str]:
    found = set()
    for sound in sounds(character):
        found.add(reduce(lambda text, pair: text.replace(*pair), _BLURRED, sound))
    return frozenset(found)


def sounds_near(one: str, other: str) -> bool:
    """Whether two characters sound the same to ears that do not tell s from sh or in from ing."""
    return not _blurred(one).isdisjoint(_blurred(other))
