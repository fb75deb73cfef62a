"""An invented city whose firms need a person: buildings nobody has pinned, doubtful and foreign addresses, links."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import small_city
from flask import Flask
from installed import installed

from app import runs, store
from app.db import current, session
from geo.frames import ENTERPRISES, MEMBERSHIPS, UNIONS
from geo.survey import Survey

ON = date(2025, 12, 31)
TOWER, NEAR, MARKET = "building:990101:红星大厦", "building:990101:红星大夏", "market:990101:四海小商品市场"
ROAD = "street:990101:长青路"
VILLAGE, TOWN = "990102101201", "990102101"


def firms() -> pd.DataFrame:
    """Return ENTERPRISES: 12 firms in a tower, 2 under its misspelt name, 8 in a market, a road, and doubtful rows."""
    rows: dict[str, dict[str, Any]] = {}
    rows |= {f"t{n:02}": {"address": f"试验市东沟区红星大厦{n}楼{n}01室", "workers": n} for n in range(1, 13)}
    rows |= {f"u{n}": {"address": f"试验市东沟区红星大夏{n}楼"} for n in range(2)}
    rows |= {f"m{n}": {"address": f"试验市东沟区四海小商品市场{n}号摊位"} for n in range(1, 9)}
    rows |= {f"r{n}": {"address": f"试验市东沟区长青路{n}号"} for n in range(1, 6)}
    rows |= {f"v{n}": {"address": f"试验市西塘县石埠镇双墩村{n}组"} for n in range(1, 4)}
    rows["both"] = {"address": "东沟区西塘县望江路"}
    rows["both2"] = {"address": "东沟区西塘县望江 路"}
    rows["away"] = {"address": "广东省深圳市福田区深南大道1号"}
    rows["nothing"] = {"address": "无"}
    rows["one"] = {"address": "东沟区望江路1号", "name": "试验市海天纺织有限公司"}
    full = {
        key: {"name": f"<b>{key}</b>有限公司", "status": "active", "legal_person": True, "established": "2010-01-01",
              "source": "试验名录", **row}
        for key, row in rows.items()
    }  # fmt: skip
    return ENTERPRISES.conform(pd.DataFrame.from_dict(full, orient="index"))


def loaded(folder: Path, **wishes: Any) -> Flask:
    """Return an application in ``folder`` with the city, surveyed; ``wishes`` are those of ``installed``."""
    return installed(folder, load, worker=False, **wishes)


def load(app: Flask) -> None:
    """Store the registers of the city and survey it."""
    union = {"union:j": {"name": "东沟区红星大厦联合工会", "kind": "building", "county_code": "990101"}}
    member = {"m1": {"union_id": "union:j", "member_kind": "enterprise", "member_name": "海天纺识有限公司"}}
    with app.app_context(), session(write=True) as opened:
        divisions = small_city.divisions()
        divisions.loc[TOWN, ["lon", "lat"]] = 121.3, 32.1
        store.write(opened, "divisions", divisions)
        store.write(opened, "outlines", small_city.outlines())
        store.write(opened, "enterprises", firms())
        store.write(opened, "unions", UNIONS.conform(pd.DataFrame.from_dict(union, orient="index")))
        store.write(opened, "memberships", MEMBERSHIPS.conform(pd.DataFrame.from_dict(member, orient="index")))
    survey(app)


def survey(app: Flask) -> None:
    """Survey the city anew, as the worker would."""
    with app.app_context():
        with session(write=True) as opened:
            key = runs.survey.order(opened, ON)
        run = runs.execute(current(), key)
    assert run is not None and run.status == runs.DONE, run and run.error_detail


def newest(app: Flask) -> Survey:
    """Return the newest survey."""
    with app.app_context(), session() as opened:
        found = store.surveys.latest(opened, store.CITY)
    assert found is not None
    return found


def surveyed(app: Flask) -> pd.DataFrame:
    """Return FIRMS of the newest survey."""
    return newest(app).firms


def market_group(app: Flask) -> str:
    """Return the key of the one suggestion in the market."""
    groups = newest(app).groups
    (key,) = groups.index[groups["place_id"].eq(MARKET)]
    return str(key)
