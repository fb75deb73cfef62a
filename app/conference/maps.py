"""Maps for print: drawn on a canvas by Matplotlib and GeoPandas, safe in grey, of the city and nothing beyond it."""

import io
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import Bbox

from app import palette
from app.conference.content import Content
from app.conference.marks import BORDER, INK, QUIET, Spot, beside, circles, dot, font, frame, label, scale
from app.conference.words import say
from app.maps import basemap, locator, scene
from app.maps.classes import Classes
from app.plotting import DRAWING

DPI = 300
LAND, ZONE = "#f6f7f5", "#5b6673"
SIMPLER_M = 40


def grid(content: Content) -> str:
    """Return a metric grid about the city's middle: transverse Mercator, GRS 80."""
    west, south, east, north = scene.of(content.read).bounds
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
    if not len(shapes):
        missing(axes, content)
        return
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
        label(
            axes, row["inside"], text, size=10, colour="white" if dark else INK, halo="" if dark else "white", wide=2.6
        )
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
    if code not in shapes.index:
        missing(axes, content)
        return
    own = shapes.loc[[code]]
    look(axes, own.total_bounds)
    shapes.plot(ax=axes, color="#ececea", edgecolor=BORDER, linewidth=0.5)
    own.plot(ax=axes, color=LAND, edgecolor=INK, linewidth=1.0)
    zones = places(content, "zone")
    zones = zones[zones["county_code"].eq(code).fillna(False)]
    if len(zones):
        zones.plot(ax=axes, color="#d9dee3", edgecolor=ZONE, linewidth=0.7)
    taken = circles(axes, spots)
    for _key, row in zones.assign(area=zones.area).sort_values("area", ascending=False).iterrows():
        beside(axes, row.geometry.representative_point(), str(row["name"]), size=6.5, taken=taken, around=row.geometry)
    handles = [Patch(facecolor="#d9dee3", edgecolor=ZONE, label=say("legend_zone"))] if len(zones) else []
    handles += [dot(say("legend_building"))] if spots else []
    finish(axes, content, handles, "")


def zones_of_city(axes: Axes, content: Content, table: pd.DataFrame) -> None:
    """Draw the zones of a table on the city, numbered as its rows; those without an outline are left out."""
    shapes, zones = counties(content), places(content, "zone")
    if not len(shapes):
        missing(axes, content)
        return
    look(axes, shapes.total_bounds)
    shapes.plot(ax=axes, color=LAND, edgecolor=INK, linewidth=0.6)
    if len(zones):
        zones.plot(ax=axes, color="#d9dee3", edgecolor=ZONE, linewidth=0.5)
    spots = []
    for number, (key, row) in enumerate(table.iterrows(), 1):
        if key in zones.index:
            point = zones.geometry[key].representative_point()
            spots.append(Spot(point.x, point.y, float(row["gap"]), number))
    taken = circles(axes, spots)
    for _code, row in shapes.iterrows():
        beside(axes, row["inside"], str(row["name"]), size=9, taken=taken)
    handles = [Patch(facecolor="#d9dee3", edgecolor=ZONE, label=say("legend_zone")), dot(say("legend_zones"))]
    finish(axes, content, handles, "")


def zone_page(axes: Axes, content: Content, key: str, spots: Sequence[Spot]) -> bool:
    """Draw one zone with its streets, firms (internal only) and numbered places; False where it has no outline."""
    zones = places(content, "zone")
    if key not in zones.index:
        return False
    own = zones.loc[[key]]
    look(axes, own.total_bounds)
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    _ground(axes, content)
    streets = places(content, "street").cx[west:east, south:north]
    if len(streets):
        streets.plot(ax=axes, color="#c3c9d0", linewidth=0.7)
    own.plot(ax=axes, color="none", edgecolor=INK, linewidth=1.4)
    inside = own.geometry.iloc[0]
    handles = [Patch(facecolor="white", edgecolor=INK, linewidth=1.4, label=say("legend_zone"))]
    if not content.public:
        handles += _firms(axes, content, key)
    taken = circles(axes, spots)
    for _key, row in streets.assign(metres=streets.length).sort_values("metres", ascending=False).iterrows():
        middle = row.geometry.intersection(inside).representative_point()
        if not middle.is_empty:
            label(axes, middle, str(row["name"]), size=6.5, colour=QUIET, taken=taken, above=7)
    handles += [dot(say("legend_building"))] if spots else []
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
    _ground(axes, content)
    streets = places(content, "street").cx[west:east, south:north]
    if len(streets):
        streets.plot(ax=axes, color="#b4bbc3", linewidth=1.1)
        scale_bar = axes.transData.transform(
            [(west, south), (west + 0.5 * (east - west), south + 0.14 * (north - south))]
        )
        taken: list[Any] = [Bbox(scale_bar)]
        for _key, row in streets.iterrows():
            point = row.geometry.intersection(_box(west, south, east, north)).representative_point()
            if not point.is_empty and abs(point.x - centre.x) + abs(point.y - centre.y) > 260:
                label(axes, point, str(row["name"]), size=5.5, colour=QUIET, taken=taken)
    found.loc[[key]].plot(ax=axes, color=palette.GAP[3], edgecolor=INK, linewidth=0.8)
    axes.scatter([centre.x], [centre.y], s=60, facecolor="none", edgecolor=INK, linewidth=1.2)
    scale(axes, content)
    frame(axes)
    return True


def missing(axes: Axes, content: Content) -> None:
    """Say that no outline is known to draw on; no map is better than one of something else."""
    axes.text(
        0.5, 0.5, say("no_outlines"), fontproperties=font(size=11), color=QUIET, ha="center", transform=axes.transAxes
    )
    axes.text(0.03, 0.03, content.note, fontproperties=font(True, 6.5), color=INK, transform=axes.transAxes)
    for side in axes.spines.values():
        side.set_color(BORDER)
    axes.set_xticks([])
    axes.set_yticks([])


def look(axes: Axes, bounds: Any) -> None:
    """Let the axes show ``bounds`` whole, whatever is drawn later; labels need to know where they will stand."""
    west, south, east, north = (float(value) for value in bounds)
    wide, high = max(east - west, 1.0), max(north - south, 1.0)
    # Room for the scale bar below and the legend above; the frame keeps its shape.
    west, east, south, north = west - 0.04 * wide, east + 0.04 * wide, south - 0.12 * high, north + 0.14 * high
    wide, high = east - west, north - south
    box = axes.get_window_extent()
    ratio = box.width / box.height
    if wide / high < ratio:
        spare = (high * ratio - wide) / 2
        west, east = west - spare, east + spare
    else:
        spare = (wide / ratio - high) / 2
        south, north = south - spare, north + spare
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
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
    scale(axes, content)
    frame(axes)


def _ground(axes: Axes, content: Content) -> None:
    """Draw the land of the counties, as far as their outlines are known."""
    shapes = counties(content)
    if len(shapes):
        shapes.plot(ax=axes, color=LAND, edgecolor=BORDER, linewidth=0.5)


def firms_of(content: Content, zone: str) -> tuple[pd.DataFrame, int]:
    """Return the firms of a zone that a map can show where they are, and how many more there are.

    Those known by their street, village or zone only would stand at a spot where they are not.
    """
    firms = content.read.survey.firms
    rows = firms[firms["zone"].eq(zone).fillna(False) & firms["eligible"].astype(bool)]
    shown = rows[locator.dotted(rows)]
    return shown, len(rows) - len(shown)


def _firms(axes: Axes, content: Content, zone: str) -> list[Any]:
    rows, _more = firms_of(content, zone)
    points = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), index=rows.index, crs=4326).to_crs(
        grid(content)
    )
    handles = []
    for gap, mark, colour, text in (
        (False, "o", palette.STATES["own"], say("legend_firm_covered")),
        (True, "^", palette.GAP[2], say("legend_firm_gap")),
    ):
        some = points[rows["gap"].astype(bool) == gap]
        if some.empty:
            continue
        handles.append(
            axes.scatter(
                some.x, some.y, s=22, marker=mark, facecolor=colour, edgecolor=INK, linewidth=0.4, zorder=8, label=text
            )
        )
    return handles


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
