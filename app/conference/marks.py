"""What stands on every printed map: names, numbered circles, scale bar, north arrow, and the note on publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from flask import current_app
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox
from shapely import Point

from app import palette
from app.conference.content import Content
from app.conference.words import say

INK, QUIET, BORDER = "#1c2430", "#55606e", "#8a95a1"


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


def frame(axes: Axes) -> None:
    """Take the ticks off and draw a thin frame."""
    axes.set_aspect("equal", adjustable="box")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel("")
    axes.set_ylabel("")
    for side in axes.spines.values():
        side.set_color(BORDER)
        side.set_linewidth(0.6)


def scale(axes: Axes, content: Content) -> None:
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


def circles(axes: Axes, spots: Sequence[Spot]) -> list[Bbox]:
    """Draw numbered circles and return their boxes on the canvas.

    Those that would cover one another stand apart, with a line to where they belong.
    """
    if not spots:
        return []
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
    return [Bbox.from_extents(x - r, y - r, x + r, y + r) for (x, y), r in zip(shown, radii, strict=True)]


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


def dot(text: str) -> Any:
    """Return the legend's entry of a numbered circle."""
    return Line2D(
        [], [], marker="o", linestyle="", markersize=8, markerfacecolor=palette.GAP[1], markeredgecolor=INK, label=text
    )


def label(
    axes: Axes,
    point: Any,
    text: str,
    *,
    size: float = 8.5,
    colour: str = INK,
    halo: str = "white",
    wide: float = 1.6,
    above: int = 15,
    taken: list[Any] | None = None,
) -> bool:
    """Write a name at a point and return whether it stands there.

    With ``taken`` it is left out where it would cover another or leave the frame. ``wide``: points of the halo.
    ``above``: how high it stands over what else is drawn.
    """
    drawn = axes.text(
        point.x,
        point.y,
        text,
        fontproperties=font(size=size),
        color=colour,
        ha="center",
        va="center",
        zorder=above,
        clip_on=True,
        linespacing=1.15,
    )
    if halo:
        drawn.set_path_effects([withStroke(linewidth=wide, foreground=halo)])
    if taken is None:
        return True
    box, frame = drawn.get_window_extent(), axes.get_window_extent()
    within = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
    if not within or any(box.overlaps(other) for other in taken):
        drawn.remove()
        return False
    taken.append(box)
    return True


def beside(
    axes: Axes, point: Any, text: str, *, size: float, taken: list[Any], around: Any = None, colour: str = QUIET
) -> bool:
    """Write a name where it covers nothing: at the point, else below or above; returns whether there was room.

    ``around`` is an area that the name would hide if it is smaller than the name: it stands below or above it then.
    """
    (_west, _east), (south, north) = axes.get_xlim(), axes.get_ylim()
    line = (north - south) / axes.get_window_extent().height * size * axes.figure.dpi / 72.0
    low, high = (point.y, point.y) if around is None else (around.bounds[1], around.bounds[3])
    small = around is not None and (around.bounds[2] - around.bounds[0]) < line * (len(text) + 1)
    places = [] if small else [point.y]
    places += [low - 0.8 * line, high + 0.8 * line] if around is not None else [point.y - 2 * line, point.y + 2 * line]
    places += [end + way * far * line for far in (2, 3.5, 5) for end, way in ((low, -1), (high, 1))]
    return any(label(axes, Point(point.x, y), text, size=size, colour=colour, taken=taken) for y in places)


def _text(axes: Axes, x: float, y: float, text: str, *, size: float, bold: bool = False, **how: Any) -> None:
    drawn = axes.text(x, y, text, fontproperties=font(bold, size), color=INK, zorder=26, clip_on=True, **how)
    drawn.set_path_effects([withStroke(linewidth=1.8, foreground="white")])
