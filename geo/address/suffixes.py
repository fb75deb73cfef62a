"""What the last characters of an unknown name say about its kind: …镇 is a town, …路 a road, …大厦 a building.

Grammar of Chinese addresses, written from the labelling guide of Li et al. (NAACL 2019) and general knowledge; names of
places are never listed here.
"""

import ahocorasick

PROV, CITY, DISTRICT, ZONE, TOWN, VILLAGE, ROADNAME, POI, SUBPOI, OTHER = (
    "prov", "city", "district", "devzone", "town", "community", "road", "poi", "subpoi", "other",
)  # fmt: skip

RANK = {
    PROV: 1, CITY: 2, DISTRICT: 3, ZONE: 4, TOWN: 5, VILLAGE: 6, ROADNAME: 7, "no": 8, POI: 9, SUBPOI: 10,
    "phase": 10, "block": 11, "cell": 12, "floor": 13, "room": 14, OTHER: 15,
}  # fmt: skip


Suffix = tuple[str, float, int]
"""The label that a suffix speaks for, how sure it is (score), and the shortest name it may end."""


_TABLE: dict[str, tuple[str, float, int, str]] = {
    "省": (PROV, 3.0, 3, ""),
    "自治区": (PROV, 4.0, 5, ""),
    "自治州": (CITY, 4.0, 5, ""),
    "地区": (CITY, 0.5, 4, ""),
    "市": (CITY, 2.0, 3, "场区政中辖民"),
    "区": (DISTRICT, 1.5, 3, "域间政块"),
    "县": (DISTRICT, 2.5, 2, "政城道前"),
    "旗": (DISTRICT, 0.8, 3, ""),
    "镇": (TOWN, 3.0, 2, "区政"),
    "乡": (TOWN, 2.5, 2, "政村"),
    "街道": (TOWN, 3.5, 4, ""),
    "街道办事处": (TOWN, 6.0, 6, ""),
    "街道办": (TOWN, 4.0, 5, "事"),
    "街办": (TOWN, 4.0, 4, "公"),
    "办事处": (TOWN, 2.5, 5, ""),
    "镇街道": (TOWN, 4.5, 4, "办"),
    "镇人民政府": (TOWN, 2.0, 6, ""),
    "苏木": (TOWN, 2.5, 3, ""),
    "村": (VILLAGE, 2.8, 2, "委路"),
    "社区": (VILLAGE, 3.0, 3, "居委"),
    "居委会": (VILLAGE, 2.0, 3, ""),
    "社区居委": (VILLAGE, 3.0, 6, "会"),
    "社区居委会": (VILLAGE, 3.5, 6, ""),
    "村委会": (VILLAGE, 3.0, 4, ""),
    "村村委会": (VILLAGE, 3.5, 5, ""),
    "村民委员会": (VILLAGE, 3.0, 6, ""),
    "居民委员会": (VILLAGE, 3.0, 6, ""),
    "行政村": (VILLAGE, 2.8, 4, ""),
    "大队": (VILLAGE, 2.0, 4, ""),
    "居": (VILLAGE, 0.3, 3, "委民"),
    "村居": (VILLAGE, 2.5, 3, "委"),
    "路": (ROADNAME, 3.0, 2, "口"),
    "街": (ROADNAME, 2.3, 2, "道坊区面"),
    "大街": (ROADNAME, 3.0, 3, ""),
    "大道": (ROADNAME, 3.5, 3, ""),
    "巷": (ROADNAME, 2.3, 2, ""),
    "弄": (ROADNAME, 1.8, 2, ""),
    "公路": (ROADNAME, 3.0, 3, ""),
    "国道": (ROADNAME, 3.0, 3, ""),
    "胡同": (ROADNAME, 2.5, 3, ""),
    "道": (ROADNAME, 0.3, 3, "口"),
    "大路": (ROADNAME, 3.0, 3, ""),
    "东路": (ROADNAME, 3.2, 3, "口"),
    "西路": (ROADNAME, 3.2, 3, "口"),
    "南路": (ROADNAME, 3.2, 3, "口"),
    "北路": (ROADNAME, 3.2, 3, "口"),
    "中路": (ROADNAME, 3.2, 3, "口"),
    "开发区": (ZONE, 4.0, 3, ""),
    "经济开发区": (ZONE, 4.5, 5, ""),
    "经济技术开发区": (ZONE, 4.8, 7, ""),
    "高新区": (ZONE, 4.0, 3, ""),
    "新区": (ZONE, 1.8, 4, ""),
    "园区": (ZONE, 2.0, 4, ""),
    "工业区": (ZONE, 3.5, 3, ""),
    "工业园": (ZONE, 3.5, 3, "区"),
    "工业园区": (ZONE, 4.0, 4, ""),
    "集中区": (ZONE, 3.5, 4, ""),
    "工业集中区": (ZONE, 4.0, 5, ""),
    "产业园": (ZONE, 3.0, 4, "区"),
    "产业园区": (ZONE, 3.5, 5, ""),
    "科技园": (ZONE, 2.8, 4, "区"),
    "科技园区": (ZONE, 3.5, 5, ""),
    "示范区": (ZONE, 3.0, 4, ""),
    "保税区": (ZONE, 3.5, 4, ""),
    "保税港区": (ZONE, 3.5, 5, ""),
    "物流园": (ZONE, 2.5, 4, "区"),
    "创业园": (ZONE, 2.0, 4, "区"),
    "软件园": (ZONE, 2.0, 4, "区"),
    "农场": (VILLAGE, 1.5, 3, ""),
}
_POI_STRONG = [
    "大厦",
    "大楼",
    "商务楼",
    "综合楼",
    "办公楼",
    "写字楼",
    "广场",
    "中心",
    "花园",
    "花苑",
    "小区",
    "新村",
    "新邨",
    "公寓",
    "大酒店",
    "酒店",
    "宾馆",
    "商城",
    "市场",
    "农贸市场",
    "商场",
    "商厦",
    "百货",
    "超市",
    "商业街",
    "购物中心",
    "家纺城",
    "装饰城",
    "建材城",
    "食品城",
    "五金城",
    "汽车城",
    "数码城",
    "世纪城",
    "别墅",
    "山庄",
    "名苑",
    "家园",
    "佳苑",
    "佳园",
    "嘉园",
    "新苑",
    "雅苑",
    "丽苑",
    "有限公司",
    "公司",
    "医院",
    "学校",
    "中学",
    "小学",
    "大学",
    "学院",
    "幼儿园",
    "银行",
    "加油站",
    "派出所",
    "政府",
    "服务区",
    "车站",
    "客运站",
    "火车站",
    "菜场",
    "工厂",
    "厂房",
    "仓库",
    "基地",
    "研发园",
    "创意园",
    "文化园",
    "公馆",
    "国际",
    "商住楼",
    "居民楼",
    "宿舍",
    "招待所",
    "会所",
    "影城",
    "码头",
    "体育馆",
    "图书馆",
    "邮局",
    "供销社",
    "粮站",
    "粮管所",
    "信用社",
    "敬老院",
    "卫生院",
    "大院",
]
_POI_WEAK = [
    "城",
    "园",
    "苑",
    "楼",
    "馆",
    "厂",
    "院",
    "所",
    "店",
    "庄",
    "湾",
    "府",
    "邸",
    "阁",
    "轩",
    "庭",
    "寓",
    "堂",
    "站",
    "场",
    "里",
    "坊",
    "居",
    "墅",
    "港",
    "桥",
    "岛",
    "都",
    "座",
]
_TABLE |= {word: (POI, 1.4, len(word) + 1, "") for word in _POI_STRONG}
_TABLE |= {word: (POI, -1.0, 3, "") for word in _POI_WEAK if word not in _TABLE}
_TABLE |= {
    "公寓楼": (POI, 2.6, 4, ""),
    "市场": (POI, 2.6, 4, ""),
    "新城": (POI, 1.2, 4, ""),
    "开发园": (ZONE, 2.5, 4, "区"),
}


def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for text, (label, score, shortest, barred) in _TABLE.items():
        automaton.add_word(text, ((label, score, shortest), frozenset(barred)))
    automaton.make_automaton()
    return automaton


_AUTOMATON = _automaton()


def suffix_ends(text: str) -> dict[int, Suffix]:
    """Return, for each position where a suffix ends, the longest suffix there that what follows does not bar."""
    ends: dict[int, Suffix] = {}
    for last, (suffix, barred) in _AUTOMATON.iter(text):  # of those that end together the longest comes first
        end = last + 1
        if end not in ends and not (barred and text[end : end + 1] in barred):
            ends[end] = suffix
    return ends
