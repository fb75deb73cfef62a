"""The sample's tables and layers, with the columns that real registers have."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator, Sequence

from .city import City
from .files import Cell, geometry
from .firms import DAYS, Firm
from .ground import matched_cells
from .houses import KINDS as HOUSE_KINDS
from .houses import House
from .names import SECTOR_NAMES
from .shares import OWNERSHIP
from .unions import KINDS as UNION_KINDS
from .unions import Union
from .zones import drawn

MARKET_HEADER = (
    "企业名称", "统一社会信用代码", "市场主体类型", "企业类型", "单位类别", "行业", "住所", "实际经营地址",
    "经营范围", "成立日期", "经营状态", "注销或迁出日期", "职工人数", "女职工", "农民工", "劳务派遣", "人数统计日期",
    "世界500强", "党组织", "未建会原因", "推进阶段", "名录来源", "来源日期",
)  # fmt: skip
ZONE_HEADER = (
    "序号", "单位名称", "统一信用代码", "机构类型", "登记注册类型", "单位类别", "所属行业", "注册地址", "经营地址",
    "主营业务", "登记日期", "登记状态", "注销日期", "从业人数", "其中：女职工", "农民工数", "劳务派遣工",
    "统计截止日", "是否500强", "是否建立党组织", "未建会原因", "推进阶段", "经度", "纬度", "备注",
)  # fmt: skip
HEADCOUNT_HEADER = ("统一社会信用代码", "企业名称", "统计日期", "职工人数", "女职工", "农民工", "劳务派遣")
UNION_HEADER = (
    "工会统计代码", "工会名称", "工会类型", "所在单位名称", "所在单位统一社会信用代码", "上级工会", "所在县区",
    "地址", "覆盖场所", "批准日期", "批准文号", "撤销日期", "届期起", "届期止", "会员数", "女会员数", "职工人数",
    "涵盖单位数", "统计日期", "女职工组织", "主席产生方式", "职工之家等级", "专职工会干部数", "名录来源",
)  # fmt: skip
MEMBER_HEADER = ("工会统计代码", "工会名称", "成员类型", "涵盖单位名称", "统一社会信用代码", "加入日期", "退出日期")
ADDRESS_HEADER = ("所在县区", "所在镇街", "道路名称", "门牌号", "经度", "纬度")
_OWNERSHIP_WORDS = {code: word for code, word, _ in OWNERSHIP} | {"600": "个体经济组织", "700": "民办非企业"}
_HOMES = {
    "未创建": 46, "合格职工之家": 36, "县级模范职工之家": 10, "市级模范职工之家": 5, "省级模范职工之家": 2.4,
    "全国模范职工之家": 0.6,
}  # fmt: skip
_LETTERS = dict(zip(SECTOR_NAMES, "ABCDEFGHIJKLMNOPQR", strict=True))


def market_rows(firms: Iterable[Firm]) -> Iterator[Sequence[Cell]]:
    """Yield the business register's rows."""
    for firm in firms:
        heads = firm.heads[-1] if firm.counted else ("", "", "", "")
        yield (
            firm.name, firm.written_code, firm.kind, _company_type(firm), firm.ownership, SECTOR_NAMES[firm.sector],
            firm.address, firm.operating, firm.scope, firm.established.isoformat(), firm.status,
            firm.closed.isoformat() if firm.closed else "", *heads, DAYS[-1].isoformat() if firm.counted else "",
            "是" if firm.top500 else "否", "是" if firm.party else "否", firm.reason, firm.stage,
            "市场监管登记名录（演示）", "2026-01-05",
        )  # fmt: skip


def zone_rows(firms: Iterable[Firm], rng: random.Random) -> Iterator[Sequence[Cell]]:
    """Yield the zones' own register's rows: days as dates, serials or text, words for categories."""
    for number, firm in enumerate(firms, start=1):
        heads = firm.heads[-1] if firm.counted else (None, None, None, None)
        lon, lat = firm.given or (None, None)
        yield (
            number, firm.name, firm.written_code, firm.kind, _company_type(firm), _OWNERSHIP_WORDS[firm.ownership],
            f"{_LETTERS[firm.sector]} {SECTOR_NAMES[firm.sector]}", firm.address, firm.operating, firm.scope,
            _day(firm.established, rng), firm.status, _day(firm.closed, rng), *heads,
            DAYS[-1] if firm.counted else None, "是" if firm.top500 else "", "是" if firm.party else "否", firm.reason,
            firm.stage, lon, lat, "",
        )  # fmt: skip


def _day(day: dt.date | None, rng: random.Random) -> Cell:
    return day if day is None or rng.random() < 0.8 else f"{day.year}/{day.month}/{day.day}"


def _company_type(firm: Firm) -> str:
    if firm.kind != "企业法人":
        return {"企业分支机构": "有限责任公司分公司", "个体工商户": "个体工商户", "民办非企业单位": "民办非企业单位"}[
            firm.kind
        ]
    return "股份有限公司" if firm.name.endswith("股份有限公司") else "有限责任公司"


def headcount_rows(firms: Iterable[Firm]) -> Iterator[Sequence[Cell]]:
    """Yield a row for each firm and year-end at which it existed and was counted."""
    for firm in firms:
        for day, heads in zip(DAYS, firm.heads, strict=True):
            if firm.counted and firm.alive(day) and firm.written_code:
                yield (firm.uscc, firm.name, day.isoformat(), *heads)


def member_rows(unions: Iterable[Union]) -> Iterator[Sequence[Cell]]:
    """Yield the lists of covered units and of federations' members."""
    for union in unions:
        for line in union.members:
            since = line.since.isoformat() if line.shown else ""
            yield (
                union.code,
                union.name,
                line.kind,
                line.name,
                line.code,
                since,
                line.until.isoformat() if line.until else "",
            )


def union_rows(city: City, rng: random.Random) -> Iterator[Sequence[Cell]]:
    """Yield the union register's rows."""
    by_code = {firm.uscc: firm for firm in city.firms}
    for union in city.unions:
        firms = (
            [union.host]
            if union.host
            else [by_code[line.meant] for line in union.members if line.kind == "企业" and line.until is None]
        )
        workers = sum(firm.workers for firm in firms)
        keen = rng.uniform(0.72, 1.0) if union.host else rng.uniform(0.5, 0.92)
        members = round(workers * (rng.uniform(1.03, 1.25) if rng.random() < 0.02 else keen))
        women = round(sum(firm.heads[-1][1] for firm in firms) * keen)
        start, end = _term(union.approved, rng)
        federation = union.kind in ("region", "trade")
        host_name, host_code = (
            ("", "") if union.host is None else (union.host.name, union.host.uscc if rng.random() < 0.82 else "")
        )
        yield (
            union.code, union.name, UNION_KINDS[union.kind], host_name, host_code, union.parent, union.county.name,
            union.address, union.place, union.approved,
            f"{union.county.short}工发〔{union.approved.year}〕{rng.randint(1, 180)}号" if rng.random() < 0.9 else "",
            union.revoked, start, end, None if federation else members, None if federation else women,
            None if federation else workers,
            1 if union.host else max(0, len(union.members) + rng.choice((0, 0, 0, 0, -1, 2))), DAYS[-1],
            "女职工委员会" if women >= 10 and rng.random() < 0.85 else rng.choice(("女职工委员", "女职工委员", "无")),
            rng.choices(("直接选举", "会员代表大会选举", "上级委派", ""), (34, 48, 10, 8))[0],
            rng.choices(list(_HOMES), list(_HOMES.values()))[0],
            1 if workers >= 200 and rng.random() < 0.4 else 0, "工会组织信息登记表（演示）",
        )  # fmt: skip


def _term(approved: dt.date, rng: random.Random) -> tuple[dt.date, dt.date]:
    """Return the present term: three or five years, renewed in time by most, overdue for some."""
    years = rng.choice((3, 5))
    start = approved
    while start.year + years <= 2025 and (start.year < 2020 or rng.random() < 0.75):
        start = start.replace(year=start.year + years, day=min(start.day, 28))
    return start, start.replace(year=start.year + years, day=min(start.day, 28)) - dt.timedelta(days=1)


def address_rows(city: City) -> Iterator[Sequence[Cell]]:
    """Yield the house numbers that somebody has surveyed."""
    for street in city.streets:
        for door in street.doors:
            if door.listed:
                yield (street.county.name, door.town.name, street.name, door.text, *city.place(door.x, door.y))


def street_features(city: City) -> Iterator[tuple[dict[str, Cell], dict]]:
    """Yield the streets that the office's street layer has."""
    for street in city.streets:
        if street.known:
            yield (
                {"名称": street.name, "所在县区": street.county.name, "所在镇街": street.town.name},
                geometry(street.line, city.place),
            )


def town_features(city: City) -> Iterator[tuple[dict[str, Cell], dict]]:
    """Yield the invented areas of the real towns: what is nearer to one than to another, no real borders."""
    for county in city.ground.counties:
        for town, cell in matched_cells(county):
            properties: dict[str, Cell] = {
                "代码": town.code, "名称": town.name, "级别": "镇街", "上级代码": county.code,
            }  # fmt: skip
            yield properties, geometry(cell, city.place)


def zone_features(city: City) -> Iterator[tuple[dict[str, Cell], dict]]:
    """Yield the zones, sub-parks with the zone above them."""
    levels = {"national": "国家级", "provincial": "省级", "local": "市县级"}
    for zone in city.zones:
        keeper = (
            f"{(zone.parent or zone).name}管理委员会"
            if zone.parent or zone.level != "local"
            else f"{zone.town.name}人民政府"
        )
        properties: dict[str, Cell] = {
            "名称": zone.name, "级别": levels[zone.level], "上级园区": zone.parent.name if zone.parent else "",
            "所在县区": zone.county.name, "主管单位": keeper,
        }  # fmt: skip
        yield properties, geometry(drawn(zone), city.place)


def house_features(
    city: City, *, markets: bool, place: Callable[[float, float], tuple[float, float]]
) -> Iterator[tuple[dict[str, Cell], dict]]:
    """Yield the markets, or the other houses, that the office's layer has."""
    for house in city.houses:
        if house.known and (house.kind == "market") == markets:
            yield _house(house, markets), geometry(house.outline, place)


def _house(house: House, market: bool) -> dict[str, Cell]:
    county, town, number = house.street.county.name, house.door.town.name, house.door.text
    row: dict[str, Cell] = {
        "名称": house.name, "类型": HOUSE_KINDS[house.kind], "地址": f"{county}{town}{house.street.name}{number}号",
        "所在县区": county, "所在镇街": town, "道路名称": house.street.name, "门牌号": number,
    }  # fmt: skip
    if market:
        return row | {"摊位数": house.rooms, "运营单位": house.operator}
    rooms = house.rooms * house.floors * house.blocks
    return row | {
        "楼层数": house.floors,
        "房间数": rooms,
        "运营单位": house.operator,
        "所在园区": house.zone.name if house.zone else "",
    }
