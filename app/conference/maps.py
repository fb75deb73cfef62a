"""Maps for print: drawn on a canvas by Matplotlib and GeoPandas, safe in grey, of the city and nothing beyond it."""

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from flask import current_app
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke

from app import palette
from app.conference.content import Content
from app.conference.words import say
from app.maps import basemap
from app.maps.classes import Classes

DPI = 300
INK, QUIET, LAND, BORDER, ZONE = "#1c2430", "#55606e", "#f6f7f5", "#8a95a1", "#5b6673"
SIMPLER_M = 40
DRAWING = threading.Lock()
"""Matplotlib's text layout is not safe for several threads."""


@dataclass(frozen=True)
class Spot:
    """A numbered circle: where it stands (metres of the map), how large its figure is, its number in the table."""

    x: float
    y: float
    size: float
    number: int


@lru_cache(maxsize=4)
def font(bold: bool = False, size: float = 9.0) -> FontProperties:
    """Return the font that set-up copied from its package."""
    return FontProperties(fname=str(font_file(bold=bold)), size=size)


def font_file(*, bold: bool = False) -> Path:
    """Return the file of the font."""
    name = "NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"
    return Path(current_app.static_folder or "") / "vendor" / "noto-sans-sc" / name


def grid(content: Content) -> str:
    """Return a metric grid about the city's middle: transverse Mercator, GRS 80."""
    west, south, east, north = basemap.counties_of(content.read.outlines).total_bounds
    return f"+proj=tmerc +lat_0={(south + north) / 2:.3f} +lon_0={(west + east) / 2:.3f} +k=1 +ellps=GRS80 +units=m"


def counties(content: Content) -> gpd.GeoDataFrame:
    """Return today's counties on the grid, borders simplified together."""
    return content.read.kept.get("print counties", lambda: _counties(content))


def places(content: Content, kind: str) -> gpd.GeoDataFrame:
    """Return the drawn places of a kind on the grid."""
    return content.read.kept.get(("print places", kind), lambda: _places(content, kind))


class Canvas(FigureCanvasAgg):
    """A canvas that draws when it is asked to and not after each layer."""

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing."""


def picture(size: tuple[float, float], paint: Any) -> bytes:
    """Return a PNG of 300 dpi; ``size`` in inches, ``paint`` draws on the axes it is given."""
    with DRAWING:
        figure = Figure(figsize=size, dpi=DPI, facecolor="white")
        canvas = Canvas(figure)
        axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
        paint(axes)
        stream = io.BytesIO()
        canvas.print_png(stream, metadata={"Software": None})
    return stream.getvalue()


def choropleth(axes: Axes, content: Content, values: pd.Series, classes: Classes, title: str) -> None:
    """Draw the counties by class with name and value; one without a value is hatched."""
    shapes = counties(content)
    look(axes, shapes.total_bounds)
    for code, area in shapes.geometry.items():
        value = float(values.get(code, np.nan))
        gpd.GeoSeries([area]).plot(
            ax=axes,
            color=classes.colour(value),
            edgecolor=INK,
            linewidth=0.6,
            hatch="////" if np.isnan(value) else None,
        )
    named = shapes.assign(shown=[classes.say(float(values.get(code, np.nan))) for code in shapes.index])
    for code, row in named.iterrows():
        dark = classes.index(float(values.get(code, np.nan))) >= len(classes.colours) - 2 > 0
        text = f"{row['name']}\n{row['shown'] if not pd.isna(values.get(code, np.nan)) else say('left_out')}"
        _label(axes, row["inside"], text, size=10, colour="white" if dark else INK, halo="" if dark else "white")
    handles = [
        Patch(facecolor=colour, edgecolor=INK, linewidth=0.5, label=text)
        for colour, text in zip(classes.colours, classes.labels(), strict=False)
    ]
    if values.reindex(shapes.index).isna().any():
        handles.append(Patch(facecolor=palette.NO_DATA, edgecolor=INK, hatch="////", label=say("no_data")))
    finish(axes, content, handles, title)


def county_page(axes: Axes, content: Content, code: str, spots: Sequence[Spot]) -> None:
    """Draw one county with its zones and the numbered places of its table; its neighbours stay in grey."""
    shapes = counties(content)
    own = shapes.loc[[code]]
    look(axes, own.total_bounds)
    shapes.plot(ax=axes, color="#ececea", edgecolor=BORDER, linewidth=0.5)
    own.plot(ax=axes, color=LAND, edgecolor=INK, linewidth=1.0)
    zones = places(content, "zone")
    zones = zones[zones["county_code"].eq(code).fillna(False)]
    _zones(axes, zones)
    _spots(axes, spots)
    handles = [Patch(facecolor="#d9dee3", edgecolor=ZONE, label=say("legend_zone"))] if len(zones) else []
    handles += [_dot(say("legend_building"))] if spots else []
    finish(axes, content, handles, "")


def zones_of_city(axes: Axes, content: Content, table: pd.DataFrame) -> None:
    """Draw the zones of a table on the city, numbered as its rows; those without an outline are left out."""
    shapes, zones = counties(content), places(content, "zone")
    look(axes, shapes.total_bounds)
    shapes.plot(ax=axes, color=LAND, edgecolor=INK, linewidth=0.6)
    for _code, row in shapes.iterrows():
        _label(axes, row["inside"], str(row["name"]), colour=QUIET, size=8)
    zones.plot(ax=axes, color="#d9dee3", edgecolor=ZONE, linewidth=0.5)
    spots = []
    for number, (key, row) in enumerate(table.iterrows(), 1):
        if key in zones.index:
            point = zones.geometry[key].representative_point()
            spots.append(Spot(point.x, point.y, float(row["gap"]), number))
    _spots(axes, spots)
    handles = [Patch(facecolor="#d9dee3", edgecolor=ZONE, label=say("legend_zone")), _dot(say("legend_zones"))]
    finish(axes, content, handles, "")


def zone_page(axes: Axes, content: Content, key: str, spots: Sequence[Spot]) -> bool:
    """Draw one zone with its streets, firms (internal only) and numbered places; False where it has no outline."""
    zones = places(content, "zone")
    if key not in zones.index:
        return False
    own = zones.loc[[key]]
    look(axes, own.total_bounds)
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    counties(content).plot(ax=axes, color=LAND, edgecolor=BORDER, linewidth=0.6)
    streets = places(content, "street").cx[west:east, south:north]
    if len(streets):
        streets.plot(ax=axes, color="#c3c9d0", linewidth=0.7)
    own.plot(ax=axes, color="none", edgecolor=INK, linewidth=1.4)
    handles = [Patch(facecolor="white", edgecolor=INK, linewidth=1.4, label=say("legend_zone"))]
    if not content.public:
        handles += _firms(axes, content, key)
    _spots(axes, spots)
    handles += [_dot(say("legend_building"))] if spots else []
    finish(axes, content, handles, "")
    return True


def around(axes: Axes, content: Content, key: str, kind: str) -> bool:
    """Draw a building or market within 800 m of streets; False where it is not on the map."""
    found = places(content, kind)
    if key not in found.index:
        return False
    centre = found.geometry[key].representative_point()
    look(axes, (centre.x - 700, centre.y - 500, centre.x + 700, centre.y + 500))
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    counties(content).plot(ax=axes, color=LAND, edgecolor=BORDER, linewidth=0.5)
    streets = places(content, "street").cx[west:east, south:north]
    if len(streets):
        streets.plot(ax=axes, color="#b4bbc3", linewidth=1.1)
        taken: list[Any] = []
        for _key, row in streets.iterrows():
            point = row.geometry.intersection(_box(west, south, east, north)).representative_point()
            if not point.is_empty and abs(point.x - centre.x) + abs(point.y - centre.y) > 260:
                _label(axes, point, str(row["name"]), size=5.5, colour=QUIET, taken=taken)
    found.loc[[key]].plot(ax=axes, color=palette.GAP[3], edgecolor=INK, linewidth=0.8)
    axes.scatter([centre.x], [centre.y], s=60, facecolor="none", edgecolor=INK, linewidth=1.2)
    _scale(axes, content)
    _frame(axes)
    return True


def look(axes: Axes, bounds: Any) -> None:
    """Let the axes show ``bounds`` whole, whatever is drawn later; labels need to know where they will stand."""
    west, south, east, north = (float(value) for value in bounds)
    wide, high = max(east - west, 1.0), max(north - south, 1.0)
    box = axes.get_window_extent()
    ratio = box.width / box.height
    if wide / high < ratio:
        spare = (high * ratio - wide) / 2
        west, east = west - spare, east + spare
    else:
        spare = (wide / ratio - high) / 2
        south, north = south - spare, north + spare
    edge = 0.06 * (east - west)
    axes.set_xlim(west - edge, east + edge)
    axes.set_ylim(south - edge / ratio - 0.1 * (north - south), north + edge / ratio)
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])


def finish(axes: Axes, content: Content, handles: list[Any], title: str) -> None:
    """Add legend, scale bar, north arrow and note."""
    if handles:
        axes.legend(
            handles=handles,
            loc="upper right",
            prop=font(size=8.0),
            title=title or None,
            title_fontproperties=font(True, 8.0),
            frameon=True,
            framealpha=0.92,
            edgecolor=BORDER,
            alignment="left",
        ).set_zorder(30)
    _scale(axes, content)
    _frame(axes)


def _frame(axes: Axes) -> None:
    axes.set_aspect("equal", adjustable="box")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel("")
    axes.set_ylabel("")
    for side in axes.spines.values():
        side.set_color(BORDER)
        side.set_linewidth(0.6)


def _scale(axes: Axes, content: Content) -> None:
    """Draw scale bar, north arrow and the note on publication within the frame."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    wide, high = east - west, north - south
    length = _round_length(wide / 5)
    point = high / axes.get_window_extent().height * axes.figure.dpi / 72.0
    x, y = west + 0.03 * wide, south + max(0.045 * high, 14.0 * point)
    for part, colour in ((0, INK), (1, "white")):
        axes.add_patch(
            Rectangle(
                (x + part * length / 2, y),
                length / 2,
                0.008 * high,
                facecolor=colour,
                edgecolor=INK,
                linewidth=0.6,
                zorder=25,
            )
        )
    text = say("scale_km", n=f"{length / 1000:g}") if length >= 1000 else say("scale_m", n=f"{length:g}")
    _text(axes, x + length + 0.012 * wide, y + 0.004 * high, text, size=7.0, va="center")
    _text(axes, x, y - 3.0 * point, content.note, size=6.5, va="top", bold=True)
    top = north - 0.03 * high
    axes.annotate(
        "",
        xy=(x + 0.01 * wide, top),
        xytext=(x + 0.01 * wide, top - 0.075 * high),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2},
        zorder=25,
    )
    _text(axes, x + 0.01 * wide, top - 0.085 * high, say("north"), size=7.0, va="top", ha="center")


def _round_length(metres: float) -> float:
    size = 10.0 ** np.floor(np.log10(metres))
    return float(next(step * size for step in (5, 2, 1) if step * size <= metres))


def _zones(axes: Axes, zones: gpd.GeoDataFrame) -> None:
    if not len(zones):
        return
    zones.plot(ax=axes, color="#d9dee3", edgecolor=ZONE, linewidth=0.7)
    taken: list[Any] = []
    ranked = zones.assign(area=zones.area).sort_values("area", ascending=False)
    for _key, row in ranked.iterrows():
        _label(axes, row.geometry.representative_point(), str(row["name"]), size=6.5, colour=QUIET, taken=taken)


def _spots(axes: Axes, spots: Sequence[Spot]) -> None:
    """Draw numbered circles; those that would cover one another stand apart, with a line to where they belong."""
    if not spots:
        return
    true = axes.transData.transform([(spot.x, spot.y) for spot in spots])
    dots = axes.figure.dpi / 72.0
    radii = np.array([(5.5 + 0.55 * min(spot.size, 80.0) ** 0.5) * dots for spot in spots])
    shown = _apart(true, radii)
    box = axes.get_window_extent()
    shown = np.clip(shown, [box.x0 + radii.max(), box.y0 + radii.max()], [box.x1 - radii.max(), box.y1 - radii.max()])
    places = axes.transData.inverted().transform(shown)
    for spot, (x, y), radius in zip(spots, places, radii, strict=True):
        if abs(x - spot.x) + abs(y - spot.y) > 1.0:
            axes.plot([spot.x, x], [spot.y, y], color=INK, linewidth=0.5, zorder=11)
        axes.scatter(
            [x], [y], s=(2 * radius / dots) ** 2, facecolor=palette.GAP[1], edgecolor=INK, linewidth=0.8, zorder=12
        )
        axes.text(
            x,
            y,
            str(spot.number),
            fontproperties=font(True, 6.5),
            color=INK,
            ha="center",
            va="center_baseline",
            zorder=27,
        )


def _apart(points: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Return positions pushed apart until no two circles touch (or 200 rounds), the same for the same input."""
    moved = np.array(points, dtype="float64")
    moved += np.column_stack([np.arange(len(moved)), -np.arange(len(moved))]) * 1e-3
    for _round in range(200):
        ways = moved[:, None, :] - moved[None, :, :]
        gaps = np.hypot(ways[..., 0], ways[..., 1])
        need = (radii[:, None] + radii[None, :]) * 1.05 - gaps
        np.fill_diagonal(need, 0.0)
        if (need <= 0).all():
            break
        push = np.where(need > 0, need, 0.0)[..., None] * ways / np.maximum(gaps, 1e-6)[..., None]
        moved += 0.25 * push.sum(axis=1)
    return moved


def _firms(axes: Axes, content: Content, zone: str) -> list[Any]:
    firms = content.read.survey.firms
    rows = firms[firms["zone"].eq(zone).fillna(False) & firms["eligible"].astype(bool) & firms["lon"].notna()]
    rows = rows[rows["level"].isin(("building", "number", "market"))]
    points = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), index=rows.index, crs=4326).to_crs(
        grid(content)
    )
    handles = []
    for gap, mark, colour, text in (
        (False, "o", palette.STATES["own"], say("legend_firm_covered")),
        (True, "^", palette.GAP[2], say("legend_firm_gap")),
    ):
        some = points[rows["gap"].astype(bool) == gap]
        handles.append(
            axes.scatter(
                some.x, some.y, s=11, marker=mark, facecolor=colour, edgecolor=INK, linewidth=0.25, zorder=8, label=text
            )
        )
    return handles


def _dot(text: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], marker="o", linestyle="", markersize=8, markerfacecolor=palette.GAP[1], markeredgecolor=INK, label=text
    )


def _label(
    axes: Axes,
    point: Any,
    text: str,
    *,
    size: float = 8.5,
    colour: str = INK,
    halo: str = "white",
    taken: list[Any] | None = None,
) -> None:
    drawn = axes.text(
        point.x,
        point.y,
        text,
        fontproperties=font(size=size),
        color=colour,
        ha="center",
        va="center",
        zorder=15,
        clip_on=True,
        linespacing=1.15,
    )
    if halo:
        drawn.set_path_effects([withStroke(linewidth=1.3, foreground=halo)])
    if taken is None:
        return
    box, frame = drawn.get_window_extent(), axes.get_window_extent()
    within = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
    if not within or any(box.overlaps(other) for other in taken):
        drawn.remove()
        return
    taken.append(box)


def _text(axes: Axes, x: float, y: float, text: str, *, size: float, bold: bool = False, **how: Any) -> None:
    drawn = axes.text(x, y, text, fontproperties=font(bold, size), color=INK, zorder=26, clip_on=True, **how)
    drawn.set_path_effects([withStroke(linewidth=1.8, foreground="white")])


def _box(west: float, south: float, east: float, north: float) -> Any:
    import shapely

    return shapely.box(west, south, east, north)


def _counties(content: Content) -> gpd.GeoDataFrame:
    import shapely

    found = basemap.counties_of(content.read.outlines)
    found = found[["name", "geometry"]].to_crs(grid(content))
    found = found.set_geometry(
        gpd.GeoSeries(shapely.coverage_simplify(found.geometry.to_numpy(), SIMPLER_M), index=found.index, crs=found.crs)
    )
    return found.assign(inside=basemap.inside(found))


def _places(content: Content, kind: str) -> gpd.GeoDataFrame:
    found = content.read.survey.places
    found = found[found["kind"].eq(kind) & found.geometry.notna()]
    return found[["name", "county_code", "geometry"]].to_crs(grid(content))
