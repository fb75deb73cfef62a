"""Small maps for other pages: where a place, a firm or a suggested union is, as a component ready to stand there."""

from dataclasses import dataclass, field
from typing import Any

import folium
import numpy as np
import pandas as pd
import shapely
from flask import url_for
from flask_babel import gettext as _

from app import palette
from app.maps import basemap, context, positions, scene
from app.maps.assets import Component, render
from app.maps.forms import SYMBOL, of_workers, radius
from app.maps.frame import AtlasMap, Bounds, with_controls
from app.maps.layers import Drawing, DrawnLayer
from app.maps.scene import Scene
from app.pages import asset
from app.reading import Reading
from app.security import nonce
from geo.coverage import PRECISE
from geo.gaps import KINDS

WORST = ["none", "joint", "own", "excluded"]
"""States of a firm, what matters most first: a dot of several firms shows the first of theirs."""

EDGE: dict[str, Any] = {"color": "#1c2430", "weight": 2, "opacity": 0.8, "interactive": False}
AREA: dict[str, Any] = EDGE | {"weight": 1.6, "fill": True, "fill_color": "#5f9ac2", "fill_opacity": 0.12}
LEAST = 0.012
"""Degrees around a point that are shown at least: streets nearby give bearings."""

OUTLINED = {"town": "town_code", "county": "county_code"}
"""Levels that are told by an outline, finest first, and their column; a circle as wide would say nothing."""


def place(read: Reading, kind: str, key: str) -> Component | None:
    """Return the map of one place: its outline or point, and its firms where they stand precisely; None without any."""
    now = scene.of(read)
    numbers, keys = now.units(kind)
    inside = numbers == keys.get_indexer([key])[0] if key in keys else np.zeros(len(numbers), dtype=bool)
    spots = positions.points(now, kind)
    known = key in spots.index and pd.notna(spots.loc[key, "lon"])
    seat = [shapely.Point(spots.loc[key, "lon"], spots.loc[key, "lat"])] if known else []
    return _component(now, Subject(read.name(kind, key), inside, _outline(now, kind, key) or seat))


def firm(read: Reading, key: str) -> Component | None:
    """Return the map of one firm: a dot and the circle it lies in, the circle alone, or only the area that is known."""
    now, row = scene.of(read), read.survey.firms.loc[key]
    here = np.asarray(read.survey.firms.index == key)
    if pd.notna(row["lon"]) and pd.notna(row["radius_m"]) and row["level"] not in OUTLINED:
        circle = (float(row["lat"]), float(row["lon"]), float(row["radius_m"]))
        return _component(now, Subject(str(row["name"]), here, circle=circle))
    for kind, column in OUTLINED.items():
        outline = _outline(now, kind, row[column]) if pd.notna(row[column]) else []
        if outline:
            return _component(now, Subject(str(row["name"]), here, outline))
    return None


def members(read: Reading, row: pd.Series, keys: pd.Index) -> Component | None:
    """Return the map of a suggested union (a row of GROUPS): its firms, the place it sits in, a dashed line around."""
    now = scene.of(read)
    inside = np.asarray(read.survey.firms.index.isin(keys))
    outline = _outline(now, row["kind"], row["place_id"]) if row["kind"] in KINDS else []
    seat = [shapely.Point(row["lon"], row["lat"])] if pd.notna(row["lon"]) and not outline else []
    return _component(now, Subject(str(row["name"]), inside, outline or seat, around=True))


def groups(read: Reading, shown: pd.DataFrame) -> Component | None:
    """Return the map of several suggested unions (rows of GROUPS): circles by number of firms, each a link to its page.

    A group without a seat on the map is not drawn; None if none has one.
    """
    now = scene.of(read)
    rows = shown[shown["lon"].notna()].sort_values("firms", ascending=False, kind="stable")
    if rows.empty:
        return None
    drawn = AtlasMap(now.bounds, label=_("建议组建的联合工会，圆面积为拟涵盖单位数"), zoomable=False)
    basemap.add(drawn, basemap.counties_of(read.outlines))
    context.add(drawn, bearings(read))
    drawn.add_child(DrawnLayer(_circles(rows), title=_("组建建议")))
    return render(with_controls(drawn, layers=False), link=asset, nonce=nonce())


def _circles(rows: pd.DataFrame) -> Drawing:
    firms = rows["firms"].to_numpy(dtype=float)
    return Drawing(
        form="symbols", keys=[f"group:{key}" for key in rows.index], classes=[0] * len(rows),
        names=rows["name"].tolist(),
        name=list(range(len(rows))), certainty=0.72, colours=[SYMBOL],
        lines=[
            {"label": _("拟涵盖单位"), "values": rows["firms"].tolist(), "unit": _("家")},
            of_workers(_("职工"), rows["workers"], rows["workers_unknown"]),
        ],
        links=[url_for("suggestions.show", key=key) for key in rows.index],
        shape={
            "points": rows[["lon", "lat"]].astype(float).round(5).to_numpy().tolist(),
            "radii": radius(firms, float(firms.max()), len(rows)).tolist(),
        },
    )  # fmt: skip


def dotted(firms: pd.DataFrame) -> np.ndarray:
    """Return which rows of FIRMS are dots on a small map: those placed at a house, with a position."""
    return np.asarray(firms["level"].isin(PRECISE) & firms["lon"].notna())


def bearings(read: Reading) -> str:
    """Return the address of the context of a day; it changes with the survey and with what the office has."""
    return url_for("map.bearings", v=f"{read.survey.gazetteer_hash[:12]}.{context.inputs()}", on=read.on)


@dataclass(frozen=True)
class Subject:
    """What a small map is about: which firms, the shapes of the place, the circle a firm lies in, a line around all."""

    name: str
    firms: np.ndarray
    shapes: list[shapely.Geometry] = field(default_factory=list)
    circle: tuple[float, float, float] | None = None
    around: bool = False


def _outline(now: Scene, kind: str, key: str) -> list[shapely.Geometry]:
    if kind == "street":
        places = now.read.survey.places
        return [places.geometry[key]] if key in places.index and places.geometry[key] is not None else []
    shapes = positions.areas(now, kind)
    return [shapes[key]] if key in shapes.index else []


def _component(now: Scene, subject: Subject) -> Component | None:
    dots = _dots(now, subject.firms)
    extent = _extent(subject, dots)
    if extent is None:
        return None
    drawn = AtlasMap(extent, label=_("位置图：%(name)s", name=subject.name), zoomable=False, limits=now.bounds)
    basemap.add(drawn, basemap.counties_of(now.read.outlines))
    context.add(drawn, bearings(now.read))
    for part in _surroundings(subject, dots):
        drawn.add_child(part)
    drawn.add_child(DrawnLayer(_drawing(dots), title=_("企业")))
    return render(with_controls(drawn, layers=False), link=asset, nonce=nonce())


def _dots(now: Scene, chosen: np.ndarray) -> pd.DataFrame:
    """Return one row per position of precisely placed firms: how many, how many without a union, a name, a key."""
    firms = now.read.survey.firms
    firms = firms[chosen & dotted(firms)]
    state = firms["primary"].where(firms["eligible"].astype(bool), "excluded")
    state = state.mask(firms["covered"].astype(bool) & state.eq("none"), "joint")
    frame = firms[["lon", "lat"]].round(5).assign(name=firms["name"], key=firms.index)
    frame = frame.assign(gap=firms["gap"].astype(int), state=state.map(WORST.index))
    rows = frame.groupby(["lon", "lat"], sort=True)
    dots = rows.agg(name=("name", "first"), key=("key", "first"), firms=("key", "size"), gap=("gap", "sum"))
    return dots.join(rows["state"].min()).reset_index().sort_values("firms", ascending=False, kind="stable")


def _drawing(dots: pd.DataFrame) -> Drawing:
    named = [
        row.name if row.firms == 1 else _("%(name)s 等 %(n)s 家", name=row.name, n=row.firms)
        for row in dots.itertuples(index=False)
    ]
    return Drawing(
        form="symbols", keys=[f"firm:{key}" for key in dots["key"]], classes=dots["state"].tolist(), names=named,
        name=list(range(len(dots))), certainty=0.95, colours=[palette.STATES[name] for name in WORST],
        lines=[{"label": _("未建会企业"), "values": dots["gap"].tolist(), "unit": _("家")}],
        links=[url_for("firms.show", key=row.key) if row.firms == 1 else "" for row in dots.itertuples()],
        shape={
            "edge": "#4a5564",
            "points": dots[["lon", "lat"]].to_numpy().tolist(),
            "radii": np.round(np.clip(4.5 * np.sqrt(dots["firms"]), 5, 22), 1).tolist(),
        },
    )  # fmt: skip


def _surroundings(subject: Subject, dots: pd.DataFrame) -> list[folium.map.Layer]:
    """Return outline, circle and enclosing line as Folium's own shapes."""
    parts = [part for shape in subject.shapes for part in _shape(shape)]
    if subject.circle:
        lat, lon, radius = subject.circle
        parts.append(folium.Circle([lat, lon], radius=radius, **AREA))
    if subject.around and len(dots) > 2:
        hull = shapely.MultiPoint(dots[["lon", "lat"]].to_numpy()).convex_hull.buffer(0.0006)
        parts.append(folium.Polygon(_swapped(hull.exterior), fill=False, **EDGE, dash_array="6 5"))
    return parts


def _shape(shape: shapely.Geometry) -> list[Any]:
    """Return a geometry as Folium's shapes, one per part."""
    if shape.geom_type == "Point":
        return [folium.CircleMarker([shape.y, shape.x], radius=9, fill=False, **EDGE)]
    if shapely.get_dimensions(shape) == 1:
        line: Any = folium.PolyLine
        return [line(_swapped(part), **EDGE) for part in shapely.get_parts(shape)]
    parts = shapely.get_parts(shapely.simplify(shape, 1e-4))
    return [folium.Polygon([_swapped(ring) for ring in (part.exterior, *part.interiors)], **AREA) for part in parts]


def _swapped(line: shapely.Geometry) -> list[list[float]]:
    swapped: list[list[float]] = np.round(shapely.get_coordinates(line)[:, ::-1], 6).tolist()
    return swapped


def _extent(subject: Subject, dots: pd.DataFrame) -> Bounds | None:
    shapes = [*subject.shapes, *shapely.points(dots[["lon", "lat"]].to_numpy())]
    if subject.circle:
        lat, lon, radius = subject.circle
        shapes.append(shapely.Point(lon, lat).buffer(radius / 90_000))
    if not shapes:
        return None
    west, south, east, north = (float(value) for value in shapely.total_bounds(np.array(shapes)))
    across, up = (max(0.0, (LEAST - size) / 2) for size in (east - west, north - south))
    return west - across, south - up, east + across, north + up
