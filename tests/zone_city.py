"""The small city with zones to draw on: five places of firms in a row, so that every count is done in the head.

Its firms stand in four fields of 0.02 degrees west to east; field n holds n firms, each with a door of its own:
west 1, middle 2, east 3 and far 4. The zone 东沟经济开发区 is the fields west and middle.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import small_city
from flask import Flask
from installed import installed
from shapely import box
from signed_in import account

from app import store
from app.auth.accounts import Wish
from app.db import session
from geo.frames import CRS, FIRMS, OUTLINES, PLACES
from geo.survey import Survey

HERE, THERE = small_city.COUNTIES
ZONE, STREET = f"zone:{HERE}:东沟经济开发区", f"street:{HERE}:望江路"
BUILDING = f"building:{HERE}:云帆大厦"
WEST, MIDDLE, EAST, FAR = (box(121.02 + 0.02 * n, 32.06, 121.04 + 0.02 * n, 32.1) for n in range(4))
BOTH = box(121.02, 32.06, 121.06, 32.1)
SOUTH = 32.06
EDITOR, OTHER = Wish("z-editor", "李编辑", "editor", HERE), Wish("z-other", "王编辑", "editor", THERE)
PLANNER, ADMIN = Wish("z-planner", "赵规划", "planner"), Wish("z-admin", "孙管理", "administrator")
VIEWER = Wish("z-viewer", "周查看", "viewer", HERE)
WORKERS = (10, 20, 30)


def places() -> gpd.GeoDataFrame:
    """Return PLACES: the zone, a building in it, a street along its southern border."""
    rows = {
        ZONE: ("zone", "东沟经济开发区", BOTH),
        BUILDING: ("building", "云帆大厦", box(121.03, 32.07, 121.031, 32.071)),
        f"zone:{THERE}:石埠工业园": ("zone", "石埠工业园", box(121.3, 32.06, 121.32, 32.1)),
    }
    frame = pd.DataFrame(
        [
            {"kind": kind, "name": name, "county_code": key.split(":")[1], "origin": "layer"}
            for key, (kind, name, _shape) in rows.items()
        ],
        index=list(rows),
    )
    return PLACES.conform(gpd.GeoDataFrame(frame, geometry=[row[2] for row in rows.values()], crs=CRS))


def outlines() -> gpd.GeoDataFrame:
    """Return OUTLINES of the small city, and of the towns 河口街道 (the field far) and, in the other county, 石埠镇."""
    towns = pd.DataFrame({"name": ["河口街道", "石埠镇"], "level": "town"}, index=["990101001", "990102101"])
    shapes = gpd.GeoDataFrame(towns, geometry=[FAR, box(121.3, 32.1, 121.35, 32.15)], crs=CRS)
    return OUTLINES.conform(pd.concat([small_city.outlines(), OUTLINES.conform(shapes)]))


def survey() -> Survey:
    """Return the small city surveyed: ten firms with a door in the fields, one without in each county.

    Workers are 10, 20, 30 in turns. The first firm of each field has a union of its own; nothing else is covered.
    """
    whole = small_city.survey()
    fields = [field for count, field in enumerate((WEST, MIDDLE, EAST, FAR), 1) for _ in range(count)]
    firsts = [0, 1, 3, 6]
    table = whole.firms.iloc[:12].copy()
    xy = [(field.centroid.x, field.centroid.y) for field in fields]
    own = [k in firsts for k in range(12)]
    table = table.assign(
        name=[f"田{k:02d}公司" for k in range(12)],
        county_code=[*[HERE] * 11, THERE], eligible=True, excluded_because=None,
        lon=[*(x for x, _y in xy), np.nan, np.nan], lat=[*(y for _x, y in xy), np.nan, np.nan],
        level=[*["number"] * 10, "none", "none"],
        zone=[*[ZONE] * 3, *[None] * 9], building=None, market=None, street=None, town_code=None,
        workers=[*[WORKERS[k % 3] for k in range(10)], None, None], primary=["own" if each else "none" for each in own],
        covered=own, gap=[not each for each in own],
        union_id=[f"union:own{k}" if each else None for k, each in enumerate(own)],
        size_class=[*["under_25" if WORKERS[k % 3] < 25 else "25_and_over" for k in range(10)], "unknown", "unknown"],
        federations=[[] for _ in own], group_id=None, left_because=None, secondary=False,
        location_reasons=[[["IN_OUTLINE", {"kind": "zone", "place": ZONE}]] if k < 3 else [] for k in range(12)],
    )  # fmt: skip
    table = FIRMS.conform(table)
    return replace(
        whole, firms=table, places=places(), unions=small_city.unions(table).drop(["union:joint1", "union:fed1"]),
        groups=whole.groups.iloc[:0], groupings=whole.groupings.iloc[:0],
    )  # fmt: skip


def load(app: Flask) -> None:
    """Store the city: places, two surveyed days, accounts."""
    found = survey()
    with app.app_context(), session(write=True) as opened:
        store.write(opened, "divisions", small_city.divisions())
        store.write(opened, "outlines", outlines())
        store.write(opened, "places", places())
        for day in (small_city.YEARS[1], small_city.ON):
            store.surveys.save(opened, replace(found, on=day), f"run-{day}")
    for wish in (EDITOR, OTHER, PLANNER, ADMIN, VIEWER):
        account(app, wish)


def loaded(folder: Path, server: Any = None) -> Flask:
    """Return an application in ``folder`` with the city, without worker and form tokens; ``server``: its database's."""
    app = installed(folder, load, server=server, form_tokens=False, worker=False)
    app.testing = True
    return app
