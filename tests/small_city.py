"""A small invented city as a ready survey, for tests of pages: two counties, some buildings, hostile names."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from flask import Flask
from installed import installed
from shapely import box

from app import store
from app.db import session
from geo.frames import CRS, DIVISIONS, FIRMS, GROUPINGS, GROUPS, LINKS, OUTLINES, PLACES, SAME, SURVEYED_UNIONS
from geo.survey import Survey, Tally

ON = date(2025, 12, 31)
COUNTIES = {"990101": "东沟区", "990102": "西塘县"}
TOWNS = {"990101001": "河口街道", "990101002": "柳桥街道", "990102101": "石埠镇"}
VILLAGES = {"990101001001": "前巷社区", "990102101201": "双墩村"}
BUILDINGS = {
    "building:990101:云帆大厦": "云帆大厦",
    "building:990101:锦程中心": "锦程中心",
    "building:990102:石埠商贸楼": "石埠商贸楼",
}
MARKETS = {"market:990102:石埠家纺市场": "石埠家纺市场"}
ZONES = {"zone:990101:东沟经济开发区": "东沟经济开发区"}
STREETS = {"street:990101:望江路": "望江路", "street:990102:石埠老街": "石埠老街"}
HOSTILE = (
    "<script>alert(1)</script>有限公司",
    "=cmd|' /C calc'!A0",
    "+SUM(1)贸易商行",
    "很长的名字" * 40 + "有限公司",
    "笑脸😀科技有限公司",
    '"引号"&<b>粗</b>厂',
)


def divisions() -> pd.DataFrame:
    """Return DIVISIONS of the small city."""
    rows = {"990100": ("试验市", "city", "")}
    rows |= {code: (name, "county", "990100") for code, name in COUNTIES.items()}
    rows |= {code: (name, "town", code[:6]) for code, name in TOWNS.items()}
    rows |= {code: (name, "village", code[:9]) for code, name in VILLAGES.items()}
    return DIVISIONS.conform(pd.DataFrame.from_dict(rows, orient="index", columns=["name", "level", "parent"]))


def outlines() -> gpd.GeoDataFrame:
    """Return OUTLINES: two squares side by side."""
    shapes = [box(121.0, 32.0, 121.2, 32.2), box(121.2, 32.0, 121.4, 32.2)]
    frame = pd.DataFrame({"name": list(COUNTIES.values()), "level": "county"}, index=list(COUNTIES))
    return OUTLINES.conform(gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS))


def places() -> gpd.GeoDataFrame:
    """Return PLACES: one building and the market are learned from addresses and not on the map."""
    kinds = {"building": BUILDINGS, "market": MARKETS, "zone": ZONES, "street": STREETS}
    rows = [
        {"place_id": key, "kind": kind, "name": name, "county_code": key.split(":")[1], "origin": "layer", "floors": 6}
        for kind, group in kinds.items()
        for key, name in group.items()
    ]
    frame = pd.DataFrame(rows).set_index("place_id")
    learned = ["building:990102:石埠商贸楼", "market:990102:石埠家纺市场"]
    frame.loc[learned, "origin"], frame.loc[learned, "floors"] = "registry", pd.NA
    frame["mentions"] = np.where(frame["origin"].eq("registry"), 9, None)
    shapes = [None if key in learned else box(121.05, 32.05, 121.06, 32.06) for key in frame.index]
    return PLACES.conform(gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS))


def firms(count: int = 240, seed: int = 7) -> pd.DataFrame:
    """Return FIRMS: ``count`` firms drawn with a fixed seed; the first are hostile by name."""
    random = np.random.default_rng(seed)
    county = random.choice(list(COUNTIES), count, p=[0.6, 0.4])
    building = [
        key if county_code in key and random.random() < 0.4 else None
        for key, county_code in zip(random.choice(list(BUILDINGS), count), county, strict=True)
    ]
    workers = random.choice(
        [3, 5, 8, 12, 18, 24, 25, 40, 130, 700, None], count, p=[0.15] * 4 + [0.1, 0.05] + [0.05] * 5
    )
    primary = random.choice(["own", "joint", "none"], count, p=[0.3, 0.25, 0.45])
    eligible = random.random(count) > 0.08
    level = np.where(
        [b is not None for b in building], "building", random.choice(["number", "town", "county", "none"], count)
    )
    frame = pd.DataFrame(
        {
            "name": [HOSTILE[i] if i < len(HOSTILE) else f"试验{i:05d}贸易有限公司" for i in range(count)],
            "uscc": [f"91990101{i:09d}X"[:18] for i in range(count)],
            "address": [f"东沟区望江路{i % 90 + 1}号云帆大厦{i % 6 + 1}楼{i % 6 + 1}0{i % 8}室" for i in range(count)],
            "sector": random.choice(["03", "06", "08", "12"], count),
            "ownership": "170",
            "workers": workers,
            "women": [None if w is None else w // 2 for w in workers],
            "counts_on": pd.Timestamp(ON),
            "counts_basis": "演示",
            "legal_person": True,
            "status": np.where(eligible, "active", "closed"),
            "established": pd.Timestamp("2015-03-01"),
            "source": "演示名录",
            "source_date": pd.Timestamp(ON),
            "county_code": np.where(level == "none", None, county),
            "town_code": [
                None if lv in ("none", "county") else ("990101001" if c == "990101" else "990102101")
                for lv, c in zip(level, county, strict=True)
            ],
            "village_code": [
                None if lv != "number" else ("990101001001" if c == "990101" else "990102101201")
                for lv, c in zip(level, county, strict=True)
            ],
            "building": building,
            "market": [
                next(iter(MARKETS)) if c == "990102" and b is None and lv == "number" else None
                for c, b, lv in zip(county, building, level, strict=True)
            ],
            "zone": [next(iter(ZONES)) if c == "990101" and i % 5 == 0 else None for i, c in enumerate(county)],
            "street": [
                "street:990101:望江路" if c == "990101" and lv == "number" else None
                for c, lv in zip(county, level, strict=True)
            ],
            "floor": [None if b is None else str(i % 6 + 1) for i, b in enumerate(building)],
            "room": [None if b is None else f"{i % 6 + 1}0{i % 8}" for i, b in enumerate(building)],
            "level": level,
            "radius_m": np.where(level == "building", 60.0, np.where(level == "number", 30.0, np.nan)),
            "confidence": np.where(level == "none", 0.0, 0.9),
            "location_status": np.where(level == "none", "none", "auto"),
            "lon": np.where(level == "none", np.nan, 121.05 + random.random(count) / 10),
            "lat": np.where(level == "none", np.nan, 32.05 + random.random(count) / 10),
            "location_reasons": [[["BUILDING", {"name": "云帆大厦"}]] if b else [] for b in building],
            "candidates": [[] for _ in range(count)],
            "components": [[["district", "东沟区", 0, 3], ["road", "望江路", 3, 6]] for _ in range(count)],
            "eligible": eligible,
            "excluded_because": np.where(eligible, None, "closed"),
            "primary": primary,
            "union_id": [
                f"union:own{i}" if p == "own" else "union:joint1" if p == "joint" else None
                for i, p in enumerate(primary)
            ],
            "secondary": primary == "joint",
            "federations": [["union:fed1"] if p == "joint" else [] for p in primary],
            "federation_only": False,
            "covered": primary != "none",
            "gap": eligible & (primary == "none"),
            "size_class": ["unknown" if w is None else "25_and_over" if w >= 25 else "under_25" for w in workers],
            "flags": [[] for _ in range(count)],
        },
        index=[f"9199010100000{i:05d}" for i in range(count)],
    )
    frame["path"] = np.where(
        frame["gap"],
        np.where(
            frame["size_class"].eq("25_and_over"),
            "own_promote",
            np.where(frame["size_class"].eq("unknown"), "unknown", "choice"),
        ),
        None,
    )
    frame["path_rules"] = [
        ["F2"] if path == "own_promote" else ["F3"] if path == "choice" else [] for path in frame["path"]
    ]
    grouped = frame["gap"] & frame["building"].eq("building:990101:云帆大厦") & frame["path"].eq("choice")
    frame["group_id"] = np.where(grouped, "building:990101:云帆大厦", None)
    frame["left_because"] = np.where(frame["gap"] & ~grouped, "R1", None)
    return FIRMS.conform(frame)


def unions(table: pd.DataFrame) -> pd.DataFrame:
    """Return SURVEYED_UNIONS that fit ``firms``: own ones, one joint union, one federation."""
    own = table[table["primary"].eq("own")]
    rows = pd.DataFrame(
        {
            "name": own["name"] + "工会委员会",
            "kind": "own",
            "county_code": own["county_code"],
            "host_id": own.index,
            "members": own["workers"].fillna(5),
            "linked_firms": 1,
            "covered_firms": 1,
            "covered_workers": own["workers"].fillna(0),
        }
    ).set_axis(own["union_id"].to_numpy())
    joint = table[table["primary"].eq("joint")]
    more = pd.DataFrame(
        {
            "name": ["河口街道云帆大厦楼宇工会联合会<i>", "东沟区行业工会联合会"],
            "kind": ["building", "federation"],
            "county_code": "990101",
            "members": [800, 900],
            "linked_firms": [len(joint), 1],
            "covered_firms": [len(joint), 0],
            "covered_workers": [int(joint["workers"].sum()), 0],
        },
        index=["union:joint1", "union:fed1"],
    )
    frame = pd.concat([rows, more])
    frame["in_force"], frame["flags"] = True, [[] for _ in range(len(frame))]
    frame["approved_on"], frame["term_end"] = pd.Timestamp("2019-05-01"), pd.Timestamp("2024-05-01")
    return SURVEYED_UNIONS.conform(frame)


def groups(table: pd.DataFrame) -> pd.DataFrame:
    """Return GROUPS: one suggested building union."""
    members = table[table["group_id"].notna()]
    return GROUPS.conform(
        pd.DataFrame(
            {
                "kind": "building",
                "place_id": "building:990101:云帆大厦",
                "name": "云帆大厦",
                "county_code": "990101",
                "town_code": "990101001",
                "firms": len(members),
                "workers": int(members["workers"].sum()),
                "workers_unknown": int(members["workers"].isna().sum()),
                "lon": 121.055,
                "lat": 32.055,
                "reasons": [[["SAME_PLACE", {"firms": len(members)}]]],
                "cautions": [[]],
            },
            index=["building:990101:云帆大厦"],
        )
    )


def survey(count: int = 240, seed: int = 7) -> Survey:
    """Return the small city surveyed."""
    table = firms(count, seed)
    grouping = GROUPINGS.conform(table.loc[table["gap"], ["group_id", "left_because"]])
    tally = (Tally("geocode", count, count, {"auto": count}),)
    return Survey(
        ON, ON, table, places(), unions(table), SAME.empty(), LINKS.empty(), groups(table), grouping, "0" * 12, tally
    )


YEARS = (date(2023, 12, 31), date(2024, 12, 31), ON)


def loaded(folder: Path, newest: Survey | None = None, *, count: int = 240, **wishes: Any) -> Flask:
    """Return an application in ``folder`` with the small city of ``count`` firms.

    ``newest`` takes the place of its newest survey; ``wishes`` are those of ``installed``.
    """
    made = installed(folder, _of(count), **wishes)
    made.testing = True
    if newest is not None:
        with made.app_context(), session(write=True) as opened:
            store.surveys.save(opened, newest, "run-newest")
    return made


@cache
def _of(count: int) -> Callable[[Flask], None]:
    return partial(load, count=count)


def load(app: Flask, count: int = 240) -> None:
    """Store the small city as the surveys of three years, marked as a sample."""
    made = survey(count)
    with app.app_context(), session(write=True) as opened:
        store.write(opened, "divisions", divisions())
        store.write(opened, "outlines", outlines())
        for day in YEARS:
            store.surveys.save(opened, replace(made, on=day), f"run-{day}")
        store.settings.put(opened, store.settings.SAMPLE, True)
