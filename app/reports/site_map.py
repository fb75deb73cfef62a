"""The map of one place as a picture for a workbook: its outline, streets nearby, its firms by their number in the list.

Drawn by Matplotlib on a canvas of its own, safe in grey; nothing is fetched. A position coarser than a door is no dot.
"""

import io
import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask import current_app
from flask_babel import gettext as _

from app.config import settings
from app.plotting import DRAWING
from app.reading import Reading
from geo.coverage import PRECISE
from geo.gaps import Filter

WIDTH, HEIGHT, DPI = 10.8, 6.9, 110
MARGIN, LEAST_M = 0.12, 250.0
MOST_NAMED = 14
"""Streets and zones whose names are written; more of them are one grey."""
MOST_NUMBERS = 120
COLUMNS, ROWS = 24, 34
"""Cells of the picture in which dots share their numbers."""
_INK, _LINE, _LAND, _DOT = "#1c2430", "#8a95a1", "#f6f7f5", "#b3262d"
_M_PER_DEGREE = 111_320.0


def picture(read: Reading, chosen: Filter, rows: pd.DataFrame, title: str) -> bytes | None:
    """Return a PNG of where the rows of the ledger stand; None where neither the place nor any firm has a position.

    ``rows`` are in the order of the list: a dot bears the numbers of the firms that stand there.
    """
    dots = rows.assign(number=range(1, len(rows) + 1))
    dots = dots[dots["level"].isin(PRECISE) & dots["lon"].notna() & dots["lat"].notna()]
    area = _outline(read, chosen)
    box = _box(area, dots)
    if box is None:
        return None
    with DRAWING:
        return _drawn(read, area, dots, box, f"{title}（{len(dots)} / {len(rows)}）")


def _outline(read: Reading, chosen: Filter) -> Any:
    places = read.survey.places
    for kind in ("building", "market", "zone", "street"):
        keys = getattr(chosen, kind)
        if len(keys) == 1 and keys[0] in places.index:
            return places.at[keys[0], "geometry"]
    codes = [*chosen.town, *chosen.county]
    found = read.outlines[read.outlines.index.isin(codes)]
    return found["geometry"].iloc[0] if len(found) else None


def _box(area: Any, dots: pd.DataFrame) -> tuple[float, float, float, float] | None:
    known = area is not None and not area.is_empty
    if not known and dots.empty:
        return None
    bounds = [np.array(area.bounds)] if known else []
    if len(dots):
        lon, lat = dots["lon"].quantile([0.01, 0.99]), dots["lat"].quantile([0.01, 0.99])
        bounds.append(np.array([lon.iloc[0], lat.iloc[0], lon.iloc[1], lat.iloc[1]]))
    every = np.array(bounds)
    west, south = every[:, :2].min(axis=0)
    east, north = every[:, 2:].max(axis=0)
    stretch = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * (1 + 2 * MARGIN), LEAST_M / _M_PER_DEGREE / stretch)
    high = max((north - south) * (1 + 2 * MARGIN), LEAST_M / _M_PER_DEGREE)
    wide, high = max(wide, high * WIDTH / HEIGHT / stretch), max(high, wide * stretch * HEIGHT / WIDTH)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _drawn(read: Reading, area: Any, dots: pd.DataFrame, box: tuple[float, ...], title: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.01, 0.06, 0.98, 0.87))
    axes.set(xlim=(box[0], box[2]), ylim=(box[1], box[3]), xticks=[], yticks=[], facecolor=_LAND)
    axes.set_aspect(1 / math.cos(math.radians((box[1] + box[3]) / 2)))
    for spine in axes.spines.values():
        spine.set_color(_LINE)
    _around(axes, read, box)
    if area is not None and not area.is_empty:
        _shape(axes, area, color=_INK, linewidth=1.8, fill="#5f9ac2", alpha=0.14)
    _numbers(axes, dots)
    _scale(axes, box)
    figure.text(0.012, 0.955, title, fontproperties=_font(12, bold=True), color=_INK)
    figure.text(0.012, 0.02, _note(read), fontproperties=_font(7.5), color="#55606e")
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def _around(axes: Any, read: Reading, box: tuple[float, ...]) -> None:
    """Draw what lies around in quiet tones: counties, zones, streets, buildings, with the names of the longest."""
    frame = shapely.box(*box)
    for outline in read.outlines["geometry"]:
        _shape(axes, outline, color=_LINE, linewidth=0.8, dashes=(6, 3))
    places = read.survey.places
    places = gpd.GeoDataFrame(places[places["geometry"].notna() & places["kind"].isin(["zone", "street", "building"])])
    near = places[places.intersects(frame).to_numpy()] if len(places) else places
    for kind, style in (("zone", {"linewidth": 1.0, "dashes": (4, 2)}), ("building", {"linewidth": 0.6}),
                        ("street", {"linewidth": 1.6})):  # fmt: skip
        part = near[near["kind"].eq(kind)]
        for shape in part["geometry"]:
            _shape(axes, shape, color="#b9c2cc", **style)
        cut = part.assign(geometry=part["geometry"].intersection(frame))
        longest = np.argsort(-shapely.length(cut["geometry"].to_numpy()), kind="stable")[:MOST_NAMED]
        for _key, row in cut.iloc[longest].iterrows():
            at = row["geometry"].representative_point() if not row["geometry"].is_empty else None
            if at is not None and kind != "building":
                axes.text(at.x, at.y, row["name"], fontproperties=_font(7), color="#55606e", ha="center", clip_on=True,
                          path_effects=_halo())  # fmt: skip


def _shape(axes: Any, shape: Any, *, color: str, linewidth: float, fill: str = "", alpha: float = 1.0,
           dashes: tuple[int, int] | None = None) -> None:  # fmt: skip
    for part in shapely.get_parts(shape) if shape is not None else ():
        if part.geom_type == "Point":
            axes.plot(part.x, part.y, marker="s", color=color, markersize=7, fillstyle="none")
            continue
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        if fill and part.geom_type == "Polygon":
            axes.fill(*part.exterior.xy, color=fill, alpha=alpha, linewidth=0)
        for ring in rings:
            line = axes.plot(*ring.xy, color=color, linewidth=linewidth)[0]
            if dashes:
                line.set_dashes(dashes)


def _numbers(axes: Any, dots: pd.DataFrame) -> None:
    """Draw a dot where firms stand; dots that are near one another share the numbers beside them."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    spots = dots.assign(x=dots["lon"].round(5), y=dots["lat"].round(5))
    told = spots.groupby(["x", "y"]).size().rename("size").reset_index()
    sizes = 16 + 6 * np.sqrt(told["size"])
    axes.scatter(told["x"], told["y"], s=sizes, c=_DOT, edgecolors="white", linewidths=0.7, zorder=5)
    near = spots.assign(
        column=((spots["x"] - west) / (east - west) * COLUMNS).astype("int64"),
        row=((spots["y"] - south) / (north - south) * ROWS).astype("int64"),
    )
    for _cell, part in list(near.groupby(["column", "row"]))[:MOST_NUMBERS]:
        at = part.iloc[-1]
        axes.annotate(
            _runs(sorted(part["number"])), (at["x"], at["y"]), xytext=(5, 3), textcoords="offset points", color=_INK,
            fontproperties=_font(7), zorder=6, annotation_clip=True, path_effects=_halo(),
        )  # fmt: skip


def _runs(numbers: list[int]) -> str:
    """Return numbers as people write them: 3, 5–8, 12; at most three runs."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = [str(first) if first == last else f"{first}–{last}" for first, last in runs]
    return ",".join(words[:3]) + ("…" if len(words) > 3 else "")


def _halo() -> list[Any]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=1.8, foreground="white")]


def _scale(axes: Any, box: tuple[float, ...]) -> None:
    stretch = math.cos(math.radians((box[1] + box[3]) / 2))
    metres = (box[2] - box[0]) * _M_PER_DEGREE * stretch / 5
    step = 10 ** math.floor(math.log10(metres))
    length = max(n for n in (1, 2, 5) if n * step <= metres or n == 1) * step
    wide, x, y = length / _M_PER_DEGREE / stretch, box[0] + (box[2] - box[0]) * 0.02, box[1] + (box[3] - box[1]) * 0.035
    axes.plot([x, x + wide], [y, y], color=_INK, linewidth=2.2, solid_capstyle="butt", zorder=7)
    text = _("%(n)s 公里", n=f"{length / 1000:g}") if length >= 1000 else _("%(n)s 米", n=f"{length:g}")
    axes.text(x, y + (box[3] - box[1]) * 0.012, text, fontproperties=_font(8), color=_INK, zorder=7)


def _note(read: Reading) -> str:
    approval = settings().map_approval
    said = _("审图号 %(no)s", no=approval) if approval else _("内部工作用图，未经审核，不得公开")
    told = [_("红点旁的数字是走访表的序号；位置粗于门牌的不画点"), _("数据截止 %(d)s", d=read.on.isoformat()), said]
    return "　".join([*told, *read.credits])[:150]


def font_file(*, bold: bool = False) -> Path:
    """Return the font that set-up copied from its package."""
    name = "NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"
    return Path(current_app.static_folder or "") / "vendor" / "noto-sans-sc" / name


def _font(size: float, *, bold: bool = False) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file(bold=bold)), size=size)
