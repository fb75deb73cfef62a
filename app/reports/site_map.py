"""The map of one place as a picture for a workbook: its outline, streets nearby, its firms by their number in the list.

Nothing is fetched. It is safe in grey; a position coarser than a door is no dot.
"""

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from flask import current_app
from flask_babel import gettext as _

from app.config import settings
from app.reading import Reading
from app.reports.brush import Box, Brush
from geo.coverage import PRECISE
from geo.gaps import Filter

SIZE, FRAME = (1188, 760), (12, 46, 1176, 722)
"""Pixels of the picture, and where in it the map is."""
MARGIN, LEAST_M = 0.12, 250.0
MOST_NAMED = 14
"""Streets and zones whose names are written; more of them are one grey."""
MOST_NUMBERS = 120
COLUMNS, ROWS = 24, 34
"""Cells of the picture in which dots share their numbers."""
AROUND = {"zone": ("#b9c2cc", 1.4, (6.0, 3.0)), "building": ("#b9c2cc", 0.8, None), "street": ("#c3cad2", 2.2, None)}
"""Colour, width and dashes of what lies around."""
_INK, _QUIET, _LINE, _LAND, _DOT = "#1c2430", "#55606e", "#8a95a1", "#f6f7f5", "#b3262d"
_M_PER_DEGREE = 111_320.0


def picture(read: Reading, chosen: Filter, rows: pd.DataFrame, title: str) -> bytes | None:
    """Return a PNG of where the rows of the ledger stand; None where neither the place nor any firm has a position.

    ``rows`` are in the order of the list: a dot bears the numbers of the firms that stand there.
    """
    told = (rows["level"].isin(PRECISE) & rows["lon"].notna() & rows["lat"].notna()).to_numpy(dtype=bool)
    spots = rows.loc[told, ["lon", "lat"]].astype("float64").to_numpy()
    area = _outline(read, chosen)
    box = _box(area, spots)
    if box is None:
        return None
    brush = Brush(box, SIZE, FRAME, _LAND)
    named = _around(brush, read, box)
    if area is not None and not area.is_empty:
        brush.area(area, "#5f9ac2", 0.14)
        brush.lines([area], _INK, 2.4)
    places, sizes = np.unique(spots.round(5), axis=0, return_counts=True)
    brush.dots(places, 3.2 + np.sqrt(sizes), _DOT)
    brush.margins()
    left_out = _numbers(brush, spots, np.flatnonzero(told) + 1, box)
    for point, name in named:
        brush.name(point, name, font_file(), 11, _QUIET)
    brush.scale(*_scale(box), font_file(), 12, _INK)
    said = _("%(place)s（%(n)s 家，图上 %(m)s 家）", place=title, n=len(rows), m=len(spots))
    brush.text(14, 16, said, font_file(bold=True), 19, _INK)
    brush.text(14, 732, _note(read, left_out), font_file(), 11, _QUIET)
    return brush.png(_LINE)


def _outline(read: Reading, chosen: Filter) -> Any:
    places = read.survey.places
    for kind in ("building", "market", "zone", "street"):
        keys = getattr(chosen, kind)
        if len(keys) == 1 and keys[0] in places.index:
            return places.at[keys[0], "geometry"]
    codes = [*chosen.town, *chosen.county]
    found = read.outlines[read.outlines.index.isin(codes)]
    return found["geometry"].iloc[0] if len(found) else None


def _box(area: Any, spots: np.ndarray) -> Box | None:
    known = area is not None and not area.is_empty
    if not known and not len(spots):
        return None
    bounds = [np.array(area.bounds)] if known else []
    if len(spots):
        bounds.append(np.quantile(spots, [0.01, 0.99], axis=0).ravel())
    every = np.array(bounds)
    west, south = every[:, :2].min(axis=0)
    east, north = every[:, 2:].max(axis=0)
    stretch = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * (1 + 2 * MARGIN), LEAST_M / _M_PER_DEGREE / stretch)
    high = max((north - south) * (1 + 2 * MARGIN), LEAST_M / _M_PER_DEGREE)
    shape = (FRAME[2] - FRAME[0]) / (FRAME[3] - FRAME[1])
    wide, high = max(wide, high * shape / stretch), max(high, wide * stretch / shape)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _around(brush: Brush, read: Reading, box: Box) -> list[tuple[tuple[float, float], str]]:
    """Draw what lies around in quiet tones: counties, zones, buildings, streets; return the names of the longest."""
    frame = shapely.box(*box)
    brush.lines(read.outlines["geometry"].to_numpy(), _LINE, 1.2, (9, 5))
    named = []
    for kind, style in AROUND.items():
        shapes, names = read.kept.get(("site map", kind), partial(_shapes, read, kind))
        near = shapely.intersects(shapes, frame)
        brush.lines(shapes[near], *style)
        if kind == "building":
            continue
        cut = shapely.intersection(shapes[near], frame)
        for n in np.argsort(-shapely.length(cut), kind="stable")[:MOST_NAMED]:
            if not shapely.is_empty(cut[n]):
                at = shapely.point_on_surface(cut[n])
                named.append(((at.x, at.y), str(names[near][n])))
    return named


def _shapes(read: Reading, kind: str) -> tuple[np.ndarray, np.ndarray]:
    places = read.survey.places
    drawn = places[places["geometry"].notna() & places["kind"].eq(kind)]
    shapes = drawn["geometry"].to_numpy()
    shapely.prepare(shapes)
    return shapes, drawn["name"].to_numpy(dtype=object)


def _numbers(brush: Brush, spots: np.ndarray, numbers: np.ndarray, box: Box) -> int:
    """Write the numbers beside the dots, those near one another together; return for how many there was no room."""
    told = 0
    cells = list(_cells(spots, box))
    for rows in cells[:MOST_NUMBERS]:
        told += brush.name(spots[rows[-1]], _runs(numbers[rows].tolist()), font_file(), 11, _INK, "ewns")
    return len(cells) - told


def _cells(spots: np.ndarray, box: Box) -> Iterator[np.ndarray]:
    """Yield the rows of the spots in each cell of the picture, in their order; the fullest cells come first."""
    share = (spots - box[:2]) / (np.array(box[2:]) - box[:2])
    inside = np.flatnonzero(((share >= 0) & (share < 1)).all(axis=1))
    cell = (share[inside] * [COLUMNS, ROWS]).astype("int64") @ [ROWS, 1]
    order = np.argsort(cell, kind="stable")
    parts = np.split(inside[order], np.flatnonzero(np.diff(cell[order])) + 1) if len(order) else []
    yield from sorted(parts, key=lambda part: (-len(part), part[0]))


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


def _scale(box: Box) -> tuple[float, str]:
    """Return the share of the frame that a round length takes, about a fifth, and the length in words."""
    metres = (box[2] - box[0]) * _M_PER_DEGREE * math.cos(math.radians((box[1] + box[3]) / 2))
    step = 10 ** math.floor(math.log10(metres / 5))
    length = max(n for n in (1, 2, 5) if n * step <= metres / 5 or n == 1) * step
    text = _("%(n)s 公里", n=f"{length / 1000:g}") if length >= 1000 else _("%(n)s 米", n=f"{length:g}")
    return length / metres, text


def _note(read: Reading, left_out: int) -> str:
    approval = settings().map_approval
    said = _("审图号 %(no)s", no=approval) if approval else _("内部工作用图，未经审核，不得公开")
    told = [_("红点旁的数字是走访表的序号；位置粗于门牌的不画点"), _("数据截止 %(d)s", d=read.on.isoformat()), said]
    if left_out:
        told.insert(1, _("%(n)s 处过密，未标序号", n=left_out))
    return "　".join([*told, *read.credits])


def font_file(*, bold: bool = False) -> Path:
    """Return the font that set-up copied from its package."""
    name = "NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"
    return Path(current_app.static_folder or "") / "vendor" / "noto-sans-sc" / name
