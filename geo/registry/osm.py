"""OpenStreetMap's tags read as kinds of places, and its objects as rows of place layers.

The tags follow the project's wiki (Map features; Zh:China tagging guidelines); which of a city's named objects an
office can use is our own choice.
"""

import re
from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.gazetteer.variants import village_core
from geo.text import normalise

KINDS = ("zone", "market", "building", "street", "address", "village")
"""What an extract may give; ``village`` are points of the divisions that the city has."""
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
TAGS = (
    *("name", "name:zh", "highway", "building", "landuse", "shop", "amenity", "place", "boundary", "admin_level"),
    *("addr:street", "addr:place", "addr:housenumber", "addr:district", "building:levels", "operator"),
)
"""The tags that are kept."""
COLUMNS = ("name", "county", "street", "number", "address", "floors", "operator", "source")
"""Columns of the rows, by the names of fields."""
_ROADS = frozenset(
    ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street")
) | {"pedestrian", "road", "service", "track", "footway"}
_MARKET_NAME = re.compile(
    r"市场|商城|商场|菜场|购物|广场|百货|奥特莱斯|城$|天地$|商业街|步行街|mall|plaza", re.IGNORECASE
)
_ZONE_NAME = re.compile(r"园区?$|开发区|工业区|集中区|保税区|高新区|基地|科技城|产业城|创意|物流中心|港区")
_FIRM = re.compile(r"公司|集团|厂$|车间|仓库$|工地")
_NO_NAME = re.compile(
    r"^(?:[A-Za-z]?\d+\s*(?:号|#|幢|栋)?\s*(?:楼|房|库|厂房)?|[A-Za-z东西南北]\s*[座楼区]|[^\u4e00-\u9fff]*.)$"
)
_LANE = re.compile(r"^(?P<street>[\u4e00-\u9fff\d]+?(?:路|街|大道))(?P<number>\d+)(?P<unit>弄|号)$")
_SIDE_ROAD = re.compile(r"(?:辅路|辅道|慢车道|非机动车道)(?:[(（].*)?$")
_NUMBER = re.compile(r"^\d+(?:-\d+)?(?:弄\d+)?号?$")
_HAN = re.compile("[\u4e00-\u9fff]")
_SAME_M = 500.0


def credited(sources: pd.Series) -> tuple[str, ...]:
    """Return what the licences of layers demand to be named, from the sources of places or divisions."""
    written = sources.dropna().unique().tolist()
    return (ATTRIBUTION,) if any("OpenStreetMap" in str(source) for source in written) else ()


def kind_of(tags: Any, shape: str) -> str | None:
    """Return what an object is: a kind of ``KINDS``, ``outline`` for a county's, None if it is of no use.

    ``tags`` answers ``get``; ``shape`` is point, line or area.
    """
    if shape == "line":
        return _kind_of_line(tags)
    name = tags.get("name") or tags.get("name:zh")
    if name is None:
        return "address" if _door(tags) else None
    kind = _kind_of_area(tags, name) if shape == "area" else _kind_of_point(tags)
    return kind or ("address" if _door(tags) else None)


def _door(tags: Any) -> bool:
    return bool(tags.get("addr:housenumber")) and bool(tags.get("addr:street") or tags.get("addr:place"))


def _kind_of_line(tags: Any) -> str | None:
    """Roads with a name; ramps and roundabouts carry the names of others and have no doors."""
    if tags.get("highway") not in _ROADS or tags.get("area") == "yes" or tags.get("junction"):
        return None
    return "street"


def _kind_of_area(tags: Any, name: str) -> str | None:
    landuse, building = tags.get("landuse"), tags.get("building")
    if tags.get("boundary") == "administrative":
        return "outline" if tags.get("admin_level") in ("5", "6") else None
    if tags.get("shop") == "mall" or tags.get("amenity") == "marketplace":
        return "market"
    if building == "retail" or landuse == "retail":
        return "market" if _MARKET_NAME.search(name) else "building"
    if building is not None and building != "no":
        return "building"
    if landuse in ("industrial", "commercial"):
        return "zone" if _ZONE_NAME.search(name) or not _FIRM.search(name) else "building"
    if landuse == "residential":
        return "building"
    return "village" if tags.get("place") in _VILLAGES else None


_VILLAGES = frozenset(("village", "hamlet", "quarter", "neighbourhood"))


def _kind_of_point(tags: Any) -> str | None:
    if tags.get("shop") == "mall" or tags.get("amenity") == "marketplace":
        return "market"
    if tags.get("building") not in (None, "no"):
        return "building"
    return "village" if tags.get("place") in _VILLAGES else None


def rows_of(
    objects: pd.DataFrame, outlines: gpd.GeoDataFrame | None, source: str
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield ``(kind, rows)``: the objects (``geo.io.osm``) as rows with ``COLUMNS`` and ``geometry``.

    ``outlines`` are county outlines (``OUTLINES``), None for none: then the counties that the extract itself holds
    are told by their names. A street's pieces stay rows of their own; buildings and markets that stand twice
    under one name within 500 m are one. Named houses that have a number give an address, too, and so does a lane that
    is named by its number (昌平路984弄).
    """
    counties = _counties(objects, outlines)
    names = [_chinese(name, zh) for name, zh in zip(objects["name"], objects["name:zh"], strict=True)]
    named = objects.assign(name=pd.Series(names, index=objects.index, dtype="object"))
    for kind in ("zone", "market", "building"):
        rows = _rows(named[named["kind"].eq(kind)], counties, source)
        yield kind, _once(_named(rows))
    lanes = named["kind"].eq("street") & np.array([bool(_LANE.match(name)) for name in named["name"]], dtype=bool)
    streets = _rows(named[named["kind"].eq("street") & ~lanes], counties, source)
    streets["name"] = [_SIDE_ROAD.sub("", name) for name in streets["name"]]
    streets = _named(streets)
    yield "street", streets
    doors = [
        _rows(named[_has_door(named) & named["kind"].ne("outline")], counties, source),
        _lanes(named[lanes], streets, counties, source),
    ]
    yield "address", _once(pd.concat([_points(rows) for rows in doors]).rename_axis("row"), "street", "number")
    yield "village", _points(_rows(named[named["kind"].eq("village")], counties, source))


def _tidy(name: Any) -> str:
    return re.sub(r"\s+", "", name) if isinstance(name, str) else ""


def _chinese(name: Any, zh: Any) -> str:
    """Return an object's Chinese name: ``name`` unless only ``name:zh`` is Chinese."""
    return _tidy(zh) if isinstance(zh, str) and not _HAN.search(_tidy(name)) else _tidy(name)


def _is_name(name: str) -> bool:
    """Whether a name tells a place from others: some Chinese words, not 3号楼 or A座."""
    return not _NO_NAME.match(name) and bool(_HAN.search(name))


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[np.array([_is_name(name) for name in rows["name"]], dtype=bool)]


def _has_door(objects: pd.DataFrame) -> pd.Series:
    return objects["addr:housenumber"].notna() & (objects["addr:street"].notna() | objects["addr:place"].notna())


def _rows(objects: pd.DataFrame, counties: "_Counties", source: str) -> pd.DataFrame:
    """Return objects as rows; the house number of a list (88;90) is its first."""
    number = [
        str(n).split(";")[0].split(",")[0].strip() if isinstance(n, str) else None for n in objects["addr:housenumber"]
    ]
    street = [s or p for s, p in zip(_texts(objects["addr:street"]), _texts(objects["addr:place"]), strict=True)]
    full = [
        f"{s}{n.removesuffix('号')}号" if s and n and _NUMBER.match(n) else None
        for s, n in zip(street, number, strict=True)
    ]
    floors = [f if isinstance(f, str) and f.isdigit() else None for f in objects["building:levels"]]
    columns = {
        "name": objects["name"], "county": counties.of(objects), "street": street, "number": number,
        "address": full, "floors": floors, "operator": _texts(objects["operator"]), "source": [source] * len(objects),
    }  # fmt: skip
    table = {name: pd.Series(list(values), index=objects.index, dtype="object") for name, values in columns.items()}
    return pd.DataFrame(table, index=objects.index).assign(geometry=objects["geometry"])


def _texts(values: pd.Series) -> list[str | None]:
    return [_tidy(value) or None for value in values]


def _lanes(objects: pd.DataFrame, streets: pd.DataFrame, counties: "_Counties", source: str) -> pd.DataFrame:
    """Return the mouths of lanes that are named by their numbers: the end of the way nearest to its street."""
    rows = _rows(objects, counties, source)
    found = [_LANE.match(name) for name in rows["name"]]
    rows["street"] = [match["street"] for match in found if match]
    rows["number"] = [match["number"] for match in found if match]
    rows["address"] = [f"{match['street']}{match['number']}{match['unit']}" for match in found if match]
    near = streets[streets["name"].isin(set(rows["street"]))].groupby("name")["geometry"].agg(list)
    shapes = [
        _mouth(shape, near.get(street, [])) for shape, street in zip(rows["geometry"], rows["street"], strict=True)
    ]
    return rows.assign(geometry=pd.Series(shapes, index=rows.index, dtype="object"))


def _mouth(lane: Any, street: list[Any]) -> Any:
    ends = shapely.get_point(lane, [0, -1])
    if not street:
        return shapely.line_interpolate_point(lane, 0.5, normalized=True)
    return min(ends, key=lambda end: float(shapely.distance(np.array(street, dtype=object), end).min()))


def _points(rows: pd.DataFrame) -> pd.DataFrame:
    points = [shape if shape.geom_type == "Point" else shape.representative_point() for shape in rows["geometry"]]
    return rows.assign(geometry=pd.Series(points, index=rows.index, dtype="object"))


def _once(rows: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Keep the largest of those that stand near each other under one name (or what ``by`` says) in one county."""
    shapes = rows["geometry"].tolist()
    size = [shape.area for shape in shapes]
    keep: list[int] = []
    for _, places in rows.assign(at=range(len(rows))).groupby(["county", *(by or ("name",))], sort=False, dropna=False)[
        "at"
    ]:
        chosen: list[int] = []
        for at in sorted(places, key=lambda k: (-size[k], k)):
            if all(shapely.distance(shapes[at], shapes[other]) * 100_000 > _SAME_M for other in chosen[:50]):
                chosen.append(at)
        keep += chosen
    return rows.iloc[sorted(keep)]


class _Counties:
    """Finds the county around each object."""

    def __init__(self, names: list[str], shapes: np.ndarray) -> None:
        self._names, self._tree = names, shapely.STRtree(shapes)

    def of(self, objects: pd.DataFrame) -> list[str | None]:
        """Return code or name of the county around the middle of each object, None if none is known."""
        result: list[str | None] = [None] * len(objects)
        if not self._names or not len(objects):
            return result
        shapes = np.array(list(objects["geometry"]), dtype=object)
        middles = shapely.point_on_surface(shapes)
        lines = shapely.get_type_id(shapes) == 1
        middles[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
        for at, county in sorted(
            zip(*self._tree.query(middles, predicate="intersects").tolist(), strict=True), reverse=True
        ):
            result[at] = self._names[county]
        return result


def _counties(objects: pd.DataFrame, outlines: gpd.GeoDataFrame | None) -> _Counties:
    if outlines is not None and len(outlines):
        today = outlines[outlines["level"].eq("county") & outlines["valid_to"].isna() & outlines.geometry.notna()]
        if len(today):
            return _Counties([str(code) for code in today.index], np.asarray(today.geometry.array))
    inside = objects[objects["kind"].eq("outline")]
    return _Counties([_tidy(name) for name in inside["name"]], np.array(list(inside["geometry"]), dtype=object))


def village_points(rows: pd.DataFrame, divisions: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``DIVISIONS`` that ``rows`` of villages put on the map, with lon and lat.

    Names are compared without 村, 社区, 居委会; a village is taken if it is the only one of its name in the county
    (where that is known, else in the city). One that has a position keeps it, and is not returned.
    """
    today = divisions[divisions["level"].eq("village") & divisions["valid_to"].isna()]
    named: dict[tuple[str, str], list[str]] = {}
    for code, name in zip(today.index.astype(str), today["name"], strict=True):
        core = village_core(normalise(name).text) or normalise(name).text
        for area in (code[:6], ""):
            named.setdefault((area, core), []).append(code)
    found: dict[str, tuple[float, float]] = {}
    for name, county, point in zip(rows["name"], rows["county"], rows["geometry"], strict=True):
        core = village_core(normalise(name).text) or normalise(name).text
        codes = named.get((county or "", core), [])
        if len(codes) == 1:
            found.setdefault(codes[0], (point.x, point.y))
    bare = today.index[today["lon"].isna() | today["lat"].isna()]
    placed = today.loc[[code for code in found if code in bare]]
    position = np.array([found[code] for code in placed.index], dtype="float64").reshape(-1, 2)
    return placed.assign(lon=position[:, 0], lat=position[:, 1])
