"""Saves the sample city as the files that an office would have, with a manifest of what each holds."""

import hashlib
import json
import random
from pathlib import Path
from typing import Any

from geo.datum import from_wgs84

from . import NOTICE, past, tables, truth
from .city import City
from .files import digest, write_csv, write_layer, write_xlsx
from .firms import DAYS, Firm
from .practice import HEADER, practice_rows
from .unions import KINDS

_GCJ = "gcj02"


def save_city(city: City, folder: Path, *, recipe: str) -> dict[str, Any]:
    """Write all files into ``folder`` and return the manifest, which is written too; ``recipe`` is kept in it."""
    folder.mkdir(parents=True, exist_ok=True)
    entries: dict[str, dict[str, Any]] = {}

    def enter(name: str, rows: int, content: str, **more: str) -> None:
        entries[name] = {"rows": rows, "content": content, **more, "sha256": digest(folder / name)}

    files = split_registers(city)
    _save_registers(city, files, folder, enter)
    _save_layers(city, folder, enter)
    enter(
        "truth.csv",
        write_csv(folder / "truth.csv", truth.TRUTH_HEADER, truth.truth_rows(city, files), encoding="utf-8"),
        "真值，仅供测试读取",
    )
    rows = write_csv(
        folder / "truth_members.csv",
        truth.TRUTH_MEMBER_HEADER,
        truth.truth_member_rows(city.unions),
        encoding="utf-8",
    )
    enter("truth_members.csv", rows, "涵盖单位名单的真值，仅供测试读取")
    manifest = {
        "notice": NOTICE,
        "city": city.ground.city_code,
        "seed": city.seed,
        "recipe": recipe,
        "firms": len(city.firms),
        "source_date": "2026-01-05",
        "days": [day.isoformat() for day in DAYS],
        "real": "县（市）区界线、县镇村名称取自 data/boundaries 与 data/divisions；其余全部虚构，与任何真实单位无关",
        "files": entries,
        "columns": _COLUMN_NOTES,
    }
    manifest["digest"] = hashlib.sha256(json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    (folder / "manifest.json").write_bytes((json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
    return manifest


def split_registers(city: City) -> dict[str, list[Firm]]:
    """Return which firms stand in which register: the larger zones keep their own for firms on their ground."""
    zoned, others = [], []
    for firm in city.firms:
        zone = firm.spot.zone
        top = zone.parent or zone if zone else None
        (zoned if top and top.level != "local" and not firm.spot.house else others).append(firm)
    surveyed = random.Random(f"{city.seed}:surveyed")
    for firm in zoned:  # the zones' officers have stood at some doors with a receiver
        if surveyed.random() < 0.08:
            firm.given = city.place(firm.spot.x + surveyed.uniform(-8, 8), firm.spot.y + surveyed.uniform(-8, 8))
    return {"enterprises_market.csv": others, "enterprises_zones.xlsx": zoned}


def _save_registers(city: City, files: dict[str, list[Firm]], folder: Path, enter: Any) -> None:
    rng = random.Random(f"{city.seed}:registers")
    market, zones = files.values()
    name = "enterprises_market.csv"
    enter(
        name,
        write_csv(folder / name, tables.MARKET_HEADER, tables.market_rows(market), encoding="gb18030"),
        "市场主体登记名录",
        kind="enterprises",
    )
    name, titles = (
        "enterprises_zones.xlsx",
        ("2025年度开发区（园区）企业名录", f"{NOTICE}　　单位：人　　截止日期：2025年12月31日"),
    )
    enter(
        name,
        write_xlsx(folder / name, "企业名录", titles, tables.ZONE_HEADER, tables.zone_rows(zones, rng)),
        "开发区企业名录",
        kind="enterprises",
        datum="wgs84",
    )
    name = "headcounts.csv"
    enter(
        name,
        write_csv(folder / name, tables.HEADCOUNT_HEADER, tables.headcount_rows(city.firms)),
        "三个年末的职工人数",
        kind="headcounts",
    )
    name, titles = "unions.xlsx", (f"基层工会组织登记台账（{NOTICE}）",)
    unions = list(tables.union_rows(city, rng))
    enter(
        name,
        write_xlsx(folder / name, "工会台账", titles, tables.UNION_HEADER, unions),
        "工会登记台账",
        kind="unions",
    )
    for day in DAYS[:-1]:
        name, lot = f"unions_{day.year}.csv", random.Random(f"{city.seed}:members {day.year}")
        rows = write_csv(folder / name, past.HEADER, past.past_rows(city, unions, day, lot))
        enter(name, rows, f"{day.year}年末工会会员数", kind="unions")
    name, titles = "practice.xlsx", (f"导入练习表：含有错漏的企业名录（{NOTICE}）", "填报单位：演示　　单位：人")
    practised = practice_rows(market, city.newcomers, random.Random(f"{city.seed}:practice"))
    enter(name, write_xlsx(folder / name, "名录", titles, HEADER, practised), "导入练习表，不自动装入")
    name = "union_members.csv"
    enter(
        name,
        write_csv(folder / name, tables.MEMBER_HEADER, tables.member_rows(city.unions)),
        "联合工会涵盖单位名单、联合会成员名单",
        kind="members",
    )


def _save_layers(city: City, folder: Path, enter: Any) -> None:
    def shifted(x: float, y: float) -> tuple[float, float]:
        lon, lat = city.place(x, y)
        points = from_wgs84([lon], [lat], _GCJ)
        return round(float(points.lon[0]), 6), round(float(points.lat[0]), 6)

    note = f"{NOTICE}。坐标系 WGS-84"
    layers = (
        (
            "towns.geojson",
            "division",
            "wgs84",
            "镇街范围",
            tables.town_features(city),
            f"{note}。镇街范围按驻地远近划分，不是真实界线",
        ),
        ("zones.geojson", "zone", "wgs84", "开发区与园区", tables.zone_features(city), note),
        (
            "buildings.geojson",
            "building",
            "wgs84",
            "楼宇、商场、小区",
            tables.house_features(city, markets=False, place=city.place),
            note,
        ),
        (
            "markets.geojson",
            "market",
            _GCJ,
            "专业市场",
            tables.house_features(city, markets=True, place=shifted),
            f"{NOTICE}。坐标系 GCJ-02",
        ),
        ("streets.geojson", "street", "wgs84", "道路走向", tables.street_features(city), note),
    )
    for name, place, datum, content, features, words in layers:
        enter(
            name,
            write_layer(folder / name, content, features, note=words),
            content,
            kind="places",
            place=place,
            datum=datum,
        )
    name = "addresses.csv"
    rows = write_csv(folder / name, tables.ADDRESS_HEADER, tables.address_rows(city), encoding="utf-8")
    enter(name, rows, "门牌号点", kind="places", place="address", datum="wgs84")


_COLUMN_NOTES = {
    "单位类别": "工会统计的单位类别代码 110–700（市场主体登记名录）或其名称（开发区企业名录）",
    "行业": "GB/T 4754 门类名称，开发区企业名录前加门类字母",
    "工会类型": "、".join(KINDS.values()),
    "加入日期": "未填的从联合工会批准之日起",
    "markets.geojson": "坐标为 GCJ-02，导入时须声明",
}
