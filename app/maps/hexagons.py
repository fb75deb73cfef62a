"""Hexagonal cells in Web Mercator, sized in metres on the ground at the city's latitude.

Within one city the scale of the projection changes by under one per cent, so cells of one map are of one size.
Axial coordinates and rounding after Red Blob Games, "Hexagonal Grids" (pointy top).
"""

import math
from dataclasses import dataclass

import numpy as np

RADIUS = 6378137.0


def project(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Web Mercator metres (EPSG:3857) of WGS-84 degrees; NaN stays NaN."""
    return np.radians(lon) * RADIUS, np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) * RADIUS


def unproject(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return WGS-84 degrees of Web Mercator metres."""
    return np.degrees(x / RADIUS), np.degrees(2 * np.arctan(np.exp(y / RADIUS)) - np.pi / 2)


@dataclass(frozen=True)
class Grid:
    """Hexagons of one size; ``side`` is the edge in projected metres."""

    side: float

    @classmethod
    def on_ground(cls, spacing_m: float, latitude: float) -> "Grid":
        """Return the grid whose neighbouring centres are ``spacing_m`` apart on the ground."""
        return cls(spacing_m / math.sqrt(3) / math.cos(math.radians(latitude)))

    def cells(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the axial coordinates of the cell around each point (no NaN)."""
        q = (math.sqrt(3) / 3 * x - y / 3) / self.side
        r = (2 / 3 * y) / self.side
        whole_q, whole_r, whole_s = np.round(q), np.round(r), np.round(-q - r)
        off_q, off_r, off_s = abs(whole_q - q), abs(whole_r - r), abs(whole_s + q + r)
        first = (off_q > off_r) & (off_q > off_s)
        second = ~first & (off_r > off_s)
        return (
            np.where(first, -whole_r - whole_s, whole_q).astype("int64"),
            np.where(second, -whole_q - whole_s, whole_r).astype("int64"),
        )

    def centres(self, q: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the centres of cells in projected metres."""
        return self.side * math.sqrt(3) * (q + r / 2), self.side * 1.5 * r


def key(q: int, r: int) -> str:
    """Return the name of a cell in addresses."""
    return f"{q},{r}"


def parse(text: str) -> tuple[int, int] | None:
    """Return the coordinates in a cell's name, None if it is none."""
    try:
        q, r = (int(part) for part in text.split(","))
    except ValueError:
        return None
    return q, r
