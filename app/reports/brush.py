"""A picture drawn by hand: shapes in degrees, lines, dots, names; twice as large as wanted, halved for soft edges.

Pillow draws the map of a workbook in a twentieth of the time that a figure of Matplotlib takes to set up, and a pack
has one of every park. Two colours only tell more than one in grey, so callers give lightness its own meaning.
"""

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image, ImageDraw, ImageFont

FINE = 2
"""Pixels drawn for one of the picture, each way."""
_OVER = 0.02
"""Share of the frame by which lines are drawn beyond it, so that no cut is seen."""

Box = tuple[float, float, float, float]


@lru_cache(maxsize=32)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


class Brush:
    """Draws on a picture of ``size`` pixels with a map of a box of longitude and latitude in its ``frame``.

    ``frame`` (left, top, right, bottom) is in pixels of the picture; places are degrees, sizes are pixels. Names that
    would cover another are left out; what is written first stays.
    """

    def __init__(self, box: Box, size: tuple[int, int], frame: tuple[int, int, int, int], ground: str) -> None:
        self._box, self._frame = box, tuple(FINE * side for side in frame)
        self._picture = Image.new("RGB", (FINE * size[0], FINE * size[1]), "white")
        self._draw = ImageDraw.Draw(self._picture)
        self._draw.rectangle(self._frame, fill=ground)
        self._taken: list[Box] = []

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Return where points (n × 2, degrees) are drawn."""
        west, south, east, north = self._box
        left, top, right, bottom = self._frame
        share = (np.asarray(points, dtype="float64")[:, :2] - [west, south]) / [east - west, north - south]
        return np.column_stack([left + share[:, 0] * (right - left), bottom - share[:, 1] * (bottom - top)])

    def lines(self, shapes: Iterable[Any], colour: str, wide: float, dashes: tuple[float, float] | None = None) -> None:
        """Draw lines and the borders of areas; points as small squares."""
        for part in shapely.get_parts(list(shapes)):
            if part.geom_type == "Point":
                (x, y), half = self.pixels(shapely.get_coordinates(part))[0], 4 * FINE
                self._draw.rectangle((x - half, y - half, x + half, y + half), outline=colour, width=round(FINE * wide))
                continue
            border = shapely.boundary(part) if part.geom_type == "Polygon" else part
            for line in shapely.get_parts(shapely.clip_by_rect(border, *self._wider())):
                path = self.pixels(shapely.get_coordinates(line))
                for piece in _dashed(path, [FINE * each for each in dashes]) if dashes else [path]:
                    self._draw.line([tuple(point) for point in piece], fill=colour, width=max(1, round(FINE * wide)))

    def area(self, shape: Any, colour: str, alpha: float) -> None:
        """Fill an area, its holes left out, so that what is below shines through."""
        mask = Image.new("L", self._picture.size, 0)
        on = ImageDraw.Draw(mask)
        for part in shapely.get_parts(shapely.clip_by_rect(shape, *self._wider())):
            if part.geom_type == "Polygon":
                for n, ring in enumerate((part.exterior, *part.interiors)):
                    path = self.pixels(shapely.get_coordinates(ring))
                    on.polygon([tuple(point) for point in path], fill=0 if n else round(255 * alpha))
        self._picture.paste(colour, mask=mask)

    def dots(self, points: np.ndarray, radii: Sequence[float] | np.ndarray, colour: str) -> None:
        """Draw filled circles with a white edge."""
        for (x, y), size in zip(self.pixels(points), radii, strict=True):
            for radius, fill in ((FINE * (size + 1), "white"), (FINE * size, colour)):
                self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)

    def name(self, point: Sequence[float], text: str, font: Path, size: float, colour: str, sides: str = "m") -> bool:
        """Write a name with a halo at a place; returns whether there was room.

        ``sides``: in which the name is tried, one letter each (m: on the place, e, w, n, s: beside it).
        """
        x, y = self.pixels(np.asarray([point]))[0]
        made = _font(str(font), round(FINE * size))
        wide, high, off = made.getlength(text), FINE * size, FINE * 6
        for side in sides:
            left = {"e": x + off, "w": x - off - wide}.get(side, x - wide / 2)
            top = {"n": y - off - high, "s": y + off}.get(side, y - high / 2)
            if self._free((left, top, left + wide, top + high)):
                self._write(left, top, text, made, colour)
                return True
        return False

    def text(self, left: float, top: float, text: str, font: Path, size: float, colour: str) -> None:
        """Write a line anywhere on the picture, cut where the picture ends."""
        made, room = _font(str(font), round(FINE * size)), self._picture.width - FINE * (left + 4)
        while text and made.getlength(text) > room:
            text = text[:-1]
        self._draw.text((FINE * left, FINE * top), text, fill=colour, font=made)

    def scale(self, share: float, text: str, font: Path, size: float, colour: str) -> None:
        """Draw a bar as long as a share of the frame, with its length above it, and an arrow to the north."""
        left, top, right, bottom = self._frame
        x, y, wide = left + FINE * 14, bottom - FINE * 14, share * (right - left)
        made = _font(str(font), round(FINE * size))
        self._draw.rectangle((x, y, x + wide, y + 3 * FINE), fill=colour)
        self._write(x, y - FINE * (size + 6), text, made, colour)
        x, y = right - FINE * 22, top + FINE * 12
        self._draw.polygon([(x, y), (x - 6 * FINE, y + 18 * FINE), (x + 6 * FINE, y + 18 * FINE)], fill=colour)
        self._write(x - made.getlength("N") / 2, y + 20 * FINE, "N", made, colour)

    def png(self, edge: str) -> bytes:
        """Return the picture with the frame's edge."""
        self._draw.rectangle(self._frame, outline=edge, width=FINE)
        stream = io.BytesIO()
        self._picture.reduce(FINE).save(stream, format="png", compress_level=4)
        return stream.getvalue()

    def margins(self) -> None:
        """Wipe what the map spilled over its frame; titles and notes are written after."""
        left, top, right, bottom = self._frame
        wide, high = self._picture.size
        for box in ((0, 0, wide, top), (0, bottom, wide, high), (0, top, left, bottom), (right, top, wide, bottom)):
            self._draw.rectangle(box, fill="white")

    def _write(self, left: float, top: float, text: str, made: ImageFont.FreeTypeFont, colour: str) -> None:
        self._draw.text(
            (left, top), text, fill=colour, font=made, stroke_width=FINE + 1, stroke_fill="white", anchor="lt"
        )

    def _free(self, box: Box) -> bool:
        left, top, right, bottom = self._frame
        if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
            return False
        if any(box[0] < r and left_ < box[2] and box[1] < b and t < box[3] for left_, t, r, b in self._taken):
            return False
        self._taken.append(box)
        return True

    def _wider(self) -> Box:
        west, south, east, north = self._box
        x, y = _OVER * (east - west), _OVER * (north - south)
        return west - x, south - y, east + x, north + y


def _dashed(path: np.ndarray, pattern: Sequence[float]) -> list[np.ndarray]:
    """Cut a path (pixels) into dashes: ``pattern`` is the length of a dash and of the gap after it."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    starts = np.arange(0.0, along[-1], sum(pattern))
    pieces = []
    for start, end in zip(starts, np.minimum(starts + pattern[0], along[-1]), strict=True):
        inside = along[(along > start) & (along < end)]
        at = np.concatenate([[start], inside, [end]])
        pieces.append(np.column_stack([np.interp(at, along, path[:, side]) for side in (0, 1)]))
    return pieces
