"""The hard cases: their cities with invented layers, the program's answers, and what is wrong with them."""

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import yaml
from shapely import LineString, Point

from geo import gazetteer
from geo.datum import faults as position_faults
from geo.datum import from_wgs84, to_wgs84
from geo.frames import ALIASES, CRS, PLACES
from geo.gazetteer import Gazetteer
from geo.geocode import LocateOptions, locate
from geo.io.calibration import read_calibration
from geo.io.cities import read_city, read_city_aliases
from geo.io.divisions import read_aliases, read_divisions, read_outlines, read_zones
from geo.io.geocoding import join_places, read_elsewhere
from geo.linkage import LinkOptions, Query, Register, match, prepare
from geo.places import assign
from geo.registry.positions import check_positions
from geo.text import name_core, read_credit_code, read_org_code
from tests.geo import hard_answers
from tests.geo.invented import enterprises

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
FILE = yaml.safe_load((ROOT / "tests" / "golden" / "hard_cases.yaml").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = FILE["cases"]
_LEVELS = ("building", "number", "market", "street", "village", "zone", "town", "county", "none")
_CODES = {"county": "county_code", "town": "town_code", "village": "village_code"}
_KEYS = frozenset(("zone", "building", "market", "street"))
_METRE = 1 / 94_300


AS_SHIPPED = LocateOptions(calibration=read_calibration(DATA), error_budget=0.005)
"""As the commands locate: with the fitted confidence and the error budget of the configuration."""


class City:
    """A city of the file: its divisions, and a gazetteer with the layers and what the little register teaches."""

    def __init__(self, name: str) -> None:
        given = FILE["cities"][name]
        folder = DATA / "divisions"
        own = name == "nantong"
        self.divisions = read_divisions(folder / "nantong.csv") if own else read_city(folder, given["code"])
        self.names: dict[str, str] = self.divisions["name"].to_dict()
        others = read_aliases(folder / "nantong_aliases.csv") if own else read_city_aliases(folder, given["code"])
        known = [others, read_elsewhere(DATA / "words")]
        if own:
            known.append(read_aliases(DATA / "zones" / "nantong_aliases.csv"))
        aliases = ALIASES.conform(pd.concat(known))
        zones = [read_zones(DATA / "zones" / "nantong.geojson")] if own else []
        layers = join_places([_layers(given, self.counties()), *zones])
        taught = gazetteer.learn(given["registry"], gazetteer.build(self.divisions, aliases, layers))
        places = join_places([layers, taught.places])
        self.gazetteer: Gazetteer = gazetteer.build(self.divisions, aliases, places, facts=taught.facts)

    def counties(self) -> dict[str, str]:
        """Return the code of each county of today by its name."""
        today = self.divisions[(self.divisions["level"] == "county") & self.divisions["valid_to"].isna()]
        return {str(name): str(code) for code, name in today["name"].items()}


@cache
def city(name: str) -> City:
    return City(name)


def _layers(given: dict[str, Any], counties: dict[str, str]) -> gpd.GeoDataFrame:
    rows: dict[str, dict[str, Any]] = {}
    begins = {}
    for street in given["streets"]:
        code, (lon, lat) = counties[street["county"]], street["from"]
        begins[street["name"], street["county"]] = (lon, lat)
        line = LineString([(lon, lat), (lon + 1200 * _METRE, lat)])
        rows[f"street:{code}:{street['name']}"] = {"kind": "street", "name": street["name"], "at": line, "code": code}
    for door, numbers in given["doors"].items():
        name, county = door.split("|")
        lon, lat = begins[name, county]
        for number, metres in numbers.items():
            row = {"kind": "address", "name": f"{name}{number}号", "number": str(number), "code": counties[county]}
            rows[f"address:{counties[county]}:{name}{number}号"] = {**row, "at": Point(lon + metres * _METRE, lat)}
    for kind in ("building", "market"):
        for place in given[f"{kind}s"]:
            code = counties[place["county"]]
            row = {"kind": kind, "name": place["name"], "address": place.get("address"), "code": code}
            row |= {"town_code": place.get("town"), "floors": place.get("floors"), "at": Point(*place["at"])}
            rows[f"{kind}:{code}:{place['name']}"] = row
    if not rows:
        return join_places([])
    frame = pd.DataFrame.from_dict(rows, orient="index").rename(columns={"code": "county_code"})
    shapes = gpd.GeoSeries(list(frame.pop("at")), index=frame.index, crs=CRS)
    conformed = PLACES.conform(gpd.GeoDataFrame(frame.assign(origin="layer", source="invented"), geometry=shapes))
    assert isinstance(conformed, gpd.GeoDataFrame)
    return conformed


def located(cases: list[dict[str, Any]]) -> dict[str, pd.Series]:
    """Return the answer to each case with a text, by id."""
    answers: dict[str, pd.Series] = {}
    for name in FILE["cities"]:
        own = [case for case in cases if "call" not in case and case.get("city", "nantong") == name]
        if own:
            frame = pd.DataFrame(
                {"address": [case["text"] for case in own], "name": [case.get("name") for case in own]},
                index=[case["id"] for case in own],
            )
            found = locate(frame, city(name).gazetteer, options=AS_SHIPPED)
            answers |= {str(key): row for key, row in found.iterrows()}
    return answers


def faults(case: dict[str, Any], row: pd.Series) -> list[str]:
    """Return what is wrong with the answer to a case."""
    names = city(case.get("city", "nantong")).names
    checks = (_fault(field, want, row, names) for field, want in case["expect"].items())
    return [fault for fault in checks if fault]


def _fault(field: str, want: Any, row: pd.Series, names: dict[str, str]) -> str:
    """Return what is wrong with one field of an answer, "" for nothing."""
    if field in _RULES:
        return "" if _RULES[field](row, want) else f"{field} {want}: {row['status']}, {_reasons(row)}"
    have = told(row, field.removesuffix("_not"), names)
    if field.endswith("_not"):
        right = have != want
    elif field in _KEYS and want is not None:
        right = want in (have or "")
    else:
        right = have == want
    return "" if right else f"{field} is {have!r}, not {want!r}"


def _reasons(row: pd.Series) -> list[str]:
    return [code for code, _ in row["reasons"]]


_RULES: dict[str, Callable[[pd.Series, Any], bool]] = {
    "reasons": lambda row, want: set(want) <= set(_reasons(row)),
    "no_reasons": lambda row, want: not set(want) & set(_reasons(row)),
    "auto": lambda row, want: (row["status"] == "auto") == want,
    "not_status": lambda row, want: row["status"] != want,
    "at_most": lambda row, want: _LEVELS.index(row["level"]) >= _LEVELS.index(want),
    "unit_ends": lambda row, want: str(row["unit"]).endswith(want),
}


def told(row: pd.Series, field: str, names: dict[str, str]) -> Any:
    value = row.get(_CODES.get(field, field))
    if not isinstance(value, str):
        return None
    return names[value] if field in _CODES else value


def wrong_auto(case: dict[str, Any], row: pd.Series) -> bool:
    """Whether an answer was accepted without a person although it should not be, or names a place that is wrong.

    A place left open is no wrong one.
    """
    if row["status"] != "auto":
        return False
    names = city(case.get("city", "nantong")).names
    said = {field for field in (*_CODES, *_KEYS, "house_no") if told(row, field, names) is not None}
    part = {key: want for key, want in case["expect"].items() if key in said | {"auto", "county_not", "not_status"}}
    return bool(faults({**case, "expect": part}, row))


# --- cases that point at a function


def called(case: dict[str, Any]) -> list[str]:
    """Return what is wrong with the answer of the function that a K or L case points at."""
    return _CALLS[case["call"]](case["given"], case["expect"])


def _faults(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    have = str(position_faults(given["lon"], given["lat"]))
    return [] if have == expect["fault"] else [f"fault is {have!r}"]


def _moved(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    delivered = from_wgs84(given["lon"], given["lat"], given["datum"])
    read = to_wgs84(delivered.lon, delivered.lat, given["declared"])
    east = (float(read.lon) - given["lon"]) * 111_320 * math.cos(math.radians(given["lat"]))
    metres = math.hypot(east, (float(read.lat) - given["lat"]) * 110_950)
    low, high = expect["metres"]
    return [] if low <= metres <= high else [f"{metres:.1f} m"]


def _copied(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    texts = pd.Series(given["addresses"])
    lon, lat = (pd.Series(np.full(len(texts), value)) for value in given["at"])
    codes = sorted({code for code, _ in check_positions(lon, lat, texts).values()})
    return [] if codes == expect["codes"] else [f"codes are {codes}"]


def _assign(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    found = locate(pd.DataFrame({"address": [given["text"]]}, index=["x"]), city("nantong").gazetteer)
    found.loc["x", ["lon", "lat"]] = given["at"]
    outlines = read_outlines(DATA / "boundaries" / "nantong.geojson")
    row = assign(found, join_places([]), outlines).iloc[0]
    return faults({"expect": expect}, row)


_FIRMS = {
    "f1": {"name": "南通云帆精密机械制造有限公司", "county_code": "320614"},
    "f2": {"name": "海门市二甲印染厂有限公司", "uscc": "91320614759691230L", "county_code": "320614"},
    "f3": {"name": "启东天盛纺织有限公司", "county_code": "320681"},
    "f4": {"name": "启东天晟纺织有限公司", "county_code": "320681"},
    "f5": {"name": "吉祥商行", "county_code": "320614"},
    "f6": {"name": "吉祥商行", "county_code": "320681"},
    "f8": {"name": "启东市二甲印染厂有限公司", "county_code": "320681"},
}
_REGIONS = {"南通": "320600", "南通市": "320600", "江苏": "320000", "江苏省": "320000", "通州区": "320612"}
_REGIONS |= {"海门": "320614", "海门市": "320614", "启东": "320681", "启东市": "320681", "中国": "000000"}


@cache
def _register() -> Register:
    table = enterprises(_FIRMS)
    return prepare(table.assign(county_code=[row["county_code"] for row in _FIRMS.values()]), _REGIONS)


def _match(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    register = _register()
    found = match(Query(given["name"], given.get("code"), given.get("county")), register, options=LinkOptions())
    key = None if found.row is None else register.keys[found.row]
    wrong = [f"firm is {key}"] if "key" in expect and key != expect["key"] else []
    if "auto" in expect and found.status != "auto":
        wrong.append(f"status is {found.status}")
    if expect.get("not_auto") and found.status == "auto":
        wrong.append(f"linked without a person to {key}")
    return wrong


def _code(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    code = read_credit_code(given["raw"])
    return [f"{field} is {getattr(code, field)}" for field, want in expect.items() if str(getattr(code, field)) != want]


def _org(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    value = read_org_code(given["raw"]).value
    return [] if value == expect["value"] else [f"value is {value}"]


def _core(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    core = name_core(given["name"], frozenset(_REGIONS))
    return [] if core == expect["core"] else [f"core is {core}"]


def _answered(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    nantong = city("nantong")
    return hard_answers.answered(given, expect, nantong.gazetteer, nantong.divisions)


_CALLS = {
    "answered": _answered, "asked": hard_answers.asked,
    "faults": _faults, "moved": _moved, "copied": _copied, "assign": _assign,
    "match": _match, "code": _code, "org": _org, "core": _core,
}  # fmt: skip
